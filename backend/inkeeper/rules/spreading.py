"""Plans on which day to write to whom, so that no credit is lost that could be used for a person on the list.

The steps of `spread`. No step undoes the result of an earlier step.

1. Allocate credits to the InMails that others have planned (`taken`), as in `find_held`.
2. Exclude candidates that must not be planned, each with a code. Of two candidates of one person, keep the first.
3. Select the days: the working days of the span. Credits that are left and usable on no working day add all of their
   days. If the span has no working day, all of its days are selected.
4. Place one candidate after the other: those with a due day first, by that day, then in the order given. A place is a
   selected day that suits the candidate and has room, with a credit. Candidates placed before may move to another day
   that suits them, but none loses its place. A candidate that cannot be placed by its due day is placed as if it had
   none.
5. Exchange used credits for unused ones that are lost earlier, moving candidates if needed, until no exchange is
   possible. Then the credits lost up to each day are as few as the placed candidates allow.
6. Even out the days: move a candidate from a day to a day with at least two fewer InMails (`taken` included), moving
   others if needed, until no move is possible. Then two days between the same losses differ by more than one only if
   `taken`, the days of candidates, the arrival of credits or `per_day` allow nothing else.
7. Distribute the days with one InMail more evenly, by the same moves: of n InMails on the m days between two losses,
   the first i days have n * i / m, rounded up. Days on which no credits can be used are not counted.
8. The number of InMails of each day is final. Assign candidates to the days from the first day on: in the order of step
   4, each that the day suits and whose assignment leaves all others a day that suits them.

Steps 4 and 5 search for paths in the flow of `matching`, so they find a better plan if one exists. The result does not
depend on the order of a dict or a set: the same input gives the same plan.
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
"""The number of days that are planned: today and the least length of a timeline."""


class Credits(NamedTuple):
    """`count` credits usable from local day `first` to `last` (both included; None: no end within the timeline).

    The member `count` hides the method of tuples, which is not used.
    """

    first: date
    last: date | None
    count: int  # type: ignore[assignment]


class Candidate(NamedTuple):
    """A target to plan. Days are local days of the account.

    - `due`: the day on which to write at the latest, if possible. A day in the past counts as today.
    - `earliest`, `latest`: the first and the last allowed day (of the campaign, or of "later until").
    - `block`: the code why it must not be planned: do_not_contact, written_recently, already_planned, outside_campaign.
    """

    id: str
    person: str
    due: date | None = None
    earliest: date | None = None
    latest: date | None = None
    campaign: str | None = None
    block: str | None = None


class Plan(NamedTuple):
    """The result of `spread`: candidates with their day, and candidates without a day with a code. In the given order.

    The codes:

    - the candidate's `block`
    - `outside_campaign`: no selected day is between its earliest and latest day
    - `already_planned`: another candidate of the same person is planned
    - `over_budget`: the campaign's budget is used
    - `per_day`: credits are left, but all days that suit have `per_day` InMails
    - `no_credit`: no credit is left on the days that suit

    Further candidates of a person whose first candidate is not planned have the code of the first.
    """

    placed: list[tuple[str, date]]
    not_placed: list[tuple[str, str]]


def credits_ahead(
    balance: int, changes: Sequence[Change], zone: str, now: datetime, *, cap: int | None = None
) -> list[Credits]:
    """The credits of the balance at `now` (UTC) and of coming grants, oldest first, with the local days of their use.

    A loss of n credits takes the n oldest. Credits that are lost at the instant of their grant are left out, as are
    credits that answers may return.

    `changes` is the timeline. `cap` is the account's cap (None: unknown or none). A grant that is wholly forfeited
    while the balance is over the cap is left out, since a credit used before it does not always make room for one of
    it.
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
    """Plan the candidates on days from `today` (or `first`) to `until`, at most _DAYS days. See the module's docstring.

    - `working_days`: ISO numbers of weekdays.
    - `per_day`: the most InMails of a day, those of `taken` included (None: no limit).
    - `budgets`: the credits that each campaign may still spend. A campaign without an entry has no limit.
    - `taken`: the number of InMails already planned, by day. A day before today counts as today.
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


def find_held(planned: Sequence[tuple[str, date]], credits: Sequence[Credits], today: date) -> dict[str, date | None]:
    """The planned targets that will have no credit on their day (`held`), each with the day on which it gets one, or
    None.

    `planned` are ids and days in the order of the list. A day in the past counts as today. Days after the planned _DAYS
    are ignored.

    Between two arrivals of credits, the planned targets get credits in the order of the list, so the last ones are
    held. New credits go to the held targets first, in the order of the list, then to those planned from that day on.
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
    """Allocate credits to the InMails planned for the days `wanted`. Returns the day of each one's credit, or None."""
    arrivals = sorted({0, *((one.first - today).days for one in credits if one.first > today and one.count > 0)})
    served: list[int | None] = [None] * len(wanted)
    waiting: list[int] = []
    without_credit: set[int] = set()  # Days. Credits are only taken, so such a day gets none later.
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
    """Select the days of step 3 from the set `days`. `of_credits` are the sets of days of the credits that are left."""
    working = sum(1 << day for day in each_day(days) if (today + timedelta(days=day)).isoweekday() in working_days)
    counting = working or days
    for usable in of_credits:
        if not usable & working:
            counting |= usable & days
    return counting


class _Planning:
    """Places candidates (steps 2 and 4) and keeps the codes of the others. Candidates are numbered in their order."""

    def __init__(self, matching: Matching, today: date, counting: int, budgets: Mapping[str, int]) -> None:
        self.windows: dict[int, int] = {}  # of the placed, in order of placing: the set of days that suit
        self._matching = matching
        self._today = today
        self._counting = counting
        self._budgets = dict(budgets)
        self._codes: dict[int, str] = {}
        self._own_days: dict[int, int] = {}  # of those not placed for lack of credits or of room
        self._same_person: dict[int, int] = {}
        self._sets: dict[tuple[date | None, date | None], int] = {}
        self._credit_for: dict[int, bool] = {}

    def choose(self, candidates: Sequence[Candidate]) -> None:
        """Place the candidates, and set the codes of those that must not be planned."""
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
        """The code of a candidate that is not placed. To be called after `choose`."""
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
        """The set of selected days from `earliest` to `latest`."""
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
    """The loads of step 7: those of the days of `counting` between two losses are distributed evenly over them."""
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
    """The day of each placed candidate (step 8).

    `planned` has for each day the number of its candidates by window (the set of days that suit a candidate). `windows`
    has the window of each candidate, in order of placing.
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
    """Assigns candidates to one day after the other.

    `planned` has the places of each day by window. `waiting` has for each window the candidates without a day as (rank,
    number), the next one last.
    """

    def __init__(self, planned: Sequence[dict[int, int]], waiting: Mapping[int, list[tuple[int, int]]]) -> None:
        self.days: dict[int, int] = {}
        self._planned = [dict(there) for there in planned]
        self._waiting = waiting
        self._reachable = -1  # the set of days that a search from this day can reach; never grows
        self._places: dict[int, int] = {}  # for each window the days that have a place for it
        for day, there in enumerate(planned):
            for window in there:
                self._places[window] = self._places.get(window, 0) | 1 << day

    def assign(self, day: int) -> None:
        """Assign each place of the day to the first candidate in order of placing that can have it."""
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
        """Exchange a place on a later day for one on `day`, moving others to later days. Returns whether it was
        possible.
        """
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
