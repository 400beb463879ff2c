"""The state of an account at one position of its history: lots, balance, counts. Converts it to and from JSON.

A saved state (snapshot) is only a cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.rules.facts import Terms
from inkeeper.rules.periods import local_day, month_number
from inkeeper.vocabulary import Invariant

PAST_PERIODS = 3
"""How many closed periods with InMails a state keeps. The forecast adds them to a period that is only days old."""


class Position(NamedTuple):
    """A position in the order of all events: by instant, then by rank (the order at one instant), then by fact id."""

    at: datetime
    rank: int
    fact_id: str


@dataclass(slots=True)
class Lot:
    """The credits of one grant, adjustment or credit back, and how many are left. Instants UTC."""

    id: int
    granted_at: datetime
    expires_at: datetime
    granted: int
    left: int
    origin: str

    def order(self) -> tuple[datetime, datetime, int]:
        """Sort key of the spending order: earliest expiry first, then earliest grant."""
        return (self.expires_at, self.granted_at, self.id)


@dataclass(slots=True)
class Tally:
    """Credits granted, used and lost in a span of time.

    `used` counts InMails that cost a credit, `free_used` InMails that cost none. `observed_less` and `observed_more`
    are the parts of `adjusted_down` and `adjusted_up` by which LinkedIn showed another balance than the ledger had
    computed.
    """

    granted: int = 0
    credited_back: int = 0
    adjusted_up: int = 0
    used: int = 0
    free_used: int = 0
    expired: int = 0
    forfeited: int = 0
    voided: int = 0
    adjusted_down: int = 0
    observed_less: int = 0
    observed_more: int = 0

    def net(self) -> int:
        """The change of the balance in the span. The invariant `conservation` compares them."""
        return self._came() - self._went()

    def turnover(self) -> int:
        """The credits added plus the credits taken away: the sum of its journal entries, each taken as positive."""
        return self._came() + self._went()

    def _came(self) -> int:
        return self.granted + self.credited_back + self.adjusted_up

    def _went(self) -> int:
        return self.used + self.expired + self.forfeited + self.voided + self.adjusted_down


@dataclass(slots=True)
class ClosedPeriod:
    """A period that has ended: its span `[start, end)` in UTC, the InMails sent in it, and the plan at its end.

    `used` and `free_used` are as in `Tally`. `allotment` is the plan's for `months` months.
    """

    start: datetime
    end: datetime
    used: int
    free_used: int
    plan: str
    allotment: int
    months: int = 1

    @property
    def has_inmails(self) -> bool:
        """Whether any InMail was sent in it, free ones included."""
        return bool(self.used or self.free_used)


@dataclass(frozen=True, slots=True)
class Observation:
    """The last balance that LinkedIn showed, and the most that the rule book allowed at that time (None: no limit)."""

    at: datetime
    balance: int
    allowed: int | None

    @property
    def contradicts_book(self) -> bool:
        """Whether LinkedIn showed more than the rule book allows."""
        return self.allowed is not None and self.balance > self.allowed


class OpenSend(NamedTuple):
    """A paid InMail whose answer can still return its credit: when it was sent, its rule book and its lot."""

    sent_at: datetime
    rule_book: str
    lot_id: int


@dataclass(slots=True)
class State:
    """The data that the replay needs to continue from `position`, and that pace, forecast and warnings read.

    - `cycle_day`, `cycle_month` (a `month_number`): the start of the account's own cycle, for plans that renew on the
      account's own day.
    - `next_renewal`: the first renewal that is not processed.
    - `numbers_at` (UTC): the instant whose numbers of the plan apply: the last renewal, change of plan or choice of
      terms.
    - `lots`: in spending order.
    - `unseen_grant`: the credits that the renewal at `period_start` granted (after the cap), until an observed balance
      or an InMail confirms that they came; else 0.
    """

    position: Position
    opened_at: datetime
    plan: str
    zone: str
    terms: Terms
    cycle_day: int
    cycle_month: int
    period_start: datetime
    next_renewal: datetime
    numbers_at: datetime
    cancel_pending: bool = False
    balance: int = 0
    next_lot_id: int = 1
    lots: list[Lot] = field(default_factory=list)
    period: Tally = field(default_factory=Tally)
    totals: Tally = field(default_factory=Tally)
    past: list[ClosedPeriod] = field(default_factory=list)
    observed: Observation | None = None
    discrepancy_at: datetime | None = None
    open_sends: dict[str, OpenSend] = field(default_factory=dict)
    unseen_grant: int = 0

    def copy(self) -> State:
        """A copy that a replay can change without changing this state."""
        made = _shallow_copy(self)
        made.lots = [_shallow_copy(lot) for lot in self.lots]
        made.period = _shallow_copy(self.period)
        made.totals = _shallow_copy(self.totals)
        made.past = list(self.past)
        made.open_sends = dict(self.open_sends)
        return made


_Slotted = TypeVar("_Slotted", State, Lot, Tally)

_members_of: dict[type, attrgetter[tuple[Any, ...]]] = {
    kind: attrgetter(*(member.name for member in fields(kind))) for kind in (State, Lot, Tally)
}


def _shallow_copy(value: _Slotted) -> _Slotted:
    """A copy with the same members. Equal to `dataclasses.replace(value)`, in a tenth of the time: each replay makes
    some.
    """
    kind = type(value)
    return kind(*_members_of[kind](value))


def dump_state(state: State) -> dict[str, Any]:
    """The state as plain JSON values, instants in microseconds."""
    observed, terms = state.observed, state.terms
    return {
        "position": [to_microseconds(state.position.at), state.position.rank, state.position.fact_id],
        "opened_at": to_microseconds(state.opened_at),
        "plan": state.plan,
        "zone": state.zone,
        "terms": [terms.rule_book, terms.allotment, terms.cap, terms.renewal_day],
        "cycle_day": state.cycle_day,
        "cycle_month": state.cycle_month,
        "period_start": to_microseconds(state.period_start),
        "next_renewal": to_microseconds(state.next_renewal),
        "numbers_at": to_microseconds(state.numbers_at),
        "cancel_pending": state.cancel_pending,
        "balance": state.balance,
        "next_lot_id": state.next_lot_id,
        "lots": [
            [x.id, to_microseconds(x.granted_at), to_microseconds(x.expires_at), x.granted, x.left, x.origin]
            for x in state.lots
        ],
        "period": _dump_tally(state.period),
        "totals": _dump_tally(state.totals),
        "past": [
            [to_microseconds(x.start), to_microseconds(x.end), x.used, x.free_used, x.plan, x.allotment, x.months]
            for x in state.past
        ],
        "observed": observed and [to_microseconds(observed.at), observed.balance, observed.allowed],
        "discrepancy_at": None if state.discrepancy_at is None else to_microseconds(state.discrepancy_at),
        "open_sends": [[key, to_microseconds(x.sent_at), x.rule_book, x.lot_id] for key, x in state.open_sends.items()],
        "unseen_grant": state.unseen_grant,
    }


def load_state(data: dict[str, Any]) -> State:
    """The inverse of `dump_state`. Raises KeyError, TypeError or ValueError for other data.

    States of versions before rule books had dated numbers and periods of several months lack `cycle_month`,
    `numbers_at` and the `months` of past periods. Their periods were all of one month, so the defaults are the month of
    the opening, the start of the period, and 1.
    """
    at, rank, fact_id = data["position"]
    observed = data["observed"]
    opened_at, period_start = from_microseconds(data["opened_at"]), data["period_start"]
    return State(
        position=Position(from_microseconds(at), rank, fact_id),
        opened_at=opened_at,
        plan=data["plan"],
        zone=data["zone"],
        terms=Terms(*data["terms"]),
        cycle_day=data["cycle_day"],
        cycle_month=data.get("cycle_month", month_number(local_day(data["zone"], opened_at))),
        period_start=from_microseconds(period_start),
        next_renewal=from_microseconds(data["next_renewal"]),
        numbers_at=from_microseconds(data.get("numbers_at", period_start)),
        cancel_pending=data["cancel_pending"],
        balance=data["balance"],
        next_lot_id=data["next_lot_id"],
        lots=[
            Lot(i, from_microseconds(g), from_microseconds(e), granted, left, origin)
            for i, g, e, granted, left, origin in data["lots"]
        ],
        period=Tally(*data["period"]),
        totals=Tally(*data["totals"]),
        past=[ClosedPeriod(from_microseconds(s), from_microseconds(e), *rest) for s, e, *rest in data["past"]],
        observed=observed and Observation(from_microseconds(observed[0]), *observed[1:]),
        discrepancy_at=None if data["discrepancy_at"] is None else from_microseconds(data["discrepancy_at"]),
        open_sends={key: OpenSend(from_microseconds(s), book, lot) for key, s, book, lot in data["open_sends"]},
        unseen_grant=data["unseen_grant"],
    )


def _dump_tally(tally: Tally) -> list[int]:
    return [getattr(tally, name) for name in _TALLY_FIELDS]


_TALLY_FIELDS: tuple[str, ...] = tuple(each.name for each in fields(Tally))


class BrokenInvariant(NamedTuple):
    """An invariant of the ledger that does not hold.

    - `conservation`: the net of `totals` is `found`, the balance is `expected`.
    - `negative_balance`: the balance is `found`.
    - `lots`: the lots hold `found`, the balance is `expected`.
    - `negative_lot`: the lot `lot` holds `found`.
    - `order`: the lots are not in spending order.
    """

    code: Invariant
    found: int = 0
    expected: int = 0
    lot: int = 0
    totals: Tally | None = None


def broken_invariants(state: State) -> Iterable[BrokenInvariant]:
    """The invariants of the ledger that do not hold in this state; empty if all hold."""
    if state.totals.net() != state.balance:
        yield BrokenInvariant("conservation", state.totals.net(), state.balance, totals=state.totals)
    if state.balance < 0:
        yield BrokenInvariant("negative_balance", state.balance)
    if sum(lot.left for lot in state.lots) != state.balance:
        yield BrokenInvariant("lots", sum(lot.left for lot in state.lots), state.balance)
    for lot in state.lots:
        if lot.left < 0:
            yield BrokenInvariant("negative_lot", lot.left, lot=lot.id)
    if state.lots != sorted(state.lots, key=Lot.order):
        yield BrokenInvariant("order")
