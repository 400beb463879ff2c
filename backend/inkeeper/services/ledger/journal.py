"""The journal of an account: every change of its balance, with the rule that caused it."""

from __future__ import annotations

from datetime import datetime, timedelta

from inkeeper.rules.journal import Entry
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import inmail_edits
from inkeeper.storage import balances
from inkeeper.storage.transaction import Transaction


def journal(
    tx: Transaction,
    actor: Actor,
    account_id: str,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
    offset: int,
    limit: int,
) -> list[Entry]:
    """Up to `limit` entries of the journal after the first `offset`, oldest first.

    In `[since, until)` (UTC); from the opening, and up to and including `now`, where they are None. Nothing that is
    still to come is in it.
    """
    owned_account(tx, actor, account_id)
    opened_at = balances.opened_at(tx, account_id)
    first = max(since or opened_at, opened_at)
    last = now if until is None else min(now, until - timedelta(microseconds=1))
    if last < first:
        return []
    entries = balances.journal_of(tx, account_id, first, last)[offset : offset + limit]
    return inmail_edits.name_edits(tx, account_id, entries)
