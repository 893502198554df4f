"""The facts of a document: as YAML front matter, every text in double quotes so nothing in it can be YAML; as rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.report.blocks import Header


def front_matter(header: Header) -> str:
    """The block between two lines of dashes."""
    values: dict[str, Any] = {
        "document": header.document, "id": header.id, "title": header.title,
        "severity": header.severity, "status": header.status,
        "stage": header.stage, "due": header.due, "window": header.window, "services": list(header.services),
        "roles": list(header.roles),
        "edition": header.edition, **header.facts, "data_as_of": header.data_as_of,
        "generator": f"postmortem-workbench {header.version}".strip(),
    }  # fmt: skip
    lines = [line for key, value in values.items() if value not in ("", [], {}) for line in _lines(key, value, "")]
    return "\n".join(("---", *lines, "---"))


def fact_rows(header: Header) -> list[tuple[str, str]]:
    """The facts that a reader wants first, each with its name, for pages that show no front matter."""
    people = [tuple(role.split(": ", 1)) if ": " in role else ("Role", role) for role in header.roles]
    rows = [
        ("Document", header.document), ("Incident", header.id),
        ("Severity", header.severity), ("Status", header.status),
        ("Post-mortem", header.stage), ("Due", header.due), ("When", header.window),
        ("Services", ", ".join(header.services)), *people, ("Edition", header.edition),
        ("Data as of", header.data_as_of),
    ]  # fmt: skip
    return [(name, value) for name, value in rows if value]


def _lines(key: str, value: Any, indent: str) -> Iterator[str]:
    """JSON's texts and numbers are YAML's too."""
    if isinstance(value, dict):
        yield f"{indent}{key}:"
        for name, item in value.items():
            yield from _lines(str(name), item, f"{indent}  ")
    else:
        yield f"{indent}{_key(key)}: {_value(value)}"


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").isalnum() else json.dumps(key)


def _value(value: Any) -> str:
    """ASCII JSON, save that readable letters stay readable."""
    return json.dumps(value, ensure_ascii=False)
