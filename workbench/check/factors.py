"""PM4, contributing factors: a graph without circles, each step with evidence, that ends in what can be changed."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from workbench.check.case import ACTIONS, FACTORS
from workbench.check.finding import Family, Found, Level, Place
from workbench.check.prose import nearly_same
from workbench.check.subject import Subject, actor
from workbench.model import Explains, Factor, FactorKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from workbench.check.case import Case

GRAPH = Family()
_ENDS = {FactorKind.CONDITION, FactorKind.MISSING_CONTROL}
_DEPTH = 3
_LONG = 5  # minutes: longer asks for a reason of its own
_NOBODY = re.compile(
    r"\b(?:nobody|no one|no-one|anybody|anyone|everybody|everyone|who|someone|somebody|i)\b", re.IGNORECASE
)


def _place(case: Case, factor: Factor, key: str = "text") -> Place:
    at = next(at for at, one in enumerate(case.factors) if one is factor)
    return case.at(FACTORS, "factor", at, key)


def _by_id(case: Case) -> Mapping[str, Factor]:
    return {factor.id: factor for factor in case.factors}


def _dangling(case: Case, key: str, known: Collection[str]) -> Iterator[tuple[Factor, str]]:
    """The ids that factors name under a key and nothing has, each with the factor."""
    for factor in case.factors:
        yield from ((factor, named) for named in getattr(factor, key) if named not in known)


def _roots(case: Case) -> list[Factor]:
    explaining = {cause for factor in case.factors for cause in factor.because_of}
    return [factor for factor in case.factors if factor.id not in explaining]


def _leaves(case: Case) -> list[Factor]:
    known = _by_id(case)
    return [factor for factor in case.factors if not any(cause in known for cause in factor.because_of)]


@GRAPH.rule(
    "PM401", Level.WARNING, "No contributing factors",
    why="A post-mortem that names no factor says what happened and not how it could.",
    mend="Draw the five whys in factors.toml: from the impact down to conditions and missing controls.",
)  # fmt: skip
def none_named(case: Case) -> Iterator[Found]:
    """Nothing in factors.toml."""
    if not case.factors:
        yield Found(place=Place(file=FACTORS), message="Nobody has named a contributing factor yet.")


@GRAPH.rule(
    "PM402", Level.ERROR, "A circle of factors",
    why="What explains itself explains nothing; the reader comes back to where they were.",
    mend="Take one of the named steps out of because_of.",
)  # fmt: skip
def circle(case: Case) -> Iterator[Found]:
    """A factor that leads back to itself; each circle once."""
    known, told = _by_id(case), set[frozenset[str]]()
    for factor in case.factors:
        way = _way_back(factor, known)
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            said = " because of ".join([*way, way[0]])
            yield Found(place=_place(case, factor, "because_of"), message=f"The factors run in a circle: {said}.")


def _way_back(start: Factor, known: Mapping[str, Factor]) -> list[str]:
    """The ids from a factor back to itself; empty where there is no way."""
    waiting, seen = [[start.id]], set[str]()
    while waiting:
        way = waiting.pop(0)
        for cause in known[way[-1]].because_of:
            if cause == start.id:
                return way
            if cause in known and cause not in seen:
                seen.add(cause)
                waiting.append([*way, cause])
    return []


@GRAPH.rule(
    "PM403", Level.ERROR, "A factor that is not there",
    why="The step leads nowhere, and the report leaves it out.",
    mend="Write the id of a factor of factors.toml, or add the factor.",
)  # fmt: skip
def unknown_cause(case: Case) -> Iterator[Found]:
    """An id in because_of that no factor has."""
    for factor, cause in _dangling(case, "because_of", _by_id(case)):
        message = f"“{factor.id}” is because of “{cause}”, and no factor has that id."
        yield Found(place=_place(case, factor, "because_of"), message=message)


@GRAPH.rule(
    "PM404", Level.WARNING, "A factor without evidence",
    why="What nobody can look up is an opinion, and the next reader cannot tell it from a finding.",
    mend="Name an event (source:line, or its id) in evidence: the line that shows it, or the message that says it.",
)  # fmt: skip
def without_evidence(case: Case) -> Iterator[Found]:
    """A factor below a root that names no evidence."""
    roots = {factor.id for factor in _roots(case)}
    for factor in case.factors:
        if factor.id not in roots and not factor.evidence:
            yield Found(place=_place(case, factor), message=f"“{factor.id}” names no evidence.")


@GRAPH.rule(
    "PM405", Level.ERROR, "Evidence that is not there",
    why="A place that does not exist proves nothing.",
    mend="Look the event up with `workbench events`; its id and its source:line both do.",
)  # fmt: skip
def missing_evidence(case: Case) -> Iterator[Found]:
    """Evidence that names no event and no line of a source."""
    for factor in case.factors:
        for evidence in factor.evidence:
            if not case.has(evidence):
                message = f"“{factor.id}” rests on {evidence}, and there is no such event or line."
                yield Found(place=_place(case, factor, "evidence"), message=message)


_MOMENTS = {FactorKind.IMPACT, FactorKind.EVENT, FactorKind.DECISION}  # the others were there before


@GRAPH.rule(
    "PM406", Level.ERROR, "An effect before its cause",
    why="What came later cannot have led to it; one of the two is about something else, or its clock is off.",
    mend="Look at both events; turn the step round, take it out, or mend the clock of the source.",
)  # fmt: skip
def before_its_cause(case: Case) -> Iterator[Found]:
    """Even at its latest the effect began before the event that is to explain it did at its earliest."""
    known = _by_id(case)
    for factor in case.factors:
        effect = _began(case, factor)
        for cause in (known[each] for each in factor.because_of if each in known):
            before = _began(case, cause)
            if effect and before and effect[1] < before[0]:
                seconds = (before[0] - effect[1]) / 1e9
                message = f"“{factor.id}” began at least {seconds:,.0f} s before “{cause.id}”, which is to explain it."
                yield Found(place=_place(case, factor, "because_of"), message=message)


def _began(case: Case, factor: Factor) -> tuple[int, int] | None:
    spans = [span for one in factor.evidence if (span := case.cited.get(one))]
    return min(spans) if spans and factor.kind in _MOMENTS else None


@GRAPH.rule(
    "PM407", Level.ERROR, "A person or a team as a factor",
    why="People do what their situation makes likely; a tree that ends in a name can only be mended by another name.",
    mend="Write what made it likely: what they saw, what they had been told, what the tools allowed.",
)  # fmt: skip
def person(case: Case) -> Iterator[Found]:
    """A factor whose text is about a person or a team."""
    for factor in case.factors:
        text = _NOBODY.sub("", factor.text)
        named = [word for word in re.findall(r"\w+", text) if word.casefold() in case.people and word[0].isupper()]
        if named or actor(text, case.people, case.systems) is Subject.PERSON:
            yield Found(place=_place(case, factor), message=f"“{factor.id}” is about people: “{factor.text}”.")


@GRAPH.rule(
    "PM408", Level.ERROR, "A branch that ends too early",
    why="An event or a decision has reasons of its own; only a condition or a missing control can be changed.",
    mend="Ask once more: what let this happen? Or make it a condition, if that is what it is.",
)  # fmt: skip
def ends_early(case: Case) -> Iterator[Found]:
    """A leaf that is neither a condition nor a missing control."""
    for factor in _leaves(case):
        if factor.kind not in _ENDS:
            kind = factor.kind.replace("_", " ")
            yield Found(place=_place(case, factor, "kind"), message=f"The branch ends in “{factor.id}”, an {kind}."
                        if kind[0] in "aei" else f"The branch ends in “{factor.id}”, a {kind}.")  # fmt: skip


@GRAPH.rule(
    "PM409", Level.ERROR, "A factor that nothing answers",
    why="It will be there at the next incident too, and nobody has said that this is acceptable.",
    mend="Name an action item in actions, or write [factor.accepted_risk] with by and reason.",
)  # fmt: skip
def unanswered(case: Case) -> Iterator[Found]:
    """A leaf with neither an action nor an accepted risk."""
    for factor in _leaves(case):
        if not factor.actions and factor.accepted_risk is None:
            yield Found(place=_place(case, factor), message=f"“{factor.id}” has no action and no accepted risk.")


@GRAPH.rule(
    "PM410", Level.ERROR, "An action that is not there",
    why="The factor looks answered and is not.",
    mend="Write the id of an action item of actions.toml, or add it there.",
)  # fmt: skip
def unknown_action(case: Case) -> Iterator[Found]:
    """An id in actions that actions.toml does not have."""
    for factor, action in _dangling(case, "actions", {action.id for action in case.actions}):
        message = f"“{factor.id}” is answered by {action}, which {ACTIONS} does not have."
        yield Found(place=_place(case, factor, "actions"), message=message)


@GRAPH.rule(
    "PM411", Level.WARNING, "One story",
    why="A chain, or a tree of two steps, is the first story that came up. Most incidents needed several conditions.",
    mend="Ask what else was needed for it, and once more why.",
)  # fmt: skip
def one_story(case: Case) -> Iterator[Found]:
    """A graph that never branches, or that is less than three steps deep."""
    if not case.factors or any(_way_back(factor, _by_id(case)) for factor in case.factors):
        return
    steps: dict[str, int] = {}
    depth = max((_depth(root, _by_id(case), steps) for root in _roots(case)), default=0)
    branches = any(len(factor.because_of) > 1 for factor in case.factors)
    if depth < _DEPTH or not branches:
        shape = f"{depth} steps deep" if depth < _DEPTH else "a single chain"
        yield Found(place=_place(case, case.factors[0]), message=f"The factors are {shape}: is there another story?")


def _depth(factor: Factor, known: Mapping[str, Factor], steps: dict[str, int]) -> int:
    """The steps below a factor and itself; ``steps`` keeps what was counted, for many ways may lead to one factor."""
    waiting = [factor]
    while waiting:
        below = [known[cause] for cause in waiting[-1].because_of if cause in known]
        missing = [one for one in below if one.id not in steps]
        if missing:
            waiting += missing
        else:
            done = waiting.pop()
            steps[done.id] = 1 + max((steps[one.id] for one in below), default=0)
    return steps[factor.id]


@GRAPH.rule(
    "PM412", Level.WARNING, "Two factors that say the same",
    why="They will be answered twice, or each by half.",
    mend="Make them one, or say how they differ.",
)  # fmt: skip
def alike(case: Case) -> Iterator[Found]:
    """Texts that are nearly the same."""
    for one, other in combinations(case.factors, 2):
        if nearly_same(one.text, other.text):
            yield Found(place=_place(case, other), message=f"“{other.id}” says nearly what “{one.id}” says.")


@GRAPH.rule(
    "PM413", Level.WARNING, "A question that nobody asked",
    why="Why it happened is one question of three: long detection and long recovery have reasons of their own.",
    mend='Add a root of kind "impact" with explains = "detection" or "recovery", and ask why from there.',
)  # fmt: skip
def unasked(case: Case) -> Iterator[Found]:
    """Detection or recovery took long, and no root explains it."""
    asked = {factor.explains for factor in _roots(case)}
    if not case.factors:
        return
    spans = case.measures.intervals
    for explains, name, limit, said in (
        (Explains.DETECTION, "time_to_detect", _LONG, "to see"),
        (Explains.RECOVERY, "duration", 60, "to end"),
    ):
        took = spans[name].low
        if took is not None and took > limit and explains not in asked:
            message = f"It took at least {took:.0f} min {said}, and no root of factors.toml explains that."
            yield Found(place=Place(file=FACTORS), message=message)
