"""An export's tables (CSV), for people and other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from inkeeper.rules.journal import Entry
from inkeeper.rules.replay import allotment_of, book_of, cap_of
from inkeeper.rules.state import State
from inkeeper.services.imports import own
from inkeeper.services.ledger import inmail_edits
from inkeeper.services.ledger.accounts import UNREADABLE
from inkeeper.storage import balances, csv_rows
from inkeeper.storage.csv_rows import InmailRow
from inkeeper.storage.transaction import Transaction
from inkeeper.wording.journal import render

Row = Sequence[Any]

_ACCOUNTS = (
    "id",
    "owner",
    "name",
    "product",
    "plan",
    "rule_book",
    "time_zone",
    "opened_at",
    "allotment",
    "cap",
    "renewal_day",
    "price_minor",
    "currency",
    "working_days",
    "reserve",
    "lead_days",
    "low_balance",
    "balance",
    "created_at",
)
_LEDGER = ("account_id", "account", "at", "kind", "credits", "balance", "why", "rule", "inmail_id")


COUNT = 3
"""The number of tables."""


def tables(tx: Transaction, now: datetime) -> Iterator[tuple[str, Sequence[str], Iterator[Row]]]:
    """Each table's file name, columns and rows, as of `now` (UTC)."""
    yield own.ACCOUNTS, _ACCOUNTS, _accounts(tx, now)
    yield own.INMAILS, InmailRow._fields, csv_rows.inmails(tx)
    yield "ledger.csv", _LEDGER, _ledger(tx, now)


def _accounts(tx: Transaction, now: datetime) -> Iterator[Row]:
    for account in csv_rows.accounts(tx):
        state, _ = _replayed(tx, account.id, now)
        computed: dict[str, Any] = {}
        if state is not None:
            computed = {
                "product": book_of(state).plan(state.plan).product,
                "plan": state.plan,
                "rule_book": state.terms.rule_book,
                "opened_at": state.opened_at,
                "allotment": allotment_of(state),
                "cap": cap_of(state),
                "renewal_day": state.terms.renewal_day,
                "balance": state.balance,
            }
        yield [computed.get(column, getattr(account, column, None)) for column in _ACCOUNTS]


def _ledger(tx: Transaction, now: datetime) -> Iterator[Row]:
    for account in csv_rows.accounts(tx):
        _, journal = _replayed(tx, account.id, now)
        for entry in inmail_edits.name_edits(tx, account.id, journal):
            about = entry.fact_id if entry.kind in ("spend", "credit_back") else None
            yield (
                account.id,
                account.name,
                entry.at,
                entry.kind,
                entry.credits,
                entry.balance,
                render(entry.why),
                entry.rule,
                about,
            )


def _replayed(tx: Transaction, account_id: str, now: datetime) -> tuple[State | None, list[Entry]]:
    """The account's state and its whole journal.

    Nothing where its facts cannot be replayed: an export is also what remains to be done with a damaged database.
    """
    try:
        opened_at = balances.opened_at(tx, account_id)
        until = max(now, opened_at)
        return balances.state_at(tx, account_id, until)[0], balances.journal_of(tx, account_id, opened_at, until)
    except UNREADABLE:
        return None, []
