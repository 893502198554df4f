"""narrative.md: the sections by heading, whatever way people set their headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.store.narrative_file import PARTS, narrative_of, read_narrative, starter


def test_sections_in_order():
    """Below a title the headings of level 2 are the sections; deeper ones stay in the text."""
    found = narrative_of(
        "# Pool\n\nHello.\n\n## What happened\n\nIt broke.\n\n### Detail\n\nx\n\n## Lessons *learned* ##\nL\n"
    )
    assert (found.title, found.preamble) == ("Pool", "Hello.")
    assert list(found.sections.items()) == [("What happened", "It broke.\n\n### Detail\n\nx"), ("Lessons learned", "L")]


@pytest.mark.parametrize(
    ("text", "sections"),
    [("# A\na\n# B\nb\n", {"A": "a", "B": "b"}), ("## A\na\n## B\nb\n", {"A": "a", "B": "b"}),
     ("### A\na\n", {"A": "a"}),
     ("A\n---\na\n\nB\n---\nb\n", {"A": "a", "B": "b"}), ("# T\n## A\na\n# Appendix\nb\n", {"A": "a", "Appendix": "b"}),
     ("# A\na\n## x\ny\n# B\n", {"A": "a\n## x\ny", "B": ""}), ("", {}), ("only words\n", {})],
)  # fmt: skip
def test_headings_of_other_levels(text, sections):
    """Without a title, or underlined, headings are still the sections."""
    assert narrative_of(text).sections == sections


def test_code_holds_no_headings():
    """A line that begins with # inside a code block is code."""
    assert narrative_of("## A\n```\n## not one\n```\n").sections == {"A": "```\n## not one\n```"}


def test_the_same_heading_twice():
    """Text under a heading that stands twice is joined, none is lost."""
    assert narrative_of("## A\none\n## B\n\n## A\ntwo\n").sections == {"A": "one\n\ntwo", "B": ""}


def test_windows_line_ends_and_mark():
    """Carriage returns are line ends."""
    assert narrative_of("## A\r\none\r\ntwo\r\n").sections == {"A": "one\ntwo"}


def test_a_starter_has_the_headings_and_no_text(tmp_path):
    """A new narrative has the playbook's headings with nothing under them, so the report can say what is missing."""
    (tmp_path / "narrative.md").write_text(starter("Pool\nexhausted"))
    found = read_narrative(tmp_path)
    assert found.title == "Pool exhausted"
    assert found.sections == dict.fromkeys(PARTS, "")


def test_no_file_and_a_wrong_encoding(tmp_path):
    """No file is an empty narrative; bytes that are no UTF-8 are told with their line."""
    assert read_narrative(tmp_path).sections == {}
    (tmp_path / "narrative.md").write_bytes(b"## A\n\xe9t\xe9\n")
    with pytest.raises(FolderError, match=r"narrative\.md:2"):
        read_narrative(tmp_path)


@given(
    st.lists(
        st.sampled_from(["# A", "## B", "### C", "word", "", "```", "A", "---", "===", "> ## q", "- # i"]), max_size=12
    )
)
def test_no_word_is_lost(lines):
    """Every line of prose is in the preamble or in a section."""
    lines = [f"{line}{at}" if line == "word" else line for at, line in enumerate(lines)]
    found = narrative_of("\n".join(lines))
    kept = "\n".join([found.title, found.preamble, *found.sections, *found.sections.values()])
    assert all(line in kept for line in lines if line.startswith("word"))


def test_front_matter_is_no_section():
    """Facts for other tools at the head are left alone; a rule across the page is none of them."""
    found = narrative_of("---\ntitle: x\ntags:\n  - a\n---\n# T\n\n## A\na\n")
    assert (found.title, found.preamble, found.sections) == ("T", "", {"A": "a"})
    assert narrative_of("+++\na = 1\n+++\n## A\na\n").sections == {"A": "a"}
    ruled = narrative_of("---\n\nWords.\n\n## A\na\n\n---\n")
    assert (ruled.preamble, ruled.sections) == ("---\n\nWords.", {"A": "a\n\n---"})
