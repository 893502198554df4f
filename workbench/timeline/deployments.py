"""Deployments told in two files: a status that names its deployment's id alone takes service and commit from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from workbench.events.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

CREATED = "deploy.created"
# What a deployment says of itself, and where that stands.
_TAKEN = ("sha", "ref", "task", "repository")
_PLACE = "deployment_source"
_NAMED = '"deployment":'


def joined(frame: pl.DataFrame) -> pl.DataFrame:
    """The events, those about a deployment of another file with its service, commit, and the place that says so."""
    about = frame.with_row_index("at").filter(
        (pl.col("kind").cast(pl.String) == Kind.DEPLOY)
        & pl.col("attributes").str.contains(_NAMED, literal=True).fill_null(value=False)
    )
    rows = about.select("at", "action", "service", "message", "source", "line", "attributes").to_dicts()
    told = [row | {"attributes": orjson.loads(row["attributes"])} for row in rows]
    known = _by_id(row for row in told if row["action"] == CREATED)
    changed = [done for row in told if row["action"] != CREATED and (done := _completed(row, known))]
    if not changed:
        return frame
    new = pl.DataFrame(
        changed, schema={"at": pl.UInt32, "service": pl.String, "message": pl.String, "attributes": pl.String}
    )
    return frame.with_row_index("at").update(new, on="at", how="left").drop("at")


def _by_id(created: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The deployments by id; servers count by themselves, so one id may be two deployments of two repositories."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in created:
        found.setdefault(str(row["attributes"].get("deployment")), []).append(row)
    return found


def _completed(row: dict[str, Any], known: dict[str, list[dict[str, Any]]]) -> dict[str, Any] | None:
    """The row with what its deployment says; None where nothing is missing, or more than one may be meant."""
    own = row["attributes"]
    if row["service"] and own.get("sha"):
        return None
    fitting = [each for each in known.get(str(own.get("deployment")), []) if _agree(own, each["attributes"])]
    if len({(each["service"], each["attributes"].get("sha")) for each in fitting}) != 1:
        return None
    other = fitting[0]
    said = other["attributes"]
    service = row["service"] or other["service"]
    taken = {key: said[key] for key in _TAKEN if said.get(key) and not own.get(key)}
    name, number = service or said.get("repository"), f"Deployment of #{own['deployment']} "
    message = row["message"]
    if name and message.startswith(number):
        message = f"Deployment of {name} {message[len(number) :]}"
    attributes = own | taken | {_PLACE: f"{other['source']}:{other['line']}"}
    return {"at": row["at"], "service": service, "message": message, "attributes": orjson.dumps(attributes).decode()}


def _agree(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether nothing says that they are of two repositories or environments."""
    return all(
        not one.get(key) or not other.get(key) or one[key] == other[key] for key in ("repository", "environment")
    )
