"""Personal data: addresses and numbers that are people's, and the many numbers that are not."""

from __future__ import annotations

import pytest

from workbench.redaction.address import addresses_in
from workbench.redaction.personal import personal_in


def found(text):
    """The longest findings of a text by rule."""
    return sorted({(one.rule, text[one.start : one.end]) for one in personal_in(text)})


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        ("mail jo.customer@mail.example, please", "e-mail", "jo.customer@mail.example"),
        ("<mailto:a.b+c@x.co.uk|a>", "e-mail", "a.b+c@x.co.uk"),
        ("/search?email=jo%40mail.example&page=1", "e-mail", "jo%40mail.example"),
        ("jiří@příklad.example", "e-mail", "jiří@příklad.example"),
        ("call +1 212 555 0187 now", "phone", "+1 212 555 0187"),
        ("tel:+4917612345678", "phone", "+4917612345678"),
        ("(212) 555-0187", "phone", "(212) 555-0187"),
        ("212-555-0187", "phone", "212-555-0187"),
        ("030 1234567", "phone", "030 1234567"),
        ("01 23 45 67 89", "phone", "01 23 45 67 89"),
        ("0044 20 7946 0958", "phone", "0044 20 7946 0958"),
        ("card 4242 4242 4242 4242.", "card", "4242 4242 4242 4242"),
        ("5555-5555-5555-4444", "card", "5555-5555-5555-4444"),
        ("378282246310005", "card", "378282246310005"),
        ("to DE89 3704 0044 0532 0130 00 AND MORE", "iban", "DE89 3704 0044 0532 0130 00"),
        ("GB82WEST12345698765432", "iban", "GB82WEST12345698765432"),
        ("from 203.0.113.9:443", "ip", "203.0.113.9"),
        ("GET http://198.51.100.7/x", "ip", "198.51.100.7"),
        ("[2001:db8::17]", "ip", "2001:db8::17"),
        ("00:1a:2b:3c:4d:5e", "mac", "00:1a:2b:3c:4d:5e"),
    ],
)
def test_personal_data_is_found_whole(text, rule, value):
    """Whatever stands around it."""
    assert (rule, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-11-17 14:20:33.123", "17.11.2025 10:20", "02/03/2025 10:20", "01-02-2025", "1739973118.894000", "1739973118894000",
        "0941bfcb166259779222bf5ba0f55a570e91f7d2", "01234567-89ab-cdef-0123-456789abcdef", "f5ddf2c5ffa36c41dcfaf5c172317a13",
        "10 000 000 rows", "rt=0.052 total_ms=209", "+02:00", "+1000000 rows", "INC-2025-0219-1234", "09:00-18:00",
        "trace_id=4242424242424242", "4242424242424243", "42424242424242424242", "0.4242424242424242",
        "v1.2.3.4", "version 1.2.3.4", "Chrome/120.0.0.0", "127.0.0.1", "0.0.0.0", "::1", "10.0.0.5", "300.1.1.1", "1.2.3.4.5",
        "git@github.com:org/repo", "root@web-1", "std::string", "a::b", "12:34:56", "package@1.2.3", "DE00370400440532013000",
    ],
)  # fmt: skip
def test_other_numbers_and_names_stay(text):
    """Times, ids, amounts, versions and addresses that are nobody's."""
    assert found(text) == []


def test_one_value_has_one_spelling():
    """The same phone, card or address is the same value however it is written."""
    for texts in (
        ("+1 212 555-0187", "+1 (212) 5550187"),
        ("4242 4242 4242 4242", "4242424242424242"),
        ("A@x.example", "a@X.example"),
    ):
        assert len({one.value for text in texts for one in personal_in(text) if one.start == 0}) == 1


@pytest.mark.parametrize("text", ["10.1.2.3", "http://192.168.0.7:8080/", "fe80::1", "172.20.0.3", "/10.0.0.5:54321"])
def test_private_addresses_are_hosts(text):
    """They are found as hosts and not as personal data."""
    assert len(list(addresses_in(text, private=True))) == 1
    assert found(text) == []
