"""What the linter finds as the explorer shows it: each finding with the place in the explorer where it is mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.check.case import ACTIONS, FACTORS, INCIDENT, NARRATIVE, SOURCES
from workbench.check.lint import rules
from workbench.model import Evidence
from workbench.store.narrative_file import passages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.check.case import Case
    from workbench.check.finding import Finding, Place
    from workbench.store.narrative_file import Passage

_QUOTED = re.compile(r"“([^”]+)”")
_CITED = re.compile(r"(?<![\w/.:-])[\w.-]+(?:/[\w.-]+)*\.\w{1,8}:[1-9]\d*\b")
_ROWS = {FACTORS: ("whys", "factor", "factors"), ACTIONS: ("actions", "action", "actions")}


def told(case: Case, found: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings that nobody waived, as plain JSON; ``lead`` is where each leads to."""
    known = passages(case.narrative)
    return [
        {
            "code": one.code, "level": str(one.level), "message": one.message, "file": one.place.file,
            "line": one.place.line, "key": one.place.key, "lead": _lead(case, one, known),
        }
        for one in found
        if not one.waived
    ]  # fmt: skip


def explained(found: Sequence[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """By code, the rules that found something: what each is called, why it matters, how it is mended."""
    codes = {one["code"] for one in found}
    return {
        rule.code: {"title": rule.title, "why": rule.why, "mend": rule.mend} for rule in rules() if rule.code in codes
    }


def in_section(section: str, row: int | None, message: str) -> dict[str, Any]:
    """The lead to a row (from 0) of a section's text, and to the words there that the message quotes."""
    quoted = _QUOTED.search(message) or _CITED.search(message)
    words = "" if quoted is None else quoted[1] if quoted.re is _QUOTED else quoted[0]
    return {"desk": "narrative", "section": section, "row": row, "words": words}


def _lead(case: Case, finding: Finding, known: Sequence[Passage]) -> dict[str, Any]:
    place = finding.place
    if place.file == NARRATIVE:
        return _prose(place, finding.message, known)
    if place.file in _ROWS:
        desk, array, attribute = _ROWS[place.file]
        at = _row(case, place, array)
        rows = getattr(case, attribute)
        return {"desk": desk, "id": rows[at].id if at is not None and at < len(rows) else ""} | _event(case, finding)
    if place.file == SOURCES:
        return {"desk": "clocks", "source": place.key} | _event(case, finding)
    return {"desk": "facts" if place.file == INCIDENT else "", "key": place.key} | _event(case, finding)


def _prose(place: Place, message: str, known: Sequence[Passage]) -> dict[str, Any]:
    """The section that holds the line; a section that is not there yet by its heading."""
    line = place.line
    held = next((one for one in known if line is not None and one.first <= line < one.end), None)
    if line is None or held is None:
        return in_section(place.key, None, message)
    return in_section(held.key, line - held.line if line >= held.line and held.text else None, message)


def _row(case: Case, place: Place, array: str) -> int | None:
    """The number of the row in its file that a key or a line is in."""
    parts = place.key.split(".")
    if len(parts) > 1 and parts[0] == array and parts[1].isdigit():
        return int(parts[1])
    file = case.files.get(place.file)
    spans = [file.span_of((array, at)) for at in range(len(file.table.get(array, ())))] if file and place.line else []
    return next((at for at, span in enumerate(spans) if span and span[0] <= (place.line or 0) < span[1]), None)


def _event(case: Case, finding: Finding) -> dict[str, Any]:
    """The event that the finding is about, where its sentence or a milestone's evidence names one."""
    name = finding.place.key.removeprefix("milestones.")
    milestone = case.measures.findings.milestones.get(name) if name != finding.place.key else None
    proof = milestone.evidence[0] if milestone and milestone.evidence else None
    cited = (Evidence.parse(place) for place in _CITED.findall(finding.message) if case.is_of_a_source(place))
    found = next((one for one in cited if one), proof)
    return {"event": {"source": found.source, "line": found.line}} if found and found.line else {}
