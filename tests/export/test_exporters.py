"""The exporters under nbconvert, and the same bytes in another process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from documents import document, notebook_of
from nbconvert.exporters import get_exporter

import report_facts
from workbench.export import docx, html, markdown

TESTS = Path(__file__).resolve().parents[1]

PROGRAM = """
import hashlib, sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/export"]
import report_facts
from documents import document
from workbench.export import docx, html, markdown
made = document(report_facts.facts())
parts = (markdown.render(made).text.encode(), html.render(made).encode(), docx.render(made))
print(*(hashlib.sha256(part).hexdigest() for part in parts))
"""


@pytest.mark.parametrize("name", ["pm-markdown", "pm-html", "pm-docx"])
def test_nbconvert_gives_what_the_writers_give(name: str) -> None:
    """`jupyter nbconvert --to` finds the exporters and they make the same documents."""
    output, resources = get_exporter(name)().from_notebook_node(notebook_of(report_facts.facts()))
    made = document(report_facts.facts())
    expected = {"pm-markdown": markdown.render(made).text, "pm-html": html.render(made), "pm-docx": docx.render(made)}
    assert output == expected[name]
    assert resources["output_extension"] == {"pm-markdown": ".md", "pm-html": ".html", "pm-docx": ".docx"}[name]


@pytest.mark.slow
def test_another_process_writes_the_same_bytes() -> None:
    """Neither the hash seed nor the time zone shows in any of the three."""
    found = set()
    for seed, zone in (("1", "UTC"), ("271", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", PROGRAM, str(TESTS)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        found.add(done.stdout)
    assert len(found) == 1
    made = document(report_facts.facts())
    assert hashlib.sha256(html.render(made).encode()).hexdigest() in found.pop()
