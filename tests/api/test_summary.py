"""One answer with all that badge and popup need, cheap to ask for again."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from inkeeper.api.summary import SUMMARIES_KEPT
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import summary
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction
from tests.conftest import Clock
from tests.seat import Seat


@pytest.fixture
def navigator(open_account: Callable[..., Seat], clock: Clock) -> Seat:
    """25 credits in Berlin, 13 of them used by the morning of 23 November."""
    clock.now = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    seat = open_account(plan="sales_navigator", time_zone="Europe/Berlin", opened_at="2026-10-31T23:00:00Z")
    for number in range(13):
        clock.advance(days=1)
        seat.log(f"Robin Sample {number}")
    clock.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    return seat


def test_the_contract_s_example(navigator: Seat) -> None:
    summary = navigator.summary()
    assert (summary["balance"], summary["allotment"], summary["used"]) == (12, 25, 13)
    assert summary["period"] == {
        "start": "2026-10-31T23:00:00Z",
        "end": "2026-11-30T23:00:00Z",
        "days_left": 8,
        "working_days_left": 6,
    }
    assert summary["next_loss"] == {"at": "2026-11-30T23:00:00Z", "credits": 12, "reason": "expire", "value": None}
    assert summary["pace"] == {"per_day": 2.0, "status": "behind", "expected": 19}
    assert summary["forecast"]["basis"] == "13 sends in 23 days"
    assert summary["timeline"][:2] == [
        {"at": "2026-11-30T23:00:00Z", "reason": "expire", "credits": -12, "balance": 0},
        {"at": "2026-11-30T23:00:00Z", "reason": "grant", "credits": 25, "balance": 25},
    ]
    assert summary["timeline"][-1]["at"] > "2027-01-24"
    assert [inmail["recipient"]["name"] for inmail in summary["recent"]][:2] == ["Robin Sample 12", "Robin Sample 11"]
    assert len(summary["recent"]) == 10


def test_asking_again_answers_304_until_something_changes(navigator: Seat, clock: Clock) -> None:
    def ask(tag: str | None) -> tuple[int, str]:
        headers = {} if tag is None else {"If_None_Match": tag}
        answer = navigator.call("GET", f"{navigator.path}/summary", **headers)
        return answer.status_code, answer.headers["ETag"]

    status, tag = ask(None)
    assert status == 200
    clock.advance(hours=13)
    assert ask(tag) == (304, tag)
    clock.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    status, next_day = ask(tag)
    assert (status, next_day != tag) == (200, True), "midnight in Berlin changes the days left"
    navigator.log()
    status, after_log = ask(next_day)
    assert (status, after_log != next_day) == (200, True)
    assert ask('W/"made-up"')[0] == 200


def test_a_tag_survives_a_restart_of_the_server(navigator: Seat, app: object, clock: Clock) -> None:
    tag = navigator.call("GET", f"{navigator.path}/summary").headers["ETag"]
    clock.advance(minutes=5)
    app.extensions["inkeeper.summaries"].__init__(SUMMARIES_KEPT)  # type: ignore[attr-defined]
    assert navigator.call("GET", f"{navigator.path}/summary", If_None_Match=tag).status_code == 304


@pytest.mark.parametrize("book", ["month_end", "rolling"])
def test_what_was_made_before_is_what_would_be_made_anew(
    open_account: Callable[..., Seat], app: object, clock: Clock, book: str
) -> None:
    chance = random.Random(book)
    seat = open_account(rule_book=book, plan="premium_business", price={"amount_minor": 5_000, "currency": "EUR"})
    logged = [seat.log()["inmail"]["id"]]
    for _ in range(400):
        # Short steps, so that most of them cross no turn, and some of them one by little.
        clock.advance(minutes=chance.choice([1, 20, 59, 60, 240, 1441]))
        if chance.random() < 0.1:
            logged.append(seat.log(accept_discrepancy=True)["inmail"]["id"])
        if chance.random() < 0.05:
            seat.call("PATCH", f"{seat.path}/inmails/{chance.choice(logged)}", {"outcome": "replied"})
        if chance.random() < 0.02:
            seat.call.post(f"{seat.path}/observations", {"balance": chance.randrange(20), "source": "person"})
        kept = seat.summary()
        app.extensions["inkeeper.summaries"].__init__(SUMMARIES_KEPT)  # type: ignore[attr-defined]
        assert kept == seat.summary()
        seat.summary()


def test_month_end_warnings_rise_as_it_comes_closer(navigator: Seat, clock: Clock) -> None:
    def expiring(*at: int) -> str | None:
        clock.now = datetime(2026, 11, *at, tzinfo=UTC)
        found = [warning for warning in navigator.summary()["warnings"] if warning["code"] == "expiring"]
        return found[0]["severity"] if found else None

    assert expiring(23, 22, 59, 59) is None
    assert expiring(23, 23) == "info"
    assert expiring(27, 22, 59, 59) == "info"
    assert expiring(27, 23) == "warning"
    assert expiring(29, 23) == "urgent"
    clock.now = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert navigator.balance() == 25


def test_the_warning_says_how_many_when_and_what_to_do(navigator: Seat, clock: Clock) -> None:
    navigator.call("PATCH", navigator.path, {"price": {"amount_minor": 10_000, "currency": "EUR"}})
    clock.now = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    warning = next(each for each in navigator.summary()["warnings"] if each["code"] == "expiring")
    assert warning["title"] == "12 credits expire in 3 days"
    assert "Send 6 a working day to use them by the end of 30 Nov (Europe/Berlin)." in warning["detail"]
    assert "Worth EUR 48.00 at your price." in warning["detail"]
    assert warning["until"] == "2026-11-30T23:00:00Z"


def test_it_stays_the_same_without_any_saved_state(navigator: Seat, store: Store) -> None:
    before = navigator.summary()
    with store.begin_write(None) as tx:
        dropped = tx.execute("DELETE FROM snapshot").rowcount
    assert dropped > 0
    assert navigator.summary() == before


def warnings_of(seat: Seat) -> dict[str, dict[str, Any]]:
    return {warning["code"]: warning for warning in seat.summary()["warnings"]}


def test_warnings_begin_and_rise_on_the_accounts_own_days(navigator: Seat, clock: Clock) -> None:
    assert "expiring" not in warnings_of(navigator)

    navigator.call("PATCH", navigator.path, {"lead_days": [12, 9, 4]})

    assert warnings_of(navigator)["expiring"]["severity"] == "warning"
    clock.now = datetime(2026, 11, 26, 23, tzinfo=UTC)
    assert warnings_of(navigator)["expiring"]["severity"] == "urgent"


def test_a_low_balance_is_warned_of_where_a_number_was_set(navigator: Seat) -> None:
    assert "low_balance" not in warnings_of(navigator)

    navigator.call("PATCH", navigator.path, {"low_balance": 12})

    assert warnings_of(navigator)["low_balance"]["title"] == "Only 12 credits are left"
    navigator.call("PATCH", navigator.path, {"low_balance": 11})
    assert "low_balance" not in warnings_of(navigator)
    navigator.log()
    assert warnings_of(navigator)["low_balance"]["title"] == "Only 11 credits are left"


def test_nobody_is_asked_for_names_who_never_listed_any(navigator: Seat, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert set(warnings_of(navigator)) >= {"expiring"}
    assert "few_targets" not in warnings_of(navigator)


@pytest.fixture
def recruiter(open_account: Callable[..., Seat], clock: Clock) -> Seat:
    """A Recruiter Lite seat from which 100 InMails were sent on 10 November, one a minute from 08:00 on, the last ten
    for free.
    """
    clock.now = datetime(2026, 11, 10, 12, tzinfo=UTC)
    seat = open_account(plan="recruiter_lite", allotment=200)
    for number in range(100):
        sent_at = f"2026-11-10T{8 + number // 60:02}:{number % 60:02}:00Z"
        seat.log(f"Robin Sample {number}", sent_at=sent_at, cost=int(number < 90))
    return seat


def test_a_low_response_rate_is_warned_of(recruiter: Seat, clock: Clock) -> None:
    ids = [each["id"] for each in recruiter.call.get(f"{recruiter.path}/inmails?limit=200")["items"]]

    def rate() -> tuple[str, dict[str, int]] | None:
        found = warnings_of(recruiter).get("response_rate")
        return found and (found["severity"], found["arguments"])

    def record(inmails: list[str], outcome: str) -> None:
        for inmail in inmails:
            recruiter.call("PATCH", f"{recruiter.path}/inmails/{inmail}", {"outcome": outcome})

    assert rate() == ("urgent", {"sent": 100, "answered": 0})
    record(ids[:12], "replied")
    record(ids[20:40], "no_response")
    assert rate() == ("urgent", {"sent": 100, "answered": 12})
    record(ids[12:13], "declined")
    record(ids[13:14], "accepted")
    assert rate() == ("warning", {"sent": 100, "answered": 14})
    assert recruiter.call("DELETE", f"{recruiter.path}/inmails/{ids[50]}").status_code == 200
    assert rate() is None, "99 are too few"
    recruiter.log("Robin Sample 100")
    assert rate() == ("warning", {"sent": 100, "answered": 14})
    record(ids[14:15], "replied")
    assert rate() is None, "15 of 100"


def test_an_inmail_counts_for_the_response_rate_for_fourteen_days(recruiter: Seat, clock: Clock) -> None:
    assert "response_rate" in warnings_of(recruiter)
    clock.now = datetime(2026, 11, 24, 7, 59, 59, 999999, tzinfo=UTC)
    assert warnings_of(recruiter)["response_rate"]["arguments"]["sent"] == 100
    clock.now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert "response_rate" not in warnings_of(recruiter), "also where the answer was made before"


def test_other_products_have_no_response_rate_and_no_query_for_it(
    open_account: Callable[..., Seat], store: Store, clock: Clock, statements: list[str]
) -> None:
    seats = {plan: open_account(plan=plan) for plan in ("sales_navigator", "recruiter_lite")}
    asked: dict[str, list[str]] = {}
    for plan, seat in seats.items():
        with store.read() as tx:
            row = owned_account(tx, Actor(owner_of(tx)), seat.account["id"])
            statements.clear()
            summary.summary(tx, row, clock())
        asked[plan] = [statement for statement in statements if "answered_at <=" in statement]

    assert {plan: len(found) for plan, found in asked.items()} == {"sales_navigator": 0, "recruiter_lite": 1}


def owner_of(tx: Transaction) -> str:
    (owner,) = tx.execute("SELECT id FROM owner").fetchone()
    return str(owner)
