"""The long run of what `make test` does a slice of: `make fuzz`, or `python -m tests.fuzz --seed 7`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.fuzz.imports import fuzz_imports
from tests.fuzz.requests import fuzz_requests

_SHOWN = 20


def main() -> int:
    """Send all requests, then read all files; exit status 1 and the failures if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=120_000, help="how many requests  [default: 120000]")
    parser.add_argument("--imports", type=int, default=12_000, help="how many files to import  [default: 12000]")
    parser.add_argument("--seed", type=int, default=time.time_ns() // 1_000_000 % 1_000_000, help="[default: the time]")
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}")
    begun = time.monotonic()
    outcome = fuzz_requests(wanted.requests, wanted.seed)
    print(f"{outcome}, {time.monotonic() - begun:.0f} s")
    failures = outcome.failures
    if wanted.imports:
        begun = time.monotonic()
        try:
            answers = fuzz_imports(wanted.imports, wanted.seed)
        except AssertionError as failure:
            failures = [*failures, str(failure)]
        else:
            print(f"{wanted.imports} files, {dict(answers)}, {time.monotonic() - begun:.0f} s")
    for failure in failures[:_SHOWN]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
