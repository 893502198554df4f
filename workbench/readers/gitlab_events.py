"""Events of GitLab's records: what deployments, pipelines, jobs, issues and notes have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.json_records import instant, label, mapping, moment

if TYPE_CHECKING:
    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source

NAMES = ("name", "username", "email")
ENDED = {"success", "failed", "canceled", "cancelled", "skipped"}
_DEPLOYS = {
    "created": "deploy.created", "blocked": "deploy.queued", "running": "deploy.in_progress",
    "success": "deploy.succeeded", "failed": "deploy.failed", "canceled": "deploy.canceled",
}  # fmt: skip
_DEPLOYING = re.compile(r"deploy|release|rollback|rollout|promote", re.IGNORECASE)
_PROJECT = re.compile(
    r"^https?://[^/]+/((?!api/)[\w.%-]+(?:/[\w.%-]+)*?)(?:/-/|/(?:issues|merge_requests|commit|jobs|pipelines)/|$)"
)
_STATE_NOTE = re.compile(r"^(closed|reopened|merged|opened)\b", re.IGNORECASE)


class Events:
    """The events of one source; what an earlier page said is marked."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()

    def instant(self, value: Any) -> Instant | None:
        """The time that a value states."""
        return instant(value, self._assumption)

    def moment(self, record: dict[str, Any], *keys: str) -> Instant:
        """The first time under the keys; RecordError where there is none."""
        return moment(record, *keys, assumption=self._assumption)

    def add(
        self, rows: EventRows, when: Instant, line: int, message: str, /, *, kind: str, action: str | None,
        identity: tuple[Any, ...], actor: Any = None, **attributes: Any,
    ) -> None:  # fmt: skip
        """One event; ``identity`` is the record's kind and its id, which an overlapping page repeats."""
        known = (*identity, action, when.ns)
        repeated = known in self._seen and identity[-1] is not None
        self._seen.add(known)
        rows.add(
            when, line=line, kind=kind, action=action, message=message, actor=label(actor, *NAMES),
            duplicate=repeated, **attributes,
        )  # fmt: skip

    def deployment(
        self, rows: EventRows, when: Instant, number: int, status: str, about: dict[str, Any], *, actor: Any
    ) -> None:
        """A deployment takes on a status."""
        what = about.get("service") or about.get("repository") or about.get("ref") or "a revision"
        where = about.get("environment") or "an environment"
        revision = str(about.get("sha") or about.get("ref"))[:12]
        self.add(
            rows, when, number, f"Deployment of {what} ({revision}) to {where}: {status}",
            kind=Kind.DEPLOY, action=_DEPLOYS.get(status, f"deploy.{status}"), actor=actor, state=status,
            level="error" if status == "failed" else None, identity=("deployment", about.get("deployment")), **about,
        )  # fmt: skip

    def job(self, rows: EventRows, number: int, job: dict[str, Any], about: dict[str, Any], *, noun: str) -> None:
        """A job or a pipeline from its start to its end."""
        name, status = label(job.get("name")), label(job.get("status")) or ""
        stage = label(job.get("stage"))
        deploys = noun == "Job" and bool(_DEPLOYING.search(f"{name} {stage}"))
        kind = Kind.DEPLOY if deploys else Kind.CHANGE
        text = f"{noun} {name}" + (f" ({stage})" if stage and stage != name else "")
        told: dict[str, Any] = {"actor": job.get("user"), "stage": stage, "status": status, **about}
        told[noun.lower()] = job.get("id")
        identity = (noun, job.get("id"))
        began = self.instant(job.get("started_at")) or (self.instant(job.get("created_at")) if noun != "Job" else None)
        if began:
            running = "deploy.in_progress" if deploys else None
            self.add(rows, began, number, f"{text} started", kind=kind, action=running, identity=identity, **told)
        ended = self.instant(job.get("finished_at"))
        if not ended and noun != "Job" and status in ENDED:
            ended = self.instant(job.get("updated_at"))
        if ended:
            why = label(job.get("failure_reason"))
            self.add(
                rows, ended, number, f"{text} ended: {status}" + (f" ({why})" if why and status == "failed" else ""),
                kind=kind, action=_DEPLOYS.get(status) if deploys else None, identity=(f"{noun} end", job.get("id")),
                level="error" if status == "failed" else None, **told,
            )  # fmt: skip
        elif not began and (created := self.instant(job.get("created_at"))):
            waits = f"{text} created" + (f", {status}" if status not in {"", "created"} else "")
            self.add(rows, created, number, waits, kind=Kind.CHANGE, action=None, identity=identity, **told)


def note_action(body: str, *, system: bool) -> str:
    """A system note tells a change of state or another change; any other note is a comment."""
    if not system:
        return "issue.commented"
    match = _STATE_NOTE.match(body)
    if match:
        return "issue.resolved" if match[1].lower() in {"closed", "merged"} else "issue.status_changed"
    return "issue.assigned" if body.startswith(("assigned to", "unassigned")) else "issue.changed"


def repository(*addresses: Any) -> str | None:
    """The project's path in one of these addresses of pages."""
    found = (_PROJECT.match(str(address)) for address in addresses if address)
    return next((match[1] for match in found if match), None)


def project_of(record: dict[str, Any]) -> dict[str, Any]:
    """The project of a webhook: its path, and its last part as the service."""
    project = mapping(record.get("project"))
    path = label(project, "path_with_namespace") or repository(project.get("web_url"), record.get("web_url"))
    return {"repository": path, "service": path.rpartition("/")[2] if path else label(project, "name")}
