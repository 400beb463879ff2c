"""Rule books as files: numbers with a day, steps of months, and no key that is unknown or without effect."""

from __future__ import annotations

import ast
import json
import tomllib
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import inkeeper
from inkeeper.rules import books
from inkeeper.rules.advice import SHORTEST_MONTH, enough_on, full_periods, plans_to_try, try_plan
from inkeeper.rules.agenda import agenda
from inkeeper.rules.book_tables import BadBook
from inkeeper.rules.books import books_allowing, read_book
from inkeeper.rules.facts import Terms
from inkeeper.rules.fitting import fitting_books
from inkeeper.rules.journal import Reason, Renewed
from inkeeper.rules.money import Money, value_of
from inkeeper.rules.periods import local_day
from inkeeper.rules.replay import allotment_of, cap_of, replay
from inkeeper.rules.report import months, value_in_month
from inkeeper.rules.sheets import load_sheet
from inkeeper.rules.state import dump_state, load_state
from inkeeper.rules.timeline import LOSSES, timeline
from inkeeper.wording.forecast import basis
from inkeeper.wording.language import PLAIN_ENGLISH
from tests.rules import naive, third_book
from tests.rules.histories import CHANGES_OF_THE_ACCOUNT, History, histories
from tests.rules.story import Story, say, utc
from tests.rules.test_properties import assert_agrees
from tests.rules.test_sheets import (
    assert_the_same_from_any_period_on,
    assert_they_add_up_by_month,
    sheets_of,
    story_sheets,
)

SHIPPED = resources.files("inkeeper.rules") / "books"
TEXTS = {
    **{name: (SHIPPED / f"{name}.toml").read_text("utf-8") for name in ("month_end", "rolling")},
    "quarterly": (Path(__file__).parent / "books" / "quarterly.toml").read_text("utf-8"),
}
CODE = Path(inkeeper.__file__).parent


def with_entry(book: str, plan: str, since: date, allotment: int, cap: int | None = None) -> str:
    """The text of a book's file with one more entry of a plan's numbers, behind its last."""
    entry = f'[[plans.{plan}.numbers]]\nfrom = {since}\nallotment = {allotment}\nsource = "Made up"\n'
    if cap is not None:
        entry += f"cap = {cap}\n"
    return TEXTS[book] + "\n" + entry


class Changed:
    """The rule books, one of them with another text, for the product and for the naive ledger."""

    def __init__(self, book: str, text: str) -> None:
        self.book, self.text = book, text

    def __enter__(self) -> None:
        self.patched = third_book.rule_books(third_book.BOOKS | {self.book: read_book(f"{self.book}.toml", self.text)})
        self.patched.__enter__()
        self.before = naive.BOOKS[self.book]
        naive.BOOKS[self.book] = tomllib.loads(self.text)

    def __exit__(self, *error: object) -> None:
        naive.BOOKS[self.book] = self.before
        self.patched.__exit__(None, None, None)


# Numbers with a day


def test_a_grant_has_the_numbers_of_its_day():
    story = Story("premium_career", "2026-01-01", zone="America/New_York")
    with Changed("month_end", with_entry("month_end", "premium_career", date(2026, 3, 1), 8)):
        grants = [(e.at, e.credits) for e in story.entries("2026-01-01", "2026-04-02") if e.kind == "grant"]
        assert grants == [
            (story.time("2026-01-01"), 5),
            (story.time("2026-02-01"), 5),
            (story.time("2026-03-01"), 8),
            (story.time("2026-04-01"), 8),
        ]


def test_a_period_keeps_its_numbers_to_its_end():
    story = Story("premium_career", "2026-01-01", book="rolling")
    with Changed("rolling", with_entry("rolling", "premium_career", date(2026, 2, 10), 9, 20)):
        assert [(allotment_of(s), cap_of(s)) for s in (story.state("2026-02-20"), story.state("2026-03-01"))] == [
            (5, 15),
            (9, 20),
        ]
        assert [sheet.allotment for sheet in story_sheets(story, "2026-03-05")] == [5, 5, 9]


def test_a_cap_of_a_day_cuts_the_grants_from_that_day_on():
    story = Story("premium_career", "2026-01-01", book="rolling")
    with Changed("rolling", with_entry("rolling", "premium_career", date(2026, 3, 1), 5, 11)):
        assert story.journal("2026-02-01", "2026-03-01") == [("grant", 5, 10), ("grant", 5, 15), ("forfeit", -4, 11)]


def test_a_change_of_plan_goes_by_the_numbers_of_its_day():
    story = Story("premium_career", "2026-01-01")
    story.change_plan("2026-01-20", "premium_business")
    with Changed("month_end", with_entry("month_end", "premium_business", date(2026, 1, 20), 40)):
        assert story.journal("2026-01-20", "2026-01-21") == [("grant", 40, 45)]
    with Changed("month_end", with_entry("month_end", "premium_business", date(2026, 1, 21), 40)):
        assert story.journal("2026-01-20", "2026-01-21") == [("grant", 15, 20)]
        assert allotment_of(story.state("2026-01-31")) == 15
        # given an upgrade that is none since the day on which the old plan's number rose
    with Changed("month_end", with_entry("month_end", "premium_career", date(2026, 1, 15), 30)):
        assert story.journal("2026-01-20", "2026-01-21") == [("void", -5, 0)]


def test_an_accounts_own_numbers_win_over_every_day():
    story = Story("premium_career", "2026-01-01", book="rolling", allotment=2, cap=3)
    with Changed("rolling", with_entry("rolling", "premium_career", date(2026, 2, 1), 50, 100)):
        assert story.journal("2026-02-01", "2026-02-01") == [("grant", 2, 4), ("forfeit", -1, 3)]


def test_a_day_begins_where_the_plan_renews():
    story = Story("sales_navigator", "2026-01-05", book="rolling", zone="America/New_York")
    with Changed("rolling", with_entry("rolling", "sales_navigator", date(2026, 4, 1), 70, 999)):
        grants = [(e.at, e.credits) for e in story.entries("2026-03-02", "2026-04-30") if e.kind == "grant"]
        assert grants == [(utc("2026-04-01"), 70)]
    with Changed("month_end", with_entry("month_end", "sales_navigator", date(2026, 4, 1), 70)):
        story = Story("sales_navigator", "2026-01-05", zone="Asia/Kolkata")
        assert allotment_of(story.state("2026-04-01")) == 70


def test_a_plan_is_tried_with_todays_numbers():
    story = Story("premium_career", "2026-01-01")
    story.sends(*[f"2026-0{month}-0{day} 09:00" for month in (1, 2, 3, 4) for day in range(1, 6)])
    with Changed("month_end", with_entry("month_end", "premium_business", date(2026, 5, 1), 3)):
        state = story.state("2026-05-10")
        assert plans_to_try(state)["premium_business"] == 3
        tried = try_plan(state, "premium_business", full_periods(story_sheets(story, "2026-05-10")[:-1]), story.facts)
        assert (tried.used, tried.lost, tried.uncovered) == (12, 0, 8)


@given(histories(most=15), st.data())
def test_an_entry_dated_tomorrow_changes_no_answer_about_today(history: History, data: st.DataObject):
    now = data.draw(st.sampled_from([*history.instants(), history.end]))
    book = data.draw(st.sampled_from(sorted(TEXTS)))
    plan = data.draw(st.sampled_from(["premium_career", "premium_business", "sales_navigator", "recruiter_lite"]))
    own, last = history.opened.time_zone, third_book.BOOKS[book].plans[plan].numbers[-1].since
    # Tomorrow, wherever the plan renews; behind the entries that the file has.
    tomorrow = max(local_day(zone, now) for zone in (own, "UTC")) + timedelta(days=1)
    if last is not None and tomorrow <= last:
        return
    changes = timeline(replay(history.facts, now).state, now, history.after(now))
    kept = []
    before = replay(history.facts, now, on_renewal=lambda state: kept.append(dump_state(state)))
    sheets = sheets_of(history, now)[:2]
    day_begins = min(datetime(*tomorrow.timetuple()[:3], tzinfo=ZoneInfo(zone)) for zone in (own, "UTC"))
    with Changed(book, with_entry(book, plan, tomorrow, 11, 12)):
        kept_then = []
        assert replay(history.facts, now, on_renewal=lambda state: kept_then.append(dump_state(state))) == before
        assert kept_then == kept
        assert sheets_of(history, now)[:2] == sheets
        after = timeline(before.state, now, history.after(now))
        assert [c for c in after if c.at < day_begins] == [c for c in changes if c.at < day_begins]
        # what was saved under the book as it was leads to what is true under the new one
        at_once = replay(history.facts, history.end).state
        for saved in (*kept, dump_state(before.state)):
            assert replay(history.facts, history.end, start=load_state(json.loads(json.dumps(saved)))).state == at_once
        assert_agrees(history.facts, history.end)


def test_a_state_saved_before_books_had_days_and_steps_still_loads():
    for book in ("month_end", "rolling"):
        story = Story("premium_career", "2026-01-20", book=book, zone="Europe/Berlin")
        story.sends("2026-01-21", "2026-02-21")
        state = story.state("2026-03-02")
        saved = json.loads(json.dumps(dump_state(state)))
        del saved["cycle_month"], saved["numbers_at"]
        saved["past"] = [period[:-1] for period in saved["past"]]
        loaded = load_state(saved)
        end = story.time("2026-06-10")
        assert replay(story.facts, end, start=loaded).state == replay(story.facts, end).state
    sheet = load_sheet([0, None, "premium_career", 5, 0, None, [], []])
    assert (sheet.plan, sheet.months) == ("premium_career", 1)


# Steps of months


def quarters(**own: int) -> Story:
    """Premium Business under `quarterly`: 6 credits every three months from 20 January on, cap 6."""
    return Story("premium_business", "2026-01-20", book="quarterly", zone="Europe/Berlin", **own)


def test_a_quarter_renews_expires_and_is_a_period():
    story = quarters()
    story.sends("2026-02-01", "2026-03-31 23:30")
    assert story.journal("2026-01-20", "2026-07-20") == [
        ("grant", 6, 6),
        ("spend", -1, 5),
        ("spend", -1, 4),
        ("expire", -4, 0),
        ("grant", 6, 6),
        ("expire", -6, 0),
        ("grant", 6, 6),
    ]
    first, second, present = story_sheets(story, "2026-07-21")
    assert (first.start, first.end) == (story.time("2026-01-20"), story.time("2026-04-20"))
    assert [(part.start, part.tally.used) for part in first.parts] == [
        (story.time("2026-01-20"), 0),
        (story.time("2026-02-01"), 1),
        (story.time("2026-03-01"), 1),
        (story.time("2026-04-01"), 0),
    ]
    assert {sheet.months for sheet in (first, second, present)} == {3}
    assert story.entries("2026-04-20", "2026-04-20")[-1].why == Reason("renewed", Renewed(3))


def test_a_renewal_day_of_ones_own_steps_by_quarters():
    state = quarters(renewal_day=31).state("2026-02-01")
    assert local_day(state.zone, state.next_renewal) == date(2026, 4, 30)
    in_utc = Story("recruiter_lite", "2026-01-31 20:00", book="quarterly", zone="America/New_York")
    assert in_utc.state("2026-02-02").next_renewal == utc("2026-05-01"), "it was 1 February in UTC"
    first = Story("sales_navigator", "2026-02-10", book="quarterly", zone="America/New_York")
    assert first.state("2026-02-10").next_renewal == utc("2026-04-01")


def test_a_cancellation_at_once_goes_on_in_the_steps_of_the_free_plan():
    story = Story("sales_navigator", "2026-02-10", book="quarterly")
    assert story.state("2026-03-01").next_renewal == utc("2026-04-01")
    story.cancel("2026-03-02")
    assert story.state("2026-03-02").next_renewal == utc("2026-05-10")


def test_the_next_loss_and_grant_are_in_the_timeline_of_every_day_of_a_quarter():
    story = quarters()
    for day in range(0, 90, 7):
        at = (date(2026, 1, 20) + timedelta(days=day)).isoformat()
        reasons = [change.reason for change in story.changes(at)]
        assert reasons[:2] == ["expire", "grant"]
    story.sends(*["2026-01-21"] * 6)
    assert [change.reason for change in story.changes("2026-01-22")][:2] == ["grant", "expire"]


def test_pace_and_forecast_of_a_quarter():
    story = quarters()
    story.sends("2026-01-21", "2026-01-22")
    # Of 90 days 45 are over by the morning of 6 March; 3 of 6 would have been used by then.
    assert story.pace("2026-03-06 09:00").expected == 3
    assert story.pace("2026-03-06 09:00").status == "behind"
    assert story.pace("2026-02-25 09:00").status == "on_pace"
    found = story.forecast("2026-04-25")
    assert basis(found.basis, PLAIN_ENGLISH) == "0 sends in 6 days and 1 earlier period"


def test_credits_of_a_quarter_are_worth_three_months_price():
    price = Money(1_000, "EUR")
    assert value_of(2, price, 6, 3) == Money(1_000, "EUR")
    story = quarters()
    story.send("2026-02-01")
    closed, present, _ = sheets_of(History(story.facts, story.time("2026-05-02")), story.time("2026-05-02"))
    rows = months([*closed, present], story.zone, story.time("2026-01-01"))
    assert [value_in_month(row, row.tally.used, {"premium_business": price}) for row in rows[:2]] == [
        Money(0, "EUR"),
        Money(500, "EUR"),
    ]
    assert [row.opening for row in rows] == [0, 6, 5, 5, 6]
    warning = story.warnings("2026-04-15", price=price)["expiring"]
    assert "Worth EUR 25.00 at your price." in say(warning).detail


def test_advice_looks_at_full_quarters():
    story = quarters()
    story.change_plan("2026-02-20", "premium_career")  # a smaller number: the quarter starts anew
    assert full_periods(story_sheets(story, "2026-05-21")[:-1])[0].start == story.time("2026-02-20")
    assert enough_on(story.state("2026-05-21"), 1) == story.time("2026-11-20")
    later = story_sheets(story, "2027-02-25")[:-1]
    evaluated = full_periods(later)
    assert [sheet.months * SHORTEST_MONTH <= sheet.end - sheet.start for sheet in evaluated if sheet.end] == [True] * 4
    trial = try_plan(story.state("2027-02-25"), "premium_business", evaluated, story.facts)
    assert trial.months == 12
    assert trial.lost == 4 * 6


def test_the_calendar_of_a_quarter():
    story = quarters()
    now = "2026-01-21"
    events = agenda(story.state(now), story.time(now), story.changes(now))
    assert [(event.day, event.kind) for event in events][:3] == [
        (date(2026, 4, 13), "last_week"),
        (date(2026, 4, 19), "expire"),
        (date(2026, 4, 20), "renewal"),
    ]


def test_a_returned_credit_is_cut_by_the_cap_where_the_book_says_so():
    story = quarters()
    inmail = story.send("2026-02-01")
    story.observe("2026-02-02", 6)
    story.outcome("2026-02-03", inmail)
    assert story.journal("2026-02-03", "2026-02-03") == [("credit_back", 1, 7), ("forfeit", -1, 6)]
    uncapped = Story("premium_career", "2026-01-20", book="rolling", cap=5)
    inmail = uncapped.send("2026-02-01")
    uncapped.observe("2026-02-02", 5)
    uncapped.outcome("2026-02-03", inmail)
    assert uncapped.balance("2026-02-04") == 6


def test_credits_live_as_the_chosen_book_says_where_both_end_them_with_a_period():
    story = Story("premium_business", "2026-01-20", zone="Europe/Berlin")
    story.choose("2026-01-25", "quarterly")
    assert [lot.expires_at for lot in story.state("2026-01-26").lots] == [story.time("2026-04-20")]


@given(histories(most=12), st.data())
def test_the_next_loss_is_in_sight_while_there_is_anything_to_lose(history: History, data: st.DataObject):
    now = data.draw(st.sampled_from([*history.instants(), history.end]))
    state = replay(history.facts, now).state
    found = timeline(state, now)
    if state.balance:
        assert any(change.reason in LOSSES for change in found)
    if allotment_of(state) and not state.cancel_pending:
        assert any(change.reason == "grant" for change in found)


@st.composite
def any_book(draw: st.DrawFn) -> str:
    """A file as `quarterly`, with any rules that a book can have."""
    data = tomllib.loads(TEXTS["quarterly"])
    for product in ("premium", "sales_navigator", "recruiter"):
        data["renewal"][product] = {
            "months": draw(st.sampled_from([1, 2, 3, 6])),
            "day": draw(st.sampled_from(["first", "own"])),
            "zone": draw(st.sampled_from(["account", "utc"])),
        }
    words = {"text": "Made up", "source": "Made up"}
    hours = draw(st.sampled_from([None, 500, 2160]))
    data["lot_life"] = words | ({"ends": "after_hours", "hours": hours} if hours else {"ends": "period_end"})
    for change in ("upgrade", "downgrade"):
        restart = draw(st.booleans())
        grant = "at_once" if restart else draw(st.sampled_from(["at_once", "at_renewal"]))
        data[change] = words | {"void": draw(st.booleans()), "grant": grant, "restart_cycle": restart}
    data["cancel"]["takes_effect"] = draw(st.sampled_from(["at_once", "at_renewal"]))
    data["credit_back"]["cap_applies"] = draw(st.booleans())
    if draw(st.booleans()):
        del data["credit_back"]
    return file_of(data)


@given(any_book(), histories(most=15, books=("quarterly", "quarterly", "month_end")))
def test_any_book_is_replayed_as_the_naive_ledger_has_it(text: str, history: History):
    with Changed("quarterly", text):
        for until in [*history.instants()[::4], history.end]:
            assert_agrees(history.facts, until)


@given(any_book(), histories(CHANGES_OF_THE_ACCOUNT, most=10, books=("quarterly", "quarterly", "month_end")))
def test_any_book_gives_the_same_sheets_from_any_period_on(text: str, history: History):
    with Changed("quarterly", text):
        assert_the_same_from_any_period_on(history)
        assert_they_add_up_by_month(history)


# Other books that could hold what LinkedIn showed


def test_of_three_books_the_closest_that_can_hold_the_number_is_offered():
    story = Story("sales_navigator", "2026-04-15")
    story.observe("2026-05-10", 60)
    fits = fitting_books(story.state("2026-05-10"))
    assert [(fit.book.id, fit.max_balance) for fit in fits] == [("quarterly", 80), ("rolling", 150)]
    assert "“Credits come every quarter”" in say(story.warnings("2026-05-10")["wrong_book"]).detail
    story.observe("2026-05-11", 81)
    assert [fit.book.id for fit in fitting_books(story.state("2026-05-11"))] == ["rolling"]
    story.observe("2026-05-12", 151)
    assert fitting_books(story.state("2026-05-12")) == []
    assert "Perhaps" not in say(story.warnings("2026-05-12")["wrong_book"]).detail


def test_none_is_offered_while_the_number_fits_and_none_that_lacks_the_plan():
    fitting = Story("sales_navigator", "2026-04-15")
    fitting.observe("2026-05-10", 25)
    assert fitting_books(fitting.state("2026-05-10")) == []
    contract = Story("recruiter", "2026-04-15", book="quarterly", allotment=10)
    contract.observe("2026-04-20", 21)
    assert [(fit.book.id, fit.max_balance) for fit in fitting_books(contract.state("2026-04-20"))] == [("rolling", 40)]


def test_the_accounts_own_book_is_none_to_offer():
    # given a downgrade that voided all credits, and a credit at LinkedIn all the same
    story = Story("sales_navigator", "2026-02-01")
    story.change_plan("2026-02-05", "premium_career")
    story.observe("2026-02-06", 1)
    assert [fit.book.id for fit in fitting_books(story.state("2026-02-06"))] == ["quarterly", "rolling"]


def test_a_book_that_needs_a_number_of_the_contract_is_none_to_offer_without_one():
    at = utc("2026-04-15")
    assert books_allowing(0, "recruiter", Terms("month_end"), "UTC", at) == []
    assert [fit.book.id for fit in books_allowing(0, "recruiter", Terms("month_end", 9), "UTC", at)] == [
        "quarterly",
        "rolling",
    ]


def test_the_smallest_limit_comes_first_and_a_book_without_one_last():
    unlimited = TEXTS["rolling"].replace("\ncap = 15\n", "\n", 1)
    with Changed("rolling", unlimited):
        found = books_allowing(0, "premium_career", Terms("month_end"), "UTC", utc("2026-02-01"))
        assert [(fit.book.id, fit.max_balance) for fit in found] == [
            ("month_end", 5),
            ("quarterly", 5),
            ("rolling", None),
        ]


# Files


def leaves(table: dict, path: tuple = ()) -> list[tuple]:
    """The path of every key in a file, tables and their keys."""
    found = []
    for key, value in table.items():
        found.append((*path, key))
        if isinstance(value, dict):
            found += leaves(value, (*path, key))
        elif isinstance(value, list):
            for place, entry in enumerate(value):
                found += leaves(entry, (*path, key, place))
    return found


def written(data: object) -> str:
    """A value of a file as an inline value of TOML."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key} = {written(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(written(value) for value in data) + "]"
    return str(data) if isinstance(data, date) else json.dumps(data, ensure_ascii=False)


def file_of(data: dict) -> str:
    return "\n".join(f"{key} = {written(value)}" for key, value in data.items())


def tables(data: object, path: tuple = ()) -> list[tuple]:
    """The path of every table of a file, the file itself included."""
    if isinstance(data, list):
        return [found for place, entry in enumerate(data) for found in tables(entry, (*path, place))]
    if not isinstance(data, dict):
        return []
    return [path, *(found for key, value in data.items() for found in tables(value, (*path, key)))]


def inside(data: dict, path: tuple) -> dict:
    for key in path:
        data = data[key]
    return data


@pytest.mark.parametrize("book", TEXTS)
def test_an_unknown_key_anywhere_is_refused_with_the_file_and_the_key(book: str):
    data = tomllib.loads(TEXTS[book])
    assert read_book(f"{book}.toml", file_of(data)).plans == third_book.BOOKS[book].plans
    for path in tables(data):
        if path == ("plans",):
            continue  # a key there is a plan
        changed = tomllib.loads(TEXTS[book])
        inside(changed, path)["alotment"] = 5
        with pytest.raises(BadBook, match=rf"^{book}\.toml: (.*[.\]])?alotment: unknown_key$"):
            read_book(f"{book}.toml", file_of(changed))


@pytest.mark.parametrize("book", TEXTS)
def test_every_key_of_a_file_is_needed_or_makes_a_difference(book: str):
    data = tomllib.loads(TEXTS[book])
    known = read_book(f"{book}.toml", TEXTS[book])
    for path in leaves(data):
        changed = tomllib.loads(TEXTS[book])
        del inside(changed, path[:-1])[path[-1]]
        try:
            found = read_book(f"{book}.toml", file_of(changed))
        except BadBook:
            continue
        assert replace(found, fingerprint="") != replace(known, fingerprint=""), path


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('id = "rolling"', 'id = "other"', "id"),
        ('title = "Unused credits carry over"', "title = 5", "title"),
        ("allotment = 5", "allotment = -5", r"plans.premium_career.numbers\[0\].allotment"),
        ("allotment = 5", "allotment = 5.5", r"plans.premium_career.numbers\[0\].allotment"),
        ("allotment = 5", "allotment = true", r"plans.premium_career.numbers\[0\].allotment"),
        ("cap = 15", "cap = 15\ncap_allotments = 3", r"plans.premium_career.numbers\[0\].cap_allotments"),
        ("allotment = 5", "allotment = 5\nfrom = 2026-01-01", r"plans.premium_career.numbers\[0\].from"),
        ('product = "premium"', 'product = "talent"', "plans.basic.product"),
        ("plans.basic", "plans.free", "plans.basic"),
        ("months = 1", "months = 0", "renewal.premium.months"),
        ('months = 1\nday = "first"', 'months = 5\nday = "first"', "renewal.sales_navigator.months"),
        ('day = "own"', 'day = "last"', "renewal.premium.day"),
        ('zone = "utc"', 'zone = "Europe/Berlin"', "renewal.sales_navigator.zone"),
        ('ends = "after_hours"', 'ends = "period_end"', "lot_life.hours"),
        ("cap_applies = false", 'cap_applies = "no"', "credit_back.cap_applies"),
        ('grant = "at_once"', 'grant = "at_renewal"', "upgrade.grant"),
        ("[upgrade]", "[upgrades]", "upgrade"),
    ],
)
def test_an_impossible_value_is_refused_with_the_file_and_the_key(old: str, new: str, key: str):
    assert old in TEXTS["rolling"]
    text = TEXTS["rolling"].replace(old, new) if "plans.basic" in old else TEXTS["rolling"].replace(old, new, 1)
    with pytest.raises(BadBook, match=rf"^rolling\.toml: {key}: "):
        read_book("rolling.toml", text)


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ("[[plans.premium_career.numbers]]\nallotment = 6\nsource = 'x'\n", r"numbers\[1\].from: missing"),
        (
            "[[plans.premium_career.numbers]]\nfrom = 2027-01-01T00:00:00Z\nallotment = 6\nsource = 'x'\n",
            r"numbers\[1\].from: not_a_date",
        ),
        (
            "[[plans.premium_career.numbers]]\nfrom = 2027-01-01\nsource = 'x'\n",
            "numbers: allotment_in_some_entries_only",
        ),
        (
            "[[plans.premium_career.numbers]]\nfrom = 2027-01-01\nallotment = 6\nsource = 'x'\n" * 2,
            "numbers: not_in_order_of_days",
        ),
    ],
)
def test_entries_that_do_not_follow_one_another_are_refused(entries: str, why: str):
    with pytest.raises(BadBook, match=rf"^month_end\.toml: plans\.premium_career\.{why}"):
        read_book("month_end.toml", TEXTS["month_end"] + "\n" + entries)


def test_a_file_that_is_no_toml_is_refused_with_its_name():
    with pytest.raises(BadBook, match=r"^broken\.toml: "):
        read_book("broken.toml", "id = ")


def test_what_is_read_from_a_file_is_used_somewhere():
    used = set()
    for file in CODE.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and type(node.ctx) is ast.Load}
    for kind in (books.RuleBook, books.Plan, books.Numbers, books.Renewal, books.ChangeRule, books.CreditBack):
        assert {each.name for each in fields(kind)} <= used


def test_no_code_asks_for_a_rule_book_by_its_name():
    """Beside the named default. Tables of wording are asked by a book's id, and have its file's words for any other;
    the demo is data.
    """
    for file in CODE.rglob("*.py"):
        if file.name == "demo.py" or file.name.endswith("_words.py"):
            continue
        nodes = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Constant)]
        named = [node.lineno for node in nodes if node.value in ("month_end", "rolling")]
        allowed = {"books.py": 1, "accounts.py": 1 if file.parent.name == "api" else 0}.get(file.name, 0)
        assert len(named) == allowed, f"{file}: lines {named}"


def test_the_default_book_is_one_of_the_package_and_comes_first():
    shipped = books.read_books(SHIPPED)
    assert list(shipped) == [books.DEFAULT_BOOK, "rolling"]
    assert [book.default for book in shipped.values()] == [True, False]
