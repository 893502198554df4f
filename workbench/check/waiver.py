"""Waivers: what people let stand, and why.

In narrative.md ``<!-- allow PM604: the vendor's own words -->``, in a TOML file ``# allow PM501: owned by the guild``;
on the line itself or on one of its own before it. Alone at the head of a file it holds for what has no line there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.check.finding import Finding

_WAIVER = re.compile(r"(?:<!--|#)\s*allow\s+((?:PM\d+)(?:\s*,\s*PM\d+)*)\s*:?\s*(.*?)\s*(?:-->|$)", re.IGNORECASE)
_CODE = re.compile(r"(`+).+?\1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """What stands at ``file:line``; codes may be whole families, such as PM6. ``alone``: on a line of its own."""

    file: str
    line: int
    codes: tuple[str, ...]
    reason: str
    alone: bool

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is of a code and a place that it names."""
        if finding.place.file != self.file or not any(finding.code.startswith(code) for code in self.codes):
            return False
        if finding.place.line is None:
            return self.alone
        return finding.place.line == self.line or (self.alone and finding.place.line == self.line + 1)


def waivers(texts: Mapping[str, str]) -> list[Waiver]:
    """The waivers of the files, by their texts."""
    found = []
    for file, text in texts.items():
        for number, line in enumerate(text.splitlines(), start=1):
            if match := _WAIVER.search(_CODE.sub(lambda code: " " * len(code[0]), line)):
                codes = tuple(code.strip().upper() for code in match[1].split(","))
                alone = not line[: match.start()].strip()
                found.append(Waiver(file=file, line=number, codes=codes, reason=match[2], alone=alone))
    return found


def applied(findings: Iterable[Finding], given: Iterable[Waiver]) -> list[Finding]:
    """The findings, those that a waiver with a reason covers marked with it."""
    held = [each for each in given if each.reason]
    return [
        replace(finding, waived=next((each.reason for each in held if each.covers(finding)), ""))
        for finding in findings
    ]
