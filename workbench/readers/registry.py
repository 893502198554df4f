"""Which reader takes a file: every reader bids on the same head, and exactly one may win."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from workbench.errors import FormatError
from workbench.readers.base import MAX_COLUMNS, Certainty, Claim, Head, LazyReader, Reader
from workbench.readers.blocks import decoded, encoding_of, is_binary
from workbench.readers.declared import Declared, parse_declared, proved_declared, read_declared
from workbench.readers.json_documents import beginning_of
from workbench.readers.json_lines import JsonReader
from workbench.readers.text_lines import TextReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEAR_TIE = 0.03
ENTRY_POINTS = "workbench.readers"


class Shape(Flag):
    """What a file looks like at first sight: only the readers of that shape are imported and asked."""

    ARCHIVE = auto()
    JSON = auto()
    MARKUP = auto()
    TABLE = auto()
    TEXT = auto()


ANY = Shape.ARCHIVE | Shape.JSON | Shape.MARKUP | Shape.TABLE | Shape.TEXT

# The readers that need code: the format's name, its module (and the reader's name there, where that is not READER),
# and the shapes that its files have.
SHIPPED: dict[str, tuple[str, Shape]] = {
    "alertmanager": ("alertmanager", Shape.JSON),
    "confluence": ("confluence", Shape.ARCHIVE | Shape.MARKUP),
    "confluence_api": ("confluence:API", Shape.JSON),
    "confluence_html": ("html_page:CONFLUENCE", Shape.MARKUP),
    "csv": ("csv_rows", Shape.TABLE),
    "datadog": ("datadog", Shape.JSON),
    "docx": ("docx", Shape.ARCHIVE),
    "dynatrace": ("dynatrace", Shape.JSON),
    "github": ("github", Shape.JSON),
    "github_records": ("github_records", Shape.JSON),
    "gitlab": ("gitlab", Shape.JSON),
    "gitlab_csv": ("tracker_csv:GITLAB", Shape.TABLE),
    "google_docs": ("html_page:GOOGLE", Shape.MARKUP),
    "google_meet": ("meet", Shape.TEXT),
    "grafana": ("grafana", Shape.JSON),
    "grafana_alerts": ("alertmanager:GRAFANA", Shape.JSON),
    "grafana_csv": ("csv_rows:GRAFANA", Shape.TABLE),
    "html": ("html_page", Shape.MARKUP),
    "jaeger": ("jaeger", Shape.JSON),
    "jira": ("jira", Shape.JSON),
    "jira_csv": ("jira_csv", Shape.TABLE),
    "jira_xml": ("jira_xml", Shape.MARKUP),
    "kernel_uptime": ("kernel_uptime", Shape.TEXT),
    "kibana_csv": ("csv_rows:KIBANA", Shape.TABLE),
    "linear": ("linear", Shape.JSON),
    "linear_csv": ("tracker_csv:LINEAR", Shape.TABLE),
    "loki": ("loki", Shape.JSON),
    "newrelic": ("newrelic", Shape.JSON),
    "notes": ("markdown_notes", Shape.TEXT),
    "notion": ("notion", Shape.ARCHIVE),
    "notion_api": ("notion:API", Shape.JSON),
    "opsgenie": ("opsgenie", Shape.JSON),
    "opsgenie_csv": ("pager_csv:OPSGENIE", Shape.TABLE),
    "pagerduty": ("pagerduty", Shape.JSON),
    "pagerduty_csv": ("pager_csv:PAGERDUTY", Shape.TABLE),
    "prefixed": ("prefixed", Shape.TEXT),
    "prometheus": ("prometheus", Shape.JSON),
    "slack": ("slack", Shape.ARCHIVE | Shape.JSON),
    "splunk_csv": ("csv_rows:SPLUNK", Shape.TABLE),
    "splunk_xml": ("splunk_xml", Shape.MARKUP),
    "statuspage": ("statuspage", Shape.JSON),
    "statuspage_feed": ("statuspage_feed", Shape.MARKUP),
    "teams": ("teams", Shape.JSON),
    "vtt": ("vtt", Shape.TEXT),
    "w3c": ("w3c", Shape.TEXT),
    "windows_event_xml": ("windows_event_xml", Shape.MARKUP),
    "zipkin": ("zipkin", Shape.JSON),
    "zoom_chat": ("zoom_chat", Shape.TEXT),
}
_DECLARED_SHAPE = {"json": Shape.JSON, "text": Shape.TEXT}
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\d{4}-\d{2}-\d{2}|\d{9,}")
_DAY = re.compile(r"\d{4}-\d{2}|\d{1,4}[/.]\d{1,2}[/.]\d{1,4}|\d{9,}|\d[. /-]{1,2}[^\W\d_]{3}|[^\W\d_]{3}\.? \d{1,2}\b")
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Choice:
    """The reader that takes a file, or None with the reason and the nearest ones."""

    reader: Reader | None
    why: str = ""
    nearest: tuple[str, ...] = ()


def head_of(name: str, data: bytes, *, complete: bool = False, members: Iterable[str] = ()) -> Head:
    """What the readers may look at, parsed once for all of them."""
    encoding, mark = encoding_of(data)
    text = (decoded(data[mark:]) if encoding == "utf-8" else data[mark:].decode(encoding, "replace").encode()).decode()
    lines = text.split("\n") if "\n" in text else text.replace("\r", "\n").split("\n")
    whole = lines if complete or len(lines) < 2 else lines[:-1]
    document, records = _json(text, whole, complete=complete)
    return Head(
        name=name,
        data=data,
        members=tuple(members),
        complete=complete,
        lines=tuple(line.rstrip("\r") for line in whole),
        document=document,
        records=records,
    )


def shape_of(head: Head) -> Shape:
    """All that the head may be: a line of logs may look like a table, and JSON may follow a line of something else."""
    if head.members:
        return Shape.ARCHIVE
    first = [line.lstrip("\ufeff \t") for line in head.lines if line.strip("\ufeff \t")][:5]
    if head.document is not None or (first and all(line.startswith("{") for line in first)):
        return Shape.JSON
    shape = Shape.TEXT
    if head.records or any(line.startswith(("{", "[", "var ", "let ", "const ")) for line in first):
        shape |= Shape.JSON
    if b"<" in head.data[:2048]:
        shape |= Shape.MARKUP
    if any(line.count(mark) for line in first for mark in _DELIMITERS):
        shape |= Shape.TABLE
    return shape


def _json(text: str, lines: Sequence[str], *, complete: bool) -> tuple[Any, tuple[Any, ...]]:
    start = text.lstrip()[:1]
    if start not in {"{", "["}:
        return None, ()
    if complete:
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
        else:
            return document, (document,)
    if not _is_json(next((line for line in lines if line.strip()), "")) and (begun := beginning_of(text)) is not None:
        return None, (begun,)
    records = []
    for line in lines[:50]:
        try:
            records.append(orjson.loads(line))
        except orjson.JSONDecodeError:
            continue
    return None, tuple(record for record in records if isinstance(record, dict | list))


def _is_json(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line), dict | list)
    except orjson.JSONDecodeError:
        return False


def reader_of(declared: Declared) -> LazyReader:
    """The engine that a declared format runs on."""
    reader: LazyReader = JsonReader(declared) if declared.engine == "json" else TextReader(declared)
    return reader


def _tomls() -> list[tuple[str, str]]:
    """File name and text of each built-in TOML, by name."""
    found = (each for each in (files("workbench.readers") / "formats").iterdir() if each.name.endswith(".toml"))
    return sorted((each.name, each.read_text("utf-8")) for each in found)


@cache
def declared_formats() -> tuple[Declared, ...]:
    """The built-in declared formats by name, with the samples that prove them."""
    return tuple(parse_declared(text, origin=name) for name, text in _tomls())


@cache
def proved_formats() -> dict[str, Declared]:
    """The built-in declared formats by name, without their samples: what reading needs of them."""
    found = (proved_declared(text, origin=name) for name, text in _tomls())
    return {each.name: each for each in found}


@cache
def _shipped(module: str) -> Reader:
    name, _, attribute = module.partition(":")
    reader: Reader = getattr(import_module(f"workbench.readers.{name}"), attribute or "READER")
    return reader


def built_in(shape: Shape = ANY) -> tuple[Reader, ...]:
    """The readers that ship with the workbench and take files of such a shape: exports first, then lines."""
    modules = (_shipped(module) for module, shapes in SHIPPED.values() if shapes & shape)
    declared = (each for each in proved_formats().values() if _DECLARED_SHAPE[each.engine] & shape)
    return (*modules, *map(reader_of, declared))


@cache
def third_party() -> tuple[Reader, ...]:
    """Readers of other packages, found by the entry-point group ``workbench.readers``."""
    return tuple(point.load() for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name))


def readers(formats: Path | None = None, shape: Shape = ANY) -> tuple[Reader, ...]:
    """Readers for such a shape of file; an incident's own formats (``formats/``) come first and win over the others."""
    return (*_own(formats), *third_party(), *built_in(shape))


def _own(formats: Path | None) -> tuple[Reader, ...]:
    if not formats or not formats.is_dir():
        return ()
    return tuple(reader_of(read_declared(path)) for path in sorted(formats.glob("*.toml")))


def named(name: str, formats: Path | None = None) -> Reader:
    """The reader of this name; raises FormatError naming the nearest where there is none."""
    for reader in (*_own(formats), *third_party()):
        if reader.name == name:
            return reader
    if name in SHIPPED:
        return _shipped(SHIPPED[name][0])
    if name in proved_formats():
        return reader_of(proved_formats()[name])
    raise FormatError(f"there is no format named {name!r}", next_step="`workbench formats` lists them.")


@cache
def signature() -> str:
    """A text that changes whenever a reader is added, taken away or changed."""
    place = Path(__file__).parent
    files = sorted((*place.glob("*.py"), *place.glob("formats/*.toml")))
    facts = [f"{path.name} {(stat := path.stat()).st_size} {stat.st_mtime_ns}" for path in files]
    others = [f"{reader.name} {reader.version}" for reader in third_party()]
    return hashlib.sha256("\n".join((*facts, *others)).encode()).hexdigest()


def choose(head: Head, candidates: Sequence[Reader], *, own: int = 0) -> Choice:
    """The one reader that takes the head. The first ``own`` candidates win over the rest where they fit at all."""
    if not head.members and not head.data.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        return Choice(None, "the file is empty" if not head.data else "the file holds nothing but white space")
    if not head.members and is_binary(head.data):
        return Choice(None, "these are not text bytes, and no reader knows them")
    for group in (candidates[:own], candidates[own:]):
        bids = sorted(
            ((claim, reader) for reader in group if (claim := _bid(reader, head))), key=lambda bid: bid[0], reverse=True
        )
        if bids:
            return _settled(bids)
    return Choice(None, _why(head), _nearest(head))


def bid_for(data: bytes, but: str) -> tuple[Claim, Reader] | None:
    """The best bid of a reader of lines for these bytes, leaving out the one that asks."""
    head = head_of("", data)
    found = (
        (claim, reader)
        for reader in readers(None, shape_of(head))
        if reader.name != but and hasattr(reader, "read_stream") and (claim := _bid(reader, head))
    )
    return max(found, key=lambda bid: bid[0], default=None)


def _bid(reader: Reader, head: Head) -> Claim | None:
    if os.environ.get("WORKBENCH_STRICT"):
        return reader.identify(head)
    try:
        return reader.identify(head)
    except Exception:  # noqa: BLE001 - a reader that stumbles over a head does not know it
        return None


def _settled(bids: list[tuple[Claim, Reader]]) -> Choice:
    (first, winner), *rest = bids
    if rest:
        second, other = rest[0]
        if second.certainty == first.certainty and first.share - second.share < NEAR_TIE and other.name != winner.name:
            if first.certainty != Certainty.SIGNATURE or first.share > second.share:
                return Choice(winner, nearest=(other.name,))
            return _tie(winner, other)
    return Choice(winner)


def _tie(one: Reader, other: Reader) -> Choice:
    both = (one.name, other.name)
    return Choice(None, f"both {one.name} and {other.name} fit; say which with --format", both)


def _why(head: Head) -> str:
    """What kind of file no format fits."""
    if head.document is not None:
        return "JSON in which no format finds a time" if head.document else "JSON with nothing in it"
    if any(isinstance(record, dict) for record in head.records):
        return "JSON, a record a line, in which no format finds a time"
    if any(head.lines[0].count(mark) > MAX_COLUMNS for mark in _DELIMITERS):
        return f"a table of more than {MAX_COLUMNS:,} columns: take out those that say nothing of the incident"
    if Shape.TABLE in shape_of(head) and len({line.count(",") for line in head.lines[:5] if line}) == 1:
        return "a table in which no column holds times, or text of a format that is not known"
    if any(_CLOCK.search(line) for line in head.lines) and not any(_DAY.search(line) for line in head.lines):
        return "its beginning holds clocks without a day, so that nothing says when: put the date before the times"
    if not any(_CLOCK.search(line) for line in head.lines):
        return "no line of its beginning holds a date or a clock, by which events could be told"
    return "no format fits its first lines"


def _nearest(head: Head) -> tuple[str, ...]:
    """Formats to try by hand, by what the first line looks like."""
    first = next((line for line in head.lines if line.strip()), "")
    if first.lstrip().startswith(("{", "[")):
        return ("json_lines",)
    if "," in first or ";" in first or "\t" in first:
        return ("csv",)
    return ("syslog_rfc3164", "log4j", "logfmt")
