"""Warnings: what a user should know before credits are lost, worst first.

The extension shows them and works out nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from inkeeper.rules import money
from inkeeper.rules.fitting import fitting_books
from inkeeper.rules.forecast import Forecast
from inkeeper.rules.money import Money
from inkeeper.rules.pace import Pace, days_until
from inkeeper.rules.periods import day_start, local_day, time_zone
from inkeeper.rules.replay import allotment_of, book_of, cap_of, months_of
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change, next_grant, next_loss
from inkeeper.vocabulary import SEVERITIES, ReminderCode, Severity

LeadDays = tuple[int, int, int]
"""How many days (of 24 hours) before a loss `expiring` begins, rises to `warning`, and rises to `urgent`: falling."""

DEFAULT_LEAD_DAYS: LeadDays = (7, 3, 1)
MOST_LEAD_DAYS = 60
"""Less than a timeline looks ahead."""

UNCONFIRMED_AFTER = timedelta(days=14)

GRANT_DUE_AFTER = timedelta(days=1)
GRANT_ASKED_UNTIL = timedelta(days=5)
"""From when to when after a renewal `grant_missing` asks to look whether its credits came. Source of the day: LinkedIn
Help 57013, by which its support helps from the second day on.
"""

RESPONSE_WINDOW = timedelta(days=14)
RESPONSE_SENT_LEAST = 100
RESPONSE_PERCENT_LEAST = 13
"""Of the InMails sent within RESPONSE_WINDOW, if they are so many, this share must be answered; else Recruiter's bulk
sending stops. Source: LinkedIn Help a413271.
"""
RESPONSE_PERCENT_CLOSE = 15
"""Below this share `response_rate` warns that the limit is close."""


class AccountWarning(NamedTuple):
    """One warning in words for the user.

    `until` (UTC) is when it ends by itself, None where it stays until acted upon. `arguments` are the numbers that its
    words need, for codes whose numbers are not all in the summary otherwise.
    """

    code: ReminderCode
    severity: Severity
    title: str
    detail: str
    until: datetime | None
    arguments: dict[str, int] = {}  # noqa: RUF012 (never changed)


class Replies(NamedTuple):
    """InMails sent in the last RESPONSE_WINDOW and not taken back: how many, how many of them were answered, and the
    instant (UTC) at which the oldest of them leaves the window (None where there are none).
    """

    sent: int
    answered: int
    changes_at: datetime | None


class Outlook(NamedTuple):
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


def warnings(outlook: Outlook) -> list[AccountWarning]:
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


def next_turn(outlook: Outlook) -> datetime:
    """The next instant (UTC) at which any warning, day count or balance may change by time alone; until then the
    outlook stands.
    """
    state, now = outlook.state, outlook.now
    turns = [day_start(state.zone, local_day(state.zone, now) + timedelta(days=1))]
    turns.extend([state.next_renewal, *(lot.expires_at for lot in state.lots[:1])])
    confirmed = _confirmed_at(state)
    turns.append(confirmed + max(UNCONFIRMED_AFTER, timedelta(days=(now - confirmed).days + 1)))
    turns.extend([state.period_start + GRANT_DUE_AFTER, state.period_start + GRANT_ASKED_UNTIL])
    if outlook.replies and outlook.replies.changes_at:
        turns.append(outlook.replies.changes_at)
    for change in outlook.changes:
        turns.append(change.at)
        turns.extend(change.at - ahead for ahead in outlook.leads)
    return min(turn for turn in turns if turn > now)


def say_day(zone: str, at: datetime) -> str:
    """The moment of a loss in words, zone named."""
    return f"{say_local_day(zone, at)} ({zone})"


def say_local_day(zone: str, at: datetime) -> str:
    """The moment of a loss in words, for a text that names the zone elsewhere: its last usable day where it falls on a
    local day's first instant, else day and time.
    """
    local = at.astimezone(time_zone(zone))
    if at == day_start(zone, local.date()):
        local = (at - timedelta(microseconds=1)).astimezone(time_zone(zone))
        return f"the end of {local.day} {local:%b}"
    return f"{local.day} {local:%b} {local:%H:%M}"


def say_date(zone: str, at: datetime) -> str:
    """The local date of an instant in words, zone named."""
    local = at.astimezone(time_zone(zone))
    return f"{local.day} {local:%b} ({zone})"


def credits(number: int) -> str:
    """`1 credit`, `2 credits`."""
    return f"{number} credit" if number == 1 else f"{number} credits"


def _severity(o: Outlook, at: datetime) -> Severity:
    """How urgent a loss at the instant `at` is by the account's lead days."""
    _, warning, urgent = o.leads
    left = at - o.now
    return "urgent" if left <= urgent else "warning" if left <= warning else "info"


def _days(zone: str, now: datetime, at: datetime) -> str:
    """How far the last day before `at` is away: `today`, `tomorrow`, else the number of days, today not counted."""
    days = len(days_until(zone, now, at)) - 1
    return ("today", "tomorrow")[days] if days <= 1 else f"in {days} days"


def _next_to_expire(o: Outlook) -> Change | None:
    """The first credits to expire, if that is within the first of the lead days.

    None where no credit is left: long lead days would reach credits that are yet to come.
    """
    if not o.state.balance:
        return None
    expiry = next((change for change in o.changes if change.reason == "expire"), None)
    return expiry if expiry and expiry.at - o.now <= o.leads[0] else None


def _expiring(o: Outlook) -> Iterator[AccountWarning]:
    expiry = _next_to_expire(o)
    if expiry is None:
        return
    at, lost = expiry.at, -expiry.credits
    day = say_day(o.state.zone, at)
    detail = f"Send {o.pace.per_day:g} a working day to use them by {day}." if o.pace.per_day else f"Use them by {day}."
    if o.forecast.lost:
        detail += f" At your pace {o.forecast.lost} would be lost."
    if worth := money.value_of(lost, o.price, allotment_of(o.state), months_of(o.state)):
        detail += f" Worth {money.say(worth)} at your price."
    yield AccountWarning("expiring", _severity(o, at), _expire_in_words(o, expiry), detail, at)


def _expire_in_words(o: Outlook, expiry: Change) -> str:
    verb = "expires" if expiry.credits == -1 else "expire"
    return f"{credits(-expiry.credits)} {verb} {_days(o.state.zone, o.now, expiry.at)}"


def _few_targets(o: Outlook) -> Iterator[AccountWarning]:
    """Fewer people on the list than credits that are about to expire and are not kept in reserve."""
    expiry = _next_to_expire(o)
    if expiry is None or o.names is None:
        return
    more = -expiry.credits - o.reserve - o.names
    if more <= 0:
        return
    if o.names:
        listed = f"{_people(o.names)} {'is' if o.names == 1 else 'are'} on your list"
        detail = f"Add {more} more to write to."
    else:
        listed = "your list is empty"
        detail = f"Add {_people(more)} to write to."
    title = f"{_expire_in_words(o, expiry)}, and {listed}"
    yield AccountWarning(
        "few_targets", "info", title, detail, expiry.at, {"names": o.names, "credits": -expiry.credits}
    )


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _behind(o: Outlook) -> Iterator[AccountWarning]:
    loss = next_loss(o.changes)
    if loss is None or o.pace.status == "done" or not o.forecast.lost or loss.at - o.now <= o.leads[0]:
        return
    title = f"At your pace {credits(o.forecast.lost)} will be lost"
    detail = f"Send {o.pace.per_day:g} a working day to use all {-loss.credits} by {say_day(o.state.zone, loss.at)}."
    yield AccountWarning("behind", "warning", title, f"{detail} Based on {o.forecast.basis}.", loss.at)


def _empty(o: Outlook) -> Iterator[AccountWarning]:
    if o.state.balance or not allotment_of(o.state):
        return
    grant = next_grant(o.changes)
    yield AccountWarning(
        "empty",
        "info",
        "All credits are used",
        f"{_more_to_come(o, grant)} Only an upgrade brings more now.",
        grant.at if grant else None,
    )


def _more_to_come(o: Outlook, grant: Change | None) -> str:
    if grant is None:
        return "No more come on this plan."
    return f"{grant.credits} more come on {say_date(o.state.zone, grant.at)}."


def _over_cap(o: Outlook) -> Iterator[AccountWarning]:
    cut = next((c for c in o.changes if c.reason == "forfeit"), None)
    grant = next_grant(o.changes)
    if cut is None or grant is None or cut.at != grant.at:
        return
    title = f"{credits(-cut.credits)} of the coming {grant.credits} would be over the cap"
    day = say_date(o.state.zone, cut.at)
    detail = f"Your plan keeps {cap_of(o.state)} at most. Use {credits(-cut.credits)} before {day} to get them all."
    yield AccountWarning("over_cap", _severity(o, cut.at), title, detail, cut.at)


def _low_balance(o: Outlook) -> Iterator[AccountWarning]:
    """The balance is at the user's own number or below. A balance of 0 is `empty`."""
    balance = o.state.balance
    if o.low_balance is None or not 0 < balance <= o.low_balance:
        return
    title = f"Only {credits(balance)} {'is' if balance == 1 else 'are'} left"
    until = o.changes[0].at if o.changes else None
    yield AccountWarning("low_balance", "info", title, _more_to_come(o, next_grant(o.changes)), until)


def _grant_missing(o: Outlook) -> Iterator[AccountWarning]:
    """A renewal's credits that nothing has shown to have come (`State.unseen_grant`), a day after it.

    Where LinkedIn's number was seen since and lacks them, this is a warning until a number has them or the period ends.
    Where no number was seen since, it only asks to look, from the second day to the fifth, and only those who entered
    LinkedIn's number in the period before: others are not used to comparing, and `unconfirmed` asks them after 14 days.
    """
    state, observed = o.state, o.state.observed
    renewed_at, missing = state.period_start, state.unseen_grant
    if not missing or observed is None or o.now - renewed_at < GRANT_DUE_AFTER:
        return
    day = say_date(state.zone, renewed_at)
    if observed.at >= renewed_at:
        title = f"LinkedIn showed {observed.balance}, without the {missing} new of {day}"
        detail = "Check that your new credits came. If they're still missing, LinkedIn's support can help."
        arguments = {"credits": missing, "shown": observed.balance}
        yield AccountWarning("grant_missing", "warning", title, detail, state.next_renewal, arguments)
    elif o.now - renewed_at < GRANT_ASKED_UNTIL and state.past and observed.at >= state.past[-1].start:
        noun = "credit" if missing == 1 else "credits"
        title = f"Check that your {missing} new {noun} came"
        detail = f"They were due on {day}. Enter the number that LinkedIn shows."
        until = renewed_at + GRANT_ASKED_UNTIL
        yield AccountWarning("grant_missing", "info", title, detail, until, {"credits": missing})


def _response_rate(o: Outlook) -> Iterator[AccountWarning]:
    """Too few of the InMails sent lately were answered, or nearly so, by LinkedIn's limit for Recruiter."""
    if o.replies is None or o.replies.sent < RESPONSE_SENT_LEAST:
        return
    sent, answered, _ = o.replies
    if 100 * answered >= RESPONSE_PERCENT_CLOSE * sent:
        return
    is_over = 100 * answered < RESPONSE_PERCENT_LEAST * sent
    # Rounded down: a share below a limit must not read as the limit.
    percent = 100 * answered // sent
    title = f"{percent}% of {sent} InMails were answered in {RESPONSE_WINDOW.days} days"
    detail = f"Under {RESPONSE_PERCENT_LEAST}% LinkedIn stops bulk sending. Record the answers that have come."
    arguments = {"sent": sent, "answered": answered}
    yield AccountWarning("response_rate", "urgent" if is_over else "warning", title, detail, None, arguments)


def _confirmed_at(state: State) -> datetime:
    """When the balance was last known for sure: the last observation, else the opening."""
    return state.observed.at if state.observed else state.opened_at


def _discrepancy(o: Outlook) -> Iterator[AccountWarning]:
    if o.state.discrepancy_at is None:
        return
    detail = "Type in the number that LinkedIn shows now, and the ledger goes on from there."
    day = say_date(o.state.zone, o.state.discrepancy_at)
    yield AccountWarning("discrepancy", "warning", f"Ledger and LinkedIn differed on {day}", detail, None)


def _unconfirmed(o: Outlook) -> Iterator[AccountWarning]:
    since = _confirmed_at(o.state)
    if o.now - since < UNCONFIRMED_AFTER:
        return
    detail = "Compare it with the number that LinkedIn shows, and correct it if they differ."
    yield AccountWarning("unconfirmed", "info", f"Balance not confirmed for {(o.now - since).days} days", detail, None)


def _wrong_book(o: Outlook) -> Iterator[AccountWarning]:
    observed = o.state.observed
    if observed is None or not observed.contradicts_book:
        return
    fitting = fitting_books(o.state)
    detail = f"“{book_of(o.state).title}” allows {observed.allowed} at most."
    if fitting:
        detail += f" Perhaps this fits better: “{fitting[0].book.title}”. See in the settings what it would change."
    else:
        detail += " Check the plan and the allotment in the settings."
    yield AccountWarning(
        "wrong_book", "warning", f"LinkedIn showed {credits(observed.balance)}, more than the rules allow", detail, None
    )


def _cancelling(o: Outlook) -> Iterator[AccountWarning]:
    ends = next((c for c in o.changes if c.reason == "void" and c.rule == "cancel"), None)
    if ends is None:
        return
    severity: Severity = "urgent" if ends.at - o.now <= o.leads[1] else "warning"
    title = f"Use {credits(-ends.credits)} before your subscription ends"
    yield AccountWarning(
        "cancelling", severity, title, f"They are voided at {say_day(o.state.zone, ends.at)}.", ends.at
    )
