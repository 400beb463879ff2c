"""Warnings: what a user should know before credits are lost, worst first.

The extension shows them and works out nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from inkeeper.rules import money
from inkeeper.rules.fitting import fitting_books
from inkeeper.rules.forecast import Forecast
from inkeeper.rules.money import Money
from inkeeper.rules.pace import Pace, days_until
from inkeeper.rules.periods import day_start, local_day, time_zone
from inkeeper.rules.replay import allotment_of, book_of, cap_of, months_of
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change, next_grant, next_loss

Severity = Literal["info", "warning", "urgent"]

LAST_WEEK = timedelta(days=7)
RISES: tuple[tuple[timedelta, Severity], ...] = (
    (timedelta(days=1), "urgent"),
    (timedelta(days=3), "warning"),
    (LAST_WEEK, "info"),
)
"""How close a loss must be for which severity: `expiring` begins 7 days ahead and rises at 3 and at 1."""

UNCONFIRMED_AFTER = timedelta(days=14)

_ORDER = {"urgent": 0, "warning": 1, "info": 2}


class AccountWarning(NamedTuple):
    """One warning in words for the user.

    `until` (UTC) is when it ends by itself, None where it stays until acted upon.
    """

    code: str
    severity: Severity
    title: str
    detail: str
    until: datetime | None


class Outlook(NamedTuple):
    """What the warnings are judged by: the state at `now` (UTC) and what was computed from it."""

    state: State
    now: datetime
    changes: Sequence[Change]
    pace: Pace
    forecast: Forecast
    price: Money | None


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
        *_empty(outlook),
        *_unconfirmed(outlook),
    ]
    return sorted(found, key=urgency)


def urgency(warning: AccountWarning) -> tuple[bool, int]:
    """Sorts warnings: what expires always comes first, then the most severe."""
    return warning.code != "expiring", _ORDER[warning.severity]


def next_turn(outlook: Outlook) -> datetime:
    """The next instant (UTC) at which any warning, day count or balance may change by time alone; until then the
    outlook stands.
    """
    state, now = outlook.state, outlook.now
    turns = [day_start(state.zone, local_day(state.zone, now) + timedelta(days=1))]
    turns.extend([state.next_renewal, *(lot.expires_at for lot in state.lots[:1])])
    confirmed = _confirmed_at(state)
    turns.append(confirmed + max(UNCONFIRMED_AFTER, timedelta(days=(now - confirmed).days + 1)))
    for change in outlook.changes:
        turns.append(change.at)
        turns.extend(change.at - ahead for ahead, _ in RISES)
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


def _severity(left: timedelta) -> Severity:
    return next((severity for ahead, severity in RISES if left <= ahead), "info")


def _days(zone: str, now: datetime, at: datetime) -> str:
    """How far the last day before `at` is away: `today`, `tomorrow`, else the number of days, today not counted."""
    days = len(days_until(zone, now, at)) - 1
    return ("today", "tomorrow")[days] if days <= 1 else f"in {days} days"


def _expiring(o: Outlook) -> Iterator[AccountWarning]:
    soon = [c for c in o.changes if c.reason == "expire" and c.at - o.now <= LAST_WEEK]
    if not soon:
        return
    at, lost = soon[0].at, -soon[0].credits
    day = say_day(o.state.zone, at)
    detail = f"Send {o.pace.per_day:g} a working day to use them by {day}." if o.pace.per_day else f"Use them by {day}."
    if o.forecast.lost:
        detail += f" At your pace {o.forecast.lost} would be lost."
    if worth := money.value_of(lost, o.price, allotment_of(o.state), months_of(o.state)):
        detail += f" Worth {money.say(worth)} at your price."
    verb = "expires" if lost == 1 else "expire"
    title = f"{credits(lost)} {verb} {_days(o.state.zone, o.now, at)}"
    yield AccountWarning("expiring", _severity(at - o.now), title, detail, at)


def _behind(o: Outlook) -> Iterator[AccountWarning]:
    loss = next_loss(o.changes)
    if loss is None or o.pace.status == "done" or not o.forecast.lost or loss.at - o.now <= LAST_WEEK:
        return
    title = f"At your pace {credits(o.forecast.lost)} will be lost"
    detail = f"Send {o.pace.per_day:g} a working day to use all {-loss.credits} by {say_day(o.state.zone, loss.at)}."
    yield AccountWarning("behind", "warning", title, f"{detail} Based on {o.forecast.basis}.", loss.at)


def _empty(o: Outlook) -> Iterator[AccountWarning]:
    if o.state.balance or not allotment_of(o.state):
        return
    grant = next_grant(o.changes)
    more = (
        f"{grant.credits} more come on {say_date(o.state.zone, grant.at)}." if grant else "No more come on this plan."
    )
    yield AccountWarning(
        "empty",
        "info",
        "All credits are used",
        f"{more} Only an upgrade brings more now.",
        grant.at if grant else None,
    )


def _over_cap(o: Outlook) -> Iterator[AccountWarning]:
    cut = next((c for c in o.changes if c.reason == "forfeit"), None)
    grant = next_grant(o.changes)
    if cut is None or grant is None or cut.at != grant.at:
        return
    title = f"{credits(-cut.credits)} of the coming {grant.credits} would be over the cap"
    day = say_date(o.state.zone, cut.at)
    detail = f"Your plan keeps {cap_of(o.state)} at most. Use {credits(-cut.credits)} before {day} to get them all."
    yield AccountWarning("over_cap", _severity(cut.at - o.now), title, detail, cut.at)


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
    severity: Severity = "urgent" if ends.at - o.now <= timedelta(days=3) else "warning"
    title = f"Use {credits(-ends.credits)} before your subscription ends"
    yield AccountWarning(
        "cancelling", severity, title, f"They are voided at {say_day(o.state.zone, ends.at)}.", ends.at
    )
