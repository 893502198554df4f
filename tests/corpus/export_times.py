"""No event of an export has a time that its file does not state: as an epoch, or as a clock in a zone it names."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from command import Workbench
    from ledger import Ledger

# Their times are counted from the start of a meeting that is said in words.
NOT_JUDGED = {"transcript_doc_speaker_lines.md", "transcript_doc_with_offsets.md"}
_OFFSET = re.compile(r"[T ]\d{2}:\d{2}(?::\d{2})?(?:[.,]\d+)? ?([+-])(\d{2}):?(\d{2})\b")
_HOURS = {"PST": -8, "PDT": -7, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "CET": 1, "CEST": 2, "BST": 1}
_DEPTH = 3


def check_export_times(ledger: Ledger, workbench: Workbench, files: list[Path]) -> None:
    """Each file's events, told apart from what its text holds."""
    judged = [path for path in files if path.name not in NOT_JUDGED]
    strays = {path.name: found for path in judged if (found := stray_times(workbench, path))}
    detail = "; ".join(f"{name}: {found[0]} and {len(found) - 1} more" for name, found in strays.items())
    ledger.gate(
        "exports: every event's time stands in its file", met=not strays, detail=detail or f"{len(judged)} files"
    )


def stray_times(workbench: Workbench, path: Path) -> list[str]:
    """The times of events that the file's text does not hold in any zone that it names."""
    text = "\n".join(texts_of(path.read_bytes()))
    shifts = {0} | {(1 if sign == "+" else -1) * (int(h) * 60 + int(m)) for sign, h, m in _OFFSET.findall(text)}
    shifts |= {hours * 60 for name, hours in _HOURS.items() if re.search(rf"\b{name}\b", text)}
    rows = workbench("events", path).lines()
    if rows is None:
        return ["its events are no JSON lines"]
    return sorted({row["time"] for row in rows if not stated(row["time"], text, shifts)})


def stated(time: str, text: str, shifts: set[int]) -> bool:
    """Whether a text holds an instant, to the minute."""
    at = datetime.fromisoformat(time).astimezone(UTC)
    seconds = str(int(at.timestamp()))
    if seconds in text or seconds[:-1] in text:
        return True
    walls = [at + timedelta(minutes=shift) for shift in shifts]
    shapes = ("%H:%M", "%I:%M", "%H%M%S")
    return any(f"{wall:{shape}}".removeprefix("0") in text for wall in walls for shape in shapes)


def texts_of(data: bytes, depth: int = 0) -> list[str]:
    """The text of a file, or of what is packed into it."""
    if data[:2] == b"\x1f\x8b":
        return texts_of(gzip.decompress(data), depth)
    if data[:4] == b"PK\x03\x04" and depth < _DEPTH:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return [text for name in packed.namelist() for text in texts_of(packed.read(name), depth + 1)]
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return [data.decode("utf-16", "replace")]
    return [data.decode("utf-8", "replace")]
