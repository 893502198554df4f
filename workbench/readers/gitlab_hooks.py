"""What GitLab's webhooks tell: issues, notes, merge requests, pipelines with their jobs, deployments, releases, pushes.

Schema: https://docs.gitlab.com/user/project/integrations/webhook_events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.gitlab_events import Events, note_action, project_of
from workbench.readers.json_records import RecordError, label, listing, mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.readers.base import EventRows

_VERBS = {"open": "opened", "close": "closed", "reopen": "reopened", "update": "updated", "merge": "merged"}
_ISSUE = {"open": "issue.created", "close": "issue.resolved", "reopen": "issue.status_changed"}
_MERGE = {"open": "change.opened", "merge": "change.merged", "close": "change.closed", "reopen": "change.opened"}

Hook = dict[str, Any]


def unfold_hook(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    """The events of one webhook."""
    kind = str(hook.get("object_kind"))
    tell = _KINDS.get(kind)
    if tell is None:
        raise RecordError(f"a webhook of the kind {kind!r}, which tells no event here")
    tell(events, rows, number, hook)


def _issue(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    issue = mapping(hook.get("object_attributes"))
    verb = str(issue.get("action") or "update")
    keys = {"open": ("created_at",), "close": ("closed_at", "updated_at")}.get(verb, ("updated_at",))
    when = events.moment(issue, *keys, "updated_at", "created_at")
    changed = ", ".join(f"{name}: {_change(value)}" for name, value in mapping(hook.get("changes")).items()
                        if not name.endswith(("_at", "_id", "_by_id", "_html")))  # fmt: skip
    text = f"#{issue.get('iid')} {_VERBS.get(verb, verb)}: {label(issue.get('title'))}"
    events.add(
        rows, when, number, f"{text} ({changed})" if changed and verb == "update" else text, kind=Kind.TICKET,
        action=_ISSUE.get(verb, "issue.changed"), identity=("issue", issue.get("id")), actor=hook.get("user"),
        number=issue.get("iid"), title=label(issue.get("title")), url=label(issue.get("url")), state=issue.get("state"),
        severity=label(issue.get("severity")), **project_of(hook),
    )  # fmt: skip


def _change(value: Any) -> str:
    """What a changed field was and is."""
    sides = (mapping(value).get("previous"), mapping(value).get("current"))
    before, after = (
        ", ".join(name for each in side if (name := label(each, "title", "name"))) if isinstance(side, list)
        else label(side, "title", "name") or "none" for side in sides
    )  # fmt: skip
    return f"{before or 'none'} → {after or 'none'}"


def _merge(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    request = mapping(hook.get("object_attributes"))
    verb = str(request.get("action") or "update")
    when = events.moment(request, *(("created_at",) if verb == "open" else ()), "updated_at", "created_at")
    events.add(
        rows, when, number, f"!{request.get('iid')} {_VERBS.get(verb, verb)}: {label(request.get('title'))}",
        kind=Kind.CHANGE, action=_MERGE.get(verb), identity=("merge request", request.get("id")),
        actor=hook.get("user"), number=request.get("iid"), title=label(request.get("title")),
        url=label(request.get("url")),
        sha=label(request.get("merge_commit_sha")), ref=label(request.get("target_branch")), **project_of(hook),
    )  # fmt: skip


def _note(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    note = mapping(hook.get("object_attributes"))
    text = label(note.get("note")) or label(note.get("description")) or "(empty note)"
    about = mapping(hook.get("issue") or hook.get("merge_request"))
    events.add(
        rows, events.moment(note, "created_at", "updated_at"), number, text, kind=Kind.TICKET, actor=hook.get("user"),
        action=note_action(text, system=note.get("system") is True), identity=("note", note.get("id")),
        number=about.get("iid"), title=label(about.get("title")), url=label(note.get("url")), **project_of(hook),
    )  # fmt: skip


def _pipeline(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    pipeline = mapping(hook.get("object_attributes"))
    about = project_of(hook) | {
        "ref": label(pipeline.get("ref")), "sha": label(pipeline.get("sha")),
        "url": label(pipeline.get("url")),
    }  # fmt: skip
    name = label(pipeline.get("name")) or f"#{pipeline.get('id')} on {pipeline.get('ref')}"
    events.job(rows, number, pipeline | {"name": name, "user": hook.get("user"), "stage": None}, about, noun="Pipeline")
    for build in map(mapping, listing(hook.get("builds"))):
        placed = about | {"pipeline": pipeline.get("id"), "environment": label(build.get("environment"), "name")}
        events.job(rows, number, build, placed, noun="Job")


def _build(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    job = {name.removeprefix("build_"): value for name, value in hook.items() if name.startswith("build_")}
    about = project_of(hook) | {
        "ref": label(hook.get("ref")), "sha": label(hook.get("sha")), "pipeline": hook.get("pipeline_id"),
        "environment": label(hook.get("environment"), "name"),
    }  # fmt: skip
    events.job(rows, number, job | {"user": hook.get("user")}, about, noun="Job")


def _deployment(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    about = project_of(hook) | {
        "deployment": hook.get("deployment_id"), "ref": label(hook.get("ref")), "sha": label(hook.get("short_sha")),
        "environment": label(hook.get("environment")), "url": label(hook.get("deployable_url")),
        "commit": label(hook.get("commit_title")),
    }  # fmt: skip
    when = events.moment(hook, "status_changed_at")
    events.deployment(rows, when, number, str(hook.get("status")), about, actor=hook.get("user"))


def _release(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    when = events.moment(hook, "released_at", "created_at")
    name = label(hook.get("name")) or label(hook.get("tag"))
    events.add(
        rows, when, number, f"Release {name}: {hook.get('action') or 'published'}", kind=Kind.DEPLOY,
        action="release.published", identity=("release", hook.get("id")), ref=label(hook.get("tag")),
        url=label(hook.get("url")), description=label(hook.get("description")), **project_of(hook),
    )  # fmt: skip


def _push(events: Events, rows: EventRows, number: int, hook: Hook) -> None:
    """A push has no time of its own: each commit has its author's."""
    ref = str(hook.get("ref") or "").removeprefix("refs/heads/").removeprefix("refs/tags/")
    for commit in map(mapping, listing(hook.get("commits"))):
        title = (label(commit.get("title")) or label(commit.get("message")) or "").partition("\n")[0]
        events.add(
            rows, events.moment(commit, "timestamp"), number, f"Commit to {ref}: {title}", kind=Kind.CHANGE,
            action="change.committed", identity=("commit", commit.get("id")), actor=commit.get("author"), ref=ref,
            sha=label(commit.get("id")), url=label(commit.get("url")), **project_of(hook),
        )  # fmt: skip
    if not listing(hook.get("commits")):
        raise RecordError("a push without commits, and so without a time")


_KINDS: dict[str, Callable[[Events, EventRows, int, Hook], None]] = {
    "issue": _issue, "work_item": _issue, "incident": _issue, "merge_request": _merge, "note": _note,
    "pipeline": _pipeline, "build": _build, "job": _build, "deployment": _deployment, "release": _release,
    "push": _push, "tag_push": _push,
}  # fmt: skip
