"""The place in a source that proves something: a path and a line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Evidence:
    """A source's path as people see it, and the 1-based line or record in it."""

    source: str
    line: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}"

    @classmethod
    def parse(cls, text: str) -> Evidence | None:
        """The place that ``source:line`` names; None where the text is something else, such as an event's id."""
        source, colon, line = text.strip().rpartition(":")
        if not (colon and source and line.isascii() and line.isdigit() and int(line) > 0):
            return None
        return cls(source=source, line=int(line))
