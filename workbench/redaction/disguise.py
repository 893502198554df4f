"""Known values in a text, as they are and as other forms write them: escaped, percent-encoded, in hex or base 64."""

from __future__ import annotations

import re
from base64 import b64encode
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from workbench.redaction.names import AFTER, BEFORE, any_of, any_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST = 4  # characters; what is shorter is found everywhere by chance
_SHORTEST_BASE64 = 6  # bytes: its three forms share eight letters and more

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([!-/:-@\[-`{-~]))")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{8,}+")
_FROM_URLS = str.maketrans("-_", "+/")


class Disguises:
    """Looks for values that must not be in a file; those of fewer than four characters are not looked for."""

    def __init__(self, values: Iterable[str], names: Iterable[str] = ()) -> None:
        """``names`` are looked for as whole words, for others' names may hold them."""
        values = {value for value in values if len(value) >= SHORTEST}
        names = {name for name in names if len(name) >= SHORTEST} - values
        kept = sorted(values | names)
        self._plain = re.compile(_expression(values, names)) if kept else None
        self._kept = frozenset(kept)
        self._base64 = [(form, value) for value in kept for form in _base64_forms(value.encode("utf-8", "replace"))]
        self._hex = [(value.encode("utf-8", "replace").hex(), value) for value in kept]
        self._wide = [(value.encode(form, "replace"), value) for value in kept for form in ("utf-16-le", "utf-16-be")]

    def as_they_are(self, text: str) -> set[str]:
        """The values that stand in a text."""
        found = self._plain.findall(text) if self._plain else ()
        return set(self._kept.intersection(found))  # with a blank of another kind it is another value

    def in_any_form(self, text: str) -> set[str]:
        """The values that a text holds in any form."""
        found = {value for view in views(text) for value in self.as_they_are(view)}
        runs = "\n".join(_RUN.findall(text)).translate(_FROM_URLS)
        found |= {value for form, value in self._base64 if form in runs}
        small = runs.lower()
        return found | {value for form, value in self._hex if form in small}

    def in_bytes(self, data: bytes) -> set[str]:
        """The values that bytes hold at two bytes a letter."""
        return {value for form, value in self._wide if form in data} if b"\0" in data else set()


def _expression(values: set[str], names: set[str]) -> str:
    parts = [any_value(values)] if values else []
    return "|".join([*parts, f"{BEFORE}{any_of(names)}{AFTER}"] if names else parts)


def views(text: str) -> Iterator[str]:
    """The text as it is, and what it says where marks stand for signs."""
    yield text
    if "&" in text:
        yield unescape(text)
    if "\\" in text:
        yield _ESCAPE.sub(_read, text)
    if "%" in text:
        yield unquote(text, errors="replace")


def _read(mark: re.Match[str]) -> str:
    code = mark[1] or mark[2]
    return chr(int(code, 16)) if code else mark[3]


def _base64_forms(value: bytes) -> Iterator[str]:
    """The letters that stand for the value wherever it begins in a longer text: without those its neighbours share."""
    if len(value) < _SHORTEST_BASE64:
        return
    for before in range(3):
        encoded = b64encode(b"\0" * before + value).decode().rstrip("=")
        first = (8 * before + 5) // 6
        last = (8 * (before + len(value))) // 6
        yield encoded[first:last]
