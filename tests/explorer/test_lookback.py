"""What was known by a moment, the curves of measurements, and what people judged: of the sample incident."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.explorer import surroundings
from workbench.explorer.background import Background
from workbench.explorer.current import Current
from workbench.explorer.events import Events
from workbench.explorer.following import Following
from workbench.explorer.judged import Judged
from workbench.explorer.judging import Judging
from workbench.explorer.lookback import Lookback
from workbench.timeline.load import Settings

SAMPLE = Path(__file__).parents[2] / "sample_data" / "connection-pool"


@pytest.fixture(scope="module")
def pm(tmp_path_factory):
    """The sample incident in a folder of its own."""
    folder = tmp_path_factory.mktemp("incident") / "one"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("output"))
    return wb.open_postmortem(folder)


@pytest.fixture
def lookback(pm) -> Lookback:
    """Its lookback."""
    return Lookback(Current(pm), Judged(pm.folder.path, Events.of(pm.events)))


def ms(text: str) -> float:
    """Milliseconds since 1970."""
    return pd.Timestamp(text).value / 1e6


def ready(lookback: Lookback, at: float) -> dict:
    """The answer, once it is made."""
    for _ in range(60):
        reply, _ = lookback.then({"at": at})
        if reply["ready"]:
            return reply["setup"]
    raise AssertionError("not ready")


@pytest.mark.parametrize("at", ["2025-11-17T14:05Z", "2025-11-17T14:10Z", "2025-11-17T14:30Z"])
def test_what_was_known_is_what_the_command_says(pm, lookback, at) -> None:
    """The milestones of ``metrics --as-of``, and nothing that lies after the moment."""
    known = wb.open_postmortem(pm.folder.path)
    known.settings = Settings(as_of=pd.Timestamp(at).value)
    wanted = {
        name.capitalize(): one.time / 1_000_000 for name, one in known.measures.findings.milestones.items() if one.time
    }
    found = ready(lookback, ms(at))
    assert {one["name"]: one["time"] for one in found["milestones"]} == wanted
    assert all(band["start"] <= band["end"] <= ms(at) for band in found["bands"])
    assert len(found["bands"]) > 1
    assert max(found["curve"]["times"]) <= ms(at)


def test_the_phase_that_goes_on_ends_at_the_moment(lookback) -> None:
    """Between two milestones the phase is known by what it began with."""
    at = ms("2025-11-17T14:15Z")
    phases = [band for band in ready(lookback, at)["bands"] if band["kind"] == "phase"]
    assert phases[-1]["end"] == at
    assert phases[-1]["name"].startswith("Mitigate")
    assert not [band for band in ready(lookback, ms("2025-11-17T13:55Z"))["bands"] if band["kind"] == "phase"]


def test_sources_are_not_read_again(pm, monkeypatch) -> None:
    """What was known is cut out of what is there."""
    _ = pm.events, pm.edge, pm.metrics
    monkeypatch.setattr("workbench.timeline.load.Loader.load", lambda *_: 1 / 0)
    then = pm.known_by(pd.Timestamp("2025-11-17T14:10Z").value)
    assert (then.events["earliest"] <= pd.Timestamp("2025-11-17T14:10Z")).all()
    assert len(then.events) == 15_883


def test_any_series_is_a_curve(pm, lookback) -> None:
    """The menu names it with its unit; its points are those of the measurements, until the cursor."""
    menu = lookback.series({})[0]["series"]
    active = next(one for one in menu if one["name"] == "hikaricp_connections_active")
    assert menu[0]["name"] != "ALERTS"
    own = pm.metrics[pm.metrics["name"] == "hikaricp_connections_active"]
    window = {"start": ms("2025-11-17T13:00Z"), "end": ms("2025-11-17T16:00Z"), "bins": 500}
    reply, buffers = lookback.curve({"key": active["key"], **window})
    times, values = (np.frombuffer(one) for one in buffers)
    assert values.tolist() == own["value"].tolist()
    assert (times + reply["start"]).tolist() == pytest.approx((own["time"].astype("int64") / 1e6).tolist())
    until = ms("2025-11-17T14:00Z")
    _, buffers = lookback.curve({"key": active["key"], **window, "until": until})
    assert len(np.frombuffer(buffers[1])) == (own["time"] <= "2025-11-17T14:00Z").sum()


def test_judgements_have_the_rows_of_their_events(pm) -> None:
    """Pins, hidden events and notes, in order of time; hidden rows can be left out; a withdrawn one is gone."""
    events, judging = Events.of(pm.events), Judging(pm.folder.path)
    judged = Judged(pm.folder.path, events)
    before = judged.revision
    ids = events.frame["id"].tolist()
    judging.judge(ids[500], "pin", None, "")
    state = judging.judge(ids[20], "hide", "noise of a probe", "")
    judging.judge(ids[77], "note", "that was me", "")
    judging.judge("abcd-99", "pin", None, "")  # of a source that is not here any more
    found = [
        (one["row"], one["pinned"], one["hidden"], one["note"]) for one in judged.marks() if one["row"] in (20, 77, 500)
    ]
    assert found == [(20, False, "noise of a probe", None), (77, False, None, "that was me"), (500, True, None, None)]
    assert 20 in judged.hidden.tolist()
    assert judged.revision != before
    judging.judge(ids[20], "unhide", None, state["base"])
    assert 20 not in judged.hidden.tolist()


def test_a_change_on_disk_is_told_soon() -> None:
    """Whoever follows hears of it once; a follower that is gone is let go."""
    heard: list[int] = []
    state = [0]

    class Whom:
        def tell(self) -> bool:
            heard.append(state[0])
            return True

    whom = Whom()
    following = Following(lambda: state[0], whom.tell, seconds=0.01)
    following.start()
    state[0] = 1
    until = time.monotonic() + 5
    while not heard and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.05)
    assert heard == [1]
    thread = following._thread
    del whom
    thread.join(5)
    assert not thread.is_alive()


def test_of_many_wishes_only_the_last_is_made() -> None:
    """While one is made, those that come do not queue; an error is raised where the thing is asked for."""
    made: list[int] = []
    background: Background[int] = Background()

    def make(number: int) -> int:
        time.sleep(0.05)
        made.append(number)
        return number

    for number in range(8):
        background.get(number, lambda number=number: make(number), 0.0)
    assert background.get(7, lambda: make(7), 5) == 7
    assert made in ([0, 7], [7])
    with pytest.raises(ZeroDivisionError):
        background.get("wrong", lambda: 1 // 0, 5)


def test_zones_are_those_of_people_and_sources(pm) -> None:
    """Each with whose it is."""
    zones = surroundings.zones(pm)
    assert all(one["zone"] and one["whose"] for one in zones)
    assert not {"UTC"} & {one["zone"] for one in zones}
