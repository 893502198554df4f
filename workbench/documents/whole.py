"""What a template puts in whole: sections, blocks, prose, references and links, each kept in its own form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.report.appendices import references_section
from workbench.report.blocks import Header, Missing, Run, Section, plain
from workbench.report.content import NAMES
from workbench.report.front import header_section, picture_section
from workbench.report.sections import HEADINGS, written
from workbench.report.text import safe_link
from workbench.report.wording import references

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from workbench.documents.template import Held
    from workbench.report.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The functions that templates call. ``look`` gives a section of the report; ``label`` names the document."""

    facts: Callable[[], Facts]
    look: Callable[[str], Section]
    held: Held
    label: str

    def words(self) -> dict[str, Callable[[], Any]]:
        """Each function by its name in a template."""
        names = (
            "section", "blocks", "narrative", "has_narrative", "missing", "ref", "link", "masthead", "picture",
            "references",
        )  # fmt: skip
        found: dict[str, Callable[[], Any]] = {name: lambda name=name: getattr(self, name) for name in names}  # type: ignore[misc]
        return found | {"headings": lambda: list(HEADINGS)}

    def section(self, name: str, title: str = "") -> Markup:
        """A section of the report, under its own title or another."""
        found = self._known(name)
        return self.held.put(replace(found, title=title, quiet=False) if title else found)

    def blocks(self, name: str) -> Markup:
        """What stands in a section of the report."""
        return self.held.put(tuple(self._known(name).blocks))

    def narrative(self, heading: str) -> Markup:
        """What people wrote under a heading."""
        return self.held.put(written(self.facts(), heading))

    def has_narrative(self, heading: str) -> bool:
        """Whether people wrote anything there."""
        return bool(written(self.facts(), heading))

    def missing(self, sentence: str) -> Markup:
        """The sentence for a part that is not there."""
        return self.held.put((Missing(sentence=sentence),))

    def ref(self, *names: str) -> Markup:
        """References, each after a blank; none for a reader who is not shown what they lead to."""
        return self.held.put(references(names) if any(names) and self.facts().proofs else plain(" "))

    def link(self, text: str, address: str) -> Markup:
        """A link, where its address may be followed."""
        return self.held.put((Run(text=text, link=safe_link(address)),))

    def masthead(self, words: str = "", title: str = "") -> Markup:
        """The report's header with the document's own name, and without what only a post-mortem has.

        With a ``title`` of its own it is the head of a letter: nothing below the title, and no status.
        """
        made, name = header_section(self.facts()), str(words or self.label)
        headers = (one for one in made.blocks if isinstance(one, Header))
        heads = [replace(one, document=name, stage="", due="", roles=(), facts={}) for one in headers]
        if title:
            heads = [replace(one, title=str(title), status="", window="", services=()) for one in heads]
        return self.held.put(replace(made, blocks=tuple(heads)))

    def picture(self) -> Markup:
        """The picture without the numbers of the timeline's rows."""
        return self.held.put(picture_section(self.facts(), numbered=False))

    def references(self) -> Markup:
        """The evidence in short: of a document without the timeline those rows that it refers to."""
        return self.held.put(references_section(self.facts()))

    def _known(self, name: str) -> Section:
        if name not in NAMES:
            raise LookupError(f"{name!r} is no section; there are {', '.join(NAMES)}")
        return self.look(name)
