"""The team's scale of severities, and the many spellings that stand for a step of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERED = re.compile(r"^(?:severity|sev|priority|prio|level|lvl|s|p|l)?\s*[-_:#. ]?\s*(\d)(?!\d)\b")
_PLAIN = re.compile(r"[^a-z0-9]+")
_FIRST_WORD = re.compile(r"[a-z]+")

# Words and the step that they mean on a scale of four.
_WORDS: dict[str, int] = {
    "critical": 1, "crit": 1, "blocker": 1, "emergency": 1, "urgent": 1, "highest": 1, "disaster": 1, "fatal": 1,
    "major": 2, "high": 2, "severe": 2, "error": 2,
    "medium": 3, "moderate": 3, "minor": 3, "normal": 3, "warning": 3, "average": 3,
    "low": 4, "lowest": 4, "trivial": 4, "info": 4, "informational": 4, "cosmetic": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """One step of the scale, with the limits in minutes that it sets; None where it sets none."""

    name: str
    response_minutes: float | None = None
    update_minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityScale:
    """The severities, worst first, and the team's own table of other spellings."""

    severities: tuple[Severity, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names in order, worst first."""
        return tuple(severity.name for severity in self.severities)

    def named(self, name: str) -> Severity:
        """The severity of exactly this name; KeyError when the scale has none."""
        for severity in self.severities:
            if severity.name == name:
                return severity
        raise KeyError(name)

    def rank(self, name: str) -> int:
        """0 for the worst; KeyError for a name that is not on the scale."""
        return self.severities.index(self.named(name))

    def of(self, text: object, *, strict: bool = False) -> str | None:
        """The name that a spelling stands for ("Sev 2", "critical", "P1"), or None where it stands for none.

        ``strict`` refuses a number that the scale does not have; else the nearest step stands for it (P5, SEV-4).
        """
        words = str(text).strip().lower() if text is not None else ""
        if not words:
            return None
        return self._spelled(words) or self._numbered(words, strict=strict) or self._worded(words)

    def _spelled(self, words: str) -> str | None:
        plain = _plain(words)
        own = {_plain(spelling): name for spelling, name in self.aliases.items()}
        return {_plain(name): name for name in self.names}.get(plain) or own.get(plain)

    def _numbered(self, words: str, *, strict: bool) -> str | None:
        match = _NUMBERED.match(words)
        if not match:
            return None
        name = self._step(int(match[1]))
        return None if strict and int(match[1]) != self._number(name) else name

    def _worded(self, words: str) -> str | None:
        first = _FIRST_WORD.search(words)
        number = _WORDS.get(first[0]) if first else None
        return self._step(number) if number is not None else None

    def _number(self, name: str) -> int:
        digits = re.findall(r"\d+", name)
        return int(digits[-1]) if digits else self.names.index(name) + 1

    def _step(self, number: int) -> str:
        """The name that carries the number; on a scale without it, the nearest end or the place in order."""
        numbered = {int(digits[-1]): name for name in self.names if (digits := re.findall(r"\d+", name))}
        if numbered:
            return numbered[min(numbered, key=lambda own: (abs(own - number), own))]
        return self.names[min(max(number, 1), len(self.names)) - 1]


DEFAULT_SCALE = SeverityScale(
    severities=(
        Severity(name="SEV-1", response_minutes=15, update_minutes=30),
        Severity(name="SEV-2", response_minutes=30, update_minutes=60),
        Severity(name="SEV-3", response_minutes=120),
        Severity(name="SEV-4", response_minutes=1440),
    )
)


def severity_of(text: object, scale: SeverityScale = DEFAULT_SCALE) -> str | None:
    """The scale's name for a spelling, or None: "Sev 2" gives SEV-2, "critical" and "P1" give SEV-1."""
    return scale.of(text)


def _plain(text: str) -> str:
    return _PLAIN.sub("", text.lower())
