"""What lies on disk: the incident folder and its files, and the cache of what was read."""

from __future__ import annotations
