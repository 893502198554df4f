"""Slack: exports, slackdump and history pages become messages that people can read."""

from __future__ import annotations

from workbench.readers.base import Certainty
from workbench.readers.slack import READER

USERS = [{"id": "U1", "name": "ann", "profile": {"real_name": "Ann Lee", "email": "ann@example.com"}}]
CHANNELS = [{"id": "C1", "name": "ops"}]


def message(text: str = "hi", ts: str = "1739973058.894000", **more):
    """A message of Ann's."""
    return {"type": "message", "user": "U1", "text": text, "ts": ts} | more


def test_an_export_zip_gives_messages_by_channel_with_names(read, archive) -> None:
    """Members are read in the order of their names; the channel is the folder, the author a name."""
    day = [message("later", "1739973060.000100")]
    data = archive({"users.json": USERS, "channels.json": CHANNELS, "ops/2025-02-19.json": day,
                    "alerts/2025-02-19.json": [message("first")]})  # fmt: skip
    found = read(READER, data, "export.zip")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.records == 2
    assert found.column("message") == ["first", "later"]
    assert found.column("line") == [1, 2]
    assert found.column("actor") == ["Ann Lee", "Ann Lee"]
    assert found.column("time") == ["2025-02-19T13:50:58.894Z", "2025-02-19T13:51:00.000Z"]
    about = found.events[1]["attributes"]
    assert (about["channel"], about["member"], about["member_record"]) == ("ops", "ops/2025-02-19.json", 1)
    assert about["ts"] == "1739973060.000100"


def test_markup_reads_as_people_see_it(read, archive) -> None:
    """Mentions by name, links with their words, entities unescaped."""
    text = "<@U1> see <https://x.example/a|the graph> in <#C1|ops> &lt;now&gt; <!here> <https://y.example>"
    data = archive({"users.json": USERS, "ops/2025-02-19.json": [message(text)]})
    (event,) = read(READER, data, "export.zip").events
    assert event["message"] == "@Ann Lee see the graph (https://x.example/a) in #ops <now> @here https://y.example"


def test_attachments_and_blocks_are_text(read) -> None:
    """A bot's alert sits in attachments or blocks, with the text left empty."""
    attached = message("", bot_id="B1", username="AlertBot", subtype="bot_message",
                       attachments=[{"title": "HighErrorRate", "title_link": "https://a.example", "text": "5 %",
                                     "fields": [{"title": "service", "value": "payments"}]}])  # fmt: skip
    blocks = message("", "1739973059.000000", blocks=[{"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "rolled back "},
                                                   {"type": "user", "user_id": "U9"}]}]}])  # fmt: skip
    found = read(READER, [attached, blocks])
    assert found.column("message") == ["HighErrorRate\n5 %\nservice: payments", "rolled back @U9"]
    assert found.events[0]["actor"] == "AlertBot"


def test_an_edit_is_an_event_of_its_own(read) -> None:
    """The edited text stands at the edit's time too, in the same record."""
    found = read(READER, [message(edited={"user": "U1", "ts": "1739973100.000000"})])
    assert found.records == 1
    assert found.column("action") == ["message.posted", "message.edited"]
    assert found.column("line") == [1, 1]
    assert found.column("part") == [0, 1]


def test_subtypes_have_their_actions(read) -> None:
    """Joins, topics, files, replies and deletions are told apart."""
    kinds = [
        message(subtype="channel_join"),
        message(subtype="channel_topic", ts="1739973059.000000"),
        message(files=[{"name": "a.png"}], ts="1739973060.000000"),
        message(thread_ts="1739973058.894000", ts="1739973061.000000"),
        message(subtype="tombstone", ts="1739973062.000000"),
        message(subtype="huddle_thread", ts="1739973063.000000"),
    ]
    assert read(READER, kinds).column("action") == [
        "message.joined", "message.topic", "message.file", "message.replied", "message.deleted", "message.system"
    ]  # fmt: skip


def test_a_repeated_broadcast_is_marked(read, archive) -> None:
    """An export repeats thread_broadcast messages; the second is a duplicate, the same ts elsewhere is not."""
    data = archive({"users.json": USERS, "a/2025-02-19.json": [message(), message()], "b/2025-02-19.json": [message()]})
    assert read(READER, data, "export.zip").column("duplicate") == [False, True, False]


def test_slackdump_nests_replies_and_names_the_channel(read) -> None:
    """A thread's replies follow their parent, whose copy among them is not counted."""
    parent = message("up?", slackdump_thread_replies=[
        message("up?"), message("yes", "1739973070.000000", thread_ts="1739973058.894000")])  # fmt: skip
    found = read(READER, {"channel_id": "C1", "name": "ops", "messages": [parent]})
    assert found.claim is not None
    assert found.column("message") == ["up?", "yes"]
    assert found.column("action")[1] == "message.replied"
    assert {event["attributes"]["channel"] for event in found.events} == {"ops"}


def test_what_is_no_message_is_rejected_with_its_number(read, archive) -> None:
    """A broken record, a foreign value and a broken member each give a reason, and the rest is read."""
    data = archive({"users.json": USERS, "a/2025-02-19.json": [{"type": "message", "text": "no ts"}, 7, message()],
                    "b/2025-02-19.json": "[{", "c/2025-02-19.json": [message("last")]})  # fmt: skip
    found = read(READER, data, "export.zip")
    assert found.column("message") == ["hi", "last"]
    assert [each.position for each in found.rejected] == [1, 2, 4]
    assert found.records == 5


def test_a_list_of_users_is_not_slack_messages(read) -> None:
    """users.json on its own has no messages to claim."""
    assert read(READER, USERS).claim is None


def test_what_a_search_found_is_read(read) -> None:
    """Pages of search.messages: the channel, the name and the link stand in each match."""
    match = {"ts": "1763388041.000100", "username": "oncall", "text": "paging db", "channel": {"name": "inc"}}
    page = {"ok": True, "messages": {"total": 1, "matches": [match | {"permalink": "https://shop.test/p1"}]}}
    found = read(READER, page)
    assert found.claim is not None
    (event,) = found.events
    assert (event["actor"], event["message"]) == ("oncall", "paging db")
    assert (event["attributes"]["channel"], event["attributes"]["url"]) == ("inc", "https://shop.test/p1")


def test_what_people_are_called_is_noted(read, archive) -> None:
    """The author's login and shown name; who is mentioned, if it is a person."""
    users = [
        {"id": "U1AAAAA", "name": "alee", "profile": {"real_name": "Ann Lee", "display_name": "Annie"}},
        {"id": "U2AAAAA", "name": "bo", "profile": {"real_name": "Bo Berg", "email": "bo@example.com"}},
        {"id": "U3AAAAA", "name": "pager", "is_bot": True, "profile": {"real_name": "Pager"}},
    ]
    said = message("<@U2AAAAA> and <@U3AAAAA|pager> and <@U9AAAAA>", user="U1AAAAA")
    (event,) = read(READER, archive({"users.json": users, "ops/2025-02-19.json": [said]}), "export.zip").events
    assert event["attributes"]["also_called"] == ["alee", "Annie"]
    assert event["attributes"]["mentions"] == [["Bo Berg", "U2AAAAA", "bo", "bo@example.com"]]
