"""Matches InMails to days and days to credits: each InMail gets a day that suits it, and a credit usable on that day.

Days are numbers from 0. A set of days is an int: bit `d` is day `d`. Credits of one origin and one end are a bucket.
The matching is a network flow from InMails through days to buckets. Each change follows a path that keeps it a flow
(https://en.wikipedia.org/wiki/Maximum_flow_problem, augmenting paths).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

NO_LIMIT = 1 << 62
"""The room of a day without a limit."""

_START = -1


class Bucket(NamedTuple):
    """`credits` that can be used on the days of the set `days`. Buckets with a smaller `last` are lost earlier."""

    days: int
    last: int
    credits: int


def span(first: int, last: int) -> int:
    """The set of the days from `first` to `last`, both included; empty if `last` is before `first`."""
    return (1 << last + 1) - (1 << first) if first <= last else 0


def each_day(days: int) -> Iterator[int]:
    """The days of a set, in order."""
    while days:
        lowest = days & -days
        yield lowest.bit_length() - 1
        days ^= lowest


class Matching:
    """A matching that is built by `place` and then improved. An InMail that has a place may move, but never loses it.

    - `windows[d]`: the number of movable InMails on day `d`, by their window (the set of days that suit them).
    - `load[d]`: the number of all InMails on day `d`.
    """

    def __init__(self, days: int, buckets: Sequence[Bucket]) -> None:
        self.windows: list[dict[int, int]] = [{} for _ in range(days)]
        self.load = [0] * days
        self._days = days
        self._buckets = sorted(buckets, key=lambda bucket: bucket.last)
        self._free = [bucket.credits for bucket in self._buckets]
        self._used: list[list[int]] = [[0] * days for _ in self._buckets]
        self._used_days = [0] * len(self._buckets)
        self._suits = [0] * days  # for each day the union of the windows of its movable InMails
        self._room = [NO_LIMIT] * days
        self._open = span(0, days - 1)  # days with room
        self._by_load = [span(0, days - 1)]  # for each load the days that have it
        self._dead_ends = 0  # days from which no path leads to a free credit, now or later

    @property
    def free_days(self) -> list[int]:
        """The sets of days of the buckets that have credits left."""
        return [bucket.days for bucket, free in zip(self._buckets, self._free, strict=True) if free]

    @property
    def days_with_credits(self) -> int:
        """The days on which any credits can be used."""
        return reduce(or_, (bucket.days for bucket in self._buckets), 0)

    def limit(self, per_day: int) -> None:
        """Limit each day to `per_day` InMails. InMails that are placed already stay."""
        self._dead_ends = 0
        for day in range(self._days):
            self._room[day] = max(per_day - self.load[day], 0)
            self._set_open(day)

    def place(self, window: int, *, fixed: bool = False) -> bool:
        """Place one more InMail on a day of `window` with a credit, moving others if needed. Returns whether it was
        placed.

        A `fixed` InMail cannot move later. Its window is one day, and it is not in `windows`.
        """
        usable = window & self._open
        for bucket, free in enumerate(self._free):
            here = usable & self._buckets[bucket].days
            if free and here:
                day = self._lightest(here)
                self._use(bucket, day, 1)
                self._free[bucket] -= 1
                self._send(day, 1)
                if not fixed:
                    self._add(day, window, 1)
                return True
        path = self._path(window & ~self._dead_ends, 0)
        if not path:
            return False
        if not fixed:
            self._add(path[0], window, 1)
        self._follow(path)
        return True

    def has_credit(self, window: int) -> bool:
        """Whether one more InMail could be placed on a day of `window` if days had no limit."""
        is_open, hopeless = self._open, self._dead_ends
        self._open = span(0, self._days - 1)
        found = self._path(window, 0)
        self._open, self._dead_ends = is_open, hopeless
        return bool(found)

    def use_oldest_first(self) -> None:
        """Exchange used credits for unused ones that are lost earlier, until no exchange is possible.

        The sets of credits that the InMails can use are the bases of a matroid. So if no exchange is possible, the
        credits lost up to each day are as few as these InMails allow.
        """
        for bucket in range(len(self._buckets)):
            for later in reversed(range(bucket + 1, len(self._buckets))):
                if self._buckets[later].last > self._buckets[bucket].last:
                    while self._free[bucket] and self._exchange(later, bucket):
                        pass

    def level(self) -> None:
        """Move InMails from fuller days to days that have at least two fewer, until none can move."""
        moved = True
        while moved:
            moved = False
            for load in range(len(self._by_load) - 1, 1, -1):
                for day in each_day(self._by_load[load]):
                    while self._move(day, self._lighter_than(self.load[day] - 1)) is not None:
                        moved = True

    def move_towards(self, wanted: Sequence[int]) -> None:
        """Move InMails from days with more than the `wanted` load to days with less than it, if these have fewer
        InMails.
        """
        below = sum(1 << day for day in range(self._days) if self.load[day] < wanted[day])
        for day in range(self._days):
            while self.load[day] > wanted[day]:
                target = self._move(day, below & self._lighter_than(self.load[day]))
                if target is None:
                    break
                if self.load[target] >= wanted[target]:
                    below &= ~(1 << target)

    def _exchange(self, used: int, unused: int) -> bool:
        """Use one credit of the bucket `unused` in place of one of the bucket `used`."""
        path = self._path(0, self._used_days[used], unused)
        if not path:
            return False
        day = path[0] - self._days
        self._follow(path)
        self._use(used, day, -1)
        self._free[used] += 1
        return True

    def _path(self, arriving: int, in_need: int, bucket: int | None = None) -> list[int]:
        """A path of changes that gives a credit of `bucket` (None: of any bucket) to an InMail.

        The InMail is one more on a day of the set `arriving`, or one without a credit on a day of the set `in_need`.
        The path is a list of nodes, see `_Search`. Empty if there is no path.
        """
        ends = self.free_days if bucket is None else [self._buckets[bucket].days]
        search = _Search(self._days, reduce(or_, ends, 0), self._open)
        search.need(_START, in_need)
        search.arrive(_START, arriving)
        while search.queue and search.end is None:
            self._extend(search, search.queue.popleft())
        if search.end is not None:
            day = 1 << search.end - self._days
            found = next(
                number
                for number, (free, of) in enumerate(zip(self._free, self._buckets, strict=True))
                if free and of.days & day and bucket in (None, number)
            )
            return [*_path_to(search.came_from, search.end), 2 * self._days + found]
        if bucket is None:
            self._dead_ends |= search.arrived
        return []

    def _extend(self, search: _Search, node: int) -> None:
        days = self._days
        if node < days:
            search.need(node, self._open & 1 << node)
            search.arrive(node, self._suits[node])
        elif node < 2 * days:
            for number, bucket in enumerate(self._buckets):
                if bucket.days >> node - days & 1:
                    search.use(node, number)
            if self._suits[node - days]:
                search.arrive(node, 1 << node - days)
        else:
            search.need(node, self._used_days[node - 2 * days])

    def _follow(self, path: list[int]) -> None:
        for here, there in pairwise(path):
            self._step(here, there)
        self._free[path[-1] - 2 * self._days] -= 1

    def _step(self, here: int, there: int) -> None:
        """Apply one step of a path: move an InMail between days, add or remove one, or use or free a credit."""
        days = self._days
        if here < days and there < days:
            self._shift(here, there)
        elif here < days:
            self._send(here, 1)
        elif there < days:
            self._send(there, -1)
        elif there >= 2 * days:
            self._use(there - 2 * days, here - days, 1)
        else:
            self._use(here - 2 * days, there - days, -1)

    # Move one InMail from a day to another without changing the load of other days: InMails move along one path, their
    # credits along another.

    def _move(self, day: int, targets: int) -> int | None:
        """Move one InMail from `day` to the reachable day of `targets` with the fewest InMails. Returns that day, or
        None.
        """
        targets &= self._open
        if not targets or not self._suits[day] & ~(1 << day):
            return None
        target = self._move_directly(day, targets)
        if target is not None:
            return target
        by_inmails = self._inmail_moves(day)
        targets &= sum(1 << reached for reached in by_inmails)
        if not targets:
            return None
        by_credits = self._credit_moves(day)
        targets &= sum(1 << node for node in by_credits if node < self._days)
        if not targets:
            return None
        target = self._lightest(targets)
        for here, there in pairwise(_path_to(by_inmails, target)):
            self._shift(here, there)
        for here, there in pairwise(_path_to(by_credits, target)):
            self._hand_over(here, there)
        self._send(day, -1)
        self._send(target, 1)
        return target

    def _move_directly(self, day: int, targets: int) -> int | None:
        """Move one InMail with its credit from `day` to one of `targets` without moving others. Returns that day, or
        None.
        """
        targets &= self._suits[day]
        for number, bucket in enumerate(self._buckets):
            if self._used[number][day] and targets & bucket.days:
                target = self._lightest(targets & bucket.days)
                self._shift(day, target)
                self._use(number, day, -1)
                self._use(number, target, 1)
                self._send(day, -1)
                self._send(target, 1)
                return target
        return None

    def _inmail_moves(self, day: int) -> dict[int, int]:
        """The days that a chain of moves of InMails from `day` reaches, each with the day before it in the chain."""
        came_from, queue, seen = {day: _START}, deque([day]), 1 << day
        while queue:
            here = queue.popleft()
            fresh = self._suits[here] & ~seen
            seen |= fresh
            for there in each_day(fresh):
                came_from[there] = here
                queue.append(there)
        return came_from

    def _credit_moves(self, day: int) -> dict[int, int]:
        """The nodes that a chain of moves of credits from `day` reaches, each with the node before it in the chain.

        Node `d` is day `d`, node `days + b` is bucket `b`.
        """
        came_from, queue, seen = {day: _START}, deque([day]), 1 << day
        while queue:
            here = queue.popleft()
            for number in range(len(self._buckets)):
                if self._used_days[number] >> here & 1 and self._days + number not in came_from:
                    came_from[self._days + number] = here
                    for node, days in self._same_last_day(number, came_from):
                        fresh = days & ~seen
                        seen |= fresh
                        for there in each_day(fresh):
                            came_from[there] = node
                            queue.append(there)
        return came_from

    def _same_last_day(self, number: int, came_from: dict[int, int]) -> Iterator[tuple[int, int]]:
        """The node and the days of the bucket, and of each other bucket with free credits and the same last day."""
        yield self._days + number, self._buckets[number].days
        for other, bucket in enumerate(self._buckets):
            node = self._days + other
            if self._free[other] and bucket.last == self._buckets[number].last and node not in came_from:
                came_from[node] = self._days + number
                yield node, bucket.days

    def _hand_over(self, here: int, there: int) -> None:
        days = self._days
        if here < days:
            self._use(there - days, here, -1)
        elif there < days:
            self._use(here - days, there, 1)
        else:
            self._free[here - days] += 1
            self._free[there - days] -= 1

    # The single changes of loads, windows and credits.

    def _lightest(self, days: int) -> int:
        """The first of the days in the set with the fewest InMails."""
        return next(next(each_day(days & same)) for same in self._by_load if days & same)

    def _lighter_than(self, load: int) -> int:
        return sum(self._by_load[: max(load, 0)])

    def _shift(self, here: int, there: int) -> None:
        window = next(window for window in self.windows[here] if window >> there & 1)
        self._add(here, window, -1)
        self._add(there, window, 1)

    def _add(self, day: int, window: int, number: int) -> None:
        windows = self.windows[day]
        windows[window] = windows.get(window, 0) + number
        if windows[window]:
            self._suits[day] |= window
            return
        del windows[window]
        self._suits[day] = 0
        for other in windows:
            self._suits[day] |= other

    def _use(self, bucket: int, day: int, number: int) -> None:
        self._used[bucket][day] += number
        if self._used[bucket][day]:
            self._used_days[bucket] |= 1 << day
        else:
            self._used_days[bucket] &= ~(1 << day)

    def _send(self, day: int, number: int) -> None:
        self._by_load[self.load[day]] &= ~(1 << day)
        self.load[day] += number
        if self.load[day] == len(self._by_load):
            self._by_load.append(0)
        self._by_load[self.load[day]] |= 1 << day
        self._room[day] -= number
        self._set_open(day)

    def _set_open(self, day: int) -> None:
        if self._room[day] > 0:
            self._open |= 1 << day
        else:
            self._open &= ~(1 << day)


class _Search:
    """A breadth-first search for a path to a free credit.

    - Node `d`: one more InMail arrives on day `d`.
    - Node `days + d`: an InMail on day `d` needs a credit.
    - Node `2 * days + b`: a credit of bucket `b`.

    `end` is the node of a day on which a free credit can be used, once it is found.
    """

    def __init__(self, days: int, with_credit: int, with_room: int) -> None:
        self.came_from: dict[int, int] = {}
        self.queue: deque[int] = deque()
        self.arrived = 0
        self.end: int | None = None
        self._days = days
        self._with_credit = with_credit
        self._with_both = with_credit & with_room
        self._needed = 0

    def arrive(self, node: int, days: int) -> None:
        """Add the nodes of one more InMail on any of `days`, reached from `node`."""
        fresh = days & ~self.arrived
        if fresh & self._with_both:
            day = next(each_day(fresh & self._with_both))
            self.came_from[day] = node
            self._finish(day, day)
            return
        self.arrived |= fresh
        for day in each_day(fresh):
            self.came_from[day] = node
            self.queue.append(day)

    def need(self, node: int, days: int) -> None:
        """Add the nodes of an InMail without a credit on any of `days`, reached from `node`."""
        fresh = days & ~self._needed
        if fresh & self._with_credit:
            self._finish(node, next(each_day(fresh & self._with_credit)))
            return
        self._needed |= fresh
        for day in each_day(fresh):
            self.came_from[self._days + day] = node
            self.queue.append(self._days + day)

    def use(self, node: int, bucket: int) -> None:
        """Add the node of the bucket, whose credit is freed on another day, reached from `node`."""
        reached = 2 * self._days + bucket
        if reached not in self.came_from:
            self.came_from[reached] = node
            self.queue.append(reached)

    def _finish(self, node: int, day: int) -> None:
        if self.end is None:
            self.end = self._days + day
            self.came_from[self.end] = node


def _path_to(came_from: dict[int, int], node: int) -> list[int]:
    """The path from the start to `node`."""
    way = []
    while node != _START:
        way.append(node)
        node = came_from[node]
    return way[::-1]
