"""Events as they were read, kept by content: the same bytes, reader and settings are read once."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import orjson
import polars as pl

from workbench.events.schema import METRIC_SCHEMA, READ_SCHEMA, SPAN_SCHEMA, TIME
from workbench.store.atomic import disk_problem
from workbench.store.hashing import sha256_bytes
from workbench.store.segments import SegmentWriter, read_segments

if TYPE_CHECKING:
    from types import TracebackType

    from workbench.store.folder import IncidentFolder

# Raise it when the engine or this layout would give other rows from the same bytes.
ENGINE_VERSION = 1
MAX_BYTES = 4_000_000_000
_META = "meta.json"
_STAGING = ".staging-"
_STALE_SECONDS = 24 * 3600
_NAMES: dict[str, Any] = {
    str(kind): kind for kind in (TIME, pl.String, pl.Int64, pl.Int32, pl.UInt32, pl.UInt64, pl.Float64, pl.Boolean)
}


def cache_key(*, sha256: str, reader: str, version: int, settings: str = "") -> str:
    """The name of an entry: whatever can change the rows is in it."""
    return sha256_bytes(orjson.dumps([sha256, reader, version, settings, ENGINE_VERSION]))


def user_cache() -> Cache:
    """The cache for bare files: ``$WORKBENCH_CACHE``, else the user's cache directory."""
    own = os.environ.get("WORKBENCH_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return _usable(Path(own).expanduser() if own else root / "postmortem-workbench")


def folder_cache(folder: IncidentFolder) -> Cache:
    """The cache of an incident: ``output/cache/``, or the user's where the folder cannot be written."""
    return Cache(root=folder.cache) if _writable(folder.cache) else user_cache()


def _usable(root: Path) -> Cache:
    """The cache at the root, or one that lasts as long as the machine is up where the root cannot be written."""
    if _writable(root):
        return Cache(root=root)
    return Cache(root=Path(tempfile.gettempdir()) / f"postmortem-workbench-{os.getuid()}")


def _writable(root: Path) -> bool:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(root, os.W_OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    """One source as it was read. ``meta`` is what the writer was given: counts, rejected lines, notes."""

    path: Path
    meta: dict[str, Any]
    layout: dict[str, Any]

    def events(self) -> pl.LazyFrame:
        """The events in file order, with the columns that the writer was given."""
        return self._frame("events")

    def metrics(self) -> pl.LazyFrame:
        """The measurements, long form."""
        return self._frame("metrics")

    def spans(self) -> pl.LazyFrame:
        """The spans."""
        return self._frame("spans")

    def _frame(self, kind: str) -> pl.LazyFrame:
        part = self.layout[kind]
        schema = {name: _NAMES[text] for name, text in part["schema"].items()}
        return read_segments(self.path, part["segments"], schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """A directory of entries, one directory each, named by their key."""

    root: Path

    def get(self, key: str) -> CacheEntry | None:
        """The entry of a key, if it is there and whole; a damaged one is thrown away."""
        path = self.root / key
        try:
            stored = orjson.loads((path / _META).read_bytes())
            entry = CacheEntry(path=path, meta=stored["meta"], layout=stored["layout"])
            whole = all((path / name).stat().st_size == size for name, size in stored["sizes"].items())
        except FileNotFoundError:
            whole, entry = not path.exists(), None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            whole, entry = False, None
        if not whole:
            shutil.rmtree(path, ignore_errors=True)
            return None
        if entry:
            _touch(path)
        return entry

    def writer(self, key: str, schema: dict[str, Any] | None = None, *, compress: bool = True) -> CacheWriter:
        """A writer of a key's entry; ``schema`` is of the events, with their attribute columns (``x_...``).

        Without ``compress`` an entry takes half the CPU to write and four times the disk.
        """
        return CacheWriter(self, key, schema or READ_SCHEMA, compress=compress)

    def prune(self, *, max_bytes: int = MAX_BYTES, max_age_days: float | None = None) -> int:
        """Remove the entries that were not used for longest until the rest is small enough; bytes freed."""
        self._sweep()
        used = sorted((_last_used(path), path) for path in self._entries())
        sizes = {path: _size(path) for _, path in used}
        total, freed = sum(sizes.values()), 0
        for when, path in used:
            too_old = max_age_days is not None and time.time() - when > max_age_days * 86_400
            if total - freed > max_bytes or too_old:
                freed += sizes[path]
                _remove(path)
        return freed

    def _entries(self) -> list[Path]:
        try:
            return [one for one in self.root.iterdir() if one.is_dir() and len(one.name) == 64]
        except OSError:
            return []

    def _sweep(self) -> None:
        """Remove what an interrupted run left."""
        for one in self.root.glob(f"{_STAGING}*"):
            if time.time() - _last_used(one) > _STALE_SECONDS:
                shutil.rmtree(one, ignore_errors=True)


class CacheWriter:
    """Streams one source into an entry, as a context: the entry appears at ``finish``, or not at all."""

    def __init__(self, cache: Cache, key: str, schema: dict[str, Any], *, compress: bool = True) -> None:
        self._final = cache.root / key
        self._schemas = {"events": schema, "metrics": METRIC_SCHEMA, "spans": SPAN_SCHEMA}
        self._staging = cache.root / f"{_STAGING}{secrets.token_hex(8)}"
        try:
            self._staging.mkdir(parents=True)
        except OSError as error:
            raise disk_problem(error, "the cache cannot be written", cache.root) from error
        self._writers = {
            kind: SegmentWriter(self._staging, kind, schema, compress=compress)
            for kind, schema in self._schemas.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.discard()
        if isinstance(error, OSError):
            raise disk_problem(error, "the cache cannot be written", self._final.parent) from error

    def write_events(self, frame: pl.DataFrame) -> None:
        """A batch of events in file order."""
        self._writers["events"].write(frame)

    def write_metrics(self, frame: pl.DataFrame) -> None:
        """A batch of measurements."""
        self._writers["metrics"].write(frame)

    def write_spans(self, frame: pl.DataFrame) -> None:
        """A batch of spans."""
        self._writers["spans"].write(frame)

    def finish(self, meta: dict[str, Any]) -> CacheEntry:
        """Put the entry in its place; where another process was first, its entry stands and is the same."""
        layout = {
            kind: {"segments": writer.close(), "rows": writer.rows, "schema": _spelled(self._schemas[kind])}
            for kind, writer in self._writers.items()
        }
        sizes = {one.name: one.stat().st_size for one in self._staging.iterdir()}
        stored = orjson.dumps({"meta": meta, "layout": layout, "sizes": sizes})
        (self._staging / _META).write_bytes(stored)
        try:
            self._staging.rename(self._final)
        except OSError:
            if not (self._final / _META).exists():
                raise
            self.discard()
        stored_meta = orjson.loads(stored)
        return CacheEntry(path=self._final, meta=stored_meta["meta"], layout=stored_meta["layout"])

    def discard(self) -> None:
        """Leave nothing behind; after ``finish`` there is nothing left to do."""
        if self._staging.exists():
            shutil.rmtree(self._staging, ignore_errors=True)


def _spelled(schema: dict[str, Any]) -> dict[str, str]:
    odd = [name for name, kind in schema.items() if str(kind) not in _NAMES]
    assert not odd, f"the cache keeps no columns of the types of {odd}"
    return {name: str(kind) for name, kind in schema.items()}


def _touch(path: Path) -> None:
    try:
        os.utime(path / _META)
    except OSError:
        return  # a cache that can only be read still serves


def _last_used(path: Path) -> float:
    try:
        return (path / _META).stat().st_mtime if (path / _META).exists() else path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return sum(one.stat().st_size for one in path.iterdir())
    except OSError:
        return 0


def _remove(path: Path) -> None:
    """Take an entry out of sight first, so that nobody reads half of it."""
    aside = path.with_name(f"{_STAGING}{secrets.token_hex(8)}")
    try:
        path.rename(aside)
    except OSError:
        return
    shutil.rmtree(aside, ignore_errors=True)
