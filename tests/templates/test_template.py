"""Templates: what is put in stays what it is, what is wrong is said with its line, and nothing in them can act."""

from __future__ import annotations

from dataclasses import replace

import pytest
from filled import filled, own, sections_of

import report_facts
from workbench.documents.escape import escaped
from workbench.documents.template import read_template, template_paths
from workbench.errors import ReportError
from workbench.export import docx, html, markdown
from workbench.report.blocks import Header, Missing, Part, Run, words
from workbench.report.markdown_blocks import blocks_of

SHIPPED = [*template_paths()]
HEAD = '+++\ntitle = "Own"\n+++\n'


def said(part: object) -> str:
    """Every text in a part, one after another."""
    if isinstance(part, str):
        return part
    if isinstance(part, tuple):
        return " ".join(said(one) for one in part)
    return " ".join(said(getattr(part, name)) for name in part.__dataclass_fields__) if isinstance(part, Part) else ""


def runs_of(part: object):
    """Every run in a part."""
    if isinstance(part, Run):
        yield part
    for item in part if isinstance(part, tuple) else ():
        yield from runs_of(item)
    if isinstance(part, Part) and not isinstance(part, Run):
        for name in part.__dataclass_fields__:
            yield from runs_of(getattr(part, name))


@pytest.mark.parametrize("hostile", report_facts.HOSTILE)
def test_a_value_is_its_own_words_and_no_markup(hostile: str) -> None:
    """Whatever stands in a value, the parser gives one paragraph of exactly these words back."""
    from workbench.report.text import one_line

    blocks = blocks_of(str(escaped(one_line(hostile))), top=0)
    assert [words(block.text) for block in blocks] == [one_line(hostile)]
    assert not any(run.link or run.bold or run.code for block in blocks for run in block.text)


@pytest.mark.parametrize("text", ["plain", "a`b", "``", "`start", "x` y `` z", "a | [x](https://evil.example) ` **b**"])
@pytest.mark.parametrize("body", ["{{ incident.title|code }}\n", "| A |\n|---|\n| {{ incident.title|code }} |\n"])
def test_code_holds_any_text(tmp_path, text: str, body: str) -> None:
    """Backticks and pipes do not end it, in a paragraph or in a cell."""
    base = report_facts.facts()
    facts = replace(base, incident=replace(base.incident, title=text))
    runs = list(runs_of(sections_of(own(tmp_path, HEAD + "## A\n\n" + body), facts)[0].blocks[-1]))
    assert [run.text for run in runs if run.code] == [text]
    assert not any(run.link or run.bold for run in runs)


@pytest.mark.parametrize(
    "expression", ["ref('E1') ~ incident.title", "incident.title ~ 'x'", "'a' ~ incident.title|code"]
)
def test_what_is_joined_is_escaped_as_markdown(tmp_path, expression: str) -> None:
    """Beside a mark of ours Jinja would escape HTML only, and a link would be one."""
    base = report_facts.facts()
    facts = replace(base, incident=replace(base.incident, title="[press](https://evil.example) <b>&amp;**"))
    (block,) = sections_of(own(tmp_path, HEAD + "## A\n\n{{ " + expression + " }}\n"), facts)[0].blocks
    assert "[press](https://evil.example) <b>&amp;**" in words(block.text)
    assert not any(run.link or run.bold for run in block.text)


@pytest.mark.parametrize("name", ["safe", "e", "escape", "forceescape", "urlize", "tojson"])
def test_no_filter_takes_a_value_out_of_escaping(tmp_path, name: str) -> None:
    """They are for HTML: a template that uses one is refused in a sentence."""
    with pytest.raises(ReportError, match="No filter"):
        sections_of(own(tmp_path, HEAD + "{{ incident.title|" + name + " }}\n"), report_facts.facts())


@pytest.mark.parametrize("facts", [report_facts.facts, report_facts.hostile, report_facts.bare])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_document_is_written_in_every_form(name: str, facts: object) -> None:
    """Also of an incident of which nothing is known, and of one that is hostile throughout."""
    made = filled(name, facts())
    assert made.header.title
    for form in (markdown.render(made).text, html.render(made), docx.render(made)):
        assert len(form) > 300


@pytest.mark.parametrize("name", SHIPPED)
def test_no_heading_stands_without_anything_below(name: str) -> None:
    """Where nothing is known a sentence says so: a section has a block that is no heading, or is not there."""
    for section in sections_of(name, report_facts.bare()):
        kinds = [type(block).__name__ for block in section.blocks]
        assert set(kinds) - {"Heading"}, section.name
        assert kinds[-1] != "Heading", section.name


@pytest.mark.parametrize("name", SHIPPED)
def test_every_reference_leads_to_a_row(name: str) -> None:
    """A document without the timeline keeps the rows that it refers to in its evidence, and no others."""
    text = html.render(filled(name, report_facts.facts()))
    goals = {part.split('"')[0] for part in text.split('id="')[1:]}
    links = {part.split('"')[0] for part in text.split('href="#')[1:]}
    assert links <= goals


def test_values_of_the_facts_are_printed(tmp_path) -> None:
    """Names in braces are looked up; a measure and a moment are asked for by name."""
    body = (
        HEAD
        + "## What\n\n{{ incident.title }} from {{ moment('detected').clock }}: {{ measure('time_to_mitigate').value }}\n"
    )
    (section,) = [one for one in sections_of(own(tmp_path, body), report_facts.facts()) if one.name == "what"]
    assert words(section.blocks[0].text) == "API errors from database connection-pool exhaustion from 14:01: 22 min"


def test_sections_are_added_dropped_and_renamed_without_code(tmp_path) -> None:
    """A template of four lines is a whole report."""
    body = HEAD + '{{ section("header") }}\n{{ section("causes", "Why") }}\n## Own words\n\nHello.\n'
    made = sections_of(own(tmp_path, body), report_facts.facts())
    assert [(one.name, one.title) for one in made] == [("header", ""), ("causes", "Why"), ("own-words", "Own words")]


def test_what_people_wrote_keeps_its_markdown_and_nothing_else_of_it(tmp_path) -> None:
    """Bold stays bold; braces that people type are never filled in."""
    facts = replace(report_facts.facts(), narrative={"What happened": "**Loud** {{ incident.id }}"})
    made = sections_of(own(tmp_path, HEAD + "## It\n\n{{ narrative('What happened') }}\n"), facts)
    runs = made[0].blocks[0].text
    assert [(run.text, run.bold) for run in runs] == [("Loud", True), (" {{ incident.id }}", False)]


@pytest.mark.parametrize(
    ("body", "line", "words_of_it"),
    [
        ("## A\n\n{{ incidnet.title }}\n", 6, "incidnet"),
        ("## A\n{% if %}\n", 5, "not right"),
        ("{{ moment('begun') }}\n", 4, "no milestone"),
        ("\n\n{{ incident.title.__class__.__mro__ }}\n", 6, "unsafe"),
    ],
)
def test_a_wrong_template_is_named_by_file_and_line(tmp_path, body: str, line: int, words_of_it: str) -> None:
    """The head counts as lines of the file; nothing of Python can be reached from a template."""
    with pytest.raises(ReportError) as refused:
        sections_of(own(tmp_path, HEAD + body), report_facts.facts())
    assert refused.value.where.endswith(f"own.md.j2:{line}")
    assert words_of_it in refused.value.what


def test_an_unknown_key_in_a_head_is_refused(tmp_path) -> None:
    """The sentence names the keys that there are."""
    with pytest.raises(ReportError, match="titel"):
        own(tmp_path, '+++\ntitel = "x"\n+++\n')


def test_the_nearest_folder_wins(tmp_path) -> None:
    """An incident's own runbook replaces the shipped one; a name that nobody has is refused with those that there are."""
    assert own(tmp_path, HEAD, name="runbook").title == "Own"
    with pytest.raises(ReportError) as refused:
        read_template("runbok")
    assert "runbook" in refused.value.next_step


def test_an_unwritten_part_is_one_sentence() -> None:
    """The runbook of an incident without facts says what is not there, in each section."""
    made = sections_of("runbook", report_facts.bare())
    assert sum(isinstance(block, Missing) for one in made for block in one.blocks) >= 4


def test_a_document_says_what_it_is() -> None:
    """Its header names the document and not whether the post-mortem is a draft."""
    header = filled("oncall-handoff", report_facts.facts()).header
    assert isinstance(header, Header)
    assert (header.document, header.stage) == ("On-call handoff", "")


@pytest.mark.parametrize(
    "body",
    [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(9999) %}{{ 'x' * 9999999 }}{% endfor %}",
        "{{ 'x' * 10000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
    ],
)
def test_a_template_without_end_is_stopped(tmp_path, body: str) -> None:
    """It may come with a folder from elsewhere: it is refused in a sentence, soon."""
    with pytest.raises(ReportError):
        sections_of(own(tmp_path, body), report_facts.facts())


def test_a_link_out_of_the_templates_is_no_template(tmp_path) -> None:
    """A document would show a file of this machine."""
    (tmp_path / "secret").write_text("root:x", encoding="utf-8")
    (tmp_path / "templates" / "documents").mkdir(parents=True)
    (tmp_path / "templates" / "documents" / "own.md.j2").symlink_to(tmp_path / "secret")
    with pytest.raises(ReportError, match="link"):
        read_template("own", (tmp_path / "templates",))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "it calls itself without an end"),
        ("{{ 'x' * 10000000000 }}", "a template multiplies numbers below 1,000,000"),
        ("{{ 9 ** 9 ** 9 }}", "a template multiplies numbers below 1,000,000"),
        ("{{ section('nope') }}", "'nope' is no section; there are header"),
        ("{{ blocks('nope') }}", "'nope' is no section"),
        ("{{ agenda('nope') }}", "'nope' is no agenda; there are playbook, learning"),
    ],
)
def test_what_cannot_be_filled_in_is_said_in_a_sentence(tmp_path, body: str, said: str) -> None:
    """No traceback, no memory filled, no word of our own code."""
    with pytest.raises(ReportError) as caught:
        filled(own(tmp_path, body), report_facts.facts())
    assert said in caught.value.sentence()
    assert "<locals>" not in caught.value.sentence()


def test_a_call_without_its_words_is_said_without_our_names(tmp_path) -> None:
    """The function by the name that the template has for it."""
    with pytest.raises(ReportError) as caught:
        filled(own(tmp_path, "{{ missing() }}"), report_facts.facts())
    assert "missing() missing 1 required positional argument" in caught.value.sentence()
    assert "locals" not in caught.value.sentence()


def test_a_head_that_is_no_toml_is_named_with_its_line(tmp_path) -> None:
    """The line of the file, not of the head."""
    with pytest.raises(ReportError, match=r"own\.md\.j2:3: the head of the template is not TOML"):
        own(tmp_path, '+++\ntitle = "x"\nabout =\n+++\n')
