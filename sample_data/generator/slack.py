"""slack_export.zip: the script as a workspace export, a file for each channel and day."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from generator import clock
from generator.cast import EVERYONE, HELEN, PRIYA, Person
from generator.chat_script import BOTS, CHANNELS, HOSTILE, INCIDENT_CHANNEL, Line, script
from generator.draw import Draw

if TYPE_CHECKING:
    from datetime import datetime

_TEAM = "T05SHOPEX1"
_ALL = [person.slack for person in EVERYONE]


def export() -> bytes:
    """The archive, stored without compression so that no library can change its bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _members():
            entry = zipfile.ZipInfo(name, date_time=(2025, 11, 28, 9, 0, 0))
            entry.create_system = 3  # the same on Windows
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return held.getvalue()


def _members() -> list[tuple[str, Any]]:
    lines = script()
    days = [(f"{name}/{clock.DAY}.json", _messages(name, lines)) for name in CHANNELS]
    return [("channels.json", _channels()), ("users.json", _users()), *days]


def _channels() -> list[dict[str, Any]]:
    founded = clock.ms(clock.at("2023-05-02 09:00:00")) // 1000
    opened = clock.ms(clock.CHANNEL_CREATED) // 1000
    return [
        {
            "id": code,
            "name": name,
            "created": opened if name == INCIDENT_CHANNEL else founded,
            "creator": PRIYA.slack if name == INCIDENT_CHANNEL else HELEN.slack,
            "is_archived": False,
            "is_general": name == "general",
            "members": _ALL,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }
        for name, code in CHANNELS.items()
    ]


def _users() -> list[dict[str, Any]]:
    return [
        {
            "id": person.slack,
            "team_id": _TEAM,
            "name": person.login,
            "deleted": False,
            "real_name": person.name,
            "tz": person.zone,
            "profile": {
                "title": person.title,
                "real_name": person.name,
                "display_name": person.login,
                "email": person.email,
            },
            "is_bot": False,
        }
        for person in EVERYONE
    ]


def _messages(channel: str, lines: list[Line]) -> list[dict[str, Any]]:
    """The channel's messages; a message that was answered counts its answers."""
    draw = Draw(f"slack {channel}")
    mine = [line for line in lines if line.channel == channel]
    answers: dict[datetime, list[Line]] = {}
    for line in mine:
        if line.thread:
            answers.setdefault(line.thread, []).append(line)
    return [_message(draw, line, answers.get(line.when, [])) for line in mine]


def _ts(moment: datetime) -> str:
    """Slack's time, which is also the message's name."""
    seconds, rest = divmod(clock.ms(moment), 1000)
    return f"{seconds}.{rest:03d}{seconds * 7 % 900 + 99:03d}"


def _escaped(line: Line) -> str:
    """Slack escapes what people type; the script's own mentions and links are marks."""
    if line.text is not HOSTILE:
        return line.text
    return line.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _message(draw: Draw, line: Line, answers: list[Line]) -> dict[str, Any]:
    message = {
        "type": "message",
        "ts": _ts(line.when),
        "text": _escaped(line),
        **_author(draw, line),
    }
    if line.attachment:
        title, _, text = line.attachment.partition("\n")
        message["attachments"] = [{"id": 1, "color": line.color, "fallback": title, "title": title, "text": text}]
    if line.edited and isinstance(line.who, Person):
        message["edited"] = {"user": line.who.slack, "ts": _ts(line.edited)}
    if line.reaction:
        message["reactions"] = [{"name": line.reaction, "users": _ALL[:2], "count": 2}]
    return message | _threaded(line, answers)


def _author(draw: Draw, line: Line) -> dict[str, Any]:
    if isinstance(line.who, str):
        return {"subtype": "bot_message", "bot_id": BOTS[line.who], "username": line.who}
    author = {"user": line.who.slack, "team": _TEAM}
    if line.joined:
        return {"subtype": "channel_join", **author}
    return {"client_msg_id": draw.hexes(32), **author}


def _threaded(line: Line, answers: list[Line]) -> dict[str, Any]:
    if line.thread:
        return {"thread_ts": _ts(line.thread)}
    if not answers:
        return {}
    people = [answer.who.slack for answer in answers if isinstance(answer.who, Person)]
    return {
        "thread_ts": _ts(line.when),
        "reply_count": len(answers),
        "reply_users": sorted(set(people)),
        "latest_reply": _ts(answers[-1].when),
        "replies": [{"user": who, "ts": _ts(answer.when)} for who, answer in zip(people, answers, strict=True)],
    }
