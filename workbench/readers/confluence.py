"""Confluence: pages of the REST API, and a space's XML export.

API: https://developer.atlassian.com/cloud/confluence/rest/v1/ (content) and v2 (pages). The XML export is
``entities.xml``, alone or in its zip; its times have no zone. Timelines within pages are read as in any document.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim, EventRows, Rejected
from workbench.readers.html_lines import markdown_lines
from workbench.readers.json_records import RecordError, RecordReader, instant, label, mapping
from workbench.readers.timed_notes import TimedNotes
from workbench.readers.written_dates import day_in
from workbench.readers.xml_documents import XmlElements
from workbench.readers.xml_elements import BrokenElement, Element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from workbench.clock import Instant
    from workbench.readers.base import Head, Source

_ENTITIES = "entities.xml"
_CONTENT = {"Page": "page", "BlogPost": "blog post", "Comment": "comment", "Attachment": "attachment"}
_LARGEST = 8 * 1024**3
_MOST_BODIES = 200_000


def add_lines(rows: EventRows, body: str, number: int, source: Source, about: dict[str, Any]) -> list[Rejected]:
    """The lines of a page that begin with a time, as events; those that cannot be dated come back."""
    title = str(about.get("document") or "")
    notes = TimedNotes(source.assumption, day_in(title), kind=Kind.DOCUMENT, about=about, rows=rows)
    for line in markdown_lines(body):
        notes.line(number, line)
    return [each._replace(position=number) for each in notes.batch.rejected]


def _start(source: Source) -> Callable[[EventRows, int, dict[str, Any]], None]:
    def unfold(rows: EventRows, number: int, page: dict[str, Any]) -> None:
        title, kind = label(page.get("title")) or "page", label(page.get("type")) or "page"
        links = mapping(page.get("_links"))
        about = {"document": title, "page": label(page.get("id")), "type": kind, "url": label(links.get("webui"))}
        history, version = mapping(page.get("history")), mapping(page.get("version"))
        before = len(rows)
        made = instant(history.get("createdDate") or page.get("createdAt"), source.assumption)
        changed = instant(version.get("when") or version.get("createdAt"), source.assumption)
        _said(rows, made, number, "created", _person(history.get("createdBy")), about)
        if changed and (made is None or changed.ns != made.ns):
            about_then = about | {"version": label(version.get("number")), "comment": label(version.get("message"))}
            _said(rows, changed, number, "changed", _person(version.get("by")), about_then)
        body = mapping(page.get("body"))
        stored = next((text for key in ("storage", "view", "export_view", "styled_view")
                       if (text := label(mapping(body.get(key)).get("value")))), None)  # fmt: skip
        if stored:
            add_lines(rows, stored, number, source, about)
        if len(rows) == before:
            raise RecordError("no usable time: neither version nor history was exported with the page")

    return unfold


def _said(
    rows: EventRows, when: Instant | None, number: int, said: str, who: str | None, about: dict[str, Any]
) -> None:
    if when:
        rows.add(when, line=number, kind=Kind.DOCUMENT, action=f"document.{said}", actor=who,
                 message=f"{about['document']}: {said}", **about)  # fmt: skip


def _person(value: Any) -> str | None:
    return label(value, "displayName", "publicName", "username", "email")


def _fits(record: Any) -> bool:
    if not isinstance(record, dict) or not {"id", "title"} <= record.keys():
        return False
    return bool({"_expandable", "spaceId"} & record.keys()) or ("_links" in record and "body" in record)


class _Export:
    """The objects of an XML export, page by page."""

    name = "confluence"
    title = "Confluence space export (XML)"
    example = "Confluence-space-export.zip"
    unfolds = "each version of a page, blog post, comment and attachment; lines of pages that begin with a time"
    kind = Kind.DOCUMENT.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """By the member, or by the element that holds all others."""
        known = _ENTITIES in head.members or b"<hibernate-generic" in head.data[:4096]
        return Claim(Certainty.SIGNATURE, 1.0) if known else None

    def read(self, source: Source) -> Iterator[Batch]:
        """The objects in file order."""
        try:
            with source.open() as stream:
                packed = stream.read(4) == b"PK\x03\x04"
            with source.open() as stream:
                if not packed:
                    yield _objects(stream, source)
                    return
                with zipfile.ZipFile(stream) as archive, archive.open(_ENTITIES) as entities:
                    if archive.getinfo(_ENTITIES).file_size > _LARGEST:
                        yield Batch(notes=["The export unpacks to more than 8 GiB, and is not read."])
                        return
                    yield _objects(entities, source)
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
            yield Batch(notes=[f"The archive is damaged ({error}); what came before is read."])


def _objects(stream: IO[bytes], source: Source) -> Batch:
    """People and bodies stand apart from the pages: they are gathered first, then laid together."""
    elements, batch = XmlElements(stream, frozenset({"object"})), Batch()
    people: dict[str, str] = {}
    bodies: dict[str, str] = {}
    contents: list[tuple[int, Element]] = []
    for number, each in enumerate(elements, start=1):
        batch.records += 1
        if isinstance(each, BrokenElement):
            batch.rejected.append(Rejected(number, each.text[:200], each.reason))
            continue
        kind = each.attributes.get("class", "")
        if kind == "ConfluenceUserImpl":
            people[_id(each)] = _property(each, "name") or _property(each, "lowerName")
        elif kind == "BodyContent" and len(bodies) < _MOST_BODIES:
            bodies[_reference(each, "content")] = _property(each, "body")
        elif kind in _CONTENT:
            contents.append((number, each))
    rows = EventRows()
    for number, each in contents:
        batch.rejected += _content(rows, number, each, people, bodies, source)
    batch.events, batch.notes = rows.frame(), elements.notes
    return batch


def _content(
    rows: EventRows, number: int, each: Element, people: dict[str, str], bodies: dict[str, str], source: Source
) -> list[Rejected]:
    kind, title = _CONTENT[each.attributes["class"]], _property(each, "title") or _property(each, "fileName")
    if kind == "comment":  # it has no title: its first words say what it is
        title = " ".join(markdown_lines(bodies.get(_id(each), "")))[:200] or title
    about = {"document": title or kind, "page": _id(each), "type": kind, "version": _property(each, "version") or None}
    made = instant(_property(each, "creationDate"), source.assumption)
    changed = instant(_property(each, "lastModificationDate"), source.assumption)
    first = about["version"] in {None, "1"}
    if first:
        _said(rows, made, number, "commented" if kind == "comment" else "created", _who(each, "creator", people), about)
    if changed and (not first or made is None or changed.ns != made.ns):
        _said(rows, changed, number, "changed", _who(each, "lastModifier", people), about)
    if made is None and changed is None:
        return [Rejected(number, title[:200], "no usable time: neither creationDate nor lastModificationDate")]
    body = bodies.get(_id(each), "") if not _property(each, "originalVersionId") else ""
    return add_lines(rows, body, number, source, about) if body else []


def _id(element: Element) -> str:
    return element.said("id")


def _property(element: Element, name: str) -> str:
    found = next((each for each in element.all("property") if each.attributes.get("name") == name), None)
    return found.whole_text().strip() if found else ""


def _reference(element: Element, name: str) -> str:
    found = next((each for each in element.all("property") if each.attributes.get("name") == name), None)
    return found.said("id") if found else ""


def _who(element: Element, name: str, people: dict[str, str]) -> str | None:
    key = _reference(element, name) or _property(element, f"{name}Name")
    return people.get(key) or key or None


READER = _Export()
API = RecordReader(
    name="confluence_api",
    title="Confluence pages (REST API)",
    example="content.json",
    unfolds="a page created and last changed; its lines that begin with a time",
    kind=Kind.DOCUMENT,
    wrappers=("results",),
    fits=_fits,
    signatures=(frozenset({"_expandable", "title", "_links"}),),
    start=_start,
)
