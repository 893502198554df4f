"""From an event to what follows of it: evidence of a factor, and a new action item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.explorer.action_rows import next_id
from workbench.explorer.answers import saved
from workbench.explorer.conflict import ConflictError
from workbench.explorer.written import words
from workbench.model import ActionKind, Priority
from workbench.store import actions_file, factors_file
from workbench.store.rows import RowChangedError, edit_row, revision, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from workbench.explorer.answers import Reply

_FACTOR, _ACTION = "factor", "action"
_ACTION_TEXTS = ("action", "owner", "priority", "kind", "done_condition", "link")


class Linking:
    """The factors and action items of one incident folder, as far as an event leads to them."""

    name = "linking"

    def __init__(self, folder: Path, used: Callable[[], list[str]]) -> None:
        self.folder = folder
        self.used = used  # ids that others than the table's rows have
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "links": self.asked, "links.factor": self.link, "links.action": self.act,
        }  # fmt: skip

    def setup(self) -> dict[str, Any]:
        """Nothing: it is asked when somebody wants to link an event."""
        return {}

    def asked(self, _message: Mapping[str, Any]) -> Reply:
        """The factors to choose from, and the id that a new action item would get."""
        return {"op": "links", **self._state()}, []

    def link(self, message: Mapping[str, Any]) -> Reply:
        """Puts an event or a place among the evidence of a factor, or takes it out (``out``)."""
        factors_file.read_factors(self.folder)  # nothing is written into a file that cannot be read
        name, place, base = (str(message.get(each) or "") for each in ("factor", "place", "base"))
        path = self.folder / factors_file.NAME
        row = next((each for each in rows(path, _FACTOR) if str(each.get("id")) == name), None)
        if row is None:
            raise WorkbenchError(f"there is no factor {name!r} any more")
        before = [str(each) for each in row.get("evidence", [])]
        rest = [each for each in before if each != place]
        after = rest if message.get("out") else [*before, place] if place and place not in before else before
        self._edit(path, _FACTOR, name, {"evidence": after or None}, base)
        return self._saved(path, _FACTOR, name), []

    def act(self, message: Mapping[str, Any]) -> Reply:
        """Makes an action item with a name that the browser was given, or takes it away again (no ``values``)."""
        actions_file.read_actions(self.folder)
        name, base = words(message.get("name"), 40), str(message.get("base") or "")
        path = self.folder / actions_file.NAME
        told = message.get("values")
        if not name:
            raise WorkbenchError("a new action item needs an id")
        self._edit(path, _ACTION, name, _action(told) if isinstance(told, dict) else None, base)
        return self._saved(path, _ACTION, name), []

    def _edit(self, path: Path, array: str, name: str, values: Mapping[str, Any] | None, base: str) -> None:
        starter = {_FACTOR: factors_file.STARTER, _ACTION: actions_file.STARTER}[array]
        try:
            edit_row(path, array, name, values, base=base, starter=starter)
        except RowChangedError as changed:
            raise ConflictError(_meanwhile(array, changed), self._of(array, name)) from changed

    def _saved(self, path: Path, array: str, name: str) -> dict[str, Any]:
        row = next((each for each in rows(path, array) if str(each.get("id")) == name), None)
        return saved({"base": revision(row), "name": name, **self._state()})

    def _of(self, array: str, name: str) -> dict[str, Any]:
        state = self._state()
        known = {one["id"]: one["base"] for one in state["factors"]} if array == _FACTOR else {}
        return {**state, "base": known.get(name, ""), "name": name}

    def _state(self) -> dict[str, Any]:
        factors = [_factor(row) for row in rows(self.folder / factors_file.NAME, _FACTOR)]
        names = [str(row.get("id")) for row in rows(self.folder / actions_file.NAME, _ACTION)]
        return {"factors": factors, "next": next_id(names, self._used())}

    def _used(self) -> list[str]:
        try:
            return self.used()
        except WorkbenchError:  # a damaged file of factors: what is said of it is said where they are linked
            return []


def _factor(row: Mapping[str, Any]) -> dict[str, Any]:
    evidence = [str(each) for each in row.get("evidence", [])]
    return {"id": str(row.get("id")), "text": str(row.get("text")), "evidence": evidence, "base": revision(row)}


def _action(told: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new row; what was left out is not written."""
    found = {name: words(told.get(name)) for name in _ACTION_TEXTS}
    if not found["action"]:
        raise WorkbenchError("say what shall be done")
    for name, choices in (("priority", Priority), ("kind", ActionKind)):
        if found[name] and found[name] not in set(choices):
            raise WorkbenchError(f"{found[name][:40]!r} is no {name}")
    return {name: text for name, text in found.items() if text} | {"status": "open"}


def _meanwhile(array: str, changed: RowChangedError) -> str:
    what = "the factor" if array == _FACTOR else "the action item"
    if changed.current is None:
        return f"Meanwhile somebody removed {what}"
    text = changed.current.get("text" if array == _FACTOR else "action")
    return f"Meanwhile somebody changed {what}, which now says: {text}"
