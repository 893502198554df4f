"""Publishes an incident's documents: from its facts through a template and an edition to files that passed the gate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import resources
from workbench.documents.composed import composed
from workbench.documents.edition import INTERNAL, Edition
from workbench.documents.meeting import meeting_of
from workbench.documents.template import read_template
from workbench.export.calendar import invitation
from workbench.export.document import document_from, our_sections, own_cells
from workbench.export.forms import Look, file_name, files_of
from workbench.export.written import write_files
from workbench.notebook import answered, run_notebook, written_notebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.export.document import Document
    from workbench.postmortem import Postmortem

REPORT = "postmortem"
MEETING = "meeting"


def publish_report(
    postmortem: Postmortem, forms: Sequence[str], *, output: Path | None = None, template: str = ""
) -> list[Path]:
    """Runs the incident's notebook and writes what it shows, arranged by a template, and the notebook itself.

    The incident's own notebooks/ and templates/ win over the team's and ours. Raises ReportError with nothing written
    where a cell, a template or the gate says no.
    """
    name = _file_name(REPORT, postmortem.reader)
    executed = _executed(postmortem)
    document = _arranged(postmortem, executed, template or postmortem.team.reports.template or REPORT)
    files = {f"{name}.ipynb": written_notebook(executed).encode()}
    return _published(postmortem, document, forms, files=files, name=name, output=output)


def publish_document(
    postmortem: Postmortem, name: str, forms: Sequence[str], *, output: Path | None = None
) -> list[Path]:
    """Writes one of the other documents; the template says for whom it is, and ``postmortem`` has that edition."""
    template = read_template(name, postmortem.templates)
    sections = {one.name: one for one in postmortem.report.sections}
    made = composed(template, facts=lambda: postmortem.facts, sections=sections, edition=postmortem.reader)
    files = _invitation(postmortem) if name == MEETING else {}
    return _published(postmortem, document_from(made), forms, files=files, name=name, output=output)


def _invitation(postmortem: Postmortem) -> dict[str, bytes]:
    """The meeting for a calendar, where a time for it is known."""
    facts = postmortem.facts
    meeting = meeting_of(facts)
    if meeting is None:
        return {}
    about = f"{meeting.basis} We look at the system and never for someone to blame."
    text = invitation(meeting, id=facts.incident.id, title=facts.incident.title, about=about, as_of=facts.data_as_of_ns)
    return {f"{MEETING}.ics": text.encode()}


def _file_name(name: str, edition: Edition) -> str:
    return name if edition.name == INTERNAL else f"{name}-{edition.name}"


def _executed(postmortem: Postmortem) -> Any:
    """The executed notebook: answered here where it only shows sections, else run in a kernel."""
    path = resources.notebook(REPORT, postmortem.folder.notebooks)
    parameters = {"incident": ".", "edition": postmortem.edition}
    shipped = resources.notebook(REPORT)
    made = answered(path, parameters, shipped=shipped, show=lambda name: _bundle(postmortem, name))
    return made if made is not None else run_notebook(path, parameters, folder=postmortem.folder.path)


def _bundle(postmortem: Postmortem, name: str) -> dict[str, Any]:
    return postmortem.section(name)._repr_mimebundle_()


def _arranged(postmortem: Postmortem, executed: Any, template: str) -> Document:
    """The notebook's sections in the order and under the titles of the template, own cells where they belong."""
    reader = postmortem.reader
    return document_from(
        composed(
            read_template(template, postmortem.templates),
            facts=lambda: postmortem.facts,
            sections=our_sections(executed),
            edition=reader,
            own=own_cells(executed, tag="" if reader.cells == "all" else reader.name),
        )
    )


def _published(
    postmortem: Postmortem, document: Document, forms: Sequence[str], *, files: Mapping[str, bytes], name: str,
    output: Path | None,
) -> list[Path]:  # fmt: skip
    """Every file through the gate, then onto the disk; the paths of what was asked for."""
    look = _look(postmortem, name)
    made = dict(files)
    for form in forms:
        made |= files_of(document, form, look)
    place = output or postmortem.folder.output
    write_files(made, place)
    return [place / file_name(form, look) for form in forms]


def _look(postmortem: Postmortem, name: str) -> Look:
    """The folders of templates and the reference document, nearest first."""
    own, team = postmortem.folder.templates / "reference.docx", postmortem.team.reports
    candidates = [own, *([Path(team.reference_docx)] if team.reference_docx else [])]
    candidates += [place / "reference.docx" for place in postmortem.templates]
    reference = next((path for path in candidates if path.is_file()), None)
    return Look(name=name, templates=postmortem.templates, reference=reference)
