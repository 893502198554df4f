"""pagerduty_log_entries.json: who was paged and what they answered, newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator import clock
from generator.alert_episodes import DISK, ORDERS_ERRORS, ORDERS_LATENCY, Episode
from generator.cast import AIKO, HELEN, MAREK, PRIYA, Person
from generator.draw import Draw

if TYPE_CHECKING:
    from datetime import datetime

_IDS = {4807: "Q1DISK4807MEDI", 4812: "Q1ERRS4812ORDE", 4813: "Q1SLOW4813ORDE"}
_SERVICE_IDS = {"media-api": "PSMED1A", "orders-api": "PSORD1A"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to one incident; `agent` is None where a machine did it."""

    when: datetime
    kind: str
    about: Episode
    agent: Person | None
    summary: str
    extra: dict[str, Any] | None = None


_NOTE = "Pool on orders-db is full on all three hosts; raising it by a config change."
_ENTRIES = (
    Entry(clock.at("13:30:34"), "trigger", DISK, None, "Triggered through the API."),
    Entry(clock.at("13:30:34"), "assign", DISK, None, "Assigned to Aiko Tanaka."),
    Entry(clock.at("13:30:36"), "notify", DISK, None, "Notified Aiko Tanaka by push.",
          {"user": AIKO.name}),
    Entry(clock.at("13:31:40"), "acknowledge", DISK, AIKO, "Acknowledged by Aiko Tanaka."),
    Entry(clock.at("13:52:03"), "resolve", DISK, None, "Resolved through the API."),
    Entry(clock.PAGED, "trigger", ORDERS_ERRORS, None, "Triggered through the API."),
    Entry(clock.PAGED, "assign", ORDERS_ERRORS, None, "Assigned to Priya Nair."),
    Entry(clock.at("14:00:51"), "notify", ORDERS_ERRORS, None, "Notified Priya Nair by push.",
          {"user": PRIYA.name}),
    Entry(clock.at("14:01:34"), "trigger", ORDERS_LATENCY, None, "Triggered through the API."),
    Entry(clock.at("14:02:21"), "notify", ORDERS_ERRORS, None, "Notified Priya Nair by phone.",
          {"user": PRIYA.name}),
    Entry(clock.ACKNOWLEDGED, "acknowledge", ORDERS_ERRORS, PRIYA, "Acknowledged by Priya Nair."),
    Entry(clock.at("14:03:20"), "acknowledge", ORDERS_LATENCY, PRIYA,
          "Acknowledged by Priya Nair."),
    Entry(clock.at("14:04:31"), "responder_request", ORDERS_ERRORS, PRIYA,
          "Requested Marek Novák as a responder.", {"responders": [MAREK.name]}),
    Entry(clock.at("14:05:02"), "add_responder", ORDERS_ERRORS, MAREK,
          "Marek Novák joined as a responder."),
    Entry(clock.COMMANDER_PAGED, "responder_request", ORDERS_ERRORS, PRIYA,
          "Requested Helen Osei as incident commander.", {"responders": [HELEN.name]}),
    Entry(clock.at("14:12:33"), "priority_change", ORDERS_ERRORS, PRIYA,
          "Priority set to SEV-2 by Priya Nair.", {"priority": {"summary": "SEV-2"}}),
    Entry(clock.at("14:12:41"), "add_responder", ORDERS_ERRORS, HELEN,
          "Helen Osei joined as incident commander."),
    Entry(clock.at("14:16:08"), "annotate", ORDERS_ERRORS, MAREK, "Note added by Marek Novák.",
          {"note": _NOTE}),
    Entry(clock.at("14:18:12"), "unacknowledge", ORDERS_ERRORS, None,
          "Acknowledgement timed out."),
    Entry(clock.at("14:18:29"), "acknowledge", ORDERS_ERRORS, PRIYA,
          "Acknowledged by Priya Nair."),
    Entry(clock.at("14:26:03"), "resolve", ORDERS_LATENCY, None, "Resolved through the API."),
    Entry(clock.RESOLVED, "resolve", ORDERS_ERRORS, HELEN, "Resolved by Helen Osei."),
)  # fmt: skip


def log_entries() -> str:
    """The answer of the log-entries call, with times in the account's own zone."""
    draw = Draw("pagerduty")
    entries = [_entry(draw, entry) for entry in _ENTRIES]
    body = {"log_entries": entries[::-1], "limit": 100, "offset": 0, "more": False}
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _entry(draw: Draw, entry: Entry) -> dict[str, Any]:
    extra = dict(entry.extra or {})
    channel = {"type": "api" if entry.agent is None else "mobile", "summary": entry.summary}
    if "note" in extra:
        channel = {"type": "note", "content": extra.pop("note")}
    return {
        "id": "R" + draw.code(25),
        "type": f"{entry.kind}_log_entry",
        "summary": entry.summary,
        "html_url": None,
        "created_at": clock.local(entry.when, clock.NEW_YORK, "seconds"),
        "agent": _agent(entry),
        "channel": channel,
        "service": _service(entry.about),
        "incident": _incident(entry.about),
        "teams": [],
        "contexts": [],
        **extra,
    }


def _agent(entry: Entry) -> dict[str, str]:
    if entry.agent is None:
        return _service(entry.about)
    return {
        "id": entry.agent.pagerduty,
        "type": "user_reference",
        "summary": entry.agent.name,
    }


def _service(about: Episode) -> dict[str, str]:
    return {
        "id": _SERVICE_IDS[about.service],
        "type": "service_reference",
        "summary": about.service,
    }


def _incident(about: Episode) -> dict[str, str]:
    return {
        "id": _IDS[about.number],
        "type": "incident_reference",
        "summary": f"[#{about.number}] {about.summary}",
        "html_url": f"https://shop-example.pagerduty.com/incidents/{_IDS[about.number]}",
    }
