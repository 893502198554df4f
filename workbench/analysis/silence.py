"""Silences: where sources begin and end, gaps that their own rhythm does not explain, and lines that are lost.

A silence is a prompt, never a finding about the incident: a quiet service is not told from a lost log by its log alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.analysis.facts import MINUTE, nanoseconds
from workbench.clock import format_utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from workbench.model import SourceReport

    Times = npt.NDArray[np.int64]

LEAST_EVENTS = 20  # fewer have no rhythm
LEAST_MESSAGES, LEAST_SHARE = 5, 0.25  # in a channel that the response used, and of all messages then
QUIET = 15 * MINUTE
SHORTEST = 2 * MINUTE
BY_CHANCE = 0.01  # gaps of this length that a source's own rhythm would give in all of its time
STEADY = "log"  # the kind that should be there all the time; of traces only failures are events
PAGES = (100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000, 1_000_000)
_LOST = (
    r"(?i)\b(\d+) (?:more )?(?:log )?(?:messages?|lines?|events?|records?) (?:were |was )?"
    r"(?:lost|dropped|suppressed|discarded)\b"
    r"|\b(?:lost|dropped|suppressed|discarded) (\d+) (?:log )?(?:messages?|lines?|events?|records?)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One stretch (UTC ns) of a source in which nothing was said; ``over`` are the milestones that it covers."""

    source: str
    what: str  # gap, begins late, ends early, quiet channel, missing samples, lines lost, page limit
    start: int | None
    end: int | None
    sentence: str
    over: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()  # before and after it

    def as_json(self) -> dict[str, Any]:
        """A row of ``silences`` in ``metrics --json``."""
        times = {name: None if ns is None else format_utc(ns) for name, ns in (("from", self.start), ("to", self.end))}
        return {"source": self.source, "what": self.what, **times, "milestones": list(self.over),
                "lines": list(self.lines), "sentence": self.sentence}  # fmt: skip


def silences(
    events: pd.DataFrame,
    metrics: pd.DataFrame,
    reports: Sequence[SourceReport],
    moments: Mapping[str, int],
) -> list[Silence]:
    """All of them, those over a milestone first; ``moments`` are the milestones that are known, UTC ns."""
    found = [
        *_streams(events, moments),
        *_channels(events, moments),
        *_samples(metrics, moments),
        *_lost(events, moments),
        *_pages(reports),
    ]
    return sorted(found, key=lambda one: (not one.over, one.source, one.start or 0, one.what))


def longest_usual(times: Times) -> float | None:
    """The gap (ns) beyond which a source's own rhythm explains none; None where it has no rhythm.

    Gaps are taken as log-normal by their median and their median absolute deviation, which outages do not move.
    """
    gaps = np.diff(times)
    gaps = gaps[gaps > 0]
    if len(gaps) < LEAST_EVENTS - 1:
        return None
    logs = np.log(gaps)
    middle = float(np.median(logs))
    spread = 1.4826 * float(np.median(np.abs(logs - middle)))
    usual = float(np.exp(middle + max(spread, 0.1) * NormalDist().inv_cdf(1 - BY_CHANCE / len(gaps))))
    return max(usual, float(SHORTEST))


def _streams(events: pd.DataFrame, moments: Mapping[str, int]) -> Iterator[Silence]:
    """Gaps of each source that should be there all the time, and those before and after it."""
    steady = events[events["kind"] == STEADY]
    for source, rows in steady.groupby("source", sort=True):
        ordered = rows.sort_values("time", kind="stable")
        times, lines = np.array(nanoseconds(ordered["time"])), ordered["line"].to_numpy()
        longest = longest_usual(times)
        if longest is None:
            continue
        for at in np.flatnonzero(np.diff(times) > longest).tolist():
            start, end = int(times[at]), int(times[at + 1])
            yield _silence(str(source), "gap", start, end, moments, lines=(int(lines[at]), int(lines[at + 1])))
        yield from _ends(str(source), times, longest, moments)


def _ends(source: str, times: Times, longest: float, moments: Mapping[str, int]) -> Iterator[Silence]:
    """A source that begins after the incident did, or ends before it was over."""
    if not moments:
        return
    begin, end = min(moments.values()), max(moments.values())
    first, last = int(times[0]), int(times[-1])
    if first - begin > longest and first < end:
        yield _silence(source, "begins late", begin, first, moments)
    if end - last > longest and last > begin:
        yield _silence(source, "ends early", last, end, moments)


def _channels(events: pd.DataFrame, moments: Mapping[str, int]) -> Iterator[Silence]:
    """Channels in which people wrote during the incident, and then nobody for a quarter of an hour."""
    if not moments:
        return
    begin, end = min(moments.values()), max(moments.values())
    chat = events[(events["kind"] == "chat") & events["actor"].notna()]
    chat = chat[chat["time"].between(pd.Timestamp(begin, tz="UTC"), pd.Timestamp(end, tz="UTC"))]
    channel = chat["attributes"].str.extract(r'"channel":\s*"([^"]{1,80})"', expand=False).fillna("")
    for (source, name), rows in chat.groupby([chat["source"], channel], sort=True):
        ordered = rows.sort_values("time", kind="stable")
        times, lines = np.array(nanoseconds(ordered["time"])), ordered["line"].to_numpy()
        if len(times) < max(LEAST_MESSAGES, LEAST_SHARE * len(chat)):
            continue
        for at in np.flatnonzero(np.diff(times) > QUIET).tolist():
            told = f"{source}, channel {name}" if str(name) else str(source)
            found = _silence(told, "quiet channel", int(times[at]), int(times[at + 1]), moments)
            yield replace(found, source=str(source), lines=(int(lines[at]), int(lines[at + 1])))


def _samples(metrics: pd.DataFrame, moments: Mapping[str, int]) -> Iterator[Silence]:
    """Samples that are missing from series with a step of their own, told once a source."""
    if not len(metrics):
        return
    for source, rows in metrics.groupby("source", sort=True):
        missing: dict[int, int] = {}
        for _, series in rows.groupby(["name", "labels"], sort=False, dropna=False):
            times = np.unique(np.array(nanoseconds(series["time"])))
            if len(times) < LEAST_EVENTS:
                continue
            step = int(np.median(np.diff(times)))
            for at in np.flatnonzero(np.diff(times) > 1.5 * step).tolist():
                missing[int(times[at]) + step] = int(times[at + 1])
        for start, end in sorted(missing.items()):
            yield _silence(str(source), "missing samples", start, end, moments)


def _lost(events: pd.DataFrame, moments: Mapping[str, int]) -> Iterator[Silence]:
    """What a source says itself of lines that it dropped."""
    logs = events[events["kind"] == STEADY]
    said = logs[logs["message"].str.contains(_LOST.replace("(\\d+)", "\\d+"), regex=True, na=False)]
    for source, rows in said.groupby("source", sort=True):
        counts = [
            int(next(filter(None, match.groups()))) for text in rows["message"] if (match := re.search(_LOST, text))
        ]
        times = nanoseconds(rows["time"])
        covered = _over(min(times), max(times), moments)
        first = int(rows["line"].iloc[0])
        sentence = f"{source} says itself that {sum(counts):,} messages were lost, first in line {first}."
        yield Silence(source=str(source), what="lines lost", start=min(times), end=max(times), over=covered,
                      sentence=sentence, lines=(first,))  # fmt: skip


def _pages(reports: Sequence[SourceReport]) -> Iterator[Silence]:
    """Exports with as many records as a page or a limit of an export has."""
    for report in reports:
        if report.records in PAGES:
            yield Silence(
                source=report.path, what="page limit", start=report.first, end=report.last,
                sentence=f"{report.path} holds exactly {report.records:,} records, as a page or the limit of an export "
                "does: what comes before or after may be missing.",
            )  # fmt: skip


def _silence(
    source: str, what: str, start: int, end: int, moments: Mapping[str, int], *, lines: tuple[int, ...] = ()
) -> Silence:
    over = _over(start, end, moments)
    length = _length(end - start)
    first, last = format_utc(start)[11:19], format_utc(end)[11:19]
    words = {
        "gap": f"{source} says nothing for {length}, from {first} to {last} UTC: longer than its own rhythm explains",
        "begins late": f"{source} begins at {last} UTC, {length} after the incident did",
        "ends early": f"{source} ends at {first} UTC, {length} before the incident was over",
        "quiet channel": f"{source}: nobody writes for {length}, from {first} to {last} UTC",
        "missing samples": f"{source} has no samples from {first} to {last} UTC",
    }[what]
    meets = f"; {', '.join(over)} lies in it" if len(over) == 1 else f"; {', '.join(over)} lie in it" if over else ""
    return Silence(source=source, what=what, start=start, end=end, over=over, sentence=f"{words}{meets}.", lines=lines)


def _over(start: int, end: int, moments: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for name, time in moments.items() if start <= time <= end)


def _length(ns: int) -> str:
    minutes = ns / MINUTE
    return (
        f"{minutes / 60:.1f} h" if minutes >= 120 else f"{minutes:.0f} min" if minutes >= 2 else f"{minutes * 60:.0f} s"
    )


def coverage(events: pd.DataFrame, metrics: pd.DataFrame) -> dict[str, list[tuple[int, int]]]:
    """The stretches (UTC ns) in which each source has something to say, by its path; a chat's are its messages."""
    frames = [frame[["source", "time"]] for frame in (events, metrics) if len(frame)]
    if not frames:
        return {}
    rows = pd.concat(frames)
    return {str(source): _stretches(times) for source, times in rows.groupby("source", sort=True)["time"]}


def _stretches(times: pd.Series) -> list[tuple[int, int]]:
    ns = np.unique(np.array(nanoseconds(times), dtype=np.int64))
    breaks = np.flatnonzero(np.diff(ns) > (longest_usual(ns) or 5 * MINUTE))
    starts, ends = np.append(ns[0], ns[breaks + 1]), np.append(ns[breaks], ns[-1])
    return [(int(first), int(last)) for first, last in zip(starts, ends, strict=True)]
