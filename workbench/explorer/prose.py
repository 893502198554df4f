"""The narrative at its desk in the explorer: section by section, each with what it is for and what the linter says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.check.case import NARRATIVE
from workbench.check.lint import lint
from workbench.documents.headings import asked
from workbench.documents.template import read_template, template_paths
from workbench.errors import WorkbenchError
from workbench.explorer.answers import saved
from workbench.explorer.conflict import ConflictError
from workbench.explorer.findings import explained, in_section
from workbench.publication import REPORT
from workbench.report.sections import place_of
from workbench.store.narrative_edit import LONGEST, SectionChangedError, place_for, write_section
from workbench.store.narrative_file import passages, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.documents.headings import Asked
    from workbench.explorer.answers import Reply
    from workbench.explorer.checking import Checking
    from workbench.explorer.current import Current

_HEAD = 2  # lines before a section's text where it is looked at alone
_LONGEST_HEADING = 200
_UNSEEN = "It stands before the first heading, and no document shows it."
_OWN = "A heading of your own: the whole report has it under “Further notes”."
_ELSEWHERE = "The chosen document has no place for it."


class Prose:
    """narrative.md, read at every question and written section by section."""

    name = "narrative"

    def __init__(self, current: Current, checking: Checking) -> None:
        self.current = current
        self.checking = checking
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "narrative": self.asked, "narrative.save": self.save, "narrative.look": self.look,
        }  # fmt: skip

    def setup(self) -> dict[str, Any]:
        """How long a section may be."""
        return {"longest": LONGEST, "longest_heading": _LONGEST_HEADING}

    def asked(self, message: Mapping[str, Any]) -> Reply:
        """All sections: those that are there, and at their places those that the document asks for besides."""
        return {"op": "narrative", "state": self._state(message)}, []

    def save(self, message: Mapping[str, Any]) -> Reply:
        """Writes one section; ConflictError with both texts where somebody else was faster."""
        key, text, base = (str(message.get(name) or "") for name in ("key", "text", "base"))
        if len(key) > _LONGEST_HEADING:
            raise WorkbenchError(f"a heading has at most {_LONGEST_HEADING} signs")
        names = [one.name for one in self._asked(message)]
        try:
            write_section(self.current.folder, key, text, base=base, order=names)
        except SectionChangedError as changed:
            raise ConflictError(changed.sentence(), self._state(message, key)) from changed
        return saved(self._state(message, key)), []

    def look(self, message: Mapping[str, Any]) -> Reply:
        """What the linter would say of a section's text that is not saved; nothing is known before its first look."""
        case, key = self.checking.case, str(message.get("key") or "")
        reply: dict[str, Any] = {"op": "looked", "key": key, "findings": None, "rules": {}}
        if case is None:
            return reply, []
        heading = " ".join(key.partition("\n")[0].split()) or "Text"
        alone = replace(case, narrative=f"## {heading}\n\n{str(message.get('text') or '')[:LONGEST]}\n")
        found = [
            {
                "code": one.code, "level": str(one.level), "message": one.message,
                "lead": in_section(key, one.place.line - _HEAD - 1, one.message),
            }
            for one in lint(alone)
            if one.place.file == NARRATIVE and one.place.line is not None and one.place.line > _HEAD and not one.waived
        ]  # fmt: skip
        return reply | {"findings": found, "rules": explained(found)}, []

    def _asked(self, message: Mapping[str, Any]) -> tuple[Asked, ...]:
        """What the document asks for that was chosen at the desk of reports, else the team's."""
        pm = self.current.pm()
        wanted = str(message.get("template") or pm.team.reports.template or REPORT)
        known = template_paths(pm.templates)
        return asked(read_template(wanted if wanted in known else REPORT, pm.templates))

    def _state(self, message: Mapping[str, Any], key: str = "") -> dict[str, Any]:
        """Every section with its revision; ``base`` and ``text`` are those of the one with the key."""
        there, wanted = passages(read_text(self.current.folder)), self._asked(message)
        about = {one.name: one.about for one in wanted}
        written = {place_of(one.heading) for one in there}
        offered: dict[int, list[dict[str, Any]]] = {}
        for one in wanted:
            if one.name not in written:
                at = place_for(there, one.name, list(about))
                offered.setdefault(at, []).append(_told(one.name, one.name, "", "", about) | {"there": False})
        sections = offered.get(0, [])
        for at, each in enumerate(there, start=1):
            sections += [_told(each.key, each.heading, each.text, each.base, about), *offered.get(at, [])]
        held = next((one for one in sections if one["key"] == key), None)
        return {"sections": sections, "base": held["base"] if held else "", "text": held["text"] if held else None}


def _told(key: str, heading: str, text: str, base: str, about: Mapping[str, str]) -> dict[str, Any]:
    """A section with what it is for."""
    place = place_of(heading)
    words = about.get(place, _ELSEWHERE) if place else _OWN if heading else _UNSEEN
    return {"key": key, "heading": heading, "text": text, "base": base, "about": words, "there": True}
