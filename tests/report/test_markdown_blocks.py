"""Markdown that people wrote, as blocks."""

from __future__ import annotations

from workbench.report.blocks import BulletList, Code, Heading, NumberedList, Paragraph, Table, words
from workbench.report.markdown_blocks import blocks_of


def test_blocks_and_runs_keep_their_styles() -> None:
    """Bold, italic, code and links are styles of runs."""
    (paragraph,) = blocks_of("a **b** *c* `d` [e](https://f.example)")
    assert isinstance(paragraph, Paragraph)
    styles = [(run.text, run.bold, run.italic, run.code, run.link) for run in paragraph.text if run.text.strip()]
    assert styles == [
        ("a ", False, False, False, ""), ("b", True, False, False, ""), ("c", False, True, False, ""),
        ("d", False, False, True, ""), ("e", False, False, False, "https://f.example"),
    ]  # fmt: skip


def test_html_stays_text_and_pictures_are_words() -> None:
    """Nothing that a person wrote is markup of a page, and nothing is fetched."""
    text = "".join(
        words(block.text)
        for block in blocks_of("<b>x</b> ![y](https://z.example/p.png)\n\n<script>1</script>")
        if isinstance(block, Paragraph)
    )
    assert text == "<b>x</b> [picture: y]<script>1</script>"


def test_lists_tables_and_code_are_blocks() -> None:
    """Nested items stay below their item."""
    kinds = [type(block) for block in blocks_of("- a\n  - b\n\n1. c\n\n| x |\n|---|\n| 1 |\n\n```\ncode\n```")]
    assert kinds == [BulletList, NumberedList, Table, Code]


def test_headings_are_moved_below_their_section() -> None:
    """The highest heading of a text gets the level asked for."""
    levels = [block.level for block in blocks_of("# a\n\n### b", top=3) if isinstance(block, Heading)]
    assert levels == [3, 5]
