"""The explorer where no widget can live: its opening view as one small SVG, and the same in words."""

from __future__ import annotations

from workbench.explorer.picture.compose import Picture, picture

__all__ = ["Picture", "picture"]
