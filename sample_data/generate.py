"""Writes the sample incident's folder: `python sample_data/generate.py [OUT_DIR]`.

Without OUT_DIR it writes over `sample_data/connection-pool/`. The same seed gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from generator.folder import write_folder

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Write the folder and say where it is."""
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    committed = HERE / "connection-pool"
    target = Path(arguments[0]) if arguments else committed
    count = write_folder(target, people_from=committed)
    print(f"{target}: {count} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
