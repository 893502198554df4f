"""Checks the command line, as a black box, against files that nobody here wrote and incidents with known truth.

    python tests/corpus/check.py --shared FOLDER [--only incidents year logs exports]

FOLDER holds `corpus/`. Figures are printed as they come; the exit status is 1 when a gate fails, 2 without a corpus.
Nothing in the corpora goes into the project: it is unpacked to a temporary folder and removed.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
import time
from pathlib import Path

from command import Workbench, beside_python
from exports import check_exports
from incidents import check_incidents
from ledger import Ledger
from logs import check_logs
from year import check_year

PARTS = ("incidents", "year", "logs", "exports")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds corpus/")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="these parts only")
    parser.add_argument("--workbench", type=shlex.split, default=beside_python(), help="the command to check")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    return parser.parse_args()


def check(corpus: Path, program: tuple[str, ...], parts: tuple[str, ...], work: Path) -> int:
    """Runs the parts that were asked for."""
    home = work / "home"
    home.mkdir(parents=True, exist_ok=True)
    workbench, ledger = Workbench(program=tuple(program), home=home), Ledger()
    if "incidents" in parts:
        check_incidents(ledger, workbench, corpus, work)
    if "year" in parts:
        check_year(ledger, workbench, corpus, work)
    if "logs" in parts:
        check_logs(ledger, workbench, corpus)
    if "exports" in parts:
        check_exports(ledger, workbench, corpus)
    return ledger.close()


def main() -> int:
    """The exit status."""
    chosen, began = arguments(), time.perf_counter()
    corpus = (chosen.shared / "corpus").resolve()
    if not corpus.is_dir():
        print(f"no corpus at {corpus}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="corpus-check-") as temporary:
        work = (chosen.keep or Path(temporary)).resolve()
        status = check(corpus, chosen.workbench, tuple(chosen.only), work)
    print(f"{time.perf_counter() - began:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
