"""Sources as read: each recognised, read once by its reader, kept in the cache by content, and accounted for."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from workbench.clock import Assumption, ZoneBasis, format_utc, parse_zone
from workbench.errors import ClockError, FormatError, SourceError
from workbench.events.schema import conform, empty
from workbench.model import RejectedLine, SourceEntry, SourceReport, Unrecognised
from workbench.readers.archive import Opened, Unreadable, found, opened, sha256_of, unpacked
from workbench.readers.base import LazyReader, Source
from workbench.readers.kept_text import with_texts
from workbench.readers.registry import choose, head_of, named, readers, shape_of, signature
from workbench.store import journal
from workbench.timeline.correction import Correction, in_order
from workbench.timeline.ingest import Tally, ingest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from workbench.model import Told
    from workbench.readers.base import Reader
    from workbench.store.derived import Cache, CacheEntry

    Progress = Callable[[str, int, int], None]

NO_ZONE = (
    "Its times name no zone, or one by letters that several zones share. They are read as UTC, 14 h too early to 12 h "
    "too late: set it with --zone."
)
NO_YEAR = "Its times name no year. It is taken from the file's own time, a year either way: set it with --year."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a person said of the sources on the command line: one zone, year or format for all of them."""

    zone: str = ""
    year: int | None = None
    format: str = ""
    as_logged: bool = False  # no clock is put right
    as_of: int | None = None  # UTC ns: what came later is not known yet


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSource:
    """A source as read: its account, and where its events, metrics and spans are kept. ``copy`` counts equal files."""

    report: SourceReport
    reader: Reader
    entry: CacheEntry
    file: Path
    copy: int = 0
    correction: Correction | None = None  # of its clock; ``as_read`` is the account without it
    as_read: SourceReport | None = None
    zone_confidence: float | None = None  # where its zone was found by shared ids

    @property
    def year_assumed(self) -> bool:
        """Whether its times name no year, and nobody set one."""
        return Tally.of(self.entry.meta).year_assumed

    def kept(self, lines: Sequence[int] | None = None) -> pl.DataFrame:
        """The events, or those of these lines, as they were kept: of a source of lines their time and ``text``."""
        frame = self.entry.events()
        if lines is not None:
            frame = frame.filter(pl.col("line").is_in(sorted(lines)))
        return with_texts(frame, self.file)

    def events(self) -> pl.DataFrame:
        """The source's events in file order; those that were kept as text are laid out by their format now."""
        if not self.entry.has_events:
            return empty()
        frame = self.kept()
        frame = conform(self.reader.decoded(frame)) if isinstance(self.reader, LazyReader) else frame
        if str(ZoneBasis.SET) in self.report.zone_basis:
            frame = in_order(frame)
        return self.correction.of(frame) if self.correction else frame

    def spans(self) -> pl.DataFrame | None:
        """The source's spans, or None."""
        frame = self.entry.spans()
        return self.correction.spans(frame) if self.correction and frame is not None else frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """All sources of an incident, or of the files given, in path order; and what people told that no file holds."""

    sources: tuple[ReadSource, ...] = ()
    unrecognised: tuple[Unrecognised, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def reports(self) -> tuple[SourceReport, ...]:
        """The account of every source."""
        return tuple(source.report for source in self.sources)

    @property
    def told_source(self) -> str:
        """What the events that were told name as their source: the journal, as seen from sources/ if need be."""
        taken = any(source.report.path == journal.NAME for source in self.sources)
        return f"../{journal.NAME}" if taken else journal.NAME


@dataclass(kw_only=True)
class Loader:
    """Reads files into the cache; a source whose bytes, reader and settings are known is not read again."""

    cache: Cache
    formats: Path | None = None
    settings: Settings = field(default_factory=Settings)
    entries: Mapping[str, SourceEntry] = field(default_factory=dict)
    zone_of: Callable[[str], str | None] | None = None  # the team's zone for a path
    progress: Progress | None = None

    def load(self, files: Sequence[Path]) -> Loaded:
        """Every source that the files stand for."""
        with tempfile.TemporaryDirectory(prefix="workbench-") as spool:
            sources: list[ReadSource] = []
            unknown: list[Unrecognised] = []
            seen: dict[str, int] = {}
            items = [*found(files)]
            unknown += self._vanished(items)
            for item in self._items(items, Path(spool)):
                taken = self._take(item, seen)
                if isinstance(taken, ReadSource):
                    sources.append(taken)
                else:
                    unknown.append(taken)
        sources.sort(key=lambda source: source.report.path)
        return Loaded(sources=tuple(sources), unrecognised=tuple(sorted(unknown, key=lambda each: each.path)))

    def _vanished(self, items: Sequence[Opened | Unreadable]) -> Iterator[Unrecognised]:
        """The rows of sources.toml whose file is gone: evidence that somebody had is not lost in silence."""
        there = {item.path for item in items}
        for entry in self.entries.values():
            if not entry.link and entry.path not in there:
                why = "sources.toml lists it, and it is no longer in sources/: put it back, or take its row out"
                yield Unrecognised(path=entry.path, why=why)

    def _items(self, items: Sequence[Opened | Unreadable], spool: Path) -> Iterator[Opened | Unreadable]:
        """The files given, and the members of archives that no reader takes whole."""
        linked = [
            item for entry in self.entries.values() if entry.link for item in [opened(Path(entry.link), entry.path)]
        ]
        waiting = [*items, *linked]
        while waiting:
            item = waiting.pop(0)
            if isinstance(item, Opened) and item.members and self._reader(item)[0] is None:
                for member in unpacked(item, spool):
                    if isinstance(member, Opened) and member.members:
                        waiting.insert(0, member)
                    else:
                        yield member
            else:
                yield item

    def _take(self, item: Opened | Unreadable, seen: dict[str, int]) -> ReadSource | Unrecognised:
        if isinstance(item, Unreadable):
            return Unrecognised(path=item.path, why=item.why)
        try:
            reader, why, nearest = self._reader(item)
            if reader is None:
                why = item.damage[0].rstrip(".") if item.damage else why
                return Unrecognised(path=item.path, why=why, nearest=nearest)
            return self._read(item, reader, nearest, seen)
        except (OSError, EOFError, ValueError) as error:
            return Unrecognised(path=item.path, why=f"it cannot be read to its end ({error})")

    def _reader(self, item: Opened) -> tuple[Reader | None, str, tuple[str, ...]]:
        if not item.members:
            if self.settings.format:
                return named(self.settings.format, self.formats), "", ()
            known = self._entry(item).format
            if known and (found := self._known(known)):
                return found, "", ()
        data, complete = (b"", True) if item.members else item.head()
        facts = (item.path, *item.members, hashlib.sha256(data).hexdigest(), str(complete), self._taught)
        key = self.cache.key("recognised", *facts)
        kept = self.cache.entry(key)
        if kept is not None and (again := self._known(str(kept.meta.get("reader")))):
            return again, "", tuple(kept.meta.get("nearest", ()))
        head = head_of(item.path, data, complete=complete, members=item.members)
        own = len(list(self.formats.glob("*.toml"))) if self.formats and self.formats.is_dir() else 0
        choice = choose(head, readers(self.formats, shape_of(head)), own=own)
        if choice.reader is not None:
            with self.cache.writer(key) as writer:
                writer.finish({"reader": choice.reader.name, "nearest": list(choice.nearest)})
        return choice.reader, choice.why, choice.nearest

    @cached_property
    def _taught(self) -> str:
        """What decides by which reader a file is taken: the readers that there are, as they are now."""
        own = sorted(self.formats.glob("*.toml")) if self.formats and self.formats.is_dir() else []
        return "|".join((signature(), *(sha256_of(path) for path in own)))

    def _known(self, name: str) -> Reader | None:
        """The reader that sources.toml names, if it is still there."""
        try:
            return named(name, self.formats)
        except FormatError:
            return None

    def _entry(self, item: Opened) -> SourceEntry:
        return self.entries.get(item.path) or SourceEntry(path=item.path)

    def _read(self, item: Opened, reader: Reader, nearest: tuple[str, ...], seen: dict[str, int]) -> ReadSource:
        digest = sha256_of(item.file)
        assumption = self._assumption(item)
        source = Source(
            path=item.path,
            file=item.file,
            size=item.size,
            sha256=digest,
            assumption=assumption,
            modified_ns=item.modified_ns,
            open=item.open,
            lasting=item.lasting,
            damage=item.damage,
        )
        key = self.cache.key(digest, f"{reader.name}/{reader.version}", _settings_text(source))
        entry = self.cache.entry(key)
        if entry is None:
            entry = ingest(source, reader, self.cache, key, self.progress)
        copy = seen.get(digest, 0)
        seen[digest] = copy + 1
        said = _register_notes(self._entry(item), digest, reader.name, forced=bool(self.settings.format))
        report = _report(source, reader, Tally.of(entry.meta), nearest, copy=copy, said=said)
        return ReadSource(report=report, reader=reader, entry=entry, file=item.file, copy=copy)

    def _assumption(self, item: Opened) -> Assumption:
        """The zone and year that a person set for the source, the more particular first; else the year of its file."""
        entry = self._entry(item)
        zone = self.settings.zone or entry.zone or (self.zone_of(item.path) if self.zone_of else None) or ""
        try:
            parsed = parse_zone(zone) if zone else None
        except ClockError as error:
            raise ClockError(error.what, where=f"{item.path}, zone", next_step=error.next_step) from error
        # "2025, assumed from the file's own time": kept when the source was added, so that copies agree everywhere.
        assumed = entry.year_basis[:4]
        hint = int(assumed) if assumed.isascii() and assumed.isdigit() else None
        year = self.settings.year or entry.year
        return Assumption(zone=parsed, year=year, year_hint=hint, not_after=item.modified_ns)


def _settings_text(source: Source) -> str:
    """What besides bytes and reader decides the events: the clock settings, and for some formats the file's name."""
    clock = source.assumption
    zone = clock.zone.name if clock.zone else ""
    kept = "placed" if source.lasting else "copied"
    years = f"{clock.year or ''}|{clock.year_hint or ''}|{format_utc(clock.not_after)[:10]}"
    return f"{kept}|{zone}|{years}|{source.path}"


def _register_notes(entry: SourceEntry, digest: str, read_as: str, *, forced: bool) -> list[str]:
    """What sources.toml says of the file, and what is not so any more."""
    notes = []
    if entry.sha256 and entry.sha256 != digest:
        notes.append(
            f"Its bytes are not those that were added (sha256 {entry.sha256[:12]}…): put the original back, "
            "or add the file in sources/ again to say that it is right."
        )
    if entry.format and entry.format != read_as and not forced:
        notes.append(f"sources.toml names the format {entry.format!r}, which there is not: it was read as {read_as}.")
    return notes


def _report(
    source: Source, reader: Reader, tally: Tally, nearest: tuple[str, ...], *, copy: int, said: list[str]
) -> SourceReport:
    notes = [*said, *tally.notes]
    if nearest:
        notes.append(f"{' and '.join(nearest)} would fit as well: --format {nearest[0]} reads it so.")
    if copy:
        notes.append("The same bytes stand under another path too; its events are listed under both.")
    notes += _clock_notes(tally)
    counted = reader.structured or tally.records > 0  # a format of JSON lines reads documents too
    return SourceReport(
        path=source.path,
        format=reader.name,
        kind=reader.kind,
        zone=_zone_text(source, tally),
        zone_basis=tally.zone_basis,
        lines=None if counted else tally.lines,
        records=tally.records if counted else None,
        events=tally.events,
        continuations=tally.continuations,
        blank=tally.blank,
        duplicates=tally.duplicates,
        rejected=tally.rejected,
        first=tally.first,
        last=tally.last,
        sha256=source.sha256,
        notes=tuple(notes),
        rejected_lines=tuple(
            RejectedLine(line=line, text=text, reason=reason) for line, text, reason in tally.rejections
        ),
    )


def _zone_text(source: Source, tally: Tally) -> str:
    basis = tally.zone_basis
    if basis == ZoneBasis.SET and source.assumption.zone:
        return source.assumption.zone.name
    return "UTC" if basis in {ZoneBasis.ASSUMED, ZoneBasis.EPOCH, ZoneBasis.FORMAT} else ""


def _clock_notes(tally: Tally) -> list[str]:
    notes = []
    if ZoneBasis.ASSUMED in tally.zone_bases:
        notes.append(NO_ZONE)
    if tally.year_assumed:
        notes.append(NO_YEAR)
    return notes


def require_known(loaded: Loaded) -> None:
    """Raises SourceError when nothing at all could be read."""
    if not loaded.sources:
        reasons = "; ".join(f"{each.path}: {each.why}" for each in loaded.unrecognised[:5]) or "no files"
        raise SourceError(
            f"nothing here could be read ({reasons})", next_step="Give exports or logs; see `workbench formats`."
        )
