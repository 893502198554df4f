"""Kernel messages by the time since boot (`dmesg`): dated where the kernel says what the clock was, else told why not.

https://man7.org/linux/man-pages/man1/dmesg.1.html and Documentation/admin-guide/printk-basics: `[seconds since boot]`.
The kernel's counter stands still while the machine sleeps, so that what follows a sleep cannot be dated.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.clock import Instant, ZoneBasis
from workbench.clock.zone import SECOND
from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim, EventRows, Rejected
from workbench.readers.blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.readers.base import Head, Source

_LINE = re.compile(
    r"^(?:<(?P<priority>\d{1,3})>)?(?:[a-z]+ {0,8}:(?P<level>[a-z]{3,7}) {0,8}: )?"
    r"\[ {0,11}(?P<whole>\d{1,9})\.(?P<part>\d{6})\](?:\[ *[TC]\d+\])? ?(?P<text>.*)$",
    re.DOTALL,
)
_CLOCK = re.compile(r"setting system clock to [0-9T: -]{19} UTC \((\d{10})\)|\baudit\((\d{10})\.\d{3}:\d+\)")
_SLEEPS = re.compile(r"PM: suspend (?:entry|of devices)|PM: hibernation: hibernation entry")
_LEVELS = {"emerg": "fatal", "alert": "fatal", "crit": "fatal", "err": "error", "warn": "warn", "notice": "info",
           "info": "info", "debug": "debug"}  # fmt: skip
_BY_PRIORITY = tuple(_LEVELS.values())
_ENOUGH = 0.6
_DOUBT = 60  # seconds that the machine's own clock may be off when the kernel read it
_DRIFT = 1e-4  # that its counter may run wrong
NO_DATE = "the time is that since boot, and no line says when that was"
AFTER_SLEEP = "the time is that since boot, and the counter stood still while the machine slept"


class _KernelUptime:
    """The messages of one ring buffer, or of several boots one after the other."""

    name = "kernel_uptime"
    title = "Linux kernel messages by the time since boot (dmesg)"
    example = "dmesg.txt"
    unfolds = "a message a line, dated where the kernel says what the clock was at boot"
    kind = Kind.LOG.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """Most lines begin with seconds since boot in brackets."""
        lines = [line for line in head.lines if line.strip()][:400]
        share = sum(_LINE.match(line) is not None for line in lines) / max(len(lines), 1)
        return Claim(Certainty.SIGNATURE, share) if not head.members and share >= _ENOUGH else None

    def read(self, source: Source) -> Iterator[Batch]:
        """The messages in file order."""
        found = list(_matches(source))
        starts = _boots(found)
        rows, rejected, records = EventRows(), list[Rejected](), 0
        for (line, text, match), (boot, anchored, why) in zip(found, starts, strict=True):
            records += 1
            if match is None:
                rejected.append(Rejected(line, text[:400], "not a kernel message"))
            elif boot is None:
                rejected.append(Rejected(line, text[:400], why))
            else:
                when = _instant(boot, _uptime(match), anchored)
                rows.add(when, line=line, kind=Kind.LOG, message=match["text"], level=_level(match), service="kernel",
                         uptime=f"{match['whole']}.{match['part']}")  # fmt: skip
        yield Batch(events=rows.frame(), rejected=rejected, records=records, notes=_notes(len(rows), len(rejected)))


def _matches(source: Source) -> Iterator[tuple[int, str, re.Match[str] | None]]:
    with source.open() as stream:
        for block in Blocks(stream):
            for index in range(len(block)):
                text = block.text(index)
                if text.strip():
                    yield block.first_line + index, text, _LINE.match(text)


def _uptime(match: re.Match[str]) -> int:
    return int(match["whole"]) * SECOND + int(match["part"]) * 1_000


def _boots(found: list[tuple[int, str, re.Match[str] | None]]) -> list[tuple[int | None, int, str]]:
    """For each line: when its machine booted (ns), at which uptime that was known, and why not where it is not."""
    rows: list[tuple[int | None, int, str]] = []
    first, last = 0, 0
    for index, (_, _, match) in enumerate(found):
        uptime = _uptime(match) if match else last
        if uptime < last - 10 * SECOND:  # another boot
            first = index
        last = uptime
        before = rows[-1] if index > first else (None, 0, NO_DATE)
        rows.append(before)
        if match and (clock := _CLOCK.search(match["text"])):
            known = (int(clock[1] or clock[2]) * SECOND - uptime, uptime, "")
            start = index if before[0] is not None or before[2] == AFTER_SLEEP else first
            rows[start:] = [known] * (index + 1 - start)
        elif match and _SLEEPS.search(match["text"]):
            rows[-1] = (None, 0, AFTER_SLEEP)
    return rows


def _instant(boot: int, uptime: int, anchored: int) -> Instant:
    doubt = _DOUBT * SECOND + round(abs(uptime - anchored) * _DRIFT)
    return Instant(boot + uptime, boot + uptime - doubt, boot + uptime + doubt, ZoneBasis.EPOCH)


def _level(match: re.Match[str]) -> str | None:
    if match["priority"]:
        return _BY_PRIORITY[int(match["priority"]) % 8]
    return _LEVELS.get(match["level"] or "")


def _notes(events: int, rejected: int) -> list[str]:
    if events:
        return ["Times are seconds since boot, dated by the machine's clock at boot, a minute of doubt either side."]
    if rejected:
        return ["Times are seconds since boot, and nothing says when that was. `dmesg -T` or `journalctl -k` says it."]
    return []


READER = _KernelUptime()
