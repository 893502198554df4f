"""What each verb of the command line does: thin use of the facade, then a table or a JSON document."""

from __future__ import annotations

from workbench.commands.checking import check, explain
from workbench.commands.collecting import add, new, sources
from workbench.commands.looking import events, impact, metrics, timeline
from workbench.commands.proving import formats
from workbench.commands.testing import backtest
from workbench.commands.tracking import actions
from workbench.commands.verifying import redactions, verify
from workbench.commands.writing import demo, lab, report, write_document

__all__ = [
    "actions",
    "add",
    "backtest",
    "check",
    "demo",
    "events",
    "explain",
    "formats",
    "impact",
    "lab",
    "metrics",
    "new",
    "redactions",
    "report",
    "sources",
    "timeline",
    "verify",
    "write_document",
]
