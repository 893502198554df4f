"""The plain text of an HTML fragment, as a person would read it: nothing in it is run, nothing is fetched."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "main", "nav", "ol", "p",
    "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_HIDDEN = frozenset({"template", "head", "noscript", "svg"})
_RAW = frozenset({"script", "style"})  # what stands in them is no markup
_BLANKS = re.compile(r"[ \t\r\n\f\v\xa0]+")
# Every repetition is possessive, and stops at the next "<": the standard library's parser takes quadratic time on
# tags that never end, and fragments come from anywhere.
_TAG = re.compile(r"""<(/?)([A-Za-z][\w:-]*+)((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>|<[!?][^<>]*+>""")
_ATTRIBUTE = re.compile(r"""([^\s=/"']++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"']++))""")
_WANTED = frozenset({"href", "alt", "title"})


def html_to_text(fragment: str) -> str:
    """The words of a fragment: a line for each block, links with their address where it is not what they say."""
    text, at = _without_comments(fragment), 0
    if not _TAG.search(text):
        return html.unescape(text).strip()
    words = _Words()
    small = text.lower() if any(f"<{name}" in text.lower() for name in _RAW) else ""
    while match := _TAG.search(text, at):
        words.data(text[at : match.start()])
        at, tag = match.end(), (match[2] or "").lower()
        if tag in _RAW and not match[1]:
            at = found if (found := small.find(f"</{tag}", at)) >= 0 else len(text)
        elif match[1]:
            words.end(tag)
        elif tag:
            words.start(tag, match[3])
    words.data(text[at:])
    return words.text()


def _without_comments(text: str) -> str:
    """The text without its comments; one that never ends is no comment."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join([*parts, text[at:]])


def unwrapped(address: str) -> str:
    """The address that a redirecting link of Google leads to; any other as it is."""
    if "google." not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if parts.path != "/url" or not (parts.hostname or "").startswith(("www.google.", "google.")):
        return address
    found = parse_qs(parts.query)
    return (found.get("q") or found.get("url") or [address])[0]


class _Words:
    """Collects the words of a fragment, line by line."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = [[]]
        self._hidden: list[str] = []
        self._preserved = 0
        self._link: tuple[str, int, int] | None = None  # address, line and part where its words begin

    def text(self) -> str:
        """The lines that say something."""
        lines = ("".join(parts).strip() for parts in self._lines)
        return "\n".join(line for line in lines if line.strip("|* "))

    def start(self, tag: str, attributes: str) -> None:
        """A tag that begins something."""
        if self._hidden or tag in _HIDDEN:
            self._hidden += [tag] if tag in _HIDDEN else []
            return
        if tag in _BLOCKS:
            self._break()
        self._preserved += tag == "pre"
        if tag == "li":
            self._put("* ")
        elif tag in _CELLS and self._lines[-1]:
            self._put(" | ")
        elif tag == "img":
            stated = _stated(attributes)
            self._put((stated.get("alt") or stated.get("title") or "").strip())
        elif tag == "a":
            self._close_link()  # links do not nest: one that begins ends the one before
            self._link = (unwrapped(_stated(attributes).get("href") or ""), len(self._lines), len(self._lines[-1]))

    def end(self, tag: str) -> None:
        """A tag that ends something; one that never began is passed over."""
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
            return
        self._preserved -= tag == "pre" and self._preserved > 0
        if tag == "a":
            self._close_link()
        if tag in _BLOCKS and tag != "br":
            self._break()

    def data(self, markup: str) -> None:
        """Words: blanks and line breaks between them are one blank, but in preformatted text."""
        if self._hidden or not markup:
            return
        text = html.unescape(markup)
        if not self._preserved:
            self._put(_BLANKS.sub(" ", text) if self._lines[-1] else _BLANKS.sub(" ", text).lstrip())
            return
        first, *rest = text.split("\n")
        self._put(first)
        for line in rest:
            self._break()
            self._put(line.rstrip("\r"))

    def _put(self, text: str) -> None:
        if text:
            self._lines[-1].append(text)

    def _break(self) -> None:
        if self._lines[-1] and self._lines[-1] != ["* "]:
            self._lines.append([])

    def _close_link(self) -> None:
        if self._link is None:
            return
        (address, line, part), self._link = self._link, None
        words = [*self._lines[line - 1][part:], *(each for parts in self._lines[line:] for each in parts)]
        said = "".join(words).strip()
        told = address.removeprefix("mailto:")
        if not told.startswith(("http://", "https://")) or said in {told, told.rstrip("/"), told.partition("://")[2]}:
            return
        self._put(f" ({told})" if said else told)


def _stated(attributes: str) -> dict[str, str]:
    """The attributes of a tag that say something to people."""
    found = ((match[1].lower(), match[2] or match[3] or match[4] or "") for match in _ATTRIBUTE.finditer(attributes))
    return {name: html.unescape(value) for name, value in found if name in _WANTED}
