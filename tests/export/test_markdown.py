"""The markdown writer."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from documents import document, shown
from markdown_it import MarkdownIt

import report_facts
from workbench.export import markdown
from workbench.export.markdown import escape


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
