"""The markdown writer."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from documents import document, shown
from markdown_it import MarkdownIt

import report_facts
from workbench.export import markdown
from workbench.export.dialect import FORGE, NOTION, escape, escape_sparingly
from workbench.export.document import Document
from workbench.report.blocks import Cell, Column, Header, Heading, Row, Section, Table, plain
from workbench.report.text import clean


class Tags(HTMLParser):
    """Collects the elements and the addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]


def rendered(text: str) -> str:
    """As a forge would show it: HTML on, tables and autolinks on."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)


@pytest.mark.parametrize("hostile", report_facts.HOSTILE)
def test_escaped_text_renders_as_itself(hostile: str) -> None:
    """With HTML on, hostile text gives one paragraph and no element in it."""
    tags = Tags(rendered(escape(hostile)))
    assert set(tags.tags) <= {"p"}
    assert not tags.addresses


def test_a_hostile_report_holds_no_foreign_link_or_element() -> None:
    """Links go to our own anchors, to the picture beside it, and where a person linked to in the narrative."""
    text = markdown.render(document(report_facts.hostile())).text.split("\n---\n", 1)[1]
    tags = Tags(rendered(text))
    assert not {"script", "img onerror", "iframe", "svg", "style", "object"} & set(tags.tags)
    assert tags.tags.count("img") == 3  # the timeline, the budget and the factors, all pictures beside it
    assert tags.tags.count("h1") == 1
    own = ("#", "pictures/")
    assert {one for one in tags.addresses if not one.startswith(own)} == {"https://evil.example"}


def test_tables_keep_their_columns_whatever_a_cell_holds() -> None:
    """A pipe or a newline in a log line does not make another cell."""
    text = markdown.render(document(report_facts.hostile())).text
    rows = rendered(text.split("\n---\n", 1)[1])
    body = rows[rows.index("<table>", rows.index("Timeline</h2>")) :]
    body = body[: body.index("</table>")]
    assert body.count("<tr>") == 21
    assert body.count("<td>") == 20 * 5


def test_references_lead_to_rows() -> None:
    """Each reference has its anchor in the file."""
    text = markdown.render(document(report_facts.facts())).text
    assert '<a id="e4"></a>[E4](#e4-proof)' in text
    assert '<a id="e4-proof"></a>[E4](#e4)' in text


def test_the_picture_stands_beside_the_file() -> None:
    """As SVG without script or link, with its words as alternative text."""
    written = markdown.render(document(report_facts.facts()))
    svg = written.files["pictures/timeline.svg"].decode()
    assert "![Phases: Detect" in written.text
    assert "<title" in svg
    assert "<script" not in svg
    assert "href" not in svg


def test_front_matter_is_only_quoted_text() -> None:
    """A title with colons and newlines cannot become another key."""
    text = markdown.render(document(report_facts.hostile())).text
    block = text.split("\n---\n", 1)[0].splitlines()[1:]
    assert all(line.startswith("  ") or ":" in line for line in block)
    assert sum(line.startswith("title:") for line in block) == 1


def test_a_persons_own_table_appears_as_its_text() -> None:
    """A DataFrame's HTML is ignored; its plain text is shown."""
    cell = shown({"text/html": "<table><tr><td>x</td></tr></table>", "text/plain": "   a\n0  1"})
    text = markdown.render(document(report_facts.facts(), cell)).text
    assert "```text\n   a\n0  1\n```" in text
    assert "<td>x" not in text


def notion(facts: object) -> markdown.Written:
    """A report as Notion's import takes it."""
    return markdown.render(document(facts), dialect=NOTION)


@pytest.mark.parametrize("hostile", report_facts.HOSTILE)
def test_sparingly_escaped_text_renders_as_itself(hostile: str) -> None:
    """Fewer backslashes make no markup either: one paragraph, and the words as they were."""
    page = rendered(escape_sparingly(clean(hostile)))
    assert set(Tags(page).tags) <= {"p"}
    assert " ".join(unescape(re.sub(r"</?p>", "", page)).split()) == " ".join(clean(hostile).split())


@pytest.mark.parametrize(
    "text", ["db_pool_max", "https://shop.example/a?b=1&c=2", "C:\\logs", "a < b > c", "@helen :ok:", "$5"]
)
def test_what_is_no_markup_has_no_backslash(text: str) -> None:
    """An importer that kept a backslash would show it in names and addresses."""
    assert escape_sparingly(text) == text


@pytest.mark.parametrize(
    "text", ["_a_", "__a__", "a*b*", "~~a~~", "# a", "> a", "| a", "- a", "1. a", "a\\", "\\*a*", "&lt;"]
)
def test_what_is_markup_has_its_backslash(text: str) -> None:
    """The text comes back as it was."""
    assert unescape(rendered(escape_sparingly(text))).strip() == f"<p>{text}</p>"


def test_notion_is_told_the_facts_first_and_in_a_table() -> None:
    """The title, which names the page, and a table instead of front matter."""
    lines = notion(report_facts.facts()).text.splitlines()
    assert lines[0].startswith("# API errors")
    assert lines[2:5] == ["| Fact | Value |", "|---|---|", "| Incident | INC-2025-001 |"]
    assert "| Incident commander | Helen Osei |" in lines


@pytest.mark.parametrize("facts", [report_facts.facts, report_facts.hostile])
def test_notion_gets_no_html_and_no_place_in_the_page(facts) -> None:
    """References are bold words; no anchor, no line break in a cell, pictures as PNG."""
    written = notion(facts())
    tags = Tags(rendered(written.text))
    assert not set(tags.tags) - {
        "h1", "h2", "h3", "p", "strong", "em", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "code",
        "pre", "img", "a", "blockquote", "br",
    }  # fmt: skip
    assert "<br>" not in re.sub(r"`[^`]*`", "", written.text)
    assert "| **E1** |" in written.text
    assert all(
        one.startswith(("pictures/", "https://jira.shop.example/", "https://evil.example")) for one in tags.addresses
    )
    assert all(name.endswith(".png") and data.startswith(b"\x89PNG") for name, data in written.files.items())


def test_notions_tables_keep_their_columns_whatever_a_cell_holds() -> None:
    """As in the other dialect."""
    rows = rendered(notion(report_facts.hostile()).text)
    body = rows[rows.index("<table>", rows.index("Timeline</h2>")) :]
    assert body[: body.index("</table>")].count("<td>") == 20 * 5


@pytest.mark.parametrize("dialect", [FORGE, NOTION])
def test_a_pipe_behind_a_backslash_ends_no_cell(dialect) -> None:
    """Neither as text nor in a code span, however many backslashes stand before it."""
    cells = tuple(Cell(text=plain("a" + "\\" * many + "|b", code=code)) for many in range(4) for code in (False, True))
    columns = tuple(Column(header=f"c{number}") for number in range(8))
    section = Section(name="s", blocks=(Table(columns=columns, rows=(Row(cells=cells),)),))
    made = markdown.render(Document(header=Header(id="", title=""), sections=(section,)), dialect=dialect).text
    assert rendered(made[made.index("| c0") :]).count("b</") == 8


def test_headings_go_no_deeper_than_notion_has_them() -> None:
    """Three levels."""
    section = Section(name="s", blocks=tuple(Heading(text=plain("x"), level=level) for level in (3, 4, 5)))
    made = Document(header=Header(id="", title=""), sections=(section,))
    assert markdown.render(made, dialect=NOTION).text == "### x\n\n### x\n\n### x\n"
