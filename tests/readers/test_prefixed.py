"""Lines behind prefixes and colours: each service by its own format, lines numbered as in the file."""

from __future__ import annotations

from workbench.readers.prefixed import READER

COMPOSE = """\
web-1    | 192.0.2.9 - - [19/Feb/2025:13:00:05 +0000] "GET /pay HTTP/1.1" 503 12 "-" "curl/8.0"
app-1    | 2025-02-19T13:00:06.250Z ERROR pool is exhausted
web-1    | 192.0.2.9 - - [19/Feb/2025:13:00:07 +0000] "GET /pay HTTP/1.1" 200 12 "-" "curl/8.0"
app-1    |   at Pool.take(pool.js:7)
cron-1   | just words
"""


def test_each_service_is_read_by_its_own_format(read) -> None:
    """A stack trace stays with its event although another service's line stands between."""
    found = read(READER, COMPOSE)
    rows = {event["line"]: event for event in found.events}
    assert {line: (event["service"], event["time"]) for line, event in rows.items()} == {
        1: ("web-1", "2025-02-19T13:00:05.000Z"), 3: ("web-1", "2025-02-19T13:00:07.000Z"),
        2: ("app-1", "2025-02-19T13:00:06.250Z"),
    }  # fmt: skip
    assert rows[2]["message"].endswith("at Pool.take(pool.js:7)")
    assert rows[1]["attributes"]["status"] == "503"
    assert [(each.position, "cron-1" in each.reason) for each in found.rejected] == [(5, True)]
    assert found.lines == len(found.events) + found.continuations + found.blank + len(found.rejected) == 5


def test_kubectl_names_pod_and_container(read) -> None:
    """The container is the service, the pod an attribute."""
    line = "[pod/pay-7d4/app] 2025-02-19T13:00:06Z ERROR pool is exhausted\n"
    first, second = read(READER, line + line.replace(":06Z", ":07Z")).events
    assert (first["service"], first["attributes"]["pod"], first["level"]) == ("app", "pay-7d4", "error")
    assert second["line"] == 2


def test_colours_are_taken_away(read) -> None:
    """Also where they stand within the time."""
    line = "\x1b[0m\x1b[32m2025-02-19 \x1b[1m13:00:06Z\x1b[0m \x1b[31mERROR\x1b[0m pool is exhausted\x1b[K\n"
    (event,) = read(READER, line).events
    assert (event["time"], event["message"]) == ("2025-02-19T13:00:06.000Z", "ERROR pool is exhausted")


def test_lines_without_prefix_are_left_to_other_formats(read) -> None:
    """Tables drawn with bars, and plain logs."""
    assert read(READER, "2025-02-19T13:00:06Z ERROR a | b\n" * 3).claim is None
    assert read(READER, "name | size\na | 1\nb | 2\n").claim is None
