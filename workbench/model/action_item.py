"""One action item: what will be done, by whom, until when, and how one sees that it is done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Priority(StrEnum):
    """How soon; P0 is first."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class ActionKind(StrEnum):
    """What the action does to the next incident of its sort."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    PROCESS = "process"


class ActionStatus(StrEnum):
    """How far it has come."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """An action item as written; what a person left out is None or empty, and the checks say so."""

    id: str
    action: str
    owner: str = ""
    priority: Priority | None = None
    kind: ActionKind | None = None
    due: date | None = None
    status: ActionStatus = ActionStatus.OPEN
    link: str = ""
    done_condition: str = ""
