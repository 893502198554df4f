"""Documents: pages, Word documents, Notion and Confluence; timelines in them are events, dated by what stands above."""

from __future__ import annotations

import io
import json

import docx
import pytest

from workbench.clock import Assumption, parse_zone
from workbench.readers import confluence, notion
from workbench.readers.base import Certainty
from workbench.readers.docx import READER as DOCX
from workbench.readers.html_page import CONFLUENCE, GOOGLE
from workbench.readers.html_page import READER as HTML

BERLIN = Assumption(zone=parse_zone("Europe/Berlin"))
PAGE = """<!DOCTYPE html><html><head><title>Pool incident</title><style>.c1{content:"09:00 no"}</style></head><body>
<h1>Timeline 2025-02-19 (times are UTC)</h1>
<ul><li><b>13:42</b> first alert</li><li>13:50 &ndash; <a href="https://www.google.com/url?q=https://x.example&sa=D">declared</a></li></ul>
<table><tr><th>Time</th><th>Who</th><th>What</th></tr><tr><td>14:02</td><td>Ann</td><td>pool <i>raised</i></td></tr></table>
<p>We met at 15:00 to talk.</p><script>"16:00 never"</script></body></html>"""


def test_bullets_and_rows_of_a_page_are_events(read) -> None:
    """What is styled, scripted or mentioned in a sentence is none."""
    found = read(HTML, PAGE, "page.html")
    assert found.claim.certainty == Certainty.SHAPE
    assert [(event["time"], event["actor"], event["message"]) for event in found.events] == [
        ("2025-02-19T13:42:00.000Z", None, "first alert"), ("2025-02-19T13:50:00.000Z", None, "declared"),
        ("2025-02-19T14:02:00.000Z", "Ann", "pool raised"),
    ]  # fmt: skip
    assert set(found.column("kind")) == {"document"}
    assert found.events[0]["attributes"]["document"] == "Pool incident"


def test_pages_of_google_and_confluence_are_known_by_their_marks(read) -> None:
    """Both claim what the general reader would read too, and more surely."""
    google = PAGE.replace("<ul>", "<ul class='c3 lst-kix_abc-0'>")
    assert read(GOOGLE, google, "page.html").claim.certainty == Certainty.SIGNATURE
    assert read(GOOGLE, PAGE.replace("google.com/url?q=", ""), "page.html").claim is None
    told = '<div class="page-metadata">Created by <span>Ann Lee</span>, last modified by <span>Bo</span> on Feb 20, 2025</div>'
    found = read(CONFLUENCE, PAGE.replace("<h1>", f"{told}<h1>"), "page.html")
    assert found.claim.certainty == Certainty.SIGNATURE
    changed = next(event for event in found.events if event["action"] == "document.changed")
    assert (changed["actor"], changed["earliest"][:10], changed["message"]) == (
        "Bo",
        "2025-02-19",
        "Pool incident: changed",
    )


def test_a_page_without_a_timeline_says_so(read) -> None:
    """It is known, and gives nothing."""
    found = read(HTML, "<html><body><p>We met at 15:00.</p></body></html>", "page.html")
    assert (found.events, found.rejected) == ([], [])
    assert "without a timeline" in found.notes[0]


@pytest.mark.parametrize(
    "page", ["<html><body><td>13:00 x", "<html><li>13:00 a<li>13:01 b", "<html><tr><td>", "<html " + "<" * 50_000]
)
def test_broken_pages_are_read_as_far_as_they_go(read, page) -> None:
    """Nothing raises."""
    assert read(HTML, page, "page-2025-02-19.html").records >= 0


def word(*, comments: bool = False) -> bytes:
    """A document with a heading, a bullet, a table, and a comment if wanted."""
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = "Pool incident", "Ann"
    made.add_heading("Timeline 2025-02-19", 1)
    bullet = made.add_paragraph("13:42 UTC first alert", style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ["Time", "What", "14:02Z", "pool raised"], strict=True
    ):
        cell.text = text
    if comments:
        made.add_comment(bullet.runs[0], text="really?", author="Bo")
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_word_documents_timeline_comments_and_dates_are_events(read) -> None:
    """Bullets and rows by the heading above, comments by their own time, the document's creation by its properties."""
    found = read(DOCX, word(comments=True), "incident.docx")
    assert found.claim.certainty == Certainty.SIGNATURE
    assert [(event["time"], event["message"]) for event in found.events[:2]] == [
        ("2025-02-19T13:42:00.000Z", "first alert"), ("2025-02-19T14:02:00.000Z", "pool raised"),
    ]  # fmt: skip
    comment = next(event for event in found.events if event["action"] == "document.commented")
    assert (comment["actor"], comment["message"]) == ("Bo", "really?")
    assert {event["action"] for event in found.events} >= {"document.created", None}


def test_a_notion_export_reads_its_pages(read, archive) -> None:
    """Timelines in pages and dates among their properties; databases' tables are pages of their own."""
    page = "# Pool incident\n\nDate: February 19, 2025 2:40 PM (GMT+1)\nOwner: Ann\n\n## 2025-02-19 (times are UTC)\n\n- 13:42 first alert\n"
    members = {f"Pool incident {'a' * 32}.md": page, f"Tasks {'b' * 32}_all.csv": "Name,Done\nx,Yes\n"}
    found = read(notion.READER, archive(members), "Export-1.zip")
    assert found.claim.certainty == Certainty.SIGNATURE
    assert [(event["time"], event["message"]) for event in found.events] == [
        ("2025-02-19T13:40:00.000Z", "Pool incident: Date"), ("2025-02-19T13:42:00.000Z", "first alert"),
    ]  # fmt: skip
    assert found.events[0]["latest"] == "2025-02-19T13:40:59.999Z"


def test_a_notion_page_of_the_api_is_created_and_changed_to_the_minute(read) -> None:
    """An object of properties, or a list of them; a page that was never changed has one event."""
    title = {"type": "title", "title": [{"plain_text": "Pool incident"}]}
    page = {"object": "page", "id": "p1", "created_time": "2025-02-19T13:40:00.000Z", "last_edited_time": "2025-02-19T15:00:00.000Z",
            "properties": {"Name": title}, "url": "https://x.example"}  # fmt: skip
    once = page | {
        "id": "p2",
        "last_edited_time": page["created_time"],
        "properties": [{"name": "Name", "value": title}],
    }
    found = read(notion.API, {"object": "list", "results": [page, once]})
    assert found.column("message") == ["Pool incident: created", "Pool incident: changed", "Pool incident: created"]
    assert found.column("latest")[0] == "2025-02-19T13:40:59.999Z"


def test_a_confluence_page_of_the_api_has_its_versions_and_its_timeline(read) -> None:
    """The storage format is read as any page."""
    body = "<h2>2025-02-19 (times are UTC)</h2><ul><li>13:42 first alert</li></ul><ac:structured-macro ac:name='info'/>"
    page = {"id": "1", "type": "page", "title": "Pool", "_expandable": {}, "_links": {"webui": "/x"}, "body": {"storage": {"value": body}},
            "history": {"createdDate": "2025-02-19T15:00:00.000Z", "createdBy": {"displayName": "Ann"}},
            "version": {"when": "2025-02-20T09:00:00.000+01:00", "number": 3, "by": {"displayName": "Bo"}}}  # fmt: skip
    found = read(confluence.API, {"results": [page, {"id": "2", "title": "x", "_expandable": {}}]})
    assert [(event["message"], event["actor"], event["time"]) for event in found.events] == [
        ("Pool: created", "Ann", "2025-02-19T15:00:00.000Z"), ("Pool: changed", "Bo", "2025-02-20T08:00:00.000Z"),
        ("first alert", None, "2025-02-19T13:42:00.000Z"),
    ]  # fmt: skip
    assert "no usable time" in found.rejected[0].reason


ENTITIES = """<?xml version="1.0"?><hibernate-generic datetime="2025-02-21 10:00:00.000">
<object class="ConfluenceUserImpl"><id name="key">k1</id><property name="name"><![CDATA[ann]]></property></object>
<object class="BodyContent"><id name="id">9</id><property name="body"><![CDATA[<h2>2025-02-19</h2><p>13:42 first alert</p>]]></property>
<property name="content" class="Page"><id name="id">1</id></property></object>
<object class="Page"><id name="id">1</id><property name="title"><![CDATA[Pool]]></property><property name="version">1</property>
<property name="creator"><id name="key">k1</id></property><property name="creationDate">2025-02-19 15:00:00.300</property>
<property name="lastModificationDate">2025-02-19 15:00:00.300</property></object>
<object class="Comment"><id name="id">2</id><property name="creationDate"></property></object>
<object class="SpacePermission"><id name="id">3</id></object></hibernate-generic>"""


@pytest.mark.parametrize("packed", [False, True])
def test_a_confluence_export_lays_pages_bodies_and_people_together(read, archive, packed) -> None:
    """Its times have no zone: the one set for the source counts."""
    content = archive({"entities.xml": ENTITIES, "exportDescriptor.properties": "x"}) if packed else ENTITIES
    found = read(confluence.READER, content, "export.zip" if packed else "entities.xml", BERLIN)
    assert found.claim.certainty == Certainty.SIGNATURE
    assert [(event["message"], event["actor"], event["time"]) for event in found.events] == [
        ("Pool: created", "ann", "2025-02-19T14:00:00.300Z"), ("first alert", None, "2025-02-19T12:42:00.000Z"),
    ]  # fmt: skip
    assert set(found.column("zone_basis")) == {"set by a person"}
    assert "no usable time" in found.rejected[0].reason


def test_an_export_that_declares_entities_is_refused(read) -> None:
    """Nothing is expanded."""
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><hibernate-generic><object class="Page"><id>&b;</id></object></hibernate-generic>'
    found = read(confluence.READER, bomb, "entities.xml")
    assert found.events == []
    assert found.notes
    assert "aaaaaaaa" not in json.dumps([each.text for each in found.rejected])
