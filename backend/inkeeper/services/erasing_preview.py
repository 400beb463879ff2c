"""What erasing a person would change, before it is done."""

from __future__ import annotations

from typing import NamedTuple

from inkeeper.errors import invalid
from inkeeper.rules.people import NOT_A_NAME, Person, parse_link, same_person
from inkeeper.services.people.sent import person_keys
from inkeeper.storage.models import Owner
from inkeeper.storage.transaction import execute

_SELECT = (
    "SELECT inmail.id, inmail.name, profile_url FROM inmail JOIN account ON account.id = account_id"
    " WHERE owner_id = ? AND (link_key = ? OR name_key = ?)"
)


class WouldErase(NamedTuple):
    """How many of the owner's InMails would lose their recipient, removed ones included, and how many more went to the
    same name. `alone`: whether the server has no other owner, whose InMails an erasing would reach too.
    """

    inmails: int
    same_name: int
    alone: bool


def would_erase(owner_id: str, link: str, name: str | None) -> WouldErase:
    """What `erasing.erase_person` would find among the owner's InMails. Runs inside a transaction of the store.

    Raises a 422 Problem for what is no link to a person.
    """
    person = Person(name or "", parse_link(link))
    if person.link is None:
        raise invalid("person", "This link does not lead to a person.")
    name_key, link_key = person_keys(*person)
    rows = execute(_SELECT, (owner_id, link_key, name_key)).fetchall()
    theirs = [row for row in rows if same_person(person, Person(row[1], row[2] and parse_link(row[2])))]
    names = {person_keys(row[1], None)[0] for row in theirs} - NOT_A_NAME
    others = [row for row in _of_these_names(owner_id, names) if row not in theirs]
    return WouldErase(len(theirs), len(others), Owner.select().count() == 1)


def _of_these_names(owner_id: str, names: set[str]) -> list[tuple[str, str, str | None]]:
    return [row for name_key in names for row in execute(_SELECT, (owner_id, None, name_key))]
