"""The verb that lists and proves formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.commands.output import document
from workbench.errors import FormatError
from workbench.readers.check import problems
from workbench.readers.declared import Declared, read_declared
from workbench.readers.registry import built_in, declared_formats, named

if TYPE_CHECKING:
    from workbench.readers.base import Reader

PAGE_HEAD = """# Formats that are known

{count} formats. A file is recognised by its content, whatever its name is; `workbench sources FILE` says as what.
What no format here fits may be declared in a TOML file of a screen: [formats.md](formats.md).
`make docs` makes this page.

| name | what it is | such as | what it unfolds into | events are | made of |
|---|---|---|---|---|---|"""


def formats(action: str, name: str | None, *, as_json: bool) -> int:
    """Lists the formats, shows one, or proves one (or all that are built in) from its samples."""
    if action == "list":
        _listed(as_json=as_json)
        return 0
    if action == "page":
        sys.stdout.write(f"{page()}\n")
        return 0
    if action == "show":
        return _shown(name, as_json=as_json)
    return _checked(name, as_json=as_json)


def page() -> str:
    """The table of formats as a page in Markdown, which the documentation holds."""
    rows = [_row(reader) for reader in sorted(built_in(), key=lambda reader: reader.name)]
    cells = (
        (f"`{row['name']}`", row["title"], f"`{row['example']}`", row["unfolds"], row["kind"], row["made_of"])
        for row in rows
    )
    lines = ("| " + " | ".join(cell.replace("|", "\\|") for cell in each) + " |" for each in cells)
    return "\n".join((PAGE_HEAD.format(count=len(rows)), *lines))


def _listed(*, as_json: bool) -> None:
    rows = [_row(reader) for reader in sorted(built_in(), key=lambda reader: reader.name)]
    if as_json:
        document({"formats": rows})
    else:
        names = ("Name", "Example", "What it is", "What it unfolds into", "Events are")
        columns = ("name", "example", "title", "unfolds", "kind")
        terminal.table("", names, [tuple(row[column] for column in columns) for row in rows])


def _row(reader: Reader) -> dict[str, Any]:
    declared = getattr(reader, "declared", None)
    made_of = "TOML" if declared else "Python"
    return {
        "name": reader.name,
        "title": reader.title,
        "example": getattr(reader, "example", ""),
        "unfolds": getattr(reader, "unfolds", ""),
        "kind": reader.kind,
        "made_of": made_of,
        "version": str(reader.version),
    }


def _shown(name: str | None, *, as_json: bool) -> int:
    if not name:
        raise FormatError("no format was named", where="formats show", next_step="`workbench formats` lists them.")
    reader = named(name)
    declared = next((each for each in declared_formats() if each.name == reader.name), None)
    if as_json:
        document(_row(reader) | ({"samples": [each.text for each in declared.samples]} if declared else {}))
        return 0
    rows = [(key.replace("_", " "), value) for key, value in _row(reader).items()]
    if declared:
        rows += [
            ("about", declared.about),
            ("continuation lines", declared.continuation),
            ("time layouts", ", ".join(declared.times)),
        ]
        rows += [(f"sample {number}", each.text) for number, each in enumerate(declared.samples, start=1)]
    terminal.table("", ("", ""), rows)
    return 0


def _checked(name: str | None, *, as_json: bool) -> int:
    every = declared_formats()
    chosen = every if name is None else (_file_or_built_in(name, every),)
    found = {each.name: problems(each, every) for each in chosen}
    if as_json:
        document({"formats": [{"name": each, "problems": wrong} for each, wrong in found.items()]})
    else:
        for each, wrong in found.items():
            terminal.say(f"{each}: {'proved' if not wrong else '; '.join(wrong)}")
    return 1 if any(found.values()) else 0


def _file_or_built_in(name: str, every: tuple[Declared, ...]) -> Declared:
    if Path(name).is_file():
        return read_declared(Path(name))
    for each in every:
        if each.name == name:
            return each
    raise FormatError(
        f"{name!r} is neither a TOML file nor a declared format",
        where="formats check",
        next_step="Name a file, or one of `workbench formats`; readers in Python are proved by their tests.",
    )
