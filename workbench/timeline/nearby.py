"""What stands around an event in its source: the lines before and after, or the records at about its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from workbench.timeline.load import Loaded, ReadSource

AROUND = 2  # lines or records, either way
LONGEST = 300  # signs of each
_WINDOW = 64 * 1024  # bytes of a file, either way


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A line with its number, or a record with its time (UTC ns); ``own`` is the one that the others stand around."""

    text: str
    line: int = 0
    time_ns: int | None = None
    own: bool = False


def nearby(loaded: Loaded, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], tuple[Nearby, ...]]:
    """For each (source, line) what stands around it; nothing for a place that no source holds."""
    by_source: dict[str, set[int]] = {}
    for path, line in wanted:
        by_source.setdefault(path, set()).add(line)
    found: dict[tuple[str, int], tuple[Nearby, ...]] = {}
    for source in loaded.sources:
        path = source.report.path
        lines = by_source.get(path)
        if lines and source.entry.has_events:
            found.update(
                ((path, line), around) for line, around in _of_source(source, sorted(lines)) if len(around) > 1
            )
    return found


def _of_source(source: ReadSource, wanted: Sequence[int]) -> Iterator[tuple[int, tuple[Nearby, ...]]]:
    frame = source.entry.events()
    if "text" not in frame.columns:
        yield from _records(source, wanted)
        return
    held = _held(source, frame, wanted)
    known = frame.filter(pl.col("line").is_in(wanted)) if "start" in frame.columns else frame.clear()
    starts = dict(known.select("line", "start").iter_rows()) if len(known) else {}
    for line in wanted:
        texts = _from_file(source.file, line, starts.get(line)) or held
        yield (
            line,
            tuple(
                Nearby(text=texts[at][:LONGEST], line=at, own=at == line)
                for at in range(line - AROUND, line + AROUND + 1)
                if at in texts
            ),
        )


def _from_file(file: Path, line: int, start: int | None) -> dict[int, str]:
    """The lines as they stand in the file, where the place of this one in it is known."""
    if start is None:
        return {}
    first = max(0, start - _WINDOW)
    with file.open("rb") as stream:
        stream.seek(first)
        data = stream.read(start - first + _WINDOW)
    above = data[: start - first].split(b"\n")[:-1]
    if first:
        above = above[1:]  # it begins somewhere in a line
    below = data[start - first :].removesuffix(b"\n").split(b"\n")
    near = {line - len(above) + at: text for at, text in enumerate(above)}
    near |= {line + at: text for at, text in enumerate(below)}
    return {at: near[at].decode("utf-8", "replace").rstrip("\r") for at in sorted(near) if abs(at - line) <= AROUND}


def _held(source: ReadSource, frame: pl.DataFrame, wanted: Sequence[int]) -> dict[int, str]:
    """The lines of the events about these, as far as their numbers are sure: an event does not keep its blank lines."""
    begins = np.unique(frame.get_column("line").to_numpy())
    places = np.searchsorted(begins, wanted)
    near = sorted({
        int(begins[at]) for place in places for at in range(place - AROUND, place + AROUND + 1) if 0 <= at < len(begins)
    })  # fmt: skip
    after = dict(zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True))
    rows = source.kept(near).unique("line", keep="first", maintain_order=True)
    texts: dict[int, str] = {}
    for line, whole in rows.select("line", "text").iter_rows():
        own = (whole or "").split("\n")
        sure = len(own) if after.get(line) == line + len(own) else 1
        texts |= {line + below: text for below, text in enumerate(own[:sure])}
    return texts


def _records(source: ReadSource, wanted: Sequence[int]) -> Iterator[tuple[int, tuple[Nearby, ...]]]:
    """Records in the order of time: an export may begin with the newest."""
    rows = source.events().unique("line", keep="first", maintain_order=True).sort("time", maintain_order=True)
    lines = rows.get_column("line").to_list()
    told = rows.select(pl.col("time").cast(pl.Int64), "message").rows()
    place = {line: at for at, line in enumerate(lines)}
    for line in wanted:
        at = place.get(line)
        if at is None:
            continue
        yield (
            line,
            tuple(
                Nearby(
                    text=(told[other][1] or "")[:LONGEST], line=lines[other], time_ns=told[other][0], own=other == at
                )
                for other in range(max(0, at - AROUND), min(len(told), at + AROUND + 1))
            ),
        )
