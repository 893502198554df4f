"""The proof of a declared format: its own samples come out as they say, and nobody else claims them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import orjson
import polars as pl

from workbench.clock import Assumption, parse_rfc3339, parse_zone
from workbench.readers.base import Certainty
from workbench.readers.expression import without_groups
from workbench.readers.line_fields import LineFields
from workbench.readers.registry import reader_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.readers.base import Batch
    from workbench.readers.declared import Declared, Sample


def problems(declared: Declared, others: Sequence[Declared] = ()) -> list[str]:
    """Everything that keeps the format from being proved; empty when it is."""
    found = [] if declared.samples else ["it has no [[sample]]"]
    for number, sample in enumerate(declared.samples, start=1):
        found += [f"sample {number}: {problem}" for problem in _sample_problems(declared, sample)]
    for number, text in enumerate(declared.rejects, start=1):
        if _events(declared, text, Assumption(year=2025)) is not None:
            found.append(f"reject {number} is read as an event: {text[:80]!r}")
    return found + _pattern_problems(declared) + _rivals(declared, others)


def _sample_problems(declared: Declared, sample: Sample) -> list[str]:
    zone = parse_zone(sample.zone) if sample.zone else None
    events = _events(declared, sample.text, Assumption(zone=zone, year=sample.year))
    if events is None:
        return ["it is not read as an event"]
    row = events.row(0, named=True)
    found = []
    if len(events) != 1:
        found.append(f"it is read as {len(events)} events, not one")
    got, wanted = int(events["time"].cast(pl.Int64)[0]), parse_rfc3339(sample.time)
    if got != wanted:
        found.append(f"its time comes out as {row['time']}, not {sample.time}")
    for name in ("level", "message"):
        expected = getattr(sample, name)
        if expected is not None and row[name] != expected:
            found.append(f"its {name} comes out as {row[name]!r}, not {expected!r}")
    for name, expected in sample.fields.items():
        value = row.get(f"x_{name}", row.get(name))
        if value != expected:
            found.append(f"its {name} comes out as {value!r}, not {expected!r}")
    return found


def _events(declared: Declared, text: str, assumption: Assumption) -> pl.DataFrame | None:
    reader = reader_of(declared)
    batches: list[Batch] = list(reader.read_stream(io.BytesIO(text.encode() + b"\n"), assumption))
    frames = [batch.events for batch in batches if batch.events is not None and len(batch.events)]
    return reader.decoded(pl.concat(frames)) if frames else None


def _pattern_problems(declared: Declared) -> list[str]:
    """A pattern that no sample proves is a guess. The first pattern that matches a line reads it."""
    firsts = [sample.text.split("\n")[0] for sample in declared.samples]
    fields = LineFields(declared)
    used = set()
    for line in firsts:
        series = pl.Series("line", [line])
        for number, pattern in enumerate(declared.patterns, start=1):
            if fields.matches(pattern, series):
                used.add(number)
                break
    return [
        f"pattern {number} is proved by no sample"
        for number in range(1, len(declared.patterns) + 1)
        if number not in used
    ]


def _rivals(declared: Declared, others: Sequence[Declared]) -> list[str]:
    """Other formats, as sure of themselves as this one, that would read a sample of it too."""
    found = []
    for number, sample in enumerate(declared.samples, start=1):
        assumption = Assumption(year=sample.year or 2025)
        for other in others:
            same = (
                other.name != declared.name
                and other.certainty >= declared.certainty
                and other.certainty > Certainty.GENERIC
                and other.engine == declared.engine
            )
            if same and _claims(other, sample.text) and _events(other, sample.text, assumption) is not None:
                found.append(f"sample {number} is claimed by {other.name} too")
    return found


def _claims(other: Declared, text: str) -> bool:
    """Whether it may take a file of such texts: by a pattern that files are recognised by."""
    if other.engine != "json":
        lines = pl.Series("line", [f"{line}\n" for line in text.split("\n")])
        telling = (pattern.regex for pattern in other.patterns if not pattern.stray)
        return any(lines.str.contains(without_groups(regex)).any() for regex in telling)
    if not other.json_requires and not other.json_where:
        return True
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return isinstance(record, dict) and other.is_record(record)
