"""One scale of levels for all the words that systems use."""

from __future__ import annotations

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")

_WORDS: dict[str, tuple[str, ...]] = {
    "trace": ("trace", "finest", "finer", "silly", "verbose", "trc", "debug5", "debug4", "debug3", "debug2"),
    "debug": ("debug", "dbg", "fine", "d", "debug1", "7", "config"),
    "info": (
        "info",
        "information",
        "informational",
        "inf",
        "notice",
        "i",
        "log",
        "statement",
        "6",
        "5",
        "normal",
        "ok",
        "n",
        "detail",
        "hint",
        "context",
    ),
    "warn": ("warn", "warning", "wrn", "w", "4", "minor"),
    "error": ("error", "err", "e", "severe", "3", "failure", "failed", "major", "high"),
    "fatal": (
        "fatal",
        "critical",
        "crit",
        "emerg",
        "emergency",
        "alert",
        "panic",
        "dpanic",
        "f",
        "c",
        "ftl",
        "0",
        "1",
        "2",
    ),
}

LEVEL_OF: dict[str, str] = {word: level for level, words in _WORDS.items() for word in words}

# pino and bunyan write 10..60.
LEVEL_OF |= {"10": "trace", "20": "debug", "30": "info", "40": "warn", "50": "error", "60": "fatal"}


def level_of(word: object) -> str | None:
    """The level that a word stands for, or None where it stands for none."""
    return LEVEL_OF.get(str(word).strip().lower()) if word is not None else None


def rank(level: str | None) -> int:
    """0 for trace to 5 for fatal; -1 where there is no level."""
    return LEVELS.index(level) if level in LEVELS else -1
