"""Files made to harm: each ends soon, with what could be read or with a sentence, and touches nothing else."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from workbench.postmortem import read_files

GOOD = '{"time":"2025-02-19T13:00:00Z","message":"fine"}\n'
ISO = "2025-02-19T13:00:00Z INFO fine\n"


def told(found) -> tuple[int, list[str]]:
    """How many events there are, and why files were not read."""
    return sum(report.events for report in found.reports), [each.why for each in found.unrecognised]


def deep(levels: int) -> str:
    """An object within an object, so many times."""
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize("levels", [100, 5_000])
def test_deep_json_costs_its_own_line_at_most(loaded, levels) -> None:
    """The line beside it is read; the deep one is read or rejected."""
    found = loaded("a.jsonl", (GOOD + f'{{"time":"2025-02-19T13:00:01Z","a":{deep(levels)}}}\n' + GOOD).encode())
    (report,) = found.reports
    assert report.lines == 3 == report.events + report.rejected
    assert report.events >= 2


def test_a_document_nested_without_end_is_told(loaded) -> None:
    """A hundred thousand levels are no crash."""
    assert told(loaded("a.json", deep(100_000).encode()))[0] == 0


@pytest.mark.parametrize("number", ["9" * 40, "1e400", "-5", "0", "18446744073709551616", "NaN"])
def test_numbers_that_no_clock_holds_are_no_times(loaded, number) -> None:
    """The line is rejected, the others are read."""
    found = loaded("a.jsonl", (GOOD * 3 + f'{{"time":{number},"message":"odd"}}\n').encode())
    (report,) = found.reports
    assert (report.events, report.rejected) == (3, 1)


@pytest.mark.parametrize("year", ["0000", "0001", "1650", "2263", "9999"])
@pytest.mark.parametrize("suffix", ["log", "jsonl", "csv"])
def test_years_beyond_the_clock_are_rejected_not_bent(loaded, year, suffix) -> None:
    """No event lies in a year that 64 bits of nanoseconds cannot hold, and none is moved to another."""
    odd, good = f"{year}-01-01T00:00:00Z", "2025-02-19T13:00:00Z"
    texts = {
        "log": "".join(f"{time} INFO up\n" for time in (good, good, good, odd)),
        "jsonl": "".join(f'{{"time":"{time}","message":"up"}}\n' for time in (good, good, good, odd)),
        "csv": "time,level,message\n" + "".join(f"{time},info,went up\n" for time in (good, good, good, odd)),
    }
    (report,) = loaded(f"a.{suffix}", texts[suffix].encode()).reports
    assert (report.events, report.first, report.last) == (3, 1_739_970_000_000_000_000, 1_739_970_000_000_000_000)


@pytest.mark.parametrize("columns", [20_000, 1_000_000])
def test_a_table_of_very_many_columns_is_told(loaded, columns) -> None:
    """It is no timeline, and says so at once."""
    header = "time," + ",".join(f"c{at}" for at in range(columns))
    events, why = told(loaded("a.csv", f"{header}\n2025-02-19T13:00:00Z{',1' * columns}\n".encode()))
    assert events == 0
    assert "more than 2,000 columns" in why[0]


def test_a_zip_that_unpacks_to_far_more_than_a_log_does_is_stopped(loaded, monkeypatch) -> None:
    """Its first bytes are not written out to the end."""
    monkeypatch.setattr("workbench.readers.archive.RATIO_FROM", 1 << 20)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("bomb.log", b"0" * (64 << 20))
    assert told(loaded("a.zip", buffer.getvalue()))[1] == [
        "the archive unpacks to far more than a log does; unpack it yourself and give the files"
    ]


def test_a_compressed_line_without_end_is_cut_and_the_lines_before_it_are_read(loaded) -> None:
    """Sixty-four megabytes of one letter in a small file."""
    (report,) = loaded("a.log.gz", gzip.compress((ISO * 3).encode() + b"0" * (64 << 20))).reports
    assert report.lines == report.events + report.continuations + report.blank + report.rejected
    assert report.events == 3


def test_links_in_a_folder_that_lead_out_of_it_are_not_followed(tmp_path, monkeypatch) -> None:
    """Neither to a file nor to a folder; a link to a neighbour is."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    for folder, name in ((outside, "secret.log"), (inside, "a.log")):
        (folder / name).write_text(ISO * 2)
    (inside / "file.log").symlink_to(outside / "secret.log")
    (inside / "folder").symlink_to(outside)
    (inside / "twin.log").symlink_to("a.log")
    found = read_files([inside])
    assert [report.path for report in found.reports] == ["a.log", "twin.log"]
    assert [(each.path, "leads out" in each.why) for each in found.unrecognised] == [
        ("file.log", True),
        ("folder", True),
    ]


@pytest.mark.parametrize(
    "data",
    [b"\x00" * 5000, bytes(range(256)) * 40, b"\xff\xfe" + b"\x00" * 999, b"PK\x03\x04" + b"\x00" * 40, b"\x1f\x8b\x08rest",
     b"\x28\xb5\x2f\xfd....", b"{" * 70_000, b"[" * 70_000, b"<" * 70_000, b"\r" * 70_000, b'"' * 70_000, b"," * 70_000],
)  # fmt: skip
def test_bytes_that_are_nothing_end_in_a_sentence(loaded, data) -> None:
    """No event, no crash, a reason."""
    events, why = told(loaded("a.bin", data))
    assert events == 0
    assert why
    assert all(len(sentence) > 15 for sentence in why), why
