"""Statuspage: the history of a page as Atom or RSS, whose entries hold all updates of an incident in one text.

Source: ``/history.atom`` and ``/history.rss`` of every page. Updates state day and clock without a year: it is that of
the entry's own time, or the year before. What stands above the first update (a maintenance's window) is kept with each.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from workbench.clock.months import month_number
from workbench.events.schema import Kind
from workbench.readers.html_text import html_to_text
from workbench.readers.json_records import RecordError, instant
from workbench.readers.statuspage import ENDED, STATUSES
from workbench.readers.xml_records import XmlReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.clock import Assumption, Instant
    from workbench.readers.base import EventRows, Source
    from workbench.readers.xml_documents import Sketch
    from workbench.readers.xml_elements import Element

_SHOWN = re.compile(r"^([A-Z][a-z]{2,8}) +(\d{1,2}), +(?:(\d{4}),? +)?(\d{1,2}:\d{2}) +([A-Z]{1,5}|[+-]\d{2}:?\d{2})$")
_SAID = re.compile(r"^([A-Z][A-Za-z ]{2,20}?) *[-\u2013] *(.*)$", re.DOTALL)
_NUMBER = re.compile(r"Incident/(\d+)|/incidents/(\w+)")
_WORDS = STATUSES | {"update", "verifying"}
_CLOCK_SHOWN = re.compile(r"""data-var\s*=\s*["']time["']""")
_DAY = 24 * 3600 * 10**9


def _start(source: Source) -> Callable[[EventRows, int, Element], None]:
    seen: set[tuple[str, int, str]] = set()

    def unfold(rows: EventRows, number: int, entry: Element) -> None:
        title = html_to_text(entry.said("title")) or "Incident"
        own = [stated for tag in ("updated", "published", "pubDate") if (stated := instant(entry.said(tag)))]
        text = html_to_text(entry.said("content") or entry.said("description"))
        numbered = _NUMBER.search(f"{entry.said('id')} {entry.said('guid')} {_link(entry)}")
        incident = (numbered[1] or numbered[2]) if numbered else title
        if not own:
            raise RecordError("an entry without a time of its own")
        above, updates = _split(text, max(own, key=lambda each: each.ns), source.assumption)
        if not updates:
            above, updates = "", [(own[-1], "update", text)]
        for when, status, said in updates:
            known = (incident, when.ns, status)
            rows.add(
                when, line=number, kind=Kind.STATUS, message=said or title,
                action=f"status.{status if status in STATUSES else 'update'}",
                level="info" if status in ENDED else None, duplicate=known in seen,
                status=status, title=title, incident=incident, url=_link(entry), above=above or None,
            )  # fmt: skip
            seen.add(known)

    return unfold


def _split(text: str, latest: Instant, assumption: Assumption) -> tuple[str, list[tuple[Instant, str, str]]]:
    """What stands above an entry's updates; these, newest first as written: when, their status, what they say."""
    above: list[str] = []
    parts: list[tuple[Instant, list[str]]] = []
    for line in text.split("\n"):
        match = _SHOWN.match(line.strip())
        if match and (when := _dated(match, latest, assumption)):
            parts.append((when, []))
        else:
            (parts[-1][1] if parts else above).append(line)
    return "\n".join(above).strip(), [(when, *_said(lines)) for when, lines in parts]


def _dated(match: re.Match[str], latest: Instant, assumption: Assumption) -> Instant | None:
    """The time of an update: in its own year, else the last one that is not after the entry's own time."""
    month, day, stated, clock, zone = match.groups()
    number = month_number(month)
    if number is None:
        return None
    year = 1970 + latest.ns // (365.2425 * _DAY)
    years = [int(stated)] if stated else [int(year) + 1, int(year), int(year) - 1]
    for each in years:
        found = instant(f"{each}-{number:02d}-{int(day):02d} {clock.rjust(5, '0')} {zone}", assumption)
        if found and (stated or found.ns <= latest.ns + _DAY):
            return found
    return None


def _said(lines: list[str]) -> tuple[str, str]:
    """The status that an update begins with, and its words."""
    text = "\n".join(lines).strip()
    match = _SAID.match(text)
    status = match[1].strip().lower().replace(" ", "_") if match else ""
    if match and status in _WORDS:
        return status, match[2].strip()
    return "update", text


def _link(entry: Element) -> str | None:
    found = entry.find("link")
    return (found.attributes.get("href") or found.text or None) if found else None


def _fits(found: Sketch) -> bool:
    shown = _CLOCK_SHOWN.search(html.unescape(found.text)) is not None
    return found.root in {"feed", "rss"} and shown and bool({"entry", "item"} & found.tags)


READER = XmlReader(
    name="statuspage_feed",
    title="Statuspage history (Atom, RSS)",
    example="history.atom",
    unfolds="each published update of an incident, at the minute that the page shows",
    kind=Kind.STATUS,
    tags=frozenset({"entry", "item"}),
    fits=_fits,
    start=_start,
)
