"""The typed parts that a document is made of, each frozen and cleaned when it is made; the writers know no others."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from workbench.report.text import clean, clean_json, safe_link


class Part:
    """What all parts share: every text in them is clean, and a wrong type is refused at once."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for one in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = _accepted(one.type, getattr(self, one.name), f"{type(self).__name__}.{one.name}")
            object.__setattr__(self, one.name, value)


def _accepted(kind: Any, value: Any, name: str) -> Any:
    """The value cleaned, if it is of the annotated kind."""
    expected: type[Any] = {"str": str, "bool": bool, "int": int, "Spec": dict}.get(kind, tuple)
    if not isinstance(value, expected):
        raise TypeError(f"{name} is {type(value).__name__}, not {kind}")
    if expected is tuple:
        return tuple(_member(item, name) for item in value)
    return clean_json(value) if expected in {str, dict} else value


def _member(value: Any, name: str) -> Any:
    if isinstance(value, Part):
        return value
    if not isinstance(value, str):
        raise TypeError(f"{name} holds a {type(value).__name__}")
    return clean(value)


type_spec = dict[str, Any]
Spec = type_spec  # a Vega-Lite specification: plain JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Part):
    """A stretch of text in one style. ``link`` is http(s) or empty; ``ref`` names a row of the timeline (E3)."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""
    ref: str = ""

    def __post_init__(self) -> None:
        Part.__post_init__(self)
        object.__setattr__(self, "link", safe_link(self.link))


Text = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading(Part):
    """A heading inside a section; level 3 stands directly below the section's own title."""

    text: Text
    level: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph(Part):
    """A paragraph; ``style`` is empty, ``lead`` (the summary), ``note`` (small) or ``quote``."""

    text: Text
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Part):
    """One item of a list and the items below it."""

    text: Text
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletList(Part):
    """Items without an order."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedList(Part):
    """Items in order, from 1."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Part):
    """A column's header and how it is set: ``left`` or ``right``; ``width`` is a share, 0 for what is left.

    ``kind`` is empty, ``ref``, ``time`` or ``raw`` (a log line, set small).
    """

    header: str
    align: str = "left"
    width: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell(Part):
    """One cell; ``note`` is a second, quieter line in it."""

    text: Text
    note: Text = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Around(Part):
    """A line of a source with its number or its time in ``place``; ``own`` is the one that the others stand around."""

    place: str
    text: str
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Part):
    """A row; ``anchor`` is what a reference to it names; ``around`` is shown on a screen only, when asked for."""

    cells: tuple[Cell, ...]
    anchor: str = ""
    around: tuple[Around, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Part):
    """A table with a header row; ``caption`` says what it holds; ``row_header`` is the column that names the row."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    row_header: int = 0
    filterable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Part):
    """A chart as its specification, wide and for a narrow screen, with words for those who cannot see it."""

    name: str
    spec: Spec
    narrow: Spec = field(default_factory=dict)
    title: str = ""
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture(Part):
    """A PNG from a person's own cell, in base64."""

    data: str
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure(Part):
    """One figure of the strip: what, how much, in which range, how it stands to its target, and from what."""

    label: str
    value: str
    detail: str = ""
    verdict: str = ""
    state: str = ""  # met, missed, undecided or empty: the word stands in ``verdict``
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigures(Part):
    """The strip of figures on page one."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(Part):
    """What stands at the very top, and what a file's own properties are made from. Times are RFC 3339."""

    id: str
    title: str
    severity: str = ""
    severity_rank: int = 4  # 1 is the worst of four; for the colour only
    status: str = ""
    stage: str = "draft"  # draft, final, or empty where it has none
    due: str = ""
    window: str = ""
    services: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    edition: str = "internal"
    document: str = ""  # what kind of document it is, where it is not the post-mortem itself
    data_as_of: str = ""
    version: str = ""
    facts: Spec = field(default_factory=dict)  # plain values for front matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing(Part):
    """A part that nobody has written or recorded yet, said in one sentence."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why(Part):
    """A factor and, below it, the factors it came from; ``note`` says what is done about it."""

    text: Text
    kind: str = ""
    note: Text = ()
    because: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveWhys(Part):
    """The graph of factors, opened into a tree from the harm downwards."""

    tree: tuple[Why, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Part):
    """Text that keeps its lines and blanks: a log, a command, what a cell printed."""

    text: str


Block = (
    Heading
    | Paragraph
    | BulletList
    | NumberedList
    | Table
    | Figure
    | Picture
    | KeyFigures
    | Header
    | Missing
    | FiveWhys
    | Code
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Part):
    """A titled part of a document. A ``quiet`` title is left out where the eye does not need it (page one)."""

    name: str
    title: str = ""
    blocks: tuple[Block, ...] = ()
    quiet: bool = False
    appendix: bool = False

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """What Jupyter shows: the typed content for our exporters, and something readable for people."""
        from workbench.report.bundle import mimebundle

        return mimebundle(self)


PARTS: dict[str, type[Part]] = {
    kind.__name__: kind
    for kind in (
        Run, Heading, Paragraph, Item, BulletList, NumberedList, Column, Cell, Around, Row, Table, Figure, Picture,
        KeyFigure, KeyFigures, Header, Missing, Why, FiveWhys, Code, Section,
    )
}  # fmt: skip


def plain(text: str, **style: Any) -> Text:
    """One run of text."""
    return (Run(text=text, **style),) if text else ()


def words(text: Text) -> str:
    """The text without its styles."""
    return "".join(run.text for run in text)
