"""journal.jsonl: every judgement that people made on events, one line each, only ever appended."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from workbench.clock import now_utc, parse_rfc3339
from workbench.errors import ClockError, FolderError
from workbench.model import Judgement, Told, Verb, standing, told_of
from workbench.store.atomic import disk_problem, require_inside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLine:
    """A line of the journal that is no judgement; it stays in the file."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The judgements in order of their time (file order within a second), and the lines that could not be read.

    ``lines`` has, by a judgement's id, the number and the text of its first line.
    """

    judgements: tuple[Judgement, ...] = ()
    broken: tuple[BrokenLine, ...] = ()
    lines: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def told(self) -> tuple[Told, ...]:
        """The events that people told and did not withdraw, each with the line that says it last."""
        held = (one.told for one in standing(self.judgements).values() if one.told)
        return tuple(told_of(said, line=line, raw=raw) for said in held for line, raw in [self.lines[said.id]])


def judge(*, event: str, verb: Verb, value: Any = None, author: str = "") -> Judgement:
    """A judgement made now, with an id of its own."""
    return Judgement(id=secrets.token_hex(8), event=event, verb=verb, value=value, author=author, time=now_utc())


def append(folder: Path, *judgements: Judgement, check: Callable[[], None] | None = None) -> None:
    """Add judgements to the folder's journal, on disk before this returns; on a full disk nothing is added.

    ``check`` is called while nobody else appends; where it raises, nothing is added.
    """
    path = folder / NAME
    require_inside(path)
    data = b"".join(orjson.dumps(asdict(judgement)) + b"\n" for judgement in judgements)
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            _append(handle, data, check)
        finally:
            os.close(handle)
    except OSError as error:
        raise disk_problem(error, "cannot be written, so the judgement was not recorded", path) from error


def _append(handle: int, data: bytes, check: Callable[[], None] | None) -> None:
    with suppress(OSError):  # some network file systems have no locks; O_APPEND still keeps lines apart
        fcntl.flock(handle, fcntl.LOCK_EX)
    if check:
        check()
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        data = b"\n" + data  # a crash cut the last line short: it stays as it is, on a line of its own
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


def read_journal(folder: Path) -> Journal:
    """The folder's journal; an empty one where there is no file. A line that two branches both added counts once."""
    path = folder / NAME
    if path.exists() and not path.is_file():
        raise FolderError("is no file", where=str(path), next_step="Put the journal itself there.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Journal()
    except OSError as error:
        raise disk_problem(error, "cannot be read", path) from error
    found: list[tuple[int, Judgement]] = []
    broken: list[BrokenLine] = []
    seen: dict[str, Judgement] = {}
    lines: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            when, judgement = _judgement(line)
            _first_of_its_id(judgement, seen)
        except ValueError as error:
            broken.append(BrokenLine(line=number, text=line.decode("utf-8", "replace").strip(), why=str(error)))
            continue
        found.append((when, judgement))
        lines.setdefault(judgement.id, (number, line.decode("utf-8", "replace").rstrip("\r")))
    ordered = [judgement for _, judgement in sorted(found, key=lambda pair: pair[0])]
    kept = tuple({judgement.id: judgement for judgement in ordered}.values())
    return Journal(judgements=kept, broken=tuple(broken), lines=lines)


def _first_of_its_id(judgement: Judgement, seen: dict[str, Judgement]) -> None:
    if seen.setdefault(judgement.id, judgement) != judgement:
        raise ValueError(f"the id {judgement.id!r} stands on an earlier line with another judgement")


def _judgement(line: bytes) -> tuple[int, Judgement]:
    """The time in UTC ns and the judgement of a line; ValueError says what is wrong with it."""
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError("not a whole JSON object: cut short, or left by a merge") from error
    if not isinstance(entry, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - bad data, not a wrong call
    missing = [key for key in ("id", "event", "verb", "time") if not isinstance(entry.get(key), str)]
    if missing:
        raise ValueError(f"{missing[0]} is missing or no text")
    if entry["verb"] not in set(Verb):
        raise ValueError(f"{entry['verb']!r} is no verb of this version")
    try:
        when = parse_rfc3339(entry["time"])
    except ClockError as error:
        raise ValueError(str(error)) from error
    known = {key: entry[key] for key in ("id", "event", "time", "value") if key in entry}
    said = Judgement(**known, verb=Verb(entry["verb"]), author=str(entry.get("author") or ""))
    if said.verb is Verb.TELL and said.value is not None:
        _ = _told(said)
    return when, said


def _told(said: Judgement) -> Told:
    try:
        return told_of(said)
    except ClockError as error:
        raise ValueError(str(error)) from error
