"""The sentences that people see when something cannot go on: what, where, and what to do next."""

from __future__ import annotations


class WorkbenchError(Exception):
    """A problem that the message explains and the user can mend (exit status 1).

    ``what`` says what is wrong, ``where`` names the file and line or the key, ``next_step`` says what to do.
    """

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        self.what = what
        self.where = where
        self.next_step = next_step
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole message in one line, such as "where: what. next step."."""
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.next_step:
            parts.append(self.next_step)
        return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts)


class SourceError(WorkbenchError):
    """A source cannot be read at all (missing, a directory, a broken archive)."""


class FormatError(WorkbenchError):
    """A declared format does not prove itself, or two readers claim one file."""


class FolderError(WorkbenchError):
    """An incident folder or one of its people's files is not as it should be."""


class ClockError(WorkbenchError):
    """A time or a zone that a person wrote cannot be understood."""


class ReportError(WorkbenchError):
    """The notebook failed or a document cannot be written."""


class RedactionError(WorkbenchError):
    """What an edition must hide cannot be hidden, or would be told by a finished file."""


class ExplorerError(WorkbenchError):
    """A frame cannot be shown: nothing in it says when."""
