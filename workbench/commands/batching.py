"""The verb for many reports: every incident below a directory, and the page that leads to them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.batch.order import Made, Order
from workbench.batch.page import write_index
from workbench.batch.warm import made_warm
from workbench.commands.output import document
from workbench.commands.writing import forms_of
from workbench.errors import FolderError
from workbench.store.folder import incidents_below

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_OUTPUT = "output"


def batch(
    root: Path, to: str, *, edition: str, template: str, jobs: int, dask: str, output: Path | None, as_json: bool
) -> int:
    """Makes the report of every incident folder below a directory; exit status 1 where one of them has none."""
    forms = forms_of(to)
    if not root.is_dir():
        raise FolderError("there is no such folder", where=str(root), next_step="Name the folder of your incidents.")
    folders = [path.resolve() for path in incidents_below(root)]
    if not folders:
        raise FolderError(
            "holds no incident folder", where=str(root), next_step="Make one with `workbench new DIR --title TITLE`."
        )
    orders = [Order(folder=path, forms=forms, edition=edition, template=template) for path in folders]
    with terminal.counting("Reports", len(orders)) as told:
        made = sorted(_counted(_ran(orders, jobs, dask), told), key=lambda one: one.folder)
    page = write_index(root.resolve(), (output or root / _OUTPUT).resolve(), made)
    return _said(made, page, as_json=as_json)


def _ran(orders: Sequence[Order], jobs: int, dask: str) -> Iterator[Made]:
    if dask:
        from workbench.batch.cluster import made_on_cluster

        return made_on_cluster(orders, dask)
    return made_warm(orders, jobs or os.cpu_count() or 1)


def _counted(made: Iterator[Made], told: Any) -> Iterator[Made]:
    for one in made:
        told(1)
        yield one


def _said(made: Sequence[Made], page: Path, *, as_json: bool) -> int:
    lost = [one for one in made if one.why]
    if as_json:
        document({
            "index": str(page), "reports": [_row(one) for one in made],
            "made": sum(one.fresh and not one.why for one in made), "up_to_date": sum(not one.fresh for one in made),
            "failed": len(lost),
        })  # fmt: skip
        return 1 if lost else 0
    fresh = sum(one.fresh and not one.why for one in made)
    terminal.say(f"{fresh} made, {len(made) - fresh - len(lost)} up to date, {len(lost)} without a report: {page}")
    for one in lost:
        terminal.say(f"{one.folder}: {one.why}")
    return 1 if lost else 0


def _row(one: Made) -> dict[str, Any]:
    return {
        "folder": str(one.folder), "files": list(one.files), "fresh": one.fresh, "seconds": round(one.seconds, 3),
        "why": one.why or None,
    }  # fmt: skip
