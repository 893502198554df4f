"""Grafana: annotations, and the history of alert states.

Schema: https://grafana.com/docs/grafana/latest/developers/http_api/annotations/ and
https://grafana.com/docs/grafana/latest/alerting/monitor-status/view-alert-state-history/ (data frames).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source

_STATES = {"alerting": "alert.fired", "firing": "alert.fired", "error": "alert.fired",
           "ok": "alert.resolved", "normal": "alert.resolved", "resolved": "alert.resolved"}  # fmt: skip
_DEPLOYS = ("deploy", "release", "rollout")


class _Unfolder:
    """One source's annotations and changes of state."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()
        self._regions: set[Any] = set()

    def __call__(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        if _is_change(record):
            self._change(rows, number, record)
        elif _is_annotation(record):
            self._annotation(rows, number, record)
        else:
            raise RecordError("neither an annotation nor a change of an alert's state")

    def _annotation(self, rows: EventRows, number: int, note: dict[str, Any]) -> None:
        """A point; a region as its start and its end. Old servers write a region as two annotations of one regionId."""
        state = (label(note.get("newState")) or "").partition(" ")[0]
        action = _STATES.get(state.lower())
        begun = moment(note, "time", "created", assumption=self._assumption)
        ended = instant(note.get("timeEnd"), self._assumption)
        region = note.get("regionId") or None
        second = region is not None and region in self._regions
        self._regions.add(region)
        self._add(rows, begun, number, note, action, state, " (end)" if second else "")
        if ended and ended.ns > begun.ns:
            self._add(rows, ended, number, note, None, state, " (end)")

    def _add(
        self, rows: EventRows, when: Instant, number: int, note: dict[str, Any], action: str | None, state: str,
        suffix: str,
    ) -> None:  # fmt: skip
        tags = [str(tag) for tag in listing(note.get("tags"))]
        deployed = not state and any(word in tag.lower() for tag in tags for word in _DEPLOYS)
        kind = Kind.ALERT if state else Kind.DEPLOY if deployed else Kind.NOTE
        said = label(note.get("text")) or label(note.get("title")) or label(note.get("alertName")) or state
        key = (note.get("id"), when.ns, suffix)
        rows.add(
            when, line=number, kind=kind, action=action, message=f"{said or 'annotation'}{suffix}",
            level={"alert.fired": "error", "alert.resolved": "info"}.get(action or ""),
            actor=label(note.get("userName")) or label(note.get("login")) or label(note.get("email")),
            alert=label(note.get("alertName")) or (said if state else None), state=state or None,
            previous=label(note.get("prevState")), tags=tags, annotation=label(note.get("id")),
            dashboard=label(note.get("dashboardUID")) or label(note.get("dashboardId")),
            panel=label(note.get("panelId")), duplicate=note.get("id") is not None and key in self._seen,
        )  # fmt: skip
        self._seen.add(key)

    def _change(self, rows: EventRows, number: int, line: dict[str, Any]) -> None:
        state = (label(line.get("current")) or "").partition(" ")[0]
        labels = mapping(line.get("labels"))
        name = label(line.get("ruleTitle")) or label(labels.get("alertname")) or "alert"
        action = _STATES.get(state.lower())
        rows.add(
            moment(line, "time", assumption=self._assumption), line=number, kind=Kind.ALERT, action=action,
            level={"alert.fired": "error", "alert.resolved": "info"}.get(action or ""),
            message=f"{name}: {label(line.get('previous')) or '?'} to {label(line.get('current')) or '?'}", alert=name,
            service=label(labels.get("service")), state=state, previous=label(line.get("previous")), labels=labels,
            fingerprint=label(line.get("fingerprint")) or label(line.get("ruleUID")), values=line.get("values"),
            error=label(line.get("error")),
        )  # fmt: skip


def _is_annotation(record: dict[str, Any]) -> bool:
    return "time" in record and bool({"dashboardId", "dashboardUID", "panelId", "regionId", "alertId"} & record.keys())


def _is_change(record: dict[str, Any]) -> bool:
    return {"previous", "current"} <= record.keys() and bool({"schemaVersion", "ruleTitle", "ruleUID"} & record.keys())


def _fits(record: Any) -> bool:
    return isinstance(record, dict) and (_is_annotation(record) or _is_change(record))


def _expand(value: dict[str, Any]) -> Iterator[Any]:
    """The rows of a data frame: its fields by name, its values by column; anything else as it is."""
    fields = [label(each, "name") for each in listing(mapping(value.get("schema")).get("fields"))]
    columns = listing(mapping(value.get("data")).get("values"))
    if not fields or len(fields) != len(columns) or not {"time", "line"} <= set(fields):
        yield value
        return
    for cells in zip(*map(listing, columns), strict=False):
        row = dict(zip(fields, cells, strict=True))
        yield {"labels": row.get("labels"), **_line(row["line"]), "time": row["time"]}


def _line(value: Any) -> dict[str, Any]:
    """A frame's line: an object, or one written as text."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {"line": value}
    return mapping(value)


READER = RecordReader(
    name="grafana",
    title="Grafana annotations and alert state history",
    example="annotations.json",
    unfolds="each annotation, a region as its start and end; an alert fired and resolved",
    kind=Kind.ALERT,
    wrappers=("annotations", "frames"),
    fits=lambda value: isinstance(value, dict) and any(map(_fits, _expand(value))),
    signatures=(
        frozenset({"newState", "prevState", "dashboardUID"}),
        frozenset({"newState", "prevState", "dashboardId"}),
    ),
    start=_Unfolder,
    expand=_expand,
)
