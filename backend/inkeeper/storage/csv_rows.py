"""The rows of accounts and InMails in an export's CSV tables. All times are UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from inkeeper.instants import from_microseconds
from inkeeper.storage.transaction import Transaction


class AccountRow(NamedTuple):
    """An account's row, without its facts, and with its owner's name."""

    id: str
    owner: str
    name: str
    time_zone: str
    price_minor: int | None
    currency: str | None
    working_days: str
    reserve: int
    lead_days: str
    low_balance: int | None
    created_at: datetime


class InmailRow(NamedTuple):
    """An InMail, with its account's name. One that was edited is as it is now, and names the InMail it replaces."""

    account_id: str
    account: str
    id: str
    recipient: str
    profile_url: str | None
    sent_at: datetime
    cost: int
    subject: str | None
    purpose: str | None
    note: str | None
    source: str
    outcome: str
    outcome_at: datetime | None
    retracted_at: datetime | None
    replaces: str | None


def accounts(tx: Transaction) -> list[AccountRow]:
    """All accounts, in order of their making."""
    rows = tx.execute(
        "SELECT account.id, owner.name, account.name, time_zone, price_minor, currency, working_days, reserve,"
        " lead_days, low_balance, account.created_at FROM account JOIN owner ON owner.id = owner_id ORDER BY account.id"
    )
    return [AccountRow(*row)._replace(created_at=from_microseconds(row[-1])) for row in rows.fetchall()]


def inmails(tx: Transaction) -> Iterator[InmailRow]:
    """All InMails. An edited one is listed once, as it is now."""
    rows = tx.execute(
        "SELECT inmail.account_id, account.name, inmail.id, inmail.name, profile_url, sent_at, cost, subject, purpose,"
        " note, source, outcome, outcome_at, retracted_at, replaces"
        " FROM inmail JOIN account ON account.id = inmail.account_id"
        " WHERE NOT EXISTS (SELECT 1 FROM inmail AS later"
        " WHERE later.account_id = inmail.account_id AND later.replaces = inmail.id)"
        " ORDER BY inmail.account_id, sent_at, inmail.id"
    )
    for row in rows:
        made = InmailRow(*row)
        yield made._replace(
            sent_at=from_microseconds(row[5]), outcome_at=_instant(row[12]), retracted_at=_instant(row[13])
        )


def _instant(value: int | None) -> datetime | None:
    return None if value is None else from_microseconds(value)
