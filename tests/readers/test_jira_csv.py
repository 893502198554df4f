"""Jira's CSV export: repeated columns, cells of several parts, times in a zone that the file does not name."""

from __future__ import annotations

import pytest

from workbench.clock import Assumption, parse_zone
from workbench.readers.base import Certainty
from workbench.readers.jira_csv import READER

HEADER = "Summary,Issue key,Issue Type,Status,Reporter,Reporter Id,Created,Updated,Resolved,Comment,Comment,Attachment,Log Work"
ACCOUNT = "5f0000000000000000000001"


def row(**cells: str) -> str:
    """A row of the header; parts that are not given are empty."""
    names = ["summary", "key", "type", "status", "reporter", "id", "created", "updated", "resolved", "one", "two",
             "attached", "work"]  # fmt: skip
    usual = {"summary": "Checkout fails", "key": "PAY-7", "created": "17/Feb/22 11:02 AM"}
    return ",".join('"' + (usual | cells).get(name, "").replace('"', '""') + '"' for name in names)


def test_an_issue_is_told_by_its_dated_cells(read) -> None:
    """Both columns named Comment are read; the account is the person that the row names."""
    cells = row(
        reporter="Ada Bell", id=ACCOUNT, status="Done", resolved="17/Feb/22 1:30 PM", updated="18/Feb/22 9:00 AM",
        one=f"17/Feb/22 11:10 AM;{ACCOUNT};rolled back; see [~accountid:{ACCOUNT}]\nall green",
        two="17/Feb/22 11:20 AM;cy;ok", attached="17/Feb/22 11:30 AM;cy;graph.png;https://jira.test/1",
        work="looked; twice;17/Feb/22 11:40 AM;cy;1800",
    )  # fmt: skip
    found = read(READER, f"\ufeff{HEADER}\n{cells}\n")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert [(event["time"][5:16], event["action"], event["actor"], event["message"]) for event in found.events] == [
        ("02-17T11:02", "issue.created", "Ada Bell", "Checkout fails"),
        ("02-17T11:10", "issue.commented", "Ada Bell", "rolled back; see @Ada Bell\nall green"),
        ("02-17T11:20", "issue.commented", "cy", "ok"),
        ("02-17T11:30", "issue.attached", "cy", "PAY-7: graph.png attached"),
        ("02-17T11:40", "issue.worked", "cy", "PAY-7: looked; twice (30 min)"),
        ("02-17T13:30", "issue.resolved", None, "PAY-7 Done: Checkout fails"),
        ("02-18T09:00", "issue.changed", None, "PAY-7 last changed: Checkout fails"),
    ]
    assert set(found.column("zone_basis")) == {"assumed UTC"}


def test_the_names_of_pasted_images_hint_at_the_zone(read) -> None:
    """They are in UTC; the hint is told and not applied, and not told where the zone is known."""
    content = f"{HEADER}\n{row(attached='17/Feb/22 11:48 AM;cy;image-20220217-061828.png;x')}\n"
    found = read(READER, content)
    assert found.events[1]["time"] == "2022-02-17T11:48:00.000Z"
    assert "suggest the zone +05:30" in found.notes[0]
    told = read(READER, content, assumption=Assumption(zone=parse_zone("+05:30")))
    assert (told.events[1]["time"], told.notes) == ("2022-02-17T06:18:00.000Z", [])


@pytest.mark.parametrize(("header", "created"), [
    ("Zusammenfassung,Vorgangsschlüssel,Erstellt", "17.02.2022 11:02"),
    ("Résumé;Clé de ticket;Création", "17/févr./22 11:02 AM"),
    ("Resumen\tClave de incidencia\tCreada", "17/feb/22 11:02 AM"),
])  # fmt: skip
def test_other_languages_and_delimiters_are_read(read, header, created) -> None:
    """Headers and months are in the language of whoever exported."""
    mark = next(mark for mark in ",;\t" if mark in header)
    found = read(READER, f"{header}\n{mark.join(['Ausfall', 'PAY-7', created])}\n")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.column("time") == ["2022-02-17T11:02:00.000Z"]


def test_rows_that_do_not_fit_are_told(read) -> None:
    """A row too wide, one without a key, one without a time; comments without a date are counted."""
    found = read(READER, f"{HEADER}\n{',' * 30}x\n{row(key='')}\n{row(created='soon')}\n{row(one='no date')}\n")
    assert [each.position for each in found.rejected] == [1, 2, 3]
    assert (found.records, len(found.events)) == (4, 1)
    assert "Comments without a date of their own: 1" in found.notes[0]


def test_another_table_is_not_jiras(read) -> None:
    """A column of issue keys alone says too little."""
    assert read(READER, "Issue key,When\nPAY-7,2022-02-17\n").claim is None
