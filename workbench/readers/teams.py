"""Microsoft Teams: messages of channels and chats as Microsoft Graph gives them, and a person's own export.

Schema: https://learn.microsoft.com/en-us/graph/api/resources/chatmessage and .../eventmessagedetail; a person's own
export is a ``messages.json`` with ``conversations[].MessageList[]``. Transcripts are WebVTT, a format of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from workbench.events.schema import Kind
from workbench.readers.html_text import html_to_text
from workbench.readers.json_records import (
    MAX_DEPTH,
    RecordError,
    RecordReader,
    instant,
    label,
    listing,
    mapping,
    moment,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source

_LEVELS = {"urgent": "error", "high": "warn"}
_AT = re.compile(r"<at\b[^>]*>(.*?)</at>", re.IGNORECASE | re.DOTALL)
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EPOCH = re.compile(r"^\d{13}$")
_CARD_TEXTS = (
    "title",
    "subtitle",
    "summary",
    "text",
    "body",
    "items",
    "columns",
    "facts",
    "value",
    "sections",
    "content",
)


class _Unfolder:
    """One source's messages; pages that overlap repeat them."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()

    def __call__(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        if _is_message(record):
            self._message(rows, number, record)
            for reply in map(mapping, listing(record.get("replies"))):
                self._message(rows, number, reply)
        elif _is_own(record):
            self._own(rows, number, record)
        else:
            raise RecordError("not a message of Microsoft Teams")

    def _message(self, rows: EventRows, number: int, message: dict[str, Any]) -> None:
        """A message or a system event; its edit, its deletion and each reaction have times of their own."""
        person, agent = _sender(message.get("from"))
        said = _said(message)
        action = "message.replied" if message.get("replyToId") else "message.posted"
        system = bool(message.get("eventDetail")) or message.get("messageType") == "systemEventMessage"
        about = {
            "message_id": label(message.get("id")), "reply_to": label(message.get("replyToId")),
            "channel": label(message.get("channelIdentity"), "channelId") or label(message.get("chatId")),
            "subject": label(message.get("subject")), "importance": label(message.get("importance")), "agent": agent,
            "url": label(message.get("webUrl")), "level": _LEVELS.get(str(message.get("importance"))),
        }  # fmt: skip
        self._add(rows, self._posted(message), number, "message.system" if system else action, person, said, about)
        for key, deed in (("lastEditedDateTime", "message.edited"), ("deletedDateTime", "message.deleted")):
            if when := instant(message.get(key), self._assumption):
                self._add(rows, when, number, deed, person, said, about)
        for each in map(mapping, listing(message.get("reactions"))):
            if when := instant(each.get("createdDateTime"), self._assumption):
                by, _ = _sender(each.get("user"))
                sign = label(each.get("displayName")) or label(each.get("reactionType")) or "reaction"
                self._add(rows, when, number, "message.reacted", by, f"{sign}: {said[:80]}", about)

    def _posted(self, message: dict[str, Any]) -> Instant:
        """The id of a message is its time in milliseconds: it helps where the stated one is not readable."""
        stated = message.get("createdDateTime")
        known = stated or not _EPOCH.match(str(message.get("id")))
        if known and (when := instant(stated, self._assumption)):
            return when
        by_id = {"id": int(message["id"])} if _EPOCH.match(str(message.get("id"))) else {}
        return moment(by_id or message, "id" if by_id else "createdDateTime", assumption=self._assumption)

    def _own(self, rows: EventRows, number: int, message: dict[str, Any]) -> None:
        """A message of a person's own export."""
        when = moment(message, "originalarrivaltime", "composetime", assumption=self._assumption)
        kind = str(message.get("messagetype") or "")
        action = "message.system" if kind.startswith(("ThreadActivity", "Event")) else "message.posted"
        about = {"message_id": label(message.get("id")), "channel": label(message.get("conversation")), "type": kind}
        person = label(message.get("displayName")) or (label(message.get("from")) or "").rpartition(":")[2] or None
        self._add(
            rows, when, number, action, person, html_to_text(_AT.sub(r"@\1", str(message.get("content") or ""))), about
        )

    def _add(
        self,
        rows: EventRows,
        when: Instant,
        number: int,
        action: str,
        actor: str | None,
        said: str,
        about: dict[str, Any],
    ) -> None:
        key = (about.get("message_id"), action, actor, when.ns)
        rows.add(
            when, line=number, kind=Kind.CHAT, action=action, actor=actor, message=said or "(no text)",
            duplicate=key in self._seen, **about,
        )  # fmt: skip
        self._seen.add(key)


def _sender(value: Any) -> tuple[str | None, str | None]:
    """The person who wrote, or the application that did."""
    who = mapping(value)
    person = label(who.get("user"), "displayName", "id") or label(who, "displayName")
    agent = label(who.get("application"), "displayName", "id") or label(who.get("device"), "displayName")
    return (None, agent) if agent and not person else (person, None)


def _said(message: dict[str, Any]) -> str:
    """Body, cards and files as plain text; a system event in words."""
    body, detail = mapping(message.get("body")), mapping(message.get("eventDetail"))
    content = str(body.get("content") or "")
    text = html_to_text(_AT.sub(r"@\1", content)) if body.get("contentType") == "html" else content.strip()
    parts = [label(message.get("subject")) or "", text]
    for each in map(mapping, listing(message.get("attachments"))):
        parts += _card(each.get("content")) or [label(each.get("name")) or ""]
    if detail:
        parts.append(_event(detail))
    words = "\n".join(dict.fromkeys(part for part in parts if part))
    return words or ("(picture)" if "<img" in content.lower() else "")


def _event(detail: dict[str, Any]) -> str:
    """``callEnded`` with its length, ``membersAdded`` with their names."""
    name = str(detail.get("@odata.type") or "").rpartition(".")[2].removesuffix("EventMessageDetail")
    members = [who for each in listing(detail.get("members")) if (who := label(each, "displayName", "id"))]
    more = [
        label(detail.get(key))
        for key in ("chatDisplayName", "channelDisplayName", "callDuration", "callRecordingDisplayName")
    ]
    by, _ = _sender(detail.get("initiator"))
    words = _WORDS.sub(" ", name).lower() or "event"
    return " ".join(part for part in (words, ", ".join(members), *more, f"by {by}" if by else "") if part)


def _card(content: Any) -> list[str]:
    """The texts of a card, which stands as JSON in a text."""
    if isinstance(content, str) and content.lstrip().startswith(("{", "[")):
        try:
            return list(dict.fromkeys(_texts(orjson.loads(content))))
        except orjson.JSONDecodeError:
            return []
    return []


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _texts(each, depth + 1)
    elif isinstance(value, dict):
        for key in _CARD_TEXTS:
            inner = value.get(key)
            if isinstance(inner, str) and inner.strip():
                yield html_to_text(inner)
            elif isinstance(inner, dict | list):
                yield from _texts(inner, depth + 1)


def _is_message(record: dict[str, Any]) -> bool:
    return {"messageType", "body"} <= record.keys() and bool({"createdDateTime", "etag"} & record.keys())


def _is_own(record: dict[str, Any]) -> bool:
    return {"originalarrivaltime", "content"} <= record.keys()


def _expand(value: dict[str, Any]) -> Iterator[Any]:
    """The messages of each conversation of a person's own export; anything else as it is."""
    if isinstance(value.get("MessageList"), list):
        for each in value["MessageList"]:
            yield {"conversation": label(value.get("displayName")) or label(value.get("id"))} | mapping(each)
    else:
        yield value


def _fits(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    records = list(_expand(value)) or [value]
    return any(_is_message(each) or _is_own(each) for each in records) or "MessageList" in value


READER = RecordReader(
    name="teams",
    title="Microsoft Teams messages",
    example="channel_messages.json",
    unfolds="each message, reply, edit, deletion, reaction and system event",
    kind=Kind.CHAT,
    wrappers=("value", "conversations"),
    fits=_fits,
    signatures=(
        frozenset({"messageType", "createdDateTime", "replyToId"}),
        frozenset({"MessageList", "originalarrivaltime"}),
    ),
    start=_Unfolder,
    expand=_expand,
)
