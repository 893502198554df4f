"""Hosts: the zone that one source shows of a machine's clock, for others of the same machine whose times name none.

Only an offset other than UTC's tells a zone: programs write UTC on machines of any zone. And one program may be set to
a zone that its machine is not in: so UTC stays possible, and the interval of the events holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from workbench.clock.behaviour import Behaviour, behaviours, window_of
from workbench.clock.local_time import FoundZone, differing
from workbench.clock.zone import SECOND
from workbench.events.schema import TIME
from workbench.readers.base import LazyReader
from workbench.readers.kept_text import with_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.clock.zone import type_ns
    from workbench.timeline.load import ReadSource

MOST = 0.6  # how sure a zone is that another program of the same host shows: it may be set to one of its own
_LOOKED_AT = 200  # events at either end of a source
_SHOWN = r"\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\s?[+-]\d{2}:?\d{2}\b"
_UTC = Behaviour(offsets=(0,), names=("UTC",))


class Hosts:
    """What sources show of their hosts' clocks."""

    def __init__(self, dated: Iterable[ReadSource]) -> None:
        self._shown: dict[str, list[tuple[str, pl.DataFrame]]] = {}
        for source in dated:
            shown, names = shown_by(source), hosts_of(source)
            if len(shown) and len(names) == 1:
                self._shown.setdefault(next(iter(names)), []).append((source.report.path, shown))

    def host_of(self, source: ReadSource) -> str:
        """The one host that its events name; else none."""
        names = hosts_of(source)
        return next(iter(names)) if len(names) == 1 else ""

    def zone_of(self, source: ReadSource, span: tuple[int, int]) -> tuple[FoundZone, str] | None:
        """The zone of a source's host, and the source that shows it; None where nothing shows it, or two zones are.

        ``span`` is the first and the last time that it shows, in ns, on its own clock and in its year.
        """
        told = self._shown.get(self.host_of(source), [])
        if not told:
            return None
        shown = pl.concat(each for _, each in told)
        wall, utc = shown.get_column("wall").to_numpy(), shown.get_column("utc").to_numpy()
        window = window_of(min(span[0], int(utc.min())), max(span[1], int(utc.max())))
        fitting = [each for each in behaviours(*window) if _shows(each, wall, utc)]
        if not fitting:
            return None
        best, *others = sorted(fitting, key=lambda each: (not each.usual, len(each.offsets)))
        also = (_UTC, *(each for each in others if differing(best, each, span)))
        found = FoundZone(behaviour=best, votes=len(told), of=len(told), most=MOST, also=also)
        return found, min(path for path, _ in told)


def _shows(behaviour: Behaviour, wall: type_ns, utc: type_ns) -> bool:
    """Whether a zone's clock showed this at these times."""
    _, first, last = behaviour.zone.to_utc(wall)
    return bool(((first == utc) | (last == utc)).all())


def hosts_of(source: ReadSource) -> set[str]:
    """The hosts that its first events name."""
    frame = _ends(source)
    if isinstance(source.reader, LazyReader):
        frame = source.reader.decoded(with_texts(frame, source.file))
    if "host" not in frame.columns:
        return set()
    return {name.casefold() for name in frame.get_column("host").drop_nulls().unique().to_list()}


def shown_by(source: ReadSource) -> pl.DataFrame:
    """Times (``utc``) and what its clock then showed (``wall``), ns; nothing where one of them shows UTC, or no offset.

    Of each offset from UTC that stands beside an event's own time the first and the last.
    """
    if not isinstance(source.reader, LazyReader):
        return pl.DataFrame()
    rows = with_texts(_ends(source), source.file).with_row_index("row")
    told = pl.col("text").str.extract_all(_SHOWN).alias("shown")
    read = rows.select("row", pl.col("time").cast(pl.Int64).alias("utc"), told).explode("shown").drop_nulls()
    offset = _seconds(pl.col("shown").str.extract(r"([+-]\d{2}:?\d{2})$", 1))
    read = read.with_columns(offset.alias("offset")).with_columns(
        (pl.col("utc") + pl.col("offset") * SECOND).alias("wall")
    )
    own = read.filter(pl.col("wall").cast(TIME).dt.strftime("%H:%M:%S") == pl.col("shown").str.slice(0, 8))
    if own.get_column("row").n_unique() < len(rows) or own.get_column("offset").eq(0).any():
        return pl.DataFrame()
    ends = pl.concat(
        [own.group_by("offset").agg(end) for end in (pl.col("utc", "wall").min(), pl.col("utc", "wall").max())]
    )
    return ends.select("utc", "wall").unique().sort("utc")


def _seconds(offset: pl.Expr) -> pl.Expr:
    size = offset.str.slice(1, 2).cast(pl.Int64) * 3600 + offset.str.slice(-2).cast(pl.Int64) * 60
    return pl.when(offset.str.starts_with("-")).then(-size).otherwise(size)


def _ends(source: ReadSource) -> pl.DataFrame:
    events = source.entry.events()
    if len(events) <= 2 * _LOOKED_AT:
        return events
    return pl.concat([events.head(_LOOKED_AT), events.tail(_LOOKED_AT)])
