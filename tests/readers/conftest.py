"""What the tests of readers share: a file made of bytes in sight, and what a reader gives for it, put together."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
import pytest

from workbench.clock import Assumption
from workbench.postmortem import read_files
from workbench.readers.base import Source
from workbench.readers.registry import head_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.readers.base import Claim, Head, Reader, Rejected


@dataclass(frozen=True)
class Reading:
    """All batches of one source as one."""

    claim: Claim | None
    events: list[dict[str, Any]]
    rejected: list[Rejected]
    metrics: pl.DataFrame
    spans: pl.DataFrame
    records: int
    lines: int
    continuations: int
    blank: int
    notes: list[str]

    def column(self, name: str) -> list[Any]:
        """One column of the events; times as RFC 3339 text."""
        return [event[name] for event in self.events]


def as_bytes(content: Any) -> bytes:
    """Bytes as they are, text in UTF-8, anything else as JSON."""
    if isinstance(content, bytes):
        return content
    return content.encode() if isinstance(content, str) else json.dumps(content).encode()


def zipped(members: dict[str, Any]) -> bytes:
    """An archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, as_bytes(content))
    return buffer.getvalue()


def head(name: str, data: bytes) -> Head:
    """What readers are shown of these bytes."""
    if data[:4] == b"PK\x03\x04":
        return head_of(name, b"", members=zipfile.ZipFile(io.BytesIO(data)).namelist())
    return head_of(name, data[: 64 * 1024], complete=len(data) <= 64 * 1024)


def rows_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Events with their times as text and their attributes as an object, the ``x_`` columns among them."""
    stamps = [pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ") for name in ("time", "earliest", "latest")]
    rows = frame.with_columns(stamps).to_dicts()
    for row in rows:
        extra = {name[2:]: row.pop(name) for name in list(row) if name.startswith("x_")}
        row["attributes"] = (orjson.loads(row["attributes"]) if row["attributes"] else {}) | extra
    return rows


def read_all(reader: Reader, content: Any, name: str, assumption: Assumption) -> Reading:
    """Everything that a reader gives for a file."""
    data = as_bytes(content)
    source = Source(
        path=name, file=Path(name), size=len(data), sha256="0" * 64, assumption=assumption,
        open=lambda: io.BytesIO(data),
    )  # fmt: skip
    batches = list(reader.read(source))
    metrics = [batch.metrics for batch in batches if batch.metrics is not None]
    spans = [batch.spans for batch in batches if batch.spans is not None]
    return Reading(
        claim=reader.identify(head(name, data)),
        events=[row for batch in batches if batch.events is not None for row in rows_of(batch.events)],
        rejected=[each for batch in batches for each in batch.rejected],
        metrics=pl.concat(metrics) if metrics else pl.DataFrame(),
        spans=pl.concat(spans) if spans else pl.DataFrame(),
        records=sum(batch.records for batch in batches), lines=sum(batch.lines for batch in batches),
        continuations=sum(batch.continuations for batch in batches), blank=sum(batch.blank for batch in batches),
        notes=[note for batch in batches for note in batch.notes],
    )  # fmt: skip


@pytest.fixture
def read() -> Callable[..., Reading]:
    """`read(READER, content)`: content as bytes, text, or a value that becomes JSON."""

    def reading(
        reader: Reader, content: Any, name: str = "export.json", assumption: Assumption | None = None
    ) -> Reading:
        return read_all(reader, content, name, assumption or Assumption())

    return reading


@pytest.fixture
def archive() -> Callable[[dict[str, Any]], bytes]:
    """`archive({"users.json": [...]})`: a zip with these members."""
    return zipped


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """`loaded("logs.zip", data)`: the file as read, with a cache of its own."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def read(name: str, data: bytes, **settings: Any):
        folder = tmp_path / "given"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        return read_files([folder / name], **settings)

    return read
