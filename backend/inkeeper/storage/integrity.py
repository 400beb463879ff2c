"""Reads for the check of the whole database (`inkeeper doctor`). All times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from inkeeper.instants import from_microseconds
from inkeeper.storage.transaction import Transaction


class InmailRow(NamedTuple):
    """The columns of an InMail that repeat its facts."""

    id: str
    sent_at: datetime
    cost: int
    outcome: str
    retracted_at: datetime | None
    replaces: str | None


def account_ids(tx: Transaction) -> list[str]:
    """The ids of all accounts, in order of their making."""
    return [account_id for (account_id,) in tx.execute("SELECT id FROM account ORDER BY id").fetchall()]


def last_fact_id(tx: Transaction, account_id: str) -> str | None:
    """The greatest fact id, as the account's row has it."""
    (found,) = tx.execute("SELECT last_fact_id FROM account WHERE id = ?", (account_id,)).fetchone()
    return None if found is None else str(found)


def inmails(tx: Transaction, account_id: str) -> list[InmailRow]:
    """The account's InMails, retracted ones included."""
    rows = tx.execute(
        "SELECT id, sent_at, cost, outcome, retracted_at, replaces FROM inmail WHERE account_id = ? ORDER BY id",
        (account_id,),
    )
    return [
        InmailRow(
            inmail_id,
            from_microseconds(sent_at),
            cost,
            outcome,
            None if retracted_at is None else from_microseconds(retracted_at),
            replaces,
        )
        for inmail_id, sent_at, cost, outcome, retracted_at, replaces in rows.fetchall()
    ]
