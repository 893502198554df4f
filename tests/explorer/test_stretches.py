"""Looking through many texts as one passes none over that a pattern fits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.explorer import stretches
from workbench.explorer.events import Events
from workbench.explorer.stretches import blind, may_hold, parts_of, taken

texts = st.lists(st.one_of(st.none(), st.text("aAb \n\u00e9.", max_size=4)), max_size=60)
patterns = st.sampled_from((
    "a", "(?i)A", "b b", "^a", "a$", r"\ba", r"a\b|b$", "^$", "[^a]b", r"\.", "a{2,}", r"\Ab", "(?i)\u00c9", "[$^]a", r"\\b",
))  # fmt: skip


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of two and three texts, and no pattern is too common to be looked for so."""
    for name, value in {"LONG": 3, "SHORT": 2, "_COMMON": 2, "_RARE": 0, "_MANY": 1}.items():
        monkeypatch.setattr(stretches, name, value)


@settings(max_examples=300, deadline=None)
@given(texts, texts, patterns, st.sampled_from((pa.string(), pa.large_string())), st.integers(0, 5))
def test_no_text_that_the_pattern_fits_is_passed_over(one, other, pattern, kind, cut) -> None:
    """In one part or several, from the first text on or a later one, for all that looks at its surroundings."""
    column = pa.chunked_array([pa.array(one, kind), pa.array(other, kind)])[cut:]
    loose, parts = blind(pattern), parts_of(column)
    assert loose is not None
    assert parts is not None
    held = may_hold(parts, loose)
    fits = pl.Series(column.to_pylist(), dtype=pl.String).str.contains(pattern).fill_null(value=False).to_numpy()
    assert held is not None
    assert len(held) == len(fits)
    assert not (fits & ~held).any()


@given(texts, texts, st.data())
def test_texts_are_taken_from_their_parts(one, other, data) -> None:
    """Few or many, in their order."""
    column = [*one, *other]
    rows = sorted(data.draw(st.sets(st.integers(0, len(column) - 1)))) if column else []
    parts = parts_of(pa.chunked_array([pa.array(one, pa.large_string()), pa.array(other, pa.large_string())]))
    assert parts is not None
    assert taken(parts, np.array(rows, dtype=np.int64)).to_list() == [column[row] for row in rows]


@pytest.mark.parametrize("pattern", ["[[:alpha:]$]", r"\<a", r"\b{start}a", "[a&&b]"])
def test_what_is_not_simple_is_asked_of_each_text(pattern) -> None:
    """Classes within classes and other marks of words are left alone."""
    assert blind(pattern) is None


def test_texts_that_do_not_stand_together_are_not_looked_through() -> None:
    """Views and dictionaries."""
    assert parts_of(pa.array(["a"], pa.string_view())) is None
    assert parts_of(pa.array(["a", "a"]).dictionary_encode()) is None


@pytest.mark.parametrize(
    "query", ["needle", "-needle", "/^needle/", "/dle$/", "id:e-2*", "host:none needle", "zone:needle"]
)
def test_long_columns_are_searched_as_short_ones_are(query) -> None:
    """Every row that holds it is found, and no other, however the column is kept."""
    rng = np.random.default_rng(3)
    rows = 5_000
    told = np.where(rng.random(rows) < 0.01, "a needle", np.where(rng.random(rows) < 0.01, "needle", "nothing, need"))
    frame = pd.DataFrame({
        "time": pd.date_range("2025-11-17", periods=rows, freq="s", tz="UTC"),
        "id": [f"e-{at}" for at in range(rows)], "message": pd.Series(told, dtype="str"),
        "attributes": pd.Series(['{"zone":"needle"}' if at % 997 == 0 else None for at in range(rows)], dtype="str"),
    })  # fmt: skip
    whole, few = Events.of(frame), Events.of(frame)
    stretched = whole.selection(query).rows
    few.parts = lambda *_: None  # type: ignore[method-assign]
    assert stretched.tolist() == few.selection(query).rows.tolist()
    assert 0 < len(stretched) < rows
