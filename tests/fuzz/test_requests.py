"""A slice of `make fuzz`: no request makes the server fail, or answer otherwise than the OpenAPI document says."""

from __future__ import annotations

import os

from tests.fuzz.requests import fuzz_requests

COUNT = 8_000
SEED = int(os.environ.get("INKEEPER_FUZZ_SEED", "1"))


def test_no_request_makes_the_server_fail() -> None:
    outcome = fuzz_requests(COUNT, SEED)

    assert outcome.failures[:5] == [], f"seed {SEED}"
    assert outcome.statuses.total() == COUNT
    # Most requests must get past the door, or nothing behind it is tried.
    done = sum(count for status, count in outcome.statuses.items() if status < 300)
    assert done > COUNT / 4, outcome.statuses
    assert {200, 201, 304, 400, 401, 403, 404, 405, 409, 410, 415, 421, 422} <= set(outcome.statuses)
