"""A trial shows what a saved setting does: the times are those of the incident that is read with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from clock_incident import APP, made

import workbench as wb
from workbench.errors import WorkbenchError
from workbench.explorer.clock_trial import Trials, Wish
from workbench.explorer.events import Events
from workbench.store.register import read_register

AUTUMN = datetime(2025, 11, 2, 5, 10, tzinfo=UTC)  # an hour of New York's clock comes twice


def trials(folder) -> Trials:
    """The trials of an incident."""
    pm = wb.open_postmortem(folder)
    zones = {each.path: each.zone for each in read_register(folder).entries if each.zone}
    return Trials(Events.of(pm.events), pm.loaded, zones)


def set_in(folder, path: str, **values) -> None:
    """Writes what a person sets of a source into sources.toml, as the only thing that is set."""
    lines = "\n".join(f"{key} = {value!r}" for key, value in values.items()).replace("'", '"')
    (folder / "sources.toml").write_text(f'[[source]]\npath = "{path}"\n{lines}\n', encoding="utf-8")


def times(events: Events, path: str) -> dict[str, tuple[int, int, int]]:
    """Time, earliest and latest of a source's events, by id."""
    frame = events.part(range(len(events)))
    rows = [row for row, source in enumerate(frame["source"]) if source == path]
    ids = frame["id"].tolist()
    return {ids[row]: (int(events.times[row]), int(events.earliest[row]), int(events.latest[row])) for row in rows}


def as_saved(folder, path: str) -> dict[str, tuple[int, int, int]]:
    """The same of the incident as it is read now."""
    return times(Events.of(wb.open_postmortem(folder).events), path)


@pytest.mark.parametrize("offset", [37, -120.5, 0, 0.0004, 86400 * 3])
def test_an_offset_on_trial_is_what_it_will_be(tmp_path, offset) -> None:
    """To the nanosecond, with the interval: a person's word leaves nothing of the clock open."""
    folder = made(tmp_path)
    tried = times(trials(folder).events({"app.jsonl": Wish(offset=offset)}), "app.jsonl")
    set_in(folder, "app.jsonl", clock_offset_seconds=offset)
    assert tried == as_saved(folder, "app.jsonl")


def test_how_unsure_an_offset_is_goes_into_the_interval(tmp_path) -> None:
    """On trial as when it is saved."""
    folder = made(tmp_path)
    tried = times(trials(folder).events({"app.jsonl": Wish(offset=0.5, unsure=2)}), "app.jsonl")
    set_in(folder, "app.jsonl", clock_offset_seconds=0.5, clock_offset_unsure_seconds=2)
    assert tried == as_saved(folder, "app.jsonl")


def test_nothing_else_moves(tmp_path) -> None:
    """The source alone, by the difference; without a wish the events are those that there were."""
    folder = made(tmp_path)
    of = trials(folder)
    before, after = of.base, of.events({"app.jsonl": Wish(offset=APP + 37)})
    assert times(before, "db.log") == times(after, "db.log")
    now = {name: time for name, (time, _, _) in times(before, "app.jsonl").items()}
    value = wb.open_postmortem(folder).loaded.sources[0].correction.value
    assert {name: now[name] - time for name, (time, _, _) in times(after, "app.jsonl").items()} == dict.fromkeys(
        now, round((APP + 37) * 1e9) - value
    )
    assert of.events({}) is before


@pytest.mark.parametrize("now", ["", "Asia/Tokyo"])
@pytest.mark.parametrize("begin", [None, AUTUMN], ids=["winter", "the hour that comes twice"])
@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "-02:30"])
def test_a_zone_on_trial_is_what_it_will_be(tmp_path, now, begin, zone) -> None:
    """From the zone that was found or that a person set to another one; the offset stays as it is on trial."""
    register = f'[[source]]\npath = "db.log"\nzone = "{now}"\n' if now else ""
    folder = made(tmp_path, register=register, **({"begin": begin} if begin else {}))
    tried = times(trials(folder).events({"db.log": Wish(offset=2, zone=zone)}), "db.log")
    set_in(folder, "db.log", clock_offset_seconds=2, zone=zone)
    assert tried == as_saved(folder, "db.log")


def test_a_zone_where_none_could_be_told(tmp_path) -> None:
    """Its times lie within 26 hours; under a zone on trial they are where they are."""
    folder = made(tmp_path, count=2)  # two shared ids tell nothing
    wide = times(Events.of(wb.open_postmortem(folder).events), "db.log")
    assert all(late - early > 26 * 3600 * 10**9 for _, early, late in wide.values())
    tried = times(trials(folder).events({"db.log": Wish(offset=0, zone="America/New_York")}), "db.log")
    set_in(folder, "db.log", clock_offset_seconds=0, zone="America/New_York")
    assert tried == as_saved(folder, "db.log")


@pytest.mark.parametrize("step", [60.0, -60.0])
def test_a_clock_that_was_set_meanwhile_is_put_right_at_a_stroke(tmp_path, step) -> None:
    """Each event had its own offset; the one that is tried holds for all."""
    folder = made(tmp_path, app=lambda number: APP + (step if number >= 40 else 0), count=90)
    (source,) = [each for each in wb.open_postmortem(folder).loaded.sources if each.report.path == "app.jsonl"]
    assert source.correction.pieces
    tried = times(trials(folder).events({"app.jsonl": Wish(offset=APP)}), "app.jsonl")
    set_in(folder, "app.jsonl", clock_offset_seconds=APP)
    assert tried == as_saved(folder, "app.jsonl")


def test_the_last_trial_is_kept(tmp_path) -> None:
    """Whoever pans while a clock is on trial does not move the events again."""
    of = trials(made(tmp_path))
    one = of.events({"app.jsonl": Wish(offset=1)})
    assert of.events({"app.jsonl": Wish(offset=1)}) is one
    assert of.events({"app.jsonl": Wish(offset=2)}) is not one


@pytest.mark.parametrize(
    ("told", "why"),
    [({"offset": "soon"}, "no number"), ({"offset": True}, "no number"), ({"offset": float("nan")}, "no number"),
     ({"offset": 1e300}, "hundred years"), ({"offset": 1, "unsure": -1}, "cannot be unsure"), ({"zone": "Mars/Olympus"}, "not a time zone"), ({"zone": 7}, "no time zone")],
)  # fmt: skip
def test_what_cannot_be_tried_is_a_sentence(told, why) -> None:
    """A wish comes from a browser."""
    with pytest.raises(WorkbenchError, match=why):
        Wish.of(told)


def test_a_source_that_there_is_not(tmp_path) -> None:
    """It is named."""
    with pytest.raises(WorkbenchError, match=r"nothing\.log"):
        trials(made(tmp_path)).events({"nothing.log": Wish(offset=1)})
