"""Erasing a person: nothing of a recipient remains but that InMails were sent, when, and what became of them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from inkeeper.errors import invalid
from inkeeper.jsontext import to_json
from inkeeper.rules.people import NOT_A_NAME, Person, parse_link, same_person
from inkeeper.services.people import person_keys
from inkeeper.storage.database import Store
from inkeeper.storage.models import ERASED_NAME
from inkeeper.storage.transaction import Transaction

_NOBODY = {"name": ERASED_NAME, "profile_url": None}


class Erased(NamedTuple):
    """What was found of a person: InMails, stored answers that told of them, and InMails to the same name that may be
    to the same person. `at_once`: whether the words are gone from the file already.
    """

    inmails: int
    answers: int
    same_name: int
    at_once: bool


def erase_person(store: Store, link: str, name: str | None = None) -> Erased:
    """Erase the recipient with this profile link, in any spelling, from the InMails of all owners; with `name`, in any
    spelling, also where only the name says who it was: where there is no link, or one of another kind.

    Counts, costs, dates and outcomes stay, and so does every balance. Raises a 422 Problem for what is no link to a
    person.
    """
    person = Person(name or "", parse_link(link))
    if person.link is None:
        raise invalid(
            "person", "This link does not lead to a person: it should look like https://www.linkedin.com/in/name."
        )
    with store.begin_write(None) as transaction:
        name_key, link_key = person_keys(*person)
        candidates = transaction.execute(
            "SELECT id, name, profile_url, account_id, name_key FROM inmail WHERE link_key = ? OR name_key = ?",
            (link_key, name_key),
        ).fetchall()
        theirs = [row for row in candidates if same_person(person, Person(row[1], row[2] and parse_link(row[2])))]
        ids = {row[0] for row in theirs}
        names = {row[4] for row in theirs} - NOT_A_NAME
        transaction.executemany(
            "UPDATE inmail SET name = ?, name_key = ?, profile_url = NULL, link_key = NULL, subject = NULL, note = NULL"
            " WHERE id = ?",
            [(ERASED_NAME, ERASED_NAME, inmail_id) for inmail_id in ids],
        )
        ((same_name,),) = transaction.execute(
            "SELECT count(*) FROM inmail WHERE name_key IN (SELECT value FROM json_each(?))", (to_json(list(names)),)
        )
        # Whoever has seen the account's summary has to ask for it again.
        transaction.executemany(
            "UPDATE account SET version = version + 1 WHERE id = ?",
            [(account,) for account in {row[3] for row in theirs}],
        )
        links = {row[2] for row in theirs if row[2]} | {link, person.link.url}
        answers = _erase_from_answers(transaction, ids, links)
    return Erased(len(theirs), answers, same_name, store.forget_what_was_deleted())


def _erase_from_answers(transaction: Transaction, ids: set[str], links: set[str]) -> int:
    """Erase the person from the answers kept for writes that are sent again; answers how many told of them."""
    found = 0
    for rowid, body in transaction.execute("SELECT rowid, body FROM idempotency").fetchall():
        erased = to_json(_without_person(json.loads(body), ids, links))
        if erased != body:
            found += 1
            transaction.execute("UPDATE idempotency SET body = ? WHERE rowid = ?", (erased, rowid))
    return found


def _without_person(value: Any, ids: set[str], links: set[str]) -> Any:
    if isinstance(value, list):
        return [_without_person(each, ids, links) for each in value]
    if not isinstance(value, dict):
        return ERASED_NAME if isinstance(value, str) and value in links else value
    if value.get("id") in ids and "recipient" in value:
        return {key: _erased(key, each) for key, each in value.items()}
    return {key: _without_person(each, ids, links) for key, each in value.items()}


def _erased(key: str, value: Any) -> Any:
    if key == "recipient":
        return dict(_NOBODY)
    return None if key in ("subject", "note") else value
