"""The journal: every change of the balance, with the rule that caused it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.seat import Seat


def test_it_tells_all_and_nothing_that_is_still_to_come(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account(opened_at="2026-09-10T00:00:00Z")
    seat.log()
    assert [(entry["at"], entry["kind"], entry["credits"], entry["balance"]) for entry in seat.ledger()] == [
        ("2026-09-10T00:00:00Z", "grant", 5, 5),
        ("2026-10-01T00:00:00Z", "expire", -5, 0),
        ("2026-10-01T00:00:00Z", "grant", 5, 5),
        ("2026-11-01T00:00:00Z", "expire", -5, 0),
        ("2026-11-01T00:00:00Z", "grant", 5, 5),
        ("2026-11-23T09:00:00Z", "spend", -1, 4),
    ]
    assert seat.ledger("&to=2027-11-01T00:00:00Z") == seat.ledger()


def test_a_range_begins_where_it_says_and_ends_before(open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-09-10T00:00:00Z")
    everything = seat.ledger()
    assert seat.ledger("&from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z") == everything[1:3]
    assert seat.ledger("&from=2026-10-01T00:00:01Z") == everything[3:]
    assert seat.ledger("&from=2026-11-02T00:00:00Z") == []
    assert seat.ledger("&to=2026-09-10T00:00:00Z") == []


def test_it_comes_in_pages(open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-01-10T00:00:00Z")
    collected, cursor = [], ""
    while cursor is not None:
        page = seat.call.get(f"{seat.path}/ledger?limit=4{cursor and f'&cursor={cursor}'}")
        assert len(page["items"]) <= 4
        collected += page["items"]
        cursor = page["next_cursor"]
    assert collected == seat.ledger()
    assert len(collected) == 21


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "0999-12-31T23:59:59Z", "9000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_an_instant_where_time_ends_is_refused(seat: Seat, at: str) -> None:
    for path in ("/ledger", "/inmails"):
        for name in ("from", "to"):
            refused = seat.call("GET", f"{seat.path}{path}?{name}={at}")
            assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, name)
    body = {"recipient": {"name": "Kai Example"}, "source": "api", "sent_at": at}
    assert seat.call("POST", f"{seat.path}/inmails", body).status_code == 422
