"""Slack: the workspace export (zip), slackdump's JSON, and pages of conversations.history; one event a message.

Schema: https://api.slack.com/methods/conversations.history, https://slack.com/help/articles/220556107 and the message
subtypes of https://api.slack.com/events/message. ``ts`` is the message's identity and stays text.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim, Rejected
from workbench.readers.json_records import (
    FLUSH_EVENTS,
    Broken,
    Ledger,
    RecordError,
    claim,
    documents,
    instant,
    items,
    label,
    listing,
    mapping,
)
from workbench.readers.slack_text import plain, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.readers.base import EventRows, Head, Source

_DAY = re.compile(r"^(?:.*/)?([^/]+)/(\d{4}-\d{2}-\d{2})\.json$")
_LISTS = re.compile(r"^(?:.*/)?(users|channels|groups|dms|mpims)\.json$")
_MENTION = re.compile(r"<@([A-Z0-9]{6,20})[|>]")
_TS = re.compile(r"^\d{9,11}\.\d{1,9}$")
_MEMBER_BYTES = 512 * 1024 * 1024  # a day of one channel is never this long: a bomb is
_ACTIONS = {
    "channel_join": "message.joined", "group_join": "message.joined", "bot_add": "message.joined",
    "channel_topic": "message.topic", "channel_purpose": "message.topic", "group_topic": "message.topic",
    "group_purpose": "message.topic", "channel_name": "message.topic", "group_name": "message.topic",
    "file_share": "message.file", "file_mention": "message.file", "file_comment": "message.file",
    "tombstone": "message.deleted", "message_deleted": "message.deleted", "message_changed": "message.edited",
    "bot_message": "message.posted", "me_message": "message.posted", "thread_broadcast": "message.replied",
}  # fmt: skip
_NAMES = ("display_name", "real_name", "name")


@dataclass(slots=True)
class _Reading:
    """One export on its way to events: who is who, what was read, and what was read before."""

    source: Source
    names: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    others: dict[str, list[str]] = field(default_factory=dict)  # what else somebody is called: login, shown name
    bots: set[str] = field(default_factory=set)
    ledger: Ledger = field(default_factory=Ledger)
    seen: set[tuple[str | None, str, str]] = field(default_factory=set)

    def learn(self, value: Any) -> None:
        """Names from users.json, channels.json and their like."""
        for each in map(mapping, items(value, ("members", "channels"))):
            profile = mapping(each.get("profile"))
            name = label(profile.get("real_name")) or label(each.get("real_name")) or label(each.get("name"))
            if (identity := label(each.get("id"))) and name:
                self.names[identity] = name
                if email := label(profile.get("email")):
                    self.emails[identity] = email
                if each.get("is_bot"):
                    self.bots.add(identity)
                also = (label(each.get("name")), label(profile.get("display_name")))
                self.others[identity] = [one for one in dict.fromkeys(also) if one and one != name]

    def message(self, rows: EventRows, number: int, message: dict[str, Any], **where: Any) -> None:
        """The events of one message: posted, and edited where it was; ``where`` says its channel and member."""
        when = instant(message.get("ts"), self.source.assumption)
        if when is None or message.get("type", "message") != "message":
            raise RecordError("not a message with a usable ts")
        ts, subtype = str(message["ts"]), label(message.get("subtype"))
        thread = label(message.get("thread_ts"))
        files = [name for each in [*listing(message.get("files")), message.get("file")]
                 if (name := label(each, "title", "name"))]  # fmt: skip
        user, actor = self._actor(message)
        text = text_of(message, self.names) or ", ".join(files) or f"({subtype or 'no text'})"
        replied = "message.replied" if thread not in {None, ts} else "message.file" if files else "message.posted"
        action = _ACTIONS.get(subtype, "message.system") if subtype else replied
        known = (where.get("channel"), ts, "")
        about: dict[str, Any] = {
            "line": number, "kind": Kind.CHAT, "actor": actor, "user": user, "actor_email": self.emails.get(user or ""),
            "also_called": self.others.get(user or ""), "mentions": self._mentions(message),
            "ts": ts, "thread_ts": thread, "subtype": subtype, "bot": label(message.get("bot_id")),
            "url": label(message.get("permalink")), **where,
        }  # fmt: skip
        rows.add(
            when, action=action, message=text,
            duplicate=known in self.seen, files=files, reactions=_reactions(message),
            replies=message.get("reply_count"), links=_links(message),
            topic=plain(message.get("topic"), self.names) or None, **about,
        )  # fmt: skip
        repeated, edited = known in self.seen, mapping(message.get("edited"))
        self.seen.add(known)
        if changed := instant(edited.get("ts"), self.source.assumption):
            by = self.names.get(str(edited.get("user")), label(edited.get("user"))) or actor
            edit = about | {"actor": by, "edited_ts": label(edited.get("ts"))}
            rows.add(changed, action="message.edited", message=text, duplicate=repeated, **edit)

    def _mentions(self, message: dict[str, Any]) -> list[list[str]]:
        """Who is named by id in the text, each with all that they are called."""
        ids = dict.fromkeys(_MENTION.findall(text)) if isinstance(text := message.get("text"), str) else ()
        return [[self.names[one], one, *self.others.get(one, ()), *filter(None, [self.emails.get(one)])]
                for one in ids if one in self.names and one not in self.bots]  # fmt: skip

    def _actor(self, message: dict[str, Any]) -> tuple[str | None, str | None]:
        """Who wrote it: their id, and the name that people know."""
        user = label(message.get("user")) or label(mapping(message.get("comment")).get("user"))
        profile = mapping(message.get("user_profile"))
        bot = label(message.get("username")) or label(mapping(message.get("bot_profile")).get("name"))
        name = self.names.get(user or "") or label(profile, "real_name", *_NAMES) or label(message.get("username"))
        if label(message.get("subtype")) == "bot_message" or not user:
            name = bot or name or label(message.get("bot_id"))
        return user, name or user


def _reactions(message: dict[str, Any]) -> dict[str, Any]:
    return {str(each.get("name")): each.get("count") for each in map(mapping, listing(message.get("reactions")))}


def _links(message: dict[str, Any]) -> list[str]:
    """Where attachments lead: alerts and dashboards that a bot posted."""
    found = (label(mapping(each).get("title_link")) for each in listing(message.get("attachments")))
    return [link for link in found if link]


def _is_message(value: Any) -> bool:
    fits = isinstance(value, dict) and bool(_TS.match(str(value.get("ts"))))
    return fits and bool(value.keys() & {"type", "user", "text"})


def _pages(value: Any) -> Iterator[tuple[str | None, Any]]:
    """(channel, message) of a day file, a slackdump channel or API pages; nested replies follow their parent."""
    for page in value if isinstance(value, list) and not any(map(_is_message, value[:3])) else [value]:
        named = isinstance(page, dict) and "messages" in page
        channel = label(page, "name", "channel_id", "channel") if named else None
        if isinstance(found := mapping(page).get("messages"), dict):  # search.messages
            messages: Iterable[Any] = listing(found.get("matches"))
        else:
            messages = items(page, ("messages",))
        for message in messages:
            yield channel or label(mapping(message).get("channel"), "name", "id"), message
            for reply in listing(mapping(message).get("slackdump_thread_replies")):
                if mapping(reply).get("ts") != mapping(message).get("ts"):  # replies begin with a copy of their parent
                    yield channel, reply


class _SlackReader:
    """Messages of a workspace or a channel."""

    name = "slack"
    title = "Slack messages"
    example = "slack_export.zip"
    unfolds = "each message, reply, edit, file and topic"
    kind = Kind.CHAT.value
    structured = True
    version = 2

    def identify(self, head: Head) -> Claim | None:
        """An archive by its members, JSON by the messages in it."""
        if head.members:
            days = sum(bool(_DAY.match(name)) for name in head.members)
            lists = {match[1] for name in head.members if (match := _LISTS.match(name))}
            return Claim(Certainty.SIGNATURE, 1.0) if days and lists & {"users", "channels"} else None
        if _are_people(head.document):
            return Claim(Certainty.SIGNATURE, 1.0)
        signatures = (frozenset({"slackdump_thread_replies"}), frozenset({"ts", "type", "text", "user", "team"}))
        return claim(head, lambda value: (message for _, message in _pages(value)), _is_message, signatures)

    def read(self, source: Source) -> Iterator[Batch]:
        """Every message; the members of an archive in the order of their names."""
        reading = _Reading(source)
        with source.open() as stream:
            archive = stream.read(4) == b"PK\x03\x04"
        yield from _archive(reading) if archive else _plain(reading)
        yield reading.ledger.batch()


def _are_people(value: Any) -> bool:
    """The list of a workspace's people, which slackdump writes to a file of its own."""
    people = value if isinstance(value, list) else listing(mapping(value).get("members"))
    return bool(people) and all({"team_id", "profile"} <= mapping(each).keys() for each in people[:50])


def _plain(reading: _Reading) -> Iterator[Batch]:
    with reading.source.open() as stream:
        for value in documents(stream):
            if _are_people(value):
                reading.ledger.notes.append("It lists the people of a workspace and has no messages: add it with them.")
                continue
            for channel, message in [(None, value)] if isinstance(value, Broken) else _pages(value):
                reading.ledger.take(message, partial(reading.message, channel=channel))
            if len(reading.ledger.rows) >= FLUSH_EVENTS:
                yield reading.ledger.batch()


def _archive(reading: _Reading) -> Iterator[Batch]:
    """The days of each channel; one member that cannot be read does not stop the others."""
    try:
        with reading.source.open() as stream, zipfile.ZipFile(stream) as archive:
            for name in filter(_LISTS.match, sorted(archive.namelist())):
                for value in _member(archive, name):
                    reading.learn(value)
            for name in sorted(archive.namelist()):
                if match := _DAY.match(name):
                    _day(reading, archive, name, match[1])
                    if len(reading.ledger.rows) >= FLUSH_EVENTS:
                        yield reading.ledger.batch()
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        ledger = reading.ledger
        ledger.rejected.append(Rejected(ledger.records + 1, reading.source.path, f"the archive is damaged: {error}"))


def _day(reading: _Reading, archive: zipfile.ZipFile, name: str, channel: str) -> None:
    at = 0
    for value in _member(archive, name):
        for message in [value] if isinstance(value, Broken) else items(value, ("messages",)):
            at += 1
            reading.ledger.take(message, partial(reading.message, channel=channel, member=name, member_record=at))


def _member(archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    if archive.getinfo(name).file_size > _MEMBER_BYTES:
        yield Broken(name, "a member of the archive is larger than any day of a channel")
        return
    try:
        with archive.open(name) as stream:
            yield from documents(stream)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        yield Broken(name, f"a member of the archive cannot be read: {error}")


READER = _SlackReader()
