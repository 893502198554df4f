"""Claims: figures that the narrative states in words, held against what was measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.check.lexicon import nouns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.analysis.summary import Metrics

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NUMBERS: dict[str, float] = {word: number for number, word in enumerate(_ONES.split())}
_NUMBERS |= _TENS | {"half an": 0.5, "an": 1, "a": 1}
_NUMBERS |= {f"{ten}-{one}": value + _NUMBERS[one] for ten, value in _TENS.items() for one in _ONES.split()[1:10]}
_WORDS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_HOW = (
    r"less than|fewer than|under|within|at most|up to|no more than|more than|over|at least|longer than|about|around|"
    r"roughly|approximately|some|nearly|almost|~"
)
_UNIT = r"seconds?|secs?|minutes?|mins?|hours?|hrs?"
_SPAN = re.compile(
    rf"(?:\b(?P<how>{_HOW})\s+)?(?<![\w.:,-])(?:(?P<first>\d+(?:[.,]\d+)?)[\s-]*(?P<unit>{_UNIT}|h|m|s)"
    rf"|(?P<word>{_WORDS})[\s-]+(?P<of>{_UNIT}))\b(?P<half> and a half)?"
    rf"(?:\s*(?:and\s+)?(?P<rest>\d+)[\s-]*(?P<rest_unit>minutes?|mins?|m|seconds?|secs?|s)\b)?",
    re.IGNORECASE,
)
_MINUTES = {"s": 1 / 60, "m": 1, "h": 60}
# What is claimed of a span, by the words of the clause, the surest first.
_KINDS = (
    ("time_to_acknowledge", r"\b(?:acknowledg|acked|picked up the page|answered the page)\w*"),
    ("time_to_detect", r"\b(?:detect(?!or)|notic|alert(?:ed|s|ing)? (?:fired|came|us)|alerted|spotted)\w*"),
    ("time_to_mitigate", r"\b(?:mitigated|time to mitigat\w+)\b"),
    ("time_to_resolve", r"\b(?:resolv|closed|declared over)\w*"),
    (
        "duration",
        r"\b(?:last(?:ed|ing)|outage|unavailable|down(?:time)?|offline|customers (?:saw|could not|were)|impact)\b",
    ),
    ("recovery", r"\b(?:fix|restor|recover|repair|back to normal|back up|over)\w*"),
)
_LEAST, _SHARE, _LOOSE = 1.0, 0.1, 0.25  # minutes; of the span; of one that is said loosely
_LOOSELY = {"about", "around", "roughly", "approximately", "some", "nearly", "almost", "~"}
_BELOW = {"less than", "fewer than", "under", "within", "at most", "up to", "no more than"}
_NO_CLAIM = re.compile(
    r"\b(?:every|each|per|timeout|interval|window of|later than|target|limit|budget)\b"
    r"|\bnot\b|n['\u2019]t\b|\bnever\b|\blast (?:year|month|week|time)\b"
    r"|(?:\d|\b(?:ten|twenty|thirty|forty|fifty))\s*(?:-|\u2013|to|or|and)\s*\d+\s*(?:s|m|h)|\b(?:started|began|start|begin)\b"
    r"|\b(?:of|after|from|since|before) (?:the |its |being )?(?:detect\w*|(?:first )?alert\w*|pag(?:e|ed|ing)|declar\w*"
    r"|acknowledg\w*|rollback|roll-?out|deploy\w*|mitigat\w*|fix|escalat\w*)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r";|:(?!\d)|,\s+(?:and|but|so|which|while)\b|\s+(?:but|while)\s+", re.IGNORECASE)


# People mean either by these words.
_MEANT = {
    "recovery": ("time_to_mitigate", "duration", "time_to_resolve"),
    "time_to_resolve": ("time_to_resolve", "duration"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A span in minutes that a clause claims of an interval; ``how`` is the word before it."""

    name: str
    minutes: float
    how: str
    words: str

    def contradicts(self, low: float, high: float) -> bool:
        """Whether no reading of the claim meets what was measured."""
        loose = _LOOSE if self.how in _LOOSELY else _SHARE
        spare = max(_LEAST, loose * self.minutes)
        if self.how in _BELOW:
            return low > self.minutes + spare
        if self.how and self.how not in _LOOSELY:
            return high < self.minutes - spare
        return low > self.minutes + spare or high < self.minutes - spare


def claims(sentence: str) -> Iterator[Claim]:
    """The spans that a sentence claims of detection, mitigation, resolution or the whole."""
    for clause in _clauses(sentence):
        if _NO_CLAIM.search(clause):
            continue
        spans = list(_SPAN.finditer(clause))
        name = next((name for name, words in _KINDS if _is_said(words, clause)), "")
        if name and len(spans) == 1:
            span = spans[0]
            yield Claim(
                name=name, minutes=_minutes(span), how=(span["how"] or "").lower(), words=" ".join(span[0].split())
            )


def _is_said(words: str, clause: str) -> bool:
    """Whether a clause says it of the incident: with no other subject before the words that say it."""
    match = re.search(words, clause, re.IGNORECASE)
    if match is None:
        return False
    before = re.findall(r"[\w'\u2019-]+", clause[: match.start()].lower())
    told = [word for word in before if word not in nouns().filler and not word[0].isdigit()]
    return not told or any(word in nouns().incident for word in told[-4:])


def _clauses(sentence: str) -> Iterator[str]:
    """The clauses of a sentence; one that holds several spans is cut at its commas too."""
    for clause in _CLAUSE.split(sentence):
        several = len(_SPAN.findall(clause)) > 1
        yield from clause.split(",") if several else (clause,)


def _minutes(span: re.Match[str]) -> float:
    rest = float(span["rest"]) * _MINUTES[span["rest_unit"][0].lower()] if span["rest"] else 0.0
    amount = _NUMBERS[span["word"].lower()] if span["word"] else float(span["first"].replace(",", "."))
    return (amount + 0.5 * bool(span["half"])) * _MINUTES[(span["unit"] or span["of"])[0].lower()] + rest


def measured(claim: Claim, measures: Metrics) -> tuple[float, float] | None:
    """The least and the most (minutes) of what the claim is about; None where it is not known."""
    names = _MEANT.get(claim.name, (claim.name,))
    found = [measures.intervals[name] for name in names if measures.intervals[name].minutes is not None]
    if not found:
        return None
    return min(each.low or 0.0 for each in found), max(each.high or 0.0 for each in found)


COUNTED = re.compile(
    r"(?:\b(?P<how>about|around|roughly|approximately|some|nearly|almost|over|more than|at least|under|fewer than"
    r"|less than|up to)\s+)?(?<![\w.,:/#-])(?P<count>\d{1,3}(?:[,.\u202f\u00a0 ]\d{3})+|\d+(?:\.\d+)?)"
    r"\s*(?P<unit>million|thousand|k|m)?\s+(?:(?:failed|failing|support|incident|distinct|different|more|unique|affected"
    r"|lost|customer)\s+){0,2}(?P<what>requests|customers|users|tickets|orders)\b",
    re.IGNORECASE,
)
# A part, a share, a day or a code is no count of the whole.
_PART = re.compile(
    r"\bnot\b|n['\u2019]t\b|\bwithout\b|\bof (?:which|them|these|those|the|\w+-\w+)\b"
    r"|\b(?:each|every|per|a) (?:minute|second|hour|day)\b"
    r"|\b(?:first|last|next) (?:few )?(?:minutes?|seconds?|hours?)\b|\bcame (?:from|to)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:\b(?:of|in|since|by|until|status|code|http|error|sev|version|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|out of|top)\s+|(?<!:\d)\d\s+)$",
    re.IGNORECASE,
)
_UNITS = {"million": 1_000_000, "m": 1_000_000, "thousand": 1_000, "k": 1_000}
_FAILED = r"fail|error|\b5\d\d\b|5xx|\blost\b|reject|dropp|timed out|unsuccessful|affect"
# What the clause must say for the count to be of the harm that was measured.
HARM = {
    "requests": re.compile(_FAILED, re.IGNORECASE),
    "customers": re.compile(rf"{_FAILED}|\bhit\b|impact|could not|unable|\bsaw\b|\bmet\b|experienc", re.IGNORECASE),
    "tickets": re.compile(r"incident|support|opened|received|\bcame\b|\bhad\b|wrote|about", re.IGNORECASE),
    "orders": re.compile(r"\blost\b|never (?:placed|completed|went)", re.IGNORECASE),
}
HARM["users"] = HARM["customers"]


def counts(sentence: str) -> Iterator[tuple[str, int, str, str]]:
    """What a sentence says was harmed: of what, how many, the word before it (``about``), and the words."""
    for clause in _CLAUSE.split(sentence):
        for match in COUNTED.finditer(clause):
            what = match["what"].lower()
            other = _PART.search(clause) or _OTHER.search(clause[: match.start()])
            if HARM[what].search(clause) and not other:
                yield what, _count(match), (match["how"] or "").lower(), " ".join(match[0].split())


def _count(match: re.Match[str]) -> int:
    """The number that was written, with or without marks between thousands."""
    unit = _UNITS.get((match["unit"] or "").lower(), 1)
    if unit > 1 or re.fullmatch(r"\d+\.\d{1,2}", match["count"]):
        return round(float(match["count"].replace(",", "")) * unit)
    return int(re.sub(r"\D", "", match["count"]))
