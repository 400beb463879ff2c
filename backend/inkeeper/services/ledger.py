"""The journal of an account: every change of its balance, with the rule that caused it. Runs inside a transaction of the store."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from inkeeper.services.accounts import seat
from inkeeper.storage import history


def journal(
    owner_id: str, account_id: str, since: datetime | None, until: datetime, offset: int, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` entries of the journal in `[since, until)` (UTC) behind the first `offset`, oldest first."""
    seat(owner_id, account_id)
    opened_at = history.opened_at(account_id)
    first = max(since or opened_at, opened_at)
    if until <= first:
        return []
    entries = history.journal_of(account_id, first, until - timedelta(microseconds=1))
    return [
        {
            "at": entry.at,
            "kind": entry.kind,
            "credits": entry.credits,
            "balance": entry.balance,
            "why": entry.why,
            "rule": entry.rule,
            "inmail_id": entry.fact_id if entry.kind in ("spend", "credit_back") else None,
            "lots": [{"lot": lot, "credits": credits} for lot, credits in entry.lots],
        }
        for entry in entries[offset : offset + limit]
    ]
