"""The dialects of markdown that are written: what forges show, and what Notion's import takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.export.album import Kind

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_AT_START = re.compile(r"^(\s*)([-+=:])(?=[\s=-]|$)|^(\s*\d{1,9})([.)])(?=\s|$)")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.)")
_WORD_JOINER = "\u2060"  # keeps @names and :words: from being what a forge makes of them

# Only where a sign would be markup: a backslash before punctuation, an underscore at a word's end, a tag, an entity.
_MARKUP = re.compile(r"(\\(?=[!-/:-@\[-`{-~]|$)|[`*\[\]~]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;))")
_MARKUP_AT_START = re.compile(r"^(\s*)([>|]|#(?=#{0,5}(?:\s|$)))")


def escape(text: str) -> str:
    """Untrusted text as markdown that shows exactly it: no markup, no links, no mentions, no line of its own."""
    words = _SPECIAL.sub(r"\\\1", _one_line(text))
    words = _ADDRESS.sub(lambda match: f"{match[0]}\\", words)
    words = re.sub(r"@(?=\w)", f"@{_WORD_JOINER}", words)
    words = re.sub(r":(?=[a-z_+-][\w+-]*:)", f":{_WORD_JOINER}", words)
    return _no_marker(words)


def escape_sparingly(text: str) -> str:
    """The same with the fewest backslashes, for importers that know CommonMark, tables and no more.

    Addresses, @names and file_names stay as they are, to be read and searched.
    """
    words = _MARKUP.sub(r"\\\1", _one_line(text))
    return _no_marker(_MARKUP_AT_START.sub(r"\1\\\2", words))


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def _no_marker(words: str) -> str:
    """The text without what would make a list or a heading of its beginning."""
    return _AT_START.sub(lambda match: f"{match[1] or match[3] or ''}\\{match[2] or match[4]}", words)


def code(text: str) -> str:
    """A code span that holds any text: the fence is longer than every run of backticks in it."""
    plain = one_line(text)
    if not plain:
        return ""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    blank = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{blank}{plain}{blank}{fence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a reader of markdown can do.

    ``anchors``: HTML anchors and links to them; ``front_matter``: YAML that is not shown; ``cell_break``: what stands
    between the two lines of a cell; ``deepest``: the lowest heading.
    """

    escape: Callable[[str], str]
    pictures: Kind
    anchors: bool
    front_matter: bool
    cell_break: str
    deepest: int


FORGE = Dialect(escape=escape, pictures="svg", anchors=True, front_matter=True, cell_break="<br>", deepest=6)
# Notion shows front matter and HTML as text, has no place in a page to link to and three levels of headings.
NOTION = Dialect(
    escape=escape_sparingly, pictures="png", anchors=False, front_matter=False, cell_break=" · ", deepest=3
)
