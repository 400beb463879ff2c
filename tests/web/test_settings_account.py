"""Settings: the index, and the account's name, working days, reserve, prices; adding an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.seat import Caller, Seat
from tests.web.conftest import WebPage, values_of, words


@pytest.fixture
def save(page: WebPage, seat: Seat) -> Callable[..., Any]:
    """Saves the account's form as it was rendered, but for what is given."""
    path = f"/accounts/{seat.account['id']}/settings/account"
    version = values_of(page.get("/settings/account"), "version")[0]
    fields = {"name": "My seat", "reserve": "0", "currency": "EUR", "version": version}
    fields |= {f"day{day}": "1" for day in range(1, 6)}

    def send(**changes: Any) -> Any:
        return page.send(path, **{name: value for name, value in (fields | changes).items() if value is not None})

    return send


def stored(seat: Seat) -> dict[str, Any]:
    return seat.call.get(seat.path)


def test_the_index_leads_to_each_page(page: WebPage, seat: Seat) -> None:
    text = page.get("/settings").get_data(as_text=True)

    for place in ("account", "plan"):
        assert f'href="/settings/{place}"' in text


def test_name_days_reserve_and_prices(save: Callable[..., Any], seat: Seat) -> None:
    given = {"name": "Sales seat", "day6": "1", "day1": None, "reserve": "2", "amount": "29,99"}

    answer = save(**given, **{"price-sales_navigator": "79.9", "price-recruiter_lite": ""})

    assert answer.status_code == 200, words(answer)
    assert "Saved." in words(answer)
    assert "Account: Sales seat" in answer.get_data(as_text=True)
    now = stored(seat)
    assert (now["name"], now["working_days"], now["reserve"]) == ("Sales seat", [2, 3, 4, 5, 6], 2)
    assert now["price"] == {"amount_minor": 2999, "currency": "EUR"}
    assert now["plan_prices"] == {"sales_navigator": {"amount_minor": 7990, "currency": "EUR"}}


def test_prices_are_shown_as_they_were_typed_and_can_be_taken_away(
    save: Callable[..., Any], page: WebPage, seat: Seat
) -> None:
    save(amount="29.90", **{"price-sales_navigator": "80"})
    shown = page.get("/settings/account")
    assert values_of(shown, "amount") == ["29.90"]
    assert values_of(shown, "price-sales_navigator") == ["80.00"]

    answer = save(version=values_of(shown, "version")[0])

    assert answer.status_code == 200
    assert (stored(seat)["price"], stored(seat)["plan_prices"]) == (None, {})


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": " "}, "Enter a name."),
        ({"name": "x" * 101}, "Use at most 100 characters."),
        ({"reserve": "two"}, "Enter a whole number, such as 12."),
        ({"reserve": "-1"}, "Enter a whole number, such as 12."),
        ({"reserve": "1.5"}, "Enter a whole number, such as 12."),
        ({"amount": "about 30"}, "Enter an amount, such as 29.99."),
        ({"amount": "29.999"}, "Enter an amount, such as 29.99."),
        ({"amount": "-1"}, "Enter an amount, such as 29.99."),
        ({"amount": "30.5", "currency": "JPY"}, "Enter an amount, such as 29.99."),
        ({"price-sales_navigator": "lots"}, "Enter an amount, such as 29.99."),
        ({"currency": "euro"}, "Choose a currency."),
        ({f"day{day}": None for day in range(1, 6)}, "Choose at least one day."),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_is_saved(
    save: Callable[..., Any], seat: Seat, typed: dict[str, Any], says: str
) -> None:
    before = stored(seat)

    answer = save(**{"name": "Typed", "reserve": "7"} | typed)

    assert answer.status_code == 422
    assert words(answer).count(says) == 1
    assert stored(seat) == before
    if "reserve" not in typed:
        assert values_of(answer, "reserve") == ["7"]


def test_a_stale_form_shows_both(save: Callable[..., Any], seat: Seat) -> None:
    seat.call("PATCH", seat.path, {"name": "From elsewhere"})

    answer = save(name="From here")

    assert answer.status_code == 409
    assert "This was changed elsewhere in the meantime." in words(answer)
    assert "Name: From elsewhere" in words(answer)
    assert values_of(answer, "name") == ["From here"]
    assert stored(seat)["name"] == "From elsewhere"
    again = save(name="From here", version=values_of(answer, "version")[0])
    assert again.status_code == 200
    assert stored(seat)["name"] == "From here"


def in_language(page: WebPage, tags: str) -> WebPage:
    """The page of a browser that prefers these languages."""
    return WebPage(page.client, page.headers | {"Accept-Language": tags}, page.device_id)


def test_a_chosen_language_wins_over_the_browsers(page: WebPage, seat: Seat) -> None:
    assert '<option value="" selected>As my browser</option>' in page.get("/settings/account").get_data(as_text=True)

    answer = page.send("/settings/language", language="de", account=seat.account["id"])

    assert answer.headers["HX-Redirect"] == f"/settings/account?account={seat.account['id']}"
    german = page.get("/settings/account").get_data(as_text=True)
    assert '<option value="de" selected>Deutsch</option>' in german
    assert '<option value="en">English</option>' in german
    assert '<main id="main" hx-history-elt lang="de" dir="ltr">' in german
    assert "Sie sind abgemeldet" in german, "what app.js shows is replaced: the shell is in English"
    assert "Sie sind abgemeldet" not in in_language(page, "de").get("/settings/account").get_data(as_text=True)
    assert seat.call.get(seat.path)["language"] == "de"

    page.send("/settings/language", language="")

    assert "Working days" in page.text("/settings/account")
    assert "Arbeitstage" in in_language(page, "de-AT, en").text("/settings/account")
    assert seat.call.get(seat.path)["language"] is None


def test_a_language_that_there_is_not(page: WebPage, seat: Seat) -> None:
    assert page.send("/settings/language", language="xx").status_code == 422


def test_a_language_is_of_one_owner(page: WebPage, sign_in: Callable[..., WebPage]) -> None:
    page.send("/settings/language", language="de")

    assert "Add an account" in sign_in("Somebody Else").text("/settings/account/new")


def test_the_first_account_keeps_the_language_of_the_browser_it_was_made_in(page: WebPage, call: Caller) -> None:
    german = in_language(page, "de, en")
    german.send("/settings/accounts", name="Erstes", plan="premium_career", zone="UTC")
    (first,) = call.get("/accounts")["items"]
    assert first["language"] == "de"

    page.send("/settings/language", language="")
    german.send("/settings/accounts", name="Zweites", plan="premium_career", zone="UTC")

    assert [each["language"] for each in call.get("/accounts")["items"]] == [None, None]


@pytest.mark.parametrize("tags", ["fr-FR, fr;q=0.9, en-US;q=0.8, en;q=0.7", "fr, de;q=0.5", "*", ""])
def test_a_browser_whose_first_language_there_is_not_chooses_none(page: WebPage, call: Caller, tags: str) -> None:
    in_language(page, tags).send("/settings/accounts", name="Seat", plan="premium_career", zone="UTC")

    assert call.get("/accounts")["items"][0]["language"] is None
    assert "Arbeitstage" in in_language(page, "de").text("/settings/account"), "it still follows the browser"


def test_an_english_browser_chooses_english(page: WebPage, call: Caller) -> None:
    in_language(page, "en-GB, de;q=0.5").send("/settings/accounts", name="Seat", plan="premium_career", zone="UTC")

    assert call.get("/accounts")["items"][0]["language"] == "en"


def test_another_account(page: WebPage, seat: Seat) -> None:
    answer = page.send(
        "/settings/accounts", name="Hiring", plan="recruiter_lite", zone="Europe/Berlin", observed="12", amount="100"
    )

    assert answer.status_code == 200, words(answer)
    (made,) = [one for one in seat.call.get("/accounts")["items"] if one["name"] == "Hiring"]
    assert answer.headers["HX-Redirect"] == f"/?account={made['id']}"
    assert (made["plan"], made["rule_book"], made["time_zone"]) == ("recruiter_lite", "month_end", "Europe/Berlin")
    assert made["price"] == {"amount_minor": 10000, "currency": "EUR"}
    assert "12 credits left" in page.text(f"/?account={made['id']}")
    assert "Hiring Recruiter Lite · 12 credits left" in page.text("/settings/account")


def test_an_account_whose_number_doubts_the_credit_rules(page: WebPage) -> None:
    answer = page.send("/settings/accounts", name="Seat", plan="sales_navigator", zone="UTC", observed="60")

    assert answer.headers["HX-Redirect"].startswith("/settings/plan?account=")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"plan": ""}, "Choose a plan."),
        ({"plan": "recruiter", "book": "rolling"}, "Your contract sets this number. Enter it."),
        ({"plan": "recruiter"}, "These credit rules don't know this plan."),
        ({"zone": "Mars/Olympus"}, "Choose a time zone."),
        ({"observed": "many"}, "Enter a whole number, such as 12."),
        ({"renewal_day": "32"}, "Enter a whole number, such as 12."),
        ({"book": "none"}, "Choose one of these."),
    ],
)
def test_what_an_account_cannot_be(page: WebPage, typed: dict[str, str], says: str) -> None:
    answer = page.send("/settings/accounts", **{"name": "Seat", "plan": "premium_career", "zone": "UTC"} | typed)

    assert answer.status_code == 422
    assert says in words(answer)
    assert values_of(answer, "name") == ["Seat"]


def test_the_form_for_an_account_without_any(page: WebPage) -> None:
    assert values_of(page.get("/settings/account/new"), "name") == ["My seat"]


def test_a_double_submit_adds_one_account(page: WebPage, seat: Seat) -> None:
    fields = {"name": "Hiring", "plan": "recruiter_lite", "zone": "UTC", "key": "k" * 20}
    first, second = (page.send("/settings/accounts", **fields) for _ in range(2))

    assert first.headers["HX-Redirect"] == second.headers["HX-Redirect"]
    assert len(seat.call.get("/accounts")["items"]) == 2


def test_owners_see_nothing_of_each_other(sign_in: Callable[..., WebPage], seat: Seat) -> None:
    stranger = sign_in("Somebody Else")

    theirs = stranger.get(f"/settings/account?account={seat.account['id']}")
    assert (theirs.status_code, theirs.data) == (404, stranger.get("/settings/account?account=missing").data)
