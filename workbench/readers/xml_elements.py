"""One XML element as it was read: its name, attributes and contents, and where it begins."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Element:
    """An element with what stands in it: texts and elements in their order, and the line where it begins (1-based).

    Names are as written, prefixes and all. ``within`` are the elements around it, outermost first, without contents.
    """

    tag: str
    attributes: dict[str, str]
    line: int
    within: tuple[Element, ...] = ()
    parts: list[str | Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text that stands in the element itself, stripped."""
        return "".join(part for part in self.parts if isinstance(part, str)).strip()

    @property
    def children(self) -> list[Element]:
        """The elements in it."""
        return [part for part in self.parts if isinstance(part, Element)]

    def all(self, tag: str) -> list[Element]:
        """The children of this name."""
        return [part for part in self.parts if isinstance(part, Element) and part.tag == tag]

    def find(self, *path: str) -> Element | None:
        """The first element at the end of a path of names."""
        found: Element | None = self
        for tag in path:
            found = next(iter(found.all(tag)), None) if found else None
        return found

    def said(self, *path: str) -> str:
        """All the text at the end of a path, that of inner elements included; "" where there is none."""
        found = self.find(*path)
        return found.whole_text().strip() if found else ""

    def whole_text(self) -> str:
        """The text of the element and of all in it, in reading order."""
        return "".join(part if isinstance(part, str) else part.whole_text() for part in self.parts)


@dataclass(frozen=True, slots=True)
class BrokenElement:
    """A wanted element that could not be read whole, and why."""

    line: int
    text: str
    reason: str
