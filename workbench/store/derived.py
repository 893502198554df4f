"""What was derived from sources, kept by content: the same bytes, reader and settings are never read twice."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import orjson
import polars as pl

from workbench.store.events_file import EventsFile, read_events_file

if TYPE_CHECKING:
    from types import TracebackType

ENGINE = "2"  # raise it when the shape of what is kept changes
MAX_BYTES = 8 * 1024**3
STAGING = ".staging-"  # how the folders begin that are still being written


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One source as read: its tally (``meta``), and its events, metrics and spans on disk."""

    folder: Path
    meta: dict[str, Any]

    def events(self) -> pl.DataFrame:
        """The events in file order, as the reader gave them."""
        return read_events_file(self.folder / "events.parquet")

    @property
    def has_events(self) -> bool:
        """Whether the source gave any event."""
        return (self.folder / "events.parquet").exists()

    def metrics(self) -> pl.DataFrame | None:
        """The measurements in long form, or None."""
        return self._extra("metrics")

    def spans(self) -> pl.DataFrame | None:
        """The spans, or None."""
        return self._extra("spans")

    def _extra(self, name: str) -> pl.DataFrame | None:
        path = self.folder / f"{name}.parquet"
        return pl.read_parquet(path) if path.exists() else None


class Cache:
    """A folder of entries. Losing it loses nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def shared(cls) -> Cache:
        """The cache for files outside any incident: ``$WORKBENCH_CACHE``, else the user's cache folder."""
        named = os.environ.get("WORKBENCH_CACHE")
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cls(Path(named) if named else base / "postmortem-workbench")

    def key(self, *parts: str) -> str:
        """The name of an entry: a hash of all that decides what is in it."""
        return hashlib.sha256("\0".join((ENGINE, *parts)).encode()).hexdigest()[:40]

    def entry(self, key: str) -> CacheEntry | None:
        """The entry of this key; None where there is none, or none that is whole."""
        folder = self.root / key
        try:
            meta = orjson.loads((folder / "meta.json").read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        with contextlib.suppress(OSError):
            os.utime(folder)
        return CacheEntry(folder, meta)

    def writer(self, key: str) -> CacheWriter:
        """A place to write an entry; nobody sees it before it is finished."""
        self.root.mkdir(parents=True, exist_ok=True)
        return CacheWriter(self.root / key)

    def prune(self, limit: int = MAX_BYTES) -> None:
        """Removes the entries that were used longest ago until the rest fits the limit."""
        entries = sorted((entry for entry in map(_weighed, self.root.glob("*")) if entry), key=lambda entry: entry[1])
        total = sum(size for _, _, size in entries)
        for folder, _, size in entries:
            if total <= limit:
                return
            shutil.rmtree(folder, ignore_errors=True)
            total -= size


def _weighed(folder: Path) -> tuple[Path, float, int] | None:
    """An entry, when it was last used, and its bytes; None for one that another process is writing or has removed."""
    if folder.name.startswith(STAGING):
        return None
    try:
        return folder, folder.stat().st_mtime, sum(file.stat().st_size for file in folder.iterdir())
    except OSError:
        return None


class CacheWriter:
    """Writes one entry in a staging folder and moves it into place as a whole."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=target.parent))
        self._events: EventsFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._events is not None and kind is not None:
            self._events.abandon()
        shutil.rmtree(self._staging, ignore_errors=True)

    def write(self, frame: pl.DataFrame) -> None:
        """Adds events."""
        if self._events is None:
            self._events = EventsFile(self._staging / "events.parquet")
        self._events.write(frame)

    def finish(
        self, meta: dict[str, Any], *, metrics: pl.DataFrame | None = None, spans: pl.DataFrame | None = None
    ) -> CacheEntry:
        """Completes the entry and puts it in place."""
        if self._events is not None:
            self._events.close()
            self._events = None
        for name, frame in (("metrics", metrics), ("spans", spans)):
            if frame is not None:
                frame.write_parquet(self._staging / f"{name}.parquet", compression="lz4", statistics=False)
        (self._staging / "meta.json").write_bytes(orjson.dumps(meta))
        try:
            self._staging.replace(self._target)
        except OSError:
            # Another process was first with the same content, or a broken entry is in the way.
            if not (self._target / "meta.json").exists():
                shutil.rmtree(self._target, ignore_errors=True)
                self._staging.replace(self._target)
        return CacheEntry(self._target, meta)
