"""The explorer where no widget lives: a plain, small, true picture, and the same in words."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import nbformat
import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.charts.layout import text_width
from workbench.explorer.events import Events
from workbench.explorer.picture import picture
from workbench.explorer.surroundings import of_frame, of_postmortem

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
PLAIN = {"svg", "title", "desc", "style", "rect", "text", "path"}


def drawn(frame: pd.DataFrame, title: str = "Events") -> tuple[ET.Element, str]:
    """The picture of a frame, read as XML, and its words."""
    events = Events.of(frame)
    made = picture(events, of_frame(events, title=title))
    return ET.fromstring(made.svg), made.words


@pytest.fixture(scope="module")
def sample() -> tuple[ET.Element, str, str]:
    """The sample incident's picture, its text and its words."""
    pm = wb.open_postmortem(ROOT / "sample_data" / "connection-pool")
    events = Events.of(pm.events)
    made = picture(events, of_postmortem(pm, events))
    return ET.fromstring(made.svg), made.svg, made.words


def texts(root: ET.Element) -> list[ET.Element]:
    """All words that are drawn."""
    return list(root.iter(f"{SVG}text"))


def edges(text: ET.Element) -> tuple[float, float, float]:
    """Left, right and base line of words."""
    x, wide = float(text.get("x")), text_width(text.text or "", 11) * 0.85
    left = {"end": x - wide, "middle": x - wide / 2}.get(text.get("text-anchor", ""), x)
    return left, left + wide, float(text.get("y"))


def test_the_sample_has_all_that_the_explorer_shows(sample) -> None:
    """Milestones with their rows of the report, the curve's height, phases, alerts, status, lanes with counts, UTC."""
    root, _, words = sample
    seen = {text.text for text in texts(root)}
    assert {
        "E1 Started",
        "E12 Mitigated",
        "E17 Resolved",
        "to 19%",
        "Mitigate 14 min",
        "HighErrorRate",
        "Monitoring",
    } <= seen
    assert {"web-1/access.log.gz", "31,271", "1,426", "UTC", "14:00", "14:30", "Source", "errors"} <= seen
    assert "21,247 of 36,569 events, 17 Nov 2025, 13:54 to 14:42 UTC" in seen
    assert "14:00:04 Started" in words
    assert "web-1/access.log.gz 31,271" in words


def test_no_words_touch(sample) -> None:
    """Milestones, bands, ticks, lanes and numbers: on one line nothing runs into anything else."""
    placed = sorted((edges(text) for text in texts(sample[0])), key=lambda one: (one[2], one[0]))
    pairs = [(one, other) for one, other in itertools.pairwise(placed) if one[2] == other[2]]
    assert len(pairs) > 40
    assert [(one, other) for one, other in pairs if one[1] > other[0]] == []
    assert max(right for _, right, _ in placed) <= 960


def test_it_is_plain_and_small(sample) -> None:
    """No script, no link, no foreign part: what forges take away; every shape has its light colour by itself."""
    root, svg, _ = sample
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= PLAIN
    assert len(svg.encode()) < 40_000
    coloured = [one for one in root.iter() if one.tag.removeprefix(SVG) in {"rect", "text", "path"}]
    assert all((one.get("fill") or "").startswith("#") or (one.get("stroke") or "").startswith("#") for one in coloured)


def test_dark_pages_get_dark_colours(sample) -> None:
    """Each colour that changes has its rule, where the viewer lets a style in."""
    style = sample[0].find(f"{SVG}style").text
    assert style.startswith("@media (prefers-color-scheme:dark)")
    for tone in ("ground", "ink", "quiet", "calm", "error"):
        assert re.search(rf"\.pmp-{tone}{{fill:#[0-9a-f]{{6}}}}", style), tone


def test_the_bars_are_the_counts() -> None:
    """One event in the middle is one bar of the least height; errors stand in their own row below, and only there."""
    frame = pd.DataFrame({
        "time": pd.to_datetime(["2025-11-17T14:00:00Z", "2025-11-17T14:10:00Z", "2025-11-17T14:20:00Z"]),
        "service": ["a", "a", "b"], "level": ["info", "error", "warn"],
    })  # fmt: skip
    paths = [one for one in drawn(frame)[0].iter(f"{SVG}path") if len(one.get("d", "")) < 40]
    bars = [one.get("class") for one in paths if one.get("class") in {"pmp-calm", "pmp-warn"}]
    assert bars == ["pmp-calm", "pmp-warn"]
    errors = [one.get("d") for one in paths if one.get("class") == "pmp-error-line"]
    assert len(errors) == 1
    assert re.fullmatch(r"M(\d+) [\d.]+h3", errors[0])
    assert abs(int(errors[0][1:4]) - (264 + 688 / 2)) < 4


def test_a_million_events_are_less_than_a_hundred_kilobytes() -> None:
    """However many there are, and in the worst case of lanes: twenty are drawn, the others are counted."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({
        "time": pd.to_datetime(np.sort(rng.integers(0, 10**8, 1_000_000)), unit="ms", utc=True),
        "service": rng.choice([f"service {at}" for at in range(60)], 1_000_000),
        "level": rng.choice(["info", "warn", "error"], 1_000_000),
    })  # fmt: skip
    root, _ = drawn(frame)
    seen = [text.text for text in texts(root)]
    assert "and 21 more lanes" in seen
    assert any(text.startswith("1,000,000 events") for text in seen)
    assert len(ET.tostring(root)) < 100_000


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ([], "No events"),
        (["2025-01-01T12:00:00Z"], "1 event, 1 Jan 2025, 11:59:30 to 12:00:30 UTC"),
        (["2025-01-01T00:00:00Z", "2025-01-01T00:00:09Z"], "2 events, 1 Jan 2025, 00:00:00 to 00:00:09 UTC"),
        (["2015-01-01T00:00:00Z", "2025-01-01T00:00:00Z"], "2 events, 1 Jan 2015 00:00 to 1 Jan 2025 00:00 UTC"),
    ],
)
def test_any_stretch_has_an_axis(times, told) -> None:
    """Nothing, a moment, seconds, ten years: ticks are few and in the picture."""
    root, words = drawn(pd.DataFrame({"time": pd.to_datetime(times, utc=True), "level": "info"}))
    assert told in words
    ticks = [edges(text) for text in texts(root) if text.get("text-anchor") == "middle"]
    assert len(ticks) <= 9
    assert all(264 < left < right < 960 for left, right, _ in ticks)


def test_hostile_text_stays_text() -> None:
    """Markup, control characters and unpaired surrogates in titles and names."""
    evil = '<script>alert(1)</script>]]>&amp;"\x00\x0b\u202e'
    frame = pd.DataFrame({"time": pd.date_range("2025-11-17", periods=3, tz="UTC"), "service": evil, "level": "info"})
    root, words = drawn(frame, title=evil + "\ud800")
    assert root.find(f".//{SVG}script") is None
    assert root.find(f"{SVG}title").text.startswith("<script>alert(1)")
    words.encode()


def test_a_run_without_people_leaves_the_picture() -> None:
    """papermill and nbconvert --execute: what they write shows the picture, and no hole where a widget was."""
    pytest.importorskip("anywidget")
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    cell = (
        'import pandas as pd, workbench as wb\nwb.show(pd.DataFrame({"time": pd.date_range("2025-11-17", periods=3)}))'
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {"image/svg+xml", "text/plain"}
    assert output.data["text/plain"].startswith("Events. 3 events, 17 Nov 2025")
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert "data:image/svg+xml;base64" in page


@pytest.mark.parametrize(
    ("asks", "server", "somebody"),
    [(True, "", True), (False, "", False), (False, "voila/0.5.13", True), (None, "", True)],
)
def test_a_program_is_told_from_people(monkeypatch, asks, server, somebody) -> None:
    """Who runs the cells can be asked something, or cannot; Voila runs them for the person who looks."""
    audience = pytest.importorskip("workbench.explorer.audience")
    shell = None if asks is None else SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=asks))
    monkeypatch.setattr(audience, "get_ipython", lambda: shell)
    monkeypatch.setenv("SERVER_SOFTWARE", server)
    assert audience.attended() is somebody
