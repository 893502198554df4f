"""Hosts: the zone that one source shows of a machine's clock, for others of the same machine whose times name none.

Only an offset other than UTC's tells a zone: programs write UTC on machines of any zone, +05:30 on those alone that are
set to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from workbench.clock.behaviour import behaviours, window_of
from workbench.clock.local_time import FoundZone, differing
from workbench.clock.zone import SECOND
from workbench.readers.base import LazyReader
from workbench.readers.kept_text import with_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.clock.behaviour import Behaviour
    from workbench.clock.zone import type_ns
    from workbench.timeline.load import ReadSource

MOST = 0.85  # how sure a zone is that another program of the same host shows
_LOOKED_AT = 200  # events at either end of a source
_SHOWN = r"\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?([+-]\d{2}:?\d{2})\b"


class Hosts:
    """What sources show of their hosts' clocks."""

    def __init__(self, dated: Iterable[ReadSource]) -> None:
        self._shown: dict[str, list[tuple[str, pl.DataFrame]]] = {}
        for source in dated:
            shown, names = shown_by(source), hosts_of(source)
            if len(shown) and len(names) == 1:
                self._shown.setdefault(next(iter(names)), []).append((source.report.path, shown))

    def host_of(self, source: ReadSource) -> str:
        """The one host that a source is of, by its events or else by its folder, if others tell of that; else none."""
        names = hosts_of(source)
        if not names:
            names = {name.casefold() for name in source.report.path.split("/")[:-1]} & self._shown.keys()
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
        best, *others = sorted(fitting, key=lambda each: (len(each.offsets), not each.usual))
        also = tuple(each for each in others if differing(best, each, span))
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
    """Times (``utc``) and what its clock then showed (``wall``), ns; nothing where that is UTC at times.

    Of each offset from UTC that stands beside its times the first and the last.
    """
    if not isinstance(source.reader, LazyReader):
        return pl.DataFrame()
    rows = with_texts(_ends(source), source.file)
    read = rows.select(
        pl.col("time").cast(pl.Int64).alias("utc"), pl.col("text").str.extract(_SHOWN, 1).alias("offset")
    )
    read = read.drop_nulls().with_columns(_seconds(pl.col("offset")).alias("offset"))
    if not len(read) or read.get_column("offset").eq(0).any():
        return pl.DataFrame()
    ends = read.group_by("offset").agg(pl.col("utc").min(), pl.col("utc").max().alias("last"))
    shown = pl.concat([ends.select("utc", "offset"), ends.select(pl.col("last").alias("utc"), "offset")])
    return shown.select("utc", (pl.col("utc") + pl.col("offset") * SECOND).alias("wall")).unique().sort("utc")


def _seconds(offset: pl.Expr) -> pl.Expr:
    size = offset.str.slice(1, 2).cast(pl.Int64) * 3600 + offset.str.slice(-2).cast(pl.Int64) * 60
    return pl.when(offset.str.starts_with("-")).then(-size).otherwise(size)


def _ends(source: ReadSource) -> pl.DataFrame:
    events = source.entry.events()
    if len(events) <= 2 * _LOOKED_AT:
        return events
    return pl.concat([events.head(_LOOKED_AT), events.tail(_LOOKED_AT)])
