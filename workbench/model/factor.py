"""One contributing factor: a node of the graph that the five-whys draw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class FactorKind(StrEnum):
    """What sort of thing contributed."""

    IMPACT = "impact"
    EVENT = "event"
    CONDITION = "condition"
    DECISION = "decision"
    MISSING_CONTROL = "missing_control"


class Explains(StrEnum):
    """Which of the three questions the tree below a root answers."""

    OCCURRENCE = "occurrence"  # why it happened
    DETECTION = "detection"  # why it took long to see
    RECOVERY = "recovery"  # why it took long to end


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRisk:
    """A factor that the team leaves as it is: who decided, why, and when to look again."""

    by: str
    reason: str
    review_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A factor and the factors it came from. ``evidence`` holds ``source:line`` places or event ids, as written."""

    id: str
    text: str
    kind: FactorKind = FactorKind.CONDITION
    explains: Explains = Explains.OCCURRENCE  # of a factor that explains no other one
    because_of: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    accepted_risk: AcceptedRisk | None = None
