"""All that badge and popup need, in one answer.

The summary is declared here alone: the API derives its schema from `Overview`, the extension its types and checks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple, cast

from inkeeper.rules import money
from inkeeper.rules.forecast import Basis, forecast
from inkeeper.rules.money import Money
from inkeeper.rules.pace import Pace, days_until, pace, working_days
from inkeeper.rules.periods import name_for_browsers
from inkeeper.rules.replay import allotment_of, book_of, months_of
from inkeeper.rules.timeline import next_grant, next_loss, timeline
from inkeeper.rules.warnings import AccountWarning, LeadDays, WarningInputs, next_change_at, warnings
from inkeeper.services.access import Actor
from inkeeper.services.ledger import answers
from inkeeper.services.ledger.answers import Capacity
from inkeeper.services.ledger.inmails import (
    AwaitingInmail,
    RecentInmail,
    awaiting_inmails,
    next_unanswered,
    recent_inmails,
)
from inkeeper.services.people import targets
from inkeeper.services.people.targets import ListSummary
from inkeeper.storage import balances
from inkeeper.storage.accounts import Account
from inkeeper.storage.results_window import count_replies
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import JournalKind, Product
from inkeeper.vocabulary import Loss as LossReason
from inkeeper.wording.plans import PRODUCT_TITLES

RECENT = 10
AWAITING = 50


class SummaryAccount(NamedTuple):
    """The account that the summary is of."""

    id: str
    name: str
    product: Product
    plan: str
    rule_book: str
    time_zone: str
    price: Money | None
    lead_days: LeadDays


class Period(NamedTuple):
    """The time from one renewal to the next. Days are counted in the account's zone, today included."""

    start: datetime
    end: datetime
    days_left: int
    working_days_left: int


class Loss(NamedTuple):
    """The next credits that are lost if nothing is sent."""

    at: datetime
    credits: int
    reason: LossReason
    value: Money | None


class NextRenewal(NamedTuple):
    """The next credits to come."""

    at: datetime
    credits: int


class Lot(NamedTuple):
    """The credits of one grant, and what is left of them."""

    granted_at: datetime
    expires_at: datetime
    granted: int
    left: int


class Forecast(NamedTuple):
    """The credits that will be lost at the account's own rate; null without any history.

    `capacity` is null where answers return no credits, and on the free plan.
    """

    lost: int | None
    basis: Basis
    capacity: Capacity | None


class Observed(NamedTuple):
    """The last balance that LinkedIn showed."""

    balance: int
    at: datetime


class Change(NamedTuple):
    """A coming change of the balance if nothing is sent."""

    at: datetime
    reason: JournalKind
    credits: int
    balance: int


class Overview(NamedTuple):
    """An account at a glance. Its schema, and with it what the extension takes, is derived from here."""

    account: SummaryAccount
    plan_title: str
    product_title: str
    as_of: datetime
    opens_at: Annotated[
        datetime | None,
        "Set while the account's opening is still to come, because the server's clock was ahead when it was opened:"
        " everything is then as of the opening.",
    ]
    balance: int
    allotment: int
    allotment_months: Annotated[int, "For how many months it is."]
    used: int
    free_used: int
    period: Period
    next_loss: Loss | None
    next_renewal: NextRenewal | None
    lots: list[Lot]
    pace: Pace
    forecast: Forecast
    observed: Observed | None
    warnings: list[AccountWarning]
    timeline: list[Change]
    targets: ListSummary
    recent: list[RecentInmail]
    awaiting: list[AwaitingInmail]


class Summary(NamedTuple):
    """The overview, the instant (UTC) until which it stays valid if nothing is written (only `as_of` changes), and the
    input of its warnings.
    """

    answer: Overview
    stands_until: datetime
    outlook: WarningInputs


def summary(tx: Transaction, row: Account, now: datetime) -> Summary:
    """The account at `now` (UTC); before its opening, as it will be then.

    Its cost does not grow with the account's history.
    """
    asked_at = now
    state, coming = balances.state_at(tx, row.id, now)
    # Just after the opening, where that is to come because the clock was ahead.
    now = state.position.at
    changes = timeline(state, now, coming)
    loss, grant = next_loss(changes), next_grant(changes)
    allotment, book = allotment_of(state), book_of(state)
    plan = book.plan(state.plan)
    its_pace = pace(state, now, loss, row.working_days, row.reserve)
    lately = answers.returns(tx, row.id, state, now)
    its_forecast = forecast(state, now, loss, lately)
    listed = targets.for_summary(tx, Actor(row.owner_id), row.id, row.time_zone, asked_at)
    outlook = WarningInputs(
        state,
        now,
        changes,
        its_pace,
        its_forecast,
        row.price,
        row.reserve,
        row.lead_days,
        row.low_balance,
        names=listed.names if targets.is_used(tx, Actor(row.owner_id)) else None,
        replies=count_replies(tx, row.id, now) if plan.product == "recruiter" else None,
    )
    days = days_until(row.time_zone, now, state.next_renewal)
    worth = loss and money.value_of(-loss.credits, row.price, allotment, months_of(state))
    answer = Overview(
        account=SummaryAccount(
            id=row.id,
            name=row.name,
            product=plan.product,
            plan=plan.id,
            rule_book=book.id,
            time_zone=name_for_browsers(row.time_zone),
            price=row.price,
            lead_days=row.lead_days,
        ),
        plan_title=plan.title,
        product_title=PRODUCT_TITLES[plan.product],
        as_of=asked_at,
        opens_at=state.opened_at if state.opened_at > asked_at else None,
        balance=state.balance,
        allotment=allotment,
        allotment_months=months_of(state),
        used=state.period.used,
        free_used=state.period.free_used,
        period=Period(
            start=state.period_start,
            end=state.next_renewal,
            days_left=len(days),
            working_days_left=working_days(days, row.working_days),
        ),
        next_loss=loss and Loss(at=loss.at, credits=-loss.credits, reason=cast(LossReason, loss.reason), value=worth),
        next_renewal=grant and NextRenewal(at=grant.at, credits=grant.credits),
        lots=[Lot(lot.granted_at, lot.expires_at, lot.granted, lot.left) for lot in state.lots],
        pace=its_pace,
        forecast=Forecast(*its_forecast, capacity=answers.describe_capacity(state, now, lately)),
        observed=Observed(state.observed.balance, state.observed.at) if state.observed else None,
        warnings=warnings(outlook),
        timeline=[Change(change.at, change.reason, change.credits, change.balance) for change in changes],
        targets=listed,
        recent=recent_inmails(tx, row.id, RECENT, now),
        awaiting=awaiting_inmails(tx, row.id, AWAITING, now),
    )
    unanswered = next_unanswered(tx, row.id, now)
    turns = [next_change_at(outlook), *(fact.at for fact in coming), *([unanswered] if unanswered else [])]
    if answer.opens_at:
        turns.append(state.opened_at)
    return Summary(answer, min(turns), outlook)
