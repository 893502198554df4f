"""web-1/access.log.gz: what nginx wrote for each request, with the faults that real logs have."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

from generator import clock
from generator.draw import Draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.traffic import Request

REPEATED = 5  # lines that were shipped twice, to the byte
CUT = 2  # lines that end in the middle of the time
JUNK = b"\xff\xfe\xc3( -- buffer reused --\x80\x81"


def access_log(requests: Sequence[Request]) -> bytes:
    """The log, compressed without a name or a date."""
    lines = [_line(request).encode() for request in requests]
    _spoil(lines, requests)
    return _compressed(b"\n".join(lines) + b"\n")


def _line(request: Request) -> str:
    when = clock.from_ms(request.end_ms).strftime("%d/Nov/%Y:%H:%M:%S +0000")
    return (
        f"{request.address} - {request.customer or '-'} [{when}] "
        f'"{request.method} {request.path} HTTP/1.1" {request.status} {request.size} '
        f'"-" "{request.agent}" rid={request.rid} rt={request.took_ms / 1000:.3f} '
        f"upstream={request.service}"
    )


def _spoil(lines: list[bytes], requests: Sequence[Request]) -> None:
    """Cut two lines of the quiet catalogue, repeat some, and put in one of no meaning."""
    draw = Draw("edge log")
    quiet = [i for i, r in enumerate(requests) if r.status == 200 and r.service == "catalog-api"]
    for place in draw.some(quiet, CUT):
        lines[place] = lines[place].partition(b"Nov/2025:")[0] + b"Nov/20"
    failed = [i for i, r in enumerate(requests) if r.failed]
    intact = [i for i, r in enumerate(requests) if r.service == "auth-api"]
    twice = draw.some(failed, 2) + draw.some(intact, REPEATED - 2)
    for place in sorted(twice, reverse=True):
        lines.insert(place + 1, lines[place])
    lines.insert(draw.whole(0, len(lines)), JUNK)


def _compressed(text: bytes) -> bytes:
    held = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=held, mtime=0) as packed:
        packed.write(text)
    return held.getvalue()
