"""What holds after all judgements: the last of its kind, several milestones of one event, and merges without circles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.model import Judgement, Verb, marked, merges, named, standing


def said(event: str, verb: str, value: object = None, at: int = 0) -> Judgement:
    """A judgement with an id that nothing else has."""
    return Judgement(
        id=f"{event}-{verb}-{value}-{at}", event=event, verb=Verb(verb), value=value, time="2025-11-18T09:00:00Z"
    )


def test_an_event_may_be_several_milestones() -> None:
    """The value is a name or a list; the last event that is said to be one is it, and an earlier one comes back."""
    one, other = said("a", "milestone", ["detected", "declared"]), said("b", "milestone", "declared")
    assert named(one) == ("detected", "declared")
    assert (named(None), named(said("a", "milestone", {"x": 1})), named(said("a", "milestone", ["", 7]))) == (
        (),
        (),
        (),
    )
    assert {name: each.event for name, each in marked([one, other]).items()} == {"detected": "a", "declared": "b"}
    assert {name: each.event for name, each in marked([one, other, said("b", "milestone")]).items()} == {
        "detected": "a", "declared": "a",
    }  # fmt: skip


def test_merges_over_several_steps_end_at_one_event() -> None:
    """Taken back it stands alone again, and what was merged into it with it."""
    first, second = said("a", "merge", "b"), said("b", "merge", "c")
    assert merges([first, second]) == {"a": "c", "b": "c"}
    assert merges([first, second, said("b", "merge")]) == {"a": "b"}
    assert merges([first, said("a", "merge", "c")]) == {"a": "c"}


def test_of_a_circle_the_first_ones_are_followed() -> None:
    """Two people on two branches may merge each into the other."""
    assert merges([said("a", "merge", "b"), said("b", "merge", "a")]) == {"a": "b"}
    assert merges([said("a", "merge", "a")]) == {}


names = st.sampled_from("abcdef")


@given(st.lists(st.tuples(names, st.one_of(st.none(), names)), max_size=30))
def test_no_event_is_lost_in_a_circle(pairs) -> None:
    """Whatever is merged into whatever: each group has one event that stays, which is merged into none."""
    told = [said(event, "merge", value, at) for at, (event, value) in enumerate(pairs)]
    found = merges(told)
    assert not set(found) & set(found.values())
    assert set(found) <= {event for event, one in standing(told).items() if one.merged}
