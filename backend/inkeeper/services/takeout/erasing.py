"""Erasing a person: of their InMails only dates, costs and outcomes remain.

What is erased follows from the columns that the models declare (`PersonalField`) and from their references to `person`:
see `storage/personal.py`. What names the person elsewhere (in notes on others, texts, names of accounts and devices) is
the owner's own text: it is left as it is, and named in the answer.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from inkeeper.errors import invalid
from inkeeper.jsontext import to_json
from inkeeper.reasons import Reason, reason
from inkeeper.rules.people import ERASED_NAME, normal_name, parse_link
from inkeeper.services.access import Actor, owned_person_or_erased
from inkeeper.services.takeout.erasing_answers import Known, without_person
from inkeeper.services.takeout.erasing_finding import Found, InTable, Whom, find
from inkeeper.storage import backup, personal, targets
from inkeeper.storage import erasures as stored
from inkeeper.storage.database import Store
from inkeeper.storage.errors import CopyUnusable
from inkeeper.storage.personal import INMAILS, Table
from inkeeper.storage.transaction import Transaction
from inkeeper.wording.terminal import gettext

MARKS_KEPT = timedelta(days=400)
"""How long the marks of an erasure are kept, by which clients find the person in their own data."""

ERASURES_AT_ONCE = 100

_log = logging.getLogger("inkeeper.server")


class Mention(NamedTuple):
    """A text that still mentions the person, in the database or, where `copy` is set, in that copy of it."""

    table: str
    column: str
    id: str
    copy: Path | None


class Changed(NamedTuple):
    """What was erased from the database: the numbers of stored people, targets and InMails, and stored responses to
    idempotent writes.

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
    """The result of an erasure: as `Changed`, and for the program's own copies of the database.

    `copies` are those that were treated alike, `copies_left` those that could not be changed. `still_on_disk`
    says where the words are left for now, None for nowhere.
    """

    inmails: int
    answers: int
    same_name: list[str]
    mentions: list[Mention]
    copies: list[Path]
    copies_left: list[Path]
    still_on_disk: Reason | None
    people: int
    targets: int
    same_name_people: list[str]


class PublishedErasure(NamedTuple):
    """The erasure of a person at `at` (UTC), for clients: `inmails` are the ids of the owner's InMails to the person,
    `links` and `names` the marks (`mark`) of the person's links and name.
    """

    id: int
    at: datetime
    inmails: list[str]
    salt: str
    links: list[str]
    names: list[str]


class Erasures(NamedTuple):
    """Erasures, oldest first. `last` is the id up to which a client knows them then; `more` says that others follow.

    `complete` is False where a client cannot learn any more whom all of them were about: it has to forget everybody.
    """

    erasures: list[PublishedErasure]
    last: int
    more: bool
    complete: bool


def erase_person(store: Store, link: str, name: str | None, now: datetime) -> Erased:
    """Erase the person with this profile link, in any spelling, from the data of all owners, with everything under
    another link that is theirs; with `name`, in any spelling, also where only the name says who it was: where there is
    no link, or one of another kind. `now` is UTC.

    Counts, costs, dates and outcomes stay, and so does every balance. Raises a 422 Problem for a link to no person.
    """
    whom = whom_of(link, name)
    # A backup that began in between would hold the person.
    with store.backups_paused():
        copies, copies_left, mentions = _erase_from_copies(store, whom, now)
        with store.begin_write(None) as tx:
            done = _erase_here(tx, whom, now)
    still_on_disk = store.purge_deleted_rows()
    return Erased(
        done.inmails,
        done.answers,
        done.same_name,
        [*done.mentions, *mentions],
        copies,
        copies_left,
        still_on_disk,
        done.people,
        done.targets,
        done.same_name_people,
    )


def whom_of(link: str, name: str | None, actor: Actor | None = None) -> Whom:
    """The person to erase, by this link, and with `name` also by name alone: in the actor's data, without an actor in
    everybody's.

    Raises a 422 Problem for a link to no person.
    """
    parsed = parse_link(link)
    if parsed is None:
        raise invalid("person", reason("person.no_person_such_as"))
    return Whom(frozenset({parsed}), name, None, actor and actor.owner_id)


def erase_stored_from_copies(store: Store, actor: Actor, person_id: str, now: datetime) -> None:
    """Erase a stored person from what the program's own copies of the database hold of the owner's.

    To be done before `erase_stored`, after which it is not known any more who it was: an interrupted erasing can then
    be done again. Both within `Store.backups_paused`, since a backup that began in between would hold the person. The
    log names a copy that cannot be changed. Raises a 404 Problem.
    """
    with store.read() as tx:
        whom = _stored(tx, actor, person_id)
    if whom is not None:
        for path in _erase_from_copies(store, whom, now)[1]:
            _log.error(
                gettext(
                    "%(file)s could not be changed and may still hold a person who was erased. Delete it.",
                    file=path.name,
                )
            )


def erase_stored(tx: Transaction, actor: Actor, person_id: str, now: datetime) -> Changed:
    """Erase a stored person from everything of the owner's, by links and name as InMails are compared with them.

    Nothing is left to erase of one who was erased before. `Store.purge_deleted_rows` has to come after the write.
    Raises a 404 Problem.
    """
    whom = _stored(tx, actor, person_id)
    return Changed(0, 0, 0, 0, [], [], []) if whom is None else _erase_here(tx, whom, now)


def erasures(tx: Transaction, actor: Actor, since: int) -> Erasures:
    """The erasures after the one with the id `since`, for a client of the owner to apply: those from the data of all
    owners, and those from this owner's.
    """
    rows = stored.list_after(tx, actor.owner_id, since, ERASURES_AT_ONCE + 1)
    newest = stored.last_id(tx)
    found = rows[:ERASURES_AT_ONCE]
    return Erasures(
        erasures=[
            PublishedErasure(
                each.id,
                each.at,
                stored.inmails_of(tx, actor.owner_id, each.id),
                each.salt,
                **json.loads(each.marks),
            )
            for each in found
            if each.salt is not None and each.marks is not None
        ],
        last=found[-1].id if found else newest,
        more=len(rows) > len(found),
        complete=since <= newest and all(each.salt is not None for each in found),
    )


def mark(salt: str, text: str) -> str:
    """The mark of a link or name in an erasure: SHA-256 of salt, line break and text (UTF-8), in hexadecimal."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _stored(tx: Transaction, actor: Actor, person_id: str) -> Whom | None:
    """The owner's stored person; None for one who was erased. Raises a 404 Problem."""
    person = owned_person_or_erased(tx, actor, person_id)
    if person.erased:
        return None
    return Whom(frozenset(person.links), person.name, person_id, actor.owner_id)


def _erase_here(tx: Transaction, whom: Whom, now: datetime) -> Changed:
    """Erase the person from the database, and store the erasure for clients."""
    stored.take_accounts(tx, whom.owner_id)
    found = find(tx, whom)
    done = _empty(tx, found, now)
    # Invalidates the accounts' summaries that clients have cached.
    for account_id in sorted({row.account for each in found.rows for row in each.gone.values() if row.account}):
        tx.raise_version(account_id)
    for owner_id, account_ids in targets.accounts_of(tx, found.targets).items():
        targets.changed(tx, owner_id, account_ids)
    _note_erasure(tx, found, now)
    return done


def _note_erasure(tx: Transaction, found: Found, now: datetime) -> None:
    whom, salt = found.whom, secrets.token_hex(16)
    marks = {
        "links": [mark(salt, url) for url in sorted(link.url for link in whom.links)],
        "names": [] if whom.name is None else [mark(salt, normal_name(whom.name))],
    }
    stored.add(tx, whom.owner_id, salt, to_json(marks), found.inmail_ids, now)
    stored.delete_marks_before(tx, now - MARKS_KEPT)


def _empty(tx: Transaction, found: Found, now: datetime) -> Changed:
    """Empty everything found of the person in a database."""
    pattern = found.mention
    for in_table in found.rows:
        _empty_rows(tx, in_table)
    for table in found.tables:
        if table.person is not None:
            personal.empty_rows_of_people(tx, table, found.people, now)
    others = _unlink_targets(tx, found)
    if found.targets or others:
        targets.follow(tx, [*found.targets, *others])
    known = Known(found.whom, {*found.inmail_ids, *found.people, *found.targets}, pattern)
    answers = sum(
        _erase_from_answers(tx, table, column, known) for table in found.tables for column in table.of("answer")
    )
    for table in found.tables:
        _erase_fleeting(tx, table, found.whom, pattern)
    mentions = [each for table in found.tables for each in _mentions(tx, table, found.whom, pattern)]
    return Changed(
        found.inmails,
        answers,
        len(found.people),
        len(found.targets),
        found.same_name,
        found.same_name_people,
        list(dict.fromkeys(mentions)),
    )


def _empty_rows(tx: Transaction, in_table: InTable) -> None:
    """Empty the rows about the person, and the former recipient in rows that were corrected."""
    personal.empty_rows(tx, in_table.table, [row.key for row in in_table.theirs])
    personal.empty_former(tx, in_table.table, [row.key for row in in_table.gone.values()])


def _unlink_targets(tx: Transaction, found: Found) -> list[str]:
    """Remove references of the person's InMails to other people's targets, which would reveal the person. Returns the
    ids of these targets.
    """
    of_others = {
        row.id: row.target
        for in_table in found.rows
        if in_table.table.name == INMAILS
        for row in in_table.theirs
        if row.target is not None and row.target not in found.targets
    }
    # A copy with an older schema has no such column, and no such references.
    if of_others:
        personal.unlink_targets(tx, of_others)
    return list(of_others.values())


def _mentions(tx: Transaction, table: Table, whom: Whom, pattern: re.Pattern[str]) -> Iterator[Mention]:
    for column in table.of("about", "label"):
        for _, (named_by, text) in personal.select(tx, table, (table.named_by, column), whom.owner_id):
            if text and pattern.search(normal_name(text)):
                yield Mention(table.name, column, str(named_by), None)


def _erase_fleeting(tx: Transaction, table: Table, whom: Whom, pattern: re.Pattern[str]) -> None:
    for column in table.of("fleeting"):
        for key, (text,) in personal.select(tx, table, (column,), whom.owner_id):
            if text and pattern.search(normal_name(text)):
                personal.set_text(tx, table, column, key, ERASED_NAME)


def _erase_from_answers(tx: Transaction, table: Table, column: str, known: Known) -> int:
    """Erase the person from the stored responses in this table and column. Returns the number of changed responses."""
    found = 0
    for key, (body,) in personal.select(tx, table, (column,), known.whom.owner_id):
        # The response to the present write is not stored yet.
        erased = to_json(without_person(json.loads(body), known)) if body else body
        if erased != body:
            found += 1
            personal.set_text(tx, table, column, key, erased)
    return found


def _erase_from_copies(store: Store, whom: Whom, now: datetime) -> tuple[list[Path], list[Path], list[Mention]]:
    """Erase the person from the program's own copies. Returns the changed copies, those that could not be changed, and
    the mentions of the person left in the changed ones.
    """
    copies, copies_left, mentions = [], [], []
    paths = store.own_copies()
    if not paths:
        return [], [], []
    with store.read() as tx:
        here = find(tx, whom)
    for path in paths:
        try:
            mentions += _erase_from_copy(path, here.whom, here.names, now)
            copies.append(path)
        except CopyUnusable:
            copies_left.append(path)
    return copies, copies_left, mentions


def _erase_from_copy(path: Path, whom: Whom, names: Iterable[str], now: datetime) -> list[Mention]:
    """Erase the person from a copy of the database. Returns the texts that still mention them there.

    Raises CopyUnusable where the copy cannot be changed.
    """
    with backup.changed_copy(path) as copy:
        done = _empty(copy.tx, find(copy.tx, whom, names, copy.columns), now)
    return [mention._replace(copy=path) for mention in done.mentions]
