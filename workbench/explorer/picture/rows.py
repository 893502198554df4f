"""The lanes of the picture: the ruler in UTC, a row of counts for each lane, and what the colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.explorer.picture.drawing import BOLD, END, MIDDLE, box, fill, fitting, line, steps, strokes, word
from workbench.explorer.picture.sheet import BIN, LEFT, NUMBERS, WIDE, Sheet, tick_words, ticks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from workbench.explorer.lanes import Lane

    Counts = npt.NDArray[np.uint32]

MOST_LANES = 20
_RULER, _LANE = 24, 20
_TALL = 12  # pixels of the highest bar


def ruler(sheet: Sheet, by: str) -> None:
    """The head of the lanes: their column, and UTC at round times."""
    base = sheet.y + 15
    sheet.add(word(4, base, by, more=BOLD), word(LEFT, base, "UTC", "quiet"))
    for at, name in zip(NUMBERS, ("events", "errors"), strict=True):
        sheet.add(word(at, base, name, "quiet", more=END))
    sheet.y += _RULER
    sheet.add(f'<path {line("rule")} d="M0 {sheet.y - 1.5:g}H{WIDE}"/>')
    for tick in ticks(sheet.axis):
        x, words = LEFT + sheet.axis.at(tick), tick_words(tick, sheet.axis)
        if LEFT + 28 + 3 * len(words) < x < WIDE - 3 * len(words):
            sheet.add(word(round(x, 1), base, words, "quiet", more=MIDDLE))


def lanes(sheet: Sheet, given: Sequence[Lane], counts: Counts) -> None:
    """A row for each lane, the biggest first; how many there are beyond those that are drawn."""
    shown = given[:MOST_LANES]
    top, bottom = sheet.y, sheet.y + _LANE * len(shown)
    shaded = "".join(f"M0 {top + _LANE * at:g}h{WIDE}v{_LANE}H0z" for at in range(0, len(shown), 2))
    grid = "".join(f"M{LEFT + sheet.axis.at(tick):.1f} {top:g}V{bottom:g}" for tick in ticks(sheet.axis))
    sheet.add(f'<path {fill("soft")} d="{shaded}"/>', f'<path {line("grid")} d="{grid}"/>')
    most_errors = max(4, int(counts[:, 2].max(initial=0)))
    for lane, counted in zip(shown, counts, strict=False):
        _row(sheet, lane, counted, most_errors)
        sheet.y += _LANE
    if len(given) > len(shown):
        sheet.add(word(4, sheet.y + 14, f"and {len(given) - len(shown)} more lanes", "quiet"))
        sheet.y += _LANE


def _row(sheet: Sheet, lane: Lane, counts: Counts, most_errors: int) -> None:
    """Name, numbers, bars with warnings on top of them, and errors in a row of their own."""
    middle, base = sheet.y + 14, sheet.y + _LANE - 6
    sheet.add(
        word(4, middle, fitting(lane.name, NUMBERS[0] - 40)),
        word(NUMBERS[0], middle, f"{lane.count:,}", "quiet", more=END),
        word(NUMBERS[1], middle, f"{lane.errors:,}" if lane.errors else "", "error-word", more=END),
    )
    for tone, heights in _bars(counts[0], counts[1]):
        drawn = steps(heights, x=LEFT, base=base, wide=BIN)
        sheet.add(f'<path {fill(tone)} d="{drawn}"/>' if drawn else "")
    sheet.add(*_errors(counts[2], base + 2.5, most_errors))


def _bars(calm: Counts, warnings: Counts) -> Iterator[tuple[str, list[int]]]:
    """Heights in pixels: all that is no error in the colour of warnings, then what is calm over it."""
    total = calm.astype(np.float64) + warnings
    high = np.rint(_TALL * np.sqrt(total / max(8.0, total.max(initial=0)))).clip(2)
    low = np.minimum(np.rint(high * calm / total.clip(1)), high - 1)  # a warning among many can be seen, too
    warned = (warnings > 0) & (total > 0)
    yield "warn", np.where(warned, high, 0).astype(int).tolist()
    yield "calm", np.where(total == 0, 0, np.where(warned, low, high)).astype(int).tolist()


def _errors(errors: Counts, y: float, most: int) -> Iterator[str]:
    """Strokes in three strengths: the darker, the more."""
    strength = np.ceil(3 * np.sqrt(errors / most)).clip(0, 3)
    for level, see in ((1, 0.55), (2, 0.8), (3, 1)):
        drawn = strokes(np.flatnonzero(strength == level).tolist(), x=LEFT, y=y, wide=BIN)
        if drawn:
            yield f'<path {line("error")} stroke-width="3" stroke-opacity="{see:g}" d="{drawn}"/>'


def legend(sheet: Sheet, *, milestones: bool) -> None:
    """What colours and lines mean, in one quiet line."""
    base = sheet.y + 19
    keys = [
        (0, box(LEFT, base - 8, 9, 8, "calm"), "events, the height as the square root of their number"),
        (296, box(LEFT + 296, base - 8, 9, 8, "warn"), "warnings"),
        (372, box(LEFT + 372, base - 4, 9, 3, "error"), "errors"),
    ]
    if milestones:
        found = f'<path {line("quiet")} stroke-dasharray="2 3" d="M{LEFT + 440} {base - 9:g}v11"/>'
        keys += [
            (432, found, "found"),
            (486, f'<path {line("quiet")} d="M{LEFT + 494} {base - 9:g}v11"/>', "confirmed"),
        ]
    for at, key, words in keys:
        sheet.add(key, word(LEFT + at + 14, base, words, "quiet"))
    sheet.y += 26
