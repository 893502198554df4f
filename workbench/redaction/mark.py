"""The tags that stand for what was hidden, and the fingerprints by which people may allow a finding."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode

_SUFFIX = 4  # base 32: a million, so that two values of one incident hardly ever share a tag
PERSONAL = ("e-mail", "phone", "card", "iban", "ip", "mac")
HOST = "host"
PERSON = "person"
# Every tag that `tag` can make, and nothing else that a text may hold in brackets.
TAG = re.compile(
    rf"\[(?:secret:[a-z0-9]{{1,24}}(?:-[a-z0-9]{{1,24}}){{0,5}}|{'|'.join((*PERSONAL, HOST))})#[a-z2-7]{{{_SUFFIX}}}\]"
)


def digest(key: bytes, text: str) -> bytes:
    """The keyed hash of a text: without the key nobody can try values until one fits."""
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def letters(key: bytes, text: str) -> str:
    """The same as letters and digits of base 32, as long as anybody could want them."""
    return b32encode(digest(key, text)).decode().rstrip("=")


def fingerprint(key: bytes, rule: str, value: str) -> str:
    """What the allow-file names a finding by: it tells nothing of the value to those who have no key."""
    return digest(key, f"{rule}\0{value}").hex()[:16]


def tag(key: bytes, rule: str, value: str) -> str:
    """What stands in the place of a value: the same for each of its occurrences, so that they can be followed."""
    kind = rule if rule in {*PERSONAL, HOST} else f"secret:{rule}"
    return f"[{kind}#{letters(key, value)[:_SUFFIX].lower()}]"
