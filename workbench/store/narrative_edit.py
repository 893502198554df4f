"""One section of narrative.md written anew: everything else in the file stays as it is to the byte."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from workbench.errors import FolderError
from workbench.store.atomic import ABSENT, write_if_unchanged
from workbench.store.hashing import sha256_bytes
from workbench.store.narrative_file import LINES, NAME, body, headings, layout_of, passages, read_bytes
from workbench.store.toml_file import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbench.store.narrative_file import Passage

LONGEST = 200_000  # signs of a section
_MARK = b"\xef\xbb\xbf"  # of UTF-8, which some editors put first
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#+!|~&])")


class SectionChangedError(FolderError):
    """The section is not the one that was read; ``text`` is what stands there now, None where it is gone."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        what = "the section is not there any more" if text is None else "somebody else has written in this section"
        super().__init__(what, where=NAME, next_step="Nothing was written: look at both, then save again or cancel.")


def write_section(folder: Path, key: str, text: str, *, base: str, order: Sequence[str] = ()) -> None:
    """Puts a text in the place of a section's, on disk when it returns; everything else stays as it is to the byte.

    A section that is not there yet (its ``base`` is "") comes after those that are before it in ``order``. Raises
    SectionChangedError where the section is neither the one with ``base`` nor as wanted already.
    """
    path, wanted = folder / NAME, cleaned(text)
    data = read_bytes(path)
    before = decoded(data or b"", path)
    there = next((one for one in passages(before) if one.key == key), None)
    if wanted == (there.text if there else ""):
        return
    if (there.base if there else "") != base:
        raise SectionChangedError(there.text if there else None)
    after = with_section(before, key, wanted, order=order)
    mark = _MARK if data and data.startswith(_MARK) else b""
    write_if_unchanged(path, mark + after.encode(), read_digest=ABSENT if data is None else sha256_bytes(data))


def cleaned(text: str) -> str:
    """A section's text as it is written: no blank lines around it, and no sign that is none."""
    if len(text) > LONGEST:
        raise FolderError(f"the section has {len(text):,} signs, and {LONGEST:,} are the most", where=NAME)
    lines = re.sub(r"\r\n|[\r\u2028\u2029]", "\n", text)
    shown = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return re.sub(r"\A(?:[ \t]*\n)+", "", shown.rstrip())


def with_section(text: str, key: str, wanted: str, *, order: Sequence[str] = ()) -> str:
    """The markdown text with another text in one of its sections; raises FolderError where others would change too."""
    lines = LINES.findall(text)
    eol = _end(lines[:1])
    known = passages(text)
    at = next((at for at, one in enumerate(known) if one.key == key), None)
    if at is None:
        at = place_for(known, key, order)
        heading = key.partition("\n")[0]
        made = _inserted(lines, known[at - 1].end - 1 if at else _head(text), _headed(text, heading, wanted), eol)
        expected = [*_told(known[:at]), (heading, wanted), *_told(known[at:])]
    else:
        made = _replaced(lines, known[at], wanted, _end(lines[known[at].first - 1 :]))
        rest = [(known[at].heading, wanted)] if wanted or known[at].heading else []
        expected = [*_told(known[:at]), *rest, *_told(known[at + 1 :])]
    if _told(passages(made)) != expected or _outside(made) != _outside(text):
        raise _not_alone(wanted, layout_of(text).level, key)
    return made


def _told(known: Sequence[Passage]) -> list[tuple[str, str]]:
    return [(one.heading, one.text) for one in known]


def _outside(text: str) -> tuple[str, str]:
    """The title, and what stands above it."""
    layout = layout_of(text)
    return (layout.title.text, body(layout.lines, 0, layout.title.first)) if layout.title else ("", "")


def _not_alone(wanted: str, level: int, key: str) -> FolderError:
    """Why a text cannot be the text of one section."""
    begun = next((one for one in headings(wanted.split("\n")) if one.level <= level or not key), None)
    if begun:
        return FolderError(
            f"“{begun.text}” is a heading that would begin a section of its own", where=NAME,
            next_step=f"Begin it with {'#' * min(6, level + 1)}, or add it as a section.",
        )  # fmt: skip
    return FolderError(
        "a block of code, a comment or a heading here does not end with its section", where=NAME,
        next_step="Close it (``` or -->); nothing was written.",
    )  # fmt: skip


def _replaced(lines: list[str], there: Passage, wanted: str, eol: str) -> str:
    """The file's lines with the text of a section replaced; blank lines around it stay."""
    after, end = there.line - 1, there.end - 1
    size = len(there.text.split("\n")) if there.text else 0
    head, tail = lines[:after], lines[after + size : end]
    if not there.text and tail:  # blank lines: the text comes after the first
        head, tail = [*head, tail[0]], tail[1:]
    elif not there.text and there.heading:
        head = [*head, eol]
    if not wanted:
        return "".join([*head, *(tail if not head or head[-1].strip("\r\n") else []), *lines[end:]])
    if not tail and end < len(lines):
        tail = [eol]
    last = lines[after + size - 1] if size else eol
    return _joined(head, _set(wanted, eol, last), [*tail, *lines[end:]], eol)


def _inserted(lines: list[str], at: int, block: str, eol: str) -> str:
    """The file's lines with a section more, a blank line on each side."""
    head, tail = lines[:at], lines[at:]
    before = [] if not head or not head[-1].strip("\r\n") else [eol]
    after = [] if not tail or not tail[0].strip("\r\n") else [eol]
    return _joined([*head, *before], _set(block, eol, eol), [*after, *tail], eol)


def _end(lines: list[str]) -> str:
    """How the first of these lines ends."""
    return (lines[0][len(lines[0].rstrip("\r\n")) :] if lines else "") or "\n"


def _joined(head: list[str], middle: str, tail: list[str], eol: str) -> str:
    """The parts one after another; a line that ended with the file gets an end."""
    ended = [line if line.endswith(("\r", "\n")) else line + eol for line in head]
    return "".join([*ended, middle, *tail])


def _set(text: str, eol: str, last: str) -> str:
    """The text in the file's line ends; it ends as the line ``last``."""
    return text.replace("\n", eol) + last[len(last.rstrip("\r\n")) :]


def place_for(known: Sequence[Passage], heading: str, order: Sequence[str]) -> int:
    """Where a new section comes: after the nearest one that stands before it in the order, else at the end."""
    if heading not in order:
        return len(known) if heading else 0
    earlier = list(order[: order.index(heading)])
    for name in reversed(earlier):
        at = next((at for at, one in enumerate(known) if one.heading == name), None)
        if at is not None:
            return at + 1
    later = set(order) - set(earlier)
    return next((at for at, one in enumerate(known) if one.heading in later), len(known))


def _head(text: str) -> int:
    """The line before which the first section comes."""
    layout = layout_of(text)
    return layout.marks[0].first if layout.marks else len(layout.lines)


def _headed(text: str, heading: str, wanted: str) -> str:
    """A new section whole, its heading of the level that the others have."""
    if not heading:
        return wanted
    layout = layout_of(text)
    words = _MARKUP.sub(r"\\\1", heading)
    return f"{'#' * (layout.level if layout.marks else 2)} {words}\n\n{wanted}".rstrip()
