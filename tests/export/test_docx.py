"""The DOCX writer."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx as python_docx
import pytest
from documents import document, shown
from lxml import etree

import report_facts
from workbench.errors import ReportError
from workbench.export import docx
from workbench.export.docx_styles import reference_document
from workbench.export.docx_tables import column_widths
from workbench.report.blocks import Cell, Column, Row, plain
from workbench.resources import folder

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def written() -> bytes:
    """The sample as a document."""
    return docx.render(document(report_facts.facts()))


def parts(content: bytes) -> dict[str, bytes]:
    """The files in the zip."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def body(content: bytes) -> etree._Element:
    """The parsed main part."""
    return etree.fromstring(parts(content)["word/document.xml"])


@pytest.mark.parametrize("name", ["facts", "hostile", "bare"])
def test_every_part_is_valid_xml(name: str) -> None:
    """ANSI, NUL, lone surrogates and non-characters in the input break nothing."""
    content = docx.render(document(getattr(report_facts, name)()))
    for path, data in parts(content).items():
        if path.endswith((".xml", ".rels")):
            etree.fromstring(data)


def test_header_rows_repeat_and_rows_stay_whole(written: bytes) -> None:
    """Each table of rows repeats its header; no row is split."""
    tables = list(body(written).iter(f"{W}tbl"))
    assert len(tables) >= 6
    for table in tables:
        rows = table.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


def test_the_picture_has_words(written: bytes) -> None:
    """Alternative text on the drawing itself."""
    properties, *_ = body(written).iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    assert properties.get("descr", "").startswith("Phases: Detect")


def test_references_go_to_bookmarks(written: bytes) -> None:
    """Every link inside the document has its bookmark, and bookmarks have names and ids of their own."""
    root = body(written)
    names = [mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")]
    ids = [mark.get(f"{W}id") for mark in root.iter(f"{W}bookmarkStart")]
    anchors = {link.get(f"{W}anchor") for link in root.iter(f"{W}hyperlink")} - {None}
    assert anchors
    assert anchors <= set(names)
    assert len(names) == len(set(names)) == len(set(ids))


def test_styles_are_real(written: bytes) -> None:
    """Title, headings, captions, lists and the table style carry the look."""
    used = {style.get(f"{W}val") for style in body(written).iter(f"{W}pStyle")}
    assert {"Title", "Heading1", "Heading2", "Caption", "ListBullet", "ListNumber"} <= used


def test_numbered_lists_begin_at_one(written: bytes) -> None:
    """Each list has a numbering of its own that starts again."""
    lists = {
        paragraph.find(f"{W}pPr/{W}numPr/{W}numId").get(f"{W}val")
        for paragraph in body(written).iter(f"{W}p")
        if paragraph.find(f"{W}pPr/{W}numPr/{W}numId") is not None
    }
    assert len(lists) == 2


def test_properties_say_what_it_is_and_leak_nothing(written: bytes) -> None:
    """Title and the time of the data; no author, no tool of another, no thumbnail."""
    files = parts(written)
    core = files["docProps/core.xml"].decode()
    assert "API errors from database connection-pool exhaustion" in core
    assert "2025-12-02T09:30:00Z" in core
    assert "python-docx" not in core
    assert not [name for name in files if "thumbnail" in name]


def test_the_same_document_gives_the_same_bytes(written: bytes) -> None:
    """Fixed dates in the zip, no random ids."""
    assert docx.render(document(report_facts.facts())) == written
    with ZipFile(BytesIO(written)) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {2000}


def test_the_reference_document_is_what_the_code_makes() -> None:
    """`python -m workbench.export.docx_styles templates/reference.docx` writes it again."""
    assert (folder("templates") / "reference.docx").read_bytes() == reference_document()


def test_letter_changes_the_page(written: bytes) -> None:
    """The page's size is chosen; A4 is what the reference document has."""
    size = body(docx.render(document(report_facts.facts()), paper="Letter")).find(f".//{W}pgSz")
    assert size is not None
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("12240", "15840")
    assert body(written).find(f".//{W}pgSz").get(f"{W}w") == "11906"


def test_a_bare_word_document_serves_as_reference(tmp_path: object) -> None:
    """Styles that a person's reference document lacks are added."""
    import docx as python_docx

    path = tmp_path / "own.docx"
    python_docx.Document().save(str(path))
    assert docx.render(document(report_facts.facts()), reference=path)


def test_a_hostile_link_is_no_relation() -> None:
    """Links outside are the http(s) addresses that a person linked in the narrative; text that looks like one is text."""
    files = parts(docx.render(document(report_facts.hostile())))
    targets = re.findall(r'Target="([^"]+)" TargetMode="External"', files["word/_rels/document.xml.rels"].decode())
    assert set(targets) == {"https://evil.example"}


def test_a_persons_text_keeps_its_lines() -> None:
    """Plain output of a cell is set in the style of code."""
    content = docx.render(document(report_facts.facts(), shown({"text/plain": "one\n  two"})))
    codes = [
        p
        for p in body(content).iter(f"{W}p")
        if p.find(f"{W}pPr/{W}pStyle") is not None and p.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "CodeBlock"
    ]
    assert len(codes) == 1
    assert codes[0].find(f".//{W}br") is not None


def test_contents_are_links_until_word_works_them_out(monkeypatch) -> None:
    """What the field shows for the time being leads to each section's heading, as programs without the field keep it."""
    monkeypatch.setattr(docx, "_LONG", 0)
    root = body(docx.render(document(report_facts.facts())))
    (code,) = (one for one in root.iter(f"{W}instrText") if "TOC" in one.text)
    paragraph = code.getparent().getparent()
    names = {mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")}
    targets = [link.get(f"{W}anchor") for link in paragraph.iter(f"{W}hyperlink")]
    assert len(targets) == len(set(targets)) > 10
    assert set(targets) <= names


# Elements that Google Docs' import drops, flattens or moves: text boxes, embedded objects, drawn shapes and ink,
# content controls, frames, pictures that float, cross-references and other fields than those for pages and contents.
FOREIGN = {
    "txbxContent", "textbox", "object", "OLEObject", "pict", "shape", "wsp", "wgp", "wpc", "chart", "relIds", "sdt",
    "framePr", "anchor", "altChunk", "subDoc", "customXml", "smartTag", "oMath", "oMathPara", "fldSimple", "ruby",
    "tblpPr", "AlternateContent", "background",
}  # fmt: skip


@pytest.mark.parametrize("facts", [report_facts.facts, report_facts.hostile])
def test_nothing_stands_in_it_that_google_docs_does_not_take(facts, monkeypatch) -> None:
    """Flowing text, flat tables and pictures in the line; of fields only contents and pages."""
    monkeypatch.setattr(docx, "_LONG", 0)
    files = parts(docx.render(document(facts())))
    roots = [etree.fromstring(files[path]) for path in files if re.fullmatch(r"word/(document|footer\d*)\.xml", path)]
    names = {etree.QName(one).localname for root in roots for one in root.iter()}
    fields = {one.text.split()[0] for root in roots for one in root.iter(f"{W}instrText")}
    assert len(roots) == 2
    assert not names & FOREIGN
    assert fields == {"TOC", "PAGE", "NUMPAGES"}


def test_no_table_stands_in_another_and_every_width_is_absolute(written: bytes) -> None:
    """Google Docs works out no percentages: tables, their grids and cells say the same in twentieths of a point."""
    for table in body(written).iter(f"{W}tbl"):
        grid = [column.get(f"{W}w") for column in table.iter(f"{W}gridCol")]
        assert table.find(f".//{W}tbl") is None
        assert {one.get(f"{W}type") for one in (*table.iter(f"{W}tblW"), *table.iter(f"{W}tcW"))} == {"dxa"}
        assert [[cell.get(f"{W}w") for cell in row.iter(f"{W}tcW")] for row in table.iter(f"{W}tr")] == [
            grid for _ in table.iter(f"{W}tr")
        ]


def test_its_parts_are_few_and_its_pictures_png(written: bytes) -> None:
    """No SVG or EMF, no embedded font, no custom XML, no macro."""
    files = set(parts(written))
    assert {path for path in files if path.startswith("word/media/")} == {
        path for path in files if path.endswith(".png")
    }
    assert not [path for path in files if re.search(r"customXml|fonts/|embeddings|activeX|vba|WithEffects", path)]


def test_columns_without_a_width_share_by_their_words() -> None:
    """A column of numbers stays narrow beside one of sentences, and no word of a header is torn."""
    columns = (Column(header="Wave"), Column(header="Notifications"), Column(header="What customers saw"))
    rows = (Row(cells=tuple(Cell(text=plain(one)) for one in ("1", "12", "Errors at checkout, and carts were kept"))),)
    wave, notifications, saw = column_widths(columns, 9000, rows)
    assert wave < notifications < saw
    assert notifications > 13 * 110  # a sign of 9 points in bold takes about 5.5
    assert wave + notifications + saw == 9000


def test_where_columns_have_little_room_no_number_is_torn() -> None:
    """Eight columns ask for more than the page has: those of sentences give way, not those of two digits."""
    names = ("", "n", "Open", "Not known", "Median", "95% interval", "90th", "Longest")
    texts = ("Time to acknowledge", "16", "", "2", "2 h 16 min", "65 min to 3 h 53 min", "8 h 48 min", "12 h 47 min")
    columns = tuple(Column(header=name) for name in names)
    widths = column_widths(columns, 9000, (Row(cells=tuple(Cell(text=plain(one)) for one in texts)),))
    margins = 2 * 110
    for name, text, width in zip(names, texts, widths, strict=True):
        longest = max(len(word) for word in (*name.split(), *text.split()))
        assert width > longest * 100 + margins, name
    assert sum(widths) == 9000


def test_hebrew_runs_from_the_right() -> None:
    """The paragraph and its runs say so, and letters of such scripts have the size of the others."""
    base = report_facts.facts()
    night = "\u05d1\u05dc\u05d9\u05dc\u05d4 42."
    content = docx.render(document(replace(base, narrative={**base.narrative, "Notes": night})))
    turned = [one for one in body(content).iter(f"{W}p") if one.find(f"{W}pPr/{W}bidi") is not None]
    assert ["".join(one.itertext()) for one in turned] == [night]
    assert turned[0].find(f"{W}r/{W}rPr/{W}rtl") is not None
    styles = etree.fromstring(parts(content)["word/styles.xml"])
    sizes = [
        (one.find(f"{W}sz"), one.find(f"{W}szCs")) for one in styles.iter(f"{W}rPr") if one.find(f"{W}sz") is not None
    ]
    assert sizes
    assert all(small is not None and size.get(f"{W}val") == small.get(f"{W}val") for size, small in sizes[1:40])


def test_a_sentence_before_a_table_stays_with_it(written: bytes) -> None:
    """A heading and a note alone at the foot of a page would announce nothing."""
    notes = [
        one for one in body(written).iter(f"{W}p") if "".join(one.itertext()).startswith("A raw line has the hash")
    ]
    assert notes[0].find(f"{W}pPr/{W}keepNext") is not None


def test_a_reference_document_that_loads_something_is_refused(tmp_path) -> None:
    """A template of Word's that lies on a server, or a file that is no document."""
    path = tmp_path / "reference.docx"
    path.write_text("no document", encoding="utf-8")
    with pytest.raises(ReportError, match="no Word document"):
        docx.render(document(report_facts.facts()), reference=path)
    word = python_docx.Document(str(folder("templates") / "reference.docx"))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    word.part.relate_to("http://evil.invalid/t.dotm", kind, is_external=True)
    word.save(str(path))
    with pytest.raises(ReportError, match="from elsewhere"):
        docx.render(document(report_facts.facts()), reference=path)
