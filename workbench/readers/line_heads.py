"""Which lines of a block begin an event, and what their time says: all that reading a log needs at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.readers.expression import matcher, up_to

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.clock.zone import type_ns
    from workbench.readers.blocks import Block
    from workbench.readers.declared import Declared

    Mask = npt.NDArray[np.bool_]

JOINED_WITHIN = 5_000_000_000  # ns between the lines of one stack trace, each dated by the container's runtime


def flush_left(block: Block) -> Mask:
    """Lines that begin with neither a blank nor a tab: indented ones (stack traces) need no look at all."""
    first = np.frombuffer(block.data, dtype=np.uint8)[np.minimum(block.starts, max(len(block.data) - 1, 0))]
    found: Mask = (first != 9) & (first != 32)
    return found


def matches(declared: Declared, lines: pl.Series) -> Mask:
    """Which lines a pattern of the format matches."""
    mask: Mask = np.zeros(len(lines), dtype=np.bool_)
    for pattern in declared.patterns:
        rest = np.flatnonzero(~mask)
        if not len(rest):
            break
        left = lines if len(rest) == len(lines) else lines.gather(rest)
        mask[rest] = left.str.contains(matcher(pattern.regex)).fill_null(value=False).to_numpy()
    return mask


def heads(declared: Declared, lines: pl.Series) -> tuple[Mask, pl.Series]:
    """A mask of the lines that a pattern of the format matches, and each line's time text (null elsewhere)."""
    matched, times = _of_pattern(declared, declared.patterns[0].regex, lines)
    for pattern in declared.patterns[1:]:
        rest = np.flatnonzero(~matched)
        if not len(rest):
            break
        more, texts = _of_pattern(declared, pattern.regex, lines.gather(rest))
        found = rest[more]
        if len(found):
            matched[found] = True
            times = times.scatter(pl.Series(found, dtype=pl.UInt32), texts.filter(pl.Series(more)))
    return matched, times


def _of_pattern(declared: Declared, regex: str, lines: pl.Series) -> tuple[Mask, pl.Series]:
    matched = lines.str.contains(matcher(regex)).fill_null(value=False)
    texts = (
        _between(lines, *declared.time_between) if declared.time_between else lines.str.extract(up_to(regex, "time"), 1)
    )
    mask = matched.to_numpy().copy()
    if not mask.all():
        texts = pl.select(pl.when(matched).then(texts)).to_series()
    return mask, texts.alias("time")


def _between(lines: pl.Series, opening: str, width: int) -> pl.Series:
    """The text of fixed width after the first occurrence of a mark: several times faster than an expression."""
    frame = pl.DataFrame({"line": lines.cast(pl.Binary), "at": lines.str.find(opening, literal=True)})
    after = pl.col("at") + len(opening.encode())
    return frame.select(pl.col("line").bin.slice(after, width).cast(pl.String, strict=False)).to_series()


def time_text(declared: Declared, line: str) -> str:
    """The text of a line's time; empty where no pattern matches."""
    return heads(declared, pl.Series("line", [line]))[1][0] or ""


def is_partial(declared: Declared, lines: pl.Series) -> Mask:
    """Which lines say that they are a part only."""
    assert declared.partial is not None
    group, value = declared.partial
    found = lines.str.extract(up_to(declared.patterns[0].regex, group), 1) == value
    flags: Mask = found.fill_null(value=False).to_numpy()
    return flags


def goes_on(declared: Declared, lines: pl.Series, matched: Mask) -> Mask:
    """Which lines go on where the line before, of the same stream, said that it was a part only."""
    partial = is_partial(declared, lines) & matched
    after = np.concatenate(([False], partial[:-1])) & matched
    return after & _same_stream(declared, lines) if after.any() else after


def joins(declared: Declared, lines: pl.Series, matched: Mask, time: type_ns) -> Mask:
    """Which lines go on with what the line right before them, of the same stream, began: a stack trace's."""
    if not declared.partial_joins:
        return np.zeros(len(lines), dtype=np.bool_)
    looks = lines.str.contains(matcher(declared.partial_joins)).fill_null(value=False).to_numpy() & matched
    if not looks.any():
        return looks
    near = np.diff(time, prepend=time[:1]) <= JOINED_WITHIN
    before = np.concatenate(([False], matched[:-1]))
    return looks & near & before & _same_stream(declared, lines)


def _same_stream(declared: Declared, lines: pl.Series) -> Mask:
    if not declared.partial_same:
        return np.ones(len(lines), dtype=np.bool_)
    stream = lines.str.extract(up_to(declared.patterns[0].regex, declared.partial_same), 1)
    same: Mask = (stream == stream.shift(1)).fill_null(value=False).to_numpy()
    return same
