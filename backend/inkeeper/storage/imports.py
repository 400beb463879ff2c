"""Imports, and the stored InMails that a file is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.slices import slices
from inkeeper.storage.transaction import Transaction

_COLUMNS = "id, account_id, kind, created_at, rows, inmails, answers, retracted_at"
# An imported InMail that a person retracted stays known, so that no other import adds it again. One that was retracted
# with its whole import may be imported again.
_KNOWN = (
    "SELECT inmail.id, inmail.sent_at, inmail.name, inmail.profile_url, inmail.outcome, inmail.source,"
    " inmail.retracted_at IS NOT NULL, inmail.name_key, inmail.message_key"
    " FROM inmail JOIN fact ON fact.id = inmail.id LEFT JOIN import ON import.id = fact.import_id"
    " WHERE {which}"
    " AND (inmail.retracted_at IS NULL OR (import.id IS NOT NULL AND import.retracted_at IS NULL))"
    " ORDER BY inmail.sent_at, inmail.id"
)
_KNOWN_NEARBY = _KNOWN.format(which="inmail.account_id = ? AND inmail.sent_at BETWEEN ? AND ?")


class Import(NamedTuple):
    """One import of a file into an account, with counts of the file's rows and of the InMails and answers stored."""

    id: str
    account_id: str
    kind: str
    created_at: datetime
    rows: int
    inmails: int
    answers: int
    retracted_at: datetime | None = None


class Owned(NamedTuple):
    """An import with the name of its account, and the account's owner."""

    batch: Import
    account_name: str
    owner_id: str


class Known(NamedTuple):
    """A stored InMail that a file's rows are compared with. `sent_at` is UTC."""

    id: str
    sent_at: datetime
    name: str
    profile_url: str | None
    outcome: str
    source: str
    is_taken_back: bool
    name_key: str
    message_key: str | None


class Former(NamedTuple):
    """A former version of an edited InMail. `sent_at` is UTC."""

    id: str
    sent_at: datetime
    name: str
    profile_url: str | None


def add(tx: Transaction, batch: Import) -> None:
    """Store a new import."""
    tx.execute(
        f"INSERT INTO import ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",  # noqa: S608 (ours)
        (*batch[:3], to_microseconds(batch.created_at), batch.rows, batch.inmails, batch.answers),
    )


def get(tx: Transaction, account_id: str, import_id: str) -> Import | None:
    """The account's import of this id."""
    row = tx.execute(
        f"SELECT {_COLUMNS} FROM import WHERE id = ? AND account_id = ?",  # noqa: S608 (names of ours)
        (import_id, account_id),
    ).fetchone()
    return None if row is None else _import(*row)


def list_imports(tx: Transaction, account_id: str, after: str | None, limit: int) -> list[Import]:
    """Up to `limit` of the account's imports, newest first, after the import id `after`; retracted ones as well."""
    behind, values = ("", ()) if after is None else (" AND id < ?", (after,))
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM import WHERE account_id = ?{behind} ORDER BY id DESC LIMIT ?",  # noqa: S608 (ours)
        (account_id, *values, limit),
    )
    return [_import(*row) for row in rows.fetchall()]


def list_all(tx: Transaction, account_id: str | None = None, import_id: str | None = None) -> list[Owned]:
    """Every owner's imports, or those of one account, or the one of this id, newest first."""
    columns = ", ".join(f"import.{column}" for column in _COLUMNS.split(", "))
    wanted = {"import.account_id": account_id, "import.id": import_id}
    given = {column: value for column, value in wanted.items() if value is not None}
    which = "".join(f" AND {column} = ?" for column in given)
    rows = tx.execute(
        f"SELECT {columns}, account.name, account.owner_id FROM import"  # noqa: S608 (names of ours)
        f" JOIN account ON account.id = import.account_id{which} ORDER BY import.id DESC",
        tuple(given.values()),
    )
    return [Owned(_import(*row[:-2]), *row[-2:]) for row in rows.fetchall()]


def take_back(tx: Transaction, import_id: str, now: datetime) -> None:
    """Mark the whole import as retracted at `now` (UTC)."""
    tx.execute("UPDATE import SET retracted_at = ? WHERE id = ?", (to_microseconds(now), import_id))


def known_nearby(tx: Transaction, account_id: str, since: datetime, until: datetime) -> list[Known]:
    """The account's InMails sent in `[since, until]` (UTC) that a file is compared with, in order of time."""
    rows = tx.execute(_KNOWN_NEARBY, (account_id, to_microseconds(since), to_microseconds(until)))
    return [_known(*row) for row in rows.fetchall()]


def known_by_id(tx: Transaction, account_id: str, inmail_ids: Iterable[str]) -> list[Known]:
    """Those of these InMails that a file is compared with."""
    found: list[Known] = []
    for some, marks in slices(inmail_ids):
        # The expression keeps SQLite from scanning all of the account's InMails instead of looking these up by id.
        sql = _KNOWN.format(which=f"inmail.account_id || '' = ? AND inmail.id IN ({marks})")
        found += [_known(*row) for row in tx.execute(sql, (account_id, *some)).fetchall()]
    return found


def before_edits(tx: Transaction, account_id: str, edited: Iterable[str]) -> list[Former]:
    """The former versions of the account's edited InMails: these ids, whose day or cost was edited; and InMails whose
    recipient was corrected, with the former recipient.
    """
    rows: list[tuple[Any, ...]] = []
    for some, marks in slices(edited):
        rows += tx.execute(
            "SELECT id, sent_at, name, profile_url FROM inmail"  # noqa: S608 (marks only)
            f" WHERE account_id || '' = ? AND id IN ({marks})",
            (account_id, *some),
        ).fetchall()
    rows += tx.execute(
        "SELECT id, sent_at, former_name, former_url FROM inmail WHERE account_id = ? AND former_name IS NOT NULL",
        (account_id,),
    ).fetchall()
    return [Former(inmail_id, from_microseconds(sent_at), name, url) for inmail_id, sent_at, name, url in rows]


def _import(
    import_id: str,
    account_id: str,
    kind: str,
    created_at: int,
    rows: int,
    inmails: int,
    answers: int,
    retracted_at: int | None,
) -> Import:
    return Import(
        import_id,
        account_id,
        kind,
        from_microseconds(created_at),
        rows,
        inmails,
        answers,
        None if retracted_at is None else from_microseconds(retracted_at),
    )


def _known(
    inmail_id: str,
    sent_at: int,
    name: str,
    url: str | None,
    outcome: str,
    source: str,
    taken_back: int,
    name_key: str,
    message_key: str | None,
) -> Known:
    return Known(
        inmail_id, from_microseconds(sent_at), name, url, outcome, source, bool(taken_back), name_key, message_key
    )
