"""What a team keeps once for all its incidents: severities, people, services, zones, hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from workbench.model.severity import DEFAULT_SCALE, SeverityScale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person and the names they go by; ``logins`` are by system, ``zone`` is where their nights are."""

    key: str
    name: str
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    logins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zone: str = ""
    role: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything that stands for this person, the full name first."""
        logins = (login for system in self.logins.values() for login in system)
        return tuple(dict.fromkeys((self.name, *self.names, *self.emails, *logins, self.key)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service, the team that owns it, and its other names."""

    name: str
    team: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """The team's own looks: folders and files as absolute paths, empty where not set."""

    templates: str = ""
    reference_docx: str = ""
    template: str = ""  # the name of the post-mortem's template, where it is not the shipped one
    editions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionSettings:
    """Where the pseudonym key and the list of allowed findings lie: absolute paths, empty where not set."""

    key_file: str = ""
    allow_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OncallHours:
    """The hours of work and of sleep, in minutes after midnight on the person's own clock; days 0 is Monday."""

    work: tuple[int, int] = (9 * 60, 18 * 60)
    sleep: tuple[int, int] = (22 * 60, 7 * 60)
    days: tuple[int, ...] = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTargets:
    """How long the first phases of any incident may take, in minutes: until it is detected, and until it is triaged."""

    detection_minutes: float = 5.0
    triage_minutes: float = 15.0


ASSUMED_MAX_SKEW_SECONDS = 300.0  # how far a host's clock may be off while nobody has compared it


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The facts of workbench.toml; a team without the file has the defaults. ``file`` is where it stands."""

    file: str = ""
    severities: SeverityScale = DEFAULT_SCALE
    people: tuple[Person, ...] = ()
    services: tuple[Service, ...] = ()
    zones: Mapping[str, str] = field(default_factory=dict)
    reports: ReportSettings = field(default_factory=ReportSettings)
    redaction: RedactionSettings = field(default_factory=RedactionSettings)
    oncall: OncallHours = field(default_factory=OncallHours)
    assumed_max_skew_seconds: float = ASSUMED_MAX_SKEW_SECONDS
    phases: PhaseTargets = field(default_factory=PhaseTargets)

    def person(self, spelling: str) -> Person | None:
        """The person whom a name, e-mail or login stands for; None where it is nobody's or more than one person's."""
        wanted = spelling.strip().lstrip("@").casefold()
        found = [person for person in self.people if wanted in _folded(person.spellings)]
        return found[0] if len(found) == 1 else None

    def service(self, spelling: str) -> Service | None:
        """The service of this name or alias."""
        wanted = spelling.strip().casefold()
        return next((one for one in self.services if wanted in _folded((one.name, *one.aliases))), None)

    def zone(self, path: str, host: str = "") -> str | None:
        """The zone of a source by its path or host: the pattern with the most literal characters wins."""
        folders = path.split("/")
        subjects = {path, host, *folders, *("/".join(folders[at:]) for at in range(len(folders)))} - {""}
        matching = [pattern for pattern in self.zones if any(fnmatchcase(one, pattern) for one in subjects)]
        return self.zones[max(matching, key=_literal)] if matching else None


def _folded(spellings: Iterable[str]) -> set[str]:
    return {spelling.lstrip("@").casefold() for spelling in spellings}


def _literal(pattern: str) -> tuple[bool, int]:
    """How specific a pattern is: an exact name before any pattern, then the count of literal characters."""
    wild = sum(pattern.count(sign) for sign in "*?[")
    return wild == 0, len(pattern) - wild
