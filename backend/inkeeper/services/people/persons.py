"""People: adding, finding and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.errors import invalid
from inkeeper.reasons import reason
from inkeeper.rules import people
from inkeeper.rules.people import parse_link
from inkeeper.services.access import Actor, owned_person
from inkeeper.storage import persons, targets
from inkeeper.storage.persons import Person
from inkeeper.storage.transaction import Transaction


class PersonEntry(NamedTuple):
    """A person as clients see one. Of the links (URLs), one to a public profile comes first."""

    id: str
    name: str
    first_name: str | None
    links: tuple[str, ...]
    company: str | None
    headline: str | None
    do_not_contact: bool


class Found(NamedTuple):
    """A person, and whether they are new."""

    person: Person
    new: bool


def find_or_add(tx: Transaction, actor: Actor, wanted: Mapping[str, Any], now: datetime) -> Found:
    """The owner's person with this link, or of this name where the links cannot be compared; a new one if there is
    none. `wanted` holds the fields of the HTTP contract; with `id`, that person.

    Empty fields of an existing person are filled in. Raises the 422 Problem for an unknown id, and for a link to no
    person.
    """
    if "id" in wanted:
        there = persons.get(tx, actor.owner_id, wanted["id"])
        if there is None:
            raise invalid("id", reason("person.none"))
        return Found(there, new=False)
    text = (wanted.get("profile_url") or "").strip()
    link = parse_link(text)
    if text and link is None:
        raise invalid("profile_url", reason("person.no_person_such_as"))
    known = persons.find(tx, actor.owner_id, people.Person(wanted["name"], link))
    if known is None:
        return Found(persons.add(tx, actor.owner_id, wanted, link, now), new=True)
    missing = {
        field: wanted[field]
        for field in ("first_name", "company", "headline")
        if wanted.get(field) and getattr(known, field) is None
    }
    if missing:
        persons.update(tx, known.id, missing)
        known = owned_person(tx, actor, known.id)
    found = persons.add_link(tx, actor.owner_id, known, link) if link else known
    if missing or found.links != known.links:
        targets.changed(tx, actor.owner_id, {row.account_id for row in targets.of_person(tx, actor.owner_id, known.id)})
    return Found(found, new=False)


def search(tx: Transaction, actor: Actor, part: str, after: str | None, limit: int) -> list[Person]:
    """Up to `limit` of the owner's people whose name, company or link has this part, newest first, after the id
    `after`.
    """
    return persons.search(tx, actor.owner_id, part, after, limit)


def update(tx: Transaction, actor: Actor, person_id: str, changes: Mapping[str, Any]) -> Person:
    """Change a person's fields. `do_not_contact` ends their targets. Raises the 404 Problem.

    A `profile_url` is added to the links, in place of one of the same kind. Raises the 422 Problem for a link to no
    person or to another one of the list.
    """
    person = owned_person(tx, actor, person_id)
    if changes.get("profile_url"):
        link = parse_link(changes["profile_url"])
        if link is None:
            raise invalid("profile_url", reason("person.no_person"))
        if not persons.replace_link(tx, actor.owner_id, person, link):
            raise invalid("profile_url", reason("person.link_of_another_of_yours"))
    persons.update(tx, person_id, changes)
    theirs = targets.of_person(tx, actor.owner_id, person_id)
    targets.follow(tx, [target.id for target in theirs])
    targets.changed(tx, actor.owner_id, {target.account_id for target in theirs})
    return owned_person(tx, actor, person_id)


def entry_of(person: Person) -> PersonEntry:
    """The person as clients see one."""
    return PersonEntry(
        *(person.id, person.name, person.first_name, tuple(link.url for link in person.links)),
        *(person.company, person.headline, person.do_not_contact),
    )
