"""The verbs that make documents: ``report``, ``document`` and ``demo``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import resources, terminal
from workbench.commands.output import document, opened
from workbench.commands.watching import watched
from workbench.errors import FolderError, WorkbenchError
from workbench.export.forms import FORMS, USUAL
from workbench.store.folder import is_incident, open_folder
from workbench.timeline.load import require_known

if TYPE_CHECKING:
    from workbench.postmortem import Postmortem

SAMPLE = "connection-pool"


def report(
    directory: Path, to: str, *, edition: str, template: str, output: Path | None, watch: bool, as_json: bool
) -> int:
    """Runs the notebook and writes the documents; with ``watch`` again whenever somebody saves a file."""
    forms = forms_of(to)

    def once() -> int:
        written = _written(directory, forms, edition=edition, template=template, output=output)
        return _say(written, as_json=as_json)

    return watched(open_folder(directory), once) if watch else once()


def write_document(name: str, directory: Path, to: str, *, output: Path | None, as_json: bool) -> int:
    """Writes one of the documents other than the post-mortem, or with the name ``list`` says which there are."""
    from workbench.documents.template import read_template
    from workbench.publication import REPORT, document_of, publish

    if name == "list":
        return _list(directory, as_json=as_json)
    forms, wanted = forms_of(to), name.replace("_", "-").lower()
    if wanted == REPORT:  # with its notebook, as `report` writes it
        return report(directory, to, edition="internal", template="", output=output, watch=False, as_json=as_json)
    with terminal.reading() as progress:
        postmortem = opened(directory, progress=progress)
        postmortem.edition = read_template(wanted, postmortem.templates).edition
        _ready(postmortem)
    publication = document_of(postmortem, wanted, forms)
    for sentence in publication.unwritten:
        terminal.say(f"Left out, because nobody has written it: {sentence}")
    return _say(publish(postmortem, publication, output), as_json=as_json)


def _list(directory: Path, *, as_json: bool) -> int:
    """The documents that there are, for whom, and what each is for."""
    from workbench.documents.template import read_template, template_paths

    places = opened(directory).templates
    found = [read_template(name, places) for name in template_paths(places)]
    if as_json:
        document({"documents": [
            {key: str(getattr(one, key)) for key in ("name", "title", "about", "edition", "path")}
            for one in found
        ]})  # fmt: skip
    else:
        rows = [(one.name, one.edition, one.about) for one in found]
        terminal.table("", ("Document", "Edition", "What it is for"), rows)
    return 0


def _say(written: list[Path], *, as_json: bool) -> int:
    if as_json:
        document({"files": [str(path) for path in written]})
    else:
        for path in written:
            sys.stdout.write(f"{path}\n")
    return 0


def forms_of(to: str) -> tuple[str, ...]:
    """The documents that ``--to`` names."""
    forms = tuple(dict.fromkeys(part.strip().lower() for part in to.split(",") if part.strip()))
    unknown = [form for form in forms if form not in FORMS]
    if unknown or not forms:
        raise WorkbenchError(
            f"{to!r} names no document", where="--to", next_step=f"Use one or more of {','.join(FORMS)}."
        )
    return forms


def _written(
    directory: Path, forms: tuple[str, ...], *, edition: str, template: str = "", output: Path | None
) -> list[Path]:
    from workbench.publication import publish, report_of

    with terminal.reading() as progress:
        postmortem = opened(directory, progress=progress)
        postmortem.edition = edition
        _ready(postmortem)
    return publish(postmortem, report_of(postmortem, forms, template=template), output)


def _ready(postmortem: Postmortem) -> None:
    """People's files and sources are read here, where problems and progress show; a kernel finds the cache."""
    postmortem.check_files()
    require_known(postmortem.loaded)
    terminal.broken_judgements(postmortem.broken_judgements)


def demo(directory: Path) -> int:
    """Copies the sample incident's raw exports and people's files, and makes its report as a user would."""
    sample = resources.folder("sample_data") / SAMPLE
    if directory.exists() and not is_incident(directory):
        raise FolderError(
            "is there already, and is no incident folder", where=str(directory), next_step="Name another folder."
        )
    shutil.copytree(sample, directory, dirs_exist_ok=True, copy_function=_copy_missing)
    with terminal.reading() as progress:
        postmortem = opened(directory, progress=progress)
        loaded = postmortem.loaded
    sys.stdout.write("Recognised from content alone:\n")
    terminal.sources_table(loaded)
    sys.stdout.write("Reconstructed timeline:\n")
    terminal.timeline_table(postmortem.entries)
    files = _written(directory, USUAL, edition="internal", output=None)
    sys.stdout.write("The report:\n" + "".join(f"  {path}\n" for path in files))
    return 0


def _copy_missing(source: str, target: str) -> str:
    """Copies a file unless there is one: what people wrote into the demo's folder stays."""
    return target if Path(target).exists() else shutil.copy2(source, target)
