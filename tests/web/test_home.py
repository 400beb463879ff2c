"""Home: the number and what threatens it, logging, replies, LinkedIn's number; each can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.conftest import Clock
from tests.seat import Seat
from tests.web.conftest import WebPage, values_of, words


def undo(page: WebPage, answer_text: str, answer_html: str) -> str:
    """Presses Undo in the message that an answer brought."""
    assert "Undo" in answer_text
    toast = answer_html[answer_html.index('class="toast"') :]
    action = re.search(r'hx-post="([^"]+)"', toast)[1]
    outcome = re.search(r'name="outcome" value="([^"]+)"', toast)
    return page.done(action, **({"outcome": outcome[1]} if outcome else {}))


def test_the_number_and_the_one_loss_that_matters(page: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator", price={"amount_minor": 7999, "currency": "EUR"})
    for _ in range(13):
        seat.log(name="Kai Example")

    text = page.text("/")

    assert "12 credits left of 25 · 8 days left, counting today Send 2 a day to use them all" in text
    assert "12 expire Mon 30 Nov worth €38" in text
    assert "13 used" in text
    assert "Does LinkedIn show 12 too?" in text


def test_without_an_account_it_leads_to_the_set_up(page: WebPage) -> None:
    answer = page.get("/")

    assert answer.status_code == 200
    assert 'href="/welcome"' in answer.get_data(as_text=True)


def test_several_accounts_side_by_side(page: WebPage, open_account: Callable[..., Seat]) -> None:
    first, second = open_account(name="First"), open_account(name="Second", plan="sales_navigator")
    second.log(name="Robin Sample")

    text = page.text(f"/?account={second.account['id']}")

    assert "5 credits left of 5" in text
    assert "24 credits left of 25" in text
    assert "29 credits" not in text
    assert "30 credits" not in text
    assert "Log an InMail Second" in text
    assert "Robin Sample" in text
    assert "Robin Sample" not in page.text(f"/?account={first.account['id']}")


def test_an_account_that_is_not_there(page: WebPage, seat: Seat) -> None:
    answer = page.get("/?account=missing")

    assert answer.status_code == 404
    assert "This isn't here any more" in words(answer)


@pytest.mark.parametrize(
    ("typed", "name", "link"),
    [
        ("Kai Example", "Kai Example", None),
        ("https://www.linkedin.com/in/kai-example-1a2b3c4d5/?x=1", "Kai Example", "/in/kai-example-1a2b3c4d5"),
        ("linkedin.com/in/kai", "Kai", "/in/kai"),
        ("de.linkedin.com/in/kai-example", "Kai Example", "/in/kai-example"),
        ("Kai Example (https://www.linkedin.com/in/KE)", "Kai Example", "/in/ke"),
        ("https://www.linkedin.com/sales/lead/ACwAAA,NAME Kai E.", "Kai E.", "/sales/lead/ACwAAA"),
    ],
)
def test_a_name_or_a_link_in_one_field(
    page: WebPage, seat: Seat, path: str, typed: str, name: str, link: str | None
) -> None:
    page.done(f"{path}/inmails", who=typed)

    (inmail,) = seat.call.get(f"{seat.path}/inmails")["items"]
    assert inmail["recipient"]["name"] == name
    assert inmail["recipient"]["profile_url"] == (link and f"https://www.linkedin.com{link}")
    assert inmail["source"] == "page"


def test_logging_with_everything(page: WebPage, seat: Seat, path: str) -> None:
    text = page.done(
        f"{path}/inmails",
        who="Robin Sample",
        cost="0",
        when="day",
        date="2026-11-20",
        subject="Data lead",
        purpose="introduction",
        note="met at a fair\r\nwants a call",
    )

    assert "Logged: Robin Sample, free." in text
    (inmail,) = seat.call.get(f"{seat.path}/inmails")["items"]
    assert inmail["sent_at"] == "2026-11-20T12:00:00Z"
    assert (inmail["cost"], inmail["subject"], inmail["purpose"]) == (0, "Data lead", "introduction")
    assert inmail["note"] == "met at a fair\nwants a call"


def test_the_day_before(page: WebPage, seat: Seat, path: str) -> None:
    page.done(f"{path}/inmails", who="Robin Sample", when="yesterday")

    assert seat.call.get(f"{seat.path}/inmails")["items"][0]["sent_at"] == "2026-11-22T12:00:00Z"


def test_undo_after_logging(page: WebPage, seat: Seat, path: str) -> None:
    answer = page.send(f"{path}/inmails", who="Robin Sample")
    assert seat.balance() == 4

    text = undo(page, words(answer), answer.get_data(as_text=True))

    assert "Removed Robin Sample." in text
    assert seat.balance() == 5


def test_undo_of_a_removal(page: WebPage, seat: Seat, path: str) -> None:
    inmail = seat.log("Robin Sample", note="met at a fair")["inmail"]
    seat.call("PATCH", f"{seat.path}/inmails/{inmail['id']}", {"outcome": "replied"})
    answer = page.send(f"{path}/inmails/{inmail['id']}/remove")
    assert seat.balance() == 5

    text = undo(page, words(answer), answer.get_data(as_text=True))

    assert "Robin Sample is back in the log." in text
    assert seat.balance() == 4
    (again,) = seat.call.get(f"{seat.path}/inmails")["items"]
    assert (again["note"], again["outcome"], again["sent_at"]) == ("met at a fair", "replied", inmail["sent_at"])


def test_a_double_submit_logs_once(page: WebPage, seat: Seat, path: str) -> None:
    first, second = (page.send(f"{path}/inmails", key="a" * 22, who="Robin Sample") for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert seat.balance() == 4
    changed = page.send(f"{path}/inmails", key="a" * 22, who="Noor Dummy")
    assert changed.status_code == 409
    assert "saved already" in words(changed)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Enter a name or a profile link."),
        ({"who": "   "}, "Enter a name or a profile link."),
        ({"who": "https://evil.example/in/kai"}, "That link doesn't lead to a person on LinkedIn."),
        ({"who": "https://www.linkedin.com/sales/lead/ACwAAA"}, "Add the name too"),
        ({"who": "Kai", "when": "day"}, "Pick the day."),
        ({"who": "Kai", "when": "day", "date": "2026-02-30"}, "Enter a day."),
        ({"who": "Kai", "when": "day", "date": "2026-11-24"}, "That day is still to come."),
        ({"who": "Kai", "when": "day", "date": "2026-10-31"}, "This account starts later than that day."),
        ({"who": "Kai", "subject": "x" * 201}, "Use at most 200 characters."),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    page: WebPage, seat: Seat, path: str, fields: dict[str, str], said: str
) -> None:
    answer = page.send(f"{path}/inmails", key="k" * 22, note="met at a fair", **fields)

    assert answer.status_code == 422
    assert said in words(answer)
    assert "met at a fair" in words(answer)
    assert values_of(answer, "who") == [fields.get("who", "")]
    assert "k" * 22 in values_of(answer, "key")
    assert 'aria-invalid="true" aria-describedby="log-' in answer.get_data(as_text=True)
    assert seat.balance() == 5


def test_without_credits_it_asks_first(page: WebPage, seat: Seat, path: str) -> None:
    for _ in range(5):
        seat.log(name="Kai Example")

    asked = page.send(f"{path}/inmails", who="Robin Sample", note="met at a fair")

    assert asked.status_code == 422
    assert "You have no credits left. Did LinkedIn let you send it?" in words(asked)
    assert values_of(asked, "who") == ["Robin Sample"]
    (key,) = [value for value in values_of(asked, "key") if value in asked.get_data(as_text=True)][:1]
    text = page.done(f"{path}/inmails", key=key, who="Robin Sample", accept="1")
    assert "Logged: Robin Sample" in text
    assert seat.balance() == 0


def test_the_same_person_without_a_reply_is_asked_about(page: WebPage, seat: Seat, path: str, clock: Clock) -> None:
    seat.log("Robin Sample")
    clock.advance(minutes=5)

    asked = page.send(f"{path}/inmails", who="Robin Sample")

    assert asked.status_code == 422
    assert "Already logged today, 09:00, no reply yet." in words(asked)
    assert seat.balance() == 4
    page.done(f"{path}/inmails", who="Robin Sample", again="1")
    assert seat.balance() == 3


def test_a_reply_reaches_the_inmail_that_was_edited_since_the_page_was_shown(
    page: WebPage, seat: Seat, path: str
) -> None:
    inmail = seat.log("Robin Sample")["inmail"]
    edited = seat.call("PATCH", f"{seat.path}/inmails/{inmail['id']}", {"sent_at": "2026-11-20T09:00:00Z"}).json

    text = page.done(f"{path}/inmails/{inmail['id']}/outcome", outcome="replied")

    assert "Robin Sample: replied." in text
    assert seat.call.get(f"{seat.path}/inmails/{edited['inmail']['id']}")["outcome"] == "replied"
    assert "Removed Robin Sample." in page.done(f"{path}/inmails/{inmail['id']}/remove")
    assert seat.balance() == 5


def test_replies_by_one_press(page: WebPage, seat: Seat, path: str) -> None:
    inmail = seat.log("Robin Sample")["inmail"]
    assert "Waiting for a reply (1) Robin Sample sent today" in page.text("/")

    answer = page.send(f"{path}/inmails/{inmail['id']}/outcome", outcome="replied")

    assert "Robin Sample: replied." in words(answer)
    assert "No InMail waits for a reply." in words(answer)
    assert "waits for a reply again" in undo(page, words(answer), answer.get_data(as_text=True))
    assert seat.call.get(f"{seat.path}/inmails/{inmail['id']}")["outcome"] == "pending"


def test_those_that_run_out_first_come_first(page: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="premium_business", rule_book="rolling", opened_at="2026-09-01T00:00:00Z")
    seat.log("Later Sample", sent_at="2026-09-20T09:00:00Z")
    seat.log("Sooner Sample", sent_at="2026-09-02T09:00:00Z")

    text = page.text("/")

    assert text.index("Sooner Sample") < text.index("Later Sample")
    assert "Sooner Sample sent Wed 2 Sep · 8 days left to get the credit back" in text


def test_linkedins_number_confirmed(page: WebPage, seat: Seat, path: str) -> None:
    text = page.done(f"{path}/observations", balance=5)

    assert "LinkedIn shows 5 too." in text
    assert "Does LinkedIn show 5 too?" not in text


def test_linkedins_number_corrected_and_undone(page: WebPage, seat: Seat, path: str) -> None:
    answer = page.send(f"{path}/observations", balance=3)
    assert "Updated to 3 (was 5)." in words(answer)
    assert seat.balance() == 3

    assert "Back to 5." in undo(page, words(answer), answer.get_data(as_text=True))
    assert seat.balance() == 5


def test_a_surprising_number_is_asked_about(page: WebPage, seat: Seat, path: str) -> None:
    answer = page.send(f"{path}/observations", balance=50)

    assert answer.status_code == 422
    assert "more than your plan gives" in words(answer)
    assert seat.balance() == 5
    page.done(f"{path}/observations", balance=50, sure="1")
    assert seat.balance() == 50


@pytest.mark.parametrize("typed", ["", "twelve", "-1", "1.5", "100000"])
def test_what_is_no_number(page: WebPage, seat: Seat, path: str, typed: str) -> None:
    answer = page.send(f"{path}/observations", balance=typed)

    assert answer.status_code == 422
    assert re.search("Enter (a whole number|the number that LinkedIn shows)", words(answer))
    assert typed in values_of(answer, "balance")


def test_another_owners_account_is_as_one_that_is_not_there(
    client: FlaskClient, sign_in: Callable[..., WebPage], seat: Seat, path: str
) -> None:
    seat.log("Robin Sample")
    stranger = sign_in("Somebody Else")

    assert "Robin Sample" not in words(stranger.get("/"))
    assert stranger.get(f"/?account={seat.account['id']}").data == stranger.get("/?account=missing").data
    for action, fields in (("inmails", {"who": "Kai"}), ("observations", {"balance": 3})):
        theirs = stranger.send(f"{path}/{action}", **fields)
        missing = stranger.send(f"/accounts/missing/{action}", **fields)
        assert (theirs.status_code, theirs.data) == (404, missing.data)
    assert seat.balance() == 4


def test_the_rate_is_for_the_credits_that_expire_first(
    page: WebPage, open_account: Callable[..., Seat], clock: Clock
) -> None:
    open_account(plan="recruiter_lite", rule_book="rolling", opened_at=(clock() - timedelta(days=80)).isoformat())

    text = page.text("/")

    assert re.search(r"90 credits left .* to use the 30 that expire first 30 expire", text)
    assert "to use them all" not in text


@pytest.mark.parametrize(
    ("opened_before", "said"),
    [
        # The first credits expire on 2 Dec, at 09:00 or at 19:00, and the month ends on the 3rd.
        (timedelta(days=81), "9 days left, counting today .* 30 expire Tue 1 Dec"),
        (timedelta(days=81) - timedelta(hours=10), "10 days left, counting today .* 30 expire Wed 2 Dec"),
        (timedelta(days=88), "3 days left, counting today .* 30 expire Wed 25 Nov, 09:00"),
        (timedelta(days=89), "2 days left, counting today .* 30 expire tomorrow, 09:00"),
        (timedelta(days=89, hours=23), "1 day left, counting today .* 30 expire today, 10:00"),
    ],
)
def test_the_days_left_are_those_until_the_day_that_is_named(
    page: WebPage, open_account: Callable[..., Seat], clock: Clock, opened_before: timedelta, said: str
) -> None:
    open_account(plan="recruiter_lite", rule_book="rolling", opened_at=(clock() - opened_before).isoformat())

    assert re.search(said, page.text("/"))


def test_no_days_are_left_where_nothing_expires(page: WebPage, open_account: Callable[..., Seat], clock: Clock) -> None:
    """The end of the month brings credits, and takes none."""
    open_account(plan="sales_navigator", rule_book="rolling", opened_at=(clock() - timedelta(days=20)).isoformat())

    text = page.text("/")

    assert "50 credits left of 50 Send 1 a day to use them all No room for 50 new credits Mon 1 Feb" in text
