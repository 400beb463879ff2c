"""The worked examples E1 to E14 of the rules of credits: balance and journal, as a user would read them."""

from __future__ import annotations

import pytest

from inkeeper.rules.journal import Reason, Shown
from inkeeper.rules.replay import replay
from tests.rules.story import Story, utc


def test_e1_what_is_left_of_january_expires_at_the_zones_month_end_and_february_brings_five():
    # given Career in New York, opened on 10 January at 09:00 local
    story = Story("premium_career", "2026-01-10 09:00", zone="America/New_York")
    # when three InMails go out in January
    story.sends("2026-01-12 10:00", "2026-01-20 10:00", "2026-01-31 23:59")
    # then two credits are left on the last evening, and the month turns at 05:00 UTC
    assert story.balance("2026-01-31 23:59:59") == 2
    assert story.journal("2026-01-10", "2026-01-31 23:59:59") == [
        ("grant", 5, 5),
        ("spend", -1, 4),
        ("spend", -1, 3),
        ("spend", -1, 2),
    ]
    assert story.balance("2026-02-01 00:00") == 5
    turn = story.entries("2026-02-01 00:00", "2026-02-01 00:00")
    assert [(entry.kind, entry.credits, entry.balance) for entry in turn] == [("expire", -2, 0), ("grant", 5, 5)]
    assert {entry.at for entry in turn} == {utc("2026-02-01 05:00")}


def test_e2_an_upgrade_brings_the_whole_new_allotment_at_once():
    # given Career with all five credits used by the 12th
    story = Story("premium_career")
    story.sends("2026-01-02", "2026-01-05", "2026-01-07", "2026-01-09", "2026-01-12")
    # when the account moves to Sales Navigator on the 13th
    story.change_plan("2026-01-13 10:00", "sales_navigator")
    # then all 25 are there at once
    assert story.balance("2026-01-13 09:59") == 0
    assert story.balance("2026-01-13 10:00") == 25
    assert story.journal("2026-01-13", "2026-01-31") == [("grant", 25, 25)]


def test_e3_what_is_left_of_the_old_plan_stays_until_month_end():
    # given Career with 2 of 5 used
    story = Story("premium_career")
    story.sends("2026-01-02", "2026-01-05")
    # when the account moves to Sales Navigator
    story.change_plan("2026-01-13", "sales_navigator")
    # then the old three and the new 25 are there until month end, then 25
    assert story.balance("2026-01-31 23:59:59") == 28
    assert story.balance("2026-02-01") == 25
    assert story.journal("2026-01-13", "2026-02-01") == [("grant", 25, 28), ("expire", -28, 0), ("grant", 25, 25)]


def test_e4_a_downgrade_voids_at_once_and_the_smaller_allotment_comes_next_month():
    # given Sales Navigator with 10 left
    story = Story("sales_navigator")
    story.observe("2026-01-10", 10)
    # when the account moves down to Career
    story.change_plan("2026-01-13", "premium_career")
    # then the ten are void, and five come with the next month
    assert story.balance("2026-01-13") == 0
    assert story.balance("2026-01-31 23:59:59") == 0
    assert story.balance("2026-02-01") == 5
    assert story.journal("2026-01-13", "2026-02-01") == [("void", -10, 0), ("grant", 5, 5)]


def test_e5_cancelling_voids_at_once_and_nothing_is_left_to_send():
    # given Sales Navigator with 10 left
    story = Story("sales_navigator")
    story.observe("2026-01-10", 10)
    # when it is cancelled
    story.cancel("2026-01-13")
    # then the ten are void, the plan is basic and no month brings more
    assert story.balance("2026-01-13") == 0
    assert story.state("2026-01-13").plan == "basic"
    assert story.journal("2026-01-13", "2026-04-01") == [("void", -10, 0)]
    # and a send is not covered: only an adjust, which the user has to accept, lets it through
    story.send("2026-01-14")
    assert story.journal("2026-01-14", "2026-01-14") == [("adjust", 1, 1), ("spend", -1, 0)]


def test_e6_an_inmail_of_last_month_that_arrives_late_leaves_this_month_alone():
    # given Career with three sends in January, read on 2 February
    story = Story("premium_career")
    story.sends("2026-01-05", "2026-01-06", "2026-01-07")
    assert story.journal("2026-02-01", "2026-02-02") == [("expire", -2, 0), ("grant", 5, 5)]
    # when one more arrives that was sent on 31 January at 23:50
    story.send("2026-01-31 23:50")
    # then January used four and lost one, and February is untouched
    before, after = story.state("2026-01-31 23:59:59"), story.state("2026-02-02")
    assert before.period.used == 4
    assert after.totals.expired == 1
    assert after.balance == 5
    assert story.journal("2026-01-31 23:50", "2026-02-02") == [("spend", -1, 1), ("expire", -1, 0), ("grant", 5, 5)]


def test_e7_a_sixth_send_takes_a_labelled_adjust():
    # given Career with all five credits used
    story = Story("premium_career")
    story.sends("2026-01-02", "2026-01-05", "2026-01-07", "2026-01-09", "2026-01-12")
    assert story.balance("2026-01-20") == 0
    # when LinkedIn lets a sixth through
    story.send("2026-01-20")
    # then the missing credit is adjusted up just before it, and the balance stays at 0
    adjust, spend = story.entries("2026-01-20", "2026-01-20")
    assert (adjust.kind, adjust.credits, adjust.balance) == ("adjust", 1, 1)
    assert (spend.kind, spend.credits, spend.balance) == ("spend", -1, 0)
    assert adjust.why.code == "let_through"
    assert adjust.lots[0][0] == spend.lots[0][0]


def test_e8_an_observed_balance_is_an_assertion_that_earlier_facts_do_not_move():
    # given Career with one send, computed 4
    story = Story("premium_career")
    story.send("2026-01-05")
    assert story.balance("2026-01-10 11:59") == 4
    # when LinkedIn shows 2
    story.observe("2026-01-10 12:00", 2)
    # then one labelled adjust takes two
    (adjust,) = story.entries("2026-01-10", "2026-01-10 12:00")
    assert (adjust.kind, adjust.credits, adjust.balance) == ("adjust", -2, 2)
    assert adjust.why == Reason("observed", Shown(2, 4))
    # and a send from before it that arrives later leaves the two as they are
    story.send("2026-01-08")
    assert story.balance("2026-01-10 12:00") == 2
    assert story.journal("2026-01-08", "2026-01-10 12:00") == [("spend", -1, 3), ("adjust", -1, 2)]


def test_e9_rolling_credits_carry_over_to_the_cap_and_expire_at_ninety_days():
    # given Business on `rolling`, billing day 15, opened on 15 January, when nothing is used
    story = Story("premium_business", "2026-01-15", book="rolling", renewal_day=15)
    # then the balance grows to the cap, and the first lot is 90 days old when the fourth grant comes
    assert story.balance("2026-02-15") == 30
    assert story.balance("2026-03-15") == 45
    assert story.balance("2026-04-15") == 45
    assert story.journal("2026-01-15", "2026-04-15") == [
        ("grant", 15, 15),
        ("grant", 15, 30),
        ("grant", 15, 45),
        ("expire", -15, 30),
        ("grant", 15, 45),
    ]
    assert story.state("2026-04-15").totals.forfeited == 0


def test_e10_what_would_lift_the_balance_over_the_cap_is_forfeited_at_the_grant():
    # given Career on `rolling` with 14 left when the month turns and no lot expiring
    story = Story("premium_career", "2026-01-02", book="rolling", renewal_day=1)
    story.observe("2026-03-10", 14)
    assert story.balance("2026-03-31 23:59:59") == 14
    # then the grant of five is cut by four
    assert story.journal("2026-04-01", "2026-04-01") == [("grant", 5, 19), ("forfeit", -4, 15)]
    assert story.balance("2026-04-01") == 15


@pytest.mark.parametrize(("answered", "back"), [("2026-03-20", 1), ("2026-06-05", 0)], ids=["day 19", "day 96"])
def test_e11_an_answer_within_ninety_days_returns_the_credit_to_its_own_lot(answered: str, back: int):
    # given Career on `rolling`, opened on 20 February, one InMail sent on 1 March
    story = Story("premium_career", "2026-02-20", book="rolling")
    inmail = story.send("2026-03-01")
    lot = story.entries("2026-03-01", "2026-03-01")[0].lots[0][0]
    before = story.balance(f"{answered} 11:00")
    # when it is replied to
    story.outcome(f"{answered} 12:00", inmail)
    # then the credit is back in its lot, unless more than 90 days have passed
    assert story.balance(f"{answered} 12:00") == before + back
    entries = story.entries(f"{answered} 12:00", f"{answered} 12:00")
    assert [(entry.kind, entry.credits, entry.lots) for entry in entries] == [("credit_back", 1, ((lot, 1),))] * back


def test_e12_renewals_step_from_the_31st_not_from_the_last_result():
    # given Career on `rolling`, billing day 31, opened on 31 January
    story = Story("premium_career", "2026-01-31", book="rolling", renewal_day=31)
    # then it renews on the last day of each shorter month
    grants = [entry for entry in story.entries("2026-02-01", "2026-05-31") if entry.kind == "grant"]
    assert [entry.at for entry in grants] == [
        utc("2026-02-28"),
        utc("2026-03-31"),
        utc("2026-04-30"),
        utc("2026-05-31"),
    ]
    assert [entry.credits for entry in grants] == [5, 5, 5, 5]
    assert story.balance("2026-02-28") == 10


def test_e13_a_send_taken_back_gives_its_credit_back_and_stays_in_the_journal():
    # given Career with three sends this month
    story = Story("premium_career")
    _, mistake, _ = story.sends("2026-01-05", "2026-01-06", "2026-01-07")
    assert story.balance("2026-01-10") == 2
    # when one is taken back
    retraction = story.retract("2026-01-10", mistake)
    # then the balance is one higher, and the journal shows the send and the retraction
    assert story.balance("2026-01-10") == 3
    assert story.journal("2026-01-05", "2026-01-10") == [
        ("spend", -1, 4),
        ("spend", 0, 4),
        ("spend", -1, 3),
        ("retract", 0, 3),
    ]
    noted = {entry.fact_id for entry in story.entries("2026-01-05", "2026-01-10")}
    assert {mistake, retraction} <= noted


def test_e14_taking_back_last_months_only_send_leaves_this_month_unchanged():
    # given Career with one send in January
    story = Story("premium_career")
    inmail = story.send("2026-01-20")
    assert story.state("2026-02-05").totals.expired == 4
    # when it is taken back in February
    story.retract("2026-02-05", inmail)
    # then February is as it was, and January lost one more
    assert story.balance("2026-02-05") == 5
    assert story.state("2026-02-05").totals.expired == 5
    assert story.journal("2026-01-20", "2026-02-05") == [
        ("spend", 0, 5),
        ("expire", -5, 0),
        ("grant", 5, 5),
        ("retract", 0, 5),
    ]


def test_facts_may_be_told_in_any_order():
    story = Story("premium_career")
    story.sends("2026-01-05", "2026-01-06")
    story.observe("2026-01-07", 1)
    told = replay(story.facts, utc("2026-03-01"))
    assert replay(reversed(story.facts), utc("2026-03-01")) == told
