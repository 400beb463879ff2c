"""Pace: credits a working day, and where one stands against the straight line through the period."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inkeeper.rules.pace import days_until, pace, working_days
from inkeeper.rules.timeline import Change, next_loss
from tests.rules.story import MONDAY_TO_FRIDAY, Story, utc

BERLIN = "Europe/Berlin"
CASES = json.loads((Path(__file__).parents[1] / "days_cases.json").read_text(encoding="utf-8"))


def sales_navigator_with(sends: int) -> Story:
    """25 credits in November 2026, some of them used on the first days."""
    story = Story("sales_navigator", "2026-11-01", zone=BERLIN)
    for number in range(sends):
        story.send(f"2026-11-02 {9 + number // 60:02}:{number % 60:02}")
    return story


def test_the_summary_of_the_http_contract():
    # given 25 credits of which 13 are used by 23 November 2026, 09:00 UTC
    story = sales_navigator_with(13)
    now = "2026-11-23 10:00"
    assert story.time(now) == utc("2026-11-23 09:00")
    # then
    state, loss = story.state(now), next_loss(story.changes(now))
    days = days_until(BERLIN, story.time(now), state.next_renewal)
    assert (state.balance, state.period.used) == (12, 13)
    assert (state.period_start, state.next_renewal) == (utc("2026-10-31 23:00"), utc("2026-11-30 23:00"))
    assert (len(days), working_days(days, MONDAY_TO_FRIDAY)) == (8, 6)
    assert (loss.at, loss.credits, loss.reason) == (utc("2026-11-30 23:00"), -12, "expire")
    assert story.pace(now)[:2] == (2.0, "behind")


@pytest.mark.parametrize(
    ("left", "now", "per_day"),
    [
        (12, "2026-11-23 10:00", 2.0),  # Monday, six working days
        (13, "2026-11-23 10:00", 2.2),  # 2.17 rounded up
        (1, "2026-11-23 10:00", 0.2),
        (12, "2026-11-23 00:00", 2.0),  # today counts from its first instant
        (12, "2026-11-22 23:59", 2.0),  # a Sunday adds no working day
        (12, "2026-11-24 00:00", 2.4),
        (12, "2026-11-28 12:00", 12.0),  # Saturday: Monday is the last working day
        (12, "2026-11-30 23:59", 12.0),
    ],
)
def test_credits_a_day_are_rounded_up_to_one_decimal(left: int, now: str, per_day: float):
    assert sales_navigator_with(25 - left).pace(now).per_day == per_day


def test_where_no_working_day_is_left_all_days_count():
    # given January 2026, which ends on a Saturday
    story = Story("premium_career")
    assert story.pace("2026-01-31 12:00").per_day == 5.0
    # and May 2026, which ends on a Sunday
    story = Story("premium_career", "2026-05-01")
    assert story.pace("2026-05-30 12:00").per_day == 2.5


@pytest.mark.parametrize(
    ("used", "status"),
    [(17, "behind"), (18, "on_pace"), (19, "on_pace"), (20, "ahead"), (24, "ahead"), (25, "done")],
)
def test_behind_is_below_this_mornings_line_and_ahead_above_tonights(used: int, status: str):
    # given 23 of 30 days: an even pace has used 18.3 of 25 in the morning and 19.2 tonight
    story = sales_navigator_with(used)
    assert story.pace("2026-11-23 10:00").status == status


@pytest.mark.parametrize(("used", "status"), [(8, "behind"), (9, "on_pace"), (10, "on_pace"), (11, "ahead")])
def test_the_line_itself_is_on_pace(used: int, status: str):
    # given 30 credits in 30 days, on the tenth
    story = Story("sales_navigator", "2026-11-01", zone=BERLIN, allotment=30)
    for minute in range(used):
        story.send(f"2026-11-02 09:{minute:02}")
    assert story.pace("2026-11-10 10:00").status == status


def test_what_an_even_pace_would_have_used_by_tonight():
    assert sales_navigator_with(13).pace("2026-11-23 10:00").expected == 19
    assert sales_navigator_with(0).pace("2026-11-30 10:00").expected == 25


@pytest.mark.parametrize("now", ["2026-11-03", "2026-11-29 10:00", "2026-11-30 23:59"])
def test_an_empty_balance_is_done_although_the_coming_months_credits_will_expire(now: str):
    pace = sales_navigator_with(25).pace(now)
    assert (pace.per_day, pace.status) == (0.0, "done")


def test_basic_has_nothing_to_pace():
    assert Story("basic").pace("2026-01-10") == (0.0, "done", 0)


def test_a_reserve_is_kept_in_hand():
    story = sales_navigator_with(13)
    assert story.pace("2026-11-23 10:00", reserve=6).per_day == 1.0
    assert story.pace("2026-11-23 10:00", reserve=12).status == "done"


def test_under_rolling_the_pace_is_for_the_lot_that_goes_next():
    # given Career with lots of 1 January, 1 February and 1 March, two of the first used
    story = Story("premium_career", book="rolling")
    story.sends("2026-01-05", "2026-01-06")
    # then the three that expire on 1 April are to be used, on three working days from Friday on
    assert next_loss(story.changes("2026-03-27")).at == utc("2026-04-01")
    assert story.pace("2026-03-27").per_day == 1.0


def test_days_until_counts_today_and_the_last_usable_day():
    end = utc("2026-11-30 23:00")
    assert len(days_until(BERLIN, utc("2026-11-30 22:59"), end)) == 1
    assert days_until(BERLIN, end, end) == []
    assert len(days_until(BERLIN, utc("2026-11-29 22:59"), end)) == 2
    assert len(days_until(BERLIN, utc("2026-11-30 12:00"), utc("2026-11-30 23:00:01"))) == 2


@pytest.mark.parametrize("case", CASES["days"], ids=lambda case: f"{case['zone']} {case['now']}")
def test_the_days_that_are_left_are_those_of_the_extension(case: dict[str, Any]):
    days = days_until(case["zone"], datetime.fromisoformat(case["now"]), datetime.fromisoformat(case["end"]))

    assert [day.isoformat() for day in (*days[:1], *days[-1:])] == [day for day in (case["first"], case["last"]) if day]
    assert (len(days), working_days(days, case["weekdays"])) == (case["days"], case["working"])


@pytest.mark.parametrize("case", CASES["pace"])
def test_the_credits_a_day_are_those_of_the_extension(case: dict[str, Any]):
    now, end = datetime.fromisoformat(case["now"]), datetime.fromisoformat(case["end"])
    state = replace(Story("premium_career", zone=case["zone"]).state("2026-02-10 12:00"), balance=case["credits"])
    loss = Change(end, "expire", -case["credits"], 0, "")

    assert pace(state, now, loss, case["weekdays"], case["reserve"]).per_day == case["per_day"]
