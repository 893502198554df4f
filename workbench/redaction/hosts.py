"""Names of machines in a text: the known ones, those under suffixes that exist only inside, pods, private addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.redaction.address import addresses_in
from workbench.redaction.found import Found
from workbench.redaction.names import AFTER, any_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUFFIX = re.compile(
    r"(?i)\.(?:svc(?:\.[a-z0-9-]{1,63}){0,3}+|(?:internal|local|localdomain|lan|corp|intra|intranet|home\.arpa|private|consul))"
    r"(?![\w-]|\.\w)"  # jdk.internal.misc is a package and no host
)
# Kubernetes writes the ends of pods' names without vowels and without 0, 1 and 3, so that they make no words.
_POD = re.compile(
    r"-(?=[b-z2-9]{0,9}[2-9])[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}(?![\w-])"
)
_BACKWARDS = re.compile(r"[A-Za-z0-9-](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_NO_HOST = {"localhost", "localhost.localdomain", "host.docker.internal"}
_SHORTEST = 2


class Hosts:
    """Finds the hosts that the incident's data names, and those that show by their shape that they are internal."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        names = {name.strip().lower() for name in known} - _NO_HOST
        names = {name for name in names if len(name) >= _SHORTEST and any(sign.isalnum() for sign in name)}
        # A port or a sentence's full stop may follow; web-1 is not found in web-1-old or in db-web-1.
        self._known = re.compile(rf"(?i)(?<![\w-]){any_of(names)}(?![\w-]){AFTER}") if names else None

    def found_in(self, text: str) -> list[Found]:
        """The hosts of a text, and its private addresses."""
        known = self._known.finditer(text) if self._known else ()
        found = [Found(start=at.start(), end=at.end(), rule="host", value=at[0].lower()) for at in known]
        return [*found, *_inside(text, _SUFFIX), *_inside(text, _POD), *addresses_in(text, private=True)]


def _inside(text: str, ending: re.Pattern[str]) -> Iterator[Found]:
    """Names that end as the pattern says: looked for from the end, so that a long run of letters costs nothing."""
    for match in ending.finditer(text):
        before = _BACKWARDS.match(text[max(0, match.start() - 253) : match.start()][::-1])
        if not before:
            continue
        start = match.start() - before.end()
        name = text[start : match.end()].lower()
        if name not in _NO_HOST:
            yield Found(start=start, end=match.end(), rule="host", value=name)
