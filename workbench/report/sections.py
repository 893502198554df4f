"""Small pieces that several sections share: what people wrote, honest sentences, tables of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.report.blocks import Cell, Column, Missing, Row, Section, Table, plain
from workbench.report.markdown_blocks import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.report.blocks import Block, Text
    from workbench.report.facts import Facts

# The headings of narrative.md that have a place of their own, with the other ways to write them.
HEADINGS: dict[str, tuple[str, ...]] = {
    "Executive summary": ("summary",),
    "Customer impact": ("impact on customers",),
    "Business impact": ("impact on the business",),
    "What happened": (),
    "Immediate cause": ("root cause", "direct cause"),
    "Contributing factors": ("contributing causes",),
    "Why these factors existed": ("why did these factors exist", "why these factors exist"),
    "What went well": (),
    "What could be improved": ("what went wrong", "what went badly", "what to improve"),
    "Where we got lucky": ("luck",),
    "Lessons learned": ("lessons",),
    "Prevention": ("prevention measures",),
    "Communications": ("communication",),
}
_PLACE = {name.casefold(): heading for heading, others in HEADINGS.items() for name in (heading, *others)}


def place_of(heading: str) -> str:
    """The heading of the report that a heading of narrative.md belongs to, or nothing."""
    return _PLACE.get(" ".join(heading.split()).rstrip(":?").casefold(), "")


def written(facts: Facts, heading: str, *, top: int = 3) -> tuple[Block, ...]:
    """What people wrote under this heading, or no blocks."""
    texts = [text for name, text in facts.narrative.items() if place_of(name) == heading and text.strip()]
    return tuple(block for text in texts for block in blocks_of(text, top=top))


def written_or_missing(facts: Facts, heading: str, what: str, *, top: int = 3) -> tuple[Block, ...]:
    """What people wrote, or the sentence that says that nobody has."""
    return written(facts, heading, top=top) or (
        Missing(sentence=f"Nobody has written {what} yet ({_where(heading)})."),
    )


def _where(heading: str) -> str:
    return f"narrative.md, “{heading}”"


def missing(sentence: str) -> tuple[Block, ...]:
    """One honest sentence."""
    return (Missing(sentence=sentence),)


def row(*texts: str | Text, anchor: str = "") -> Row:
    """A row of plain texts or runs."""
    return Row(cells=tuple(cell(text) for text in texts), anchor=anchor)


def cell(text: str | Text, note: str | Text = ()) -> Cell:
    """A cell with an optional quieter line."""
    return Cell(
        text=plain(text) if isinstance(text, str) else text, note=plain(note) if isinstance(note, str) else note
    )


def table(headers: Sequence[str | Column], rows: Iterable[Row], *, caption: str = "", **options: int | bool) -> Table:
    """A table; a header that is only text makes a column set to the left."""
    columns = tuple(Column(header=one) if isinstance(one, str) else one for one in headers)
    return Table(
        columns=columns,
        rows=tuple(rows),
        caption=caption,
        row_header=int(options.get("row_header", 0)),
        filterable=bool(options.get("filterable", False)),
    )


def story(facts: Facts, *, name: str, title: str, what: str) -> Section:
    """A section that only people can write."""
    return Section(name=name, title=title, blocks=written_or_missing(facts, title, what))
