"""Splunk: search results in XML, one or many documents end to end.

Schema: https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch (search/jobs/export).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, instant
from workbench.readers.xml_records import XmlReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.readers.base import EventRows, Source
    from workbench.readers.xml_documents import Sketch
    from workbench.readers.xml_elements import Element

_LEVELS = ("log_level", "level", "severity", "urgency")
_WORD = re.compile(r"\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b")
_LEVEL_WITHIN = 200
_OWN = frozenset({"_raw", "_time", "host", "user"})
_INNER = frozenset({"_bkt", "_cd", "_serial", "_si", "_indextime", "_subsecond", "_sourcetype", "punct", "linecount"})


def _start(source: Source) -> Callable[[EventRows, int, Element], None]:
    seen: set[str] = set()

    def unfold(rows: EventRows, number: int, result: Element) -> None:
        if any(around.attributes.get("preview") == "1" for around in result.within):
            raise RecordError("a preview, which the final results repeat")
        fields = {field.attributes.get("k", ""): _values(field) for field in result.all("field")}
        if not fields.get("_time"):
            raise RecordError("a result without _time: the table of a statistic is no list of events")
        when = instant(fields["_time"][0], source.assumption)
        if when is None:
            raise RecordError(f"no usable time: _time is {fields['_time'][0][:80]!r}")
        identity = next(iter(fields.get("_cd", [])), "")
        known = f"{identity} {fields.get('_bkt')} {when.ns}"
        about = {name: _joined(values) for name, values in fields.items() if name and name not in _OWN | _INNER}
        raw = _joined(fields.get("_raw", []))
        rows.add(
            when, line=number, kind=Kind.LOG, message=raw or _pairs(about), level=_level(fields, raw or ""),
            service=about.get("sourcetype"), host=_joined(fields.get("host", [])),
            actor=_joined(fields.get("user", [])), duplicate=bool(identity) and known in seen,
            fields={name: text for name, text in about.items() if name not in {"source", "sourcetype", "index"}},
            source=about.get("source"), sourcetype=about.get("sourcetype"), index=about.get("index"),
        )  # fmt: skip
        seen.add(known)

    return unfold


def _values(field: Element) -> list[str]:
    """The values of a field: texts, or the raw event, whose found words are marked up in it."""
    if raw := field.find("v"):
        return [raw.whole_text()]
    return [value.whole_text().strip() for value in field.all("value")]


def _joined(values: list[str]) -> str | None:
    return "\n".join(value for value in values if value).strip() or None


def _pairs(about: dict[str, str | None]) -> str:
    return " ".join(f"{name}={text}" for name, text in about.items() if text)


def _level(fields: dict[str, list[str]], raw: str) -> str | None:
    stated = (level for name in _LEVELS for word in fields.get(name, []) if (level := level_of(word)))
    word = _WORD.search(raw[:_LEVEL_WITHIN])
    return next(stated, None) or (level_of(word[0]) if word else None)


def _fits(found: Sketch) -> bool:
    return found.root == "results" and bool({"result", "fieldOrder"} & found.tags)


READER = XmlReader(
    name="splunk_xml",
    title="Splunk search results (XML)",
    example="search_results.xml",
    unfolds="an event a result, at its _time; _raw is the message",
    kind=Kind.LOG,
    tags=frozenset({"result"}),
    fits=_fits,
    start=_start,
)
