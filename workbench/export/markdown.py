"""The markdown writer: every value through one escape, tables, pictures as files beside it, references as links."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.export.front_matter import front_matter
from workbench.export.picture import svg_of
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

    from workbench.export.document import Document
    from workbench.report.blocks import Block, Cell, Item, Run, Text, Why

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_AT_START = re.compile(r"^(\s*)([-+=:])(?=[\s=-]|$)|^(\s*\d{1,9})([.)])(?=\s|$)")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.)")
_WORD_JOINER = "\u2060"  # keeps @names and :words: from being what a forge makes of them


def escape(text: str) -> str:
    """Untrusted text as markdown that shows exactly it: no markup, no links, no mentions, no line of its own."""
    words = " ".join(text.split("\n")) if "\n" in text else text
    words = _SPECIAL.sub(r"\\\1", words)
    words = _ADDRESS.sub(lambda match: f"{match[0]}\\", words)
    words = re.sub(r"@(?=\w)", f"@{_WORD_JOINER}", words)
    words = re.sub(r":(?=[a-z_+-][\w+-]*:)", f":{_WORD_JOINER}", words)
    return _AT_START.sub(lambda match: f"{match[1] or match[3] or ''}\\{match[2] or match[4]}", words)


def _code(text: str) -> str:
    """A code span that holds any text: the fence is longer than every run of backticks in it."""
    plain = one_line(text)
    if not plain:
        return ""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    blank = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{blank}{plain}{blank}{fence}"


@dataclass(frozen=True, slots=True)
class Written:
    """The text, and the files that stand beside it by their relative path."""

    text: str
    files: dict[str, bytes] = field(default_factory=dict)


def render(document: Document, *, pictures: str = "pictures") -> Written:
    """The whole document; pictures are put into the folder ``pictures`` beside it."""
    writer = _Writer(pictures=pictures)
    parts = [front_matter(document.header)]
    for section in document.sections:
        parts += writer.section(section)
    return Written(text="\n\n".join(part for part in parts if part) + "\n", files=writer.files)


@dataclass(slots=True)
class _Writer:
    pictures: str
    files: dict[str, bytes] = field(default_factory=dict)

    def section(self, section: Section) -> list[str]:
        title = [f"## {escape(section.title)}"] if section.title else []
        return [*title, *(part for block in section.blocks for part in self.block(block))]

    def block(self, block: Block) -> list[str]:
        """The parts of one block, each a paragraph of its own."""
        if isinstance(block, Figure):
            return self._figure(block)
        if isinstance(block, Picture):
            return [self._file(f"picture-{len(self.files) + 1}.png", base64.b64decode(block.data), block.alt)]
        return _block(block)

    def _figure(self, block: Figure) -> list[str]:
        name = re.sub(r"[^a-z0-9-]+", "-", block.name.lower()).strip("-") or "chart"
        svg = svg_of(block.spec, name=name, title=block.title or "Chart", description=block.alt)
        image = self._file(f"{name}.svg", _on_white(svg).encode(), block.alt)
        title = [f"**{escape(block.title)}**"] if block.title else []
        return [*title, image, *([f"*{escape(block.caption)}*"] if block.caption else [])]

    def _file(self, name: str, content: bytes, alt: str) -> str:
        path = f"{self.pictures}/{name}" if self.pictures else name
        self.files[path] = content
        return f"![{escape(alt)}]({path})"


def _on_white(svg: str) -> str:
    """A ground of its own: in a dark page the picture's ink would not be seen."""
    end = svg.index(">") + 1
    return f'{svg[:end]}<rect width="100%" height="100%" fill="#ffffff"/>{svg[end:]}'


def _block(block: Block) -> list[str]:
    match block:
        case Header():
            return _header(block)
        case Heading():
            return [f"{'#' * block.level} {_inline(block.text)}"]
        case Paragraph():
            return [f"> {_inline(block.text)}" if block.style == "quote" else _inline(block.text, keep_breaks=True)]
        case Missing():
            return [f"*{escape(block.sentence)}*"]
        case BulletList() | NumberedList():
            return ["\n".join(_items(block.items, ordered=isinstance(block, NumberedList)))]
        case _:
            return _wide_block(block)


def _wide_block(block: Block) -> list[str]:
    match block:
        case Table():
            return [escape(block.caption), _table(block)] if block.caption else [_table(block)]
        case KeyFigures():
            return [_figures(block)]
        case FiveWhys():
            return ["\n".join(line for one in block.tree for line in _why(one, 0))]
        case Code():
            return [_fenced(block.text)]
        case _:
            return []


def _header(block: Header) -> list[str]:
    stage = block.stage.capitalize() + (f", post-mortem due {block.due}" if block.due else "")
    line = [block.id, f"**{escape(block.severity)}**" if block.severity else "", block.status, stage]
    quiet = " · ".join(one if one.startswith("**") else escape(one) for one in line if one)
    below = (block.window, ", ".join(block.services), *block.roles)
    return [quiet, f"# {escape(one_line(block.title))}", "  \n".join(escape(one_line(one)) for one in below if one)]


def _inline(text: Text, *, keep_breaks: bool = False) -> str:
    return "".join(_run(run, keep_breaks=keep_breaks) for run in text).strip()


def _run(run: Run, *, keep_breaks: bool) -> str:
    if run.code:
        words = _code(run.text)
    else:
        lines = run.text.split("\n")
        words = ("  \n" if keep_breaks else " ").join(escape(line) for line in lines)
    if run.ref:
        return f"[{words}](#{anchor(run.ref)})"
    words = _marked(words, "*") if run.italic else words
    words = _marked(words, "**") if run.bold else words
    return f"[{words}]({_target(run.link)})" if run.link and words.strip() else words


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


def _items(items: Iterable[Item], *, ordered: bool, depth: int = 0) -> list[str]:
    lines = []
    for number, item in enumerate(items, 1):
        mark = f"{number}." if ordered else "-"
        indent = " " * (3 * depth)
        lines.append(f"{indent}{mark} {_inline(item.text)}")
        lines += _items(item.items, ordered=False, depth=depth + 1)
    return lines


def _table(block: Table) -> str:
    head = "| " + " | ".join(escape(column.header) for column in block.columns) + " |"
    rule = "|" + "|".join("---:" if column.align == "right" else "---" for column in block.columns) + "|"
    rows = []
    for row in block.rows:
        cells = [_cell(cell) for cell in row.cells]
        if row.anchor:  # the only HTML in the file, made of a name that we made ourselves
            cells[0] = f'<a id="{anchor(row.anchor)}"></a>{cells[0]}'
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join((head, rule, *rows))


def _cell(cell: Cell) -> str:
    """One line: a pipe in a code span would still end the cell."""
    text = _inline(cell.text)
    note = _inline(cell.note)
    both = f"{text}<br>{note}" if text and note else text or note
    return re.sub(r"(?<!\\)\|", r"\\|", both)


def _figures(block: KeyFigures) -> str:
    rows = ["| Figure | Value | Range and source | Target | Evidence |", "|---|---|---|---|---|"]
    for one in block.figures:
        refs = " ".join(f"[{escape(ref)}](#{anchor(ref)})" for ref in one.refs)
        values = (escape(one.label), f"**{escape(one.value)}**", escape(one.detail), escape(one.verdict), refs)
        rows.append(f"| {' | '.join(values)} |")
    return "\n".join(rows)


def _why(why: Why, depth: int) -> list[str]:
    note = f" *{_inline(why.note)}*" if why.note else ""
    line = f"{'  ' * depth}- {_inline(why.text)}{note}"
    return [line, *(below for one in why.because for below in _why(one, depth + 1))]


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
