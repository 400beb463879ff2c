"""Erasing a person: nothing of a recipient remains but that InMails were sent, when, and what became of them.

What is erased follows from the columns that the models declare (`PersonalField`). What names the person elsewhere (in
notes on others, names of accounts and devices) is the owner's own text: it is left as it is, and named in the answer.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from inkeeper.clock import from_microseconds, to_microseconds
from inkeeper.errors import invalid
from inkeeper.jsontext import to_json
from inkeeper.rules.people import Link, Person, normal_name, parse_link, same_person
from inkeeper.storage import models
from inkeeper.storage.database import Store
from inkeeper.storage.models import ERASED_NAME, Holds, PersonalField
from inkeeper.storage.transaction import execute

MARKS_KEPT = timedelta(days=400)
"""How long clients can learn by its marks whom an erasure was about."""

ERASURES_AT_ONCE = 100

_NOBODY = {"name": ERASED_NAME, "profile_url": None}


class Mention(NamedTuple):
    """A text that still mentions the person, in the database or, where `copy` is set, in that copy of it."""

    table: str
    column: str
    id: str
    copy: Path | None


class Erased(NamedTuple):
    """What was done, and what is left to do by hand.

    `inmails` and `answers` (kept for writes that are sent again) were erased; `same_name` are the ids of InMails to
    that name, which may be to the same person. `copies` are the program's own copies of the database that were treated
    alike, `copies_left` those that could not be changed. `at_once`: whether the words are gone from the file already.
    """

    inmails: int
    answers: int
    same_name: list[str]
    mentions: list[Mention]
    copies: list[Path]
    copies_left: list[Path]
    at_once: bool


class _Person(NamedTuple):
    """Who is to be erased. `name` is given where InMails without a link of the same kind count as well."""

    link: Link
    name: str | None

    @property
    def known(self) -> Person:
        """The person as it is compared with others."""
        return Person(self.name or "", self.link)


class _Found(NamedTuple):
    """What was found of a person in one database: the ids of InMails to them, what these were before edits included,
    and how many InMails the person was erased from.
    """

    inmails: list[str]
    erased: int
    accounts: set[str]
    answers: int
    same_name: list[str]
    mentions: list[Mention]
    names: set[str]


class _Columns(NamedTuple):
    """The personal columns of a table that a database has, by what they hold, and whether of a former recipient."""

    table: str
    id: str
    by_kind: dict[tuple[Holds, bool], list[str]]
    others: set[str]

    def of(self, *kinds: Holds, former: bool = False) -> list[str]:
        """The columns of these kinds."""
        return [column for kind in kinds for column in self.by_kind.get((kind, former), [])]

    def first(self, kind: Holds, *, former: bool = False) -> str:
        """The column of this kind, as SQL; those behind it are derived."""
        return (self.of(kind, former=former) or ["NULL"])[0]

    def other(self, column: str) -> str:
        """A column that holds nothing personal, as SQL."""
        return column if column in self.others else "NULL"


class _Recipients(NamedTuple):
    """The recipient of a row, and the one whom it had before it was corrected."""

    id: Any
    name: str | None
    link: str | None
    former_name: str | None
    former_link: str | None
    account: str | None
    replaces: str | None


def erase_person(store: Store, link: str, name: str | None, now: datetime) -> Erased:
    """Erase the recipient with this profile link, in any spelling, from the InMails of all owners; with `name`, in any
    spelling, also where only the name says who it was: where there is no link, or one of another kind. `now` is UTC.

    Counts, costs, dates and outcomes stay, and so does every balance. Raises a 422 Problem for what is no link to a
    person.
    """
    parsed = parse_link(link)
    if parsed is None:
        raise invalid(
            "person", "This link does not lead to a person: it should look like https://www.linkedin.com/in/name."
        )
    person = _Person(parsed, name)
    with store.begin_write(None) as transaction:
        found = _erase(transaction.connection, person)
        # Clients that know the account's summary have to ask for it again.
        transaction.executemany(
            "UPDATE account SET version = version + 1 WHERE id = ?", [(account,) for account in found.accounts]
        )
        _note_erasure(person, found, now)
    copies, copies_left = [], []
    mentions = list(found.mentions)
    for path in _copies(store.path):
        try:
            mentions += _erase_from_copy(path, person, found.names)
            copies.append(path)
        except (sqlite3.Error, OSError):
            copies_left.append(path)
    at_once = store.forget_what_was_deleted()
    return Erased(found.erased, found.answers, found.same_name, mentions, copies, copies_left, at_once)


def erasures(owner_id: str, since: int) -> dict[str, Any]:
    """The erasures behind the one with the id `since`, oldest first, for a client of the owner's to follow.

    `complete` is False where a client cannot learn any more whom all of them were about: it has to forget everybody.
    Runs inside a transaction of the store.
    """
    rows = execute(
        "SELECT id, at, salt, marks FROM erasure WHERE id > ? ORDER BY id LIMIT ?", (since, ERASURES_AT_ONCE + 1)
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


def _is_theirs(person: _Person, name: str, link: str | None) -> bool:
    """Whether a recipient with this name and link is the person."""
    return same_person(person.known, Person(name, parse_link(link) if link else None))


def _leads_to(person: _Person, text: str) -> bool:
    """Whether the text is a link to the person."""
    return "linkedin" in text.lower() and _is_theirs(_Person(person.link, None), "", text)


def _note_erasure(person: _Person, found: _Found, now: datetime) -> None:
    salt = secrets.token_hex(16)
    marks = {
        "links": [mark(salt, person.link.url)],
        "names": [] if person.name is None else [mark(salt, normal_name(person.name))],
    }
    (erasure,) = execute(
        "INSERT INTO erasure (at, salt, marks) VALUES (?, ?, ?) RETURNING id",
        (to_microseconds(now), salt, to_json(marks)),
    ).fetchone()
    for inmail_id in found.inmails:
        execute(
            "INSERT INTO erased_inmail (inmail_id, erasure_id) VALUES (?, ?) ON CONFLICT (inmail_id)"
            " DO UPDATE SET erasure_id = excluded.erasure_id",
            (inmail_id, erasure),
        )
    execute("UPDATE erasure SET salt = NULL, marks = NULL WHERE at < ?", (to_microseconds(now - MARKS_KEPT),))


def _erase(connection: sqlite3.Connection, person: _Person, more_names: Iterable[str] = ()) -> _Found:
    """Erase the person from one database. `more_names` are further names under which to look for mentions."""
    tables = list(_personal_columns(connection))
    found = _Found(
        [], 0, set(), 0, [], [], {normal_name(name) for name in (*more_names, *([person.name] if person.name else []))}
    )
    for columns in tables:
        if columns.of("name", "link"):
            found = _erase_recipients(connection, columns, person, found)
    pattern = _mention_of(person, found.names)
    answers, ids = 0, set(found.inmails)
    for columns in tables:
        for column in columns.of("answer"):
            answers += _erase_from_answers(connection, (columns.table, column), person, ids, pattern)
        _erase_fleeting(connection, columns, pattern)
        found.mentions.extend(_mentions(connection, columns, pattern))
    return found._replace(answers=answers)


def _personal_columns(connection: sqlite3.Connection) -> Iterator[_Columns]:
    """The tables with personal columns; of a copy of an older form, those that it has."""
    for model in models.TABLES:
        meta = model._meta
        present = {row[1] for row in connection.execute(f'PRAGMA table_info("{meta.table_name}")')}
        by_kind: dict[tuple[Holds, bool], list[str]] = {}
        for field in meta.sorted_fields:
            if isinstance(field, PersonalField) and field.column_name in present:
                by_kind.setdefault((field.holds, field.of_former), []).append(field.column_name)
        if by_kind:
            key = "id" if "id" in present else "rowid"
            others = present.difference(*by_kind.values())
            yield _Columns(meta.table_name, key, by_kind, others)


def _erase_recipients(connection: sqlite3.Connection, columns: _Columns, person: _Person, found: _Found) -> _Found:
    """Erase the person from the rows that are about them, and from those that were before they were corrected."""
    rows = _recipients(connection, columns)
    theirs = {row.id for row in rows if _is_theirs(person, row.name or "", row.link)}
    corrected = {row.id for row in rows if row.former_name and _is_theirs(person, row.former_name, row.former_link)}
    names = {row.name for row in rows if row.id in theirs} | {row.former_name for row in rows if row.id in corrected}
    normal_names = {normal_name(name) for name in names if name and name != ERASED_NAME}
    # What an InMail was before its edits tells of the same person, under whatever name.
    _add_replaced(theirs, {row.id: row.replaces for row in rows})
    gone = theirs | corrected
    values = [f"{column} = '{ERASED_NAME}'" for column in columns.of("name")]
    values += [f"{column} = NULL" for column in columns.of("link", "about")]
    connection.executemany(
        f'UPDATE "{columns.table}" SET {", ".join(values)} WHERE {columns.id} = ?',  # noqa: S608 - names of ours
        [(row_id,) for row_id in theirs],
    )
    for name, link in zip(columns.of("name", former=True), columns.of("link", former=True), strict=True):
        connection.executemany(
            f'UPDATE "{columns.table}" SET {name} = ?, {link} = NULL'  # noqa: S608 - names of ours
            f" WHERE {columns.id} = ? AND {name} IS NOT NULL",
            [(ERASED_NAME, row_id) for row_id in gone],
        )
    edited = {row.replaces: row.id for row in rows if row.replaces is not None}
    found.names.update(normal_names)
    found.accounts.update(row.account for row in rows if row.id in gone and row.account is not None)
    found.same_name.extend(_same_name([row for row in rows if row.id not in gone], normal_names, edited))
    if columns.table != models.Inmail._meta.table_name:
        return found
    found.inmails.extend(row.id for row in rows if row.id in theirs)
    return found._replace(erased=sum(edited.get(row_id) not in gone for row_id in gone))


def _recipients(connection: sqlite3.Connection, columns: _Columns) -> list[_Recipients]:
    wanted = (
        *(columns.id, columns.first("name"), columns.first("link")),
        *(columns.first("name", former=True), columns.first("link", former=True)),
        *(columns.other("account_id"), columns.other("replaces")),
    )
    rows = connection.execute(f'SELECT {", ".join(wanted)} FROM "{columns.table}" ORDER BY rowid')  # noqa: S608 - ours
    return [_Recipients(*row) for row in rows]


def _add_replaced(ids: set[Any], replaces: dict[Any, str | None]) -> None:
    """Add the InMails that these replaced, and so on."""
    for inmail_id in list(ids):
        former = replaces.get(inmail_id)
        while former is not None and former not in ids:
            ids.add(former)
            former = replaces.get(former)


def _same_name(rows: Iterable[_Recipients], names: set[str], edited: dict[str, Any]) -> list[str]:
    """The ids of those to people with one of these names; of one that was edited, the id that it has now."""
    found: dict[str, None] = {}
    for row in rows:
        if not names.isdisjoint(normal_name(name) for name in (row.name, row.former_name) if name):
            now, seen = row.id, set()
            while now in edited and now not in seen:
                seen.add(now)
                now = edited[now]
            found[str(now)] = None
    return list(found)


def _mention_of(person: _Person, names: Iterable[str]) -> re.Pattern[str]:
    """Finds the person's link or one of their names in a text in the form of `normal_name`."""
    words = sorted({re.escape(normal_name(word)) for word in (person.link.id, *names)}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")


def _mentions(connection: sqlite3.Connection, columns: _Columns, pattern: re.Pattern[str]) -> Iterator[Mention]:
    for column in columns.of("about", "label"):
        rows = connection.execute(
            f'SELECT {columns.id}, {column} FROM "{columns.table}" WHERE {column} IS NOT NULL'  # noqa: S608 - ours
        )
        for row_id, text in rows:
            if pattern.search(normal_name(text)):
                yield Mention(columns.table, column, str(row_id), None)


def _erase_fleeting(connection: sqlite3.Connection, columns: _Columns, pattern: re.Pattern[str]) -> None:
    for column in columns.of("fleeting"):
        rows = connection.execute(f'SELECT rowid, {column} FROM "{columns.table}"').fetchall()  # noqa: S608 - ours
        connection.executemany(
            f'UPDATE "{columns.table}" SET {column} = ? WHERE rowid = ?',  # noqa: S608 - names of ours
            [(ERASED_NAME, rowid) for rowid, text in rows if text and pattern.search(normal_name(text))],
        )


def _erase_from_answers(
    connection: sqlite3.Connection, place: tuple[str, str], person: _Person, ids: set[str], pattern: re.Pattern[str]
) -> int:
    """Erase the person from the answers in this table and column, which are kept for writes that are sent again.

    Answers how many told of them.
    """
    table, column = place
    found = 0
    for rowid, body in connection.execute(f'SELECT rowid, {column} FROM "{table}"').fetchall():  # noqa: S608 - ours
        erased = to_json(_without_person(json.loads(body), person, ids, pattern))
        if erased != body:
            found += 1
            connection.execute(f'UPDATE "{table}" SET {column} = ? WHERE rowid = ?', (erased, rowid))  # noqa: S608
    return found


def _without_person(value: Any, person: _Person, ids: set[str], pattern: re.Pattern[str]) -> Any:
    if isinstance(value, list):
        return [_without_person(each, person, ids, pattern) for each in value]
    if not isinstance(value, dict):
        return ERASED_NAME if isinstance(value, str) and _leads_to(person, value) else value
    recipient = value.get("recipient")
    if isinstance(recipient, dict) and (
        value.get("id") in ids or _is_theirs(person, recipient.get("name") or "", recipient.get("profile_url"))
    ):
        return {key: _erased(key, each) for key, each in value.items()}
    return {key: _without_mention(key, each, person, ids, pattern) for key, each in value.items()}


def _without_mention(key: str, value: Any, person: _Person, ids: set[str], pattern: re.Pattern[str]) -> Any:
    """The value of a key in an answer: another recipient as it is, a text that mentions the person erased."""
    if key == "recipient":
        return value
    if key in _typed_in() and isinstance(value, str) and pattern.search(normal_name(value)):
        return ERASED_NAME
    return _without_person(value, person, ids, pattern)


_WORDS: tuple[Holds, ...] = ("about", "label", "fleeting")


def _typed_in() -> set[str]:
    """The keys under which answers hold what people typed in: they are called as the columns."""
    fields = [field for model in models.TABLES for field in model._meta.sorted_fields]
    return {field.name for field in fields if isinstance(field, PersonalField) and field.holds in _WORDS}


def _erased(key: str, value: Any) -> Any:
    if key == "recipient":
        return dict(_NOBODY)
    return None if key in ("subject", "note") else value


def _copies(database: Path) -> list[Path]:
    """The copies that the program made of its own accord: before each update, and one that was interrupted."""
    folder, name = database.parent, database.name
    return sorted(
        path
        for pattern in (f"{name}.before-*", f".{name}*.new")
        for path in folder.glob(pattern)
        if not path.name.endswith(("-wal", "-shm", "-journal"))
    )


def _erase_from_copy(path: Path, person: _Person, names: Iterable[str]) -> list[Mention]:
    """Erase the person from a copy of the database too, and answer what mentions them there.

    Raises OSError or sqlite3.Error where the copy cannot be changed.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        found = _erase(connection, person, names)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return [mention._replace(copy=path) for mention in found.mentions]
