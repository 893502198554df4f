"""Sources on the way to one clock: what each names, whether its zone and year are known, and whose clock is true."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.clock import ZoneBasis
from workbench.clock.zone import SECOND
from workbench.timeline.sightings import Sightings, sightings

if TYPE_CHECKING:
    from workbench.clock.local_time import FoundZone
    from workbench.timeline.load import ReadSource
    from workbench.timeline.twice import Passed
    from workbench.timeline.unsteady import Steadied

NTP = SECOND // 4  # what a clock that a hosted service keeps may be off by
# What the service itself dates; logs that it only collects (Datadog, CloudWatch) are dated by the hosts.
HOSTED = frozenset({
    "pagerduty", "pagerduty_csv", "opsgenie", "opsgenie_csv", "statuspage", "statuspage_feed", "slack", "teams",
    "github", "github_records", "jira", "linear", "cloudtrail", "azure_monitor", "aws_elb", "s3_access", "cloudflare",
    "okta", "microsoft_audit",
})  # fmt: skip
_PROBE = re.compile(r'\b(?:check|probe|monitor)(?:_name|_id)?"?[=:]', re.IGNORECASE)
_LOOKED_AT = 20  # events that show what a table is of


@dataclass(slots=True)
class Sought:
    """One source on the way: its sightings on a UTC clock as far as that is known."""

    source: ReadSource
    seen: Sightings
    anchor: str
    zone: FoundZone | None = None
    years: int | None = None
    matches: int = 0  # ids that tell the zone and the year
    by: str = ""
    host: str = ""
    settled: bool = True  # its zone and year are known
    passed: Passed | None = None  # which of the two it was, where an hour of its clock came twice
    steadied: Steadied | None = None  # its offset where some clock was not steady

    @property
    def path(self) -> str:
        """Its path among the sources."""
        return self.source.report.path


def is_settled(source: ReadSource) -> bool:
    """Whether its times, as they were read, name their zone and their year, or somebody set them."""
    return str(ZoneBasis.ASSUMED) not in source.report.zone_basis and not source.year_assumed


def sought_in(source: ReadSource) -> Sought:
    """A source with the ids that it names."""
    settled = is_settled(source)
    seen = sightings(source)
    return Sought(source, seen, anchor(source) if settled and len(seen) else "", settled=settled)


def anchor(source: ReadSource) -> str:
    """Why the source's clock is taken as true; empty where it is not."""
    if source.report.format in HOSTED:
        return "a hosted service, whose clock is taken as right to a quarter of a second"
    if source.report.format == "csv" and source.report.zone_basis in {ZoneBasis.TEXT, ZoneBasis.EPOCH}:
        texts = source.entry.events().head(_LOOKED_AT).get_column("message").drop_nulls().to_list()
        if texts and all(_PROBE.search(text) for text in texts):
            return "checks from outside, whose clock is taken as right to a quarter of a second"
    return ""


def by_a_machine(source: ReadSource) -> bool:
    """Whether a host's own clock dates it: lines of a log, records of one, or spans; a table may be of tickets."""
    report = source.report
    if report.kind == "trace":
        return report.events > 0 or source.entry.spans() is not None
    if report.kind != "log" or not report.events:
        return False
    if report.lines is not None:
        return True
    first = source.entry.events().head(_LOOKED_AT)
    return "kind" not in first.columns or first.get_column("kind").eq("log").all()
