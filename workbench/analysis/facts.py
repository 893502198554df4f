"""The few events that state something (alerts, pages, chat, deploys, updates), as typed rows; logs stay out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import orjson
import pandas as pd

from workbench.model import Candidate, Evidence

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
SILENT_KINDS = ("log", "trace", "metric")
_BOT = re.compile(
    r"(?:^|[\W_])bot\b|bot$|chatops|pagerduty|opsgenie|statuspage|github|gitlab|jenkins|datadog|grafana|alertmanager"
    r"|incident\.io|firehydrant|rootly|zapier|webhook",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"through the api|automatically|\bauto[- ]|integration|timeout", re.IGNORECASE)
_NUMBER = re.compile(r"#(\d+)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One event that states something, with its honest interval in UTC ns."""

    id: str
    time: int
    earliest: int
    latest: int
    kind: str
    action: str
    level: str
    service: str
    actor: str
    message: str
    source: str
    line: int
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def evidence(self) -> Evidence:
        """Where it stands."""
        return Evidence(source=self.source, line=self.line)

    def attribute(self, *names: str) -> str:
        """The first of these attributes that is there, as text; also looked for among the labels."""
        labels = self.attributes.get("labels")
        for place in (self.attributes, labels if isinstance(labels, dict) else {}):
            for name in names:
                value = place.get(name)
                if isinstance(value, dict):
                    value = value.get("id") or value.get("name") or value.get("summary")
                if value not in (None, ""):
                    return str(value)
        return ""

    @property
    def by_bot(self) -> bool:
        """Whether a program wrote it."""
        flag = self.attributes.get("bot")
        if isinstance(flag, bool):
            return flag
        return bool(
            self.attribute("bot_id", "bot_name", *(("bot", "agent") if self.kind == "chat" else ()))
            or self.attribute("subtype") == "bot_message"
            or _BOT.search(self.actor)
        )

    @property
    def by_machine(self) -> bool:
        """Whether a pager entry was made by a program rather than a person."""
        if "user" in (kind := self.attribute("agent_type", "actor_type")):
            return False
        return not self.actor or "service" in kind or "integration" in kind or bool(_MACHINE.search(self.message))

    @property
    def incident_key(self) -> str:
        """What tells one paged or published incident from another."""
        named = self.attribute("incident_id", "incident_number", "incident_key", "incident", "number", "alert_id")
        if named:
            return named
        number = _NUMBER.search(self.message)
        return f"#{number[1]}" if number else ""

    @property
    def channel(self) -> str:
        """The channel that it was said in, without its sign."""
        return self.attribute("channel", "channel_name", "conversation", "room").lstrip("#")


def text_of(value: object) -> str:
    """A cell as text; a missing one as ""."""
    return "" if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) else str(value)


def nanoseconds(column: pd.Series) -> list[int]:
    """A UTC time column as whole ns since 1970, whatever its resolution."""
    return [int(value) for value in column.astype("datetime64[ns, UTC]").astype("int64")]


def _attributes(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    try:
        parsed = orjson.loads(text_of(value) or "{}")
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    return [text_of(value) for value in frame[name]] if name in frame.columns else [""] * len(frame)


def facts(events: pd.DataFrame) -> list[Fact]:
    """The stating events in time order, repeats left out; the order of the files does not matter."""
    if not len(events):
        return []
    kept = events[~events["kind"].isin(SILENT_KINDS)]
    if "duplicate" in kept.columns:
        kept = kept[~kept["duplicate"].fillna(False).astype(bool)]
    times = [
        nanoseconds(kept[name]) if name in kept.columns else nanoseconds(kept["time"])
        for name in ("time", "earliest", "latest")
    ]
    names = ("id", "kind", "action", "level", "service", "actor", "message", "source")
    columns = {name: _texts(kept, name) for name in names}
    lines = [int(value) for value in kept["line"].fillna(0)]
    notes = kept["attributes"] if "attributes" in kept.columns else [None] * len(kept)
    rows = [
        Fact(
            time=time,
            earliest=low,
            latest=high,
            line=line,
            attributes=_attributes(note),
            **{name: columns[name][i] for name in names},
        )
        for i, (time, low, high, line, note) in enumerate(zip(*times, lines, notes, strict=True))
    ]
    return sorted(rows, key=lambda fact: (fact.time, fact.source, fact.line, fact.id))


def of_fact(fact: Fact, weight: float, rule: str) -> Candidate:
    """A candidate at the time of an event."""
    return Candidate(
        time=fact.time,
        earliest=fact.earliest,
        latest=fact.latest,
        weight=round(weight, 3),
        rule=rule,
        evidence=(fact.evidence,),
        text=fact.message[:200],
    )
