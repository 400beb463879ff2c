"""Spreading: on which day to write to whom, so that no credit is lost that could have gone to someone on the list.

How `spread` plans. Each step keeps what the steps before it decided.

1. What others have planned (`taken`) gets its credits first, as in `held`.
2. Candidates that must not be planned are set aside, each with a code. Of two candidates of one person the first stays.
3. The days that count are the working days. Credits that are left and have no working day among their days make all of
   their days count. Where the planned span has no working day at all, all of its days count.
4. One candidate after the other gets a place: those with a due day first, by that day, then in the order given. A place
   is a day that counts, suits the candidate and has room, and a credit for it. Candidates before it may have to move to
   another day that suits them, but none loses its place. The due day is kept if it can be at this point; else the
   candidate gets a place as if it had none.
5. Used credits are exchanged for unused ones that are lost earlier, people moving if need be, until no exchange is
   possible. Then up to every day as few credits are lost as the people placed allow.
6. The days are evened out: one from a fuller day moves to a day that has at least two fewer, others moving along if
   need be, until none can. `taken` counts too. So two days between the same losses differ by more than one only where
   `taken`, the days of candidates, the arrival of credits or `per_day` leave no other way.
7. The fuller days are laid evenly by the same moves: of n InMails on the m days between two losses, the first i days
   have n * i / m, rounded up. Days on which no credits can be used are left out of this.
8. The numbers of the days are final, and people are chosen for them from the first day on: in the order of step 4,
   each whom the day suits and whose choice leaves all others days that suit them.

Steps 4 and 5 look for paths in the flow of `matching`, so a limit never hides a better plan. Nothing depends on the
order of a dict or a set: the same input gives the same plan.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from inkeeper.rules.matching import NO_LIMIT, Bucket, Matching, each_day, span
from inkeeper.rules.periods import local_day
from inkeeper.rules.replay import INSTANT
from inkeeper.rules.timeline import HORIZON, Change

_DAYS = HORIZON.days + 1
"""Days that are planned: today and as far ahead as a timeline looks."""


class Credits(NamedTuple):
    """Credits of one origin: usable from local day `first` to `last` (both included; None: no end within the horizon).

    `count` hides the method of tuples, which is not used.
    """

    first: date
    last: date | None
    count: int  # type: ignore[assignment]


class Candidate(NamedTuple):
    """Someone to write to. Days are local days of the account.

    `due`: wanted on this day at the latest; a day in the past counts as today.
    `earliest`, `latest`: no other days will do (a campaign's first and last day, "later until").
    `block`: a code why it must not be planned: do_not_contact, written_recently, already_planned, outside_campaign.
    """

    id: str
    person: str
    due: date | None = None
    earliest: date | None = None
    latest: date | None = None
    campaign: str | None = None
    block: str | None = None


class Plan(NamedTuple):
    """Who is planned for which day, and who for none with a code why; both in the order of the candidates.

    The codes: the candidate's `block`; `outside_campaign` (none of the days that count lies between its earliest and
    latest); `already_planned` (so is another candidate of the same person); `over_budget`; `per_day` (credits are left,
    but the days that suit have as many InMails as a day may have); `no_credit`. A candidate whose person's first one is
    not placed has the code of that one.
    """

    placed: list[tuple[str, date]]
    not_placed: list[tuple[str, str]]


def credits_ahead(
    balance: int, changes: Sequence[Change], zone: str, now: datetime, *, cap: int | None = None
) -> list[Credits]:
    """The credits of the balance at `now` (UTC) and of the coming grants, oldest first, with the days they can be used.

    A loss of n takes the n oldest credits; the last day is the last local day on which they are still there. Credits
    that are lost at the instant they come are left out. Answers are not counted on.

    `changes` is the timeline. `cap` is the account's cap (None: unknown or none). A grant of which all is forfeited
    while the balance is over the cap does not count: not every credit used before it makes room for one of its own.
    """
    there: deque[tuple[datetime, int]] = deque([(now, balance)])
    found: list[Credits] = []
    for change in _without_useless_grants(changes, cap):
        if change.at <= now or change.reason == "credit_back":
            continue
        if change.credits > 0:
            there.append((change.at, change.credits))
            continue
        lost = -change.credits
        while lost and there:
            since, count = there.popleft()
            if count > lost:
                there.appendleft((since, count - lost))
            gone = min(count, lost)
            lost -= gone
            if gone and since < change.at:
                found.append(Credits(local_day(zone, since), local_day(zone, change.at - INSTANT), gone))
    return [*found, *(Credits(local_day(zone, since), None, count) for since, count in there if count)]


def _without_useless_grants(changes: Sequence[Change], cap: int | None) -> list[Change]:
    kept: list[Change] = []
    for change in changes:
        before = kept[-1] if kept else None
        useless = (
            cap is not None
            and change.reason == "forfeit"
            and change.balance > cap
            and before is not None
            and before.reason == "grant"
            and (before.at, before.credits) == (change.at, -change.credits)
        )
        if useless:
            kept.pop()
        else:
            kept.append(change)
    return kept


def spread(
    candidates: Sequence[Candidate],
    credits: Sequence[Credits],
    today: date,
    working_days: Collection[int],
    *,
    first: date | None = None,
    until: date | None = None,
    per_day: int | None = None,
    budgets: Mapping[str, int] = {},
    taken: Mapping[date, int] = {},
) -> Plan:
    """Plan the candidates on days from `today` (or `first`) to `until`, at most to the end of the timeline.

    `working_days` are ISO weekdays. `per_day` is the most InMails of a day, those of `taken` included. `budgets` has
    the credits that each campaign may still spend; a campaign that is missing has no limit. `taken` counts the credits
    that others have planned; a day before today counts as today. The steps are in this module's docstring.
    """
    matching = _matching(credits, today)
    days_taken = [max((day - today).days, 0) for day in sorted(taken) for _ in range(taken[day])]
    _serve(matching, days_taken, credits, today)
    start = max((first - today).days, 0) if first else 0
    end = min((until - today).days, _DAYS - 1) if until else _DAYS - 1
    counting = _counting_days(span(start, end), matching.free_days, today, working_days)
    matching.limit(NO_LIMIT if per_day is None else per_day)
    plan = _Planning(matching, today, counting, budgets)
    plan.choose(candidates)
    matching.use_oldest_first()
    matching.level()
    matching.move_towards(_even_loads(matching, counting & matching.days_with_credits, credits, today))
    days = _assign(matching.windows, plan.windows)
    return Plan(
        [(one.id, today + timedelta(days=days[number])) for number, one in enumerate(candidates) if number in days],
        [(one.id, plan.refusal_code(number)) for number, one in enumerate(candidates) if number not in days],
    )


def held(planned: Sequence[tuple[str, date]], credits: Sequence[Credits], today: date) -> dict[str, date | None]:
    """Those planned for whose day no credit will be there, with the day on which their credit comes, or None if none is
    in sight. `planned` are ids and days in the order of the list; a day in the past counts as today.

    From one arrival of new credits to the next, those planned have their credits in the order of the list as far as
    the credits go, so the last in the order are held. The next new credits go to those held first, in the order of the
    list, then to those planned for the days from then on. Nothing is said of days behind the end of the timeline.
    """
    days = [max((day - today).days, 0) for _, day in planned]
    served = _serve(_matching(credits, today), days, credits, today)
    return {
        name: None if served[number] is None else today + timedelta(days=served[number] or 0)
        for number, (name, _) in enumerate(planned)
        if days[number] < _DAYS and served[number] != days[number]
    }


def _matching(credits: Sequence[Credits], today: date) -> Matching:
    buckets = []
    for one in credits:
        last = (one.last - today).days if one.last else _DAYS
        days = span(max((one.first - today).days, 0), min(last, _DAYS - 1))
        if days and one.count > 0:
            buckets.append(Bucket(days, min(last, _DAYS), one.count))
    return Matching(_DAYS, buckets)


def _serve(matching: Matching, wanted: list[int], credits: Sequence[Credits], today: date) -> list[int | None]:
    """The day on which each of the InMails planned for the days `wanted` has its credit, or None."""
    arrivals = sorted({0, *((one.first - today).days for one in credits if one.first > today and one.count > 0)})
    served: list[int | None] = [None] * len(wanted)
    waiting: list[int] = []
    without_credit: set[int] = set()  # Days; credits are only ever taken, so a day stays without.
    for arrival, following in zip(arrivals, [*arrivals[1:], _DAYS], strict=True):
        planned = [number for number, day in enumerate(wanted) if arrival <= day < min(following, _DAYS)]
        still = []
        for number, day in [*((n, arrival) for n in waiting), *((n, wanted[n]) for n in planned)]:
            if day not in without_credit and day < _DAYS and matching.place(1 << day, fixed=True):
                served[number] = day
            else:
                without_credit.add(day)
                still.append(number)
        waiting = sorted(still)
    return served


def _counting_days(days: int, of_credits: Sequence[int], today: date, working_days: Collection[int]) -> int:
    """The days of the set `days` that count; `of_credits` has the days of credits that are left, for each bucket."""
    working = sum(1 << day for day in each_day(days) if (today + timedelta(days=day)).isoweekday() in working_days)
    counting = working or days
    for usable in of_credits:
        if not usable & working:
            counting |= usable & days
    return counting


class _Planning:
    """Which candidates are placed, and why the others are not. Candidates are numbers in their order."""

    def __init__(self, matching: Matching, today: date, counting: int, budgets: Mapping[str, int]) -> None:
        self.windows: dict[int, int] = {}  # of those placed, in order of precedence: the set of days that suit them
        self._matching = matching
        self._today = today
        self._counting = counting
        self._budgets = dict(budgets)
        self._codes: dict[int, str] = {}
        self._own_days: dict[int, int] = {}  # of those not placed for want of credits or of room
        self._same_person: dict[int, int] = {}
        self._sets: dict[tuple[date | None, date | None], int] = {}
        self._credit_for: dict[int, bool] = {}

    def choose(self, candidates: Sequence[Candidate]) -> None:
        """Give places to candidates, and codes to some of those that get none."""
        planned = {one.person for one in candidates if one.block == "already_planned"}
        persons: dict[str, int] = {}
        wanted = []
        for number, one in enumerate(candidates):
            if one.block:
                self._codes[number] = one.block
            elif one.person in planned:
                self._codes[number] = "already_planned"
            elif not self._between(one.earliest, one.latest):
                self._codes[number] = "outside_campaign"
            elif one.person in persons:
                self._same_person[number] = persons[one.person]
            else:
                persons[one.person] = number
                wanted.append((one.due is None, max(one.due or self._today, self._today), number))
        for _, _, number in sorted(wanted):
            self._place(number, candidates[number])

    def refusal_code(self, number: int) -> str:
        """The code of a candidate that is not placed, once all are placed that can be."""
        if number in self._same_person:
            other = self._same_person[number]
            return "already_planned" if other in self.windows else self.refusal_code(other)
        if number in self._codes:
            return self._codes[number]
        return "per_day" if self._has_credit(self._own_days[number]) else "no_credit"

    def _place(self, number: int, one: Candidate) -> None:
        if one.campaign in self._budgets and self._budgets[one.campaign] < 1:
            self._codes[number] = "over_budget"
            return
        days = self._between(one.earliest, one.latest)
        in_time = days & self._between(None, max(one.due, self._today)) if one.due else 0
        for window in (in_time, days):
            if window and self._matching.place(window):
                self.windows[number] = window
                if one.campaign in self._budgets:
                    self._budgets[one.campaign] -= 1
                return
        self._own_days[number] = days

    def _between(self, earliest: date | None, latest: date | None) -> int:
        """The days that count from `earliest` to `latest`."""
        key = earliest, latest
        if key not in self._sets:
            start = max((earliest - self._today).days, 0) if earliest else 0
            end = min((latest - self._today).days, _DAYS - 1) if latest else _DAYS - 1
            self._sets[key] = self._counting & span(start, end)
        return self._sets[key]

    def _has_credit(self, days: int) -> bool:
        if days not in self._credit_for:
            self._credit_for[days] = self._matching.has_credit(days)
        return self._credit_for[days]


def _even_loads(matching: Matching, counting: int, credits: Sequence[Credits], today: date) -> list[int]:
    """How many InMails each day would have if those between two losses lay evenly on the days of the set `counting`."""
    ends = sorted({(one.last - today).days for one in credits if one.last and one.count > 0})
    wanted = list(matching.load)
    start = 0
    for end in [*(end for end in ends if 0 <= end < _DAYS), _DAYS - 1]:
        days = list(each_day(counting & span(start, end)))
        total = sum(matching.load[day] for day in days)
        for place, day in enumerate(days):
            wanted[day] = -(-total * (place + 1) // len(days)) + (-total * place // len(days))
        start = end + 1
    return wanted


def _assign(planned: Sequence[dict[int, int]], windows: Mapping[int, int]) -> dict[int, int]:
    """The day of each candidate placed. `planned` counts for each day the candidates on it by their window, the set of
    days that suit them; `windows` has these sets for each candidate, in order of precedence.
    """
    waiting: dict[int, list[tuple[int, int]]] = {}
    for rank, (number, window) in enumerate(windows.items()):
        waiting.setdefault(window, []).append((rank, number))
    for queue in waiting.values():
        queue.reverse()
    assignment = _Assignment(planned, waiting)
    for day, there in enumerate(planned):
        if there:
            assignment.assign(day)
    return assignment.days


class _Assignment:
    """Chooses the candidates of one day after the other. `planned` has the places that are not given yet, `waiting`
    for each window the ranks and numbers of the candidates without a day, the next one last.
    """

    def __init__(self, planned: Sequence[dict[int, int]], waiting: Mapping[int, list[tuple[int, int]]]) -> None:
        self.days: dict[int, int] = {}
        self._planned = [dict(there) for there in planned]
        self._waiting = waiting
        self._reachable = -1  # days from which a place might come; exchanges never add one
        self._places: dict[int, int] = {}  # for each window the days that have a place for it
        for day, there in enumerate(planned):
            for window in there:
                self._places[window] = self._places.get(window, 0) | 1 << day

    def assign(self, day: int) -> None:
        """Give each place of the day to the first who can have it."""
        here = self._planned[day]
        self._reachable = -1
        next_in_line = [(queue[-1], window) for window, queue in self._waiting.items() if queue and window >> day & 1]
        heapify(next_in_line)
        while here:
            (_, number), window = heappop(next_in_line)
            if window not in here and not self._obtain_place(day, window):
                continue
            self._add(day, window, -1)
            self.days[number] = day
            queue = self._waiting[window]
            queue.pop()
            if queue:
                heappush(next_in_line, (queue[-1], window))

    def _obtain_place(self, day: int, window: int) -> bool:
        """Exchange a place on a later day for one on `day`, others moving to later days. Whether that was possible."""
        wanted = self._places.get(window, 0) & self._reachable
        if not wanted:
            return False
        came_from: dict[int, tuple[int, int]] = {}
        queue, seen = deque([day]), span(0, day)
        while queue:
            here = queue.popleft()
            for other in self._planned[here]:
                fresh = other & ~seen
                if fresh & wanted:
                    there = next(each_day(fresh & wanted))
                    came_from[there] = here, other
                    self._shift(came_from, day, there, window)
                    return True
                seen |= fresh
                for there in each_day(fresh):
                    came_from[there] = here, other
                    queue.append(there)
        self._reachable = seen
        return False

    def _shift(self, came_from: Mapping[int, tuple[int, int]], day: int, there: int, window: int) -> None:
        self._add(there, window, -1)
        self._add(day, window, 1)
        while there != day:
            before, other = came_from[there]
            self._add(before, other, -1)
            self._add(there, other, 1)
            there = before

    def _add(self, day: int, window: int, number: int) -> None:
        there = self._planned[day]
        there[window] = there.get(window, 0) + number
        if there[window]:
            self._places[window] = self._places.get(window, 0) | 1 << day
        else:
            del there[window]
            self._places[window] &= ~(1 << day)
