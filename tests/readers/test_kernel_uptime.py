"""Kernel messages by uptime: dated where the kernel says the clock, and told why where it does not."""

from __future__ import annotations

from workbench.readers.base import Certainty
from workbench.readers.kernel_uptime import AFTER_SLEEP, NO_DATE, READER

CLOCK = "[    2.500000] rtc_cmos 00:00: setting system clock to 2025-11-17T14:00:00 UTC (1763388000)\n"
KILLED = "[  123.456789] Out of memory: Killed process 812 (java) total-vm:8123456kB\n"


def test_without_a_clock_no_message_is_dated_and_the_reason_is_told(read) -> None:
    """Nothing is dropped in silence, and no date is guessed."""
    found = read(READER, "[    0.000000] Linux version 6.1.0\n" + KILLED, "dmesg.txt")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.events == []
    assert [(each.position, each.reason) for each in found.rejected] == [(1, NO_DATE), (2, NO_DATE)]
    assert "dmesg -T" in found.notes[0]


def test_the_clock_that_the_kernel_read_dates_all_messages_of_that_boot(read) -> None:
    """Also those before it; the machine's own clock may be off, which the interval says."""
    found = read(READER, "[    0.000000] Linux version 6.1.0\n" + CLOCK + KILLED, "dmesg.txt")
    assert found.column("time") == [
        "2025-11-17T13:59:57.500Z",
        "2025-11-17T14:00:00.000Z",
        "2025-11-17T14:02:00.956Z",
    ]
    assert found.events[0]["message"] == "Linux version 6.1.0"
    assert found.events[0]["earliest"] == "2025-11-17T13:58:57.499Z"


def test_after_a_sleep_no_message_is_dated(read) -> None:
    """The counter stood still for an unknown time."""
    asleep = "[  100.000000] PM: suspend entry (deep)\n"
    found = read(READER, CLOCK + asleep + KILLED, "dmesg.txt")
    assert found.column("line") == [1]
    assert [each.reason for each in found.rejected] == [AFTER_SLEEP, AFTER_SLEEP]


def test_each_boot_has_a_clock_of_its_own(read) -> None:
    """A counter that falls back is another boot, and the clock of the one before is not its."""
    found = read(READER, CLOCK + KILLED + "[    0.000000] Linux version 6.1.0\n", "dmesg.txt")
    assert found.column("line") == [1, 2]
    assert [each.position for each in found.rejected] == [3]


def test_levels_come_from_the_priority_or_its_name(read) -> None:
    """`dmesg -r` writes numbers, `dmesg -x` words."""
    raw = "<3>[  123.456789] EXT4-fs error (device sda1)\nkern  :warn  : [  124.000000] CPU0: throttled\n"
    assert [event["level"] for event in read(READER, CLOCK + raw, "dmesg.txt").events] == [None, "error", "warn"]
