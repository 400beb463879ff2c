"""Looking up InMails by the person they went to. Every function runs inside a transaction of the store."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.clock import from_microseconds, to_microseconds
from inkeeper.rules.people import NOT_A_NAME, Link, Person, normal_name, parse_link, same_person
from inkeeper.storage.transaction import execute

_ONE_ACCOUNT = "account_id = ?"
_ALL_ACCOUNTS = "account_id IN (SELECT id FROM account WHERE owner_id = ?)"
_INMAILS = "SELECT id, account_id, name, profile_url, sent_at FROM inmail WHERE {whose}"
_STANDING = " AND sent_at > ? AND sent_at < ? AND retracted_at IS NULL"
_WITH_LINK = f"{_INMAILS} AND link_key = ?{_STANDING}"
_WITH_NAME = f"{_INMAILS} AND name_key = ?{_STANDING}"
_NOT_OF_KIND = " AND (link_key IS NULL OR link_key NOT GLOB ?)"
_LATEST_FIRST = " ORDER BY sent_at DESC"
_EVER = (-(2**63), 2**63 - 1)


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


def _last_inmail(
    whose: str, whose_id: str, person: Person, after: datetime | None, before: datetime | None
) -> SentTo | None:
    name_key, link_key = person_keys(*person)
    earliest, latest = _EVER
    span = (
        earliest if after is None else to_microseconds(after),
        latest if before is None else to_microseconds(before),
    )
    selects: list[str] = []
    values: list[Any] = []
    if person.link:
        selects.append(_WITH_LINK)
        values += [whose_id, link_key, *span]
    if name_key not in NOT_A_NAME:
        selects.append(_WITH_NAME + (_NOT_OF_KIND if person.link else ""))
        values += [whose_id, name_key, *span, *([f"{person.link.kind}/*"] if person.link else ())]
    if not selects:
        return None
    sql = " UNION ALL ".join(selects).format(whose=whose) + _LATEST_FIRST
    # Nearly always the first row is the one: others with the same key have an id that differs by case alone.
    with closing(execute(sql, values)) as rows:
        for inmail_id, account_id, name, url, sent_at in rows:
            if same_person(person, Person(name, parse_link(url) if url else None)):
                return SentTo(inmail_id, account_id, from_microseconds(sent_at))
    return None
