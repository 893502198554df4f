"""Tables: numbers become measurements, other rows events, dates as the file itself shows how to read them."""

from __future__ import annotations

import pytest

from workbench.clock import Assumption, parse_zone
from workbench.readers.base import Certainty
from workbench.readers.csv_rows import GRAFANA, KIBANA, READER, SPLUNK

UTC = Assumption(zone=parse_zone("UTC"))
NEW_YORK = Assumption(zone=parse_zone("America/New_York"))


def test_numbers_and_labels_are_measurements(read) -> None:
    """A row a number, with its labels and its line; no events."""
    rows = "2025-02-19T12:36:00Z,pay,15,183\n2025-02-19T12:37:00Z,pay,,190\n"
    found = read(READER, "timestamp,service,requests,p95_ms\n" + rows)
    assert found.claim == (Certainty.SHAPE, 1.0)
    assert (found.records, found.events) == (2, [])
    taken = found.metrics.select("name", "value", "labels", "unit", "line").rows()
    assert taken == [("requests", 15.0, '{"service":"pay"}', None, 2), ("p95_ms", 183.0, '{"service":"pay"}', "ms", 2),
                    ("p95_ms", 190.0, '{"service":"pay"}', "ms", 3)]  # fmt: skip


def test_rows_with_identities_are_events(read) -> None:
    """A request's id makes it an event; the usual names of requests are used."""
    header = "checked_at,check,request_id,http_status,total_ms\n"
    found = read(READER, header + "2025-02-19T12:36:27.000Z,pay,49d8,503,209\n")
    (event,) = found.events
    assert (event["kind"], event["time"], event["line"]) == ("log", "2025-02-19T12:36:27.000Z", 2)
    assert event["attributes"] == {"check": "pay", "request_id": "49d8", "status": "503", "total_ms": "209"}
    assert event["message"] == "check=pay request_id=49d8 http_status=503 total_ms=209"


def test_tickets_with_a_zone_in_the_header(read) -> None:
    """The header names the zone, the file decides the order of day and month."""
    rows = "T-1,01/07/2025 13:15,other,hello\nT-2,19/07/2025 9:05,incident,down\n"
    found = read(READER, "ticket,created (Europe/London),category,subject\n" + rows)
    assert found.column("time") == ["2025-07-01T12:15:00.000Z", "2025-07-19T08:05:00.000Z"]
    assert found.column("latest")[0] == "2025-07-01T12:15:59.999Z"
    assert set(found.column("zone_basis")) == {"by the format"}
    assert set(found.column("kind")) == {"ticket"}
    assert found.column("message") == ["hello", "down"]
    assert found.events[1]["attributes"]["category"] == "incident"


def test_month_first_where_a_second_number_is_above_twelve(read) -> None:
    """02/19 can only be February."""
    found = read(READER, "date,note\n02/03/2025 10:00 PM,a b\n02/19/2025 1:00 AM,c d\n", assumption=UTC)
    assert found.column("time") == ["2025-02-03T22:00:00.000Z", "2025-02-19T01:00:00.000Z"]


def test_the_order_in_time_decides_where_no_number_does(read) -> None:
    """Only one reading keeps the rows in order."""
    rows = "".join(f"{month:02d}/{day:02d}/2025 10:00,x y\n" for month, day in ((1, 5), (1, 6), (2, 3)))
    found = read(READER, "date,note\n" + rows, assumption=UTC)
    assert found.column("time")[0] == "2025-01-05T10:00:00.000Z"


def test_dates_that_nothing_decides_keep_both_readings(read) -> None:
    """Read as day first, and the interval reaches to the other reading."""
    found = read(READER, "date,note\n02/11/2025 04:53,x y\n", assumption=NEW_YORK)
    (event,) = found.events
    assert event["time"] == "2025-11-02T09:53:00.000Z"
    assert event["earliest"] < "2025-02-12"
    assert any("Nothing in the file says" in note for note in found.notes)


@pytest.mark.parametrize(
    ("stated", "time"),
    [
        ("2025-02-19T13:00:00.123+01:00", "2025-02-19T12:00:00.123Z"),
        ("2025-02-19 13:00:00", "2025-02-19T13:00:00.000Z"),
        ("2025-02-19 13:00", "2025-02-19T13:00:00.000Z"),
        ("1739970000", "2025-02-19T13:00:00.000Z"),
        ("1739970000123", "2025-02-19T13:00:00.123Z"),
        ("19.02.2025 13:00:05", "2025-02-19T13:00:05.000Z"),
        ("17/Feb/25 1:02 PM", "2025-02-17T13:02:00.000Z"),
        ('"Feb 2, 2025 @ 13:00:00.500"', "2025-02-02T13:00:00.500Z"),
    ],
)
def test_shapes_of_times(read, stated, time) -> None:
    """ISO with and without offset or seconds, epochs, dates with dots, Jira's and Kibana's."""
    found = read(READER, f"time,message\n{stated},it happened\n", assumption=UTC)
    assert found.column("time") == [time]


def test_a_day_without_a_clock_is_known_to_the_day(read) -> None:
    """The interval is the whole day."""
    (event,) = read(READER, "date,note\n2025-02-19,all day\n", assumption=UTC).events
    assert (event["earliest"], event["latest"]) == ("2025-02-19T00:00:00.000Z", "2025-02-19T23:59:59.999Z")


def test_quoted_lines_marks_and_blank_lines(read) -> None:
    """A byte order mark, a blank first line, semicolons, and a cell over two lines: lines are those of the file."""
    rows = '2025-02-19T13:00:00Z;ERROR;"one\r\ntwo"\r\n\r\n2025-02-19T13:01:00Z;info;three\r\n'
    found = read(READER, '\ufeff\r\n"time";"level";"message"\r\n' + rows)
    assert found.column("line") == [3, 6]
    assert found.column("level") == ["error", "info"]
    assert found.column("message") == ["one\r\ntwo", "three"]


def test_rows_that_cannot_be_placed_are_rejected(read) -> None:
    """No time, and more cells than the header has; short rows are filled up."""
    text = "time,message,user\n,no time,a\n2025-02-19T13:00:00Z,ok\nsoon,later,b\n2025-02-19T13:00:00Z,a,b,c\n"
    found = read(READER, text)
    assert found.column("message") == ["ok"]
    assert [(each.position, each.reason) for each in found.rejected] == [
        (2, "no usable time: time is empty"), (4, "no usable time: time is 'soon'"),
        (5, "4 cells where the header has 3"),
    ]  # fmt: skip
    assert found.records == 4


def test_repeated_rows_are_marked(read) -> None:
    """Cell for cell the same is a duplicate."""
    text = "time,message\n2025-02-19T13:00:00Z,x y\n2025-02-19T13:00:00Z,x y\n2025-02-19T13:00:00Z,z z\n"
    assert read(READER, text).column("duplicate") == [False, True, False]


def test_a_cell_that_is_no_number_is_named(read) -> None:
    """The first rows make the column numbers; later a word is rejected, and the row's other numbers count."""
    rows = "".join(f"2025-02-19T13:{at // 60:02d}:{at % 60:02d}Z,{at},1\n" for at in range(2100))
    found = read(READER, "time,a,b\n" + rows + "2025-02-19T14:00:00Z,oops,2\n")
    assert [(each.position, each.text) for each in found.rejected] == [(2102, "oops")]
    assert len(found.metrics) == 4201


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-19T13:00:00Z,started\n2025-02-19T13:00:01Z,ready\n",
        "2025-02-19T13:00:00Z,INFO,started\n2025-02-19T13:00:01Z,INFO,ready, steady\n",
        "name,size\na,1\nb,2\n",
        "one line of prose\n",
        '{"a": 1, "time": 2}\n',
    ],
)
def test_what_is_no_table_with_times_is_not_claimed(read, text) -> None:
    """No header, no time column, prose, and JSON."""
    assert read(READER, text).claim is None


def test_one_number_a_row_is_named_by_its_series(read) -> None:
    """Grafana's panel data: series, time and value, by semicolons."""
    found = read(
        GRAFANA, "Series;Time;Value\nerrors;2025-02-19T12:36:00+00:00;4\nrequests;2025-02-19T12:36:00+00:00;90\n"
    )
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.metrics.select("name", "value", "labels").rows() == [("errors", 4.0, "{}"), ("requests", 90.0, "{}")]


def test_kibana_reports_say_each_field_once(read) -> None:
    """A `keyword` twin is left out, a dash is an empty cell, and the time needs a zone."""
    header = '"@timestamp","_id","log.level","service.name",message,"user","user.keyword"\n'
    row = '"Feb 19, 2025 @ 13:00:00.250",a1,WARN,pay,"slow, again",-,ann\n'
    (event,) = read(KIBANA, header + row, assumption=NEW_YORK).events
    assert (event["time"], event["level"], event["service"]) == ("2025-02-19T18:00:00.250Z", "warn", "pay")
    assert event["message"] == "slow, again"
    assert event["attributes"] == {"id": "a1", "log_level": "WARN"}


def test_splunk_results_are_dated_by_their_time_not_by_their_indexing(read) -> None:
    """A blank first line, cells over two lines, and `_raw` as the message."""
    header = '\n"_indextime","_raw","_time",host,source\n'
    (event,) = read(
        SPLUNK, header + '1740000000,"boom\n at x","2025-02-19T05:00:00.149-08:00",web-1,"/var/log/a"\n'
    ).events
    assert (event["time"], event["line"], event["host"]) == ("2025-02-19T13:00:00.149Z", 3, "web-1")
    assert event["message"] == "boom\n at x"


def test_a_second_time_is_no_message(read) -> None:
    """Where no column is prose, a row says all of its cells."""
    (event,) = read(READER, "start,end,machine,state\n2025-02-19 13:00:00,2025-02-19 13:04:00,m1,stuck\n").events
    assert event["message"] == "end=2025-02-19 13:04:00 machine=m1 state=stuck"


def test_a_table_without_a_header_numbers_its_columns(read) -> None:
    """All its rows are alike and the first is data; any format that fits the text goes first."""
    found = read(READER, "1,2025/11/17 14:03:21,TRAFFIC,end\n1,2025/11/17 14:03:22,THREAT,url\n")
    assert found.claim.certainty == Certainty.GENERIC
    assert [event["time"] for event in found.events] == ["2025-11-17T14:03:21.000Z", "2025-11-17T14:03:22.000Z"]
    assert found.events[1]["attributes"]["column_3"] == "THREAT"
    assert "no names" in found.notes[0]


def test_cells_that_the_header_does_not_name_are_kept(read) -> None:
    """Windows' event viewer writes the message of an event under no name."""
    text = "Level,Date and Time,Source\nError,17/11/2025 14:03:21,SCM,The service stopped\n"
    (event,) = read(READER, text).events
    assert (event["level"], event["message"]) == ("error", "The service stopped")
