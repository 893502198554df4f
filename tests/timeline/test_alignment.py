"""Clocks reconciled: offsets and zones follow from shared ids, people's word wins, and nothing is put right in silence."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from workbench.postmortem import read_files
from workbench.timeline.frame import merged
from workbench.timeline.reconciled import reconciled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbench.model import SourceReport
    from workbench.timeline.load import Loaded

UNKNOWN = (-300, 0, 300)  # low, value and high of a clock that cannot be told
WEB, APP, DB = -51.2, 120.5, 93.4  # seconds that the clocks are ahead


@dataclass(frozen=True)
class Request:
    """One request: when it came in, in true time, how long it took, and its id."""

    at: datetime
    took: float
    id: str


def requests(count: int = 90, *, first: str = "2025-02-19T12:30:00", step: float = 61.7) -> list[Request]:
    """Requests about a minute apart."""
    random, start = Random(7), datetime.fromisoformat(first).replace(tzinfo=UTC)
    return [
        Request(start + timedelta(seconds=step * n), random.uniform(0.02, 0.3), f"{random.getrandbits(64):016x}")
        for n in range(count)
    ]


def seen(at: datetime, ahead: float) -> datetime:
    """A time as a clock shows it that is so many seconds ahead."""
    return at + timedelta(seconds=ahead)


def incident(
    folder: Path,
    made: list[Request],
    *,
    app: float = APP,
    web: Callable[[Request], float] = lambda _: WEB,
    zone: str = "America/New_York",
) -> Path:
    """Checks from outside, an access log, an application's log, and a syslog that names neither zone nor year."""
    checks = ["checked_at,check,request_id,http_status,total_ms"]
    access, own, syslog = [], [], []
    for request in made:
        end = request.at + timedelta(seconds=request.took)
        checks.append(
            f"{request.at:%Y-%m-%dT%H:%M:%S}.{request.at.microsecond // 1000:03d}Z,pay,{request.id},200,{request.took * 1000 + 5:.0f}"
        )
        access.append(
            f'10.0.0.1 - - [{seen(end, web(request)):%d/%b/%Y:%H:%M:%S +0000}] "POST /pay HTTP/1.1" 200 45 "-" "curl/8" '
            f"rid={request.id} rt={request.took:.3f}"
        )
        middle = request.at + timedelta(seconds=request.took / 2)
        own.append(
            json.dumps({"ts": round(seen(middle, app).timestamp() * 1000), "msg": "paid", "request_id": request.id})
        )
        local = seen(middle, DB).astimezone(ZoneInfo(zone))
        syslog.append(
            f"{local:%b} {local.day:2d} {local:%H:%M:%S} db-1 postgres[7]: LOG:  select 1 /*rid='{request.id}'*/"
        )
    for name, lines in (("checks.csv", checks), ("access.log", access), ("app.jsonl", own), ("syslog", syslog)):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def report(loaded: Loaded, path: str) -> SourceReport:
    """The account of one source."""
    return next(each for each in loaded.reports if each.path == path)


def offset(loaded: Loaded, path: str) -> tuple[float, float, float]:
    """Low, value and high of a source's clock."""
    found = report(loaded, path).clock_offset
    assert found is not None
    return found.low, found.value, found.high


def rows(loaded: Loaded, path: str) -> list[dict[str, Any]]:
    """A source's events."""
    return [row for row in merged(loaded).iter_rows(named=True) if row["source"] == path]


def test_offsets_follow_from_shared_ids(tmp_path) -> None:
    """Each true offset lies in its interval, which is narrower than a second."""
    loaded = read_files([incident(tmp_path / "in", requests())])
    for path, true in (("access.log", WEB), ("app.jsonl", APP), ("syslog", DB)):
        low, _, high = offset(loaded, path)
        assert low <= true <= high
        assert high - low < 1
    assert any("51.2 s behind" in note and "checks.csv" in note for note in report(loaded, "access.log").notes)


def test_a_zone_and_a_year_follow_from_shared_ids(tmp_path) -> None:
    """The syslog names neither; its events are where they belong, with an interval of seconds."""
    made = requests()
    loaded = read_files([incident(tmp_path / "in", made)])
    found = report(loaded, "syslog")
    assert (found.zone, found.zone_basis) == ("UTC-05:00", "by shared ids")
    assert not [note for note in found.notes if "set it with" in note]
    for row, request in zip(rows(loaded, "syslog"), made, strict=True):
        assert row["earliest"] <= request.at + timedelta(seconds=request.took) <= row["latest"] + timedelta(seconds=1)
        assert row["latest"] - row["earliest"] < timedelta(seconds=3)


def test_the_hour_that_comes_twice_is_told_apart(tmp_path) -> None:
    """The zone is one whose clock was put back, and the order of the lines says which hour it was."""
    made = requests(first="2025-11-02T05:10:00")
    loaded = read_files([incident(tmp_path / "in", made)])
    assert report(loaded, "syslog").zone == "UTC-04:00 then UTC-05:00"
    assert all(
        abs(row["time"] - request.at) < timedelta(seconds=2)
        for row, request in zip(rows(loaded, "syslog"), made, strict=True)
    )


def test_a_clock_that_is_moved_by_37_seconds_has_its_offset_moved_by_37_seconds(tmp_path) -> None:
    """To the millisecond, and no other offset moves."""
    made = requests()
    one = read_files([incident(tmp_path / "one", made)])
    other = read_files([incident(tmp_path / "other", made, app=APP + 37)])
    assert [b - a for a, b in zip(offset(one, "app.jsonl"), offset(other, "app.jsonl"), strict=True)] == pytest.approx(
        [37] * 3, abs=0.001
    )
    assert offset(one, "access.log") == offset(other, "access.log")


def test_the_order_of_the_files_does_not_matter(tmp_path) -> None:
    """The same accounts come out."""
    folder = incident(tmp_path / "in", requests())
    files = sorted(folder.iterdir())
    assert read_files(files).reports == read_files(files[::-1]).reports


def test_the_time_as_it_was_read_is_kept(tmp_path) -> None:
    """It stands beside the corrected one, and can be had back."""
    folder = incident(tmp_path / "in", requests())
    row = rows(read_files([folder]), "app.jsonl")[0]
    logged = rows(read_files([folder], as_logged=True), "app.jsonl")[0]
    assert json.loads(row["attributes"])["original_time"][:23] == logged["time"].isoformat()[:23]
    assert "original_time" not in logged["attributes"]
    assert (logged["time"] - row["time"]).total_seconds() == pytest.approx(APP, abs=0.5)


def test_what_a_person_set_wins(tmp_path) -> None:
    """The offset is applied as it stands, and the clocks that share ids with the source follow it."""
    loaded = read_files([incident(tmp_path / "in", requests())], as_logged=True)
    found = reconciled(loaded, {"app.jsonl": (100.0, 0.0)})
    assert offset(found, "app.jsonl") == (100, 100, 100)
    assert "set by a person" in report(found, "app.jsonl").clock_offset.basis
    assert any("contradict" in note for note in report(found, "app.jsonl").notes)


def test_what_a_person_is_unsure_of_is_carried_by_the_events(tmp_path) -> None:
    """The offset is applied as it stands, also where the interval holds zero; the clocks that follow it carry it too."""
    loaded = read_files([incident(tmp_path / "in", requests())], as_logged=True)
    found = reconciled(loaded, {"app.jsonl": (0.5, 2.0)})
    assert offset(found, "app.jsonl") == (-1.5, 0.5, 2.5)
    row, logged = rows(found, "app.jsonl")[0], rows(loaded, "app.jsonl")[0]
    assert (logged["time"] - row["time"]).total_seconds() == 0.5
    assert (row["latest"] - row["earliest"]).total_seconds() == pytest.approx(4, abs=0.01)


def test_sources_that_share_nothing_stay_as_they_are(tmp_path) -> None:
    """No offset is made up, and it is said that there is none."""
    folder = incident(tmp_path / "in", requests())
    (folder / "app.jsonl").write_text('{"ts":1739968362523,"msg":"up"}\n{"ts":1739968363523,"msg":"down"}\n')
    loaded = read_files([folder])
    assert offset(loaded, "app.jsonl") == UNKNOWN
    assert any("may be off by 5 min either way" in note for note in report(loaded, "app.jsonl").notes)
    assert "original_time" not in (rows(loaded, "app.jsonl")[0]["attributes"] or "")


def test_clocks_that_nobody_vouches_for_are_put_right_to_one_another(tmp_path) -> None:
    """The servers share ids: their order is known. Nobody knows which is right, and the interval of each says so."""
    folder = incident(tmp_path / "in", requests())
    (folder / "checks.csv").unlink()
    loaded = read_files([folder])
    assert offset(loaded, "access.log") == UNKNOWN
    low, value, high = offset(loaded, "app.jsonl")
    assert value == pytest.approx(APP - WEB, abs=0.5)
    assert (low, high) == pytest.approx((value - 300, value + 300), abs=0.5)
    assert any("2 other sources are put right to it" in note for note in report(loaded, "access.log").notes)
    assert any("ahead of that of access.log (90 of 90" in note for note in report(loaded, "app.jsonl").notes)
    assert "original_time" in rows(loaded, "app.jsonl")[0]["attributes"]


def test_servers_that_nobody_vouches_for_still_tell_a_zone(tmp_path) -> None:
    """If their clocks differ by little; each may then be off by five minutes, and the intervals say so."""
    folder = incident(tmp_path / "in", requests(), app=DB + 20)
    (folder / "checks.csv").unlink()
    (folder / "access.log").unlink()
    loaded = read_files([folder])
    assert report(loaded, "syslog").zone == "UTC-05:00"
    assert offset(loaded, "syslog") == UNKNOWN
    assert any("confidence 0.90" in note for note in report(loaded, "syslog").notes)


def test_a_zone_that_a_person_set_is_doubted_but_stays(tmp_path) -> None:
    """The ids say that the times are hours off; that is said, and nothing is moved."""
    folder = incident(tmp_path / "in", requests())
    loaded = read_files([folder], zone="Europe/Berlin", year=2025)
    found = report(loaded, "syslog")
    assert found.clock_offset is None
    (doubt,) = [note for note in found.notes if "may be wrong" in note]
    assert "358 min too early" in doubt
    assert "original_time" not in (rows(loaded, "syslog")[0]["attributes"] or "")


def beside_a_syslog(folder: Path, lines: str) -> Path:
    """A syslog without zone and year, and an application's log that shares no ids with it."""
    folder.mkdir()
    (folder / "syslog").write_text("Nov 17 14:00:05 db-1 postgres[7]: FATAL:  out of memory\n")
    (folder / "app.jsonl").write_text(lines)
    return folder


def test_a_year_follows_from_the_time_that_the_other_sources_tell_of(tmp_path) -> None:
    """A syslog that shares no ids falls into one year only; its zone stays open, and so does its interval."""
    folder = beside_a_syslog(
        tmp_path / "in", '{"ts":"2023-11-17T13:58:00Z","msg":"up"}\n{"ts":"2023-11-17T15:00:00Z","msg":"down"}\n'
    )
    loaded = read_files([folder])
    (row,) = rows(loaded, "syslog")
    assert row["time"].isoformat() == "2023-11-17T14:00:05+00:00"
    assert timedelta(hours=26) <= row["latest"] - row["earliest"] < timedelta(hours=27)
    found = report(loaded, "syslog")
    assert offset(loaded, "syslog") == UNKNOWN
    assert any("begins in 2023, as the time that the other sources tell of shows" in note for note in found.notes)
    assert any("name no zone" in note for note in found.notes)


def test_a_year_that_nothing_tells_stays_open(tmp_path) -> None:
    """Where the others tell of years, or of none near."""
    folder = beside_a_syslog(
        tmp_path / "in", '{"ts":"2023-02-17T13:58:00Z","msg":"up"}\n{"ts":"2025-03-17T15:00:00Z","msg":"down"}\n'
    )
    (row,) = rows(read_files([folder]), "syslog")
    assert row["latest"] - row["earliest"] > timedelta(days=700)


def test_a_persons_offset_leaves_the_zone_to_the_ids(tmp_path) -> None:
    """Both are applied: the offset that was set, in the zone and the year that were found."""
    made = requests()
    loaded = reconciled(read_files([incident(tmp_path / "in", made)], as_logged=True), {"syslog": (93.4, 0.0)})
    found = report(loaded, "syslog")
    assert (found.zone, offset(loaded, "syslog")) == ("UTC-05:00", (93.4, 93.4, 93.4))
    assert all(
        abs(row["time"] - request.at) < timedelta(seconds=2)
        for row, request in zip(rows(loaded, "syslog"), made, strict=True)
    )


def test_differences_of_ten_minutes_and_more_tell_nothing_of_a_clock(tmp_path) -> None:
    """Requests of a quarter of an hour bracket each other too loosely; no time is moved by the middle of that."""
    long = [replace(each, took=900.0) for each in requests(8, step=3000)]
    loaded = read_files([incident(tmp_path / "in", long)])
    assert offset(loaded, "access.log") == offset(loaded, "app.jsonl") == UNKNOWN
    assert "original_time" not in (rows(loaded, "app.jsonl")[0]["attributes"] or "")


def test_one_source_alone_is_not_searched_for_ids(tmp_path, monkeypatch) -> None:
    """That would read every text of it, and could tell nothing."""
    folder = incident(tmp_path / "in", requests(5))
    monkeypatch.setattr("workbench.timeline.sought.sightings", lambda source: pytest.fail(f"{source} is searched"))
    assert read_files([folder / "app.jsonl"]).reports


def test_a_clock_that_was_set_meanwhile_is_put_right_before_and_after(tmp_path) -> None:
    """The access log's was set back by 40 s: each of its events lies where it belongs, and the others as they were."""
    made = requests()
    moment = made[50].at
    web = {each.id: WEB - (40 if each.at >= moment else 0) for each in made}
    loaded = read_files([incident(tmp_path / "in", made, web=lambda each: web[each.id])])
    found = report(loaded, "access.log").clock_offset
    assert found is not None
    assert [round(piece.value) for piece in (found.pieces[0], found.pieces[-1])] == [-51, -91]
    assert any("was set meanwhile: it was 51." in note for note in report(loaded, "access.log").notes)
    for row, each in zip(sorted(rows(loaded, "access.log"), key=lambda row: row["line"]), made, strict=True):
        end = each.at + timedelta(seconds=each.took)
        assert row["earliest"] <= end <= row["latest"] + timedelta(milliseconds=1)
        assert row["latest"] - row["earliest"] < timedelta(seconds=3) or abs(each.at - moment) < timedelta(seconds=130)
    low, _, high = offset(loaded, "app.jsonl")
    assert low <= APP <= high
    assert high - low < 1


def test_a_clock_that_drifts_is_followed(tmp_path) -> None:
    """By 200 millionths, a second in 83 minutes; said, and small in every interval."""
    made = requests()
    web = {each.id: WEB + 2e-4 * (each.at - made[0].at).total_seconds() for each in made}
    loaded = read_files([incident(tmp_path / "in", made, web=lambda each: web[each.id])])
    assert any("did not run evenly: it was" in note for note in report(loaded, "access.log").notes)
    for row, each in zip(sorted(rows(loaded, "access.log"), key=lambda row: row["line"]), made, strict=True):
        end = each.at + timedelta(seconds=each.took)
        assert row["earliest"] <= end <= row["latest"] + timedelta(milliseconds=1)


def test_pieces_come_out_of_the_cache_as_they_went_in(tmp_path) -> None:
    """The second reading gives the same accounts."""
    made = requests()
    web = {each.id: WEB - (40 if each.at >= made[50].at else 0) for each in made}
    folder = incident(tmp_path / "in", made, web=lambda each: web[each.id])
    first = read_files([folder])
    assert first.reports == read_files([folder]).reports
    assert report(first, "access.log").as_json()["clock_offset_seconds"]["pieces"][0]["until"].endswith("Z")


def test_how_far_an_unknown_clock_may_be_off_is_the_teams_to_say(tmp_path) -> None:
    """Five minutes unless workbench.toml says otherwise; a file that is read alone is compared with nothing."""
    folder = incident(tmp_path / "in", requests(1))
    (folder / "checks.csv").unlink()
    known = reconciled(read_files([folder], as_logged=True), {}, assumed_max_skew_seconds=2)
    assert offset(known, "app.jsonl") == (-2, 0, 2)
    (row, *_) = rows(known, "app.jsonl")
    assert row["time"] - row["earliest"] == timedelta(seconds=2)
    assert report(read_files([folder / "app.jsonl"]), "app.jsonl").clock_offset is None


@pytest.mark.parametrize(("first", "which"), [("2025-11-02T05:05:00", "first"), ("2025-11-02T06:05:00", "second")])
def test_an_hour_that_came_twice_is_told_by_ids_where_the_order_of_the_lines_does_not(tmp_path, first, which) -> None:
    """All lines are of one of the two hours in New York, and a person set the zone."""
    made = requests(45, first=first)
    folder = incident(tmp_path / "in", made, zone="America/New_York")
    loaded = read_files([folder], zone="America/New_York", year=2025)
    assert any(f"ids say that it is the {which}" in note for note in report(loaded, "syslog").notes)
    low, _, high = offset(loaded, "syslog")
    assert low <= DB <= high
    for row, each in zip(rows(loaded, "syslog"), made, strict=True):
        assert abs(row["time"] - each.at) < timedelta(seconds=2)
        assert row["latest"] - row["earliest"] < timedelta(seconds=3)


def test_an_hour_that_came_twice_stays_open_where_nothing_tells(tmp_path) -> None:
    """No other source saw its ids: its events may be of either hour."""
    folder = incident(tmp_path / "in", requests(45, first="2025-11-02T06:05:00"))
    for path in folder.iterdir():
        if path.name != "syslog":
            path.unlink()
    (row, *_) = rows(read_files([folder], zone="America/New_York", year=2025), "syslog")
    assert timedelta(hours=1) <= row["latest"] - row["earliest"] < timedelta(hours=1, minutes=1)


def test_a_request_that_chat_quotes_is_no_match(tmp_path) -> None:
    """It was over when somebody wrote of it: four ids in one message four minutes later bound a clock, and move none."""
    made = requests(20)
    folder = incident(tmp_path / "in", made)
    (folder / "checks.csv").unlink()
    late = made[3].at + timedelta(minutes=4)
    said = {
        "type": "message",
        "user": "U1",
        "ts": f"{late.timestamp():.6f}",
        "text": " ".join(each.id for each in made[:4]),
    }
    (folder / "slack.json").write_text(json.dumps([said]))
    loaded = read_files([folder])
    assert report(loaded, "slack.json").format == "slack"
    low, value, high = offset(loaded, "access.log")
    assert -300 < low < WEB - 235
    assert (value, high) == (0, 300)


def test_a_time_in_digits_is_no_id(tmp_path) -> None:
    """Two logs that print their own clock in fourteen digits name nothing together."""
    made = requests(30)
    folder = incident(tmp_path / "in", made)
    lines = [
        json.dumps({"ts": round(seen(each.at, 90).timestamp() * 1000), "msg": f"{seen(each.at, 90):%Y%m%d%H%M%S}"})
        for each in made
    ]
    (folder / "batch.jsonl").write_text("\n".join(lines) + "\n")
    web = (folder / "access.log").read_text().splitlines()
    stamped = [f"{line} at={each.at:%Y%m%d%H%M%S}" for line, each in zip(web, made, strict=True)]
    (folder / "access.log").write_text("\n".join(stamped) + "\n")
    assert offset(read_files([folder]), "batch.jsonl") == UNKNOWN


def test_the_second_id_of_a_line_counts_too(tmp_path) -> None:
    """A job's id before the request's hides nothing; neither has to be hexadecimal."""
    made = [replace(each, id=f"REQ-{number:06d}-ZZ") for number, each in enumerate(requests(30))]
    folder = incident(tmp_path / "in", made)
    own = (folder / "app.jsonl").read_text().replace('"request_id"', '"job_id": "J-000001", "request_id"')
    (folder / "app.jsonl").write_text(own)
    low, _, high = offset(read_files([folder]), "app.jsonl")
    assert low <= APP <= high
    assert high - low < 2


def test_requests_that_are_tried_again_under_their_id_match_one_by_one(tmp_path) -> None:
    """The first with the first and the second with the second, so that half of them do not contradict the other half."""
    made = requests(40)
    again = [replace(each, at=each.at + timedelta(seconds=9)) for each in made]
    every = sorted([*made, *again], key=lambda each: each.at)
    low, _, high = offset(read_files([incident(tmp_path / "in", every)]), "app.jsonl")
    assert low <= APP <= high
    assert high - low < 1


def test_a_zone_that_ids_tell_for_a_part_of_the_file_only_is_open_elsewhere(tmp_path) -> None:
    """The lines of the week before are from before the clocks were put back, if they were put back there."""
    made = requests(30, first="2025-11-08T12:00:00")
    folder = incident(tmp_path / "in", made)
    old = "Oct 30 08:00:00 db-1 postgres[7]: LOG:  checkpoint\n"  # 12:00 UTC in New York
    (folder / "syslog").write_text(old + (folder / "syslog").read_text())
    loaded = read_files([folder])
    first, *rest = sorted(rows(loaded, "syslog"), key=lambda row: row["line"])
    true = datetime(2025, 10, 30, 12, tzinfo=UTC) - timedelta(seconds=DB)
    assert first["earliest"] <= true <= first["latest"] + timedelta(seconds=1)
    assert all(row["latest"] - row["earliest"] < timedelta(seconds=3) for row in rest)
    assert any("would fit as well" in note for note in report(loaded, "syslog").notes)


def test_what_was_found_comes_out_of_the_cache_as_it_went_in(tmp_path) -> None:
    """With what its confidence is capped at."""
    folder = incident(tmp_path / "in", requests(), app=DB + 20)
    (folder / "checks.csv").unlink()
    (folder / "access.log").unlink()
    assert read_files([folder]).reports == read_files([folder]).reports


def test_a_persons_offset_is_applied_where_the_year_came_by_the_time_of_the_others(tmp_path) -> None:
    """No id is shared; the year is found, and the offset is what was said."""
    folder = beside_a_syslog(
        tmp_path / "in", '{"ts":"2023-11-17T13:58:00Z","msg":"up"}\n{"ts":"2023-11-17T15:00:00Z","msg":"down"}\n'
    )
    loaded = reconciled(read_files([folder], as_logged=True), {"syslog": (120.0, 0.0)})
    assert offset(loaded, "syslog") == (120, 120, 120)
    (row,) = rows(loaded, "syslog")
    assert row["time"].isoformat() == "2023-11-17T13:58:05+00:00"


def test_a_persons_offset_leaves_the_hour_to_the_ids(tmp_path) -> None:
    """The hour came twice, ids say that it was the second, and the offset comes off that."""
    made = requests(45, first="2025-11-02T06:05:00")
    logged = read_files([incident(tmp_path / "in", made)], zone="America/New_York", year=2025, as_logged=True)
    found = rows(reconciled(logged, {"syslog": (DB, 0.0)}), "syslog")
    assert all(abs(row["time"] - each.at) < timedelta(seconds=2) for row, each in zip(found, made, strict=True))


def test_a_source_in_pieces_begins_and_ends_where_its_events_do(tmp_path) -> None:
    """Not where the middle of all its offsets would have it."""
    made = requests()
    web = {each.id: WEB - (40 if each.at >= made[50].at else 0) for each in made}
    loaded = read_files([incident(tmp_path / "in", made, web=lambda each: web[each.id])])
    times = [row["time"] for row in rows(loaded, "access.log")]
    found = report(loaded, "access.log").as_json()
    assert (found["first"][:23], found["last"][:23]) == tuple(
        time.isoformat()[:23] for time in (min(times), max(times))
    )
