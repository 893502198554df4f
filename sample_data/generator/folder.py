"""The incident folder as a whole: which file is made by what, and where it is put."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import (
    alertmanager,
    call,
    checks,
    database_log,
    deployments,
    edge_log,
    jaeger,
    jira,
    pagerduty,
    prometheus,
    service_logs,
    slack,
    status_page,
    tickets,
    traffic,
)

if TYPE_CHECKING:
    from pathlib import Path

# What people wrote themselves is not made up here: these files are copied as they stand.
PEOPLE = ("incident.toml", "narrative.md", "factors.toml", "actions.toml", "sources.toml")


def sources() -> dict[str, bytes]:
    """Every raw export by its path below `sources/`."""
    requests = traffic.requests()
    texts = {
        "pagerduty_log_entries.json": pagerduty.log_entries(),
        "alertmanager_webhooks.jsonl": alertmanager.webhooks(),
        "prometheus_query_range.json": prometheus.query_range(requests),
        "statuspage_incidents.json": status_page.incidents(),
        "github_deployments.json": deployments.deployments(),
        "jira_issues.json": jira.issues(),
        f"zoom/{call.NAME}": call.transcript(),
        "jaeger_traces.json": jaeger.traces(requests),
        "app-1/app.jsonl": service_logs.app_log(requests),
        "orders-1/orders.log": service_logs.orders_log(requests),
        "db-1/syslog": database_log.syslog(),
        "synthetic_checks.csv": checks.synthetic_checks(requests),
        "support_tickets.csv": tickets.support_tickets(requests),
    }
    return {
        "slack_export.zip": slack.export(),
        "web-1/access.log.gz": edge_log.access_log(requests),
        **{path: text.encode() for path, text in texts.items()},
    }


def write_folder(target: Path, *, people_from: Path) -> int:
    """Write the exports and copy the people's files; the number of files is returned."""
    files = {f"sources/{path}": content for path, content in sources().items()}
    files |= {name: (people_from / name).read_bytes() for name in PEOPLE}
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return len(files)
