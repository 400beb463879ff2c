"""Observations: balances that LinkedIn showed. The ledger's balance is corrected to them.

The functions that write need a write transaction to the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.errors import not_found
from inkeeper.reasons import Reason, reason
from inkeeper.rules.facts import Observed, Retracted
from inkeeper.rules.fitting import other_books_allowing
from inkeeper.rules.replay import book_of
from inkeeper.rules.state import State
from inkeeper.services import dates
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import openings
from inkeeper.services.ledger.accounts import OtherBook, wrong_book
from inkeeper.storage import balances
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.transaction import Transaction


class ComparedBalance(NamedTuple):
    """A balance that LinkedIn showed at `at` (UTC), and the ledger's `computed` balance just before it.

    `wrong_book` is the rule book to offer if the account's own does not allow the balance.
    """

    id: str
    at: datetime
    balance: int
    computed: int
    difference: int
    likely_causes: list[Reason]
    wrong_book: OtherBook | None


class Withdrawn(NamedTuple):
    """The id of a withdrawn record, the instant (UTC) at which it was withdrawn, and the balance without it."""

    id: str
    retracted_at: datetime
    balance: int


def observe(
    tx: Transaction, actor: Actor, account_id: str, wanted: Mapping[str, Any], now: datetime
) -> ComparedBalance:
    """Set the balance to what LinkedIn showed."""
    owned_account(tx, actor, account_id)
    at = openings.happened_at(tx, account_id, "observed_at", wanted.get("observed_at"), now)
    fact = Observed(stored_facts.new_fact_id(tx, account_id, now), at, wanted["balance"], wanted["source"])
    recorded = balances.record(tx, account_id, [fact], max(now, at))
    difference = sum(entry.credits for entry in recorded.journal if entry.fact_id == fact.id)
    latest = recorded.state.observed is not None and recorded.state.observed.at == at
    return ComparedBalance(
        id=fact.id,
        at=at,
        balance=fact.balance,
        computed=fact.balance - difference,
        difference=difference,
        likely_causes=_likely_causes(difference, fact.balance, recorded.state),
        wrong_book=wrong_book(recorded.state) if latest else None,
    )


def withdraw_observation(
    tx: Transaction, actor: Actor, account_id: str, observation_id: str, now: datetime
) -> Withdrawn:
    """Retract an observation, such as a mistyped one. Idempotent. Raises a 404 Problem."""
    owned_account(tx, actor, account_id)
    fact = stored_facts.fact_of(tx, account_id, observation_id)
    if not isinstance(fact, Observed):
        raise not_found("observation")
    retracted_at = stored_facts.retraction_of(tx, observation_id)
    if retracted_at is None:
        retracted_at = max(now, fact.at)
        balances.record(
            tx,
            account_id,
            [Retracted(stored_facts.new_fact_id(tx, account_id, now), retracted_at, observation_id)],
            now,
        )
    balance = balances.state_at(tx, account_id, dates.ahead_within_tolerance(fact.at, now))[0].balance
    return Withdrawn(observation_id, retracted_at, balance)


def _likely_causes(difference: int, shown: int, state: State) -> list[Reason]:
    if difference < 0:
        return [
            reason("cause.not_logged"),
            reason("cause.not_free"),
        ]
    if difference > 0:
        causes = [
            reason("cause.not_sent"),
            reason("cause.other_plan"),
        ]
        if book_of(state).credit_back:
            causes.insert(0, reason("cause.answer"))
        elif other_books_allowing(state, shown):
            causes.insert(0, reason("cause.other_book"))
        return causes
    return []
