"""Settings: the plan changed and cancelled, the credit rules, each previewed before it is made, and undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Clock
from tests.seat import Seat
from tests.web.conftest import WebPage, values_of, words


@pytest.fixture
def seat(open_account: Callable[..., Seat], clock: Clock) -> Seat:
    """Premium Career with two of five credits used, on Monday 23 November."""
    seat = open_account(price={"amount_minor": 2999, "currency": "EUR"})
    seat.log("Robin Sample")
    seat.log("Mika Placeholder")
    clock.advance(minutes=1)
    return seat


class Plan:
    """The page Plan & rules of an account."""

    def __init__(self, page: WebPage, seat: Seat) -> None:
        self.page = page
        self.path = f"/accounts/{seat.account['id']}/settings"

    def preview(self, what: str, **fields: Any) -> Any:
        return self.page.send(f"{self.path}/{what}/preview", **fields)

    def make(self, what: str, shown: Any, **fields: Any) -> Any:
        (version,) = values_of(shown, "version")
        return self.page.send(f"{self.path}/{what}", version=version, **fields)


@pytest.fixture
def plan(page: WebPage, seat: Seat) -> Plan:
    return Plan(page, seat)


def test_an_upgrade_is_previewed_made_and_undone(plan: Plan, page: WebPage, seat: Seat) -> None:
    shown = plan.preview("plan", to="sales_navigator")

    assert "Upgrade to Sales Navigator today New credits 25 Lost 0 Left then 28" in words(shown)
    assert seat.balance() == 3
    made = plan.make("plan", shown, to="sales_navigator")
    assert "Change of plan saved. Inkeeper changes nothing at LinkedIn." in words(made)
    assert "Sales Navigator New credits 25 a month" in words(made)
    assert seat.balance() == 28

    (change,) = seat.call.get(f"{seat.path}/plan-changes")["items"]
    assert "Undone. You have 3 credits." in page.done(f"{plan.path}/plan/{change['id']}/undo")
    assert seat.balance() == 3
    assert "Changes so far" not in page.text("/settings/plan")


def test_a_cancellation_says_what_it_loses(plan: Plan, seat: Seat) -> None:
    shown = plan.preview("plan", to="cancel")

    assert "Cancel today New credits 0 Lost 3, worth €18 Left then 0" in words(shown)
    assert "Use your 3 credits first." in words(shown)
    assert "Cancellation saved. Inkeeper changes nothing at LinkedIn." in words(plan.make("plan", shown, to="cancel"))
    assert (seat.balance(), seat.summary()["account"]["plan"]) == (0, "basic")


def test_a_change_of_another_day(plan: Plan, seat: Seat) -> None:
    shown = plan.preview("plan", to="sales_navigator", at="2026-11-28")
    assert "Upgrade to Sales Navigator Sat 28 Nov" in words(shown)
    made = plan.make("plan", shown, to="sales_navigator", at="2026-11-28")

    assert "Sales Navigator Sat 28 Nov Undo" in words(made)
    assert seat.balance() == 3
    (change,) = seat.call.get(f"{seat.path}/plan-changes")["items"]
    assert change["at"] == "2026-11-28T00:00:00Z"


def test_the_day_of_the_opening(open_account: Callable[..., Seat], page: WebPage) -> None:
    seat = open_account(opened_at="2026-11-05T15:00:00Z")
    plan = Plan(page, seat)
    fields = {"to": "sales_navigator", "at": "2026-11-05"}

    assert plan.make("plan", plan.preview("plan", **fields), **fields).status_code == 200
    assert seat.call.get(f"{seat.path}/plan-changes")["items"][0]["at"] == "2026-11-05T15:00:00Z"


def test_what_was_previewed_is_what_is_made(plan: Plan, seat: Seat, clock: Clock) -> None:
    shown = plan.preview("plan", to="cancel")
    seat.log("Noor Dummy")
    clock.advance(minutes=1)

    made = plan.make("plan", shown, to="cancel")

    assert made.status_code == 409
    assert "Something changed in the meantime. This is what would happen now." in words(made)
    assert "Lost 2, worth" in words(made)
    assert seat.summary()["account"]["plan"] == "premium_career"
    assert plan.make("plan", made, to="cancel").status_code == 200


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose what to change to."),
        ({"to": "recruiter"}, "Your credit rules don't know this plan."),
        ({"to": "premium_career"}, "You're on this plan already."),
        ({"to": "sales_navigator", "at": "2026-10-31"}, "Choose a day since you started, and at most 400 days ahead."),
        ({"to": "sales_navigator", "at": "2029-01-01"}, "Choose a day since you started, and at most 400 days ahead."),
        ({"to": "sales_navigator", "at": "soon"}, "Enter a day."),
        ({"to": "sales_navigator", "allotment": "many"}, "Enter a whole number, such as 12."),
    ],
)
def test_what_the_plan_cannot_be_changed_to(plan: Plan, fields: dict[str, str], says: str) -> None:
    answer = plan.preview("plan", **fields)

    assert answer.status_code == 422
    assert says in words(answer)
    assert "Save the" not in words(answer)


def test_a_plan_by_contract_asks_for_its_number(page: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(rule_book="rolling")
    plan = Plan(page, seat)
    assert "Your contract sets this number. Enter it." in words(plan.preview("plan", to="recruiter"))

    shown = plan.preview("plan", to="recruiter", allotment="150")

    assert "New credits 150" in words(shown)
    assert plan.make("plan", shown, to="recruiter", allotment="150").status_code == 200
    assert seat.summary()["allotment"] == 150


def test_nothing_is_cancelled_twice(plan: Plan) -> None:
    plan.make("plan", plan.preview("plan", to="cancel"), to="cancel")

    assert "There's no subscription to cancel" in words(plan.preview("plan", to="cancel"))


def test_the_other_credit_rules(plan: Plan, seat: Seat) -> None:
    shown = plan.preview("rules", book="rolling")

    assert "You have 3 credits now. With this you'd have 3 . 5 credits a month, at most 15 at a time." in words(shown)
    assert "Saved." in words(plan.make("rules", shown, book="rolling"))
    stored = seat.call.get(seat.path)
    assert (stored["rule_book"], stored["cap"]) == ("rolling", 15)


def test_own_numbers_from_a_day_on(plan: Plan, seat: Seat) -> None:
    fields = {"book": "month_end", "allotment": "7", "since": "day", "day": "2026-12-01"}

    assert plan.make("rules", plan.preview("rules", **fields), **fields).status_code == 200

    assert seat.summary()["next_renewal"] == {"at": "2026-12-01T00:00:00Z", "credits": 7}
    assert (seat.summary()["allotment"], seat.balance()) == (5, 3)


def test_own_numbers_from_the_start_and_from_today(plan: Plan, seat: Seat) -> None:
    fields = {"book": "month_end", "allotment": "7"}
    shown = plan.preview("rules", **fields, since="start")
    assert "With this you'd have 5 ." in words(shown)
    assert "With this you'd have 3 ." in words(plan.preview("rules", **fields, since="today"))

    made = plan.make("rules", shown, **fields)

    assert seat.balance() == 5
    assert values_of(made, "allotment")[-1] == "7"
    assert seat.call.get(seat.path)["overrides"]["allotment"] == 7


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"book": "month_end"}, "This is how it is already."),
        ({"book": "month_end", "renewal_day": "0"}, "Enter a whole number, such as 12."),
        ({"book": "month_end", "cap": "x"}, "Enter a whole number, such as 12."),
        ({"book": "month_end", "cap": "9", "since": "day"}, "Pick the day."),
        (
            {"book": "month_end", "cap": "9", "since": "day", "day": "2020-01-01"},
            "Choose a day since you started, and at most 400 days ahead.",
        ),
        ({"book": "quarterly"}, "Choose one of these."),
    ],
)
def test_what_the_rules_cannot_be(plan: Plan, seat: Seat, fields: dict[str, str], says: str) -> None:
    before = seat.call.get(seat.path)

    for step in ("/rules/preview", "/rules"):
        answer = plan.page.send(plan.path + step, **fields)
        assert answer.status_code == 422, words(answer)
        assert says in words(answer)
    assert seat.call.get(seat.path) == before


def test_rules_that_do_not_know_the_plan(page: WebPage, open_account: Callable[..., Seat]) -> None:
    plan = Plan(page, open_account(plan="recruiter", rule_book="rolling", allotment=150))

    assert "These credit rules don't know your plan." in words(plan.preview("rules", book="month_end", allotment="150"))


def test_a_number_that_doubts_the_rules_offers_the_others(plan: Plan, page: WebPage, seat: Seat) -> None:
    assert "more than these rules allow" not in page.text("/settings/plan")
    seat.call.post(f"{seat.path}/observations", {"balance": 12, "source": "person"})

    text = page.text("/settings/plan")

    assert "LinkedIn showed 12, more than these rules allow." in text
    assert "See what changes if they carry over" in text
    shown = plan.preview("rules", book="rolling")
    plan.make("rules", shown, book="rolling")
    assert "more than these rules allow" not in page.text("/settings/plan")


def test_every_rule_of_the_package_is_worded(page: WebPage) -> None:
    from inkeeper.services.ledger.rule_books import list_rule_books
    from inkeeper.web.settings_words import CARRY_OVER, CREDIT_RULES

    books = list_rule_books(datetime.now(UTC))
    assert set(CREDIT_RULES) == {(book.id, rule.key) for book in books for rule in book.rules}
    assert set(CARRY_OVER) == {book.id for book in books}


def test_owners_see_nothing_of_each_other(sign_in: Callable[..., WebPage], seat: Seat) -> None:
    stranger = sign_in("Somebody Else")

    theirs = stranger.get(f"/settings/plan?account={seat.account['id']}")
    assert (theirs.status_code, theirs.data) == (404, stranger.get("/settings/plan?account=missing").data)
