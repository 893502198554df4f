"""What a batch asks of one incident, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.review.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The report of one folder, in some forms, for one kind of reader."""

    folder: Path
    forms: tuple[str, ...]
    edition: str = "internal"
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The files of a report, or ``why`` there are none; not ``fresh`` where they were up to date already."""

    folder: Path
    files: tuple[str, ...] = ()
    fresh: bool = True
    seconds: float = 0.0
    why: str = ""
    record: Record | None = None  # for the index
