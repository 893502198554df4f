"""XML is read as it really comes, and nothing that it asks for is done."""

from __future__ import annotations

import io
import time

import pytest

from workbench.readers import xml_documents
from workbench.readers.xml_documents import XmlElements, sketch
from workbench.readers.xml_elements import BrokenElement


def rows(text: str | bytes, tag: str = "row"):
    """The elements of this name, and the notes."""
    elements = XmlElements(io.BytesIO(text.encode() if isinstance(text, str) else text), frozenset({tag}))
    return list(elements), elements.notes


def words(text: str | bytes, tag: str = "row") -> list[str]:
    """What the elements of this name say."""
    return [each.reason if isinstance(each, BrokenElement) else each.text for each in rows(text, tag)[0]]


def test_elements_come_with_their_contents_and_line() -> None:
    """Texts and inner elements keep their order; the elements around are known by name."""
    (row,), notes = rows('<all page="2">\n <row id="7">one <b>two</b> <i>three</i></row>\n</all>')
    assert (row.line, row.attributes, row.text) == (2, {"id": "7"}, "one")
    assert row.whole_text() == "one two three"
    assert [child.tag for child in row.children] == ["b", "i"]
    assert (row.said("b"), row.said("b", "none"), row.find("i").text) == ("two", "", "three")
    assert [(around.tag, around.attributes) for around in row.within] == [("all", {"page": "2"})]
    assert notes == []


def test_the_outermost_of_nested_elements_is_one() -> None:
    """A row in a row is a part of it."""
    (row,), _ = rows("<row>a<row>b</row></row>")
    assert row.said("row") == "b"


@pytest.mark.parametrize(
    "between", ["", "\n\n", '<?xml version="1.0"?>', "\n<!-- next -->\n", "\ufeff<?xml version='1.0'?>\n"]
)
def test_documents_end_to_end_are_all_read(between) -> None:
    """With or without a declaration between them."""
    one = "<all><row>1</row>\n<row>2</row></all>"
    elements, notes = rows(between.join([one, one, one]))
    assert [each.text for each in elements] == ["1", "2"] * 3
    assert notes == []


def test_lines_are_counted_through_all_documents() -> None:
    """The line is that of the file."""
    elements, _ = rows('<?xml version="1.0"?>\n<row/>\n<row/>\n<?xml version="1.0"?>\n<row/>\n<row/>')
    assert [each.line for each in elements] == [2, 3, 5, 6]


def test_text_before_the_first_tag_is_passed_over() -> None:
    """A browser writes a sentence above the tree that it shows."""
    elements, notes = rows("This XML file does not appear to have any style.\n\n<all>\n<row>1</row></all>")
    assert [(each.line, each.text) for each in elements] == [(4, "1")]
    assert notes == ["Text from line 1 on, before the next tag, was passed over."]


def test_a_document_that_is_cut_off_gives_what_came_before() -> None:
    """The element in which it ends is told, and the line."""
    elements, notes = rows("<all>\n<row>1</row>\n<row>2")
    assert [getattr(each, "reason", "") or each.text for each in elements] == ["1", "the document ends inside it"]
    assert elements[1].text == "2"
    assert notes == ["The document ends in the middle, at line 3; what came before is read."]


def test_after_a_broken_document_the_next_one_is_read() -> None:
    """It begins with its declaration."""
    elements, notes = rows("<all><row>1</row><oops></all>\n<?xml version='1.0'?>\n<all><row>3</row></all>")
    assert [(each.line, each.text) for each in elements] == [(1, "1"), (3, "3")]
    assert notes == ["Reading stopped at line 1: this is not XML (mismatched tag)."]


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "windows-1252", "iso-8859-15", "shift_jis", "nonsense"]
)
def test_any_encoding_is_read(encoding) -> None:
    """By its mark, by its zeros, else as the document declares."""
    known = "utf-8" if encoding == "nonsense" else encoding
    text = "障害" if encoding == "shift_jis" else "dépôt"
    declared = "utf-8" if encoding.startswith("utf") else encoding
    data = f"<?xml version='1.0' encoding='{declared}'?><row>{text}</row>".encode(known)
    assert words(data) == [text]


def test_bytes_that_xml_cannot_hold_are_replaced() -> None:
    """A control character or a broken letter is no reason to stop."""
    assert words(b"<all><row>a\x1bb\xffc</row></all>") == ["a\ufffdb\ufffdc"]


def test_entities_of_html_are_read_and_unknown_ones_kept() -> None:
    """Nobody declared them, and people wrote them."""
    assert words("<row>a&nbsp;b &amp; &#8364; &unheard;</row>") == ["a\xa0b & € &unheard;"]


@pytest.mark.parametrize("declaration", [
    '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">', '<!ENTITY b SYSTEM "file:///etc/passwd">',
    '<!ENTITY % b SYSTEM "http://x.test/">%b;', '<!ATTLIST row id CDATA "long">',
])  # fmt: skip
def test_declarations_are_refused_with_a_sentence(declaration) -> None:
    """Nothing is expanded and nothing is fetched."""
    elements, notes = rows(f"<!DOCTYPE row [{declaration}]><row>&b;</row>")
    assert elements == []
    assert "declares entities or elements of its own" in notes[0]


def test_a_doctype_that_only_names_a_file_fetches_nothing() -> None:
    """The document is read; the file is not."""
    assert words('<!DOCTYPE row SYSTEM "file:///etc/hostname"><row>1 &host;</row>') == ["1 &host;"]


def test_depth_is_bounded() -> None:
    """Ten thousand elements deep is not an export."""
    elements, notes = rows("<row>" + "<a>" * 10_000)
    assert [each.reason for each in elements] == ["the document cannot be read on inside it"]
    assert "more than 200 deep" in notes[0]


def test_an_element_without_bounds_is_not_kept(monkeypatch) -> None:
    """It is told; the next one is read. A tag without an end stops the reading."""
    monkeypatch.setattr(xml_documents, "MAX_ELEMENT", 1000)
    assert words(f"<all><row>{'x' * 2000}</row><row>{'<b/>' * 2000}</row><row>2</row></all>") == [
        "larger than 0 MB", "larger than 0 MB", "2",
    ]  # fmt: skip
    monkeypatch.setattr(xml_documents, "MAX_ELEMENT", 600_000)
    _, notes = rows("<all><row>1</row><row id='" + "x" * 2_000_000)
    assert "a tag longer than" in notes[0]


@pytest.mark.parametrize(
    "text",
    ["", "no tags", "<", "<?xml", "<?xml bad?><row/>", "< row>", "<row", "</row>", "<1>", "<!DOCTYPE", "\x00<\x00r"],
)
def test_what_is_no_xml_never_raises(text) -> None:
    """It gives no element."""
    assert rows(text)[0] == []
    sketch(text.encode())


def test_many_small_documents_are_read_in_linear_time() -> None:
    """An event log is a hundred thousand elements side by side."""
    began = time.perf_counter()
    assert len(rows("<row><id>1</id></row>\n" * 50_000)[0]) == 50_000
    assert time.perf_counter() - began < 10


def test_a_sketch_shows_what_a_document_is_of() -> None:
    """Its outermost tag, and the names in sight, though the head ends in the middle."""
    found = sketch(b"saved from a browser\n<all page='2'><row><id>1</id><na")
    assert (found.root, found.attributes, found.tags) == ("all", {"page": "2"}, frozenset({"all", "row", "id"}))
    assert sketch(b"5 < 6") is None
