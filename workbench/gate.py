"""The gate between an incident and its readers: hides what an edition must not tell, and looks through the files."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from workbench.analysis.identities import identities
from workbench.documents.vocabulary import ROLES
from workbench.errors import RedactionError
from workbench.export.redacted import redacted_document, redacted_json, redacted_notebook, texts_of
from workbench.model import Verb, told_of
from workbench.notebook import shown_section
from workbench.redaction.hosts import spellings_of
from workbench.redaction.key import read_key
from workbench.redaction.leak import leaks
from workbench.redaction.people import PersonNames
from workbench.redaction.redactor import Policy, Redactor
from workbench.store.allow_file import read_allowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from workbench.documents.edition import Edition
    from workbench.export.document import Document
    from workbench.postmortem import Postmortem
    from workbench.redaction.redactor import Redaction
    from workbench.store.journal import Journal

_SHOWN = 10
_MACHINE = re.compile(r"(?i)[a-z]{2,}(?:-[a-z]+)*-?\d{1,4}")
# Logins that are nobody's: to hide "root" would take the word out of every root cause.
_ACCOUNTS = frozenset({"root", "admin", "ubuntu", "debian", "jovyan", "runner", "vagrant", "docker", "user", "nobody"})
_WRITTEN = ("incident.toml", "narrative.md", "factors.toml", "actions.toml")


class Gate:
    """One edition's gate: it knows the incident's people, hosts and secrets, and what somebody allowed."""

    def __init__(self, postmortem: Postmortem) -> None:
        self.reader: Edition = postmortem.reader
        self._folder = postmortem.folder.path
        self._settings = postmortem.team.redaction
        self._redactor = self._made(postmortem)
        self._redactor.learn(fact.message for fact in postmortem.measures.findings.rows)
        self._redactor.learn(_written(self._folder))

    def _made(self, postmortem: Postmortem) -> Redactor:
        reader = self.reader
        return Redactor(
            Policy(personal=reader.personal, people=reader.people, hosts=reader.hosts),
            key=lambda: read_key(self._folder, self._settings.key_file),
            people=people_of(postmortem) if reader.people != "named" else (),
            hosts=hosts_of(postmortem) if reader.hosts else (),
            allowed=read_allowed(self._folder, self._settings.allow_file),
            words=postmortem.incident.services,
        )

    def learn(self, document: Document) -> None:
        """Notes the secrets that the document tells anywhere: each is hidden where nothing beside it gives it away."""
        self._redactor.learn(text for section in document.sections for text in texts_of(section))

    def document(self, document: Document) -> Document:
        """The document with what this edition hides hidden."""
        return redacted_document(document, self._redactor)

    def notebook(self, notebook: Any) -> Any:
        """The executed notebook, in the same way; own cells stay where the edition takes them."""
        return redacted_notebook(notebook, self._redactor, keep=self._keeps)

    def plain(self, value: Any) -> Any:
        """Plain JSON or a text, in the same way."""
        return redacted_json(value, self._redactor.text)

    def _keeps(self, cell: Any) -> bool:
        tags = cell["metadata"].get("tags", ())
        ours = shown_section(cell["source"]) or "parameters" in tags or "injected-parameters" in tags
        return self.reader.cells == "all" or bool(ours) or self.reader.name in tags

    @property
    def redactions(self) -> tuple[Redaction, ...]:
        """What was hidden so far."""
        return tuple(self._redactor.redactions)

    def passed(self, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """The files, if nothing is in them that this edition hides; raises RedactionError that names what is.

        It fails closed: where a file cannot be looked into, nothing is written.
        """
        found = leaks(files, self._redactor)
        if found:
            some = "; ".join(str(one) for one in found[:_SHOWN])
            more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise RedactionError(
                f"the {self.reader.name} edition would tell what it must not, and was not written "
                f"(one from before may still be there): {some}{more}",
                where=str(self._folder),
                next_step="Take it out of the text; or, where it is nothing to hide, let it stand in "
                "redaction-allow.toml by its rule and fingerprint.",
            )
        return files


def _written(folder: Path) -> Iterator[str]:
    """What people wrote, as it lies in their files: a picture's label has a value without the words that tell of it."""
    for name in _WRITTEN:
        with suppress(OSError):
            yield (folder / name).read_text("utf-8", "replace")


def people_of(postmortem: Postmortem) -> list[PersonNames]:
    """Everyone whom the incident's sources and files name, with the role that they had."""
    incident, found = postmortem.incident, postmortem.measures.people
    held = {name: role.person for name, role in found.roles.items()}
    roles = {(getattr(incident.people, key) or held.get(key, "")): title for key, title in ROLES.items()}
    names = [*incident.people.participants, *found.participants, *roles, *_written_names(postmortem)]
    own = identities(postmortem.measures.findings.rows, [name for name in names if name], postmortem.team)
    return [
        PersonNames(name=one.name, spellings=frozenset(one.spellings), role=_role(one.spellings, roles)) for one in own
    ]


def _role(spellings: Iterable[str], roles: Mapping[str, str]) -> str:
    return next((roles[each] for each in sorted(spellings) if each in roles), "")


def _written_names(postmortem: Postmortem) -> list[str]:
    """Who owns an action item, who accepted a risk, who judged events, and whom events are told by."""
    from workbench.store.actions_file import read_actions
    from workbench.store.factors_file import read_factors
    from workbench.store.journal import read_journal

    path = postmortem.folder.path
    owners = [one.owner for one in read_actions(path)]
    accepted = [one.accepted_risk.by for one in read_factors(path) if one.accepted_risk]
    return [name for name in (*owners, *accepted, *_judging_names(read_journal(path))) if name]


def _judging_names(journal: Journal) -> Iterator[str]:
    """Those who wrote the journal, whoever they were logged in as, and the witnesses of what was told."""
    for said in journal.judgements:
        if said.author.casefold() not in _ACCOUNTS:
            yield said.author
        if said.verb is Verb.TELL and said.value is not None:
            yield told_of(said).witness


def hosts_of(postmortem: Postmortem) -> list[str]:
    """The names of machines in the events; a service that customers know is none."""
    services = {name.casefold() for name in postmortem.incident.services}
    found = {name for one in postmortem.events["host"].dropna().unique() for name in spellings_of(str(one))}
    folders = {part for path in postmortem.events["source"].dropna().unique() for part in str(path).split("/")[:-1]}
    found |= {name for name in folders if _MACHINE.fullmatch(name)}  # web-1/access.log
    return sorted(name for name in found if name and name.casefold() not in services)
