"""The action items: who does what until when, and how many are done as of the newest evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.model import ActionItem, ActionStatus
from workbench.report.blocks import Cell, Column, Paragraph, Row, Run, Section, plain
from workbench.report.proofs import refer
from workbench.report.sections import missing, table
from workbench.report.text import shortened
from workbench.report.wording import counted, day, joined, moment

if TYPE_CHECKING:
    from workbench.report.blocks import Block
    from workbench.report.facts import Facts

_NAMED = 4  # owners on page one
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
    said = Paragraph(text=(*plain(f"{done} of {len(wanted)} done as of {as_of}."), *refer(facts, "actions")))
    return said, table(_COLUMNS, (_row(one, day(facts.data_as_of_ns)) for one in sorted(actions, key=_order)))


def actions_line(facts: Facts) -> tuple[Block, ...]:
    """For page one, what is being done: how many are done, what is due next, and with whom the rest is.

    Readers who are told no names learn how many are done, and nothing of our calendar.
    """
    wanted = [one for one in facts.actions if one.status is not ActionStatus.CANCELLED]
    if not wanted:
        return missing("No action item has been written yet (actions.toml).")
    left = [one for one in wanted if one.status is not ActionStatus.DONE]
    today = day(facts.data_as_of_ns)
    late = sum(_is_late(one, today) for one in left)
    coming = min((one for one in left if one.due and not _is_late(one, today)), key=_due, default=None)
    owners = list(dict.fromkeys(one.owner for one in sorted(left, key=_order) if one.owner))
    ownerless = sum(not one.owner for one in left)
    done = f"{len(wanted) - len(left)} of {counted(len(wanted), 'action item')}"
    overdue = f", {late} overdue" if late else ""
    said = [
        f"{done} done by {today}{overdue}.",
        f"Next due: {coming.id or shortened(coming.action, 60)} on {coming.due}." if coming else "",
        f"Open with {joined(_few(owners))}{f'; {ownerless} with nobody yet' if ownerless else ''}." if owners
        else "Nobody owns what is open." if ownerless else "",
    ]  # fmt: skip
    text = " ".join(filter(None, said if facts.owners else [f"{done} done by {today}."]))
    return (Paragraph(text=(*plain("What is being done. ", bold=True), *plain(text))),)


def _few(names: list[str]) -> list[str]:
    """All names, or the first of them and how many there are besides."""
    return names if len(names) <= _NAMED else [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} others"]


def _due(action: ActionItem) -> tuple[str, str]:
    return str(action.due), action.id


def _is_late(action: ActionItem, today: str) -> bool:
    return action.due is not None and action.due.isoformat() < today and action.status not in _OVER


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
    return f"{words}, overdue" if _is_late(action, today) else words
