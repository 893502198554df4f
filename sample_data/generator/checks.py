"""synthetic_checks.csv: the probe of the shop's catalogue, as the service that sends it measured it from outside."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from generator import clock, traffic
from generator.draw import Draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.traffic import Request


def synthetic_checks(requests: Sequence[Request]) -> str:
    """A row a probe: it left a little before the edge saw it, and was answered a little after."""
    draw = Draw("checks")
    held = io.StringIO()
    table = csv.writer(held, lineterminator="\n")
    table.writerow(["checked_at", "check", "region", "http_status", "total_ms", "request_id"])
    for request in requests:
        if request.agent == traffic.SYNTHETIC_AGENT:
            there, back = draw.whole(9, 24), draw.whole(9, 24)
            sent = clock.zulu(clock.from_ms(request.start_ms - there))
            took = there + request.took_ms + back
            table.writerow([sent, "catalogue", "eu-west", request.status, took, request.rid])
    return held.getvalue()
