"""Opening, changing and keeping apart accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import Clock
from tests.seat import Caller, Seat


def test_an_account_opened_mid_month_has_the_whole_allotment_at_once(call: Caller) -> None:
    account = call.post(
        "/accounts",
        {"name": "My seat", "plan": "sales_navigator", "rule_book": "month_end", "time_zone": "Europe/Berlin"},
    )
    assert account["product"] == "sales_navigator"
    assert account["allotment"] == 25
    assert account["opened_at"] == "2026-11-23T09:00:00Z"
    assert account["wrong_book"] is None
    assert call.get(f"/accounts/{account['id']}/summary")["balance"] == 25


def test_the_balance_that_linkedin_shows_at_first_is_where_it_begins(open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator", observed_balance=12)
    summary = seat.summary()
    assert summary["balance"] == 12
    assert "discrepancy" not in [warning["code"] for warning in summary["warnings"]]


def test_a_balance_that_the_book_cannot_explain_offers_the_other_book(open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator", observed_balance=40)
    assert seat.account["wrong_book"]["rule_book"] == "rolling"
    assert seat.account["wrong_book"]["balance"] == 40
    assert "wrong_book" in [warning["code"] for warning in seat.summary()["warnings"]]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"plan": "premium_gold"}, "plan"),
        ({"plan": "recruiter"}, "plan"),
        ({"rule_book": "lunar"}, "rule_book"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"time_zone": "localtime"}, "time_zone"),
        ({"time_zone": "posixrules"}, "time_zone"),
        ({"time_zone": "posix/Europe/Berlin"}, "time_zone"),
        ({"time_zone": "right/Europe/Berlin"}, "time_zone"),
        ({"time_zone": "Factory"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"rule_book": "rolling", "plan": "recruiter"}, "allotment"),
        ({"opened_at": "2002-12-31T00:00:00Z"}, "opened_at"),
        ({"opened_at": "2026-11-25T00:00:00Z"}, "opened_at"),
        ({"opened_at": "2026-11-01"}, "opened_at"),
        ({"opened_at": "2026-11-01T00:00:00"}, "opened_at"),
        ({"name": ""}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "a\u0000b"}, "name"),
        ({"name": 7}, "name"),
        ({"renewal_day": 32}, "renewal_day"),
        ({"allotment": -1}, "allotment"),
        ({"allotment": True}, "allotment"),
        ({"allotment": 2.5}, "allotment"),
        ({"working_days": []}, "working_days"),
        ({"working_days": [0]}, "working_days.0"),
        ({"lead_days": [7, 3]}, "lead_days"),
        ({"lead_days": [7, 3, 1, 0]}, "lead_days.3"),
        ({"lead_days": [7, 7, 1]}, "lead_days"),
        ({"lead_days": [1, 3, 7]}, "lead_days"),
        ({"lead_days": [61, 3, 1]}, "lead_days.0"),
        ({"lead_days": [7, 3, 0]}, "lead_days.2"),
        ({"lead_days": [7, 3.5, 1]}, "lead_days.1"),
        ({"lead_days": "7,3,1"}, "lead_days"),
        ({"lead_days": None}, "lead_days"),
        ({"low_balance": -1}, "low_balance"),
        ({"low_balance": 1.5}, "low_balance"),
        ({"price": {"amount_minor": 5}}, "price.currency"),
        ({"price": {"amount_minor": 5, "currency": "euro"}}, "price.currency"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_named_and_opens_nothing(call: Caller, wrong: dict[str, Any], path: str) -> None:
    good = {"name": "My seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
    problem = call.post("/accounts", good | wrong, expect=422)
    assert path in [error["path"] for error in problem["errors"]]
    assert call.get("/accounts")["items"] == []


def test_accounts_are_never_added_up_nor_seen_by_others(
    call: Caller, open_account: Callable[..., Seat], client: FlaskClient, pair: Callable[..., Any]
) -> None:
    mine = [open_account(name="Premium"), open_account(name="Navigator", plan="sales_navigator")]
    stranger = Caller(client, pair("Robin").headers)
    assert [account["name"] for account in call.get("/accounts")["items"]] == ["Premium", "Navigator"]
    mine[0].log()
    assert (mine[0].balance(), mine[1].balance()) == (4, 25)
    assert stranger.get("/accounts")["items"] == []
    assert stranger("GET", f"{mine[0].path}/summary").status_code == 404


def test_the_list_comes_in_pages(call: Caller, open_account: Callable[..., Seat]) -> None:
    for number in range(5):
        open_account(name=f"Seat {number}")
    names, cursor = [], ""
    while cursor is not None:
        page = call.get(f"/accounts?limit=2{cursor and f'&cursor={cursor}'}")
        names += [account["name"] for account in page["items"]]
        cursor = page["next_cursor"]
    assert names == [f"Seat {number}" for number in range(5)]


def test_name_price_days_and_reserve_can_be_changed(call: Caller, open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator")
    changes = {
        "name": "Other",
        "price": {"amount_minor": 10_000, "currency": "EUR"},
        "working_days": [6, 1, 1],
        "reserve": 5,
    }
    changed = call("PATCH", seat.path, changes).json
    assert changed["name"] == "Other"
    assert changed["working_days"] == [1, 6]
    assert changed["reserve"] == 5
    assert seat.summary()["next_loss"]["value"] == {"amount_minor": 10_000, "currency": "EUR"}
    assert call("PATCH", seat.path, {"price": None}).json["price"] is None


def test_lead_days_and_a_low_balance_can_be_chosen(call: Caller, open_account: Callable[..., Seat]) -> None:
    plain = open_account()
    assert (plain.account["lead_days"], plain.account["low_balance"]) == ([7, 3, 1], None)
    assert plain.summary()["account"]["lead_days"] == [7, 3, 1]

    chosen = open_account(lead_days=[60, 14, 2], low_balance=3)
    assert (chosen.account["lead_days"], chosen.account["low_balance"]) == ([60, 14, 2], 3)
    assert chosen.summary()["account"]["lead_days"] == [60, 14, 2]

    changed = call("PATCH", chosen.path, {"lead_days": [10, 5, 1]}).json
    assert (changed["lead_days"], changed["low_balance"]) == ([10, 5, 1], 3)
    assert call("PATCH", chosen.path, {"low_balance": None}).json["low_balance"] is None
    assert call.get(chosen.path)["lead_days"] == [10, 5, 1]


def test_a_language_is_of_all_accounts_of_an_owner(call: Caller, open_account: Callable[..., Seat]) -> None:
    first, second = open_account(), open_account(name="Second seat")
    assert first.account["language"] is None

    assert call("PATCH", second.path, {"language": "de"}).json["language"] == "de"

    assert [account["language"] for account in call.get("/accounts")["items"]] == ["de", "de"]
    assert call("PATCH", first.path, {"name": "My seat"}).json["language"] == "de", "kept by other changes"
    assert open_account(name="Third seat", language="en").account["language"] == "en"
    assert call("PATCH", first.path, {"language": None}).json["language"] is None


def test_a_language_that_there_is_not(call: Caller, seat: Seat) -> None:
    for language in ("xx", "", "DE", 5):
        refused = call("PATCH", seat.path, {"language": language})
        assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "language")


def test_the_texts_of_a_new_owner_are_in_their_language(call: Caller, open_account: Callable[..., Seat]) -> None:
    open_account(language="de")

    assert "Freundliche Erinnerung" in {text["name"] for text in call.get("/texts")["items"]}


def test_prices_of_other_plans_are_kept_beside_the_accounts_own(call: Caller, seat: Seat) -> None:
    assert seat.account["plan_prices"] == {}
    prices = {"sales_navigator": {"amount_minor": 9999, "currency": "EUR"}}
    assert call("PATCH", seat.path, {"plan_prices": prices}).json["plan_prices"] == prices
    assert call("PATCH", seat.path, {"price": {"amount_minor": 2999, "currency": "EUR"}}).json["plan_prices"] == prices
    # what is given takes the place of all that was there
    others = {"premium_business": {"amount_minor": 4999, "currency": "EUR"}}
    assert call("PATCH", seat.path, {"plan_prices": others}).json["plan_prices"] == others
    assert call("PATCH", seat.path, {"plan_prices": {}}).json["plan_prices"] == {}


def test_all_prices_are_in_one_currency_and_of_plans_that_there_are(call: Caller, seat: Seat) -> None:
    euros, dollars = ({"amount_minor": 9999, "currency": currency} for currency in ("EUR", "USD"))
    call("PATCH", seat.path, {"price": euros})
    for wrong in ({"sales_navigator": dollars}, {"unheard_of": euros}, {"basic": euros}):
        assert call("PATCH", seat.path, {"plan_prices": wrong}).status_code == 422
    call("PATCH", seat.path, {"plan_prices": {"sales_navigator": euros}})
    assert call("PATCH", seat.path, {"price": dollars}).status_code == 422
    together = {"price": dollars, "plan_prices": {"sales_navigator": dollars}}
    assert call("PATCH", seat.path, together).json["price"] == dollars
    assert call("PATCH", seat.path, {"price": None, "plan_prices": {"sales_navigator": euros}}).status_code == 200


def test_another_rule_book_corrects_the_whole_history(call: Caller, open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-09-15T00:00:00Z", plan="premium_business", renewal_day=15)
    assert seat.balance() == 15
    preview = call("PATCH", f"{seat.path}?preview=true", {"rule_book": "rolling"}).json
    assert (preview["balance_now"], preview["balance_then"]) == (15, 45)
    assert preview["account"]["rule_book"] == "rolling"
    assert call.get(seat.path)["rule_book"] == "month_end", "a preview stores nothing"

    assert call("PATCH", seat.path, {"rule_book": "rolling"}).json["rule_book"] == "rolling"
    assert seat.balance() == 45
    assert call("PATCH", seat.path, {"rule_book": "month_end"}).status_code == 200
    assert seat.balance() == 15


def test_terms_from_a_date_leave_what_was_before(call: Caller, open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-09-01T00:00:00Z")
    call("PATCH", seat.path, {"allotment": 9, "from": "2026-11-01T00:00:00Z"})
    assert [credits for kind, credits in seat.kinds() if kind == "grant"] == [5, 5, 9]


def test_a_corrected_allotment_counts_from_the_beginning_of_the_plan(
    call: Caller, open_account: Callable[..., Seat]
) -> None:
    seat = open_account(opened_at="2026-09-01T00:00:00Z")
    call.post(f"{seat.path}/plan-changes", {"plan": "sales_navigator", "at": "2026-10-10T00:00:00Z"})
    call("PATCH", seat.path, {"allotment": 50})
    assert [credits for kind, credits in seat.kinds() if kind == "grant"] == [5, 5, 50, 50]
    assert call("PATCH", seat.path, {"allotment": None}).json["allotment"] == 25


def test_a_later_switch_survives_the_correction_of_what_was_before(
    call: Caller, open_account: Callable[..., Seat]
) -> None:
    seat = open_account(opened_at="2026-09-01T00:00:00Z")
    call("PATCH", seat.path, {"rule_book": "rolling", "from": "2026-10-01T00:00:00Z"})
    corrected = call("PATCH", seat.path, {"allotment": 6}).json
    assert (corrected["rule_book"], corrected["allotment"]) == ("rolling", 6)
    assert [credits for kind, credits in seat.kinds() if kind == "grant"] == [6, 6, 6]


def test_a_date_alone_changes_no_terms(call: Caller, seat: Seat) -> None:
    assert call("PATCH", seat.path, {"from": "2026-11-02T00:00:00Z"}).status_code == 422


def test_a_book_that_lacks_the_plan_is_refused(call: Caller, open_account: Callable[..., Seat]) -> None:
    seat = open_account(rule_book="rolling", plan="recruiter", allotment=100)
    assert call("PATCH", seat.path, {"rule_book": "month_end"}).status_code == 422
    assert call.get(seat.path)["rule_book"] == "rolling"
    assert seat.account["cap"] == 400


@pytest.mark.parametrize("terms", [{"rule_book": "unheard_of"}, {"rule_book": "month_end"}])
def test_terms_that_would_not_work_are_refused_before_their_day(
    call: Caller, open_account: Callable[..., Seat], clock: Clock, terms: dict[str, str]
) -> None:
    seat = open_account(rule_book="rolling", plan="recruiter", allotment=100)
    planned = terms | {"from": "2026-12-15T00:00:00Z"}

    assert call("PATCH", f"{seat.path}?preview=true", planned).status_code == 422
    assert call("PATCH", seat.path, planned).status_code == 422

    clock.advance(days=60)
    assert call.get(seat.path)["rule_book"] == "rolling"
