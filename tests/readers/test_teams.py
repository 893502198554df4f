"""Microsoft Teams: messages, replies, edits and reactions, as plain text and at their own times."""

from __future__ import annotations

import json

import pytest

from workbench.readers.base import Certainty
from workbench.readers.teams import READER

ANN = {"user": {"id": "u1", "displayName": "Ann Lee"}}
MESSAGE = {
    "id": "1739972400000", "messageType": "message", "createdDateTime": "2025-02-19T13:40:00.5Z", "replyToId": None,
    "importance": "normal", "from": ANN, "body": {"contentType": "text", "content": "pool is full"}, "attachments": [],
    "channelIdentity": {"channelId": "19:ops"}, "reactions": [], "mentions": [],
}  # fmt: skip


def page(*messages: dict) -> dict:
    """A page as Graph gives it."""
    return {"@odata.context": "https://graph.example/messages", "@odata.count": len(messages), "value": list(messages)}


def test_a_message_and_its_reply(read) -> None:
    """Who, when, what; a page that overlaps repeats messages."""
    reply = MESSAGE | {"id": "2", "replyToId": MESSAGE["id"], "createdDateTime": "2025-02-19T13:41:00Z"}
    found = read(READER, [page(MESSAGE, reply), page(MESSAGE)])
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.column("action") == ["message.posted", "message.replied", "message.posted"]
    assert found.column("duplicate") == [False, False, True]
    assert [found.events[0][key] for key in ("time", "actor", "message")] == [
        "2025-02-19T13:40:00.500Z",
        "Ann Lee",
        "pool is full",
    ]


def test_replies_that_were_fetched_along_are_events_too(read) -> None:
    """They stand within their message."""
    reply = MESSAGE | {"id": "2", "replyToId": MESSAGE["id"]}
    assert read(READER, page(MESSAGE | {"replies": [reply]})).column("action") == ["message.posted", "message.replied"]


def test_markup_becomes_text(read) -> None:
    """Mentions by name, no tags, no scripts."""
    body = {
        "contentType": "html",
        "content": '<p>Hi <at id="0">Bob Kumar</at>, <b>down</b>&nbsp;again<script>x()</script></p>',
    }
    assert read(READER, page(MESSAGE | {"body": body})).column("message") == ["Hi @Bob Kumar, down again"]


def test_edits_deletions_and_reactions_have_times_of_their_own(read) -> None:
    """Each is an event; a reaction names who reacted."""
    more = {
        "lastEditedDateTime": "2025-02-19T13:42:00Z", "deletedDateTime": "2025-02-19T13:43:00Z",
        "reactions": [{"reactionType": "like", "createdDateTime": "2025-02-19T13:44:00Z", "user": {"user": {"displayName": "Bo"}}}],
    }  # fmt: skip
    found = read(READER, page(MESSAGE | more))
    assert found.column("action") == ["message.posted", "message.edited", "message.deleted", "message.reacted"]
    assert (found.events[3]["actor"], found.events[3]["time"]) == ("Bo", "2025-02-19T13:44:00.000Z")


def test_a_bot_is_no_person_and_its_card_is_read(read) -> None:
    """A card stands as JSON in a text."""
    card = {
        "type": "AdaptiveCard",
        "body": [{"type": "TextBlock", "text": "High error rate"}, {"facts": [{"title": "Service", "value": "pay"}]}],
    }
    bot = {"application": {"displayName": "Alerts"}, "user": None}
    sent = {"contentType": "application/vnd.microsoft.card.adaptive", "content": json.dumps(card)}
    (event,) = read(
        READER, page(MESSAGE | {"from": bot, "body": {"contentType": "html", "content": ""}, "attachments": [sent]})
    ).events
    assert (event["actor"], event["attributes"]["agent"]) == (None, "Alerts")
    assert event["message"] == "High error rate\nService\npay"


def test_a_system_event_is_told_in_words(read) -> None:
    """A call's end with its length."""
    detail = {"@odata.type": "#microsoft.graph.callEndedEventMessageDetail", "callDuration": "PT29M"}
    system = MESSAGE | {"messageType": "unknownFutureValue", "from": None, "eventDetail": detail,
                        "body": {"contentType": "html", "content": "<systemEventMessage/>"}}  # fmt: skip
    (event,) = read(READER, page(system)).events
    assert (event["action"], event["message"]) == ("message.system", "call ended PT29M")


def test_a_time_that_cannot_be_read_is_taken_from_the_id(read) -> None:
    """The id of a message is its time in milliseconds."""
    found = read(READER, page(MESSAGE | {"createdDateTime": "2025-02-1913:40:00.1Z"}))
    assert found.column("time") == ["2025-02-19T13:40:00.000Z"]


def test_a_persons_own_export(read) -> None:
    """Conversations with lists of messages."""
    own = {"id": "9", "displayName": "Ann Lee", "originalarrivaltime": "2025-02-19T13:40:00Z", "from": "8:orgid:1",
           "messagetype": "RichText/Html", "content": "<div>pool is full</div>"}  # fmt: skip
    found = read(
        READER, {"userId": "x", "conversations": [{"id": "19:ops", "displayName": "ops", "MessageList": [own]}]}
    )
    assert [found.events[0][key] for key in ("actor", "message")] == ["Ann Lee", "pool is full"]
    assert found.events[0]["attributes"]["channel"] == "ops"


@pytest.mark.parametrize("spoilt", [{"from": None}, {"body": None}, {"reactions": None}, {"attachments": [{"content": "{"}]},
                                    {"createdDateTime": None, "id": "x"}])  # fmt: skip
def test_odd_values_end_as_events_or_with_a_reason(read, spoilt) -> None:
    """Nothing raises, nothing is lost."""
    found = read(READER, page(MESSAGE | spoilt))
    assert len(found.events) + len(found.rejected) == 1
