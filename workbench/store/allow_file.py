"""The allow-file: findings of redaction that people looked at and let stand, by fingerprint and never by value."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from workbench.store.schema_check import Rows, Table, Value, checked_table
from workbench.store.toml_file import TomlFile, read_toml
from workbench.store.values import FILLED

NAME = "redaction-allow.toml"

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


def _fingerprint(value: Any) -> str:
    if not isinstance(value, str) or not _FINGERPRINT.fullmatch(value.strip().lower()):
        raise ValueError
    return value.strip().lower()


_ALLOWED = Table(
    fields={
        "rule": FILLED,
        "fingerprint": Value(expected="16 hexadecimal digits, as the finding shows them", parse=_fingerprint),
        "reason": FILLED,
        "who": FILLED,
    },
    required=frozenset({"rule", "fingerprint", "reason", "who"}),
)
_SHAPE = Table(fields={"allow": Rows(row=_ALLOWED)})


def read_allowed(folder: Path, allow_file: str = "") -> frozenset[tuple[str, str]]:
    """The pairs of rule and fingerprint of the team's file where one is named, else of the incident's own.

    A missing file allows nothing. Raises FileProblemsError.
    """
    return allowed_by(read_toml(Path(allow_file) if allow_file else folder / NAME))


def allowed_by(file: TomlFile) -> frozenset[tuple[str, str]]:
    """The pairs of rule and fingerprint that a file lets stand."""
    rows = checked_table(file, _SHAPE).get("allow", [])
    return frozenset((row["rule"], row["fingerprint"]) for row in rows)
