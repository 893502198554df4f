"""Each test of a query as a function that says of some rows whether it holds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.events.levels import LEVELS, level_of, rank
from workbench.explorer.names import NONE
from workbench.explorer.query import Expression, Level, Moment, Named, Told, Words
from workbench.explorer.stretches import blind, may_hold, taken

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from workbench.explorer.events import Events
    from workbench.explorer.names import Names
    from workbench.explorer.query import Term, Test

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

# Where a word is looked for besides the message: the names that stand in an event's row.
NAMED = ("service", "host", "actor", "action")
ATTRIBUTES = "attributes"
_FEW = 64  # where one row in so many is in question, the others are not looked through
_KEY = r'"(?:[^"\\]|\\.)*"\s*:'
_IGNORING_CASE = "(?i)"
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip


class WrongExpressionError(Exception):
    """The sentence about a regular expression that is none."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows ``first`` to ``last``, and which of them are still in question (all where ``alive`` is None)."""

    events: Events
    first: int
    last: int
    alive: Places | None = None

    def __len__(self) -> int:
        return self.last - self.first if self.alive is None else len(self.alive)

    def codes(self, column: str) -> npt.NDArray[Any]:
        """The codes of the rows in question."""
        return self._of(self.events.names(column).codes, self.first)

    def times(self) -> npt.NDArray[Any]:
        """The times of the rows in question."""
        return self._of(self.events.times, self.first)

    def _of(self, values: npt.NDArray[Any], first: int) -> npt.NDArray[Any]:
        part = values[first : first + self.last - self.first]
        return part if self.alive is None else part[self.alive]

    def texts(self, column: str, places: Places | None = None) -> pl.Series | None:
        """The texts of the rows in question, or of those among them that stand at these places."""
        rows = self.alive if places is None else places if self.alive is None else self.alive[places]
        parts = None if rows is None else self._parts(column)
        if rows is not None and parts is not None:
            return taken(parts, rows)
        found = self.events.texts(column, self.first, self.last)
        return found if found is None or rows is None else found.gather(rows)

    def perhaps(self, column: str, pattern: str) -> Places | None:
        """The places among the rows in question whose texts the pattern may fit; None where each must be asked."""
        few = self.alive is not None and len(self.alive) * _FEW < self.last - self.first
        loose = None if few else blind(pattern)
        parts = None if loose is None else self._parts(column)
        if loose is None or parts is None:
            return None
        held = may_hold(parts, loose)
        return None if held is None else np.flatnonzero(self._of(held, 0))

    def _parts(self, column: str) -> list[pa.Array] | None:
        return self.events.parts(column, self.first, self.last)

    def where(self, mask: Mask) -> Span:
        """Those of the rows in question that the mask says."""
        if mask.all():
            return self
        kept = np.flatnonzero(mask) if self.alive is None else self.alive[mask]
        return Span(self.events, self.first, self.last, kept)


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What people said of some events in their own words: the rows, ascending, and a text for each."""

    rows: npt.NDArray[np.uint32]
    texts: pl.Series

    def holds(self, span: Span, pattern: str) -> Mask:
        """Of which of the rows in question people said something that the pattern fits."""
        hits = self.rows[_holds(self.texts, pattern)]
        rows = np.arange(span.last - span.first) if span.alive is None else span.alive
        return np.isin(rows + span.first, hits)


@dataclass(frozen=True, slots=True)
class Probe:
    """What says whether rows pass, and whether it must read texts for that."""

    of: Callable[[Span], Mask]
    reads: bool = False


def probe(events: Events, term: Term, said: Said | None = None) -> Probe:
    """The probe of a term; words are looked for in what people ``said`` too. Raises WrongExpressionError."""
    found = _probe(events, term.test)
    if (pattern := _pattern(term.test)) and said is not None:
        found = _or_said(found, pattern, said)
    if not term.negated:
        return found
    return Probe(lambda span: ~found.of(span), found.reads)


def _probe(events: Events, test: Test) -> Probe:
    match test:
        case Moment():
            return _moment(test)
        case Level():
            return _of_names(events, "level", _levels(events.names("level"), test))
        case Named():
            return _named(events, test.field, test.value)
        case Words():
            pattern = _IGNORING_CASE + pl.escape_regex(test.text)
            return _somewhere(events, pattern, test.field, test.text)
        case Expression():
            return _somewhere(events, _compiled(test.pattern), test.field)
        case Told():
            return _told(events, test)


def _pattern(test: Test) -> str:
    """What is looked for anywhere in an event; "" of a test of one field."""
    match test:
        case Words(field=""):
            return _IGNORING_CASE + pl.escape_regex(test.text)
        case Expression(field=""):
            return test.pattern
        case _:
            return ""


def _or_said(one: Probe, pattern: str, said: Said) -> Probe:
    return Probe(lambda span: one.of(span) | said.holds(span, pattern), one.reads)


def _moment(test: Moment) -> Probe:
    return Probe(lambda span: span.times() >= test.ns if test.after else span.times() < test.ns)


def _levels(names: Names, test: Level) -> Mask:
    """Which names are levels that compare so; what has no level compares with none."""
    ranks = np.array([rank(level_of(name)) for name in names.names.to_list()])
    holds: Mask = _SIGNS[test.sign](ranks, LEVELS.index(test.level)) & (ranks >= 0)
    return holds


def _named(events: Events, field: str, value: str) -> Probe:
    pattern = f"{_IGNORING_CASE}^(?s:{'.*'.join(pl.escape_regex(part) for part in value.split('*'))})$"
    if field == "id":  # as many names as events
        return Probe(lambda span: _contains(span, field, pattern), reads=True)
    return _of_names(events, field, _holds(events.names(field).names, pattern))


def _of_names(events: Events, field: str, holds: Mask) -> Probe:
    """A name's answer is every event's that has the name."""
    _ = events.names(field)  # coded here, once, and not by several threads at a time
    return Probe(lambda span: holds[span.codes(field)])


def _somewhere(events: Events, pattern: str, field: str, text: str = "") -> Probe:
    """The message, a name or an attribute's value that the pattern fits somewhere; or the one field."""
    if field and field not in {"message", "id"}:
        return _of_names(events, field, _holds(events.names(field).names, pattern))
    column = events.message if field in {"", "message"} else field
    if field:
        return Probe(lambda span: _contains(span, column, pattern), reads=True)
    named = [(name, _mentioned(events.names(name), pattern)) for name in NAMED if name in events.frame.columns]
    lists = [(name, holds) for name, holds in named if holds.any()]
    kept = json.dumps(text, ensure_ascii=False)[1:-1] if text else ""
    inside = _IGNORING_CASE + pl.escape_regex(kept) if text else pattern

    def of(span: Span) -> Mask:
        found = _contains(span, column, pattern)
        for name, holds in lists:
            found |= holds[span.codes(name)]
        rest = span.where(~found)
        found[~found] = _in_values(rest, inside)
        return found

    return Probe(of, reads=True)


def _mentioned(names: Names, pattern: str) -> Mask:
    """Which names the pattern fits; no name is no mention of "none"."""
    found = _holds(names.names, pattern)
    found &= (names.names != NONE).to_numpy()
    return found


def _told(events: Events, test: Told) -> Probe:
    """An attribute of this name and value, or the words as they stand; of a column of the frame, its value."""
    if test.name in events.frame.columns:
        return _named(events, test.name, test.value)
    name = pl.escape_regex(json.dumps(test.name, ensure_ascii=False))
    value = '[^"]*'.join(pl.escape_regex(json.dumps(part, ensure_ascii=False)[1:-1]) for part in test.value.split("*"))
    member = rf'{_IGNORING_CASE}{name}\s*:\s*(?:"{value}"|{value}\s*[,}}\]])'
    words = _probe(events, Words(test.text))
    return Probe(lambda span: words.of(span) | _contains(span, ATTRIBUTES, member), reads=True)


def _contains(span: Span, column: str, pattern: str) -> Mask:
    found = np.zeros(len(span), dtype=np.bool_)
    rows = span.perhaps(column, pattern)
    if rows is None:
        texts = span.texts(column)
        return found if texts is None else _holds(texts, pattern)
    if len(rows):
        texts = span.texts(column, rows)
        assert texts is not None
        found[rows] = _holds(texts, pattern)
    return found


def _in_values(span: Span, pattern: str) -> Mask:
    """Whether an attribute's value holds it; its name alone does not count."""
    found = _contains(span, ATTRIBUTES, pattern)
    if found.any():
        rows = np.flatnonzero(found)
        texts = span.texts(ATTRIBUTES, rows)
        assert texts is not None
        found[rows] = _holds(texts.str.replace_all(_KEY, ""), pattern)
    return found


def _holds(texts: pl.Series, pattern: str) -> Mask:
    return texts.str.contains(pattern).fill_null(value=False).to_numpy(writable=True)


def _compiled(pattern: str) -> str:
    """The pattern, if the engine takes it; it has no look-around, no back references, and a bound on its size."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError as error:
        said = re.findall(r"error: (.+)", str(error)) or [str(error).splitlines()[0]]
        raise WrongExpressionError(f"/{pattern}/ is no regular expression: {said[-1].strip().rstrip('.')}.") from error
    return pattern
