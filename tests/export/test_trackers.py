"""Trackers: action items in import formats that hold what they say, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from workbench.clock import parse_rfc3339
from workbench.export.calendar import due_days
from workbench.export.trackers import TRACKERS, github_jsonl, gitlab_csv, jira_csv, linear_csv
from workbench.model import ActionItem, ActionKind, ActionStatus, Person, Priority, Team

TEAM = Team(
    people=(
        Person(
            key="ann",
            name="Ann Lee",
            emails=("ann@shop.example",),
            logins={"github": ("annl",), "gitlab": ("ann.lee",)},
        ),
    )
)
ITEM = ActionItem(
    id="A-1", action="Alert on full pools", owner="Ann Lee", priority=Priority.P1, kind=ActionKind.DETECT,
    due=date(2025, 4, 1), done_condition="A drill pages",
)  # fmt: skip
HOSTILE = ActionItem(id="A-2", action='=HYPERLINK("http://x")', owner="@nobody", due=date(2025, 4, 2))


def table(text: str) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(text)))


def test_jira_gets_summary_assignee_and_day() -> None:
    """The assignee by e-mail, as its importer maps people; the incident as a label without blanks."""
    (row,) = table(jira_csv([ITEM], "INC 7", TEAM))
    assert (row["Summary"], row["Assignee"], row["Due Date"], row["Priority"], row["Status"]) == (
        "Alert on full pools", "ann@shop.example", "2025-04-01", "High", "To Do",
    )  # fmt: skip
    assert row["Labels"] == "INC-7"
    assert "Done when: A drill pages" in row["Description"]


def test_gitlab_gets_its_columns_and_quick_actions() -> None:
    """It knows title, description and due_date; the rest it does by commands in the description."""
    text = gitlab_csv([ITEM], "INC-7", TEAM)
    (row,) = table(text)
    assert text.startswith("title,description,due_date\r\n")
    assert row["due_date"] == "2025-04-01"
    assert row["description"].endswith('/assign @ann.lee\n/label ~"post-mortem" ~"INC-7"')


def test_github_gets_a_line_an_issue() -> None:
    """As its API takes them; an owner without a login is named in the text only."""
    one, other = (json.loads(line) for line in github_jsonl([ITEM, HOSTILE], "INC-7", TEAM).splitlines())
    assert (one["title"], one["assignees"], one["labels"]) == (
        "Alert on full pools",
        ["annl"],
        ["post-mortem", "INC-7"],
    )
    assert other["assignees"] == []


def test_linear_gets_its_own_columns() -> None:
    """With its words for priorities and states."""
    (row,) = table(linear_csv([ITEM], "INC-7", TEAM))
    assert (row["Priority"], row["Status"], row["Due Date"], row["Assignee"]) == (
        "High",
        "To Do",
        "2025-04-01",
        "ann@shop.example",
    )


@pytest.mark.parametrize("form", ["jira-csv", "gitlab", "linear"])
def test_no_cell_is_a_formula(form) -> None:
    """What begins like one is marked as text."""
    cells = [cell for row in csv.reader(io.StringIO(TRACKERS[form]([HOSTILE], "INC-7", TEAM))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_calendar_has_a_day_for_what_is_open() -> None:
    """Lines of 75 octets at most, signs escaped, the same bytes each time; what is done has no day."""
    long = ActionItem(id="A-3", action="Prüfe, ob der Pool; groß genug ist, " * 6, due=date(2025, 4, 3))
    done = ActionItem(id="A-4", action="x", due=date(2025, 4, 4), status=ActionStatus.DONE)
    as_of = parse_rfc3339("2025-03-05T10:00:00Z")
    text = due_days([ITEM, long, done], "INC-7", as_of=as_of)
    assert text.count("BEGIN:VEVENT") == 2
    assert "DTSTART;VALUE=DATE:20250401\r\nDTEND;VALUE=DATE:20250402\r\n" in text
    assert "DTSTAMP:20250305T100000Z" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "Prüfe\\, ob der Pool\\; groß" in text.replace("\r\n ", "")
