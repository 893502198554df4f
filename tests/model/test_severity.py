"""The scale of severities: which spellings stand for which step."""

from __future__ import annotations

import pytest

from workbench.model import DEFAULT_SCALE, Severity, SeverityScale, severity_of

TEAM = SeverityScale(
    severities=(Severity(name="P0"), Severity(name="P1", response_minutes=5), Severity(name="P2")),
    aliases={"all hands": "P0"},
)
WORDED = SeverityScale(severities=(Severity(name="red"), Severity(name="amber"), Severity(name="green")))


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("SEV-2", "SEV-2"), ("Sev 2", "SEV-2"), ("sev2", "SEV-2"), ("severity 2", "SEV-2"), ("S2", "SEV-2"),
     ("P1", "SEV-1"), ("2 - High", "SEV-2"), ("critical", "SEV-1"), ("Major", "SEV-2"), ("minor", "SEV-3"),
     ("low", "SEV-4"), ("P0", "SEV-1"), ("P5", "SEV-4"), (3, "SEV-3")],
)  # fmt: skip
def test_spellings_stand_for_a_step(spelling, name):
    """The usual spellings of other systems are understood on the default scale."""
    assert severity_of(spelling) == name


@pytest.mark.parametrize("text", ["", None, "   ", "banana", "2025", "sev", "17"])
def test_other_words_stand_for_nothing(text):
    """A word that is no severity gives None and not a guess."""
    assert severity_of(text) is None


def test_a_teams_own_scale_wins():
    """Own names are matched first, own aliases next, and a number means the name that carries it."""
    assert [TEAM.of(text) for text in ("p1", "All Hands", "sev 2", "P4")] == ["P1", "P0", "P2", "P2"]


def test_a_scale_without_numbers_goes_by_order():
    """On a scale of plain words a number is the place in order."""
    assert [WORDED.of(text) for text in ("sev 1", "2", "amber", "low")] == ["red", "amber", "amber", "green"]


def test_default_targets():
    """The default targets are 15, 30, 120 and 1440 minutes to respond, and updates each 30 and 60 minutes."""
    found = [(one.response_minutes, one.update_minutes) for one in DEFAULT_SCALE.severities]
    assert found == [(15, 30), (30, 60), (120, None), (1440, None)]


def test_rank_orders_worst_first():
    """The worst severity has rank 0, and a name off the scale is an error."""
    assert [DEFAULT_SCALE.rank(name) for name in ("SEV-1", "SEV-4")] == [0, 3]
    with pytest.raises(KeyError):
        DEFAULT_SCALE.rank("P1")
