"""Publishes an incident's documents: from its facts through a template and an edition to files that passed the gate."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import resources
from workbench.documents.composed import composed
from workbench.documents.edition import INTERNAL
from workbench.documents.meeting import meeting_of
from workbench.documents.template import read_template
from workbench.export.calendar import invitation
from workbench.export.document import document_from, our_sections, own_cells
from workbench.export.forms import Look, file_name, files_of
from workbench.export.written import write_files
from workbench.gate import Gate
from workbench.notebook import answered, run_notebook, written_notebook
from workbench.report.bundle import mimebundle
from workbench.report.claims import claims
from workbench.store.folder import IncidentFolder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.export.document import Document
    from workbench.postmortem import Postmortem
    from workbench.redaction.redactor import Redaction

REPORT = "postmortem"
MEETING = "meeting"
CLAIMS = "claims"  # the folder of manifests below output/


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Documents as bytes, not yet written. ``files`` are by their paths below the output folder."""

    name: str  # of the files
    document: str  # "postmortem", or the name of another document
    edition: str
    template: str
    forms: tuple[str, ...]
    files: Mapping[str, bytes]
    asked: tuple[str, ...]  # those of the files that the forms are
    claims: list[dict[str, Any]]  # what they say, each with its evidence
    unwritten: tuple[str, ...] = ()  # what nobody has written yet, and this reader is not told so


def report_of(postmortem: Postmortem, forms: Sequence[str], *, template: str = "") -> Publication:
    """What the incident's notebook shows, arranged by a template, in these forms; and the notebook itself.

    The incident's own notebooks/ and templates/ win over the team's and ours. Raises ReportError where a cell, a
    template or the gate says no.
    """
    wanted = template or postmortem.team.reports.template or REPORT
    gate = Gate(postmortem)
    executed = _executed(postmortem)
    document = _arranged(postmortem, executed, wanted)
    gate.learn(document)
    name = REPORT if postmortem.edition == INTERNAL else f"{REPORT}-{postmortem.edition}"
    notebook = {f"{name}.ipynb": written_notebook(gate.notebook(executed)).encode()}
    return _made(postmortem, gate, document, forms, files=notebook, name=name, document_name=REPORT, template=wanted)


def document_of(postmortem: Postmortem, name: str, forms: Sequence[str]) -> Publication:
    """One of the other documents; its template says for whom it is, and ``postmortem`` has to have that edition."""
    template = read_template(name, postmortem.templates)
    sections = {one.name: one for one in postmortem.report.sections}
    unwritten: list[str] = []
    made = composed(
        template, facts=lambda: postmortem.facts, sections=sections, edition=postmortem.reader, unwritten=unwritten
    )
    gate = Gate(postmortem)
    files = _invitation(postmortem, gate) if name == MEETING else {}
    document = document_from(made)
    gate.learn(document)
    publication = _made(postmortem, gate, document, forms, files=files, name=name, document_name=name, template=name)
    return replace(publication, asked=(*publication.asked, *files), unwritten=tuple(unwritten))


def hidden_in(postmortem: Postmortem) -> tuple[Redaction, ...]:
    """What the gate hides in this edition of the report, the most frequent first; nothing is written."""
    gate = Gate(postmortem)
    executed = _executed(postmortem)
    document = _arranged(postmortem, executed, postmortem.team.reports.template or REPORT)
    gate.learn(document)
    gate.document(document)
    gate.notebook(executed)
    return gate.redactions


def publish(postmortem: Postmortem, publication: Publication, output: Path | None = None) -> list[Path]:
    """Writes the files, and beside the cache what they claim; the paths of what was asked for."""
    place = output or postmortem.folder.output
    write_files(publication.files, place)
    manifest = manifest_of(postmortem, publication, place)
    write_files({f"{CLAIMS}/{publication.name}.json": manifest}, postmortem.folder.output)
    return [place / name for name in publication.asked]


def manifest_of(postmortem: Postmortem, publication: Publication, place: Path) -> bytes:
    """What was published, from which claims: `workbench verify` works it out again."""
    value = {
        "version": 1,
        "document": publication.document,
        "edition": publication.edition,
        "template": publication.template,
        "forms": list(publication.forms),
        "output": _relative(place, postmortem.folder.path),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in publication.files.items()},
        "claims": publication.claims,
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _relative(place: Path, folder: Path) -> str:
    """A folder as seen from the incident's, where it lies inside."""
    absolute = place.resolve()
    return absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else str(absolute)


def _invitation(postmortem: Postmortem, gate: Gate) -> dict[str, bytes]:
    """The meeting for a calendar, where a time for it is known."""
    facts = postmortem.facts
    meeting = meeting_of(facts)
    if meeting is None:
        return {}
    about = f"{meeting.basis} We look at the system and never for someone to blame."
    text = invitation(
        meeting, id=facts.incident.id, title=gate.plain(facts.incident.title), about=about, as_of=facts.data_as_of_ns
    )
    return {f"{MEETING}.ics": text.encode()}


def own_notebook(incident: Path) -> bool:
    """Whether the report of this incident folder may need a kernel: its notebook is not the one that comes along."""
    return resources.notebook(REPORT, IncidentFolder(path=incident).notebooks) != resources.notebook(REPORT)


def _executed(postmortem: Postmortem) -> Any:
    """The executed notebook: answered here where it only shows sections, else run in a kernel."""
    path = resources.notebook(REPORT, postmortem.folder.notebooks)
    parameters = {"incident": ".", "edition": postmortem.edition}
    shipped = resources.notebook(REPORT)
    made = answered(path, parameters, shipped=shipped, show=lambda name: mimebundle(postmortem.section(name)))
    return made if made is not None else run_notebook(path, parameters, folder=postmortem.folder.path)


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


def _made(
    postmortem: Postmortem, gate: Gate, document: Document, forms: Sequence[str], *, files: Mapping[str, bytes],
    name: str, document_name: str, template: str,
) -> Publication:  # fmt: skip
    """The document in every form, through the gate."""
    look = _look(postmortem, name)
    made, shown = dict(files), gate.document(document)
    for form in forms:
        made |= files_of(shown, form, look)
    asked = tuple(file_name(form, look) for form in forms)
    return Publication(
        name=name, document=document_name, edition=postmortem.edition, template=template, forms=tuple(forms),
        files=gate.passed(made), asked=asked, claims=gate.plain([one.as_json() for one in claims(postmortem.facts)]),
    )  # fmt: skip


def _look(postmortem: Postmortem, name: str) -> Look:
    """The folders of templates and the reference document, nearest first."""
    team = postmortem.team.reports
    own = resources.own_file(postmortem.folder.templates, "reference.docx")
    candidates = [*([own] if own else []), *([Path(team.reference_docx)] if team.reference_docx else [])]
    candidates += [found for place in postmortem.templates if (found := resources.own_file(place, "reference.docx"))]
    reference = next((path for path in candidates if path.is_file()), None)
    drawings = postmortem.folder.cache / "drawings"
    return Look(name=name, templates=postmortem.templates, reference=reference, drawings=drawings)
