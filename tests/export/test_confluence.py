"""The writer of Confluence's storage format."""

from __future__ import annotations

from dataclasses import replace

import pytest
from documents import document, notebook_of
from lxml import etree
from nbconvert.exporters import get_exporter

import report_facts
from workbench.export import confluence
from workbench.export.document import Document
from workbench.export.storage_format import NAMESPACES
from workbench.report.blocks import (
    Cell,
    Code,
    Column,
    FiveWhys,
    Header,
    Item,
    Missing,
    NumberedList,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    Why,
    plain,
)

AC = f"{{{NAMESPACES['ac']}}}"
RI = f"{{{NAMESPACES['ri']}}}"


def page(text: str) -> etree._Element:
    """A body as Confluence parses it: in a root that binds the prefixes."""
    bound = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
    return etree.fromstring(f"<page{bound}>{text}</page>")


def body(*blocks, appendix: bool = False) -> etree._Element:
    """The body of a page of these blocks."""
    section = Section(name="part", title="Part", blocks=blocks, appendix=appendix)
    return page(confluence.render(Document(header=Header(id="", title=""), sections=(section,))).text)


def macros(root: etree._Element, name: str) -> list[etree._Element]:
    """The macros of one name."""
    return [one for one in root.iter(f"{AC}structured-macro") if one.get(f"{AC}name") == name]


def settings(macro: etree._Element) -> dict[str, str]:
    """A macro's parameters."""
    return {one.get(f"{AC}name"): one.text or "" for one in macro.findall(f"{AC}parameter")}


@pytest.mark.parametrize("facts", [report_facts.facts, report_facts.hostile, report_facts.bare])
def test_a_report_is_well_formed_and_of_known_elements(facts) -> None:
    """Whatever the input holds, there is no element that we do not write, and no parameter with markup in it."""
    root = page(confluence.render(document(facts())).text)
    own = {f"{AC}{name}" for name in ("structured-macro", "parameter", "rich-text-body", "plain-text-body", "link",
                                      "link-body", "image")}  # fmt: skip
    html = {"page", "p", "h1", "h2", "h3", "table", "tbody", "tr", "th", "td", "ul", "ol", "li", "strong", "em", "code",
            "br", "a", "blockquote"}  # fmt: skip
    assert {one.tag for one in root.iter()} <= own | html | {f"{RI}attachment"}
    assert all(len(one) == 0 for one in root.iter(f"{AC}parameter"))


@pytest.mark.parametrize("hostile", report_facts.HOSTILE)
def test_hostile_text_is_text_in_every_place(hostile: str) -> None:
    """In runs, cells, headers, captions, code, badges, page properties and titles."""
    text = plain(hostile)
    clean = text[0].text
    root = body(
        Header(id=hostile, title=hostile, severity=hostile, roles=(hostile,)),
        Paragraph(text=text),
        NumberedList(items=(Item(text=text, items=(Item(text=text),)),)),
        Table(columns=(Column(header=hostile),), rows=(Row(cells=(Cell(text=text, note=text),), anchor=hostile),), caption=hostile),
        FiveWhys(tree=(Why(text=text, kind=hostile, note=text),)),
        Missing(sentence=hostile),
        Code(text=hostile),
    )  # fmt: skip
    assert not {"script", "img", "svg", "iframe", "b"} & {one.tag for one in root.iter()}
    assert root.findtext("p") == clean.split("\n")[0]
    assert "".join(root.find(f".//{AC}plain-text-body").itertext()) == clean
    assert [one.tag for one in root.iter("a")] == []


def test_links_are_http_only() -> None:
    """In a hostile report only the address that a person linked in the narrative is a link."""
    root = page(confluence.render(document(report_facts.hostile())).text)
    assert {one.get("href") for one in root.iter("a")} == {"https://evil.example"}


def test_every_link_in_the_page_has_its_anchor() -> None:
    """And there are such links; anchors are there once, of letters, digits and dashes."""
    root = page(confluence.render(document(report_facts.facts())).text)
    anchors = [settings(one)[""] for one in macros(root, "anchor")]
    links = {one.get(f"{AC}anchor") for one in root.iter(f"{AC}link")}
    assert {"E1", "E4", "section-evidence"} <= links <= set(anchors)
    assert len(anchors) == len(set(anchors))
    assert all(name.replace("-", "").isalnum() for name in anchors)


def test_a_reference_into_a_folded_appendix_leads_to_its_heading() -> None:
    """An anchor inside what is folded could not be shown."""
    table = Table(columns=(Column(header="Ref"),), rows=(Row(cells=(Cell(text=plain("E1")),), anchor="E1-proof"),))
    root = body(table, Paragraph(text=(Run(text="E1", ref="E1-proof"), Run(text="E9", ref="E9"))), appendix=True)
    assert [settings(one)[""] for one in macros(root.find("h1"), "anchor")] == ["section-part"]
    assert [one.get(f"{AC}anchor") for one in root.iter(f"{AC}link")] == ["section-part"]
    assert [settings(one)["title"] for one in macros(root, "expand")] == ["Part"]


def test_what_would_end_a_code_block_does_not() -> None:
    """`]]>` is split between two sections and comes back as it was."""
    root = body(Code(text="a ]]> b ]]]]>> c"))
    assert root.findtext(f".//{AC}plain-text-body") == "a ]]> b ]]]]>> c"


def test_the_header_is_page_properties_with_badges() -> None:
    """Severity and stage have colours; the title stands there too, as the page's own is kept apart."""
    root = page(confluence.render(document(report_facts.facts())).text)
    rows = {row.findtext("th/p"): row.find("td/p") for row in macros(root, "details")[0].iter("tr")}
    assert rows["Title"].text == "API errors from database connection-pool exhaustion"
    assert settings(rows["Severity"][0]) == {"colour": "Red", "title": "SEV-2"}
    assert settings(rows["Post-mortem"][0])["colour"] in {"Yellow", "Green"}


def test_the_contents_stand_once() -> None:
    """Before the first section that is listed."""
    root = page(confluence.render(document(report_facts.facts())).text)
    (contents,) = macros(root, "toc")
    assert "".join(contents.getnext().itertext()) == "Timeline"


def test_pictures_are_attachments_with_words() -> None:
    """Each picture file is shown by its name, as PNG, with its alternative text."""
    written = confluence.render(document(report_facts.facts()))
    shown = {one.find(f"{RI}attachment").get(f"{RI}filename"): one for one in page(written.text).iter(f"{AC}image")}
    assert {f"pictures/{name}" for name in shown} == set(written.files)
    assert all(content.startswith(b"\x89PNG") for content in written.files.values())
    assert shown["timeline.png"].get(f"{AC}alt").startswith("Phases: Detect")


def test_columns_to_the_right_and_second_lines_of_cells() -> None:
    """A cell's note is a paragraph of its own; numbers stand to the right."""
    cell = Cell(text=plain("1"), note=plain("about"))
    root = body(Table(columns=(Column(header="n", align="right"),), rows=(Row(cells=(cell,)),)))
    assert [one.get("style") for one in root.iter("p")] == ["text-align: right;"] * 3
    assert ["".join(one.itertext()) for one in root.iter("p")] == ["n", "1", "about"]


def test_a_severity_without_a_known_rank_is_grey() -> None:
    """Colours are for the three that are known to be bad."""
    header = Header(id="x", title="y", severity="moderate", severity_rank=4)
    assert settings(macros(body(header), "status")[0])["colour"] == "Grey"
    assert settings(macros(body(replace(header, severity_rank=1)), "status")[0])["colour"] == "Red"


def test_nbconvert_hands_the_pictures_on() -> None:
    """The body is what the writer makes, and the pictures are among nbconvert's outputs."""
    exporter = get_exporter("workbench.export.exporters.ConfluenceExporter")()
    output, resources = exporter.from_notebook_node(notebook_of(report_facts.facts()))
    written = confluence.render(document(report_facts.facts()))
    assert output == written.text
    assert resources["outputs"] == written.files
