"""The Windows event log in XML, with or without a document around its events."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.windows_event_xml import READER

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


def event(record: int, data: str = "", *, time: str = "2024-05-01T10:00:00.1234567Z", level: int = 2) -> str:
    """An event as the log writes it."""
    return (
        f"<Event xmlns='{NAMESPACE}'><System><Provider Name='Disk Watch' Guid='{{1}}'/><EventID Qualifiers='0'>7</EventID>"
        f"<Level>{level}</Level><Task>0</Task><TimeCreated SystemTime='{time}'/><EventRecordID>{record}</EventRecordID>"
        f"<Execution ProcessID='4' ThreadID='8'/><Channel>System</Channel><Computer>db-1.shop.test</Computer>"
        f"<Security UserID='S-1-5-18'/></System>{data}</Event>"
    )


@pytest.mark.parametrize("wrap", ["{}", "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<Events>{}</Events>"])
def test_events_are_read_with_and_without_a_document_around_them(read, wrap) -> None:
    """wevtutil writes them side by side, Event Viewer in <Events>."""
    found = read(READER, wrap.format(event(1) + "\n" + event(2, level=4) + event(1)))
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.column("time") == ["2024-05-01T10:00:00.123Z"] * 3
    assert found.column("level") == ["error", "info", "error"]
    assert found.column("duplicate") == [False, False, True]
    assert (found.events[0]["host"], found.events[0]["service"]) == ("db-1.shop.test", "Disk Watch")


def test_the_message_is_the_rendered_one_or_the_values(read) -> None:
    """Only Event Viewer writes the rendered one."""
    rendered = "<RenderingInfo Culture='en-US'><Message>The disk is full.</Message></RenderingInfo>"
    values = "<EventData><Data Name='Disk'>D:</Data><Data>97</Data></EventData>"
    own = "<UserData><Change xmlns='x'><Reason>restart</Reason></Change></UserData>"
    found = read(READER, f"<Events>{event(1, rendered)}{event(2, values)}{event(3, own)}</Events>")
    assert found.column("message") == ["The disk is full.", "Disk Watch 7: Disk=D:, 97", "Disk Watch 7: Reason=restart"]
    assert found.events[1]["attributes"]["data"] == {"Disk": "D:", "2": "97"}


@pytest.mark.parametrize(("name", "actor"), [("maria", "maria"), ("DB-1$", None), ("SYSTEM", None), ("-", None)])
def test_only_people_are_actors(read, name, actor) -> None:
    """Machines and the system's own accounts are not."""
    data = f"<EventData><Data Name='SubjectUserName'>{name}</Data></EventData>"
    assert read(READER, event(1, data)).column("actor") == [actor]


def test_an_event_without_a_time_is_rejected(read) -> None:
    """The next one is read; UTF-16 is what PowerShell writes."""
    found = read(READER, f"<Events><Event><System/></Event>{event(1, time='soon')}{event(2)}</Events>".encode("utf-16"))
    assert [each.position for each in found.rejected] == [1, 2]
    assert len(found.events) == 1
