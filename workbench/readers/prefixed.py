"""Lines of several services in one file, each behind the name of its service, or behind colours of a terminal.

``docker compose logs`` writes ``web-1  | line``, ``kubectl logs --prefix`` ``[pod/name/container] line``, a terminal's
copy holds escape sequences. What stands behind is read by the format that fits the lines of that service, so that a
stack trace stays with its event however the services' lines alternate. Line numbers are those of the file.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.events.schema import Kind, conform
from workbench.readers.base import HEAD_BYTES, Batch, Claim, Rejected
from workbench.readers.blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.readers.base import Head, Source

_COLOUR = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_PREFIXES = (
    re.compile(r"^\[(?:pod/(?P<pod>[\w.-]+)/(?P<service>[\w.-]+))\] ?"),
    re.compile(r"^(?P<service>[A-Za-z][\w.-]{0,80})\s*\| ?"),
)
_ENOUGH = 0.6
_MAX_SERVICES = 500


@dataclass(slots=True)
class _Service:
    """The lines of one service: their bytes, and the number of each in the file."""

    name: str
    pod: str | None
    text: io.BytesIO = field(default_factory=io.BytesIO)
    numbers: list[int] = field(default_factory=list)

    def take(self, number: int, line: str) -> None:
        """Its next line."""
        self.text.write(line.encode("utf-8", "replace") + b"\n")
        self.numbers.append(number)


class _PrefixedReader:
    """Lines behind names or colours, each service read by its own format."""

    name = "prefixed"
    title = "Logs of several services (docker compose, kubectl --prefix), or in colour"
    example = "compose.log"
    unfolds = "what the format of each service's lines gives, with its service"
    kind = Kind.LOG.value
    structured = False
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """Where most lines have a prefix or colours, and a format fits what stands behind."""
        lines = [line for line in head.lines if line.strip()][:400]
        if head.members or not lines or not (_coloured(lines) or _pattern(lines)):
            return None
        services = _parted(enumerate(lines, start=1), _pattern(lines))
        bids = [claim for each in services if (claim := _claim(each)) is not None]
        return max(bids) if bids else None

    def read(self, source: Source) -> Iterator[Batch]:
        """The services one after another, each in the order of its lines."""
        with source.open() as stream:
            blocks = ((block.first_line + at, block.text(at)) for block in Blocks(stream) for at in range(len(block)))
            sample = list(_first(blocks))
            pattern = _pattern([line for _, line in sample if line.strip()])
            services = _parted((*sample, *blocks), pattern)
        for service in services:
            yield from _read(service, source)


def _first(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for _, line in zip(range(400), lines, strict=False):
        yield line


def _coloured(lines: Sequence[str]) -> bool:
    return sum("\x1b" in line for line in lines) >= _ENOUGH * len(lines)


def _pattern(lines: Sequence[str]) -> re.Pattern[str] | None:
    """The prefix that most lines have."""
    plain = [_COLOUR.sub("", line) for line in lines]
    for pattern in _PREFIXES:
        if plain and sum(bool(pattern.match(line)) for line in plain) >= _ENOUGH * len(plain):
            return pattern
    return None


def _parted(lines: Any, pattern: re.Pattern[str] | None) -> list[_Service]:
    """The lines by service; a line without the prefix goes on with the one before."""
    services: dict[tuple[str, str | None], _Service] = {}
    current = _Service("", None)
    for number, line in lines:
        plain = _COLOUR.sub("", line).replace("\x1b", "")
        match = pattern.match(plain) if pattern else None
        if match:
            key = match["service"], match.groupdict().get("pod")
            if key not in services and len(services) < _MAX_SERVICES:
                services[key] = _Service(*key)
            current = services.get(key, current)
        elif not services:
            services["", None] = current
        current.take(number, plain[match.end() :] if match else plain)
    return list(services.values())


def _claim(service: _Service) -> Claim | None:
    from workbench.readers.registry import bid_for

    found = bid_for(service.text.getvalue()[:HEAD_BYTES], PREFIXED)
    return found[0] if found else None


def _read(service: _Service, source: Source) -> Iterator[Batch]:
    """One service's lines by the format that fits them; where none does, each is rejected with that reason."""
    from workbench.readers.registry import bid_for

    found = bid_for(service.text.getvalue()[:HEAD_BYTES], PREFIXED)
    numbers = np.array(service.numbers, dtype=np.int64)
    name = f"{service.name!r}" if service.name else "the file"
    if found is None:
        why = f"no format finds a time in the lines of {name}"
        lines = service.text.getvalue().decode("utf-8").split("\n")
        blank = sum(not line.strip() for line in lines[:-1])
        told = [Rejected(int(at), line[:200], why) for at, line in zip(numbers, lines, strict=False) if line.strip()]
        yield Batch(lines=len(numbers), blank=blank, rejected=told, notes=[f"{why[0].upper()}{why[1:]}."])
        return
    reader: Any = found[1]
    service.text.seek(0)
    for batch in reader.read_stream(service.text, source.assumption):
        yield _placed(batch, reader, service, numbers)
    label = f"The lines of {name} are read as {reader.name}."
    yield Batch(notes=[label])


def _placed(batch: Batch, reader: Any, service: _Service, numbers: np.ndarray) -> Batch:
    """A batch with the file's own line numbers, its fields laid out, and its service."""
    batch.rejected = [each._replace(position=int(numbers[each.position - 1])) for each in batch.rejected]
    if batch.events is None or not len(batch.events):
        return batch
    frame = batch.events.drop("start", "size", strict=False)
    frame = conform(reader.decoded(frame) if "text" in frame.columns else frame)
    lines = pl.Series("line", numbers[frame.get_column("line").to_numpy() - 1], dtype=pl.Int64)
    named = [pl.lit(service.name).alias("service")] if service.name else []
    if named and frame.get_column("service").is_not_null().any():
        named.append(pl.col("service").alias("x_logged_as"))
    pod = [pl.lit(service.pod).alias("x_pod")] if service.pod else []
    batch.events = frame.with_columns(lines, *named, *pod)
    return batch


PREFIXED = _PrefixedReader.name
READER = _PrefixedReader()
