"""The verb that lints post-mortems: one incident folder, or all below a root."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import terminal
from workbench.check.case import INCIDENT
from workbench.check.finding import Level
from workbench.check.lint import lint, rules
from workbench.commands.output import document, opened
from workbench.errors import FolderError
from workbench.examination import case_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.check.finding import Finding

_GITHUB = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def check(directory: Path, *, form: str, select: str = "") -> int:
    """Prints the findings; 1 where one of them is an error that nobody waived."""
    chosen = _selected(select)
    found: list[Finding] = []
    for folder in incident_folders(directory):
        with terminal.reading() as progress:
            made = lint(case_of(opened(folder, progress=progress)))
        below = folder.relative_to(directory)
        prefix = "" if below == Path() else f"{below.as_posix()}/"
        found += [_below(prefix, one) for one in made if one.code.startswith(chosen)]
    _PRINT[form](found)
    return 1 if any(one.level is Level.ERROR and not one.waived for one in found) else 0


def explain(codes: str) -> int:
    """Prints what the codes or families mean, and how they are mended."""
    chosen = _selected(codes)
    for rule in rules():
        if rule.code.startswith(chosen):
            terminal.put(f"{rule.code} {rule.level}: {rule.title}")
            terminal.put(f"  {rule.why}")
            terminal.put(f"  To mend it: {rule.mend}")
    return 0


def incident_folders(directory: Path) -> list[Path]:
    """The folder itself, or the incident folders below it."""
    if (directory / INCIDENT).is_file() or not directory.is_dir():
        return [directory]
    found = sorted(path.parent for path in directory.rglob(INCIDENT) if "output" not in path.parts)
    if not found:
        raise FolderError(
            "holds no incident folder", where=str(directory), next_step="Make one with `workbench new DIR`."
        )
    return found


def _selected(select: str) -> tuple[str, ...]:
    chosen = tuple(code.strip().upper() for code in select.split(",") if code.strip())
    known = [rule.code for rule in rules()]
    for code in chosen:
        if not any(each.startswith(code) for each in known):
            raise FolderError(
                f"{code} is no code", where="--select", next_step="`workbench check --explain PM` lists them."
            )
    return chosen or ("PM",)


def _below(prefix: str, finding: Finding) -> Finding:
    return replace(finding, place=replace(finding.place, file=f"{prefix}{finding.place.file}"))


def _as_json(found: Sequence[Finding]) -> None:
    document({"findings": [one.as_json() for one in found]})


def _as_github(found: Sequence[Finding]) -> None:
    """Annotations as GitHub's runners read them from the log (its "workflow commands")."""
    for one in found:
        if not one.waived:
            line = f",line={one.place.line}" if one.place.line else ""
            said = _escaped(f"{one.message} ({one.help})")
            file, title = _escaped(one.place.file, ",:"), one.code
            sys.stdout.write(f"::{_GITHUB[one.level]} file={file}{line},title={title}::{said}\n")


def _escaped(text: str, also: Iterable[str] = ()) -> str:
    for sign in ("%", "\r", "\n", *also):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _as_text(found: Sequence[Finding]) -> None:
    open_ones = [one for one in found if not one.waived]
    for one in open_ones:
        where = f"{one.place.file}:{one.place.line}" if one.place.line else one.place.file
        key = f" ({one.place.key})" if one.place.key and not one.place.line else ""
        terminal.put(f"{where}{key}: {one.code} {one.level}: {one.message}")
    counts = [f"{sum(one.level is level for one in open_ones)} {level}s" for level in Level]
    waived = len(found) - len(open_ones)
    said = ", ".join(counts) + (f"; {waived} waived" if waived else "")
    terminal.put(f"{said}. `workbench check --explain CODE` says more." if open_ones else f"Nothing to mend ({said}).")


_PRINT = {"json": _as_json, "github": _as_github, "text": _as_text}
