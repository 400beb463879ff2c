"""What an account's history amounts to at one position in it: lots, balance, counts.

Saved as a snapshot, it is only ever a cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from inkeeper.rules.facts import Terms
from inkeeper.rules.periods import local_day, month_number
from inkeeper.vocabulary import Invariant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

PAST_PERIODS = 3
"""How many closed periods with InMails a state remembers: what the forecast blends a young period with."""


def micros(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z: how instants are written down."""
    return (instant - EPOCH) // _MICROSECOND


def instant(microseconds: int) -> datetime:
    """The aware UTC datetime behind `micros`."""
    return EPOCH + timedelta(microseconds=microseconds)


class Position(NamedTuple):
    """A place in the order of all events: by instant, then by rank (the order at one instant), then by fact id."""

    at: datetime
    rank: int
    fact_id: str


@dataclass(slots=True)
class Lot:
    """The credits of one grant (or adjust, or credit back) and what is left of them.

    Amounts in credits, instants UTC.
    """

    id: int
    granted_at: datetime
    expires_at: datetime
    granted: int
    left: int
    origin: str

    def order(self) -> tuple[datetime, datetime, int]:
        """Spending order: oldest expiry first, then oldest grant."""
        return (self.expires_at, self.granted_at, self.id)


@dataclass(slots=True)
class Tally:
    """Credits by what became of them, over a span of time.

    `used` counts spends, `free_used` InMails that cost nothing. `observed_less` and `observed_more` are the parts of
    `adjusted_down` and `adjusted_up` by which LinkedIn showed another balance than the ledger had computed.
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
        """What must equal the change of the balance over the span (conservation)."""
        came = self.granted + self.credited_back + self.adjusted_up
        went = self.used + self.expired + self.forfeited + self.voided + self.adjusted_down
        return came - went


@dataclass(slots=True)
class ClosedPeriod:
    """A period that is over: its span `[start, end)` in UTC, how many InMails were sent in it, and the plan that it
    ended on. `allotment` is the plan's for `months` months.
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
    """The last balance that LinkedIn showed, and the most the rule book allowed then (None: no limit)."""

    at: datetime
    balance: int
    allowed: int | None

    @property
    def contradicts_book(self) -> bool:
        """Whether LinkedIn showed more than the rule book allows."""
        return self.allowed is not None and self.balance > self.allowed


class OpenSend(NamedTuple):
    """A paid InMail whose answer would still return its credit: when it was sent, under which book, from which lot."""

    sent_at: datetime
    rule_book: str
    lot_id: int


@dataclass(slots=True)
class State:
    """Everything that the replay needs to go on from `position`, and all that pace, forecast and warnings read.

    `cycle_day` and `cycle_month` (as `month_number` counts months) are where the account's own cycle began, for plans
    that renew on its own day. `next_renewal` is the renewal not yet processed. `numbers_at` (UTC) is the instant whose
    numbers the plan goes by: that of the last renewal, change of plan or choice of terms. `lots` is kept in spending
    order.

    `unseen_grant` is how many credits the renewal at `period_start` brought (after the cap), as long as neither
    LinkedIn's number nor an InMail has shown since that they came; else 0.
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
        """An independent state to go on from."""
        made = _shallow_copy(self)
        made.lots = [_shallow_copy(lot) for lot in self.lots]
        made.period = _shallow_copy(self.period)
        made.totals = _shallow_copy(self.totals)
        made.past = list(self.past)
        made.open_sends = dict(self.open_sends)
        return made


_Slotted = TypeVar("_Slotted", State, Lot, Tally)


def _shallow_copy(value: _Slotted) -> _Slotted:
    """What `dataclasses.replace` makes of it, in a third of the time: every replay begins with some of these."""
    made = object.__new__(type(value))
    for name in value.__slots__:
        setattr(made, name, getattr(value, name))
    return made


def dump_state(state: State) -> dict[str, Any]:
    """The state as plain JSON values, instants in microseconds."""
    observed, terms = state.observed, state.terms
    return {
        "position": [micros(state.position.at), state.position.rank, state.position.fact_id],
        "opened_at": micros(state.opened_at),
        "plan": state.plan,
        "zone": state.zone,
        "terms": [terms.rule_book, terms.allotment, terms.cap, terms.renewal_day],
        "cycle_day": state.cycle_day,
        "cycle_month": state.cycle_month,
        "period_start": micros(state.period_start),
        "next_renewal": micros(state.next_renewal),
        "numbers_at": micros(state.numbers_at),
        "cancel_pending": state.cancel_pending,
        "balance": state.balance,
        "next_lot_id": state.next_lot_id,
        "lots": [[x.id, micros(x.granted_at), micros(x.expires_at), x.granted, x.left, x.origin] for x in state.lots],
        "period": _dump_tally(state.period),
        "totals": _dump_tally(state.totals),
        "past": [
            [micros(x.start), micros(x.end), x.used, x.free_used, x.plan, x.allotment, x.months] for x in state.past
        ],
        "observed": observed and [micros(observed.at), observed.balance, observed.allowed],
        "discrepancy_at": None if state.discrepancy_at is None else micros(state.discrepancy_at),
        "open_sends": [[key, micros(x.sent_at), x.rule_book, x.lot_id] for key, x in state.open_sends.items()],
        "unseen_grant": state.unseen_grant,
    }


def load_state(data: dict[str, Any]) -> State:
    """The state behind `dump_state`. Raises KeyError, TypeError or ValueError on anything else.

    States of versions before rule books had dates and steps lack `cycle_month`, `numbers_at` and the `months` of past
    periods. All periods were of one month then, so the opening's month and the period's start stand in for them.
    """
    at, rank, fact_id = data["position"]
    observed = data["observed"]
    opened_at, period_start = instant(data["opened_at"]), data["period_start"]
    return State(
        position=Position(instant(at), rank, fact_id),
        opened_at=opened_at,
        plan=data["plan"],
        zone=data["zone"],
        terms=Terms(*data["terms"]),
        cycle_day=data["cycle_day"],
        cycle_month=data.get("cycle_month", month_number(local_day(data["zone"], opened_at))),
        period_start=instant(period_start),
        next_renewal=instant(data["next_renewal"]),
        numbers_at=instant(data.get("numbers_at", period_start)),
        cancel_pending=data["cancel_pending"],
        balance=data["balance"],
        next_lot_id=data["next_lot_id"],
        lots=[Lot(i, instant(g), instant(e), granted, left, origin) for i, g, e, granted, left, origin in data["lots"]],
        period=Tally(*data["period"]),
        totals=Tally(*data["totals"]),
        past=[ClosedPeriod(instant(s), instant(e), *rest) for s, e, *rest in data["past"]],
        observed=observed and Observation(instant(observed[0]), *observed[1:]),
        discrepancy_at=None if data["discrepancy_at"] is None else instant(data["discrepancy_at"]),
        open_sends={key: OpenSend(instant(s), book, lot) for key, s, book, lot in data["open_sends"]},
        unseen_grant=data["unseen_grant"],
    )


def _dump_tally(tally: Tally) -> list[int]:
    return [getattr(tally, name) for name in _TALLY_FIELDS]


_TALLY_FIELDS: tuple[str, ...] = tuple(each.name for each in fields(Tally))


class BrokenInvariant(NamedTuple):
    """An invariant of the ledger that does not hold.

    - `conservation`: what came and went adds up to `found`, the balance is `expected`; `totals` are the amounts.
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
    """Each invariant of the ledger that does not hold in this state; nothing where all hold."""
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
