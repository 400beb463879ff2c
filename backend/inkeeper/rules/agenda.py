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
from inkeeper.rules.periods import day_start, local_day
from inkeeper.rules.replay import INSTANT, book_of, cap_of
from inkeeper.rules.state import State
from inkeeper.rules.timeline import Change, next_grant
from inkeeper.rules.warnings import DEFAULT_LEAD_DAYS, credits, say_date, say_day, say_local_day
from inkeeper.vocabulary import LOSSES


class Event(NamedTuple):
    """Something to see on one local day of the account's; at most one of a kind on a day.

    Kinds are the losses (`expire`, `forfeit`, `void`), `last_week` on the day from which a loss is warned of,
    `renewal`, and `reply_windows` on the Monday of the week in which they close. Where there is none of these,
    `no_credits` says so on the day of the next renewal. `planned` are the InMails that the user planned. `alarm`
    is whether to ring on that day.

    The kind is part of the event's lasting name in calendar programs, so `last_week` is not renamed, although the
    account's lead time need not be a week.
    """

    day: date
    kind: str
    title: str
    detail: str
    alarm: bool = False


class _Loss(NamedTuple):
    """The credits of one kind that go on one day, if nothing is sent; `at` (UTC) is the first instant they go."""

    kind: str
    rule: str
    at: datetime
    credits: int
    sure: bool
    """Whether they are there now. Others come only with a renewal before."""

    @property
    def amount(self) -> str:
        return credits(self.credits) if self.sure else f"up to {credits(self.credits)}"

    def verb(self, one: str, many: str) -> str:
        return one if self.credits == 1 else many


def agenda(
    state: State, now: datetime, changes: Sequence[Change], lead_days: int = DEFAULT_LEAD_DAYS[0]
) -> list[Event]:
    """The days to come, in order, if nothing more is sent: losses, the day `lead_days` before each, renewals, and reply
    windows that close.

    `changes` is the timeline of `state` at `now` (UTC). What ends at a local midnight is marked on the day before, the
    last one on which it can be used. Sure amounts are of credits that are there; of others it says `up to`.

    Never empty: calendar programs refuse a calendar without a component (RFC 5545, 3.6).
    """
    plan = book_of(state).plan(state.plan).title
    losses = _losses(state, changes)
    events = [
        *(_loss(state, day, loss) for day, loss in losses),
        *_lead_times(state, changes, losses, lead_days),
        *_renewals(state, changes),
        *_reply_windows(state, now),
    ]
    events = events or [_no_credits(state)]
    return [event._replace(title=f"{event.title} ({plan})") for event in sorted(events)]


def _losses(state: State, changes: Sequence[Change]) -> list[tuple[date, _Loss]]:
    """The losses by kind and the last day on which they can be prevented."""
    grant = next_grant(changes)
    found: dict[tuple[date, str], _Loss] = {}
    for change in changes:
        if change.reason in LOSSES:
            day = local_day(state.zone, change.at - INSTANT)
            sure = _is_sure(state, change, grant)
            loss = _Loss(change.reason, change.rule, change.at, -change.credits, sure)
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


def _loss(state: State, day: date, loss: _Loss) -> Event:
    when = say_day(state.zone, loss.at)
    amount = _capital(loss.amount)
    if loss.kind == "expire":
        return Event(day, loss.kind, f"{amount} {loss.verb('expires', 'expire')}", f"Lost at {when} if unused.")
    if loss.kind == "forfeit":
        title = f"{amount} of the coming renewal {loss.verb('is', 'are')} over the cap"
        detail = f"Your plan keeps {cap_of(state)} at most. Use {loss.credits} by {when} to get them all."
        return Event(day, loss.kind, title, detail)
    cause = "when the subscription ends" if loss.rule == "cancel" else "by the change of plan"
    return Event(day, loss.kind, f"{amount} {loss.verb('is', 'are')} voided {cause}", f"Lost at {when} if unused.")


def _lead_times(
    state: State, changes: Sequence[Change], losses: list[tuple[date, _Loss]], lead_days: int
) -> Iterator[Event]:
    by_day: dict[date, list[_Loss]] = defaultdict(list)
    for _, loss in losses:
        by_day[_warned_from(state, changes, loss, lead_days)].append(loss)
    for day, together in by_day.items():
        days = min(lead_days, len(days_until(state.zone, day_start(state.zone, day), together[0].at)))
        span = {7: "week", 1: "day"}.get(days, f"{days} days")
        number = sum(loss.credits for loss in together)
        amount = credits(number) if all(loss.sure for loss in together) else f"up to {credits(number)}"
        verb = "is" if number == 1 else "are"
        parts = (f"{loss.amount} at {say_local_day(state.zone, loss.at)}" for loss in together)
        detail = f"Lost if unused: {', '.join(parts)} ({state.zone})."
        yield Event(day, "last_week", f"Last {span} before {amount} {verb} lost", detail, alarm=True)


def _warned_from(state: State, changes: Sequence[Change], loss: _Loss, lead_days: int) -> date:
    """The day from which a loss is warned of: `lead_days` before it, but not before its credits come.

    Only credits of a period can come that late: others live longer than the longest lead time.
    """
    at = loss.at - timedelta(days=lead_days)
    if book_of(state).lot_hours is None:
        renewals = [change.at for change in changes if change.rule == "renewal" and change.at < loss.at]
        at = max(at, renewals[-1] if renewals else state.period_start)
    return local_day(state.zone, at)


def _renewals(state: State, changes: Sequence[Change]) -> Iterator[Event]:
    grants: Counter[date] = Counter()
    first: dict[date, datetime] = {}
    for change in changes:
        if change.reason == "grant":
            day = local_day(state.zone, change.at)
            grants[day] += change.credits
            first.setdefault(day, change.at)
    for day, number in grants.items():
        noun = "new credit" if number == 1 else "new credits"
        yield Event(day, "renewal", f"{number} {noun}", f"Available from {say_date(state.zone, first[day])} on.")


def _reply_windows(state: State, now: datetime) -> Iterator[Event]:
    """For each week in which answers cease to return their InMail's credit, its Monday and how many.

    By week, since somebody who sends every day would else have an event on every day.
    """
    closing: Counter[date] = Counter()
    for sent in state.open_sends.values():
        back = books.rule_book(sent.rule_book).credit_back
        assert back is not None, "a send is only kept open under a book that returns credits"
        closes_at = sent.sent_at + timedelta(hours=back.within_hours)
        if closes_at > now:
            closing[local_day(state.zone, closes_at - INSTANT)] += 1
    weeks: Counter[date] = Counter()
    for day, number in closing.items():
        weeks[day - timedelta(days=day.weekday())] += number
    for monday, number in weeks.items():
        title = f"{number} reply {'window closes' if number == 1 else 'windows close'} this week"
        detail = "After that an answer returns no credit. Record the answers that have come."
        yield Event(monday, "reply_windows", title, detail)


def _no_credits(state: State) -> Event:
    day = local_day(state.zone, state.next_renewal)
    detail = "This plan brings no InMail credits, so nothing expires. With a plan that does, the dates appear here."
    return Event(day, "no_credits", "No new InMail credits", detail)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def planned_events(planned: Mapping[date, int], today: date, plan_title: str) -> list[Event]:
    """The days from `today` on for which InMails are planned, with how many. `planned` counts them by local day.

    Those whose day has passed are left out: their number would have to move from one day to the next.
    """
    return [
        Event(
            day,
            "planned",
            f"{number} {'InMail' if number == 1 else 'InMails'} planned ({plan_title})",
            "Inkeeper shows to whom: People, Today.",
        )
        for day, number in sorted(planned.items())
        if day >= today
    ]
