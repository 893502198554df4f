"""Elements of Confluence's storage format: XHTML with macros (``ac:``) and resources (``ri:``), every text escaped.

Source: Atlassian, "Confluence Storage Format", and the pages of the macros anchor, code, details, expand, note, status
and toc.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


# The prefixes stand unbound in what Confluence keeps; whoever parses it binds them, such as to these names.
NAMESPACES = {"ac": "http://atlassian.com/content", "ri": "http://atlassian.com/resource/identifier"}

Colour = Literal["Grey", "Red", "Yellow", "Green", "Blue"]
_BREAK = Markup("<br/>")


def element(name: str, *content: str, attributes: Mapping[str, str] | None = None) -> Markup:
    """An element; content that is not marked as markup is text."""
    own = "".join(f' {key}="{escape(value)}"' for key, value in (attributes or {}).items())
    inner = Markup("").join(content)
    return Markup(f"<{name}{own}>{inner}</{name}>" if inner else f"<{name}{own}/>")  # noqa: S704 - escaped just above


def lines(text: str) -> Markup:
    """Text that keeps its lines."""
    return _BREAK.join(text.split("\n"))


def macro(name: str, *body: Markup, parameters: Mapping[str, str] | None = None) -> Markup:
    """A macro, with a body of blocks where there is one. A parameter holds text only: markup in it would be cut off."""
    settings = [parameter(key, value) for key, value in (parameters or {}).items()]
    inside = [element("ac:rich-text-body", *body)] if body else []
    return element("ac:structured-macro", *settings, *inside, attributes={"ac:name": name})


def parameter(name: str, value: str) -> Markup:
    """One setting of a macro; an anchor's is called nothing."""
    return element("ac:parameter", value, attributes={"ac:name": name})


def status(title: str, colour: Colour) -> Markup:
    """A word on a coloured ground."""
    return macro("status", parameters={"colour": colour, "title": title})


def code_block(text: str) -> Markup:
    """Text that keeps its lines and blanks, without a language's colours."""
    body = element("ac:plain-text-body", _cdata(text))
    return element("ac:structured-macro", parameter("language", "none"), body, attributes={"ac:name": "code"})


def _cdata(text: str) -> Markup:
    """Text as it is: what would end the section is split between two."""
    split = text.replace("]]>", "]]]]><![CDATA[>")
    return Markup(f"<![CDATA[{split}]]>")  # noqa: S704 - nothing in it can end it


def anchor_name(ref: str) -> str:
    """Letters, digits and dashes: Confluence Cloud drops anchors with other signs."""
    return re.sub(r"[^A-Za-z0-9]+", "-", ref).strip("-")


def anchor(ref: str) -> Markup:
    """A place in the page."""
    return macro("anchor", parameters={"": anchor_name(ref)})


def link_to_anchor(ref: str, words: Markup) -> Markup:
    """A link to a place in the page; an ``href`` would not do, for Confluence names places anew."""
    return element("ac:link", element("ac:link-body", words), attributes={"ac:anchor": anchor_name(ref)})


def image(file: str, *, alt: str, width: int) -> Markup:
    """A picture that is attached to the page."""
    resource = element("ri:attachment", attributes={"ri:filename": file})
    return element("p", element("ac:image", resource, attributes={"ac:alt": alt, "ac:width": str(width)}))


def table(head: Iterable[Markup], rows: Iterable[Iterable[Markup]]) -> Markup:
    """A table of cells, below a row of headers."""
    body = [element("tr", *row) for row in (head, *rows)]
    return element("table", element("tbody", *body))
