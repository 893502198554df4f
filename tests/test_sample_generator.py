"""The sample incident can be made again, and holds what the demonstration promises."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

SAMPLE_DATA = Path(__file__).resolve().parent.parent / "sample_data"
COMMITTED = SAMPLE_DATA / "connection-pool"
PEOPLE = ("incident.toml", "narrative.md", "factors.toml", "actions.toml", "sources.toml")
ACCESS = re.compile(
    rb"^\S+ - (?P<customer>\S+) \[17/Nov/2025:(?P<time>[\d:]{8}) \+0000\] "
    rb'"\S+ \S+ HTTP/1\.1" (?P<status>\d{3}) \d+ "-" "[^"]+" rid=\w{12} rt=\d+\.\d{3} upstream=\S+$'
)


@dataclass(frozen=True, slots=True)
class EdgeLog:
    """The access log, read without the workbench."""

    lines: list[bytes]
    first_copies: list[re.Match[bytes]]

    @property
    def failed(self) -> list[re.Match[bytes]]:
        """The requests that were turned away."""
        return [line for line in self.first_copies if line["status"] == b"503"]


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, made again elsewhere by the command that a person would type."""
    target = tmp_path_factory.mktemp("sample") / "connection-pool"
    command = [sys.executable, str(SAMPLE_DATA / "generate.py"), str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def edge() -> EdgeLog:
    """The committed access log."""
    text = gzip.decompress((COMMITTED / "sources/web-1/access.log.gz").read_bytes())
    lines = text.splitlines()
    matches = [ACCESS.match(line) for line in dict.fromkeys(lines)]
    return EdgeLog(lines, [match for match in matches if match])


def contents(folder: Path) -> dict[str, bytes]:
    """The exports and the people's files; what the tool derived is left out."""
    paths = [path for path in (folder / "sources").rglob("*") if path.is_file()]
    paths += [folder / name for name in PEOPLE]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def comparable(files: dict[str, bytes]) -> dict[str, bytes]:
    """Another deflate library packs the same text into other bytes: then compare the text."""
    if "ng" not in zlib.ZLIB_RUNTIME_VERSION:
        return files
    return {name: gzip.decompress(held) if name.endswith(".gz") else held for name, held in files.items()}


def test_made_again_it_is_the_same_to_the_byte(remade: Path) -> None:
    """The committed folder is exactly what the generator writes."""
    again, before = comparable(contents(remade)), comparable(contents(COMMITTED))
    assert sorted(again) == sorted(before)
    assert [name for name in again if again[name] != before[name]] == []


def test_it_stays_small() -> None:
    """A clone does not pay more than 2.5 MB for the sample."""
    assert sum(map(len, contents(COMMITTED).values())) < 2_500_000


def test_failures_fill_the_window(edge: EdgeLog) -> None:
    """The first and the last 503 stand where the story says."""
    times = [line["time"] for line in edge.failed]
    assert (times[0], times[-1]) == (b"14:00:04", b"14:24:57")


def test_about_fifteen_percent_of_the_requests_fail(edge: EdgeLog) -> None:
    """The share holds over the window of the impact."""
    window = [line for line in edge.first_copies if b"14:00:04" <= line["time"] < b"14:25:00"]
    assert 0.145 < len(edge.failed) / len(window) < 0.155


def test_about_five_hundred_customers_are_affected(edge: EdgeLog) -> None:
    """Distinct customers with at least one failed request; strangers are not counted."""
    affected = {line["customer"] for line in edge.failed} - {b"-"}
    assert 490 <= len(affected) <= 510


def test_the_log_has_faults(edge: EdgeLog) -> None:
    """Five lines came twice, two were cut, and one is no text at all."""
    assert len(edge.lines) - len(set(edge.lines)) == 5
    unread = [line for line in set(edge.lines) if not ACCESS.match(line)]
    assert sorted(line[:2] == b"\xff\xfe" for line in unread) == [False, False, True]


def test_twelve_tickets_belong_to_the_incident() -> None:
    """The other three are of other categories."""
    rows = (COMMITTED / "sources/support_tickets.csv").read_text(encoding="utf-8").splitlines()
    assert (len(rows) - 1, sum(",incident," in row for row in rows)) == (15, 12)


def test_people_wrote_no_milestone() -> None:
    """The table is found in the exports, not read from the people's files; when they met is theirs to write."""
    text = (COMMITTED / "incident.toml").read_text(encoding="utf-8")
    assert list(tomllib.loads(text)["milestones"]) == ["postmortem_held"]
    assert "incident_commander" not in text


def test_action_items_are_the_same_in_both_places() -> None:
    """actions.toml and the tracker name the same six issues."""
    tracker = json.loads((COMMITTED / "sources/jira_issues.json").read_bytes())
    keys = {issue["key"] for issue in tracker["issues"]} - {"OPS-100"}
    text = (COMMITTED / "actions.toml").read_text(encoding="utf-8")
    assert set(re.findall(r'^id = "(.+)"$', text, re.MULTILINE)) == keys
