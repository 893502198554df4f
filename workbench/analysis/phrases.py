"""What people say in chat and on calls that marks a moment, and the veto on what only sounds like it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

COMMAND = "command"
SYMPTOM = "symptom"
_SEV = r"(?:sev(?:erity)?[- ]?[0-5]|p[0-4]|s[0-4]|(?:major |critical )?(?:incident|outage))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A moment that a sentence states, how far to trust it, and the words that state it."""

    moment: str
    weight: float
    words: str
    by_bot: bool = False


# moment -> (weight from a person, weight from a bot or 0 where a bot's word does not count, pattern)
_LEXICON: dict[str, tuple[tuple[float, float, str], ...]] = {
    "acknowledged": (
        (0.6, 0.8, r"\backnowledged\b|\backed\b|\backing\b"),
        (0.5, 0.0, r"\bi(?:'m| am) on it\b|\bi(?:'ve| have)? got (?:it|this|the page|this one)\b|\bgot the page\b"),
        (0.5, 0.0, r"^\s*(?:ack|on it)\W*$"),
    ),
    "declared": (
        (0.8, 0.95, rf"\bdeclar(?:ed|ing)\b.{{0,20}}?\b{_SEV}\b|\b{_SEV}\b(?: (?:is|was|has been))? declared\b"),
        (0.7, 0.0, r"\b(?:calling|making|treating|raising) (?:this|it)(?: as)?(?: an?)? (?:sev(?:erity)?[- ]?[0-5]|p[0-4])\b"),
        (0.7, 0.0, r"\bthis is(?: now)? an? (?:sev(?:erity)?[- ]?[0-5]|p[0-2]|major incident)\b"),
        (0.7, 0.9, r"\b(?:opened|created|started|raised) an? (?:new )?(?:major )?incident\b"),
        (0.6, 0.9, r"\b(?:new )?incident(?: \S+)? (?:has been |was )?(?:opened|created)\b"),
    ),
    "identified": (
        (0.8, 0.0, r"\bfound (?:it|the (?:root )?(?:cause|culprit|problem|issue|bug|reason))\b"),
        (0.8, 0.0, r"\broot cause(?: (?:is|was)\b|:| (?:has been )?(?:found|identified|confirmed))"),
        (0.8, 0.0, r"\b(?:identified|pinpointed|isolated|tracked down|nailed down|located)(?: the)?(?: root)?"
                   r" (?:cause|culprit|problem|issue|bug)\b"),
        (0.8, 0.0, r"\b(?:cause|culprit)(?: is| has been)? (?:identified|found|confirmed)\b"),
        (0.6, 0.0, r"\bthe (?:cause|culprit) (?:is|was)\b"),
    ),
    "communicated": (
        (0.5, 0.4, r"\bstatus ?page(?: update)?(?: (?:is|has been|was))?(?: now)? (?:up|updated|posted|live|published|out)\b"),
        (0.5, 0.4, r"\b(?:posted|published|sent|updated|put up)\b.{0,40}?\b(?:status ?page|to (?:all )?customers|customer"
                   r" (?:notice|email|update))\b"),
        (0.5, 0.0, r"\bcustomers (?:have been|were|are) (?:notified|informed|e-?mailed|told)\b|\bnotified (?:all |the )?customers\b"),
        (0.5, 0.0, r"\bcomms (?:sent|are out|went out|is out)\b"),
    ),
    "mitigated": (
        (0.7, 0.5, r"\bmitigation(?: (?:is|was|has been))?(?: now)? (?:applied|in place|deployed|done|complete|live|rolled out)\b"),
        (0.7, 0.6, r"\b(?:incident|issue|impact|problem|it|this)(?: (?:is|was|has been))?(?: now)? mitigated\b|^\W*mitigated\b"),
        (0.7, 0.4, r"\b(?:fix|hot ?fix|patch|workaround)(?: (?:is|was|has been))?(?: now)?"
                   r" (?:applied|deployed|live|rolled out|in place|shipped|in prod(?:uction)?)\b"),
        (0.7, 0.4, r"\b(?:applied|deployed|shipped|rolled out) (?:the|a) (?:fix|hot ?fix|patch|workaround|mitigation)\b"),
        (0.6, 0.4, r"\brolled\b.{0,40}?\bback\b|\broll ?back(?: (?:is|was|has))?(?: now)? (?:complete[d]?|done|finished|succeeded|out)\b"),
        (0.6, 0.0, r"\breverted\b|\bfailed over\b|\bfail-?over(?: (?:is|was))? (?:complete[d]?|done|finished)\b"),
        (0.5, 0.0, r"\bflag(?: (?:is|was))?(?: now)? (?:off|disabled)\b|\b(?:disabled|turned off) the (?:feature )?flag\b"),
        (0.5, 0.0, r"\bcert(?:ificate)?s?(?: (?:is|was|are|has been|have been))?(?: now)? (?:renewed|rotated|replaced|installed)\b"),
        (0.5, 0.0, r"\btraffic(?: (?:is|was|has been))?(?: now)? (?:shifted|drained|moved|rerouted)\b"),
    ),
    "recovered": (
        (0.7, 0.3, r"\bback to (?:normal|baseline|green|healthy)\b|\breturned to (?:normal|baseline)\b"),
        (0.7, 0.3, r"\b(?:error(?:s| rates?)?|failures|5xx|latency)(?: (?:is|are|have|has))?(?: now| all)?"
                   r" (?:flat|gone|stopped|at zero|down to zero|cleared)\b"),
        (0.7, 0.3, r"\b(?:service|system|site|everything|traffic|checkout|we)\b(?:.{0,20}?)\b(?:fully )?(?:recovered|restored)\b"),
        (0.6, 0.0, r"\bno (?:more|further|new) (?:errors|failures|5xx|timeouts)\b|\bno longer (?:seeing|getting) (?:errors|failures)\b"),
        (0.6, 0.0, r"\b(?:everything|all)(?: (?:is|are))? green\b|\bhealthy again\b"),
    ),
    "resolved": (
        (0.5, 0.95, r"\b(?:incident|outage)(?: \S+)??(?: (?:is|was|has been))?(?: now)? (?:resolved|closed)\b"),
        (0.5, 0.0, r"\b(?:marking|marked|calling|called|declaring|declared)(?: (?:it|this|the incident))?(?: as)? resolved\b"),
        (0.5, 0.0, r"\b(?:this|it|issue|problem|we)(?: is|'s| are|'re| was| has been)(?: now)? (?:fully )?resolved\b"),
        (0.5, 0.8, r"\b(?:resolved|closed|closing) (?:the|this) incident\b"),
        (0.5, 0.0, r"\ball[- ]clear\b"),
    ),
    COMMAND: (
        (0.8, 0.0, r"\bi(?:'m| am|'ll| will)? ?(?:be |now )?(?:tak(?:e|ing)|assum(?:e|ing)|act(?:ing)? as|have)(?: over)?(?: as| the)*"
                   r" (?:ic|incident command(?:er)?|command)\b"),
        (0.8, 0.0, r"\bi(?:'m| am|'ll be| will be)(?: now)?(?: the)? (?:ic|incident commander)\b"),
        (0.6, 0.8, r"\bic(?: is)?: ?@"),
        (0.6, 0.8, r"@[^,|@\n]{2,40}? is(?: now)?(?: the)? (?:ic|incident commander)\b"),
    ),
    SYMPTOM: (
        (0.4, 0.0, r"\b(?:customers?|users?|clients?|merchants?)\b.{0,30}?\b(?:say|report(?:ing|ed|s)?|complain\w*|see(?:ing)?|getting)\b"),
        (0.4, 0.0, r"\b(?:seeing|getting|lots of|spike (?:in|of))\b.{0,25}?\b(?:errors|failures|5xx|50[0-4]s?|time-?outs)\b"),
    ),
}
_COMPILED = {
    moment: tuple((person, bot, re.compile(pattern, re.I)) for person, bot, pattern in patterns)
    for moment, patterns in _LEXICON.items()
}

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|\.{2,}")
_CLAUSE = re.compile(r"[,:—–]\s|\s-\s|\bbut\b|\band then\b", re.I)
_QUESTION = re.compile(r"\?|^\W*(?:is|are|was|did|do|does|has|have|can|could|should|would|anyone|anybody|who|what|when|where"
                       r"|why|how|which)\b(?! to normal)", re.I)
_NEGATION = re.compile(r"\b(?:not|never|no|nope|nothing|without|cannot|hardly|barely|unable|failed to)\b|n't\b|\byet\b", re.I)
_HEDGE_FAR = re.compile(r"\b(?:i think|i guess|i hope|maybe|perhaps|probably|possibly|hopefully|not sure|unsure|supposedly"
                        r"|allegedly|fingers crossed)\b", re.I)
_HEDGE_NEAR = re.compile(r"\b(?:might|may|could|should|would|seems?|seemed|appears?|looks? like|looking like|almost|nearly|suspect"
                         r"|assum(?:e|ing) (?:it|this)|partially|half)\b", re.I)
_REQUEST = re.compile(r"\b(?:can (?:someone|somebody|anyone|we|you|i)|could (?:someone|you|we)|please|pls|plz|someone (?:should|needs)"
                      r"|needs? to|need (?:a|an|the|someone)|let's|let us|let me|lets|want(?:s|ed)? (?:to|a)|waiting (?:for|on)|asking)\b", re.I)
_PLAN = re.compile(r"\b(?:will|going to|gonna|about to|plan(?:ning|s)?|trying|try|ready to|preparing|shall|todo|soon|later|tomorrow"
                   r"|eta|next step|in (?:a|an|one|two|five|ten|\d+) (?:sec|second|min|minute|hour|moment|bit)s?|working on)\b|'ll\b", re.I)
_CONDITION = re.compile(r"\b(?:if|once|until|till|unless|when|whenever|after|before|as soon as|in case|assuming)\b", re.I)
_PLAN_AHEAD = re.compile(r"^\W*(?:plan|next|todo|proposal|idea|option|draft|template|reminder|runbook|how to)\b[^:]{0,20}:?", re.I)
_ELSEWHERE = re.compile(r"\b(?:yesterday|last (?:time|week|night|month|year|incident)|previous(?:ly)?|earlier incident|another incident"
                        r"|other incident|drill|game ?day|exercise|rehearsal|example|staging|test incident|merge conflict|hostname)\b", re.I)
_RETRACTED = re.compile(r"\bnope\b|\bscratch that\b|\bnever ?mind\b|\bspoke too soon\b|\bfalse alarm\b|\b(?:it is|it's|they're|errors are)"
                        r" back\b(?! to)|\bcame back\b|\bstrike that\b", re.I)
# Taking command is done by saying so ("I'll take IC"), and a symptom is mostly reported as a question.
_WILL_COUNTS = {COMMAND}
_ASKING_COUNTS = {SYMPTOM}


def _clean(text: str) -> str:
    """The words without quoted lines and code, straight quotes."""
    straight = text.replace("\u2019", "'").replace("\u2018", "'")
    lines = [line for line in straight.splitlines() if not line.lstrip().startswith((">", "&gt;"))]
    return re.sub(r"```.*?(?:```|$)|`[^`]*`", " ", "\n".join(lines), flags=re.S)


def _clause_around(sentence: str, start: int, end: int) -> tuple[str, str]:
    """What stands in the match's own clause, before and after the match."""
    left = max((cut.end() for cut in _CLAUSE.finditer(sentence) if cut.end() <= start), default=0)
    right = min((cut.start() for cut in _CLAUSE.finditer(sentence) if cut.start() >= end), default=len(sentence))
    return sentence[left:start], sentence[end:right]


def veto(sentence: str, start: int, end: int, moment: str, *, asked: bool = False) -> str:
    """Why the words at start..end do not state the moment: the family of the objection, or "" where they stand."""
    before, after = _clause_around(sentence, start, end)
    clause = f"{before} \u00b7 {after}"
    rest = f"{sentence[:start]} \u00b7 {sentence[end:]}"
    if moment not in _ASKING_COUNTS and (asked or _QUESTION.search(rest)):
        return "question"
    checks = [
        ("elsewhere", _ELSEWHERE, rest), ("retracted", _RETRACTED, rest), ("hedge", _HEDGE_FAR, rest),
        ("negation", _NEGATION, clause), ("hedge", _HEDGE_NEAR, clause), ("request", _REQUEST, clause),
        ("condition", _CONDITION, before),
    ]
    if moment not in _WILL_COUNTS:
        checks += [("plan", _PLAN, clause), ("plan", _PLAN_AHEAD, sentence[:start])]
    return next((family for family, pattern, where in checks if pattern.search(where)), "")


def _in_sentence(sentence: str, asked: bool, bot: bool) -> list[Statement]:
    found = []
    for moment, patterns in _COMPILED.items():
        hits = [(bot_weight if bot else weight, match) for weight, bot_weight, pattern in patterns
                if (match := pattern.search(sentence))]
        stand = [(weight, match) for weight, match in hits
                 if weight and not veto(sentence, match.start(), match.end(), moment, asked=asked)]
        if stand:
            weight, match = max(stand, key=lambda hit: hit[0])
            found.append(Statement(moment=moment, weight=weight, words=match.group(0).strip(), by_bot=bot))
    return found


@lru_cache(maxsize=4096)
def statements(text: str, *, bot: bool = False) -> tuple[Statement, ...]:
    """The moments that a message states, at most one of each; questions, hopes, plans and requests state none."""
    cleaned = _clean(text)
    if _RETRACTED.search(cleaned):
        return ()
    best: dict[str, Statement] = {}
    for sentence in _SENTENCE.split(cleaned):
        if not sentence.strip():
            continue
        for statement in _in_sentence(sentence, sentence.rstrip().endswith("?"), bot):
            held = best.get(statement.moment)
            if held is None or statement.weight > held.weight:
                best[statement.moment] = statement
    return tuple(best.values())
