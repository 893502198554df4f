"""The Zoom transcript of the incident call; the file's name says when the recording began."""

from __future__ import annotations

from datetime import timedelta

from generator import clock
from generator.cast import AIKO, HELEN, JONAS, MAREK, PRIYA, Person

_BEGAN = clock.at("14:10:00")
NAME = f"GMT{_BEGAN:%Y%m%d-%H%M%S}_Recording.transcript.vtt"

# when it was said, how many seconds it took, who, what
_SPOKEN: tuple[tuple[str, float, Person | None, str], ...] = (
    ("14:10:06.210", 3.4, PRIYA, "Hi Marek, thanks for joining. I opened the bridge."),
    ("14:10:10.480", 5.1, MAREK, "Sure. I have the pool graph of orders-db next to me."),
    ("14:10:16.020", 4.6, PRIYA, "How bad is it for customers, do we know?"),
    ("14:10:21.300", 6.2, MAREK, "Orders and checkout. Browsing the catalogue still works."),
    ("14:11:35.750", 4.9, PRIYA, "Then I would rather page an incident commander now."),
    ("14:13:02.140", 6.8, HELEN, "Hello all, Helen here. I am the incident commander."),
    ("14:13:09.330", 5.5, HELEN, "Marek leads the technical work, Jonas writes to customers,"),
    ("14:13:15.020", 2.9, None, "and Aiko keeps the notes, please."),
    ("14:13:18.610", 1.8, AIKO, "Notes are running."),
    ("14:13:24.900", 7.2, MAREK, "The plan would be a config change that raises the pool."),
    ("14:13:33.480", 3.7, HELEN, "Is there a risk for the database itself?"),
    ("14:13:38.240", 6.1, MAREK, "Aiko checked, it can take the connections."),
    ("14:15:41.070", 3.3, JONAS, "The status page is updated, we are investigating."),
    ("14:18:20.660", 5.4, HELEN, "Marek, how long will the rollout take, do you think?"),
    ("14:18:27.150", 4.2, MAREK, "Review is done, the pipeline needs two minutes."),
    ("14:22:38.820", 4.0, MAREK, "The fix is live on all three hosts."),
    ("14:22:44.390", 3.1, HELEN, "Good. Nobody leaves yet, we watch the errors."),
    ("14:25:28.540", 5.0, PRIYA, "Error rate is back to normal, nothing new for half a minute."),
    ("14:30:12.270", 4.4, JONAS, "Support says that customers can order again."),
    ("14:34:49.910", 6.6, HELEN, "I see ten quiet minutes. We close it. Thank you, all."),
)


def transcript() -> str:
    """The transcript as WebVTT; a cue without a name goes on for the last speaker."""
    cues = [_cue(place + 1, *spoken) for place, spoken in enumerate(_SPOKEN)]
    return "WEBVTT\n\n" + "\n".join(cues)


def _cue(number: int, when: str, seconds: float, speaker: Person | None, words: str) -> str:
    begin = clock.at(when) - _BEGAN
    end = begin + timedelta(seconds=seconds)
    who = f"{speaker.name}: " if speaker else ""
    return f"{number}\n{_offset(begin)} --> {_offset(end)}\n{who}{words}\n"


def _offset(span: timedelta) -> str:
    whole = span // timedelta(milliseconds=1)
    minutes, rest = divmod(whole, 60_000)
    return f"00:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
