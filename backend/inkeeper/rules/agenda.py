"""Computes the calendar events of an account: losses, renewals, reply windows, planned InMails. Counts, never names.

No event depends on the distance to today, so it stays correct in a calendar program that fetched it weeks ago.
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
    """The credits lost in one way on one day if no InMail is sent. `at` is the first instant of a loss on that day.

    `sure`: all of them are in the balance now. Else some are granted by a renewal before the loss, so fewer may be
    lost. `rule` is the key of the rule that causes the loss. `cap` is the plan's cap for `forfeit`, else None.
    """

    kind: LossKind
    rule: str
    at: Moment
    credits: int
    sure: bool
    cap: int | None


class LastDays(NamedTuple):
    """`days` local days, this one included, are left before the first of these losses."""

    days: int
    losses: tuple[Loss, ...]


class NewCredits(NamedTuple):
    """`credits` are granted on one day, the first of them at `at`."""

    credits: int
    at: Moment


class ReplyWindows(NamedTuple):
    """The reply windows of `inmails` InMails close in this week: a later answer returns no credit."""

    inmails: int


class NoCredits(NamedTuple):
    """The plan grants no credits."""


class Planned(NamedTuple):
    """`inmails` InMails are planned."""

    inmails: int


class Event(NamedTuple):
    """An event on one local day of the account; at most one of each kind on a day.

    - `expire`, `forfeit`, `void`: the losses.
    - `last_week`: the first day on which a loss is announced, `lead_days` before it.
    - `renewal`: a grant.
    - `reply_windows`: the Monday of the week in which reply windows close.
    - `no_credits`: the day of the next renewal, if there is no event of another kind above.
    - `planned`: a day with InMails that the user planned.

    `alarm`: calendar programs show an alarm on that day. `plan` is the title of the account's plan.

    The kind is part of the event's UID in calendar programs, so `last_week` keeps its name although the lead time need
    not be a week.
    """

    day: date
    kind: EventKind
    arguments: Loss | LastDays | NewCredits | ReplyWindows | NoCredits | Planned
    plan: str
    alarm: bool = False


def agenda(
    state: State, now: datetime, changes: Sequence[Change], lead_days: int = DEFAULT_LEAD_DAYS[0]
) -> list[Event]:
    """The coming events in order of day, if no more InMails are sent. All kinds except `planned`.

    `changes` is the timeline of `state` at `now` (UTC). The event of a loss at a local midnight is on the day before,
    the last on which the credits can be used.

    Never empty, since calendar programs refuse a calendar without a component (RFC 5545, 3.6).
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
    """The losses, each with the last local day on which it can be prevented. One for each day and kind."""
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
    """Whether all credits of a loss are in the balance now. `grant` is the next grant."""
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
    """The local day `lead_days` before a loss, but not before the renewal that grants its credits.

    The renewal matters only where lots end with their period: other lots live longer than the longest lead time.
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
    """An event on the Monday of each week in which reply windows close, with their number.

    By week, since an account that sends every day would have an event on every day otherwise.
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
    """An event for each day from `today` on with planned InMails. `planned` is their number by local day.

    Earlier days are left out, since such an event would have to move to the next day every day.
    """
    return [
        Event(day, "planned", Planned(number), plan_title) for day, number in sorted(planned.items()) if day >= today
    ]
