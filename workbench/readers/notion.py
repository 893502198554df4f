"""Notion: a workspace's export (Markdown and CSV, or HTML, in a zip), and pages as the API gives them.

Export: https://www.notion.com/help/export-your-content. API: https://developers.notion.com/reference/page; its times
are known to the minute. Names end in 32 hexadecimal digits; of a database's two tables ``_all.csv`` has all rows.
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

from workbench.clock import Instant, read_instant
from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim, Rejected
from workbench.readers.html_lines import markdown_lines
from workbench.readers.json_records import RecordReader, instant, label, listing, mapping, moment
from workbench.readers.timed_notes import TimedNotes
from workbench.readers.written_dates import day_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.readers.base import EventRows, Head, Source

_PAGE = re.compile(r"^(?:.*/)?(?P<title>[^/]*?)[ _](?P<id>[0-9a-f]{32})(?:_all)?\.(?P<kind>md|html|csv)$")
_PROPERTY = re.compile(
    r"^(?P<name>(?:Created|Last edited)(?: time)?|Date|(?:Started?|Resolved|Detected)(?: at)?|When|Time):"
    r"\s+(?P<value>\S.*)$"
)
_WRITTEN = re.compile(
    r"@?(?P<day>[A-Z][a-z]{2,8} \d{1,2}, \d{4})"
    r"(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*(?P<half>[AaPp][Mm])?)?"
    r"(?:\s*\((?P<zone>[A-Z]{2,4}(?:[+-]\d{1,2})?)\))?"
)
_MEMBER_BYTES = 32 * 1024 * 1024
_MINUTE = 60 * 10**9


class _NotionExport:
    """The pages of an export."""

    name = "notion"
    title = "Notion export (Markdown and CSV, HTML)"
    example = "Export-<uuid>.zip"
    unfolds = "each line, bullet or table row of a page that begins with a time; dates among its properties"
    kind = Kind.DOCUMENT.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """By the names of most members."""
        pages = sum(bool(_PAGE.match(name)) for name in head.members)
        return Claim(Certainty.SIGNATURE, 1.0) if pages and pages * 2 >= len(head.members) else None

    def read(self, source: Source) -> Iterator[Batch]:
        """Each page is a record, in the order of the names."""
        pages = events = 0
        try:
            with source.open() as stream, zipfile.ZipFile(stream) as archive:
                for number, name in enumerate(sorted(archive.namelist()), start=1):
                    batch = _page(archive, name, number, source)
                    pages += batch.records
                    events += 0 if batch.events is None else len(batch.events)
                    yield batch
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
            yield Batch(notes=[f"The archive is damaged ({error}); what came before is read."])
        if not events:
            yield Batch(notes=[f"None of its {pages} pages has a line, bullet or table row that begins with a time."])


def _page(archive: zipfile.ZipFile, name: str, number: int, source: Source) -> Batch:
    match = _PAGE.match(name)
    if match is None or match["kind"] == "csv":  # the rows of a database are pages of their own
        return Batch()
    if archive.getinfo(name).file_size > _MEMBER_BYTES:
        return Batch(records=1, rejected=[Rejected(number, name, "a page larger than 32 MiB")])
    text = archive.read(name).decode("utf-8-sig", "replace")
    lines = markdown_lines(text) if match["kind"] == "html" else text.replace("\r\n", "\n").split("\n")
    about = {"document": match["title"], "member": name}
    notes = TimedNotes(source.assumption, day_in(match["title"]), kind=Kind.DOCUMENT, about=about)
    for at, line in enumerate(lines, start=1):
        told = len(notes.rows)
        notes.line(number, line)
        if len(notes.rows) == told and at < 40 and (stated := _PROPERTY.match(line.strip())):
            _dated(notes, number, stated, source)
    rejected = [each._replace(position=number, reason=f"{name}: {each.reason}") for each in notes.batch.rejected]
    return Batch(events=notes.rows.frame(), rejected=rejected, records=1)


def _dated(notes: TimedNotes, number: int, stated: re.Match[str], source: Source) -> None:
    """A date among the properties of a page; a range is its begin and its end."""
    for part in stated["value"].split("\u2192"):
        if when := written_instant(part.strip(), source):
            said = f"{notes.about['document']}: {stated['name']}"
            notes.rows.add(when, line=number, kind=Kind.DOCUMENT, message=said, property=stated["name"], **notes.about)


def written_instant(text: str, source: Source) -> Instant | None:
    """``December 1, 2024 10:30 AM (GMT+1)``: to the minute, or to the day where it has no clock."""
    match = _WRITTEN.match(text)
    day = day_in(match["day"]) if match else None
    if match is None or day is None:
        return read_instant(text, source.assumption) if re.match(r"\d{4}-\d{2}-\d{2}T", text) else None
    hour = int(match["hour"] or 0)
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"].lower() == "pm")
    zone = re.match(r"(?:GMT|UTC)([+-]\d{1,2})?$", match["zone"] or "")
    offset = f"{int(zone[1] or 0):+03d}:00" if zone else ""
    found = read_instant(f"{day.isoformat()}T{hour:02d}:{match['minute'] or '00'}:00{offset}", source.assumption)
    wide = 60 if match["hour"] else 86_400
    return Instant(found.ns, found.earliest, found.latest + (wide - 1) * 10**9, found.basis) if found else None


def _start(source: Source) -> Callable[[EventRows, int, dict[str, Any]], None]:
    seen: set[tuple[str | None, int]] = set()

    def unfold(rows: EventRows, number: int, page: dict[str, Any]) -> None:
        title = _title(page.get("properties")) or label(page.get("id")) or "page"
        for key, who, said in (
            ("created_time", "created_by", "created"),
            ("last_edited_time", "last_edited_by", "changed"),
        ):
            if said == "created" or (
                page.get(key) != page.get("created_time") and instant(page.get(key), source.assumption)
            ):
                when = moment(page, key, assumption=source.assumption)
                whole = Instant(when.ns, when.earliest, max(when.latest, when.earliest + _MINUTE - 1), when.basis)
                identity = (label(page.get("id")), when.ns)
                rows.add(
                    whole, line=number, kind=Kind.DOCUMENT, action=f"document.{said}", message=f"{title}: {said}",
                    actor=label(page.get(who), "name"), document=title, page=label(page.get("id")),
                    url=label(page.get("url")), duplicate=identity in seen,
                )  # fmt: skip
                seen.add(identity)

    return unfold


def _title(properties: Any) -> str | None:
    """The property of type title: an object of properties in the API, a list of names and values in some exports."""
    parts = properties.values() if isinstance(properties, dict) else listing(properties)
    for part in map(mapping, parts):
        inner = part if "title" in part else mapping(part.get("value"))
        texts = [text for each in listing(inner.get("title")) if (text := label(each, "plain_text"))]
        if texts:
            return "".join(texts)
    return None


def _fits(record: Any) -> bool:
    return (
        isinstance(record, dict) and str(record.get("object")) in {"page", "database"} and "last_edited_time" in record
    )


READER = _NotionExport()
API = RecordReader(
    name="notion_api",
    title="Notion pages (API)",
    example="pages.json",
    unfolds="a page created and last changed, to the minute",
    kind=Kind.DOCUMENT,
    wrappers=("results",),
    fits=_fits,
    signatures=(frozenset({"last_edited_time", "object", "parent"}),),
    start=_start,
)
