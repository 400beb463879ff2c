"""InMails found by the keys of the person they went to. Retracted InMails are left out."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from inkeeper.instants import from_microseconds, to_microseconds
from inkeeper.storage.transaction import Transaction

_WITH_KEY = (
    "SELECT id, account_id, name, profile_url, sent_at FROM inmail"
    " WHERE {whose} AND {key} = ? AND sent_at > ? AND sent_at < ? AND retracted_at IS NULL"
)
_WITH_LINK = _WITH_KEY.replace("{key}", "link_key")
_WITH_NAME = _WITH_KEY.replace("{key}", "name_key")
_WITH_LINK_OR_NAME = f"{_WITH_LINK} UNION ALL {_WITH_NAME} AND (link_key IS NULL OR link_key NOT LIKE ?)"
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


class Keys(NamedTuple):
    """The keys to look InMails up by: a link's key and a name's normal form, each None if unknown. With both, InMails
    found by name must have no link of that `kind`.
    """

    link_key: str | None
    name_key: str | None
    kind: str | None


class SentTo(NamedTuple):
    """An InMail to the person looked up. `sent_at` is UTC."""

    id: str
    account_id: str
    name: str
    profile_url: str | None
    sent_at: datetime


class Recipient(NamedTuple):
    """The recipient of an InMail."""

    name: str
    profile_url: str | None
    name_key: str
    link_key: str | None


def of_account(
    tx: Transaction, account_id: str, keys: Keys, after: datetime | None, before: datetime | None
) -> Generator[SentTo]:
    """The account's InMails with these keys between two instants (UTC, both excluded; None: no bound), the latest
    first. A generator: rows are read as needed.
    """
    return _found(tx, _ONE_ACCOUNT, account_id, keys, after, before)


def of_owner(
    tx: Transaction, owner_id: str, keys: Keys, after: datetime | None, before: datetime | None
) -> Generator[SentTo]:
    """As `of_account`, for all of the owner's accounts."""
    return _found(tx, _ALL_ACCOUNTS, owner_id, keys, after, before)


def since(tx: Transaction, owner_id: str, after: datetime) -> Generator[Recipient]:
    """The recipients of the InMails sent after that instant (UTC) from any of the owner's accounts. A generator: rows
    are read as needed.
    """
    with closing(tx.execute(_SINCE, (owner_id, to_microseconds(after)))) as rows:
        yield from (Recipient(*row) for row in rows)


def _found(
    tx: Transaction, selects: dict[str, str], whose_id: str, keys: Keys, after: datetime | None, before: datetime | None
) -> Generator[SentTo]:
    earliest, latest = _EVER
    span = (
        earliest if after is None else to_microseconds(after),
        latest if before is None else to_microseconds(before),
    )
    by_link, by_name = (whose_id, keys.link_key, *span), (whose_id, keys.name_key, *span)
    select: str
    values: tuple[Any, ...]
    if keys.link_key is not None and keys.name_key is not None:
        select, values = _WITH_LINK_OR_NAME, (*by_link, *by_name, f"{keys.kind}/%")
    elif keys.link_key is not None:
        select, values = _WITH_LINK, by_link
    elif keys.name_key is not None:
        select, values = _WITH_NAME, by_name
    else:
        return
    with closing(tx.execute(selects[select], values)) as rows:
        for inmail_id, account_id, name, url, sent_at in rows:
            yield SentTo(inmail_id, account_id, name, url, from_microseconds(sent_at))
