"""A third rule book, with quarters, through the whole program: nothing takes a period for a month."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Clock
from tests.rules import third_book
from tests.seat import Caller, Seat
from tests.web.conftest import WebPage, values_of, words


@pytest.fixture(autouse=True)
def three_books() -> Iterator[None]:
    with third_book.rule_books():
        yield


@pytest.fixture
def seat(open_account: Callable[..., Seat]) -> Seat:
    """Six credits a quarter since 20 October 2025, so the present quarter began on 20 October 2026; EUR 10 a month."""
    return open_account(
        plan="premium_business",
        rule_book="quarterly",
        opened_at="2025-10-20T00:00:00Z",
        price={"amount_minor": 1_000, "currency": "EUR"},
    )


def test_the_summary_of_a_quarter(seat: Seat) -> None:
    seat.log()
    summary = seat.summary()
    assert (summary["balance"], summary["allotment"], summary["allotment_months"]) == (5, 6, 3)
    assert summary["period"]["start"] == "2026-10-20T00:00:00Z"
    assert summary["next_renewal"] == {"at": "2027-01-20T00:00:00Z", "credits": 6}
    assert summary["next_loss"]["value"] == {"amount_minor": 2_500, "currency": "EUR"}
    assert seat.call.get(seat.path)["allotment_months"] == 3


def test_the_report_of_quarters(seat: Seat, page: WebPage) -> None:
    seat.log()
    report = seat.call.get(f"{seat.path}/report?months=12")
    november = report["months"][-1]
    assert (november["allotment"], november["allotment_months"]) == (6, 3)
    assert november["value_used"] == {"amount_minor": 500, "currency": "EUR"}
    assert november["opening_balance"] == 6
    assert "Used a month" in page.text("/report")


def test_advice_looks_back_on_quarters(seat: Seat, page: WebPage) -> None:
    advice = seat.call.get(f"{seat.path}/advice")
    assert (advice["history"]["period_months"], advice["history"]["full_periods"]) == (3, 4)
    tried = {plan["plan"]: plan["tried"] for plan in advice["plans"]}
    assert (tried["premium_business"]["months"], tried["premium_business"]["paid"]["amount_minor"]) == (12, 12_000)
    shown = page.text("/report/advice")
    assert "your last 4 full periods" in shown
    assert "20 Oct – 19 Jan 2026" in shown


def test_advice_looks_back_on_as_many_quarters_as_on_months(open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="premium_business", rule_book="quarterly", opened_at="2023-01-20T00:00:00Z")
    assert seat.call.get(f"{seat.path}/advice")["history"]["full_periods"] == 12


def test_a_change_of_plan_says_what_lost_credits_of_a_quarter_are_worth(seat: Seat) -> None:
    preview = seat.call.post(f"{seat.path}/plan-changes?preview=true", {"cancel": True}, 200)
    assert (preview["voided"], preview["value_voided"]["amount_minor"]) == (6, 3_000)


def test_the_settings_say_how_often_credits_come(seat: Seat, page: WebPage) -> None:
    text = page.text("/settings/plan")
    assert "6 every 3 months" in text
    assert "Sales Navigator, 80 every 3 months" in text
    assert "Credits come every quarter" not in text, "the file's own words answer the question"
    assert "Yes, until the end of the quarter" in text


def test_a_new_account_can_go_by_any_book(page: WebPage) -> None:
    form = page.get("/settings/account/new")
    assert values_of(form, "book") == ["month_end", "quarterly", "rolling"]
    assert "Yes, until the end of the quarter" in words(form)


def test_the_settings_offer_the_closest_book_that_holds_the_number(
    open_account: Callable[..., Seat], page: WebPage
) -> None:
    seat = open_account(plan="sales_navigator", observed_balance=60)
    wrong = seat.account["wrong_book"]
    assert (wrong["rule_book"], wrong["title"]) == ("quarterly", "Credits come every quarter")
    assert [(each["rule_book"], each["most"]) for each in wrong["others"]] == [("quarterly", 80), ("rolling", 150)]
    assert "you could have 25 at most" in wrong["detail"]
    assert 'name="book" value="quarterly"' in page.get("/settings/plan").get_data(as_text=True)


def test_the_settings_name_the_rules_to_try_where_credits_carry_over_already(
    open_account: Callable[..., Seat], page: WebPage
) -> None:
    seat = open_account(plan="sales_navigator", rule_book="rolling", cap=60, allotment=50, observed_balance=70)
    assert seat.account["wrong_book"] is None, "its own numbers are too small for every book"
    seat = open_account(name="Second", plan="sales_navigator", rule_book="rolling", cap=20, observed_balance=24)
    assert [each["rule_book"] for each in seat.account["wrong_book"]["others"]] == ["month_end", "quarterly"]
    text = page.text(f"/settings/plan?account={seat.account['id']}")
    assert "Other rules would allow it: “Unused credits are lost at month end”." in text
    assert "carry over after all" not in text


def test_where_no_book_holds_the_number_none_is_offered(open_account: Callable[..., Seat], page: WebPage) -> None:
    seat = open_account(plan="sales_navigator", rule_book="rolling", observed_balance=151)
    assert seat.account["wrong_book"] is None
    assert "Check your plan and the numbers below." in page.text("/settings/plan")
    observed = seat.call.post(f"{seat.path}/observations", {"balance": 152, "source": "person"})
    assert not any("another rule book" in cause for cause in observed["likely_causes"])


@pytest.mark.parametrize(
    ("fields", "book", "allotment", "cap"),
    [
        ({"plan": "sales_navigator", "balance": 25}, "month_end", 25, None),
        ({"plan": "sales_navigator", "balance": 26}, "quarterly", 80, None),
        ({"plan": "sales_navigator", "balance": 81}, "rolling", 50, 150),
        ({"plan": "sales_navigator", "balance": 500, "sure": 1}, "rolling", 50, 150),
        ({"plan": "other", "monthly": 10, "balance": 10}, "month_end", 10, None),
        ({"plan": "other", "monthly": 10, "balance": 31, "sure": 1}, "rolling", 10, 30),
        ({"plan": "recruiter", "monthly": 10, "balance": 41}, "quarterly", 30, 60),
    ],
)
def test_the_set_up_takes_the_closest_book_that_holds_the_number(
    page: WebPage, fields: dict, book: str, allotment: int, cap: int | None
) -> None:
    page.done("/welcome/plan", **fields)
    (account,) = Caller(page.client, page.headers).get("/accounts")["items"]
    assert (account["rule_book"], account["allotment"], account["cap"]) == (book, allotment, cap)


def test_last_months_credits_are_still_there_under_a_book_whose_credits_outlast_a_month(page: WebPage) -> None:
    page.done("/welcome/plan", plan="sales_navigator", balance=20)
    call = Caller(page.client, page.headers)
    (account,) = call.get("/accounts")["items"]
    assert account["rule_book"] == "month_end"
    page.done(f"/accounts/{account['id']}/credit-rules", kept="yes")
    assert call.get(f"/accounts/{account['id']}")["rule_book"] == "quarterly"


def test_the_rule_books_have_the_numbers_of_today_and_all_others(call: Caller, clock: Clock) -> None:
    def career() -> dict:
        books = {book["id"]: book for book in call.get("/rule-books")["items"]}
        return {plan["id"]: plan for plan in books["quarterly"]["plans"]}["premium_career"]

    assert (career()["allotment"], career()["cap"], career()["allotment_months"]) == (9, 9, 3)
    assert [(each["from"], each["allotment"], each["cap"]) for each in career()["numbers"]] == [
        (None, 12, None),
        ("2026-01-01", 3, 5),
        ("2026-05-12", 9, 9),
    ]
    clock.now = clock.now.replace(month=5, day=11)
    assert (career()["allotment"], career()["cap"]) == (3, 5)
    assert career()["source"] == "Made up: on the first day of a quarter"


def test_a_quarter_from_a_first_to_a_first_is_named_by_its_days(
    open_account: Callable[..., Seat], page: WebPage
) -> None:
    open_account(plan="sales_navigator", rule_book="quarterly", opened_at="2026-01-01T00:00:00Z")
    shown = page.text("/report/advice")
    assert "1 Jan – 31 Mar 2026" in shown
    assert "1 Jul – 30 Sep 2026" in shown


def test_a_change_is_an_upgrade_by_the_numbers_of_its_day(open_account: Callable[..., Seat]) -> None:
    # given 3 credits a quarter as this one began, and 9 from 12 May on
    seat = open_account(rule_book="quarterly", opened_at="2026-04-20T00:00:00Z")
    wanted = {"plan": "premium_business", "at": "2026-06-01T00:00:00Z"}
    preview = seat.call.post(f"{seat.path}/plan-changes?preview=true", wanted, 200)
    assert preview["direction"] == "downgrade"
