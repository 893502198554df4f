"""Linear's and GitLab's issues as CSV: the dated columns of a row are its events."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.tracker_csv import GITLAB, LINEAR

CREATED = "Mon Feb 06 2023 05:00:00 GMT+0000 (GMT)"


@pytest.mark.parametrize(
    "completed", ["Mon Feb 06 2023 08:00:00 GMT+0200 (Eastern European Standard Time)", "2023-02-06T06:00:00.000Z"]
)
def test_linears_columns_are_found_by_name(read, completed) -> None:
    """Their number and order change with the years, and so does the writing of times."""
    header = '"Completed","ID","Team","Title","Status","Cycle Number","Creator","Created","Canceled","Archived"'
    found = read(
        LINEAR, f'{header}\n"{completed}","ENG-7","Core","Disk full","Done","","ada@shop.test","{CREATED}","",""\n'
    )
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert [(event["time"], event["action"], event["actor"], event["message"]) for event in found.events] == [
        ("2023-02-06T05:00:00.000Z", "issue.created", "ada@shop.test", "ENG-7 created: Disk full"),
        ("2023-02-06T06:00:00.000Z", "issue.resolved", None, "ENG-7 completed: Disk full"),
    ]


def test_gitlabs_header_states_utc(read) -> None:
    """The times carry no offset; the columns' names do."""
    header = "Title,Description,Issue ID,URL,State,Author,Created At (UTC),Updated At (UTC),Closed At (UTC)"
    found = read(
        GITLAB, f"{header}\nDisk full,,7,https://gitlab.test/7,Closed,Ada,2023-02-06 05:00:00,,2023-02-06 06:00:00\n"
    )
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.column("action") == ["issue.created", "issue.resolved"]
    assert found.column("zone_basis") == ["in the text"] * 2
    assert found.events[0]["attributes"]["url"] == "https://gitlab.test/7"


def test_rows_without_a_time_are_rejected_and_repeats_marked(read) -> None:
    """An empty table says that it is one."""
    header = "ID,Team,Title,Cycle Number,Created"
    one = f"ENG-7,Core,Disk full,,{CREATED}"
    found = read(LINEAR, f"{header}\n{one}\nENG-8,Core,Slow,,\n{one}\n")
    assert ([each.position for each in found.rejected], found.column("duplicate")) == ([2], [False, True])
    assert read(LINEAR, header + "\n").notes == ["The table has a header and no rows."]
