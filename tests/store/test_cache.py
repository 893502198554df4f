"""The cache: what was written is read back, whole or not at all, and old entries go first."""

from __future__ import annotations

import errno
import os
import time
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.events.schema import METRIC_SCHEMA, READ_SCHEMA, conform
from workbench.store import segments
from workbench.store.cache import Cache, cache_key, folder_cache, user_cache
from workbench.store.folder import create_folder

KEY = cache_key(sha256="ab", reader="nginx", version=1)
SCHEMA = {**READ_SCHEMA, "x_status": pl.String}


def events(count, first=1, **columns):
    """Plain log events, one a second; columns override."""
    base = datetime(2025, 11, 17, tzinfo=UTC).timestamp()
    times = [int((base + at) * 1e9) for at in range(count)]
    frame = pl.DataFrame({"time": times, "kind": "log", "message": [f"m{at}" for at in range(count)], "part": 0})
    frame = frame.with_columns(line=pl.int_range(first, first + count, dtype=pl.Int64), duplicate=pl.lit(False))
    frame = frame.with_columns(earliest=pl.col("time") - 5, latest=pl.col("time") + 999, zone_basis=pl.lit("epoch"))
    frame = frame.with_columns([pl.lit(value).alias(name) if not isinstance(value, list) else pl.Series(name, value)
                                for name, value in columns.items()])  # fmt: skip
    return conform(frame)


@pytest.fixture
def cache(tmp_path):
    """An empty cache."""
    return Cache(root=tmp_path / "cache")


def kept(cache, *frames, schema=None, key=KEY):
    """The entry of these frames, as found in the cache."""
    with cache.writer(key, schema) as writer:
        for frame in frames:
            writer.write_events(frame)
        writer.finish({"lines": 3})
    entry = cache.get(key)
    assert entry is not None
    return entry


def test_rows_come_back(cache):
    """Events, measurements, spans and the account are what was written."""
    sample = {"time": 1, "name": "up", "labels": None, "value": float("nan"), "unit": None, "line": 1}
    metrics = pl.DataFrame([sample], schema={**METRIC_SCHEMA, "time": pl.Int64}).cast(METRIC_SCHEMA)
    with cache.writer(KEY, SCHEMA) as writer:
        writer.write_events(events(3, x_status=["200", "500", None]))
        writer.write_metrics(metrics)
        writer.finish({"lines": 3, "notes": ["a"]})
    entry = cache.get(KEY)
    assert entry is not None
    assert entry.meta == {"lines": 3, "notes": ["a"]}
    assert entry.events().collect().equals(events(3, x_status=["200", "500", None]))
    assert entry.metrics().collect().equals(metrics)
    assert entry.spans().collect().is_empty()


def test_what_is_constant_is_not_stored_twice(cache):
    """Columns of one value stand in the description; a batch that breaks one begins a second segment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "GROUP_ROWS", 1)
        batches = [events(3), events(2, 4), events(2, 6, kind="alert", duplicate=True), events(1, 8)]
        entry = kept(cache, *batches)
    assert sorted(one.name for one in entry.path.iterdir()) == ["events-2.parquet", "events.parquet", "meta.json"]
    assert "host" not in pl.read_parquet_schema(entry.path / "events.parquet")
    assert entry.events().collect().equals(pl.concat(batches))


def test_an_unexpected_column_becomes_an_attribute(cache):
    """A column that the schema does not know is kept in the JSON of attributes, beside what is there."""
    frame = events(3, x_status="200", x_zone=["b", None, "c"], attributes=['{"a":1}', None, None])
    found = kept(cache, frame, events(1), schema=SCHEMA).events().collect()
    assert found["attributes"].to_list() == ['{"a":1,"zone":"b"}', None, '{"zone":"c"}', None]
    assert found["x_status"].to_list() == ["200", "200", "200", None]


def test_the_key_holds_all_that_matters():
    """Other bytes, another reader, version or setting is another entry."""
    base = {"sha256": "a", "reader": "b", "version": 1, "settings": ""}
    others = [{"sha256": "x"}, {"reader": "x"}, {"version": 2}, {"settings": "zone=UTC"}]
    assert len({cache_key(**base), *(cache_key(**{**base, **other}) for other in others)}) == 5


def _fail_after(writer, frame):
    writer.write_events(frame)
    raise KeyError


def test_an_interrupted_writer_leaves_nothing(cache):
    """An error on the way leaves no entry and no staging directory."""
    writer = cache.writer(KEY)
    with pytest.raises(KeyError), writer:
        _fail_after(writer, events(2))
    assert cache.get(KEY) is None
    assert list(cache.root.iterdir()) == []


def test_a_full_disk_is_a_sentence(cache):
    """An error of the disk while writing is told as one."""
    with pytest.raises(FolderError, match="the disk is full"), cache.writer(KEY):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("damage", ["cut", "gone", "garbage", "list"])
def test_a_damaged_entry_is_read_again(cache, damage):
    """An entry that is cut short or garbled is thrown away, so that the source is read again."""
    path = kept(cache, events(5)).path
    texts = {"garbage": b"{", "list": b"[]"}
    if damage in texts:
        (path / "meta.json").write_bytes(texts[damage])
    elif damage == "cut":
        (path / "events.parquet").write_bytes((path / "events.parquet").read_bytes()[:-9])
    else:
        (path / "meta.json").unlink()
    assert cache.get(KEY) is None
    assert kept(cache, events(5)).events().collect().height == 5


def test_two_processes_at_once(cache):
    """Of two writers of one key the first one's entry stands, and both can go on reading."""
    with cache.writer(KEY) as first, cache.writer(KEY) as second:
        first.write_events(events(2))
        second.write_events(events(2))
        first.finish({})
        assert second.finish({}).events().collect().height == 2
    assert [one.name for one in cache.root.iterdir()] == [KEY]


def test_the_oldest_go_first(cache):
    """Pruning removes what was not used for longest; reading counts as use; leavings of a crash go too."""
    keys = [cache_key(sha256=name, reader="r", version=1) for name in "abc"]
    for age, key in enumerate(keys):
        path = kept(cache, events(50), key=key).path
        os.utime(path / "meta.json", (1_000_000_000 + age, 1_000_000_000 + age))
    (cache.root / ".staging-old").mkdir()
    os.utime(cache.root / ".staging-old", (1, 1))
    assert cache.get(keys[0]) is not None
    size = sum(one.stat().st_size for one in (cache.root / keys[0]).iterdir())
    assert cache.prune(max_bytes=size + 100) > 0
    assert [one.name for one in cache.root.iterdir()] == [keys[0]]
    assert cache.prune(max_age_days=1) == 0
    os.utime(cache.root / keys[0] / "meta.json", (time.time() - 2 * 86_400,) * 2)
    assert cache.prune(max_age_days=1) > 0


def test_where_the_cache_is(tmp_path, monkeypatch):
    """WORKBENCH_CACHE wins over XDG_CACHE_HOME, which wins over the home directory; an incident has its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WORKBENCH_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert user_cache().root == tmp_path / "home" / ".cache" / "postmortem-workbench"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert user_cache().root == tmp_path / "xdg" / "postmortem-workbench"
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "own"))
    assert user_cache().root == tmp_path / "own"
    folder = create_folder(tmp_path / "inc", title="T", severity="SEV-1")
    assert folder_cache(folder).root == folder.path / "output" / "cache"


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    """Where output/ cannot be made, the user's cache serves."""
    folder = create_folder(tmp_path / "inc", title="T", severity="SEV-1")
    (folder.path / "output").write_text("a file in the way")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "own"))
    assert folder_cache(folder).root == tmp_path / "own"


texts = st.one_of(st.none(), st.text(max_size=4))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.tuples(texts, st.booleans(), texts), max_size=4), max_size=5), st.booleans())
def test_any_batches_come_back(tmp_path_factory, batches, compress):
    """Whatever is constant or not in whatever batch, the rows come back in order."""
    cache = Cache(root=tmp_path_factory.mktemp("cache"))
    frames = []
    for batch in batches:
        named = zip(("host", "duplicate", "x_status"), (pl.String, pl.Boolean, pl.String), strict=True)
        columns = [pl.Series(name, [row[at] for row in batch], kind) for at, (name, kind) in enumerate(named)]
        frames.append(events(len(batch)).with_columns(columns).select(list(SCHEMA)))
    with pytest.MonkeyPatch.context() as patch, cache.writer(KEY, SCHEMA, compress=compress) as writer:
        patch.setattr(segments, "GROUP_ROWS", 2)
        for frame in frames:
            writer.write_events(frame)
        found = writer.finish({}).events().collect()
    assert found.equals(pl.concat([pl.DataFrame(schema=SCHEMA), *frames]))
