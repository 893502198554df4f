"""The texts of a JSON document such as a notebook: keys, values, and what its cells show."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from workbench.redaction.markup import markup_pieces
from workbench.redaction.piece import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TELLING = re.compile(r"(?i)pass|pwd|secret|token|key|cred|auth|cookie|session|sid")
_LONGEST_PLACE = 40


def parsed(text: str) -> Any:
    """The document; None where the text is none, or nests too deeply to be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def document_pieces(value: Any, member: str = "", where: str = "the document") -> Iterator[Piece]:
    """Every text of a document, told by the key that it stands under."""
    if isinstance(value, str):
        yield Piece(text=value, where=where, member=member)
        if value.lstrip()[:1] == "<":
            yield from markup_pieces(value, member)
    elif isinstance(value, dict):
        yield from _of_object(value, member)
    elif isinstance(value, list):
        yield from _of_list(value, member, where)


def _of_object(value: Mapping[str, Any], member: str) -> Iterator[Piece]:
    for key, item in value.items():
        yield Piece(text=key, where="a key", member=member)
        if isinstance(item, str | int) and _TELLING.search(key):  # what "password" says of its value is lost without it
            yield Piece(text=f"{key}: {item}", where=key[:_LONGEST_PLACE], member=member)
        yield from document_pieces(item, member, key[:_LONGEST_PLACE])


def _of_list(value: Sequence[Any], member: str, where: str) -> Iterator[Piece]:
    """A notebook keeps a text as a list of its lines."""
    if len(value) > 1 and all(isinstance(item, str) for item in value):
        yield from document_pieces("".join(value), member, where)
    for item in value:
        yield from document_pieces(item, member, where)
