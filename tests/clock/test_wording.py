"""Times as people write them are brought to shapes that layouts read; what is no time is left as it is."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.clock.wording import plain


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Montag, 17. November 2025, 2:05 PM", "17 Nov 2025 14:05"),
        ("lundi 17 novembre 2025 à 14:22:21", "17 Nov 2025 14:22:21"),
        ("17 de noviembre de 2025, 14:00:05", "17 Nov 2025 14:00:05"),
        ("mar. 18 nov. 2025 14:00:00", "18 Nov 2025 14:00:00"),
        ("18 мая 2025 10:00:00", "18 May 2025 10:00:00"),
        ("2025年11月17日 14时00分05秒", "2025-11-17 14:00:05"),
        ("November 17, 2025 at 2:22:21 PM UTC", "Nov 17 2025 14:22:21 UTC"),
        ("Mon Nov 17 2025 14:00:05 GMT+0100 (Central European Standard Time)", "Nov 17 2025 14:00:05 +0100"),
        ("1st March 2025 10:00", "01 Mar 2025 10:00"),
    ],
)
def test_words_become_english_months(written: str, expected: str) -> None:
    """Weekdays, endings and the words between are left out."""
    assert plain(pl.Series([written]))[0] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("11/17/2025, 12:00:01 AM", "11/17/2025, 00:00:01"),
        ("11/17/2025, 12:00:01 PM", "11/17/2025, 12:00:01"),
        ("8/2/2025 7:32:47\u202fPM", "08/02/2025 19:32:47"),
        ("2025-11-17 2:05 p.m.", "2025-11-17 14:05"),
    ],
)
def test_twelve_hours_become_twenty_four(written: str, expected: str) -> None:
    """Midnight is 00, noon is 12; the blank before PM may be a narrow one."""
    assert plain(pl.Series([written]))[0] == expected


def test_other_texts_stay() -> None:
    """A time in a usual shape, prose, and null."""
    texts = pl.Series(["2025-11-17T14:00:05.123Z", "Tuesday noon", None])
    assert plain(texts).to_list() == texts.to_list()
