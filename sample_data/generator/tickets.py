"""support_tickets.csv: what customers wrote to support, in the help desk's local time."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from generator import clock
from generator.draw import Draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.traffic import Request

Row = tuple[str, str, str]  # time (UTC), category, subject

_ROWS: tuple[Row, ...] = (
    ("13:34", "billing", "Invoice shows my old address"),
    ("14:04", "incident", "Cannot place my order"),
    ("14:06", "incident", "Checkout says service unavailable"),
    ("14:07", "incident", "Error when I press pay"),
    ("14:09", "incident", "Cart does not save"),
    ("14:11", "incident", "Order page shows an error, tried three times"),
    ("14:12", "other", "How do I change my e-mail address?"),
    ("14:13", "incident", "Discount from your mail does not work, page fails"),
    ("14:15", "incident", "503 at checkout"),
    ("14:18", "incident", "Was I charged? The order failed"),
    ("14:21", "incident", "My orders are gone"),
    ("14:23", "incident", "App cannot load my cart"),
    ("14:27", "incident", "Checkout failed earlier, is it safe to try again?"),
    ("14:33", "incident", "Order failed, please confirm that nothing was charged"),
    ("14:52", "returns", "Where do I print a return label?"),
)


def support_tickets(requests: Sequence[Request]) -> str:
    """The help desk's export; who wrote about the incident had a failed request before."""
    draw = Draw("tickets")
    held = io.StringIO()
    table = csv.writer(held, lineterminator="\n")
    table.writerow(["ticket", "created (America/New_York)", "category", "subject", "requester"])
    for place, (when, category, subject) in enumerate(_ROWS):
        moment = clock.at(when)
        local = f"{moment.astimezone(clock.NEW_YORK):%Y-%m-%d %H:%M}"
        requester = _requester(draw, requests, clock.ms(moment), failed=category == "incident")
        table.writerow([f"T-{71503 + place}", local, category, subject, requester])
    return held.getvalue()


def _requester(draw: Draw, requests: Sequence[Request], before: int, *, failed: bool) -> str:
    return draw.pick([r.customer for r in requests if r.customer and r.failed == failed and r.end_ms < before])
