"""The forms of the report as files, and their names."""

from __future__ import annotations

import tomllib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from documents import document, notebook_of
from nbconvert.exporters import get_exporter

import report_facts
from workbench.commands.writing import forms_of
from workbench.errors import WorkbenchError
from workbench.export.forms import FORMS, Look, file_name, files_of

ROOT = Path(__file__).resolve().parents[2]


def files(form: str) -> dict[str, bytes]:
    """The sample's document in one form."""
    return files_of(document(report_facts.facts()), form, Look(name="pm"))


@pytest.mark.parametrize("form", FORMS)
def test_a_form_has_its_file_and_the_same_bytes_each_time(form: str) -> None:
    """The file that is named is among those that are made; nothing depends on chance or the clock."""
    made = files(form)
    assert made[file_name(form, Look(name="pm"))]
    assert made == files(form)


def test_notions_zip_holds_the_markdown_and_every_picture_that_it_shows() -> None:
    """Paths are relative to the markdown file."""
    with ZipFile(BytesIO(files("notion")["pm.notion.zip"])) as archive:
        text = archive.read("pm.md").decode()
        pictures = [name for name in archive.namelist() if name != "pm.md"]
        assert {info.date_time[0] for info in archive.infolist()} == {2000}
    assert pictures
    assert all(f"]({name})" in text for name in pictures)
    assert text.count("![") == len(pictures)


def test_an_unknown_form_is_refused_with_those_that_there_are() -> None:
    """The sentence names them all."""
    with pytest.raises(WorkbenchError) as refused:
        forms_of("md,pdf")
    assert all(form in str(refused.value.next_step) for form in FORMS)


def test_every_exporter_of_nbconvert_is_registered() -> None:
    """pyproject.toml names a class for each form, and the class makes what the form makes."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][
        "nbconvert.exporters"
    ]
    classes = {get_exporter(target.replace(":", "."))().file_extension: target for target in named.values()}
    assert set(classes) == {form.suffix for form in FORMS.values()}


def test_nbconvert_gives_notions_zip() -> None:
    """The markdown in it has the name that nbconvert gives the notebook."""
    exporter = get_exporter("workbench.export.exporters.NotionExporter")()
    output, _ = exporter.from_notebook_node(notebook_of(report_facts.facts()), {"unique_key": "pm"})
    assert output == files("notion")["pm.notion.zip"]
