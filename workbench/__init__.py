"""Post-mortem Workbench: from a folder of incident exports to one trusted UTC timeline and a blameless post-mortem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.errors import WorkbenchError
    from workbench.examination import backtest, findings
    from workbench.explorer.show import show
    from workbench.postmortem import Postmortem, open_postmortem, read_files
    from workbench.review.opened import open_review

__version__ = "0.1.0"
__all__ = [
    "Postmortem", "WorkbenchError", "__version__", "backtest", "findings", "open_postmortem", "open_review",
    "read_files", "show",
]  # fmt: skip

_HOMES = {
    "Postmortem": "postmortem",
    "open_postmortem": "postmortem",
    "read_files": "postmortem",
    "WorkbenchError": "errors",
    "backtest": "examination",
    "findings": "examination",
    "open_review": "review.opened",
    "show": "explorer.show",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first used, so that ``import workbench`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"workbench.{_HOMES[name]}"), name)
