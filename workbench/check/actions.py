"""PM5, action items: owned, due, of a priority, with a sign that they are done, strong enough to change something."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from workbench.check.case import ACTIONS
from workbench.check.finding import Family, Found, Level, Place
from workbench.check.prose import nearly_same
from workbench.clock import format_utc
from workbench.model import ActionItem, ActionKind, ActionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.check.case import Case

ITEMS = Family()
_OVER = {ActionStatus.DONE, ActionStatus.CANCELLED}
_STRONG = {ActionKind.PREVENT, ActionKind.DETECT, ActionKind.MITIGATE}
# Weak in the hierarchy of controls: it asks people to be other than they are (NIOSH; VA's action hierarchy).
_PEOPLE = r"(?:people|everyone|everybody|nobody|the team)"
_WEAK = re.compile(
    r"^(?:be (?:more )?careful|remind|train|retrain|re-train|educate|coach|tell|ask|encourage|urge|warn|stress"
    r"|emphasi[sz]e|raise (?:the )?awareness|pay (?:more |closer )?attention|try (?:harder|to)|remember|discuss|talk"
    r"|communicate better|improve (?:communication|awareness|discipline)"
    rf"|make {_PEOPLE}|make sure (?:that )?{_PEOPLE}|ensure (?:that )?{_PEOPLE})\b",
    re.IGNORECASE,
)
_EVERYBODY = re.compile(
    r"^(?:tbd|todo|n/?a|none|nobody|someone|somebody|everyone|everybody|all|unassigned|\?+|-)$", re.IGNORECASE
)


def _each(case: Case, *, alive: bool = False) -> Iterator[tuple[int, ActionItem]]:
    """The items with their places; ``alive``: without those that are over."""
    for at, action in enumerate(case.actions):
        if action.status is not ActionStatus.CANCELLED and not (alive and action.status in _OVER):
            yield at, action


@ITEMS.rule(
    "PM501", Level.ERROR, "An action item without an owner",
    why="What belongs to nobody is done by nobody.",
    mend="Write one person's name in owner; a team cannot be asked how far it is.",
)  # fmt: skip
def without_owner(case: Case) -> Iterator[Found]:
    """No owner, or one that is nobody."""
    for at, action in _each(case):
        if not action.owner or _EVERYBODY.match(action.owner):
            yield Found(place=case.at(ACTIONS, "action", at, "owner"), message=f"{action.id} has no owner.")


@ITEMS.rule(
    "PM502", Level.ERROR, "An action item without a day",
    why="Without a day it is never late, and never done.",
    mend="Write due = 2025-12-01.",
)  # fmt: skip
def without_day(case: Case) -> Iterator[Found]:
    """No due day."""
    for at, action in _each(case):
        if action.due is None:
            yield Found(place=case.at(ACTIONS, "action", at, "due"), message=f"{action.id} has no due day.")


@ITEMS.rule(
    "PM503", Level.WARNING, "An action item without a priority",
    why="Where everything matters alike, the easiest is done first.",
    mend='Write priority = "P0" (at once) to "P3".',
)  # fmt: skip
def without_priority(case: Case) -> Iterator[Found]:
    """No priority."""
    for at, action in _each(case):
        if action.priority is None:
            yield Found(place=case.at(ACTIONS, "action", at, "priority"), message=f"{action.id} has no priority.")


@ITEMS.rule(
    "PM504", Level.WARNING, "An action item that nobody can see done",
    why="Without a condition “done” is a feeling, and reviews cannot tell what was changed.",
    mend="Write in done_condition what somebody else could check.",
)  # fmt: skip
def without_condition(case: Case) -> Iterator[Found]:
    """No done condition."""
    for at, action in _each(case):
        if not action.done_condition:
            place = case.at(ACTIONS, "action", at, "done_condition")
            yield Found(place=place, message=f"Nothing says when {action.id} is done.")


@ITEMS.rule(
    "PM505", Level.WARNING, "A weak action item",
    why="Asking people to take more care changes nothing of what made the error likely, and wears off.",
    mend="Ask what would make it hard to get wrong, or easy to see: a default, a check, a limit, an alert.",
)  # fmt: skip
def weak(case: Case) -> Iterator[Found]:
    """An item that only reminds, trains or tells."""
    for at, action in _each(case):
        if match := _WEAK.match(action.action.strip()):
            message = f"{action.id} only asks people to be different (“{match[0]}”)."
            yield Found(place=case.at(ACTIONS, "action", at, "action"), message=message)


@ITEMS.rule(
    "PM506", Level.WARNING, "An action item that is overdue",
    why="It was promised to those who felt the incident.",
    mend="Do it, give it another day and say why, or cancel it and accept the risk.",
)  # fmt: skip
def overdue(case: Case) -> Iterator[Found]:
    """Open, and due before the newest evidence."""
    today = format_utc(case.data_as_of)[:10] if case.data_as_of else ""
    for at, action in _each(case, alive=True):
        if action.due is not None and action.due.isoformat() < today:
            message = f"{action.id} was due on {action.due.isoformat()} and is {action.status.replace('_', ' ')}."
            yield Found(place=case.at(ACTIONS, "action", at, "due"), message=message)


@ITEMS.rule(
    "PM507", Level.WARNING, "Two action items that say the same",
    why="Each owner waits for the other.",
    mend="Make them one.",
)  # fmt: skip
def alike(case: Case) -> Iterator[Found]:
    """Texts that are nearly the same."""
    for (_, one), (at, other) in combinations(_each(case), 2):
        if nearly_same(one.action, other.action):
            message = f"{other.id} says nearly what {one.id} says."
            yield Found(place=case.at(ACTIONS, "action", at, "action"), message=message)


@ITEMS.rule(
    "PM508", Level.WARNING, "Nothing that prevents, detects or mitigates",
    why="Only documents and processes will change; the next incident of this sort will go the same way.",
    mend='Add an item of kind "prevent", "detect" or "mitigate".',
)  # fmt: skip
def nothing_strong(case: Case) -> Iterator[Found]:
    """There are items, and all of them are of kind process, or of none."""
    kept = [action for _, action in _each(case)]
    if kept and not any(action.kind in _STRONG for action in kept):
        yield Found(place=Place(file=ACTIONS), message="No action item prevents, detects or mitigates.")


@ITEMS.rule(
    "PM509", Level.ERROR, "No action items",
    why="Nothing will be different after this post-mortem.",
    mend="Write actions.toml, or say with an accepted risk on each factor that nothing shall change.",
)  # fmt: skip
def none_at_all(case: Case) -> Iterator[Found]:
    """No item, and a factor that nobody accepted as a risk (or no factor either)."""
    accepted = case.factors and all(factor.accepted_risk for factor in case.factors if not factor.because_of)
    if not list(_each(case)) and not accepted:
        yield Found(place=Place(file=ACTIONS), message="Nobody has written an action item yet.")
