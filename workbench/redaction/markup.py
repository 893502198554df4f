"""The texts of HTML, SVG and other XML: what is read, attributes, comments, scripts; words that tags split are joined.

Not a parser: nothing that stands in the file may be passed over because a parser would repair or drop it.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from workbench.redaction.piece import Kind, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)"
    r"|<(?P<raw>script|style)\b(?P<rawtag>(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>(?P<code>.*?)(?:</(?P=raw)\s{0,20}>|\Z)"
    r"|<(?P<name>[/?!]?[A-Za-z][\w:.-]{0,80})(?P<tag>(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>?"
    r"|(?P<text>[^<]++|<)",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,80}+)\s{0,20}=\s{0,20}(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))")
# Tags between which a word goes on. Of Word's and PowerPoint's tags all do but these.
_INLINE = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
        "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tspan", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
_VOCABULARY = {"role", "scope"}  # one word of HTML's own; somebody's login may be the same word
_OFFICE = re.compile(r"(?:w|a|m|w14|w15|wp|wps|mc|r):")
_OFFICE_BREAKS = frozenset({"p", "br", "cr", "tab", "tc", "tr", "ptab", "nobreakhyphen"})


def markup_pieces(text: str, member: str = "") -> Iterator[Piece]:
    """Every text of the file, entities read; a block once as it is read, and where tags split it, part by part too."""
    block: list[str] = []
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "text" | "data":
                block.append(unescape(token["text"] or token["data"] or ""))
            case "name" | "tag":
                if _ends_block(token["name"]):
                    yield from _block(block, member)
                    block = []
                yield from _attributes(token["name"], token["tag"], member)
            case "comment":
                yield Piece(text=unescape(token["comment"]), where="a comment", member=member)
            case _:
                yield from _attributes(token["raw"], token["rawtag"], member)
                yield from _code(token, member)
    yield from _block(block, member)


def _block(parts: list[str], member: str) -> Iterator[Piece]:
    whole = " ".join("".join(parts).split())
    if whole:
        yield Piece(text=whole, where="the text", member=member)
    if len(parts) > 1:
        yield from (Piece(text=part, where="the text", member=member) for part in parts if part.strip())


def _attributes(tag: str, attributes: str, member: str) -> Iterator[Piece]:
    for match in _ATTRIBUTE.finditer(attributes) if "=" in attributes else ():
        value = unescape(match[2] or match[3] or match[4] or "")
        if value and not value.isdigit() and (match[1] not in _VOCABULARY or not value.isalpha()):
            kind = Kind.CODE if match[1] in {"style", "d", "class", "transform", "points"} else Kind.PROSE
            yield Piece(text=value, where=f"{match[1]} of <{tag.lower()}>", member=member, kind=kind)


def _code(token: re.Match[str], member: str) -> Iterator[Piece]:
    """Data in a script is read like a JSON file; a script's own code is searched for shapes alone."""
    kind = Kind.PROSE if "json" in token["rawtag"].lower() else Kind.CODE
    yield Piece(text=token["code"], where=f"a <{token['raw'].lower()}>", member=member, kind=kind)


def _ends_block(name: str) -> bool:
    plain = name.lstrip("/?!").lower()
    if office := _OFFICE.match(plain):
        return plain[office.end() :] in _OFFICE_BREAKS
    return plain.rpartition(":")[2] not in _INLINE
