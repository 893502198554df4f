"""narrative.md: the prose of the post-mortem, section by section as people wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from workbench.store.atomic import disk_problem
from workbench.store.toml_file import decoded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from markdown_it.token import Token

NAME = "narrative.md"

PARTS = (
    "Executive summary",
    "What happened",
    "Immediate cause",
    "Contributing factors",
    "Why these factors existed",
    "What went well",
    "What could be improved",
    "Where we got lucky",
    "Lessons learned",
    "Prevention",
    "Business impact",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """The sections by heading, in order, as markdown; ``preamble`` is what stands before the first of them."""

    title: str = ""
    preamble: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    level: int
    text: str
    first: int  # lines from 0: the heading's own, and the first after it
    after: int


def read_narrative(folder: Path) -> Narrative:
    """The narrative of a folder; an empty one where there is no file."""
    return narrative_of(read_text(folder))


def read_text(folder: Path) -> str:
    """The text of narrative.md; empty where there is no file."""
    path = folder / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise disk_problem(error, "cannot be read", path) from error
    return decoded(data, path)


def narrative_of(text: str) -> Narrative:
    """The narrative that a markdown text tells; deeper headings stay in their section, code is left alone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    headings = _headings("\n".join(lines))
    title = _title(headings, lines)
    rest = headings[1:] if title else headings
    above, start = (_body(lines, 0, title.first), title.after) if title else ("", 0)
    level = _section_level(rest)
    marks = [heading for heading in rest if heading.level <= level]
    ends = [mark.first for mark in marks] + [len(lines)]
    sections: dict[str, str] = {}
    for mark, end in zip(marks, ends[1:], strict=True):
        sections[mark.text] = "\n\n".join(filter(None, [sections.get(mark.text, ""), _body(lines, mark.after, end)]))
    preamble = "\n\n".join(filter(None, [above, _body(lines, start, ends[0])]))
    return Narrative(title=title.text if title else "", preamble=preamble, sections=sections)


def starter(title: str) -> str:
    """The text of a new narrative.md: the headings of the playbook, nothing under them yet."""
    one_line = " ".join(title.split())
    return "\n\n".join([f"# {one_line}", *(f"## {part}" for part in PARTS)]) + "\n"


def _headings(text: str) -> list[_Heading]:
    tokens = MarkdownIt("commonmark").parse(text)
    return [
        _Heading(level=int(token.tag[1:]), text=_plain(tokens[at + 1]), first=token.map[0], after=token.map[1])
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def _plain(inline: Token) -> str:
    """A heading's words without their markup."""
    words = (" " if child.type == "softbreak" else child.content for child in inline.children or [])
    return " ".join("".join(words).split())


def _title(headings: list[_Heading], lines: list[str]) -> _Heading | None:
    """The first heading where it is the only one of level 1, or nothing stands between it and the next heading."""
    if not headings or headings[0].level != 1:
        return None
    alone = all(heading.level > 1 for heading in headings[1:])
    followed = len(headings) > 1 and not _body(lines, headings[0].after, headings[1].first)
    return headings[0] if alone or (followed and headings[1].level > 1) else None


def _section_level(headings: list[_Heading]) -> int:
    """Sections are the headings of level 2 where the first one is, else of the highest level there is."""
    if not headings:
        return 1
    return max(headings[0].level, min(heading.level for heading in headings))


def _body(lines: list[str], first: int, end: int) -> str:
    return "\n".join(lines[first:end]).strip("\n")
