"""All incidents below a directory as records, several at a time; one that cannot be read stops none of the others."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import FolderError, WorkbenchError
from workbench.postmortem import open_postmortem
from workbench.review.exported import exported, is_exported
from workbench.review.recorded import recorded
from workbench.review.tables import Tables, read_tables
from workbench.safe_path import safe_path
from workbench.store.derived import Cache
from workbench.store.folder import incidents_below, is_incident
from workbench.store.team_file import read_team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from workbench.model import Team
    from workbench.review.record import Record

    Told = Callable[[int], None]  # so many more are done

_AT_ONCE = 8  # folders that one process takes before it tells of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A folder that could not be read, and why."""

    folder: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What lies below a directory: records by id, what the tables beside them say, and what could not be read."""

    root: str
    records: tuple[Record, ...]
    tables: Tables
    team: Team
    failures: tuple[Failure, ...] = ()
    doubled: tuple[str, ...] = ()  # ids that more than one folder has

    @property
    def last(self) -> int:
        """The newest moment that anything here tells of, UTC ns; 0 where there is nothing."""
        told = [one.last for one in self.records if one.last is not None]
        told += [moment.time for one in self.records for moment in one.moments.values()]
        return max([*told, *(page.time for page in self.tables.pages)], default=0)


def folders_below(root: Path) -> list[Path]:
    """The incident folders, ours and exported ones, by path."""
    if not root.is_dir():
        raise FolderError("there is no such folder", where=str(root), next_step="Name the folder of your incidents.")
    ours = incidents_below(root)
    return sorted({*ours, *_exported(root)})


def _exported(root: Path) -> Iterator[Path]:
    if is_incident(root):
        return
    if is_exported(root):
        yield root
        return
    for one in sorted(root.iterdir()):
        if one.is_dir() and not one.is_symlink() and not one.name.startswith(".") and os.access(one, os.R_OK | os.X_OK):
            yield from _exported(one)


def gather(root: Path, folders: Sequence[Path] | None = None, *, jobs: int = 1, told: Told | None = None) -> Gathered:
    """The records of all incidents below a directory (or of these folders), and of those that only its index knows."""
    team = read_team(root)
    found = list(_read(folders_below(root) if folders is None else folders, jobs, told or (lambda _step: None)))
    records = [one for one in found if not isinstance(one, Failure)]
    failures = tuple(one for one in found if isinstance(one, Failure))
    tables = read_tables(root, team.severities)
    by_id: dict[str, Record] = {}
    doubled: list[str] = []
    for one in records:
        doubled += [one.id] if one.id in by_id else []
        by_id.setdefault(one.id, one)
    for one in tables.listed:
        by_id.setdefault(one.id, one)
    ordered = sorted(by_id.values(), key=lambda one: (one.began or 0, one.id))
    return Gathered(
        root=str(root), records=tuple(ordered), tables=tables, team=team, failures=failures, doubled=tuple(doubled)
    )


def _read(paths: Sequence[Path], jobs: int, told: Told) -> Iterable[Record | Failure]:
    if jobs <= 1 or len(paths) <= _AT_ONCE:
        for path in paths:
            yield record_in(path)
            told(1)
        return
    # A process that was started anew: polars' threads do not live through a fork.
    context = multiprocessing.get_context("spawn")
    with safe_path(), ProcessPoolExecutor(max_workers=jobs, mp_context=context) as pool:
        for one in pool.map(record_in, paths, chunksize=_AT_ONCE):
            yield one
            told(1)


def record_in(path: Path) -> Record | Failure:
    """The record of one folder, or why there is none."""
    try:
        if is_incident(path):
            return recorded(open_postmortem(path))
        pm = exported(path)
        name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24]
        return recorded(pm, kept=Cache.shared().root / "reviews" / f"{name}.json")
    except WorkbenchError as problem:
        return Failure(folder=str(path), why=problem.sentence())
    except Exception as problem:  # noqa: BLE001 - a fault of ours in one folder is said, and the others are read
        return Failure(folder=str(path), why=f"a fault of the workbench: {type(problem).__name__}: {problem}")
