"""Readers: from an export's bytes to events, each with the place it came from."""
