"""Makes the sample incident's raw exports, one module an export, from one seed."""

from __future__ import annotations
