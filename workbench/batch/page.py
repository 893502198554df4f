"""The index of a batch: the page that leads to every report, and tells which folders have none."""

from __future__ import annotations

import os
from collections import Counter
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
    told = [(one, one.record) for one in made if one.record is not None and not one.why]
    ids = Counter(record.id for _, record in told)
    rows = [
        _listed(record, one.files, output, os.path.relpath(one.folder, root), ids[record.id]) for one, record in told
    ]
    # The page may be sent on: where the root lies on this machine is nobody's business.
    lost = [_lost(one, root) for one in made if one.why]
    team = read_team(root).reports.templates
    page = index_page(rows, lost, title="Incidents", templates=[Path(team)] if team else [])
    write_files({NAME: page.encode()}, output)
    return output / NAME


def _lost(made: Made, root: Path) -> Lost:
    return Lost(folder=os.path.relpath(made.folder, root), why=made.why.replace(f"{root}{os.sep}", ""))


def _listed(record: Record, files: Sequence[str], output: Path, folder: str, sharing: int) -> Listed:
    span = record.spans.get("time_to_resolve")
    began = record.began
    return Listed(
        id=record.id, title=record.title, severity=record.severity, rank=record.rank,
        began=format_utc(began) if began is not None else "", minutes=span.minutes if span else None,
        customers=None if record.customers is None else round(record.customers), stage=record.stage,
        services=record.services, folder="" if folder == record.id else folder, sharing=sharing,
        done=sum(item.status == "done" for item in record.actions),
        actions=sum(item.status != "cancelled" for item in record.actions),
        moments={name: one.time for name, one in record.moments.items()}, curve=record.curve,
        documents={_form(path): _address(path, output) for path in files if _form(path)},
    )  # fmt: skip


def _form(path: str) -> str:
    return _FORMS.get(Path(path).suffix, "")


def _address(path: str, output: Path) -> str:
    return quote(Path(os.path.relpath(path, output)).as_posix())
