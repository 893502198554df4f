"""What is said: by tools that move an incident on, in other channels, of other pages, and after it came back."""

from __future__ import annotations

import pytest
from analysis_frames import chat, event, events, ns

from workbench.analysis.bot_states import is_feed, state_of
from workbench.analysis.facts import facts
from workbench.analysis.impact import Impact
from workbench.analysis.milestones import find_milestones
from workbench.analysis.phrases import statements
from workbench.model import Incident

NOTHING = Impact(basis="none")
SHOP = Incident(id="i", title="Shop down", severity="SEV-2", services=("shop",))
NOBODYS = Incident(id="i", title="Shop down", severity="SEV-2")


def bot(clock: str, message: str, actor: str = "incident.io", **fields) -> dict:
    """A bot's message in the incident's channel."""
    return chat(clock, message, actor, bot="B1", **fields)


def times(*rows: dict, incident: Incident = SHOP) -> dict[str, str]:
    """What was found, as clocks of the day."""
    frame = events(*sorted(rows, key=lambda row: row["time"]))
    found = find_milestones(frame, incident, NOTHING).milestones
    day = ns("00:00:00")
    return {
        name: f"{(one.time - day) // 3_600_000_000_000:02d}:{(one.time - day) // 60_000_000_000 % 60:02d}"
        for name, one in found.items() if one.time is not None
    }  # fmt: skip


DECLARED = chat("14:05:00", "declaring SEV-2, I'm IC")


@pytest.mark.parametrize(
    ("message", "moment"),
    [
        ("Ann updated the incident: *Status* Monitoring \u2192 Closed", "resolved"),
        ("Milestone updated: Mitigated -> Resolved by Ann", "resolved"),
        ("Incident marked as *resolved* by Ann", "resolved"),
        ("Incident status changed to Mitigated", "mitigated"),
        ("Status: Investigating => Identified", "identified"),
        ("Status: Resolved \u2192 Closed", None),
        ("Ann updated the summary", None),
        ("Severity changed from SEV-2 to SEV-1", None),
    ],
)
def test_the_state_that_a_tool_moves_an_incident_to(message, moment) -> None:
    """Behind an arrow, behind "to" or "marked as"; what was over before is not over again."""
    (fact,) = facts(events(bot("14:00:00", message)))
    found = state_of(fact)
    assert (found and found[0]) == moment


def test_what_hands_on_anothers_status_page_tells_nothing_of_this_incident() -> None:
    """A feed's "resolved" is the vendor's."""
    rows = facts(events(bot("14:00:00", "[AcmePay Status] Resolved: This incident has been resolved.", "RSS")))
    assert is_feed(rows[0])
    feed = bot("14:50:00", "[AcmePay Status] Resolved: this incident has been resolved.", "RSS")
    assert "resolved" not in times(DECLARED, feed)
    assert times(DECLARED, feed, chat("14:40:00", "marking this as resolved"))["resolved"] == "14:40"


@pytest.mark.parametrize(
    ("sentence", "moment"),
    [
        ("identified: the pool is full", "identified"), ("identified. message 8811 crashes every worker", "identified"),
        ("cause: smtp creds were rotated", "identified"), ("confirmed: expired certificate on the gateway", "identified"),
        ("that's the cause", "identified"), ("ok it's the 4.12.0 release", "identified"),
        ("new cert is live on all LBs", "mitigated"), ("failover to nordpay complete", "mitigated"),
        ("rollback to 2.7.4 finished", "mitigated"), ("replica promoted", "mitigated"), ("rule 4411 removed", "mitigated"),
        ("new-pricing is off for everyone", "mitigated"), ("we disabled the export job", "mitigated"),
        ("ok this is an incident, SEV-2", "declared"), ("I declare a SEV2", "declared"), ("opening a SEV-2 for this", "declared"),
        ("*Checkout down* has been declared by Ann", "declared"), ("incident is over, thanks", "resolved"),
    ],
)  # fmt: skip
def test_what_people_write_states_a_moment(sentence, moment) -> None:
    """By the form of what is said, whatever it is about."""
    assert moment in [one.moment for one in statements(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "pushing a config with coalescing on", "cert ran out", "still seeing 5xx",
        "the rule might be live", "once the flag is off we look again", "change is being rolled back by netops",
        "is the new cert live?", "not the cause: the flag is off since May, nope", "assigned the ticket to the lead",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_states_none(sentence) -> None:
    """Symptoms, plans, doubts, conditions and questions."""
    assert statements(sentence) == ()


def test_what_is_said_in_another_channel_is_of_something_else() -> None:
    """Where the incident has a channel of its own; the first report may come from anywhere."""
    other = chat("14:20:00", "found the cause: my badge was in the other jacket", "Bob", channel="lunch")
    assert "identified" not in times(DECLARED, other)
    assert times(DECLARED, chat("14:20:00", "found the cause: the pool", "Bob"))["identified"] == "14:20"
    assert times(DECLARED, chat("14:01:00", "seeing 5xx errors", "Bob", channel="shop-dev"))["detected"] == "14:01"


def test_a_message_that_begins_with_another_service_is_of_that() -> None:
    """The one that deploys, alerts or pages tell of."""
    deploy = event("13:00:00", "deploy", "Deployed", action="deploy.succeeded", service="newsletter")
    rows = (DECLARED, deploy, chat("14:20:00", "newsletter: rolled back the config"))
    assert "mitigated" not in times(*rows)
    assert times(*rows, chat("14:30:00", "shop: rolled back the config"))["mitigated"] == "14:30"


def test_the_pagers_words_in_chat_are_of_the_page_that_names_the_service() -> None:
    """Another page that was acknowledged before is not this one's."""
    rows = [
        bot("14:01:00", "Triggered #71: nightly-backup failed", "PagerDuty"),
        bot("14:02:00", "*Acknowledged* #71: nightly-backup failed", "PagerDuty"),
        bot("14:03:00", "Triggered #72: too many errors on shop", "PagerDuty"),
        bot("14:04:00", "Acknowledged #72: too many errors on shop", "PagerDuty"),
    ]
    assert times(DECLARED, *rows)["acknowledged"] == "14:04"


def page(clock: str, number: str, service: str, action: str, actor: str | None = None) -> dict:
    """An entry of the pager."""
    return event(clock, "page", f"{service} fails", action=f"incident.{action}", actor=actor, service=service,
                 incident=f"Q{number}", incident_number=number, urgency="high")  # fmt: skip


def test_the_service_is_that_of_the_channel_and_the_declaration_where_nobody_wrote_one() -> None:
    """So that another service's page, acknowledged before, is not this incident's."""
    rows = [
        page("14:01:00", "71", "nightly-backup", "triggered"), page("14:02:00", "71", "nightly-backup", "acknowledged", "Bob"),
        page("14:03:00", "72", "shop", "triggered"), page("14:04:00", "72", "shop", "acknowledged", "Ann"),
        chat("14:05:00", "declaring SEV-2, shop is down", channel="inc-431-shop"),
    ]  # fmt: skip
    found = times(*rows, incident=Incident(id="i", title="Many errors", severity="SEV-2"))
    assert (found["detected"], found["acknowledged"]) == ("14:03", "14:04")


def test_what_came_back_was_not_over() -> None:
    """The end that is told after it counts, and the first one where nothing is told after."""
    first = [chat("14:20:00", "marking this as resolved"), chat("14:19:00", "back to normal")]
    assert times(DECLARED, *first)["resolved"] == "14:20"
    back = [
        chat("14:30:00", "reopening, second wave"),
        chat("15:00:00", "incident is resolved"),
        chat("14:58:00", "back to normal"),
    ]
    found = times(DECLARED, *first, *back)
    assert (found["recovered"], found["resolved"]) == ("14:58", "15:00")


def test_a_post_on_the_status_page_comes_after_the_deed() -> None:
    """Who said it before gives the time; alone it is worth little, and its interval begins with the post before."""
    posts = [
        event(clock, "status", f"we are {state}", action=f"status.{state}", incident="S1")
        for clock, state in (("14:10:00", "investigating"), ("14:30:00", "identified"))
    ]
    one = find_milestones(events(DECLARED, *posts), SHOP, NOTHING).milestones["identified"]
    assert (one.earliest, one.time, one.confidence) == (ns("14:20:00"), ns("14:30:00"), 0.4)
    assert times(DECLARED, *posts, chat("14:26:00", "identified: the pool is full"))["identified"] == "14:26"


@pytest.mark.parametrize(
    "words", ["I'll do comms", "i take the status page + comms", "comms is me", "taking comms", "I take the comms"]
)
def test_who_says_that_comms_are_theirs_leads_them(words) -> None:
    """Anybody may, not the commander alone; a question is no answer."""
    from workbench.analysis.people import find_people

    rows = (
        DECLARED,
        chat("14:08:00", "who does comms?", "Zoe"),
        chat("14:09:00", words, "Bob"),
        chat("15:00:00", "all clear"),
    )
    found = find_people(find_milestones(events(*rows), SHOP, NOTHING), SHOP)
    assert found.roles["communications_lead"].person == "Bob"
