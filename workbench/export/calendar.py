"""iCalendar (RFC 5545): the due days of action items, and the invitation to the post-mortem meeting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from workbench.clock import format_utc
from workbench.export.trackers import body
from workbench.model import ActionStatus
from workbench.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.documents.meeting import Invitee, Meeting
    from workbench.model import ActionItem

FORM = "ics"
_OVER = {ActionStatus.DONE, ActionStatus.CANCELLED}


def due_days(actions: Sequence[ActionItem], incident: str, *, as_of: int) -> str:
    """An all-day entry on each due day of an item that is not over, stamped ``as_of`` (UTC ns)."""
    lines: list[str] = []
    for one in actions:
        if one.due is None or one.status in _OVER:
            continue
        lines += [
            "BEGIN:VEVENT", f"UID:{_text(f'{incident}-{one.id}')}@postmortem-workbench", f"DTSTAMP:{_stamp(as_of)}",
            f"DTSTART;VALUE=DATE:{one.due:%Y%m%d}", f"DTEND;VALUE=DATE:{one.due + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(f'Due: {one.id} {one.action}')}", f"DESCRIPTION:{_text(body(one, incident))}",
            "TRANSP:TRANSPARENT", "END:VEVENT",
        ]  # fmt: skip
    return _calendar(lines)


def invitation(meeting: Meeting, *, id: str, title: str, about: str, as_of: int) -> str:  # noqa: A002 - the incident's
    """The meeting as one entry that names who is asked; whoever takes it in invites them from their own calendar."""
    return _calendar([
        "BEGIN:VEVENT", f"UID:{_text(id)}-post-mortem@postmortem-workbench", f"DTSTAMP:{_stamp(as_of)}",
        f"DTSTART:{_stamp(meeting.start_ns)}", f"DTEND:{_stamp(meeting.end_ns)}",
        f"SUMMARY:{_text(f'Post-mortem {id}: {one_line(title)}')}",
        f"DESCRIPTION:{_text(f'{about}{_asked(meeting.invitees)}')}", "END:VEVENT",
    ])  # fmt: skip


def _asked(invitees: Iterable[Invitee]) -> str:
    """Who is asked, in words: attendees need an organiser (RFC 5545, 3.8.4.3), and who that is only people know."""
    names = [
        f"{one_line(one.name)} <{one.email}>" if _is_address(one.email) else one_line(one.name) for one in invitees
    ]
    return "\n\nAsked: " + "; ".join(names) if names else ""


def _is_address(email: str) -> bool:
    return email.count("@") == 1 and email.isprintable() and not set(email) & set(" ,;:<>\"'\\")


def _calendar(lines: Iterable[str]) -> str:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Post-mortem Workbench//EN", "CALSCALE:GREGORIAN"]
    return "".join(f"{_folded(line)}\r\n" for line in [*head, *lines, "END:VCALENDAR"])


def _stamp(ns: int) -> str:
    """20251117T140000Z."""
    return format_utc(ns)[:19].replace("-", "").replace(":", "") + "Z"


def _text(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A content line in pieces of 75 octets at most, none of which cuts a character."""
    pieces: list[str] = []
    piece, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > 75 - bool(pieces):
            pieces.append(piece)
            piece, size = "", 0
        piece, size = piece + sign, size + width
    return "\r\n ".join([*pieces, piece])
