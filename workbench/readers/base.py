"""The contract between a source and its reader: what a reader is shown, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import orjson
import polars as pl

from workbench.clock import Assumption, Instant
from workbench.events.schema import READ_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEAD_BYTES = 64 * 1024
MAX_COLUMNS = 2_000  # of a table; no timeline has more


class Certainty(IntEnum):
    """How a reader knows a file: compared before the share that fits, so no weights need tuning."""

    GENERIC = 1  # any JSON lines, any CSV, any text with times
    SHAPE = 2  # the shape of one family: a log4j line, a logfmt line
    SIGNATURE = 3  # keys or headers that only one system writes


class Claim(NamedTuple):
    """A reader's bid for a file: how it knows, and the share (0..1) of what it saw that fits."""

    certainty: Certainty
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a reader may look at to recognise a file: its name, its first 64 KiB, or an archive's members."""

    name: str  # path relative to the folder given, with /
    data: bytes  # the first 64 KiB, decompressed; b"" for an archive
    members: tuple[str, ...] = ()  # names inside, for an archive
    complete: bool = False  # the head is the whole file
    lines: tuple[str, ...] = ()  # the whole lines of the head, decoded, without their ends
    document: Any = None  # the parsed JSON value where the head (or the first record) parses; else None
    records: tuple[Any, ...] = ()  # the first JSON records: NDJSON lines, or the document itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to read: where it stands, how to open it, and what a person said of its clock."""

    path: str  # relative, with /; as people see it
    file: Path  # where the bytes are on disk
    size: int
    sha256: str
    assumption: Assumption = field(default_factory=Assumption)
    modified_ns: int = 0  # the file's own time, UTC ns; 0 where unknown
    open: Callable[[], IO[bytes]]  # decompressed bytes, from the start
    lasting: bool = False  # the file holds these very bytes and stays where it is: texts can be fetched from it later
    damage: list[str] = field(default_factory=list)  # sentences about what could not be decompressed


class Rejected(NamedTuple):
    """A line or record that is no event: where it stands, what it says, and why it was not taken."""

    position: int
    text: str
    reason: str


@dataclass(slots=True, kw_only=True)
class Batch:
    """A part of a source as read. ``lines`` counts text lines, ``records`` structured records; one of them is used.

    For text: lines = events + continuations + blank + rejected, over all batches of a source.
    """

    events: pl.DataFrame | None = None
    rejected: list[Rejected] = field(default_factory=list)
    metrics: pl.DataFrame | None = None
    spans: pl.DataFrame | None = None
    lines: int = 0
    records: int = 0
    continuations: int = 0
    blank: int = 0
    notes: list[str] = field(default_factory=list)  # sentences for people: what was assumed, what is missing


class Reader(Protocol):
    """One format: an object with these names is a reader."""

    name: str
    title: str  # for people: "PagerDuty log entries"
    example: str  # the name that such a file often has: "log_entries.json"
    unfolds: str  # what comes of it, for people: "triggered, acknowledged, resolved"
    kind: str  # what most of its events are
    structured: bool  # counts records rather than lines
    version: int | str  # raise it when the same bytes would give other events

    def identify(self, head: Head) -> Claim | None:
        """How well the head fits; None when it does not. No I/O."""
        ...

    def read(self, source: Source) -> Iterator[Batch]:
        """The source's batches, in file order."""
        ...


@runtime_checkable
class LazyReader(Reader, Protocol):
    """A reader of lines: batches hold each event's time and ``text``; the fields are laid out when asked for."""

    def read_stream(self, stream: IO[bytes], assumption: Assumption) -> Iterator[Batch]:
        """The batches of a stream, read with what is known of its clock."""
        ...

    def decoded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields of events that were kept as text: the reading schema and attribute columns (``x_``)."""
        ...


def dump(value: Any) -> str | None:
    """Attributes as one JSON string, keys in their order, empty values left out; None where nothing is left."""
    if isinstance(value, dict):
        value = {key: item for key, item in value.items() if item not in (None, "", [], {})}
    return orjson.dumps(value, default=str).decode("utf-8", "replace") if value else None


class EventRows:
    """Collects the events of a structured export, one call each, and makes their frame."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._parts: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(
        self,
        when: Instant,
        *,
        line: int,
        kind: str,
        message: str,
        action: str | None = None,
        level: str | None = None,
        service: str | None = None,
        host: str | None = None,
        actor: str | None = None,
        duplicate: bool = False,
        **attributes: Any,
    ) -> None:
        """One event of record ``line`` (1-based); several events of one record are told apart by their part."""
        part = self._parts.get(line, -1) + 1
        self._parts[line] = part
        self._rows.append(
            (
                when.ns,
                when.earliest,
                when.latest,
                kind,
                action,
                level,
                service,
                host,
                actor,
                message,
                line,
                part,
                str(when.basis),
                duplicate,
                dump(attributes),
            )
        )

    def frame(self) -> pl.DataFrame:
        """The events in the order they were added, in the reading schema."""
        schema = {
            name: pl.Int64 if name in {"time", "earliest", "latest"} else kind for name, kind in READ_SCHEMA.items()
        }
        frame = pl.DataFrame(self._rows, schema=schema, orient="row")
        times = [pl.col(name).cast(READ_SCHEMA[name]) for name in ("time", "earliest", "latest")]
        return frame.with_columns(times)
