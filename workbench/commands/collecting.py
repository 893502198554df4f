"""The verbs that bring sources in: ``new``, ``add`` and ``sources``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbench import terminal
from workbench.analysis.late_evidence import SHOWN, changes
from workbench.clock import format_utc, now_utc
from workbench.commands.asking import ask_zones
from workbench.commands.output import checked_zone, document, load, opened
from workbench.errors import WorkbenchError
from workbench.model import SourceEntry
from workbench.postmortem import as_json as sources_json
from workbench.readers.registry import named
from workbench.store.adding import Added, AddStatus, add_files
from workbench.store.folder import create_folder, open_folder
from workbench.store.register import read_register, write_register

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbench.analysis.late_evidence import Change, Draft
    from workbench.postmortem import Postmortem
    from workbench.timeline.load import Loaded, ReadSource

YEAR_ASSUMED = "assumed from the file's own time"


def new(
    directory: Path, files: Sequence[Path], *, title: str, severity: str, identity: str | None, as_json: bool
) -> int:
    """Makes the folder; adds the files if there are any."""
    from workbench.store.team_file import read_team

    scale = read_team(directory.absolute().parent).severities
    known = scale.of(severity, strict=True)
    if known is None:
        raise WorkbenchError(
            f"{severity!r} is no severity", where="--severity", next_step=f"Use one of {', '.join(scale.names)}."
        )
    folder = create_folder(directory, title=title, severity=known, id=identity)
    terminal.say(f"Made {folder.path}: edit incident.toml and narrative.md, put exports in with `workbench add`.")
    if files:
        return add(directory, files, zone="", year=None, source_format="", link=False, as_json=as_json)
    if as_json:
        document({"path": str(folder.path), "sources": [], "unrecognised": []})
    return 0


def add(
    directory: Path,
    files: Sequence[Path],
    *,
    zone: str,
    year: int | None,
    source_format: str,
    link: bool,
    as_json: bool,
) -> int:
    """Copies the files in, writes sources.toml, and says what each was recognised as."""
    folder = open_folder(directory)
    checked_zone(zone)
    if source_format:
        named(source_format, folder.formats)
    register = read_register(folder.path)
    before = _draft(directory)
    added = add_files(folder, files, link=link)
    write_register(
        register, _stated(added, zone=zone, year=year, source_format=source_format), persons=bool(zone or year)
    )
    postmortem = _read(directory)
    if not as_json and ask_zones(directory, postmortem.loaded, {each.path for each in added}):
        postmortem = _read(directory)
    loaded = postmortem.loaded
    _remember(directory, loaded)
    changed = changes(before, postmortem.draft) if before else []
    if as_json:
        document(
            sources_json(loaded)
            | {"added": [_added_json(each) for each in added], "changed": [each.as_json() for each in changed]}
        )
    else:
        _show_added(added)
        terminal.sources_table(loaded)
        if before:
            _show_changed(changed)
    return 1 if any(each.status == AddStatus.REFUSED for each in added) or loaded.unrecognised else 0


def _stated(added: Sequence[Added], *, zone: str, year: int | None, source_format: str) -> list[SourceEntry]:
    """The rows of sources.toml for the files that were taken, with what was said of them."""
    return [
        SourceEntry(
            path=each.path,
            sha256=each.sha256,
            size=each.size,
            link=each.link,
            zone=zone,
            year=year,
            format=source_format,
            added=now_utc(),
        )
        for each in added
        if each.status in {AddStatus.ADDED, AddStatus.LINKED, AddStatus.ALREADY}
    ]


def _read(directory: Path) -> Postmortem:
    """The incident with its sources read, which shows progress."""
    with terminal.reading() as progress:
        postmortem = opened(directory, progress=progress)
        _ = postmortem.loaded
    return postmortem


def _remember(directory: Path, loaded: Loaded) -> None:
    """What was found of each source goes into sources.toml: format, zone basis, and a year that was only assumed.

    The assumed year is kept because a file's own time does not survive a clone of the folder.
    """
    folder = open_folder(directory)
    register = read_register(folder.path)
    known = {entry.path: entry for entry in register.entries}
    write_register(
        register, [_found(source, known[path]) for source in loaded.sources if (path := source.report.path) in known]
    )


def _found(source: ReadSource, known: SourceEntry) -> SourceEntry:
    """The hash that was written when the file was added stays: it is how a file that changed since is noticed."""
    report = source.as_read or source.report  # what other sources say of its clock is found again each time
    digest = known.sha256 or report.sha256
    entry = SourceEntry(path=report.path, sha256=digest, format=report.format, zone_basis=report.zone_basis)
    if not source.year_assumed or report.first is None:
        return entry
    return replace(entry, year_basis=f"{format_utc(report.first)[:4]}, {YEAR_ASSUMED}")


def _draft(directory: Path) -> Draft | None:
    """What the report says that was written before; None where there is none, or its files need mending first."""
    postmortem = opened(directory)
    if not any(postmortem.folder.output.glob("postmortem.*")):
        return None
    try:
        return postmortem.draft
    except WorkbenchError:
        return None


def _show_changed(changed: Sequence[Change]) -> None:
    """What the new sources change of the draft, before anybody writes it again."""
    if not changed:
        terminal.say("Nothing that the draft says changes.")
        return
    terminal.say(f"This changes the draft in {len(changed):,} {'place' if len(changed) == 1 else 'places'}:")
    shown = [each for each in changed if each.what != "row"] + [each for each in changed if each.what == "row"][:SHOWN]
    for each in shown:
        terminal.say(f"  {each.sentence}")
    if len(changed) > len(shown):
        terminal.say(f"  and {len(changed) - len(shown):,} more rows of the timeline (--json names them all).")


def _show_added(added: Sequence[Added]) -> None:
    for each in added:
        note = f" ({each.note})" if each.note else ""
        terminal.say(f"{each.status}: {each.path}{note}")


def _added_json(each: Added) -> dict[str, object]:
    return {
        "path": each.path,
        "given": each.given,
        "status": str(each.status),
        "sha256": each.sha256,
        "note": each.note,
    }


def sources(
    files: Sequence[Path],
    *,
    zone: str,
    year: int | None,
    source_format: str,
    as_logged: bool,
    rejected: bool,
    as_json: bool,
) -> int:
    """Recognition and accounting of an incident's sources, or of files."""
    with terminal.reading() as progress:
        loaded = load(files, zone=zone, year=year, source_format=source_format, as_logged=as_logged, progress=progress)
    if as_json:
        report = sources_json(loaded)
        if rejected:
            for row, each in zip(report["sources"], loaded.reports, strict=True):
                row["rejected_lines"] = [
                    {"line": one.line, "text": one.text, "reason": one.reason} for one in each.rejected_lines
                ]
        document(report)
    elif rejected:
        terminal.rejected(loaded.reports)
    else:
        terminal.sources_table(loaded)
    return 1 if loaded.unrecognised else 0
