"""What an edit in the explorer meets when somebody else was faster."""

from __future__ import annotations

from typing import Any

from workbench.errors import WorkbenchError


class ConflictError(WorkbenchError):
    """What the edit is about was changed after the browser had read it; ``state`` is what holds now."""

    def __init__(self, what: str, state: dict[str, Any]) -> None:
        self.state = state
        super().__init__(what, next_step="Nothing was written: look at both, then save again or cancel.")
