"""The reader that XML exports share: elements of some names are the records, and each unfolds into events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.readers.base import Certainty, Claim
from workbench.readers.json_records import FLUSH_EVENTS, Ledger
from workbench.readers.xml_documents import XmlElements, sketch
from workbench.readers.xml_elements import BrokenElement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.readers.base import Batch, EventRows, Head, Source
    from workbench.readers.xml_documents import Sketch
    from workbench.readers.xml_elements import Element

_EXCERPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlReader:
    """An XML export. ``start`` makes the function that unfolds one element, fresh for each source."""

    name: str
    title: str
    example: str
    unfolds: str
    kind: str
    tags: frozenset[str]
    fits: Callable[[Sketch], bool]
    start: Callable[[Source], Callable[[EventRows, int, Element], None]]
    structured: bool = True
    version: int = 1

    def identify(self, head: Head) -> Claim | None:
        """By the outermost tag, and the names in sight."""
        if head.members or b"<" not in head.data[:4096]:
            return None
        found = sketch(head.data)
        return Claim(Certainty.SIGNATURE, 1.0) if found and self.fits(found) else None

    def read(self, source: Source) -> Iterator[Batch]:
        """The elements in file order."""
        ledger, unfold = Ledger(), self.start(source)
        with source.open() as stream:
            elements = XmlElements(stream, self.tags)
            for element in elements:
                ledger.records += 1
                if isinstance(element, BrokenElement):
                    ledger.reject(element.text, f"{element.reason} (line {element.line})")
                else:
                    ledger.attempt(element, " ".join(element.whole_text().split())[:_EXCERPT], unfold)
                if len(ledger.rows) >= FLUSH_EVENTS:
                    yield ledger.batch()
        ledger.notes += elements.notes
        if not ledger.records:
            ledger.notes.append("The document holds no record.")
        yield ledger.batch()
