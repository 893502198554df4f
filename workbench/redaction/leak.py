"""The last look at finished files: nothing of what an edition hides may be found in them, in whatever disguise.

It fails closed: what cannot be looked into counts as a leak. Known values of fewer than four characters are looked
for by the rules only, for they are found everywhere by chance; a plain word that was a password is a word elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from workbench.redaction.contents import contents
from workbench.redaction.disguise import Disguises
from workbench.redaction.hosts import is_telling
from workbench.redaction.mark import HOST, PERSON, TAG
from workbench.redaction.piece import Kind, Piece
from workbench.redaction.redactor import is_distinctive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.redaction.redactor import Redaction, Redactor

CLOSED = "cannot be looked into"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """What a file tells that it must not; the fingerprint is what the allow-file would name, empty where none can."""

    file: str
    member: str
    rule: str
    where: str
    fingerprint: str

    def __str__(self) -> str:
        member = f" ({self.member})" if self.member else ""
        mark = f", fingerprint {self.fingerprint}" if self.fingerprint else ""
        return f"{self.file}{member}: {self.rule} in {self.where}{mark}"


def leaks(
    files: Mapping[str, bytes], redactor: Redactor, *, known: Iterable[Redaction] | None = None
) -> tuple[Leak, ...]:
    """The leaks of files by name: what the redactor would still hide, and values that it or others have hidden.

    ``known`` are values that were hidden anywhere; without it those that this redactor has hidden.
    """
    values = {one.value: one for one in (redactor.redactions if known is None else known) if _is_searched(one)}
    search = _Search(redactor, values)
    found = {leak: None for name, data in files.items() for leak in search.in_file(name, data)}
    return tuple(found)


def _is_searched(one: Redaction) -> bool:
    if one.rule == HOST:
        return is_telling(one.value)
    return one.rule != PERSON and (is_distinctive(one.value) if one.is_secret else True)


class _Search:
    """One look through files, with what is looked for prepared once."""

    def __init__(self, redactor: Redactor, values: Mapping[str, Redaction]) -> None:
        self._redactor = redactor
        self._values = values
        self._names = redactor.spellings
        hosts = {value for value, one in values.items() if one.rule == HOST}  # app-1 is not in webapp-1
        self._disguises = Disguises(values.keys() - hosts, {*self._names, *hosts})

    def in_file(self, name: str, data: bytes) -> Iterator[Leak]:
        """The leaks of one file, each once."""
        for value in self._disguises.in_bytes(data):
            yield self._known(value, name, Piece(text="", where="its bytes, at two bytes a letter"))
        seen: set[tuple[str, str, Kind]] = set()
        told: set[tuple[str, str, str]] = set()
        for piece in contents(name, data):
            if (about := (piece.member, piece.text, piece.kind)) in seen:
                continue
            seen.add(about)
            for leak in self._in_piece(name, piece):
                if (what := (leak.member, leak.rule, leak.fingerprint)) not in told:
                    told.add(what)
                    yield leak

    def _in_piece(self, name: str, piece: Piece) -> Iterator[Leak]:
        if piece.kind is Kind.CLOSED:
            yield Leak(
                file=name, member=piece.member, rule=CLOSED, where=f"{piece.where}: {piece.text}", fingerprint=""
            )
            return
        if piece.kind is not Kind.RAW:
            yield from self._by_rules(name, piece)
        text = TAG.sub(" ", piece.text)
        is_raw = piece.kind is Kind.RAW
        for value in self._disguises.in_any_form(text) if is_raw else self._disguises.as_they_are(text):
            yield self._known(value, name, piece)

    def _by_rules(self, name: str, piece: Piece) -> Iterator[Leak]:
        texts = {piece.text, unquote(piece.text)} if "%" in piece.text else {piece.text}
        for text in texts:
            for one in self._redactor.found_in(text, loose=piece.kind is Kind.PROSE):
                mark = self._redactor.fingerprint(one.rule, one.value)
                yield Leak(file=name, member=piece.member, rule=one.rule, where=piece.where, fingerprint=mark)

    def _known(self, value: str, name: str, piece: Piece) -> Leak:
        one = self._values.get(value)
        rule, mark = (
            (one.rule, one.fingerprint) if one else (PERSON, self._redactor.fingerprint(PERSON, self._names[value]))
        )
        return Leak(file=name, member=piece.member, rule=rule, where=piece.where, fingerprint=mark)
