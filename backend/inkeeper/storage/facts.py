"""Stores and reads the facts of an account.

Plain SQL, since building these statements with Peewee's query builder took longer than running them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from inkeeper.instants import from_microseconds, to_microseconds
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
    Terms,
)
from inkeeper.rules.replay import RANKS, position_of
from inkeeper.rules.state import Position
from inkeeper.storage.slices import slices
from inkeeper.storage.transaction import Transaction

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
_COLUMNS = "id, kind, at, about, data"
_VALID = "NOT EXISTS (SELECT 1 FROM fact AS later WHERE later.about = fact.id AND later.kind = 'retracted')"
_OF_TERMS = "kind IN ('opened', 'book_chosen', 'plan_changed', 'cancelled')"


def facts_of(tx: Transaction, account_id: str, since: datetime | None = None) -> list[Fact]:
    """The account's facts from the instant `since` (UTC) on, that instant included, in order of time; all of them
    without it.
    """
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM fact WHERE account_id = ? AND at >= ? ORDER BY at, id",  # noqa: S608 (ours)
        (account_id, -(2**62) if since is None else to_microseconds(since)),
    )
    return [_fact(*row) for row in rows]


def terms_facts(tx: Transaction, account_id: str) -> list[Fact]:
    """The facts that set plan and rule book, in order of time. Retracted ones are left out."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM fact WHERE account_id = ? AND {_OF_TERMS} AND {_VALID} ORDER BY at, id",  # noqa: S608 (ours)
        (account_id,),
    )
    return sorted((_fact(*row) for row in rows), key=position_of)


def outcomes_of(tx: Transaction, inmail_id: str) -> list[OutcomeRecorded]:
    """The outcomes recorded for an InMail, in order of recording. Retracted ones are left out."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM fact WHERE about = ? AND kind = 'outcome_recorded' AND {_VALID} ORDER BY id",  # noqa: S608 (ours)
        (inmail_id,),
    )
    return [fact for fact in (_fact(*row) for row in rows) if isinstance(fact, OutcomeRecorded)]


def fact_of(tx: Transaction, account_id: str, fact_id: str) -> Fact | None:
    """One fact of the account, or None."""
    rows = tx.execute(f"SELECT {_COLUMNS} FROM fact WHERE account_id = ? AND id = ?", (account_id, fact_id)).fetchall()  # noqa: S608 (ours)
    return _fact(*rows[0]) if rows else None


def retraction_of(tx: Transaction, fact_id: str) -> datetime | None:
    """When the fact was retracted (UTC), or None."""
    rows = tx.execute("SELECT min(at) FROM fact WHERE about = ? AND kind = 'retracted'", (fact_id,)).fetchall()
    return None if rows[0][0] is None else from_microseconds(rows[0][0])


def last_at(tx: Transaction, account_id: str, now: datetime) -> datetime | None:
    """The date (UTC) of the latest fact up to `now`, or None."""
    rows = tx.execute(
        "SELECT max(at) FROM fact WHERE account_id = ? AND at <= ?", (account_id, to_microseconds(now))
    ).fetchall()
    return None if rows[0][0] is None else from_microseconds(rows[0][0])


def opening_of(tx: Transaction, account_id: str) -> datetime:
    """When (UTC) the account opened, by its facts that were not retracted."""
    rows = tx.execute(f"SELECT min(at) FROM fact WHERE account_id = ? AND {_OF_TERMS} AND {_VALID}", (account_id,))  # noqa: S608 (ours)
    ((opened_at,),) = rows.fetchall()
    return from_microseconds(opened_at)


def anything_before(tx: Transaction, account_id: str, at: datetime, opened_at: datetime, import_id: str) -> bool:
    """Whether the account has facts before the instant `at` (UTC), other than retracted ones, those of the import, and
    corrections of the terms of the opening at `opened_at` (UTC).
    """
    rows = tx.execute(
        "SELECT 1 FROM fact WHERE account_id = ? AND at < ? AND kind <> 'retracted'"  # noqa: S608 (ours)
        " AND (import_id IS NULL OR import_id <> ?) AND NOT (kind = 'book_chosen' AND at = ?)"
        f" AND {_VALID}"
        " LIMIT 1",
        (account_id, to_microseconds(at), import_id, to_microseconds(opened_at)),
    )
    return rows.fetchone() is not None


def places_of(tx: Transaction, account_id: str, fact_ids: Iterable[str]) -> list[Position]:
    """The places, in order of time, of those of these facts that are the account's."""
    found: list[Position] = []
    for some, marks in slices(fact_ids):
        # The expression keeps SQLite from scanning all of the account's facts instead of looking these up by id.
        rows = tx.execute(
            f"SELECT id, kind, at FROM fact WHERE account_id || '' = ? AND id IN ({marks})",  # noqa: S608 (ours)
            (account_id, *some),
        )
        found += [Position(from_microseconds(at), RANKS[KINDS[kind]], fact_id) for fact_id, kind, at in rows.fetchall()]
    return found


def import_ids_of(tx: Transaction, fact_ids: Iterable[str]) -> dict[str, str]:
    """The imports that these facts came with, by the facts' ids; those that came with none are left out."""
    found: dict[str, str] = {}
    for some, marks in slices(fact_ids):
        rows = tx.execute(f"SELECT id, import_id FROM fact WHERE id IN ({marks}) AND import_id IS NOT NULL", some)  # noqa: S608 (ours)
        found |= dict(rows.fetchall())
    return found


def sent_of_import(tx: Transaction, import_id: str) -> set[str]:
    """The ids of the InMails that came with an import, retracted or not."""
    rows = tx.execute("SELECT id FROM fact WHERE import_id = ? AND kind = 'sent'", (import_id,))
    return {inmail_id for (inmail_id,) in rows.fetchall()}


def facts_of_import(tx: Transaction, import_id: str, *kinds: str) -> list[Fact]:
    """The facts of these kinds that came with an import and were not retracted, in order of time."""
    marks = ", ".join("?" * len(kinds))
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM fact WHERE import_id = ? AND kind IN ({marks}) AND {_VALID} ORDER BY at, id",  # noqa: S608 (ours)
        (import_id, *kinds),
    )
    return [_fact(*row) for row in rows.fetchall()]


def new_fact_id(tx: Transaction, account_id: str, now: datetime) -> str:
    """The id for a new fact of the account, made at `now` (UTC)."""
    return new_fact_ids(tx, account_id, now, 1)[0]


def new_fact_ids(tx: Transaction, account_id: str, now: datetime, count: int) -> list[str]:
    """This many ids for new facts of the account: ascending, and greater than the ids of all its facts.

    The facts of one instant are ordered by id (`position_of`), and the one stored last must come last. Two processes,
    or one whose clock was set back, would otherwise make ids in any order.
    """
    return tx.next_ids(account_id, now, count)


def add(
    tx: Transaction,
    account_id: str,
    facts: Sequence[Fact],
    now: datetime,
    import_id: str | None = None,
    import_ids: Mapping[str, str] | None = None,
) -> None:
    """Store new facts of the account, recorded at `now` (UTC). Needs a write transaction.

    `import_id` names the import that they came with, if any, and `import_ids` those of single facts, by the facts' ids.
    """
    recorded_at = to_microseconds(now)
    rows = [
        (
            fact.id,
            account_id,
            _KIND_OF[type(fact)],
            to_microseconds(fact.at),
            recorded_at,
            *_about_and_data(fact),
            import_ids.get(fact.id) if import_ids else import_id,
        )
        for fact in facts
    ]
    sql = (
        "INSERT INTO fact (id, account_id, kind, at, recorded_at, about, data, import_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    )
    if len(rows) == 1:
        tx.execute(sql, rows[0])
    else:
        tx.executemany(sql, rows)
    tx.note_recorded(account_id, [fact.id for fact in facts])


def _sent_data(cost: int) -> str:
    return f'{{"cost":{cost}}}'


_SENT_COSTS = {_sent_data(cost): cost for cost in (0, 1)}
_ABOUT = {OutcomeRecorded: "inmail_id", Retracted: "target_id"}


def _about_and_data(fact: Fact) -> tuple[str | None, str]:
    """The fact that this one refers to, and what else it says besides its id and date, as JSON text."""
    # An import has thousands of these kinds, so they are written by hand: `asdict` copies recursively.
    if type(fact) is Sent:
        return None, _sent_data(fact.cost)
    if type(fact) is OutcomeRecorded:
        return fact.inmail_id, f'{{"outcome":"{fact.outcome}"}}'
    if type(fact) is Retracted:
        return fact.target_id, "{}"
    values = asdict(fact)
    del values["id"], values["at"]
    return None, json.dumps(values, separators=(",", ":"))


def _fact(fact_id: str, kind: str, at: int, about: str | None, data: str) -> Fact:
    # Nearly all facts are of this kind, and parsing their JSON took most of the time.
    if kind == "sent" and data in _SENT_COSTS:
        return Sent(fact_id, from_microseconds(at), _SENT_COSTS[data])
    values: dict[str, Any] = json.loads(data)
    fact_type = KINDS[kind]
    if fact_type in _ABOUT:
        values[_ABOUT[fact_type]] = about
    if "terms" in values:
        values["terms"] = Terms(**values["terms"])
    return fact_type(id=fact_id, at=from_microseconds(at), **values)
