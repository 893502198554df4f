"""A zip written again so that the same parts give the same bytes: fixed dates, parts in order of their names."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_DATE = (2000, 1, 1, 0, 0, 0)
_FIRST = ("[Content_Types].xml", "_rels/.rels")


def rewritten(content: bytes) -> bytes:
    """The same parts in a fixed order; Word wants the content types first."""
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(stream, "w") as new:
        names = sorted(set(old.namelist()), key=lambda name: (_FIRST.index(name) if name in _FIRST else 9, name))
        for name in names:
            info = ZipInfo(name, date_time=_DATE)
            info.compress_type = ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o644 << 16
            new.writestr(info, old.read(name), compresslevel=6)
    return stream.getvalue()
