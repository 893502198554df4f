"""The curated timeline: every moment that is known has its row, with the place that proves it."""

from __future__ import annotations

from dataclasses import replace

from analysis_frames import chat, events, ns

from workbench.analysis.curated import Entry, curated, unsure_order
from workbench.analysis.impact import Impact
from workbench.analysis.milestones import find_milestones
from workbench.model import Basis, Evidence, Incident, Judgement, Milestone, Verb

INCIDENT = Incident(id="INC-1", title="Shop down", severity="SEV-2", services=("shop",))
NOTHING = Impact(basis="none")


def test_a_moment_that_only_measurements_prove_has_a_row() -> None:
    """Counters are no events, and yet what they prove stands in the timeline with source and line."""
    frame = events(chat("14:05:00", "hello"))
    findings = find_milestones(frame, INCIDENT, NOTHING, ())
    start = Milestone(
        name="started", time=ns("14:00:00"), earliest=ns("13:59:00"), latest=ns("14:00:59"), basis=Basis.FOUND,
        confidence=0.8, rule="first minute with errors", evidence=(Evidence(source="metrics.csv", line=7),),
    )  # fmt: skip
    rows = curated(frame, replace(findings, milestones=findings.milestones | {"started": start}))
    assert [(row.milestones, row.place, row.text) for row in rows] == [
        (("started",), "metrics.csv:7", "First minute with errors")
    ]
    assert (rows[0].earliest, rows[0].latest) == (start.earliest, start.latest)


def test_a_moment_that_a_person_wrote_names_the_file_and_no_line() -> None:
    """There is no line 0."""
    stated = replace(INCIDENT, milestones={"declared": ns("14:01:00")})
    frame = events(chat("14:05:00", "hello"))
    rows = curated(frame, find_milestones(frame, stated, NOTHING, ()))
    assert [(row.milestones, row.place) for row in rows] == [(("declared",), "incident.toml")]


def test_rows_whose_intervals_overlap_are_not_sure_of_their_order() -> None:
    """A row names those before it that may have come after; what is exact is in order."""

    def row(name: str, earliest: int, time: int, latest: int) -> Entry:
        return Entry(id=name, time=time, earliest=earliest, latest=latest, kind="log", action="", actor="", text=name,
                     source="app.log", line=1)  # fmt: skip

    rows = [row("a", 0, 100, 300), row("b", 200, 200, 200), row("c", 250, 400, 450), row("d", 500, 500, 500)]
    assert unsure_order(rows) == {"b": ("a",), "c": ("a",)}


def said(*verbs: tuple[str, str | None], event: str = "e0") -> list[Judgement]:
    """Judgements on one event, a second apart."""
    return [
        Judgement(id=str(at), event=event, verb=Verb(verb), value=value, time=f"2025-11-18T09:00:{at:02}Z")
        for at, (verb, value) in enumerate(verbs)
    ]


def test_the_last_judgement_of_its_kind_holds() -> None:
    """Pinned again after unpinned is pinned; hidden, shown and hidden is hidden; a note of nothing is none."""
    frame = events(chat("14:05:00", "hello"))
    event = str(frame["id"].iloc[0])

    def rows(*verbs: tuple[str, str | None]) -> list[tuple[str, bool, str]]:
        judgements = said(*verbs, event=event)
        return [
            (row.text, row.pinned, row.note)
            for row in curated(frame, find_milestones(frame, INCIDENT, NOTHING, judgements), judgements)
        ]

    pin, unpin, hide, unhide = (("pin", None), ("unpin", None), ("hide", "noise"), ("unhide", None))
    assert rows(pin) == rows(pin, unpin, pin) == [("hello", True, "")]
    assert rows(pin, unpin) == rows(unpin) == rows(pin, hide) == rows(pin, hide, unhide, hide) == []
    assert rows(pin, hide, unhide) == [("hello", True, "")]
    assert rows(pin, ("note", "first"), ("note", "n")) == [("hello", True, "n")]
    assert rows(pin, ("note", "n"), ("note", None), ("relabel", "x"), ("relabel", None)) == [("hello", True, "")]


def test_a_milestone_that_was_taken_back_is_none() -> None:
    """The event is not in the timeline for it any more; an earlier mark of another event holds again."""
    frame = events(chat("14:05:00", "hello"), chat("14:06:00", "there"))
    one, other = (str(each) for each in frame["id"])

    def marked(*judgements: Judgement) -> list[tuple[str, tuple[str, ...]]]:
        found = find_milestones(frame, INCIDENT, NOTHING, judgements)
        return [(row.text, row.milestones) for row in curated(frame, found, judgements)]

    first = said(("milestone", "mitigated"), event=one)
    second = [
        replace(each, id=f"b{each.id}", time=each.time.replace("09:00", "09:01"))
        for each in said(("milestone", "mitigated"), ("milestone", None), event=other)
    ]
    assert marked(*first) == marked(*first, *second) == [("hello", ("mitigated",))]
    assert ("there", ("mitigated",)) in marked(*first, second[0])
    assert marked(*first, *second, replace(second[1], id="c", event=one)) == []


def test_events_that_are_one_have_one_row_with_the_evidence_of_all() -> None:
    """The one that stays, where any of them has a row; notes of all; what proved a moment still proves it."""
    frame = events(chat("14:05:00", "hello"), chat("14:05:10", "hello again"), chat("14:06:00", "there"))
    one, two, three = (str(each) for each in frame["id"])

    def rows(*judgements: Judgement) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str]]:
        told = [replace(each, id=str(at)) for at, each in enumerate(judgements)]
        found = curated(frame, find_milestones(frame, INCIDENT, NOTHING, told), told)
        return [(row.said, row.evidence, row.milestones, row.note) for row in found]

    merged = [*said(("merge", one), event=two), *said(("merge", one), event=three)]
    assert rows(*merged) == [], "nobody wanted to see any of them"
    all_places = ("chat.json:1", "chat.json:2", "chat.json:3")
    assert rows(*merged, *said(("pin", None), event=three)) == [("hello (3 events)", all_places, (), "")]
    marked = [*said(("milestone", "mitigated"), ("note", "late"), event=two), *said(("note", "first"), event=one)]
    assert rows(*merged, *marked) == [("hello (3 events)", all_places, ("mitigated",), "first; late")]
    own = said(("relabel", "They said hello"), event=one)
    assert rows(*merged, *marked, *own)[0][0] == "They said hello (3 events)"
    assert rows(*merged, *marked, *said(("hide", "noise"), event=one)) == []
    apart = [replace(each, time=each.time.replace("09:00", "09:01")) for each in said(("merge", None), event=two)]
    assert rows(*merged, *marked, *apart) == [("hello again", ("chat.json:2",), ("mitigated",), "late")]


def test_own_words_keep_those_of_the_source_beside_them() -> None:
    """Also where a row proves a moment."""
    frame = events(chat("14:05:00", "hello"))
    event = str(frame["id"].iloc[0])
    judgements = said(("pin", None), ("relabel", "They said hello"), event=event)
    (row,) = curated(frame, find_milestones(frame, INCIDENT, NOTHING, judgements), judgements)
    assert (row.text, row.words, row.evidence) == ("They said hello", "hello", ("chat.json:1",))
