"""Splunk's results in XML: an event a result, at its own time."""

from __future__ import annotations

from workbench.readers.base import Certainty
from workbench.readers.splunk_xml import READER


def result(**fields: str) -> str:
    """A result with these fields; the raw text is marked up as Splunk does."""
    raw = fields.pop("_raw", "")
    values = "".join(f"<field k='{name}'><value><text>{text}</text></value></field>" for name, text in fields.items())
    return f"<result offset='0'>{values}<field k='_raw'><v xml:space='preserve' trunc='0'>{raw}</v></field></result>"


def results(*parts: str, preview: str = "0") -> str:
    """A document of results."""
    order = "<meta><fieldOrder><field>_raw</field></fieldOrder></meta>"
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<results preview='{preview}'>{order}{''.join(parts)}</results>\n"


def test_a_result_stands_at_its_time(read) -> None:
    """The offset in the text holds; found words are marked up within the raw text, and are plain words here."""
    raw = "10:43:01 ERROR pay: <sg h='1'>refused</sg> &lt;3"
    about = {"_time": "2024-05-01T10:43:01.060-08:00", "host": "web-1", "sourcetype": "pay", "code": "7", "_cd": "1:2"}
    found = read(READER, results(result(_raw=raw, **about)))
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    event = found.events[0]
    assert (event["time"], event["zone_basis"]) == ("2024-05-01T18:43:01.060Z", "in the text")
    assert event["message"] == "10:43:01 ERROR pay: refused <3"
    assert (event["level"], event["host"], event["service"]) == ("error", "web-1", "pay")
    assert event["attributes"]["fields"] == {"code": "7"}


def test_the_older_times_with_an_abbreviation_are_read(read) -> None:
    """Splunk 4 wrote PST; it may mean summer time there, which the interval holds."""
    event = read(READER, results(result(_time="2013-02-11 10:43:01.060 PST", _raw="a"))).events[0]
    assert (event["time"], event["earliest"]) == ("2013-02-11T18:43:01.060Z", "2013-02-11T17:43:01.060Z")


def test_several_documents_are_one_search(read) -> None:
    """The export writes one after the other; previews, statistics and repeats are told."""
    whole = result(_time="2024-05-01T10:00:00Z", _raw="a", _cd="1:2", _bkt="b")
    found = read(READER, results(whole, preview="1") + results(whole, result(series="x")) + results(whole))
    assert found.records == 4
    assert found.column("duplicate") == [False, True]
    reasons = [each.reason for each in found.rejected]
    assert [each.position for each in found.rejected] == [1, 3]
    assert "preview" in reasons[0]
    assert "statistic" in reasons[1]


def test_an_empty_search_says_so(read) -> None:
    """A document without results has no events, and a note."""
    found = read(READER, results())
    assert (found.events, found.notes) == ([], ["The document holds no record."])
