"""Texts to write with, and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.ids import new_id
from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.transaction import Transaction

_SELECT = (
    "SELECT text.id, name, purpose, text.version, text.created_at, archived_at, subject, body,"
    " EXISTS (SELECT 1 FROM inmail WHERE text_id = text.id AND text_version = text.version)"
    " FROM text JOIN text_version ON text_version.text_id = text.id AND text_version.version = text.version"
)


class Text(NamedTuple):
    """A text in its present version. `used` says whether an InMail, retracted or not, refers to this version."""

    id: str
    name: str
    purpose: str | None
    version: int
    created_at: datetime
    archived_at: datetime | None
    subject: str
    body: str
    used: bool


def get(tx: Transaction, owner_id: str, text_id: str) -> Text | None:
    """The owner's text of this id, an archived one too."""
    rows = tx.execute(f"{_SELECT} WHERE text.id = ? AND owner_id = ?", (text_id, owner_id)).fetchall()
    return _text(rows[0]) if rows else None


def list_texts(tx: Transaction, owner_id: str, after: str | None, limit: int) -> list[Text]:
    """Up to `limit` of the owner's texts that are not archived, in order of their making, after the id `after`."""
    rows = tx.execute(
        f"{_SELECT} WHERE owner_id = ? AND archived_at IS NULL AND text.id > ? ORDER BY text.id LIMIT ?",
        (owner_id, after or "", limit),
    )
    return [_text(row) for row in rows.fetchall()]


def names_of(tx: Transaction, owner_id: str) -> dict[str, str]:
    """The names of all the owner's texts by id, archived ones included."""
    return dict(tx.execute("SELECT id, name FROM text WHERE owner_id = ?", (owner_id,)).fetchall())


def add(tx: Transaction, owner_id: str, text: Mapping[str, Any], now: datetime) -> str:
    """Store a new text in its first version: `name`, `purpose`, `subject` and `body`. Returns its id."""
    text_id, at = new_id(now), to_microseconds(now)
    tx.execute(
        "INSERT INTO text (id, owner_id, name, purpose, version, created_at) VALUES (?, ?, ?, ?, 1, ?)",
        (text_id, owner_id, text["name"], text["purpose"], at),
    )
    _add_version(tx, text_id, 1, text, at)
    return text_id


def rename(tx: Transaction, text_id: str, name: str, purpose: str | None) -> None:
    """Change the text's name and purpose."""
    tx.execute("UPDATE text SET name = ?, purpose = ? WHERE id = ?", (name, purpose, text_id))


def rewrite(tx: Transaction, text_id: str, version: int, text: Mapping[str, str]) -> None:
    """Change `subject` and `body` of a version. Only for a version that no InMail refers to."""
    tx.execute(
        "UPDATE text_version SET subject = ?, body = ? WHERE text_id = ? AND version = ?",
        (text["subject"], text["body"], text_id, version),
    )


def add_version(tx: Transaction, text_id: str, version: int, text: Mapping[str, str], now: datetime) -> None:
    """Store `subject` and `body` as a new version with this number, which is used from now on."""
    _add_version(tx, text_id, version, text, to_microseconds(now))
    tx.execute("UPDATE text SET version = ? WHERE id = ?", (version, text_id))


def is_referred_to(tx: Transaction, text_id: str) -> bool:
    """Whether an InMail, a target or a campaign names the text in any version."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM inmail WHERE text_id = ?)"
        " OR EXISTS (SELECT 1 FROM target WHERE text_id = ?)"
        " OR EXISTS (SELECT 1 FROM campaign_step WHERE text_id = ? OR second_text_id = ?)"
    )
    ((found,),) = tx.execute(sql, [text_id] * 4).fetchall()
    return bool(found)


def set_archived(tx: Transaction, text_id: str, at: datetime | None) -> None:
    """Archive the text at this instant (UTC), or with None bring it back."""
    tx.execute("UPDATE text SET archived_at = ? WHERE id = ?", (at and to_microseconds(at), text_id))


def remove(tx: Transaction, text_id: str) -> None:
    """Delete the text with its versions. Only for one that nothing refers to."""
    tx.execute("DELETE FROM text_version WHERE text_id = ?", (text_id,))
    tx.execute("DELETE FROM text WHERE id = ?", (text_id,))


def note_about(tx: Transaction, owner_id: str, person_id: str) -> str | None:
    """The note on the latest target of this person that was not dropped; None without one."""
    row = tx.execute(
        "SELECT note FROM target WHERE person_id = ? AND owner_id = ? AND dropped_at IS NULL ORDER BY id DESC LIMIT 1",
        (person_id, owner_id),
    ).fetchone()
    return row[0] if row else None


def _add_version(tx: Transaction, text_id: str, version: int, text: Mapping[str, str], at: int) -> None:
    tx.execute(
        "INSERT INTO text_version (text_id, version, subject, body, created_at) VALUES (?, ?, ?, ?, ?)",
        (text_id, version, text["subject"], text["body"], at),
    )


def _text(row: tuple[Any, ...]) -> Text:
    text_id, name, purpose, version, created_at, archived_at, subject, body, used = row
    return Text(
        text_id,
        name,
        purpose,
        version,
        from_microseconds(created_at),
        None if archived_at is None else from_microseconds(archived_at),
        subject,
        body,
        bool(used),
    )


def version_of(tx: Transaction, owner_id: str, text_id: str) -> int | None:
    """The version of the owner's text that is used now; None where there is no such text."""
    row = tx.execute("SELECT version FROM text WHERE id = ? AND owner_id = ?", (text_id, owner_id)).fetchone()
    return None if row is None else int(row[0])


def names(tx: Transaction, owner_id: str, *, archived: bool = False) -> dict[str, str]:
    """The names of the owner's texts by their ids, in order of the names; with `archived` those not in use as well."""
    rows = tx.execute(
        "SELECT id, name FROM text WHERE owner_id = ? AND (archived_at IS NULL OR ? = 1) ORDER BY name, id",
        (owner_id, archived),
    )
    return dict(rows.fetchall())
