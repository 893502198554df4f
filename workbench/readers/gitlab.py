"""GitLab: deployments, pipelines, jobs, issues, merge requests, notes, releases and activity; webhooks of the same.

Schema: https://docs.gitlab.com/api/rest (each resource's page), the webhook events, and a project export's NDJSON tree.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.gitlab_events import ENDED, Events, note_action, repository
from workbench.readers.gitlab_hooks import unfold_hook
from workbench.readers.json_records import RecordError, RecordReader, label, listing, mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.readers.base import EventRows, Source

Record = dict[str, Any]
_STATES = {"closed": "issue.resolved", "reopened": "issue.status_changed", "opened": "issue.created",
           "merged": "issue.resolved"}  # fmt: skip
_STATUSES = ENDED | {
    "created",
    "waiting_for_resource",
    "preparing",
    "pending",
    "running",
    "manual",
    "scheduled",
    "blocked",
}
_NESTED = ("resource_label_events", "resource_state_events", "resource_milestone_events")


def _start(source: Source) -> Callable[[EventRows, int, Record], None]:
    events = Events(source)

    def unfold(rows: EventRows, number: int, record: Record) -> None:
        tell = next((tell for fits, tell in _SHAPES if fits(record)), None)
        if tell is None:
            raise RecordError("not a record of GitLab that tells what happened")
        tell(events, rows, number, record)

    return unfold


def _about(record: Record) -> Record:
    """What identifies a record for people."""
    path = repository(record.get("web_url"), mapping(record.get("pipeline")).get("web_url"),
                      mapping(record.get("deployable")).get("web_url"))  # fmt: skip
    return {
        "repository": path, "service": path.rpartition("/")[2] if path else None, "url": label(record.get("web_url")),
        "ref": label(record.get("ref")), "sha": label(record.get("sha")),
    }  # fmt: skip


def _deployment(events: Events, rows: EventRows, number: int, record: Record) -> None:
    job, status = mapping(record.get("deployable")), str(record.get("status"))
    about = _about(record) | {
        "deployment": record.get("id"), "environment": label(record.get("environment"), "name"),
        "commit": label(mapping(job.get("commit")).get("title")),
    }  # fmt: skip
    tell = partial(events.deployment, rows, about=about, actor=record.get("user"))
    tell(events.moment(record, "created_at"), number, "created")
    if began := events.instant(job.get("started_at")):
        tell(began, number, "running")
    ended = events.instant(record.get("finished_at")) or events.instant(job.get("finished_at"))
    if status in ENDED and (ended := ended or events.instant(record.get("updated_at"))):
        tell(ended, number, status)


def _job(events: Events, rows: EventRows, number: int, record: Record) -> None:
    pipeline = mapping(record.get("pipeline"))
    about = _about(record) | {"pipeline": pipeline.get("id"), "sha": label(mapping(record.get("commit")).get("id"))}
    events.job(rows, number, record, about, noun="Job")


def _pipeline(events: Events, rows: EventRows, number: int, record: Record) -> None:
    name = label(record.get("name")) or f"#{record.get('id')} on {record.get('ref')}"
    about = _about(record) | {"trigger": label(record.get("source"))}
    events.job(rows, number, record | {"name": name}, about, noun="Pipeline")


def _issue(events: Events, rows: EventRows, number: int, record: Record) -> None:
    title, key = label(record.get("title")) or "no title", f"#{record.get('iid')}"
    about = _about(record) | {
        "number": record.get("iid"), "title": title, "state": label(record.get("state")),
        "labels": [name for each in listing(record.get("labels")) if (name := label(each, "name", "title"))],
        "severity": label(record.get("severity")), "assignee": label(record.get("assignee"), "name", "username"),
        "due": label(record.get("due_date")),
    }  # fmt: skip
    add = partial(events.add, rows, kind=Kind.TICKET, **about)
    identity = ("issue", record.get("id") or record.get("iid"))
    add(events.moment(record, "created_at"), number, f"{key} opened: {title}", action="issue.created",
        identity=identity, actor=record.get("author"), description=label(record.get("description")))  # fmt: skip
    if closed := events.instant(record.get("closed_at")):
        by = record.get("closed_by")
        add(closed, number, f"{key} closed: {title}", action="issue.resolved", identity=identity, actor=by)
    _inside(events, rows, number, record)


def _inside(events: Events, rows: EventRows, number: int, record: Record) -> None:
    """What a project export keeps within its issue or merge request."""
    within = {"noteable_iid": record.get("iid"), "web_url": record.get("web_url")}
    for note in map(mapping, listing(record.get("notes"))):
        if events.instant(note.get("created_at")):
            _note(events, rows, number, within | note)
    for name in _NESTED:
        for change in map(mapping, listing(record.get(name))):
            if events.instant(change.get("created_at")):
                _change(events, rows, number, within | change)


def _merge(events: Events, rows: EventRows, number: int, record: Record) -> None:
    title, key = label(record.get("title")) or "no title", f"!{record.get('iid')}"
    about = _about(record) | {"number": record.get("iid"), "title": title, "ref": label(record.get("target_branch"))}
    about["sha"] = label(record.get("merge_commit_sha")) or about["sha"]
    merged_by = record.get("merge_user") or record.get("merged_by")
    stages = (("created_at", "opened", record.get("author")), ("merged_at", "merged", merged_by),
              ("closed_at", "closed", record.get("closed_by")))  # fmt: skip
    events.moment(record, "created_at")
    for stamp, verb, actor in stages:
        if when := events.instant(record.get(stamp)):
            events.add(rows, when, number, f"{key} {verb}: {title}", kind=Kind.CHANGE, action=f"change.{verb}",
                       identity=("merge request", record.get("id")), actor=actor, **about)  # fmt: skip
    _inside(events, rows, number, record)


def _note(events: Events, rows: EventRows, number: int, record: Record) -> None:
    text = label(record.get("body")) or label(record.get("note")) or "(empty note)"
    events.add(
        rows, events.moment(record, "created_at"), number, text, kind=Kind.TICKET, actor=record.get("author"),
        action=note_action(text, system=record.get("system") is True), identity=("note", record.get("id")),
        number=record.get("noteable_iid"), internal=record.get("internal") is True or None,
        url=label(record.get("web_url")),
    )  # fmt: skip


def _change(events: Events, rows: EventRows, number: int, record: Record) -> None:
    """A change of state, label or milestone."""
    what = label(record.get("label"), "name", "title") or label(record.get("milestone"), "title")
    verb = label(record.get("state")) or label(record.get("action")) or "changed"
    thing = "label" if "label" in record else "milestone" if "milestone" in record else ""
    text = f"{record.get('resource_type') or 'Issue'} {verb} {thing}".strip() + (f": {what}" if what else "")
    events.add(
        rows, events.moment(record, "created_at"), number, text, kind=Kind.TICKET, actor=record.get("user"),
        action=_STATES.get(verb, "issue.changed"), identity=("change", thing, record.get("id")),
        number=record.get("noteable_iid"), resource=record.get("resource_id"),
    )  # fmt: skip


def _activity(events: Events, rows: EventRows, number: int, record: Record) -> None:
    verb, push, note = str(record["action_name"]), mapping(record.get("push_data")), mapping(record.get("note"))
    said = label(note.get("body")) or label(push.get("commit_title")) or label(record.get("target_title"))
    target = label(push.get("ref")) or label(record.get("target_type")) or "project"
    action = "issue.commented" if note else _STATES.get(verb) if record.get("target_type") == "Issue" else None
    events.add(
        rows, events.moment(record, "created_at"), number, f"{verb} {target}" + (f": {said}" if said else ""),
        kind=Kind.TICKET if action else Kind.CHANGE, action=action, identity=("activity", record.get("id")),
        actor=record.get("author") or record.get("author_username"), number=record.get("target_iid"),
        sha=label(push.get("commit_to")),
    )  # fmt: skip


def _release(events: Events, rows: EventRows, number: int, record: Record) -> None:
    when = events.moment(record, "released_at", "created_at")
    events.add(
        rows, when, number, f"Release {label(record.get('name')) or record.get('tag_name')} published",
        kind=Kind.DEPLOY, action="release.published", identity=("release", record.get("tag_name")),
        actor=record.get("author"), ref=label(record.get("tag_name")), description=label(record.get("description")),
        url=label(mapping(record.get("_links")).get("self")), sha=label(mapping(record.get("commit")).get("id")),
    )  # fmt: skip


def _has(*keys: str) -> Callable[[Record], bool]:
    return lambda record: all(key in record for key in keys)


def _runs(*keys: str, one_of: tuple[str, ...]) -> Callable[[Record], bool]:
    return lambda record: (
        str(record.get("status")) in _STATUSES and {"created_at", *keys} <= record.keys()
        and any(key in record for key in one_of)
    )  # fmt: skip


_SHAPES: tuple[tuple[Callable[[Record], bool], Callable[[Events, EventRows, int, Record], None]], ...] = (
    (_has("object_kind"), unfold_hook),
    (_runs("iid", "sha", one_of=("deployable", "environment")), _deployment),
    (_runs("stage", "name", one_of=("pipeline", "runner")), _job),
    (_runs("ref", "sha", one_of=("source", "web_url", "project_id")), _pipeline),
    (_has("iid", "source_branch", "target_branch"), _merge),
    (_has("noteable_type", "created_at"), _note),
    (_has("resource_type", "resource_id", "created_at"), _change),
    (_has("action_name", "created_at"), _activity),
    (_has("tag_name", "released_at"), _release),
    (lambda record: _has("iid", "title")(record) and bool(record.keys() & {"state", "project_id"}), _issue),
)


def _expand(value: Record) -> Iterator[Record]:
    """A discussion is its notes; anything else is a record already."""
    if "individual_note" in value and isinstance(value.get("notes"), list):
        yield from value["notes"]
    else:
        yield value


def _fits(record: Any) -> bool:
    if not isinstance(record, dict) or "node_id" in record:  # GitHub's
        return False
    if "object_kind" in record:
        return bool(record.keys() & {"project", "object_attributes", "build_id", "project_id"})
    return "individual_note" in record or any(fits(record) for fits, _ in _SHAPES)


READER = RecordReader(
    name="gitlab",
    title="GitLab deployments, pipelines, issues and webhooks",
    example="deployments.json",
    unfolds="deployments, jobs and pipelines from start to end, issues, merge requests, notes, releases, commits",
    kind=Kind.CHANGE,
    wrappers=(),
    fits=_fits,
    signatures=(
        frozenset({"object_kind", "object_attributes"}),
        frozenset({"object_kind", "project_id"}),
        frozenset({"iid", "deployable", "environment"}),
        frozenset({"iid", "project_id", "web_url", "state"}),
        frozenset({"noteable_type", "noteable_id", "system"}),
    ),
    start=_start,
    expand=_expand,
)
