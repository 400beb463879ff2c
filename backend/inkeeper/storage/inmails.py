"""The rows of InMails: columns that repeat its facts, and columns that are stored here alone (texts, notes,
references).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.rules.people import Link
from inkeeper.storage import models
from inkeeper.storage.patterns import containing, lower_ascii
from inkeeper.storage.slices import slices
from inkeeper.storage.transaction import Transaction

_MOST_EDITS = 10_000
"""The longest chain of edits that is followed. A bound for a damaged database with a cycle of edits."""

_INSTANTS = ("sent_at", "outcome_at", "answered_at", "retracted_at")


class Inmail(NamedTuple):
    """An InMail. Instants are UTC; the former name and link are null where the recipient was never corrected."""

    id: str
    account_id: str
    sent_at: datetime
    cost: int
    name: str
    profile_url: str | None
    subject: str | None
    purpose: str | None
    note: str | None
    source: str
    outcome: str
    outcome_at: datetime | None
    answered_at: datetime | None
    retracted_at: datetime | None
    replaces: str | None
    former_name: str | None
    former_url: str | None
    target_id: str | None
    text_id: str | None
    text_version: int | None
    campaign_id: str | None


class Short(NamedTuple):
    """The columns of an InMail that short lists show. `sent_at` is UTC, `outcome` as recorded."""

    id: str
    name: str
    profile_url: str | None
    sent_at: datetime
    outcome: str
    cost: int


class Filter(NamedTuple):
    """Which InMails to list; None leaves a condition out. `since` is included, `until` excluded (UTC).

    `outcomes` are recorded outcomes, each with the span `(after, until]` of `sent_at` in which it matches (UTC; None:
    no bound).
    """

    outcomes: Sequence[tuple[str, datetime | None, datetime | None]] | None = None
    cost: int | None = None
    purpose: str | None = None
    campaign_id: str | None = None
    text_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    recipient: Recipient | None = None


class Recipient(NamedTuple):
    """The recipient to find: a part of the link as typed, a part of the name's or link's normal form (None: not
    searched), or a link.
    """

    part: str
    normal_part: str | None
    link: Link | None


_COLUMNS = ", ".join(Inmail._fields)
_SHORT = "id, name, profile_url, sent_at, outcome, cost"
_AWAITING = "account_id = ? AND sent_at > ? AND outcome = 'pending' AND retracted_at IS NULL"


def get(tx: Transaction, account_id: str, inmail_id: str) -> Inmail | None:
    """The account's InMail of this id."""
    row = tx.execute(
        f"SELECT {_COLUMNS} FROM inmail WHERE id = ? AND account_id = ?",  # noqa: S608 (names of ours)
        (inmail_id, account_id),
    ).fetchone()
    return None if row is None else _inmail(row)


def list_inmails(
    tx: Transaction, account_id: str, wanted: Filter, after: tuple[datetime, str] | None, limit: int
) -> list[Inmail]:
    """Up to `limit` of the account's InMails, newest first, after (sent_at, id) `after`; without retracted ones."""
    conditions = list(_conditions(wanted))
    if after:
        at = to_microseconds(after[0])
        conditions.append(("(sent_at < ? OR (sent_at = ? AND id < ?))", [at, at, after[1]]))
    which = " AND ".join(["account_id = ? AND retracted_at IS NULL", *(sql for sql, _ in conditions)])
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM inmail WHERE {which} ORDER BY sent_at DESC, id DESC LIMIT ?",  # noqa: S608 (ours)
        [account_id, *(value for _, values in conditions for value in values), limit],
    )
    return [_inmail(row) for row in rows.fetchall()]


def names_of(tx: Transaction, account_id: str, inmail_ids: Iterable[str]) -> dict[str, str]:
    """The recipients' names of some of the account's InMails, by the InMails' ids."""
    found: dict[str, str] = {}
    for some, marks in slices(inmail_ids):
        sql = f"SELECT id, name FROM inmail WHERE account_id = ? AND id IN ({marks})"  # noqa: S608 (marks only)
        found |= dict(tx.execute(sql, (account_id, *some)).fetchall())
    return found


def recent(tx: Transaction, account_id: str, limit: int) -> list[Short]:
    """The account's latest InMails, newest first, without retracted ones."""
    rows = tx.execute(
        f"SELECT {_SHORT} FROM inmail"  # noqa: S608 (names of ours)
        " WHERE account_id = ? AND retracted_at IS NULL ORDER BY sent_at DESC, id DESC LIMIT ?",
        (account_id, limit),
    )
    return [_short(*row) for row in rows.fetchall()]


def awaiting(tx: Transaction, account_id: str, after: datetime, limit: int) -> list[Short]:
    """The account's InMails sent after that instant (UTC) without a recorded outcome, oldest first."""
    rows = tx.execute(
        f"SELECT {_SHORT} FROM inmail WHERE {_AWAITING} ORDER BY sent_at, id LIMIT ?",  # noqa: S608 (ours)
        (account_id, to_microseconds(after), limit),
    )
    return [_short(*row) for row in rows.fetchall()]


def first_awaiting(tx: Transaction, account_id: str, after: datetime) -> datetime | None:
    """The `sent_at` (UTC) of the account's first InMail sent after that instant (UTC) without a recorded outcome; None
    if there is none.
    """
    row = tx.execute(
        f"SELECT sent_at FROM inmail WHERE {_AWAITING} ORDER BY sent_at LIMIT 1",  # noqa: S608 (ours)
        (account_id, to_microseconds(after)),
    ).fetchone()
    return None if row is None else from_microseconds(row[0])


def outcome_of(tx: Transaction, inmail_id: str) -> str:
    """The recorded outcome of an InMail, `pending` if there is none."""
    (outcome,) = tx.execute("SELECT outcome FROM inmail WHERE id = ?", (inmail_id,)).fetchone()
    return str(outcome)


def add(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store new InMails, given by their columns, the same for each; instants as datetimes (UTC).

    Needed are `id`, `account_id`, `sent_at`, `cost`, `name`, `name_key` and `source`.
    """
    stored = [_stored(row) for row in rows]
    if not stored:
        return
    names = list(stored[0])
    columns, marks = ", ".join(names), ", ".join("?" * len(names))
    sql = f"INSERT INTO inmail ({columns}) VALUES ({marks})"  # noqa: S608 (names of ours)
    if len(stored) == 1:
        tx.execute(sql, list(stored[0].values()))
    else:
        tx.executemany(sql, [[row[name] for name in names] for row in stored])


def add_edited(tx: Transaction, former_id: str, inmail_id: str, sent_at: datetime, cost: int) -> None:
    """Store the new InMail of an edit of day or cost, with a copy of all other columns of the old one except the
    outcome.
    """
    # All columns are copied, including those of future migrations.
    given: dict[str, tuple[str, list[Any]]] = {
        "id": ("?", [inmail_id]),
        "sent_at": ("?", [to_microseconds(sent_at)]),
        "cost": ("?", [cost]),
        "replaces": ("id", []),
        "outcome": ("'pending'", []),
        "outcome_at": ("NULL", []),
        "answered_at": ("NULL", []),
        "retracted_at": ("NULL", []),
    }
    names = [field.column_name for field in models.Inmail._meta.sorted_fields]
    values = [given.get(name, (name, [])) for name in names]
    tx.execute(
        f"INSERT INTO inmail ({', '.join(names)}) SELECT {', '.join(sql for sql, _ in values)}"  # noqa: S608 (ours)
        " FROM inmail WHERE id = ?",
        [*(value for _, bound in values for value in bound), former_id],
    )


def update(tx: Transaction, inmail_id: str, changes: Mapping[str, Any]) -> None:
    """Change some columns of an InMail, instants given as datetimes (UTC)."""
    columns = _stored(changes)
    values = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE inmail SET {values} WHERE id = ?", [*columns.values(), inmail_id])  # noqa: S608 (ours)


def take_back(tx: Transaction, inmails: Iterable[tuple[str, datetime]]) -> None:
    """Mark InMails as retracted: their ids, each with the instant (UTC)."""
    tx.executemany(
        "UPDATE inmail SET retracted_at = ? WHERE id = ?",
        [(to_microseconds(at), inmail_id) for inmail_id, at in inmails],
    )


def clear_outcomes(tx: Transaction, inmail_ids: Iterable[str]) -> None:
    """Set the outcome of InMails to `pending`."""
    tx.executemany(
        "UPDATE inmail SET outcome = 'pending', outcome_at = NULL, answered_at = NULL WHERE id = ?",
        [(inmail_id,) for inmail_id in inmail_ids],
    )


def last_edit(tx: Transaction, inmail_id: str) -> str:
    """The id of the latest InMail in the chain of edits that begins with this one; its own if it was not edited."""
    row = tx.execute(
        "WITH RECURSIVE edit(id, account_id, number) AS ("
        " SELECT id, account_id, 0 FROM inmail WHERE id = ?"
        " UNION ALL SELECT later.id, later.account_id, number + 1 FROM edit JOIN inmail AS later"
        " ON later.account_id = edit.account_id AND later.replaces = edit.id WHERE number < ?)"
        " SELECT id FROM edit ORDER BY number DESC LIMIT 1",
        (inmail_id, _MOST_EDITS),
    ).fetchone()
    return row[0] if row else inmail_id


def last_edits(tx: Transaction, account_id: str) -> dict[str, str]:
    """The ids of the account's replaced InMails, each with the id of the last InMail in its chain of edits."""
    rows = tx.execute("SELECT replaces, id FROM inmail WHERE account_id = ? AND replaces IS NOT NULL", (account_id,))
    next_edit: dict[str, str] = dict(rows.fetchall())
    found: dict[str, str] = {}
    for former in next_edit:
        # A damaged database may have a cycle of edits: no InMail is visited twice.
        passed = {former: None}
        last = next_edit[former]
        while last in next_edit and last not in passed and last not in found:
            passed[last] = None
            last = next_edit[last]
        found |= dict.fromkeys(passed, found.get(last, last))
    return found


def is_not_retracted(tx: Transaction, inmail_id: str) -> bool:
    """Whether the InMail was not retracted."""
    row = tx.execute("SELECT 1 FROM inmail WHERE id = ? AND retracted_at IS NULL", (inmail_id,)).fetchone()
    return row is not None


def edits(tx: Transaction, account_id: str) -> list[tuple[str, str, str]]:
    """The account's edits of day or cost: the ids of the replaced InMail, of its retraction, and of the new InMail."""
    rows: list[tuple[str, str, str]] = tx.execute(
        "SELECT inmail.replaces, fact.id, inmail.id FROM inmail JOIN fact ON fact.about = inmail.replaces"
        " WHERE inmail.account_id = ? AND inmail.replaces IS NOT NULL AND fact.kind = 'retracted'",
        (account_id,),
    ).fetchall()
    return rows


def _conditions(wanted: Filter) -> Iterator[tuple[str, list[Any]]]:
    if wanted.outcomes is not None:
        either = [_has_outcome(*each) for each in wanted.outcomes]
        yield f"({' OR '.join(sql for sql, _ in either)})", [value for _, values in either for value in values]
    for column in ("cost", "purpose", "campaign_id", "text_id"):
        value = getattr(wanted, column)
        if value is not None:
            yield f"{column} = ?", [value]
    if wanted.since is not None:
        yield "sent_at >= ?", [to_microseconds(wanted.since)]
    if wanted.until is not None:
        yield "sent_at < ?", [to_microseconds(wanted.until)]
    if wanted.recipient is not None:
        yield _tells_of(wanted.recipient)


def _has_outcome(outcome: str, after: datetime | None, until: datetime | None) -> tuple[str, list[Any]]:
    sql = "outcome = ?"
    values: list[Any] = [outcome]
    if after is not None:
        sql += " AND sent_at > ?"
        values.append(to_microseconds(after))
    if until is not None:
        sql += " AND sent_at <= ?"
        values.append(to_microseconds(until))
    return f"({sql})", values


def _tells_of(recipient: Recipient) -> tuple[str, list[Any]]:
    # SQLite's LIKE ignores the case of ASCII letters, PostgreSQL's does not; both `lower` fold these alone.
    found = [("lower(profile_url) LIKE ? ESCAPE '!'", [containing(lower_ascii(recipient.part))])]
    if recipient.normal_part:
        part = containing(recipient.normal_part)
        # Slugs are in lower case, so a name's normal form is a part of the link that was made of the name, too.
        found.append(("name_key LIKE ? ESCAPE '!' OR link_key LIKE ? ESCAPE '!'", [part, part]))
    if recipient.link:
        found.append(("link_key = ?", [recipient.link.key]))
    return f"({' OR '.join(sql for sql, _ in found)})", [value for _, values in found for value in values]


def _stored(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is None or name not in _INSTANTS else to_microseconds(value)
        for name, value in columns.items()
    }


def _inmail(row: Sequence[Any]) -> Inmail:
    found = Inmail(*row)
    return found._replace(
        sent_at=from_microseconds(row[2]),
        outcome_at=_instant(row[11]),
        answered_at=_instant(row[12]),
        retracted_at=_instant(row[13]),
    )


def _instant(at: int | None) -> datetime | None:
    return None if at is None else from_microseconds(at)


def _short(inmail_id: str, name: str, url: str | None, sent_at: int, outcome: str, cost: int) -> Short:
    return Short(inmail_id, name, url, from_microseconds(sent_at), outcome, cost)
