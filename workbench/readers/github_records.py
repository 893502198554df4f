"""GitHub's issues, pull requests, releases, commits, jobs and checks, as the API, ``gh`` and webhooks give them.

Schema: https://docs.github.com/rest (issues, pulls, releases, commits, actions/workflow-jobs, checks, activity/events)
and the payloads of its webhooks (push, release, workflow_job, check_run). What is deployed stands in ``github``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.github import FAILED, is_deploying, repository_of, snake
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.readers.base import EventRows, Source

    Record = dict[str, Any]

_ENDED = {"success": "deploy.succeeded", "failure": "deploy.failed", "timed_out": "deploy.failed"}
_WEBHOOKS = ("workflow_job", "check_run", "release")


class _Reading:
    """One source's records; what was told before is marked, because pages overlap."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[str, str]] = set()

    def unfold(self, rows: EventRows, number: int, record: Record) -> None:
        """The events of one record, by what its keys say it is."""
        record = _opened(record)
        unfold = next((unfold for fits, unfold in _SHAPES if fits(record)), None)
        if unfold is None:
            raise RecordError("not an issue, comment, release, commit, push, job, check or activity of GitHub")
        unfold(self, rows, number, record)

    def _add(self, rows: EventRows, record: Record, line: int, *keys: str, message: str, **about: Any) -> None:
        """An event at the first of the keys that holds a time; none where there is no such time."""
        when = next((found for key in keys if (found := instant(record.get(key), self._assumption))), None)
        if when is None:
            return
        repository = repository_of(record)
        url = label(record.get("html_url")) or label(record.get("url"))
        identity = (str(record.get("node_id") or record.get("id") or url), f"{message} {when.ns}")
        about.setdefault("service", repository.rpartition("/")[2] if repository else None)
        rows.add(
            when,
            line=line,
            message=message,
            repository=repository,
            url=url,
            duplicate=identity in self._seen,
            **about,
        )
        self._seen.add(identity)

    def issue(self, rows: EventRows, number: int, issue: Record) -> None:
        """An issue or a pull request: opened, what was said to it, merged, closed."""
        moment(issue, "created_at", assumption=self._assumption)
        pull = bool(issue.keys() & {"merged_at", "pull_request", "head_ref_name", "base_ref_name", "merge_commit_sha"})
        name = f"{'Pull request' if pull else 'Issue'} #{issue['number']}"
        title = label(issue.get("title"))
        labels = [label(each, "name") for each in listing(issue.get("labels"))]
        people = [who for each in listing(issue.get("assignees")) if (who := label(each, "login", "name"))]
        about: Record = {
            "kind": Kind.TICKET, "number": issue["number"], "title": title, "labels": labels,
            "assignee": ", ".join(people) or label(issue.get("assignee"), "login"),
            "state": label(issue.get("state")), "state_reason": label(issue.get("state_reason")),
        }  # fmt: skip
        author = label(issue.get("user") or issue.get("author"), "login", "name")
        self._add(
            rows, issue, number, "created_at", message=f"{name} opened: {title}", actor=author, action="issue.created",
            description=label(issue.get("body")), **about,
        )  # fmt: skip
        for said in [*listing(issue.get("comments")), *listing(issue.get("reviews"))]:
            self.comment(rows, number, snake(mapping(said)) | {"issue": issue})
        merged_at = issue.get("merged_at") or mapping(issue.get("pull_request")).get("merged_at")
        by = label(issue.get("merged_by"), "login", "name")
        merged = issue | {"merged_at": merged_at}
        self._add(
            rows,
            merged,
            number,
            "merged_at",
            message=f"{name} merged: {title}",
            actor=by,
            **about | {"kind": Kind.CHANGE},
        )
        if not merged_at:
            by = label(issue.get("closed_by"), "login", "name")
            message = f"{name} closed: {title}"
            self._add(rows, issue, number, "closed_at", message=message, actor=by, action="issue.resolved", **about)

    def comment(self, rows: EventRows, number: int, comment: Record) -> None:
        """What was said to an issue, a pull request or a commit."""
        issue = mapping(comment.get("issue"))
        actor = label(comment.get("user") or comment.get("author"), "login", "name")
        text = label(comment.get("body")) or label(comment.get("state")) or "commented"
        self._add(
            rows, {"url": issue.get("url")} | comment, number, "created_at", "submitted_at", message=text, actor=actor,
            kind=Kind.TICKET, action="issue.commented", number=issue.get("number"), title=label(issue.get("title")),
        )  # fmt: skip

    def release(self, rows: EventRows, number: int, release: Record) -> None:
        """A release, published or made as a draft."""
        tag, name = label(release.get("tag_name")), label(release.get("name"))
        published = "published" if release.get("published_at") else "drafted"
        self._add(
            rows, release, number, "published_at", "created_at", kind=Kind.CHANGE, ref=tag,
            message=f"Release {tag} {published}{f': {name}' if name and name != tag else ''}",
            actor=label(release.get("author"), "login", "name"), description=label(release.get("body")),
        )  # fmt: skip

    def commit(self, rows: EventRows, number: int, commit: Record) -> None:
        """A commit, when it was committed: the author's time may be of long before."""
        inner = mapping(commit.get("commit"))
        author, committer = mapping(inner.get("author")), mapping(inner.get("committer"))
        stated = {"committed": committer.get("date") or author.get("date")}
        self._add(
            rows, commit | stated, number, "committed", kind=Kind.CHANGE, sha=label(commit.get("sha")),
            message=label(inner.get("message")) or "commit",
            actor=label(commit.get("author"), "login") or label(author, "name"), author_date=label(author.get("date")),
        )  # fmt: skip

    def push(self, rows: EventRows, number: int, push: Record) -> None:
        """A push, by its newest commit: when it was pushed GitHub does not say."""
        head, ref = mapping(push.get("head_commit")), str(push.get("ref")).removeprefix("refs/heads/")
        count = len(listing(push.get("commits")))
        first = (label(head.get("message")) or "").split("\n")[0]
        self._add(
            rows, push | {"timestamp": head.get("timestamp")}, number, "timestamp", kind=Kind.CHANGE, ref=ref,
            message=f"{count} commit{'s' * (count != 1)} pushed to {ref}: {first}", sha=label(push.get("after")),
            actor=label(push.get("pusher"), "name") or label(push.get("sender"), "login"),
        )  # fmt: skip

    def job(self, rows: EventRows, number: int, job: Record) -> None:
        """A job or a check: its start, the steps that failed, its end."""
        name = " / ".join(filter(None, (label(job.get("workflow_name")), label(job.get("name")))))
        deploys = is_deploying(name)
        about: Record = {
            "kind": Kind.DEPLOY if deploys else Kind.CHANGE, "run": job.get("run_id"), "job": job.get("id"),
            "sha": label(job.get("head_sha")), "branch": label(job.get("head_branch")),
            "runner": label(job.get("runner_name")),
        }  # fmt: skip
        running = "deploy.in_progress" if deploys else None
        self._add(rows, job, number, "started_at", message=f"Job {name} started", action=running, **about)
        for step in map(snake, map(mapping, listing(job.get("steps")))):
            if step.get("conclusion") in FAILED:
                failed = job | {"completed_at": step.get("completed_at")}
                message = f"Job {name}: step {step.get('name')} failed"
                self._add(rows, failed, number, "completed_at", message=message, level="error", **about)
        result = label(job.get("conclusion")) or "completed"
        self._add(
            rows, job, number, "completed_at", message=f"Job {name} ended: {result}", conclusion=result,
            action=_ENDED.get(result) if deploys else None, level="error" if result in FAILED else None, **about,
        )  # fmt: skip

    def activity(self, rows: EventRows, number: int, entry: Record) -> None:
        """An entry of a repository's activity (``/events``)."""
        payload = mapping(entry.get("payload"))
        about = next((part for key in ("issue", "pull_request", "release") if (part := mapping(payload.get(key)))), {})
        what = label(about, "title", "name", "tag_name") or label(payload.get("ref"))
        said = label(mapping(payload.get("comment")).get("body"))
        verb = " ".join(filter(None, (str(entry["type"]).removesuffix("Event"), label(payload.get("action")))))
        self._add(
            rows, entry | {"repository": mapping(entry.get("repo")).get("name")}, number, "created_at",
            message=": ".join(filter(None, (verb, what, said))), actor=label(entry.get("actor"), "login"),
            kind=Kind.TICKET if "ssue" in entry["type"] else Kind.CHANGE,
        )  # fmt: skip


def _opened(record: Record) -> Record:
    """The record in names of the API; of a webhook the thing that it is about, with its repository."""
    record = snake(record)
    key = next((key for key in _WEBHOOKS if isinstance(record.get(key), dict) and "action" in record), None)
    return {"repository": record.get("repository")} | snake(record[key]) if key else record


def _is_job(record: Record) -> bool:
    timed = {"name", "started_at", "completed_at"} <= record.keys() and "conclusion" in record
    return timed and bool(record.keys() & {"run_id", "run_url", "check_suite", "steps", "check_run_url", "app"})


def _is_release(record: Record) -> bool:
    return "tag_name" in record and bool(record.keys() & {"published_at", "is_draft", "draft"})


def _is_commit(record: Record) -> bool:
    return "sha" in record and {"author", "message"} <= mapping(record.get("commit")).keys()


def _is_push(record: Record) -> bool:
    return {"ref", "before", "after", "head_commit", "pusher"} <= record.keys()


def _is_activity(record: Record) -> bool:
    return str(record.get("type")).endswith("Event") and {"actor", "repo", "payload", "created_at"} <= record.keys()


def _is_issue(record: Record) -> bool:
    known = isinstance(record.get("number"), int) and {"title", "created_at"} <= record.keys()
    people = record.keys() & {"user", "author", "assignees", "closed_at", "node_id"}
    return known and bool(people) and not record.keys() & {"iid", "identifier", "incident_key"}


def _is_comment(record: Record) -> bool:
    where = record.keys() & {"issue_url", "pull_request_url", "commit_id"}
    return bool(where) and {"body", "user"} <= record.keys() and bool(record.keys() & {"created_at", "submitted_at"})


_SHAPES: tuple[tuple[Callable[[Record], bool], Callable[..., None]], ...] = (
    (_is_push, _Reading.push), (_is_job, _Reading.job), (_is_release, _Reading.release), (_is_commit, _Reading.commit),
    (_is_activity, _Reading.activity), (_is_issue, _Reading.issue), (_is_comment, _Reading.comment),
)  # fmt: skip


def _fits(record: Any) -> bool:
    if not isinstance(record, dict) or record.keys() & {"object_kind", "iid", "event"}:
        return False
    return any(fits(_opened(record)) for fits, _ in _SHAPES)


def _start(source: Source) -> Callable[[EventRows, int, Record], None]:
    return _Reading(source).unfold


READER = RecordReader(
    name="github_records",
    title="GitHub issues, pull requests, releases, commits, jobs and checks",
    example="issues.json",
    unfolds="issues opened, commented, merged, closed; jobs started, failed, ended; releases, commits, pushes",
    kind=Kind.TICKET,
    wrappers=("jobs", "check_runs", "items"),
    fits=_fits,
    signatures=(
        frozenset({"jobs", "run_id", "started_at"}), frozenset({"check_runs", "check_suite"}),
        frozenset({"node_id", "tag_name", "published_at"}), frozenset({"node_id", "html_url", "closed_at", "title"}),
    ),
    start=_start,
)  # fmt: skip
