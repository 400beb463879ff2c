"""Warnings: what a user should know before credits are lost, worst first.

The extension shows them and works out nothing itself.
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
"""How many days (of 24 hours) before a loss `expiring` begins, rises to `warning`, and rises to `urgent`: falling."""

DEFAULT_LEAD_DAYS: LeadDays = (7, 3, 1)
MAX_LEAD_DAYS = 60
"""Less than a timeline looks ahead."""

UNCONFIRMED_AFTER = timedelta(days=14)

GRANT_DUE_AFTER = timedelta(days=1)
GRANT_PROMPT_UNTIL = timedelta(days=5)
"""From when to when after a renewal `grant_missing` asks to look whether its credits came. Source of the day: LinkedIn
Help 57013, by which its support helps from the second day on.
"""

RESPONSE_WINDOW = timedelta(days=14)
RESPONSE_MIN_SENT = 100
RESPONSE_MIN_PERCENT = 13
"""Of the InMails sent within RESPONSE_WINDOW, if they are so many, this share must be answered; else Recruiter's bulk
sending stops. Source: LinkedIn Help a413271.
"""
RESPONSE_WARN_PERCENT = 15
"""Below this share `response_rate` warns that the limit is close."""


class Expiring(NamedTuple):
    """`credits` expire at `at`; `days` counts the local days from today to the last on which they can be used.

    `per_day` InMails a working day use them up. `lost` of them are lost at the account's own rate (None: not known).
    `worth` is what they cost at the user's price, if there is one.
    """

    credits: int
    days: int
    at: Moment
    per_day: float
    lost: int | None
    worth: Money | None


class FewTargets(NamedTuple):
    """`credits` expire in `days` (see `Expiring`) with `names` people on the list; `more` people would be needed."""

    credits: int
    days: int
    names: int
    more: int


class Behind(NamedTuple):
    """`lost` of the `credits` that go at `at` are lost at the account's own rate; `per_day` InMails use all of them."""

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
    """No credit is left. `coming` is None where the plan brings none."""

    coming: NextGrant | None


class LowBalance(NamedTuple):
    """So few credits are left. `coming` is None where the plan brings no more."""

    balance: int
    coming: NextGrant | None


class OverCap(NamedTuple):
    """`over` of the `granted` credits that come at `at` would lift the balance over the cap. `cap` is today's."""

    over: int
    granted: int
    cap: int | None
    at: Moment


class GrantMissing(NamedTuple):
    """The `credits` due at `due`. `shown` is the balance without them that LinkedIn showed since (None: none was
    seen).
    """

    credits: int
    due: Moment
    shown: int | None


class ResponseRate(NamedTuple):
    """Of the InMails sent within RESPONSE_WINDOW, how many were answered."""

    sent: int
    answered: int

    @property
    def percent(self) -> int:
        """The answered share. Rounded down: a share below a limit must not read as the limit."""
        return 100 * self.answered // self.sent


class Discrepancy(NamedTuple):
    """An InMail was sent at `at` although no credit was left for it."""

    at: Moment


class Unconfirmed(NamedTuple):
    """The balance was last compared with LinkedIn's number so many times 24 hours ago."""

    days: int


class WrongBook(NamedTuple):
    """LinkedIn showed `balance`, more than the `allowed` of the rule book; `fitting` is the id of the book that fits
    best, if any does.
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
    """So many people are to be written to today; `names` are some of them, or none where the user wants no names."""

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
    """One warning: what holds, and how urgent it is. `until` (UTC) is when it ends by itself, None where it stays until
    acted upon. `arguments` are of the type that belongs to the code.
    """

    code: ReminderCode
    severity: Severity
    until: datetime | None
    arguments: Arguments


class Replies(NamedTuple):
    """InMails sent in the last RESPONSE_WINDOW and not taken back: how many, how many of them were answered, and the
    instant (UTC) at which the oldest of them leaves the window (None where there are none).
    """

    sent: int
    answered: int
    changes_at: datetime | None


class WarningInputs(NamedTuple):
    """What the warnings are judged by: the state at `now` (UTC), what was computed from it, and the account's settings.

    `reserve` is how many credits need no name, `low_balance` the balance at which to warn, None for never. `names` is
    how many people are on the account's list to write to, None where nobody ever was: who only logs InMails is not
    asked for names. `replies` is None for products without a required response rate.
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
        """`lead_days` as times."""
        first, second, third = self.lead_days
        return timedelta(days=first), timedelta(days=second), timedelta(days=third)


def warnings(outlook: WarningInputs) -> list[AccountWarning]:
    """All warnings that hold now: what expires first, then the most severe.

    Source: the table of warnings in the rules of credits.
    """
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
    """Sorts warnings: what expires always comes first, then the most severe."""
    return warning.code != "expiring", SEVERITIES.index(warning.severity)


def next_change_at(outlook: WarningInputs) -> datetime:
    """The next instant (UTC) at which any warning, day count or balance may change by time alone; until then the
    outlook stands.
    """
    state, now = outlook.state, outlook.now
    turns = [day_start(state.zone, local_day(state.zone, now) + timedelta(days=1))]
    turns.extend([state.next_renewal, *(lot.expires_at for lot in state.lots[:1])])
    confirmed = _confirmed_at(state)
    turns.append(confirmed + max(UNCONFIRMED_AFTER, timedelta(days=(now - confirmed).days + 1)))
    turns.extend([state.period_start + GRANT_DUE_AFTER, state.period_start + GRANT_PROMPT_UNTIL])
    if outlook.replies and outlook.replies.changes_at:
        turns.append(outlook.replies.changes_at)
    for change in outlook.changes:
        turns.append(change.at)
        turns.extend(change.at - ahead for ahead in outlook.leads)
    return min(turn for turn in turns if turn > now)


def _severity(o: WarningInputs, at: datetime) -> Severity:
    """How urgent a loss at the instant `at` is by the account's lead days."""
    _, warning, urgent = o.leads
    left = at - o.now
    return "urgent" if left <= urgent else "warning" if left <= warning else "info"


def _next_to_expire(o: WarningInputs) -> Change | None:
    """The first credits to expire, if that is within the first of the lead days.

    None where no credit is left: long lead days would reach credits that are yet to come.
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
    """How many local days from today to the last one before `at`."""
    return len(days_until(o.state.zone, o.now, at)) - 1


def _few_targets(o: WarningInputs) -> Iterator[AccountWarning]:
    """Fewer people on the list than credits that are about to expire and are not kept in reserve."""
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
    """The balance is at the user's own number or below. A balance of 0 is `empty`."""
    balance = o.state.balance
    if o.low_balance is None or not 0 < balance <= o.low_balance:
        return
    until = o.changes[0].at if o.changes else None
    yield AccountWarning("low_balance", "info", until, LowBalance(balance, _coming(o)))


def _grant_missing(o: WarningInputs) -> Iterator[AccountWarning]:
    """A renewal's credits that nothing has shown to have come (`State.unseen_grant`), a day after it.

    Where LinkedIn's number was seen since and lacks them, this is a warning until a number has them or the period ends.
    Where no number was seen since, it only asks to look, from the second day to the fifth, and only those who entered
    LinkedIn's number in the period before: others are not used to comparing, and `unconfirmed` asks them after 14 days.
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
    """Too few of the InMails sent lately were answered, or nearly so, by LinkedIn's limit for Recruiter."""
    if o.replies is None or o.replies.sent < RESPONSE_MIN_SENT:
        return
    sent, answered, _ = o.replies
    if 100 * answered >= RESPONSE_WARN_PERCENT * sent:
        return
    is_over = 100 * answered < RESPONSE_MIN_PERCENT * sent
    yield AccountWarning("response_rate", "urgent" if is_over else "warning", None, ResponseRate(sent, answered))


def _confirmed_at(state: State) -> datetime:
    """When the balance was last known for sure: the last observation, else the opening."""
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
