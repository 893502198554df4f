"""The verbs that show what was found: ``events``, ``timeline``, ``metrics`` and ``impact``."""

from __future__ import annotations

import csv
import io
import sys
from typing import IO, TYPE_CHECKING, Any

import orjson
import polars as pl

from workbench import terminal
from workbench.clock import format_utc, parse_rfc3339
from workbench.commands.output import document, load, opened
from workbench.errors import WorkbenchError
from workbench.events import schema
from workbench.events.schema import TIME, kinds
from workbench.timeline import folding
from workbench.timeline.frame import merged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from workbench.analysis.curated import Entry

# What the contract gives of an event; the reasons for its time stand in `sources`.
FOLDED = ("count", "times", "last", "why", "template")
COLUMNS = tuple(name for name in schema.COLUMNS if name not in {"zone_basis", "duplicate"})
CHUNK = 50_000
NAMES = {"duration": "impact duration"}  # the incident's own duration is the time to resolve
# A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", *map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20)))  # the last four: full width


def events(
    files: Sequence[Path],
    *,
    out_format: str,
    output: Path | None,
    zone: str,
    year: int | None,
    since: str | None,
    until: str | None,
    kind: tuple[str, ...],
    as_logged: bool,
    folded: bool = False,
    fold: str | None = None,
) -> int:
    """Every event in UTC order, as JSON lines, CSV, Parquet or for Timesketch; folded, or one fold opened."""
    unknown = sorted(set(kind) - set(kinds()))
    if unknown:
        raise WorkbenchError(
            f"{unknown[0]!r} is no kind of event", where="--kind", next_step=f"Use one of {', '.join(kinds())}."
        )
    if out_format == "parquet" and output is None:
        raise WorkbenchError("Parquet is binary", where="--format parquet", next_step="Name a file with -o FILE.")
    with terminal.reading() as progress:
        loaded = load(files, zone=zone, year=year, as_logged=as_logged, progress=progress)
        frame = _folded(_chosen(merged(loaded), since, until, kind), folded=folded, fold=fold)
    terminal.unrecognised(loaded.unrecognised)
    if out_format == "parquet":
        assert output is not None
        with output.open("wb") as binary:
            frame.write_parquet(binary, compression="zstd")
    elif output is not None:
        with output.open("w", encoding="utf-8", newline="") as stream:
            _write(frame, out_format, stream)
    else:
        _write(frame, out_format, sys.stdout)
    return 1 if loaded.unrecognised else 0


def _folded(frame: pl.DataFrame, *, folded: bool, fold: str | None) -> pl.DataFrame:
    """The events as they are, a row a fold, or the events of one."""
    if fold is not None:
        found = folding.folds(frame).filter(pl.col("fold") == fold).get_column("id")
        if not len(found):
            raise WorkbenchError(
                f"nothing stands folded under {fold!r}",
                where="--fold",
                next_step="Take an id that `workbench events --folded` prints with a count above 1.",
            )
        frame = frame.filter(pl.col("id").is_in(found.implode()) | (pl.col("id") == fold))
    return folding.folded(frame).select(*COLUMNS, *FOLDED) if folded and fold is None else frame.select(COLUMNS)


def _chosen(frame: pl.DataFrame, since: str | None, until: str | None, kind: tuple[str, ...]) -> pl.DataFrame:
    time = pl.col("time").cast(pl.Int64)
    if since:
        frame = frame.filter(time >= parse_rfc3339(since, where="--since"))
    if until:
        frame = frame.filter(time <= parse_rfc3339(until, where="--until"))
    return frame.filter(pl.col("kind").is_in(kind)) if kind else frame


def _write(frame: pl.DataFrame, form: str, stream: IO[str]) -> None:
    if form == "jsonl":
        for part in _parts(frame):
            stream.write("".join(_json_line(row) for row in part))
        return
    names = (
        tuple(frame.columns)
        if form == "csv"
        else ("message", "datetime", "timestamp_desc", *[name for name in frame.columns if name != "message"])
    )
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    for part in _parts(frame):
        for row in part:
            writer.writerow([_cell(_value(row, name)) for name in names])


def _parts(frame: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    times = [pl.col(name).cast(pl.Int64) for name, kind in frame.schema.items() if kind == TIME]
    for part in frame.iter_slices(CHUNK):
        yield part.with_columns(times).to_dicts()


def _json_line(row: dict[str, Any]) -> str:
    for name in ("time", "earliest", "latest", "last"):
        if row.get(name) is not None:
            row[name] = format_utc(row[name])
    row["attributes"] = orjson.Fragment(row["attributes"]) if row["attributes"] else {}
    return orjson.dumps(row).decode() + "\n"


def _value(row: dict[str, Any], name: str) -> Any:
    if name in {"time", "earliest", "latest", "last"}:
        return format_utc(row[name])
    if name == "datetime":
        return format_utc(row["time"], digits=6)
    if name == "timestamp_desc":
        return row["action"] or f"{row['kind']} time"
    return row[name]


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def timeline(directory: Path, form: str | None, *, as_of: str | None = None) -> int:
    """The curated timeline as a table, markdown, CSV or JSON."""
    with terminal.reading() as progress:
        postmortem = opened(directory, as_of=as_of, progress=progress)
        entries = postmortem.entries
    terminal.broken_judgements(postmortem.broken_judgements)
    if form == "json":
        from workbench.analysis.curated import unsure_order

        unsure = unsure_order(entries, postmortem.clocks)
        document({"timeline": [_entry_json(entry, unsure.get(entry.id, ())) for entry in entries]})
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("time", "milestone", "event", "who", "evidence"))
        writer.writerows([_cell(terminal.clean(cell)) for cell in _entry_row(entry)] for entry in entries)
    elif form == "md":
        sys.stdout.write(_markdown(entries))
    else:
        terminal.timeline_table(entries)
    return 0


def _entry_row(entry: Entry) -> tuple[str, ...]:
    return format_utc(entry.time), " ".join(entry.milestones), entry.said, entry.actor, " ".join(entry.evidence)


def _entry_json(entry: Entry, unsure: Sequence[str]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "time": format_utc(entry.time),
        "earliest": format_utc(entry.earliest),
        "latest": format_utc(entry.latest),
        "kind": entry.kind,
        "action": entry.action or None,
        "milestones": list(entry.milestones),
        "message": entry.text,
        "original_message": entry.words or None,
        "actor": entry.actor or None,
        "source": entry.source,
        "line": entry.line or None,
        "pinned": entry.pinned,
        "note": entry.note or None,
        "count": entry.count,
        "evidence": list(entry.evidence),
        "order_unsure_with": list(unsure),
    }


def _markdown(entries: Sequence[Entry]) -> str:
    from workbench.export.dialect import escape
    from workbench.report.text import one_line

    out = io.StringIO()
    out.write("| Time (UTC) | Milestone | Event | Who | Evidence |\n|---|---|---|---|---|\n")
    for entry in entries:
        cells = (escape(one_line(cell)) for cell in _entry_row(entry))
        out.write(f"| {' | '.join(cells)} |\n")
    return out.getvalue()


def metrics(directory: Path, *, as_json: bool, as_of: str | None = None) -> int:
    """Milestones, intervals, targets, communications, alerts and people."""
    with terminal.reading() as progress:
        postmortem = opened(directory, as_of=as_of, progress=progress)
        found = postmortem.measures.to_json() | {
            "silences": [each.as_json() for each in postmortem.silences],
            "oncall": [each.to_json() for each in postmortem.oncall],
        }
    terminal.broken_judgements(postmortem.broken_judgements)
    if as_json:
        document(found)
        return 0
    _show_milestones(found["milestones"])
    _show_intervals(found["intervals"], found["targets"])
    _show_communications(found["communications"])
    _show_alerts(found["alerts"])
    _show_people(found["people"])
    _show_oncall(found["oncall"])
    return 0


def _show_oncall(people: list[dict[str, Any]]) -> None:
    """How often each person was paged in all that the sources hold."""
    rows = [
        (each["person"], f"{each['pages']:,}", f"{each['interruptions']:,}", _unless_unknown(each["asleep"]),
         _unless_unknown(each["out_of_hours"]), f"{each['most_incidents_in_a_week']:,}")
        for each in people
    ]  # fmt: skip
    headers = ("Paged", "Pages", "Interruptions", "Asleep", "Out of hours", "Incidents in a week")
    if rows:
        terminal.table("", headers, rows, right=headers[1:])


def _unless_unknown(value: int | None) -> str:
    return "zone not known" if value is None else f"{value:,}"


def _show_intervals(intervals: dict[str, dict[str, Any]], targets: list[dict[str, Any]]) -> None:
    """Each with the moments that it lies between: two of them are called a duration somewhere."""
    rows = [
        (NAMES.get(name, name.replace("_", " ")), f"{each['from']} to {each['to']}", terminal.minutes(each),
         each.get("why", ""))
        for name, each in intervals.items()
    ]  # fmt: skip
    terminal.table("", ("Interval", "Between", "Length", "Why not"), rows)
    held = [
        (each["name"], _limit(each["limit_minutes"]), each["verdict"], terminal.minutes(each), each.get("why", ""))
        for each in targets
    ]
    terminal.table("", ("Target", "Limit", "Verdict", "Measured", "Why not"), held)


def _limit(minutes: float) -> str:
    return f"{minutes:g} min" if minutes < terminal.HOURS_FROM else terminal.length(minutes)


def _show_communications(said: dict[str, Any]) -> None:
    gap = said["longest_gap_minutes"]
    limit = _limit(said["limit_minutes"]) if said["limit_minutes"] is not None else "none set"
    rows = [
        ("Updates of the status page", f"{said['updates']:,}"),
        ("First update (UTC)", said["first_update"] or "none found"),
        ("Longest time without one", terminal.length(gap) if gap is not None else "not known"),
        ("Limit", limit),
        ("Verdict", said["verdict"] or "none"),
    ]
    terminal.table("", ("Communications", ""), rows + ([("Why not", said["why"])] if said["why"] else []))


def _show_alerts(alerts: list[dict[str, Any]]) -> None:
    rows = [
        (each["name"], f"{each['episodes']:,}", f"{each['notifications']:,}", "yes" if each["flapping"] else "no",
         "yes" if each["related"] else "no", each["first"])
        for each in alerts
    ]  # fmt: skip
    headers = ("Alert", "Episodes", "Notifications", "Flapping", "This incident's", "First (UTC)")
    if rows:
        terminal.table("", headers, rows, right=("Episodes", "Notifications"))


def _show_people(people: dict[str, Any]) -> None:
    roles = ("incident_commander", "technical_lead", "communications_lead", "scribe")
    rows = [
        (name.replace("_", " "), role["name"], role["basis"], ", ".join(role["evidence"][:2]))
        for name in roles
        if (role := people[name])
    ]
    if people["acknowledged_by"]:
        rows.append(("acknowledged by", people["acknowledged_by"], "", ""))
    if rows:
        terminal.table("", ("Role", "Who", "Basis", "Evidence"), rows)
    handed = [
        (one["role"].replace("_", " "), one["from"] or "", one["to"], one["time"], ", ".join(one["evidence"][:2]))
        for one in people["handovers"]
    ]
    if handed:
        terminal.table("", ("Handed over", "From", "To", "When (UTC)", "Evidence"), handed)


def _show_milestones(milestones: dict[str, dict[str, Any]]) -> None:
    rows = [
        (
            name,
            each["time"] or "missing",
            each["basis"],
            f"{each['confidence']:.2f}",
            ", ".join(each["evidence"][:2]) or each.get("why", ""),
        )
        for name, each in milestones.items()
    ]
    terminal.table(
        "", ("Milestone", "Time (UTC)", "Basis", "Conf.", "Evidence, or why missing"), rows, right=("Conf.",)
    )


def impact(directory: Path, *, as_json: bool, as_of: str | None = None) -> int:
    """What customers felt."""
    with terminal.reading() as progress:
        found = opened(directory, as_of=as_of, progress=progress).impact.to_json()
    if as_json:
        document(found)
        return 0
    window, requests, people = found["window"], found["requests"], found["customers"]
    rows = [
        ("Window (UTC)", f"{window['from']} to {window['to']}" if window and window["from"] else "not known", ""),
        ("Requests", _known(requests["total"]), ""),
        ("Failed", _failed(requests), requests["basis"]),
        ("Customers affected", _known(people["affected"]), people["basis"]),
        *_order_rows(found["orders"]),
        ("Support tickets", _known(found["tickets"]), found.get("tickets_basis") or ""),
    ]
    terminal.table("", ("What", "Figure", "How it was found"), rows)
    services = [(each["service"], f"{each['failed']:,}", each["from"], each["to"]) for each in found["by_service"]]
    if services:
        terminal.table("", ("Service", "Failed", "From (UTC)", "To (UTC)"), services, right=("Failed",))
    _show_burn((found["slo"] or {}).get("burn_alerts") or [])
    return 0


def _failed(requests: dict[str, Any]) -> str:
    failed, low, high = (requests[name] for name in ("failed", "failed_low", "failed_high"))
    return _known(failed) if low == failed == high else f"{_known(failed)} ({_known(low)} to {_known(high)})"


def _order_rows(orders: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    if orders is None:
        return []
    rows = [("Orders lost", _range(orders["lost_low"], orders["lost_high"]), orders["basis"])]
    if revenue := orders["revenue"]:
        amount = f"{_range(revenue['low'], revenue['high'])} {revenue['currency'] or ''}".strip()
        rows.append(("Revenue lost", amount, revenue["basis"]))
    return rows


def _range(low: float, high: float) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _show_burn(alerts: list[dict[str, Any]]) -> None:
    """When alerts on the error budget would have fired."""
    rows = [
        (
            f"{terminal.length(each['long_minutes'])} and {terminal.length(each['short_minutes'])}",
            f"{each['rate']:g}",
            f"{each['highest_rate']:g}",
            "fires at any time" if each["before"] else each["fired"] or "would not have fired",
        )
        for each in alerts
    ]
    if rows:
        terminal.table(
            "", ("Burn rate over", "Alert at", "Highest", "Fired (UTC)"), rows, right=("Alert at", "Highest")
        )


def _known(value: float | None) -> str:
    return "not known" if value is None else f"{value:,}"
