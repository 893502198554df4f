"""Times many incidents: reports beside a script of papermill and nbconvert, and the review of a thousand folders.

    python benchmarks/many.py --reports 30 --folders 1000

**Reports**: `workbench batch` makes markdown, HTML and DOCX of that many incidents with two processes; the script
calls `papermill` and `jupyter nbconvert` for each, two at a time, of the same notebook with the same exporters. Both
begin with nothing cached. Their files are held to be the same.
**Review**: of all folders with nothing cached (told, no limit), then again with each folder's record cached: seconds
and the memory (proportional set size) of all its processes together; and of a quarter of the folders, to see how the
cost grows. Status 1 where a limit is passed or a file is another.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(sys.executable).parent
NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "postmortem.ipynb"
FASTER, SECONDS, BYTES, GROWTH = 12.0, 30.0, 1 << 30, 1.25
FORMS = {"md": "pm-markdown", "html": "pm-html", "docx": "pm-docx"}
STEP = timedelta(seconds=20)  # from line to line of the log
SERVICES = ("cart", "search", "payments", "login")
CAUSES = ("capacity:pool", "change:config", "change:deploy", "dependency:dns")


def write(root: Path, folders: int) -> None:
    """Incidents of two years with a log, a pager's export, action items and a narrative; the same bytes each time."""
    chance = random.Random(7)  # noqa: S311 - the same bytes each time
    for number in range(folders):
        start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(2 * 365 * 1440))
        folder = root / f"INC-{number:04}"
        (folder / "sources").mkdir(parents=True)
        for name, words in incident(folder.name, start, chance).items():
            (folder / name).write_text(words, encoding="utf-8")


def incident(name: str, start: datetime, chance: random.Random) -> dict[str, str]:
    """The files of one incident folder."""
    service, minutes = chance.choice(SERVICES), round(chance.lognormvariate(3.6, 0.7)) + 5
    end = start + timedelta(minutes=minutes)
    log = [
        json.dumps({"ts": clock(start + at * STEP - 15 * STEP), "level": level, "service": service, "msg": words})
        for at in range(minutes * 3 + 20)
        for level, words in [("INFO", f"GET /{at} 200") if at < 15 or at % 3 else ("ERROR", f"timeout after {at} ms")]
    ]  # fmt: skip
    facts = {"id": name, "title": f"{service} failed", "severity": chance.choice(("SEV-1", "SEV-2", "SEV-3")),
        "team": service.title(), "cause": chance.choice(CAUSES), "status": "resolved"}  # fmt: skip
    moments = {
        "started": start, "detected": start + timedelta(minutes=chance.randrange(1, 9)), "resolved": end,
        "postmortem_held": end + timedelta(hours=chance.randrange(20, 70)),
    }  # fmt: skip
    told = [f"{key} = {json.dumps(value)}" for key, value in facts.items()]
    told += [f'services = ["{service}"]', "", "[milestones]"]
    due = (end + timedelta(days=14)).date()
    items = [
        f'[[action]]\nid = "A-{at}"\naction = "Mend {service} {at}"\nowner = "Bo"\nstatus = "{status}"\ndue = {due}\n'
        for at, status in enumerate(("done", chance.choice(("open", "done"))))
    ]
    return {
        "incident.toml": "\n".join([*told, *(f"{key} = {clock(moment)}" for key, moment in moments.items()), ""]),
        "actions.toml": "\n".join(items),
        "narrative.md": f"## Executive summary\n\n{service} gave no answers for {minutes} minutes.\n",
        "sources/app.jsonl": "\n".join(log) + "\n",
        "sources/pages.csv": f"paged_at,user,incident\n{clock(moments['detected'])},Bo,{name}\n",
    }


def clock(moment: datetime) -> str:
    """RFC 3339, in UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# ---- reports


def by_hand(folder: Path) -> None:
    """What a script would do for one incident: run the notebook, then convert it to each form."""
    made = folder / "output"
    made.mkdir()
    notebook = made / "postmortem.ipynb"
    quiet(folder, "papermill", str(NOTEBOOK), str(notebook), "-p", "incident", ".")
    for form in FORMS.values():
        quiet(folder, "jupyter", "nbconvert", str(notebook), "--to", form, "--output", "postmortem")


def quiet(folder: Path, program: str, *arguments: str) -> None:
    """Runs one of the environment's programs; raises CalledProcessError where it fails."""
    environment = {**os.environ, "PATH": f"{HERE}:{os.environ['PATH']}"}
    command = [str(HERE / program), *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)  # noqa: S603 - our own environment


def reports(home: Path, count: int) -> list[str]:
    """Both ways, and what is not as it should be."""
    ours, theirs = home / "ours", home / "theirs"
    write(ours, count)
    shutil.copytree(ours, theirs)
    began = time.monotonic()
    quiet(home, "workbench", "batch", str(ours), "--to", ",".join(FORMS), "--jobs", "2")
    batch = time.monotonic() - began
    began = time.monotonic()
    with ThreadPoolExecutor(2) as two:
        list(two.map(by_hand, sorted(theirs.iterdir())))
    script = time.monotonic() - began
    print(f"  reports of {count} incidents, two at a time, a minute: workbench batch {60 * count / batch:.0f}, "
          f"papermill and nbconvert {60 * count / script:.1f}: {script / batch:.1f} times as many")  # fmt: skip
    pairs = [
        (folder / "output" / f"postmortem.{form}", theirs / folder.name / "output" / f"postmortem.{form}")
        for folder in sorted(ours.glob("INC-*")) for form in FORMS
    ]  # fmt: skip
    other = [str(made) for made, theirs in pairs if content(made) != content(theirs)]
    slow = [f"batch: {script / batch:.1f} times as fast, wanted {FASTER:.0f}"] if script / batch < FASTER else []
    return slow + [f"not the same: {name}" for name in other]


def content(made: Path) -> object:
    """What a form is compared by: nbconvert has its own folder for pictures, and sorts the facts at the top."""
    if made.suffix != ".md":
        return made.read_bytes()
    head, _, body = made.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    return sorted(head.split("\n")), body.replace("](postmortem_files/", "](pictures/")


# ---- review


def reviewed(root: Path) -> tuple[float, int]:
    """Seconds of one review, and the greatest memory of its processes together, in bytes."""
    command = [str(HERE / "workbench"), "review", str(root), "--quarter", "2025Q4", "--jobs", "2", "--json"]
    most, ended = [0], threading.Event()
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - ours
        watch = threading.Thread(target=watched, args=(process.pid, most, ended))
        watch.start()
        told = json.loads(process.stdout.read()) if process.stdout else {}
        process.wait()
        ended.set()
        watch.join()
    if not told["incidents"]:
        raise RuntimeError("the review found no incident in its quarter")
    return time.monotonic() - began, most[0]


def watched(pid: int, most: list[int], ended: threading.Event) -> None:
    """Looks at the memory of a process and of all that it started until it has ended."""
    while not ended.wait(0.2):
        most[0] = max(most[0], sum(pss(one) for one in family(pid)))


def family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in below for each in family(int(child)))]


def pss(pid: int) -> int:
    """What a process has of memory, its share of what several have counted in part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def reviews(home: Path, count: int) -> list[str]:
    """The review of all folders and of a quarter of them, and which limit is passed."""
    root, part = home / "all", home / "part"
    write(root, count)
    part.mkdir()
    for folder in sorted(root.iterdir())[::4]:
        shutil.copytree(folder, part / folder.name)
    first, _ = reviewed(root)
    print(f"  review of {count} folders, nothing cached: {first:.1f} s")
    seconds, size = reviewed(root)
    reviewed(part)
    small, _ = reviewed(part)
    told = f"{seconds:.1f} s, {size / 1e6:.0f} MB; of {-(-count // 4)}: {small:.1f} s"
    print(f"  review of {count} folders, records cached: {told}")
    passed = [f"review: {seconds:.1f} s, limit {SECONDS:.0f}"] if seconds > SECONDS else []
    passed += [f"review: {size / 1e6:.0f} MB, limit {BYTES / 1e6:.0f}"] if size > BYTES else []
    grown = [f"review: {seconds / small:.1f} times the time of a quarter"] if seconds > 4 * GROWTH * small else []
    return passed + grown


def main() -> int:
    """Status 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=30)
    parser.add_argument("--folders", type=int, default=1000)
    chosen = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        wrong = reports(Path(home), chosen.reports) + reviews(Path(home), chosen.folders)
    for sentence in wrong:
        print(sentence)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
