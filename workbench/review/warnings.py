"""What a reader of a review should know before believing a figure: each warning with its code and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.review.durations import NAMES, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.review.counts import Counts
    from workbench.review.durations import Duration
    from workbench.review.gathered import Gathered
    from workbench.review.record import Record

_SHOWN = 10
_WIDE = 0.5  # of the median: an interval that is wider says more of the clocks than of the incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A warning; ``data`` is what it rests on."""

    code: str
    message: str
    data: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As in ``review --json``."""
        return {"code": self.code, "message": self.message, **({"data": self.data} if self.data else {})}


def warnings(
    found: Gathered, own: Sequence[Record], now: Sequence[Record], made: dict[str, Duration], tally: Counts, as_of: int
) -> Iterator[Warned]:
    """All of them, those about figures first."""
    for one in made.values():
        yield from _of_mix(one)
        yield from _of_points(one)
    yield from _of_counts(tally)
    yield from _of_folders(found, own, now)
    if late := [one.id for one in now if (one.began or 0) > as_of]:
        yield Warned(code="after-the-moment", message=f"{_some(late)} began after the moment of this review.")


def _of_mix(one: Duration) -> Iterator[Warned]:
    told = one.mix
    if told is None or told.pooled is None:
        return
    data = {"pooled": rounded(told.pooled), "groups": {str(key): rounded(each) for key, each in told.groups.items()},
            "p": rounded(told.p, 4)}  # fmt: skip
    name = NAMES[one.name]
    if told.reversed:
        way = ("shorter", "longer") if told.pooled < 1 else ("longer", "shorter")
        yield Warned(
            code="simpson", data=data,
            message=f"{name}: the median of all incidents became {way[0]}, and that of every severity {way[1]}. "
            "The mix of severities changed, not the handling: read the severities one by one.",
        )  # fmt: skip
    elif told.changed:
        yield Warned(
            code="mix-changed", data=data,
            message=f"{name}: the mix of severities is not that of the period before, which moves the median of all "
            "incidents by itself: read the severities one by one.",
        )  # fmt: skip


def _of_points(one: Duration) -> Iterator[Warned]:
    name = NAMES[one.name]
    if one.open:
        yield Warned(
            code="open", message=f"{name}: {one.open} {'incident is' if one.open == 1 else 'incidents are'} not over; "
            "the estimate with the open ones counts how long they have lasted so far.",
        )  # fmt: skip
    median = one.typical.median
    wide = [point.id for point in one.points if median and point.high - point.low > _WIDE * median]
    if wide:
        yield Warned(
            code="uncertain-times", data={"incidents": wide},
            message=f"{name}: the moments of {_some(wide)} are known no better than to half the median.",
        )  # fmt: skip


def _of_counts(tally: Counts) -> Iterator[Warned]:
    if tally.clustered and tally.clusters:
        yield Warned(
            code="clusters",
            message=f"Incidents came in clusters (variance over mean {tally.clusters[0]:.1f}): the intervals of their "
            "number, which take them as coming on their own, are too narrow.",
        )  # fmt: skip


def _of_folders(found: Gathered, own: Sequence[Record], now: Sequence[Record]) -> Iterator[Warned]:
    """What was left out, and what is not sure to be whole."""
    if found.failures:
        rows = {one.folder: one.why for one in found.failures}
        words = f"{len(rows)} folder{' is' if len(rows) == 1 else 's are'} missing, for they could not be read"
        yield Warned(code="unread", data=rows, message=f"{words}: {_some(list(rows))}.")
    undated = [one.id for one in own if one.began is None]
    if undated:
        yield Warned(
            code="undated", data={"incidents": undated},
            message=f"{_some(undated)} belong to no period: no moment of them is known.",
        )  # fmt: skip
    listed = {one.id for one in found.tables.listed}
    only = [one.id for one in now if one.id in listed and ":" in one.folder.rpartition("/")[2]]
    if only:
        yield Warned(
            code="index-only", data={"incidents": only},
            message=f"{_some(only)} stand in the index and have no folder: only what the index says is known of them.",
        )  # fmt: skip
    known = {one.id for one in found.records}
    absent = [name for name in {one.id for one in now} if listed and name not in listed and name in known]
    if absent:
        yield Warned(
            code="not-in-index",
            data={"incidents": sorted(absent)},
            message=f"{_some(sorted(absent))} have a folder and do not stand in the index.",
        )
    for code, ids, words in (
        ("index-repeats", found.tables.repeated, "stand in the index more than once and were counted once"),
        ("doubled", found.doubled, "are the id of more than one folder; the first was taken"),
    ):
        if ids:
            yield Warned(code=code, data={"incidents": list(ids)}, message=f"{_some(ids)} {words}.")
    for problem in found.tables.problems:
        yield Warned(code="table", message=problem)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
