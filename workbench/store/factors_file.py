"""factors.toml: the contributing factors as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.model import AcceptedRisk, Explains, Factor, FactorKind
from workbench.store.schema_check import Rows, Table, checked_table
from workbench.store.toml_file import read_toml
from workbench.store.values import DAY, FILLED, TEXT, TEXTS, choice

if TYPE_CHECKING:
    from pathlib import Path

NAME = "factors.toml"

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
    rows = checked_table(read_toml(folder / NAME), _SHAPE).get("factor", [])
    return tuple(Factor(**{**row, **_risk(row)}) for row in rows)


def _risk(row: dict[str, object]) -> dict[str, AcceptedRisk]:
    risk = row.get("accepted_risk")
    return {"accepted_risk": AcceptedRisk(**risk)} if isinstance(risk, dict) else {}
