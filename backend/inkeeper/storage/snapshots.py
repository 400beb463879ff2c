"""States saved at the beginning of each period, with the sheet of the one that ended, so that reading need not begin at
the opening. A cache: dropping any of them changes no answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from inkeeper.instants import to_microseconds
from inkeeper.rules import books
from inkeeper.rules.sheets import Sheet, dump_sheet, load_sheet
from inkeeper.rules.state import Position, State, dump_state, load_state
from inkeeper.storage.transaction import Transaction

STATE_FORM = 4
"""The version of the saved form. Increased when a saved state changes its meaning."""


def made_by() -> str:
    """A hash of everything besides the facts that a saved state depends on: `STATE_FORM` and the rule books' data."""
    return _digest(*(book.fingerprint for _, book in sorted(books.rule_books().items())))


@cache
def _digest(*fingerprints: str) -> str:
    digest = hashlib.sha256(str(STATE_FORM).encode())
    for fingerprint in fingerprints:
        digest.update(fingerprint.encode())
    return digest.hexdigest()[:16]


def saved_states(tx: Transaction, account_id: str) -> list[State]:
    """The account's saved states that are valid under the present rules, oldest first."""
    rows = tx.execute("SELECT state FROM snapshot WHERE account_id = ? ORDER BY at, rank, fact_id", (account_id,))
    return [state for state in (_load(text) for (text,) in rows) if state]


def saved_sheets(
    tx: Transaction, account_id: str, since: datetime | None = None, until: datetime | None = None
) -> list[Sheet]:
    """The saved sheets of the account's periods that ended in `(since, until]` (UTC; None: no bound), oldest first.

    Sheets made by other rules are left out.
    """
    rows = tx.execute(
        "SELECT sheet FROM snapshot WHERE account_id = ? AND at > ? AND at <= ? AND sheet IS NOT NULL"
        " ORDER BY at, rank, fact_id",
        (
            account_id,
            -(2**62) if since is None else to_microseconds(since),
            2**62 if until is None else to_microseconds(until),
        ),
    )
    loaded = [json.loads(text) for (text,) in rows]
    return [load_sheet(data) for form, data in loaded if form == made_by()]


def saved_before(tx: Transaction, account_id: str, place: Position) -> State | None:
    """The last state saved before that place; None if there is none, or if it was made by other rules."""
    rows = tx.execute(
        "SELECT state FROM snapshot WHERE account_id = ? AND (at, rank, fact_id) < (?, ?, ?)"
        " ORDER BY at DESC, rank DESC, fact_id DESC LIMIT 1",
        (account_id, to_microseconds(place.at), place.rank, place.fact_id),
    ).fetchall()
    return _load(rows[0][0]) if rows else None


def save(tx: Transaction, account_id: str, states: Iterable[State], sheets: Iterable[Sheet]) -> None:
    """Save states in which a period had just begun, each with the sheet of the period that ended with it, if any."""
    ended = {sheet.end: sheet for sheet in sheets}
    for state in states:
        sheet = ended.get(state.period_start)
        tx.execute(
            "INSERT INTO snapshot (account_id, at, rank, fact_id, state, sheet) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (account_id, at, rank, fact_id) DO UPDATE SET state = excluded.state, sheet = excluded.sheet",
            (
                account_id,
                to_microseconds(state.position.at),
                state.position.rank,
                state.position.fact_id,
                json.dumps([made_by(), dump_state(state)], separators=(",", ":")),
                sheet and json.dumps([made_by(), dump_sheet(sheet)], separators=(",", ":")),
            ),
        )


def drop_from(tx: Transaction, account_id: str, place: Position) -> None:
    """Delete the states saved at that place and after it."""
    tx.execute(
        "DELETE FROM snapshot WHERE account_id = ? AND (at, rank, fact_id) >= (?, ?, ?)",
        (account_id, to_microseconds(place.at), place.rank, place.fact_id),
    )


def _load(text: str) -> State | None:
    """The saved state; None for one that was made by other rules."""
    form, data = json.loads(text)
    return load_state(data) if form == made_by() else None
