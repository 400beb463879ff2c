"""Sheets: what each period came to, drawn up from the journal.

A sheet is kept beside the state saved at its period's end, so that a report of the past need not replay it. Like that
state it is only ever a cache: drawn up again it is the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.rules.periods import day_start, local_day
from inkeeper.rules.replay import INSTANT, OBSERVE, Entry, Reason, Renewed, allotment_of, months_of
from inkeeper.rules.state import ClosedPeriod, State, Tally, instant, micros
from inkeeper.vocabulary import LOSSES

ENDING_KINDS = ("expire", "void")
"""What ends at the first instant of a month or period was the one's before: at one instant it comes before all else."""

_USE = "use"
_SEPARATE_KINDS = ("grant", *LOSSES)


class Point(NamedTuple):
    """The balance from `at` (UTC) on.

    `kind` is `use` for all that was sent, returned and adjusted on one local day, else the journal's kind; `credits`
    is what the balance changed by.
    """

    at: datetime
    balance: int
    kind: str
    credits: int


class Part(NamedTuple):
    """The stretch of a period that lies in one local month, from `start` (UTC) on."""

    start: datetime
    tally: Tally


class Sheet(NamedTuple):
    """A period's account. Instants UTC, amounts in credits.

    `end` is None while the period is open. `plan` and `allotment` (for `months` months) are those that it ended on,
    `opening` is the balance before its first grant, `emptied_at` when use first brought the balance down to 0.
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
        """The whole period's."""
        return total(part.tally for part in self.parts)

    @property
    def closing(self) -> int:
        """The balance at its end, after what expired then."""
        return self.opening + self.tally.net()


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them added up."""
    columns = zip(*(astuple(tally) for tally in tallies), strict=True)
    return Tally(*(sum(column) for column in columns))


def build_sheets(
    start: State | None, period_states: Iterable[State], journal: Sequence[Entry], state: State
) -> tuple[list[Sheet], Sheet]:
    """A sheet for each period that closed in a replay, and the one of the period still open.

    The replay led from the opening (`start` is None) or from a state in which a period had just begun to `state`; it
    wrote `journal` and showed the states in `period_states` as periods began.
    """
    entries = [*_opening_entries(start), *journal] if start else journal
    opening = start.balance - start.period.net() if start else 0
    first = 0
    sheets = []
    for period in _closed_periods(period_states):
        behind = _index_after(entries, first, period.end)
        sheets.append(
            _sheet(
                state.zone,
                (period.start, period.end, period.end),
                (period.plan, period.allotment, period.months),
                opening,
                entries[first:behind],
            )
        )
        opening, first = sheets[-1].closing, behind
    present = (state.period_start, None, state.position.at + INSTANT)
    plan = (state.plan, allotment_of(state), months_of(state))
    return sheets, _sheet(state.zone, present, plan, opening, entries[first:])


def month_start(zone: str, at: datetime, months: int = 0) -> datetime:
    """The first instant (UTC) of the local month of `at`, or of the one so many months later."""
    return day_start(zone, first_day(zone, at, months))


def first_day(zone: str, at: datetime, months: int = 0) -> date:
    """The first day of the local month of `at`, or of the one so many months later."""
    day = local_day(zone, at)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def dump_sheet(sheet: Sheet) -> list[Any]:
    """The sheet of a closed period as plain JSON values, instants in microseconds."""
    return [
        micros(sheet.start),
        None if sheet.end is None else micros(sheet.end),
        sheet.plan,
        sheet.allotment,
        sheet.opening,
        None if sheet.emptied_at is None else micros(sheet.emptied_at),
        [[micros(part.start), *astuple(part.tally)] for part in sheet.parts],
        [[micros(point.at), *point[1:]] for point in sheet.points],
        sheet.months,
    ]


def load_sheet(data: list[Any]) -> Sheet:
    """The sheet behind `dump_sheet`. Those of versions before rule books had steps end without `months`."""
    start, end, plan, allotment, opening, emptied_at, parts, points, *months = data
    return Sheet(
        instant(start),
        None if end is None else instant(end),
        plan,
        allotment,
        opening,
        None if emptied_at is None else instant(emptied_at),
        [Part(instant(at), Tally(*amounts)) for at, *amounts in parts],
        [Point(instant(at), *rest) for at, *rest in points],
        *months,
    )


def _closed_periods(period_states: Iterable[State]) -> list[ClosedPeriod]:
    """The periods that ended as these began: all but the first ended one."""
    return list(
        {
            at.period_start: at.past[-1] for at in period_states if at.past and at.past[-1].end == at.period_start
        }.values()
    )


def _opening_entries(start: State) -> list[Entry]:
    """What the replay that led to `start` wrote as the period began: its grant, and what the cap cut off it."""
    granted, forfeited = start.period.granted, start.period.forfeited
    at, balance = start.period_start, start.balance
    entries = []
    # A sheet says nothing of the reasons.
    why = Reason("renewed", Renewed(months_of(start)))
    if granted:
        entries.append(Entry(at, "grant", granted, balance + forfeited, why, "renewal", None, ()))
    if forfeited:
        entries.append(Entry(at, "forfeit", -forfeited, balance, why, "cap", None, ()))
    return entries


def _index_after(entries: Sequence[Entry], first: int, end: datetime) -> int:
    """The place of the first entry, from the place `first` on, that comes after what ended at the instant `end`."""
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
    """`span` is start, end (None: open) and where what it has come to ends; `plan` its name, allotment and months."""
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
    turn = month_start(zone, start, 1)
    while turn < until:
        behind = _index_after(entries, first, turn)
        yield Part(start, _tally(entries[first:behind]))
        start, first, turn = turn, behind, month_start(zone, turn, 1)
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
