"""Hosts: a source whose times name no zone takes that which another program of its host shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from workbench.postmortem import read_files
from workbench.timeline.frame import merged

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.model import SourceReport
    from workbench.timeline.load import Loaded

    Reading = Callable[..., Loaded]


@pytest.fixture
def reading(tmp_path, monkeypatch) -> Reading:
    """`reading(path=text, …)`: the sources; a double underscore in a name is a folder."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))

    def read(**texts: str) -> Loaded:
        for name, text in texts.items():
            file = tmp_path / "in" / name.replace("__", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return read_files([tmp_path / "in"])

    return read


def app(*times: str, host: str = "web-1") -> str:
    """An application's log that states its offset from UTC."""
    return "".join(json.dumps({"ts": each, "host": host, "msg": f"up {at}"}) + "\n" for at, each in enumerate(times))


def found(loaded: Loaded, name: str) -> SourceReport:
    """The account of a source."""
    return next(each for each in loaded.reports if each.path.endswith(name))


SYSLOG = "Nov 17 19:30:05 web-1 postgres[7]: FATAL: out of memory\nNov 17 19:40:05 web-1 postgres[7]: LOG: ready\n"
IN_INDIA = ("2025-11-17T19:20:00+05:30", "2025-11-17T20:00:00+05:30")


def test_a_syslog_takes_the_zone_that_a_program_of_its_host_shows(reading) -> None:
    """Zone and year; it is said whose word it is, and that it is less sure than ids are: it may as well be UTC."""
    loaded = reading(app=app(*IN_INDIA), syslog=SYSLOG)
    report = found(loaded, "syslog")
    assert (report.zone, report.zone_basis) == ("UTC+05:30", "by its host")
    (note,) = [note for note in report.notes if "name no zone" in note]
    assert "because app shows that of the same host, web-1 (confidence 0.60)" in note
    row = next(row for row in merged(loaded).iter_rows(named=True) if row["source"] == "syslog")
    assert row["time"].isoformat() == "2025-11-17T14:00:05+00:00"
    assert (row["earliest"].isoformat()[:16], row["latest"].isoformat()[:16]) == (
        "2025-11-17T13:55",
        "2025-11-17T19:35",
    )


@pytest.mark.parametrize(
    "texts",
    [
        {"app": app("2025-11-17T13:50:00Z", "2025-11-17T14:30:00Z")},
        {"app": app("2025-11-17T13:50:00+00:00", "2025-11-17T19:30:00+05:30")},
        {"app": app(*IN_INDIA, host="web-2")},
        {"app": app(*IN_INDIA), "b": app("2025-11-17T15:20:00+01:00", "2025-11-17T16:00:00+01:00")},
        {"app": app("2025-11-17T23:20:00+05:30", "2025-11-17T23:59:00+05:30")},
        {"app": app(*IN_INDIA).replace("up 1", "from 08:00:00 -0800 on").replace("+05:30", "Z")},
        {"app": app(*IN_INDIA) + '{"ts":"2025-11-17T14:00:00Z","host":"web-1","msg":"up"}\n'},
    ],
    ids=("UTC", "UTC too", "another host", "two zones", "another time", "a time in the text", "one in UTC"),
)
def test_what_does_not_tell_the_zone_leaves_it_open(reading, texts) -> None:
    """Programs write UTC wherever they run; another host, two zones, or a zone that leads away from the others."""
    assert found(reading(**texts, syslog=SYSLOG), "syslog").zone_basis == "assumed UTC"


def test_a_zone_that_may_change_meanwhile_is_told_with_what_else_it_may_be(reading) -> None:
    """The program shows -04:00 on the day before the clocks are put back; the log goes on after that."""
    loaded = reading(
        app=app("2025-11-01T10:00:00-04:00", "2025-11-01T20:00:00-04:00"),
        syslog="Nov  1 12:00:00 web-1 cron[1]: up\nNov  2 12:00:00 web-1 cron[1]: up\n",
    )
    first, last = (row for row in merged(loaded).iter_rows(named=True) if row["source"] == "syslog")
    assert (first["time"].isoformat()[:16], last["time"].isoformat()[:16]) == ("2025-11-01T16:00", "2025-11-02T17:00")
    assert first["latest"].isoformat()[:16] == "2025-11-01T16:05"
    assert last["latest"].isoformat()[:16] == "2025-11-02T17:05"
    assert last["earliest"].isoformat()[:16] == "2025-11-02T11:55"


def test_ids_are_asked_before_the_host(reading) -> None:
    """The database writes UTC on a machine in Tokyo, and shares ids with the program that says so."""
    ids = [f"{number:016x}" for number in range(0xA0000, 0xA0000 + 60)]
    lines = [
        json.dumps({"ts": f"2025-11-17T{22 + at // 60:02d}:{at % 60:02d}:00+09:00", "host": "web-1", "request_id": one,
                    "duration_ms": 40, "status": 200, "msg": "served"})
        for at, one in enumerate(ids)
    ]  # fmt: skip
    rows = [
        f"2025-11-17 {13 + at // 60:02d}:{at % 60:02d}:00.010 LOG [web-1] query request_id={one}"
        for at, one in enumerate(ids)
    ]
    loaded = reading(app="\n".join(lines) + "\n", a_db="\n".join(rows) + "\n")
    assert found(loaded, "a_db").zone_basis == "by shared ids"
    assert found(loaded, "a_db").zone == "UTC+00:00"
    assert abs(found(loaded, "app").clock_offset.value) < 1
