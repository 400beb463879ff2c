"""Sheets: what each period came to adds up to the journal, wherever one begins to draw them up."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import datetime

import pytest
from hypothesis import given

from inkeeper.rules.journal import Entry
from inkeeper.rules.periods import local_day
from inkeeper.rules.replay import replay
from inkeeper.rules.sheets import Point, Sheet, build_sheets, dump_sheet, load_sheet
from inkeeper.rules.state import State, Tally
from tests.rules.histories import CHANGES_OF_THE_ACCOUNT, History, histories
from tests.rules.story import Story, utc
from tests.rules.test_properties import TALLY_OF, saved_and_loaded


def sheets_of(history: History, until: datetime, start: State | None = None) -> tuple[list[Sheet], Sheet, list[State]]:
    """The sheets up to `until`, the open one's, and the states in which a period had just begun."""
    begun: list[State] = []
    state, journal = replay(history.facts, until, start, lambda state: begun.append(state.copy()))
    return *build_sheets(start, begun, journal, state), begun


def story_sheets(story: Story, until: str) -> list[Sheet]:
    closed, present, _ = sheets_of(History(story.facts, story.time(until)), story.time(until))
    return [*closed, present]


def counted(tally: Tally) -> dict[str, int]:
    return {kind: amount for kind, amount in asdict(tally).items() if amount}


def by_month(journal: list[Entry], zone: str) -> dict[tuple[int, int], dict[str, int]]:
    """A journal's amounts by local month, counted the slow way: what ends at a month's first instant, before anything
    else, was the month's before.
    """
    found: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    moved: dict[datetime, bool] = {}
    for entry in journal:
        ends = entry.kind in ("expire", "void") and not moved.get(entry.at)
        moved[entry.at] = moved.get(entry.at, False) or not ends
        just_before = utc("1970-01-01").resolution
        day = local_day(zone, entry.at - just_before if ends else entry.at)
        adjusted = "adjusted_up" if entry.credits > 0 else "adjusted_down"
        kind = "free_used" if entry.rule == "free" else TALLY_OF.get(entry.kind, adjusted)
        found[day.year, day.month][kind] += 1 if entry.rule == "free" else abs(entry.credits)
        if entry.rule == "observe":
            observed = "observed_more" if entry.credits > 0 else "observed_less"
            found[day.year, day.month][observed] += abs(entry.credits)
    return {month: dict(+counts) for month, counts in found.items() if +counts}


def assert_they_add_up_by_month(history: History) -> None:
    """The parts of the sheets have the journal's amounts of each local month."""
    state, journal = replay(history.facts, history.end)
    closed, present, _ = sheets_of(history, history.end)
    sheets = [*closed, present]

    assert sum((Counter(counted(sheet.tally)) for sheet in sheets), Counter()) == Counter(counted(state.totals))
    months: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for sheet in sheets:
        for part in sheet.parts:
            day = local_day(state.zone, part.start)
            months[day.year, day.month].update(counted(part.tally))
    assert {month: dict(counts) for month, counts in months.items() if counts} == by_month(journal, state.zone)


@given(histories())
def test_they_add_up_to_the_journal_month_by_month(history: History):
    assert_they_add_up_by_month(history)


@given(histories())
def test_one_follows_another_and_the_points_lead_from_balance_to_balance(history: History):
    state = replay(history.facts, history.end).state
    closed, present, _ = sheets_of(history, history.end)
    assert [sheet.end for sheet in closed] == [sheet.start for sheet in [*closed, present]][1:]
    assert (present.plan, present.end) == (state.plan, None)
    balance = 0
    for sheet in [*closed, present]:
        assert sheet.opening == balance
        assert [part.start for part in sheet.parts] == sorted({part.start for part in sheet.parts})
        assert sheet.parts[0].start == sheet.start
        for point in sheet.points:
            assert sheet.start <= point.at <= (sheet.end or history.end)
            balance += point.credits
            assert point.balance == balance
        assert sheet.closing == balance
    assert balance == state.balance


def assert_the_same_from_any_period_on(history: History) -> None:
    """The sheets do not depend on the period at which the replay starts, and the open one agrees with the state."""
    closed, present, begun = sheets_of(history, history.end)
    assert present.tally == replay(history.facts, history.end).state.period
    for start in begun:
        later, open_one, _ = sheets_of(history, history.end, saved_and_loaded(start))
        assert open_one == present
        assert later == [sheet for sheet in closed if sheet.start >= start.period_start]


@given(histories())
def test_from_any_period_on_they_are_the_same(history: History):
    assert_the_same_from_any_period_on(history)


@given(histories(most=10, kinds=CHANGES_OF_THE_ACCOUNT))
def test_from_any_period_on_they_are_the_same_with_many_changes_at_one_instant(history: History):
    assert_the_same_from_any_period_on(history)
    assert_they_add_up_by_month(history)


@given(histories())
def test_they_come_back_from_the_database_as_they_were(history: History):
    closed, present, _ = sheets_of(history, history.end)
    for sheet in [*closed, present]:
        assert load_sheet(json.loads(json.dumps(dump_sheet(sheet)))) == sheet


def test_what_expires_as_a_month_begins_was_lost_to_the_month_before():
    # given example E6: four used and one left as January ends in New York
    story = Story("premium_career", "2026-01-10 09:00", zone="America/New_York")
    story.sends("2026-01-11", "2026-01-12", "2026-01-13", "2026-01-31 23:50")
    january, february = story_sheets(story, "2026-02-03")
    assert (january.tally, january.closing) == (Tally(granted=5, used=4, expired=1), 0)
    assert (february.tally, february.closing) == (Tally(granted=5), 5)


def test_a_period_across_two_months_is_told_apart_by_month():
    story = Story("premium_business", "2026-01-15", book="rolling", zone="Europe/Berlin")
    story.sends("2026-01-20 10:00", "2026-01-31 23:59", "2026-02-01 00:00")
    first, _ = story_sheets(story, "2026-02-20")
    assert [(part.start, part.tally.granted, part.tally.used) for part in first.parts] == [
        (story.time("2026-01-15"), 15, 2),
        (story.time("2026-02-01"), 0, 1),
    ]


def test_a_day_of_sends_is_one_point_and_each_grant_and_loss_its_own():
    story = Story("premium_career", "2026-01-01", zone="Asia/Kolkata")
    story.sends("2026-01-01 09:00", "2026-01-01 23:59", "2026-01-02 00:00")
    january, february = story_sheets(story, "2026-02-01 12:00")
    assert january.points == [
        Point(story.time("2026-01-01"), 5, "grant", 5),
        Point(story.time("2026-01-01 23:59"), 3, "use", -2),
        Point(story.time("2026-01-02"), 2, "use", -1),
        Point(story.time("2026-02-01"), 0, "expire", -2),
    ]
    assert february.points == [Point(story.time("2026-02-01"), 5, "grant", 5)]


def test_it_knows_when_use_emptied_the_account():
    story = Story("premium_career", "2026-01-01")
    story.sends(*[f"2026-01-{day:02}" for day in range(10, 15)])
    story.observe("2026-02-10", 0)
    first, second, third = story_sheets(story, "2026-03-05")
    assert first.emptied_at == utc("2026-01-14")
    assert second.emptied_at == utc("2026-02-10")
    assert third.emptied_at is None


def test_a_changed_plan_ends_its_period_on_the_old_one():
    story = Story("premium_career", "2026-01-05", book="rolling")
    story.change_plan("2026-01-20", "premium_business")
    career, business = story_sheets(story, "2026-01-21")
    assert (career.plan, career.allotment, career.tally.voided) == ("premium_career", 5, 5)
    assert (business.plan, business.allotment, business.opening, business.closing) == ("premium_business", 15, 0, 15)


def test_an_upgrade_and_a_downgrade_at_one_instant_are_split_where_the_period_begins():
    # given a book whose upgrade grants within the period and whose downgrade begins a new one
    story = Story("premium_business", "2026-01-20", book="quarterly")
    story.change_plan("2026-03-01", "recruiter_lite")
    story.change_plan("2026-03-01", "premium_career")
    former, present = story_sheets(story, "2026-03-02")
    assert (former.plan, former.allotment, former.end) == ("premium_business", 6, story.time("2026-03-01"))
    assert [(part.start, part.tally) for part in former.parts] == [
        (story.time("2026-01-20"), Tally(granted=6)),
        (story.time("2026-02-01"), Tally()),
        (story.time("2026-03-01"), Tally(granted=7, forfeited=5)),
    ]
    assert (present.opening, present.tally) == (8, Tally(granted=3, forfeited=3))
    assert_the_same_from_any_period_on(History(story.facts, story.time("2026-03-02")))


def test_a_cancellation_at_the_instant_at_which_a_period_began_voids_the_credits_in_that_period():
    # given a downgrade that keeps the credits, begins a new period and grants nothing
    story = Story("premium_business", "2026-01-20", book="quarterly")
    story.change_plan("2026-03-05", "basic")
    story.cancel("2026-03-05")
    former, present = story_sheets(story, "2026-03-06")
    assert (former.closing, former.tally) == (6, Tally(granted=6))
    assert (present.opening, present.tally) == (6, Tally(voided=6))
    assert_the_same_from_any_period_on(History(story.facts, story.time("2026-03-06")))


@pytest.mark.parametrize("book", ["month_end", "rolling"])
def test_a_plan_changed_as_a_period_ends_is_the_next_ones(book: str):
    story = Story("premium_career", "2026-01-01", book=book)
    story.change_plan("2026-02-01", "premium_business")
    story.cancel("2026-03-01")
    sheets = story_sheets(story, "2026-04-20")
    assert [(sheet.plan, sheet.allotment) for sheet in sheets[:2]] == [("premium_career", 5), ("premium_business", 15)]
    assert sheets[2].plan == "basic"
