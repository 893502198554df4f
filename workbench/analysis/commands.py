"""The commands that people wrote down while they worked: in code marks, after a prompt, or as chat-ops."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.analysis.phrases import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.analysis.facts import Fact
    from workbench.model import Evidence

_KINDS = ("chat", "speech", "note", "page", "ticket")
_CODE = re.compile(r"```(?:\w+\n)?(?P<block>.+?)```|`(?P<inline>[^`\n]+)`", re.DOTALL)
_PROMPT = re.compile(r"^\s*(?:\S{0,40}[$#%]|&gt;|>)\s+(?P<command>\S.*)$")
# A word behind a slash that is no folder at the root of a system.
_CHATOPS = re.compile(
    r"^\s*(?P<command>[/!](?!(?:bin|boot|data|dev|etc|home|lib\d*|mnt|opt|proc|root|run|srv|sys|tmp|usr|var)\b)"
    r"[a-z][\w-]{2,}(?: [^/].*)?)$"
)
# What the first word of a command is; a word in code marks alone (`max_connections`) is none.
_PROGRAM = re.compile(
    r"(?:sudo\s+)?(?:\./\S+|/(?:usr|opt|bin|etc|srv|home)/\S+|\w+=\S+\s+\S+|(?:ansible(?:-playbook)?|apt(?:-get)?|argocd|aws|az"
    r"|cat|chmod|chown|consul|cqlsh|curl|dig|docker(?:-compose)?|eksctl|etcdctl|fly|gcloud|gh|git|grep|gunzip|helm|heroku"
    r"|htop|iptables|istioctl|journalctl|kafka-\w[\w-]*|kill(?:all)?|kubectl|k|k9s|ls|make|mongo(?:sh)?|mysql(?:admin|dump)?|nginx"
    r"|nomad|npm|openssl|pg_\w+|php|pip|pkill|podman|psql|python3?|rabbitmqctl|redis-cli|rm|rsync|scp|sed|service|ssh|supervisorctl"
    r"|systemctl|tail|terraform|top|vault|vim?|wget|yarn|yum|zookeeper-\w+|alter|create|delete|drop|insert|select|set|show|truncate"
    r"|update|vacuum|analyze))\s+\S",
    re.IGNORECASE,
)
_LONGEST_COMMAND = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command, who wrote it and when (UTC ns). That it was written does not prove that it was run."""

    time: int
    text: str
    actor: str
    evidence: Evidence


def commands(rows: Iterable[Fact]) -> list[Command]:
    """The commands in these messages in order, each once a message; what bots post is output, not a command."""
    return [
        Command(time=fact.time, text=text, actor=fact.actor, evidence=fact.evidence)
        for fact in rows
        if fact.kind in _KINDS and not fact.by_bot
        for text in dict.fromkeys(_in_message(fact.message[:LONGEST]))
    ]


def _in_message(message: str) -> Iterator[str]:
    for match in _CODE.finditer(message):
        for line in (match["block"] or match["inline"]).splitlines():
            prompt = _PROMPT.match(line)
            text = (prompt["command"] if prompt else line).strip()
            if _PROGRAM.match(text):
                yield text[:_LONGEST_COMMAND]
    for line in _CODE.sub("\n", message).splitlines():
        found = _CHATOPS.match(line) or _PROMPT.match(line)
        text = found["command"].strip() if found else ""
        if text and (text[0] in "/!" or _PROGRAM.match(text)):
            yield text[:_LONGEST_COMMAND]
