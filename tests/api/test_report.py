"""The report over HTTP: as JSON complete for charts, and as a table that no spreadsheet takes for formulas."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from inkeeper.csvtext import original
from tests.conftest import Clock
from tests.seat import Caller, Seat

EUROS = {"amount_minor": 3000, "currency": "EUR"}


@pytest.fixture
def used(open_account: Callable[..., Seat], clock: Clock) -> Seat:
    """Premium Career since September at 30.00 a month: 3 used and 1 answered in September, 1 free and 1 used since."""
    seat = open_account(opened_at="2026-09-01T00:00:00Z", price=EUROS)
    for day in (7, 8, 9):
        made = seat.log(sent_at=f"2026-09-{day:02}T09:30:00Z")["inmail"]
        if day == 8:
            answer = {"outcome": "replied", "outcome_at": "2026-09-09T21:30:00Z"}
            seat.call("PATCH", f"{seat.path}/inmails/{made['id']}", answer)
    seat.log(cost=0, sent_at="2026-10-20T12:00:00Z")
    seat.log(sent_at="2026-11-02T12:00:00Z")
    return seat


def report(seat: Seat, query: str = "") -> dict[str, Any]:
    return seat.call.get(f"{seat.path}/report{query}")


def table(seat: Seat, query: str = "?format=csv", **headers: str) -> list[dict[str, str]]:
    answer = seat.call("GET", f"{seat.path}/report{query}", **headers)
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="inkeeper-usage-2026-11-23.csv"'
    assert answer.data.startswith(codecs.BOM_UTF8), "for spreadsheet programs"
    return list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_months_with_what_they_were_worth(used: Seat) -> None:
    found = report(used)
    september, october, november = found["months"]
    assert september == {
        "month": "2026-09",
        "start": "2026-09-01T00:00:00Z",
        "end": "2026-10-01T00:00:00Z",
        "ended": True,
        "plan": "premium_career",
        "allotment": 5,
        "allotment_months": 1,
        "opening_balance": 0,
        "granted": 5,
        "used": 3,
        "free": 0,
        "returned": 0,
        "expired": 2,
        "forfeited": 0,
        "voided": 0,
        "lost": 2,
        "adjusted_up": 0,
        "adjusted_down": 0,
        "closing_balance": 0,
        "value_used": {"amount_minor": 1800, "currency": "EUR"},
        "value_lost": {"amount_minor": 1200, "currency": "EUR"},
    }
    assert (october["free"], october["lost"], november["ended"], november["closing_balance"]) == (1, 5, False, 4)
    assert (found["totals"]["months"], found["totals"]["used"], found["totals"]["lost"]) == (3, 4, 7)
    assert found["totals"]["value_lost"] == {"amount_minor": 4200, "currency": "EUR"}
    assert found["average"] == {"months": 2, "used": 1.5, "lost": 3.5}
    assert found["best_month"] == {"month": "2026-09", "used": 3}
    assert (found["from"], found["as_of"]) == ("2026-09-01T00:00:00Z", "2026-11-23T09:00:00Z")


def test_rates_costs_and_time_to_an_answer(used: Seat) -> None:
    found = report(used)
    month, quarter = found["rates"]
    assert (month["days"], month["from"], month["sent"], month["response_rate"]) == (30, "2026-10-24T00:00:00Z", 1, 0.0)
    assert (quarter["days"], quarter["sent"], quarter["replied"], quarter["pending"]) == (90, 5, 1, 4)
    assert (quarter["response_rate"], quarter["acceptance_rate"]) == (0.2, 0.2)
    assert found["answer_time"] == {"answers": 1, "median_hours": 36.0}
    assert found["cost"] == {
        "months": 3,
        "used": 4,
        "answers": 1,
        "plans_without_price": [],
        "paid": {"amount_minor": 9000, "currency": "EUR"},
        "used_credit": {"amount_minor": 2250, "currency": "EUR"},
        "answer": {"amount_minor": 9000, "currency": "EUR"},
    }
    assert {"response_rate", "acceptance_rate", "value_used", "cost_of_answer"} <= found["formulas"].keys()
    assert found["capacity"] is None


def test_the_balance_over_time_has_each_loss_as_a_point(used: Seat) -> None:
    found = [(point["at"][:10], point["reason"], point["balance"]) for point in report(used)["balance_over_time"]]
    assert found == [
        ("2026-09-01", "start", 0),
        ("2026-09-01", "grant", 5),
        ("2026-09-07", "use", 4),
        ("2026-09-08", "use", 3),
        ("2026-09-09", "use", 2),
        ("2026-10-01", "expire", 0),
        ("2026-10-01", "grant", 5),
        ("2026-11-01", "expire", 0),
        ("2026-11-01", "grant", 5),
        ("2026-11-02", "use", 4),
        ("2026-11-23", "now", 4),
    ]


def test_a_report_of_an_account_without_changes_is_as_of_each_request(used: Seat, clock: Clock) -> None:
    first = report(used)
    clock.advance(minutes=20)

    second = report(used)

    later = "2026-11-23T09:20:00Z"
    assert second["as_of"] == second["balance_over_time"][-1]["at"] == later
    assert [rates["to"] for rates in second["rates"]] == [later, later]
    assert second["balance_over_time"][:-1] == first["balance_over_time"][:-1]
    for name in first.keys() - {"as_of", "balance_over_time", "rates"}:
        assert second[name] == first[name]
    used.log()
    assert report(used)["totals"]["used"] == first["totals"]["used"] + 1


def test_the_heat_map_is_a_row_for_each_weekday_and_says_nothing_of_few(used: Seat) -> None:
    found = report(used)["heat_map"]
    assert (found["weekdays"], found["hours"]) == ([1, 2, 3, 4, 5, 6, 7], list(range(24)))
    for name in ("sent", "answered", "response_rate", "answers_received"):
        assert [len(row) for row in found[name]] == [24] * 7
    # 8 September 2026 is a Tuesday, the answer came on Wednesday
    assert (found["sent"][1][9], found["answered"][1][9], found["response_rate"][1][9]) == (1, 1, None)
    assert found["answers_received"][2][21] == 1
    assert (found["enough"], found["best"], found["minimum_sample"]) == (False, [], 5)


def test_enough_inmails_in_an_hour_show_how_often_they_are_answered(open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator", time_zone="Asia/Kolkata")
    for minute in range(5):
        # Monday 2 November, 09:30 in Kolkata
        made = seat.log(sent_at=f"2026-11-02T04:0{minute}:00Z")["inmail"]
        if minute < 2:
            seat.call("PATCH", f"{seat.path}/inmails/{made['id']}", {"outcome": "declined"})
    found = report(seat)["heat_map"]
    assert found["response_rate"][0][9] == 0.4
    assert found["best"] == [{"weekday": 1, "hour": 9, "sent": 5, "answered": 2, "response_rate": 0.4}]
    assert found["enough"] is True


def test_under_rolling_the_allotment_carries_more_than_itself(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account(plan="premium_business", rule_book="rolling", renewal_day=1)
    for number in range(4):
        made = seat.log(sent_at=f"2026-11-1{number}T09:00:00Z")["inmail"]
        if number % 2:
            answer = {"outcome": "accepted", "outcome_at": f"2026-11-1{number + 2}T09:00:00Z"}
            seat.call("PATCH", f"{seat.path}/inmails/{made['id']}", answer)
    found = report(seat)["capacity"]
    # 13 credits are left; half of what is sent comes back after two days, four times until 1 December
    assert found == {
        "inmails": 30,
        "until_renewal": 25,
        "response_rate": 0.5,
        "lag_hours": 48.0,
        "basis": "2 of 4 InMails in 90 days answered",
    }
    forecast = seat.summary()["forecast"]
    assert forecast["capacity"] == found
    assert forecast["basis"].endswith("2 of 4 InMails answered")


def test_as_many_months_as_are_asked_for(open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2024-01-15T00:00:00Z")
    assert [month["month"] for month in report(seat)["months"]][::11] == ["2025-12", "2026-11"]
    assert [month["month"] for month in report(seat, "?months=1")["months"]] == ["2026-11"]
    assert report(seat, "?months=60")["months"][0]["month"] == "2024-01"
    for wrong in ("0", "61", "-1", "1.5", "twelve", ""):
        assert seat.call("GET", f"{seat.path}/report?months={wrong}").status_code == 422


def test_months_are_those_of_the_accounts_zone(open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-10-01T04:00:00Z", time_zone="America/New_York")
    seat.log(sent_at="2026-11-01T03:59:00Z")
    october, november = report(seat)["months"]
    assert (october["month"], october["used"], october["start"]) == ("2026-10", 1, "2026-10-01T04:00:00Z")
    assert (november["used"], november["start"]) == (0, "2026-11-01T04:00:00Z")


def test_without_a_price_nothing_is_valued(open_account: Callable[..., Seat]) -> None:
    seat = open_account()
    seat.log()
    found = report(seat)
    assert found["months"][0]["value_used"] is None
    assert found["totals"]["value_lost"] is None
    assert (found["cost"]["paid"], found["cost"]["plans_without_price"]) == (None, ["premium_career"])


def test_a_late_inmail_and_one_taken_back_change_their_own_month(used: Seat) -> None:
    late = used.log(sent_at="2026-10-31T23:50:00Z")["inmail"]
    assert [month["used"] for month in report(used)["months"]] == [3, 1, 1]
    assert [month["expired"] for month in report(used)["months"]] == [2, 4, 0]
    used.call("DELETE", f"{used.path}/inmails/{late['id']}")
    assert [month["used"] for month in report(used)["months"]] == [3, 0, 1]
    assert report(used)["rates"][0]["sent"] == 1


def test_as_a_table(used: Seat) -> None:
    september, october, november = table(used)
    assert (september["account"], september["month"], september["time_zone"]) == ("My seat", "2026-09", "UTC")
    assert (september["used"], september["expired"], september["value_lost"], september["currency"]) == (
        "3",
        "2",
        "12.00",
        "EUR",
    )
    assert (october["free"], november["closing_balance"]) == ("1", "4")
    found = report(used)["months"]
    for row, month in zip(table(used), found, strict=True):
        shared = row.keys() & month.keys() - {"value_used", "value_lost"}
        assert {name: row[name] for name in shared} == {name: str(month[name]) for name in shared}


@pytest.mark.parametrize(
    ("accept", "query", "is_table"),
    [
        ("text/csv", "", True),
        ("text/csv, application/json;q=0.5", "", True),
        ("application/json", "", False),
        ("*/*", "", False),
        ("text/html,*/*;q=0.8", "", False),
        ("text/csv", "?format=json", False),
        ("application/json", "?format=csv", True),
    ],
)
def test_the_table_is_had_by_parameter_or_header(seat: Seat, accept: str, query: str, is_table: bool) -> None:
    answer = seat.call("GET", f"{seat.path}/report{query}", Accept=accept)
    assert answer.content_type.startswith("text/csv" if is_table else "application/json")


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-2", "@SUM(A1)", "'=1", 'Kai, "the" Example'])
def test_no_name_becomes_a_formula(open_account: Callable[..., Seat], name: str) -> None:
    seat = open_account(name=name)
    (row,) = table(seat)
    assert row["account"][0] not in "=+-@"
    assert original(row["account"]) == name


def test_an_unknown_form_is_refused(call: Caller, seat: Seat) -> None:
    assert call("GET", f"{seat.path}/report?format=xlsx").status_code == 422
    assert call("GET", f"{seat.path}/report?year=2026").status_code == 422
