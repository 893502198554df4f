"""What an edit of the five whys does to the rows of factors.toml: plain rows in, the rows that change out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.explorer.written import LONGEST, cleaned
from workbench.model import Explains, FactorKind
from workbench.store.factors_file import id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Row = dict[str, Any]
    Values = dict[str, Any]

_MOST = 200  # evidence or actions of one factor


@dataclass(kw_only=True)
class Change:
    """The keys that each row gets, by id; None takes a key or a row away.

    ``after`` says where a new row stands, ``texts`` how it stood in the file before it was taken out.
    """

    rows: dict[str, Values | None] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    made: str = ""  # the id of a factor that is new

    def put(self, factor: str, **values: Any) -> None:
        """Gives a row these keys, besides those that it gets already."""
        self.rows[factor] = {**(self.rows.get(factor) or {}), **values}


class Graph:
    """The rows by id, with who explains whom; ids in ``because_of`` that no row has are left as they are."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = {str(row["id"]).strip(): row for row in rows}

    def __contains__(self, factor: str) -> bool:
        return factor in self.rows

    def causes(self, factor: str) -> list[str]:
        """What the factor came from, as its row has it."""
        return [str(cause).strip() for cause in self.rows[factor].get("because_of", [])]

    def parents(self, factor: str) -> list[str]:
        """The factors that it explains."""
        return [each for each in self.rows if factor in self.causes(each)]

    def explains(self, factor: str) -> str:
        """The question that the tree answers in which the factor stands first."""
        seen: set[str] = set()
        while (above := self.parents(factor)) and factor not in seen:
            seen.add(factor)
            factor = above[0]
        return str(self.rows[factor].get("explains") or Explains.OCCURRENCE).strip().casefold()

    def way(self, start: str, end: str) -> list[str]:
        """The ids from a factor down to one that it came from; empty where there is no way."""
        waiting, seen = [[start]], {start}
        while waiting:
            way = waiting.pop(0)
            if way[-1] == end:
                return way
            for cause in self.causes(way[-1]):
                if cause in self.rows and cause not in seen:
                    seen.add(cause)
                    waiting.append([*way, cause])
        return []

    def words(self, factor: str) -> str:
        """The factor as a sentence names it."""
        text = str(self.rows[factor].get("text", factor))
        return f"“{text if len(text) <= 60 else text[:57] + '...'}”"


def change(rows: Sequence[Row], said: Mapping[str, Any]) -> Change:
    """What ``said["do"]`` changes; raises WorkbenchError with a sentence where it cannot be."""
    act = _ACTS.get(str(said.get("do")))
    if act is None:
        raise WorkbenchError(f"the five whys do not know the edit {said.get('do')!r}")
    return act(Graph(rows), said)


def _known(graph: Graph, said: Mapping[str, Any], name: str) -> str:
    factor = str(said.get(name) or "")
    if factor not in graph:
        raise WorkbenchError(f"there is no factor {factor!r} in factors.toml any more")
    return factor


def _add(graph: Graph, said: Mapping[str, Any]) -> Change:
    """A new factor: a cause below another one, or the root of a question."""
    below = _known(graph, said, "below") if said.get("below") else ""
    values = checked({"text": said.get("text"), "kind": said.get("kind") or FactorKind.CONDITION})
    made = Change(made=id_of(values["text"], graph.rows))
    if not below and said.get("explains"):
        values |= checked({"explains": said["explains"]})
    made.rows[made.made] = {"id": made.made, **values}
    if below:
        causes = graph.causes(below)
        made.after[made.made] = next((each for each in reversed(causes) if each in graph), below)
        made.put(below, because_of=_placed(causes, made.made, said.get("place")))
    return made


def _set(graph: Graph, said: Mapping[str, Any]) -> Change:
    factor, values = _known(graph, said, "factor"), said.get("values")
    if not isinstance(values, dict) or not values:
        raise WorkbenchError("the edit of a factor says nothing")
    return Change(rows={factor: checked(values)})


def _link(graph: Graph, said: Mapping[str, Any]) -> Change:
    factor, below = _known(graph, said, "factor"), _known(graph, said, "below")
    made = Change()
    made.put(below, because_of=_linked(graph, factor, below, said.get("place")))
    return made


def _unlink(graph: Graph, said: Mapping[str, Any]) -> Change:
    """The cause is no longer one of this factor; where it was of no other one, it is a root of the same question."""
    factor, below = str(said.get("factor") or ""), _known(graph, said, "below")
    made = Change()
    made.put(below, because_of=_without(graph.causes(below), factor) or None)
    if factor in graph and graph.parents(factor) == [below]:
        _rooted(graph, made, factor)
    return made


def _move(graph: Graph, said: Mapping[str, Any]) -> Change:
    """From under one factor to under another, to another place under the same one, or out of the tree as a root."""
    factor, source = _known(graph, said, "factor"), str(said.get("from") or "")
    below = _known(graph, said, "below") if said.get("below") else ""
    made = Change()
    if source in graph and factor not in graph.causes(source):
        raise WorkbenchError(f"{graph.words(factor)} is no cause of {graph.words(source)} any more")
    if below == source:
        if not below:
            raise WorkbenchError("roots stand in the order of factors.toml")
        causes = _without(graph.causes(below), factor)
        made.put(below, because_of=_placed(causes, factor, said.get("place")))
        return made
    if source in graph:
        made.put(source, because_of=_without(graph.causes(source), factor) or None)
    if below:
        made.put(below, because_of=_linked(graph, factor, below, said.get("place")))
    elif set(graph.parents(factor)) <= {source}:
        _rooted(graph, made, factor)
    return made


def _delete(graph: Graph, said: Mapping[str, Any]) -> Change:
    """Its causes are not lost: those that no other factor came from are roots from then on."""
    factor = _known(graph, said, "factor")
    made = Change(rows={factor: None})
    for parent in graph.parents(factor):
        if parent != factor:
            made.put(parent, because_of=_without(graph.causes(parent), factor) or None)
    for cause in dict.fromkeys(graph.causes(factor)):
        if cause in graph and graph.parents(cause) == [factor]:
            _rooted(graph, made, cause)
    return made


def _put(_graph: Graph, said: Mapping[str, Any]) -> Change:
    """Whole rows as they were: what undo and redo send."""
    rows = said.get("rows")
    if not isinstance(rows, dict) or not rows:
        raise WorkbenchError("the edit of the factors says nothing")
    made = Change(after=_by_id(said.get("after")), texts=_by_id(said.get("texts")))
    for factor, values in rows.items():
        made.rows[str(factor)] = None if values is None else {"id": str(factor), **checked(_without_id(values))}
    return made


def _by_id(given: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in given.items()} if isinstance(given, dict) else {}


def _without_id(values: Mapping[str, Any]) -> Values:
    return {key: value for key, value in values.items() if key != "id"}


def _rooted(graph: Graph, made: Change, factor: str) -> None:
    """A factor that becomes a root answers the question of the tree that it was in."""
    asked, own = graph.explains(factor), str(graph.rows[factor].get("explains") or Explains.OCCURRENCE)
    if asked != own.strip().casefold():
        made.put(factor, explains=asked)


def _linked(graph: Graph, factor: str, below: str, place: object) -> list[str]:
    causes = graph.causes(below)
    if factor in causes:
        raise WorkbenchError(f"{graph.words(factor)} is a cause of {graph.words(below)} already")
    if way := graph.way(factor, below):
        said = " because of ".join(graph.words(each) for each in way)
        raise WorkbenchError(f"That would run in a circle: {said}")
    return _placed(causes, factor, place)


def _placed(causes: Sequence[str], factor: str, place: object) -> list[str]:
    """The causes with one more at a place, at the end where none is said."""
    at = place if isinstance(place, int) and 0 <= place <= len(causes) else len(causes)
    return [*causes[:at], factor, *causes[at:]]


def _without(causes: Sequence[str], factor: str) -> list[str]:
    return [each for each in causes if each != factor]


def applied(rows: Sequence[Row], made: Change) -> list[Row]:
    """The rows as they would be: new ones stand last, for nobody sees these."""
    known = {str(row["id"]).strip() for row in rows}
    found = [dict(row) | (made.rows.get(str(row["id"]).strip()) or {}) for row in rows]
    kept = [row for row in found if made.rows.get(str(row["id"]).strip(), row) is not None]
    new = [dict(values) for name, values in made.rows.items() if values and name not in known]
    return [{key: value for key, value in row.items() if value is not None} for row in [*kept, *new]]


def checked(values: Mapping[str, Any]) -> Values:
    """The values of a factor as they may be written; raises WorkbenchError that says what is wrong with one."""
    made: Values = {}
    for key, value in values.items():
        if key not in _READ:
            raise WorkbenchError(f"a factor has no {key!r}")
        made[key] = None if value is None and key != "text" else _READ[key](value)
    return made


def _text(value: object) -> str:
    text = cleaned(value) if isinstance(value, str) else ""
    if not text:
        raise WorkbenchError("a factor needs a text: what was so, or what happened?")
    if len(text) > LONGEST:
        raise WorkbenchError(f"the text has {len(text):,} signs, and {LONGEST:,} are the most")
    return text


def _texts(value: object) -> list[str] | None:
    """One line each, none twice; None, which takes the key away, where there is none."""
    if not isinstance(value, list | tuple) or len(value) > _MOST:
        raise WorkbenchError(f"a list of at most {_MOST} texts was expected")
    return list(dict.fromkeys(text for each in value if (text := cleaned(str(each))))) or None


def _choice(kinds: type[FactorKind | Explains]) -> Callable[[object], str]:
    def read(value: object) -> str:
        known = {str(each): each for each in kinds}
        word = str(value).strip().casefold().replace(" ", "_").replace("-", "_")
        if word not in known:
            raise WorkbenchError(f"{str(value)[:40]!r} is none of {', '.join(known)}")
        return word

    return read


def _risk(value: object) -> Values:
    """Who accepts the risk and why are both asked; the day to look again need not be."""
    said = value if isinstance(value, dict) else {}
    by, reason = (cleaned(str(said.get(name) or "")) for name in ("by", "reason"))
    if not by or not reason:
        raise WorkbenchError("an accepted risk needs who accepts it and why")
    if len(by) + len(reason) > LONGEST:
        raise WorkbenchError(f"{LONGEST:,} signs are the most for a reason")
    day = said.get("review_on")
    try:
        found = date.fromisoformat(str(day).strip()) if day else None
    except ValueError:
        raise WorkbenchError(f"{str(day)[:40]!r} is no day such as 2026-03-01") from None
    return {"by": by, "reason": reason, **({"review_on": found} if found else {})}


_ACTS: dict[str, Callable[[Graph, Mapping[str, Any]], Change]] = {
    "add": _add, "set": _set, "link": _link, "unlink": _unlink, "move": _move, "delete": _delete, "put": _put,
}  # fmt: skip
FIELDS = ("text", "kind", "explains", "because_of", "evidence", "actions", "accepted_risk")
_READ: dict[str, Callable[[object], Any]] = {
    "text": _text, "kind": _choice(FactorKind), "explains": _choice(Explains), "because_of": _texts,
    "evidence": _texts, "actions": _texts, "accepted_risk": _risk,
}  # fmt: skip
