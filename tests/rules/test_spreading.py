"""Spreading keeps its promises. In small worlds its plan is compared with every plan there could be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from inkeeper.rules.facts import Fact, Sent
from inkeeper.rules.periods import day_start
from inkeeper.rules.replay import cap_of, replay
from inkeeper.rules.spreading import Candidate, Credits, Plan, credits_ahead, find_held, spread
from inkeeper.rules.timeline import Change, timeline
from tests.rules import naive_spreading as naive
from tests.rules.histories import INSTANT, History, histories
from tests.rules.story import MONDAY_TO_FRIDAY, Story

TODAY = date(2026, 11, 26)  # a Thursday
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
FEW_DAYS = 5


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def people(number: int, **common: object) -> list[Candidate]:
    return [Candidate(f"t{n}", f"p{n}", **common) for n in range(number)]  # type: ignore[arg-type]


def credits_of(*buckets: tuple[int, int | None, int]) -> list[Credits]:
    return [Credits(day(first), None if last is None else day(last), count) for first, last, count in buckets]


def loads(plan: Plan) -> list[int]:
    """How many are planned for each day from today to the last one with any."""
    counts = Counter((when - TODAY).days for _, when in plan.placed)
    return [counts[number] for number in range(max(counts, default=-1) + 1)]


# Small worlds, in which every plan can be tried.


class Small:
    """What is planned in a small world, and the same for the naive model."""

    def __init__(self, draw: st.DrawFn) -> None:
        some = st.sampled_from([None, None, None, None, -1, 0, 1, 2, 3, 4, 6])
        self.credits = self._credits(draw)
        self.working = draw(st.sampled_from([EVERY_DAY] * 4 + [MONDAY_TO_FRIDAY, (2, 4), ()]))
        self.start, self.end = draw(st.sampled_from([(0, 4)] * 5 + [(0, 5), (1, 4), (2, 2), (-3, 3)]))
        self.per_day = draw(st.sampled_from([None, None, None, 1, 1, 2, 2, 0]))
        self.budgets = draw(st.sampled_from([{}] * 4 + [{"A": 1}, {"A": 0, "B": 2}]))
        self.taken = draw(st.sampled_from([[]] * 3 + [[0], [1, 1], [-1, 2], [4]]))
        units = naive.unit_credits(self.credits, TODAY)
        served = naive.held_until(sorted(max(when, 0) for when in self.taken), units)
        self.served = [when for when in served if when is not None]
        self.candidates = []
        for n in range(draw(st.sampled_from([1, 3, 4, 4, 4]))):
            person = draw(st.sampled_from([f"p{n}"] * 9 + ["p0"]))
            block = draw(st.sampled_from([None] * 18 + ["do_not_contact", "already_planned"]))
            dates = [None if it is None else day(it) for it in (draw(some), draw(some), draw(some))]
            campaign = draw(st.sampled_from([None, "A", "B"]))
            self.candidates.append(Candidate(f"t{n}", person, *dates, campaign, block))

    @staticmethod
    def _credits(draw: st.DrawFn) -> list[Credits]:
        """As `credits_ahead` gives them: of two, the one that comes later does not end earlier."""
        number = draw(st.sampled_from([1, 2, 2, 3, 3]))
        firsts = sorted(draw(st.sampled_from([0, 0, 0, 1, 2, 3, FEW_DAYS])) for _ in range(number))
        lasts = sorted(draw(st.sampled_from([0, 1, 2, 3, 4, FEW_DAYS + 1, naive.FOREVER])) for _ in range(number))
        return [
            Credits(day(first), None if last == naive.FOREVER else day(last), draw(st.sampled_from([1, 1, 2, 3])))
            for first, last in zip(firsts, lasts, strict=True)
            if first <= last
        ]

    def plan(self) -> Plan:
        return spread(
            self.candidates,
            self.credits,
            TODAY,
            self.working,
            first=day(self.start),
            until=day(self.end),
            per_day=self.per_day,
            budgets=self.budgets,
            taken=Counter(day(when) for when in self.taken),
        )

    def world(self) -> naive.World:
        units = naive.unit_credits(self.credits, TODAY)
        left = naive.left_after(self.served, units)
        assert left is not None
        counting = naive.counting_days(self.start, self.end, self.working, TODAY, left)
        return naive.World(units, self.served, counting, self.per_day)

    def wishes(self) -> list[naive.Wish]:
        def number(when: date | None, otherwise: int) -> int:
            return otherwise if when is None else (when - TODAY).days

        return [
            naive.Wish(
                one.id,
                one.person,
                None if one.due is None else (one.due - TODAY).days,
                number(one.earliest, -naive.FOREVER),
                number(one.latest, naive.FOREVER),
                one.campaign,
                one.block,
            )
            for one in self.candidates
        ]

    def __repr__(self) -> str:
        return f"Small({vars(self)})"


small_worlds = st.composite(lambda draw: Small(draw))()


@settings(max_examples=300)
@given(small_worlds)
def test_in_small_worlds_the_plan_is_the_best_of_all_plans(small: Small):
    # given
    plan, world = small.plan(), small.world()
    chosen, refused = naive.choose(world, small.wishes(), small.budgets)
    # then the people who are placed, and why the others are not
    assert {name for name, _ in plan.placed} == set(chosen)
    assert dict(plan.not_placed) == refused
    # then each on a day that suits
    placed = {name: (when - TODAY).days for name, when in plan.placed}
    windows = list(chosen.values())
    days = [placed[name] for name in chosen]
    possible = dict(world.plans(windows))
    assert tuple(days) in possible
    # then no plan of the same people loses fewer credits up to any day
    lost = naive.lost_by_day(possible[tuple(days)])
    fewest = [min(column) for column in zip(*(naive.lost_by_day(left) for left in possible.values()), strict=True)]
    assert lost == fewest
    # then no plan that loses as few is more even
    even = {it for it, left in possible.items() if naive.lost_by_day(left) == fewest}
    assert squares(days, small.served) == min(squares(it, small.served) for it in even)
    # then the days are given out in order
    assert days == naive.assign_by_hand(days, windows)


def squares(days: list[int] | tuple[int, ...], taken: list[int]) -> int:
    """The smaller, the more even."""
    return sum(load * load for load in Counter([*days, *taken]).values())


@given(small_worlds)
def test_a_due_day_never_costs_a_credit(small: Small):
    # given the same people, free to be planned after their due day
    plan, world = small.plan(), small.world()
    chosen, _ = naive.choose(world, small.wishes(), small.budgets)
    own_days = {wish.name: wish.days for wish in small.wishes()}
    for wish in small.wishes():
        own_days[wish.name] = [it for it in world.counting if wish.earliest <= it <= wish.latest]
    # then
    left = naive.left_after([*((when - TODAY).days for _, when in plan.placed), *small.served], world.credits)
    assert left is not None
    for _, other in world.plans([own_days[name] for name in chosen]):
        assert all(a <= b for a, b in zip(naive.lost_by_day(left), naive.lost_by_day(other), strict=True))


# What credits there will be.


def test_credits_of_a_month_end_are_usable_to_its_last_day():
    story = Story("premium_career", "2026-11-01", zone="America/New_York")
    story.sends("2026-11-03", "2026-11-04")
    now = story.time("2026-11-26 09:00")
    ahead = credits_ahead(3, story.changes("2026-11-26 09:00"), "America/New_York", now)
    assert ahead[:2] == [
        Credits(TODAY, date(2026, 11, 30), 3),
        Credits(date(2026, 12, 1), date(2026, 12, 31), 5),
    ]
    # The horizon ends within February, so its credits have no end in sight.
    assert ahead[-1] == Credits(date(2027, 2, 1), None, 5)


def test_what_a_grant_would_lift_over_the_cap_is_to_be_used_before_it():
    # E10: 14 left at the renewal, cap 15, grant 5, of which 4 are forfeited.
    story = Story("premium_career", "2026-01-15", book="rolling")
    story.observe("2026-01-20", 14)
    story.send("2026-01-15 10:00")
    changes = story.changes("2026-02-10")
    assert [(it.reason, it.credits) for it in changes[:2]] == [("grant", 5), ("forfeit", -4)]
    ahead = credits_ahead(14, changes, "UTC", story.time("2026-02-10"), cap=15)
    assert ahead[0] == Credits(date(2026, 2, 10), date(2026, 2, 14), 4)


def test_a_grant_that_is_all_over_the_cap_is_not_counted_on_while_the_balance_is_over_it():
    # given 17 credits where 15 are kept: the first two used make no room for new ones
    story = Story("premium_career", "2026-01-15", book="rolling")
    story.observe("2026-01-20", 17)
    changes, now = story.changes("2026-02-10"), story.time("2026-02-10")
    assert [(it.reason, it.credits) for it in changes[:2]] == [("grant", 5), ("forfeit", -5)]
    in_february = [it for it in credits_ahead(17, changes, "UTC", now, cap=15) if it.first == date(2026, 2, 15)]
    assert in_february == []


def test_credits_that_are_lost_as_they_come_are_none():
    at, now = day_start("UTC", day(3)), day_start("UTC", day(0))
    changes = [Change(at, "grant", 5, 5, "renewal"), Change(at, "forfeit", -5, 0, "cap")]
    assert credits_ahead(0, changes, "UTC", now) == []


def test_answers_are_not_counted_on():
    story = Story("premium_career", "2026-01-01", book="rolling")
    story.send("2026-01-10")
    changes = story.changes("2026-01-10 12:00")
    back = changes[0]._replace(at=story.time("2026-01-12"), reason="credit_back", credits=1)
    now = story.time("2026-01-10 12:00")
    assert credits_ahead(4, [back, *changes], "UTC", now) == credits_ahead(4, changes, "UTC", now)


@settings(max_examples=60)
@given(histories(), st.data())
def test_1_a_plan_that_is_carried_out_never_lacks_a_credit(history: History, data: st.DataObject):
    # given an account at any time
    now = data.draw(st.sampled_from([at for at in history.instants() if at.microsecond == 0]))
    facts: list[Fact] = [fact for fact in history.facts if fact.at <= now]
    state = replay(facts, now).state
    changes = timeline(state, now)
    today = now.astimezone(ZoneInfo(state.zone)).date()
    ahead = credits_ahead(state.balance, changes, state.zone, now, cap=cap_of(state))
    # when more people than credits are planned, and all are written to on their days
    limits = st.builds(lambda n: today + timedelta(days=n), st.integers(0, 95))
    candidates = [
        Candidate(f"t{n}", f"p{n}", *data.draw(st.tuples(*[st.one_of(st.none(), limits)] * 3)))
        for n in range(data.draw(st.integers(0, 40)))
    ]
    plan = spread(candidates, ahead, today, data.draw(st.sampled_from([EVERY_DAY, MONDAY_TO_FRIDAY, ()])))
    uses = sorted((when - today).days for _, when in plan.placed)
    sends = send_times(uses, ahead, state.zone, now)
    facts += [Sent(f"s{number:03}", at, 1) for number, at in enumerate(sends)]
    # then the ledger never places a credit that was missing
    journal = replay(facts, now + timedelta(days=120)).journal
    assert [entry for entry in journal if entry.at > now and entry.kind == "adjust"] == []


def send_times(uses: list[int], ahead: list[Credits], zone: str, now: datetime) -> list[datetime]:
    """An instant for each InMail: credits that are lost first go first, those of a day that loses some at its start."""
    today = now.astimezone(ZoneInfo(zone)).date()
    credits = naive.unit_credits(ahead, today)
    found = []
    for number, use in enumerate(uses):
        left, rest = naive.left_after(uses[:number], credits), naive.left_after(uses[: number + 1], credits)
        assert left is not None
        assert rest is not None
        (credit,) = Counter(left) - Counter(rest)
        start = max(day_start(zone, today + timedelta(days=use)), now + INSTANT)
        end = day_start(zone, today + timedelta(days=use + 1)) - INSTANT
        came_before = credit[0] == 0 or credit[0] < use
        found.append(start if came_before and credit[1] == use else end)
    return found


# Larger plans.

FAR = st.integers(-2, 95)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Credits]:
    """Credits as `credits_ahead` gives them, over the whole horizon."""
    firsts = sorted([0, *draw(st.lists(st.integers(0, 92), max_size=4))])
    lasts = sorted(draw(st.lists(st.integers(0, 120), min_size=len(firsts), max_size=len(firsts))))
    return [
        Credits(day(first), None if last > 92 else day(last), draw(st.integers(0, 25)))
        for first, last in zip(firsts, lasts, strict=True)
        if first <= last
    ]


@st.composite
def lists_of_candidates(draw: st.DrawFn) -> list[Candidate]:
    """People of a few campaigns, some with days of their own."""
    found = []
    for n in range(draw(st.integers(0, 30))):
        due, earliest, latest = (day(it) if it > 0 else None for it in draw(st.tuples(FAR, FAR, FAR)))
        kind = draw(st.integers(0, 5))
        dates = [(None, None, None), (due, None, None), (None, earliest, None), (due, None, latest)][max(kind - 2, 0)]
        block = draw(st.sampled_from([None] * 9 + ["do_not_contact", "written_recently", "already_planned"]))
        found.append(Candidate(f"t{n}", f"p{draw(st.integers(0, 200))}", *dates, draw(st.sampled_from("ABC")), block))
    return found


@st.composite
def larger_worlds(draw: st.DrawFn) -> dict:
    return {
        "candidates": draw(lists_of_candidates()),
        "credits": draw(ledgers()),
        "working_days": draw(st.sampled_from([EVERY_DAY, MONDAY_TO_FRIDAY, (3,), ()])),
        "first": draw(st.one_of(st.none(), FAR.map(day))),
        "until": draw(st.one_of(st.none(), FAR.map(day))),
        "per_day": draw(st.one_of(st.none(), st.integers(0, 4))),
        "budgets": draw(st.dictionaries(st.sampled_from("ABC"), st.integers(0, 12))),
    }


@given(larger_worlds(), st.lists(st.integers(-3, 92), max_size=20))
def test_1_on_no_day_are_more_planned_than_credits_will_be_there(world: dict, taken: list[int]):
    # given others planned before, who may lack credits themselves
    units = naive.unit_credits(world["credits"], TODAY)
    served = [it for it in naive.held_until(sorted(max(it, 0) for it in taken), units) if it is not None]
    # when
    plan = spread(today=TODAY, **world, taken=Counter(day(it) for it in taken))
    # then
    assert naive.left_after([*served, *((when - TODAY).days for _, when in plan.placed)], units) is not None


@given(larger_worlds())
def test_4_limits_of_people_campaigns_and_days_are_kept(world: dict):
    plan = spread(today=TODAY, **world)
    by_id = {one.id: one for one in world["candidates"]}
    placed = [(by_id[name], when) for name, when in plan.placed]
    for one, when in placed:
        assert one.block is None
        assert (one.earliest or day(0)) <= when <= (one.latest or day(92))
        assert max(world["first"] or TODAY, TODAY) <= when <= min(world["until"] or day(92), day(92))
    assert len({one.person for one, _ in placed}) == len(placed)
    for campaign, number in Counter(one.campaign for one, _ in placed).items():
        assert number <= world["budgets"].get(campaign, 60)
    if world["per_day"] is not None:
        assert max(loads(plan), default=0) <= world["per_day"]
    # then everyone is in one of the two lists, in the order of the candidates
    order = [one.id for one in world["candidates"]]
    names = [name for name, _ in plan.placed], [name for name, _ in plan.not_placed]
    assert sorted(names[0] + names[1]) == sorted(order)
    assert all(part == sorted(part, key=order.index) for part in names)


@given(larger_worlds())
def test_5_planning_again_moves_nobody_and_places_nobody_else(world: dict):
    # given a plan
    plan = spread(today=TODAY, **world)
    # when it is made again with what was planned
    placed = dict(plan.placed)
    again = [one._replace(block="already_planned") if one.id in placed else one for one in world["candidates"]]
    by_id = {one.id: one for one in again}
    spent = Counter(by_id[name].campaign for name in placed)
    budgets = {campaign: left - spent[campaign] for campaign, left in world["budgets"].items()}
    taken = Counter(placed.values())
    second = spread(today=TODAY, **world | {"candidates": again, "budgets": budgets}, taken=taken)
    # then
    assert second.placed == []


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.sampled_from([EVERY_DAY, MONDAY_TO_FRIDAY]))
def test_3_between_two_losses_the_days_lie_on_a_straight_line(now: int, length: int, later: int, working: tuple):
    # given credits lost after `length` days, and others that come then and stay
    plan = spread(people(now + later), credits_of((0, length - 1, now), (length, 92, later)), TODAY, working)
    counts = Counter((when - TODAY).days for _, when in plan.placed)
    for start, end, number in ((0, length, now), (length, 93, later)):
        days = [it for it in range(start, end) if day(it).isoweekday() in working] or list(range(start, end))
        so_far = [sum(counts[it] for it in days[: place + 1]) for place in range(len(days))]
        # then after i of m days the i-th part of the way is gone, rounded up
        assert so_far == [-(-number * (place + 1) // len(days)) for place in range(len(days))]


@given(larger_worlds())
def test_3_of_two_who_could_change_days_the_first_in_order_has_the_earlier_one(world: dict):
    plan = spread(today=TODAY, **world)
    placed = dict(plan.placed)
    order = {one.id: (one.due is None, max(one.due or TODAY, TODAY), n) for n, one in enumerate(world["candidates"])}
    people_placed = [one for one in world["candidates"] if one.id in placed]

    def suits(one: Candidate, when: date) -> bool:
        in_time = one.due is None or when <= max(one.due, TODAY) or placed[one.id] > max(one.due, TODAY)
        return in_time and (one.earliest or TODAY) <= when <= (one.latest or day(92))

    for one in people_placed:
        for other in people_placed:
            if order[one.id] < order[other.id] and placed[one.id] > placed[other.id]:
                assert not (suits(one, placed[other.id]) and suits(other, placed[one.id]))


def test_the_plan_is_the_same_in_every_process():
    program = """
import random, sys
from tests.benchmarks.spreading import mixed_list
from inkeeper.rules.spreading import spread
print(spread(**mixed_list(400)))
"""
    found = set()
    for seed in ("0", "1", "4711"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", program]
        found.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(found) == 1
    assert "placed=[(" in found.pop()


# Single cases.


def test_few_people_use_the_credits_that_are_lost_first():
    plan = spread(people(3), credits_of((0, 4, 9), (5, 35, 25)), TODAY, MONDAY_TO_FRIDAY)
    # Thursday, Friday and Monday are left.
    assert plan.placed == [("t0", day(0)), ("t1", day(1)), ("t2", day(4))]


def test_the_days_of_a_weekend_count_where_credits_are_lost_after_it():
    # given a Saturday on which two credits are left until Sunday night
    plan = spread(people(4), [Credits(day(2), day(3), 2), Credits(day(4), None, 2)], day(2), MONDAY_TO_FRIDAY)
    assert [when for _, when in plan.placed[:2]] == [day(2), day(3)]
    assert all(when.isoweekday() in MONDAY_TO_FRIDAY for _, when in plan.placed[2:])


def test_a_due_day_goes_first_and_one_in_the_past_counts_as_today():
    candidates = [
        Candidate("plain", "p1"),
        Candidate("friday", "p2", due=day(1)),
        Candidate("overdue", "p3", due=day(-5)),
    ]
    plan = spread(candidates, credits_of((0, 40, 3)), TODAY, EVERY_DAY)
    assert dict(plan.placed)["overdue"] == TODAY
    assert dict(plan.placed)["friday"] <= day(1) < dict(plan.placed)["plain"]


def test_a_due_day_that_cannot_be_kept_still_gets_a_place():
    plan = spread([Candidate("t", "p", due=day(2))], credits_of((10, 40, 1)), TODAY, EVERY_DAY)
    assert plan.placed == [("t", day(10))]


def test_the_first_of_two_days_does_not_take_the_only_day_of_another():
    # Without looking ahead, the first would use the credit that only the second can use.
    candidates = [Candidate("any", "p1"), Candidate("today", "p2", latest=day(0))]
    plan = spread(candidates, credits_of((0, 0, 1), (1, 9, 1)), TODAY, EVERY_DAY)
    assert plan == Plan([("any", day(1)), ("today", day(0))], [])


def test_one_moves_to_an_earlier_day_so_that_another_uses_a_credit_that_is_lost_first():
    # given one more credit for the first day, and no room on the second for the one who comes last
    candidates = [
        Candidate("first", "p1", latest=day(1)),
        Candidate("second", "p2", earliest=day(1), latest=day(1)),
        Candidate("third", "p3", earliest=day(1)),
    ]
    plan = spread(candidates, credits_of((0, 1, 4), (2, 9, 5)), TODAY, EVERY_DAY, per_day=2, taken={TODAY: 1})
    assert plan.placed == [("first", day(0)), ("second", day(1)), ("third", day(1))]


def test_a_full_day_is_evened_out_with_credits_that_last_longer():
    # given three credits for today alone, and one who can only be written to today
    candidates = [*people(3), Candidate("today", "p", latest=day(0))]
    plan = spread(candidates, credits_of((0, 0, 3), (0, 5, 9)), TODAY, EVERY_DAY)
    assert loads(plan) == [3, 1]


def test_each_refusal_has_its_code():
    candidates = [
        Candidate("first", "kai"),
        Candidate("second", "kai", campaign="B"),
        Candidate("blocked", "lena", block="do_not_contact"),
        Candidate("over", "mia", campaign="A"),
        Candidate("past", "nils", latest=day(-1)),
        Candidate("full", "olga", latest=day(0)),
        Candidate("none", "pia", earliest=day(50)),
    ]
    plan = spread(
        candidates,
        credits_of((0, 9, 5)),
        TODAY,
        EVERY_DAY,
        until=day(60),
        per_day=1,
        budgets={"A": 0},
        taken={TODAY: 1},
    )
    assert [name for name, _ in plan.placed] == ["first"]
    assert plan.not_placed == [
        ("second", "already_planned"),
        ("blocked", "do_not_contact"),
        ("over", "over_budget"),
        ("past", "outside_campaign"),
        ("full", "per_day"),
        ("none", "no_credit"),
    ]


def test_the_second_of_a_person_has_the_code_of_the_first_that_is_not_placed():
    candidates = [Candidate("first", "kai"), Candidate("second", "kai")]
    assert spread(candidates, [], TODAY, EVERY_DAY).not_placed == [("first", "no_credit"), ("second", "no_credit")]


def test_a_person_who_is_planned_already_is_not_planned_by_another_target():
    candidates = [Candidate("new", "kai"), Candidate("old", "kai", block="already_planned")]
    plan = spread(candidates, credits_of((0, 9, 5)), TODAY, EVERY_DAY)
    assert plan.not_placed == [("new", "already_planned"), ("old", "already_planned")]


def test_with_no_inmail_a_day_the_limit_is_the_reason():
    assert spread(people(1), credits_of((0, 9, 5)), TODAY, EVERY_DAY, per_day=0).not_placed == [("t0", "per_day")]


def test_without_working_days_all_days_count():
    assert loads(spread(people(7), credits_of((0, 6, 7)), TODAY, ())) == [1] * 7


# Held.

planned_lists = st.lists(st.integers(-2, FEW_DAYS + 2), max_size=6)


@given(small_worlds, planned_lists)
def test_held_are_those_whose_credit_comes_later(small: Small, planned: list[int]):
    # given
    units = naive.unit_credits(small.credits, TODAY)
    found = find_held([(f"t{n}", day(it)) for n, it in enumerate(planned)], small.credits, TODAY)
    # then as the naive model says
    days = [max(it, 0) for it in planned]
    expected = naive.held_until(days, units)
    assert found == {f"t{n}": None if it is None else day(it) for n, it in enumerate(expected) if it != days[n]}
    # then everyone has a credit on the day, new or planned
    uses = [(found.get(f"t{n}", day(it)), it) for n, it in enumerate(days)]
    assert naive.left_after([(when - TODAY).days for when, _ in uses if when is not None], units) is not None
    assert all(when is None or when > day(it) for when, it in uses if when != day(it))


@given(st.lists(st.integers(0, 6), max_size=8), st.integers(0, 8))
def test_the_last_in_the_order_are_held(planned: list[int], balance: int):
    # given one balance until new credits come on day 7
    found = find_held(
        [(f"t{n}", day(it)) for n, it in enumerate(planned)], credits_of((0, 20, balance), (7, None, 3)), TODAY
    )
    # then the last are held, and three of them until the new credits
    last = [f"t{n}" for n in range(balance, len(planned))]
    assert found == {name: day(7) if n < 3 else None for n, name in enumerate(last)}


def test_the_held_go_before_those_planned_for_the_day():
    planned = [("first", day(7)), ("second", day(7)), ("third", day(2))]
    assert find_held(planned, credits_of((7, 20, 2), (30, None, 1)), TODAY) == {"second": day(30), "third": day(7)}


def test_a_plan_is_not_held():
    credits = credits_of((0, 4, 9), (5, 35, 25))
    plan = spread(people(30), credits, TODAY, MONDAY_TO_FRIDAY)
    assert find_held(plan.placed, credits, TODAY) == {}
