"""The linter: every rule over one case, in order of place, with waivers applied and judged themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.check.actions import ITEMS
from workbench.check.case import NARRATIVE
from workbench.check.communications import TOLD
from workbench.check.completeness import WHOLE
from workbench.check.evidence import EVIDENCE
from workbench.check.factors import GRAPH
from workbench.check.finding import Family, Finding, Found, Level, Place, Rule
from workbench.check.impact import HARM
from workbench.check.language import LANGUAGE
from workbench.check.milestones import MOMENTS
from workbench.check.waiver import Waiver, applied, waivers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.check.case import Case

WAIVERS = Family()
TITLES = {
    "PM0": "Waivers", "PM1": "Time and evidence", "PM2": "Milestones and metrics", "PM3": "Impact",
    "PM4": "Contributing factors", "PM5": "Action items", "PM6": "Language", "PM7": "Communications",
    "PM8": "Completeness and the 48 hours",
}  # fmt: skip


def _nowhere(_: Case) -> Iterator[Found]:
    """Waivers are judged after all others."""
    yield from ()


WAIVERS.rule(
    "PM001", Level.WARNING, "A waiver without a reason",
    why="The next reader cannot tell whether it still holds. It has no effect.",
    mend="Write the reason after the code: <!-- allow PM604: the vendor's own words -->.",
)(_nowhere)  # fmt: skip
WAIVERS.rule(
    "PM002", Level.NOTE, "A waiver that waives nothing",
    why="What it allowed is gone, and the next one of its kind would pass unseen.",
    mend="Take it out.",
)(_nowhere)  # fmt: skip


def rules() -> list[Rule]:
    """All rules by code."""
    families = (WAIVERS, EVIDENCE, MOMENTS, HARM, GRAPH, ITEMS, LANGUAGE, TOLD, WHOLE)
    return sorted((rule for family in families for rule in family.rules), key=lambda rule: rule.code)


def lint(case: Case) -> list[Finding]:
    """All findings, waived ones marked, in order of file, line and code."""
    made = [_finding(rule, found) for rule in rules() for found in rule.find(case)]
    texts = {name: file.text for name, file in case.files.items()} | {NARRATIVE: case.narrative}
    given = waivers(texts)
    judged = [*applied(made, given), *_of_waivers(given, made)]
    return sorted(judged, key=lambda one: (one.place.file, one.place.line or 0, one.code, one.message))


def lint_family(case: Case, family: Family) -> list[Finding]:
    """One family's findings, waived ones marked: what a desk shows of a file while people write it."""
    made = [_finding(rule, found) for rule in family.rules for found in rule.find(case)]
    return applied(made, waivers({name: file.text for name, file in case.files.items()}))


def _of_waivers(given: Sequence[Waiver], made: Sequence[Finding]) -> Iterator[Finding]:
    known = {rule.code: rule for rule in WAIVERS.rules}
    for waiver in given:
        place, codes = Place(file=waiver.file, line=waiver.line), ", ".join(waiver.codes)
        if not waiver.reason:
            yield _finding(known["PM001"], Found(place=place, message=f"The waiver of {codes} gives no reason."))
        elif not any(waiver.covers(finding) for finding in made):
            yield _finding(known["PM002"], Found(place=place, message=f"Nothing here trips {codes}."))


def _finding(rule: Rule, found: Found) -> Finding:
    return Finding(code=rule.code, level=rule.level, message=found.message, place=found.place, help=rule.help)


def page() -> str:
    """The help page of all rules, in Markdown."""
    said = ["# What `workbench check` looks for", "", HEAD]
    family = ""
    for rule in rules():
        if rule.code[:3] != family:
            family = rule.code[:3]
            said += ["", f"## {family}: {TITLES[family]}"]
        said += ["", f"### {rule.code}", "", _head(rule), "", rule.why, "", f"*To mend it:* {rule.mend}"]
    return "\n".join(said)


def _head(rule: Rule) -> str:
    what = (rule.find.__doc__ or "").strip().partition("\n")[0] if rule.find is not _nowhere else ""
    return f"**{rule.title}** ({rule.level}). {what}".rstrip()


HEAD = """Each finding has a code that stays the same, a level, a place and a sentence. `workbench check DIR`
exits with 1 where there is an error, and with 0 where there are warnings and notes only. `--select PM4,PM601` looks for
some of them, `--explain PM601` prints one of these pages, `--format github` prints annotations, `--json` a document.

What is right as it stands is waived with a reason: in narrative.md `<!-- allow PM604: the vendor's own words -->`, in
a TOML file `# allow PM501: owned by the guild`. A waiver holds for its own line; on a line of its own it holds for the
next line, and for findings that have no line in that file. `PM6` waives a family. `make docs` makes this page."""
