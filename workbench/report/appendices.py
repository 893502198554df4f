"""The appendices: what proves each row, where it all came from, what is uncertain, what the words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.charts.coverage_chart import Covered, coverage_chart
from workbench.model import MILESTONES, Basis, notes_of
from workbench.report.blocks import (
    Around,
    BulletList,
    Cell,
    Column,
    Figure,
    Heading,
    Item,
    Paragraph,
    Row,
    Run,
    Section,
    plain,
)
from workbench.report.key_figures import LABELS, ends, interval_figure, verdict_words
from workbench.report.lanes import marks_of
from workbench.report.proofs import other_proofs, proofs_table
from workbench.report.sections import cell, missing, row, table
from workbench.report.text import one_line, shortened
from workbench.report.wording import between, clock, count, counted, joined, minutes, moment, references, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.model import ClockOffset, Milestone, SourceReport
    from workbench.report.blocks import Block
    from workbench.report.facts import Facts, TimelineRow
    from workbench.timeline.nearby import Nearby

FIGURES_FOUND = "How other figures were found"
_RAW = 400
_UNSURE = 0.7
_MINUTE = 60_000_000_000
_SLIGHT = 0.05  # seconds that are not worth a word

_TARGETS = {
    "response": ("Response", "detected to acknowledged or declared, whichever came first"),
    "detection": ("Detection", "started to detected"),
    "triage": ("Triage", "detected to declared"),
    "postmortem": ("Post-mortem held", "resolved to the post-mortem"),
}

_WHEN = {
    "started": "When it started", "communicated": "When customers were first told",
    "recovered": "When customers no longer felt it", "postmortem_held": "When the post-mortem was held",
}  # fmt: skip

_EVIDENCE = (
    Column(header="Ref", width=7, kind="ref"),
    Column(header="Source and line", width=25, kind="source"),
    Column(header="Raw line or record", width=68, kind="raw"),
)
_SHORT = (
    Column(header="Ref", width=7, kind="ref"),
    Column(header="Time (UTC)", width=17, kind="time"),
    Column(header="Source and line", width=30, kind="source"),
    Column(header="What it says", width=46),
)
_SOURCES = (
    Column(header="Source", width=29, kind="source"),
    Column(header="Read as", width=14),
    Column(header="Clock", width=29),
    Column(header="Accounting", width=28),
)


def evidence_section(facts: Facts) -> Section:
    """The line behind each reference, with its hash; the hash of a record's file stands under Sources."""
    rows = [row for one in facts.rows if one.source for row in (_proof(one), *_proofs_beside(one))]
    said = "A raw line has the hash of its own text; a record of an export is proved by its file's hash, under Sources."
    proofs = (Paragraph(text=plain(said), style="note"), table(_EVIDENCE, rows))
    blocks = proofs if rows else missing("There is no evidence yet: the timeline is empty.")
    others = other_proofs(facts) if facts.proofs else []
    counts = (Heading(text=plain(FIGURES_FOUND)), proofs_table(others)) if others else ()
    return Section(name="evidence", title="Evidence", blocks=(*blocks, *counts), appendix=True)


def _proof(one: TimelineRow) -> Row:
    cells = (
        Cell(text=(Run(text=one.ref, bold=True, ref=one.ref),)),
        Cell(
            text=plain(one.place, code=True), note=plain(f"sha256 {one.sha256[:16]}", code=True) if one.sha256 else ()
        ),
        Cell(text=plain(shortened(one_line(one.raw or one.text), _RAW), code=True)),
    )
    return Row(cells=cells, anchor=f"{one.ref}-proof", around=tuple(_around(each) for each in one.nearby))


def _proofs_beside(one: TimelineRow) -> Iterator[Row]:
    """The lines of the events that were merged into a row, under its reference."""
    for each in one.also:
        place = Cell(
            text=plain(each.place, code=True),
            note=plain(f"sha256 {each.sha256[:16]}", code=True) if each.sha256 else (),
        )
        raw = Cell(text=plain(shortened(one_line(each.raw), _RAW), code=True))
        yield Row(cells=(Cell(text=(Run(text=one.ref, bold=True, ref=one.ref),)), place, raw))


def references_section(facts: Facts) -> Section:
    """The evidence of a document of a page or two: when, where and what, without raw lines and hashes."""
    rows = [_named(one) for one in facts.rows if one.source]
    said = "The raw lines and their hashes stand in the post-mortem, under the same references."
    blocks: tuple[Block, ...] = (Paragraph(text=plain(said), style="note"), table(_SHORT, rows)) if rows else ()
    others = other_proofs(facts) if facts.proofs else []
    counts = (Heading(text=plain("How other figures were found")), proofs_table(others)) if others else ()
    return Section(name="evidence", title="Evidence", blocks=(*blocks, *counts), appendix=True)


def _named(one: TimelineRow) -> Row:
    cells = (
        Cell(text=(Run(text=one.ref, bold=True, ref=one.ref),)),
        Cell(text=plain(moment(one.time_ns))),
        Cell(text=plain(one.place, code=True), note=plain(", ".join(each.place for each in one.also), code=True)),
        Cell(text=plain(one_line(one.text))),
    )
    return Row(cells=cells, anchor=f"{one.ref}-proof", around=tuple(_around(each) for each in one.nearby))


def _around(one: Nearby) -> Around:
    """A neighbouring line with its number, a record with its time."""
    place = str(one.line) if one.time_ns is None else clock(one.time_ns, seconds=True)
    return Around(place=place, text=one_line(one.text), own=one.own)


def sources_section(facts: Facts) -> Section:
    """Each source: recognised as what, on which clock, and where each of its lines went."""
    if not facts.sources and not facts.unrecognised and not facts.told:
        return Section(name="sources", title="Sources", blocks=missing("No source has been added yet."), appendix=True)
    body = [_source(one) for one in facts.sources]
    said = f"{counted(len(body), 'source')} with {counted(sum(one.events for one in facts.sources), 'event')}."
    told = f" People told {counted(facts.told, 'more event')}, kept in journal.jsonl." if facts.told else ""
    blocks: list[Block] = [Paragraph(text=plain(f"{said}{told}"))]
    blocks += _coverage(facts)
    if body:
        blocks.append(table(_SOURCES, body, caption="Every line is an event, a continuation, blank or rejected."))
    if facts.unrecognised:
        items = (f"{one.path}: {sentence(one.why)}" for one in facts.unrecognised)
        blocks += [
            Heading(text=plain("Not recognised")),
            BulletList(items=tuple(Item(text=plain(one)) for one in items)),
        ]
    return Section(name="sources", title="Sources", blocks=tuple(blocks), appendix=True)


def _coverage(facts: Facts) -> list[Block]:
    """The chart of sources against time, with the milestones across it."""
    silent = [
        Covered(source=one.source, stretches=((one.start, one.end),))
        for one in facts.silences
        if one.start is not None and one.end is not None and one.what != "page limit"
    ]
    chart = coverage_chart(facts.coverage, marks_of(facts), silent)
    if chart is None:
        return []
    caption = (
        "Where each source has something to say, in UTC; dashed: the milestones. "
        "Red: a silence that the source's own rhythm does not explain, or that its own words tell of."
    )
    return [
        Figure(name="coverage", spec=chart.wide, narrow=chart.narrow, title=chart.title, alt=chart.alt, caption=caption)
    ]


def _source(one: SourceReport) -> Row:
    clock_note = ""
    if one.clock_offset:
        clock_note = _offset(one.clock_offset)
    return Row(cells=(
        cell(plain(one.path, code=True), plain(f"sha256 {one.sha256}", code=True) if one.sha256 else ()),
        cell(one.format, one.kind),
        cell(_zone(one), clock_note),
        cell(_accounting(one), _extent(one)),
    ))  # fmt: skip


def _offset(offset: ClockOffset) -> str:
    """How far the clock was off, in words."""
    value, low, high = offset.value, offset.low, offset.high
    if abs(value) < _SLIGHT:
        most = max(abs(low), abs(high))
        off = f"May be off by {_seconds(most)} either way" if most >= _SLIGHT else "Right"
    else:
        extent = f" ({_seconds(abs(low))} to {_seconds(abs(high))})" if high - low >= _SLIGHT else ""
        off = f"{'Ahead' if value > 0 else 'Behind'} by {_seconds(abs(value))}{extent if low * high > 0 else ''}"
    return sentence(f"{off}: {offset.basis}")


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value < 120 else minutes(value / 60)


def _zone(one: SourceReport) -> str:
    """The zone and why, or only where it stands."""
    return f"{one.zone} ({one.zone_basis})" if one.zone else one.zone_basis or "not needed"


def _accounting(one: SourceReport) -> str:
    """``lines = events + continuations + blank + rejected``, in words."""
    duplicates = f"; {counted(one.duplicates, 'repeat')} among the events" if one.duplicates else ""
    if one.lines is None:
        rejected = f", {count(one.rejected)} rejected" if one.rejected else ""
        return f"{counted(one.records or 0, 'record')} gave {counted(one.events, 'event')}{rejected}{duplicates}."
    return (
        f"{counted(one.lines, 'line')} = {counted(one.events, 'event')} + "
        f"{counted(one.continuations, 'continuation')} + "
        f"{count(one.blank)} blank + {count(one.rejected)} rejected{duplicates}."
    )


def _extent(one: SourceReport) -> str:
    if one.first is None or one.last is None:
        return ""
    return f"{moment(one.first, seconds=True)} to {moment(one.last, seconds=True)} UTC"


def uncertainty_section(facts: Facts) -> Section:
    """What the reader should not take for certain, each in a sentence."""
    said = [*_milestone_doubts(facts), *(one.sentence for one in facts.silences), *_source_doubts(facts)]
    items = tuple(Item(text=plain(one)) for one in said)
    blocks = (
        (BulletList(items=items),)
        if items
        else (
            Paragraph(
                text=plain("Nothing: every milestone is known to the minute, and every line was read on a known clock.")
            ),
        )
    )
    return Section(name="uncertain", title="What is uncertain", blocks=blocks, appendix=True)


def _milestone_doubts(facts: Facts) -> Iterator[str]:
    for name in MILESTONES:
        one = facts.milestones.get(name)
        if one is None or one.time is None:
            why = sentence(one.why if one and one.why else "nothing in the sources shows it")
            first = why if why[1:2].isupper() else f"{why[:1].lower()}{why[1:]}"
            yield f"{_WHEN.get(name, f'When it was {name}')} is not known: {first}"
        elif one.basis is not Basis.CONFIRMED:
            yield from _found_doubts(one)


def _found_doubts(one: Milestone) -> Iterator[str]:
    """A milestone that was found, not confirmed: a wide range, weak signs, a near second choice."""
    at = one.time or 0
    early, late = one.earliest or at, one.latest or at
    label = one.name.capitalize()
    if late - early >= _MINUTE:
        yield f"{label} lies between {moment(early)} and {moment(late)} UTC."
    if one.confidence < _UNSURE:
        found = f"was found with a confidence of {one.confidence:.0%} ({one.rule})"
        yield f"{label} at {clock(at)} {found}; nobody has confirmed it."
    for other in one.runners_up[:1]:
        if abs(other.time - at) >= _MINUTE:
            more = f"; one more sign of weight {one.flip[1]:.2f} would make it so" if one.flip else ""
            yield f"{label} could also be {clock(other.time)} UTC ({other.rule}){more}."


def _source_doubts(facts: Facts) -> Iterator[str]:
    for one in facts.sources:
        if one.rejected:
            lines = counted(one.rejected, "line" if one.lines is not None else "record")
            yield f"{one.path}: {lines} could not be read (“workbench sources --rejected” prints them)."
    yield from (f"{paths}: {sentence(note)}" for note, paths in notes_of(facts.sources).items())
    for missed in facts.unrecognised:
        yield f"{missed.path} was not read: {sentence(missed.why)}"


def definitions_section(facts: Facts) -> Section:
    """What each interval is measured between, with its value and range."""
    rows = [
        row(label, (*plain(" to ".join(ends(facts, name))), *references(interval_figure(facts, name).refs)),
            _measured(facts, name), "")
        for name, label in LABELS.items()
    ]  # fmt: skip
    rows += [_target(one) for one in facts.targets]
    meanings = {
        "started": "the first effect on customers", "detected": "the first alert or report that reached someone",
        "acknowledged": "someone took it up", "identified": "the cause was named",
        "mitigated": "the change that helped was made",
        "recovered": "customers no longer felt it", "resolved": "the incident was closed",
    }  # fmt: skip
    said = joined(f"{name} ({meaning})" for name, meaning in meanings.items())
    columns = (
        Column(header="Measure", width=22),
        Column(header="Between", width=26),
        Column(header="In this incident", width=24),
        "Target",
    )
    blocks = (
        Paragraph(text=plain(f"The moments of an incident are {said}. Each is an interval where the evidence leaves "
                             "one, and a measure carries the range that follows.")),
        table(columns, rows),
        *_other_definitions(facts),
    )  # fmt: skip
    return Section(name="definitions", title="Definitions", blocks=blocks, appendix=True)


def _other_definitions(facts: Facts) -> tuple[Block, ...]:
    """How the duration moves with each other start and end that somebody could defend."""
    if not facts.definitions:
        return ()
    said = "The duration is measured from started to recovered. With other ends that can be defended it would be:"
    columns = ("Between", Column(header="Minutes", align="right"), Column(header="Longer or shorter by", align="right"))
    rows = [
        row(f"{one['from']} to {one['to']}", f"{one['minutes']:.1f}", f"{one['change']:+.1f}")
        for one in facts.definitions
    ]
    return Paragraph(text=plain(said)), table(columns, rows)


def _target(one: Mapping[str, Any]) -> Row:
    """A limit that the severity sets, with its verdict."""
    name = str(one.get("name") or "")
    label, between_them = _TARGETS.get(name, (name.capitalize(), ""))
    value = one.get("minutes")
    verdict = verdict_words(one)
    if value is None and verdict.endswith("undecided"):
        verdict = f"{verdict.removesuffix('undecided')}cannot be told"
    return row(label, between_them, minutes(value) if value is not None else "not recorded", verdict)


def _measured(facts: Facts, name: str) -> str:
    figure = interval_figure(facts, name)
    one = facts.intervals.get(name, {})
    extent = between(one.get("low"), one.get("high"))
    return f"{figure.value} ({extent})" if extent else figure.value
