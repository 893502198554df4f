"""Names of machines in a text: the known ones, those under suffixes that exist only inside, pods, private addresses."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.redaction.address import addresses_in
from workbench.redaction.found import Found
from workbench.redaction.names import AFTER, BEFORE, any_of

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
# Amazon's machines: ec2-203-0-113-25.compute-1.amazonaws.com and ip-10-0-0-1 hold their addresses; and their ids.
_AMAZON = re.compile(
    r"(?i)(?<![\w-])(?:ec2|ip)(?:-\d{1,3}){4}(?![\w-])(?:\.[a-z0-9-]{1,63}){0,6}+|(?<![\w-])i-[0-9a-f]{17}(?![\w-])"
)
_BACKWARDS = re.compile(r"[A-Za-z0-9-](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_PORT = re.compile(r"(?<=[A-Za-z0-9]):\d{1,5}$")
_NO_HOST = {"localhost", "localhost.localdomain", "host.docker.internal"}
_SHORTEST = 2
_SHORTEST_TELLING = 4


class Hosts:
    """Finds the hosts that the incident's data names, and those that show by their shape that they are internal."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        names = {name.strip().lower() for name in known} - _NO_HOST - _parts_of_systems()
        names = {name for name in names if len(name) >= _SHORTEST and any(sign.isalnum() for sign in name)}
        # A port or a sentence's full stop may follow. A name that is no word tells itself in INC-7-web-1-old as well;
        # one that is a word, such as checkout, is not found in checkout-errors.
        told = {name for name in names if is_telling(name)}
        parts = [rf"{BEFORE}(?<!_){any_of(told)}(?!_){AFTER}"] if told else []
        parts += [rf"(?<![\w-]){any_of(names - told)}(?![\w-]){AFTER}"] if names - told else []
        self._known = re.compile(f"(?i)(?:{'|'.join(parts)})") if parts else None

    def found_in(self, text: str) -> list[Found]:
        """The hosts of a text, and its private addresses."""
        known = self._known.finditer(text) if self._known else ()
        found = [Found(start=at.start(), end=at.end(), rule="host", value=at[0].lower()) for at in known]
        found += [
            Found(start=at.start(), end=at.end(), rule="host", value=at[0].lower()) for at in _AMAZON.finditer(text)
        ]
        return [*found, *_inside(text, _SUFFIX), *_inside(text, _POD), *addresses_in(text, private=True)]


@cache
def _parts_of_systems() -> frozenset[str]:
    """Names such as web and db: hiding them would take the words out of every sentence."""
    words = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))["parts_of_systems"]
    return frozenset(words.split())


def spellings_of(name: str) -> set[str]:
    """A machine's name as people write it too: without the port, without the domain."""
    plain = _PORT.sub("", name.strip())
    first = plain.partition(".")[0]
    return {plain, first} if is_telling(first) else {plain}


def is_telling(name: str) -> bool:
    """Whether a host's name cannot be a word: letters and digits, as web-1 and ip-10-0-0-1 have them."""
    return len(name) >= _SHORTEST_TELLING and any(map(str.isdigit, name)) and any(map(str.isalpha, name))


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
