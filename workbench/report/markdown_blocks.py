"""Markdown that people wrote, as blocks of runs: HTML stays text, pictures are left out, links are http(s) only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from workbench.report.blocks import (
    BulletList,
    Cell,
    Code,
    Column,
    Heading,
    Item,
    NumberedList,
    Paragraph,
    Row,
    Run,
    Table,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.report.blocks import Block, Text


@dataclass(frozen=True, slots=True)
class _Style:
    bold: bool = False
    italic: bool = False
    link: str = ""


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def blocks_of(markdown: str, *, top: int = 3, ruled: bool = False) -> tuple[Block, ...]:
    """The blocks of a text; its highest heading gets the level ``top`` (0 keeps all), and none is deeper than 6.

    In a ``ruled`` text the dashes below a table's header say how wide its columns are, as long as they differ.
    """
    tree = SyntaxTreeNode(_parser().parse(markdown))
    levels = [int(node.tag[1]) for node in tree.children if node.type == "heading"]
    shift = top - min(levels, default=top) if top else 0
    lines = markdown.split("\n") if ruled else []
    blocks = [_ruled(block, node, lines) for node in tree.children for block in _blocks(node)]
    return tuple(_levelled(block, shift) for block in blocks)


def _ruled(block: Block, node: SyntaxTreeNode, lines: list[str]) -> Block:
    """A table with the widths that the line below its header draws."""
    if not isinstance(block, Table) or node.map is None or not lines:
        return block
    drawn = [len(dashes) for dashes in re.findall("-+", lines[node.map[0] + 1])]
    if len(drawn) != len(block.columns) or len(set(drawn)) == 1:
        return block
    shares = [max(1, round(100 * each / sum(drawn))) for each in drawn]
    columns = (replace(one, width=share) for one, share in zip(block.columns, shares, strict=True))
    return replace(block, columns=tuple(columns))


def _levelled(block: Block, shift: int) -> Block:
    if not isinstance(block, Heading):
        return block
    return replace(block, level=min(6, max(2, block.level + shift)))


def _blocks(node: SyntaxTreeNode) -> tuple[Block, ...]:
    match node.type:
        case "paragraph":
            text = _inline(node)
            return (Paragraph(text=text),) if words(text).strip() else ()
        case "heading":
            return (Heading(text=_inline(node), level=int(node.tag[1])),)
        case "bullet_list":
            return (BulletList(items=_items(node)),)
        case "ordered_list":
            return (NumberedList(items=_items(node)),)
        case "fence" | "code_block":
            return (Code(text=node.content.rstrip("\n")),)
        case "blockquote":
            return tuple(_quoted(block) for child in node.children for block in _blocks(child))
        case "table":
            return (_table(node),)
        case _:  # a rule across the page, a definition of a link
            return ()


def _quoted(block: Block) -> Block:
    return replace(block, style="quote") if isinstance(block, Paragraph) else block


def _items(node: SyntaxTreeNode) -> tuple[Item, ...]:
    return tuple(_item(child) for child in node.children)


def _item(node: SyntaxTreeNode) -> Item:
    """An item's paragraphs as one text; lists below it as items; anything else as text."""
    text: list[Run] = []
    below: list[Item] = []
    for child in node.children:
        if child.type in {"bullet_list", "ordered_list"}:
            below += _items(child)
            continue
        if text:
            text.append(Run(text=" "))
        text += (
            [Run(text=child.content.strip(), code=True)] if child.type in {"fence", "code_block"} else _inline(child)
        )
    return Item(text=tuple(text), items=tuple(below))


def _table(node: SyntaxTreeNode) -> Table:
    rows = [row for part in node.children for row in part.children]
    head, *body = [[_inline(cell) for cell in row.children] for row in rows]
    columns = tuple(
        Column(header=words(text), align="right" if "right" in str(cell.attrs.get("style", "")) else "left")
        for text, cell in zip(head, rows[0].children, strict=True)
    )
    return Table(columns=columns, rows=tuple(Row(cells=tuple(Cell(text=text) for text in row)) for row in body))


def _inline(node: SyntaxTreeNode) -> Text:
    runs: list[Run] = []
    for child in node.children:
        runs += _runs(child.children if child.type == "inline" else [child], _Style())
    return tuple(runs)


def _runs(nodes: Iterable[SyntaxTreeNode], style: _Style) -> list[Run]:
    return [run for node in nodes for run in _run(node, style)]


def _run(node: SyntaxTreeNode, style: _Style) -> list[Run]:
    match node.type:
        case "text" | "code_inline" | "html_inline" | "text_special":
            return [_styled(node.content, style, code=node.type == "code_inline")] if node.content else []
        case "softbreak":
            return [_styled(" ", style)]
        case "hardbreak":
            return [_styled("\n", style)]
        case "strong":
            return _runs(node.children, replace(style, bold=True))
        case "em":
            return _runs(node.children, replace(style, italic=True))
        case "link":
            return _runs(node.children, replace(style, link=str(node.attrs.get("href", ""))))
        case "image":  # nothing is fetched: the words that stand for it are kept
            return [_styled(f"[picture: {node.content}]" if node.content else "[picture]", style)]
        case _:
            return _runs(node.children, style)


def _styled(text: str, style: _Style, *, code: bool = False) -> Run:
    return Run(text=text, bold=style.bold, italic=style.italic, link=style.link, code=code)
