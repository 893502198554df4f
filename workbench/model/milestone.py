"""The moments of an incident: what was found or confirmed, how surely, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.model.evidence import Evidence

MILESTONES = (
    "started",
    "detected",
    "acknowledged",
    "declared",
    "identified",
    "communicated",
    "mitigated",
    "recovered",
    "resolved",
)
# What a person may write in incident.toml: the moments above, and when the post-mortem was held.
WRITABLE = (*MILESTONES, "postmortem_held")


class Basis(StrEnum):
    """Where a milestone's time comes from."""

    CONFIRMED = "confirmed"
    FOUND = "found"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One detector's proposal for a moment; times in UTC ns, ``weight`` 0..1."""

    time: int
    earliest: int
    latest: int
    weight: float
    rule: str
    evidence: tuple[Evidence, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One moment with its honest interval; all three times are None where it is missing, and ``why`` says why."""

    name: str
    time: int | None = None
    earliest: int | None = None
    latest: int | None = None
    basis: Basis = Basis.MISSING
    confidence: float = 0.0
    rule: str = ""
    evidence: tuple[Evidence, ...] = ()
    runners_up: tuple[Candidate, ...] = ()
    rejected: tuple[Candidate, ...] = ()  # what was found, and a person says is not it
    why: str = ""

    @property
    def flip(self) -> tuple[Candidate, float] | None:
        """The runner-up, and the weight of one more sign for it that would make it the choice; None where none would.

        Scores are 1 - (1 - w1)(1 - w2)…, as if signs were independent.
        """
        if self.basis is not Basis.FOUND or not self.runners_up:
            return None
        other = self.runners_up[0]
        if not other.weight < self.confidence < 1:
            return None
        return other, round(1 - (1 - self.confidence) / (1 - other.weight), 3)

    @property
    def is_known(self) -> bool:
        """Whether there is a time at all."""
        return self.time is not None
