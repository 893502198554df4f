"""The content of a report, made from facts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import report_facts
from report_facts import at
from workbench.errors import ReportError
from workbench.model import ClockOffset, Factor
from workbench.report import NAMES, Report, Section, content
from workbench.report.blocks import FiveWhys, Header, Heading, Missing, Paragraph, Table, words
from workbench.report.bundle import MIME, from_dict, section_of, to_dict
from workbench.report.facts import LoggedErrors
from workbench.report.preview import preview_html, preview_text
from workbench.report.wording import clocks


def text_of(section: Section) -> str:
    """The section as plain lines."""
    return preview_text(section)


def test_sections_stand_in_the_playbooks_order() -> None:
    """The notebook shows each by its name, in this order."""
    assert tuple(section.name for section in content(report_facts.facts()).sections) == NAMES


@pytest.mark.parametrize(
    "facts", [report_facts.facts(), report_facts.hostile(), report_facts.bare()], ids=["whole", "hostile", "bare"]
)
def test_a_report_survives_json(facts: report_facts.Facts) -> None:
    """What goes into a notebook comes out as the same report."""
    report = content(facts)
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("summary", "Nobody has written the summary yet (narrative.md, “Executive summary”)."),
        ("well", "Nobody has written what went well yet (narrative.md, “What went well”)."),
        ("actions", "Nobody has written an action item yet (actions.toml)."),
        ("causes", "Nobody has written yet what happened and why"),
        ("figures", "No key figure can be given"),
        ("timeline", "The timeline is empty"),
    ],
)
def test_a_missing_part_is_said_in_a_sentence(section: str, sentence: str) -> None:
    """Nothing that only people know is invented, and no heading stands empty."""
    assert sentence in text_of(content(report_facts.bare()).section(section))


def test_no_titled_section_is_empty_but_the_optional_ones() -> None:
    """Sections that may be absent have no blocks at all and are not shown."""
    empty = {section.name for section in content(report_facts.bare()).sections if not section.blocks}
    assert empty == {"lucky", "alerts", "notes"}


def test_actions_are_counted_as_of_the_newest_evidence() -> None:
    """The day comes from the data, and what is late by then is called overdue."""
    said = text_of(content(report_facts.facts()).section("actions"))
    assert "2 of 6 done as of 2025-12-02 09:30 UTC" in said
    assert said.count("overdue") == 1


def test_until_when_it_is_due_is_said_of_one_that_was_not_held() -> None:
    """Once incident.toml says when the post-mortem was held, nobody asks until when it is to be."""
    facts = report_facts.facts()
    held = replace(facts.incident, milestones={**facts.incident.milestones, "postmortem_held": facts.due_ns})
    heads = [content(one).section("header").blocks[0] for one in (facts, replace(facts, incident=held))]
    assert [head.due for head in heads] == ["2025-11-19 14:35 UTC", ""]


def test_a_milestone_that_is_missing_is_never_zero() -> None:
    """An interval without an end is “not recorded” with its reason."""
    facts = replace(
        report_facts.facts(),
        intervals={"time_to_mitigate": {"minutes": None, "why": "nobody wrote when it was mitigated"}},
    )
    said = text_of(content(facts).section("figures"))
    assert "Time to mitigate: not recorded (Nobody wrote when it was mitigated.)" in said


def test_a_target_inside_the_range_is_undecided() -> None:
    """The verdict is a word, and it says why."""
    assert "Target 2 min: undecided, the range spans it" in text_of(content(report_facts.facts()).section("figures"))


def test_days_are_shown_when_the_timeline_crosses_midnight() -> None:
    """Every row then carries its date."""
    facts = report_facts.facts()
    last = replace(facts.rows[-1], time_ns=facts.rows[-1].time_ns + 12 * 3600 * report_facts.SECOND)
    said = text_of(content(replace(facts, rows=(*facts.rows[:-1], last))).section("timeline"))
    assert "2025-11-17 14:00:12" in said
    assert "2025-11-18 02:35:00" in said


def test_a_circle_of_factors_ends() -> None:
    """Factors that explain each other are shown once and named again."""
    factors = (Factor(id="a", text="A", because_of=("b",)), Factor(id="b", text="B", because_of=("a",)))
    section = content(replace(report_facts.facts(), factors=factors)).section("causes")
    tree = next(block for block in section.blocks if isinstance(block, FiveWhys)).tree
    assert words(tree[0].because[0].because[0].note) == "Its causes are shown above."


def test_lines_of_a_source_add_up_in_words() -> None:
    """The accounting stands in the appendix."""
    said = text_of(content(report_facts.facts()).section("sources"))
    assert "132,480 lines = 132,475 events + 0 continuations + 3 blank + 2 rejected" in said


def test_own_headings_of_the_narrative_are_kept() -> None:
    """What people wrote under a heading that the report does not know is not lost."""
    assert "They share their calendar with us" in text_of(content(report_facts.facts()).section("notes"))


def test_an_unknown_section_names_the_known_ones() -> None:
    """The sentence lists them."""
    with pytest.raises(ReportError, match=r"no section 'nope'.*timeline"):
        content(report_facts.facts()).section("nope")


@pytest.mark.parametrize(
    "broken",
    [{"is": "Nope"}, {"is": "Run"}, {"is": "Run", "text": 3}, [], {"is": "Section", "name": "x", "blocks": "y"}],
)
def test_a_broken_bundle_is_a_sentence(broken: object) -> None:
    """A notebook that someone edited does not end in a traceback."""
    with pytest.raises(ReportError, match="not one that this version can read"):
        from_dict(broken)


def test_a_section_displays_as_its_bundle_and_as_escaped_html() -> None:
    """JupyterLab shows HTML in which hostile text is only text."""
    section = content(report_facts.hostile()).section("timeline")
    bundle = section._repr_mimebundle_()
    assert section_of(bundle[MIME]) == section
    assert "<script" not in preview_html(section)
    assert "<img" not in bundle["text/html"]


def test_the_picture_displays_as_a_chart() -> None:
    """JupyterLab would prefer HTML to the chart, so there is none."""
    bundle = content(report_facts.facts()).section("picture")._repr_mimebundle_()
    assert "application/vnd.vegalite.v5+json" in bundle
    assert "text/html" not in bundle


def test_page_one_facts_are_in_the_header() -> None:
    """Times are plain values that a file's properties can be made from."""
    header = content(report_facts.facts()).section("header").blocks[0]
    assert isinstance(header, Header)
    assert header.window == "2025-11-17, 14:00 to 14:35 UTC"
    assert header.data_as_of == "2025-12-02T09:30:00Z"
    assert (header.stage, header.severity_rank) == ("draft", 2)


def test_evidence_carries_the_raw_line_and_its_hash() -> None:
    """Each reference has a row of its own that can be linked to."""
    block = content(report_facts.facts()).section("evidence").blocks[1]
    assert isinstance(block, Table)
    assert [row.anchor for row in block.rows] == [f"E{number}-proof" for number in range(1, 11)]
    assert not isinstance(block, Missing)


def test_names_tell_the_two_durations_apart() -> None:
    """Start to the end of the incident, and start to recovery; an acknowledgement names the page that it began with."""
    facts = report_facts.facts()
    intervals = dict(facts.intervals)
    intervals["duration"] = {"minutes": 25.4, "low": 25.0, "high": 26.0, "from": "started", "to": "recovered"}
    intervals["time_to_acknowledge"] = {"minutes": 2.0, "low": 2.0, "high": 2.0, "from": "paged", "to": "acknowledged"}
    report = content(replace(facts, intervals=intervals))
    definitions = text_of(report.section("definitions"))
    assert "Impact duration" in definitions
    assert "started to recovered" in definitions
    assert "paged to acknowledged" in definitions
    assert "Incident duration" in text_of(report.section("figures"))


def test_targets_and_their_verdicts_stand_in_the_report() -> None:
    """Also the target that no figure of page one carries."""
    held = {"name": "response", "limit_minutes": 30.0, "verdict": "met", "minutes": 3.0, "low": 3.0, "high": 3.0}
    definitions = text_of(content(replace(report_facts.facts(), targets=(held,))).section("definitions"))
    assert "Target 30 min: met" in definitions


def test_alerts_say_whether_they_are_of_this_incident() -> None:
    """An alert that only fired at the same time is not shown as one of its own."""
    alert = {"name": "Disk", "episodes": 1, "notifications": 2, "flapping": False, "first": None, "last": None}
    facts = replace(report_facts.facts(), alerts=(alert | {"related": False},))
    table = content(facts).section("alerts").blocks[-1]
    assert isinstance(table, Table)
    assert words(table.rows[0].cells[0].note) == "not of this incident"


def test_page_one_says_what_is_being_done() -> None:
    """How many actions are done, what is due next and with whom the rest is, after the summary; overdue ones counted."""
    said = text_of(content(report_facts.facts()).section("summary"))
    assert "What is being done. 2 of 6 action items done by 2025-12-02, 1 overdue." in said
    assert (
        "Next due: OPS-103 on 2025-12-12. Open with Priya Nair, Aiko Tanaka and Jonas Weber; 1 with nobody yet." in said
    )
    assert "No action item has been written yet" in text_of(content(report_facts.bare()).section("summary"))


def test_the_data_speaks_where_nobody_wrote_the_summary() -> None:
    """Requests, customers, services and the course; and that these sentences are no person's."""
    said = text_of(content(replace(report_facts.facts(), narrative={})).section("summary"))
    assert "requests failed" in said
    assert "512 customers met at least one failure" in said
    assert "orders-api (" in said
    assert "The incident was detected after 1.5 min, mitigated after 22 min" in said
    assert "Nobody has written the summary yet" in said
    assert "made from the data alone" in said


def test_poor_sources_say_what_they_hold() -> None:
    """Without a start: events, their stretch and the errors of each source, and what none of them shows."""
    base = report_facts.facts()
    errors = LoggedErrors(
        source="orders.log", count=76, first=at("14:00:00"), last=at("14:20:00"), message="no connection"
    )
    poor = replace(report_facts.bare(), sources=base.sources, errors=(errors,))
    said = text_of(content(poor).section("summary"))
    assert "3 sources hold 141,363 events (2025-11-17, 13:00 to 15:30 UTC)." in said
    assert "orders.log holds 76 errors (2025-11-17, 14:00 to 14:20 UTC), most often “no connection”." in said
    timeline = text_of(content(poor).section("timeline"))
    assert "the sources show no milestone" in timeline
    assert "`" not in timeline


def test_midnight_is_named_beside_clock_times() -> None:
    """A duration of which only clock times are shown says that it ended on the next day."""
    assert clocks(at("20:02:00"), at("20:02:00") + 8 * 3600 * 10**9) == "20:02 to 04:02 UTC the next day"


def test_requests_of_a_part_of_the_incident_say_so() -> None:
    """Figures that were counted in less than half of the incident name their stretch."""
    base = report_facts.facts()
    window = {"from": "2025-11-17T14:20:00Z", "to": "2025-11-17T14:25:00Z"}
    said = text_of(content(replace(base, impact={**base.impact, "window": window})).section("figures"))
    assert "counted from 14:20 to 14:25 only" in said


def test_the_trigger_stands_before_the_story_and_its_headings_below_it() -> None:
    """A heading that people write in “What happened” is one of its own parts, and the trigger is in none of them."""
    base = report_facts.facts()
    story = {**base.narrative, "What happened": "First.\n\n### Second wave\n\nThen."}
    blocks = content(replace(base, narrative=story)).section("causes").blocks
    levels = {words(block.text): block.level for block in blocks if isinstance(block, Heading)}
    assert levels["Second wave"] == levels["What happened"] + 1
    texts = [words(block.text) for block in blocks if isinstance(block, Paragraph)]
    assert texts.index("First.") > next(at for at, text in enumerate(texts) if text.startswith("Trigger."))


def test_updates_on_the_timeline_are_not_denied() -> None:
    """Where the count of updates is none and the timeline holds some, nothing says that there are none."""
    quiet = replace(report_facts.facts(), communications={"updates": 0})
    assert "No update" not in text_of(content(quiet).section("communications"))


def test_a_clock_is_told_in_words() -> None:
    """Ahead or behind with its range; a clock of which nothing is known may be off either way."""
    base = report_facts.facts()
    unknown = replace(
        base.sources[1], clock_offset=ClockOffset(value=0.0, low=-300.0, high=300.0, basis="nothing shows it")
    )
    said = json.dumps(to_dict(content(replace(base, sources=(base.sources[0], unknown))).section("sources")))
    assert "Ahead by 2.1 s (1.8 s to 2.4 s): request ids shared with the load balancer." in said
    assert "May be off by 5 min either way: nothing shows it." in said
