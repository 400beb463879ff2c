"""`python -m inkeeper` is the `inkeeper` command; so is `python …/inkeeper/__main__.py` in a source tree."""

import sys
from pathlib import Path

if not __package__:
    # Run by its path: Python then does not search the folder that has the package.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from inkeeper.cli import main

main(prog_name="inkeeper")
