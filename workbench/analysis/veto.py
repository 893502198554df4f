"""What takes a sentence's word back: questions, negation, hedges, requests, plans, conditions, other incidents."""

from __future__ import annotations

import re

from workbench.analysis.lexicon import COMMAND, SYMPTOM


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


_CLAUSE = re.compile(r"[,:\u2014\u2013]\s|\s-\s|\bbut\b|\band then\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"\?|^\W*(?:is|are|was|did|do|does|has|have|can|could|should|would|anyone|anybody|who|what|when|where|why|how|which)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|never|no|nope|nothing|nobody|none|without|cannot|hardly|barely|unable|failed to|yet)\b|n't\b",
    re.IGNORECASE,
)
# Doubt about the whole sentence wherever it stands ...
_DOUBT = _words(
    "i think", "i guess", "i hope", "maybe", "perhaps", "probably", "possibly", "hopefully", "not sure", "unsure",
    "supposedly", "allegedly", "fingers crossed",
)  # fmt: skip
# ... and words that only weaken the clause they stand in.
_HEDGE = _words(
    "might", "may", "could", "should", "would", "seems?", "seemed", "appears?", "looks? like", "looking like",
    "almost", "nearly", "suspect", "partially", "half", "partly",
)  # fmt: skip
_REQUEST = _words(
    "can (?:someone|somebody|anyone|we|you|i)", "could (?:someone|you|we)", "please", "pls", "plz",
    "someone (?:should|needs)", "needs? to", "need (?:a|an|the|someone)", "let's", "let us", "let me", "lets",
    "wants? (?:to|a)", "wanted to",
    "waiting (?:for|on)", "asking", "make sure",
)  # fmt: skip
_PLAN = re.compile(
    r"\b(?:will|going to|gonna|about to|plan(?:ning|s)?|trying|try|ready to|preparing|shall|todo|soon|later|tomorrow"
    r"|eta|next step|working on|in (?:a|an|one|two|five|ten|\d+) (?:sec|second|min|minute|hour|moment|bit)s?)\b|'ll\b",
    re.IGNORECASE,
)
_PLAN_AHEAD = re.compile(
    r"^\W*(?:plan|next|todo|proposal|idea|option|draft|template|reminder|runbook|how to)\b[^:]{0,20}:?", re.IGNORECASE
)
_CONDITION = _words(
    "if", "once", "until", "till", "unless", "when", "whenever", "after", "before", "as soon as", "in case", "assuming"
)
_ELSEWHERE = _words(
    "yesterday", "last (?:time|week|night|month|year|incident)", "previous(?:ly)?", "earlier incident",
    "another incident", "other incident", "drill", "game ?day", "exercise", "rehearsal", "example", "staging",
    "test incident", "merge conflict", "hostname",
)  # fmt: skip
_RETRACTED = re.compile(
    r"\b(?:nope|scratch that|never ?mind|spoke too soon|false alarm|strike that|came back)\b"
    r"|\b(?:it is|it's|they're|errors are) back\b(?! to)",
    re.IGNORECASE,
)
# Taking command is done by saying so ("I'll take IC"), and a symptom is mostly reported as a question.
_WILL_COUNTS = frozenset({COMMAND})
_ASKING_COUNTS = frozenset({SYMPTOM})


def is_retracted(message: str) -> bool:
    """Whether the message takes back what it says."""
    return bool(_RETRACTED.search(message))


def is_open(words: str) -> bool:
    """Whether words hold a condition, a request or a doubt themselves: they state nothing then."""
    return any(pattern.search(words) for pattern in (_CONDITION, _REQUEST, _DOUBT, _HEDGE))


def _clause_around(sentence: str, start: int, end: int) -> tuple[str, str]:
    """What stands in the match's own clause, before and after the match."""
    left = max((cut.end() for cut in _CLAUSE.finditer(sentence) if cut.end() <= start), default=0)
    right = min((cut.start() for cut in _CLAUSE.finditer(sentence) if cut.start() >= end), default=len(sentence))
    return sentence[left:start], sentence[end:right]


def objection(sentence: str, start: int, end: int, moment: str) -> str:
    """Why the words at start..end do not state the moment: the family of the objection, or "" where they stand."""
    before, after = _clause_around(sentence, start, end)
    clause, rest = f"{before} | {after}", f"{sentence[:start]} | {sentence[end:]}"
    checks = [
        ("elsewhere", _ELSEWHERE, rest),
        ("hedge", _DOUBT, rest),
        ("negation", _NEGATION, clause),
        ("hedge", _HEDGE, clause),
        ("request", _REQUEST, clause),
        ("condition", _CONDITION, before),
    ]
    if moment not in _ASKING_COUNTS:
        checks.insert(0, ("question", _QUESTION, rest))
    if moment not in _WILL_COUNTS:
        checks += [("plan", _PLAN, clause), ("plan", _PLAN_AHEAD, sentence[:start])]
    return next((family for family, pattern, where in checks if pattern.search(where)), "")
