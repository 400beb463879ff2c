"""Looking up InMails by the person they went to. Every function runs inside a transaction of the store."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from inkeeper.clock import from_microseconds, to_microseconds
from inkeeper.rules.people import NOT_A_NAME, Link, Person, normal_name, parse_link, same_person
from inkeeper.storage.transaction import execute

_WITH_KEY = (
    "SELECT id, account_id, name, profile_url, sent_at FROM inmail"
    " WHERE {whose} AND {key} = ? AND sent_at > ? AND sent_at < ? AND retracted_at IS NULL"
)
_WITH_LINK = _WITH_KEY.replace("{key}", "link_key")
_WITH_NAME = _WITH_KEY.replace("{key}", "name_key")
_WITH_LINK_OR_NAME = f"{_WITH_LINK} UNION ALL {_WITH_NAME} AND (link_key IS NULL OR link_key NOT GLOB ?)"
_ONE_ACCOUNT, _ALL_ACCOUNTS = (
    {
        select: f"{select.format(whose=whose)} ORDER BY sent_at DESC"
        for select in (_WITH_LINK, _WITH_NAME, _WITH_LINK_OR_NAME)
    }
    for whose in ("account_id = ?", "account_id IN (SELECT id FROM account WHERE owner_id = ?)")
)
_SINCE = (
    "SELECT name, profile_url, name_key, link_key FROM inmail"
    " WHERE account_id IN (SELECT id FROM account WHERE owner_id = ?) AND sent_at > ? AND retracted_at IS NULL"
)
_EVER = (-(2**63), 2**63 - 1)

COUNTED_MAX = 1000
"""InMails to one person are counted up to this number, so that the time of a look-up is bounded."""


class SentTo(NamedTuple):
    """An InMail that went to a person. `sent_at` is UTC."""

    id: str
    account_id: str
    sent_at: datetime


def person_keys(name: str, link: Link | None) -> tuple[str, str | None]:
    """The columns `name_key` and `link_key` of an InMail to this person."""
    return normal_name(name), link and link.key


def last_inmail_in_account(
    account_id: str, person: Person, after: datetime | None = None, before: datetime | None = None
) -> SentTo | None:
    """The account's latest InMail to this person between two instants (UTC, both excluded), None if there is none.

    InMails that were taken back do not count.
    """
    return _last_inmail(_ONE_ACCOUNT, account_id, person, after, before)


def last_inmail_of_owner(
    owner_id: str, person: Person, after: datetime | None = None, before: datetime | None = None
) -> SentTo | None:
    """The latest InMail to this person from any of the owner's accounts; else as `last_inmail_in_account`."""
    return _last_inmail(_ALL_ACCOUNTS, owner_id, person, after, before)


def count_inmails_of_owner(owner_id: str, person: Person) -> int:
    """How many InMails went to this person from any of the owner's accounts, counted up to `COUNTED_MAX`."""
    return sum(1 for _ in islice(_inmails(_ALL_ACCOUNTS, owner_id, person, None, None), COUNTED_MAX))


def written_to_since(owner_id: str, people: Mapping[str, Sequence[Person]], after: datetime) -> set[str]:
    """Which of these people an InMail went to from any of the owner's accounts behind `after` (UTC), in one pass over
    these InMails. `people` has each one by an id, once for each link.

    InMails that were taken back do not count.
    """
    by_key: dict[str, list[tuple[str, Person]]] = {}
    for person_id, spellings in people.items():
        for person in spellings:
            for key in person_keys(*person):
                if key:
                    by_key.setdefault(key, []).append((person_id, person))
    found: set[str] = set()
    with closing(execute(_SINCE, (owner_id, to_microseconds(after)))) as rows:
        for name, url, name_key, link_key in rows:
            near = [*by_key.get(name_key, ()), *by_key.get(link_key or "", ())]
            sent = Person(name, parse_link(url) if url else None) if near else None
            found |= {person_id for person_id, person in near if sent and same_person(person, sent)}
    return found


def _last_inmail(
    selects: Mapping[str, str], whose_id: str, person: Person, after: datetime | None, before: datetime | None
) -> SentTo | None:
    # Nearly always the first row is the one: others with the same key have an id that differs by case alone.
    with closing(_inmails(selects, whose_id, person, after, before)) as found:
        return next(found, None)


def _inmails(
    selects: Mapping[str, str], whose_id: str, person: Person, after: datetime | None, before: datetime | None
) -> Generator[SentTo]:
    name_key, link_key = person_keys(*person)
    earliest, latest = _EVER
    span = (
        earliest if after is None else to_microseconds(after),
        latest if before is None else to_microseconds(before),
    )
    by_link, by_name = (whose_id, link_key, *span), (whose_id, name_key, *span)
    select: str
    values: tuple[Any, ...]
    if person.link and name_key not in NOT_A_NAME:
        select, values = _WITH_LINK_OR_NAME, (*by_link, *by_name, f"{person.link.kind}/*")
    elif person.link:
        select, values = _WITH_LINK, by_link
    elif name_key not in NOT_A_NAME:
        select, values = _WITH_NAME, by_name
    else:
        return
    with closing(execute(selects[select], values)) as rows:
        for inmail_id, account_id, name, url, sent_at in rows:
            if same_person(person, Person(name, parse_link(url) if url else None)):
                yield SentTo(inmail_id, account_id, from_microseconds(sent_at))
