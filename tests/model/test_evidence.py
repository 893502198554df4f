"""Evidence: a source and a line, as text and back."""

from __future__ import annotations

import pytest

from workbench.model import Evidence


@pytest.mark.parametrize("text", ["web-1/access.log:12", "chat 09:15.txt:3", "a:b:1"])
def test_text_and_back(text):
    """What is printed is understood again, also where the path has colons."""
    place = Evidence.parse(text)
    assert place is not None
    assert str(place) == text


@pytest.mark.parametrize("text", ["", "access.log", "access.log:", ":3", "access.log:0", "access.log:x", "a:²"])
def test_other_text_is_no_place(text):
    """Text without a path and a positive line is no evidence."""
    assert Evidence.parse(text) is None
