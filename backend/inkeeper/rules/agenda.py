"""Agenda: the days that are worth a mark in a calendar. Counts only, never a name.

Nothing in it says how far away a day is, so an event reads the same until something happens to the account or its time
has come: a calendar program that fetched it weeks ago still shows the truth.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from inkeeper.rules import books
from inkeeper.rules.pace import days_until
from inkeeper.rules.periods import Moment, day_start, local_day
from inkeeper.rules.replay import INSTANT, book_of, cap_of
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change, next_grant
from inkeeper.rules.warnings import DEFAULT_LEAD_DAYS
from inkeeper.vocabulary import LOSSES, EventKind
from inkeeper.vocabulary import Loss as LossKind


class Loss(NamedTuple):
    """The credits of one kind that go on one day, if nothing is sent; `at` is the first instant they go.

    `sure` is whether they are there now: others come only with a renewal before, so they may be fewer. `rule` is the
    rule that takes them. `cap` is the plan's, for credits over it.
    """

    kind: LossKind
    rule: str
    at: Moment
    credits: int
    sure: bool
    cap: int | None


class LastDays(NamedTuple):
    """So many local days, this one included, are left before the first of these losses."""

    days: int
    losses: tuple[Loss, ...]


class NewCredits(NamedTuple):
    """Credits that come, the first of them at `at`."""

    credits: int
    at: Moment


class ReplyWindows(NamedTuple):
    """Of so many InMails the credit comes back no more from some day of this week on."""

    inmails: int


class NoCredits(NamedTuple):
    """The plan brings no credits."""


class Planned(NamedTuple):
    """So many InMails are planned."""

    inmails: int


class Event(NamedTuple):
    """Something to see on one local day of the account's; at most one of a kind on a day.

    Kinds are the losses (`expire`, `forfeit`, `void`), `last_week` on the day from which a loss is warned of,
    `renewal`, and `reply_windows` on the Monday of the week in which they close. Where there is none of these,
    `no_credits` says so on the day of the next renewal. `planned` are the InMails that the user planned. `alarm`
    is whether to ring on that day. `plan` is the title of the account's plan.

    The kind is part of the event's lasting name in calendar programs, so `last_week` is not renamed, although the
    account's lead time need not be a week.
    """

    day: date
    kind: EventKind
    arguments: Loss | LastDays | NewCredits | ReplyWindows | NoCredits | Planned
    plan: str
    alarm: bool = False


def agenda(
    state: State, now: datetime, changes: Sequence[Change], lead_days: int = DEFAULT_LEAD_DAYS[0]
) -> list[Event]:
    """The days to come, in order, if nothing more is sent: losses, the day `lead_days` before each, renewals, and reply
    windows that close.

    `changes` is the timeline of `state` at `now` (UTC). What ends at a local midnight is marked on the day before, the
    last one on which it can be used.

    Never empty: calendar programs refuse a calendar without a component (RFC 5545, 3.6).
    """
    plan = book_of(state).plan(state.plan).title
    losses = _losses(state, changes)
    events = [
        *(Event(day, loss.kind, loss, plan) for day, loss in losses),
        *_lead_times(state, changes, losses, plan, lead_days),
        *_renewals(state, changes, plan),
        *_reply_windows(state, now, plan),
    ]
    events = events or [Event(local_day(state.zone, state.next_renewal), "no_credits", NoCredits(), plan)]
    return sorted(events, key=lambda event: (event.day, event.kind))


def _losses(state: State, changes: Sequence[Change]) -> list[tuple[date, Loss]]:
    """The losses by kind and the last day on which they can be prevented."""
    grant = next_grant(changes)
    found: dict[tuple[date, str], Loss] = {}
    for change in changes:
        if change.reason in LOSSES:
            day = local_day(state.zone, change.at - INSTANT)
            sure = _is_sure(state, change, grant)
            kind = change.reason
            at = Moment(change.at, state.zone)
            loss = Loss(kind, change.rule, at, -change.credits, sure, cap_of(state) if kind == "forfeit" else None)
            before = found.get((day, change.reason))
            if before:
                loss = before._replace(credits=before.credits + loss.credits, sure=before.sure and sure)
            found[day, change.reason] = loss
    return [(day, loss) for (day, _), loss in found.items()]


def _is_sure(state: State, change: Change, grant: Change | None) -> bool:
    """Whether the credits of a loss are there already."""
    if change.reason == "expire":
        return sum(lot.left for lot in state.lots if lot.expires_at == change.at) == -change.credits
    return grant is None or change.at <= grant.at


def _lead_times(
    state: State, changes: Sequence[Change], losses: list[tuple[date, Loss]], plan: str, lead_days: int
) -> Iterator[Event]:
    by_day: dict[date, list[Loss]] = defaultdict(list)
    for _, loss in losses:
        by_day[_warned_from(state, changes, loss, lead_days)].append(loss)
    for day, together in by_day.items():
        days = min(lead_days, len(days_until(state.zone, day_start(state.zone, day), together[0].at.at)))
        yield Event(day, "last_week", LastDays(days, tuple(together)), plan, alarm=True)


def _warned_from(state: State, changes: Sequence[Change], loss: Loss, lead_days: int) -> date:
    """The day from which a loss is warned of: `lead_days` before it, but not before its credits come.

    Only credits of a period can come that late: others live longer than the longest lead time.
    """
    at = loss.at.at - timedelta(days=lead_days)
    if book_of(state).lot_hours is None:
        renewals = [change.at for change in changes if change.rule == "renewal" and change.at < loss.at.at]
        at = max(at, renewals[-1] if renewals else state.period_start)
    return local_day(state.zone, at)


def _renewals(state: State, changes: Sequence[Change], plan: str) -> Iterator[Event]:
    grants: Counter[date] = Counter()
    first: dict[date, datetime] = {}
    for change in changes:
        if change.reason == "grant":
            day = local_day(state.zone, change.at)
            grants[day] += change.credits
            first.setdefault(day, change.at)
    for day, number in grants.items():
        yield Event(day, "renewal", NewCredits(number, Moment(first[day], state.zone)), plan)


def _reply_windows(state: State, now: datetime, plan: str) -> Iterator[Event]:
    """For each week in which answers cease to return their InMail's credit, its Monday and how many.

    By week, since somebody who sends every day would else have an event on every day.
    """
    closing: Counter[date] = Counter()
    for sent in state.open_sends.values():
        back = books.rule_book(sent.rule_book).credit_back
        # Only sends under a book with credit back are kept open.
        assert back is not None
        closes_at = sent.sent_at + timedelta(hours=back.within_hours)
        if closes_at > now:
            closing[local_day(state.zone, closes_at - INSTANT)] += 1
    weeks: Counter[date] = Counter()
    for day, number in closing.items():
        weeks[day - timedelta(days=day.weekday())] += number
    for monday, number in weeks.items():
        yield Event(monday, "reply_windows", ReplyWindows(number), plan)


def planned_events(planned: Mapping[date, int], today: date, plan_title: str) -> list[Event]:
    """The days from `today` on for which InMails are planned, with how many. `planned` counts them by local day.

    Those whose day has passed are left out: their number would have to move from one day to the next.
    """
    return [
        Event(day, "planned", Planned(number), plan_title) for day, number in sorted(planned.items()) if day >= today
    ]
