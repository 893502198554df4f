"""One section of narrative.md written anew, and everything else left as it is."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.store.narrative_edit import LONGEST, SectionChangedError, cleaned, with_section, write_section
from workbench.store.narrative_file import passages, starter

TEXT = "# Pool\n\n## What happened\n\nIt broke.\n\n## Lessons learned\n"


def base_of(text: str, key: str) -> str:
    """The revision of a section."""
    return next(one.base for one in passages(text) if one.key == key)


def test_a_sections_text_is_replaced_and_its_blank_lines_stay() -> None:
    """The heading before it and the one after it stay where they are."""
    assert with_section(TEXT, "What happened", "New.\n\n- one") == TEXT.replace("It broke.", "New.\n\n- one")


def test_a_heading_with_nothing_under_it_gets_its_text() -> None:
    """With a blank line on each side; at the end of the file too."""
    assert with_section(TEXT, "Lessons learned", "Watch it.") == TEXT + "\nWatch it.\n"
    assert with_section("## A\n## B", "A", "a") == "## A\n\na\n\n## B"
    assert with_section("## A\n## B", "B", "b") == "## A\n## B\n\nb\n"


def test_a_section_whose_text_is_taken_away_keeps_its_heading() -> None:
    """It is as if nobody had written it yet."""
    assert with_section(TEXT, "What happened", "") == "# Pool\n\n## What happened\n\n## Lessons learned\n"


def test_a_new_section_comes_after_those_that_are_before_it_in_the_order() -> None:
    """And at the end where the order does not know it."""
    order = ["What happened", "Immediate cause", "Lessons learned"]
    made = with_section(TEXT, "Immediate cause", "The pool.", order=order)
    assert made == TEXT.replace("It broke.\n", "It broke.\n\n## Immediate cause\n\nThe pool.\n")
    assert with_section(TEXT, "Own", "Mine.", order=order) == TEXT + "\n## Own\n\nMine.\n"
    assert with_section("", "Own", "Mine.") == "## Own\n\nMine.\n"
    assert with_section("# A\n\na\n\n# B\n", "C", "c") == "# A\n\na\n\n# B\n\n# C\n\nc\n"
    assert with_section("## B\n\nb\n", "A", "a", order=["A", "B"]) == "## A\n\na\n\n## B\n\nb\n"


def test_a_heading_of_signs_that_mean_something_is_those_signs() -> None:
    """Its words are as they were typed."""
    made = with_section(TEXT, "Why *this*? <b> #1 #", "x")
    assert [one.heading for one in passages(made)][-1] == "Why *this*? <b> #1 #"


def test_line_ends_mark_and_front_matter_stay(tmp_path) -> None:
    """A file of Windows stays one, with its mark and with what other tools keep at its head."""
    path = tmp_path / "narrative.md"
    path.write_bytes("\ufeff---\r\ntags: x\r\n---\r\n# T\r\n\r\n## A\r\n\r\none\r\n<!-- c -->\r\n\r\n## B\r\n".encode())
    write_section(tmp_path, "A", "two\nthree", base=base_of(path.read_text("utf-8-sig"), "A"))
    expected = "\ufeff---\r\ntags: x\r\n---\r\n# T\r\n\r\n## A\r\n\r\ntwo\r\nthree\r\n\r\n## B\r\n"
    assert path.read_bytes() == expected.encode()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("## More\n\nx", "“More” is a heading that would begin a section"), ("word\n---", "“word” is a heading"),
     ("# Top", "“Top” is a heading"), ("```\ncode", "does not end with its section"),
     ("<!-- open", "does not end with its section")],
)  # fmt: skip
def test_a_text_that_would_change_other_sections_is_refused(wanted, said) -> None:
    """The sentence says what to mend."""
    with pytest.raises(FolderError, match=said):
        with_section(TEXT, "What happened", wanted)


def test_what_others_wrote_meanwhile_is_not_written_over(tmp_path) -> None:
    """Their text comes with the refusal; whoever has seen it may write over it."""
    (tmp_path / "narrative.md").write_text(TEXT)
    seen = base_of(TEXT, "What happened")
    write_section(tmp_path, "What happened", "Theirs.", base=seen)
    with pytest.raises(SectionChangedError) as refused:
        write_section(tmp_path, "What happened", "Mine.", base=seen)
    assert refused.value.text == "Theirs."
    write_section(tmp_path, "What happened", "Theirs.", base=seen)  # the same edit once more is no conflict
    write_section(tmp_path, "What happened", "Mine.", base=base_of(TEXT.replace("It broke", "Theirs"), "What happened"))
    assert (tmp_path / "narrative.md").read_text() == TEXT.replace("It broke.", "Mine.")


def test_another_section_that_changed_meanwhile_is_no_conflict(tmp_path) -> None:
    """Two people write two sections."""
    (tmp_path / "narrative.md").write_text(TEXT)
    write_section(tmp_path, "Lessons learned", "Theirs.", base=base_of(TEXT, "Lessons learned"))
    write_section(tmp_path, "What happened", "Mine.", base=base_of(TEXT, "What happened"))
    assert [one.text for one in passages((tmp_path / "narrative.md").read_text())] == ["Mine.", "Theirs."]


def test_a_section_that_is_gone_is_said_and_can_be_written_again(tmp_path) -> None:
    """Somebody has changed its heading."""
    (tmp_path / "narrative.md").write_text(TEXT.replace("What happened", "The story"))
    with pytest.raises(SectionChangedError) as refused:
        write_section(tmp_path, "What happened", "Mine.", base=base_of(TEXT, "What happened"))
    assert refused.value.text is None
    write_section(tmp_path, "What happened", "Mine.", base="")
    assert (tmp_path / "narrative.md").read_text().endswith("## What happened\n\nMine.\n")


def test_a_section_that_others_have_begun_meanwhile_is_a_conflict(tmp_path) -> None:
    """It was not there when the text was begun."""
    (tmp_path / "narrative.md").write_text("## Prevention\n\nTheirs.\n")
    with pytest.raises(SectionChangedError, match="somebody else"):
        write_section(tmp_path, "Prevention", "Mine.", base="")


def test_two_sections_of_one_heading_are_written_each_for_itself(tmp_path) -> None:
    """The second one has a key of its own."""
    (tmp_path / "narrative.md").write_text("## A\n\none\n\n## A\n\ntwo\n")
    (_, second) = passages("## A\n\none\n\n## A\n\ntwo\n")
    write_section(tmp_path, second.key, "2", base=second.base)
    assert (tmp_path / "narrative.md").read_text() == "## A\n\none\n\n## A\n\n2\n"


def test_a_file_that_is_not_there_is_made(tmp_path) -> None:
    """With the one section."""
    write_section(tmp_path, "Prevention", "Limits.", base="")
    assert (tmp_path / "narrative.md").read_text() == "## Prevention\n\nLimits.\n"


def test_signs_that_are_none_are_left_out() -> None:
    """Control characters and halves of signs; line ends are one kind, and blank lines around the text go."""
    assert cleaned(" \n\n  code\x00\x1b[0m\r\nb\u2028c\ud800\t\n \n") == "  code[0m\nb\nc"
    with pytest.raises(FolderError, match="are the most"):
        cleaned("x" * (LONGEST + 1))


PIECES = ["# T", "## A", "## B", "### C", "A", "---", "===", "words", "", "  ", "```", "<!-- x", "-->", "- # i", "> ## q",
          "    code", "<div>", "key: v", "+++", "[a]: b", "\\", "|a|b|", "\u00e9\u20ac"]  # fmt: skip
files = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])), max_size=14
).map(lambda lines: "".join(line + end for line, end in lines))
texts = st.lists(st.sampled_from(PIECES), max_size=5).map("\n".join)


@given(files, texts, st.data())
@example(starter("T"), "x", None)
def test_everything_outside_the_section_stays_to_the_byte(text, wanted, data) -> None:
    """Whatever the file looks like: the text is the section's own, the bytes around it stay, or nothing is done."""
    known, wanted = passages(text), cleaned(wanted)
    if not known:
        return
    one = data.draw(st.sampled_from(known)) if data else known[0]
    try:
        made = with_section(text, one.key, wanted)
    except FolderError:
        return
    lines = text.splitlines(keepends=True)
    before, after = "".join(lines[: one.line - 1]).rstrip("\r\n"), "".join(lines[one.end - 1 :])
    assert made.startswith(before)
    assert made.endswith(after)
    again = {each.key: each.text for each in passages(made)}
    others = {each.key: each.text for each in known if each.key != one.key}
    assert again == others | ({one.key: wanted} if wanted or one.heading else {})


@given(files, texts)
def test_a_new_section_leaves_all_others(text, wanted) -> None:
    """It is put in whole, between the lines that were there, or nothing is done."""
    wanted = cleaned(wanted)
    if any(one.heading == "New" for one in passages(text)):
        return
    try:
        made = with_section(text, "New", wanted, order=["A", "New", "B"])
    except FolderError:
        return
    rest = [(one.heading, one.text) for one in passages(made) if one.heading != "New"]
    assert rest == [(one.heading, one.text) for one in passages(text)]
    assert next(one.text for one in passages(made) if one.heading == "New") == wanted
    at = next(one for one in passages(made) if one.heading == "New")
    lines = made.splitlines(keepends=True)
    left = "".join(lines[: at.first - 1]) + "".join(lines[at.end - 1 :])
    assert left.split() == text.split()
