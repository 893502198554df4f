"""Names of people in a text, and what stands in their place: the role, or a pseudonym that only the key explains."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from workbench.redaction.found import Found
from workbench.redaction.mark import PERSON, letters
from workbench.redaction.names import AFTER, BEFORE, any_of, forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_FILE = Path(__file__).parent / "words.toml"
_SHORTEST = 3
_SHORTEST_SMALL = 4  # of a first name that is taken for one though it is written small
_SHORTEST_TELLING = 6
_SHARED = ""  # the person of a name that several bear
_SOMEBODY = "Responder"
_SHORTEST_LOCAL = 4
_FIRST_SUFFIX = 2
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['\u2019\u02bc`](?=[^\W\d_])")
# Letters that have no decomposed form, as people type them on another keyboard.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "\u0131": "i", "þ": "th", "ð": "d"}
)

Naming = Literal["named", "roles", "pseudonyms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNames:
    """One person: ``name`` tells them from all others, ``spellings`` are names, e-mails, logins and ids of chat."""

    name: str
    spellings: frozenset[str] = frozenset()
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """One spelling: ``alone`` if it tells the person anywhere; else after @ only, or where it is all of the text."""

    spelling: str
    person: str
    alone: bool = True
    capitalised: bool = False


class People:
    """Finds the people of an incident in texts."""

    def __init__(self, people: Sequence[PersonNames], *, key: bytes, naming: Naming, words: Iterable[str] = ()) -> None:
        """``words`` are names of services and the like, which no first name may be taken for."""
        self.shown = _shown(people, key=key, naming=naming)
        names = _unambiguous(_names(people, _ordinary() | {word.casefold() for word in words})) if self.shown else []
        self.telling = {one.spelling: one.person for one in names if one.alone and _is_telling(one.spelling)}
        self._persons = {form: name for name in names for form in forms(name.spelling)}
        self._look = _expression(names) if names else None
        self._kept = _literal(self.shown.values())

    def found_in(self, text: str) -> list[Found]:
        """Each place where somebody is named; what already stands for somebody is left."""
        if self._look is None:  # everybody is named as they are
            return []
        kept = [at.span() for at in self._kept.finditer(text)]
        return [one for one in self._named(text) if not any(one.start < end and start < one.end for start, end in kept)]

    def _named(self, text: str) -> Iterator[Found]:
        assert self._look is not None
        for match in self._look.finditer(text):
            spelling = match["name"]
            name = self._persons.get(_key(spelling))
            if name and self._tells(name, match, text):
                yield Found(start=match.start(), end=match.end(), rule=PERSON, value=name.person)

    @staticmethod
    def _tells(name: _Name, match: re.Match[str], text: str) -> bool:
        if match.end("name") - match.start() > len(match["name"]) or match[0].strip() == text.strip():
            return True  # after @, or all of the text: a cell, a field
        return name.alone and (not name.capitalised or match["name"][0].isupper())


def _is_telling(spelling: str) -> bool:
    """Whether a spelling is found by chance nowhere, also in hex or base 64: a full name, an address, a long login."""
    return len(spelling) >= _SHORTEST_TELLING and not spelling.isalpha()


def _key(spelling: str) -> str:
    return re.sub(r"[\s\u00a0]+", " ", spelling.lower())


def _expression(names: Iterable[_Name]) -> re.Pattern[str]:
    """Any of the names, with the signs of a mention around it: @name, <@U0123ABCD|name>."""
    spellings = any_of(form for name in names for form in forms(name.spelling))
    return re.compile(
        rf"{BEFORE}(?:(?P<open><@|&lt;@)|@)?(?P<name>{spellings}){AFTER}(?(open)(?:\|[^>\n]{{0,80}})?(?:>|&gt;))",
        re.IGNORECASE,
    )


def _literal(shown: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(text) for text in sorted(set(shown), key=len, reverse=True)))


def _names(people: Sequence[PersonNames], ordinary: frozenset[str]) -> Iterator[_Name]:
    for person in people:
        for spelling in {person.name, *person.spellings}:
            plain = spelling.strip().strip("<>").lstrip("@").partition("|")[0]
            yield from _spelled(plain, person.name, ordinary)
            local, at, _ = plain.partition("@")
            if at and len(local) >= _SHORTEST_LOCAL and local.casefold() not in ordinary:
                yield from _spelled(local, person.name, ordinary)


def _spelled(spelling: str, person: str, ordinary: frozenset[str]) -> Iterator[_Name]:
    """What one spelling also looks like: its parts, joined, turned around, without accents."""
    parts = [part for part in re.split(r"[\s,]+", spelling) if part]
    if not parts:
        return
    if len(parts) == 1:
        is_word = spelling.casefold() in ordinary or len(spelling) < _SHORTEST
        yield from _both(spelling, person, alone=not is_word, capitalised=False)
        return
    yield from _both(" ".join(parts), person)
    first, last = parts[0], parts[-1]
    # van der Berg, de la Cruz: the surname with the small words before it.
    if (small := next((at for at, part in enumerate(parts) if at and part[0].islower()), 0)) and small < len(parts) - 1:
        yield from _both(" ".join(parts[small:]), person)
    turned = (f"{last}, {first}", f"{last} {first}", f"{first[0]}. {last}")
    for whole in (*turned, *(sign.join((first, last)) for sign in ("", ".", "_", "-"))):
        yield from _both(whole, person)
    for part in (first, last):
        is_name = len(part) >= _SHORTEST and part.casefold() not in ordinary and part[0].isalpha()
        # Chat writes first names small; a surname may be a word that no list holds, and then is written small.
        yield from _both(part, person, alone=is_name, capitalised=part == last or len(part) < _SHORTEST_SMALL)


def _both(spelling: str, person: str, *, alone: bool = True, capitalised: bool = False) -> Iterator[_Name]:
    signs = _other_signs(spelling)
    for each in dict.fromkeys(form for one in signs for form in (one, _without_accents(one))):
        yield _Name(spelling=each, person=person, alone=alone, capitalised=capitalised)


def _other_signs(spelling: str) -> Iterator[str]:
    """A name as others write it: O'Brien with a curly sign or none; Anne-Marie, Anne Marie."""
    yield spelling
    if _APOSTROPHE.search(spelling):
        yield from (_APOSTROPHE.sub(sign, spelling) for sign in ("'", "\u2019", "\u02bc", "`", ""))
    if "-" in spelling and "@" not in spelling and not any(map(str.isdigit, spelling)):
        yield from (spelling.replace("-", sign) for sign in (" ", "", "\u2010", "\u2011"))


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return unicodedata.normalize("NFC", "".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def _unambiguous(names: Iterable[_Name]) -> list[_Name]:
    """One entry a spelling; what two people share tells that it was one of them, and not which."""
    by_spelling: dict[str, list[_Name]] = {}
    for name in names:
        by_spelling.setdefault(forms(name.spelling)[0], []).append(name)
    return [_one_of(bearers) for bearers in by_spelling.values()]


def _one_of(bearers: Sequence[_Name]) -> _Name:
    clearest = min(bearers, key=lambda one: (not one.alone, one.capitalised))
    return clearest if len({one.person for one in bearers}) == 1 else replace(clearest, person=_SHARED)


def _shown(people: Sequence[PersonNames], *, key: bytes, naming: Naming) -> Mapping[str, str]:
    """What stands for each person."""
    if naming == "named":
        return {}
    suffixes = _suffixes(sorted({person.name for person in people}), key)
    roles = {} if naming == "pseudonyms" else _roles(people)
    holders = Counter(roles.values())
    shown = {_SHARED: _SOMEBODY}
    for name, suffix in suffixes.items():
        role = roles.get(name, "")
        alone = holders[role] == 1
        shown[name] = (role if alone else f"{role} {suffix}") if role else f"Responder-{suffix}"
    return shown


def _roles(people: Sequence[PersonNames]) -> dict[str, str]:
    """The roles by person; one that holds somebody's name would tell it, and is none."""
    spellings = {spelling for person in people for spelling in (person.name, *person.spellings)}
    told = {word.casefold() for spelling in spellings for word in re.split(r"\W+", spelling) if len(word) >= _SHORTEST}
    return {
        person.name: person.role.strip()
        for person in people
        if person.role.strip() and not told & set(re.split(r"\W+", person.role.casefold()))
    }


def _suffixes(names: Sequence[str], key: bytes) -> dict[str, str]:
    """The shortest beginnings of the keyed hashes, two letters at least, that tell all people apart."""
    whole = {name: letters(key, f"person\0{_key(name)}") for name in names}
    found = {}
    for name, text in whole.items():
        others = [other for other in whole if other != name]
        length = _FIRST_SUFFIX
        while any(whole[other].startswith(text[:length]) for other in others) and length < len(text):
            length += 1
        found[name] = text[:length]
    return found


@cache
def _ordinary() -> frozenset[str]:
    lists = tomllib.loads(_FILE.read_text(encoding="utf-8")).values()
    return frozenset(word for words in lists for word in words.split())
