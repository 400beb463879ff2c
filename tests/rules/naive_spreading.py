"""Planning written from the rules alone: every plan there could be is tried. It shares no code with the product.

A credit is a pair (first day, last day) of numbers; `FOREVER` is the last day of one that does not end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

FOREVER = 10_000
HORIZON = 92

Credit = tuple[int, int]


def unit_credits(credits: Iterable[tuple[date, date | None, int]], today: date) -> list[Credit]:
    """Each credit by itself."""
    return [
        ((first - today).days, FOREVER if last is None else (last - today).days)
        for first, last, count in credits
        for _ in range(count)
    ]


def left_after(uses: Sequence[int], credits: Sequence[Credit]) -> list[Credit] | None:
    """The credits left when one is used on each day of `uses`, the one that is lost first; None if they fall short."""
    left = sorted(credits, key=lambda credit: credit[1])
    for day in sorted(uses):
        usable = [credit for credit in left if credit[0] <= day <= credit[1]]
        if not usable:
            return None
        left.remove(usable[0])
    return left


def lost_by_day(left: Sequence[Credit]) -> list[int]:
    """For each day how many credits are lost up to it."""
    return [sum(last <= day for _, last in left) for day in range(HORIZON + 1)]


@dataclass
class Wish:
    """Someone to write to; days are numbers from today."""

    name: str
    person: str
    due: int | None
    earliest: int
    latest: int
    campaign: str | None
    block: str | None
    days: list[int] = field(default_factory=list)


@dataclass
class World:
    """All that a plan has to keep to."""

    credits: list[Credit]
    taken: list[int]
    counting: list[int]
    per_day: int | None

    def plans(self, windows: Sequence[Sequence[int]]) -> Iterator[tuple[tuple[int, ...], list[Credit]]]:
        """Every choice of a day for each window that credits and the limit of a day allow, with the credits left."""
        for days in product(*windows):
            loads = Counter([*days, *self.taken])
            if self.per_day is not None and any(loads[day] > self.per_day for day in days):
                continue
            left = left_after([*days, *self.taken], self.credits)
            if left is not None:
                yield days, left

    def possible(self, windows: Sequence[Sequence[int]]) -> bool:
        return any(True for _ in self.plans(windows))


def counting_days(start: int, end: int, weekdays: Iterable[int], today: date, left: Iterable[Credit]) -> list[int]:
    """The days on which to write: working days, and every day for credits that see none."""
    span = range(max(start, 0), min(end, HORIZON) + 1)
    working = [day for day in span if (today + timedelta(days=day)).isoweekday() in weekdays]
    if not working:
        return list(span)
    extra = {
        day
        for first, last in left
        if not any(first <= day <= last for day in working)
        for day in span
        if first <= day <= last
    }
    return sorted({*working, *extra})


def in_line(world: World, wishes: Sequence[Wish], refused: dict[str, str]) -> list[Wish]:
    """Who may be planned, in order of precedence; the others get their code."""
    planned = {wish.person for wish in wishes if wish.block == "already_planned"}
    seen: set[str] = set()
    found = []
    for wish in wishes:
        wish.days = [day for day in world.counting if wish.earliest <= day <= wish.latest]
        if wish.block:
            refused[wish.name] = wish.block
        elif wish.person in planned:
            refused[wish.name] = "already_planned"
        elif not wish.days:
            refused[wish.name] = "outside_campaign"
        elif wish.person not in seen:
            seen.add(wish.person)
            found.append(wish)
    return sorted(found, key=lambda wish: FOREVER if wish.due is None else max(wish.due, 0))


def in_time(wish: Wish) -> list[int]:
    return [] if wish.due is None else [day for day in wish.days if day <= max(wish.due, 0)]


def choose(
    world: World, wishes: Sequence[Wish], budgets: dict[str, int]
) -> tuple[dict[str, list[int]], dict[str, str]]:
    """Who is placed with the days that suit each, in order of precedence; and a code for those who are not."""
    refused: dict[str, str] = {}
    line = in_line(world, wishes, refused)
    chosen: dict[str, list[int]] = {}
    left = Counter({wish.campaign: budgets.get(wish.campaign or "", len(wishes)) for wish in wishes})
    for wish in line:
        if left[wish.campaign] <= 0:
            refused[wish.name] = "over_budget"
            continue
        windows = [window for window in (in_time(wish), wish.days) if window]
        possible = [window for window in windows if world.possible([*chosen.values(), window])]
        if possible:
            chosen[wish.name] = possible[0]
            left[wish.campaign] -= 1
    without_limit = World(world.credits, world.taken, world.counting, None)
    for wish in line:
        if wish.name not in chosen and wish.name not in refused:
            more = without_limit.possible([*chosen.values(), wish.days])
            refused[wish.name] = "per_day" if more else "no_credit"
    for wish in wishes:
        if wish.name not in chosen and wish.name not in refused:
            other = next(it.name for it in line if it.person == wish.person)
            refused[wish.name] = "already_planned" if other in chosen else refused[other]
    return chosen, refused


def held_until(planned: Sequence[int], credits: Sequence[Credit]) -> list[int | None]:
    """For each planned day, in the order of the list, the day on which its credit is there, or None."""
    arrivals = sorted({first for first, _ in credits if first > 0})
    result: list[int | None] = [None] * len(planned)
    used: list[int] = []
    waiting: list[int] = []
    for begin, end in zip([0, *arrivals], [*arrivals, FOREVER], strict=True):
        in_line = [(number, begin) for number in waiting]
        in_line += [(number, day) for number, day in enumerate(planned) if begin <= day < end]
        waiting = []
        for number, day in in_line:
            if left_after([*used, day], credits) is None:
                waiting.append(number)
            else:
                used.append(day)
                result[number] = day
        waiting.sort()
    return result


def assign_by_hand(days: Sequence[int], windows: Sequence[Sequence[int]]) -> list[int] | None:
    """The days given out from the first on, each to the first in order who leaves the others a plan."""
    given: dict[int, int] = {}

    def fits(left_days: Sequence[int], who: Sequence[int]) -> bool:
        if not who:
            return True
        return any(
            left_days[place] in windows[who[0]] and fits([*left_days[:place], *left_days[place + 1 :]], who[1:])
            for place in range(len(left_days))
        )

    left = sorted(days)
    while left:
        day, *left = left
        for who in range(len(windows)):
            others = [other for other in range(len(windows)) if other not in given and other != who]
            if who not in given and day in windows[who] and fits(left, others):
                given[who] = day
                break
        else:
            return None
    return [given[who] for who in range(len(windows))]
