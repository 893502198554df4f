"""The explorer as a widget: the browser draws what ``answers`` counts. This file alone knows anywidget."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from workbench.explorer.audience import attended
from workbench.explorer.following import Following
from workbench.explorer.picture import picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.explorer.answers import Answers

_STATIC = Path(__file__).parent / "static"
# One module for the browser, from files that people can read: no bundler, and nothing is fetched.
_PARTS = (
    "words", "line", "places", "hunt", "knowable", "seen", "curve", "names", "bars", "ahead", "stage", "overview",
    "picking", "table", "pointer", "keyboard", "saving", "trial", "reading", "news", "desks",
    "linking", "deciding", "judging", "merging",
    "moments", "grid",
    "checking",
    "prose",
    "whys_graph", "whys_card", "whys_field", "whys_tree", "whys",
    "actions",
    "facts",
    "telling",
    "reporting",
    "clocks_votes", "clocks_panel", "clocks",
    "explorer",
)  # fmt: skip
_STYLES = (
    "explorer",
    "canvas",
    "judging",
    "checking",
    "prose",
    "whys",
    "actions",
    "facts",
    "reporting",
    "elsewhere",
    "clocks",
)  # fmt: skip
_FIRST_WIDTH = 900  # pixels that the first picture is counted for, before the browser has said how many it has
_FIRST_ROWS = 100


class Explorer(anywidget.AnyWidget):
    """Lanes over time, the table of the events in view, and the proof of one event."""

    _esm = "\n".join((_STATIC / f"{part}.js").read_text("utf-8") for part in _PARTS)
    _css = "\n".join((_STATIC / f"{part}.css").read_text("utf-8") for part in _STYLES)
    setup = traitlets.Dict().tag(sync=True)
    first = traitlets.Dict().tag(sync=True)

    def __init__(self, answers: Answers, setup: dict[str, Any], stamps: Callable[[], object] | None = None) -> None:
        """``stamps`` say in which state the files are that people write."""
        self._answers = answers
        self._following = Following(stamps, self._changed) if stamps else None
        self._one = Lock()  # a kernel may hand messages to several threads
        super().__init__(setup=setup, first=first_answers(answers, setup))
        self.on_msg(self._on)

    def _changed(self) -> bool:
        """Tells every view that people's files are not what they were; False once nobody can hear it."""
        if self.comm is None:
            return False
        self.send({"op": "changed"})
        return True

    def _on(self, _widget: object, message: Mapping[str, Any], _buffers: object) -> None:
        if self._following:
            self._following.start()  # somebody looks
        try:
            with self._one:
                reply, buffers = self._answers.answer(message)
        except Exception:
            self.send({
                "op": "problem", "seq": message.get("seq"),
                "sentence": "That is a fault of the explorer: the kernel's log has the traceback.",
            })  # fmt: skip
            raise
        self.send(reply, buffers)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and for where no widget can live the same as a picture and as words."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        drawn = picture(self._answers.base, self.setup)
        shown = (data or {}) if attended() else {}
        return {**shown, "text/plain": drawn.words, "image/svg+xml": drawn.svg}, metadata


def first_answers(answers: Answers, setup: Mapping[str, Any]) -> dict[str, Any]:
    """What the first picture needs, sent along: the kernel may be busy with other cells when the browser asks."""
    start, end = setup["view"]
    window = {"start": start, "end": end}
    density, buffers = answers.view(window | {"by": setup["by"], "bins": _FIRST_WIDTH // 3, "most": 0})
    rows, _ = answers.rows(window | {"offset": 0, "limit": _FIRST_ROWS})
    return {"density": density, "counts": bytes(buffers[0]), "rows": rows}
