"""The JSON-lines engine: one object a line, the keys a declared format names, a whole block parsed at once."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.clock import Assumption
from workbench.readers import json_fields
from workbench.readers.base import Batch, Claim, Head, Rejected, Source
from workbench.readers.blocks import CARRY_BYTES, PEEK_BYTES, Blocks, Peeked, trimmed
from workbench.readers.inner import unwrapped
from workbench.readers.json_documents import RecordLines, has_time, is_document, records_of, time_key
from workbench.readers.json_joins import goes_on, join_paths
from workbench.readers.json_values import first_value, found_paths, loaded, read_values
from workbench.readers.kept_text import kept_texts, slices
from workbench.readers.repeats import Repeats
from workbench.readers.times import TimeColumns, TimeReader, epoch_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock.zone import type_ns
    from workbench.readers.blocks import Block
    from workbench.readers.declared import Declared
    from workbench.readers.line_heads import Mask

REJECTED_TEXT = 4_000
LONGEST_NUMBER = 22
MIN_SHARE = 0.5
ISO_LAYOUTS = (
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f %z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%d/%b/%Y:%H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S%.f %Z",
    "%Y/%m/%d %H:%M:%S%.f",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%Y%m%dT%H%M%S%.f%z",
)
_NUMBER = r"^\s*-?[0-9]{8,19}(\.[0-9]+)?\s*$"


class JsonReader:
    """A reader made of a declared JSON-lines format."""

    structured = False

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.name, self.title, self.kind = declared.name, declared.title, declared.kind
        self.example, self.unfolds = declared.example, declared.unfolds
        self.version: int | str = f"{declared.version}-{declared.digest}"

    def identify(self, head: Head) -> Claim | None:
        """The share of lines, or of a document's records, that are objects with the format's keys and a time."""
        if head.members or not (head.records or head.document is not None):
            return None
        records = self._sample(head)
        if not records:
            return None
        share = self._fitting(records) / len(records)
        return Claim(self.declared.certainty, share) if share >= MIN_SHARE else None

    def _sample(self, head: Head) -> list[Any]:
        """The first records, as lines or as a document has them; none where most lines are no objects."""
        if not is_document(head.data, self.declared):
            lines = [line for line in head.lines if line.strip()][:200]
            records = loaded(lines)
            return records if len(records) >= MIN_SHARE * len(lines) else []
        values = (head.document,) if head.document is not None else head.records
        return list(islice((each for value in values for each in records_of(value, self.declared)), 200))

    def _fitting(self, records: list[Any]) -> int:
        """How many of the records have the format's keys and a time."""
        whole = [each for each in records if isinstance(each, dict) and self.declared.is_record(each)]
        if self.declared.json_untimed:
            return len(whole)
        keys = self._settled(whole).json_keys["time"]
        found = [first_value(record, keys) for record in whole]
        texts = pl.Series([str(value) for value in found if value is not None], dtype=pl.String)
        return int(self._times(Assumption()).read(texts).valid.sum()) if len(texts) else 0

    def _settled(self, records: list[Any]) -> Declared:
        """The format with the key of time that these records have, where none of the usual ones is there."""
        if not self.declared.json_any_time or any(has_time(each, self.declared) for each in records):
            return self.declared
        key = time_key([each for each in records if isinstance(each, dict)])
        return replace(self.declared, json_keys=self.declared.json_keys | {"time": (key,)}) if key else self.declared

    def read(self, source: Source) -> Iterator[Batch]:
        """Batches of about 4 MB of lines; a line that is no object, or has no time, is rejected with the reason."""
        with source.open() as stream:
            yield from self._batches(stream, source.assumption, lasting=source.lasting)

    def read_stream(self, stream: IO[bytes], assumption: Assumption) -> Iterator[Batch]:
        """The batches of a stream of bytes, read with what is known of its clock."""
        yield from self._batches(stream, assumption, lasting=False)

    def _batches(self, stream: IO[bytes], assumption: Assumption, *, lasting: bool) -> Iterator[Batch]:
        peeked = Peeked(stream)
        if is_document(peeked.head, self.declared):
            yield from self._document(peeked, assumption)
            return
        declared = self._settled(loaded(peeked.head.decode("utf-8", "replace").split("\n")[:200]))
        reading = _Reading(declared, self._times(assumption), lasting=lasting)
        yield from Blocks(peeked).made(reading.take)
        yield Batch(notes=_key_note(self.declared, declared))

    def _document(self, stream: Peeked, assumption: Assumption) -> Iterator[Batch]:
        """The records of documents, counted as such."""
        lines = RecordLines(stream, self.declared)
        peeked = Peeked(io.BufferedReader(lines, PEEK_BYTES))
        declared = self._settled(loaded(peeked.head.decode("utf-8", "replace").split("\n")[:200]))
        reading = _Reading(replace(declared, partial=None), self._times(assumption), lasting=False)
        for block in Blocks(peeked):
            batch, _ = reading.take(block)
            batch.records, batch.lines = batch.lines, 0
            batch.rejected = [
                each._replace(text=each.text.removeprefix("! "), reason=lines.reasons.get(each.position, each.reason))
                for each in batch.rejected
            ]
            yield batch
        yield Batch(notes=_key_note(self.declared, declared))

    def decoded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields of events that were kept as text, and of what stands inside of a wrapper's message."""
        found = self.fields(frame)
        return unwrapped(found) if self.declared.wraps else found

    def fields(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields of this format alone: the reading schema and attribute columns."""
        return json_fields.decoded(self.declared, frame)

    def _times(self, assumption: Assumption) -> JsonTimes:
        return JsonTimes(self.declared, assumption)


def _key_note(wanted: Declared, found: Declared) -> list[str]:
    if wanted is found:
        return []
    (key,) = found.json_keys["time"]
    return [f"None of the usual keys holds a time: {key!r} is taken, whose values are times."]


class JsonTimes:
    """Times in JSON: numbers as epochs, texts by the usual layouts, row by row whichever it is."""

    def __init__(self, declared: Declared, assumption: Assumption) -> None:
        self._unit = None if declared.epoch in {None, "auto"} else declared.epoch
        self._texts = TimeReader(declared.times or ISO_LAYOUTS, assumption, zone=declared.zone)

    def read(self, values: pl.Series) -> TimeColumns:
        """UTC of each value; a value that is no time is not valid."""
        numeric = self._numeric(values)
        if numeric.all():
            return epoch_columns(values, unit=self._unit)
        times = self._texts.read(values)
        if numeric.any():
            epochs = epoch_columns(values, unit=self._unit)
            for name in ("valid", "time", "earliest", "latest"):
                setattr(times, name, np.where(numeric, getattr(epochs, name), getattr(times, name)))
            texts = times.basis if isinstance(times.basis, list) else [times.basis] * len(values)
            times.basis = [str(epochs.basis) if number else text for number, text in zip(numeric, texts, strict=True)]
        return times

    def _numeric(self, values: pl.Series) -> np.ndarray:
        """Which values are epochs; texts that are longer than any number need no closer look."""
        short = (values.str.len_bytes() <= LONGEST_NUMBER).fill_null(value=False)
        return (short & values.str.contains(_NUMBER) if short.any() else short).fill_null(value=False).to_numpy()


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands on the lines of a block: blanks, objects, and which of those are events or go on with one."""

    blank: Mask
    shaped: Mask
    rows: type_ns  # the lines of the objects; all below is of these
    objects: pl.Series
    parsed: Mask
    usable: Mask
    begins: Mask
    times: TimeColumns

    def until(self, cut: int) -> _Found:
        """What stands on the lines before this one."""
        if cut >= len(self.blank):
            return self
        n = int(np.searchsorted(self.rows, cut))
        flags = (self.parsed[:n], self.usable[:n], self.begins[:n])
        return _Found(
            self.blank[:cut], self.shaped[:cut], self.rows[:n], self.objects[:n], *flags, self.times.sliced(n)
        )


class _Reading:
    """One pass over one source: each line's time, and the line as it stands."""

    def __init__(self, declared: Declared, times: JsonTimes, *, lasting: bool) -> None:
        self._declared, self._times, self._lasting = declared, times, lasting
        self._paths: list[tuple[str, ...]] | None = None
        self._repeats = Repeats()

    def take(self, block: Block) -> tuple[Batch, int]:
        """The events of a block and how many lines they took: an event that may go on is left for the next block.

        What is no object with a time is rejected with the reason.
        """
        starts, ends = trimmed(block)
        found = self._found(block, starts, ends)
        cut = self._cut(block, found)
        return (self._assembled(block, found.until(cut), starts, ends), cut) if cut else (Batch(), 0)

    def _found(self, block: Block, starts: type_ns, ends: type_ns) -> _Found:
        raw = np.frombuffer(block.data, dtype=np.uint8)
        blank = starts >= ends
        shaped = ~blank & (raw[np.minimum(starts, len(raw) - 1)] == ord("{")) & (raw[ends - 1] == ord("}"))
        rows = np.flatnonzero(shaped)
        objects = slices(block.data, starts[rows], ends[rows])
        if not self._paths:
            self._paths = found_paths(self._declared.json_keys["time"], loaded(objects.head(300).to_list()))
        text = block.data[: block.stop] if len(rows) == len(block) else None
        values, parsed = read_values(objects, {"time": self._paths, **join_paths(self._declared)}, text)
        times = self._times.read(values.get_column("time"))
        usable = times.valid & parsed
        begins = usable & ~goes_on(self._declared, values, rows, usable, times.time)
        return _Found(blank, shaped, rows, objects, parsed, usable, begins, times)

    def _cut(self, block: Block, found: _Found) -> int:
        """The line at which the last event begins, where it may go on in the next block."""
        if block.last or not self._declared.partial or not found.begins.any():
            return len(block)
        line = int(found.rows[np.flatnonzero(found.begins)[-1]])
        return line if block.stop - int(block.starts[line]) <= CARRY_BYTES else len(block)

    def _assembled(self, block: Block, found: _Found, starts: type_ns, ends: type_ns) -> Batch:
        usable, begins = found.usable, found.begins
        batch = Batch(lines=len(found.blank), blank=int(found.blank.sum()), continuations=int((usable & ~begins).sum()))
        shapeless = ~found.shaped & ~found.blank
        batch.rejected = _rejected(block, shapeless, found.rows[~usable], found.parsed[~usable])
        if begins.any():
            heads = np.flatnonzero(begins)
            line = pl.Series("line", found.rows[heads] + block.first_line, dtype=pl.Int64)
            objects = found.objects
            duplicate = self._repeats.among(objects if begins.all() else objects.gather(heads))
            last = _lasts(np.flatnonzero(usable), heads)
            texts = kept_texts(block, starts[found.rows[heads]], ends[found.rows[last]], {}, self._lasting)
            batch.events = found.times.taken(heads).frame().with_columns(line, duplicate, *texts)
        return batch


def _lasts(usable: type_ns, heads: type_ns) -> type_ns:
    """The last object of each event: the one before the next event begins."""
    if len(usable) == len(heads):
        return heads
    after = np.append(np.searchsorted(usable, heads[1:]), len(usable))
    found: type_ns = usable[after - 1]
    return found


def _rejected(block: Block, shapeless: np.ndarray, timeless: np.ndarray, parsed: np.ndarray) -> list[Rejected]:
    reasons = {int(index): "not a JSON object" for index in np.flatnonzero(shapeless)}
    for index, ok in zip(timeless, parsed, strict=True):
        reasons[int(index)] = "an object without a time under any of the usual keys" if ok else "not valid JSON"
    return [
        Rejected(index + block.first_line, block.text(index)[:REJECTED_TEXT], reasons[index])
        for index in sorted(reasons)
    ]
