"""Computes the warnings of an account, the most severe first.

The extension shows them and computes none itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.rules import money
from inkeeper.rules.fitting import fitting_books
from inkeeper.rules.forecast import Basis, Forecast
from inkeeper.rules.money import Money
from inkeeper.rules.pace import Pace, days_until
from inkeeper.rules.periods import Moment, day_start, local_day
from inkeeper.rules.replay import allotment_of, book_of, cap_of, months_of
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change, next_grant, next_loss
from inkeeper.vocabulary import SEVERITIES, ReminderCode, Severity

LeadDays = tuple[int, int, int]
"""Days (of 24 hours) before a loss from which `expiring` is shown as `info`, `warning` and `urgent`. Descending."""

DEFAULT_LEAD_DAYS: LeadDays = (7, 3, 1)
MAX_LEAD_DAYS = 60
"""Less than the length of a timeline."""

UNCONFIRMED_AFTER = timedelta(days=14)

GRANT_DUE_AFTER = timedelta(days=1)
GRANT_PROMPT_UNTIL = timedelta(days=5)
"""The span after a renewal in which `grant_missing` asks to check whether its credits came. Source of the first day:
LinkedIn Help 57013, by which LinkedIn's support helps from the second day on.
"""

RESPONSE_WINDOW = timedelta(days=14)
RESPONSE_MIN_SENT = 100
RESPONSE_MIN_PERCENT = 13
"""If at least RESPONSE_MIN_SENT InMails were sent within RESPONSE_WINDOW, this percentage of them must be answered;
else LinkedIn stops bulk sending in Recruiter. Source: LinkedIn Help a413271.
"""
RESPONSE_WARN_PERCENT = 15
"""The percentage below which `response_rate` warns that the limit is close."""


class Expiring(NamedTuple):
    """`credits` expire at `at`; `days` is the number of local days from today to the last on which they can be used.

    `per_day` is how many InMails per working day use all of them. `lost` is the forecast of the loss at the account's
    own rate (None: unknown). `worth` is their value at the user's price, if there is one.
    """

    credits: int
    days: int
    at: Moment
    per_day: float
    lost: int | None
    worth: Money | None


class FewTargets(NamedTuple):
    """`credits` expire in `days` (see `Expiring`) and `names` people are on the list; `more` people are needed."""

    credits: int
    days: int
    names: int
    more: int


class Behind(NamedTuple):
    """At the account's own rate, `lost` of the `credits` that end at `at` will be lost.

    `per_day` InMails per working day use all of them. `basis` is the history behind the rate.
    """

    lost: int
    credits: int
    at: Moment
    per_day: float
    basis: Basis


class NextGrant(NamedTuple):
    """The next grant."""

    credits: int
    at: Moment


class Empty(NamedTuple):
    """No credit is left. `coming` is None if no grant is in the timeline."""

    coming: NextGrant | None


class LowBalance(NamedTuple):
    """`balance` credits are left, at most the user's limit. `coming` is None if no grant is in the timeline."""

    balance: int
    coming: NextGrant | None


class OverCap(NamedTuple):
    """`over` of the credits `granted` at `at` will be forfeited over the cap. `cap` is today's."""

    over: int
    granted: int
    cap: int | None
    at: Moment


class GrantMissing(NamedTuple):
    """`credits` were due at `due`. `shown` is the balance without them that LinkedIn showed since (None: none)."""

    credits: int
    due: Moment
    shown: int | None


class ResponseRate(NamedTuple):
    """How many InMails were sent within RESPONSE_WINDOW, and how many of them were answered."""

    sent: int
    answered: int

    @property
    def percent(self) -> int:
        """The percentage answered, rounded down so that a rate below a limit is not shown as the limit."""
        return 100 * self.answered // self.sent


class Discrepancy(NamedTuple):
    """An InMail was sent at `at` although the computed balance was 0."""

    at: Moment


class Unconfirmed(NamedTuple):
    """The balance was last compared with LinkedIn's number `days` days (of 24 hours) ago."""

    days: int


class WrongBook(NamedTuple):
    """LinkedIn showed `balance`, more than the `allowed` of the account's rule book.

    `fitting` is the id of the best rule book that allows the balance, or None.
    """

    balance: int
    allowed: int
    rule_book: str
    fitting: str | None


class Cancelling(NamedTuple):
    """`credits` are voided at `at`, when the subscription ends."""

    credits: int
    at: Moment


class ToWrite(NamedTuple):
    """`people` people are to be written to today. `names` are some of them; empty if the user wants no names."""

    people: int
    names: tuple[str, ...]


Arguments = (
    Expiring
    | FewTargets
    | Behind
    | Empty
    | LowBalance
    | OverCap
    | GrantMissing
    | ResponseRate
    | Discrepancy
    | Unconfirmed
    | WrongBook
    | Cancelling
    | ToWrite
)


class AccountWarning(NamedTuple):
    """One warning. `until` (UTC) is when it ends by itself, None if it remains until the user acts.

    The type of `arguments` depends on the code.
    """

    code: ReminderCode
    severity: Severity
    until: datetime | None
    arguments: Arguments


class Replies(NamedTuple):
    """The InMails sent in the last RESPONSE_WINDOW and not taken back: how many, and how many were answered.

    `changes_at` is the instant (UTC) at which the oldest of them leaves the window (None: there are none).
    """

    sent: int
    answered: int
    changes_at: datetime | None


class WarningInputs(NamedTuple):
    """The inputs of the warnings: the state at `now` (UTC), values computed from it, and the account's settings.

    - `reserve`: how many credits the user keeps, for which no person on the list is needed.
    - `low_balance`: the balance at or below which to warn (None: never).
    - `names`: how many people are on the account's list (None: the list was never used, so no names are asked for).
    - `replies`: None for products without a required response rate.
    """

    state: State
    now: datetime
    changes: Sequence[Change]
    pace: Pace
    forecast: Forecast
    price: Money | None
    reserve: int = 0
    lead_days: LeadDays = DEFAULT_LEAD_DAYS
    low_balance: int | None = None
    names: int | None = None
    replies: Replies | None = None

    @property
    def leads(self) -> tuple[timedelta, timedelta, timedelta]:
        """`lead_days` as time spans."""
        first, second, third = self.lead_days
        return timedelta(days=first), timedelta(days=second), timedelta(days=third)


def warnings(outlook: WarningInputs) -> list[AccountWarning]:
    """All warnings at `now`, sorted by `urgency`."""
    found = [
        *_expiring(outlook),
        *_cancelling(outlook),
        *_behind(outlook),
        *_over_cap(outlook),
        *_wrong_book(outlook),
        *_discrepancy(outlook),
        *_grant_missing(outlook),
        *_response_rate(outlook),
        *_few_targets(outlook),
        *_empty(outlook),
        *_low_balance(outlook),
        *_unconfirmed(outlook),
    ]
    return sorted(found, key=urgency)


def urgency(warning: AccountWarning) -> tuple[bool, int]:
    """Sort key of warnings: `expiring` first, then the most severe."""
    return warning.code != "expiring", SEVERITIES.index(warning.severity)


def next_change_at(outlook: WarningInputs) -> datetime:
    """The next instant (UTC) at which a warning, a count of days or the balance can change by time alone.

    Results computed from `outlook` are valid until then.
    """
    state, now = outlook.state, outlook.now
    instants = [day_start(state.zone, local_day(state.zone, now) + timedelta(days=1))]
    instants.extend([state.next_renewal, *(lot.expires_at for lot in state.lots[:1])])
    confirmed = _confirmed_at(state)
    instants.append(confirmed + max(UNCONFIRMED_AFTER, timedelta(days=(now - confirmed).days + 1)))
    instants.extend([state.period_start + GRANT_DUE_AFTER, state.period_start + GRANT_PROMPT_UNTIL])
    if outlook.replies and outlook.replies.changes_at:
        instants.append(outlook.replies.changes_at)
    for change in outlook.changes:
        instants.append(change.at)
        instants.extend(change.at - ahead for ahead in outlook.leads)
    return min(instant for instant in instants if instant > now)


def _severity(o: WarningInputs, at: datetime) -> Severity:
    """The severity of a loss at `at` (UTC) by the account's lead days."""
    _, warning, urgent = o.leads
    left = at - o.now
    return "urgent" if left <= urgent else "warning" if left <= warning else "info"


def _next_to_expire(o: WarningInputs) -> Change | None:
    """The next expiry, if it is within the first of the lead days.

    None with an empty balance, since long lead days can reach the expiry of credits that are not granted yet.
    """
    if not o.state.balance:
        return None
    expiry = next((change for change in o.changes if change.reason == "expire"), None)
    return expiry if expiry and expiry.at - o.now <= o.leads[0] else None


def _expiring(o: WarningInputs) -> Iterator[AccountWarning]:
    expiry = _next_to_expire(o)
    if expiry is None:
        return
    at, lost = expiry.at, -expiry.credits
    worth = money.value_of(lost, o.price, allotment_of(o.state), months_of(o.state))
    expiring = Expiring(lost, _days_to_use(o, at), Moment(at, o.state.zone), o.pace.per_day, o.forecast.lost, worth)
    yield AccountWarning("expiring", _severity(o, at), at, expiring)


def _days_to_use(o: WarningInputs, at: datetime) -> int:
    """The number of local days from today to the last day before `at`. 0: today is the last."""
    return len(days_until(o.state.zone, o.now, at)) - 1


def _few_targets(o: WarningInputs) -> Iterator[AccountWarning]:
    """Warns if fewer people are on the list than credits expire, without the reserve."""
    expiry = _next_to_expire(o)
    if expiry is None or o.names is None:
        return
    more = -expiry.credits - o.reserve - o.names
    if more > 0:
        few = FewTargets(-expiry.credits, _days_to_use(o, expiry.at), o.names, more)
        yield AccountWarning("few_targets", "info", expiry.at, few)


def _behind(o: WarningInputs) -> Iterator[AccountWarning]:
    loss = next_loss(o.changes)
    if loss is None or o.pace.status == "done" or not o.forecast.lost or loss.at - o.now <= o.leads[0]:
        return
    at = Moment(loss.at, o.state.zone)
    behind = Behind(o.forecast.lost, -loss.credits, at, o.pace.per_day, o.forecast.basis)
    yield AccountWarning("behind", "warning", loss.at, behind)


def _empty(o: WarningInputs) -> Iterator[AccountWarning]:
    if o.state.balance or not allotment_of(o.state):
        return
    coming = _coming(o)
    yield AccountWarning("empty", "info", coming.at.at if coming else None, Empty(coming))


def _coming(o: WarningInputs) -> NextGrant | None:
    grant = next_grant(o.changes)
    return NextGrant(grant.credits, Moment(grant.at, o.state.zone)) if grant else None


def _over_cap(o: WarningInputs) -> Iterator[AccountWarning]:
    cut = next((c for c in o.changes if c.reason == "forfeit"), None)
    grant, cap = next_grant(o.changes), cap_of(o.state)
    if cut is None or grant is None or cut.at != grant.at:
        return
    over = OverCap(-cut.credits, grant.credits, cap, Moment(cut.at, o.state.zone))
    yield AccountWarning("over_cap", _severity(o, cut.at), cut.at, over)


def _low_balance(o: WarningInputs) -> Iterator[AccountWarning]:
    """Warns if the balance is at the user's limit or below. A balance of 0 is `empty` instead."""
    balance = o.state.balance
    if o.low_balance is None or not 0 < balance <= o.low_balance:
        return
    until = o.changes[0].at if o.changes else None
    yield AccountWarning("low_balance", "info", until, LowBalance(balance, _coming(o)))


def _grant_missing(o: WarningInputs) -> Iterator[AccountWarning]:
    """Warns if the credits of a renewal are not confirmed (`State.unseen_grant`) after GRANT_DUE_AFTER.

    - If LinkedIn's balance was observed since and lacks them: `warning`, until an observation has them or the period
      ends.
    - If no balance was observed since: `info`, which asks to check, until GRANT_PROMPT_UNTIL. Only for accounts with an
      observation in the period before; others are asked by `unconfirmed`.
    """
    state, observed = o.state, o.state.observed
    renewed_at, missing = state.period_start, state.unseen_grant
    if not missing or observed is None or o.now - renewed_at < GRANT_DUE_AFTER:
        return
    due = Moment(renewed_at, state.zone)
    if observed.at >= renewed_at:
        found = GrantMissing(missing, due, observed.balance)
        yield AccountWarning("grant_missing", "warning", state.next_renewal, found)
    elif o.now - renewed_at < GRANT_PROMPT_UNTIL and state.past and observed.at >= state.past[-1].start:
        until = renewed_at + GRANT_PROMPT_UNTIL
        yield AccountWarning("grant_missing", "info", until, GrantMissing(missing, due, None))


def _response_rate(o: WarningInputs) -> Iterator[AccountWarning]:
    """Warns if the response rate of recent InMails is below LinkedIn's limit for Recruiter, or close to it."""
    if o.replies is None or o.replies.sent < RESPONSE_MIN_SENT:
        return
    sent, answered, _ = o.replies
    if 100 * answered >= RESPONSE_WARN_PERCENT * sent:
        return
    is_over = 100 * answered < RESPONSE_MIN_PERCENT * sent
    yield AccountWarning("response_rate", "urgent" if is_over else "warning", None, ResponseRate(sent, answered))


def _confirmed_at(state: State) -> datetime:
    """When the balance was last confirmed: at the last observation, else at the opening."""
    return state.observed.at if state.observed else state.opened_at


def _discrepancy(o: WarningInputs) -> Iterator[AccountWarning]:
    if o.state.discrepancy_at is not None:
        found = Discrepancy(Moment(o.state.discrepancy_at, o.state.zone))
        yield AccountWarning("discrepancy", "warning", None, found)


def _unconfirmed(o: WarningInputs) -> Iterator[AccountWarning]:
    since = _confirmed_at(o.state)
    if o.now - since >= UNCONFIRMED_AFTER:
        yield AccountWarning("unconfirmed", "info", None, Unconfirmed((o.now - since).days))


def _wrong_book(o: WarningInputs) -> Iterator[AccountWarning]:
    observed = o.state.observed
    if observed is None or observed.allowed is None or not observed.contradicts_book:
        return
    fitting = fitting_books(o.state)
    best = fitting[0].book.id if fitting else None
    found = WrongBook(observed.balance, observed.allowed, book_of(o.state).id, best)
    yield AccountWarning("wrong_book", "warning", None, found)


def _cancelling(o: WarningInputs) -> Iterator[AccountWarning]:
    ends = next((c for c in o.changes if c.reason == "void" and c.rule == "cancel"), None)
    if ends is None:
        return
    severity: Severity = "urgent" if ends.at - o.now <= o.leads[1] else "warning"
    found = Cancelling(-ends.credits, Moment(ends.at, o.state.zone))
    yield AccountWarning("cancelling", severity, ends.at, found)
