"""What was known by a moment, and the curves: asked for by the canvas besides the events themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.explorer import surroundings
from workbench.explorer.background import Background
from workbench.explorer.message import ns, whole, window
from workbench.explorer.series import Series

if TYPE_CHECKING:
    from workbench.explorer.current import Current
    from workbench.explorer.events import Events
    from workbench.explorer.judged import Judged
    from workbench.explorer.message import Known, Message, Reply

WAIT = 0.15  # seconds that an answer waits for the analysis of what was known
MOST_POINTS = 4_000  # bins of a curve


class Lookback:
    """The desk without a tab: milestones and bands as they were known, the series, and what people judged."""

    name = "lookback"

    def __init__(self, current: Current, judged: Judged) -> None:
        self.current = current
        self.judged = judged
        self._then: Background[dict[str, Any]] = Background()
        self._series: Series | None = None
        self.known: Known = {"then": self.then, "series": self.series, "curve": self.curve, "judged": self.marks}

    def setup(self) -> dict[str, Any]:
        """Whether there are measurements at all."""
        return {"series": bool(len(self.current.pm().metrics))}

    def adopt(self, events: Events) -> None:
        """Other events: judged ones stand elsewhere."""
        self.judged.show(events)

    def then(self, message: Message) -> Reply:
        """Milestones, bands and the curve of failing requests as they could be known then, once that is made."""
        at, pm = ns(message, "at"), self.current.pm()
        found = self._then.get((at, id(pm)), lambda: surroundings.known_by(pm, at), WAIT)
        return {"op": "then", "at": message["at"], "ready": found is not None, "setup": found}, []

    def series(self, _message: Message) -> Reply:
        """The series that a curve can be of."""
        series = self._of()
        return {"op": "series", "series": series.menu(), "left_out": series.left_out}, []

    def curve(self, message: Message) -> Reply:
        """The curve of a series in a window, thinned to what can be seen: times (ms after the start) and values."""
        curve = self._of().curve(str(message.get("key")))
        if curve is None:
            raise WorkbenchError("there is no such series of measurements any more")
        start, end = window(message)
        until = ns(message, "until") if message.get("until") is not None else None
        times, values = curve.thinned(start, end, whole(message, "bins", 1, MOST_POINTS), until)
        reply = {
            "op": "curve",
            "key": message.get("key"),
            "start": start / 1_000_000,
            "end": end / 1_000_000,
            "until": message.get("until"),
        }
        return reply, [
            np.ascontiguousarray(each, dtype=np.float64).data for each in ((times - start) / 1_000_000, values)
        ]

    def marks(self, _message: Message) -> Reply:
        """The events that people judged."""
        return {"op": "judged", "revision": self.judged.revision, "marks": self.judged.marks()}, []

    def _of(self) -> Series:
        metrics = self.current.pm().metrics
        if self._series is None or self._series.metrics is not metrics:
            self._series = Series(metrics)
        return self._series
