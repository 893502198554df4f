"""The sections of a review about the incidents: how many, how long, why, and which came again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.charts.ratio_chart import Ratio, ratio_chart
from workbench.charts.still_open_chart import still_open_chart
from workbench.charts.strip_chart import Strip, strip_chart
from workbench.charts.weeks_chart import weeks_chart
from workbench.report.blocks import (
    BulletList,
    Cell,
    Column,
    Figure,
    Heading,
    Item,
    Paragraph,
    Row,
    Section,
    Table,
    plain,
)
from workbench.report.wording import between, counted, minutes, moment
from workbench.review.durations import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbench.charts.specification import Chart
    from workbench.report.blocks import Block
    from workbench.review.durations import Duration
    from workbench.review.quarterly import Review
    from workbench.review.record import Moment, Record
    from workbench.statistics.comparison import Comparison
    from workbench.statistics.proportion import Share

_SHOWN = 12  # suggestions, and causes
_RARE = ("time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_resolve")


def figure(name: str, chart: Chart | None, caption: str = "") -> tuple[Block, ...]:
    """A chart as a block, or nothing."""
    if chart is None:
        return ()
    return (Figure(name=name, spec=chart.wide, narrow=chart.narrow, title=chart.title, alt=chart.alt, caption=caption),)


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], *, caption: str = "", filterable: bool = False
) -> Table:
    """A table of plain texts."""
    made = tuple(Row(cells=tuple(Cell(text=plain(cell)) for cell in row)) for row in rows)
    return Table(columns=tuple(columns), rows=made, caption=caption, filterable=filterable)


def paragraph(words: str, style: str = "") -> Paragraph:
    """A paragraph of plain text."""
    return Paragraph(text=plain(words), style=style)


def share_words(one: Share) -> str:
    """8 of 10, 95%: 49 to 94%."""
    if one.low is None or one.high is None:
        return f"{one.n} of {one.total}"
    return f"{one.n} of {one.total}, 95%: {one.low:.0f} to {one.high:.0f}%"


def counts_section(made: Review) -> Section:
    """Incidents by week, and by severity, service and team."""
    counts = made.counts
    rate = (counts.weekly.value, counts.weekly.low, counts.weekly.high)
    blocks: list[Block] = [
        *figure("weeks", weeks_chart(counts.by_week, rate), "The band is the 95% interval of the rate a week.")
    ]
    if versus := counts.versus:
        high = "any" if versus.high is None else f"{versus.high:.2g}"
        ratio = "not defined" if versus.value is None else f"{versus.value:.2g}"
        words = (
            f"The rate is {ratio} times that of {made.previous.name} ({versus.low:.2g} to {high}): {counts.verdict}."
        )
        blocks.append(paragraph(words))
    columns = (
        Column(header="", width=60),
        Column(header="Incidents", align="right"),
        Column(header="Share", align="right"),
    )
    for title, held in (("By severity", counts.by_severity), ("By service", counts.by_service),
                        ("By team", counts.by_team), ("By month", counts.by_month)):  # fmt: skip
        if held and not (title == "By team" and len(held) == 1):
            blocks += [Heading(text=plain(title)), table(columns, _shares(held, counts.total), caption=_caption(title))]
    return Section(name="counts", title="How many", blocks=tuple(blocks))


def _caption(title: str) -> str:
    return "An incident of several services counts for each of them." if title == "By service" else ""


def _shares(held: Mapping[str, int], total: int) -> list[tuple[str, str, str]]:
    return [(name, str(count), f"{100 * count / total:.0f}%" if total else "") for name, count in held.items()]


def durations_section(made: Review) -> Section:
    """Every duration: its dots, its table, the comparison, and a sentence to each."""
    known = {name: one for name, one in made.durations.items() if one.points}
    if not known:
        return Section(name="durations", title="How long", blocks=(paragraph("No duration of any incident is known."),))
    columns = tuple(
        Column(header=name, align="left" if not at else "right")
        for at, name in enumerate(("", "n", "Open", "Not known", "Median", "95% interval", "90th", "Longest"))
    )
    blocks: list[Block] = [
        *figure("durations", _strips(known), "A dot is one incident, a diamond the median, the line its 95% interval, "
                "a triangle an incident that was still open. The axis is logarithmic."),
        table(columns, [_row(name, one) for name, one in known.items()]),
        paragraph("No interval is given below six incidents: none would hold what it promises.", "note"),
        Heading(text=plain(f"Against {made.previous.name}")), *_against(known),
        Heading(text=plain("By severity")), *_by_severity(known), *_open(known),
    ]  # fmt: skip
    return Section(name="durations", title="How long", blocks=tuple(blocks))


def _strips(known: Mapping[str, Duration]) -> Chart | None:
    rows = [
        Strip(name=NAMES[name], minutes=tuple(point.minutes for point in one.points if not point.open),
              open=tuple(point.minutes for point in one.points if point.open), median=one.typical.median,
              low=one.typical.low, high=one.typical.high)
        for name, one in known.items()
    ]  # fmt: skip
    told = [f"{NAMES[name]}: {_typical(one)}" for name, one in known.items()]
    return strip_chart(rows, title="Every incident's durations", alt="; ".join(told) + ".")


def _typical(one: Duration) -> str:
    if one.typical.median is None:
        return f"{counted(one.open, 'incident')} open, none over"
    spread = between(one.typical.low, one.typical.high)
    return f"median {minutes(one.typical.median)}{f' ({spread})' if spread else ''}, n = {one.typical.n}"


def _row(name: str, one: Duration) -> tuple[str, ...]:
    told = one.typical
    longest = max((point.minutes for point in one.points if not point.open), default=None)
    values = (told.median, None, told.p90, longest)
    median, _, p90, most = ("" if value is None else minutes(value) for value in values)
    return (
        NAMES[name],
        str(told.n),
        str(one.open or ""),
        str(one.unknown or ""),
        median,
        between(told.low, told.high),
        p90,
        most,
    )


def _against(known: Mapping[str, Duration]) -> list[Block]:
    rows = [
        Ratio(name=NAMES[name], ratio=one.versus.ratio, low=one.versus.low, high=one.versus.high,
              visible=one.versus.smallest_visible, verdict=str(one.versus.verdict))
        for name, one in known.items()
        if one.versus.ratio is not None and one.versus.low is not None and one.versus.high is not None
    ]  # fmt: skip
    items = [Item(text=plain(_sentence(NAMES[name], one.versus))) for name, one in known.items()]
    caption = (
        "A diamond is the ratio, the line its 95% interval; the grey tick is the change nearest to none that so few "
        "incidents could have shown."
    )
    chart = ratio_chart(rows, title="Now in terms of the period before, severity by severity")
    return [*figure("ratios", chart, caption), BulletList(items=tuple(items))]


def _sentence(name: str, one: Comparison) -> str:
    """What the comparison says, and the smallest change that it could have seen."""
    if one.ratio is None or one.low is None or one.high is None:
        return f"{name}: {one.verdict}."
    visible = ""
    if one.smallest_visible is not None:
        change = 100 * abs(one.smallest_visible - 1)
        way = "shorter" if one.smallest_visible < 1 else "longer"
        visible = f" A change of less than {change:.0f}% {way} would not have been seen."
    return f"{name}: {one.ratio:.2g} times ({one.low:.2g} to {one.high:.2g}): {one.verdict}.{visible}"


def _by_severity(known: Mapping[str, Duration]) -> list[Block]:
    columns = (Column(header="Severity"), Column(header="Duration"), Column(header="n", align="right"),
               Column(header="Median", align="right"), Column(header="95% interval", align="right"))  # fmt: skip
    rows = [
        (severity, NAMES[name], str(one.n), _shown(one.median), between(one.low, one.high))
        for name in _RARE if name in known
        for severity, one in known[name].by_severity().items()
    ]  # fmt: skip
    return [table(columns, sorted(rows, key=lambda row: row[0]), filterable=True)]


def _shown(value: float | None) -> str:
    return "" if value is None else minutes(value)


def _open(known: Mapping[str, Duration]) -> list[Block]:
    """The curve with those still open, where there are any."""
    one = known.get("time_to_resolve")
    if one is None or not one.open:
        return []
    median, low, high = one.estimate
    spread = between(low, high)
    told = "not known yet" if median is None else f"{minutes(median)}{f' ({spread})' if spread else ''}"
    hour = 60
    steps = [(step.time / hour, step.open, step.low, step.high) for step in one.curve.steps]
    seen = [point.minutes / hour for point in one.points if point.open]
    chart = still_open_chart(steps, seen, unit="hours", title="Incidents still open after so long", what="incidents")
    words = f"{counted(one.open, 'incident')} still open. With what they have lasted so far, the median is {told}."
    return [Heading(text=plain("With the open ones")), paragraph(words), *figure("open", chart)]


def causes_section(made: Review) -> Section:
    """Triggers and classes of causes and factors, each only as far as people named them."""
    columns = (Column(header="", width=70), Column(header="Incidents", align="right"))
    blocks: list[Block] = []
    for title, held in (("Triggers", made.counts.by_trigger), ("Classes of causes", made.counts.by_cause),
                        ("Kinds of contributing factors", made.counts.by_factor)):  # fmt: skip
        rows = [(name, str(count)) for name, count in list(held.items())[:_SHOWN]]
        if rows and list(held) != ["(none named)"]:
            blocks += [Heading(text=plain(title)), table(columns, rows)]
    return Section(name="causes", title="What set them off", blocks=tuple(blocks))


def repeats_section(made: Review) -> Section:
    """Incidents with the cause of an earlier one, and those that look like one."""
    if not made.records:
        return Section(name="repeats")
    blocks: list[Block] = [paragraph(
        f"{share_words(made.repeated)} have a cause that people named of an earlier incident too (incident.toml)."
    )]  # fmt: skip
    if made.repeats:
        rows = [(one.later, one.earlier, one.why) for one in made.repeats]
        blocks.append(table((Column(header="Incident"), Column(header="Earlier"), Column(header="Why")), rows))
    return Section(name="repeats", title="Again", blocks=(*blocks, *_suggested(made)))


def _suggested(made: Review) -> list[Block]:
    """What only looks alike, for people to look at."""
    if not made.suggested:
        return []
    rows = [(one.later, one.earlier, f"{one.score:.2f}", one.why) for one in made.suggested[:_SHOWN]]
    columns = (Column(header="Incident", width=16), Column(header="Looks like", width=16),
               Column(header="Alike", width=8, align="right"), Column(header="By"))  # fmt: skip
    rest = len(made.suggested) - len(rows)
    return [
        Heading(text=plain("To be looked at")),
        paragraph("These look alike and count as no repeats until somebody gives both the same cause."),
        table(columns, rows),
        *([paragraph(f"And {rest} more.", "note")] if rest else []),
    ]


def warnings_section(made: Review) -> Section:
    """What a reader should know before believing a figure."""
    items = tuple(Item(text=plain(one.message)) for one in made.warnings)
    blocks = (BulletList(items=items),) if items else ()
    return Section(name="warnings", title="Before you believe a figure", blocks=blocks)


def incidents_section(made: Review) -> Section:
    """Every incident of the period with its place."""
    columns = (Column(header="Incident", width=16), Column(header="What failed"), Column(header="Severity", width=10),
               Column(header="Began (UTC)", width=22), Column(header="To resolve", width=22))  # fmt: skip
    rows = tuple(Row(cells=_cells(one)) for one in made.records)
    caption = "Below each moment who says so: a line of its incident's sources, or people."
    blocks = (Table(columns=columns, rows=rows, caption=caption, filterable=True),) if rows else ()
    return Section(name="incidents", title="The incidents", blocks=blocks, appendix=True)


def _cells(one: Record) -> tuple[Cell, ...]:
    first, last = one.first, one.moments.get("resolved")
    texts = (one.id, one.title, one.severity, moment(one.began) if one.began is not None else "", _length(one))
    notes = ("", "", "", _said_by(first), _said_by(last))
    return tuple(Cell(text=plain(text), note=plain(note)) for text, note in zip(texts, notes, strict=True))


def _said_by(one: Moment | None) -> str:
    if one is None:
        return ""
    return one.evidence or ("stated by people" if one.basis == "confirmed" else "")


def _length(record: Record) -> str:
    span = record.spans.get("time_to_resolve")
    return minutes(span.minutes) if span else "open" if record.open else "not recorded"


_DEFINITIONS = """
An incident belongs to the period in which it began: its start, else the first moment of it that is known.
Time to detect is from the first failing request to the first alert or report; to acknowledge from there to a person's answer; to mitigate and to resolve from the first failing request.
The interval of a median is that of order statistics: it assumes no shape, and does not exist below six values.
Periods are compared severity by severity on the scale of logarithms. “Changed” is said where the interval of the ratio leaves out 1 and a rank test agrees, at 5% after a correction for several comparisons; “not distinguishable” is not “the same”.
Shares have Wilson's interval, rates the exact one of Poisson. Open incidents are censored, not left out.
A night page comes between 22:00 and 07:00 where the person lives, unless the team's file sets other hours. Weeks of on-call load are counted from the first day of the period.
""".strip().splitlines()  # noqa: E501 - a line a definition


def definitions_section(_made: Review) -> Section:
    """How the figures are made."""
    items = tuple(Item(text=plain(words)) for words in _DEFINITIONS)
    return Section(
        name="definitions", title="How the figures are made", blocks=(BulletList(items=items),), appendix=True
    )
