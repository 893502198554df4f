"""The verb for one incident among others: which earlier ones are like it, and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.clock import format_utc
from workbench.commands.output import document
from workbench.errors import FolderError
from workbench.review.gathered import Failure, folders_below, gather, record_in
from workbench.review.similar import is_before, similar

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.review.gathered import Gathered
    from workbench.review.record import Record
    from workbench.review.similar import Like


def similar_incidents(directory: Path, *, among: Path | None, jobs: int, as_json: bool) -> int:
    """Prints the earlier incidents most like one; status 1 where a folder beside it could not be read."""
    own, root = _own(directory), among or directory.resolve().parent
    folders = folders_below(root)
    with terminal.counting("Incidents", len(folders)) as told:
        found = gather(root, folders, jobs=jobs or os.cpu_count() or 1, told=told)
    likes = [(one, _named(found, one.earlier)) for one in similar(own, found.records)]
    if as_json:
        document(_json(own, found, likes))
    else:
        _shown(own, found, likes)
    for key in found.doubled:
        terminal.say(f"More than one folder below {root} has the id {key}: only the first of them was compared.")
    for failure in found.failures:
        terminal.say(f"{failure.folder}: {failure.why}")
    return 1 if found.failures else 0


def _own(directory: Path) -> Record:
    found = record_in(directory)
    if isinstance(found, Failure):
        raise FolderError(found.why.removeprefix(f"{directory}: "), where=str(directory))
    return found


def _named(found: Gathered, key: str) -> Record:
    return next(one for one in found.records if one.id == key)


def _json(own: Record, found: Gathered, likes: list[tuple[Like, Record]]) -> dict[str, Any]:
    rows = [
        like.to_json() | {"title": one.title, "severity": one.severity, "began": _began(one), "folder": one.folder}
        for like, one in likes
    ]
    doubled = list(found.doubled)
    failures = [{"folder": one.folder, "why": one.why} for one in found.failures]
    return {
        "incident": own.id,
        "root": found.root,
        "compared": _earlier(own, found),
        "similar": rows,
        "doubled": doubled,
        "failures": failures,
    }


def _earlier(own: Record, found: Gathered) -> int:
    """How many incidents lie before it."""
    return sum(is_before(one, own) for one in found.records)


def _began(one: Record) -> str:
    return "" if one.began is None else format_utc(one.began)


def _shown(own: Record, found: Gathered, likes: list[tuple[Like, Record]]) -> None:
    compared = _earlier(own, found)
    if not likes:
        terminal.say(f"None of the {compared} earlier incidents below {found.root} is like {own.id}.")
        return
    rows = [(one.id, _began(one)[:10], one.severity, _alike(like), one.title, like.why) for like, one in likes]
    terminal.table("", ("Earlier", "Began", "Severity", "Alike", "Title", "Why"), rows)
    terminal.say(
        f"Of {compared} earlier incidents below {found.root}. The same cause, as people wrote it, is a repeat; "
        "the others are suggestions and counted nowhere."
    )


def _alike(like: Like) -> str:
    return "same cause" if like.confirmed else f"{like.score:.2f}"
