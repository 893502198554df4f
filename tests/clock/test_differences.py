"""Difference constraints: clocks follow from one another, and what contradicts the rest is named."""

from __future__ import annotations

from workbench.clock.differences import TRUTH, Pair, solved

ANCHOR = Pair(first=TRUTH, later="checks", low=-1, high=1)
WEB = Pair(first="checks", later="web", low=-52, high=-50, votes=90, of=90)
APP = Pair(first="web", later="app", low=170, high=171, votes=50, of=50)


def test_a_clock_follows_from_another_that_follows_from_the_true_one() -> None:
    """The bounds add up along the way, and the way is told."""
    found = solved([APP, WEB, ANCHOR])
    assert found.offsets == {"app": (117, 122), "checks": (-1, 1), "web": (-53, -49)}
    assert found.ways["app"] == (ANCHOR, WEB, APP)
    assert found.contradictions == ()


def test_a_second_way_narrows_the_bounds() -> None:
    """The tightest of all ways counts on either side."""
    direct = Pair(first="checks", later="app", low=119, high=130, votes=5, of=5)
    assert solved([ANCHOR, WEB, APP, direct]).offsets["app"] == (118, 122)


def test_of_pairs_that_cannot_all_be_true_the_one_with_the_fewest_votes_is_left_out() -> None:
    """And it is named, whatever the order in which the pairs are given."""
    wrong = Pair(first="checks", later="app", low=300, high=310, votes=4, of=9)
    for pairs in ([ANCHOR, WEB, APP, wrong], [wrong, APP, WEB, ANCHOR]):
        found = solved(pairs)
        assert found.contradictions == (wrong,)
        assert found.offsets["app"] == (117, 122)


def test_a_clock_without_a_way_to_the_true_one_has_no_offset() -> None:
    """What is known of two clocks alone says nothing of true time."""
    assert solved([WEB, APP]).offsets == {}


def test_what_is_true_is_never_left_out() -> None:
    """However its name sorts, and though nobody votes for it: the pair that contradicts it goes."""
    for name in ("aaa", "zzz"):
        anchor = Pair(first=TRUTH, later=name, low=-1, high=1)
        beside = Pair(first=name, later="web", low=58, high=62, votes=10, of=10)
        found = solved([ANCHOR, WEB, anchor, beside])
        assert found.contradictions == (beside,)
        assert found.offsets["web"] == (-53, -49)
