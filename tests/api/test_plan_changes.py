"""Upgrades, downgrades, cancellations: previewed, made, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.seat import Seat


def change(seat: Seat, body: dict[str, Any], expect: int = 201) -> dict[str, Any]:
    """Preview first; what is then done must be what was said."""
    preview = seat.call("POST", f"{seat.path}/plan-changes?preview=true", body)
    before = seat.ledger()
    done = seat.call.post(f"{seat.path}/plan-changes", body, expect)
    if expect == 201:
        assert preview.status_code == 200
        assert preview.json == done | {"id": None}
    else:
        assert preview.status_code == expect
        assert seat.ledger() == before
    return done


def test_an_upgrade_brings_the_new_credits_at_once(seat: Seat, clock: Clock) -> None:
    seat.log("Robin Sample")
    seat.log("Kai Example")
    clock.advance(minutes=1)
    done = change(seat, {"plan": "sales_navigator"})
    assert (done["direction"], done["granted"], done["voided"]) == ("upgrade", 25, 0)
    assert (done["balance_before"], done["balance_after"]) == (3, 28)
    assert done["next_renewal"] == {"at": "2026-12-01T00:00:00Z", "credits": 25}
    assert seat.balance() == 28
    assert seat.summary()["account"]["product"] == "sales_navigator"


def test_a_downgrade_voids_and_says_what_that_costs(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account(plan="sales_navigator", price={"amount_minor": 10_000, "currency": "EUR"})
    clock.advance(minutes=1)
    seat.call.post(f"{seat.path}/observations", {"balance": 10, "source": "person"})
    clock.advance(minutes=1)
    done = change(seat, {"plan": "premium_career"})
    assert (done["direction"], done["voided"], done["balance_after"]) == ("downgrade", 10, 0)
    assert done["value_voided"] == {"amount_minor": 4000, "currency": "EUR"}
    assert "use them first" in done["detail"]
    clock.advance(days=8)
    assert seat.balance() == 5


def test_cancelling_voids_and_nothing_more_can_be_sent(open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator")
    done = change(seat, {"cancel": True})
    assert (done["to_plan"], done["voided"], done["next_renewal"]) == ("basic", 25, None)
    assert seat.log(expect=409)["next_renewal"] is None
    assert change(seat, {"cancel": True}, expect=409)["code"] == "nothing_to_cancel"


def test_a_planned_cancellation_warns_until_then(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account(plan="sales_navigator")
    done = change(seat, {"cancel": True, "at": "2026-11-27T12:00:00Z"})
    assert (done["effective_at"], done["voided"]) == ("2026-11-27T12:00:00Z", 25)
    summary = seat.summary()
    assert summary["balance"] == 25
    assert "cancelling" in [warning["code"] for warning in summary["warnings"]]
    assert summary["next_loss"] == {"at": "2026-11-27T12:00:00Z", "credits": 25, "reason": "void", "value": None}
    clock.advance(days=5)
    assert seat.balance() == 0


def test_where_credits_carry_over_cancelling_takes_effect_at_the_renewal(open_account: Callable[..., Seat]) -> None:
    seat = open_account(rule_book="rolling", plan="premium_business", renewal_day=15)
    done = change(seat, {"cancel": True})
    assert (done["at"], done["effective_at"]) == ("2026-11-23T09:00:00Z", "2026-12-15T00:00:00Z")
    assert seat.balance() == 30
    assert done["voided"] == 30


def test_one_made_by_mistake_can_be_taken_back(seat: Seat) -> None:
    done = change(seat, {"cancel": True})
    assert seat.balance() == 0
    listed = seat.call.get(f"{seat.path}/plan-changes")["items"]
    assert listed == [{"id": done["id"], "at": "2026-11-23T09:00:00Z", "cancel": True, "plan": None}]
    withdrawn = seat.call("DELETE", f"{seat.path}/plan-changes/{done['id']}")
    assert withdrawn.json["balance"] == 5
    assert seat.call("DELETE", f"{seat.path}/plan-changes/{done['id']}").json == withdrawn.json
    assert seat.call.get(f"{seat.path}/plan-changes")["items"] == []
    assert seat.call("DELETE", f"{seat.path}/plan-changes/nothing").status_code == 404


def test_one_that_lies_in_the_past_changes_what_came_after(open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-09-01T00:00:00Z")
    change(seat, {"plan": "sales_navigator", "at": "2026-10-10T00:00:00Z"})
    assert seat.balance() == 25


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"plan": "premium_gold"}, 422),
        ({"plan": "recruiter"}, 422),
        ({"plan": "basic"}, 422),
        ({"plan": "premium_career"}, 409),
        ({"cancel": False}, 422),
        ({"cancel": True, "plan": "sales_navigator"}, 422),
        ({}, 422),
        ({"plan": "sales_navigator", "at": "2026-10-31T23:59:59Z"}, 422),
        ({"plan": "sales_navigator", "at": "2028-01-01T00:00:00Z"}, 422),
    ],
)
def test_what_cannot_be_is_refused(seat: Seat, body: dict[str, Any], status: int) -> None:
    change(seat, body, expect=status)
    assert seat.balance() == 5
