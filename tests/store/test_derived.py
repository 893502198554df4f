"""The cache of what was derived: whole entries or none, the oldest given up first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.store.derived import Cache

if TYPE_CHECKING:
    from pathlib import Path


def test_pruning_takes_the_entry_that_was_used_longest_ago(tmp_path: Path) -> None:
    """What does not fit is removed oldest first; an entry that another process still writes is left alone."""
    cache = Cache(tmp_path)
    for key in ("old", "new"):
        with cache.writer(key) as writer:
            writer.finish({"events": 0, "filling": "x" * 1_000})
    import os

    os.utime(tmp_path / "old", (1, 1))
    with cache.writer("third"):
        cache.prune(limit=1_500)
        assert sorted(each.name.split("-")[0] for each in tmp_path.iterdir()) == [".staging", "new"]
    assert cache.entry("old") is None
    assert cache.entry("new") is not None


def test_an_entry_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    """A reading that fails leaves nothing that would be taken for an entry."""
    cache = Cache(tmp_path)
    with cache.writer("key"):
        pass
    assert cache.entry("key") is None
    assert not list(tmp_path.iterdir())


def test_the_second_writer_of_one_entry_changes_nothing(tmp_path: Path) -> None:
    """Two processes that read the same source at once both end with an entry."""
    cache = Cache(tmp_path)
    with cache.writer("key") as one, cache.writer("key") as other:
        one.finish({"n": 1})
        other.finish({"n": 1})
    found = cache.entry("key")
    assert found is not None
    assert found.meta == {"n": 1}
