"""Reading what comes from a browser: each value is looked at before anything is done with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Message = Mapping[str, Any]
    Reply = tuple[dict[str, Any], list[memoryview]]
    Known = dict[str, Callable[[Message], Reply]]

_FAR = 2**62  # ns: what is beyond is as far as this
_MILLI = 1_000_000  # ns


def number(message: Message, name: str) -> float:
    """A number that is one; else a sentence."""
    value = message.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise WorkbenchError(f"the explorer's question needs a number as {name!r}")
    return float(value)


def whole(message: Message, name: str, low: int, high: int) -> int:
    """A whole number within bounds."""
    return min(high, max(low, int(number(message, name))))


def ns(message: Message, name: str) -> int:
    """A moment: the browser's milliseconds as ns; a product of the whole number would lose the last digits."""
    ms = number(message, name)
    return min(max(math.floor(ms) * _MILLI + round(ms % 1 * _MILLI), -_FAR), _FAR)


def window(message: Message) -> tuple[int, int]:
    """Start and end, ns."""
    start, end = ns(message, "start"), ns(message, "end")
    if end < start:
        raise WorkbenchError("the explorer's question has a window that ends before it begins")
    return start, end


def numbers(message: Message, name: str, most: int) -> list[int]:
    """The whole numbers of a list, at most so many; none where there is no list."""
    value = message.get(name)
    told = value if isinstance(value, list) else []
    return [each for each in told[:most] if isinstance(each, int) and not isinstance(each, bool)]
