"""What was said in Slack, as data: the lines of people and of bots, channel by channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from generator import clock
from generator.alert_episodes import CHECKOUT_ERRORS, DISK, EPISODES, ORDERS_ERRORS, Episode
from generator.cast import AIKO, HELEN, JONAS, LUIS, MAREK, PRIYA, Person

if TYPE_CHECKING:
    from datetime import datetime

INCIDENT_CHANNEL = "inc-2025-001"
CHANNELS = {
    "alerts": "C05ALERTS1",
    "deploys": "C05DEPLOYS",
    "general": "C05GENERAL",
    INCIDENT_CHANNEL: "C09INC25001",
}
BOTS = {"PagerDuty": "B05PAGERDT", "Incident bot": "B05INCIDNT", "Deploy bot": "B05DEPLOYB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message; `thread` is the time of the message that it answers."""

    channel: str
    when: datetime
    who: Person | str
    text: str = ""
    attachment: str = ""
    color: str = "warning"
    thread: datetime | None = None
    joined: bool = False
    edited: datetime | None = None
    reaction: str = ""


def _alert(episode: Episode, *, resolved: bool = False) -> Line:
    moment = episode.ended if resolved else episode.fired
    verb = "Resolved" if resolved else "Triggered"
    text = f"{verb} #{episode.number}: {episode.name} on {episode.service}\n{episode.summary}"
    color = "good" if resolved else "danger"
    return Line(channel="alerts", when=moment + _BOT_DELAY, who="PagerDuty", attachment=text,
                color=color)  # fmt: skip


_BOT_DELAY = timedelta(seconds=11, milliseconds=204)
FIRST_POST = ORDERS_ERRORS.fired + _BOT_DELAY
_DISK_POST = DISK.fired + _BOT_DELAY

Said = tuple[str, Person, str]


def _says(channel: str, lines: tuple[Said, ...], thread: datetime | None = None) -> list[Line]:
    return [Line(channel=channel, when=clock.at(when), who=who, text=text, thread=thread) for when, who, text in lines]


_DISK_TALK: tuple[Said, ...] = (
    ("13:31:52.118", AIKO, "acked the disk one, old thumbnails again. Not urgent"),
    ("13:50:40.902", AIKO, "cleaned up /var on media-2, the alert should clear by itself"),
)
_ALERT_TALK: tuple[Said, ...] = (
    ("14:03:26.551", PRIYA, "On it. Acknowledged #4812, opening the orders dashboards"),
    ("14:05:12.340", AIKO, "is it the pool? or DNS again? :sweat_smile:"),
    ("14:05:31.077", PRIYA, "not sure yet. Pinged <@U04MAREKNO> to help"),
    ("14:06:44.818", MAREK, "here. CPU of the database looks calm, so it is not slow queries"),
    ("14:08:17.264", MAREK, ("Found it: the connection pool on orders-db is exhausted, 20/20 in "
                             "use and requests are queueing")),
    ("14:08:50.631", PRIYA, "that fits: every failure ends after three seconds, its timeout"),
    ("14:11:20.472", PRIYA, "customers cannot check out. I'd rather have an incident for this"),
)  # fmt: skip
_GENERAL: tuple[Said, ...] = (
    ("13:41:15.300", LUIS, "lunch at the new place today? :ramen:"),
    ("13:53:58.740", JONAS, "heads-up: the *Early Winter* campaign mail goes out now"),
    ("14:06:02.415", LUIS, "support sees a few tickets about failing orders, is something on?"),
    ("14:07:33.029", AIKO, "<@U04LUISORT> yes, see <#C05ALERTS1|alerts>"),
    ("14:44:20.655", LUIS, "thanks everyone for the quick answers :pray:"),
)
_INCIDENT: tuple[Said, ...] = (
    ("14:12:47.903", HELEN, ("I'm taking incident commander. <@U04MAREKNO> technical lead, "
                             "<@U04JONASWE> communications, <@U04AIKOTAN> scribe")),
    ("14:13:20.148", MAREK, "plan: raise the pool from 20 to 60 by a config change, no code"),
    ("14:13:41.377", HELEN, "will orders-db bear that?"),
    ("14:14:05.690", AIKO, ("checked: yes, once the report workers are paused, they hold the rest. "
                            "The role's own limit needs to go up too")),
    ("14:14:30.266", HELEN, "<@U04JONASWE> can you get the status page out please?"),
    ("14:15:29.815", JONAS, ("status page is updated: "
                             "<https://status.shop.example/incidents/k3v9orders17|Investigating>")),
    ("14:16:38.052", LUIS, "more tickets coming in, all about orders and checkout"),
    ("14:17:52.704", AIKO, "I think it may be fixed? the last minute looks better to me"),
    ("14:18:06.190", PRIYA, "no, still failing. That was one host only"),
    ("14:18:44.329", MAREK, "change is reviewed, waiting for the pipeline"),
    ("14:19:16.447", JONAS, "status page says identified now"),
    ("14:21:14.026", MAREK, "rolling out host by host"),
    ("14:22:44.583", MAREK, "pool size is now 60 on all orders-api pods"),
    ("14:23:10.961", PRIYA, "queue is draining, still a few errors"),
    ("14:24:20.138", JONAS, "status page says monitoring"),
    ("14:25:34.870", PRIYA, "error rate is back to normal"),
    ("14:25:50.412", AIKO, ":tada:"),
    ("14:26:15.733", HELEN, "let us watch it for ten minutes before we close"),
    ("14:30:05.208", LUIS, "two customers confirm that they can order again"),
    ("14:35:06.115", HELEN, "confirmed resolved, closing the incident. Thank you all"),
    ("14:36:21.594", JONAS, "status page says resolved"),
    ("14:38:02.880", HELEN, ("post-mortem tomorrow morning, invitation follows. Please write down "
                             "what you saw while it is fresh")),
)  # fmt: skip
HOSTILE = 'a customer pasted this in the chat: "<img src=x onerror=alert(1)> where is my order"'


def _bots() -> list[Line]:
    declared = "Incident declared: SEV-2 API errors on orders and checkout, by <@U04PRIYANA>"
    said = (
        (INCIDENT_CHANNEL, clock.DECLARED, "Incident bot", declared),
        ("general", clock.at("14:12:27.518"), "Incident bot",
         "SEV-2 incident in <#C09INC25001|inc-2025-001>: API errors on orders and checkout"),
        (INCIDENT_CHANNEL, clock.at("14:35:21.306"), "Incident bot",
         "Incident resolved by <@U04HELENOS>"),
        ("deploys", clock.at("11:42:12"), "Deploy bot", "catalog-api: deploy to production began"),
        ("deploys", clock.at("11:45:04"), "Deploy bot",
         "catalog-api: deploy to production succeeded"),
        ("deploys", clock.at("14:21:01"), "Deploy bot",
         "orders-api: config deploy to production began (orders-db maximumPoolSize 20 -> 60)"),
        ("deploys", clock.at("14:22:23"), "Deploy bot",
         "orders-api: config deploy to production succeeded"),
    )  # fmt: skip
    return [Line(channel=c, when=when, who=who, text=text) for c, when, who, text in said]


def _joins() -> list[Line]:
    order = ((PRIYA, 1), (MAREK, 9), (HELEN, 16), (JONAS, 31), (AIKO, 38), (LUIS, 190))
    return [
        Line(channel=INCIDENT_CHANNEL, when=clock.CHANNEL_CREATED + timedelta(seconds=seconds),
             who=person, text=f"<@{person.slack}> has joined the channel", joined=True)
        for person, seconds in order
    ]  # fmt: skip


def _special() -> list[Line]:
    """A message edited later, one with a reaction, one quoted from a stranger, an answer."""
    question = clock.at("14:20:10.377")
    return [
        Line(channel=INCIDENT_CHANNEL, when=clock.at("14:13:01.559"), who=MAREK,
             text="for the record: pool of orders-db is full on all three hosts since 14:00",
             edited=clock.at("14:13:31")),
        Line(channel=INCIDENT_CHANNEL, when=clock.at("14:17:11.246"), who=LUIS, text=HOSTILE),
        Line(channel=INCIDENT_CHANNEL, when=question, who=HELEN, reaction="eyes",
             text="how will we know that it worked?"),
        Line(channel=INCIDENT_CHANNEL, when=clock.at("14:20:29.618"), who=MAREK, thread=question,
             text="nobody waits for a connection and the 503s stop"),
    ]  # fmt: skip


def script() -> list[Line]:
    """Every message of the export in the order of time."""
    fired = [_alert(episode) for episode in EPISODES if episode is not CHECKOUT_ERRORS]
    over = [_alert(episode, resolved=True) for episode in EPISODES if episode.severity == "warning"]
    lines = [
        *fired, *over, *_bots(), *_joins(), *_special(),
        *_says("alerts", _DISK_TALK, _DISK_POST), *_says("alerts", _ALERT_TALK, FIRST_POST),
        *_says("general", _GENERAL), *_says(INCIDENT_CHANNEL, _INCIDENT),
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.when)
