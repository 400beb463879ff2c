"""Forecast and timeline: what will be lost at one's own rate, and what happens if nothing is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules.forecast import Forecast, Returns, ReturnsBasis, capacity, forecast
from inkeeper.rules.replay import replay
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change, next_grant, next_loss, timeline
from inkeeper.wording.forecast import basis, returns_basis
from inkeeper.wording.language import PLAIN_ENGLISH
from tests.rules.histories import History, histories
from tests.rules.story import Story, utc


def in_words(found: Forecast) -> tuple[int | None, str]:
    return found.lost, basis(found.basis, PLAIN_ENGLISH)


def steady(months: int, each: int, now_used: int) -> Story:
    """Sales Navigator with so many whole months at so many sends, and some in November."""
    opened = 11 - months
    story = Story("sales_navigator", f"2026-{opened:02}-01", zone="Europe/Berlin")
    for month in range(opened, 11):
        for number in range(each):
            story.send(f"2026-{month:02}-{1 + number:02} 12:00")
    for number in range(now_used):
        story.send(f"2026-11-02 12:{number:02}")
    return story


def test_without_any_history_it_says_so():
    told = steady(0, 0, 0).forecast("2026-11-10")
    assert told.lost is None
    assert basis(told.basis, PLAIN_ENGLISH) == "no InMails logged yet"


def test_this_period_alone():
    # given ten sends in ten days, twenty more days to go: one a day
    assert in_words(steady(0, 0, 10).forecast("2026-11-10 12:00")) == (0, "10 sends in 10 days")
    # given two sends in ten days: four more at that rate, of 23
    assert in_words(steady(0, 0, 2).forecast("2026-11-10 12:00")) == (19, "2 sends in 10 days")
    assert basis(steady(0, 0, 1).forecast("2026-11-02 23:00").basis, PLAIN_ENGLISH) == "1 send in 2 days"


def test_today_is_part_of_what_was_and_not_of_what_is_to_come():
    # given one of 50 used on the first of thirty days: 29 more at that rate
    story = Story("sales_navigator", "2026-11-01", allotment=50)
    story.send("2026-11-01 12:00")
    assert in_words(story.forecast("2026-11-01 13:00")) == (20, "1 send in 1 day")


def test_blended_with_the_last_three_periods():
    # given 0 in 10 days after 31 in August to October (92 days): 31 in 102 days, so 6 in the 20 that are left
    story = steady(5, 10, 0)
    story.send("2026-10-20 12:00")
    assert in_words(story.forecast("2026-11-10 12:00")) == (19, "0 sends in 10 days and 3 earlier months")
    assert (
        basis(steady(1, 10, 1).forecast("2026-11-10 12:00").basis, PLAIN_ENGLISH)
        == "1 send in 10 days and 1 earlier month"
    )


def test_a_period_of_ten_days_speaks_for_itself():
    story = steady(3, 10, 4)
    assert (
        basis(story.forecast("2026-11-10 23:59:59.999999").basis, PLAIN_ENGLISH)
        == "4 sends in 10 days and 3 earlier months"
    )
    # given four sends in eleven days: six more in the 19 that are left
    assert in_words(story.forecast("2026-11-11")) == (15, "4 sends in 11 days")


def test_months_without_an_inmail_are_no_evidence():
    assert in_words(steady(2, 0, 0).forecast("2026-11-10")) == (None, "no InMails logged yet")
    assert in_words(steady(2, 0, 0).forecast("2026-11-20")) == (None, "no InMails logged yet")
    # given a summer with InMails, then three months without: 30 in the 92 days before, and 5 days with none
    story = Story("sales_navigator", "2026-01-01", zone="Europe/Berlin")
    for month in (5, 6, 7):
        for day in range(1, 11):
            story.send(f"2026-{month:02}-{day:02} 12:00")
    assert in_words(story.forecast("2026-11-05 12:00")) == (18, "0 sends in 5 days and 3 earlier months")
    assert in_words(story.forecast("2026-11-20 12:00")) == (25, "0 sends in 20 days")


def test_a_month_of_free_inmails_was_used_and_took_no_credit():
    story = Story("sales_navigator", "2026-10-01", zone="Europe/Berlin")
    story.send("2026-10-05 12:00", 0)
    assert in_words(story.forecast("2026-11-05 12:00")) == (25, "0 sends in 5 days and 1 earlier month")


def test_of_the_months_with_inmails_the_last_three_count():
    # given 20 in January, then 1 each in March, June and August: 3 in 92 days and 5 without
    story = Story("sales_navigator", "2026-01-01", zone="Europe/Berlin")
    for day in range(1, 21):
        story.send(f"2026-01-{day:02} 12:00")
    story.sends("2026-03-05 12:00", "2026-06-05 12:00", "2026-08-05 12:00")
    # 31 + 30 + 31 + 5 = 97 days
    assert in_words(story.forecast("2026-11-05 12:00")) == (25, "0 sends in 5 days and 3 earlier months")
    story.send("2026-11-02 12:00")
    assert in_words(story.forecast("2026-11-05 12:00")) == (24 - 4 * 25 // 97, "1 send in 5 days and 3 earlier months")


def test_on_the_last_day_all_that_is_left_is_lost():
    assert steady(0, 0, 13).forecast("2026-11-30 12:00").lost == 12


@pytest.mark.parametrize("now", ["2026-11-03", "2026-11-30 12:00"])
def test_where_nothing_is_left_nothing_is_at_stake(now: str):
    assert steady(3, 2, 25).forecast(now).lost == 0
    assert steady(0, 0, 25).forecast(now).lost == 0
    assert Story("basic", "2026-11-01").forecast(now).lost == 0


def test_under_rolling_what_the_cap_will_cut_is_forecast():
    # given Career with 12 of at most 15 left, which the next grant lifts to 17
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    story.observe("2026-03-02", 12)
    story.send("2026-03-02", 0)
    assert next_loss(story.changes("2026-03-20")) == Change(utc("2026-04-01"), "forfeit", -2, 15, "cap")
    assert story.forecast("2026-03-20").lost == 2


def rolling(day: str = "2026-03-20") -> tuple[State, datetime]:
    """Premium Business since January, 15 credits a month, none used; the next come on 2 April."""
    story = Story("premium_business", "2026-03-02", book="rolling", zone="Europe/Berlin")
    return story.state(day), story.time(day)


def test_answers_return_credits_to_spend_again():
    # given half of the InMails answered, so each credit is spent twice over: 15 + 7.5 + 3.75 + ...
    state, now = rolling()
    found = capacity(state, now, Returns(40, 20, timedelta(days=2)))
    assert (found.inmails, found.response_rate, found.lag) == (30, 0.5, timedelta(days=2))
    assert returns_basis(found.basis, PLAIN_ENGLISH) == "20 of 40 InMails in 90 days answered"


@pytest.mark.parametrize(
    ("lag_days", "carried"),
    [
        (14, 15),  # 13 days are left: no answer comes in time
        (13, 22),  # 15 + 7.5
        (6, 26),  # 15 + 7.5 + 3.75
        (0, 29),  # as good as all
    ],
)
def test_what_the_balance_carries_until_the_renewal_depends_on_how_soon_answers_come(lag_days: int, carried: int):
    state, now = rolling()
    found = capacity(state, now, Returns(40, 20, timedelta(days=lag_days)))
    assert (state.balance, found.until_renewal) == (15, carried)


def test_without_answers_the_allotment_carries_itself():
    state, now = rolling()
    nothing_sent = capacity(state, now, Returns(0, 0, None))
    assert nothing_sent == (15, 15, 0.0, None, ReturnsBasis(0, 0))
    assert returns_basis(nothing_sent.basis, PLAIN_ENGLISH) == "no InMails in 90 days"
    assert (
        returns_basis(capacity(state, now, Returns(1, 0, None)).basis, PLAIN_ENGLISH)
        == "none of 1 InMail in 90 days was answered"
    )


def test_a_lucky_beginning_does_not_promise_credits_without_end():
    state, now = rolling()
    assert capacity(state, now, Returns(4, 4, timedelta(hours=3))).inmails == 60
    assert capacity(state, now, Returns(1, 1, timedelta(0))).inmails == 15


def test_where_no_credit_comes_back_or_none_is_granted_there_is_no_capacity_to_tell():
    for story in (Story("premium_business", "2026-01-02"), Story("basic", "2026-01-02", book="rolling")):
        assert capacity(story.state("2026-03-01"), utc("2026-03-01"), Returns(9, 3, timedelta(1))) is None


def test_what_comes_back_is_not_used_up():
    # given ten sends in ten days, and twenty more days in which half of what is sent comes back
    story = steady(0, 0, 10)
    now = story.time("2026-11-10 12:00")
    loss = next_loss(story.changes("2026-11-10 12:00"))
    assert in_words(forecast(story.state("2026-11-10 12:00"), now, loss, Returns(10, 5, timedelta(1)))) == (
        5,
        "10 sends in 10 days, 5 of 10 InMails answered",
    )


# Timeline


def test_the_timeline_crosses_month_ends_without_the_server():
    story = Story("sales_navigator", "2026-11-01", zone="Europe/Berlin")
    story.observe("2026-11-02", 12)
    changes = story.changes("2026-11-23 10:00")
    assert changes[:4] == [
        Change(utc("2026-11-30 23:00"), "expire", -12, 0, "lot_life"),
        Change(utc("2026-11-30 23:00"), "grant", 25, 25, "renewal"),
        Change(utc("2026-12-31 23:00"), "expire", -25, 0, "lot_life"),
        Change(utc("2026-12-31 23:00"), "grant", 25, 25, "renewal"),
    ]
    assert changes[-1].at >= utc("2026-11-23 09:00") + timedelta(days=62)
    assert next_loss(changes) == changes[0]
    assert next_grant(changes) == changes[1]


def test_a_change_at_this_very_instant_is_not_to_come_any_more():
    story = Story("premium_career")
    assert story.changes("2026-02-01")[0].at == utc("2026-03-01")
    assert story.changes("2026-01-31 23:59:59.999999")[0].at == utc("2026-02-01")


def test_nothing_new_comes_into_sight_between_two_midnights():
    # given a month end that is 92 days of 24 hours away at one in the morning, because clocks change in October
    story = Story("premium_career", "2026-07-10", zone="Europe/Berlin")
    assert story.changes("2026-08-01 00:00") == story.changes("2026-08-01 23:59:59")


def test_a_cancellation_to_come_is_in_it():
    story = Story("premium_career")
    story.cancel("2026-01-20")
    assert story.changes("2026-01-10") == [Change(utc("2026-01-20"), "void", -5, 0, "cancel")]


def test_basic_has_no_changes_and_no_loss():
    assert Story("basic").changes("2026-01-10") == []
    assert next_loss([]) is None
    assert next_grant([]) is None


@given(histories(), st.data())
def test_the_timeline_is_what_the_ledger_will_say(history: History, data: st.DataObject):
    now = data.draw(st.sampled_from(history.instants()))
    state = replay(history.facts, now).state
    changes = timeline(state, now, history.after(now))
    end = now + timedelta(days=91)  # Apia's 92 days may be a day shorter
    later = [entry for entry in replay(history.facts, end).journal if entry.at > now and entry.credits]
    assert changes[: len(later)] == [Change(e.at, e.kind, e.credits, e.balance, e.rule) for e in later]
    assert all(change.at > now for change in changes)
    if state.balance and now >= max(fact.at for fact in history.facts):
        assert next_loss(changes), "whatever is left will be lost some day, and that day is in sight"
