"""The rows of the action-item table: what the file says, what trackers say, what the checks say, what is answered."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.tracked import tracked_items
from workbench.check.actions import ITEMS
from workbench.check.case import ACTIONS, FACTORS, Case
from workbench.check.lint import lint_family
from workbench.clock import format_utc
from workbench.commands.tracking import compared, newest, said_of
from workbench.explorer.found_facts import people_known
from workbench.model import ActionStatus
from workbench.store.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.analysis.impact import Impact
    from workbench.analysis.summary import Metrics
    from workbench.analysis.tracked import TrackedItem
    from workbench.check.finding import Finding
    from workbench.model import ActionItem, Factor
    from workbench.postmortem import Postmortem

COLUMNS = ("id", "action", "owner", "priority", "kind", "due", "status", "done_condition", "link")
_OVER = {ActionStatus.DONE, ActionStatus.CANCELLED}
_NUMBERED = re.compile(r"^(.*?)(\d{1,9})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What follows from the sources: it stays while the items are edited. ``as_of`` is the newest evidence (UTC ns)."""

    tracked: list[TrackedItem]
    people: list[str]
    as_of: int
    measures: Metrics
    impact: Impact

    @classmethod
    def of(cls, pm: Postmortem) -> Known:
        """As the post-mortem has it now."""
        moment = newest(pm)
        return cls(
            tracked=tracked_items(pm.measures.findings.rows, moment), people=people_known(pm), as_of=moment,
            measures=pm.measures, impact=pm.impact,
        )  # fmt: skip

    @property
    def today(self) -> str:
        """The day that "overdue" is judged by; "" where there is no evidence."""
        return format_utc(self.as_of)[:10] if self.as_of else ""


def findings(pm: Postmortem, items: Sequence[ActionItem], factors: Sequence[Factor], known: Known) -> list[Finding]:
    """What the checks of action items say of the file as it is now; what others look at is not needed for it."""
    folder = pm.folder.path
    case = Case(
        incident=pm.incident, factors=factors, actions=items, narrative="", reports=(), unrecognised=(), broken=(),
        files={name: read_toml(folder / name) for name in (ACTIONS, FACTORS)},
        measures=known.measures, impact=known.impact, silences=(), data_as_of=known.as_of,
    )  # fmt: skip
    return [one for one in lint_family(case, ITEMS) if not one.waived]


def told(finding: Finding) -> dict[str, Any]:
    """A finding as a row shows it, with the column that it is about."""
    column = finding.place.key.rpartition(".")[2] if finding.place.key else ""
    return {"code": finding.code, "level": str(finding.level), "message": finding.message, "column": column}


def by_row(found: Iterable[Finding], count: int) -> list[list[dict[str, Any]]]:
    """The findings of each row; those of the file as a whole come last."""
    placed: list[list[dict[str, Any]]] = [[] for _ in range(count + 1)]
    for one in found:
        parts = one.place.key.split(".")
        at = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else count
        placed[min(at, count)].append(told(one))
    return placed


def beside(items: tuple[ActionItem, ...], known: Known) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """What the tracker says of each item, by its id; and the issues that no item stands for."""
    document = compared(items, known.tracked, known.as_of)
    said = {
        row["id"]: {
            "words": said_of(row), "differs": row["differs"],
            "status": row["tracker"]["status"], "evidence": row["tracker"]["evidence"],
        }
        for row in document["actions"] if row["tracker"]
    }  # fmt: skip
    return said, document["proposed"]


def values_of(item: ActionItem) -> dict[str, str]:
    """An item as text, column by column; "" where nothing is written."""
    return {name: str(value) if (value := getattr(item, name)) is not None else "" for name in COLUMNS}


def answered(factors: Iterable[Factor]) -> dict[str, list[dict[str, str]]]:
    """The factors that each action answers, by the action's id."""
    found: dict[str, list[dict[str, str]]] = {}
    for factor in factors:
        for action in factor.actions:
            found.setdefault(action, []).append({"id": factor.id, "text": factor.text})
    return found


def totals(items: Sequence[ActionItem], known: Known) -> dict[str, Any]:
    """How many there are, open, overdue and without an owner; cancelled ones are not counted."""
    wanted = [item for item in items if item.status is not ActionStatus.CANCELLED]
    left = [item for item in wanted if item.status not in _OVER]
    late = [item for item in left if item.due is not None and item.due.isoformat() < known.today]
    return {
        "total": len(wanted), "open": len(left), "overdue": len(late), "as_of": known.today,
        "ownerless": sum(not item.owner for item in wanted), "cancelled": len(items) - len(wanted),
    }  # fmt: skip


def next_id(ids: Sequence[str], also: Iterable[str]) -> str:
    """An id in the style of those there, one above the highest; ``also`` are ids that others use already."""
    numbered = [match.groups() for name in ids if (match := _NUMBERED.match(name))]
    others = [match.groups() for name in also if (match := _NUMBERED.match(name))]
    styles = Counter(prefix for prefix, _ in numbered) or Counter(prefix for prefix, _ in others[:1])
    if not styles:
        return "A-1" if "A-1" not in ids else next_id([*ids, "A-1"], also)
    prefix = styles.most_common(1)[0][0]
    numbers = [number for style, number in (*numbered, *others) if style == prefix]
    highest = max(numbers, key=int)
    width = len(highest) if any(number[0] == "0" for number in numbers) else 0
    return f"{prefix}{int(highest) + 1:0{width}d}"
