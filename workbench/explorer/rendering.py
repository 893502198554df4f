"""A document made in a process of its own, so that the explorer goes on answering: a line of JSON for each step.

``python -m workbench.explorer.rendering ORDER``, where ORDER is JSON: folder, document, edition, forms, is_report.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from workbench.documents.template import read_template
from workbench.errors import WorkbenchError
from workbench.explorer.made import inputs, note
from workbench.postmortem import open_postmortem
from workbench.publication import document_of, publish, report_of
from workbench.timeline.load import require_known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.postmortem import Postmortem
    from workbench.publication import Publication

STEPS = ("Reading the sources", "Working out figures", "Making the document", "Writing the files")
_PAUSE = 0.2  # seconds between two words on one source


def main(order: Mapping[str, Any]) -> int:
    """Makes the document; 1 where a person has to mend something first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that half-written files are taken away
    with suppress(OSError):
        os.nice(5)  # the explorer comes first
    try:
        made(order)
    except WorkbenchError as problem:
        _say(problem=problem.sentence())
        return 1
    return 0


def made(order: Mapping[str, Any]) -> None:
    """Step by step; nothing is written before all is made and has passed the gate."""
    _say(step=0)
    postmortem = open_postmortem(str(order["folder"]), progress=_Reading())
    came_from = inputs(postmortem.folder)
    name, forms = str(order["document"]), tuple(str(form) for form in order["forms"])
    is_report = bool(order["is_report"])
    template = read_template(name, postmortem.templates)
    postmortem.edition = str(order["edition"]) if is_report else template.edition
    postmortem.check_files()
    require_known(postmortem.loaded)
    _say(step=1)
    _ = postmortem.facts
    _say(step=2)
    publication = _publication(postmortem, name, forms, is_report=is_report)
    _say(step=3)
    publish(postmortem, publication)
    note(postmortem, publication.name, came_from)
    _say(made=publication.name, unwritten=list(publication.unwritten))


def _publication(postmortem: Postmortem, name: str, forms: tuple[str, ...], *, is_report: bool) -> Publication:
    return report_of(postmortem, forms, template=name) if is_report else document_of(postmortem, name, forms)


class _Reading:
    """Says how far a source is that is not in the cache yet."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, path: str, done: int, events: int) -> None:
        if time.monotonic() - self._last > _PAUSE:
            self._last = time.monotonic()
            _say(detail=f"{path}: {done:,} lines, {events:,} events")


def _say(**told: Any) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
