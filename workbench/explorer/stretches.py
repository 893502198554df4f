"""Where a text can stand at all: many neighbours' texts are looked through as one, and most of them hold nothing.

Arrow keeps the texts of a column one after another. An engine that is started for each of them needs most of its time
for that; started for a stretch of some hundred, it goes through memory at once. What a stretch holds may begin in one
text and end in the next, so that each text of it is asked again. Where a pattern fits every tenth text there is nothing
to be won, and the texts are asked as they stand.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

LONG, SHORT = 256, 16  # texts of a stretch
_SAMPLE = 2_048  # texts of which it is seen first how common the pattern is
_COMMON, _RARE, _MANY = 0.04, 0.05, 0.4  # shares of the texts
_FEW = 8  # where one text in so many is wanted, the others are not touched
_OFFSETS = {pa.string(): np.int32, pa.large_string(): np.int64}
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_LOOKS_AROUND = frozenset({"^", "$", r"\b", r"\B", r"\A", r"\z"})
_INVOLVED = re.compile(r"\[\[|\[:|&&|--|~~|\\[<>]")  # classes in classes and other marks of words


@lru_cache(maxsize=64)
def blind(pattern: str) -> str | None:
    """The pattern without what looks at the text around it (``^`` and its kind); None where that is not simple.

    It fits wherever the pattern does, and in any text around that too.
    """
    if _INVOLVED.search(pattern):
        return None
    loose = "".join("(?:)" if token in _LOOKS_AROUND else token for token in _TOKEN.findall(pattern))
    try:
        pl.Series([""]).str.contains(loose)
    except pl.exceptions.PolarsError:
        return None
    return loose


def parts_of(texts: pa.Array | pa.ChunkedArray) -> list[pa.Array] | None:
    """The parts that a column is kept in; None where its texts do not stand one after another."""
    parts = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    return [part for part in parts if len(part)] if all(part.type in _OFFSETS for part in parts) else None


def may_hold(parts: Sequence[pa.Array], pattern: str) -> npt.NDArray[np.bool_] | None:
    """Of each text whether the pattern, a blind one, may fit it: False is certain. None where it fits too many."""
    if not parts:
        return np.zeros(0, dtype=np.bool_)
    if float(_series(parts[0][:_SAMPLE]).str.contains(pattern).sum()) > _COMMON * min(_SAMPLE, len(parts[0])):
        return None
    found = _in_stretches(parts, pattern, LONG)
    if found.mean() > _RARE:
        found = _in_stretches(parts, pattern, SHORT)
    return found if found.mean() <= _MANY else None


def _in_stretches(parts: Sequence[pa.Array], pattern: str, texts: int) -> npt.NDArray[np.bool_]:
    return np.concatenate([_in_stretches_of(part, pattern, texts) for part in parts])


def _in_stretches_of(part: pa.Array, pattern: str, texts: int) -> npt.NDArray[np.bool_]:
    _, offsets, values = part.buffers()
    if values is None:
        return np.zeros(len(part), dtype=np.bool_)
    bounds = np.frombuffer(offsets, dtype=_OFFSETS[part.type])[part.offset : part.offset + len(part) + 1]
    edges = np.append(bounds[:-1:texts], bounds[-1:])
    joined = pa.Array.from_buffers(part.type, len(edges) - 1, [None, pa.py_buffer(edges), values])
    return np.repeat(_series(joined).str.contains(pattern).to_numpy(), texts)[: len(part)]


def taken(parts: Sequence[pa.Array], rows: npt.NDArray[np.int64]) -> pl.Series:
    """The texts at these ascending places."""
    edges = np.cumsum([0, *(len(part) for part in parts)])
    if len(rows) * _FEW > edges[-1]:
        return pl.concat([_series(part) for part in parts], rechunk=False).gather(rows)
    cuts = np.searchsorted(rows, edges)
    found = [
        _series(part.take(pa.array(rows[low:high] - first)))
        for part, first, (low, high) in zip(parts, edges[:-1], pairwise(cuts), strict=True)
        if low < high
    ]
    return pl.concat(found, rechunk=False) if found else pl.Series([], dtype=pl.String)


def _series(texts: pa.Array) -> pl.Series:
    found = pl.from_arrow(texts)
    assert isinstance(found, pl.Series)
    return found
