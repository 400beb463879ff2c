"""A transaction: runs SQL statements, and collects the account states that are cached after its commit.

Every function that reads or writes the database takes it as its first parameter, `tx`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from peewee import Database

from inkeeper.ids import new_ids
from inkeeper.storage.cached_states import CachedStates, StateCache
from inkeeper.storage.engines.engine import AccountRow, Connection, Cursor, Parameters


class Transaction:
    """An open transaction. A query of the models needs its database: `query.execute(tx.database)`.

    `account_id` is the account that is written to; None for a write to no account, and for reading.
    """

    __slots__ = ("_cached_states", "_rows", "_state_cache", "account_id", "connection", "database")

    def __init__(
        self,
        database: Database,
        connection: Connection,
        state_cache: StateCache,
        account_id: str | None = None,
        row: AccountRow | None = None,
    ) -> None:
        """`row` is the account's row if the engine has read it already."""
        self.database = database
        self.connection: Any = connection
        self.account_id = account_id
        self._state_cache = state_cache
        self._cached_states: dict[str, CachedStates | None] = {}
        self._rows: dict[str, AccountRow] = {}
        if account_id is not None and row is not None:
            self._rows[account_id] = row

    def continue_from(self, tx: Transaction) -> None:
        """Begin with the cached states of `tx`, an earlier write in the same open transaction of the database."""
        self._cached_states = dict(tx._cached_states)
        self._rows = dict(tx._rows)

    def execute(self, sql: str, parameters: Parameters = ()) -> Cursor:
        """Run one SQL statement, with instants as whole microseconds: `?` for each parameter, or `:name` by name."""
        cursor: Cursor = self.connection.execute(sql, parameters)
        return cursor

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        """Run one SQL statement for each row."""
        cursor: Cursor = self.connection.executemany(sql, rows)
        return cursor

    def cached_states(self, account_id: str) -> CachedStates | None:
        """The account's cached states as of this transaction; None if there are none."""
        if account_id not in self._cached_states:
            self._cached_states[account_id] = self._state_cache.find(account_id, self.row(account_id).version)
        return self._cached_states[account_id]

    def outdated_states(self, account_id: str) -> tuple[AccountRow, CachedStates] | None:
        """The states cached for an earlier version of the account, with the account's row as of then. None if there are
        none, or if this transaction has called `cached_states` or `cache_states` for the account.
        """
        if account_id in self._cached_states:
            return None
        return self._state_cache.find_outdated(account_id, self.row(account_id).version)

    def cache_states(self, account_id: str, latest: CachedStates | None) -> None:
        """Set the account's cached states as of this transaction; None if they are unknown."""
        self._cached_states[account_id] = latest

    def next_ids(self, account_id: str, now: datetime, count: int) -> list[str]:
        """This many ids for new facts of the account, made at `now` (UTC): ascending, and greater than the ids of all
        its facts.

        The facts of one instant are ordered by id. Inside a write no other process can add facts in between.
        """
        row = self.row(account_id)
        made = new_ids(now, count, row.last_fact_id)
        if made:
            self._rows[account_id] = row._replace(last_fact_id=made[-1])
        return made

    def note_recorded(self, account_id: str, fact_ids: Collection[str]) -> None:
        """Count facts that were stored, and keep the greatest id, so that later facts get greater ones."""
        row = self.row(account_id)
        last = max([row.last_fact_id or "", *fact_ids])
        self._rows[account_id] = AccountRow(row.version, last, row.facts_recorded + len(fact_ids))

    def raise_version(self, account_id: str) -> None:
        """Raise the account's version by one, which invalidates the states cached for earlier versions."""
        # The states cached for the version before are still right: code that stores facts sets them itself. So they are
        # fetched before the version changes.
        self.cached_states(account_id)
        row = self.row(account_id)
        rows = self.execute(
            "UPDATE account SET version = version + 1, last_fact_id = ?, facts_recorded = ? WHERE id = ?"
            " RETURNING version",
            (row.last_fact_id, row.facts_recorded, account_id),
        )
        for (version,) in rows:
            self._rows[account_id] = row._replace(version=version)

    def publish_cached_states(self) -> None:
        """Make the cached states available to later transactions. Call it after the commit."""
        for account_id, latest in self._cached_states.items():
            if latest:
                self._state_cache.put(account_id, self._rows[account_id], latest)

    def row(self, account_id: str) -> AccountRow:
        """The account's version, last fact id and number of facts, including this transaction's changes."""
        if account_id not in self._rows:
            row = self.execute(
                "SELECT version, last_fact_id, facts_recorded FROM account WHERE id = ?", (account_id,)
            ).fetchone()
            self._rows[account_id] = AccountRow(*row) if row else AccountRow(-1, None, 0)
        return self._rows[account_id]


def over_copy(connection: sqlite3.Connection) -> Transaction:
    """A transaction on a connection to a copy of the database. For plain SQL only: no models, no cached states."""
    return Transaction(Database(None), connection, StateCache())
