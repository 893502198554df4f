"""Plain SVG as text: escaped words, outlines of counts, colours that follow a dark page where the viewer lets them.

Every shape has its light colour as an attribute, for viewers that drop styles; one style sheet has the dark ones. There
are no scripts, links or foreign parts: forges take such things away, or the whole picture with them.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from workbench.charts.layout import text_width
from workbench.charts.palette import ACCENT, FAILING, FONT, GROUND, INK, PHASES, QUIET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZE = 11  # pixels of all words but the title
# What a colour says, on light and on dark; they are those of the explorer.
_TONES = {
    "ground": (GROUND, "#12161b"), "ink": (INK, "#e6eaee"), "quiet": (QUIET, "#a3adb8"), "rule": ("#d0d7de", "#3a434d"),
    "grid": ("#e9edf1", "#22282f"), "soft": ("#f7f9fa", "#181c21"), "calm": ("#8a9bad", "#5d7288"),
    "warn": ("#c07600", "#d69a3a"), "error": ("#b3261e", "#ff8f86"), "error-word": (FAILING, "#ff9d94"),
    "alert": (PHASES["Detect"], "#ffb37a"), "status": (ACCENT, "#7db7f5"), "on-phase": ("#ffffff", "#ffffff"),
    **{name.lower(): (colour, colour) for name, colour in PHASES.items()},
}  # fmt: skip
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF), "\ufffd")


def framed(parts: Iterable[str], *, width: int, height: int, title: str, words: str) -> str:
    """The whole picture, with its title and its equivalent in words for who cannot see it."""
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return "".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="{SIZE}" role="img">',
        f"<title>{xml(title)}</title><desc>{xml(words)}</desc>{_style()}",
        f'<rect width="{width}" height="{height}" {fill("ground")}/>',
        *parts,
        "</svg>",
    ])  # fmt: skip


def _style() -> str:
    rules = "".join(
        f".pmp-{name}{{fill:{dark}}}.pmp-{name}-line{{stroke:{dark}}}"
        for name, (light, dark) in _TONES.items()
        if light != dark
    )
    return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"


def fill(tone: str) -> str:
    """The attributes of what is filled; a tone that is not known is calm."""
    tone = tone if tone in _TONES else "calm"
    return f'class="pmp-{tone}" fill="{_TONES[tone][0]}"'


def line(tone: str) -> str:
    """The attributes of a line."""
    return f'class="pmp-{tone}-line" fill="none" stroke="{_TONES[tone][0]}"'


def word(x: float, y: float, words: str, tone: str = "ink", *, more: str = "") -> str:
    """Words on a line; ``more`` are further attributes."""
    return f'<text x="{x:g}" y="{y:g}" {fill(tone)}{" " if more else ""}{more}>{xml(words)}</text>' if words else ""


END, MIDDLE, BOLD = 'text-anchor="end"', 'text-anchor="middle"', 'font-weight="bold"'


def box(x: float, y: float, wide: float, high: float, tone: str, *, more: str = "", told: str = "") -> str:
    """A rectangle; ``told`` shows where the pointer rests on it, if the viewer can do that."""
    at = f'x="{x:.1f}" y="{y:g}" width="{wide:.1f}" height="{high:g}"'
    return f"<rect {at} {fill(tone)}{' ' if more else ''}{more}>{_told(told)}</rect>"


def _told(words: str) -> str:
    return f"<title>{xml(words)}</title>" if words else ""


def steps(heights: Sequence[int], *, x: int, base: float, wide: int) -> str:
    """The outline of bars that stand side by side, as a path; heights in pixels, a bar of 0 is a gap."""
    drawn, before = [], 0
    for at, high in enumerate([*heights, 0]):
        if high and not before:
            drawn.append(f"M{x + at * wide} {base:g}")
        if high != before:
            drawn.append(f"v{before - high}")
        if high:
            drawn.append(f"h{wide}")
        elif before:
            drawn.append("z")
        before = high
    return "".join(drawn)


def strokes(places: Iterable[int], *, x: int, y: float, wide: int) -> str:
    """A row of strokes, one at each of the numbered places, as a path; neighbours are one stroke."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([place, place + 1])
    starts = [f"M{x + runs[0][0] * wide} {y:g}"] if runs else []
    starts += [f"m{(this[0] - last[1]) * wide} 0" for last, this in pairwise(runs)]
    return "".join(f"{start}h{(last - first) * wide}" for start, (first, last) in zip(starts, runs, strict=True))


def fitting(words: str, room: float, size: float = SIZE) -> str:
    """The words, shortened to the room there is; nothing where a few letters would say nothing."""
    if _width(words, size) <= room:
        return words
    letters = next((n for n in range(min(len(words), 200), 0, -1) if _width(words[:n], size) + size <= room), 0)
    return f"{words[:letters].rstrip()}…" if letters > 2 else ""


def _width(words: str, size: float) -> float:
    """About how wide the words are: the small letters that names are made of are narrower than what surely fits."""
    return 0.92 * text_width(words, size)


def xml(words: str) -> str:
    """As text in XML."""
    return escape(clean(words))


def clean(words: str) -> str:
    """What XML may not hold is replaced."""
    return words.translate(_NOT_XML).encode("utf-8", "replace").decode()
