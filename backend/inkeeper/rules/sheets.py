"""Builds sheets from the journal: the amounts of each period, for reports. Converts them to and from JSON.

A sheet is saved with the state at the end of its period, so that a report need not replay the period. Like that state
it is only a cache: building it again gives the same sheet.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.rules.journal import OBSERVE, Entry, Reason, Renewed
from inkeeper.rules.periods import day_start, local_day
from inkeeper.rules.replay import INSTANT, allotment_of, months_of
from inkeeper.rules.state import State, Tally
from inkeeper.vocabulary import LOSSES

ENDING_KINDS = ("expire", "void")
"""Losses at the first instant of a month or period belong to the one before. At one instant they precede all else."""

_USE = "use"
_SEPARATE_KINDS = ("grant", *LOSSES)


class Point(NamedTuple):
    """The balance from `at` (UTC) on.

    `kind` is `use` for all sends, returns and adjustments of one local day together, else the journal's kind. `credits`
    is the signed change of the balance.
    """

    at: datetime
    balance: int
    kind: str
    credits: int


class Part(NamedTuple):
    """The part of a period in one local month, from `start` (UTC) on."""

    start: datetime
    tally: Tally


class Sheet(NamedTuple):
    """The amounts of one period. Instants UTC, amounts in credits.

    - `end`: None for the current period.
    - `plan`, `allotment` (for `months` months): those at its end.
    - `opening`: the balance before its first grant.
    - `emptied_at`: when a send or an adjustment first brought the balance to 0 (None: never).
    """

    start: datetime
    end: datetime | None
    plan: str
    allotment: int
    opening: int
    emptied_at: datetime | None
    parts: list[Part]
    points: list[Point]
    months: int = 1

    @property
    def tally(self) -> Tally:
        """The amounts of the whole period."""
        return total(part.tally for part in self.parts)

    @property
    def closing(self) -> int:
        """The balance at its end, after credits that expire at its end."""
        return self.opening + self.tally.net()


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of the tallies."""
    columns = zip(*(astuple(tally) for tally in tallies), strict=True)
    return Tally(*(sum(column) for column in columns))


def build_sheets(
    start: State | None, period_states: Iterable[State], journal: Sequence[Entry], state: State
) -> tuple[list[Sheet], Sheet]:
    """A sheet for each period that ended in a replay, and the sheet of the current period.

    - `start`: the state that the replay started from, at the start of a period (None: the opening).
    - `period_states`: copies of the states passed to `on_renewal`.
    - `journal`, `state`: the result of the replay.
    """
    entries = [*_opening_entries(start), *journal] if start else journal
    opening = start.balance - start.period.net() if start else 0
    turnovers = list(accumulate((abs(entry.credits) for entry in entries), initial=_turnover_before(start)))
    first = 0
    sheets = []
    for begun in period_states:
        if not begun.past:
            # The opening.
            continue
        period = begun.past[-1]
        # Changes of the account can precede and follow, at one instant, the one that begins a period. The date and kind
        # of an entry do not tell whether it precedes; the credits changed until then do.
        after = max(
            bisect_left(entries, period.end, first, key=lambda entry: entry.at),
            bisect_left(turnovers, _turnover_before(begun), first),
        )
        sheets.append(
            _sheet(
                state.zone,
                (period.start, period.end, period.end),
                (period.plan, period.allotment, period.months),
                opening,
                entries[first:after],
            )
        )
        opening, first = sheets[-1].closing, after
    present = (state.period_start, None, state.position.at + INSTANT)
    plan = (state.plan, allotment_of(state), months_of(state))
    return sheets, _sheet(state.zone, present, plan, opening, entries[first:])


def month_start(zone: str, at: datetime, months: int = 0) -> datetime:
    """The first instant (UTC) of the local month that is `months` months after that of `at`."""
    return day_start(zone, first_day(zone, at, months))


def first_day(zone: str, at: datetime, months: int = 0) -> date:
    """The first day of the local month that is `months` months after that of `at`."""
    day = local_day(zone, at)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def dump_sheet(sheet: Sheet) -> list[Any]:
    """The sheet of a closed period as plain JSON values, instants in microseconds."""
    return [
        to_microseconds(sheet.start),
        None if sheet.end is None else to_microseconds(sheet.end),
        sheet.plan,
        sheet.allotment,
        sheet.opening,
        None if sheet.emptied_at is None else to_microseconds(sheet.emptied_at),
        [[to_microseconds(part.start), *astuple(part.tally)] for part in sheet.parts],
        [[to_microseconds(point.at), *point[1:]] for point in sheet.points],
        sheet.months,
    ]


def load_sheet(data: list[Any]) -> Sheet:
    """The inverse of `dump_sheet`. Sheets of versions in which every period was one month long lack `months`."""
    start, end, plan, allotment, opening, emptied_at, parts, points, *months = data
    return Sheet(
        from_microseconds(start),
        None if end is None else from_microseconds(end),
        plan,
        allotment,
        opening,
        None if emptied_at is None else from_microseconds(emptied_at),
        [Part(from_microseconds(at), Tally(*amounts)) for at, *amounts in parts],
        [Point(from_microseconds(at), *rest) for at, *rest in points],
        *months,
    )


def _turnover_before(start: State | None) -> int:
    """The turnover of all periods before that of `start`."""
    return start.totals.turnover() - start.period.turnover() if start else 0


def _opening_entries(start: State) -> list[Entry]:
    """The journal entries of the grant at the start of the period, which precede the state `start`."""
    granted, forfeited = start.period.granted, start.period.forfeited
    at, balance = start.period_start, start.balance
    entries = []
    # Sheets do not contain reasons, so any reason will do.
    why = Reason("renewed", Renewed(months_of(start)))
    if granted:
        entries.append(Entry(at, "grant", granted, balance + forfeited, why, "renewal", None, ()))
    if forfeited:
        entries.append(Entry(at, "forfeit", -forfeited, balance, why, "cap", None, ()))
    return entries


def _index_after(entries: Sequence[Entry], first: int, end: datetime) -> int:
    """The index, at least `first`, of the first entry of the month that begins at `end`.

    The entries before it are those dated before `end` and the losses at `end` that precede all other entries there.
    """
    place = bisect_left(entries, end, first, key=lambda entry: entry.at)
    while place < len(entries) and entries[place].at == end and entries[place].kind in ENDING_KINDS:
        place += 1
    return place


def _sheet(
    zone: str,
    span: tuple[datetime, datetime | None, datetime],
    plan: tuple[str, int, int],
    opening: int,
    entries: Sequence[Entry],
) -> Sheet:
    """`span`: start, end (None: current period) and the end of the entries. `plan`: its id, allotment and months."""
    start, end, until = span
    name, allotment, months = plan
    parts = list(_parts(zone, start, until, entries))
    return Sheet(start, end, name, allotment, opening, _emptied_at(entries), parts, _points(zone, entries), months)


def _emptied_at(entries: Sequence[Entry]) -> datetime | None:
    return next(
        (x.at for x in entries if not x.balance and x.credits < 0 and x.kind in ("spend", "adjust")),
        None,
    )


def _parts(zone: str, start: datetime, until: datetime, entries: Sequence[Entry]) -> Iterator[Part]:
    first = 0
    next_month = month_start(zone, start, 1)
    while next_month <= until:
        after = _index_after(entries, first, next_month)
        yield Part(start, _tally(entries[first:after]))
        start, first, next_month = next_month, after, month_start(zone, next_month, 1)
    # A period that ends as a month begins has a part in that month only if it has entries at that instant.
    if start < until or first < len(entries):
        yield Part(start, _tally(entries[first:]))


def _tally(entries: Iterable[Entry]) -> Tally:
    tally = Tally()
    for _, kind, credits, _, _, rule, _, _ in entries:
        if kind == "spend":
            tally.used -= credits
            tally.free_used += rule == "free"
        elif kind == "credit_back":
            tally.credited_back += credits
        elif kind == "adjust":
            tally.adjusted_up += max(credits, 0)
            tally.adjusted_down -= min(credits, 0)
            if rule == OBSERVE:
                tally.observed_more += max(credits, 0)
                tally.observed_less -= min(credits, 0)
        elif kind == "grant":
            tally.granted += credits
        elif kind == "expire":
            tally.expired -= credits
        elif kind == "forfeit":
            tally.forfeited -= credits
        elif kind == "void":
            tally.voided -= credits
    return tally


def _points(zone: str, entries: Iterable[Entry]) -> list[Point]:
    points: list[Point] = []
    day_ends: datetime | None = None
    for at, kind, credits, balance, *_ in entries:
        if not credits:
            continue
        shown = kind if kind in _SEPARATE_KINDS else _USE
        last = points[-1] if points else None
        if last and last.kind == shown != "grant" and day_ends and at < day_ends:
            points[-1] = Point(at, balance, shown, last.credits + credits)
        else:
            if day_ends is None or at >= day_ends:
                day_ends = day_start(zone, local_day(zone, at) + timedelta(days=1))
            points.append(Point(at, balance, shown, credits))
    return points
