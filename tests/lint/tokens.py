"""Copies the pages' colours to the extension, which ships its own files; `--check` says whether the copy is stale."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "backend" / "inkeeper" / "web" / "static" / "tokens.css"
COPY = ROOT / "extension" / "ui" / "tokens.css"


def main() -> int:
    """Copy, or compare and answer 1 where the two differ."""
    wanted = SOURCE.read_bytes()
    if sys.argv[1:] != ["--check"]:
        COPY.write_bytes(wanted)
        return 0
    if COPY.is_file() and COPY.read_bytes() == wanted:
        return 0
    print(f"{COPY.relative_to(ROOT)} is not a copy of {SOURCE.relative_to(ROOT)}: run python tests/lint/tokens.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
