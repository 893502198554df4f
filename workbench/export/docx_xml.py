"""The WordprocessingML that python-docx has no words for: links, bookmarks, fields, details of tables and pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from collections.abc import Sequence


def element(tag: str, **attributes: str | int) -> Any:
    """A new element such as ``w:tblHeader``; attribute names are without their prefix."""
    made = OxmlElement(tag)
    prefix = tag.split(":", maxsplit=1)[0]
    for name, value in attributes.items():
        made.set(qn(f"{prefix}:{name}"), str(value))
    return made


def bookmark_name(ref: str) -> str:
    """Word takes letters, digits and underscores, a letter first, forty at most."""
    return ("ref_" + re.sub(r"[^A-Za-z0-9]+", "_", ref))[:40]


def add_bookmark(paragraph: Any, ref: str, number: int) -> None:
    """Names the paragraph's text so that links can go to it."""
    start = element("w:bookmarkStart", id=number, name=bookmark_name(ref))
    properties = paragraph._p.pPr
    if properties is None:
        paragraph._p.insert(0, start)
    else:
        properties.addnext(start)
    paragraph._p.append(element("w:bookmarkEnd", id=number))


def link(paragraph: Any, run: Any, *, to_ref: str = "", address: str = "") -> None:
    """Moves a run into a hyperlink to a bookmark, or to an address outside."""
    made = OxmlElement("w:hyperlink")
    if to_ref:
        made.set(qn("w:anchor"), bookmark_name(to_ref))
    else:
        made.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    made.set(qn("w:history"), "1")
    run._r.addprevious(made)
    made.append(run._r)


def set_right_to_left(paragraph: Any) -> None:
    """A paragraph of a script that is written from right to left, in the place that the schema gives it."""
    properties = paragraph._p.get_or_add_pPr()
    after = ("adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "jc", "outlineLvl",
             "rPr", "sectPr")  # fmt: skip
    follower = next((one for one in properties if one.tag in {qn(f"w:{name}") for name in after}), None)
    made = element("w:bidi")
    if follower is None:
        properties.append(made)
    else:
        follower.addprevious(made)


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field with the text that stands there until Word works it out."""
    open_field(paragraph, instruction)
    paragraph.add_run(shown)
    close_field(paragraph)


def open_field(paragraph: Any, instruction: str) -> None:
    """Begins a field; what is added to the paragraph until it is closed is what the field shows for the time being."""
    _field_mark(paragraph, "begin")
    code = element("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    paragraph.add_run()._r.append(code)
    _field_mark(paragraph, "separate")


def close_field(paragraph: Any) -> None:
    """Ends the field that was opened last."""
    _field_mark(paragraph, "end")


def _field_mark(paragraph: Any, kind: str) -> None:
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType=kind))


def repeat_header(row: Any) -> None:
    """The row stands again at the top of each page that the table goes on to."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader"))


def keep_whole(row: Any) -> None:
    """The row is not split between pages."""
    row._tr.get_or_add_trPr().insert(0, element("w:cantSplit"))


def set_columns(table: Any, widths: Sequence[int]) -> None:
    """A table of fixed widths in twentieths of a point, its text flush with the text around it."""
    properties = table._tbl.tblPr
    for tag in ("w:tblW", "w:tblLayout", "w:tblInd"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
    width = element("w:tblW", w=sum(widths), type="dxa")
    indent = element("w:tblInd", w=0, type="dxa")
    layout = element("w:tblLayout", type="fixed")
    look = properties.find(qn("w:tblLook"))
    for one in (width, indent, layout):
        properties.append(one) if look is None else look.addprevious(one)
    for column, wanted in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(wanted))


def set_width(cell: Any, width: int) -> None:
    """A cell's width in twentieths of a point."""
    properties = cell._tc.get_or_add_tcPr()
    for old in properties.findall(qn("w:tcW")):
        properties.remove(old)
    properties.insert(0, element("w:tcW", w=width, type="dxa"))


def describe_table(table: Any, caption: str) -> None:
    """What a screen reader says of a table."""
    if caption:
        table._tbl.tblPr.append(element("w:tblCaption", val=caption))


def describe_picture(picture: Any, *, number: int, title: str, alt: str) -> None:
    """A picture's text equivalent; the number is unique in the document."""
    properties = picture._inline.docPr
    properties.set("id", str(number))
    properties.set("name", f"Picture {number}")
    properties.set("descr", alt)
    if title:
        properties.set("title", title)


def shade(run: Any, colour: str) -> None:
    """A ground of a colour (RRGGBB) behind a run: the badge."""
    properties = run._r.get_or_add_rPr()
    properties.append(element("w:shd", val="clear", color="auto", fill=colour))


def restarted_numbering(document: Any, style: Any) -> int:
    """The id of a new list in the numbering of a style, that begins at 1 again."""
    numbering = document.part.numbering_part.element
    own = style.element.pPr.numPr.numId.val
    abstract = next(num for num in numbering.num_lst if num.numId == own).abstractNumId.val
    made = numbering.add_num(abstract)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(made.numId)


def number(paragraph: Any, list_id: int) -> None:
    """Puts a paragraph into a numbered list."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = list_id
