"""W3C extended logs: the file names its columns, and may name others further down."""

from __future__ import annotations

from workbench.readers.base import Certainty
from workbench.readers.w3c import READER

IIS = """#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2025-02-19 13:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status time-taken
2025-02-19 13:00:05 192.0.2.1 GET /pay id=7 443 ann 192.0.2.9 curl/8.0 503 1204
2025-02-19 13:00:06 192.0.2.1 GET /pay - 443 - 192.0.2.9 curl/8.0 200 12
"""


def test_a_request_a_row_in_utc(read) -> None:
    """Directives are headers; a dash is empty."""
    found = read(READER, IIS)
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    first, second = found.events
    assert (first["time"], first["message"], first["actor"], first["action"]) == (
        "2025-02-19T13:00:05.000Z", "GET /pay 503", "ann", "request.served",
    )  # fmt: skip
    assert first["attributes"] == {"client": "192.0.2.9", "method": "GET", "path": "/pay", "query": "id=7", "status": "503",
                                   "duration": "1204", "agent": "curl/8.0", "s_port": "443"}  # fmt: skip
    assert (second["actor"], second["zone_basis"]) == (None, "by the format")
    assert (found.lines, len(found.events), len(found.rejected)) == (6, 2, 4)


def test_columns_may_change_and_rows_that_do_not_fit_are_rejected(read) -> None:
    """As after a change of the server's settings."""
    text = (
        IIS + "#Fields: date time c-ip sc-status\n2025-02-19 13:00:07 192.0.2.9 404\n2025-02-19 13:00:08 cut\ncut off\n"
    )
    found = read(READER, text)
    assert [event["attributes"].get("status") for event in found.events] == ["503", "200", "404", None]
    assert found.events[3]["message"] == "2025-02-19 13:00:08 cut"
    assert [each.position for each in found.rejected if "cells" in each.reason] == [10]


def test_rows_with_a_clock_only_take_the_day_from_the_directive_and_pass_midnight(read) -> None:
    """A clock that falls by hours is the next day."""
    text = "#Date: 2025-02-19 23:59:00\n#Fields: time c-ip cs-method cs-uri-stem sc-status\n23:59:58 a GET / 200\n00:00:03 a GET / 200\n"
    assert read(READER, text).column("time") == ["2025-02-19T23:59:58.000Z", "2025-02-20T00:00:03.000Z"]


def test_tabs_and_quotes_part_cells_too(read) -> None:
    """CloudFront writes tabs, others quote every cell."""
    tabs = "#Version: 1.0\n#Fields: date time c-ip cs-method cs(Host) cs-uri-stem sc-status\n2025-02-19\t13:00:05\ta\tGET\tpay.example\t/x y\t503\n"
    (event,) = read(READER, tabs).events
    assert (event["host"], event["attributes"]["path"]) == ("pay.example", "/x y")
    quoted = '#Fields: date time c-ip cs(User-Agent) sc-status\n"2025-02-19" "13:00:05" "a" "Mozilla 5.0 (X11)" "503"\n'
    (event,) = read(READER, quoted).events
    assert event["attributes"]["agent"] == "Mozilla 5.0 (X11)"


def test_rows_before_any_names_are_rejected(read) -> None:
    """Nothing says what their cells are."""
    found = read(READER, "2025-02-19 13:00:05 a 200\n" + IIS)
    assert found.rejected[0].position == 1
    assert len(found.events) == 2


def test_exchange_writes_its_columns_with_commas_and_one_time(read) -> None:
    """A comma within quotes is none."""
    text = (
        "#Software: Microsoft Exchange Server\n#Fields: date-time,client-ip,event-id,message-subject\n"
        '2025-11-17T14:03:21.456Z,192.0.2.9,FAIL,"pay, again"\n'
    )
    (event,) = read(READER, text).events
    assert event["time"] == "2025-11-17T14:03:21.456Z"
    assert event["attributes"] == {"client_ip": "192.0.2.9", "event_id": "FAIL", "message_subject": "pay, again"}
