"""What a report claims: each row, moment and number with what proves it, so that it can be worked out again."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.clock import format_utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.report.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A place (``source:line``, or a source) and the SHA-256 of the line there, or of the source; empty if gone."""

    place: str
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim: ``key`` names it for ever, ``value`` is plain JSON, compared as it is."""

    key: str
    what: str
    value: Any
    proofs: tuple[Proof, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "key": self.key, "what": self.what, "value": self.value,
            "evidence": [{"place": one.place, "sha256": one.sha256} for one in self.proofs],
        }  # fmt: skip


def claims(facts: Facts) -> tuple[Claim, ...]:
    """Every claim of the facts, in the order of the report. A number that is not known claims nothing."""
    found = (*_rows(facts), *_moments(facts), *_intervals(facts), *_figures(facts), *_alerts(facts))
    seen: Counter[str] = Counter()
    return tuple(_numbered(one, seen) for one in found)


def _numbered(claim: Claim, seen: Counter[str]) -> Claim:
    """A second claim of one key (two rows from one record) gets a number, so that none hides another."""
    seen[claim.key] += 1
    return claim if seen[claim.key] == 1 else replace(claim, key=f"{claim.key} ({seen[claim.key]})")


def source_hashes(facts: Facts) -> dict[str, str]:
    """The SHA-256 of each source by its path."""
    return {one.path: one.sha256 for one in facts.sources}


def _rows(facts: Facts) -> Iterator[Claim]:
    """Each row of the timeline by its place and words: its number changes when rows come before it."""
    hashes = source_hashes(facts)
    for row in facts.rows:
        value = {"time": format_utc(row.time_ns), "text": row.text, "actor": row.actor, "milestone": row.milestone}
        proofs = tuple(Proof(place=one.place, sha256=one.sha256 or hashes.get(one.source, "")) for one in row.proved)
        yield Claim(key=f"row {row.place or row.time_ns}", what=f"Timeline {row.ref}", value=value, proofs=proofs)


def _moments(facts: Facts) -> Iterator[Claim]:
    hashes = source_hashes(facts)
    lines = {one.place: one.sha256 for row in facts.rows for one in row.proved if one.sha256}
    for name, one in facts.milestones.items():
        if one.time is None:
            continue
        known = (("time", one.time), ("earliest", one.earliest), ("latest", one.latest))
        value = {key: format_utc(at) for key, at in known if at is not None}
        places = [(str(each), each.source) for each in one.evidence]
        proofs = tuple(
            Proof(place=place, sha256=lines.get(place) or hashes.get(source, "")) for place, source in places
        )
        yield Claim(key=f"milestone {name}", what=name.capitalize(), value={**value, "rule": one.rule}, proofs=proofs)


def _intervals(facts: Facts) -> Iterator[Claim]:
    for name, one in facts.intervals.items():
        if one.get("minutes") is not None:
            value = {key: one.get(key) for key in ("minutes", "low", "high")}
            yield Claim(key=f"interval {name}", what=name.replace("_", " ").capitalize(), value=value)


# The figures of ``impact --json``: where each stands, and where it says how it was found.
_FIGURES = (
    ("requests", "Requests failed", ("total", "failed", "failed_low", "failed_high")),
    ("customers", "Customers affected", ("affected",)),
    ("orders", "Orders lost", ("hit", "lost", "lost_low", "lost_high")),
    ("slo", "Error budget used", ("target", "budget_used_percent")),
)


def _figures(facts: Facts) -> Iterator[Claim]:
    impact = facts.impact
    for name, what, keys in _FIGURES:
        table: Mapping[str, Any] = impact.get(name) or {}
        value = {key: table[key] for key in keys if table.get(key) is not None}
        if value:
            yield Claim(key=f"impact {name}", what=what, value=value, proofs=from_sources(facts, table.get("basis")))
    if impact.get("tickets") is not None:
        proofs = from_sources(facts, impact.get("tickets_basis"))
        yield Claim(key="impact tickets", what="Support tickets", value=impact["tickets"], proofs=proofs)
    for one in impact.get("by_service") or ():
        yield Claim(key=f"impact of {one['service']}", what=f"Requests failed, {one['service']}", value=dict(one))


def from_sources(facts: Facts, basis: Any, *, kind: str = "") -> tuple[Proof, ...]:
    """The sources that a basis names, or those of a kind, with their hashes."""
    words = str(basis or "")
    named = [one for one in facts.sources if _is_named(one.path, words)]
    named = named or [one for one in facts.sources if kind and one.kind == kind]
    return tuple(Proof(place=one.path, sha256=one.sha256) for one in named)


def _is_named(path: str, words: str) -> bool:
    """Whether the words name this path and not a longer one that it is a part of."""
    return path in words and bool(re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w/-]|\.\w)", words))


def _alerts(facts: Facts) -> Iterator[Claim]:
    for one in facts.alerts:
        value = {key: one.get(key) for key in ("episodes", "notifications", "flapping", "first", "last")}
        yield Claim(key=f"alert {one.get('name')}", what=f"Alert {one.get('name')}", value=value)
    said = facts.communications
    if said.get("updates") is not None:
        value = {key: said.get(key) for key in ("updates", "first_update", "longest_gap_minutes", "low", "high")}
        places = tuple(Proof(place=one.place) for one in facts.updates)
        yield Claim(key="communications", what="Updates to customers", value=value, proofs=places)
