"""A finding and the rule that makes it: code, level, place, and the help that its page prints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.check.case import Case

HELP = "docs/checks.md"


class Level(StrEnum):
    """How much a finding weighs: an error makes the command fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where people mend it: a file of the incident folder, and its line or the key where that is known."""

    file: str
    line: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule says of one place."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what it looks for, why that matters, and how it is mended."""

    code: str
    level: Level
    title: str
    why: str
    mend: str
    find: Callable[[Case], Iterator[Found]]

    @property
    def help(self) -> str:
        """Where its page is."""
        return f"{HELP}#{self.code.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding as it is printed; ``waived`` is the reason that a person gave for letting it stand."""

    code: str
    level: Level
    message: str
    place: Place
    help: str
    waived: str = ""

    def as_json(self) -> dict[str, Any]:
        """A row of ``check --json``."""
        where = {"line": self.place.line} if self.place.line is not None else {"line": None}
        key = {"key": self.place.key} if self.place.key else {}
        waived = {"waived": self.waived} if self.waived else {}
        return {
            "code": self.code, "level": str(self.level), "message": self.message, "file": self.place.file,
            **where, **key, "help": self.help, **waived,
        }  # fmt: skip


class Family:
    """The rules of one family, in the order of their codes."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def rule(
        self, code: str, level: Level, title: str, *, why: str, mend: str
    ) -> Callable[[Callable[[Case], Iterator[Found]]], Callable[[Case], Iterator[Found]]]:
        """Makes a function a rule of the family."""

        def added(find: Callable[[Case], Iterator[Found]]) -> Callable[[Case], Iterator[Found]]:
            self.rules.append(Rule(code=code, level=level, title=title, why=why, mend=mend, find=find))
            return find

        return added
