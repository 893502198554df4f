"""The words that mark a moment, with how far to trust them from a person and from a bot."""

from __future__ import annotations

import re
from typing import NamedTuple

COMMAND = "command"
SYMPTOM = "symptom"


class Phrase(NamedTuple):
    """A pattern and its weight from a person and from a bot; 0 where a bot's word does not count."""

    person: float
    bot: float
    pattern: str


# Fragments: <be> is an optional verb, <sev> a severity or an incident, <deed> a change that people make.
_FRAGMENTS = {
    "<be>": r"(?: (?:is|was|are|were|has been|have been|has|have|'s))?(?: now| all)?",
    "<sev>": r"(?:sev(?:erity)?[- ]?[0-5]|p[0-4]|(?:major |critical )?(?:incident|outage))",
    "<number>": r"(?:sev(?:erity)?[- ]?[0-5]|p[0-4]|major incident)",
    "<cause>": r"(?:root cause|cause|culprit|problem|issue|bug|reason)",
    "<deed>": r"(?:fix|hot ?fix|patch|work-?around|mitigation)",
    # What people change to end an incident, and how they say that the change is there.
    "<change>": (
        r"(?:roll-?back|revert|fail-?over|switch-?over|promotion|rule|block|(?:rate )?limit(?:er)?|cert(?:ificate)?s?"
        r"|(?:feature )?flag|toggle|config(?:uration)?|version|release|build|patch|hot ?fix|fix|pool(?: size)?|replica"
        r"|standby|dns(?: record)?|record|route|throttl\w+|challenge|capacity|scale-?up|creds?|credentials)"
    ),
    "<state>": (
        r"(?:live|active|done|completed?|finished|gone|removed|in place|applied|deployed|rolled out|disabled|enabled"
        r"|promoted|blocked|lifted|raised|reverted|renewed|rotated|in prod(?:uction)?"
        r"|(?:on|off|up|out|through)(?= *(?:$|[.,!;:)]|for\b|now\b|again\b|everywhere)))"
    ),
    "<weak>": (
        r"(?:and|but|with|ran|is|was|are|were|be|being|might|may|could|should|would|will|can|must|needs?|if|when|once|until|not"
        r"|never|looks?|seems?|did|does|has|have|no)"
    ),
    "<ok>": r"^\W*(?:ok(?:ay)?,? )?",
    "<i>": r"^\W*(?:ok(?:ay)?,? )?(?:i |we |i've |we've |just )?",
    "<found>": r"(?:identified|found|got|located|pinned|nailed|tracked)",
    "<ic>": r"(?:ic|incident command(?:er)?|command)",
}

LEXICON: dict[str, tuple[Phrase, ...]] = {
    "acknowledged": (
        Phrase(0.6, 0.8, r"\backnowledged\b|\backed\b|\backing\b"),
        Phrase(0.5, 0.0, r"\bi(?:'m| am) on it\b|\bgot the page\b"),
        Phrase(0.5, 0.0, r"\bi(?:'ve| have)? got (?:it|this|the page|this one)\b"),
        Phrase(0.5, 0.0, r"^\s*(?:ack|on it)\W*$"),
    ),
    "declared": (
        Phrase(0.8, 0.95, r"\bdeclar(?:ed|ing)\b.{0,20}?\b<sev>\b|\b<sev><be> declared\b"),
        Phrase(0.5, 0.95, r"\b(?:has been |was )?declared by\b"),
        Phrase(0.7, 0.0, r"\b(?:calling|making|treating|raising) (?:this|it)(?: as)?(?: an?)? <number>\b"),
        Phrase(0.7, 0.0, r"\bthis is(?: now)? an? (?:incident,? )?<number>\b"),
        Phrase(0.6, 0.0, r"\bthis is(?: now)? an? (?:major |real )?incident\b|<ok>i(?:'m)? declar(?:e|ing)\b"),
        Phrase(0.7, 0.0, r"\b(?:opening|making|raising) (?:an?|it official.{0,4}) <number>\b"),
        Phrase(0.7, 0.9, r"\b(?:opened|created|started|raised) an? (?:new )?(?:major )?incident\b"),
        Phrase(0.6, 0.9, r"\b(?:new )?incident(?: \S+)? (?:has been |was )?(?:opened|created)\b"),
    ),
    "identified": (
        Phrase(0.8, 0.0, r"\bfound (?:it\b(?!\W*$)|the (?:root )?<cause>\b)"),
        Phrase(0.5, 0.0, r"\bfound it\W*$"),
        Phrase(0.8, 0.0, r"\broot cause(?: (?:is|was)\b|:|<be> (?:found|identified|confirmed))"),
        Phrase(0.8, 0.0, r"\b(?:identified|pinpointed|isolated|tracked down|nailed down|located)(?: the)? <cause>\b"),
        Phrase(0.8, 0.0, r"\b(?:cause|culprit)<be> (?:identified|found|confirmed)\b"),
        Phrase(0.6, 0.0, r"\bthe (?:cause|culprit) (?:is|was)\b"),
        # A word that marks a finding, and behind it what was found.
        Phrase(0.7, 0.0, r"<ok>(?:identified|cause|culprit|rca)(?: it)?\s*(?:[:=,\u2013-]|is\b|was\b)\s*\w"),
        Phrase(0.6, 0.0, r"<ok>identified(?: it)?\W*$"),
        Phrase(
            0.5, 0.0, r"<ok>(?:confirmed,? )?it(?:'?s| is| was) (?:the|our|today's) (?!<weak>\b|sev|incident|same)\w"
        ),
        Phrase(0.6, 0.0, r"\b<found> (?:it|the (?:root )?<cause>)\b\s*[:,\u2013-]\s*\w"),
        Phrase(0.6, 0.0, r"\bfound (?:the|a) (?:leak|bad|broken|wrong|stuck|offending|faulty|missing|culprit)\b"),
        Phrase(0.5, 0.0, r"^\W*confirmed:\s*(?!.*\b(?:recover|resolv|fix|healthy|green|seeing|customer|user))\w"),
        Phrase(0.6, 0.0, r"\bthat(?:'s| is) (?:the|our|what(?:'s| is| was)) <cause>\b"),
    ),
    "communicated": (
        Phrase(0.5, 0.4, r"\bstatus ?page(?: update)?<be> (?:up|updated|posted|live|published|out)\b"),
        Phrase(0.5, 0.4, r"\b(?:posted|published|sent|updated|put up)\b.{0,40}?\bstatus ?page\b"),
        Phrase(
            0.5, 0.4, r"\b(?:posted|published|sent)\b.{0,40}?\b(?:to (?:all )?customers|customer (?:notice|update))\b"
        ),
        Phrase(0.5, 0.0, r"\bcustomers<be> (?:notified|informed|e-?mailed|told)\b"),
        Phrase(0.5, 0.0, r"\bnotified (?:all |the )?customers\b|\bcomms (?:sent|are out|went out|is out)\b"),
    ),
    "mitigated": (
        Phrase(0.7, 0.4, r"\b<deed><be> (?:applied|deployed|done|complete|live|rolled out|in place|shipped|in prod)\b"),
        Phrase(0.7, 0.4, r"\b(?:applied|deployed|shipped|rolled out) (?:the|a) <deed>\b"),
        Phrase(0.7, 0.6, r"\b(?:incident|issue|impact|problem|it|this)<be> mitigated\b|^\W*mitigated\b"),
        Phrase(
            0.6, 0.4, r"(?<!being )\brolled\b.{0,40}?\bback\b|\broll-?back<be> (?:completed?|done|finished|succeeded)\b"
        ),
        Phrase(0.6, 0.0, r"\breverted\b|\bfailed over\b|\bfail-?over<be> (?:completed?|done|finished)\b"),
        Phrase(0.5, 0.0, r"\bflag<be> (?:off|disabled)\b|\b(?:disabled|turned off) the (?:feature )?flag\b"),
        Phrase(0.5, 0.0, r"\bcert(?:ificate)?s?<be> (?:renewed|rotated|replaced|installed)\b"),
        Phrase(0.5, 0.0, r"\b(?:renewed|rotated|replaced) the cert(?:ificate)?s?\b"),
        Phrase(0.5, 0.0, r"\btraffic<be> (?:shifted|drained|moved|rerouted)\b"),
        # A change, with a few words about which, and that it is there; or what was done, by who did it.
        Phrase(0.5, 0.0, r"\b<change>(?: (?!<weak>\b)[\w./-]+){0,4}<be> <state>(?=$|[\s.,!:;)])"),
        Phrase(0.5, 0.0, r"\b(?:promoted|failed over(?: to)?|switched (?:over|to|back)) (?:the |to )?\w"),
        Phrase(0.5, 0.0, r"\bis (?:now )?off for (?:everyone|everybody|all)\b|\bturned off\b.{0,20}\bflag\b"),
        Phrase(0.4, 0.0, r"\bblocked (?:them |it |that )?(?:at|on|in) the (?:edge|waf|firewall|cdn|lb)\b"),
        Phrase(
            0.4,
            0.0,
            r"<i>(?:disabled|reverted|renewed|rotated|raised|increased|bumped|scaled|killed|removed|purged|drained"
            r"|rerouted|unblocked) (?:the|it|that|all|our)\b",
        ),
        Phrase(
            0.35,
            0.0,
            r"<ok>(?:the |our |new |old )?(?:[\w.-]+ ){1,3}(?:is|are) (?:now )?(?:live|enabled|active|in place)\b",
        ),
        Phrase(0.3, 0.0, r"<i>(?:restarted|reloaded|rebooted|flushed|cleared) (?:the|it|that|all)\b"),
    ),
    "recovered": (
        Phrase(0.7, 0.3, r"\bback to (?:normal|baseline|green|healthy)\b|\breturned to (?:normal|baseline)\b"),
        Phrase(
            0.7, 0.3, r"\b(?:error(?:s| rates?)?|failures|5xx)<be> (?:flat|gone|stopped|at zero|down to zero|cleared)\b"
        ),
        Phrase(
            0.7,
            0.3,
            r"\b(?:services?|systems?|site|everything|traffic|checkout|we)<be> (?:fully )?(?:recovered|restored)\b",
        ),
        Phrase(0.6, 0.0, r"\bno (?:more|further|new) (?:errors|failures|5xx|timeouts)\b"),
        Phrase(0.6, 0.0, r"\bno longer (?:seeing|getting) (?:errors|failures)\b|\bhealthy again\b"),
        Phrase(0.6, 0.0, r"\b(?:everything|all)<be> green\b"),
    ),
    "resolved": (
        Phrase(0.5, 0.95, r"\b(?:incident|outage)(?: \S+)??<be> (?:resolved|closed)\b"),
        Phrase(0.5, 0.0, r"\b(?:marking|marked|calling|called)(?: (?:it|this|the incident))?(?: as)? resolved\b"),
        Phrase(
            0.5, 0.0, r"\b(?:this|it|issue|problem|we)(?: is|'s| are|'re| was| has been)(?: now)?(?: fully)? resolved\b"
        ),
        Phrase(0.5, 0.8, r"\b(?:resolved|closed|closing) (?:the|this) incident\b"),
        Phrase(0.5, 0.0, r"\ball[- ]clear\b|\bincident(?: is)? (?:over|closed|done)\b|<ok>resolved$"),
    ),
    COMMAND: (
        Phrase(
            0.8,
            0.0,
            r"\bi(?:'m| am|'ll| will)?(?: now)? (?:take|taking|assume|assuming|have)(?: over)?(?: as)?(?: the)? <ic>\b",
        ),
        Phrase(0.8, 0.0, r"\bi(?:'m| am|'ll be| will be)(?: now)?(?: the)? (?:ic|incident commander)\b"),
        Phrase(0.8, 0.0, r"<ok>(?:taking|got|have)(?: the)? <ic>\b|^\W*<ic> here\b|\bi'll ic\b"),
        Phrase(0.6, 0.8, r"\bic(?: is)?: ?@?\w"),
        Phrase(
            0.6,
            0.9,
            r"\bassigned\b.{0,60}?\b(?:as|to the role(?: of)?)(?: the)? (?:incident )?(?:lead|commander|manager)\b",
        ),
        Phrase(0.6, 0.8, r"^\W*(?!who\b)\w[\w .'-]{1,40}? is(?: now)?(?: the)? (?:ic|incident commander)\b"),
        Phrase(0.6, 0.8, r"@[^,|@\n]{2,40}? is(?: now)?(?: the)? (?:ic|incident commander)\b"),
    ),
    SYMPTOM: (
        Phrase(
            0.4,
            0.0,
            r"\b(?:customers?|users?|clients?)\b.{0,30}?\b(?:say|report(?:ing|ed|s)?|complain\w*|see|seeing)\b",
        ),
        Phrase(
            0.4,
            0.0,
            r"(?<!still )\b(?:seeing|getting|lots of)\b.{0,25}?\b(?:errors|failures|5xx|50[0-4]s?|time-?outs)\b",
        ),
    ),
}


def _expanded(pattern: str) -> re.Pattern[str]:
    for mark, fragment in _FRAGMENTS.items():
        pattern = pattern.replace(mark, fragment)
    return re.compile(pattern, re.IGNORECASE)


PATTERNS: dict[str, tuple[tuple[float, float, re.Pattern[str]], ...]] = {
    moment: tuple((one.person, one.bot, _expanded(one.pattern)) for one in phrases)
    for moment, phrases in LEXICON.items()
}
