"""An export's tables (CSV), for people and other programs. Runs inside a transaction of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from inkeeper.clock import from_microseconds
from inkeeper.rules.replay import Entry, allotment_of, book_of, cap_of
from inkeeper.rules.state import State
from inkeeper.services import inmail_edits
from inkeeper.services.accounts import UNREADABLE
from inkeeper.services.imports import own
from inkeeper.storage import history
from inkeeper.storage.models import Account
from inkeeper.storage.transaction import execute
from inkeeper.wording.journal import say

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
_INMAILS = (
    "account_id",
    "account",
    "id",
    "recipient",
    "profile_url",
    "sent_at",
    "cost",
    "subject",
    "purpose",
    "note",
    "source",
    "outcome",
    "outcome_at",
    "retracted_at",
    "replaces",
)
_LEDGER = ("account_id", "account", "at", "kind", "credits", "balance", "why", "rule", "inmail_id")
_IN_MICROSECONDS = ("sent_at", "outcome_at", "retracted_at")


def tables(now: datetime) -> Iterator[tuple[str, Sequence[str], Iterator[Row]]]:
    """Each table's file name, columns and rows, as of `now` (UTC)."""
    yield own.ACCOUNTS, _ACCOUNTS, _accounts(now)
    yield own.INMAILS, _INMAILS, _inmails()
    yield "ledger.csv", _LEDGER, _ledger(now)


def _accounts(now: datetime) -> Iterator[Row]:
    for account in _all():
        state, _ = _replayed(account.id, now)
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
        known = {"owner": account.owner.name}
        yield [computed.get(column, known.get(column) or getattr(account, column, None)) for column in _ACCOUNTS]


def _inmails() -> Iterator[Row]:
    """The InMails, each once: one that was edited as it is now."""
    rows = execute(
        "SELECT inmail.account_id, account.name, inmail.id, inmail.name, profile_url, sent_at, cost, subject, purpose,"
        " note, source, outcome, outcome_at, retracted_at, replaces"
        " FROM inmail JOIN account ON account.id = inmail.account_id"
        " WHERE NOT EXISTS (SELECT 1 FROM inmail AS later"
        " WHERE later.account_id = inmail.account_id AND later.replaces = inmail.id)"
        " ORDER BY inmail.account_id, sent_at, inmail.id"
    )
    instants = [_INMAILS.index(column) for column in _IN_MICROSECONDS]
    for row in rows:
        cells = list(row)
        for place in instants:
            cells[place] = None if cells[place] is None else from_microseconds(cells[place])
        yield cells


def _ledger(now: datetime) -> Iterator[Row]:
    for account in _all():
        _, journal = _replayed(account.id, now)
        for entry in inmail_edits.name_edits(account.id, journal):
            about = entry.fact_id if entry.kind in ("spend", "credit_back") else None
            yield (
                account.id,
                account.name,
                entry.at,
                entry.kind,
                entry.credits,
                entry.balance,
                say(entry.why),
                entry.rule,
                about,
            )


def _all() -> list[Account]:
    return list(Account.select().order_by(Account.id))


def _replayed(account_id: str, now: datetime) -> tuple[State | None, list[Entry]]:
    """The account's state and its whole journal.

    Nothing where its facts cannot be replayed: an export is also what remains to be done with a damaged database.
    """
    try:
        opened_at = history.opened_at(account_id)
        until = max(now, opened_at)
        return history.state_at(account_id, until)[0], history.journal_of(account_id, opened_at, until)
    except UNREADABLE:
        return None, []
