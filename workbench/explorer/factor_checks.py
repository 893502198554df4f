"""The lint rules that concern factors, run on the factors alone: after a save, and on what is still being typed."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.check.case import FACTORS, Case
from workbench.check.finding import Finding, Level
from workbench.check.lint import rules
from workbench.check.waiver import applied, waivers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.check.finding import Rule

_LEVELS = [str(level) for level in Level]
_FAMILIES = ("PM4", "PM601", "PM602", "PM603", "PM604", "PM605", "PM606", "PM803")
_PLAIN = ("PM404", "PM407", "PM409")  # beside the factor their message is no news: what to do is
_OF_WORDS = ("PM407", "PM412", "PM6")  # what a text that is being typed can be told at once


@cache
def questions() -> list[dict[str, Any]]:
    """What may be asked of a factor, by its kind and the question of its tree; see ``hows.toml``."""
    table = tomllib.loads((Path(__file__).parent / "hows.toml").read_text(encoding="utf-8"))
    return [{"kind": row["kind"], "explains": row.get("explains", ""), "ask": list(row["ask"])} for row in table["how"]]


def findings(case: Case) -> list[dict[str, Any]]:
    """What the rules say of factors.toml, each with the factor that it concerns ("" for the file as a whole)."""
    made = [(rule, _finding(rule, found.place, found.message)) for rule in _rules() for found in rule.find(case)]
    ours = [(rule, one) for rule, one in made if one.place.file == FACTORS]
    given = waivers({FACTORS: case.files[FACTORS].text}) if FACTORS in case.files else []
    held = applied([one for _, one in ours], given)
    told = [_told(rule, one, _factor(case, one)) for (rule, _), one in zip(ours, held, strict=True)]
    return _once(told)


def of_words(case: Case, factor: str) -> list[dict[str, Any]]:
    """What the rules say of the words of one factor: all that can be known before its evidence is there."""
    return [
        one for one in findings(case)
        if one["factor"] == factor and one["code"].startswith(_OF_WORDS) and not one["waived"]
    ]  # fmt: skip


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in rules() if rule.code.startswith(_FAMILIES))


def _finding(rule: Rule, place: Any, message: str) -> Finding:
    return Finding(code=rule.code, level=rule.level, message=message, place=place, help=rule.help)


def _told(rule: Rule, finding: Finding, factor: str) -> dict[str, Any]:
    return {
        "code": finding.code, "level": str(finding.level), "title": rule.title, "say": _said(rule, finding),
        "why": rule.why, "factor": factor, "waived": finding.waived,
    }  # fmt: skip


def _said(rule: Rule, finding: Finding) -> str:
    """What is wrong, where the rule's name does not say it, and what to do; the rules of language say both in one."""
    if finding.waived:
        return f"Waived: {finding.waived}"
    if rule.code.startswith("PM6"):
        return finding.message
    return rule.mend if rule.code in _PLAIN else f"{finding.message} {rule.mend}"


def _factor(case: Case, finding: Finding) -> str:
    """The id of the factor that a place belongs to, by its key or by its line; "" where it is none's."""
    parts = finding.place.key.split(".")
    if parts[0] == "factor" and len(parts) > 1:
        return case.factors[int(parts[1])].id
    begun = [case.at(FACTORS, "factor", at).line or 0 for at in range(len(case.factors))]
    above = [at for at, line in enumerate(begun) if 0 < line <= (finding.place.line or 0)]
    return case.factors[above[-1]].id if above else ""


def _once(told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each finding once, though a text may have one fault in several sentences; errors come first."""
    found = {(one["code"], one["factor"], one["say"]): one for one in told}.values()
    return sorted(found, key=lambda one: (bool(one["waived"]), _LEVELS.index(one["level"]), one["code"]))
