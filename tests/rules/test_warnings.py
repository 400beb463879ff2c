"""Each warning at its edge, just before it and just after; and the instant up to which an outlook stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules.facts import Observed
from inkeeper.rules.forecast import forecast
from inkeeper.rules.money import Money, value_of
from inkeeper.rules.pace import days_until, pace
from inkeeper.rules.periods import Moment
from inkeeper.rules.replay import replay
from inkeeper.rules.timeline import next_loss, timeline
from inkeeper.rules.warnings import Replies, WarningInputs, next_change_at, warnings
from inkeeper.wording import dates
from inkeeper.wording.language import PLAIN_ENGLISH
from tests.rules.histories import INSTANT, History, histories
from tests.rules.naive import naive
from tests.rules.story import MONDAY_TO_FRIDAY, Story, say, utc

BERLIN = "Europe/Berlin"


def november(left: int = 12) -> Story:
    """Sales Navigator in Berlin, whose credits go at 2026-11-30T23:00Z."""
    story = Story("sales_navigator", "2026-11-01", zone=BERLIN)
    story.observe("2026-11-02", left)
    return story


# expiring


@pytest.mark.parametrize(
    ("now", "severity", "title"),
    [
        ("2026-11-23 23:59:59.999999", None, None),
        ("2026-11-24 00:00", "info", "12 credits expire in 6 days"),
        ("2026-11-27 23:59:59.999999", "info", "12 credits expire in 3 days"),
        ("2026-11-28 00:00", "warning", "12 credits expire in 2 days"),
        ("2026-11-29 23:59:59.999999", "warning", "12 credits expire tomorrow"),
        ("2026-11-30 00:00", "urgent", "12 credits expire today"),
        ("2026-11-30 23:59:59.999999", "urgent", "12 credits expire today"),
        ("2026-12-01 00:00", None, None),
    ],
)
def test_expiring_begins_a_week_ahead_and_rises_at_three_days_and_at_one(now: str, severity: str, title: str):
    warning = november().warnings(now).get("expiring")
    assert (warning and warning.severity, warning and say(warning).title) == (severity, title)
    if warning:
        assert warning.until == utc("2026-11-30 23:00")
        assert "30 Nov (Europe/Berlin)" in say(warning).detail


def test_expiring_says_how_many_a_day_and_what_they_are_worth():
    story = november()
    detail = say(story.warnings("2026-11-24 10:00", price=Money(9999, "EUR"))["expiring"]).detail
    assert detail.startswith("Send 2.4 a working day to use them by the end of 30 Nov (Europe/Berlin).")
    assert "EUR 48.00" in detail
    assert say(story.warnings("2026-11-24 10:00")["expiring"]).detail.count("EUR") == 0


def test_expiring_counts_one_credit_in_the_singular():
    assert say(november(1).warnings("2026-11-25")["expiring"]).title == "1 credit expires in 5 days"


def test_nothing_expires_where_nothing_is_left_and_nothing_is_sent_out_of_a_reserve():
    assert "expiring" not in november(0).warnings("2026-11-25")
    assert "Send 0" not in say(november(3).warnings("2026-11-25", reserve=5)["expiring"]).detail


def test_under_rolling_only_the_lot_that_ends_within_a_week_is_named():
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    story.sends("2026-01-05", "2026-01-06")
    assert "expiring" not in story.warnings("2026-03-25 23:59:59.999999")
    assert say(story.warnings("2026-03-26")["expiring"]).title == "3 credits expire in 6 days"


# behind


def test_behind_holds_until_the_loss_is_within_seven_days():
    story = november()
    story.send("2026-11-03")
    for now in ("2026-11-10", "2026-11-23 23:59:59.999999"):
        found = story.warnings(now)
        assert found["behind"].until == utc("2026-11-30 23:00")
        assert "expiring" not in found
    assert "behind" not in story.warnings("2026-11-24")
    assert "behind" not in story.warnings("2026-11-25")


def test_behind_says_what_will_be_lost_what_would_help_and_on_what_that_rests():
    story = november(25)
    story.sends("2026-11-03", "2026-11-04")
    warning = story.warnings("2026-11-10 10:00")["behind"]
    assert say(warning).title == "At this rate you'll lose 19 credits"
    assert say(warning).detail == (
        "Send 1.6 a working day to use all 23 by the end of 30 Nov (Europe/Berlin). Based on 2 sends in 10 days."
    )


def test_behind_does_not_hold_at_a_sufficient_pace_without_history_or_with_nothing_to_lose():
    fast = november(25)
    for hour in range(12):
        fast.send(f"2026-11-03 {hour:02}:30")
    assert "behind" not in fast.warnings("2026-11-10")
    assert "behind" not in november(25).warnings("2026-11-10")
    spent = november(1)
    spent.send("2026-11-03")
    assert "behind" not in spent.warnings("2026-11-10")
    kept = november(4)
    kept.send("2026-11-03")
    assert "behind" in kept.warnings("2026-11-10")
    assert "behind" not in kept.warnings("2026-11-10", reserve=3)


# empty


def test_empty_says_when_more_come_and_that_only_an_upgrade_brings_more_now():
    story = november(1)
    story.send("2026-11-10 12:00")
    assert "empty" not in story.warnings("2026-11-10 11:59:59.999999")
    warning = story.warnings("2026-11-10 12:00")["empty"]
    assert say(warning).detail == "25 more come on 1 Dec (Europe/Berlin). Only an upgrade brings more now."
    assert warning.until == utc("2026-11-30 23:00")
    assert "empty" in story.warnings("2026-11-30 23:59:59.999999")
    assert "empty" not in story.warnings("2026-12-01")


def test_a_plan_without_credits_is_not_empty():
    assert "empty" not in Story("basic").warnings("2026-01-10")


# over_cap


@pytest.mark.parametrize(("left", "cut"), [(10, None), (11, 1), (15, 5)])
def test_over_cap_when_the_coming_grant_would_be_cut(left: int, cut: int | None):
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    story.observe("2026-03-02", left)
    warning = story.warnings("2026-03-20").get("over_cap")
    assert (warning is not None) == (cut is not None)
    if warning:
        assert f"no room for {cut} credit" in say(warning).title
        assert "15" in say(warning).detail
        assert warning.until == utc("2026-04-01")
        assert "over_cap" not in story.warnings("2026-04-01") or left > 10


def test_over_cap_concerns_the_coming_grant_alone():
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    story.observe("2026-03-02", 9)  # 14 after the next grant, cut only by the one after it
    assert "over_cap" not in story.warnings("2026-03-20")


# discrepancy


def test_discrepancy_lasts_from_the_uncovered_send_to_the_next_observation_whatever_it_shows():
    story = Story("premium_career", allotment=1)
    story.sends("2026-01-05", "2026-01-06")
    assert "discrepancy" not in story.warnings("2026-01-05 23:59:59")
    assert "discrepancy" in story.warnings("2026-01-06")
    assert "discrepancy" in story.warnings("2026-03-06")
    story.observe("2026-03-07", 0)
    assert "discrepancy" not in story.warnings("2026-03-07"), "although it differs: the new month brought one"
    story.sends("2026-03-08")
    assert "discrepancy" in story.warnings("2026-03-08")


def test_a_number_that_was_just_typed_in_is_no_warning():
    story = Story("premium_career")
    story.send("2026-01-05")
    story.observe("2026-01-06", 2)
    assert "discrepancy" not in story.warnings("2026-01-06")


# unconfirmed


@pytest.mark.parametrize("observed", [False, True])
def test_unconfirmed_after_fourteen_days(observed: bool):
    story = Story("premium_career", "2026-01-01 09:00")
    if observed:
        story.observe("2026-01-11 09:00", 5)
    first, last = (
        ("2026-01-25 09:00", "2026-01-25 08:59:59.999999")
        if observed
        else (
            "2026-01-15 09:00",
            "2026-01-15 08:59:59.999999",
        )
    )
    assert "unconfirmed" not in story.warnings(last)
    assert say(story.warnings(first)["unconfirmed"]).title == "Not compared with LinkedIn's number for 14 days"
    story.observe(first, 5)
    assert "unconfirmed" not in story.warnings(first)


# wrong_book


@pytest.mark.parametrize(("shown", "wrong"), [(5, False), (6, True), (12, True)])
def test_wrong_book_when_linkedin_shows_more_than_month_end_can_explain(shown: int, wrong: bool):
    story = Story("premium_career")
    story.observe("2026-01-10", shown)
    found = story.warnings("2026-01-10").get("wrong_book")
    assert (found is not None) == wrong
    if found:
        assert "Unused credits carry over" in say(found).detail


def test_wrong_book_ends_with_an_observation_that_fits():
    story = Story("premium_career")
    story.observe("2026-01-10", 9)
    story.observe("2026-02-10", 5)
    assert "wrong_book" in story.warnings("2026-02-09")
    assert "wrong_book" not in story.warnings("2026-02-10")


def test_what_was_adjusted_to_the_wrong_number_does_not_explain_it_the_next_time():
    story = Story("premium_career")
    story.observe("2026-01-10", 9)
    story.observe("2026-01-12", 9)
    assert "wrong_book" in story.warnings("2026-01-12")


def test_an_upgrades_two_allotments_fit_the_book_and_voided_ones_do_not():
    story = Story("premium_career")
    story.change_plan("2026-01-10", "sales_navigator")
    story.observe("2026-01-11", 30)
    assert "wrong_book" not in story.warnings("2026-01-11")
    story.change_plan("2026-01-20", "premium_career")
    story.observe("2026-01-21", 1)
    assert "wrong_book" in story.warnings("2026-01-21")


def test_credits_that_came_from_rolling_fit_the_month_in_which_the_book_was_switched():
    story = Story("premium_career", book="rolling")
    story.choose("2026-02-10", "month_end")
    story.observe("2026-02-11", 10)
    assert "wrong_book" not in story.warnings("2026-02-11")


def test_under_rolling_more_than_the_cap_contradicts_but_credits_that_came_back_do_not():
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    inmail = story.send("2026-03-02")
    story.observe("2026-03-03", 15)
    story.outcome("2026-03-04", inmail)
    story.observe("2026-03-05", 16)
    assert "wrong_book" not in story.warnings("2026-03-05")
    story.observe("2026-03-06", 17)
    warning = story.warnings("2026-03-06")["wrong_book"]
    assert "Perhaps" not in say(warning).detail, "month_end would allow even less"


# cancelling


def test_cancelling_until_the_credits_are_voided():
    story = Story("premium_career", "2026-01-10", book="rolling", zone=BERLIN)
    story.cancel("2026-01-20 12:00")
    assert "cancelling" in story.warnings("2026-01-19")
    warning = story.warnings("2026-01-20 12:00")["cancelling"]
    assert say(warning).title == "Use 5 credits before your plan ends"
    assert say(warning).detail == "What's left is lost at the end of 9 Feb (Europe/Berlin)."
    assert warning.until == utc("2026-02-09 23:00")
    assert story.warnings("2026-02-06 23:59:59.999999")["cancelling"].severity == "warning"
    assert story.warnings("2026-02-07")["cancelling"].severity == "urgent"
    assert "cancelling" not in story.warnings("2026-02-10")


def test_cancelling_under_month_end_when_dated_in_the_future():
    story = Story("premium_career")
    story.cancel("2026-01-20 12:00")
    warning = story.warnings("2026-01-10")["cancelling"]
    assert warning.until == utc("2026-01-20 12:00")
    assert say(warning).detail == "What's left is lost at 20 Jan 12:00 (UTC)."
    assert "cancelling" not in story.warnings("2026-01-20 12:00")


# few_targets


@pytest.mark.parametrize(
    ("names", "reserve", "title", "detail"),
    [
        (None, 0, None, None),
        (0, 0, "12 credits expire in 6 days, and your list is empty", "Add 12 people to write to."),
        (1, 0, "12 credits expire in 6 days, and 1 person is on your list", "Add 11 more to write to."),
        (11, 0, "12 credits expire in 6 days, and 11 people are on your list", "Add 1 more to write to."),
        (12, 0, None, None),
        (13, 0, None, None),
        (9, 2, "12 credits expire in 6 days, and 9 people are on your list", "Add 1 more to write to."),
        (10, 2, None, None),
        (0, 12, None, None),
        (0, 11, "12 credits expire in 6 days, and your list is empty", "Add 1 person to write to."),
    ],
)
def test_few_targets_when_fewer_people_are_listed_than_credits_expire(
    names: int | None, reserve: int, title: str | None, detail: str | None
):
    warning = november().warnings("2026-11-24", names=names, reserve=reserve).get("few_targets")
    assert (warning and say(warning).title, warning and say(warning).detail) == (title, detail)
    if warning:
        assert (warning.severity, warning.until) == ("info", utc("2026-11-30 23:00"))
        assert (warning.arguments.names, warning.arguments.credits) == (names, 12)


def test_few_targets_holds_exactly_while_credits_are_about_to_expire():
    assert "few_targets" not in november().warnings("2026-11-23 23:59:59.999999", names=0)
    assert "few_targets" in november().warnings("2026-11-30 23:59:59.999999", names=0)
    assert "few_targets" not in november().warnings("2026-12-01", names=0)
    assert "few_targets" not in november(0).warnings("2026-11-25", names=0)
    assert "few_targets" in november().warnings("2026-11-21", names=0, lead_days=(10, 3, 1))
    assert "few_targets" not in november().warnings("2026-11-25", names=0, lead_days=(5, 3, 1))


# grant_missing


@pytest.mark.parametrize(
    ("shown", "missing"),
    [(0, True), (1, False), (25, False), (26, False)],
)
def test_grant_missing_when_linkedin_shows_a_balance_without_the_renewal(shown: int, missing: bool):
    story = november()
    story.observe("2026-12-01 08:00", shown)
    assert "grant_missing" not in story.warnings("2026-12-01 23:59:59.999999")
    warning = story.warnings("2026-12-02").get("grant_missing")
    assert (warning is not None) == missing
    if warning:
        assert warning.severity == "warning"
        assert say(warning).title == "LinkedIn showed 0, without the 25 new credits of 1 Dec (Europe/Berlin)"
        assert warning.until == story.time("2027-01-01")
        assert (warning.arguments.credits, warning.arguments.shown) == (25, 0)
        assert "grant_missing" in story.warnings("2026-12-31 23:59:59.999999")
        assert story.warnings("2027-01-02").get("grant_missing") is not None, "the next renewal is another"
        assert story.warnings("2027-01-02")["grant_missing"].severity == "info"


def test_grant_missing_lasts_until_a_number_has_the_new_credits():
    story = november()
    story.observe("2026-12-01 08:00", 0)
    story.observe("2026-12-02 08:00", 0)
    assert "grant_missing" in story.warnings("2026-12-03"), "the same number again settles nothing"
    story.observe("2026-12-03 08:00", 25)
    assert "grant_missing" not in story.warnings("2026-12-03 08:00")
    story.observe("2026-12-20", 0)
    assert "grant_missing" not in story.warnings("2026-12-20"), "they came: since then they were used and not logged"


def test_an_inmail_that_takes_a_new_credit_shows_that_they_came():
    story = november()
    story.observe("2026-12-01 08:00", 0)
    story.send("2026-12-02 08:00", cost=0)
    assert "grant_missing" in story.warnings("2026-12-02 08:00")
    story.send("2026-12-02 09:00")
    assert "grant_missing" not in story.warnings("2026-12-02 09:00")


def test_under_rolling_old_credits_can_be_sent_without_the_new_ones():
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    story.observe("2026-01-20", 3)
    story.observe("2026-02-01 08:00", 3)
    story.sends("2026-02-02", "2026-02-03", "2026-02-04")
    missing = story.warnings("2026-02-04")["grant_missing"].arguments
    assert (missing.credits, missing.shown) == (5, 3)
    story.send("2026-02-05")
    assert "grant_missing" not in story.warnings("2026-02-05")


def test_of_a_grant_that_the_cap_cut_only_what_was_left_can_be_missing():
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    story.observe("2026-01-20", 13)
    story.observe("2026-02-01 08:00", 13)
    missing = story.warnings("2026-02-03")["grant_missing"].arguments
    assert (missing.credits, missing.shown) == (2, 13)
    full = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    full.observe("2026-01-20", 15)
    assert "grant_missing" not in full.warnings("2026-02-03"), "no credit was due"


def test_a_number_that_is_lower_by_some_unlogged_inmails_has_the_new_credits():
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    story.observe("2026-01-20", 8)
    story.observe("2026-02-01 08:00", 9)  # 13 were computed: 4 fewer
    story.observe("2026-02-10", 7)
    assert "grant_missing" not in story.warnings("2026-02-10")


@pytest.mark.parametrize(
    ("now", "asks"),
    [
        ("2026-12-01 23:59:59.999999", False),
        ("2026-12-02", True),
        ("2026-12-05 23:59:59.999999", True),
        ("2026-12-06", False),
    ],
)
def test_grant_missing_asks_to_look_from_the_second_day_to_the_fifth(now: str, asks: bool):
    warning = november().warnings(now).get("grant_missing")
    assert (warning is not None) == asks
    if warning:
        assert (warning.severity, warning.until) == ("info", november().time("2026-12-06"))
        assert say(warning).title == "Check that your 25 new credits came"
        assert say(warning).detail == "Due on 1 Dec (Europe/Berlin). Enter the number that LinkedIn shows."
        assert (warning.arguments.credits, warning.arguments.shown) == (25, None)


def test_only_who_compared_in_the_period_before_is_asked():
    assert "grant_missing" not in november().warnings("2027-01-03"), "last compared two periods before"
    assert "grant_missing" not in Story("sales_navigator", "2026-11-01").warnings("2026-12-03"), "never compared"
    story = november()
    story.send("2026-12-01 09:00")
    assert "grant_missing" not in story.warnings("2026-12-03"), "an InMail shows that the new credits came"
    opened = Story("sales_navigator", "2026-11-01")
    opened.send("2026-11-01 12:00", cost=0)
    opened.observe("2026-11-02", 0)
    assert "grant_missing" not in opened.warnings("2026-11-04"), "an opening is no renewal"


def test_after_a_change_of_plan_or_without_credits_nothing_is_missing():
    for change in ("change_plan", "cancel"):
        story = november()
        story.observe("2026-12-01 08:00", 0)
        getattr(story, change)("2026-12-02", *(["premium_career"] if change == "change_plan" else []))
        assert "grant_missing" not in story.warnings("2026-12-03"), change
    basic = Story("basic", "2026-11-01")
    basic.observe("2026-11-02", 0)
    assert "grant_missing" not in basic.warnings("2026-12-03")


# low_balance


@pytest.mark.parametrize(
    ("left", "at", "title"),
    [
        (5, None, None),
        (5, 4, None),
        (5, 5, "Only 5 credits are left"),
        (4, 5, "Only 4 credits are left"),
        (1, 5, "Only 1 credit is left"),
        (0, 5, None),
        (1, 0, None),
    ],
)
def test_low_balance_from_the_users_own_number_down(left: int, at: int | None, title: str | None):
    warning = november(left).warnings("2026-11-10", low_balance=at).get("low_balance")
    assert (warning and say(warning).title) == title
    if warning:
        assert say(warning).detail == "25 more come on 1 Dec (Europe/Berlin)."
        assert (warning.severity, warning.until) == ("info", utc("2026-11-30 23:00"))


# response_rate


@pytest.mark.parametrize(
    ("sent", "answered", "severity", "title"),
    [
        (99, 0, None, None),
        (100, 0, "urgent", "0% of 100 InMails were answered in 14 days"),
        (100, 12, "urgent", "12% of 100 InMails were answered in 14 days"),
        (1000, 129, "urgent", "12% of 1000 InMails were answered in 14 days"),
        (100, 13, "warning", "13% of 100 InMails were answered in 14 days"),
        (1000, 149, "warning", "14% of 1000 InMails were answered in 14 days"),
        (100, 15, None, None),
        (100, 100, None, None),
    ],
)
def test_response_rate_warns_below_fifteen_percent_and_is_urgent_below_thirteen(
    sent: int, answered: int, severity: str | None, title: str | None
):
    replies = Replies(sent, answered, utc("2026-11-12"))
    warning = november().warnings("2026-11-10", replies=replies).get("response_rate")
    assert (warning and warning.severity, warning and say(warning).title) == (severity, title)
    if warning:
        assert warning.arguments == (sent, answered)
        assert "13%" in say(warning).detail


def test_no_response_rate_is_asked_of_other_products():
    assert "response_rate" not in november().warnings("2026-11-10")


# Lead days


@pytest.mark.parametrize("lead_days", [(7, 3, 1), (60, 30, 10), (3, 2, 1), (12, 11, 2)])
def test_a_loss_is_warned_of_and_rises_on_the_accounts_own_days(lead_days: tuple[int, int, int]):
    story = november()
    story.send("2026-11-03")
    loss, just = utc("2026-11-30 23:00"), timedelta(microseconds=1)
    found = {}
    for days in range(1, 28):
        for before in (loss - timedelta(days=days) - just, loss - timedelta(days=days)):
            at = before.astimezone(ZoneInfo(BERLIN)).replace(tzinfo=None).isoformat()
            told = story.warnings(at, lead_days=lead_days)
            found[before] = told["expiring"].severity if "expiring" in told else None
            assert ("behind" in told) == (before < loss - timedelta(days=lead_days[0]))
    first, second, third = (loss - timedelta(days=days) for days in lead_days)
    for at, severity in found.items():
        expected = "urgent" if at >= third else "warning" if at >= second else "info" if at >= first else None
        assert severity == expected, at


def test_long_lead_days_do_not_warn_of_credits_that_are_yet_to_come():
    story = november(0)
    assert story.changes("2026-11-10")[1].at == utc("2026-12-31 23:00"), "when the coming ones expire"
    found = story.warnings("2026-11-10", lead_days=(60, 55, 50), names=0)
    assert "empty" in found
    assert not {"expiring", "few_targets"} & found.keys()


def test_what_ends_otherwise_rises_on_the_accounts_own_days():
    story = Story("premium_career", "2026-01-10", book="rolling", zone=BERLIN)
    story.cancel("2026-01-20 12:00")
    assert story.warnings("2026-02-04", lead_days=(20, 6, 1))["cancelling"].severity == "urgent"
    assert story.warnings("2026-02-03 23:59:59.999999", lead_days=(20, 6, 1))["cancelling"].severity == "warning"
    full = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    full.observe("2026-03-02", 15)
    assert full.warnings("2026-03-22", lead_days=(20, 10, 5))["over_cap"].severity == "warning"
    assert full.warnings("2026-03-22")["over_cap"].severity == "info"


# How they are told


def test_the_most_severe_warning_comes_first_and_what_expires_before_all():
    story = november()
    story.send("2026-11-03")
    story.cancel("2026-11-26")
    found = warnings(story.outlook("2026-11-25 10:00"))
    assert [(warning.code, warning.severity) for warning in found][:2] == [
        ("cancelling", "urgent"),
        ("unconfirmed", "info"),
    ]

    # given a send without a credit, and then credits that expire in six days
    story = Story("premium_career", "2026-11-01", allotment=1)
    story.sends("2026-11-05", "2026-11-06")
    story.change_plan("2026-11-10", "sales_navigator")
    found = warnings(story.outlook("2026-11-25 10:00"))
    assert [(warning.code, warning.severity) for warning in found][:2] == [
        ("expiring", "info"),
        ("discrepancy", "warning"),
    ]
    ranks = [["urgent", "warning", "info"].index(warning.severity) for warning in found[1:]]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("zone", "at", "told"),
    [
        (BERLIN, "2026-11-30 23:00", "the end of 30 Nov (Europe/Berlin)"),
        (BERLIN, "2026-11-30 22:59", "30 Nov 23:59 (Europe/Berlin)"),
        (BERLIN, "2026-11-30 23:00:01", "1 Dec 00:00 (Europe/Berlin)"),
        ("America/Santiago", "2026-09-06 04:00", "the end of 5 Sep (America/Santiago)"),
        ("America/Havana", "2026-11-01 04:00", "the end of 31 Oct (America/Havana)"),
        ("America/Havana", "2026-11-01 05:00", "1 Nov 00:00 (America/Havana)"),
        ("Pacific/Apia", "2011-12-30 10:00", "the end of 29 Dec (Pacific/Apia)"),
    ],
)
def test_the_moment_of_a_loss_in_words(zone: str, at: str, told: str):
    assert dates.end_of_use(Moment(utc(at), zone), PLAIN_ENGLISH) == told


@pytest.mark.parametrize(
    ("price", "credits", "worth", "told"),
    [
        (Money(9999, "EUR"), 25, Money(9999, "EUR"), "EUR 99.99"),
        (Money(9999, "EUR"), 12, Money(4800, "EUR"), "EUR 48.00"),
        (Money(1, "EUR"), 12, Money(0, "EUR"), "EUR 0.00"),
        (Money(1, "EUR"), 13, Money(1, "EUR"), "EUR 0.01"),
        (Money(10000, "JPY"), 5, Money(2000, "JPY"), "JPY 2000"),
        (Money(12500, "KWD"), 1, Money(500, "KWD"), "KWD 0.500"),
    ],
)
def test_worth_at_the_users_own_price(price: Money, credits: int, worth: Money, told: str):
    assert value_of(credits, price, 25) == worth
    assert PLAIN_ENGLISH.money(worth) == told
    assert value_of(credits, None, 25) is None
    assert value_of(credits, price, 0) is None


# Until when an outlook stands


@dataclass(frozen=True)
class Own:
    """An account's own settings, and what is known of its list and of the answers to its InMails."""

    lead_days: tuple[int, int, int]
    low_balance: int | None
    names: int | None
    sent_at: tuple[datetime, ...]
    """Of InMails without an answer, by which the response rate is judged; empty where none is asked for."""

    def replies(self, now: datetime) -> Replies | None:
        if not self.sent_at:
            return None
        within = [at for at in self.sent_at if at <= now < at + timedelta(days=14)]
        # Each stands for a hundred, so that any that leaves the window changes the warning.
        return Replies(100 * len(within), 0, min(within) + timedelta(days=14) if within else None)


@st.composite
def settings_of(draw: st.DrawFn, history: History) -> Own:
    lead_days = sorted(draw(st.sets(st.integers(1, 60), min_size=3, max_size=3)), reverse=True)
    minutes = st.integers(0, int((history.end - history.opened.at) / timedelta(minutes=1)))
    sent_at = draw(st.lists(minutes.map(lambda after: history.opened.at + timedelta(minutes=after)), max_size=3))
    return Own(
        (lead_days[0], lead_days[1], lead_days[2]),
        draw(st.none() | st.integers(0, 60)),
        draw(st.none() | st.integers(0, 60)),
        tuple(sent_at),
    )


def told_at(history: History, now, own: Own):
    """All that the user is told at an instant, but for the instant itself."""
    state = replay(history.facts, now).state
    changes = timeline(state, now, history.after(now))
    loss = next_loss(changes)
    its_pace, its_forecast = pace(state, now, loss, MONDAY_TO_FRIDAY), forecast(state, now, loss)
    outlook = WarningInputs(
        state,
        now,
        changes,
        its_pace,
        its_forecast,
        Money(5000, "EUR"),
        lead_days=own.lead_days,
        low_balance=own.low_balance,
        names=own.names,
        replies=own.replies(now),
    )
    days = days_until(state.zone, now, state.next_renewal)
    return outlook, (warnings(outlook), its_pace, its_forecast, days, changes, state.balance, state.lots, state.period)


@given(histories(most=12), st.data())
def test_nothing_changes_before_the_next_turn(history: History, data: st.DataObject):
    own = data.draw(settings_of(history))
    # Shortly before something ends that lasts for some days from a renewal or an InMail on.
    ends = [
        st.sampled_from([at + timedelta(days=days) - INSTANT for at in since for days in (1, 5, 14)])
        for since in (own.sent_at, history.instants())
        if since
    ]
    now = data.draw(st.one_of(st.sampled_from(history.instants()), st.just(history.end), *ends))
    outlook, told = told_at(history, now, own)
    # What is sent is a write, as facts are.
    writes = [*(fact.at for fact in history.facts), *own.sent_at]
    turn = min([next_change_at(outlook), *(at for at in writes if at > now)])
    assert now < turn <= now + timedelta(days=2)
    within = data.draw(st.integers(0, int((turn - now) / INSTANT) - 1))
    for later in (now + within * INSTANT, turn - INSTANT):
        assert told_at(history, later, own)[1] == told


@given(histories(most=12), st.data())
def test_names_are_few_exactly_while_there_are_fewer_than_credits_expire_next(history: History, data: st.DataObject):
    own = replace(data.draw(settings_of(history)), names=data.draw(st.none() | st.integers(0, 6)))
    now = data.draw(st.sampled_from(history.instants()))
    known = [fact for fact in history.facts if fact.at <= now]
    ledger = naive(known, now)
    ends = [credit.pile.until for credit in ledger.credits if credit.fate is None]
    if ends:
        edge = min(ends) - timedelta(days=own.lead_days[0])
        now = max(now, data.draw(st.sampled_from([now, edge - INSTANT, edge])))
        ledger = naive(known, now)
        ends = [credit.pile.until for credit in ledger.credits if credit.fate is None]
    if ledger.cancel_pending:
        # The credits are voided before they expire.
        return
    told, _ = told_at(replace(history, facts=known), now, own)
    are_few = (
        own.names is not None
        and bool(ends)
        and min(ends) <= now + timedelta(days=own.lead_days[0])
        and own.names < ends.count(min(ends))
    )

    assert ("few_targets" in [warning.code for warning in warnings(told)]) == are_few


@given(histories(most=12), st.data())
def test_new_credits_are_missing_exactly_while_no_number_has_any_of_them(history: History, data: st.DataObject):
    now = data.draw(st.sampled_from(history.instants()).map(lambda at: at + timedelta(days=2)))
    past = [fact for fact in history.facts if fact.at <= now]
    state = replay(past, now).state
    first_reading = state.observed is None and not (state.totals.used or state.totals.free_used)
    if not state.unseen_grant or first_reading:
        return
    shown_less = state.period.observed_less - state.period.observed_more
    without = state.balance + shown_less - state.unseen_grant

    for balance in {max(0, without), without + 1}:
        after = replay([*past, Observed("z", now, balance)], now).state
        assert (after.unseen_grant == 0) == (balance > without), (balance, without)


def test_the_next_turn_is_when_something_changes():
    story = november()
    assert story.next_change_at("2026-11-10 10:00") == story.time("2026-11-11")
    assert story.next_change_at("2026-11-16 00:00") == story.time("2026-11-17")  # unconfirmed for 14, then for 15 days
    story = Story("premium_career", "2026-01-01 09:00", book="rolling")
    assert story.next_change_at("2026-03-30 10:00") == utc("2026-03-31")
    assert story.next_change_at("2026-04-01 08:59") == utc("2026-04-01 09:00")  # the first lot is 90 days old
    assert story.next_change_at("2026-01-20 00:00") == utc("2026-01-20 09:00")  # unconfirmed for 19 days
    story.observe("2026-03-20 12:00", 15)
    assert story.next_change_at("2026-03-25 08:00") == utc("2026-03-25 09:00")  # seven days before it
    story = Story("sales_navigator", "2026-01-20", book="rolling", zone="America/New_York")
    assert story.next_change_at("2026-02-01 18:00") == story.time("2026-02-01 19:00")  # a day after the renewal, in UTC
    story = november()
    leaves_at = utc("2026-11-10 20:00")
    assert story.next_change_at("2026-11-10 10:00", replies=Replies(120, 3, leaves_at)) == leaves_at
    assert story.next_change_at("2026-11-10 22:00", replies=Replies(0, 0, None)) == story.time("2026-11-11")
    story = Story("sales_navigator", "2026-01-20", book="rolling", zone="America/New_York", allotment=0)
    assert story.next_change_at("2026-01-31 18:00") == utc("2026-02-01")  # a new period, without credits
