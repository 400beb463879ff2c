"""Advice over HTTP: the verdict with its rule and history, what each change would void, and how to use the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conftest import Clock
from tests.seat import Caller, Seat

EUROS = {"amount_minor": 10000, "currency": "EUR"}


def advice(seat: Seat) -> dict[str, Any]:
    return seat.call.get(f"{seat.path}/advice")


def option(found: dict[str, Any], plan: str) -> dict[str, Any]:
    return next(each for each in found["plans"] if each["plan"] == plan)


def navigator(open_account: Callable[..., Seat], used: int, months: int = 4) -> Seat:
    """Sales Navigator at 100.00 a month, so many InMails on the 2nd of each of the last months."""
    seat = open_account(plan="sales_navigator", opened_at=f"2026-{11 - months:02}-01T00:00:00Z", price=EUROS)
    for month in range(11 - months, 11):
        for number in range(used):
            seat.log(sent_at=f"2026-{month:02}-02T10:{number:02}:00Z")
    return seat


def test_without_history_it_says_what_is_missing(seat: Seat) -> None:
    found = advice(seat)
    assert (found["verdict"], found["title"], found["to_plan"]) == ("not_enough_history", "Not enough history", None)
    assert found["detail"] == "3 more full periods are needed. Ask again after 1 Feb (UTC)."
    assert (found["history"]["missing"], found["history"]["enough_on"]) == (3, "2027-02-01T00:00:00Z")
    # what each change would void is known all the same
    assert all(each["tried"] is None for each in found["plans"])
    assert option(found, "basic")["change"]["voided"] == 5
    assert option(found, "sales_navigator")["change"]["granted"] == 25


def test_a_lasting_need(open_account: Callable[..., Seat]) -> None:
    found = advice(navigator(open_account, 25))
    assert (found["verdict"], found["to_plan"], found["need"]) == ("upgrade", "recruiter_lite", "lasting")
    assert found["title"] == "Upgrade to Recruiter Lite"
    assert (
        found["detail"]
        == "Use emptied the account more than 7 days early in 4 of 4 periods, and lately too: the need lasts."
    )
    assert (found["history"]["ran_out"], found["history"]["ran_out_early"]) == (4, 4)
    first = found["history"]["periods"][0]
    assert (first["emptied_at"], first["days_left_when_empty"], first["used"]) == ("2026-07-02T10:24:00Z", 29, 25)
    change = option(found, "recruiter_lite")["change"]
    assert (change["voided"], change["granted"], change["balance_after"]) == (0, 50, 75)
    assert "more than 7 days before" in found["rule"]


def test_a_busy_month(open_account: Callable[..., Seat]) -> None:
    seat = navigator(open_account, 18)
    for number in range(7):
        seat.log(sent_at=f"2026-09-03T10:{number:02}:00Z")
    found = advice(seat)
    assert (found["verdict"], found["need"], found["title"]) == ("stay", "busy_month", "Stay on Sales Navigator")
    assert found["detail"].endswith("early in 1 of 4 periods: a busy month, not a lasting need.")


def test_a_smaller_plan_and_what_a_credit_costs_on_it(call: Caller, open_account: Callable[..., Seat]) -> None:
    seat = navigator(open_account, 4)
    found = advice(seat)
    assert (found["verdict"], found["to_plan"]) == ("downgrade", "premium_career")
    assert found["detail"] == "Its 5 credits would have been enough in each period."
    career, present = option(found, "premium_career"), option(found, "sales_navigator")
    assert career["tried"]["used_credit"] is None
    assert present["tried"]["paid"] == {"amount_minor": 40000, "currency": "EUR"}
    assert present["tried"]["used_credit"] == {"amount_minor": 2500, "currency": "EUR"}
    assert (present["present"], present["change"]) == (True, None)
    assert (career["change"]["voided"], career["change"]["value_voided"]["amount_minor"]) == (25, 10000)

    call("PATCH", seat.path, {"plan_prices": {"premium_career": {"amount_minor": 3000, "currency": "EUR"}}})
    career = option(advice(seat), "premium_career")
    assert career["price"] == {"amount_minor": 3000, "currency": "EUR"}
    assert career["tried"]["used_credit"] == {"amount_minor": 750, "currency": "EUR"}

    call("PATCH", seat.path, {"plan_prices": {"premium_career": EUROS, "premium_business": EUROS}})
    assert advice(seat)["verdict"] == "stay"


def test_cancelling_with_a_dated_plan_to_use_the_rest_first(open_account: Callable[..., Seat]) -> None:
    seat = navigator(open_account, 0)
    found = advice(seat)
    assert (found["verdict"], found["title"], found["need"]) == ("cancel", "Cancel", "smaller")
    assert found["detail"] == "In 4 of 4 periods no credit was needed."
    rest = found["if_cancelled"]
    # Monday 23 November, and the month ends on a Monday, too
    assert (rest["credits"], rest["cancel_by"], rest["renews_at"]) == (25, "2026-11-30", "2026-12-01T00:00:00Z")
    assert rest["days"][0] == {"day": "2026-11-23", "credits": 5}
    assert [each["day"][-2:] for each in rest["days"]] == ["23", "24", "25", "26", "27", "30"]
    assert sum(each["credits"] for each in rest["days"]) == 25
    assert rest["detail"] == (
        "Use 25 credits first, by 30 Nov. Cancel on 30 Nov, not before: it voids what is left at once."
        " The renewal on 1 Dec (UTC) would be paid."
    )
    assert option(found, "basic")["change"]["voided"] == 25


def test_a_subscription_cancelled_already(call: Caller, open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="premium_business", rule_book="rolling", renewal_day=1)
    call.post(f"{seat.path}/plan-changes", {"cancel": True})
    found = advice(seat)
    assert found["if_cancelled"]["cancelled"] is True
    assert found["if_cancelled"]["detail"].endswith("ends on 1 Dec (UTC); what is left then is voided.")
    assert option(found, "basic")["change"] is None


def test_on_the_free_plan_there_is_nothing_to_change(call: Caller, seat: Seat, clock: Clock) -> None:
    call.post(f"{seat.path}/plan-changes", {"cancel": True})
    clock.advance(days=200)
    found = advice(seat)
    assert (found["verdict"], found["title"], found["if_cancelled"]) == ("stay", "There is nothing to change", None)
    assert option(found, "premium_career")["change"]["direction"] == "upgrade"
