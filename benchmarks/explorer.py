"""Times the explorer's answers over many events, and what they keep in memory besides the frame.

    python benchmarks/explorer.py --events 1000000 10000000

The events are those of twelve services over three days, with bursts of them. Each answer is the median of a few, by
the clock and in CPU time. The limits are of CPU time, which others on the machine do not change: a search uses two
processors or more, so that a person waits for half of it. They are for ten million events, and for fewer in
proportion. Status 1 where one is passed.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from explorer_events import RARE, events_frame
from workbench.explorer.events import Events

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FULL = 10_000_000  # events that the limits are for
LIMITS = {
    "density, full": 15,
    "search, word not there": 250,
    "search, word of a quarter": 900,
    "grades and lanes made": 1500,
}  # CPU ms
BYTES = 120  # an event, besides the frame


def timed(work: Callable[[], Any], times: int = 5) -> tuple[tuple[float, float], Any]:
    """The median of some runs in ms, by the clock and of CPU time, and what the last gave."""
    took = []
    result = None
    for _ in range(times):
        began, cpu = perf_counter(), process_time()
        result = work()
        took.append(((perf_counter() - began) * 1000, (process_time() - cpu) * 1000))
    return (median(each[0] for each in took), median(each[1] for each in took)), result


def measured(rows: int) -> tuple[dict[str, tuple[float, float]], float]:
    """ms of each answer, and bytes an event."""
    frame = events_frame(rows)
    table: dict[str, tuple[float, float]] = {}

    def note(name: str, work: Callable[[], Any], times: int = 5) -> Any:
        table[name], result = timed(work, times)
        return result

    events = note("times in order", lambda: Events.of(frame))
    note("grades and lanes made", lambda: events.lanes("service"), 1)
    start, end = events.extent
    tenth = (start + (end - start) * 3 // 10, start + (end - start) * 4 // 10)
    near = (start, int(events.times[min(4000, rows - 1)]))
    note("density, full", lambda: events.density("service", start, end, 900))
    note("density, a tenth", lambda: events.density("service", *tenth, 900))
    note("marks, 4,000", lambda: events.marks("service", *near, 4000))
    note("rows, 200 in the middle", lambda: events.rows(start, end, rows // 2, 200))
    note("next error", lambda: events.near((start + end) // 2, 1, "error"))
    note("search, first of all", lambda: fresh(events, "rollback"), 1)
    note("search, word not there", lambda: fresh(events, "rollback"), 3)
    note("search, rare word", lambda: fresh(events, RARE), 3)
    note("search, word of a hundredth", lambda: fresh(events, "retrying lock"), 3)
    chosen = note("search, word of a quarter", lambda: fresh(events, "payment"), 3)
    note("search, word, a tenth", lambda: fresh(events, "payment", *tenth), 3)
    note("search, expression", lambda: fresh(events, r"/after 29\d\d ms/"), 3)
    note("search, field", lambda: fresh(events, "service:edge"), 3)
    note("search, field and word", lambda: fresh(events, "service:edge payment"), 3)
    note("found, laid in lanes", lambda: chosen.counts("service"), 1)
    note("density of what was found", lambda: events.density("service", start, end, 900, chosen))
    note("rows of what was found", lambda: events.rows(start, end, len(chosen) // 2, 200, chosen))
    for by in events.bys:
        events.lanes(by)
    return table, events.nbytes / rows


def fresh(events: Events, query: str, start: int | None = None, end: int | None = None) -> Any:
    """The selection searched again, and not the one at hand."""
    events.forget()
    return events.selection(query, start=start, end=end)


def main() -> int:
    """Prints the table; status 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000])
    passed = []
    for rows in parser.parse_args().events:
        table, size = measured(rows)
        print(f"{f'{rows:,} events':30} {'ms':>9} {'CPU ms':>9}")
        for name, (wall, cpu) in table.items():
            limit = LIMITS.get(name, 0) * max(rows / FULL, 0.2)
            passed += [name] if limit and cpu > limit else []
            print(f"  {name:28} {wall:9.2f} {cpu:9.2f}{f'   limit {limit:.0f}' if limit else ''}")
        print(f"  {'bytes an event, all lanes':28} {size:19.1f}   limit {BYTES}\n")
        passed += ["bytes"] if size > BYTES else []
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
