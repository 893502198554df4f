"""Network addresses in a text: public ones may be people's, private ones name hosts."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from workbench.redaction.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_FOUR = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_SIX = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}+(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3}|(?:\.\d{1,3}){3})?(?![\w:])"
)
# What stands before four numbers that are a version: v1.2.3.4, version 1.2.3.4, Chrome/120.0.0.0, pkg==1.2.3.4.
_VERSION = re.compile(
    r"(?i)(?:\b(?:v|ver|versions?|release|build|revision|rev|firmware|tag)[\"'.:= ]{0,4}|[A-Za-z]/|[=<>~^]=\s?)$"
)
_SECTION = re.compile(r"(?i)(?:\b(?:section|chapter|clause|rule|oid|table|figure)\s{1,2}|§\s?)$")


def addresses_in(text: str, *, private: bool) -> Iterator[Found]:
    """The private or the public addresses of a text; those that mean this machine, all or nobody are neither."""
    for match in _FOUR.finditer(text):
        address = _parsed(match[0])
        if address and _is_wanted(address, private=private) and not _is_version(text, match.start(), address):
            yield _found(match, address)
    if "::" in text or text.count(":") >= 7:
        for match in _SIX.finditer(text):
            address = _parsed(match[0]) if _is_spelled_out(match[0]) else None
            if address and _is_wanted(address, private=private):
                yield _found(match, address)


def _found(match: re.Match[str], address: Address) -> Found:
    return Found(start=match.start(), end=match.end(), rule="ip", value=str(address))


def _parsed(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_wanted(address: Address, *, private: bool) -> bool:
    if address.is_unspecified or address.is_loopback or address.is_multicast or str(address) == "255.255.255.255":
        return False
    return _is_inside(address) == private


def _is_inside(address: Address) -> bool:
    """Whether it is of a network of one's own; the ranges of documentation count as public, as the world sees them."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return _is_inside(address.ipv4_mapped)
    return any(address in network for network in _INSIDE if network.version == address.version)


_INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


def _is_version(text: str, start: int, address: Address) -> bool:
    before = text[max(0, start - 20) : start]
    if _SECTION.search(before) or (_VERSION.search(before) and not before.endswith(("://", " /"))):
        return not _is_inside(address) or before[-1:].lower() == "v"
    return False


def _is_spelled_out(text: str) -> bool:
    """Whether it cannot be a name of code such as ``a::b``: two groups and a digit at least."""
    if ":::" in text or ("::" not in text and text.count(":") < 6):
        return False
    groups = [group for group in text.split(":") if group]
    return len(groups) >= 2 and any(sign.isdigit() for sign in text)
