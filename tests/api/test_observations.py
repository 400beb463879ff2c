"""The balance that LinkedIn shows, taken as true."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.seat import Seat


def codes(seat: Seat) -> list[str]:
    return [warning["code"] for warning in seat.summary()["warnings"]]


def test_it_sets_the_balance_with_one_labelled_entry(seat: Seat, clock: Clock) -> None:
    seat.log()
    clock.advance(minutes=1)
    observed = seat.call.post(f"{seat.path}/observations", {"balance": 2, "source": "person"})
    assert (observed["computed"], observed["difference"], observed["balance"]) == (4, -2, 2)
    assert observed["likely_causes"]
    assert seat.balance() == 2
    assert seat.kinds()[-1] == ("adjust", -2)
    assert "discrepancy" not in codes(seat), "the number that was typed in settles the matter"
    assert seat.summary()["observed"] == {"balance": 2, "at": "2026-11-23T09:01:00Z"}

    clock.advance(minutes=1)
    assert seat.call.post(f"{seat.path}/observations", {"balance": 2, "source": "page"})["difference"] == 0
    assert "discrepancy" not in codes(seat)


def test_the_report_counts_the_inmails_that_were_not_logged(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account(observed_balance=4)
    assert seat.call.get(f"{seat.path}/report")["differences"] == [], "where an account begins is no difference"
    clock.advance(minutes=1)
    seat.log()
    clock.advance(minutes=1)
    seat.call.post(f"{seat.path}/observations", {"balance": 0, "source": "person"})
    clock.advance(minutes=1)
    seat.log(accept_discrepancy=True)
    assert "discrepancy" in codes(seat)
    clock.advance(minutes=1)
    seat.call.post(f"{seat.path}/observations", {"balance": 2, "source": "person"})

    assert "discrepancy" not in codes(seat)
    assert seat.call.get(f"{seat.path}/report")["differences"] == [
        {"code": "not_logged", "count": 3},
        {"code": "more_than_computed", "count": 2},
    ]


def test_what_was_sent_before_it_and_arrives_later_leaves_it(seat: Seat, clock: Clock) -> None:
    clock.advance(hours=1)
    seat.call.post(f"{seat.path}/observations", {"balance": 2, "source": "person"})
    assert seat.log(sent_at="2026-11-23T09:30:00Z")["balance"] == 2


def test_more_than_the_book_allows_offers_the_other(open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator")
    observed = seat.call.post(f"{seat.path}/observations", {"balance": 45, "source": "page"})
    assert observed["wrong_book"]["rule_book"] == "rolling"
    assert "150" in observed["wrong_book"]["detail"]
    assert "wrong_book" in codes(seat)


def test_it_can_be_taken_back(seat: Seat, clock: Clock) -> None:
    clock.advance(minutes=1)
    seat.log()
    observed = seat.call.post(f"{seat.path}/observations", {"balance": 55, "source": "person"})
    path = f"{seat.path}/observations/{observed['id']}"
    withdrawn = seat.call("DELETE", path)
    assert (withdrawn.status_code, withdrawn.json["balance"]) == (200, 4)
    assert seat.call("DELETE", path).json == withdrawn.json
    assert not {"discrepancy", "wrong_book"} & set(codes(seat))
    assert seat.call("DELETE", f"{seat.path}/observations/nothing").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"balance": -1},
        {"balance": 100_001},
        {"balance": "5"},
        {"source": "guess"},
        {"observed_at": "2026-10-01T00:00:00Z"},
    ],
)
def test_nonsense_is_refused(seat: Seat, wrong: dict[str, object]) -> None:
    seat.call.post(f"{seat.path}/observations", {"balance": 3, "source": "person"} | wrong, expect=422)
    assert seat.balance() == 5
