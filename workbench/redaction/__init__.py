"""What an edition hides: secrets always; people, personal data and hosts by its policy; and the proof of it."""

from __future__ import annotations
