"""A format that is data: one TOML file with patterns, time layouts and the samples that prove it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.clock import parse_zone
from workbench.clock.layout import layout
from workbench.errors import FormatError
from workbench.events.schema import Kind
from workbench.readers.base import Certainty

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.clock.zone import Zone

_KEYS = {
    "name",
    "title",
    "example",
    "unfolds",
    "kind",
    "engine",
    "certainty",
    "version",
    "about",
    "continuation",
    "wraps",
    "pattern",
    "time",
    "level",
    "fields",
    "constants",
    "pairs",
    "json",
    "partial",
    "ignore",
    "sample",
    "reject",
}
_JSON_SETTINGS = {"requires", "where", "skip", "untimed", "records", "beside", "inside", "any_time"}
CORE = ("level", "service", "host", "actor", "message", "action", "kind")
_INNER = {
    "time": {"formats", "written", "after", "width", "alone", "later", "zone", "epoch"},
    "level": {"group", "words", "first_char", "search"},
    "pairs": {"group", "names", "roles"},
    "partial": {"group", "value", "same", "joins", "ends"},
    "pattern": {"regex", "stray", "action"},
    "sample": {"text", "time", "level", "message", "zone", "year", "fields"},
    "reject": {"text"},
}
_TYPES: dict[str, type] = {
    **dict.fromkeys(
        ("name", "title", "example", "unfolds", "kind", "engine", "certainty", "about", "continuation"), str
    ),
    **dict.fromkeys(("time", "level", "fields", "constants", "pairs", "json", "partial"), dict),
    **dict.fromkeys(("pattern", "sample", "reject", "ignore"), list),
}
_WORDS: dict[type, str] = {str: "text in quotes", dict: "a table", list: "a list"}
_INDENTED = re.compile(r"""^text *= *(?:'|"){1,3}[ \t]""", re.MULTILINE)
SEE = "See docs/formats.md."
CONTINUATIONS = ("none", "indented", "any")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text that the format must read, and what must come out."""

    text: str
    time: str
    level: str | None = None
    message: str | None = None
    zone: str | None = None
    year: int | None = None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One regular expression for the head of a line (polars syntax: linear time, no look-around)."""

    regex: str
    groups: tuple[str, ...]
    stray: bool = False  # lines that may stand among the others, but by which no file is recognised
    action: str | None = None  # what was done, where such a line says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A declared format as read from its TOML."""

    name: str
    title: str
    kind: str
    engine: str
    certainty: Certainty
    version: int
    about: str = ""
    example: str = ""
    unfolds: str = ""
    continuation: str = "none"
    wraps: bool = False  # its message may be a line of another format
    patterns: tuple[Pattern, ...] = ()
    times: tuple[str, ...] = ()
    time_between: tuple[str, int] | None = None  # the time stands after this mark, this many bytes wide
    time_alone: bool = False  # a line that begins with a time begins an event, whatever follows the time
    written: bool = False  # its times are in any shape that people and locales write
    time_later: str = ""  # the time in a line of the event that is not its first
    zone: Zone | None = None
    digest: str = ""  # of the TOML's text: a format that changed reads its sources again
    epoch: str | None = None  # "auto", or the unit s ms us ns
    level_group: str = "level"
    level_words: dict[str, str] = field(default_factory=dict)
    level_first_char: bool = False
    level_search: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    pairs_group: str | None = None
    pairs_names: dict[str, str] = field(default_factory=dict)
    pairs_roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # The group that says "a part only", and the value that says so; of JSON the text's key, and how a whole one ends.
    partial: tuple[str, str] | None = None
    partial_same: str = ""  # the group that parts of one line have in common
    partial_joins: str = ""  # a whole line that goes on, on a line of its own, with what the line before began
    ignore: tuple[str, ...] = ()
    json_requires: tuple[tuple[str, ...], ...] = ()  # sets of keys, one of which an object must have
    json_where: dict[str, str] = field(default_factory=dict)  # what stands under a key
    json_skip: str = ""  # a key that marks what is no record by being true
    json_untimed: bool = False  # the keys alone tell the format; what has no time is rejected one by one
    json_records: tuple[str, ...] = ()  # the ways to the lists of records in a document; ("*",) takes any with times
    json_beside: tuple[str, ...] = ()  # keys on the way to a record whose attributes belong to it (OTLP's resource)
    json_inside: tuple[str, ...] = ()  # the part of a record that is laid beside the rest of it
    json_any_time: bool = False  # where no key of ``time`` is there, another whose values are times will do
    json_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    rejects: tuple[str, ...] = ()
    indented: bool = False  # an event of the format may begin with white space, as one of its samples does
    origin: str = ""

    def is_record(self, record: dict[str, Any]) -> bool:
        """Whether a JSON object has the keys, and what must stand under them."""
        required = not self.json_requires or any(all(key in record for key in keys) for keys in self.json_requires)
        return required and all(str(record.get(key)) == value for key, value in self.json_where.items())

    @property
    def flush_left(self) -> bool:
        """Whether no event of the format begins with white space, so that indented lines need not be looked at."""
        openings = (pattern.regex[1:].lstrip("(?:").lstrip() for pattern in self.patterns)
        return (
            self.continuation != "none"
            and not any(text.startswith(("\\s", "[ ", "[\\t", ".")) for text in openings)
            and not self.indented
        )


def read_declared(path: Path) -> Declared:
    """The format of a TOML file; raises FormatError naming every key that is wrong."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(
            "this is not TOML: it holds bytes that are not UTF-8", where=path.name, next_step="Save it as UTF-8."
        ) from error
    return parse_declared(text, origin=path.name)


def parse_declared(text: str, *, origin: str) -> Declared:
    """The format that a TOML text declares."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"this is not TOML: {error}", where=origin, next_step="Mend the line it names.") from error
    problems = _type_problems(data) or _problems(data)
    if problems:
        raise FormatError("; ".join(problems), where=origin, next_step=SEE)
    try:
        declared = _declared(data, origin)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise FormatError(f"one of its tables is not as it should be: {error}", where=origin, next_step=SEE) from error
    return replace(declared, digest=hashlib.sha256(text.encode()).hexdigest()[:12])


def proved_declared(text: str, *, origin: str) -> Declared:
    """A format that ships and is proved by the tests: neither checked again nor its samples parsed, which takes longer.

    Its samples stand at the end of its TOML.
    """
    head, mark, proofs = text.partition("\n[[sample]]")
    declared = _declared(tomllib.loads(head) | {"sample": []}, origin)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return replace(declared, digest=digest, indented=bool(_INDENTED.search(mark + proofs)))


def _type_problems(data: dict[str, Any]) -> list[str]:
    """The keys that hold something else than they should: the other checks look inside of them."""
    found = [
        f"{key!r} is {str(value)[:40]}, and should be {_WORDS[_TYPES[key]]}"
        for key, value in data.items()
        if key in _TYPES and not isinstance(value, _TYPES[key])
    ]
    rows = ((name, row) for name in ("pattern", "sample", "reject") if isinstance(data.get(name), list)
            for row in data[name])  # fmt: skip
    for name, row in rows:
        if not isinstance(row, dict):
            found.append(f"[[{name}]] should be a table")
            continue
        wrong = (key for key in ("regex", "text", "time") if not isinstance(row.get(key, ""), str))
        found += [f"{key!r} in [[{name}]] should be text in quotes" for key in wrong]
    return found


def _problems(data: dict[str, Any]) -> list[str]:
    found = [f"unknown key {key!r}" for key in data if key not in _KEYS]
    found += [f"the key {key!r} is missing" for key in ("name", "title", "kind", "sample") if key not in data]
    if data.get("engine", "text") not in {"text", "json"}:
        found.append('engine must be "text" or "json"')
    if data.get("kind") not in {kind.value for kind in Kind}:
        found.append(f"kind {data.get('kind')!r} is none of {', '.join(kind.value for kind in Kind)}")
    if data.get("continuation", "none") not in CONTINUATIONS:
        found.append(f"continuation must be one of {', '.join(CONTINUATIONS)}")
    if data.get("engine", "text") == "text" and not data.get("pattern"):
        found.append("a text format needs at least one [[pattern]]")
    found += _inner_problems(data) + _missing(data)
    if later := data.get("time", {}).get("later"):
        found += _pattern_problems("[time] later", {"regex": later})
    for number, pattern in enumerate(data.get("pattern", []), start=1):
        found += _pattern_problems(f"pattern {number}", pattern)
    return found


def _missing(data: dict[str, Any]) -> list[str]:
    """What an engine cannot do without, and a certainty that is none."""
    found = []
    if data.get("certainty", "shape") not in {each.name.lower() for each in Certainty}:
        found.append("certainty must be one of generic, shape, signature")
    if data.get("engine") == "json" and not data.get("json", {}).get("time"):
        found.append("a json format needs `time`, a list of keys, in [json]")
    times = data.get("time", {})
    if data.get("engine", "text") == "text" and not any(map(times.get, ("formats", "epoch", "written"))):
        found.append("[time] needs `formats`, a list of layouts, or `epoch`, or `written = true`")
    return found


def _inner_problems(data: dict[str, Any]) -> list[str]:
    """Unknown and missing keys of the tables within."""
    found = []
    for name, known in _INNER.items():
        tables = data.get(name, [])
        for table in tables if isinstance(tables, list) else [tables]:
            found += [f"unknown key {key!r} in [{name}]" for key in table if key not in known]
            if name in {"sample", "reject"} and "text" not in table:
                found.append(f"a [[{name}]] has no text")
            if name == "sample" and "time" not in table:
                found.append("a [[sample]] has no time")
    return found


def _pattern_problems(name: str, pattern: dict[str, Any]) -> list[str]:
    regex = pattern.get("regex", "")
    try:
        pl.Series([""]).str.extract_groups(regex)
    except pl.exceptions.PolarsError as error:
        why = str(error).strip().splitlines()[-1].removeprefix("error: ")
        return [f"{name} is no valid expression: {why}"]
    if "time" not in _groups(regex):
        return [f"{name} has no group (?P<time>…)"]
    return [] if regex.startswith("^") else [f"{name} must begin with ^"]


def _groups(regex: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"\(\?P<([A-Za-z_][A-Za-z0-9_]*)>", regex)))


def _declared(data: dict[str, Any], origin: str) -> Declared:
    time, level, json = data.get("time", {}), data.get("level", {}), data.get("json", {})
    for text in time.get("formats", []):
        layout(text)
    zone = time.get("zone")
    partial = data.get("partial")
    pairs = data.get("pairs", {})
    return Declared(
        name=data["name"],
        title=data["title"],
        kind=data["kind"],
        engine=data.get("engine", "text"),
        certainty=Certainty[data.get("certainty", "shape").upper()],
        version=int(data.get("version", 1)),
        about=data.get("about", ""),
        example=data.get("example", ""),
        unfolds=data.get("unfolds", ""),
        continuation=data.get("continuation", "none"),
        wraps=bool(data.get("wraps")),
        patterns=tuple(map(_pattern, data.get("pattern", []))),
        times=tuple(time.get("formats", ())),
        time_between=_between(time),
        time_alone=bool(time.get("alone")),
        written=bool(time.get("written")),
        time_later=time.get("later", ""),
        zone=parse_zone(zone) if zone else None,
        epoch=time.get("epoch"),
        level_group=level.get("group", "level"),
        level_words={str(key).lower(): value for key, value in level.get("words", {}).items()},
        level_first_char=bool(level.get("first_char")),
        level_search=bool(level.get("search")),
        fields=dict(data.get("fields", {})),
        constants=dict(data.get("constants", {})),
        pairs_group=pairs.get("group"),
        pairs_names=dict(pairs.get("names", {})),
        pairs_roles={role: tuple(keys) for role, keys in pairs.get("roles", {}).items()},
        partial=(partial["group"], partial.get("value") or partial["ends"]) if partial else None,
        partial_same=partial.get("same", "") if partial else "",
        partial_joins=partial.get("joins", "") if partial else "",
        ignore=tuple(data.get("ignore", ())),
        **_of_json(json),
        samples=tuple(Sample(**each) for each in data["sample"]),
        rejects=tuple(each["text"] for each in data.get("reject", [])),
        indented=any(str(each["text"])[:1].isspace() for each in data["sample"]),
        origin=origin,
    )


def _of_json(json: dict[str, Any]) -> dict[str, Any]:
    """What the table [json] says."""
    return {
        "json_requires": _alternatives(json.get("requires", ())),
        "json_where": {key: str(value) for key, value in json.get("where", {}).items()},
        "json_skip": json.get("skip", ""),
        "json_untimed": bool(json.get("untimed")),
        "json_records": tuple(json.get("records", ())),
        "json_beside": tuple(json.get("beside", ())),
        "json_inside": tuple(json.get("inside", ())),
        "json_any_time": bool(json.get("any_time")),
        "json_keys": {key: tuple(value) for key, value in json.items() if key not in _JSON_SETTINGS},
    }


def _alternatives(requires: list[Any]) -> tuple[tuple[str, ...], ...]:
    """One list of keys, or several of which one must be there."""
    lists = requires if requires and isinstance(requires[0], list) else [requires] if requires else []
    return tuple(tuple(each) for each in lists)


def _pattern(table: dict[str, Any]) -> Pattern:
    return Pattern(
        regex=table["regex"],
        groups=_groups(table["regex"]),
        stray=bool(table.get("stray")),
        action=table.get("action"),
    )


def _between(time: dict[str, Any]) -> tuple[str, int] | None:
    return (time["after"], int(time["width"])) if "after" in time else None
