"""`inkeeper` with its clock set: `python -m e2e.harness.clocked 2026-11-30T23:59:50+00:00 serve ...`.

The clock runs on from the given instant. All other arguments are those of the product's command line.
"""

from __future__ import annotations

import sys
from datetime import datetime

import time_machine

from inkeeper.cli import main

if __name__ == "__main__":
    instant = datetime.fromisoformat(sys.argv.pop(1))
    with time_machine.travel(instant, tick=True):
        main()
