"""Zips that are the same, byte for byte, for the same parts: fixed dates, parts in order of their names."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATE = (2000, 1, 1, 0, 0, 0)
# Word wants the content types first.
_FIRST = ("[Content_Types].xml", "_rels/.rels")


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of the parts by their paths."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name in sorted(parts, key=lambda name: (_FIRST.index(name) if name in _FIRST else 9, name)):
            info = ZipInfo(name, date_time=_DATE)
            info.compress_type = ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, parts[name], compresslevel=6)
    return stream.getvalue()


def rewritten(content: bytes) -> bytes:
    """The same zip with its parts in our order and with our dates."""
    with ZipFile(BytesIO(content)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})
