"""One incident's report, made where nothing stands that is up to date: by content, not by time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from workbench.batch.order import Made, Order
from workbench.dossier import VERSION
from workbench.errors import WorkbenchError
from workbench.postmortem import open_postmortem
from workbench.publication import publish, report_of
from workbench.review.recorded import recorded
from workbench.store.atomic import write_derived
from workbench.store.fingerprint import files_of, fingerprint
from workbench.store.hashing import sha256_file
from workbench.timeline.load import require_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.postmortem import Postmortem

_NAME = "batch.json"


def make(order: Order) -> Made:
    """Makes the report, or finds it up to date; a problem is in ``why``, and nothing is raised."""
    began = time.monotonic()
    try:
        postmortem = open_postmortem(order.folder, edition=order.edition)
        files, fresh = _files(postmortem, order)
        seconds, record = time.monotonic() - began, recorded(postmortem)
        return Made(folder=order.folder, files=files, fresh=fresh, seconds=seconds, record=record)
    except WorkbenchError as problem:
        why = problem.sentence()
    except Exception as problem:  # noqa: BLE001 - a fault of ours in one report must not stop the others
        why = f"a fault of the workbench: {type(problem).__name__}: {problem}"
    return Made(folder=order.folder, seconds=time.monotonic() - began, why=why)


def _files(postmortem: Postmortem, order: Order) -> tuple[tuple[str, ...], bool]:
    key, output = _key(postmortem, order), postmortem.folder.output
    place = postmortem.folder.cache / _NAME
    known = _read(place)
    written = known.get(key)
    if isinstance(written, dict) and written and all(_holds(output, name, sha) for name, sha in written.items()):
        return tuple(str(output / name) for name in written), False
    postmortem.check_files()
    require_known(postmortem.loaded)
    paths = publish(postmortem, report_of(postmortem, order.forms, template=order.template))
    made = {path.relative_to(output).as_posix(): sha256_file(path) for path in paths}
    _write(place, known | {key: made}, postmortem.folder.path)
    return tuple(str(path) for path in paths), True


def _key(postmortem: Postmortem, order: Order) -> str:
    """What the report follows from: the folder, the team's files, what was asked, and this version."""
    told = (VERSION, *order.forms, order.edition, order.template)
    return fingerprint(postmortem.folder.path, postmortem.folder.cache, beside=_beside(postmortem), told=told)


def _beside(postmortem: Postmortem) -> Iterator[Path]:
    team = postmortem.team
    for named in (team.file, team.reports.reference_docx, team.redaction.key_file, team.redaction.allow_file):
        if named:
            yield Path(named)
    if team.reports.templates and Path(team.reports.templates).is_dir():
        yield from files_of(Path(team.reports.templates))


def _holds(output: Path, name: str, sha: object) -> bool:
    """Whether the file is still the one that was written: what a person changed or deleted is made again."""
    try:
        own = Path(name).name == name and not (output / name).is_symlink()
        return own and sha256_file(output / name) == sha
    except WorkbenchError:
        return False


def _read(place: Path) -> dict[str, object]:
    try:
        found = orjson.loads(place.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(place: Path, known: dict[str, object], root: Path) -> None:
    """The last few that were made, for other editions and forms stay up to date beside this one."""
    write_derived(place, orjson.dumps(dict(list(known.items())[-8:])), root)
