"""A document's template: markdown with Jinja, turned into the same typed sections that the report is made of."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from workbench.documents.escape import TOKEN, escaped, joined_marks, token
from workbench.errors import ReportError
from workbench.report.blocks import Heading, Paragraph, Part, Run, Section, words
from workbench.report.markdown_blocks import blocks_of
from workbench.report.text import one_line
from workbench.report.wording import joined, sentence
from workbench.resources import folder, own_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from markupsafe import Markup

    from workbench.report.blocks import Block, Text

FOLDER = "documents"
SUFFIX = ".md.j2"
_HEAD = re.compile(r"\A\+\+\+\r?\n(?P<toml>.*?)^\+\+\+[ \t]*\r?\n", re.DOTALL | re.MULTILINE)
_MOST_SIGNS = 10_000_000  # of a document
_LONGEST_RUN = 60  # seconds
_MOST_STEPS = 100_000
_LARGEST = 1_000_000
_WRONG = (
    jinja2.TemplateError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError, RecursionError,
    MemoryError,
)  # fmt: skip
# Chance and HTML have no place in a document: these would mark a value as escaped that markdown still reads.
_NO_FILTERS = ("random", "center", "safe", "e", "escape", "forceescape", "urlize", "xmlattr", "tojson", "striptags")
_KEYS = {"title": "", "about": "", "edition": "internal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template as it lies in its file: what the head says, and the body. ``edition`` is whom it is written for."""

    name: str
    path: Path
    title: str
    about: str
    edition: str
    body: str


def read_template(name: str, places: Sequence[Path] = ()) -> Template:
    """The template of this name, from the first folder that has it; ours is the last. Raises ReportError."""
    path = template_paths(places).get(name)
    if path is None:
        known = ", ".join(template_paths(places))
        raise ReportError(f"there is no document {name!r}", next_step=f"There are: {known}.")
    own_file(path.parent.parent, f"{FOLDER}/{path.name}")  # a link out of the folder is refused
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ReportError(f"the template cannot be read ({problem})", where=str(path)) from problem
    match = _HEAD.match(text)
    head = _head(match["toml"] if match else "", path)
    # The lines of the head stay as blank ones, so that an error names the line that the file has.
    body = "\n" * match[0].count("\n") + text[match.end() :] if match else text
    return Template(name=name, path=path, body=body, **head)


def template_paths(places: Sequence[Path] = ()) -> dict[str, Path]:
    """The file of every document by its name, in order of names."""
    found: dict[str, Path] = {}
    for place in (*places, folder("templates")):
        for path in sorted((place / FOLDER).glob(f"*{SUFFIX}")):
            found.setdefault(path.name.removesuffix(SUFFIX), path)
    return dict(sorted(found.items()))


def _head(toml: str, path: Path) -> dict[str, str]:
    try:
        written = tomllib.loads(f"\n{toml}")  # the blank line stands for +++, so that an error names the file's line
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"at line (\d+)", str(problem))
        where = f"{path}:{line[1]}" if line else str(path)
        raise ReportError(f"the head of the template is not TOML ({problem})", where=where) from problem
    strays = [key for key, value in written.items() if key not in _KEYS or not isinstance(value, str)]
    if strays:
        raise ReportError(
            f"the head of the template has {strays[0]!r}, which is no text that it may say", where=str(path),
            next_step=f"It takes: {', '.join(_KEYS)}.",
        )  # fmt: skip
    return {"title": path.name.removesuffix(SUFFIX).replace("-", " ").capitalize()} | _KEYS | written


@dataclass(slots=True)
class Held:
    """What a template puts in whole, by the number that stands for it in the text."""

    things: list[Any] = field(default_factory=list)

    def put(self, thing: Section | tuple[Block, ...] | Text) -> Markup:
        """The mark for a section, blocks or runs."""
        self.things.append(thing)
        mark = token(len(self.things) - 1)
        is_inline = isinstance(thing, tuple) and all(isinstance(one, Run) for one in thing) and bool(thing)
        return mark if is_inline else type(mark)(f"\n\n{mark}\n\n")


class _Lazy(Context):
    """Looks a name up in the vocabulary only when a template says it: most documents need a part of the facts."""

    def resolve_or_missing(self, key: str) -> Any:
        found = super().resolve_or_missing(key)
        if found is not missing:
            return found
        assert isinstance(self.environment, _Environment)
        try:
            return self.environment.vocabulary[key]()
        except KeyError:
            return missing


class _Joining(CodeGenerator):
    """Compiles ``~`` to our own joining, which knows markdown."""

    def visit_Concat(self, node: jinja2.nodes.Concat, frame: Any) -> None:  # noqa: N802 - Jinja calls it by this name
        """The parts as one tuple, each worked out in its turn."""
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class _Environment(ImmutableSandboxedEnvironment):
    """Templates may come with an incident folder from elsewhere: they see values, and no way to files or code."""

    context_class = _Lazy
    code_generator_class = _Joining
    vocabulary: Mapping[str, Callable[[], Any]]
    joined = staticmethod(joined_marks)
    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiplies, but makes nothing that fills the memory."""
        numbers = all(isinstance(one, int | float) and abs(one) < _LARGEST for one in (left, right))
        if not numbers or operator == "**":
            raise ValueError(f"a template multiplies numbers below {_LARGEST:,}, and nothing else")
        return super().call_binop(context, operator, left, right)


def rendered(template: Template, vocabulary: Mapping[str, Callable[[], Any]], held: Held) -> tuple[Section, ...]:
    """The template's sections. ``vocabulary`` gives the value of a name; marks of ``held`` become what they stand for.

    Raises ReportError with the file and line where the template is wrong.
    """
    environment = _Environment(
        autoescape=True, finalize=escaped, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "code": lambda value: held.put((Run(text=one_line(str(value)) or " ", code=True),)),
        "listed": joined, "sentence": lambda text: sentence(str(text)),
    }  # fmt: skip
    for name in _NO_FILTERS:
        del environment.filters[name]
    del environment.globals["lipsum"]  # the same folder gives the same bytes
    environment.globals["range"] = _counted()
    environment.vocabulary = vocabulary
    try:
        text = _bounded(environment.from_string(template.body).generate())
    except jinja2.TemplateSyntaxError as problem:
        where = f"{template.path}:{problem.lineno}"
        raise ReportError(f"the template is not right: {problem.message}", where=where) from problem
    except _WRONG as problem:
        raise ReportError(
            f"the template cannot be filled in: {_said(problem)}",
            where=f"{template.path}:{_line(problem)}",
            next_step="docs/templates.md lists what a template can say.",
        ) from problem
    return tuple(_sections(blocks_of(text, top=0, ruled=True), held))


def _bounded(chunks: Iterator[str]) -> str:
    """The text, if it is one that anybody could read; a template that goes on and on is stopped."""
    made, size, end = [], 0, monotonic() + _LONGEST_RUN
    for chunk in chunks:
        made.append(chunk)
        size += len(chunk)
        if size > _MOST_SIGNS or monotonic() > end:
            raise ValueError(f"it makes more than {_MOST_SIGNS:,} signs, or takes more than {_LONGEST_RUN} seconds")
    return "".join(made)


def _counted() -> Callable[..., range]:
    """`range` for one template: loops in loops come to an end."""
    left = [_MOST_STEPS]

    def counted(*bounds: int) -> range:
        steps = range(*bounds)
        left[0] -= len(steps) + 1
        if left[0] < 0:
            raise ValueError(f"range() may count to {_MOST_STEPS:,} in all")
        return steps

    return counted


def _said(problem: BaseException) -> str:
    """What is wrong, without the names of our own functions and the marks of a KeyError."""
    if isinstance(problem, RecursionError):
        return "it calls itself without an end"
    words = str(problem.args[0]) if type(problem) is LookupError and problem.args else str(problem)
    return re.sub(r"(?:\w+\.<locals>\.)+", "", words)


def _line(problem: BaseException) -> int:
    """The line of the template that was filled in last."""
    line, step = 0, problem.__traceback__
    while step is not None:
        line = step.tb_lineno if step.tb_frame.f_code.co_filename == "<template>" else line
        step = step.tb_next
    return line


def _sections(blocks: Sequence[Block], held: Held) -> Iterator[Section]:
    """A heading of the second level begins a section, and so does a section that is put in whole."""
    current = Section(name="opening")
    for block in blocks:
        thing = _whole(block, held)
        if isinstance(thing, Section):
            yield current
            yield thing
            current = Section(name=f"after-{thing.name}")
        elif isinstance(thing, tuple):
            current = replace(current, blocks=(*current.blocks, *thing))
        elif isinstance(block, Heading) and block.level == 2:
            yield current
            title = words(_expanded(block.text, held))
            current = Section(name=_name(title), title=title)
        else:
            current = replace(current, blocks=(*current.blocks, _filled(block, held)))
    yield current


def _whole(block: Block, held: Held) -> Section | tuple[Block, ...] | None:
    """What a paragraph stands for that is a mark and nothing else."""
    if not isinstance(block, Paragraph):
        return None
    match = TOKEN.fullmatch(words(block.text).strip())
    thing = held.things[int(match[1])] if match else None
    return None if isinstance(thing, tuple) and _is_text(thing) else thing


def _is_text(thing: tuple[Any, ...]) -> bool:
    return bool(thing) and all(isinstance(one, Run) for one in thing)


def _filled(part: Any, held: Held) -> Any:
    """The part with every mark in its texts as the runs that it stands for."""
    if not isinstance(part, Part):
        return part
    changed: dict[str, Any] = {}
    for one in fields(part):  # type: ignore[arg-type]  # every part is a dataclass
        value = getattr(part, one.name)
        if isinstance(value, tuple) and value:
            changed[one.name] = _expanded(value, held) if _is_text(value) else tuple(_filled(v, held) for v in value)
    return replace(part, **changed) if changed else part  # type: ignore[type-var]


def _expanded(text: Text, held: Held) -> Text:
    """The text with its marks expanded; it does not begin with the blank that stands before a reference."""
    made = tuple(each for run in text for each in _runs(run, held))
    return made[1:] if made and not made[0].text.strip() else made


def _runs(run: Run, held: Held) -> Iterator[Run]:
    last = 0
    for match in TOKEN.finditer(run.text):
        if match.start() > last:
            yield replace(run, text=run.text[last : match.start()])
        thing = held.things[int(match[1])]
        yield from thing if _is_text(thing) else ()
        last = match.end()
    if last < len(run.text):
        yield replace(run, text=run.text[last:])


def _name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"
