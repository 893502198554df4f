"""``wb.open_review``: the review of a period, for notebooks, scripts and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.clock import now_utc, parse_rfc3339
from workbench.errors import WorkbenchError
from workbench.review.gathered import gather
from workbench.review.period import between, quarter
from workbench.review.quarterly import Review, Wanted, review

if TYPE_CHECKING:
    from workbench.review.gathered import Gathered
    from workbench.review.period import Period


def open_review(
    root: str | Path, *, quarter: str = "", since: str = "", until: str = "", team: str = "", service: str = "",
    as_of: str = "", jobs: int = 1, found: Gathered | None = None,
) -> Review:  # fmt: skip
    """The review of all incidents below a directory over a quarter (2025Q4), or from one day to another.

    It looks back from ``as_of`` (RFC 3339), else from the end of the period, or from now where that is not over.
    """
    period = period_of(quarter, since, until)
    moment = parse_rfc3339(as_of, where="as_of") if as_of else min(period.end, parse_rfc3339(now_utc()))
    gathered = gather(Path(root), jobs=jobs) if found is None else found
    return review(gathered, Wanted(period=period, team=team, service=service), moment)


def period_of(named: str, since: str, until: str) -> Period:
    """The period that was asked for: a quarter, or from one day to another."""
    if named and not since and not until:
        return quarter(named)
    if since and until:
        return between(since, until)
    raise WorkbenchError(
        "the review needs a quarter, or a first and a last day",
        where="--since" if since or until else "--quarter",
        next_step="Use --quarter 2025Q4, or --since 2025-10-01 --until 2025-12-31.",
    )
