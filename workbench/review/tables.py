"""The tables that lie beside the incident folders: an index of all incidents, and everybody's pages."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.clock import parse_rfc3339
from workbench.errors import ClockError
from workbench.review.record import Moment, Page, Record, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from workbench.model import SeverityScale

_ID, _TITLE, _SEVERITY, _SERVICE = (
    ("id", "incident", "key"),
    ("title", "name", "summary"),
    ("severity", "sev"),
    ("service",),
)
_BEGAN, _ENDED = ("started_at", "started", "start", "created_at"), ("resolved_at", "resolved", "end", "closed_at")
_PAGED = ("paged_at", "notified_at", "page_time")
_PERSON = ("user", "person", "responder", "assignee", "login")
_ZONE, _OF = ("user_time_zone", "time_zone", "timezone", "zone"), ("incident", "incident_id", "incident_key")
MINUTE = 60_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What the tables beside the folders say; ``repeated`` are ids that stand in the index more than once."""

    listed: tuple[Record, ...] = ()
    pages: tuple[Page, ...] = ()
    repeated: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read_tables(root: Path, scale: SeverityScale) -> Tables:
    """The CSV files of a directory that are an index of incidents or a list of pages; others are left alone."""
    listed: dict[str, Record] = {}
    pages: list[Page] = []
    repeated: list[str] = []
    read: list[str] = []
    problems: list[str] = []
    for path in sorted(root.glob("*.csv")):
        for line, row in _rows(path):
            try:
                if page := _page(row, f"{path.name}:{line}"):
                    pages.append(page)
                elif record := _listed(row, scale, f"{path.name}:{line}"):
                    repeated += [record.id] if record.id in listed else []
                    listed.setdefault(record.id, record)
                else:
                    break
            except ClockError as error:
                problems.append(f"{path.name}:{line}: {error.sentence()}")
            read += [] if path.name in read else [path.name]
    return Tables(
        listed=tuple(listed.values()), pages=tuple(pages), repeated=tuple(repeated), read=tuple(read),
        problems=tuple(problems),
    )  # fmt: skip


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            told = {str(key).strip().casefold(): value for key, value in row.items() if not isinstance(value, list)}
            yield reader.line_num, {key: (value or "").strip() for key, value in told.items()}


def _first(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _page(row: Mapping[str, str], place: str) -> Page | None:
    at, person = _first(row, _PAGED), _first(row, _PERSON)
    if not at or not person:
        return None
    time = parse_rfc3339(at, where=place)
    return Page(person=person, time=time, zone=_first(row, _ZONE), incident=_first(row, _OF), evidence=place)


def _listed(row: Mapping[str, str], scale: SeverityScale, place: str) -> Record | None:
    """A row of the index as a record that knows nothing else."""
    name, severity = _first(row, _ID), scale.of(_first(row, _SEVERITY))
    began, ended = _first(row, _BEGAN), _first(row, _ENDED)
    if not name or severity is None or not began:
        return None
    moments = {"started": _moment(began, place)} | ({"resolved": _moment(ended, place)} if ended else {})
    spans = {}
    if ended:
        minutes = round((moments["resolved"].time - moments["started"].time) / MINUTE, 3)
        spans = {"time_to_resolve": Span(minutes=minutes, low=minutes, high=minutes)}
    service = _first(row, _SERVICE)
    return Record(
        id=name, title=_first(row, _TITLE) or name, severity=severity, rank=scale.rank(severity), folder=place,
        open=not ended, services=(service,) if service else (), moments=moments, spans=spans,
    )  # fmt: skip


def _moment(text: str, place: str) -> Moment:
    time = parse_rfc3339(text, where=place)
    return Moment(time=time, earliest=time, latest=time, basis="confirmed", evidence=place)
