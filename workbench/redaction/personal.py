"""Personal data in a text: e-mail addresses, numbers of phones, cards and accounts, and public network addresses."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.redaction.address import addresses_in
from workbench.redaction.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = Path(__file__).parent / "personal.toml"

_AT = re.compile(r"@|%40|&#64;")
_LOCAL_BACKWARDS = re.compile(r"[\w.!#$%&'*+/=?^{|}~-]{1,64}+")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}+)\.){1,8}+(?=[^\W\d_]{2,24}|xn--)([\w-]{2,24}+)")
_NO_PERSON = {"git", "hg", "svn"}  # git@host.example:path is a place and no address of a person
_NO_MAIL = {"thread.tacv2", "thread.v2", "thread.skype"}  # ids of channels of Teams

_PLUS = re.compile(r"(?<![\w+])(?:\+|\(\+)(?=[1-9])\d{1,4}\)?(?:[ \u00a0\u202f./()-]{0,3}\d){6,14}(?![\w])")
_GROUPED = re.compile(
    r"(?<![\w.:/+\-(])(?:"
    r"\(0\d{1,4}\)[ \u00a0-]{0,2}\d{2,8}(?:[ \u00a0-]\d{2,8}){0,3}"  # (030) 1234 567
    r"|\([2-9]\d\d\)[ \u00a0]{0,2}[2-9]\d\d[ \u00a0.-]\d{4}"  # (212) 555-0187
    r"|0[1-9](?:[ .]\d\d){4}"  # 01 23 45 67 89
    r"|0[1-9]\d{1,4}[ \u00a0/-]{1,3}\d{3,8}(?:[ \u00a0-]\d{2,8}){0,4}"  # 030 1234567, 0171/123 45 67
    r"|00[1-9]\d{0,2}[ \u00a0]\d{2,5}(?:[ \u00a0-]\d{2,8}){1,4}"  # 0044 20 7946 0958
    r"|[2-9]\d\d([.-])[2-9]\d\d\1\d{4}"  # 212-555-0187; with blanks it could be three numbers of a log
    r")(?![\w:/.-]?\d)(?!\w)"
)
_CARD = re.compile(
    r"(?<![\w.+-])(?:\d{13,18}|\d{4}([ \u00a0-])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ \u00a0-])\d{6}\2\d{4,5})"
    r"(?![\w-]|[.,]\d)"
)  # a run of nineteen digits is a number of a trace far oftener than of a card
_NO_CARD = re.compile(
    r"(?i)(?:trace|span|request|correlation|parent|offset|sequence|seq|lsn|pid|epoch|ns)[\w-]{0,12}[\"']?"
    r"\s{0,2}[:=# ]\s{0,2}[\"']?$"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}+")
_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:-])")
_DATE_IN_IT = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)")
_SHAPED_DATE = re.compile(r"0?\d[ /-]\d{1,2}[ /-]\d{2,4}(?:[ -]\d{2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brand:
    begins: re.Pattern[str]
    digits: frozenset[int]


def personal_in(text: str) -> list[Found]:
    """The personal data of a text; one stretch may be found twice, as a card and as a phone."""
    found = [*_emails(text)] if "@" in text or "%40" in text or "&#64;" in text else []
    if not _has_digit(text):
        return found
    return [*found, *_cards(text), *_ibans(text), *_phones(text), *_macs(text), *addresses_in(text, private=False)]


_DIGIT = re.compile(r"\d")


def _has_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None


def _emails(text: str) -> Iterator[Found]:
    """Around each @: looked for from there, so that a long run of letters costs nothing."""
    for at in _AT.finditer(text):
        domain = _DOMAIN.match(text, at.end())
        local = _LOCAL_BACKWARDS.match(text[max(0, at.start() - 64) : at.start()][::-1])
        if not domain or not local or domain[0].lower() in _NO_MAIL or (at[0] != "@" and "%" in local[0]):
            continue
        name = local[0][::-1].lstrip(".!#$%&'*+/=?^{|}~-")
        name = name.rpartition("=")[2].rpartition("/")[2]  # of a query or a path: ?user=jo@example.org
        if name and name.lower() not in _NO_PERSON:
            start = at.start() - len(name)
            value = f"{name}@{domain[0]}".casefold()
            yield Found(start=start, end=domain.end(), rule="e-mail", value=value)


def _phones(text: str) -> Iterator[Found]:
    for match in _PLUS.finditer(text):
        digits = _digits(match[0])
        if len(digits) <= 15 and len(digits) >= (8 if len(digits) < len(match[0].strip("+(")) else 10):
            yield _number("phone", match, digits)
    for match in _GROUPED.finditer(text):
        digits = _digits(match[0])
        if 9 <= len(digits) <= 15 and not _SHAPED_DATE.fullmatch(match[0]) and not _DATE_IN_IT.search(match[0]):
            yield _number("phone", match, digits)


def _cards(text: str) -> Iterator[Found]:
    for match in _CARD.finditer(text):
        digits = _digits(match[0])
        if _is_card(digits) and not _NO_CARD.search(text[max(0, match.start() - 32) : match.start()]):
            yield _number("card", match, digits)


def _ibans(text: str) -> Iterator[Found]:
    lengths = _tables()[1]
    for match in _IBAN.finditer(text):
        length = lengths.get(match[0][:2], 0)
        value, end = _first(match[0], length)
        following = match[0][end : end + 1]
        if len(value) == length and not following.isalnum() and _is_iban(value):
            yield Found(start=match.start(), end=match.start() + end, rule="iban", value=value)


def _macs(text: str) -> Iterator[Found]:
    for match in _MAC.finditer(text):
        yield Found(start=match.start(), end=match.end(), rule="mac", value=match[0].lower().replace("-", ":"))


def _number(rule: str, match: re.Match[str], digits: str) -> Found:
    return Found(start=match.start(), end=match.end(), rule=rule, value=digits)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _first(text: str, count: int) -> tuple[str, int]:
    """The first so many letters and digits of a text, and where they end."""
    kept = ""
    for at, sign in enumerate(text):
        kept += sign if sign.isalnum() else ""
        if len(kept) == count:
            return kept, at + 1
    return kept, len(text)


def _is_iban(value: str) -> bool:
    moved = value[4:] + value[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _is_card(digits: str) -> bool:
    return any(len(digits) in brand.digits and brand.begins.match(digits) for brand in _tables()[0]) and _luhn(digits)


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(sign), 10)) for sign in digits[-2::-2])
    return (sum(doubled) + sum(int(sign) for sign in digits[::-2])) % 10 == 0


@cache
def _tables() -> tuple[tuple[_Brand, ...], dict[str, int]]:
    table: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    brands = (_Brand(begins=re.compile(row["begins"]), digits=frozenset(row["digits"])) for row in table["card"])
    return tuple(brands), table["iban"]
