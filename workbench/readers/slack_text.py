"""What a Slack message says, as plain text: mentions by name, entities unescaped, attachments and blocks flattened."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from workbench.readers.json_records import MAX_DEPTH, label, listing, mapping

_MARK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")

Names = Mapping[str, str]


def text_of(message: dict[str, Any], names: Names) -> str:
    """The message's words; those of its attachments and blocks follow where the text does not say the same."""
    parts = [plain(message.get("text"), names)]
    if not parts[0]:
        parts += [block_text(block, names) for block in listing(message.get("blocks"))]
    for attachment in map(mapping, listing(message.get("attachments"))):
        parts += [part for part in _attachment(attachment, names) if part and part not in parts[0]]
    return "\n".join(dict.fromkeys(part for part in parts if part))


def plain(text: object, names: Names) -> str:
    """Slack's markup as people read it."""
    if not isinstance(text, str):
        return ""
    return html.unescape(_MARK.sub(lambda match: _mark(match, names), text)).strip()


def _mark(match: re.Match[str], names: Names) -> str:
    sigil, target, shown = match[1], match[2], match[3]
    if sigil == "@":
        return f"@{names.get(target) or shown or target}"
    if sigil == "#":
        return f"#{shown or names.get(target) or target}"
    if sigil == "!":
        return shown or f"@{target.partition('^')[0]}"
    if shown and shown != target and not target.endswith(shown):
        return f"{shown} ({target})"
    return shown or target


def _attachment(attachment: dict[str, Any], names: Names) -> list[str]:
    parts = [plain(attachment.get(key), names) for key in ("pretext", "title", "text")]
    for each in map(mapping, listing(attachment.get("fields"))):
        name, value = plain(each.get("title"), names), plain(each.get("value"), names)
        parts.append(f"{name}: {value}" if name and value else name or value)
    parts += [block_text(block, names) for block in listing(attachment.get("blocks"))]
    return parts if any(parts) else [plain(attachment.get("fallback"), names)]


def block_text(block: Any, names: Names, depth: int = 0) -> str:
    """The words of a block of Block Kit or of rich text, in reading order."""
    if depth > MAX_DEPTH or not isinstance(block, dict):
        return plain(block, names)
    kind = str(block.get("type") or "")
    if kind in {"user", "channel", "usergroup", "broadcast", "emoji", "date"}:
        return _element(kind, block, names)
    if kind == "link":
        return plain(block.get("text"), names) or str(block.get("url") or "")
    parts = [block_text(block[key], names, depth + 1) if isinstance(block[key], dict) else plain(block[key], names)
             for key in ("title", "text", "alt_text", "value") if key in block]  # fmt: skip
    inner = [block_text(part, names, depth + 1) for key in ("fields", "elements", "accessory_text")
             for part in listing(block.get(key))]  # fmt: skip
    glue = "" if kind == "rich_text_section" else "\n"
    if kind == "text":
        return html.unescape(str(block.get("text") or ""))
    return glue.join(part for part in [*parts, *inner] if part)


def _element(kind: str, block: dict[str, Any], names: Names) -> str:
    if kind == "emoji":
        return f":{block.get('name')}:"
    if kind == "date":
        return label(block.get("fallback")) or label(block.get("timestamp")) or ""
    target = label(block.get(f"{kind}_id")) or label(block.get("range")) or kind
    return f"{'#' if kind == 'channel' else '@'}{names.get(target, target)}"
