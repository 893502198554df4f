"""PM6, language: blame, counterfactuals and hindsight in people's own prose, with the question to ask instead."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.check.case import ACTIONS, FACTORS, INCIDENT, NARRATIVE
from workbench.check.finding import Family, Found, Level, Place
from workbench.check.lexicon import Of, Pattern, patterns
from workbench.check.prose import plain_sentences
from workbench.check.subject import Subject, actor, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from workbench.check.case import Case
    from workbench.check.prose import Sentence

LANGUAGE = Family()
LONGEST = 1_000  # signs of a sentence: what is longer is no sentence
_WOULD, _HAVE = re.compile(r"['\u2019]d have\b"), re.compile(r"['\u2019]ve\b")
COUNTERFACTUAL, OMISSION, JUDGEMENT, PERSON, HINDSIGHT, SINGLE = "PM601", "PM602", "PM603", "PM604", "PM605", "PM606"
# A quarter of English prose are these words, and none of other languages' in any number.
_ENGLISH = frozenset({
    "the", "of", "and", "to", "is", "were", "with", "for", "that", "this", "it", "by", "from", "had", "not", "been",
    "which", "they", "we", "has", "have", "their",
})  # fmt: skip
_WORD = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]|[^\W\d_]+")  # a sign of Chinese counts as one
_FEW, _RARE = 20, 0.05  # words that tell a language; the share of English ones below which it is another
HOW = {
    COUNTERFACTUAL: "it tells of what did not happen. Ask: what did people know then, and how did what they did make "
    "sense?",
    OMISSION: "it names what people did not do. Ask: how was it meant to be noticed, and what was in the way?",
    JUDGEMENT: "it judges people. Say what happened, and ask: how did that look like the right thing to do?",
    PERSON: "it makes a person the cause. Ask: how could the system let one action have this effect?",
    HINDSIGHT: "it is clear only now. Ask: what could be seen at the time, and how did it look?",
    SINGLE: "one cause is one story. Write of contributing factors, and of what each of them made possible.",
}


def flagged(text: str, people: Collection[str] = (), systems: Collection[str] = ()) -> dict[str, str]:
    """The codes that a sentence trips, each with the words that trip it."""
    return dict(_flagged(text, frozenset(people), frozenset(systems)))


@lru_cache(maxsize=4096)  # six rules ask it of each sentence, and while people write most sentences stay
def _flagged(text: str, people: frozenset[str], systems: frozenset[str]) -> dict[str, str]:
    text = _HAVE.sub(" have", _WOULD.sub(" would have", text[:LONGEST]))
    found: dict[str, str] = {}
    for pattern in patterns():
        if pattern.code not in found and (words := _words(pattern, text, people, systems)):
            found[pattern.code] = words
    return found


def _words(pattern: Pattern, text: str, people: Collection[str], systems: Collection[str]) -> str:
    if pattern.unless and pattern.unless.search(text):
        return ""
    for match in pattern.look.finditer(text):
        named = match.groupdict().get("who")
        before = text[: match.start()] if named is None else named
        if pattern.of is Of.ANYBODY or _said_of(pattern.of, before, people, systems):
            return " ".join(match[0].split())
    return ""


def _said_of(of: Of, before: str, people: Collection[str], systems: Collection[str]) -> bool:
    if of is Of.ACTING_PEOPLE:
        return actor(before, people, systems) is Subject.PERSON
    about = subject(before, people, systems)
    return about is Subject.PERSON or (of is Of.NO_SYSTEM and about is Subject.UNKNOWN)


def _texts(case: Case) -> Iterator[tuple[Place, str]]:
    """Every sentence that people wrote, with its place."""
    for sentence in case.sentences:
        yield Place(file=NARRATIVE, line=sentence.line), sentence.text
    written = [(case.at(INCIDENT, name), getattr(case.incident, name)) for name in ("title", "summary", "trigger")]
    written.append((case.at(INCIDENT, "impact", "notes"), case.incident.impact.notes))
    written += [(case.at(FACTORS, "factor", at, "text"), one.text) for at, one in enumerate(case.factors)]
    written += [(case.at(ACTIONS, "action", at, "action"), one.action) for at, one in enumerate(case.actions)]
    for place, text in written:
        yield from ((place, sentence.text) for sentence in plain_sentences(text))


@LANGUAGE.rule(
    "PM607", Level.NOTE, "Prose that is not English",
    why="The words of blame and hindsight are listed in English: silence about other prose does not mean that it is "
    "free of them. The figures that it states are not read either.",
    mend="Have a colleague read it with the questions of PM601 to PM606 in mind, and waive this note with the name.",
)  # fmt: skip
def find_other_languages(case: Case) -> Iterator[Found]:
    """Sections of narrative.md of 20 words and more in which hardly any of the commonest English words occur."""
    parts: dict[str, list[Sentence]] = {}
    for sentence in case.sentences:
        parts.setdefault(sentence.section, []).append(sentence)
    other = {
        name: part for name, part in parts.items() if is_other_language(" ".join(sentence.text for sentence in part))
    }
    if other:
        named = ", ".join(f"“{name}”" if name else "what stands before the first heading" for name in other)
        line = next(iter(other.values()))[0].line
        message = (
            f"{named}: not English, it seems, so that the rules of language and of stated figures cannot judge it."
        )
        yield Found(place=Place(file=NARRATIVE, line=line), message=message)


def is_other_language(text: str) -> bool:
    """Whether a text of some length has hardly any of the commonest English words."""
    words = _WORD.findall(text.casefold())
    return len(words) >= _FEW and sum(word in _ENGLISH for word in words) < _RARE * len(words)


def _finder(code: str) -> Callable[[Case], Iterator[Found]]:
    def find(case: Case) -> Iterator[Found]:
        for place, text in _texts(case):
            if words := flagged(text, case.people, case.systems).get(code):
                yield Found(place=place, message=f"“{words}”: {HOW[code]}")

    find.__doc__ = f"Words of the family, as `workbench/check/blame.toml` lists them under {code}."
    return find


_MEND = "Write it anew from where people stood then; a quotation stays as it is, in quotation marks."
for _code, _level, _title, _why in (
    (COUNTERFACTUAL, Level.WARNING, "A counterfactual",
     "“Should have” compares what happened with a world that was not there, and ends the search for sense."),
    (OMISSION, Level.WARNING, "What somebody did not do",
     "“Failed to”, said of people, describes nothing that happened. Of a job or a service it is a plain fact."),
    (JUDGEMENT, Level.WARNING, "A judgement of people",
     "People who are judged stop telling what they saw, and the next incident is harder to understand."),
    (PERSON, Level.ERROR, "A person as the cause",
     "Where one person's action is enough for an outage, the system that lets it be enough is what there is to learn."),
    (HINDSIGHT, Level.WARNING, "Hindsight",
     "What is obvious now was one signal among many; whoever writes “obviously” has stopped looking for the others."),
    (SINGLE, Level.NOTE, "One cause",
     "Incidents in complex systems need several conditions together; naming one ends the analysis early."),
):  # fmt: skip
    LANGUAGE.rule(_code, _level, _title, why=_why, mend=_MEND)(_finder(_code))
