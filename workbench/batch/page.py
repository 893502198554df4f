"""The index of a batch: the page that leads to every report, and tells which folders have none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from workbench.clock import format_utc
from workbench.export.index_page import NAME, Listed, Lost, index_page
from workbench.export.written import write_files
from workbench.store.team_file import read_team

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.batch.order import Made
    from workbench.review.record import Record

_FORMS = {".html": "html", ".docx": "docx", ".md": "md", ".zip": "notion", ".xml": "confluence"}


def write_index(root: Path, output: Path, made: Sequence[Made]) -> Path:
    """Writes the page below the output folder; addresses are relative, so that the whole root can be moved."""
    rows = [_listed(one.record, one.files, output) for one in made if one.record is not None and not one.why]
    # The page may be sent on: where the root lies on this machine is nobody's business.
    lost = [_lost(one, root) for one in made if one.why]
    team = read_team(root).reports.templates
    page = index_page(rows, lost, title="Incidents", templates=[Path(team)] if team else [])
    write_files({NAME: page.encode()}, output)
    return output / NAME


def _lost(made: Made, root: Path) -> Lost:
    return Lost(folder=os.path.relpath(made.folder, root), why=made.why.replace(f"{root}{os.sep}", ""))


def _listed(record: Record, files: Sequence[str], output: Path) -> Listed:
    span = record.spans.get("time_to_resolve")
    began = record.began
    return Listed(
        id=record.id, title=record.title, severity=record.severity, rank=record.rank,
        began=format_utc(began) if began is not None else "", minutes=span.minutes if span else None,
        customers=None if record.customers is None else round(record.customers), stage=record.stage,
        services=record.services,
        done=sum(item.status == "done" for item in record.actions),
        actions=sum(item.status != "cancelled" for item in record.actions),
        moments={name: one.time for name, one in record.moments.items()}, curve=record.curve,
        documents={_form(path): _address(path, output) for path in files if _form(path)},
    )  # fmt: skip


def _form(path: str) -> str:
    return _FORMS.get(Path(path).suffix, "")


def _address(path: str, output: Path) -> str:
    return quote(Path(os.path.relpath(path, output)).as_posix())
