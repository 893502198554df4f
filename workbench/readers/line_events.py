"""The lines of a block, each with its role, and the texts of the events that they form."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.readers.base import Rejected
from workbench.readers.blocks import text_of
from workbench.readers.kept_text import kept_texts
from workbench.readers.line_fields import LineFields
from workbench.readers.line_heads import is_partial, time_text
from workbench.readers.line_roles import Roles, rejection

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.clock.zone import type_ns
    from workbench.readers.blocks import Block
    from workbench.readers.declared import Declared
    from workbench.readers.times import TimeColumns

    Mask = npt.NDArray[np.bool_]

REJECTED_TEXT = 4_000
TAB, CARRIAGE_RETURN, BLANK = 9, 13, 32
_SPACE = np.zeros(256, dtype=np.bool_)
_SPACE[[TAB, 11, 12, CARRIAGE_RETURN, BLANK]] = True
# What stack traces continue with at the left margin (Java, Python, Go); printable, so that damaged lines are looked at.
USUAL_CONTINUATION = (
    r"^(?:Caused by: |Suppressed: |Wrapped by: |Traceback \(most recent|goroutine [0-9]"
    r"|[A-Za-z_$][A-Za-z0-9_$.]*(?:Exception|Error|Timeout)\b)[\t -~]*\r?\n?$"
)


class BlockLines:
    """The lines of a block; ``begins`` marks the first line of each event."""

    def __init__(
        self,
        block: Block,
        begins: Mask,
        matched: Mask,
        declared: Declared,
        begun: bool,  # noqa: FBT001 - one of the block's plain facts
        shape: str,
    ) -> None:
        self.block, self.begins, self._matched, self._declared = block, begins, matched, declared
        self._begun, self._shape = begun, shape

    @cached_property
    def roles(self) -> Roles:
        """What each line that begins no event is; indented lines after an event need no closer look."""
        rest = np.flatnonzero(~self.begins)
        roles = Roles.none(len(self.block))
        if not len(rest):
            return roles
        raw = np.frombuffer(self.block.data, dtype=np.uint8)
        starts, ends = self.block.starts[rest], self.block.ends[rest]
        empty = starts == ends
        first, last = raw[np.minimum(starts, len(raw) - 1)], raw[np.maximum(ends - 1, 0)]
        blank = empty | self._white(rest, np.flatnonzero(~empty & _SPACE[first] & _SPACE[last]))
        follows = self._follows(rest)
        indented = (first == TAB) | (first == BLANK)
        plain = ~blank & follows & indented & (self._declared.continuation != "none")
        if self._declared.continuation == "any":
            closer = np.flatnonzero(~blank & ~plain & follows)
            plain[closer] = self.block.lines().gather(rest[closer]).str.contains(USUAL_CONTINUATION).to_numpy()
        roles.blank[rest[blank]] = True
        roles.continuation[rest[plain]] = True
        self._look_closer(roles, rest, np.flatnonzero(~blank & ~plain), follows)
        return roles

    def _white(self, rest: type_ns, rows: type_ns) -> Mask:
        """Which of the lines in these rows are nothing but white space."""
        white = np.zeros(len(rest), dtype=np.bool_)
        if len(rows):
            white[rows] = (self.block.lines().gather(rest[rows]).str.strip_chars() == "").to_numpy()
        return white

    def _look_closer(self, roles: Roles, rest: type_ns, rows: type_ns, follows: Mask) -> None:
        """Judges the few lines that are neither blank nor indented, one by one."""
        partial = self._declared.partial is not None
        for row in rows:
            index = int(rest[row])
            if partial and self._matched[index]:
                roles.continuation[index] = True
            elif reason := rejection(
                self._declared, self.block.text(index), begun=bool(follows[row]), shape=self._shape
            ):
                roles.rejected[index] = True
                roles.reasons[index] = reason
            else:
                roles.continuation[index] = True

    def _follows(self, rest: type_ns) -> Mask:
        """Which of these lines have an event before them."""
        heads = np.flatnonzero(self.begins)
        first = int(heads[0]) if len(heads) else len(self.block)
        return (rest > first) | self._begun

    def rejected(self, times: TimeColumns) -> list[Rejected]:
        """The lines that are neither event nor continuation nor blank, with the reason."""
        rows = []
        for index in np.flatnonzero(self.roles.rejected):
            text = self.block.text(int(index))
            reason = self.roles.reasons.get(int(index), "")
            if self._matched[index] and not times.valid[index]:
                time = time_text(self._declared, text)
                reason = f"the time {time!r} does not exist" if time else "an event begins here, and no time is in it"
            rows.append(Rejected(int(index) + self.block.first_line, text[:REJECTED_TEXT], reason))
        return rows

    def wholes(self, found: type_ns) -> pl.Series:
        """All bytes from each event's first line to the next event's, without copying."""
        return text_of(self.block.data, np.append(self.block.starts[found], self.block.stop))

    def texts(self, found: type_ns, *, lasting: bool) -> list[pl.Series]:
        """Each event's text: its first line and its continuation lines, without the last line's end.

        Columns ``start`` and ``size`` say where in a lasting source it stands; column ``text`` holds what stands
        nowhere in one piece, or all of it where the source does not last.
        """
        body = self.begins | self.roles.continuation
        last = (
            found if len(found) == len(body) else np.maximum.reduceat(np.where(body, np.arange(len(body)), -1), found)
        )
        ends = self.block.ends[last]
        ends = ends - (np.frombuffer(self.block.data, dtype=np.uint8)[np.maximum(ends - 1, 0)] == CARRIAGE_RETURN)
        rows = np.zeros(0, dtype=np.int64) if len(found) == len(body) else self._odd(found, last, body)
        spans = [np.flatnonzero(body[found[row] : last[row] + 1]) + found[row] for row in rows]
        pieces = (
            self._unwrapped(spans)
            if self._declared.partial
            else ["\n".join(map(self.block.text, each)) for each in spans]
        )
        return kept_texts(self.block, self.block.starts[found], ends, dict(zip(rows, pieces, strict=True)), lasting)

    def _odd(self, found: type_ns, last: type_ns, body: Mask) -> type_ns:
        """Events that hold a foreign line (junk in a stack trace), or were split: these are put together by lines."""
        counted = np.concatenate(([0], np.cumsum(~body)))
        odd = counted[last + 1] - counted[found] > 0
        if self._declared.partial:
            odd |= last > found
        return np.flatnonzero(odd)

    def _unwrapped(self, spans: list[type_ns]) -> list[str]:
        """Each event's first line, and of those that go on what follows their heads: on the same line after a part."""
        if not spans:
            return []
        rows = pl.Series("line", [self.block.text(int(row)) for row in np.concatenate(spans)])
        lengths = LineFields(self._declared).extract(rows).head_lengths
        part, texts, at = is_partial(self._declared, rows), [], 0
        for span in spans:
            text = rows[at]
            for row in range(at + 1, at + len(span)):
                text += ("" if part[row - 1] else "\n") + rows[row].encode()[lengths[row] :].decode()
            texts.append(text)
            at += len(span)
        return texts
