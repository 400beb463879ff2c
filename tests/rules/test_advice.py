"""Advice: a lasting need told apart from a busy month, plans tried on the account's own InMails, and a dated plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given

from inkeeper.rules.advice import (
    SHORTEST_MONTH,
    Advice,
    Trial,
    Use,
    advise,
    days_left_when_empty,
    enough_on,
    full_periods,
    last_day_to_cancel,
    plan_daily_use,
    plans_to_try,
    ran_out_early,
    try_plan,
)
from inkeeper.rules.money import Money
from inkeeper.rules.replay import replay
from inkeeper.rules.sheets import Sheet
from tests.rules.histories import History, histories
from tests.rules.story import MONDAY_TO_FRIDAY, Story, utc
from tests.rules.test_sheets import sheets_of, story_sheets

# Months of 2026 in which so many InMails are sent, one a day from the 1st on.
Year = Mapping[int, int]


def year(uses: Year, plan: str = "sales_navigator", book: str = "month_end") -> Story:
    story = Story(plan, "2026-01-01", book=book, renewal_day=1)
    for number, used in uses.items():
        for day in range(used):
            story.send(f"2026-{number:02}-{1 + day % 25:02} {9 + day // 25:02}:00")
    return story


def evaluated(story: Story, now: str) -> list[Sheet]:
    return full_periods(story_sheets(story, now)[:-1])


def trials(story: Story, now: str) -> dict[str, Trial]:
    state = story.state(now)
    return {plan: try_plan(state, plan, evaluated(story, now), story.facts) for plan in plans_to_try(state)}


def advice(story: Story, now: str, prices: dict[str, Money] | None = None) -> Advice:
    return advise(story.state(now), evaluated(story, now), trials(story, now), prices or {})


def months(used: int, count: int = 10, **others: int) -> dict[int, int]:
    return {number: others.get(f"m{number}", used) for number in range(1, count + 1)}


def test_under_three_full_periods_there_is_not_enough_history():
    story = year(months(5, 2))
    assert advise(story.state("2026-03-20"), evaluated(story, "2026-03-20"), {}, {}).verdict == "not_enough_history"
    assert enough_on(story.state("2026-03-20"), 2) == utc("2026-04-01")


def test_a_period_cut_short_is_not_a_full_one():
    story = Story("premium_career", "2026-01-10")
    assert evaluated(story, "2026-02-10") == []
    assert enough_on(story.state("2026-01-20"), 0) == utc("2026-05-01")
    rolling = Story("premium_career", "2026-01-10", book="rolling")
    rolling.change_plan("2026-02-20", "premium_business")
    assert [(sheet.start, sheet.plan) for sheet in evaluated(rolling, "2026-03-21")] == [
        (utc("2026-01-10"), "premium_career"),
        (utc("2026-02-20"), "premium_business"),
    ]
    assert enough_on(rolling.state("2026-03-21"), 2) == utc("2026-04-20")


def test_no_more_than_twelve_periods_are_looked_at():
    story = Story("premium_career", "2025-01-01")
    sheets = evaluated(story, "2026-11-10")
    assert (len(sheets), sheets[0].start) == (12, utc("2025-11-01"))


def test_all_used_in_time_is_what_the_plan_is_for():
    # given 24 of 25 used in each month
    assert advice(year(months(24)), "2026-11-20") == Advice("stay", None, "covered")


def test_running_out_in_the_last_week_is_no_need():
    story = year(months(25))
    sheets = evaluated(story, "2026-11-20")
    assert [days_left_when_empty("UTC", sheet) for sheet in sheets[:2]] == [6, 3]
    assert advice(story, "2026-11-20") == Advice("stay", None, "covered")


def batches(story: Story, *numbers: int) -> Story:
    """All 25 credits on the 10th of these months."""
    for number in numbers:
        story.sends(*[f"2026-{number:02}-10 10:{minute:02}" for minute in range(25)])
    return story


def test_running_out_early_in_most_months_and_lately_is_a_lasting_need():
    story = batches(Story("sales_navigator"), 3, 5, 7, 9, 10)
    assert advice(story, "2026-11-20") == Advice("upgrade", "recruiter_lite", "lasting")


@pytest.mark.parametrize("busy", [(10,), (1, 2, 3, 4, 5, 6), (8, 9, 10)])
def test_less_often_or_not_lately_it_was_a_busy_month(busy: tuple[int, ...]):
    story = batches(year(months(18) | dict.fromkeys(busy, 0)), *busy)
    assert advice(story, "2026-11-20") == Advice("stay", None, "busy_month")


def test_there_is_no_plan_above_the_largest():
    story = Story("recruiter_lite")
    for number in range(1, 11):
        story.sends(*[f"2026-{number:02}-10 10:{minute:02}" for minute in range(50)])
    assert advice(story, "2026-11-20") == Advice("stay", None, "lasting")


def test_running_out_on_a_smaller_plan_says_nothing_of_this_one():
    story = Story("premium_career")
    for number in range(1, 8):
        story.sends(*[f"2026-{number:02}-02 10:{minute:02}" for minute in range(5)])
    story.change_plan("2026-08-01", "sales_navigator")
    sheets = evaluated(story, "2026-11-20")
    assert [sheet.emptied_at is not None for sheet in sheets] == [True] * 7 + [False] * 3
    assert not any(ran_out_early(sheet, 25) for sheet in sheets)
    assert ran_out_early(sheets[0], 5)


def test_a_smaller_plan_that_would_have_covered_all():
    assert advice(year(months(4)), "2026-11-20") == Advice("downgrade", "premium_career", "smaller")
    assert advice(year(months(12)), "2026-11-20") == Advice("downgrade", "premium_business", "smaller")


def test_one_busy_month_does_not_stand_against_a_smaller_plan_unless_it_was_lately():
    assert advice(year(months(4, m4=20)), "2026-11-20") == Advice("downgrade", "premium_career", "smaller")
    assert advice(year(months(4, m4=20, m5=20)), "2026-11-20") == Advice("stay", None, "covered")
    assert advice(year(months(4, m9=20)), "2026-11-20") == Advice("stay", None, "covered")


def test_where_no_credit_is_needed_no_plan_is():
    assert advice(year(months(0)), "2026-11-20") == Advice("cancel", None, "smaller")
    assert advice(year(months(0, m2=9)), "2026-11-20") == Advice("cancel", None, "smaller")
    assert advice(Story("basic"), "2026-11-20") == Advice("stay", None, "covered")


def test_a_smaller_plan_that_costs_as_much_is_no_help():
    story = year(months(4))
    euros = {plan: Money(amount, "EUR") for plan, amount in [("sales_navigator", 9000), ("premium_career", 9000)]}
    assert advice(story, "2026-11-20", euros) == Advice("downgrade", "premium_business", "smaller")
    euros["premium_career"] = Money(8999, "EUR")
    assert advice(story, "2026-11-20", euros) == Advice("downgrade", "premium_career", "smaller")


def test_a_plan_is_tried_on_the_inmails_that_were_sent():
    tried = trials(year(months(8, 4, m2=3)), "2026-05-20")
    assert list(tried) == ["basic", "premium_career", "premium_business", "sales_navigator", "recruiter_lite"]
    basic, career, business, navigator, lite = tried.values()
    assert career == Trial(4, 18, 2, 0, 9, 3, covers=False, paid=None, used_credit=None)
    assert business == Trial(4, 27, 33, 0, 0, 0, covers=True, paid=None, used_credit=None)
    assert (navigator.used, navigator.lost, lite.lost) == (27, 73, 173)
    assert (basic.used, basic.uncovered, basic.short_periods) == (0, 27, 4)


def test_what_a_used_credit_would_have_cost_on_a_plan():
    # given 8 InMails a month, of which 5 would have had a credit
    story = year(months(8, 4))
    state, sheets = story.state("2026-05-20"), evaluated(story, "2026-05-20")
    trial = try_plan(state, "premium_career", sheets, story.facts, Money(3000, "EUR"))
    assert (trial.paid, trial.used, trial.used_credit) == (Money(12000, "EUR"), 20, Money(600, "EUR"))
    unused = try_plan(state, "basic", sheets, story.facts, Money(0, "EUR"))
    assert (unused.paid, unused.used, unused.used_credit) == (Money(0, "EUR"), 0, None)


def test_what_linkedin_showed_as_gone_was_used():
    story = Story("sales_navigator")
    for number in range(1, 5):
        story.observe(f"2026-{number:02}-20", 5)
    assert [trial.uncovered for trial in trials(story, "2026-05-20").values()] == [80, 60, 20, 0, 0]


def test_an_inmail_without_a_credit_returns_none():
    # given two InMails a month, each answered a day later, and the next sent with what comes back
    story = Story("premium_career", book="rolling", renewal_day=1)
    for number in range(1, 5):
        for day in (2, 4):
            story.outcome(f"2026-{number:02}-{day + 1:02}", story.send(f"2026-{number:02}-{day:02}"))
    state, sheets = story.state("2026-05-20"), evaluated(story, "2026-05-20")
    tried = {plan: try_plan(state, plan, sheets, story.facts) for plan in ("basic", "premium_career")}
    assert (tried["basic"].used, tried["basic"].returned, tried["basic"].uncovered) == (0, 0, 8)
    assert (tried["premium_career"].used, tried["premium_career"].returned) == (8, 8)


def test_the_accounts_own_plan_is_tried_with_its_own_numbers():
    story = Story("sales_navigator", allotment=3)
    assert plans_to_try(story.state("2026-05-20")) == {
        "basic": 0,
        "sales_navigator": 3,
        "premium_career": 5,
        "premium_business": 15,
        "recruiter_lite": 50,
    }
    assert trials(story, "2026-05-20")["sales_navigator"].lost == 4 * 3
    contract = Story("recruiter", book="rolling", allotment=40)
    assert plans_to_try(contract.state("2026-05-20"))["recruiter"] == 40
    assert "recruiter" not in plans_to_try(Story("premium_career", book="rolling").state("2026-05-20"))


@given(histories())
def test_any_history_can_be_advised_on(history: History):
    closed, _, _ = sheets_of(history, history.end)
    state = replay(history.facts, history.end).state
    sheets = full_periods(closed)
    assert all(sheet.end and sheet.end - sheet.start >= SHORTEST_MONTH for sheet in sheets)
    tried = {plan: try_plan(state, plan, sheets, history.facts) for plan in plans_to_try(state)} if sheets else {}
    for trial in tried.values():
        assert trial.used >= 0
        assert trial.lost >= 0
    found = advise(state, sheets, tried, {})
    assert (found.plan is not None) == (found.verdict in ("upgrade", "downgrade"))
    plan = plan_daily_use(state, history.end, MONDAY_TO_FRIDAY)
    assert sum(use.credits for use in plan) == state.balance
    assert [use.day for use in plan] == sorted({use.day for use in plan})
    assert not plan or plan[-1].day <= last_day_to_cancel(state, history.end)


def test_the_rest_is_used_evenly_over_the_working_days():
    # given 12 credits on Monday 23 November, and the 30th the last day
    story = Story("sales_navigator", "2026-11-01", zone="Europe/Berlin")
    story.observe("2026-11-02", 12)
    state, now = story.state("2026-11-23 09:00"), story.time("2026-11-23 09:00")
    assert plan_daily_use(state, now, MONDAY_TO_FRIDAY) == [
        Use(date(2026, 11, day), 2) for day in (23, 24, 25, 26, 27, 30)
    ]
    assert last_day_to_cancel(state, now) == date(2026, 11, 30)


def test_where_no_working_day_is_left_the_weekend_has_to_do():
    story = Story("premium_career", "2026-10-01")
    now = utc("2026-10-31 12:00")
    assert plan_daily_use(story.state("2026-10-31 12:00"), now, MONDAY_TO_FRIDAY) == [Use(date(2026, 10, 31), 5)]


def test_credits_that_expire_sooner_are_used_sooner():
    # given 15 credits that expire on the evening of Wednesday 18 March, and 15 more; the renewal is on Friday the 20th
    story = Story("premium_business", "2025-12-18 20:00", book="rolling", renewal_day=20)
    state, now = story.state("2026-03-16 09:00"), utc("2026-03-16 09:00")
    assert [(lot.expires_at - now > timedelta(days=3), lot.left) for lot in state.lots][:1] == [(False, 15)]
    plan = plan_daily_use(state, now, MONDAY_TO_FRIDAY)
    assert sum(use.credits for use in plan if use.day <= date(2026, 3, 18)) >= 15
    assert sum(use.credits for use in plan) == state.balance
    assert plan[-1].day == date(2026, 3, 19)
