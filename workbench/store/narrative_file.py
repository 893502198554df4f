"""narrative.md: the prose of the post-mortem, section by section as people wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from workbench.store.atomic import disk_problem
from workbench.store.hashing import sha256_bytes
from workbench.store.toml_file import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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
LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_FRONT = {"---": ("---", "..."), "+++": ("+++",)}
_FACT = re.compile(r"[\w.-]+\s*[:=]|\s|-\s|#|\[")  # how a line of front matter begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """The sections by heading, in order, as markdown; ``preamble`` is what stands before the first of them."""

    title: str = ""
    preamble: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One section as it stands in the file; without a heading it is what stands before the first one.

    ``key`` tells two sections of one heading apart. ``first``, ``line`` and ``end`` are lines from 1: that of the
    heading, that of the text, and the one after the section. ``base`` is the revision of the text.
    """

    key: str
    heading: str
    text: str
    first: int
    line: int
    end: int

    @property
    def base(self) -> str:
        """16 hexadecimal digits of the text."""
        return sha256_bytes(self.text.encode())[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of the file's own level; what stands in a list or a quotation is none."""

    level: int
    text: str
    first: int  # lines from 0: the heading's own, and the first after it
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things stand: ``lines`` without their ends, the ``title``, and the headings that begin sections."""

    lines: list[str]
    title: Heading | None
    marks: list[Heading]
    level: int
    start: int  # the first line that is no front matter

    @property
    def opening(self) -> int:
        """The line after the title, or the first one where there is no title."""
        return self.title.after if self.title else self.start

    def stretches(self) -> Iterator[tuple[Heading, int]]:
        """Each section's heading with the line where the next one begins."""
        ends = [mark.first for mark in self.marks] + [len(self.lines)]
        return zip(self.marks, ends[1:], strict=True)


def read_narrative(folder: Path) -> Narrative:
    """The narrative of a folder; an empty one where there is no file."""
    return narrative_of(read_text(folder))


def read_text(folder: Path) -> str:
    """The text of narrative.md; empty where there is no file."""
    return decoded(read_bytes(folder / NAME) or b"", folder / NAME)


def read_bytes(path: Path) -> bytes | None:
    """The file's bytes; None where there is no file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise disk_problem(error, "cannot be read", path) from error


def narrative_of(text: str) -> Narrative:
    """The narrative that a markdown text tells; deeper headings stay in their section, code is left alone."""
    layout = layout_of(text)
    lines, title = layout.lines, layout.title
    sections: dict[str, str] = {}
    for mark, end in layout.stretches():
        sections[mark.text] = "\n\n".join(filter(None, [sections.get(mark.text, ""), body(lines, mark.after, end)]))
    above = body(lines, layout.start, title.first) if title else ""
    first = layout.marks[0].first if layout.marks else len(lines)
    preamble = "\n\n".join(filter(None, [above, body(lines, layout.opening, first)]))
    return Narrative(title=title.text if title else "", preamble=preamble, sections=sections)


def passages(text: str) -> tuple[Passage, ...]:
    """The sections of a markdown text, each for itself; what stands before the first one too, where anything does."""
    layout = layout_of(text)
    first = layout.marks[0].first if layout.marks else len(layout.lines)
    before = _passage(layout, "", "", layout.opening, layout.opening, first)
    made = [before] if before.text else []
    seen: dict[str, int] = {}
    for mark, end in layout.stretches():
        seen[mark.text] = number = seen.get(mark.text, 0) + 1
        key = mark.text if number == 1 else f"{mark.text}\n{number}"  # no heading has a second line
        made.append(_passage(layout, key, mark.text, mark.first, mark.after, end))
    return tuple(made)


def _passage(layout: Layout, key: str, heading: str, first: int, after: int, end: int) -> Passage:
    blank = sum(1 for _ in takewhile(lambda line: not line, layout.lines[after:end]))
    text = body(layout.lines, after, end)
    line = after + (blank if text else 0)
    return Passage(key=key, heading=heading, text=text, first=first + 1, line=line + 1, end=end + 1)


def starter(title: str) -> str:
    """The text of a new narrative.md: the headings of the playbook, nothing under them yet."""
    one_line = " ".join(title.split())
    return "\n\n".join([f"# {one_line}", *(f"## {part}" for part in PARTS)]) + "\n"


def layout_of(text: str) -> Layout:
    """Where title and sections of a markdown text stand."""
    lines = [line.rstrip("\r\n") for line in LINES.findall(text)]
    start = _front_matter(lines)
    found = headings([*[""] * start, *lines[start:]])
    title = _title(found, lines)
    rest = found[1:] if title else found
    level = _section_level(rest)
    return Layout(lines=lines, title=title, marks=[one for one in rest if one.level <= level], level=level, start=start)


def _front_matter(lines: Sequence[str]) -> int:
    """How many lines at the top are facts for other tools, between two marks; a rule across the page is none."""
    ends = _FRONT.get(lines[0].rstrip(), ()) if lines else ()
    for at, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ends:
            return at + 1 if at > 1 else 0
        if not ends or not _FACT.match(line) or (at == 1 and not line[:1].isalnum()):
            return 0
    return 0


def headings(lines: Sequence[str]) -> list[Heading]:
    """The headings of a text, by its lines."""
    tokens = MarkdownIt("commonmark").parse("\n".join(lines))
    return [
        Heading(level=int(token.tag[1:]), text=_plain(tokens[at + 1]), first=token.map[0], after=token.map[1])
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def _plain(inline: Token) -> str:
    """A heading's words without their markup."""
    words = (" " if child.type == "softbreak" else child.content for child in inline.children or [])
    return " ".join("".join(words).split())


def _title(found: list[Heading], lines: list[str]) -> Heading | None:
    """The first heading where it is the only one of level 1, or nothing stands between it and the next heading."""
    if not found or found[0].level != 1:
        return None
    alone = all(heading.level > 1 for heading in found[1:])
    followed = len(found) > 1 and not body(lines, found[0].after, found[1].first)
    return found[0] if alone or (followed and found[1].level > 1) else None


def _section_level(found: list[Heading]) -> int:
    """Sections are the headings of level 2 where the first one is, else of the highest level there is."""
    if not found:
        return 1
    return max(found[0].level, min(heading.level for heading in found))


def body(lines: Sequence[str], first: int, end: int) -> str:
    """Lines as one text without the blank ones around it."""
    return "\n".join(lines[first:end]).strip("\n")
