"""What a review knows of one incident: plain facts, each with the place where it can be looked up."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from workbench.clock import format_utc

VERSION = 4  # raise it when the shape or the meaning of what is kept changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A milestone of an incident: UTC ns with its interval; ``basis`` is confirmed or found."""

    time: int
    earliest: int
    latest: int
    basis: str
    evidence: str = ""

    def to_json(self) -> dict[str, Any]:
        """As in ``review --json``."""
        times = {"time": self.time, "earliest": self.earliest, "latest": self.latest}
        told = {name: format_utc(ns) for name, ns in times.items()}
        return told | {"basis": self.basis, "evidence": self.evidence or None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Minutes between two moments, at least ``low`` and at most ``high``."""

    minutes: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An action item as its tracker tells of it, else as the incident's file does; times in UTC ns, due is a day."""

    key: str
    title: str
    owner: str = ""
    due: str = ""
    status: str = "open"
    created: int | None = None
    done_at: int | None = None
    reopened: int = 0
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Somebody was paged; ``incident`` is the id that the page names, empty where it names none."""

    person: str
    time: int
    zone: str = ""
    incident: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What people wrote, with the file and line where it stands."""

    text: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One incident. ``rank`` is 0 for the worst severity of the scale; ``spans`` are by name (time_to_detect, …)."""

    id: str
    title: str
    severity: str
    rank: int
    folder: str
    digest: str = ""  # of what it was made from
    open: bool = False
    services: tuple[str, ...] = ()
    team: str = ""
    trigger: str = ""
    cause: str = ""
    tags: tuple[str, ...] = ()
    factor_kinds: tuple[str, ...] = ()
    moments: dict[str, Moment] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    failed: float | None = None
    customers: float | None = None
    budget_percent: float | None = None  # of the error budget of so many days
    budget_days: float = 30.0
    impact_minutes: float | None = None
    updates: int = 0
    longest_gap_minutes: float | None = None
    limit_minutes: float | None = None
    cadence: str = ""  # met, missed, undecided, empty where it does not apply
    due: int | None = None  # when the post-mortem is due, UTC ns
    wanted: bool = False  # whether its severity asks for a post-mortem
    actions: tuple[Item, ...] = ()
    pages: tuple[Page, ...] = ()
    alerts: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    learned: tuple[Quote, ...] = ()
    curve: tuple[float, ...] = ()  # shares of failing requests at even steps from the first phase to the last
    stage: str = ""  # draft or final
    last: int | None = None  # the newest thing that its sources say, UTC ns
    problems: tuple[str, ...] = ()

    @property
    def began(self) -> int | None:
        """When it belongs to a period by: its start, else the first moment of it that is known."""
        return None if self.first is None else self.first.time

    @property
    def first(self) -> Moment | None:
        """The moment of it that began it; None where no moment is known."""
        known = [one for name, one in self.moments.items() if name != "postmortem_held"]
        return self.moments.get("started") or min(known, key=lambda one: one.time, default=None)

    def to_json(self) -> dict[str, Any]:
        """Its row of ``review --json``: what the figures are made of, and the lines that tell of it."""
        return {
            "id": self.id, "title": self.title, "severity": self.severity, "services": list(self.services),
            "team": self.team or None, "cause": self.cause or None, "trigger": self.trigger or None, "open": self.open,
            "folder": self.folder, "began": None if self.began is None else format_utc(self.began),
            "moments": {name: one.to_json() for name, one in self.moments.items()},
            "minutes": {name: asdict(one) for name, one in self.spans.items()},
        }  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, from which :func:`record_from` makes the same record."""
        return {"version": VERSION, **asdict(self)}


def record_from(values: dict[str, Any]) -> Record | None:
    """The record that plain JSON describes; None where another version wrote it."""
    if values.pop("version", None) != VERSION:
        return None
    parts: dict[str, Any] = {
        "moments": {name: Moment(**one) for name, one in values.pop("moments").items()},
        "spans": {name: Span(**one) for name, one in values.pop("spans").items()},
        "actions": tuple(Item(**one) for one in values.pop("actions")),
        "pages": tuple(Page(**one) for one in values.pop("pages")),
        "learned": tuple(Quote(**one) for one in values.pop("learned")),
    }
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Record(**{**values, **lists, **parts})
