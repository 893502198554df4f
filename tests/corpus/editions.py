"""Editions of the generated incidents: what the truth calls a secret is in none of them, a decoy stays."""

from __future__ import annotations

import io
import shutil
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from command import Json, Workbench
    from incidents import Case
    from ledger import Ledger

EDITIONS = ("internal", "executive", "public")
_FORMS = "md,html,docx"


def check_editions(ledger: Ledger, workbench: Workbench, every: list[Case], made: Path, work: Path) -> None:
    """Somebody pastes every message that tells too much into the narrative, and publishes for each reader."""
    ledger.title("editions")
    for case in every:
        folder = work / "editions" / case.name
        shutil.copytree(made / case.name, folder, ignore=shutil.ignore_patterns("output"))
        chat = workbench("events", folder, "--kind", "chat").lines() or []
        told = [one["message"] for one in chat if any(value in one["message"] for value in _values(case))]
        words = "\n\n".join(" ".join(message.split()) for message in told)
        (folder / "narrative.md").write_text(f"# {case.name}\n\n## What happened\n\n{words}\n", encoding="utf-8")
        ledger.note(f"{case.name}: {len(told)} messages pasted")
        names = {one["actor"] for one in chat if one.get("actor") and not one["attributes"].get("bot")}
        for edition in EDITIONS:
            check_edition(ledger, workbench, case, folder, edition, names, " ".join(told))


def _values(case: Case) -> list[str]:
    truth = case.truth
    return [one["value"] for kind in ("secrets", "pii", "hostile") for one in truth[kind]] + list(truth["decoys"])


def check_edition(
    ledger: Ledger, workbench: Workbench, case: Case, folder: Path, edition: str, names: set[str], told: str
) -> None:
    """It is written; nothing in its bytes is what it hides; what only looks like a secret is still there."""
    text = f"{case.name}: {edition} edition"
    outcome = workbench("report", folder, "--to", _FORMS, "--edition", edition, "--json")
    document: Json | None = outcome.document()
    ledger.gate(f"{text} is written", met=outcome.status == 0 and document is not None, detail=outcome.complaint)
    if outcome.status != 0 or document is None:
        return
    suffix = "" if edition == "internal" else f"-{edition}"
    bytes_of = [path.read_bytes() for path in folder.glob(f"output/postmortem{suffix}.*")]
    found = "\n".join(part for data in bytes_of for part in _texts(data))
    hidden = [one["value"] for one in case.truth["secrets"]]
    if edition != "internal":
        hidden += [one["value"] for one in case.truth["pii"]] + sorted(names)
    left = [value for value in hidden if value in found]
    ledger.gate(f"{text} tells nothing that it hides", met=not left, detail=f"{len(left)} of {len(hidden)}: {left[:3]}")
    decoys = [value for value in case.truth["decoys"] if value in told]
    kept = [value for value in decoys if value in found]
    ledger.gate(f"{text} keeps what only looks like a secret", met=kept == decoys, detail=f"{kept} of {decoys}")


def _texts(data: bytes) -> list[str]:
    """The file as text, and the members of one that is packed."""
    texts = [data.decode("utf-8", "replace")]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            texts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return texts
