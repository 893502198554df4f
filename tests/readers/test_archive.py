"""Archives and compressed files: opened within bounds, named safely, and read up to their damage."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile

import pytest
import zstandard

from workbench.readers import packed

LOG = "2025-11-17T14:00:05Z ERROR pool is exhausted\n2025-11-17T14:00:06Z INFO pool has grown\n"


def counts(found) -> dict[str, int]:
    """The events of each source."""
    return {report.path: report.events for report in found.reports}


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A zip of these members, stored as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    """A tar of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def many(lines: int) -> bytes:
    """A log that does not compress to nothing."""
    chance = random.Random(7)
    return b"".join(
        b"2025-11-17T14:%02d:%02dZ INFO request %032x\n" % (n // 60 % 60, n % 60, chance.getrandbits(128))
        for n in range(lines)
    )


def test_the_logs_of_a_zip_are_read(loaded) -> None:
    """Each member is a source of its own, named below the archive."""
    assert counts(loaded("logs.zip", zipped({"a.log": LOG, "host/b.log": LOG + LOG}))) == {
        "logs.zip/a.log": 2, "logs.zip/host/b.log": 4,
    }  # fmt: skip


def test_names_that_lead_out_stay_inside(loaded, tmp_path) -> None:
    """A member whose name climbs up, begins at the root or climbs with backslashes is read below the archive, and written nowhere else."""
    found = loaded("logs.zip", zipped({"../../a.log": LOG, "/etc/b.log": LOG, "..\\c.log": LOG}))
    assert sorted(counts(found)) == ["logs.zip/a.log", "logs.zip/c.log", "logs.zip/etc/b.log"]
    assert not [*tmp_path.parent.glob("a.log"), *tmp_path.parent.parent.glob("a.log")]
    assert not list(tmp_path.rglob("c.log"))


def test_a_tar_is_read_packed_or_not(loaded) -> None:
    """A tar is known by its content, also within gzip, and its names are made safe too."""
    members = {"a.log": LOG.encode(), "../b.log": LOG.encode()}
    assert counts(loaded("logs.tar.gz", tarred(members))) == {"logs.tar.gz/a.log": 2, "logs.tar.gz/b.log": 2}
    assert counts(loaded("logs.tar", tarred(members, "w"))) == {"logs.tar/a.log": 2, "logs.tar/b.log": 2}


def test_a_link_in_a_tar_is_not_followed(loaded) -> None:
    """A member that is a link to a file outside is no source."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        link = tarfile.TarInfo("passwd.log")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        info = tarfile.TarInfo("a.log")
        info.size = len(LOG)
        tar.addfile(info, io.BytesIO(LOG.encode()))
    found = loaded("logs.tar.gz", buffer.getvalue())
    assert counts(found) == {"logs.tar.gz/a.log": 2}
    assert [each.why for each in found.unrecognised] == ["1 links and devices in it are not followed"]


def test_a_zip_in_a_zip_is_opened(loaded) -> None:
    """An archive within an archive is opened, and so is a compressed file in it."""
    inner = zipped({"b.log": LOG, "c.log.gz": gzip.compress(LOG.encode())})
    assert counts(loaded("outer.zip", zipped({"inner.zip": inner, "a.log": LOG}))) == {
        "outer.zip/a.log": 2, "outer.zip/inner.zip/b.log": 2, "outer.zip/inner.zip/c.log.gz": 2,
    }  # fmt: skip


def test_archives_are_opened_three_deep_not_deeper(loaded) -> None:
    """What lies deeper is listed with the reason, and does not stop the rest."""
    data = zipped({"deep.log": LOG})
    for number in range(3):
        data = zipped({f"{number}.zip": data, f"{number}.log": LOG})
    found = loaded("outer.zip", data)
    assert sorted(counts(found)) == ["outer.zip/2.log", "outer.zip/2.zip/1.log", "outer.zip/2.zip/1.zip/0.log"]
    assert [(each.path, "3 deep" in each.why) for each in found.unrecognised] == [("outer.zip/2.zip/1.zip/0.zip", True)]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.log.gz", gzip.compress),
        ("a.log.zst", zstandard.ZstdCompressor().compress),
        ("a.log.xz", lzma.compress),
        ("a.log.bz2", bz2.compress),
    ],
)
def test_a_compressed_log_is_read_through(loaded, name, pack) -> None:
    """gzip and Zstandard are known by their first bytes."""
    found = loaded(name, pack(LOG.encode()))
    assert counts(found) == {name: 2}
    assert not [note for note in found.reports[0].notes if "damaged" in note]


def test_joined_gzip_members_are_one_log(loaded) -> None:
    """Log rotation that appends one gzip to another loses nothing."""
    assert counts(loaded("a.log.gz", gzip.compress(LOG.encode()) * 2)) == {"a.log.gz": 4}


def test_a_gzip_that_is_cut_off_keeps_the_lines_before_the_cut(loaded) -> None:
    """Half of the file gives about half of the lines, and a note says that the rest is lost."""
    packed = gzip.compress(many(4000))
    (report,) = loaded("a.log.gz", packed[: len(packed) // 2]).reports
    assert 1500 < report.events < 2500
    assert report.lines == report.events + report.continuations + report.blank + report.rejected
    assert [note for note in report.notes if "damaged" in note and "cut off" in note]


def test_a_damaged_zip_is_listed_with_the_reason(loaded) -> None:
    """A zip without its end has no table of contents; it is listed, not passed over."""
    data = zipped({"a.log": LOG})
    found = loaded("logs.zip", data[: len(data) // 2])
    assert found.reports == ()
    assert [each.path for each in found.unrecognised] == ["logs.zip"]
    assert "cannot be opened" in found.unrecognised[0].why


def test_a_damaged_member_is_listed_and_the_ones_before_are_read(loaded) -> None:
    """Bytes that fail their checksum are a reason; the member before them is read."""
    data = zipped({"a.log": LOG, "b.log": LOG.replace("pool", "tank")})
    found = loaded("logs.zip", data.replace(b"tank has grown", b"tank has shrunk"[:14]))
    assert counts(found) == {"logs.zip/a.log": 2}
    assert ["damaged" in each.why for each in found.unrecognised] == [True]


@pytest.mark.parametrize(("name", "pack"), [("a.log.gz", gzip.compress), ("a.log.xz", lzma.compress)])
def test_a_compressed_file_that_unpacks_beyond_all_logs_is_read_to_the_bound(loaded, monkeypatch, name, pack) -> None:
    """What was read until then stays, and a note says that it ends there."""
    monkeypatch.setattr(packed, "RATIO_FROM", 100_000)
    line = b"2025-11-17T14:00:05Z " + b"a" * 2000 + b"\n"
    (report,) = loaded(name, pack(line * 10_000)).reports
    assert 0 < report.events < 9_000
    assert [note for note in report.notes if "far more than a log" in note]
