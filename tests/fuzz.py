"""A longer search for bytes that a reader cannot bear, guided by coverage (atheris): `make fuzz`.

Each engine gets its own process and its own seeds. What was found lies in `build/fuzz/<engine>/` as `crash-*`: make it a test.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
FOUND = ROOT / "build" / "fuzz"
ENGINES = ("chosen", "text", "json", "records", "table", "archive")
LONGEST = 16 * 1024
BLOCK = 256  # small blocks, so that events fall on their edges


def main() -> None:
    """Runs every engine for so many seconds, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30, help="for each engine")
    parser.add_argument("--engine", choices=ENGINES, help="only this one, in this process")
    given = parser.parse_args()
    if given.engine:
        fuzz(given.engine, given.seconds)
        return
    failed = [engine for engine in ENGINES if not passed(engine, given.seconds)]
    if failed:
        sys.exit(f"Something was found in: {', '.join(failed)}. See {FOUND}.")


def passed(engine: str, seconds: int) -> bool:
    """One engine in a process of its own: the fuzzer never comes back."""
    command = [sys.executable, __file__, "--engine", engine, "--seconds", str(seconds)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    lines = ended.stderr.strip().splitlines() or ["nothing was said"]
    sys.stdout.write(f"{engine}: {'passed' if not ended.returncode else 'FOUND SOMETHING'}; {lines[-1]}\n")
    if ended.returncode:
        sys.stdout.write("\n".join(lines[-25:]) + "\n")
    return ended.returncode == 0


def fuzz(engine: str, seconds: int) -> None:
    """Feeds one engine until its time is up; ends the process."""
    import atheris

    with atheris.instrument_imports(include=["workbench.readers", "workbench.clock"]):
        from workbench.readers import blocks, registry

        registry.built_in()
    blocks.BLOCK_BYTES = BLOCK
    folder = FOUND / engine
    folder.mkdir(parents=True, exist_ok=True)
    sown = Path(tempfile.mkdtemp(prefix="seeds-"))
    for number, seed in enumerate(seeds()):
        (sown / str(number)).write_bytes(seed[:LONGEST])
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-rss_limit_mb=4096", "-timeout=20"]
    atheris.Setup([sys.argv[0], str(sown), f"-artifact_prefix={folder}/", *options], target(engine))
    atheris.Fuzz()


def seeds() -> list[bytes]:
    """The samples of all declared formats, and the beginnings of the sample incident's exports."""
    from workbench.readers.registry import declared_formats

    texts = [sample.text.encode() for each in declared_formats() for sample in each.samples]
    files = [path for path in (ROOT / "sample_data").rglob("*") if path.is_file() and path.suffix != ".py"]
    return [*texts, *(path.read_bytes()[:4096] for path in sorted(files))]


def target(engine: str) -> Callable[[bytes], None]:
    """What is done with the fuzzer's bytes."""
    from workbench.readers.registry import SHIPPED, choose, head_of, named, proved_formats, readers, shape_of

    if engine == "archive":
        return unpack
    if engine == "chosen":

        def chosen(data: bytes) -> None:
            head = head_of("fuzz", data, complete=True)
            reader = choose(head, readers(None, shape_of(head))).reader
            if reader is not None:
                read(reader, data)

        return chosen
    names = {
        "text": [name for name, each in proved_formats().items() if each.engine == "text"],
        "json": [name for name, each in proved_formats().items() if each.engine == "json"],
        "table": ["csv"],
        "records": [name for name in SHIPPED if name != "csv"],
    }[engine]

    def forced(data: bytes) -> None:
        """The first byte says which reader must bear the rest."""
        if data:
            read(named(names[data[0] % len(names)]), data[1:])

    return forced


def read(reader: Any, data: bytes) -> None:
    """Reads the bytes; the account must add up, and the fields of all events must come out."""
    from workbench.clock import Assumption
    from workbench.readers.base import Source

    source = Source(
        path="fuzz", file=Path("fuzz"), size=len(data), sha256="0" * 64, assumption=Assumption(year_hint=2025),
        open=lambda: io.BytesIO(data),
    )  # fmt: skip
    lines = accounted = 0
    for batch in reader.read(source):
        lines += batch.lines + batch.records  # documents are counted by their records
        found = 0 if batch.events is None else len(batch.events)
        accounted += found + batch.continuations + batch.blank + len(batch.rejected)
        if found and "text" in batch.events.columns:
            assert len(reader.decoded(batch.events)) == found, "an event was lost while its fields were laid out"
    assert reader.structured or lines == accounted, f"{lines} lines, {accounted} accounted for"


def unpack(data: bytes) -> None:
    """Opens the bytes as an archive, members and all."""
    from workbench.readers.archive import Opened, opened, unpacked

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "given"
        file.write_bytes(data)
        item = opened(file, "given")
        if not isinstance(item, Opened):
            return
        item.head()
        if item.members:
            spool = Path(folder) / "spool"
            spool.mkdir()
            list(unpacked(item, spool))
            assert sorted(path.name for path in Path(folder).iterdir()) == ["given", "spool"], "written elsewhere"


if __name__ == "__main__":
    main()
