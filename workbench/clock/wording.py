"""The wording of times: as people and their locales write them, brought to the few shapes that layouts read."""

from __future__ import annotations

import polars as pl

from workbench.clock.months import MONTHS, month_number

_WEEKDAY = r"^\p{L}{2,12}\.?,?\s+(\p{L}{3,}\.?\s+\d|\d{1,2}[.,]?\s+(?:de\s+)?\p{L}{3,}|\d{1,4}[/.-])"
_LETTERS = r"\p{L}{3,}"
_PAD = r"(^|[/.\- T])(\d)([/.\-:, T]|$)"
_HALF = r"(?i)^(.*?[\sT])(\d{1,2})(:[\d:.,]*?)\s*([ap])\.?m\.?(\s.*)?$"
_IDEOGRAPHS = (("[年月]", "-"), ("日", ""), ("[时時分]", ":"), ("秒", ""), ("-:", "-"))
_MILLIS = (r"(\d{1,2}:\d{2}:\d{2}):(\d{3})\b", "${1}.${2}")  # WebSphere's
_TIDYINGS = (
    (r"([A-Z][a-z]{2})\.", "${1}"),
    (r"(\d)(?:st|nd|rd|th|er|º|ª)\b", "${1}"),
    (r"(\d)\.? (?:de )?([A-Z][a-z]{2})\b", "${1} ${2}"),
    (r"([A-Z][a-z]{2}) de (\d)", "${1} ${2}"),
    (r"([A-Z][a-z]{2} \d{1,2}), (\d{4})\b", "${1} ${2}"),
    (r"(?:,| at| @| à| um| a las)+ (\d)", " ${1}"),
    (r"\b(?:GMT|UTC)([+-]\d{2}:?\d{2})\b", "${1}"),
    (r" \([^()]*\)$", ""),
)


def plain(texts: pl.Series) -> pl.Series:
    """Times with English months of three letters, numbers of two digits and a clock of 24 hours; other texts stay.

    ``Montag, 17. November 2025, 2:05 PM`` becomes ``17 Nov 2025 14:05``; null stays null.
    """
    found = texts.str.replace_all(r"[\s\u{a0}\u{202f}]+", " ").str.strip_chars()
    if found.str.contains(r"\p{L}{3}|[^\x00-\x7f]").any():
        found = _with_months(found)
    if found.str.contains(_PAD).any():
        for _ in range(2):  # neighbours share the mark between them
            found = found.str.replace_all(_PAD, "${1}0${2}${3}")
    found = found.str.replace(*_MILLIS)
    return _of_24_hours(found) if found.str.contains(_HALF).any() else found


def _with_months(texts: pl.Series) -> pl.Series:
    """Without weekdays, ordinal endings and the words between; months in any language of three English letters."""
    found = texts
    for sign, mark in _IDEOGRAPHS:
        found = found.str.replace_all(sign, mark)
    found = found.str.replace(_WEEKDAY, "${1}")
    words = found.drop_nulls().str.extract_all(_LETTERS).explode(empty_as_null=False).unique().to_list()
    known = sorted(((word, MONTHS[number - 1]) for word in words if (number := month_number(word))), key=_longest)
    if not known:
        return found
    found = found.str.replace_many([word for word, _ in known], [name for _, name in known], leftmost=True)
    for regex, replacement in _TIDYINGS:
        found = found.str.replace(regex, replacement)
    return found


def _longest(pair: tuple[str, str]) -> tuple[int, str]:
    return -len(pair[0]), pair[0]


def _of_24_hours(texts: pl.Series) -> pl.Series:
    hour = texts.str.extract(_HALF, 2).cast(pl.Int64, strict=False) % 12
    hour += texts.str.extract(_HALF, 4).str.to_lowercase().eq("p").cast(pl.Int64) * 12
    rest = texts.str.extract(_HALF, 5).fill_null("")
    clock = texts.str.extract(_HALF, 1) + hour.cast(pl.String).str.zfill(2) + texts.str.extract(_HALF, 3) + rest
    return pl.select(pl.coalesce(clock, texts)).to_series().alias(texts.name)
