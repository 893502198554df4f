"""Facts made by hand for the tests of report, export and notebook: the connection-pool incident, and a hostile one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from workbench.clock import parse_rfc3339
from workbench.model import (
    AcceptedRisk,
    ActionItem,
    ActionKind,
    ActionStatus,
    Basis,
    Candidate,
    ClockOffset,
    Evidence,
    Factor,
    FactorKind,
    ImpactFacts,
    Incident,
    IncidentStatus,
    Milestone,
    People,
    Priority,
    Slo,
    SourceReport,
)
from workbench.report import Facts, TimelineRow

SECOND = 1_000_000_000
MINUTE = 60 * SECOND

# Each must come out as words: never as markup, script, a link, a picture or broken XML.
HOSTILE = (
    "<script>window.__ran=1</script>",
    '<img src=x onerror="window.__ran=2">',
    "</title></style><svg onload=window.__ran=3>",
    "[runbook](javascript:window.__ran=4)",
    "![beacon](https://evil.example/pixel.png)",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "\x1b[31mred\x1b[0m nul\x00 lone\ud800 bidi\u202egnp.exe \ufffe",
    "| a | b |\n|---|---|\n# heading\n- item\n> quote\n1. one",
    "`code` ``` ~~~ **bold** <!-- comment --> &lt;b&gt; &amp;",
    "https://evil.example/click www.evil.example user@evil.example <https://evil.example>",
    "]]></w:t> ]]> --> <?xml ?> \"quoted\" 'single'",
    "@everyone :smile: $x$ ~~gone~~ [^1] [x]: https://evil.example",
    "<iframe srcdoc='<script>parent.__ran=5</script>'></iframe>",
    '<a href="javascript:window.__ran=6">press</a>',
    "``` mermaid\ngraph TD; A-->B\n```",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \U0001f525",
)


def at(clock: str) -> int:
    """UTC ns of a time of day on the incident's day."""
    return parse_rfc3339(f"2025-11-17T{clock}Z")


# time, text, who, role, kind, milestone, source, line
_ROWS = (
    ("14:00:12", "Share of failing requests leaves its usual level on orders-api", "", "", "metric", "started", "prometheus.json", 41),
    ("14:01:40", "HighErrorRate firing for orders-api: 8% of requests answered with 5xx", "", "", "alert", "detected", "alerts.jsonl", 3),
    ("14:03:05", "Acknowledged the page", "Priya Nair", "On-call", "page", "acknowledged", "pagerduty.json", 7),
    ("14:08:20", "the database is calm, it is the pool: 40 of 40 in use, 212 waiting", "Marek Novák", "Technical lead", "chat", "identified", "slack.zip", 29),
    ("14:11:50", "Declared SEV-2, roles taken", "Helen Osei", "Incident commander", "chat", "declared", "slack.zip", 34),
    ("14:15:00", "Investigating: some orders fail at checkout. Carts are kept.", "Jonas Weber", "Communications", "status", "communicated", "statuspage.json", 1),
    ("14:22:30", "orders-api configuration 2025-11-17.2 rolled out, pool 40 to 120", "Marek Novák", "Technical lead", "deploy", "mitigated", "deployments.json", 12),
    ("14:25:10", "Share of failing requests is back at its usual level", "", "", "metric", "recovered", "prometheus.json", 66),
    ("14:27:00", "Monitoring: the errors have stopped, we keep watching.", "Jonas Weber", "Communications", "status", "", "statuspage.json", 2),
    ("14:35:00", "Resolved the incident", "Helen Osei", "Incident commander", "page", "resolved", "pagerduty.json", 19),
)  # fmt: skip

_NARRATIVE = {
    "Executive summary": "A campaign brought more orders at once than the connection pool of the orders service could "
    "carry. For 25 minutes part of the orders and checkouts failed; browsing went on. The pool is three times as large "
    "now, and **alerts for full pools** are being built.",
    "What happened": "After the mail went out, requests queued for a connection and gave up when the wait was over.\n\n"
    "Marek saw `40 of 40` in use and asked for a larger pool.",
    "Immediate cause": "All 40 connections of the pool were in use.",
    "Contributing factors": "1. The pool was sized two years ago.\n2. Nobody was alerted when it ran full.\n"
    "3. Load tests knew no spikes.",
    "Why these factors existed": "- There is no guideline for sizes.\n- Dashboards grew out of earlier incidents.",
    "What went well": "- The alert came before the first customer wrote.\n- Roles were taken within a minute.",
    "Where we got lucky": "The database had room for more connections.",
    "Lessons learned": "1. A limit that nobody watches is an outage with a date.\n2. Calm databases can be unreachable.",
    "Prevention": "Pools become visible first, then they scale by themselves.",
    "Follow-up with marketing": "They share their calendar with us from now on.",
}


def rows() -> tuple[TimelineRow, ...]:
    """The timeline of the sample."""
    made = []
    for number, (clock, text, actor, role, kind, milestone, source, line) in enumerate(_ROWS, 1):
        raw = f'{{"ts":"2025-11-17T{clock}Z","source":"{source}","text":"{text}"}}'
        wide = 90 * SECOND if milestone == "started" else 0
        made.append(
            TimelineRow(
                ref=f"E{number}", time_ns=at(clock), earliest=at(clock) - wide, latest=at(clock) + wide, text=text,
                actor=actor, role=role, kind=kind, milestone=milestone, source=source, line=line,
                sha256=hashlib.sha256(raw.encode()).hexdigest(), raw=raw,
            )
        )  # fmt: skip
    return tuple(made)


def milestones() -> dict[str, Milestone]:
    """One for each row that carries its name."""
    found = {}
    for one in rows():
        if not one.milestone:
            continue
        confirmed = one.milestone in {"resolved", "declared"}
        later = Candidate(
            time=one.time_ns + 4 * MINUTE,
            earliest=one.time_ns,
            latest=one.latest + 4 * MINUTE,
            weight=0.4,
            rule="status page says so",
        )
        found[one.milestone] = Milestone(
            name=one.milestone, time=one.time_ns, earliest=one.earliest, latest=one.latest,
            basis=Basis.CONFIRMED if confirmed else Basis.FOUND, confidence=1.0 if confirmed else 0.65 if one.milestone == "identified" else 0.9,
            rule="first minute above the usual level" if one.kind == "metric" else f"first {one.kind} of its sort",
            evidence=(Evidence(source=one.source, line=one.line),), runners_up=(later,) if one.milestone == "mitigated" else (),
        )  # fmt: skip
    return found


def curve() -> tuple[tuple[int, int, int], ...]:
    """Failing requests by the minute: flat, a rise, a plateau, a fall."""
    shares = {minute: min(0.153, 0.05 * (minute + 1)) for minute in range(23)} | {23: 0.09, 24: 0.03}
    return tuple(
        (
            at("14:00:00") + minute * MINUTE,
            1650 + 7 * (minute % 5),
            round((1650 + 7 * (minute % 5)) * shares.get(minute, 0.003)),
        )
        for minute in range(-25, 55)
    )


def facts() -> Facts:
    """The whole incident, as the facade would hand it over."""
    inside = [point for point in curve() if at("14:00:00") <= point[0] < at("14:25:00")]
    total, failed = sum(point[1] for point in inside), sum(point[2] for point in inside)
    return Facts(
        incident=Incident(
            id="INC-2025-001", title="API errors from database connection-pool exhaustion", severity="SEV-2",
            services=("orders-api", "checkout-api"), team="Orders", status=IncidentStatus.RESOLVED,
            trigger="A marketing campaign brought a sudden rise in traffic", cause="capacity:db-pool", tags=("database", "capacity"),
            people=People(incident_commander="Helen Osei", technical_lead="Marek Novák", communications_lead="Jonas Weber", scribe="Aiko Tanaka"),
            impact=ImpactFacts(customers_total=11_800, revenue_per_failed_order=42.5, currency="EUR", notes="Customers saw errors when they placed orders. Nobody was charged twice."),
            slo=Slo(target=99.9),
        ),
        narrative=_NARRATIVE,
        factors=_factors(),
        actions=_actions(),
        sources=_sources(),
        rows=rows(),
        milestones=milestones(),
        intervals={
            "time_to_detect": {"minutes": 1.47, "low": 0.0, "high": 3.0, "from": "started", "to": "detected"},
            "time_to_acknowledge": {"minutes": 1.42, "low": 1.42, "high": 1.42, "from": "detected", "to": "acknowledged"},
            "time_to_mitigate": {"minutes": 22.3, "low": 20.8, "high": 23.8, "from": "started", "to": "mitigated"},
            "time_to_resolve": {"minutes": 34.8, "low": 33.3, "high": 36.3, "from": "started", "to": "resolved"},
        },
        targets=(
            {"name": "time_to_acknowledge", "limit_minutes": 30, "verdict": "met", "minutes": 1.42, "low": 1.42, "high": 1.42},
            {"name": "time_to_detect", "limit_minutes": 2, "verdict": "undecided", "minutes": 1.47, "low": 0.0, "high": 3.0},
            {"name": "time_to_mitigate", "limit_minutes": 20, "verdict": "missed", "minutes": 22.3, "low": 20.8, "high": 23.8},
        ),
        communications={"updates": 3, "first_update": "2025-11-17T14:15:00.000Z", "longest_gap_minutes": 12.0, "limit_minutes": 60, "verdict": "met"},
        alerts=(
            {"name": "HighErrorRate", "episodes": 1, "notifications": 4, "flapping": False, "first": "2025-11-17T14:01:40Z", "last": "2025-11-17T14:26:10Z"},
            {"name": "CheckoutLatencyHigh", "episodes": 3, "notifications": 9, "flapping": True, "first": "2025-11-17T14:02:10Z", "last": "2025-11-17T14:24:00Z"},
        ),
        impact={
            "window": {"from": "2025-11-17T14:00:00Z", "to": "2025-11-17T14:25:00Z"},
            "requests": {"total": total, "failed": failed, "failed_low": failed - 60, "failed_high": failed + 40, "basis": "edge log, answers of 500 and above"},
            "customers": {"affected": 512, "basis": "different user ids among the failed requests"},
            "by_service": [
                {"service": "orders-api", "failed": failed - 900, "from": "2025-11-17T14:00:00Z", "to": "2025-11-17T14:25:00Z"},
                {"service": "checkout-api", "failed": 900, "from": "2025-11-17T14:01:00Z", "to": "2025-11-17T14:24:00Z"},
            ],
            "slo": {"target": 99.9, "budget_used_percent": 11.4},
            "orders": {
                "hit": 370, "recovered_by_retry": 28, "lost": 342, "lost_low": 342, "lost_high": 342,
                "failed_attempts": 512, "basis": "orders with a failed POST /orders",
                "revenue": {"low": 11970.0, "high": 12950.0, "currency": "EUR", "basis": "35 an order"},
            },
            "tickets": 12,
        },
        curve=curve(),
        data_as_of_ns=parse_rfc3339("2025-12-02T09:30:00Z"),
        version="0.1.0",
        due_ns=parse_rfc3339("2025-11-19T14:35:00Z"),
    )  # fmt: skip


def _factors() -> tuple[Factor, ...]:
    return (
        Factor(id="harm", text="Customers could not place orders", kind=FactorKind.IMPACT, because_of=("no-connection",)),
        Factor(id="no-connection", text="Requests waited for a connection until they gave up", kind=FactorKind.EVENT, because_of=("small", "unwatched", "spike"), evidence=("slack.zip:29",)),
        Factor(id="spike", text="A campaign brought traffic far above the average", kind=FactorKind.EVENT, accepted_risk=AcceptedRisk(by="Helen Osei", reason="Campaigns are wanted", review_on=date(2026, 5, 4))),
        Factor(id="small", text="The pool was too small for today's traffic", because_of=("old",), actions=("OPS-102",)),
        Factor(id="old", text="Its size was set two years ago", kind=FactorKind.DECISION, because_of=("no-guideline",)),
        Factor(id="no-guideline", text="Nothing says how to size a pool", kind=FactorKind.MISSING_CONTROL, because_of=("unwatched",)),
        Factor(id="unwatched", text="No alert watched the pool", kind=FactorKind.MISSING_CONTROL, actions=("OPS-101",)),
    )  # fmt: skip


def _actions() -> tuple[ActionItem, ...]:
    def item(number: int, text: str, owner: str, priority: Priority, due: date, status: ActionStatus) -> ActionItem:
        return ActionItem(
            id=f"OPS-{number}", action=text, owner=owner, priority=priority, kind=ActionKind.PREVENT, due=due, status=status,
            link=f"https://jira.shop.example/browse/OPS-{number}", done_condition="A load test proves it" if number % 2 else "",
        )  # fmt: skip

    return (
        item(101, "Show and alert on pool use of every service", "Priya Nair", Priority.P0, date(2025, 11, 21), ActionStatus.DONE),
        item(102, "Correct the pool size of all databases", "Marek Novák", Priority.P0, date(2025, 11, 24), ActionStatus.DONE),
        item(103, "Scale pools with the number of hosts", "Aiko Tanaka", Priority.P1, date(2025, 12, 12), ActionStatus.IN_PROGRESS),
        item(104, "Page when requests wait for a connection", "Priya Nair", Priority.P1, date(2025, 11, 28), ActionStatus.IN_PROGRESS),
        item(105, "Add spikes to the load tests", "Jonas Weber", Priority.P2, date(2026, 1, 16), ActionStatus.OPEN),
        item(106, "Write guidelines for sizing pools", "", Priority.P3, date(2026, 2, 13), ActionStatus.OPEN),
    )  # fmt: skip


def _sources() -> tuple[SourceReport, ...]:
    return (
        SourceReport(
            path="web-1/access.log.gz", format="nginx combined", kind="log", zone="UTC", zone_basis="in the text", lines=132_480, events=132_475,
            continuations=0, blank=3, rejected=2, duplicates=4, first=at("13:00:00"), last=at("15:30:00"), sha256="a3" * 32,
            clock_offset=ClockOffset(value=2.1, low=1.8, high=2.4, basis="request ids shared with the load balancer"),
        ),
        SourceReport(path="slack.zip", format="Slack export", kind="chat", zone="UTC", zone_basis="epoch", records=88, events=88, first=at("13:58:00"), last=at("15:02:00"), sha256="b4" * 32),
        SourceReport(
            path="orders-1/orders.log", format="log4j", kind="log", zone="UTC", zone_basis="assumed UTC", lines=9_120, events=8_800, continuations=318,
            blank=2, first=at("13:30:00"), last=at("14:59:00"), sha256="c5" * 32, notes=("the year was taken from the file's own time",),
        ),
    )  # fmt: skip


def hostile() -> Facts:
    """The same incident after someone put hostile text wherever text can stand."""
    base = facts()
    nasty = " ".join(HOSTILE)
    evil = tuple(
        replace(one, text=HOSTILE[at % len(HOSTILE)], actor=nasty, role=nasty, raw=nasty, source=HOSTILE[at % 5])
        for at, one in enumerate(base.rows * 2)
    )
    numbered = tuple(replace(one, ref=f"E{number}", time_ns=one.time_ns + number) for number, one in enumerate(evil, 1))
    return replace(
        base,
        incident=replace(
            base.incident, title=nasty, services=HOSTILE, team=nasty, trigger=nasty, cause=nasty, tags=HOSTILE, severity="SEV-1 <b>",
            people=People(incident_commander=nasty, scribe=HOSTILE[0]), impact=ImpactFacts(notes=nasty, currency="<b>"),
        ),
        narrative={"Executive summary": "\n\n".join(HOSTILE), "What happened": nasty, "What went well": "\n".join(f"- {one}" for one in HOSTILE), nasty: nasty},
        factors=tuple(replace(one, text=nasty, evidence=HOSTILE) for one in base.factors),
        actions=tuple(replace(one, action=nasty, owner=nasty, link="javascript:window.__ran=7", done_condition=nasty) for one in base.actions),
        sources=tuple(replace(one, path=nasty, format=nasty, notes=HOSTILE, zone=nasty) for one in base.sources),
        rows=numbered,
        alerts=({"name": nasty, "episodes": 1, "notifications": 1, "flapping": False, "first": None, "last": None},),
        impact={**base.impact, "requests": {**base.impact["requests"], "basis": nasty}, "by_service": [{"service": nasty, "failed": 3, "from": None, "to": None}]},
    )  # fmt: skip


def bare() -> Facts:
    """An incident of which nothing is known but its name."""
    incident = Incident(id="INC-1", title="Something failed", severity="SEV-3")
    return Facts(incident=incident, data_as_of_ns=at("15:00:00"))
