"""All that badge and popup need, in one answer. Runs inside a transaction of the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.rules import money
from inkeeper.rules.forecast import forecast
from inkeeper.rules.pace import days_until, pace, working_days
from inkeeper.rules.periods import name_for_browsers
from inkeeper.rules.replay import allotment_of, book_of, months_of
from inkeeper.rules.timeline import next_grant, next_loss, timeline
from inkeeper.rules.warnings import Outlook, next_turn, warnings
from inkeeper.services import answers
from inkeeper.services.accounts import Seat
from inkeeper.services.inmails import awaiting_inmails, next_unanswered, recent_inmails
from inkeeper.services.people import targets
from inkeeper.storage import history
from inkeeper.storage.results_window import count_replies
from inkeeper.storage.transaction import current
from inkeeper.wording.plans import PRODUCT_TITLES

RECENT = 10
AWAITING = 50


class Summary(NamedTuple):
    """The answer, the instant (UTC) up to which it stays the same if nothing is written (only `as_of` moves), and what
    its warnings are judged by.
    """

    answer: dict[str, Any]
    stands_until: datetime
    outlook: Outlook


def summary(row: Seat, now: datetime) -> Summary:
    """The account at `now` (UTC); before its opening, as it will be then.

    Its cost does not grow with the account's history.
    """
    asked_at = now
    state, coming = history.state_at(row.id, now)
    # Just after the opening, where that is to come because the clock was ahead.
    now = state.position.at
    changes = timeline(state, now, coming)
    loss, grant = next_loss(changes), next_grant(changes)
    allotment, book = allotment_of(state), book_of(state)
    plan = book.plan(state.plan)
    its_pace = pace(state, now, loss, row.working_days, row.reserve)
    lately = answers.returns(row.id, state, now)
    its_forecast = forecast(state, now, loss, lately)
    tx = current()
    listed = targets.for_summary(tx, row.owner_id, row.id, row.time_zone, asked_at)
    outlook = Outlook(
        state,
        now,
        changes,
        its_pace,
        its_forecast,
        row.price,
        row.reserve,
        row.lead_days,
        row.low_balance,
        names=listed["names"] if targets.is_used(tx, row.owner_id) else None,
        replies=count_replies(tx, row.id, now) if plan.product == "recruiter" else None,
    )
    days = days_until(row.time_zone, now, state.next_renewal)
    worth = loss and money.value_of(-loss.credits, row.price, allotment, months_of(state))
    answer = {
        "account": {
            "id": row.id,
            "name": row.name,
            "product": plan.product,
            "plan": plan.id,
            "rule_book": book.id,
            "time_zone": name_for_browsers(row.time_zone),
            "price": row.price and row.price._asdict(),
            "lead_days": list(row.lead_days),
        },
        "plan_title": plan.title,
        "product_title": PRODUCT_TITLES[plan.product],
        "as_of": asked_at,
        "opens_at": state.opened_at if state.opened_at > asked_at else None,
        "balance": state.balance,
        "allotment": allotment,
        "allotment_months": months_of(state),
        "used": state.period.used,
        "free_used": state.period.free_used,
        "period": {
            "start": state.period_start,
            "end": state.next_renewal,
            "days_left": len(days),
            "working_days_left": working_days(days, row.working_days),
        },
        "next_loss": loss
        and {
            "at": loss.at,
            "credits": -loss.credits,
            "reason": loss.reason,
            "value": worth and worth._asdict(),
        },
        "next_renewal": grant and {"at": grant.at, "credits": grant.credits},
        "lots": [
            {"granted_at": lot.granted_at, "expires_at": lot.expires_at, "granted": lot.granted, "left": lot.left}
            for lot in state.lots
        ],
        "pace": its_pace._asdict(),
        "forecast": its_forecast._asdict() | {"capacity": answers.describe_capacity(state, now, lately)},
        "observed": state.observed and {"balance": state.observed.balance, "at": state.observed.at},
        "warnings": warnings(outlook),
        "timeline": [
            {"at": change.at, "reason": change.reason, "credits": change.credits, "balance": change.balance}
            for change in changes
        ],
        "targets": listed,
        "recent": recent_inmails(row.id, RECENT, now),
        "awaiting": awaiting_inmails(row.id, AWAITING, now),
    }
    unanswered = next_unanswered(row.id, now)
    turns = [next_turn(outlook), *(fact.at for fact in coming), *([unanswered] if unanswered else [])]
    if answer["opens_at"]:
        turns.append(state.opened_at)
    return Summary(answer, min(turns), outlook)
