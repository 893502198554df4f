"""Untrusted text made harmless once, when content is made: no control codes, no reordering, no broken characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

# CSI sequences, OSC strings (closed by BEL or ST), and two-character escapes.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[@-Z\\-_])")
_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x85]")
# C0 and C1 controls save tab and newline, bidi marks, overrides and isolates, invisible joiners, the BOM.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_UNPAIRED = re.compile("[\ud800-\udfff]")
_MAX_LINK = 2000


def clean(text: str) -> str:
    """The text without what could reorder, hide or break it; what cannot be a character becomes U+FFFD."""
    plain = _NEWLINES.sub("\n", _ANSI.sub("", text))
    plain = _TAGS.sub("", _HIDDEN.sub("", plain))
    plain = _UNPAIRED.sub("\ufffd", plain)
    return plain if plain.isascii() else "".join("\ufffd" if _is_no_character(sign) else sign for sign in plain)


def one_line(text: str) -> str:
    """The cleaned text with every run of white space as one blank."""
    return " ".join(clean(text).split())


def begins_right_to_left(text: str) -> bool:
    """Whether the first letter of the text is of a script that is written from right to left."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"})
    return next(strong, "L") != "L"


def shortened(text: str, limit: int) -> str:
    """The text, cut at a word where it is longer than ``limit`` characters, with the cut shown."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 2]
    head = cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut
    return f"{head.rstrip()} …"


def safe_link(address: str) -> str:
    """The address if it is plain http or https to a named host, else nothing."""
    plain = clean(address).strip()
    if len(plain) > _MAX_LINK or re.search(r"[\s<>\"'`\\^{}|]", plain):
        return ""
    try:
        parts = urlsplit(plain)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return plain if parts.scheme in {"http", "https"} and host and "@" not in parts.netloc else ""


def clean_json(value: Any) -> Any:
    """Plain JSON with every text in it cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    return value


def _is_no_character(sign: str) -> bool:
    """Whether Unicode says that this code point never is a character (U+FFFE, U+FDD0 and their like)."""
    code = ord(sign)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
