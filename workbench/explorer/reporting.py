"""Reports from the explorer: which documents there are, one of them made beside it, and those that were made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.documents.edition import INTERNAL, editions
from workbench.documents.template import read_template, template_paths
from workbench.errors import WorkbenchError
from workbench.explorer.job import Job
from workbench.explorer.made import made
from workbench.export.forms import FORMS, USUAL
from workbench.publication import REPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.postmortem import Postmortem

_LARGEST = 30_000_000  # bytes of a page that is shown in the explorer
_NAMES = {"md": "Markdown", "html": "HTML", "docx": "Word", "confluence": "Confluence", "notion": "Notion"}


class Reporting:
    """The desk of reports: one document at a time is being made."""

    name = "report"

    def __init__(self, current: Current) -> None:
        self.current = current
        self._job: Job | None = None
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "report": self.asked, "report.make": self.make, "report.progress": self.progress,
            "report.cancel": self.cancel, "report.page": self.page,
        }  # fmt: skip

    def setup(self) -> dict[str, Any]:
        """The forms that there are."""
        return {"forms": [{"name": form, "words": _NAMES.get(form, form), "usual": form in USUAL} for form in FORMS]}

    def asked(self, message: Mapping[str, Any]) -> Reply:
        """The documents and editions of this incident, and what was made; ``root`` is the server's folder."""
        return {"op": "report", "state": self._state(str(message.get("root") or ""))}, []

    def make(self, message: Mapping[str, Any]) -> Reply:
        """Begins to make a document."""
        if self._job and self._job.running:
            raise WorkbenchError("a document is being made", next_step="Wait for it, or cancel it.")
        pm = self.current.pm()
        document, edition = str(message.get("document") or ""), str(message.get("edition") or INTERNAL)
        forms = [form for form in FORMS if form in (message.get("forms") or ())]
        if document not in template_paths(pm.templates):
            raise WorkbenchError(f"there is no document {document!r}")
        if not forms:
            raise WorkbenchError("no form is chosen", next_step="Tick at least one.")
        self._job = Job({
            "folder": str(self.current.folder.resolve()), "document": document, "edition": edition, "forms": forms,
            "is_report": _is_report(document, pm),
        })  # fmt: skip
        return self.progress(message)

    def progress(self, _message: Mapping[str, Any]) -> Reply:
        """How far the document is, or how it ended."""
        return {"op": "report.progress", "job": self._job.state() if self._job else None}, []

    def cancel(self, message: Mapping[str, Any]) -> Reply:
        """Ends the one that is being made."""
        if self._job:
            self._job.cancel()
        return self.progress(message)

    def page(self, message: Mapping[str, Any]) -> Reply:
        """The bytes of a document's HTML, of one that was made."""
        name = str(message.get("name") or "")
        files = [file for one in made(self.current.pm()) if one["name"] == name for file in one["files"]]
        path = next((Path(file["path"]) for file in files if file["form"] == "html"), None)
        if path is None:
            raise WorkbenchError(f"there is no HTML of {name!r}", next_step="Make it.")
        try:
            page = path.read_bytes()
        except OSError as error:
            raise WorkbenchError(f"cannot be read ({error.strerror})", where=str(path), next_step="Make it.") from error
        if len(page) > _LARGEST:
            raise WorkbenchError(
                f"the page has {len(page):,} bytes, too many to be shown here", where=str(path),
                next_step="Open the file itself.",
            )  # fmt: skip
        return {"op": "report.page", "name": name}, [memoryview(page)]

    def _state(self, root: str) -> dict[str, Any]:
        pm = self.current.pm()
        documents, problems = _documents(pm)
        return {
            "documents": documents, "editions": editions(pm.templates), "edition": INTERNAL,
            "document": pm.team.reports.template or REPORT, "made": made(pm, root), "problems": problems,
            "output": str(pm.folder.output), "job": self._job.state() if self._job else None,
        }  # fmt: skip


def _documents(pm: Postmortem) -> tuple[list[dict[str, Any]], list[str]]:
    """Every document, the post-mortem and its arrangements first; and what is wrong with a template."""
    found, problems = [], []
    for name in template_paths(pm.templates):
        try:
            one = read_template(name, pm.templates)
        except WorkbenchError as problem:
            problems.append(problem.sentence())
            continue
        found.append({
            "name": name, "title": one.title, "about": one.about, "edition": one.edition,
            "is_report": _is_report(name, pm),
        })  # fmt: skip
    return sorted(found, key=lambda one: (not one["is_report"], one["name"] != REPORT, str(one["title"]))), problems


def _is_report(name: str, pm: Postmortem) -> bool:
    """Whether it is an arrangement of the post-mortem, which is there in every edition and comes with the notebook."""
    return name in {REPORT, pm.team.reports.template} or name.startswith(f"{REPORT}-")
