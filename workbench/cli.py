"""The ``workbench`` command: one short function a verb, and no logic of its own."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

import click

from workbench.errors import WorkbenchError

_FILE = click.Path(path_type=Path, readable=False)  # an unreadable file is listed with its reason
PATHS = click.argument("files", nargs=-1, required=True, type=_FILE, metavar="DIR-or-FILES...")
DIR = click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
AS_LOGGED = click.option("--as-logged", is_flag=True, help="Leave every clock as it was: put no times right.")
ZONE = click.option("--zone", default="", metavar="ZONE", help="Zone of times that name none: Europe/Berlin or -02:00.")
YEAR = click.option(
    "--year",
    type=click.IntRange(1970, 2200),
    metavar="YYYY",
    help="Year of a source's first line, where its times name none.",
)
AS_OF = click.option(
    "--as-of", metavar="T", help="Only what could be known at this time, such as 2025-11-17T14:10:00Z."
)
FORMAT = click.option("--format", "source_format", default="", metavar="NAME", help="Read the files as this format.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="postmortem-workbench", prog_name="workbench")
def workbench() -> None:
    """From a folder of incident exports to one UTC timeline and a blameless post-mortem."""


@workbench.command()
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--title", required=True, help="What failed, in a sentence.")
@click.option("--severity", required=True, help="SEV-1 to SEV-4, or a name of the team's own scale.")
@click.option("--id", "identity", help="The incident's id; made from the folder's name where it is not given.")
@JSON
def new(
    directory: Path, files: tuple[Path, ...], title: str, severity: str, identity: str | None, as_json: bool
) -> int:
    """Make an incident folder and add the files."""
    from workbench import commands

    return commands.new(directory, files, title=title, severity=severity, identity=identity, as_json=as_json)


@workbench.command()
@DIR
@click.argument("files", nargs=-1, required=True, type=_FILE)
@ZONE
@YEAR
@FORMAT
@click.option("--link", is_flag=True, help="Record where big files are instead of copying them.")
@JSON
def add(
    directory: Path, files: tuple[Path, ...], zone: str, year: int | None, source_format: str, link: bool, as_json: bool
) -> int:
    """Add exports (files, folders, zips) and say what each was recognised as."""
    from workbench import commands

    return commands.add(directory, files, zone=zone, year=year, source_format=source_format, link=link, as_json=as_json)


@workbench.command()
@PATHS
@ZONE
@YEAR
@FORMAT
@AS_LOGGED
@click.option("--rejected", is_flag=True, help="Print each rejected line with its number and the reason.")
@JSON
def sources(files: tuple[Path, ...], **options: Any) -> int:
    """Recognition and accounting, a row a source: lines = events + continuations + blank + rejected."""
    from workbench import commands

    return commands.sources(files, **options)


@workbench.command()
@PATHS
@click.option(
    "--format",
    "out_format",
    type=click.Choice(["jsonl", "csv", "parquet", "timesketch"]),
    default="jsonl",
    show_default=True,
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of standard output.")
@ZONE
@YEAR
@click.option("--since", metavar="T", help="From this time on, such as 2025-11-17T14:00:00Z.")
@click.option("--until", metavar="T", help="Up to this time.")
@click.option("--kind", multiple=True, help="Only events of this kind (log, alert, chat, ...); may be repeated.")
@click.option("--folded", is_flag=True, help="One row for bursts, repeats and flapping alerts, with their count.")
@click.option("--fold", metavar="ID", help="The events that stand folded under this one.")
@AS_LOGGED
def events(files: tuple[Path, ...], **options: Any) -> int:
    """Every event in UTC order."""
    from workbench import commands

    return commands.events(files, **options)


@workbench.command()
@DIR
@click.option("--to", type=click.Choice(["md", "csv", "json"]), help="Print it in this form instead of a table.")
@AS_OF
@JSON
def timeline(directory: Path, to: str | None, as_of: str | None, as_json: bool) -> int:
    """The curated timeline: milestones, key events and what people pinned."""
    from workbench import commands

    return commands.timeline(directory, "json" if as_json else to, as_of=as_of)


@workbench.command()
@DIR
@AS_OF
@JSON
def metrics(directory: Path, as_of: str | None, as_json: bool) -> int:
    """Milestones and intervals, targets met or missed, communications, alerts, people."""
    from workbench import commands

    return commands.metrics(directory, as_json=as_json, as_of=as_of)


@workbench.command()
@DIR
@AS_OF
@JSON
def impact(directory: Path, as_of: str | None, as_json: bool) -> int:
    """What customers felt, from the data."""
    from workbench import commands

    return commands.impact(directory, as_json=as_json, as_of=as_of)


@workbench.command()
@DIR
@click.argument("rules", nargs=-1, metavar="[RULE...]")
@JSON
def backtest(directory: Path, rules: tuple[str, ...], as_json: bool) -> int:
    """When a detector would have fired, what it would have gained, and how often it cries wolf in these files.

    RULE: NAME{label=value} > 0.8 for 5m; NAME > 80% of OTHER for 1m; error rate > 5% for 2m; log "words" >= 10 in 5m.
    Without one, rules are proposed.
    """
    from workbench import commands

    return commands.backtest(directory, rules, as_json=as_json)


@workbench.command()
@DIR
@click.option(
    "--to",
    type=click.Choice(["jira-csv", "github", "gitlab", "linear", "ics"]),
    help="Print them for a tracker's import, or as a calendar, instead of a table.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="With --to: write here.")
@click.option("--as-of", metavar="T", help="How far they were at this time, such as 2025-12-01T00:00:00Z.")
@JSON
def actions(directory: Path, to: str | None, output: Path | None, as_of: str | None, as_json: bool) -> int:
    """The action items, and how far they are by later exports of the tracker."""
    from workbench import commands

    return commands.actions(directory, to=to, output=output, as_of=as_of, as_json=as_json)


@workbench.command()
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR-or-ROOT", default=Path())
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@click.option("--select", default="", metavar="CODES", help="Only these codes or families: PM4,PM601.")
@click.option("--explain", metavar="CODE", help="Print what a code or a family means and how it is mended.")
@JSON
def check(directory: Path, form: str, select: str, explain: str | None, as_json: bool) -> int:
    """Lint the post-mortem, or all below ROOT; exit status 1 where there is an error."""
    from workbench import commands

    if explain is not None:
        return commands.explain(explain)
    return commands.check(directory, form="json" if as_json else form, select=select)


@workbench.command()
@DIR
@click.option(
    "--to",
    default="md,html,docx",
    show_default=True,
    metavar="FORM,...",
    help="The documents to write: md, html, docx, confluence (storage format), notion (a zip to import).",
)
@click.option("--edition", default="internal", show_default=True, help="For whom: internal, executive or public.")
@click.option("--template", default="", metavar="NAME", help="Arrange it as this template does: postmortem-small.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of DIR/output.")
@click.option("--watch", is_flag=True, help="Write it again whenever a file of the incident is saved; Ctrl-C ends it.")
@JSON
def report(directory: Path, to: str, **options: Any) -> int:
    """Write what the incident's notebook shows, arranged by a template, for one kind of reader."""
    from workbench import commands

    return commands.report(directory, to, **options)


@workbench.command()
@click.argument("name", metavar="NAME")
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--to", default="md,html,docx", show_default=True, metavar="md,html,docx", help="The forms to write.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of DIR/output.")
@JSON
def document(name: str, directory: Path, to: str, output: Path | None, as_json: bool) -> int:
    """Write one of the other documents (status-update, runbook, meeting, ...); `document list DIR` names them all."""
    from workbench import commands

    return commands.write_document(name, directory, to, output=output, as_json=as_json)


@workbench.command()
@DIR
@JSON
def verify(directory: Path, as_json: bool) -> int:
    """Work every claim of the published documents out again; exit status 1 where one has drifted."""
    from workbench import commands

    return commands.verify(directory, as_json=as_json)


@workbench.command()
@DIR
@click.option("--edition", default="internal", show_default=True, help="For whom: internal, executive or public.")
@JSON
def redactions(directory: Path, edition: str, as_json: bool) -> int:
    """What an edition of the report hides, by mark and fingerprint; redaction-allow.toml lets one stand."""
    from workbench import commands

    return commands.redactions(directory, edition=edition, as_json=as_json)


@workbench.command()
@click.argument("root", type=click.Path(path_type=Path), metavar="ROOT")
@click.option("--to", default="md,html,docx", show_default=True, metavar="FORM,...", help="The forms of each report.")
@click.option("--edition", default="internal", show_default=True, help="For whom: internal, executive or public.")
@click.option("--template", default="", metavar="NAME", help="Arrange them as this template does.")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="How many reports at a time.")
@click.option("--dask", default="", metavar="ADDRESS", help="Make them on the Dask cluster of this scheduler.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the index here instead of ROOT/output.")
@JSON
def batch(root: Path, to: str, **options: Any) -> int:
    """Write the report of every incident below ROOT that is not up to date, and an index that leads to all."""
    from workbench import commands

    return commands.batch(root, to, **(options | {"jobs": options["jobs"] or 0}))


@workbench.command()
@click.argument("root", type=click.Path(path_type=Path), metavar="ROOT")
@click.option("--quarter", "named", metavar="2025Q4", help="The quarter, in UTC.")
@click.option("--since", metavar="DAY", help="Instead of a quarter: from this day or moment.")
@click.option("--until", metavar="DAY", help="Up to and with this day, or up to this moment.")
@click.option("--team", default="", metavar="NAME", help="This team's incidents only.")
@click.option("--service", default="", metavar="NAME", help="This service's incidents only.")
@click.option("--as-of", metavar="T", help="Look back from this moment; else from the period's end, or now.")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="How many folders are read at a time.")
@click.option("--to", default="", metavar="FORM,...", help="Write it in these forms: md, html, docx.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of ROOT/output.")
@JSON
def review(root: Path, **options: Any) -> int:
    """Review all incidents below ROOT over a quarter: how many, how long, what was learned and what was kept."""
    from workbench import commands

    return commands.review_incidents(root, **(options | {"jobs": options["jobs"] or 0}))


@workbench.command()
@DIR
@click.option("--among", type=click.Path(path_type=Path), metavar="ROOT", help="Look below ROOT instead of beside DIR.")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="How many folders are read at a time.")
@JSON
def similar(directory: Path, among: Path | None, jobs: int | None, as_json: bool) -> int:
    """The earlier incidents most like this one, and why."""
    from workbench import commands

    return commands.similar_incidents(directory, among=among, jobs=jobs or 0, as_json=as_json)


@workbench.command()
@click.argument("action", type=click.Choice(["list", "show", "check", "page"]), default="list")
@click.argument("name", required=False)
@JSON
def formats(action: str, name: str | None, as_json: bool) -> int:
    """The formats it knows; `check FILE` proves a format from its own samples, `page` prints the table as Markdown."""
    from workbench import commands

    return commands.formats(action, name, as_json=as_json)


@workbench.command()
@click.argument("directory", type=click.Path(path_type=Path), metavar="[DIR]", default=Path("workbench-demo"))
def demo(directory: Path) -> int:
    """The sample incident, end to end, from raw exports to its report."""
    from workbench import commands

    return commands.demo(directory)


@workbench.command()
@DIR
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Listen on this port; else on the first free one from 8888."
)
def lab(directory: Path, no_browser: bool, port: int | None) -> int:
    """JupyterLab with this incident's explorer open."""
    from workbench import commands

    return commands.lab(directory, browser=not no_browser, port=port)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command; exit status 0 done, 1 a problem to mend, 2 wrong usage, 3 our bug, 130 interrupted."""
    sys.exit(_status(arguments))


def _status(arguments: list[str] | None) -> int:
    try:
        outcome = workbench.main(args=arguments, prog_name="workbench", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("Interrupted.\n")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except WorkbenchError as error:
        sys.stderr.write(f"Error: {error.sentence()}\n")
        return 1
    except OSError as error:
        sys.stderr.write(
            f"Error: {error.filename or 'a file'}: {error.strerror or error}. Check that it is there and writable.\n"
        )
        return 1
    except Exception:  # noqa: BLE001 - the last door: what arrives here is our bug
        traceback.print_exc()
        sys.stderr.write("This is a bug in the workbench. Please report it with the lines above.\n")
        return 3
    return outcome if isinstance(outcome, int) else 0
