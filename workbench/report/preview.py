"""A section for the eye in JupyterLab: plain HTML and plain text. The reports are not made from these."""

from __future__ import annotations

from functools import singledispatch
from html import escape
from typing import TYPE_CHECKING

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
    Part,
    Section,
    Table,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.report.blocks import Cell, Item, Text, Why


def preview_html(section: Section) -> str:
    """The section as HTML without styles or scripts of its own; every text in it is escaped."""
    title = f"<h2>{escape(section.title)}</h2>" if section.title and not section.quiet else ""
    return f"<section>{title}{''.join(_html(block) for block in section.blocks)}</section>"


def preview_text(section: Section) -> str:
    """The section as plain lines."""
    lines = [section.title, "=" * len(section.title)] if section.title else []
    for block in section.blocks:
        lines += _lines(block)
    return "\n".join(lines)


def _inline(text: Text) -> str:
    return "".join(_run(escape(run.text), bold=run.bold, italic=run.italic, code=run.code) for run in text)


def _run(text: str, *, bold: bool, italic: bool, code: bool) -> str:
    for wanted, tag in ((code, "code"), (italic, "em"), (bold, "strong")):
        text = f"<{tag}>{text}</{tag}>" if wanted else text
    return text


@singledispatch
def _html(block: Part) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in _lines(block))


@_html.register
def _(block: Heading) -> str:
    return f"<h{block.level}>{_inline(block.text)}</h{block.level}>"


@_html.register
def _(block: Paragraph) -> str:
    return f"<p>{_inline(block.text)}</p>"


@_html.register
def _(block: Header) -> str:
    status = " · ".join(escape(word) for word in (block.id, block.severity, block.status, block.stage) if word)
    return f"<p>{status}</p><h1>{escape(block.title)}</h1><p>{escape(block.window)}</p>"


@_html.register
def _(block: BulletList) -> str:
    return f"<ul>{_items(block.items)}</ul>"


@_html.register
def _(block: NumberedList) -> str:
    return f"<ol>{_items(block.items)}</ol>"


def _items(items: Iterable[Item]) -> str:
    return "".join(
        f"<li>{_inline(one.text)}{f'<ul>{_items(one.items)}</ul>' if one.items else ''}</li>" for one in items
    )


@_html.register
def _(block: Table) -> str:
    head = "".join(f'<th scope="col">{escape(column.header)}</th>' for column in block.columns)
    rows = "".join(f"<tr>{''.join(_cell(cell) for cell in row.cells)}</tr>" for row in block.rows)
    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(cell: Cell) -> str:
    note = f"<br><small>{_inline(cell.note)}</small>" if cell.note else ""
    return f'<td style="text-align:left">{_inline(cell.text)}{note}</td>'


@_html.register
def _(block: KeyFigures) -> str:
    rows = (
        f'<tr><th scope="row">{escape(one.label)}</th><td><strong>{escape(one.value)}</strong></td>'
        f"<td>{escape('; '.join(filter(None, (one.detail, one.verdict, ' '.join(one.refs)))))}</td></tr>"
        for one in block.figures
    )
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


@_html.register
def _(block: FiveWhys) -> str:
    return f"<ul>{''.join(_why(one) for one in block.tree)}</ul>"


def _why(why: Why) -> str:
    note = f" <small>{_inline(why.note)}</small>" if why.note else ""
    below = f"<ul>{''.join(_why(one) for one in why.because)}</ul>" if why.because else ""
    return f"<li>{_inline(why.text)}{note}{below}</li>"


@_html.register
def _(block: Code) -> str:
    return f"<pre>{escape(block.text)}</pre>"


@singledispatch
def _lines(block: Part) -> list[str]:
    return [words(block.text)] if isinstance(block, Paragraph | Heading) else []


@_lines.register
def _(block: Header) -> list[str]:
    return [" · ".join(filter(None, (block.id, block.severity, block.status, block.stage))), block.title, block.window]


@_lines.register
def _(block: Missing) -> list[str]:
    return [block.sentence]


@_lines.register
def _(block: Code) -> list[str]:
    return block.text.splitlines()


@_lines.register
def _(block: Figure) -> list[str]:
    return [line for line in (block.title, block.alt, block.caption) if line]


@_lines.register
def _(block: KeyFigures) -> list[str]:
    return [f"{one.label}: {one.value} ({one.detail}) {one.verdict}".strip() for one in block.figures]


@_lines.register(BulletList)
@_lines.register(NumberedList)
def _(block: BulletList | NumberedList) -> list[str]:
    return [f"- {words(item.text)}" for item in block.items]


@_lines.register
def _(block: Table) -> list[str]:
    return ["  ".join(column.header for column in block.columns)] + [
        "  ".join(words(cell.text) for cell in row.cells) for row in block.rows
    ]


@_lines.register
def _(block: FiveWhys) -> list[str]:
    return [line for one in block.tree for line in _why_lines(one, 0)]


def _why_lines(why: Why, depth: int) -> list[str]:
    return [f"{'  ' * depth}- {words(why.text)}"] + [line for one in why.because for line in _why_lines(one, depth + 1)]
