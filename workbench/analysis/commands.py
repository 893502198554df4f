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
# A shell's prompt, a database's (mysql>), PowerShell's. A mark of quotation alone is none: people quote people.
_PROMPT = re.compile(r"^\s*(?:PS [A-Z]:[^>\n]{0,80}>|\S{0,40}[$#%]|[a-z][\w-]{1,20}(?:&gt;|>))\s+(?P<command>\S.*)$")
# What people write before a command that they ran: "ran: ...".
_RAN = re.compile(
    r"^(?:[^:`\n]{0,40}: |\s*(?:i |just )?(?:ran|running|run|executed|executing) )?(?P<command>\S.*)$", re.IGNORECASE
)
_QUOTED = re.compile(r"^\s*(?:&gt;|>)")
# Words before a command in code marks that speak against it.
_AGAINST = re.compile(
    r"\b(?:do not|don['\u2019]?t|never|nobody|no one|must not|should not|shouldn['\u2019]?t|avoid|instead of|nicht"
    r"|niemals|kein\w*|no (?:ejecut|hag|us)\w*|nunca|ne pas|jamais)\b[^.!?;\n]{0,60}$",
    re.IGNORECASE,
)
# A word behind a slash that is no folder at the root of a system.
_CHATOPS = re.compile(
    r"^\s*(?P<command>[/!](?!(?:bin|boot|data|dev|etc|home|lib\d*|mnt|opt|proc|root|run|srv|sys|tmp|usr|var)\b)"
    r"[a-z][\w-]{2,}(?: [^/].*)?)$"
)
# What the first word of a command is; a word in code marks alone (`max_connections`) is none.
_PROGRAM = re.compile(
    r"(?:sudo\s+)?(?:\./\S+|/(?:usr|opt|bin|etc|srv|home)/\S+|\w+=\S+\s+\S+|for \w+ in \S.*\bdo|(?:ansible"
    r"(?:-playbook)?|apt(?:-get)?|argocd|aws|az|cat|chmod|chown|consul|cqlsh|curl|dig|docker(?:-compose)?|eksctl|etcdctl|fly|gcloud|gh|git"
    r"|grep|gunzip|helm|heroku|htop|iptables|istioctl|journalctl|kafka-\w[\w-]*|kill(?:all)?|kubectl|k|k9s|ls|mongo(?:sh)?"
    r"|mysql(?:admin|dump)?|nginx|nomad|npm|openssl|pg_\w+|php|pip|pkill|podman|psql|python3?|rabbitmqctl|redis-cli|rm|rsync"
    r"|scp|sed|ssh|supervisorctl|systemctl|tail|terraform|vault|vim?|wget|yarn|yum|zookeeper-\w+|(?:Get|Set|New|Remove"
    r"|Start|Stop|Restart|Invoke)-[A-Z]\w+))\s+\S",
)
# First words that are words of English too: here the second one tells.
_LIKE_PROSE = re.compile(
    r"(?:sudo\s+)?(?:make\s+(?:-\S+\s+)*[a-z][\w.-]*(?:\s+\w+=\S+)*$|service\s+\S+\s+(?:start|stop|restart|reload|status)\b"
    r"|top\s+-|select\s.+\sfrom\s|show\s+(?:(?:full|global|session)\s+)?(?:tables|databases|processlist|variables"
    r"|status|index\w*|slave|replica|engine|create|all|pools|stats|clients|servers)\b|update\s+\S+\s+set\s|delete\s+from\s"
    r"|insert\s+into\s|(?:create|drop|alter)\s+(?:unique\s+)?(?:table|index|database|user|role|view|schema|system|extension)\b"
    r"|truncate\s+(?:table\s+)?\w+;?$|set\s+(?:(?:global|session|local)\s+)?\w+\s*(?:=|\bto\b\s*['\d])"
    r"|(?:vacuum|analyze)\s+(?:\(?(?:full|analyze|verbose|freeze)\)?\s+)*\w+;?$)",
    re.IGNORECASE,
)
# Without marks: a program with a verb that acts, or with an option or a path, so that "docker logs look fine" is none.
_BARE = re.compile(
    r"(?:sudo\s+)?(?:(?:kubectl|k)\s+(?:rollout|scale|delete|apply|exec|patch|cordon|uncordon|drain)\s+\S"
    r"|helm\s+(?:upgrade|rollback|install|uninstall)\s+\S|docker(?:-compose|\s+compose)?\s+(?:restart|stop|up|exec)\s+\S"
    r"|systemctl\s+(?:start|stop|restart|reload|enable|disable)\s+\S+$|git\s+revert\s+[0-9a-f]{6,}"
    r"|(?:kubectl|k|helm|docker|journalctl|psql|mysql|redis-cli|curl|terraform|aws|gcloud|systemctl)\s"
    r"(?:[^,;]*\s)?(?:--?[A-Za-z][\w-]*|https?://\S+)(?:[\s=]|$))"
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
        before = message[: match.start()]
        if match["inline"] and _AGAINST.search(before):
            continue
        for line in (match["block"] or match["inline"]).splitlines():
            prompt = _PROMPT.match(line)
            text = (prompt["command"] if prompt else line).strip()
            if _is_command(text):
                yield text[:_LONGEST_COMMAND]
    for line in _CODE.sub("\n", message).splitlines():
        text = _outside(line)
        if text:
            yield text[:_LONGEST_COMMAND]


def _is_command(text: str) -> bool:
    return bool(_PROGRAM.match(text) or _LIKE_PROSE.match(text))


def _outside(line: str) -> str:
    """The command that a line without code marks is: chat-ops, behind a prompt, or plainly a command."""
    if _QUOTED.match(line):
        return ""
    if found := _CHATOPS.match(line):
        return found["command"].strip()
    prompt = _PROMPT.match(line)
    if prompt and _is_command(prompt["command"]):
        return prompt["command"].strip()
    ran = _RAN.match(line)
    return ran["command"].strip() if ran and _BARE.match(ran["command"]) else ""
