"""States that incident tools write in chat when somebody moves an incident on: "Status: Monitoring → Closed".

The tools differ in words and agree in form: the word for a state behind an arrow, behind "to", or behind "marked as".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.analysis.facts import Fact

# What a state is called, and which moment begins with it, by how much that is worth from a tool.
_MOMENTS = {
    "identified": ("identified", 0.7), "mitigated": ("mitigated", 0.8), "monitoring": ("mitigated", 0.6),
    "fixed": ("mitigated", 0.7), "resolved": ("resolved", 0.95), "closed": ("resolved", 0.9),
    "completed": ("resolved", 0.8),
}  # fmt: skip
_ENDED = {"resolved", "closed", "completed", "postmortem", "retrospective", "learning"}
_MARKS = re.compile(r"[*_~`]")
_MOVED = re.compile(
    r"\b(?:status|state|stage|milestone|phase|incident)\b[^\n]{0,60}?(?:\b(?P<from>\w+)\s*)?(?:\u2192|->|=>|\u279c)\s*(?P<to>\w+)"
    r"|\b(?:marked|moved|changed|set|updated|transitioned)\b[^\n.]{0,40}?\b(?:as|to)\s+(?P<as>\w+)",
    re.IGNORECASE,
)
_FEED = re.compile(r"\brss\b|\bfeed\b", re.IGNORECASE)
_OTHERS_PAGE = re.compile(r"^\W*\[?[\w .-]{2,40}\bstatus\]", re.IGNORECASE)


def is_feed(fact: Fact) -> bool:
    """Whether a bot only hands on what somebody else's status page says."""
    about = " ".join((fact.actor, fact.attribute("bot_name", "username", "agent", "bot")))
    return bool(_FEED.search(about) or _OTHERS_PAGE.search(fact.message))


def state_of(fact: Fact) -> tuple[str, float, str] | None:
    """The moment that a tool's message begins, what that is worth, and its words; None of any other message."""
    match = _MOVED.search(_MARKS.sub("", fact.message))
    if not match:
        return None
    known = _MOMENTS.get((match["to"] or match["as"]).lower())
    before = (match["from"] or "").lower()
    if known is None or before in _ENDED:
        return None
    return known[0], known[1], match[0].strip()
