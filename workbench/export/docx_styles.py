"""The styles of the DOCX: written once into templates/reference.docx, which people can restyle in Word.

``python -m workbench.export.docx_styles templates/reference.docx`` writes that file again.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from workbench.charts.palette import ACCENT, INK, QUIET, SEVERITIES
from workbench.export.archive import rewritten
from workbench.export.docx_xml import element

FONT = "Arial"
MONO = "Courier New"
LANGUAGE = "en-GB"
RULE = "C8CED4"
PAPERS = {"A4": (Cm(21.0), Cm(29.7)), "Letter": (Cm(21.59), Cm(27.94))}
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

# name: (based on, size in pt, bold, colour, space before, space after in pt)
_PARAGRAPHS: dict[str, tuple[str, float, bool, str, float, float]] = {
    "Normal": ("", 10, False, INK, 0, 5),
    "Title": ("Normal", 18, True, INK, 2, 4),
    "Heading 1": ("Normal", 13, True, INK, 14, 4),
    "Heading 2": ("Normal", 10.5, True, INK, 10, 3),
    "Heading 3": ("Normal", 10, True, QUIET, 8, 2),
    "Caption": ("Normal", 8.5, False, QUIET, 2, 5),
    "List Bullet": ("Normal", 10, False, INK, 0, 2),
    "List Bullet 2": ("Normal", 10, False, INK, 0, 2),
    "List Bullet 3": ("Normal", 10, False, INK, 0, 2),
    "List Number": ("Normal", 10, False, INK, 0, 2),
    "Quote": ("Normal", 10, False, INK, 0, 5),
    "Footer": ("Normal", 8, False, QUIET, 0, 0),
    "Status Line": ("Normal", 9, False, QUIET, 0, 0),
    "Lead": ("Normal", 11.5, False, INK, 6, 6),
    "Note": ("Normal", 8.5, False, QUIET, 0, 4),
    "Missing": ("Normal", 10, False, QUIET, 0, 5),
    "Figure Title": ("Normal", 10.5, True, INK, 8, 3),
    "Table Text": ("Normal", 9, False, INK, 0, 0),
    "Figure Label": ("Normal", 8, False, QUIET, 0, 0),
    "Figure Value": ("Normal", 15, True, INK, 0, 0),
    "Figure Detail": ("Normal", 8, False, QUIET, 0, 0),
    "Why": ("Normal", 10, False, INK, 0, 3),
    "Code Block": ("Normal", 8, False, INK, 2, 6),
}
_KEEP_WITH_NEXT = {"Title", "Heading 1", "Heading 2", "Heading 3", "Figure Title"}
_CHARACTERS = {"Reference": ACCENT, "Code Text": INK, "Quiet Text": QUIET, "Badge": "#ffffff"}
TABLE = "Report Table"


def reference_document() -> bytes:
    """The reference document's bytes; the same on every run."""
    document = Document()
    _drop_leftovers(document)
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    ensure_styles(document, restyle=True)
    set_paper(document, "A4")
    set_properties(document, title="", subject="", when=EPOCH)
    stream = BytesIO()
    document.save(stream)
    return rewritten(stream.getvalue())


def _drop_leftovers(document: Any) -> None:
    """What python-docx's own template carries and nothing uses: a thumbnail, custom XML, styles for Word's preview."""
    for owner in (document.part.package, document.part):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.endswith(("/thumbnail", "/customXml", "/stylesWithEffects")):
                del owner.rels[key]


def set_paper(document: Any, paper: str) -> None:
    """Page size and margins."""
    section = document.sections[0]
    section.page_width, section.page_height = PAPERS[paper]
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.8)
    section.footer_distance = Cm(0.9)


def set_properties(document: Any, *, title: str, subject: str, when: datetime) -> None:
    """The document's properties: what it is and the time of its data; no author, no machine, no user."""
    core = document.core_properties
    core.title, core.subject = title[:250], subject[:250]
    core.author = core.last_modified_by = core.comments = core.keywords = core.category = ""
    core.created = core.modified = when.replace(tzinfo=None)
    core.revision, core.language = 1, LANGUAGE


def ensure_styles(document: Any, *, restyle: bool = False) -> None:
    """Adds the styles that the writer needs and a person's reference document lacks; ``restyle`` sets ours anew."""
    styles = document.styles
    existing = {style.name for style in styles}
    for name in _PARAGRAPHS:
        if restyle or name not in existing:
            _paragraph_style(styles, name, is_new=name not in existing)
    for name, colour in _CHARACTERS.items():
        if restyle or name not in existing:
            _character_style(styles, name, colour, is_new=name not in existing)
    if TABLE not in existing:
        _table_style(styles)
    if restyle:
        _set_language(styles)


def remember_styles(document: Any) -> None:
    """Each style is looked up once: python-docx goes through all of them for every paragraph and every run."""
    look_up = document.part.get_style_id
    known: dict[tuple[str, Any], str | None] = {}

    def style_id(style_or_name: Any, style_type: Any) -> str | None:
        if not isinstance(style_or_name, str):
            found: str | None = look_up(style_or_name, style_type)
            return found
        if (style_or_name, style_type) not in known:
            known[style_or_name, style_type] = look_up(style_or_name, style_type)
        return known[style_or_name, style_type]

    document.part.get_style_id = style_id


def _paragraph_style(styles: Any, name: str, *, is_new: bool) -> None:
    base, size, bold, colour, before, after = _PARAGRAPHS[name]
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if is_new else styles[name]
    if base:
        style.base_style = styles[base]
    _set_font(style, FONT if name != "Code Block" else MONO, size, bold=bold, colour=colour)
    style.font.italic = name == "Missing"
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.05 if name == "Title" else 1.15
    shape.keep_with_next = name in _KEEP_WITH_NEXT
    shape.widow_control = True
    style.hidden, style.quick_style = False, True
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
    if name == "Quote":
        shape.left_indent = Cm(0.6)
        border = element("w:pBdr")
        border.append(element("w:left", val="single", sz=12, space=8, color=RULE))
        style.element.pPr.find(qn("w:spacing")).addprevious(border)


def _set_font(style: Any, name: str, size: float, *, bold: bool, colour: str) -> None:
    style.font.size, style.font.bold = Pt(size), bold
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    properties.find(qn("w:sz")).addnext(element("w:szCs", val=int(size * 2)))  # of Hebrew and Arabic
    style.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):  # a theme's font would win over the one named here
        del fonts.attrib[key]
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), name)
    for kern in style.element.rPr.findall(qn("w:spacing")) + style.element.rPr.findall(qn("w:kern")):
        style.element.rPr.remove(kern)


def _character_style(styles: Any, name: str, colour: str, *, is_new: bool) -> None:
    style = styles.add_style(name, WD_STYLE_TYPE.CHARACTER) if is_new else styles[name]
    style.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
    style.font.underline = name == "Reference"
    style.font.bold = True if name == "Badge" else None
    if name == "Code Text":
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{kind}"), MONO)
    if name == "Quiet Text":
        style.font.size = Pt(8.5)


def _table_style(styles: Any) -> None:
    """Thin rules between rows, a stronger one below the header, no vertical lines."""
    style = styles.add_style(TABLE, WD_STYLE_TYPE.TABLE)
    style.base_style = styles["Normal Table"] if "Normal Table" in {one.name for one in styles} else None
    properties = element("w:tblPr")
    borders = element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(element(f"w:{side}", val="single", sz=4, space=0, color=RULE))
    margins = element("w:tblCellMar")
    for side, width in (("top", 45), ("left", 0), ("bottom", 45), ("right", 110)):
        margins.append(element(f"w:{side}", w=width, type="dxa"))
    properties.append(borders)
    properties.append(margins)
    first = element("w:tblStylePr", type="firstRow")
    run = element("w:rPr")
    run.append(element("w:b"))
    first.append(run)
    cell = element("w:tcPr")
    below = element("w:tcBorders")
    below.append(element("w:bottom", val="single", sz=8, space=0, color=QUIET.lstrip("#")))
    cell.append(below)
    first.append(cell)
    style.element.append(properties)
    style.element.append(first)


def _set_language(styles: Any) -> None:
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(element("w:lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA"))


def severity_colour(rank: int) -> str:
    """RRGGBB of a severity's badge; 1 is the worst."""
    return SEVERITIES[min(max(rank, 1), len(SEVERITIES)) - 1].lstrip("#").upper()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(reference_document())
