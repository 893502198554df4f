"""factors.toml: the contributing factors as a graph."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.model import AcceptedRisk, Explains, Factor, FactorKind
from workbench.store.schema_check import Rows, Table, checked_table
from workbench.store.toml_file import TomlFile, read_toml
from workbench.store.values import DAY, FILLED, TEXT, TEXTS, choice

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

NAME = "factors.toml"
_LONGEST = 40  # signs of an id that is made from a text

_RISK = Table(fields={"by": TEXT, "reason": FILLED, "review_on": DAY}, required=frozenset({"by", "reason"}))
_FACTOR = Table(
    fields={
        "id": FILLED,
        "text": FILLED,
        "kind": choice(FactorKind),
        "explains": choice(Explains),
        "because_of": TEXTS,
        "evidence": TEXTS,
        "actions": TEXTS,
        "accepted_risk": _RISK,
    },
    required=frozenset({"id", "text"}),
)
_SHAPE = Table(fields={"factor": Rows(row=_FACTOR, unique="id")})

STARTER = """# Why it happened, as a graph: each factor names the factors it came from.
# kind is "impact", "event", "condition", "decision" or "missing_control".
# A factor that comes from nothing further has actions, or a risk that somebody accepted.
# One that explains no other is a root: explains is "occurrence" (why it happened), "detection" (why it took long to
# see) or "recovery" (why it took long to end).
#
# [[factor]]
# id = "failed-orders"
# text = "Customers could not place orders"
# kind = "impact"
# because_of = ["pool-too-small"]
# evidence = ["web-1/access.log:120"]
#
# [[factor]]
# id = "pool-too-small"
# text = "The pool's limit was below what the traffic needs at its peak"
# kind = "condition"
# actions = ["OPS-102"]
"""


def read_factors(folder: Path) -> tuple[Factor, ...]:
    """The factors in file order; none where there is no file. Raises FileProblemsError."""
    return _factors(read_toml(folder / NAME))


def factors_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Factor, ...]:
    """The factors of rows that no file holds yet. Raises FileProblemsError."""
    return _factors(TomlFile(path=Path(NAME), text="", digest="", table={"factor": [dict(row) for row in rows]}))


def id_of(text: str, taken: Collection[str]) -> str:
    """A short id from a factor's text, which no other one has: its first words, small and joined with hyphens."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    words = re.findall(r"[^\W_]+", plain.casefold())
    made = ""
    for word in words:
        if made and len(made) + len(word) >= _LONGEST:
            break
        made = f"{made}-{word}" if made else word[:_LONGEST]
    made = made or "factor"
    numbered = (f"{made}-{number}" for number in range(2, len(taken) + 3))
    return made if made not in taken else next(each for each in numbered if each not in taken)


def _factors(file: TomlFile) -> tuple[Factor, ...]:
    rows = checked_table(file, _SHAPE).get("factor", [])
    return tuple(Factor(**{**row, **_risk(row)}) for row in rows)


def _risk(row: dict[str, object]) -> dict[str, AcceptedRisk]:
    risk = row.get("accepted_risk")
    return {"accepted_risk": AcceptedRisk(**risk)} if isinstance(risk, dict) else {}
