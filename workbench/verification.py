"""Verifies what was published: every claim worked out again, its evidence looked up, the documents made once more."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.errors import ReportError
from workbench.export.forms import FORMS
from workbench.publication import CLAIMS, REPORT, Publication, document_of, report_of
from workbench.store import incident_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from workbench.postmortem import Postmortem

HOLDS, DRIFTED, GONE, NEW = "holds", "drifted", "gone", "new"
CHANGED_EVIDENCE, MISSING_EVIDENCE = "evidence changed", "evidence missing"
CURRENT, OUTDATED, EDITED, MISSING = "current", "out of date", "edited since", "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVerdict:
    """A claim then and now. ``state`` is one of the words above; ``places`` prove it."""

    key: str
    what: str
    state: str
    was: Any = None
    now: Any = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """A file then and now. ``state`` is current, out of date, edited since or missing."""

    path: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One published document with the verdicts on it."""

    document: str
    edition: str
    claims: tuple[ClaimVerdict, ...]
    files: tuple[FileVerdict, ...]

    @property
    def holds(self) -> bool:
        """Whether every claim holds, and every file is the one that this state of the incident makes."""
        return all(one.state == HOLDS for one in self.claims) and all(one.state == CURRENT for one in self.files)

    def as_json(self) -> dict[str, Any]:
        """The document of ``verify --json``; claims that hold are only counted."""
        broken = [one for one in self.claims if one.state != HOLDS]
        return {
            "document": self.document, "edition": self.edition, "holds": self.holds, "claims": len(self.claims),
            "broken": [
                {"key": one.key, "what": one.what, "state": one.state, "was": one.was, "now": one.now,
                 "evidence": list(one.places)}
                for one in broken
            ],
            "files": [{"path": one.path, "state": one.state} for one in self.files],
        }  # fmt: skip


def published(postmortem: Postmortem) -> list[Path]:
    """The files that say what was published."""
    return sorted((postmortem.folder.output / CLAIMS).glob("*.json"))


def manifest_in(path: Path) -> dict[str, Any]:
    """What was published, by one such file; raises ReportError where it is damaged."""
    try:
        value: dict[str, Any] = json.loads(path.read_text("utf-8"))
        whole = _is_whole(value)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise ReportError(
            "this is no list of claims of this version", where=str(path), next_step="Write the document again."
        )
    return value


def _is_whole(value: Any) -> bool:
    """Whether a manifest has all that it is asked for, each of the right kind."""
    texts = [value[key] for key in ("document", "edition", "template", "output")]
    texts += [part for item in value["files"].items() for part in item]
    texts += [one[key] for one in value["claims"] for key in ("key", "what")]
    texts += [proof[key] for one in value["claims"] for proof in one["evidence"] for key in ("place", "sha256")]
    valued = isinstance(value["claims"], list) and all("value" in one for one in value["claims"])
    return value["version"] == 1 and set(value["forms"]) <= set(FORMS) and valued and all(
        isinstance(text, str) for text in texts
    )  # fmt: skip


def verify(postmortem: Postmortem, manifest: Mapping[str, Any]) -> Verification:
    """One manifest against the incident as it is now; ``postmortem`` has to have the manifest's edition."""
    again = _made_again(postmortem, manifest)
    now = {str(one["key"]): one for one in again.claims}
    then = {str(one["key"]): one for one in manifest["claims"]}
    loaded = postmortem.loaded
    sources = {incident_file.NAME, loaded.told_source, *(report.path for report in loaded.reports)}
    verdicts = [_without_source(_claim(one, now.get(key)), sources) for key, one in then.items()]
    verdicts += [
        ClaimVerdict(key=key, what=str(one["what"]), state=NEW, now=one["value"])
        for key, one in now.items()
        if key not in then
    ]
    return Verification(
        document=str(manifest["document"]), edition=str(manifest["edition"]), claims=tuple(verdicts),
        files=tuple(_files(postmortem, manifest, again.files)),
    )  # fmt: skip


def _without_source(verdict: ClaimVerdict, sources: set[str]) -> ClaimVerdict:
    """The verdict, with the evidence named that is no longer in the incident's sources."""
    if verdict.state not in (GONE, CHANGED_EVIDENCE):
        return verdict
    missing = tuple(place for place in verdict.places if place and not {place, place.rpartition(":")[0]} & sources)
    return replace(verdict, state=MISSING_EVIDENCE, places=missing) if missing else verdict


def _claim(then: Mapping[str, Any], now: Mapping[str, Any] | None) -> ClaimVerdict:
    key, what = str(then["key"]), str(then["what"])
    places = tuple(str(one["place"]) for one in then["evidence"])
    if now is None:
        return ClaimVerdict(key=key, what=what, state=GONE, was=then["value"], places=places)
    value = json.loads(json.dumps(now["value"]))
    if value != then["value"]:
        return ClaimVerdict(key=key, what=what, state=DRIFTED, was=then["value"], now=value, places=places)
    hashes = {(one["place"], one["sha256"]) for one in now["evidence"]}
    changed = tuple(str(one["place"]) for one in then["evidence"] if (one["place"], one["sha256"]) not in hashes)
    if changed:
        return ClaimVerdict(key=key, what=what, state=CHANGED_EVIDENCE, was=value, now=value, places=changed)
    return ClaimVerdict(key=key, what=what, state=HOLDS, was=value, now=value, places=places)


def _files(postmortem: Postmortem, manifest: Mapping[str, Any], made: Mapping[str, bytes]) -> Iterator[FileVerdict]:
    place = postmortem.folder.path / str(manifest["output"])
    for name, digest in manifest["files"].items():
        path = place / name
        try:
            on_disk = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            yield FileVerdict(path=str(path), state=MISSING)
            continue
        fresh = hashlib.sha256(made[name]).hexdigest() if name in made else ""
        state = EDITED if on_disk != digest else CURRENT if fresh == digest else OUTDATED
        yield FileVerdict(path=str(path), state=state)


def _made_again(postmortem: Postmortem, manifest: Mapping[str, Any]) -> Publication:
    forms: Sequence[str] = manifest["forms"]
    if manifest["document"] == REPORT:
        return report_of(postmortem, forms, template=str(manifest["template"]))
    return document_of(postmortem, str(manifest["document"]), forms)
