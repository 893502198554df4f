"""GitHub: deployments and their statuses, workflow runs, issue timelines, and the webhooks of the same.

Schema: https://docs.github.com/rest (deployments, actions, issues/timeline), the webhook payloads, ``gh --json``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.readers.base import EventRows, Source

_STATES = {
    "queued": "deploy.queued", "pending": "deploy.queued", "waiting": "deploy.queued",
    "in_progress": "deploy.in_progress", "success": "deploy.succeeded", "failure": "deploy.failed",
    "error": "deploy.failed", "inactive": "deploy.inactive",
}  # fmt: skip
_CONCLUSIONS = {"success": "deploy.succeeded", "failure": "deploy.failed", "timed_out": "deploy.failed",
                "startup_failure": "deploy.failed"}  # fmt: skip
FAILED = {"failure", "error", "timed_out", "startup_failure"}
_TIMELINE = {
    "closed": "issue.resolved", "reopened": "issue.status_changed", "opened": "issue.created",
    "assigned": "issue.assigned", "unassigned": "issue.assigned", "commented": "issue.commented",
    "created": "issue.commented", "reviewed": "issue.commented", "line-commented": "issue.commented",
}  # fmt: skip
_CODE = {"committed", "merged", "referenced", "head_ref_force_pushed", "head_ref_deleted", "cross-referenced"}
_DEPLOYS = re.compile(r"deploy|release|rollback|rollout|ship|promote", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_CAMEL_KEYS = {"headSha", "createdAt", "startedAt", "publishedAt", "submittedAt", "completedAt"}
_DEPLOYMENT = re.compile(r"/deployments/(\d+)")
_REPOSITORY = re.compile(r"(?:/repos/|github\.com/(?!repos/))([\w.-]+/[\w.-]+)")
_SERVICE = ("service", "app", "application", "component", "name")


def _start(source: Source) -> Callable[[EventRows, int, dict[str, Any]], None]:
    reading = _Reading(source)
    return reading.unfold


class _Reading:
    """One source's records; what was read before is marked, because pages overlap."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()

    def unfold(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        """The events of one record, by what its keys say it is."""
        record = snake(record)
        shapes: tuple[tuple[Callable[[dict[str, Any]], bool], Callable[..., None]], ...] = (
            (_is_status_hook, self._status_hook), (_is_deployment_hook, self._deployment_hook),
            (_is_status, self._status), (_is_deployment, self._deployment), (_is_run_hook, self._run_hook),
            (_is_run, self._run), (_is_issue_hook, self._issue_hook), (_is_timeline, self._timeline),
        )  # fmt: skip
        unfold = next((unfold for fits, unfold in shapes if fits(record)), None)
        if unfold is None:
            raise RecordError("not a deployment, status, workflow run, timeline entry or webhook that is known")
        unfold(rows, number, record)

    def _repeats(self, *identity: Any) -> bool:
        repeated = identity in self._seen and identity[-1] is not None
        self._seen.add(identity)
        return repeated

    def _deployment(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        when = moment(record, "created_at", assumption=self._assumption)
        about = _about(record)
        where = about["environment"] or "an environment"
        what = about["service"] or about["repository"] or record.get("ref") or "a revision"
        rows.add(
            when, line=number, kind=Kind.DEPLOY, action="deploy.created", actor=label(record.get("creator"), "login"),
            message=f"Deployment of {what} ({str(record.get('sha') or record.get('ref'))[:12]}) to {where} created",
            duplicate=self._repeats("deployment", record.get("id")), description=label(record.get("description")),
            **about,
        )  # fmt: skip
        for status in [*listing(record.get("statuses")), *listing(record.get("deployment_statuses"))]:
            self._status(rows, number, mapping(status) | {"deployment": record})

    def _status(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        when = moment(record, "created_at", assumption=self._assumption)
        deployment = mapping(record.get("deployment"))
        about = _about(deployment | {"environment": record.get("environment") or deployment.get("environment")})
        found = _DEPLOYMENT.search(str(record.get("deployment_url")))
        about["deployment"] = about["deployment"] or record.get("deployment_id") or (int(found[1]) if found else None)
        state = str(record["state"])
        what = about["service"] or about["repository"] or f"#{about['deployment']}"
        text = f"Deployment of {what} to {about['environment'] or 'an environment'}: {state}"
        rows.add(
            when, line=number, kind=Kind.DEPLOY, action=_STATES.get(state), actor=label(record.get("creator"), "login"),
            level="error" if state in FAILED else None, duplicate=self._repeats("status", record.get("id")),
            message=f"{text} ({said})" if (said := label(record.get("description"))) else text, state=state,
            status_id=record.get("id"), log=label(record.get("log_url")) or label(record.get("target_url")), **about,
        )  # fmt: skip

    def _status_hook(self, rows: EventRows, number: int, hook: dict[str, Any]) -> None:
        deployment = mapping(hook.get("deployment")) | {"repository": hook.get("repository")}
        self._status(rows, number, mapping(hook.get("deployment_status")) | {"deployment": deployment})

    def _deployment_hook(self, rows: EventRows, number: int, hook: dict[str, Any]) -> None:
        self._deployment(rows, number, mapping(hook.get("deployment")) | {"repository": hook.get("repository")})

    def _run_hook(self, rows: EventRows, number: int, hook: dict[str, Any]) -> None:
        self._run(rows, number, snake(mapping(hook.get("workflow_run"))) | {"repository": hook.get("repository")})

    def _run(self, rows: EventRows, number: int, run: dict[str, Any]) -> None:
        """A run's start, and its end where it is over (the last change of a completed run is its end)."""
        began = moment(run, "run_started_at", "started_at", "created_at", assumption=self._assumption)
        name = label(run.get("workflow_name")) or label(run.get("name")) or "workflow"
        deploys = is_deploying(f"{name} {run.get('path') or ''}")
        title = label(run.get("display_title"))
        text = f"{name}: {title}" if title and title != name else name
        identity = run.get("id") or run.get("database_id")
        attempt = run.get("run_attempt") or run.get("attempt")
        about: dict[str, Any] = _about(run) | {
            "run": identity, "attempt": attempt, "branch": label(run.get("head_branch")), "workflow": name,
            "trigger": label(run.get("event")), "line": number, "kind": Kind.DEPLOY if deploys else Kind.CHANGE,
            "actor": label(run.get("triggering_actor") or run.get("actor"), "login"),
        }  # fmt: skip
        repeated = self._repeats("run", attempt, identity)
        running = "deploy.in_progress" if deploys else None
        rows.add(began, message=f"{text} started", action=running, duplicate=repeated, **about)
        ended = instant(run.get("updated_at"), self._assumption)
        if run.get("status") == "completed" and ended:
            result = label(run.get("conclusion")) or "completed"
            repeated = self._repeats("run end", attempt, identity)
            rows.add(
                ended, message=f"{text} ended: {result}", action=_CONCLUSIONS.get(result) if deploys else None,
                level="error" if result in FAILED else None, conclusion=result, duplicate=repeated, **about,
            )  # fmt: skip

    def _issue_hook(self, rows: EventRows, number: int, hook: dict[str, Any]) -> None:
        issue = mapping(hook.get("issue") or hook.get("pull_request"))
        verb, comment = str(hook.get("action")), mapping(hook.get("comment"))
        key = "created_at" if comment or verb == "opened" else "closed_at" if verb == "closed" else "updated_at"
        when = moment(comment or issue, key, assumption=self._assumption)
        text = label(comment.get("body")) or f"#{issue.get('number')} {verb}: {issue.get('title')}"
        verb, about = ("commented", comment) if comment else (verb, issue)
        self._issue_event(rows, when, number, verb=verb, text=text, actor=hook.get("sender"), about=about, whole=hook)

    def _timeline(self, rows: EventRows, number: int, entry: dict[str, Any]) -> None:
        verb = str(entry["event"])
        comments = listing(entry.get("comments"))
        if comments and not entry.get("created_at"):
            for comment in map(mapping, comments):
                when, text = moment(comment, "created_at"), label(comment.get("body")) or verb
                by = comment.get("user")
                self._issue_event(rows, when, number, verb=verb, text=text, actor=by, about=comment, whole=comment)
            return
        author = mapping(entry.get("author") or entry.get("committer"))
        stated = {"date": mapping(entry.get("committer")).get("date") or author.get("date")}
        when = moment(entry | stated, "created_at", "submitted_at", "date", assumption=self._assumption)
        actor = entry.get("actor") or entry.get("user") or author
        self._issue_event(rows, when, number, verb=verb, text=_said(entry, verb), actor=actor, about=entry, whole=entry)

    def _issue_event(
        self, rows: EventRows, when: Any, number: int, *, verb: str, text: str, actor: Any, about: dict[str, Any],
        whole: dict[str, Any],
    ) -> None:  # fmt: skip
        identity = about.get("node_id") or about.get("id") or about.get("sha")
        kind = Kind.CHANGE if verb in _CODE else Kind.TICKET
        action = _TIMELINE.get(verb, "issue.changed") if kind == Kind.TICKET else None
        rows.add(
            when, line=number, kind=kind, action=action, message=text, actor=label(actor, "login", "name"), event=verb,
            duplicate=self._repeats(verb, when.ns, identity), number=mapping(whole.get("issue")).get("number"),
            url=label(about.get("html_url")), sha=label(about.get("sha")) or label(about.get("commit_id")),
            repository=repository_of(whole), title=label(mapping(whole.get("issue")).get("title")),
        )  # fmt: skip


def _said(entry: dict[str, Any], verb: str) -> str:
    """What a timeline entry says: its text, or the thing that it changed."""
    for key in ("body", "message"):
        if text := label(entry.get(key)):
            return text
    changed = (entry.get(key) for key in ("label", "assignee", "milestone", "rename"))
    parts = (label(each, "login", "name", "title", "to") for each in changed)
    what = next((part for part in parts if part), None) or label(entry.get("state"))
    return f"{verb}: {what}" if what else verb


def _about(record: dict[str, Any]) -> dict[str, Any]:
    """The attributes that every event of a deployment or a run carries."""
    repository = repository_of(record)
    return {
        "service": _service(record.get("payload")) or (repository.rpartition("/")[2] if repository else None),
        "deployment": record.get("id") if "task" in record or "ref" in record else None,
        "sha": label(record.get("sha")) or label(record.get("head_sha")),
        "ref": label(record.get("ref")),
        "environment": label(record.get("environment")),
        "task": label(record.get("task")),
        "repository": repository,
        "url": label(record.get("html_url")) or label(record.get("url")),
    }


def _service(payload: Any) -> str | None:
    """The service that a deployment's payload names; the payload may be an object or JSON in a string."""
    if isinstance(payload, str):
        try:
            payload = orjson.loads(payload)
        except orjson.JSONDecodeError:
            return None
    return label(payload, *_SERVICE) if isinstance(payload, dict) else None


def is_deploying(name: str) -> bool:
    """Whether a workflow's or a job's name says that it deploys."""
    return bool(_DEPLOYS.search(name))


def repository_of(record: dict[str, Any]) -> str | None:
    """The owner and name that a record or one of its addresses states."""
    if name := label(record.get("repository"), "full_name", "name"):
        return name
    for key in ("repository_url", "url", "html_url", "issue_url"):
        if found := _REPOSITORY.search(str(record.get(key))):
            return found[1]
    return None


def snake(record: dict[str, Any]) -> dict[str, Any]:
    """``gh --json`` writes headSha where the API writes head_sha."""
    if not record.keys() & _CAMEL_KEYS:
        return record
    return {_CAMEL.sub(r"_\1", key).lower(): value for key, value in record.items()}


def _expand(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Statuses keyed by their deployment's id become one record each; anything else is a record already."""
    nested = value.get("statuses")
    by_id = nested if isinstance(nested, dict) and "sha" not in value else value
    if not by_id or not all(str(key).isdigit() and isinstance(part, list) for key, part in by_id.items()):
        yield value
        return
    for key, statuses in by_id.items():
        for status in statuses:
            yield {"deployment_id": int(key)} | status if isinstance(status, dict) else status


def _is_status(record: dict[str, Any]) -> bool:
    located = "deployment_id" in record or "deployment_url" in record or "environment" in record
    return str(record.get("state")) in _STATES and located and "sha" not in record and "created_at" in record


def _is_deployment(record: dict[str, Any]) -> bool:
    return {"sha", "ref", "environment", "created_at"} <= record.keys()


def _is_status_hook(record: dict[str, Any]) -> bool:
    return isinstance(record.get("deployment_status"), dict)


def _is_deployment_hook(record: dict[str, Any]) -> bool:
    return isinstance(record.get("deployment"), dict) and "repository" in record


def _is_run(record: dict[str, Any]) -> bool:
    run = "head_sha" in record and "status" in record and "conclusion" in record
    return run and not record.keys() & {"run_id", "check_suite"}  # a job, a check


def _is_run_hook(record: dict[str, Any]) -> bool:
    return isinstance(record.get("workflow_run"), dict)


def _is_issue_hook(record: dict[str, Any]) -> bool:
    return "action" in record and "repository" in record and bool(record.keys() & {"issue", "pull_request"})


def _is_timeline(record: dict[str, Any]) -> bool:
    located = "node_id" in record or "actor" in record or "commit_id" in record
    return isinstance(record.get("event"), str) and located and "iid" not in record


_SHAPES = (
    _is_status, _is_deployment, _is_status_hook, _is_deployment_hook, _is_run, _is_run_hook, _is_issue_hook,
    _is_timeline,
)  # fmt: skip


def _fits(record: Any) -> bool:
    if not isinstance(record, dict) or record.keys() & {"object_kind", "iid"}:  # GitLab's
        return False
    return any(shape(snake(mapping(part))) for part in list(_expand(record))[:5] for shape in _SHAPES)


READER = RecordReader(
    name="github",
    title="GitHub deployments, workflow runs and issue events",
    example="deployments.json",
    unfolds="deployments and their statuses, workflow runs, issue and pull-request events",
    kind=Kind.DEPLOY,
    wrappers=("workflow_runs", "deployments"),
    fits=_fits,
    signatures=(
        frozenset({"workflow_runs"}),
        frozenset({"sha", "ref", "environment", "task"}),
        frozenset({"deployment_status", "repository"}),
        frozenset({"node_id", "event", "actor", "commit_id"}),
    ),
    start=_start,
    expand=_expand,
)
