"""Commands that people wrote down, and what only looks like one."""

from __future__ import annotations

import pytest

from workbench.analysis.commands import commands
from workbench.analysis.facts import Fact


def fact(message: str, *, actor: str = "Priya Nair", kind: str = "chat") -> Fact:
    """A message."""
    return Fact(
        id="1", time=1, earliest=1, latest=1, kind=kind, action="message.posted", level="", service="", actor=actor,
        message=message, source="slack.zip", line=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("ran `kubectl rollout undo deploy/pay`, watching", ["kubectl rollout undo deploy/pay"]),
        (
            "```\n$ sudo systemctl restart pgbouncer\npsql -c 'select 1'\nDONE\n```",
            ["sudo systemctl restart pgbouncer", "psql -c 'select 1'"],
        ),
        ("/rollback orders-api v41", ["/rollback orders-api v41"]),
        ("!scale pay 4", ["!scale pay 4"]),
        ("`max_connections` is 20, see `orders-db`", []),
        ("/var on media-2 is 85% full", []),
        ("select one of the two, please", []),
        ("> kubectl get pods shows nothing", []),  # a quotation
        ("> make sure we update the status page", []),
        ("> update the customers", []),
        ("`show me the dashboard please`, `update the status page`", []),
        ("please do not run `rm -rf /var/lib/postgres` !!!", []),
        ("bitte nicht `systemctl stop postgres` ausführen", []),
        ("kubectl is slow, docker keeps restarting it", []),
        ("psql says too many connections", []),
        ("docker logs look fine", []),
        ("curl fails from my laptop - strange", []),
        ("kubectl rollout undo deploy/pay -n pay", ["kubectl rollout undo deploy/pay -n pay"]),
        ("running: kubectl scale deploy pay --replicas=6", ["kubectl scale deploy pay --replicas=6"]),
        ("he ejecutado: docker compose restart pay", ["docker compose restart pay"]),
        ("curl -s https://pay.internal/health | jq .", ["curl -s https://pay.internal/health | jq ."]),
        ("PS C:\\> Restart-Service pay", ["Restart-Service pay"]),
        ("mysql> show processlist;", ["show processlist;"]),
        ("`make deploy`, then `make sure it is up`", ["make deploy"]),
        ("`update users set state = 1 where id = 7`", ["update users set state = 1 where id = 7"]),
        (
            "```bash\nfor h in a b; do ssh $h sudo systemctl restart pay; done\n```",
            ["for h in a b; do ssh $h sudo systemctl restart pay; done"],
        ),
    ],
)
def test_a_command_is_told_from_prose(message: str, found: list[str]) -> None:
    """Code marks, prompts and chat-ops; a name in code marks or a path is none."""
    assert [one.text for one in commands([fact(message)])] == found


def test_what_a_bot_posts_is_output() -> None:
    """A bot repeats commands; a person gave them."""
    assert not commands([fact("`kubectl get pods`", actor="Deploy bot")])
