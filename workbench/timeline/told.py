"""Events that people told, as rows beside those of the sources."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson
import polars as pl

from workbench.clock import ZoneBasis
from workbench.events.schema import READ_SCHEMA, conform
from workbench.model import TOLD_ACTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.model import Told
    from workbench.timeline.load import Loaded


def told_frame(told: Sequence[Told], source: str) -> pl.DataFrame:
    """The columns of ``workbench.timeline.frame.events_of``; nothing but their witness and their journal is known."""
    rows = [
        {"id": one.id, "time": one.time, "earliest": one.earliest, "latest": one.latest, "kind": one.kind,
         "action": TOLD_ACTION, "service": one.service or None, "actor": one.witness or None, "message": one.text,
         "line": one.line, "zone_basis": str(ZoneBasis.TEXT), "duplicate": False, "source": source,
         "attributes": orjson.dumps(_attributes(one)).decode()}
        for one in told
    ]  # fmt: skip
    names = {name: pl.Int64 if name in {"time", "earliest", "latest"} else kind for name, kind in READ_SCHEMA.items()}
    frame = pl.DataFrame(rows, schema={"id": pl.String, **names, "source": pl.String}, orient="row")
    read = conform(frame.drop("id", "source"))
    return frame.select("id").hstack(read.drop("attributes")).hstack(frame.select("source", "attributes"))


def _attributes(one: Told) -> dict[str, str]:
    """Who wrote it down and when: the witness is the one who acts in it."""
    return {name: value for name, value in (("written_by", one.author), ("written_at", one.said)) if value}


def raw_told(loaded: Loaded) -> dict[tuple[str, int], str]:
    """The lines of the journal that tell events, by their place."""
    return {(loaded.told_source, one.line): one.raw for one in loaded.told}


def line_sha256(text: str) -> str:
    """The hash of a line as anybody can make it again: of its bytes without the end of line."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
