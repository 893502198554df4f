"""Cleaning of untrusted text."""

from __future__ import annotations

import pytest

from report_facts import HOSTILE
from workbench.report.blocks import Paragraph, Run
from workbench.report.text import clean, safe_link, shortened


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("\x1b[31;1mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "click"),
        ("nul\x00 bell\x07 del\x7f c1\x9b", "nul bell del c1"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("name\u202egpj.exe\u2066x\u2069", "namegpj.exex"),
        ("lone \ud800 high", "lone \ufffd high"),
        ("never \ufffe \ufdd0 \U0001ffff", "never \ufffd \ufffd \ufffd"),
        ("tab\tand 🔥 שלום stay", "tab\tand 🔥 שלום stay"),
    ],
)
def test_text_is_cleaned(dirty: str, expected: str) -> None:
    """What could reorder, hide or break a text goes; letters, tabs and newlines stay."""
    assert clean(dirty) == expected


def test_parts_clean_what_they_are_made_of() -> None:
    """Nobody has to remember to clean: a part cannot hold a control character."""
    run = Run(text="\x1b[1mbold\x00")
    assert Paragraph(text=(run,)).text[0].text == "bold"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//evil.example", "https://user@evil.example/", "https://a b.example",
     "http://", "mailto:a@b.example", 'https://a.example/"onclick="x', "\x01https:evil", "https://[::1"],
)  # fmt: skip
def test_only_plain_web_addresses_are_links(address: str) -> None:
    """A link goes to http or https with a host and without a login, or it is no link."""
    assert not safe_link(address)
    assert not Run(text="x", link=address).link


def test_a_web_address_stays() -> None:
    """An ordinary address is kept as it is."""
    assert safe_link("https://jira.example/browse/OPS-1?a=b#c") == "https://jira.example/browse/OPS-1?a=b#c"


def test_a_long_text_is_cut_at_a_word() -> None:
    """The cut is shown."""
    assert shortened("one two three four", 12) == "one two …"
    assert shortened("short", 12) == "short"


def test_hostile_texts_survive_cleaning_as_utf8() -> None:
    """What is left can be written to any file."""
    assert all(clean(text).encode("utf-8") for text in HOSTILE)
