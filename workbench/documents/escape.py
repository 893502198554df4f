"""Values inside a template's markdown: escaped, so that they show as they are and can be no markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

# Any ASCII punctuation may stand behind a backslash (CommonMark 0.31, section 2.4).
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Two signs for private use stand around the number of something that a template puts in whole.
OPEN, CLOSE = "\ue000", "\ue001"
TOKEN = re.compile(f"{OPEN}(\\d+){CLOSE}")
_RESERVED = re.compile(f"[{OPEN}{CLOSE}]")


def escaped(value: Any) -> Markup:
    """A value as markdown that shows exactly its words on one line; what is our own markdown already stays."""
    if isinstance(value, Markup):
        return value
    text = _RESERVED.sub("", "" if value is None else str(value))
    words = " ".join(text.split())
    # A blank at either end stays one: {{ ", " }} stands between two names.
    words = f"{' ' * text[:1].isspace()}{words}{' ' * (text[-1:].isspace() and bool(words))}"
    return Markup(_PUNCTUATION.sub(r"\\\1", words))  # noqa: S704 - every sign with a meaning is escaped


def joined_marks(parts: Iterable[Any]) -> str:
    """What ``~`` puts together: with markdown of our own among the parts, the others are escaped as markdown too.

    Jinja would escape them as HTML, and leave what markdown reads as a link.
    """
    held = list(parts)
    if not any(isinstance(one, Markup) for one in held):
        return "".join(str(one) for one in held)
    return Markup("").join(escaped(one) for one in held)


def token(number: int) -> Markup:
    """What stands in the text for the thing with this number."""
    return Markup(f"{OPEN}{number}{CLOSE}")  # noqa: S704 - two private signs and a number
