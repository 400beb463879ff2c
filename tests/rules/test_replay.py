"""Each rule of the ledger by itself, the decided edges among them: at a renewal's very instant, and at the 90 days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inkeeper.rules.books import AllotmentRequired, UnknownPlan, rule_book
from inkeeper.rules.facts import Opened, OutcomeRecorded, Sent, Terms
from inkeeper.rules.replay import BadHistory, allotment_of, cap_of, credit_back_at, replay
from inkeeper.rules.state import State, broken_invariants
from tests.rules.histories import SHIPPED
from tests.rules.naive import BOOKS
from tests.rules.story import Story, utc

# Spending


def test_spends_take_the_oldest_expiry_first_and_remember_their_lot():
    story = Story("premium_career", book="rolling", allotment=1)
    story.sends("2026-02-02 10:00", "2026-02-02 11:00")
    first, second = story.entries("2026-02-02", "2026-02-02 11:00")
    lots = [entry.lots[0][0] for entry in story.entries("2026-01-01", "2026-02-01") if entry.kind == "grant"]
    assert [first.lots, second.lots] == [((lots[0], -1),), ((lots[1], -1),)]


def test_what_expires_first_goes_before_what_was_granted_first():
    # given a credit of 20 January that lives 90 days, because its own lot was gone when the answer came
    story = Story("basic", book="rolling")
    inmail = story.send("2026-01-05")
    story.change_plan("2026-01-10", "premium_career")
    story.choose("2026-01-15", "month_end")
    story.outcome("2026-01-20", inmail)
    # when one is sent in February
    story.send("2026-02-05")
    # then February's credits, which end with the month, go first
    assert [(lot.granted_at, lot.expires_at, lot.left) for lot in story.state("2026-02-05").lots] == [
        (utc("2026-02-01"), utc("2026-03-01"), 4),
        (utc("2026-01-20"), utc("2026-04-20"), 1),
    ]


def test_a_free_inmail_spends_nothing_and_is_counted():
    story = Story("premium_career")
    story.send("2026-01-05", cost=0)
    assert story.journal("2026-01-05", "2026-01-05") == [("spend", 0, 5)]
    assert story.state("2026-01-05").totals.free_used == 1
    assert story.state("2026-01-05").totals.used == 0


def test_a_send_at_the_renewals_instant_belongs_to_the_new_period():
    story = Story("premium_career")
    story.send("2026-02-01")
    assert story.journal("2026-02-01", "2026-02-01") == [("expire", -5, 0), ("grant", 5, 5), ("spend", -1, 4)]
    assert story.state("2026-02-01").period.used == 1


def test_at_one_instant_credits_come_back_before_sends_and_sends_count_before_the_observation():
    story = Story("premium_career", book="rolling", allotment=1)
    inmail = story.send("2026-01-05")
    story.observe("2026-01-10", 0)
    story.send("2026-01-10")
    story.outcome("2026-01-10", inmail)
    assert story.journal("2026-01-10", "2026-01-10") == [("credit_back", 1, 1), ("spend", -1, 0)]


# What the balance does not cover


@pytest.mark.parametrize("how", ["a send that arrives late", "an upgrade taken back"])
def test_a_later_send_left_uncovered_gets_an_adjust_and_a_discrepancy_until_the_next_observation(how: str):
    story = Story("premium_career", allotment=1)
    if how == "an upgrade taken back":
        story.send("2026-01-03")
        story.retract("2026-01-20", story.change_plan("2026-01-05", "sales_navigator"))
    story.send("2026-01-10")
    if how == "a send that arrives late":
        assert story.state("2026-01-20").discrepancy_at is None
        story.send("2026-01-03")
    assert story.journal("2026-01-10", "2026-01-19") == [("adjust", 1, 1), ("spend", -1, 0)]
    assert story.state("2026-01-20").discrepancy_at == utc("2026-01-10")
    story.observe("2026-01-25", 0)
    assert story.state("2026-01-25").discrepancy_at is None


def test_the_missing_credit_can_come_back_like_any_other():
    story = Story("premium_career", book="rolling", allotment=0)
    inmail = story.send("2026-01-10")
    story.outcome("2026-01-12", inmail)
    state = story.state("2026-01-12")
    assert [(lot.granted_at, lot.expires_at, lot.left) for lot in state.lots] == [
        (utc("2026-01-10"), utc("2026-01-10") + timedelta(days=90), 1)
    ]


# Observations


def test_an_observation_upwards_is_a_lot_that_expires_as_a_grant_of_that_day_would():
    month_end, rolling = Story("premium_career", zone="Europe/Berlin"), Story("premium_career", book="rolling")
    for story in (month_end, rolling):
        story.observe("2026-01-10 15:00", 8)
        assert story.journal("2026-01-10", "2026-01-11") == [("adjust", 3, 8)]
    assert {lot.expires_at for lot in month_end.state("2026-01-10 15:00").lots} == {utc("2026-01-31 23:00")}
    assert rolling.state("2026-01-10 15:00").lots[-1].expires_at == utc("2026-04-10 15:00")


def test_an_observation_downwards_takes_the_oldest_expiry_first():
    story = Story("premium_career", book="rolling")
    story.observe("2026-02-10", 4)
    assert [(lot.granted_at, lot.left) for lot in story.state("2026-02-10").lots] == [
        (utc("2026-01-01"), 0),
        (utc("2026-02-01"), 4),
    ]


def observed_differences(story: Story, at: str) -> tuple[int, int]:
    """By how many credits LinkedIn has shown less and more than the ledger had."""
    totals = story.state(at).totals
    return totals.observed_less, totals.observed_more


def test_the_first_observation_before_any_inmail_sets_the_starting_balance_and_is_no_difference():
    story = Story("premium_career")
    story.observe("2026-01-02", 3)
    assert story.balance("2026-01-02") == 3
    assert observed_differences(story, "2026-01-02") == (0, 0)
    assert story.entries("2026-01-02", "2026-01-02")[0].rule == "first_reading"
    story.observe("2026-01-03", 4)
    assert observed_differences(story, "2026-01-03") == (0, 1)
    assert story.entries("2026-01-03", "2026-01-03")[0].rule == "observe"


@pytest.mark.parametrize("cost", [0, 1])
@pytest.mark.parametrize("shown", [0, 2, 5, 9])
def test_an_observation_settles_a_discrepancy_whatever_it_shows(cost: int, shown: int):
    story = Story("premium_career", allotment=1)
    story.sends("2026-01-02", "2026-01-03")
    story.send("2026-01-03", cost)
    assert story.state("2026-01-03").discrepancy_at == utc("2026-01-03")
    story.observe("2026-01-04", shown)
    assert story.state("2026-01-04").discrepancy_at is None
    assert observed_differences(story, "2026-01-04") == (0, shown)


def test_what_linkedin_shows_less_is_counted_as_not_logged_and_a_credit_let_through_is_not():
    story = Story("premium_career")
    story.send("2026-01-02")
    story.observe("2026-01-03", 1)
    assert observed_differences(story, "2026-01-03") == (3, 0)
    story.sends("2026-01-04", "2026-01-05")
    assert observed_differences(story, "2026-01-05") == (3, 0)
    assert story.state("2026-01-05").totals.adjusted_up == 1
    assert story.state("2026-01-05").discrepancy_at == utc("2026-01-05")


# Credit back


@pytest.mark.parametrize("outcome", ["accepted", "declined", "replied"])
def test_only_the_first_answer_returns_a_credit(outcome: str):
    story = Story("premium_career", book="rolling")
    inmail = story.send("2026-01-05")
    story.outcome("2026-01-06", inmail, "no_response")
    story.outcome("2026-01-07", inmail, outcome)
    story.outcome("2026-01-08", inmail, "accepted")
    assert story.journal("2026-01-06", "2026-01-09") == [("credit_back", 1, 5)]


def test_no_response_pending_and_free_messages_return_nothing():
    story = Story("premium_career", book="rolling")
    paid, free = story.send("2026-01-05"), story.send("2026-01-05", cost=0)
    story.outcome("2026-01-06", paid, "no_response")
    story.outcome("2026-01-06", paid, "pending")
    story.outcome("2026-01-06", free, "replied")
    assert story.journal("2026-01-06", "2026-01-07") == []


@pytest.mark.parametrize(
    ("after", "back"),
    [
        (timedelta(0), 1),
        (timedelta(hours=90 * 24) - timedelta(microseconds=1), 1),
        (timedelta(hours=90 * 24), 0),
        (timedelta(microseconds=-1), 0),
    ],
    ids=["the same instant", "just inside", "exactly 90 days", "before it was sent"],
)
def test_the_window_for_an_answer_is_half_open(after: timedelta, back: int):
    story = Story("premium_career", "2026-01-05 12:00", book="rolling")
    inmail = story.send("2026-01-10 12:00")
    answered = utc("2026-01-10 12:00") + after
    story.facts.append(OutcomeRecorded("answer", answered, inmail, "replied"))
    assert story.state("2026-06-30").totals.credited_back == back
    if back:
        assert credit_back_at(1, utc("2026-01-10 12:00"), answered, rule_book("rolling")) == answered


def test_ninety_days_are_2160_hours_across_a_change_of_clocks():
    story = Story("premium_career", "2026-01-05", book="rolling", zone="Europe/Berlin")
    inmail = story.send("2026-02-01 12:00")
    story.outcome("2026-05-02 12:30", inmail)  # on the wall 90 days and a half hour, by the clock 89 days 23 h 30
    assert story.state("2026-05-03").totals.credited_back == 1


@pytest.mark.parametrize("how", ["expired", "voided"])
def test_a_credit_whose_lot_is_gone_returns_as_a_new_lot_of_ninety_days(how: str):
    story = Story("premium_career", book="rolling")
    inmail = story.send("2026-01-20 12:00")
    if how == "voided":
        story.change_plan("2026-03-01 12:00", "premium_career")
    story.outcome("2026-04-10 12:00", inmail)
    last = max(story.state("2026-04-10 12:00").lots, key=lambda lot: lot.granted_at)
    assert (last.granted_at, last.expires_at, last.left) == (utc("2026-04-10 12:00"), utc("2026-07-09 12:00"), 1)


def test_each_credit_returns_to_the_lot_that_it_came_from():
    story = Story("premium_career", book="rolling", allotment=1)
    of_january, of_february = story.sends("2026-02-05", "2026-02-06")
    story.outcome("2026-02-10", of_february)
    assert [(lot.granted_at, lot.left) for lot in story.state("2026-02-10").lots] == [
        (utc("2026-01-01"), 0),
        (utc("2026-02-01"), 1),
    ]
    story.outcome("2026-02-11", of_january)
    assert [lot.left for lot in story.state("2026-02-11").lots] == [1, 1]


def test_a_credit_that_returns_at_the_renewals_instant_takes_no_room_from_the_grant():
    story = Story("premium_career", book="rolling", cap=5)
    inmail = story.send("2026-01-05")
    story.outcome("2026-02-01", inmail)
    assert story.journal("2026-02-01", "2026-02-01") == [
        ("grant", 5, 9),
        ("forfeit", -4, 5),
        ("credit_back", 1, 6),
    ]


def test_the_cap_does_not_apply_to_a_returned_credit_and_nothing_but_a_grant_is_forfeited():
    story = Story("premium_career", book="rolling", cap=5)
    inmail = story.send("2026-01-05")
    assert story.balance("2026-02-01") == 5
    story.outcome("2026-02-10", inmail)
    assert story.balance("2026-02-10") == 6
    assert story.journal("2026-03-01", "2026-03-01") == [("grant", 5, 11), ("forfeit", -5, 6)]


def test_month_end_returns_nothing():
    story = Story("premium_career")
    story.outcome("2026-01-06", story.send("2026-01-05"))
    assert story.balance("2026-01-06") == 4


def test_an_answer_counts_by_the_book_under_which_the_inmail_was_sent():
    story = Story("premium_career", book="rolling")
    under_rolling = story.send("2026-01-05")
    story.choose("2026-01-10", "month_end")
    under_month_end = story.send("2026-01-15")
    story.choose("2026-01-20", "rolling")
    story.outcome("2026-01-25", under_month_end)
    assert story.journal("2026-01-25", "2026-01-25") == []
    story.outcome("2026-01-26", under_rolling)
    assert story.journal("2026-01-26", "2026-01-26") == [("credit_back", 1, 4)]


def test_a_lot_emptied_after_the_book_was_switched_still_takes_its_credit_back():
    story = Story("basic", book="rolling")
    story.observe("2026-01-02", 2)
    inmail = story.send("2026-01-03")
    story.choose("2026-01-10", "month_end")
    story.send("2026-01-11")
    story.outcome("2026-01-12", inmail)
    assert [(lot.granted_at, lot.expires_at, lot.left) for lot in story.state("2026-01-12").lots] == [
        (utc("2026-01-02"), utc("2026-02-01"), 1)
    ]


# Retractions


@pytest.mark.parametrize("taken_back_on", ["2025-12-31", "2026-01-05", "2026-06-01"])
def test_a_retraction_takes_effect_as_if_the_fact_had_never_been_whatever_its_own_date(taken_back_on: str):
    story = Story("premium_career")
    change = story.change_plan("2026-01-10", "sales_navigator")
    if taken_back_on > "2026":
        story.retract(taken_back_on, change)
    else:  # nothing may be dated before the opening, not even this
        story.retract("2026-01-01", change)
    assert story.balance("2026-01-11") == 5
    assert story.balance("2026-02-01") == 5
    assert story.state("2026-01-11").plan == "premium_career"


def test_an_answer_to_an_inmail_taken_back_returns_nothing():
    story = Story("premium_career", book="rolling")
    inmail = story.send("2026-01-05")
    story.outcome("2026-01-08", inmail)
    story.retract("2026-01-10", inmail)
    assert story.balance("2026-01-20") == 5
    assert story.state("2026-01-20").totals.credited_back == 0


def test_an_outcome_taken_back_leaves_room_for_the_next_answer():
    story = Story("premium_career", book="rolling")
    inmail = story.send("2026-01-05")
    story.retract("2026-01-09", story.outcome("2026-01-08", inmail))
    assert story.balance("2026-01-10") == 4
    story.outcome("2026-01-11", inmail, "declined")
    assert story.journal("2026-01-11", "2026-01-11") == [("credit_back", 1, 5)]


# Plans


def test_at_the_renewals_instant_an_upgrade_brings_the_new_allotment_once():
    story = Story("premium_career")
    story.change_plan("2026-02-01", "sales_navigator")
    assert story.journal("2026-02-01", "2026-02-01") == [("expire", -5, 0), ("grant", 25, 25)]
    assert story.balance("2026-03-01") == 25


def test_at_the_renewals_instant_a_downgrade_brings_the_smaller_allotment():
    story = Story("sales_navigator")
    story.change_plan("2026-02-01", "premium_career")
    assert story.journal("2026-02-01", "2026-02-01") == [("expire", -25, 0), ("grant", 5, 5)]


def test_at_the_renewals_instant_a_change_under_rolling_grants_once():
    story = Story("premium_career", book="rolling")
    story.change_plan("2026-02-01", "premium_business")
    assert story.journal("2026-02-01", "2026-02-01") == [("void", -5, 0), ("grant", 15, 15)]


@pytest.mark.parametrize("book", SHIPPED)
def test_a_change_at_the_opening_is_the_plan_it_opened_with(book: str):
    story = Story("premium_career", book=book)
    story.change_plan("2026-01-01", "premium_business")
    assert story.journal("2026-01-01", "2026-01-31") == [("grant", 15, 15)]


def test_an_equal_allotment_is_a_downgrade_under_month_end():
    story = Story("premium_business")
    story.change_plan("2026-01-10", "sales_navigator", allotment=15)
    assert story.journal("2026-01-10", "2026-02-01") == [("void", -15, 0), ("grant", 15, 15)]


def test_the_old_plans_own_numbers_end_with_it():
    story = Story("premium_career", book="rolling", allotment=2, cap=3)
    story.change_plan("2026-01-10", "premium_business")
    state = story.state("2026-01-10")
    assert (allotment_of(state), cap_of(state), state.balance) == (15, 45, 15)


def test_month_end_numbers_of_a_changed_plan_come_from_the_change():
    story = Story("premium_career")
    story.change_plan("2026-01-10", "sales_navigator", allotment=7)
    assert story.balance("2026-01-10") == 12
    assert story.balance("2026-02-01") == 7


@pytest.mark.parametrize("plan", ["premium_business", "basic"])
def test_a_change_under_rolling_voids_grants_and_restarts_the_cycle(plan: str):
    story = Story("premium_career", "2026-01-05", book="rolling", renewal_day=5)
    story.change_plan("2026-01-31 15:00", plan)
    allotment = BOOKS["rolling"]["plans"][plan]["numbers"][0]["allotment"]
    assert story.balance("2026-01-31 15:00") == allotment
    assert story.state("2026-01-31 15:00").totals.voided == 5
    assert story.state("2026-01-31 15:00").next_renewal == utc("2026-02-28")
    assert story.balance("2026-02-28") == 2 * allotment


def test_terms_chosen_after_a_restarted_cycle_keep_its_day():
    story = Story("premium_career", "2026-01-05", book="rolling", renewal_day=5)
    story.change_plan("2026-01-20", "premium_business")
    own = story.state("2026-01-20").terms
    story.choose("2026-01-25", own.rule_book, allotment=20, cap=own.cap, renewal_day=own.renewal_day)
    assert story.state("2026-01-25").next_renewal == utc("2026-02-20")


def test_sales_navigator_under_rolling_renews_on_the_first_in_utc_all_the_same():
    story = Story("premium_career", "2026-01-05", book="rolling", zone="America/New_York")
    story.change_plan("2026-01-20 12:00", "sales_navigator")
    assert story.balance("2026-01-20 12:00") == 50
    assert story.state("2026-01-20 12:00").next_renewal == utc("2026-02-01")


def test_premium_under_rolling_renews_on_the_billing_day_in_its_own_zone():
    story = Story("premium_career", "2026-01-20 12:00", book="rolling", zone="America/New_York", renewal_day=10)
    assert story.state("2026-01-20 12:00").next_renewal == utc("2026-02-10 05:00")


def test_recruiter_renews_on_the_day_of_opening_and_its_cap_is_four_allotments():
    story = Story("recruiter", "2026-01-20 12:00", book="rolling", zone="Europe/Berlin", allotment=100)
    state = story.state("2026-01-20 12:00")
    assert (state.balance, allotment_of(state), cap_of(state)) == (100, 100, 400)
    assert state.next_renewal == utc("2026-02-19 23:00")


@pytest.mark.parametrize("book", SHIPPED)
@pytest.mark.parametrize("plan", list(BOOKS["month_end"]["plans"]))
def test_the_catalogue(book: str, plan: str):
    expected = {
        "month_end": {
            "basic": (0, None),
            "premium_career": (5, None),
            "premium_business": (15, None),
            "sales_navigator": (25, None),
            "recruiter_lite": (50, None),
        },
        "rolling": {
            "basic": (0, 0),
            "premium_career": (5, 15),
            "premium_business": (15, 45),
            "sales_navigator": (50, 150),
            "recruiter_lite": (30, 120),
        },
    }
    state = Story(plan, book=book).state("2026-01-01")
    assert (allotment_of(state), cap_of(state)) == expected[book][plan]
    assert state.balance == expected[book][plan][0]


@pytest.mark.parametrize("book", SHIPPED)
def test_an_account_opened_mid_month_gets_the_whole_allotment_at_once(book: str):
    assert Story("premium_career", "2026-01-20 15:00", book=book).journal("2026-01-20", "2026-01-31") == [
        ("grant", 5, 5)
    ]


# Cancelling


def test_a_cancellation_under_rolling_takes_effect_at_the_next_renewal():
    story = Story("premium_career", "2026-01-10", book="rolling")
    story.cancel("2026-01-20")
    assert story.balance("2026-02-09 23:59:59") == 5
    assert story.journal("2026-01-20", "2026-08-01") == [("void", -5, 0)]
    assert story.entries("2026-01-20", "2026-08-01")[0].at == utc("2026-02-10")
    assert story.state("2026-02-10").plan == "basic"


def test_a_subscription_cancelled_as_it_is_opened_keeps_its_first_allotment_under_rolling():
    story = Story("premium_career", book="rolling")
    story.cancel("2026-01-01")
    assert story.balance("2026-01-31 23:59:59") == 5
    assert story.journal("2026-02-01", "2026-06-01") == [("void", -5, 0)]


def test_another_plan_before_the_end_withdraws_the_cancellation():
    story = Story("premium_career", book="rolling")
    story.cancel("2026-01-20")
    story.change_plan("2026-01-25", "premium_business")
    assert story.balance("2026-02-25") == 30


def test_after_a_cancellation_a_new_plan_starts_like_an_upgrade():
    story = Story("sales_navigator")
    story.cancel("2026-01-10")
    story.change_plan("2026-01-20", "premium_career")
    assert story.journal("2026-01-10", "2026-01-31") == [("void", -25, 0), ("grant", 5, 5)]


# Rule books


@pytest.mark.parametrize(("told", "meant"), [SHIPPED, SHIPPED[::-1]])
def test_a_book_chosen_at_the_opening_corrects_the_whole_history(told: str, meant: str):
    corrected = Story("premium_career", "2026-01-10", book=told, renewal_day=15, cap=7)
    corrected.choose("2026-01-10", meant)
    right = Story("premium_career", "2026-01-10", book=meant)
    for story in (corrected, right):
        inmail = story.send("2026-01-20")
        story.outcome("2026-02-20", inmail)
    assert corrected.state("2026-05-01").lots == right.state("2026-05-01").lots
    assert corrected.state("2026-05-01").next_renewal == right.state("2026-05-01").next_renewal
    assert corrected.journal("2026-01-10", "2026-05-01") == right.journal("2026-01-10", "2026-05-01")


def test_a_book_chosen_later_leaves_what_was_before_and_rules_what_is_there():
    # given three of January's credits left under month_end
    story = Story("premium_career")
    story.sends("2026-01-05", "2026-01-06")
    # when the account goes by rolling from the 20th, renewing on the 15th
    story.choose("2026-01-20", "rolling", renewal_day=15)
    # then they carry over, for 90 days from their grant
    assert story.balance("2026-02-14") == 3
    assert story.journal("2026-01-20", "2026-02-15") == [("grant", 5, 8)]
    assert story.state("2026-02-15").lots[0].expires_at == utc("2026-04-01")


def test_a_switch_to_month_end_lets_what_is_there_live_to_the_end_of_the_month():
    story = Story("premium_career", "2026-01-10", book="rolling")
    story.choose("2026-02-20", "month_end")
    assert story.balance("2026-02-28 23:59:59") == 10
    assert story.journal("2026-02-20", "2026-03-01") == [("expire", -10, 0), ("grant", 5, 5)]


def test_month_end_chosen_from_the_first_of_a_month_starts_with_that_months_allotment():
    story = Story("premium_career", "2026-01-10", book="rolling")
    story.choose("2026-03-01", "month_end")
    assert story.journal("2026-03-01", "2026-03-31") == [("expire", -10, 0), ("grant", 5, 5)]


def test_month_end_chosen_on_the_old_billing_day_takes_nothing_away():
    story = Story("premium_career", "2026-01-10", book="rolling")
    story.choose("2026-02-10", "month_end")
    assert story.balance("2026-02-28 23:59:59") == 5
    assert story.balance("2026-03-01") == 5


def test_rolling_chosen_from_the_local_first_does_not_grant_by_both_books():
    story = Story("sales_navigator", "2026-01-10", zone="Europe/Berlin")
    story.choose("2026-02-01", "rolling")
    assert story.journal("2026-02-01", "2026-02-20") == [("expire", -25, 0), ("grant", 50, 50)]
    assert story.state("2026-02-20").period_start == utc("2026-02-01")


# What is no history


def test_a_history_begins_with_one_opening():
    opened = Opened("opened", utc("2026-01-01"), "premium_career", "UTC", Terms("month_end"))
    again = Opened("second", utc("2026-02-01"), "premium_career", "UTC", Terms("month_end"))
    for facts, until in [
        ([], "2026-02-01"),
        ([Sent("s", utc("2026-01-05"), 1)], "2026-02-01"),
        ([opened, Sent("s", utc("2025-12-31"), 1)], "2026-02-01"),
        ([opened, again], "2026-03-01"),
        ([opened], "2025-12-31"),
    ]:
        with pytest.raises(BadHistory):
            replay(facts, utc(until))
    saved = replay([opened], utc("2026-01-10")).state
    with pytest.raises(BadHistory):
        replay([opened, again], utc("2026-03-01"), start=saved)
    with pytest.raises(BadHistory):
        replay([opened], utc("2026-01-05"), start=saved)


def test_a_second_opening_is_refused_also_from_a_period_that_a_change_of_plan_began():
    story = Story("premium_career", book="rolling")
    story.change_plan("2026-01-20", "premium_business")
    begun: list[State] = []
    replay(story.facts, utc("2026-01-25"), on_renewal=lambda state: begun.append(state.copy()))
    again = Opened("second", utc("2026-02-01"), "premium_career", "UTC", Terms("month_end"))
    for start in [None, *begun]:
        with pytest.raises(BadHistory):
            replay([*story.facts, again], utc("2026-03-01"), start=start)


@pytest.mark.parametrize("opened", ["2025-11-15", "2026-01-01", "2026-03-10"])
def test_an_account_opens_with_the_opening_that_stands(opened: str):
    story = Story("premium_career", "2026-01-01")
    story.send("2026-04-02")
    straight = Story("premium_career", opened)
    straight.facts[0] = Opened("again", straight.time(opened), "premium_career", "UTC", Terms("month_end"))
    straight.send("2026-04-02")
    story.facts.append(straight.facts[0])
    story.retract("2026-05-01", "opened")
    assert story.journal("2025-01-01", "2026-04-30") == straight.journal("2025-01-01", "2026-04-30")
    assert story.state("2026-05-02") == straight.state("2026-05-02")


def test_what_was_taken_back_may_lie_before_the_opening():
    story = Story("premium_career", "2026-01-01")
    gone = story.send("2025-12-31")
    story.retract("2026-01-02", gone)
    assert story.balance("2026-01-03") == 5
    story.outcome("2025-12-31", gone)
    with pytest.raises(BadHistory):
        story.balance("2026-01-03")


def test_a_plan_that_the_book_lacks_is_refused():
    with pytest.raises(UnknownPlan):
        Story("recruiter").state("2026-01-01")
    with pytest.raises(AllotmentRequired):
        Story("recruiter", book="rolling").state("2026-01-01")
    story = Story("recruiter", book="rolling", allotment=10)
    story.choose("2026-01-10", "month_end")
    with pytest.raises(UnknownPlan):
        story.state("2026-01-10")


def test_each_invariant_that_breaks_is_named():
    state = Story("premium_career", book="rolling").state("2026-02-01")
    assert list(broken_invariants(state)) == []
    state.balance = -1
    state.lots[0].left = -2
    state.lots.reverse()
    assert len(list(broken_invariants(state))) == 5
