"""The markdown writer: every value through its dialect's escape, tables, pictures as files beside it, references."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.export.album import Album
from workbench.export.dialect import FORGE, code
from workbench.export.front_matter import fact_rows, front_matter
from workbench.report.blocks import (
    BulletList,
    Code,
    Figure,
    FiveWhys,
    Header,
    Heading,
    KeyFigures,
    Missing,
    NumberedList,
    Paragraph,
    Picture,
    Section,
    Table,
)
from workbench.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.export.dialect import Dialect
    from workbench.export.document import Document
    from workbench.report.blocks import Block, Cell, Item, KeyFigure, Row, Run, Text, Why


@dataclass(frozen=True, slots=True)
class Written:
    """The text, and the files that stand beside it by their relative path."""

    text: str
    files: dict[str, bytes] = field(default_factory=dict)


def render(document: Document, *, pictures: str = "pictures", dialect: Dialect = FORGE) -> Written:
    """The whole document; pictures are put into the folder ``pictures`` beside it."""
    writer = _Writer(dialect=dialect, album=Album(folder=pictures, kind=dialect.pictures))
    parts = [front_matter(document.header)] if dialect.front_matter else []
    for section in document.sections:
        parts += writer.section(section)
    return Written(text="\n\n".join(part for part in parts if part) + "\n", files=writer.album.files)


@dataclass(slots=True, kw_only=True)
class _Writer:
    dialect: Dialect
    album: Album

    def section(self, section: Section) -> list[str]:
        title = [f"## {self.words(section.title)}"] if section.title else []
        return [*title, *(part for block in section.blocks for part in self.block(block))]

    def words(self, text: str) -> str:
        """Untrusted text as the dialect has it."""
        return self.dialect.escape(text)

    def block(self, block: Block) -> list[str]:
        """The parts of one block, each a paragraph of its own."""
        match block:
            case Header():
                return self._header(block)
            case Heading():
                return [f"{'#' * min(block.level, self.dialect.deepest)} {self.inline(block.text)}"]
            case Paragraph():
                return [self._paragraph(block)]
            case Missing():
                return [f"*{self.words(block.sentence)}*"]
            case BulletList() | NumberedList():
                return ["\n".join(self._items(block.items, ordered=isinstance(block, NumberedList)))]
            case _:
                return self._wide_block(block)

    def _wide_block(self, block: Block) -> list[str]:
        match block:
            case Table():
                return [self.words(block.caption), self._table(block)]
            case KeyFigures():
                return [self._figures(block)]
            case FiveWhys():
                return ["\n".join(line for one in block.tree for line in self._why(one, 0))]
            case Code():
                return [_fenced(block.text)]
            case Figure():
                return self._figure(block)
            case Picture():
                return [self._image(self.album.picture(block), block.alt)]
            case _:
                return []

    def _header(self, block: Header) -> list[str]:
        title = f"# {self.words(one_line(block.title))}"
        if not self.dialect.front_matter:
            rows = (
                f"| {_in_cell(self.words(name))} | {_in_cell(self.words(value))} |" for name, value in fact_rows(block)
            )
            return [title, "\n".join(("| Fact | Value |", "|---|---|", *rows))]
        stage = block.stage.capitalize() + (f", post-mortem due {block.due}" if block.due else "")
        line = [
            block.document,
            block.id,
            f"**{self.words(block.severity)}**" if block.severity else "",
            block.status,
            stage,
        ]
        quiet = " · ".join(one if one.startswith("**") else self.words(one) for one in line if one)
        below = (block.window, ", ".join(block.services), *block.roles)
        return [quiet, title, "  \n".join(self.words(one_line(one)) for one in below if one)]

    def _paragraph(self, block: Paragraph) -> str:
        return f"> {self.inline(block.text)}" if block.style == "quote" else self.inline(block.text, keep_breaks=True)

    def _figure(self, block: Figure) -> list[str]:
        title = [f"**{self.words(block.title)}**"] if block.title else []
        caption = [f"*{self.words(block.caption)}*"] if block.caption else []
        return [*title, self._image(self.album.chart(block), block.alt), *caption]

    def _image(self, path: str, alt: str) -> str:
        return f"![{self.words(alt)}]({path})"

    def inline(self, text: Text, *, keep_breaks: bool = False) -> str:
        """Runs with their marks."""
        return "".join(self._run(run, keep_breaks=keep_breaks) for run in text).strip()

    def _run(self, run: Run, *, keep_breaks: bool) -> str:
        if run.code:
            words = code(run.text)
        else:
            lines = run.text.split("\n")
            words = ("  \n" if keep_breaks else " ").join(self.words(line) for line in lines)
        if run.ref:
            return self._reference(words, run.ref)
        words = _marked(words, "*") if run.italic else words
        words = _marked(words, "**") if run.bold else words
        return f"[{words}]({_target(run.link)})" if run.link and words.strip() else words

    def _reference(self, words: str, ref: str) -> str:
        return f"[{words}](#{anchor(ref)})" if self.dialect.anchors else _marked(words, "**")

    def _items(self, items: Iterable[Item], *, ordered: bool, depth: int = 0) -> list[str]:
        lines = []
        for number, item in enumerate(items, 1):
            mark = f"{number}." if ordered else "-"
            lines.append(f"{' ' * (3 * depth)}{mark} {self.inline(item.text)}")
            lines += self._items(item.items, ordered=False, depth=depth + 1)
        return lines

    def _table(self, block: Table) -> str:
        head = "| " + " | ".join(_in_cell(self.words(column.header)) for column in block.columns) + " |"
        rule = "|" + "|".join("---:" if column.align == "right" else "---" for column in block.columns) + "|"
        return "\n".join((head, rule, *(self._row(row) for row in block.rows)))

    def _row(self, row: Row) -> str:
        cells = [self._cell(cell) for cell in row.cells]
        if row.anchor and self.dialect.anchors:  # the only HTML in the file, made of a name that we made ourselves
            cells[0] = f'<a id="{anchor(row.anchor)}"></a>{cells[0]}'
        return f"| {' | '.join(cells)} |"

    def _cell(self, cell: Cell) -> str:
        lines = (self.inline(cell.text), self.inline(cell.note))
        return _in_cell(self.dialect.cell_break.join(line for line in lines if line))

    def _figures(self, block: KeyFigures) -> str:
        head = ("Figure", "Value", "Range and source", "Target", "Evidence")
        rows = [self._figure_row(one) for one in block.figures]
        kept = [at for at in range(len(head)) if any(row[at] for row in rows)]
        lines = [[row[at] for at in kept] for row in (head, ("---",) * len(head), *rows)]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _figure_row(self, one: KeyFigure) -> tuple[str, ...]:
        refs = " ".join(self._reference(self.words(ref), ref) for ref in one.refs)
        values = (self.words(one.label), f"**{self.words(one.value)}**", self.words(one.detail),
                  self.words(one.verdict), refs)  # fmt: skip
        return tuple(map(_in_cell, values))

    def _why(self, why: Why, depth: int) -> list[str]:
        note = f" *{self.inline(why.note)}*" if why.note else ""
        line = f"{'  ' * depth}- {self.inline(why.text)}{note}"
        return [line, *(below for one in why.because for below in self._why(one, depth + 1))]


def _in_cell(words: str) -> str:
    """A pipe would end the cell, also in a code span and behind a backslash that is escaped itself."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", words)


def _marked(words: str, mark: str) -> str:
    """The mark at the words themselves: blanks inside it would make it show."""
    bare = words.strip()
    if not bare:
        return words
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return f"{before}{mark}{bare}{mark}{after}"


def _target(link: str) -> str:
    return "<" + re.sub(r"[()<>\s|]", lambda match: f"%{ord(match[0]):02X}", link) + ">"


def anchor(ref: str) -> str:
    """The id that a reference names."""
    return re.sub(r"[^a-z0-9-]+", "-", ref.lower())


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
