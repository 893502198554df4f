"""Prose as the rules read it: sentences of markdown with their lines; quotations, code and headings apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

# What ends a sentence: a mark and a blank, but not after "e.g.", an initial or a number such as "14."
_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)(?<!\bno)(?<!\b[A-Z])[.!?]+[\"')\]]*(?=\s+[\"'(\[]?[A-Z0-9`])"
)
_QUOTED = re.compile(
    r"“[^”]{1,600}”|\"[^\"\n]{1,600}\"|«[^»]{1,600}»|„[^“”]{1,600}[“”]|(?<!\w)['\u2018][^'\u2019\n]{3,600}['\u2019](?!\w)"
)
_ALIKE = 0.9
_DIGITS = re.compile(r"\d+")
_MASK = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence with the line where it begins; what is quoted or code in it stands as marks of the same length."""

    text: str
    line: int
    section: str = ""


def sentences(markdown: str) -> Iterator[Sentence]:
    """The sentences of paragraphs and lists, in order; headings, quotations and code blocks are nobody's own words."""
    section, quoted = "", 0
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for at, token in enumerate(tokens):
        quoted += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type != "inline" or not token.map:
            continue
        if tokens[at - 1].type == "heading_open":
            section = _text(token) if tokens[at - 1].tag in {"h1", "h2"} else section
        elif not quoted:
            yield from _split(_text(token), token.map[0] + 1, section)


def nearly_same(one: str, other: str) -> bool:
    """Whether two texts differ in a word or two of many; in a number they differ in what they say."""
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    return all(ratio() > _ALIKE for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def plain_sentences(text: str, line: int = 1) -> Iterator[Sentence]:
    """The sentences of a text that is no markdown."""
    yield from _split(_QUOTED.sub(_masked, text), line, "")


def _text(inline: Token) -> str:
    """The words, with code and quotations masked and line ends kept."""
    parts = []
    for child in inline.children or []:
        if child.type == "code_inline":
            parts.append(_MASK * max(len(child.content), 1))
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "text":
            parts.append(child.content)
    return _QUOTED.sub(_masked, "".join(parts))


def _masked(match: re.Match[str]) -> str:
    return "".join("\n" if sign == "\n" else _MASK for sign in match[0])


def _split(text: str, line: int, section: str) -> Iterator[Sentence]:
    start = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        part = text[start:end]
        if words := " ".join(part.split()):
            lead = len(part) - len(part.lstrip())
            yield Sentence(text=words, line=line + text.count("\n", 0, start + lead), section=section)
        start = end
