"""Tables of the DOCX: header rows that repeat, rows that stay whole, stated widths; and the strip of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from workbench.export import docx_xml as xml
from workbench.export.docx_styles import RULE, TABLE
from workbench.report.blocks import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.export.docx import Writer
    from workbench.report.blocks import Cell, Column, KeyFigure, KeyFigures, Row, Table

_STATES = {"met": "1A6B3A", "missed": "A01C1C", "undecided": "755B00"}
_WIDEST, _PADDING = 45, 3  # signs
_SIGN = 100  # twentieths of a point that a sign of a table's text takes, or a little less
_CODE = 7.5  # points of a path or a name in a table
_SMALL = {"raw": 7, "hash": 7, "source": 7.5}


def add_table(writer: Writer, block: Table) -> None:
    """The header row, then one row after another: asking python-docx for a cell by its place takes far too long."""
    table = writer.word.add_table(rows=1, cols=len(block.columns), style=TABLE)
    widths = column_widths(block.columns, writer.width, block.rows)
    xml.set_columns(table, widths)
    xml.describe_table(table, block.caption)
    head = table.rows[0]
    for cell, column, width in zip(head.cells, block.columns, widths, strict=True):
        _fill_header(cell, column, width)
    xml.repeat_header(head)
    xml.keep_whole(head)
    for row in block.rows:
        _add_row(writer, table, block, row, widths)
    gap = writer.word.add_paragraph(style="Note").paragraph_format
    gap.space_after, gap.line_spacing = Pt(0), Pt(6)


def column_widths(columns: tuple[Column, ...], total: int, rows: Sequence[Row] = ()) -> list[int]:
    """Widths in twentieths of a point: the stated shares, and of what is left as much as the words ask for."""
    stated = sum(column.width for column in columns)
    open_ones = [at for at, column in enumerate(columns) if not column.width]
    rest = max(100 - stated, 8 * len(open_ones)) if open_ones else 0
    shares = [float(column.width) for column in columns]
    signs = total * rest / (stated + rest) / _SIGN if rest else 0.0
    for at, share in zip(open_ones, _shared(signs, [_need(at, columns[at], rows) for at in open_ones]), strict=True):
        shares[at] = share * rest
    widths = [int(total * share / sum(shares)) for share in shares]
    widths[-1] += total - sum(widths)
    return widths


def _shared(signs: float, needs: Sequence[tuple[float, float]]) -> list[float]:
    """The share of each column in so many signs: where they are too few, every column keeps its longest word whole."""
    least, wanted = sum(word for word, _ in needs), sum(text for _, text in needs)
    if wanted <= signs or wanted <= least:
        return [text / wanted for _, text in needs]
    spare = max(signs - least, 0.0) / (wanted - least)
    sizes = [word + (text - word) * spare for word, text in needs]
    return [size / sum(sizes) for size in sizes]


def _need(at: int, column: Column, rows: Sequence[Row]) -> tuple[float, float]:
    """How wide a column must be, and wants to be, in signs: its longest word, and its longest text within reason."""
    texts = [words(row.cells[at].text) for row in rows]
    header = max((len(word) * 1.2 for word in column.header.split()), default=1.0)
    word = max((len(word) for text in texts for word in text.split()), default=0)
    longest = max((len(text) for text in texts), default=0)
    return max(min(word, _WIDEST / 2), header) + _PADDING, max(min(longest, _WIDEST), header) + _PADDING


def _fill_header(cell: Any, column: Column, width: int) -> None:
    xml.set_width(cell, width)
    paragraph = cell.paragraphs[0]
    paragraph.style = "Table Text"
    paragraph.add_run(column.header).bold = True
    paragraph.paragraph_format.keep_with_next = True
    if column.align == "right":
        _set_right(paragraph)


def _set_right(paragraph: Any) -> None:
    """To the right, with some air before the next column."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.right_indent = Pt(8)


def _add_row(writer: Writer, table: Any, block: Table, row: Row, widths: list[int]) -> None:
    made = table.add_row()
    xml.keep_whole(made)
    for place, (cell, content) in enumerate(zip(made.cells, row.cells, strict=True)):
        xml.set_width(cell, widths[place])
        _fill(writer, cell, content, block.columns[place])
    if row.anchor:
        xml.add_bookmark(made.cells[0].paragraphs[0], row.anchor, writer.next_number())


def _fill(writer: Writer, cell: Any, content: Cell, column: Column) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = "Table Text"
    writer.add_text(paragraph, content.text)
    if column.align == "right":
        _set_right(paragraph)
    if content.note:
        note = cell.add_paragraph(style="Table Text") if content.text else paragraph
        writer.add_text(note, content.note, style="Quiet Text")
    size, code = _SMALL.get(column.kind), writer.word.part.get_style_id("Code Text", WD_STYLE_TYPE.CHARACTER)
    for one in cell.paragraphs:
        for run in one.runs:
            if size or run._r.style == code:  # `run.style` would go through all styles
                run.font.size = Pt(size or _CODE)


def add_figures(writer: Writer, block: KeyFigures) -> None:
    """The strip: a table of one row with lines between its cells."""
    count = len(block.figures)
    table = writer.word.add_table(rows=1, cols=count)
    widths = [writer.width // count] * count
    widths[-1] += writer.width - sum(widths)
    xml.set_columns(table, widths)
    _frame(table)
    xml.describe_table(table, "Key figures")
    xml.repeat_header(table.rows[0])  # its only row: what checks a document asks each table for a header
    xml.keep_whole(table.rows[0])
    for cell, figure, width in zip(table.rows[0].cells, block.figures, widths, strict=True):
        xml.set_width(cell, width)
        _fill_figure(cell, figure)


def _frame(table: Any) -> None:
    borders = xml.element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideV"):
        borders.append(xml.element(f"w:{side}", val="single", sz=4, space=0, color=RULE))
    margins = xml.element("w:tblCellMar")
    for side, width in (("top", 70), ("left", 100), ("bottom", 70), ("right", 80)):
        margins.append(xml.element(f"w:{side}", w=width, type="dxa"))
    layout = table._tbl.tblPr.find(qn("w:tblLayout"))
    # Word and LibreOffice put the first cell's text at the margin; here its frame shall stand there.
    table._tbl.tblPr.find(qn("w:tblInd")).set(qn("w:w"), "100")
    layout.addprevious(borders)
    layout.addnext(margins)


def _fill_figure(cell: Any, figure: KeyFigure) -> None:
    label = cell.paragraphs[0]
    label.style = "Figure Label"
    label.add_run(figure.label)
    value = cell.add_paragraph(style="Figure Value")
    run = value.add_run(figure.value)
    if len(figure.value) > 8:
        run.font.size = Pt(11)
    if figure.detail:
        cell.add_paragraph(figure.detail, style="Figure Detail")
    if figure.verdict:
        verdict = cell.add_paragraph(style="Figure Detail").add_run(figure.verdict)
        verdict.bold = True
        if figure.state in _STATES:
            verdict.font.color.rgb = RGBColor.from_string(_STATES[figure.state])
    if figure.refs:
        refs = cell.add_paragraph(style="Figure Detail")
        for place, ref in enumerate(figure.refs):
            refs.add_run(" " if place else "")
            made = refs.add_run(ref, style="Reference")
            xml.link(refs, made, to_ref=ref)
