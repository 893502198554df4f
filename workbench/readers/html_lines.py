"""An HTML page as lines of Markdown, so that one engine reads headings, bullets and table rows of all documents."""

from __future__ import annotations

import html
import re

_HIDDEN = re.compile(r"(?is)<(script|style|template|svg|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")
_TAG = re.compile(r"""<(/?)([A-Za-z][\w:-]*+)((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""")
_DATED = re.compile(r"""datetime\s*=\s*["']([^"'<>]{4,40})["']""")
_LINES = frozenset({
    "p", "div", "br", "section", "article", "header", "footer", "ul", "ol", "table", "tbody", "thead", "blockquote",
    "hr", "pre", "dd", "dt", "dl", "title", "body", "ac:task", "ac:task-list",
})  # fmt: skip
_LONGEST = 8 * 1024 * 1024


class _Lines:
    """Lines as they are put together: a table row is one line, whatever stands in its cells."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._words: list[str] = []
        self._mark = ""
        self._cells: list[str] | None = None

    def words(self, text: str) -> None:
        self._words.append(html.unescape(text))

    def close(self) -> None:
        """Ends a line; within a table row it ends nothing."""
        if self._cells is not None:
            self._words.append(" ")
            return
        text = self._taken()
        if text:
            self.lines.append(f"{self._mark}{text}")
        self._mark = ""

    def open(self, mark: str) -> None:
        """Begins a heading or a bullet."""
        if self._cells is None:
            self.close()
            self._mark = mark

    def row(self, *, begins: bool) -> None:
        if begins:
            self.close()
            self._cells = []
        elif self._cells is not None:
            cells, self._cells = self._cells, None
            if any(cells):
                self.lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")

    def cell(self) -> None:
        """Ends a cell."""
        if self._cells is not None:
            self._cells.append(self._taken())

    def _taken(self) -> str:
        text, self._words = " ".join("".join(self._words).split()), []
        return text


def markdown_lines(page: str) -> list[str]:
    """The lines that a person sees: ``# heading``, ``- bullet``, ``| cell | cell |`` and paragraphs; nothing is run."""
    found, at = _Lines(), 0
    text = _HIDDEN.sub(" ", page[:_LONGEST])
    for match in _TAG.finditer(text):
        found.words(text[at : match.start()])
        at = match.end()
        _take(found, match[2].lower(), match[3], closes=bool(match[1]))
    found.words(text[at:])
    found.row(begins=False)
    found.close()
    return found.lines


def _take(found: _Lines, tag: str, rest: str, *, closes: bool) -> None:
    if tag == "tr":
        found.row(begins=not closes)
    elif tag in {"td", "th"}:
        if closes:
            found.cell()
    elif tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        found.close() if closes else found.open("#" * int(tag[1]) + " ")
    elif tag == "li":
        found.close() if closes else found.open("- ")
    elif tag == "time" and not closes and (dated := _DATED.search(rest)):
        found.words(f" {dated[1]} ")
    elif tag in _LINES:
        found.close()
