"""actions.toml: the action items."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.model import ActionItem, ActionKind, ActionStatus, Priority
from workbench.store.rows import edit_row
from workbench.store.schema_check import Rows, Table, checked_table
from workbench.store.toml_file import read_toml
from workbench.store.values import DAY, FILLED, TEXT, choice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "actions.toml"

_ALSO = {
    "todo": "open", "to_do": "open", "new": "open", "planned": "open", "started": "in_progress", "doing": "in_progress",
    "closed": "done", "completed": "done", "complete": "done", "resolved": "done", "canceled": "cancelled",
    "dropped": "cancelled", "wont_do": "cancelled", "won't_do": "cancelled",
}  # fmt: skip
_ACTION = Table(
    fields={
        "id": FILLED,
        "action": FILLED,
        "owner": TEXT,
        "priority": choice(Priority),
        "kind": choice(ActionKind),
        "due": DAY,
        "status": choice(ActionStatus, _ALSO),
        "link": TEXT,
        "done_condition": TEXT,
    },
    required=frozenset({"id", "action"}),
)
_SHAPE = Table(fields={"action": Rows(row=_ACTION, unique="id")})

STARTER = """# What will be done, by whom, until when, and how one sees that it is done.
# priority is P0 to P3; kind is "prevent", "detect", "mitigate" or "process";
# status is "open", "in_progress", "blocked", "done" or "cancelled".
#
# [[action]]
# id = "OPS-102"
# action = "Check and correct the pool size of all databases"
# owner = "Marek"
# priority = "P0"
# kind = "prevent"
# due = 2025-11-24
# status = "open"
# link = "https://tracker.example/OPS-102"
# done_condition = "Every pool has a size that its owner has written beside the setting"
"""


def edit_action(
    folder: Path, name: str, values: Mapping[str, Any] | None, *, base: str, after: str | None = None, text: str = ""
) -> None:
    """Set keys of one item (None takes one away), add it, or remove it (no values): as ``rows.edit_row`` does.

    A file that is damaged, or would be, raises FileProblemsError and is left as it is.
    """
    file = read_toml(folder / NAME)
    checked_table(file, _SHAPE)
    written = file.table.get("action", [])
    if values is not None:
        old: dict[str, Any] = next((row for row in written if row["id"] == name), {"id": name})
        row = {each: value for each, value in {**old, **values}.items() if value is not None}
        others = [each for each in written if each["id"] != name]
        checked_table(replace(file, table={"action": [*others, row]}), _SHAPE)
    edit_row(file.path, "action", name, values, base=base, after=after, starter=STARTER + "\n", text=text)


def read_actions(folder: Path) -> tuple[ActionItem, ...]:
    """The action items in file order; none where there is no file. Raises FileProblemsError."""
    rows = checked_table(read_toml(folder / NAME), _SHAPE).get("action", [])
    return tuple(ActionItem(**row) for row in rows)
