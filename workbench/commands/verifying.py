"""The verbs that prove what is published: ``verify`` its claims, and ``redactions`` what is hidden in it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.commands.output import document, opened
from workbench.errors import ReportError, WorkbenchError

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.verification import Verification

_SHOWN = 20


def verify(directory: Path, *, as_json: bool) -> int:
    """Each published document, its claims and its files; 1 where anything is not as it was said."""
    from workbench import verification

    verdicts: list[Verification] = []
    problems: dict[str, str] = {}
    with terminal.reading() as progress:
        paths = verification.published(opened(directory, progress=progress))
        if not paths:
            raise ReportError(
                "nothing has been published yet", where=str(directory), next_step="Write it with `workbench report`."
            )
        for path in paths:
            try:
                manifest = verification.manifest_in(path)
                postmortem = opened(directory, progress=progress)
                postmortem.edition = str(manifest["edition"])
                verdicts.append(verification.verify(postmortem, manifest))
            except WorkbenchError as problem:  # one document that cannot be made again says nothing of the others
                problems[path.stem] = problem.sentence()
    if as_json:
        document({"documents": [one.as_json() for one in verdicts], "problems": problems})
    else:
        for one in verdicts:
            _show(one)
    for name, sentence in problems.items():
        terminal.say(f"{name}: {sentence}")
    return 0 if not problems and all(one.holds for one in verdicts) else 1


def redactions(directory: Path, *, edition: str, as_json: bool) -> int:
    """What an edition of the report hides: never a value, but the mark that stands for it and its fingerprint."""
    from workbench.publication import hidden_in

    with terminal.reading() as progress:
        postmortem = opened(directory, progress=progress)
        postmortem.edition = edition
        found = hidden_in(postmortem)
    if as_json:
        facts = [
            {"rule": one.rule, "tag": one.tag, "count": one.count, "fingerprint": one.fingerprint} for one in found
        ]
        document({"edition": postmortem.reader.name, "redactions": facts})
    elif not found:
        terminal.say(f"The {edition} edition has nothing to hide.")
    else:
        rows = [(one.tag, one.rule, one.count, one.fingerprint) for one in found]
        terminal.table("", ("Shown as", "Rule", "Times", "Fingerprint"), rows, right=("Times",))
    return 0


def _show(one: Verification) -> None:
    """A line a document, then what does not hold."""
    broken = [claim for claim in one.claims if claim.state != "holds"]
    kept = len(one.claims) - len(broken)
    title = f"{one.document}, {one.edition} edition: {kept} of {len(one.claims)} claims hold."
    sys.stdout.write(f"{title}\n")
    if broken:
        rows = [(c.what, c.state, _short(c.was), _short(c.now), ", ".join(c.places[:2])) for c in broken[:_SHOWN]]
        terminal.table("", ("Claim", "State", "Was", "Is", "Evidence"), rows)
        if len(broken) > _SHOWN:
            sys.stdout.write(f"… and {len(broken) - _SHOWN} more (--json lists them all).\n")
    for file in one.files:
        if file.state != "current":
            sys.stdout.write(f"  {file.path}: {file.state}\n")
    if all(file.state == "current" for file in one.files):
        number = len(one.files)
        words = "1 file is the one" if number == 1 else f"{number} files are the ones"
        sys.stdout.write(f"  {words} that this state of the incident makes.\n")


def _short(value: Any) -> str:
    words = ", ".join(f"{key} {item}" for key, item in value.items()) if isinstance(value, dict) else str(value or "")
    return terminal.shortened(words, 60)
