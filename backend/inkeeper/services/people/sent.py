"""Looking up InMails by the person they went to."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from inkeeper.rules.people import NOT_A_NAME, Link, Person, normal_name, parse_link, same_person
from inkeeper.services.access import Actor
from inkeeper.storage import recipients
from inkeeper.storage.recipients import Keys, Recipient
from inkeeper.storage.transaction import Transaction

COUNTED_MAX = 1000
"""The most InMails that are counted for one person. Bounds the time of a look-up."""


class SentTo(NamedTuple):
    """An InMail that went to a person. `sent_at` is UTC."""

    id: str
    account_id: str
    sent_at: datetime


def person_keys(name: str, link: Link | None) -> tuple[str, str | None]:
    """The columns `name_key` and `link_key` of an InMail to this person."""
    return normal_name(name), link and link.key


def last_inmail_in_account(
    tx: Transaction, account_id: str, person: Person, after: datetime | None = None, before: datetime | None = None
) -> SentTo | None:
    """The account's latest InMail to this person between two instants (UTC, both excluded), None if there is none.

    Retracted InMails do not count.
    """
    return _last(recipients.of_account(tx, account_id, _keys(person), after, before), person)


def last_inmail_of_owner(
    tx: Transaction, actor: Actor, person: Person, after: datetime | None = None, before: datetime | None = None
) -> SentTo | None:
    """The latest InMail to this person from any of the owner's accounts; else as `last_inmail_in_account`."""
    return _last(recipients.of_owner(tx, actor.owner_id, _keys(person), after, before), person)


def count_inmails_of_owner(tx: Transaction, actor: Actor, person: Person) -> int:
    """How many InMails went to this person from any of the owner's accounts, counted up to `COUNTED_MAX`."""
    with closing(recipients.of_owner(tx, actor.owner_id, _keys(person), None, None)) as found:
        return sum(1 for _ in islice(_to(found, person), COUNTED_MAX))


def written_to_since(
    tx: Transaction, actor: Actor, people: Mapping[str, Sequence[Person]], after: datetime
) -> set[str]:
    """Which of these people an InMail went to from any of the owner's accounts after `after` (UTC), in one pass over
    these InMails. `people` has each one by an id, once for each link.

    Retracted InMails do not count.
    """
    by_key: dict[str, list[tuple[str, Person]]] = {}
    for person_id, spellings in people.items():
        for person in spellings:
            for key in person_keys(*person):
                if key:
                    by_key.setdefault(key, []).append((person_id, person))
    found: set[str] = set()
    for sent in recipients.since(tx, actor.owner_id, after):
        near = [*by_key.get(sent.name_key, ()), *by_key.get(sent.link_key or "", ())]
        recipient = _person(sent) if near else None
        found |= {person_id for person_id, person in near if recipient and same_person(person, recipient)}
    return found


def _keys(person: Person) -> Keys:
    name_key, link_key = person_keys(*person)
    return Keys(link_key, None if name_key in NOT_A_NAME else name_key, person.link and person.link.kind)


def _last(found: Generator[recipients.SentTo], person: Person) -> SentTo | None:
    # Nearly always the first row matches: others have a link whose id differs by case alone.
    with closing(found):
        return next(_to(found, person), None)


def _to(found: Iterable[recipients.SentTo], person: Person) -> Iterator[SentTo]:
    """Those that went to this person."""
    for sent in found:
        if same_person(person, _person(sent)):
            yield SentTo(sent.id, sent.account_id, sent.sent_at)


def _person(sent: recipients.SentTo | Recipient) -> Person:
    return Person(sent.name, parse_link(sent.profile_url) if sent.profile_url else None)
