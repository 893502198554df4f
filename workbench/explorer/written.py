"""Who writes at the explorer, and the words of people as they are kept."""

from __future__ import annotations

import getpass
import os
import unicodedata
from typing import Any

from workbench.errors import WorkbenchError

LONGEST = 2_000  # signs of a text
_LONGEST_NAME = 100
_FAR_TOO_LONG = 200_000  # signs: what is longer is not even looked through
_TURNING = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))  # of the direction


def author() -> str:
    """Who judges: WORKBENCH_AUTHOR, else the name that the person is logged in by."""
    named = os.environ.get("WORKBENCH_AUTHOR", "")
    try:
        named = named.strip() or getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may know no name
        named = ""
    return cleaned(named)[:_LONGEST_NAME]


def cleaned(text: str) -> str:
    """The text in one paragraph, without signs that steer a terminal or cannot be written."""
    if len(text) > _FAR_TOO_LONG:
        raise WorkbenchError(f"the text has {len(text):,} signs: far more than can be kept")
    shown = (sign for sign in text if sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cs"})
    return " ".join("".join(sign for sign in shown if sign not in _TURNING).split())


def words(value: Any, longest: int = LONGEST) -> str:
    """A text from the browser, cleaned; "" where it is none. Raises the sentence where it is too long."""
    text = cleaned(value) if isinstance(value, str) else ""
    if len(text) > longest:
        raise WorkbenchError(f"the text has {len(text):,} signs, and {longest:,} are the most")
    return text
