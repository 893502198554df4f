"""The HTML writer: one file from templates with autoescape on, pictures inside, a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache, Environment, FunctionLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from workbench.errors import ReportError
from workbench.export.picture import svg_of
from workbench.report.blocks import Figure, Table, words
from workbench.report.text import begins_right_to_left
from workbench.resources import folder, own_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jinja2.bccache import Bucket

    from workbench.export.document import Document
    from workbench.report.blocks import Block, Column, Part, Text

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


_LONG_WORD = 24
_MEND = "Mend report/report.html.j2 in the folder of templates, or delete it."
_ELEMENT = re.compile(r"<(?!!doctype\b|html\b|head\b|meta charset=)", re.IGNORECASE)
_EQUIVALENT = re.compile(r"<meta\b[^>]*\bhttp-equiv", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A chart's two drawings."""

    wide: Markup
    narrow: Markup


def render(document: Document, *, templates: Sequence[Path] = (), drawings: Path | None = None) -> str:
    """The whole page; a team's own templates (folders with a ``report/`` inside) win over the built-in ones.

    ``drawings`` is a folder where drawn charts are kept.
    """
    environment = environment_of([*templates, folder("templates")])
    style = text_of(environment, "report/report.css") + _width_rules(document)
    script = text_of(
        environment_of([folder("templates")]), "report/report.js"
    )  # whose templates it may be: never theirs
    policy = policy_of(style, script)
    try:
        page = environment.get_template("report/report.html.j2").render(
            document=document,
            header=document.header,
            style=Markup(style),  # noqa: S704 - from the templates, not from input
            script=Markup(script),  # noqa: S704 - from the templates, not from input
            policy=policy,
            drawings=_drawings(document, drawings),
        )
    except (
        TemplateError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        LookupError,
        RecursionError,
    ) as problem:
        raise ReportError(f"the template of the page cannot be filled in: {problem}", next_step=_MEND) from problem
    _require_policy(page, policy)
    return page + "\n"


def _require_policy(page: str, policy: str) -> None:
    """Templates of other people keep the policy too: it stands before all that it has to hold off."""
    at = page.find(f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">')
    if at < 0 or _ELEMENT.search(page, 0, at) or len(_EQUIVALENT.findall(page)) != 1:
        raise ReportError("the template of the page leaves out its policy, or has something before it", next_step=_MEND)


class _Compiled(BytecodeCache):
    """What templates were made into, by their text: a process compiles each once, and those forked from it have it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self._kept.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def compile_templates() -> None:
    """Compiles the built-in templates ahead of their use."""
    place = folder("templates")
    environment = environment_of([place])
    for path in sorted((place / "report").glob("*.html.j2")):
        environment.get_template(f"report/{path.name}")


def environment_of(folders: Sequence[Path]) -> Environment:
    """Templates of these folders, nearest first, in a sandbox and with autoescape."""
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(partial(_source, folders)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        bytecode_cache=_COMPILED,
    )
    environment.filters["kind"] = _kind
    environment.filters["anchor"] = anchor
    environment.filters["pieces"] = pieces
    environment.filters["text"] = words
    environment.tests["right_to_left"] = _is_right_to_left
    environment.tests["begins_right_to_left"] = _begins_right_to_left
    environment.tests["long_worded"] = _is_long_worded
    environment.tests["fixed_widths"] = _has_fixed_widths
    return environment


def _source(folders: Sequence[Path], name: str) -> str | None:
    """A template from the first folder that has it. The names are those that templates say: none leads out of them."""
    if ".." in name.split("/"):
        return None
    path = next((found for place in folders if (found := own_file(place, name))), None)
    return path.read_text("utf-8") if path else None


def text_of(environment: Environment, name: str) -> str:
    """A file beside the templates, as it stands."""
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, name)
    return source.strip().replace("</", "<\\/")


def policy_of(style: str, script: str) -> str:
    """Nothing may be loaded, sent or framed; only this very style and this very script count."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _width_rules(document: Document) -> str:
    """A rule for each width that a table's column asks for: the policy allows no style attributes."""
    tables = [block for block in _blocks(document) if isinstance(block, Table)]
    widths = sorted({column.width for table in tables for column in table.columns if 0 < column.width <= 100})
    return "".join(f"\ncol.w{width}{{width:{width}%}}" for width in widths)


def _drawings(document: Document, kept: Path | None) -> dict[str, _Drawn]:
    """Each chart drawn wide and, where it has a specification for it, narrow."""
    return {block.name: _drawn(block, kept) for block in _blocks(document) if isinstance(block, Figure)}


def _drawn(block: Figure, kept: Path | None) -> _Drawn:
    name, title = anchor(block.name), block.title or "Chart"
    draw = partial(svg_of, title=title, description=block.alt, drawings=kept)
    narrow = draw(block.narrow, name=f"{name}-narrow") if block.narrow else ""
    wide = draw(block.spec, name=f"{name}-wide")
    return _Drawn(wide=Markup(wide), narrow=Markup(narrow))  # noqa: S704 - reduced to known elements by svg_of


def _blocks(document: Document) -> Iterator[Block]:
    return (block for section in document.sections for block in section.blocks)


def _kind(part: Part) -> str:
    """The name of a block's class, for the template that chooses by it."""
    return type(part).__name__


def anchor(name: Any) -> str:
    """An id: lower-case letters, digits and dashes."""
    return re.sub(r"[^a-z0-9-]+", "-", str(name).lower()).strip("-")


def pieces(text: str) -> list[str]:
    """A path or a log line in parts, between which it may go on in the next line; none is longer than a column."""
    parts = re.split(r"(?<=[/_:,;&?=-])(?=[^\s])", text)
    return [piece for part in parts for piece in re.findall(rf"(?s).*?\S{{{_LONG_WORD}}}(?=\S)|.+", part)]


def _begins_right_to_left(text: Text) -> bool:
    return begins_right_to_left(words(text))


def _is_long_worded(text: str) -> bool:
    """Whether a word of the text would stretch a column."""
    return re.search(rf"\S{{{_LONG_WORD + 1}}}", text) is not None


def _has_fixed_widths(columns: tuple[Column, ...]) -> bool:
    """Whether every column has a width that it asks for, so that no word may widen it."""
    return all(column.width for column in columns)


def _is_right_to_left(text: str) -> bool:
    """Whether a text holds letters that would turn the words around it."""
    return bool(_RIGHT_TO_LEFT.search(text))
