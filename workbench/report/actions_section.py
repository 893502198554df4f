"""The action items: who does what until when, and how many are done as of the newest evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.model import ActionItem, ActionStatus
from workbench.report.blocks import Cell, Column, Paragraph, Row, Run, Section, plain
from workbench.report.sections import missing, table
from workbench.report.wording import day, moment

if TYPE_CHECKING:
    from workbench.report.blocks import Block
    from workbench.report.facts import Facts

_OVER = {ActionStatus.DONE, ActionStatus.CANCELLED}
_COLUMNS = (
    Column(header="Priority", width=10),
    Column(header="Action", width=46),
    Column(header="Owner", width=16),
    Column(header="Due", width=13, kind="time"),
    Column(header="Status", width=15),
)


def actions_section(facts: Facts) -> Section:
    """The sentence of how far they are, and the table in order of priority and due day."""
    return Section(name="actions", title="Action items", blocks=_blocks(facts))


def _blocks(facts: Facts) -> tuple[Block, ...]:
    actions = facts.actions
    if not actions:
        return missing("Nobody has written an action item yet (actions.toml).")
    wanted = [one for one in actions if one.status is not ActionStatus.CANCELLED]
    done = sum(one.status is ActionStatus.DONE for one in wanted)
    as_of = f"{moment(facts.data_as_of_ns)} UTC, the time of the newest evidence"
    said = Paragraph(text=plain(f"{done} of {len(wanted)} done as of {as_of}."))
    return said, table(_COLUMNS, (_row(one, day(facts.data_as_of_ns)) for one in sorted(actions, key=_order)))


def _order(action: ActionItem) -> tuple[str, str, str]:
    return action.priority or "P9", action.due.isoformat() if action.due else "9999", action.id


def _row(action: ActionItem, today: str) -> Row:
    done_when = f"Done when: {action.done_condition}" if action.done_condition else ""
    name = (Run(text=action.id, link=action.link), Run(text=" "), Run(text=action.action))
    cells = (
        Cell(text=plain(action.priority or "not set", bold=bool(action.priority))),
        Cell(text=name if action.id else plain(action.action), note=plain(done_when)),
        Cell(text=plain(action.owner or "nobody yet")),
        Cell(text=plain(action.due.isoformat() if action.due else "not set")),
        Cell(text=plain(_status(action, today))),
    )
    return Row(cells=cells)


def _status(action: ActionItem, today: str) -> str:
    words = action.status.replace("_", " ").capitalize()
    late = action.due is not None and action.due.isoformat() < today and action.status not in _OVER
    return f"{words}, overdue" if late else words
