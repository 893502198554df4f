"""What people and bots said, as candidates: in chat, on calls and in the pager's notes, by its channel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.analysis.bot_states import is_feed, state_of
from workbench.analysis.facts import MINUTE, Fact, of_fact
from workbench.analysis.lexicon import COMMAND, SYMPTOM
from workbench.analysis.phrases import statements
from workbench.analysis.scope import HOUR, Scope, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.model import Candidate

SPEECH_SHARE = 0.75  # a transcript's words are less sure than written ones, and come later than the deed
SOON = 30 * MINUTE  # before an incident has its channel
_SEV_TOPIC = re.compile(r"\bsev(?:erity)?[- ]?\d\b|\bP[0-2]\b", re.IGNORECASE)
_MIRROR = re.compile(r"\b(triggered|acknowledged)[*_]{0,2} #?(\d+)", re.IGNORECASE)
_OF_THE_CHANNEL = ("identified", "mitigated", "recovered", "resolved")  # said elsewhere, of something else
_CALLED = re.compile(r"(?:^|[-_])(?:inc|incident|sev\d?|outage|war-?room)(?:[-_\d]|$)", re.IGNORECASE)
_ABOUT = re.compile(r"\W*([\w.-]+):\s")
_BACK = re.compile(
    r"\bre-?open(?:ing|ed)\b|\bsecond wave\b"
    r"|\b(?:it|they|errors?|5xx|the alert)(?:'s|'re| is| are)? back\b(?! to| on| up| in)",
    re.IGNORECASE,
)


def from_speech(rows: Sequence[Fact], scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """What people and bots said, where it states a moment and is no question, hope, plan or request."""
    own, foreign = _channels(rows, scope), _foreign(rows, scope)
    begin = min(own.values(), default=0)  # before it the talk may be anywhere
    others = {fact.service.casefold() for fact in rows if fact.service} - scope.services if scope.services else set()
    for fact in spoken(rows):
        if not scope.holds(fact.time) or (fact.by_bot and (is_feed(fact) or foreign & {*_numbers(fact)})):
            continue
        apart = bool(own) and fact.kind == "chat" and fact.channel not in own and not begin - SOON <= fact.time <= begin
        elsewhere = apart or _of_another(fact, others)
        yield from _of_message(fact, elsewhere=elsewhere)
        if fact.action == "message.topic":
            yield from _topic(fact)
        yield from _mirrored(fact, scope)


def _of_message(fact: Fact, *, elsewhere: bool) -> Iterator[tuple[str, Candidate]]:
    """The moments that one message states; ``elsewhere`` it is about something else but for the first of them."""
    share = SPEECH_SHARE if fact.kind == "speech" else 1.0
    where = {"speech": "said on the call", "page": "noted in the pager"}.get(
        fact.kind, "a bot wrote" if fact.by_bot else "said in chat"
    )
    if fact.by_bot and (state := state_of(fact)):
        yield state[0], of_fact(fact, state[1], f"a bot wrote: {state[2]}")
    for one in statements(fact.message, bot=fact.by_bot):
        moment = "detected" if one.moment == SYMPTOM else one.moment
        if not (elsewhere and moment in _OF_THE_CHANNEL):
            yield moment, of_fact(fact, one.weight * share, f"{where}: {one.words}")


def _channels(rows: Sequence[Fact], scope: Scope) -> dict[str, int]:
    """The channels in which the incident is dealt with, and since when; none where nothing tells: then any may be.

    It was declared or commanded there by a person, a tool moves it on there, or the channel is called so. Where bots
    alone declared it, the talk may be anywhere.
    """
    found, talked = dict[str, int](), False
    for fact in spoken(rows):
        if fact.kind != "chat" or not fact.channel or not scope.holds(fact.time, after=2 * HOUR):
            continue
        said = statements(fact.message, bot=fact.by_bot)
        told = any(one.moment in ("declared", COMMAND) and one.weight >= 0.6 for one in said)
        named = bool(_CALLED.search(fact.channel)) or any(name in fact.channel.casefold() for name in scope.services)
        if told or named or (fact.by_bot and not is_feed(fact) and state_of(fact)):
            found.setdefault(fact.channel, fact.time)
            talked = talked or not fact.by_bot
    return found if talked else {}


def _of_another(fact: Fact, others: set[str]) -> bool:
    """Whether a message begins by saying that it is about another service: "newsletter: rolled back"."""
    match = _ABOUT.match(fact.message)
    return match is not None and match[1].casefold() in others


def _numbers(fact: Fact) -> list[str]:
    return [match[2] for match in _MIRROR.finditer(fact.message)]


def _foreign(rows: Sequence[Fact], scope: Scope) -> set[str]:
    """Numbers of pages that are not of this incident, by the pager's export or by the services that they name."""
    own = {number for page in scope.pages for fact in page.entries if (number := _number(fact))}
    told = {number for fact in rows if fact.kind == "page" and (number := _number(fact))}
    if not own:
        for fact in rows:
            if fact.by_bot and fact.kind == "chat" and (numbers := _numbers(fact)):
                told.update(numbers)
                own.update(numbers if any(name in fact.message.casefold() for name in scope.services) else ())
    return told - own if own else set()


def _number(fact: Fact) -> str:
    return fact.attribute("incident_number", "number").lstrip("#")


def _topic(fact: Fact) -> Iterator[tuple[str, Candidate]]:
    if _SEV_TOPIC.search(fact.message):
        yield "declared", of_fact(fact, 0.6, "the channel's topic was given a severity")


def _mirrored(fact: Fact, scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """The pager's own messages in chat, of use where its export is missing."""
    match = _MIRROR.search(fact.message) if fact.by_bot and fact.kind == "chat" and not scope.pages else None
    if match and match[1].lower() == "triggered" and any(name in fact.message.casefold() for name in scope.services):
        yield "detected", of_fact(fact, 0.6, "the pager wrote in chat that it triggered")
    elif match and match[1].lower() == "acknowledged":
        yield "acknowledged", of_fact(fact, 0.8, "the pager wrote in chat that it was acknowledged")


def without_reopened(found: dict[str, list[Candidate]], rows: Sequence[Fact], scope: Scope) -> None:
    """Takes out what seemed the end before it came back, where the same is said again afterwards."""
    own = _channels(rows, scope)
    times = [
        fact.time
        for fact in spoken(rows)
        if _BACK.search(fact.message) and "?" not in fact.message and scope.holds(fact.time)
        and (not own or fact.kind != "chat" or fact.channel in own)
    ]  # fmt: skip
    for moment in ("mitigated", "recovered", "resolved"):
        last = max((one.time for one in found.get(moment, ())), default=0)
        if again := [time for time in times if time < last]:
            found[moment] = [one for one in found[moment] if one.latest >= max(again)]
