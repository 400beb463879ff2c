"""Erasing a person: nothing of a recipient remains but that InMails were sent, when, and what became of them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from inkeeper.jsontext import to_json
from inkeeper.services import profiles
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
    """Erase the recipient with this profile link from the InMails of all owners; with `name`, also where only the
    name (upper and lower case alike) says who it was.

    Counts, costs, dates and outcomes stay, and so does every balance. Raises a 422 Problem for what is no link to a
    person.
    """
    link = profiles.normalise(link)
    with store.begin_write(None) as transaction:
        inmails = transaction.execute("SELECT id, name, profile_url, account_id, replaces FROM inmail").fetchall()
        wanted = (name or "").casefold()
        theirs = [
            row for row in inmails if row[2] == link or (row[2] is None and wanted and row[1].casefold() == wanted)
        ]
        ids = {row[0] for row in theirs}
        edited = {row[4]: row[0] for row in inmails if row[4]}
        # What an InMail was before its edits tells of the same person, under whatever name.
        _add_replaced(ids, {new: old for old, new in edited.items()})
        names = {row[1].casefold() for row in theirs if row[1] != ERASED_NAME}
        counted = ids | edited.keys()
        same_name = sum(row[0] not in counted and row[1].casefold() in names for row in inmails)
        transaction.executemany(
            "UPDATE inmail SET name = ?, profile_url = NULL, subject = NULL, note = NULL WHERE id = ?",
            [(ERASED_NAME, inmail_id) for inmail_id in ids],
        )
        transaction.executemany(
            "UPDATE inmail SET former_name = ?, former_url = NULL WHERE id = ? AND former_name IS NOT NULL",
            [(ERASED_NAME, inmail_id) for inmail_id in ids | _first_sent_to(transaction, link, wanted)],
        )
        # Whoever has seen the account's summary has to ask for it again.
        transaction.executemany(
            "UPDATE account SET version = version + 1 WHERE id = ?",
            [(account,) for account in {row[3] for row in inmails if row[0] in ids}],
        )
        answers = _erase_from_answers(transaction, ids, link)
        found = sum(edited.get(inmail_id) not in ids for inmail_id in ids)
    return Erased(found, answers, same_name, store.forget_what_was_deleted())


def _add_replaced(ids: set[str], replaces: dict[str, str]) -> None:
    """Add the InMails that these replaced, and so on."""
    for inmail_id in list(ids):
        former = replaces.get(inmail_id)
        while former and former not in ids:
            ids.add(former)
            former = replaces.get(former)


def _first_sent_to(transaction: Transaction, link: str, name: str) -> set[str]:
    """The InMails that first had this recipient, corrected since: by link, or by the folded name without one."""
    rows = transaction.execute("SELECT id, former_name, former_url FROM inmail WHERE former_name IS NOT NULL")
    return {
        inmail_id
        for inmail_id, former, url in rows
        if url == link or (url is None and name and former.casefold() == name)
    }


def _erase_from_answers(transaction: Transaction, ids: set[str], link: str) -> int:
    """Erase the person from the answers kept for writes that are sent again; answers how many told of them."""
    found = 0
    for rowid, body in transaction.execute("SELECT rowid, body FROM idempotency").fetchall():
        erased = to_json(_without_person(json.loads(body), ids, link))
        if erased != body:
            found += 1
            transaction.execute("UPDATE idempotency SET body = ? WHERE rowid = ?", (erased, rowid))
    return found


def _without_person(value: Any, ids: set[str], link: str) -> Any:
    if isinstance(value, list):
        return [_without_person(each, ids, link) for each in value]
    if not isinstance(value, dict):
        return ERASED_NAME if value == link else value
    if _is_to(value, ids, link):
        return {key: _erased(key, each) for key, each in value.items()}
    return {key: _without_person(each, ids, link) for key, each in value.items()}


def _is_to(value: dict[str, Any], ids: set[str], link: str) -> bool:
    """Whether it is an InMail to the person: by its id, or by the link, which may have been corrected since."""
    recipient = value.get("recipient")
    return isinstance(recipient, dict) and (value.get("id") in ids or recipient.get("profile_url") == link)


def _erased(key: str, value: Any) -> Any:
    if key == "recipient":
        return dict(_NOBODY)
    return None if key in ("subject", "note") else value
