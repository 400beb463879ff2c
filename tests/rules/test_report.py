"""The usage report: months that add up to the journal, averages, values and costs by hand."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules import money
from inkeeper.rules.money import Money
from inkeeper.rules.periods import local_day
from inkeeper.rules.replay import replay
from inkeeper.rules.report import (
    Answers,
    Average,
    Cost,
    Month,
    average,
    best_hours,
    best_month,
    cost,
    hours_of_week,
    lost_credits,
    months,
    priced_months,
    value_in_month,
)
from inkeeper.rules.sheets import month_start
from inkeeper.rules.state import Tally
from tests.rules.histories import History, histories
from tests.rules.story import Story, utc
from tests.rules.test_sheets import by_month, counted, sheets_of, story_sheets

EUROS = {"premium_career": Money(3000, "EUR"), "sales_navigator": Money(10000, "EUR")}


def report(story: Story, now: str, months_back: int = 11) -> list[Month]:
    at = story.time(now)
    return months(story_sheets(story, now), story.zone, month_start(story.zone, at, -months_back))


def month(start: str, used: int, *, plan: str = "premium_career", **more: int) -> Month:
    return Month(utc(start), month_start("UTC", utc(start), 1), plan, 5, 0, Tally(used=used, **more))


@given(histories(), st.integers(0, 9))
def test_every_month_is_what_the_journal_says_and_leads_to_the_next(history: History, back: int):
    state, journal = replay(history.facts, history.end)
    closed, present, _ = sheets_of(history, history.end)
    since = month_start(state.zone, history.end, -back)
    rows = months([*closed, present], state.zone, since)

    told = by_month(journal, state.zone)
    balance_before = sum(entry.credits for entry in journal if entry.at < since) - sum(
        # what ended as the first month began was lost to the one before
        -entry.credits
        for entry in first_losses(journal, since)
    )
    assert rows[0].opening == balance_before
    for row, following in pairwise(rows):
        assert following.opening == row.closing
        assert following.start == row.end
    assert rows[-1].closing == state.balance
    for row in rows:
        day = local_day(state.zone, row.start)
        assert counted(row.tally) == told.get((day.year, day.month), {})
        assert row.tally.net() == row.closing - row.opening
    # and nothing of those months is missing
    named = {(day.year, day.month) for day in (local_day(state.zone, row.start) for row in rows)}
    assert {name for name in told if name >= min(named)} <= named


def first_losses(journal: list, since: datetime) -> list:
    """What ended at that very instant before anything else happened."""
    found = []
    for entry in (each for each in journal if each.at == since):
        if entry.kind not in ("expire", "void"):
            break
        found.append(entry)
    return found


def test_a_year_and_no_more():
    story = Story("premium_career", "2025-01-01", zone="Europe/Berlin")
    rows = report(story, "2026-11-23")
    assert [local_day("Europe/Berlin", row.start).isoformat() for row in (rows[0], rows[-1])] == [
        "2025-12-01",
        "2026-11-01",
    ]
    assert len(rows) == 12


def test_the_months_before_the_opening_are_not_told():
    story = Story("premium_career", "2026-10-20")
    story.send("2026-10-21")
    october, november = report(story, "2026-11-23")
    assert (october.tally, october.opening, october.closing) == (Tally(granted=5, used=1, expired=4), 0, 0)
    assert (november.tally, november.allotment) == (Tally(granted=5), 5)


def test_a_month_has_the_plan_that_it_ended_on():
    # given example E3
    story = Story("premium_career", "2026-01-01")
    story.sends("2026-01-02", "2026-01-03")
    story.change_plan("2026-01-13", "sales_navigator")
    january, february = report(story, "2026-02-10")
    assert (january.plan, january.allotment, january.tally) == (
        "sales_navigator",
        25,
        Tally(granted=30, used=2, expired=28),
    )
    assert (february.plan, february.opening) == ("sales_navigator", 0)


def test_the_average_is_of_the_months_that_are_over():
    rows = [month("2026-08-01", 5), month("2026-09-01", 2, expired=3), month("2026-10-01", 1, voided=1, forfeited=1)]
    assert average(rows, utc("2026-10-31")) == Average(2, 3.5, 1.5)
    assert average(rows, utc("2026-11-01")) == Average(3, 2.67, 1.67)
    # the first month of all counts while it lasts
    assert average(rows[2:], utc("2026-10-31")) == Average(1, 1.0, 2.0)


def test_the_best_month_is_the_latest_of_equals():
    rows = [month("2026-08-01", 4), month("2026-09-01", 4), month("2026-10-01", 1)]
    assert best_month(rows) == rows[1]
    assert best_month([month("2026-08-01", 0)]) is None


def test_credits_are_worth_what_their_plan_costs():
    used = month("2026-08-01", 3, expired=1, forfeited=1, voided=1)
    assert value_in_month(used, used.tally.used, EUROS) == Money(1800, "EUR")
    assert value_in_month(used, lost_credits(used.tally), EUROS) == Money(1800, "EUR")
    assert value_in_month(used._replace(plan="premium_business"), 3, EUROS) is None
    assert value_in_month(used._replace(plan="basic", allotment=0), 3, EUROS | {"basic": Money(1, "EUR")}) is None


def test_what_a_used_credit_and_an_answer_cost():
    rows = [month("2026-08-01", 4), month("2026-09-01", 3), month("2026-10-01", 9, plan="premium_business")]
    counted_rows = priced_months(rows, EUROS)
    assert counted_rows == rows[:2]
    # two months at 30.00, for 7 credits and 4 answers
    assert cost(counted_rows, EUROS, 4) == Cost(Money(6000, "EUR"), Money(857, "EUR"), Money(1500, "EUR"))
    assert cost([month("2026-08-01", 0)], EUROS, 0) == Cost(Money(3000, "EUR"), None, None)
    assert cost([], EUROS, 0) == Cost(None, None, None)


@pytest.mark.parametrize(
    ("answers", "response", "acceptance"),
    [
        (Answers(accepted=1, declined=1, replied=2, no_response=3, pending=1), 0.5, 0.375),
        (Answers(pending=3), 0.0, 0.0),
        (Answers(replied=1, pending=2), 0.3333, 0.3333),
        (Answers(), None, None),
    ],
)
def test_rates_are_of_all_that_were_sent(answers: Answers, response: float | None, acceptance: float | None):
    assert (answers.response_rate, answers.acceptance_rate) == (response, acceptance)


def test_an_hour_with_few_inmails_says_nothing():
    week = hours_of_week({9: (5, 3), 10: (4, 4), 6 * 24 + 23: (10, 1), 24: (20, 0)})
    assert [len(day) for day in week] == [24] * 7
    assert (week[0][9].weekday, week[0][9].hour, week[0][9].response_rate) == (1, 9, 0.6)
    assert (week[0][10].answered, week[0][10].response_rate) == (4, None)
    assert week[6][23].response_rate == 0.1
    assert [(hour.weekday, hour.hour) for hour in best_hours(week, 3)] == [(1, 9), (7, 23)]


def test_money_is_written_in_its_own_unit():
    amounts = [Money(2800, "EUR"), Money(5, "USD"), Money(300, "JPY"), Money(1234, "KWD")]
    assert [money.decimal(amount) for amount in amounts] == ["28.00", "0.05", "300", "1.234"]
    assert money.total([None, Money(1, "EUR"), Money(2, "EUR")]) == Money(3, "EUR")
    assert money.total([None]) is None
    assert Counter(money.divide(Money(100, "EUR"), among) for among in (3, 0)) == {Money(33, "EUR"): 1, None: 1}
