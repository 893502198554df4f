"""What each verb of the command line does: thin use of the facade, then a table or a JSON document.

A verb's module is imported when the verb is called: reading a log needs no pandas and no rules of the linter.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.commands.batching import batch
    from workbench.commands.checking import check, explain
    from workbench.commands.collecting import add, new, sources
    from workbench.commands.exploring import lab
    from workbench.commands.looking import events, impact, metrics, timeline
    from workbench.commands.proving import formats
    from workbench.commands.resembling import similar_incidents
    from workbench.commands.reviewing import review_incidents
    from workbench.commands.testing import backtest
    from workbench.commands.tracking import actions
    from workbench.commands.verifying import redactions, verify
    from workbench.commands.writing import demo, report, write_document

__all__ = [
    "actions", "add", "backtest", "batch", "check", "demo", "events", "explain", "formats", "impact", "lab", "metrics",
    "new", "redactions", "report", "review_incidents", "similar_incidents", "sources", "timeline", "verify",
    "write_document",
]  # fmt: skip

_MODULES = {
    "actions": "tracking", "add": "collecting", "backtest": "testing", "batch": "batching", "check": "checking",
    "demo": "writing", "events": "looking", "explain": "checking", "formats": "proving", "impact": "looking",
    "lab": "exploring", "metrics": "looking", "new": "collecting", "redactions": "verifying", "report": "writing",
    "review_incidents": "reviewing", "similar_incidents": "resembling", "sources": "collecting",
    "timeline": "looking", "verify": "verifying", "write_document": "writing",
}  # fmt: skip


def __getattr__(verb: str) -> Any:
    if verb not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {verb!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[verb]}"), verb)
