"""Hides in texts what an edition must not tell, and remembers what it hid."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.redaction.found import Found, disjoint, joined
from workbench.redaction.hosts import Hosts
from workbench.redaction.mark import PERSON, TAG, fingerprint, tag
from workbench.redaction.names import any_value
from workbench.redaction.people import Naming, People, PersonNames
from workbench.redaction.personal import personal_in
from workbench.redaction.secret import secrets_in

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

_MOST_CACHED = 20_000
_LONGEST_CACHED = 4_096  # characters
_SHORTEST_KNOWN = 4
_MOST_ROUNDS = 8
_SHORTEST_CUT = 5  # characters of a secret before a cut
_CUT = re.compile(r"(\S{5,200}) ?…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an edition hides beside secrets, which are always hidden."""

    personal: bool = False
    people: Naming = "named"
    hosts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """One value that was hidden, under which rule, what stands for it and how often; the value stays in memory."""

    rule: str
    fingerprint: str
    tag: str
    count: int
    value: str = field(repr=False)

    @property
    def is_secret(self) -> bool:
        """Whether it is hidden in every edition."""
        return self.tag.startswith("[secret:")


_Key = tuple[str, str]  # rule and value


class Redactor:
    """Redacts texts by a policy; the same key gives the same tags and pseudonyms."""

    def __init__(
        self,
        policy: Policy,
        *,
        key: bytes | Callable[[], bytes],
        people: Sequence[PersonNames] = (),
        hosts: Iterable[str] = (),
        exempt: Iterable[str] = (),
        allowed: Container[tuple[str, str]] = (),
        words: Iterable[str] = (),
    ) -> None:
        """``exempt`` are ids that events are joined by, ``words`` names of services that are no people's.

        A ``key`` that is asked for is asked for when something is hidden, and not before.
        """
        self.policy = policy
        self._given = key
        self._people = People(people, key=self._key if people else b"", naming=policy.people, words=words)
        self._hosts = Hosts(hosts) if policy.hosts else None
        self._exempt = frozenset(exempt)
        self._allowed = allowed
        self._known: dict[str, str] = {}
        self._look_known: re.Pattern[str] | None = None
        self._counts: Counter[_Key] = Counter()
        self._cache: dict[str, tuple[str, tuple[_Key, ...]]] = {}

    @cached_property
    def _key(self) -> bytes:
        return self._given if isinstance(self._given, bytes) else self._given()

    def learn(self, texts: Iterable[str]) -> None:
        """Note the secrets of these texts: from now on each is hidden wherever it stands, whatever stands around it.

        Plain words are not noted: ``password: postgres`` is hidden, and the database keeps its name.
        """
        for text in texts:
            self._known |= {one.value: one.rule for one in self._secrets(text) if is_distinctive(one.value)}
        if self._known:
            self._look_known = re.compile(any_value(self._known))
        self._cache.clear()

    def text(self, text: str) -> str:
        """The text with tags and pseudonyms in the place of what the policy hides; doing it again changes nothing."""
        known = self._cache.get(text)
        if known is None:
            known = self._redacted(text)
            if len(self._cache) >= _MOST_CACHED:
                self._cache.clear()
            if len(text) <= _LONGEST_CACHED:
                self._cache[text] = known
        self._counts.update(known[1])
        return known[0]

    def pieces(self, parts: Sequence[str]) -> list[str]:
        """The parts of one text, such as its bold and its plain words: what only all of them together tell is hidden.

        What stands for a value that goes through several parts stands in the first of them.
        """
        made = list(parts)
        if len(made) > 1:
            for _ in range(_MOST_ROUNDS):
                found = self.found_in("".join(made))
                if not found:
                    break
                self._counts.update((one.rule, one.value) for one in found)
                made = _spread(made, [(one.start, one.end, self._shown(one.rule, one.value)) for one in found])
        return [self.text(part) for part in made]

    def found_in(self, text: str, *, loose: bool = True) -> list[Found]:
        """What the policy hides in a text, without overlaps; ``loose`` as :func:`secrets_in` has it."""
        secrets = self._secrets(text, loose=loose)
        others = [*self._people.found_in(text)]
        if self.policy.personal:
            others += personal_in(text)
        if self._hosts:
            others += self._hosts.found_in(text)
        tags = [at.span() for at in TAG.finditer(text)] if others and "[" in text else []
        others = [one for one in others if not _meets(one, tags) and self._is_hidden(one, text)]
        return disjoint([secrets, others]) if others else secrets

    @property
    def redactions(self) -> Sequence[Redaction]:
        """Every value that was hidden so far, the most frequent first."""
        ordered = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return [
            Redaction(
                rule=rule,
                fingerprint=self.fingerprint(rule, value),
                tag=self._shown(rule, value),
                count=count,
                value=value,
            )
            for (rule, value), count in ordered
        ]

    @property
    def spellings(self) -> Mapping[str, str]:
        """The names that tell somebody anywhere, with whom, where people are not to be named."""
        return self._people.telling

    def fingerprint(self, rule: str, value: str) -> str:
        """What the allow-file would name this finding by."""
        return fingerprint(self._key, rule, value)

    def _redacted(self, text: str) -> tuple[str, tuple[_Key, ...]]:
        """Round after round until nothing is found: what a tag uncovers is hidden too, and once is as good as twice."""
        hidden: list[_Key] = []
        for _ in range(_MOST_ROUNDS):
            found = self.found_in(text)
            if not found:
                break
            hidden += [(one.rule, one.value) for one in found]
            text = self._replaced(text, found)
        return text, tuple(hidden)

    def _replaced(self, text: str, found: Iterable[Found]) -> str:
        parts = []
        at = 0
        for one in found:
            parts += [text[at : one.start], self._shown(one.rule, one.value)]
            at = one.end
        return "".join([*parts, text[at:]])

    def _shown(self, rule: str, value: str) -> str:
        return self._people.shown[value] if rule == PERSON else tag(self._key, rule, value)

    def _secrets(self, text: str, *, loose: bool = True) -> list[Found]:
        found = [one for one in secrets_in(text, loose=loose) if self._is_hidden(one, text)]
        if self._look_known is None:
            return found
        again = [
            Found(start=at.start(), end=at.end(), rule=self._known[at[0]], value=at[0])
            for at in self._look_known.finditer(text)
            if at[0] in self._known  # a blank of another kind makes it another value
        ]
        again += self._cut_off(text) if "…" in text else ()
        return joined([*found, *again], text) if again else found

    def _cut_off(self, text: str) -> Iterator[Found]:
        """The beginnings of known secrets where a long text was cut short: no shape gives them away any more."""
        for cut in _CUT.finditer(text):
            for value, rule in self._known.items():
                most = min(len(value) - 1, len(cut[1]))
                size = next((n for n in range(most, _SHORTEST_CUT - 1, -1) if cut[1].endswith(value[:n])), 0)
                if size:
                    yield Found(start=cut.end(1) - size, end=cut.end(1), rule=rule, value=value)
                    break

    def _is_hidden(self, one: Found, text: str) -> bool:
        """Whether people have not allowed this finding, and it is none of the ids that events are joined by."""
        if self._exempt and _may_be_id(one) and text[one.start : one.end] in self._exempt:
            return False
        return (one.rule, self.fingerprint(one.rule, one.value)) not in self._allowed


def _spread(parts: Iterable[str], changes: Sequence[tuple[int, int, str]]) -> list[str]:
    """The parts with each change from start to end of the whole text made, its words in the part where it begins."""
    made, begin = [], 0
    for part in parts:
        text, at, end = "", begin, begin + len(part)
        for start, stop, words in changes:
            if start < end and stop > begin:
                text += part[at - begin : max(start, at) - begin] + (words if start >= begin else "")
                at = min(stop, end)
        made.append(text + part[at - begin :])
        begin = end
    return made


def is_distinctive(value: str) -> bool:
    """Whether a secret tells itself apart from words and small numbers wherever it stands."""
    plain = value.isalpha() and (value.islower() or value.isupper() or value.istitle())
    return len(value) >= _SHORTEST_KNOWN and not plain and not (value.isdigit() and len(value) < 8)


def _may_be_id(one: Found) -> bool:
    return one.loose or one.rule in {"phone", "card", "host"}


def _meets(one: Found, spans: Iterable[tuple[int, int]]) -> bool:
    return any(one.start < end and start < one.end for start, end in spans)
