"""Secrets in a text, by the rules of ``secrets.toml``: what vendors' keys look like, and how passwords are told."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.redaction.found import Found, joined
from workbench.redaction.mark import TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parent / "secrets.toml"

_BLANK = "\ue000"  # stands for our own tags while the rules look: no letter, no digit, no sign of a sentence
_LONG = 64
_MARKS = "*_~"
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One shape of a secret; ``value`` and ``never`` say what a loose rule's value must be and must not be."""

    id: str
    what: str
    keywords: tuple[str, ...]
    pattern: re.Pattern[str]
    lead: int
    loose: bool
    value: re.Pattern[str] | None
    hits: tuple[str, ...]
    stays: tuple[str, ...]

    def found_in(self, text: str, lowered: str, keyword: str) -> Iterator[Found]:
        """What the rule finds where its keyword stands."""
        at = lowered.find(keyword)
        while at >= 0:
            match = self.pattern.match(text, max(0, at - self.lead))
            span = self._accepted(text, match) if match else None
            if span:
                yield Found(start=span[0], end=span[1], rule=self.id, value=text[slice(*span)], loose=self.loose)
            done = span[1] if span else _passed(match)
            at = lowered.find(keyword, max(at + 1, done))

    def _accepted(self, text: str, match: re.Match[str]) -> tuple[int, int] | None:
        start, end = match.span(match.lastindex or 0)
        if not self.loose:
            return start, end
        start, end = _trimmed(text, start, end)
        value = text[start:end]
        if not value or _is_none(value) or (self.value and not self.value.fullmatch(value)):
            return None
        return start, end


def _passed(match: re.Match[str] | None) -> int:
    """Where to look on after a value that is none: behind it if it is long, so that a run of keywords stays cheap."""
    return match.end() if match and match.end() - match.start(match.lastindex or 0) >= _LONG else 0


@cache
def rules() -> tuple[Rule, ...]:
    """All rules."""
    table = _table()
    values = {name: re.compile(pattern, re.DOTALL) for name, pattern in table["values"].items()}
    return tuple(_rule(row, table["pieces"], values) for row in table["rule"])


@cache
def _by_keyword() -> tuple[tuple[str, tuple[Rule, ...]], ...]:
    keywords = dict.fromkeys(keyword for rule in rules() for keyword in rule.keywords)
    return tuple((keyword, tuple(rule for rule in rules() if keyword in rule.keywords)) for keyword in keywords)


def secrets_in(text: str, *, loose: bool = True) -> list[Found]:
    """The secrets of a text, in order of place; without ``loose`` only those that are known by their own shape."""
    plain = TAG.sub(_blanked, text) if "[" in text else text
    lowered = plain.replace("İ", "I").lower()  # the only letter whose small form is longer: places stay the same
    found = [
        one
        for keyword, bearers in _by_keyword()
        if keyword in lowered
        for rule in bearers
        if loose or not rule.loose
        for one in rule.found_in(plain, lowered, keyword)
    ]
    return joined(found, text) if found else found


def _blanked(tag: re.Match[str]) -> str:
    return _BLANK * len(tag[0])


def _table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _rule(row: dict[str, Any], pieces: dict[str, str], values: dict[str, re.Pattern[str]]) -> Rule:
    return Rule(
        id=row["id"],
        what=row["what"],
        keywords=tuple(row["keywords"]),
        pattern=re.compile(_filled(row["pattern"], pieces)),
        lead=row.get("lead", 0),
        loose=row.get("loose", False),
        value=values[row["value"]] if "value" in row else None,
        hits=tuple(row["hits"]),
        stays=tuple(row["stays"]),
    )


def _filled(pattern: str, pieces: dict[str, str]) -> str:
    for name, piece in pieces.items():  # `value` stands first, for it holds `bare`
        pattern = pattern.replace(f"{{{name}}}", piece)
    return pattern


@cache
def _never() -> tuple[re.Pattern[str], frozenset[str]]:
    never = _table()["never"]
    return re.compile("|".join(f"(?:{pattern})" for pattern in never["patterns"])), frozenset(never["words"].split())


def _is_none(value: str) -> bool:
    """Whether this stands where a secret could, and is none: a mask, a variable, one of our own tags, "expired"."""
    patterns, words = _never()
    if _BLANK in value:
        beside = value.partition("<")[0]  # a cell's next line, behind <br>, is not of the value
        return not any(sign.isalnum() for sign in beside)  # a tag with more beside it still tells the more
    return value.lower().rstrip(".!?") in words or patterns.fullmatch(value) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the signs of the sentence around it, and without the marks of bold and italics."""
    while start < end and (text[end - 1] in ".,;:" or _is_stray(text[end - 1], text[start : end - 1])):
        end -= 1
    while end - start > 2 and text[start] in _MARKS and text[end - 1] == text[start]:
        start, end = start + 1, end - 1
    return start, end


def _is_stray(sign: str, before: str) -> bool:
    """Whether a closing sign has no opening one in the value."""
    return sign in _CLOSING and before.count(_CLOSING[sign]) <= before.count(sign)
