"""Erasing a person: nothing of them remains but that InMails were sent, when, and what became of them.

What is erased follows from the columns that the models declare (`PersonalField`) and from their references to `person`:
see `erasing_tables`. What names the person elsewhere (in notes on others, texts, names of accounts and devices) is the
owner's own text: it is left as it is, and named in the answer.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from inkeeper.clock import from_microseconds, to_microseconds
from inkeeper.errors import invalid, not_found
from inkeeper.jsontext import to_json
from inkeeper.rules.people import normal_name, parse_link
from inkeeper.services.erasing_answers import Known, without_person
from inkeeper.services.erasing_finding import INMAILS, Found, InTable, Whom, find
from inkeeper.services.erasing_tables import Table
from inkeeper.storage import persons, targets
from inkeeper.storage.database import Store
from inkeeper.storage.models import ERASED_NAME
from inkeeper.storage.transaction import Transaction, execute, over_copy

MARKS_KEPT = timedelta(days=400)
"""How long clients can learn by its marks whom an erasure was about."""

ERASURES_AT_ONCE = 100

_log = logging.getLogger("inkeeper.server")


class Mention(NamedTuple):
    """A text that still mentions the person, in the database or, where `copy` is set, in that copy of it."""

    table: str
    column: str
    id: str
    copy: Path | None


class Changed(NamedTuple):
    """What was erased from the database: so many stored people, targets and InMails, and answers that are kept for
    writes that are sent again.

    `same_name` are the ids of InMails to that name, `same_name_people` those of stored people: either may be the same
    person.
    """

    inmails: int
    answers: int
    people: int
    targets: int
    same_name: list[str]
    same_name_people: list[str]
    mentions: list[Mention]


class Erased(NamedTuple):
    """What was done, and what is left to do by hand: as `Changed`, and with what became of the program's own copies of
    the database.

    `copies` are those that were treated alike, `copies_left` those that could not be changed. `at_once`: whether the
    words are gone from the file already.
    """

    inmails: int
    answers: int
    same_name: list[str]
    mentions: list[Mention]
    copies: list[Path]
    copies_left: list[Path]
    at_once: bool
    people: int
    targets: int
    same_name_people: list[str]


def erase_person(store: Store, link: str, name: str | None, now: datetime) -> Erased:
    """Erase the person with this profile link, in any spelling, from the data of all owners, with everything under
    another link that is theirs; with `name`, in any spelling, also where only the name says who it was: where there is
    no link, or one of another kind. `now` is UTC.

    Counts, costs, dates and outcomes stay, and so does every balance. Raises a 422 Problem for what is no link to a
    person.
    """
    whom = whom_of(link, name)
    copies, copies_left, mentions = _erase_from_copies(store, whom, now)
    with store.begin_write(None) as tx:
        done = _erase_here(tx, whom, now)
    at_once = store.forget_what_was_deleted()
    return Erased(
        done.inmails,
        done.answers,
        done.same_name,
        [*done.mentions, *mentions],
        copies,
        copies_left,
        at_once,
        done.people,
        done.targets,
        done.same_name_people,
    )


def whom_of(link: str, name: str | None, owner_id: str | None = None) -> Whom:
    """The person with this link, and with `name` also where only the name says who it was.

    Raises a 422 Problem for what is no link to a person.
    """
    parsed = parse_link(link)
    if parsed is None:
        raise invalid(
            "person", "This link does not lead to a person: it should look like https://www.linkedin.com/in/name."
        )
    return Whom(frozenset({parsed}), name, None, owner_id)


def erase_stored_from_copies(store: Store, owner_id: str, person_id: str, now: datetime) -> None:
    """Erase a stored person from what the program's own copies of the database hold of the owner's.

    To be done before `erase_stored`, after which it is not known any more who it was: an interrupted erasing can then
    be done again. The log names a copy that cannot be changed. Raises a 404 Problem.
    """
    with store.read() as tx:
        whom = _stored(tx, owner_id, person_id)
    if whom is not None:
        for path in _erase_from_copies(store, whom, now)[1]:
            _log.error("%s could not be changed and may still hold a person who was erased: delete it", path.name)


def erase_stored(tx: Transaction, owner_id: str, person_id: str, now: datetime) -> Changed:
    """Erase a stored person from everything of the owner's, by links and name as InMails are compared with them.

    Nothing is left to erase of one who was erased before. `Store.forget_what_was_deleted` has to come after the write.
    Raises a 404 Problem.
    """
    whom = _stored(tx, owner_id, person_id)
    return Changed(0, 0, 0, 0, [], [], []) if whom is None else _erase_here(tx, whom, now)


def erasures(owner_id: str, since: int) -> dict[str, Any]:
    """The erasures behind the one with the id `since`, oldest first, for a client of the owner's to follow: those from
    the data of all owners, and those from this owner's.

    `complete` is False where a client cannot learn any more whom all of them were about: it has to forget everybody.
    Runs inside a transaction of the store.
    """
    rows = execute(
        "SELECT id, at, salt, marks FROM erasure WHERE id > ? AND (owner_id IS NULL OR owner_id = ?)"
        " ORDER BY id LIMIT ?",
        (since, owner_id, ERASURES_AT_ONCE + 1),
    ).fetchall()
    (newest,) = execute("SELECT coalesce(max(id), 0) FROM erasure").fetchone()
    found = rows[:ERASURES_AT_ONCE]
    return {
        "erasures": [
            {
                "id": number,
                "at": from_microseconds(at),
                "inmails": _erased_inmails(owner_id, number),
                "salt": salt,
                **json.loads(marks),
            }
            for number, at, salt, marks in found
            if salt is not None
        ],
        "last": found[-1][0] if found else newest,
        "more": len(rows) > len(found),
        "complete": since <= newest and all(salt is not None for _, _, salt, _ in found),
    }


def mark(salt: str, text: str) -> str:
    """What stands for a link or name in an erasure: SHA-256 over salt, line break and text (UTF-8), in hexadecimal."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _erased_inmails(owner_id: str, erasure: int) -> list[str]:
    rows = execute(
        "SELECT inmail.id FROM erased_inmail JOIN inmail ON inmail.id = inmail_id"
        " JOIN account ON account.id = inmail.account_id WHERE erasure_id = ? AND owner_id = ? ORDER BY inmail.id",
        (erasure, owner_id),
    )
    return [inmail_id for (inmail_id,) in rows]


def _stored(tx: Transaction, owner_id: str, person_id: str) -> Whom | None:
    """The owner's stored person; None for one who was erased. Raises a 404 Problem."""
    person = persons.get_all(tx, owner_id, [person_id]).get(person_id)
    if person is None:
        raise not_found("person")
    if person.erased:
        return None
    return Whom(frozenset(person.links), person.name, person_id, owner_id)


def _erase_here(tx: Transaction, whom: Whom, now: datetime) -> Changed:
    """Erase the person from the database itself, and let clients know."""
    found = find(tx.connection, whom)
    done = _empty(tx, found, now)
    # Clients that know an account's summary have to ask for it again.
    for account_id in sorted({row.account for each in found.rows for row in each.gone.values() if row.account}):
        tx.raise_version(account_id)
    for owner_id, account_ids in targets.accounts_of(tx, found.targets).items():
        targets.changed(tx, owner_id, account_ids)
    _note_erasure(found, now)
    return done


def _note_erasure(found: Found, now: datetime) -> None:
    whom, salt = found.whom, secrets.token_hex(16)
    marks = {
        "links": [mark(salt, url) for url in sorted(link.url for link in whom.links)],
        "names": [] if whom.name is None else [mark(salt, normal_name(whom.name))],
    }
    (erasure,) = execute(
        "INSERT INTO erasure (at, salt, marks, owner_id) VALUES (?, ?, ?, ?) RETURNING id",
        (to_microseconds(now), salt, to_json(marks), whom.owner_id),
    ).fetchone()
    for inmail_id in found.inmail_ids:
        execute(
            "INSERT INTO erased_inmail (inmail_id, erasure_id) VALUES (?, ?) ON CONFLICT (inmail_id)"
            " DO UPDATE SET erasure_id = excluded.erasure_id",
            (inmail_id, erasure),
        )
    execute("UPDATE erasure SET salt = NULL, marks = NULL WHERE at < ?", (to_microseconds(now - MARKS_KEPT),))


def _empty(tx: Transaction, found: Found, now: datetime) -> Changed:
    """Empty what was found of the person in a database."""
    connection, pattern = tx.connection, found.mention
    for in_table in found.rows:
        _empty_rows(connection, in_table)
    for table in found.tables:
        if table.person is not None:
            _empty_rows_of_people(connection, table, found.people, now)
    others = _unlink_targets(connection, found)
    if found.targets or others:
        targets.follow(tx, [*found.targets, *others])
    known = Known(found.whom, {*found.inmail_ids, *found.people, *found.targets}, pattern)
    answers = sum(
        _erase_from_answers(connection, table, column, known) for table in found.tables for column in table.of("answer")
    )
    for table in found.tables:
        _erase_fleeting(connection, table, found.whom, pattern)
    mentions = [each for table in found.tables for each in _mentions(connection, table, found.whom, pattern)]
    return Changed(
        found.inmails,
        answers,
        len(found.people),
        len(found.targets),
        found.same_name,
        found.same_name_people,
        list(dict.fromkeys(mentions)),
    )


def _empty_rows(connection: sqlite3.Connection, in_table: InTable) -> None:
    """Empty the rows that are about the person, and what the person was in those that were corrected."""
    table = in_table.table
    values = _emptied(table, [*table.of("name"), *table.of("link", "about")])
    connection.executemany(
        f'UPDATE "{table.name}" SET {values} WHERE {table.id} = ?',  # noqa: S608 - names of ours
        [(row.id,) for row in in_table.theirs],
    )
    for name, link in zip(table.of("name", former=True), table.of("link", former=True), strict=True):
        connection.executemany(
            f'UPDATE "{table.name}" SET {name} = ?, {link} = NULL'  # noqa: S608 - names of ours
            f" WHERE {table.id} = ? AND {name} IS NOT NULL",
            [(ERASED_NAME, row_id) for row_id in in_table.gone],
        )


_ALSO_SET = {
    "person": "do_not_contact = 0, erased_at = :now",
    "target": "dropped_at = coalesce(dropped_at, :now)",
}
"""What changes with the personal columns in rows of erased people, by table."""


def _empty_rows_of_people(connection: sqlite3.Connection, table: Table, people: list[str], now: datetime) -> None:
    """Empty the rows of these people. A row that is nothing without its link is deleted."""
    columns = table.of("name", "link", "about")
    links = [column for column in table.of("link", "about") if column not in table.nullable]
    change = f'DELETE FROM "{table.name}"'  # noqa: S608 - names of ours
    if not links:
        values = [_emptied(table, columns)] if columns else []
        values += [_ALSO_SET[table.name]] if table.name in _ALSO_SET else []
        if not values:
            return
        change = f'UPDATE "{table.name}" SET {", ".join(values)}'  # noqa: S608 - names of ours
    connection.executemany(
        f"{change} WHERE {table.person} = :person", [{"person": each, "now": to_microseconds(now)} for each in people]
    )


def _emptied(table: Table, columns: Iterable[str]) -> str:
    """SQL that sets the columns to nothing; a name that has to be there, to `ERASED_NAME`."""
    names = {*table.of("name")} - table.nullable
    return ", ".join(f"{column} = '{ERASED_NAME}'" if column in names else f"{column} = NULL" for column in columns)


def _unlink_targets(connection: sqlite3.Connection, found: Found) -> list[str]:
    """Let no InMail of the person name the target of somebody else, which would tell who the person was; the ids of
    these targets.
    """
    of_others = {
        row.id: row.target
        for in_table in found.rows
        if in_table.table.name == INMAILS
        for row in in_table.theirs
        if row.target is not None and row.target not in found.targets
    }
    # A copy of an older form, in which there can be none, has no such column.
    if of_others:
        connection.executemany("UPDATE inmail SET target_id = NULL WHERE id = ?", [(each,) for each in of_others])
    return list(of_others.values())


def _mentions(connection: sqlite3.Connection, table: Table, whom: Whom, pattern: re.Pattern[str]) -> Iterator[Mention]:
    for column in table.of("about", "label"):
        rows = connection.execute(*table.select((table.named_by, column), whom.owner_id))
        for named_by, text in rows:
            if text and pattern.search(normal_name(text)):
                yield Mention(table.name, column, str(named_by), None)


def _erase_fleeting(connection: sqlite3.Connection, table: Table, whom: Whom, pattern: re.Pattern[str]) -> None:
    for column in table.of("fleeting"):
        rows = connection.execute(*table.select(("rowid", column), whom.owner_id)).fetchall()
        connection.executemany(
            f'UPDATE "{table.name}" SET {column} = ? WHERE rowid = ?',  # noqa: S608 - names of ours
            [(ERASED_NAME, rowid) for rowid, text in rows if text and pattern.search(normal_name(text))],
        )


def _erase_from_answers(connection: sqlite3.Connection, table: Table, column: str, known: Known) -> int:
    """Erase the person from the answers in this table and column; how many told of them."""
    found = 0
    for rowid, body in connection.execute(*table.select(("rowid", column), known.whom.owner_id)).fetchall():
        erased = to_json(without_person(json.loads(body), known))
        if erased != body:
            found += 1
            connection.execute(f'UPDATE "{table.name}" SET {column} = ? WHERE rowid = ?', (erased, rowid))  # noqa: S608
    return found


def _erase_from_copies(store: Store, whom: Whom, now: datetime) -> tuple[list[Path], list[Path], list[Mention]]:
    """Erase the person from the program's own copies too: those that were changed, those that could not be, and what
    mentions the person in the first.
    """
    copies, copies_left, mentions = [], [], []
    paths = _copies(store.path) if store.path else []
    if not paths:
        return [], [], []
    with store.read() as tx:
        here = find(tx.connection, whom)
    for path in paths:
        try:
            mentions += _erase_from_copy(path, here.whom, here.names, now)
            copies.append(path)
        except (sqlite3.Error, OSError):
            copies_left.append(path)
    return copies, copies_left, mentions


def _copies(database: Path) -> list[Path]:
    """The copies that the program made of its own accord: before each update, and one that was interrupted."""
    folder, name = database.parent, database.name
    return sorted(
        path
        for pattern in (f"{name}.before-*", f".{name}*.new")
        for path in folder.glob(pattern)
        if not path.name.endswith(("-wal", "-shm", "-journal"))
    )


def _erase_from_copy(path: Path, whom: Whom, names: Iterable[str], now: datetime) -> list[Mention]:
    """Erase the person from a copy of the database too, and answer what mentions them there.

    Raises OSError or sqlite3.Error where the copy cannot be changed.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        done = _empty(over_copy(connection), find(connection, whom, names), now)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return [mention._replace(copy=path) for mention in done.mentions]
