"""The desk for action items: actions.toml as a table, with what trackers and the checks say beside each item."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.explorer.action_rows import (
    COLUMNS,
    Known,
    answered,
    beside,
    by_row,
    findings,
    next_id,
    totals,
    values_of,
)
from workbench.explorer.answers import saved
from workbench.explorer.conflict import ConflictError
from workbench.explorer.written import cleaned
from workbench.model import ActionKind, ActionStatus, Priority
from workbench.store import actions_file, rows
from workbench.store.factors_file import read_factors
from workbench.store.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.model import ActionItem, Factor

LONGEST = 4_000  # signs of one cell
_CHOICES = {"priority": Priority, "kind": ActionKind, "status": ActionStatus}


class Actions:
    """The items of one incident; a row is written at a time, and only the keys that were edited."""

    name = "actions"

    def __init__(self, current: Current) -> None:
        self.current = current
        self._known: tuple[object, Known] | None = None
        self._removed: dict[str, str] = {}
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "actions": self.actions,
            "actions.save": self.save,
        }

    def setup(self) -> dict[str, Any]:
        """The words that the columns with few values may have."""
        choices = {name: [str(one) for one in words] for name, words in _CHOICES.items()}
        return {"choices": choices, "columns": list(COLUMNS), "longest": LONGEST}

    def actions(self, _message: Mapping[str, Any]) -> Reply:
        """The whole table, with what trackers say read anew."""
        self._known = None
        return {"op": "actions", "state": self.state()}, []

    def save(self, message: Mapping[str, Any]) -> Reply:
        """Changes, adds or removes one row; what others wrote there meanwhile is told, and then nothing is written."""
        name, base = str(message.get("name") or ""), str(message.get("base") or "")
        values, after = _values(message.get("values")), message.get("after")
        name = name if base else cleaned(name)  # of a row that is there, as the file spells it
        if not (values and self._renamed(name, values)):
            try:
                self._write(name, values, base, after if isinstance(after, str) else None)
            except rows.RowChangedError as changed:
                state = self.state() | {"base": rows.revision(changed.current)}
                raise ConflictError(_meanwhile(name, changed.current), state) from changed
        return saved(self.state()), []

    def _write(self, name: str, values: dict[str, Any] | None, base: str, after: str | None) -> None:
        """One row; one that was removed here comes back with the comments that stood in it."""
        folder, text = self.current.folder, self._removed.get(name, "")
        if values is None:
            text = rows.text_of(folder / actions_file.NAME, "action", name)
        actions_file.edit_action(folder, name, values, base=base, after=after, text=text)
        if values is None and text:
            self._removed[name] = text

    def _renamed(self, name: str, values: Mapping[str, Any]) -> bool:
        """Whether the row has its new id already: the browser asks again where it heard nothing."""
        new = values.get("id")
        there = {row["id"]: row for row in rows.rows(self.current.folder / actions_file.NAME, "action") if "id" in row}
        if not new or new == name or name in there or new not in there:
            return False
        return all(there[new].get(key) == value for key, value in values.items())

    def state(self) -> dict[str, Any]:
        """Everything that the table shows; ``problem`` where the file cannot be read, ``trouble`` where another one."""
        try:
            items = actions_file.read_actions(self.current.folder)
            raw = rows.rows(self.current.folder / actions_file.NAME, "action")
        except WorkbenchError as problem:
            return {"problem": problem.sentence(), "rows": []}
        file = read_toml(self.current.folder / actions_file.NAME)
        made = [
            {**values_of(item), "raw": {key: str(value) for key, value in row.items()}, "base": rows.revision(row),
             "line": file.line_of(("action", at))}
            for at, (item, row) in enumerate(zip(items, raw, strict=True))
        ]  # fmt: skip
        state = {"problem": "", "trouble": "", "rows": made, "next": next_id([item.id for item in items], ())}
        try:
            return state | self._beside(items, made)
        except WorkbenchError as problem:
            return state | {"trouble": problem.sentence()}

    def _beside(self, items: tuple[ActionItem, ...], made: list[dict[str, Any]]) -> dict[str, Any]:
        """What others than the file say: trackers, the checks, the factors; ``made`` gets what is said of each row."""
        known, factors = self._known_now(), read_factors(self.current.folder)
        answers, (said, proposed) = answered(factors), beside(items, known)
        *own, whole = by_row(findings(self.current.pm(), items, factors, known), len(items))
        for row, found in zip(made, own, strict=True):
            row |= {"findings": found, "tracker": said.get(row["id"]), "answers": answers.get(row["id"], [])}
        ids = [item.id for item in items]
        return {
            "findings": whole, "proposed": [self._offered(issue) for issue in proposed],
            "missing": _missing(factors, ids), "totals": totals(items, known), "next": next_id(ids, self.used()),
            "people": list(dict.fromkeys([*known.people, *(item.owner for item in items if item.owner)])),
        }  # fmt: skip

    def _offered(self, issue: dict[str, Any]) -> dict[str, Any]:
        """An issue as the row that it would become."""
        person = self.current.pm().team.person(issue["owner"] or "")
        values = {
            "action": cleaned(issue["title"])[:LONGEST], "owner": person.name if person else issue["owner"] or "",
            "due": issue["due"] if _day(issue["due"] or "") else "", "status": issue["status"],
            "priority": issue["priority"] if issue["priority"] in list(Priority) else "",
        }  # fmt: skip
        return {"id": issue["key"], "values": values, "state": issue["state"], "evidence": issue["evidence"]}

    def used(self) -> list[str]:
        """The ids that factors name and trackers have: no new item may get one of them."""
        named = (action for factor in read_factors(self.current.folder) for action in factor.actions)
        return [*named, *(issue.key for issue in self._known_now().tracked)]

    def _known_now(self) -> Known:
        """What the sources say, worked out once for the sources that are loaded."""
        pm = self.current.pm()
        if self._known is None or self._known[0] is not pm.loaded:
            self._known = (pm.loaded, Known.of(pm))
        return self._known[1]


def _missing(factors: tuple[Factor, ...], ids: list[str]) -> list[dict[str, Any]]:
    """The ids that factors name and no item has, with those factors."""
    named: dict[str, list[str]] = {}
    for factor in factors:
        for action in factor.actions:
            if action not in ids:
                named.setdefault(action, []).append(factor.id)
    return [{"id": name, "factors": who} for name, who in named.items()]


def _values(sent: Any) -> dict[str, Any] | None:
    """What the browser sends as TOML holds it; a sentence where it cannot be a value."""
    if sent is None:
        return None
    if not isinstance(sent, dict) or not all(isinstance(value, str | None) for value in sent.values()):
        raise WorkbenchError("the cells of an action item are texts")
    strange = [name for name in sent if name not in COLUMNS]
    if strange:
        raise WorkbenchError(f"an action item has no {strange[0]!r}")
    return {name: _value(name, value) for name, value in sent.items()}


def _value(name: str, value: str | None) -> Any:
    text = cleaned(value or "")
    if len(text) > LONGEST:
        raise WorkbenchError(f"{name} has {len(text):,} signs, and {LONGEST:,} are the most")
    if not text:
        return None
    if name != "due":
        return text
    if (day := _day(text)) is None:
        raise WorkbenchError(f"{text!r} is no day", next_step="Write one such as 2025-12-01.")
    return day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _meanwhile(name: str, current: dict[str, Any] | None) -> str:
    if current is None:
        return f"Meanwhile {name} was removed"
    told = ", ".join(f"{key} “{value}”" for key, value in current.items() if key != "id")
    return f"Meanwhile {name} was changed; it now says {told}"
