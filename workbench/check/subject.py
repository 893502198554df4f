"""Subjects: whether a clause is about people or about systems, by the words before its verb.

No parser: the last noun before the verb that ``nouns.toml`` knows decides, else the shape of the word.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from workbench.check.lexicon import nouns

if TYPE_CHECKING:
    from collections.abc import Collection


class Subject(StrEnum):
    """What a clause is about."""

    PERSON = "person"
    SYSTEM = "system"
    UNKNOWN = "unknown"


_BREAK = re.compile(
    r"[,;:()\u2013\u2014]|\s-\s|\b(?:and|but|or|because|so|while|when|although|though|after|before|since|as|until|that|which"
    r"|if|where|whether|nor|then)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w'\u2019.\-\ufffd]*\w|\ufffd+", re.UNICODE)
_OF = re.compile(r"\b(?:of|in|on|from|for|at|with|by|to|behind|under|inside)\b", re.IGNORECASE)


def subject(before: str, people: Collection[str] = (), systems: Collection[str] = ()) -> Subject:
    """What the clause that ends with ``before`` is about; ``people`` and ``systems`` are names known besides."""
    clause = _BREAK.split(before)[-1]
    found = _of(clause, people, systems)
    if found is Subject.UNKNOWN and not _WORD.findall(clause):  # "Bob deployed and failed to check"
        earlier = [part for part in _BREAK.split(before)[:-1] if _WORD.search(part)]
        return _of(_until_verb(earlier[-1]), people, systems) if earlier else Subject.UNKNOWN
    return found


def actor(before: str, people: Collection[str] = (), systems: Collection[str] = ()) -> Subject:
    """Who acts in the sentence that goes on after ``before``: the first noun that is known."""
    kinds = (_kind(word, people, systems) for word in _WORD.findall(before) if word.casefold() not in nouns().other)
    return next((kind for kind in kinds if kind is not Subject.UNKNOWN), Subject.UNKNOWN)


def _until_verb(clause: str) -> str:
    """The words of a clause up to what looks like its verb."""
    words = clause.split()
    verb = next(
        (at for at, word in enumerate(words) if at and re.search(r"(?:ed|s)$|^(?:was|were|had|did)$", word)), len(words)
    )
    return " ".join(words[:verb])


def _of(clause: str, people: Collection[str], systems: Collection[str]) -> Subject:
    heads = _OF.split(clause, maxsplit=1)
    for part in (heads[0], clause):
        words = [word for word in _WORD.findall(part) if word.casefold() not in nouns().other]
        for word in reversed(words):
            if (kind := _kind(word, people, systems)) is not Subject.UNKNOWN:
                return kind
    return Subject.UNKNOWN


def _kind(word: str, people: Collection[str], systems: Collection[str]) -> Subject:
    plain = re.sub(r"['\u2019]s?$", "", word.strip(".-")).casefold()
    if plain in people:
        return Subject.PERSON
    if plain in systems or "\ufffd" in word:  # code in a sentence is a thing
        return Subject.SYSTEM
    if plain in nouns().people:
        return Subject.PERSON
    if plain in nouns().systems:
        return Subject.SYSTEM
    if plain in nouns().names and word[:1].isupper():
        return Subject.PERSON
    machine = re.search(r"\d|[a-z]-[a-z]|[_./]", plain) or (word.isupper() and len(word) > 1)
    return Subject.SYSTEM if machine else Subject.UNKNOWN
