"""The pictures that stand beside a document as files: each drawn once, under a name of its own."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from workbench.export.picture import png_of, svg_of

if TYPE_CHECKING:
    from workbench.report.blocks import Figure, Picture

Kind = Literal["svg", "png"]


@dataclass(slots=True, kw_only=True)
class Album:
    """Charts are drawn as ``kind``; ``files`` holds what has been drawn, by its path beside the document."""

    folder: str
    kind: Kind
    files: dict[str, bytes] = field(default_factory=dict)

    def chart(self, block: Figure) -> str:
        """The path of a chart, drawn now."""
        name = re.sub(r"[^a-z0-9-]+", "-", block.name.lower()).strip("-") or "chart"
        if self.kind == "png":
            return self._keep(f"{name}.png", png_of(block.spec))
        svg = svg_of(block.spec, name=name, title=block.title or "Chart", description=block.alt)
        return self._keep(f"{name}.svg", _on_white(svg).encode())

    def picture(self, block: Picture) -> str:
        """The path of a person's own picture."""
        return self._keep(f"picture-{len(self.files) + 1}.png", base64.b64decode(block.data))

    def _keep(self, name: str, content: bytes) -> str:
        path = f"{self.folder}/{name}" if self.folder else name
        self.files[path] = content
        return path


def _on_white(svg: str) -> str:
    """A ground of its own: in a dark page the picture's ink would not be seen."""
    end = svg.index(">") + 1
    return f'{svg[:end]}<rect width="100%" height="100%" fill="#ffffff"/>{svg[end:]}'
