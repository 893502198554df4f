"""The five whys at their desk in the explorer: factors.toml as a graph with evidence and checks, and its edits."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.check.case import FACTORS, Case
from workbench.errors import WorkbenchError
from workbench.explorer import factor_checks
from workbench.explorer.answers import saved
from workbench.explorer.conflict import ConflictError
from workbench.explorer.factor_edits import FIELDS, Change, applied, change
from workbench.explorer.proofs import Proofs
from workbench.explorer.written import LONGEST
from workbench.model import Explains
from workbench.report.causes_section import KINDS, QUESTIONS
from workbench.store.actions_file import read_actions
from workbench.store.factors_file import STARTER, factors_of, read_factors
from workbench.store.rows import RowChangedError, RowEdit, edit_rows, revision, rows, text_of
from workbench.store.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.explorer.events import Events
    from workbench.explorer.proofs import Proof
    from workbench.model import ActionItem, Factor

_ARRAY = "factor"
_ID = re.compile(r"[0-9a-f]{16}")
_REMEMBERED = 200  # edits: one that the browser sends again is not done twice


class Whys:
    """The contributing factors of one incident folder."""

    name = "whys"

    def __init__(self, current: Current, events: Events) -> None:
        self.current = current
        self.proofs = Proofs(events)
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "whys": self.asked, "whys.save": self.save, "whys.try": self.tried,
        }  # fmt: skip
        self._done: dict[str, dict[str, Any]] = {}

    def setup(self) -> dict[str, Any]:
        """The kinds, the three questions, and what may be asked of each."""
        return {
            "kinds": [{"kind": str(kind), "name": name} for kind, name in KINDS.items()],
            "questions": [{"explains": str(explains), "name": name} for explains, name in QUESTIONS.items()],
            "hows": factor_checks.questions(),
            "longest": LONGEST,
        }

    def adopt(self, events: Events) -> None:
        """Other events: somebody told one, or sources were read anew."""
        self.proofs = Proofs(events)

    def asked(self, _message: Mapping[str, Any]) -> Reply:
        """The state; a file that is damaged is a sentence in it."""
        try:
            state = self.state()
        except WorkbenchError as problem:
            state = {"problem": problem.sentence()}
        return {"op": "whys", "state": state}, []

    def state(self) -> dict[str, Any]:
        """All of factors.toml with what belongs to it; ``base`` has the revision of each row."""
        factors = read_factors(self.current.folder)
        written = rows(self.current.folder / FACTORS, _ARRAY)
        bases = {str(row["id"]).strip(): revision(row) for row in written}
        proofs = self.proofs.of(one for factor in factors for one in factor.evidence)
        with_actions, problem = self._actions()
        state = {
            "base": bases,
            "factors": [_factor(factor) for factor in factors],
            "evidence": {name: _proof(proof) for name, proof in proofs.items()},
            "actions": [{"id": one.id, "action": one.action, "status": str(one.status)} for one in with_actions],
            "findings": [], "unchecked": problem, "offers": {},
        }  # fmt: skip
        try:
            case = self._case(factors)
            state |= {"findings": factor_checks.findings(case), "offers": _offers(case)}
        except WorkbenchError as unreadable:
            state["unchecked"] = unreadable.sentence()
        return state

    def save(self, message: Mapping[str, Any]) -> Reply:
        """Writes an edit, if nobody has changed its rows since; the reply has what takes it back."""
        key = str(message.get("id") or "")
        if not _ID.fullmatch(key):
            raise WorkbenchError("the id of an edit is 16 hexadecimal digits")
        if key not in self._done:
            done = self._written(message)
            self._done = dict([*self._done.items(), (key, done)][-_REMEMBERED:])
        return saved(self.state()) | self._done[key], []

    def _written(self, message: Mapping[str, Any]) -> dict[str, Any]:
        path = self.current.folder / FACTORS
        read_factors(self.current.folder)  # nothing is written into a file that cannot be read
        found = rows(path, _ARRAY)
        made = change(found, message)
        given = message.get("base")
        base = given if isinstance(given, dict) else {}
        edits = [
            RowEdit(name, values, str(base.get(name) or ""), made.after.get(name), made.texts.get(name, ""))
            for name, values in made.rows.items()
        ]
        texts = {name: text_of(path, _ARRAY, name) for name, values in made.rows.items() if values is None}
        try:
            edit_rows(path, _ARRAY, edits, starter=STARTER)
        except RowChangedError as changed:
            raise ConflictError(_meanwhile(changed), self.state()) from changed
        return {"made": made.made, "undo": _undo(found, made) | {"texts": texts}}

    def tried(self, message: Mapping[str, Any]) -> Reply:
        """What the checks would say of the words of an edit that is still being typed."""
        found = rows(self.current.folder / FACTORS, _ARRAY)
        made = change(found, message)
        factor = made.made or str(message.get("factor") or "")
        case = self._case(factors_of(applied(found, made)))
        return {"op": "whys.try", "findings": factor_checks.of_words(case, factor)}, []

    def _actions(self) -> tuple[Sequence[ActionItem], str]:
        try:
            return read_actions(self.current.folder), ""
        except WorkbenchError as problem:
            return (), problem.sentence()

    def _case(self, factors: Sequence[Factor]) -> Case:
        """What the rules of factors look at, and nothing that is dear to find."""
        pm = self.current.pm()
        proofs = self.proofs.of(one for factor in factors for one in factor.evidence)
        return Case(
            incident=pm.incident,
            factors=factors,
            actions=read_actions(self.current.folder),
            narrative="",
            files={FACTORS: read_toml(self.current.folder / FACTORS)},
            reports=pm.sources,
            unrecognised=(),
            broken=(),
            measures=pm.measures,
            impact=pm.impact,
            silences=(),
            cited={name: proof.span for name, proof in proofs.items() if proof and proof.exact},
        )


def _factor(factor: Factor) -> dict[str, Any]:
    risk = factor.accepted_risk
    day = risk.review_on.isoformat() if risk and risk.review_on else ""
    return {
        "id": factor.id, "text": factor.text, "kind": str(factor.kind), "explains": str(factor.explains),
        "because_of": list(factor.because_of), "evidence": list(factor.evidence), "actions": list(factor.actions),
        "accepted_risk": {"by": risk.by, "reason": risk.reason, "review_on": day} if risk else None,
    }  # fmt: skip


def _proof(proof: Proof | None) -> dict[str, Any] | None:
    """What the browser shows of evidence; None where no event is there."""
    if proof is None:
        return None
    return {name: proof.shown[name] for name in ("row", "time", "level", "source", "line", "message")}


def _offers(case: Case) -> dict[str, str]:
    """The first step of each question, in words that the data allows; "" where it knows nothing."""
    spans = case.measures.intervals
    low = {name: spans[name].low for name in ("time_to_detect", "duration")}
    return {
        Explains.OCCURRENCE: case.incident.title,
        Explains.DETECTION: _took("It was there for at least {} min before it was seen", low["time_to_detect"]),
        Explains.RECOVERY: _took("It took at least {} min to end", low["duration"]),
    }


def _took(words: str, minutes: float | None) -> str:
    return words.format(f"{minutes:,.0f}") if minutes and minutes >= 1 else ""


def _undo(found: Sequence[Mapping[str, Any]], made: Change) -> dict[str, Any]:
    """What changed as it was, as an edit: what was added goes, what was removed comes back to its place."""
    by_id = {str(row["id"]): row for row in found}
    ids = list(by_id)
    before = {
        name: {key: _plain(by_id[name].get(key)) for key in values or FIELDS if key != "id"} if name in by_id else None
        for name, values in made.rows.items()
    }
    after = {
        name: ids[ids.index(name) - 1] if ids.index(name) else ""
        for name, values in made.rows.items() if values is None and name in by_id
    }  # fmt: skip
    return {"do": "put", "rows": before, "after": after}


def _plain(value: Any) -> Any:
    """A value of a row as JSON has it: days are texts."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def _meanwhile(changed: RowChangedError) -> str:
    """What others made of the row while the edit was being written."""
    if changed.current is None:
        return f"The factor {changed.name!r} was removed by somebody else meanwhile"
    said = f"Meanwhile somebody else changed the factor {changed.name!r}"
    with suppress(KeyError):
        said += f", which now says “{changed.current['text']}”"
    return said
