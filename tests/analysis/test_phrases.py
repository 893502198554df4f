"""What counts as stating a moment in chat, and what only sounds like it."""

from __future__ import annotations

import pytest

from workbench.analysis.phrases import statements

STATED = [
    ("acknowledged", "acked, looking at it"),
    ("acknowledged", "I'm on it"),
    ("acknowledged", "ack"),
    ("declared", "I am declaring a SEV-1 for this"),
    ("declared", "this is now a sev2"),
    ("identified", "found the culprit: the new index was never built"),
    ("identified", "Root cause is an expired certificate on the load balancer"),
    ("identified", "we have tracked down the issue to the 14:02 config push"),
    ("communicated", "the status page is updated"),
    ("communicated", "status page is up: https://status.shop.example/?id=4"),
    ("communicated", "customers have been informed by mail"),
    ("mitigated", "hotfix is live"),
    ("mitigated", "rolled checkout back to 4.1.2"),
    ("mitigated", "certificate has been renewed"),
    ("mitigated", "Fix deployed, please keep watching the graphs"),
    ("mitigated", "we failed over to the replica"),
    ("recovered", "latency and errors are back to baseline"),
    ("recovered", "no more timeouts since 10:40"),
    ("recovered", "error rate is flat"),
    ("resolved", "marking this resolved, thanks everyone"),
    ("resolved", "all clear"),
    ("command", "I'll take incident command"),
    ("command", "I am the incident commander from now on"),
    ("symptom", "users are reporting blank pages, anyone know why?"),
]
DECOYS = [
    "has anybody acked that page?",
    "not acked yet",
    "should we declare a sev1?",
    "if it gets worse I am declaring a SEV-1",
    "I think we found the cause",
    "we have not found the culprit",
    "maybe the root cause is DNS",
    "could someone say whether the status page is updated",
    "please confirm that the fix is deployed",
    "fix will be deployed in 5 minutes",
    "once the hotfix is live we can breathe",
    "plan: patch applied on one node, then the rest",
    "the patch might be live",
    "is the error rate back to normal?",
    "error rate is not back to normal",
    "hopefully everything is back to normal",
    "errors should be back to normal soon",
    "it is mitigated... scratch that, still failing",
    "back to normal! nope, spoke too soon",
    "last week's outage is resolved the same way",
    "in the drill we failed over to the replica",
    "the hostname resolved fine",
    "merge conflict resolved",
    "> the incident is resolved",
    "`incident resolved` is what the template says",
    "can someone take IC?",
    "who is IC: @?",
    "going to mark this resolved tomorrow",
    "calling it resolved in a minute",
    "lunch?",
    "",
]


@pytest.mark.parametrize(("moment", "sentence"), STATED)
def test_stated(moment: str, sentence: str) -> None:
    """A plain statement states its moment."""
    assert moment in {one.moment for one in statements(sentence)}


@pytest.mark.parametrize("sentence", DECOYS)
def test_decoys(sentence: str) -> None:
    """Questions, negations, hedges, requests, plans, conditions, quotes and other incidents state nothing."""
    assert statements(sentence) == ()


def test_curly_quotes() -> None:
    """A phone's curly apostrophe changes nothing."""
    assert [one.moment for one in statements("I\u2019m on it")] == ["acknowledged"]


def test_bots_declare_but_do_not_reason() -> None:
    """A bot's word counts for declaring and resolving, not for finding causes."""
    assert statements("INCIDENT DECLARED SEV-2: checkout down", bot=True)[0].weight > 0.9
    assert statements("found the cause", bot=True) == ()


def test_a_hedge_after_the_statement_does_not_undo_it() -> None:
    """Doubt about the details leaves the finding as it is."""
    assert statements("found it: connections leak, looks like the retry loop")[0].moment == "identified"
