"""Statuspage: incidents and maintenances of a public page or the manage API, one event an update.

Schema: https://developer.statuspage.io and the public ``/api/v2/incidents.json`` of every page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.readers.base import EventRows, Source

_SAME_POST_NS = 120 * 10**9  # the same words within two minutes are a double post, not news
STATUSES = {  # those that have an action of their own
    "investigating", "identified", "monitoring", "resolved", "postmortem", "scheduled", "in_progress", "completed",
}  # fmt: skip
ENDED = {"resolved", "completed", "postmortem"}


def _updates(incident: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An incident's updates as records, newest first as exported; an incident without any is one record itself."""
    updates = incident.get("incident_updates")
    if not isinstance(updates, list) or not updates:
        yield {"incident": incident, "update": None, "last": True}
        return
    doubles = _double_posts(updates)
    for at, update in enumerate(updates):
        yield {"incident": incident, "update": update, "double": at in doubles, "last": at == 0}


def _double_posts(updates: list[Any]) -> set[int]:
    """Which updates say what an earlier one said within two minutes."""
    timed = [
        (found.ns, at, (str(update.get("status")), str(update.get("body") or "").strip()))
        for at, update in enumerate(updates)
        if isinstance(update, dict) and (found := _shown(update))
    ]
    latest: dict[Any, int] = {}
    doubles: set[int] = set()
    for ns, at, words in sorted(timed, key=lambda each: (each[0], -each[1])):
        if words in latest and ns - latest[words] <= _SAME_POST_NS:
            doubles.add(at)
        latest[words] = ns
    return doubles


def _shown(update: dict[str, Any]) -> Any:
    return instant(update.get("display_at")) or instant(update.get("created_at"))


def _start(source: Source) -> Callable[[EventRows, int, dict[str, Any]], None]:
    seen: set[tuple[Any, ...]] = set()

    def unfold(rows: EventRows, number: int, record: dict[str, Any]) -> None:
        incident = mapping(record.get("incident"))
        if not isinstance(record.get("update"), dict):
            if record.get("update") is not None:
                raise RecordError("the update is not an object")
            _bare(rows, number, incident, source)
        else:
            update = record["update"]
            identity = (str(update["id"]), str(update.get("updated_at"))) if update.get("id") else ()
            repeated = bool(identity) and identity in seen
            seen.add(identity)
            when = moment(update, "display_at", "created_at", assumption=source.assumption)
            _add(rows, when, number, incident, update, duplicate=bool(record.get("double")) or repeated)
        if record.get("last") and (held := instant(incident.get("postmortem_published_at"), source.assumption)):
            body = {"status": "postmortem", "body": label(incident.get("postmortem_body")) or "Post-mortem published"}
            _add(rows, held, number, incident, body, duplicate=False)

    return unfold


def _bare(rows: EventRows, number: int, incident: dict[str, Any], source: Source) -> None:
    """What an incident without updates still says: that it was opened, and resolved."""
    opened = moment(incident, "started_at", "created_at", assumption=source.assumption)
    first = "scheduled" if incident.get("scheduled_for") else "update"
    _add(rows, opened, number, incident, {"status": first, "body": incident.get("name")}, duplicate=False)
    if ended := instant(incident.get("resolved_at"), source.assumption):
        last = incident.get("status") if incident.get("status") in ENDED else "resolved"
        _add(rows, ended, number, incident, {"status": last, "body": incident.get("name")}, duplicate=False)


def _add(
    rows: EventRows, when: Any, number: int, incident: dict[str, Any], update: dict[str, Any], *, duplicate: bool
) -> None:
    status = label(update.get("status")) or "update"
    components = [
        {"name": part.get("name"), "from": part.get("old_status"), "to": part.get("new_status")}
        for part in map(mapping, listing(update.get("affected_components")))
    ]
    names = [name for part in components if (name := label(part["name"]))]
    rows.add(
        when, line=number, kind=Kind.STATUS, action=f"status.{status}" if status in STATUSES else "status.update",
        level="info" if status in ENDED else level_of(incident.get("impact")),
        service=names[0] if len(names) == 1 else None, duplicate=duplicate,
        message=label(update.get("body")) or label(incident.get("name")) or status,
        status=status, title=label(incident.get("name")), incident=label(incident.get("id")),
        update=label(update.get("id")), impact=label(incident.get("impact")), components=components,
        posted_at=label(update.get("created_at")), url=label(incident.get("shortlink")),
        scheduled_for=label(incident.get("scheduled_for")), scheduled_until=label(incident.get("scheduled_until")),
    )  # fmt: skip


def _fits(record: Any) -> bool:
    return isinstance(record, dict) and ("incident_updates" in record or "stspg.io" in str(record.get("shortlink")))


READER = RecordReader(
    name="statuspage",
    title="Statuspage incidents",
    example="incidents.json",
    unfolds="each published update, at the time readers were shown",
    kind=Kind.STATUS,
    wrappers=("incidents", "scheduled_maintenances"),
    fits=_fits,
    signatures=(frozenset({"incident_updates"}), frozenset({"page", "time_zone", "incidents"})),
    start=_start,
    expand=_updates,
)
