"""The calendar feed: a private address that calendar programs read without a token, and what they find there.

Only a hash of the address's secret is stored, so an address is shown once and is made anew if it was lost.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import inkeeper
from inkeeper.errors import conflict, not_found
from inkeeper.rules.agenda import Event, agenda, planned_events
from inkeeper.rules.periods import local_day
from inkeeper.rules.replay import book_of
from inkeeper.rules.state import State
from inkeeper.rules.timeline import timeline
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.devices.connected import hash_of
from inkeeper.storage import balances, calendars, targets
from inkeeper.storage.accounts import Account
from inkeeper.storage.calendars import PublishedEvent
from inkeeper.storage.database import DatabaseProblem, Store
from inkeeper.storage.targets import Today
from inkeeper.storage.transaction import Transaction
from inkeeper.wording import agenda as wording
from inkeeper.wording.language import ENGLISH, Words

_FORM = 1
"""Raised whenever the same events would be written differently than before."""

# How exactly it is known when a feed was last read. Each note costs a write to disk.
_READ_NOTED_EVERY = timedelta(hours=1)

# For how long an event that went is remembered: one that comes back goes on counting its changes.
_PUBLISHED_KEPT = timedelta(days=400)


class Address(NamedTuple):
    """Where a valid secret leads."""

    owner_id: str
    account_id: str
    last_read_at: datetime | None


class FeedEvent(NamedTuple):
    """An event as calendar programs are told of it: `sequence` counts its changes, the last of them at `changed_at`
    (UTC).
    """

    event: Event
    said: wording.Said
    uid: str
    digest: str
    sequence: int
    changed_at: datetime


class Feed(NamedTuple):
    """An account's calendar. Two with the same tag are the same to the byte."""

    title: str
    events: list[FeedEvent]

    @property
    def tag(self) -> str:
        """Names this very content."""
        lines = [f"{_FORM} {inkeeper.__version__} {self.title}"]
        lines += [
            f"{published.uid} {published.digest} {published.sequence} {published.changed_at}"
            for published in self.events
        ]
        return _digest(*lines)

    def text(self) -> bytes:
        """The calendar as RFC 5545 writes it."""
        # Takes a third of a second to import, which a start must not wait for.
        from inkeeper.services.reminders.calendar_text import write

        return write(self)


def address_state(tx: Transaction, actor: Actor, account_id: str) -> dict[str, Any]:
    """Whether the owner's account has an address, since when (UTC), and when it was last read. Needs a transaction."""
    owned_account(tx, actor, account_id)
    feed = calendars.get(tx, account_id)
    return {
        "active": feed is not None,
        "created_at": feed and feed.created_at,
        "last_read_at": feed and feed.last_read_at,
    }


def make_address(
    tx: Transaction, actor: Actor, account_id: str, secret: str, now: datetime, *, renew: bool
) -> dict[str, Any]:
    """Give the account an address with this secret, inside an open write. One that there was ends with it.

    Raises the 409 Problem `calendar_exists` if there is one and `renew` is not set.
    """
    replaced: bool = address_state(tx, actor, account_id)["active"]
    if replaced and not renew:
        raise conflict(
            "calendar_exists",
            "There is an address already, and it cannot be shown again. Renew it to get another; the old one then"
            " stops working.",
        )
    calendars.put(tx, account_id, hash_of(secret), now)
    return {"created_at": now, "replaced": replaced}


def revoke_address(tx: Transaction, actor: Actor, account_id: str) -> dict[str, Any]:
    """End the account's address, at once, inside an open write. Again: the same answer."""
    owned_account(tx, actor, account_id)
    calendars.remove(tx, account_id)
    return address_state(tx, actor, account_id)


def find_address(store: Store, secret: str) -> Address:
    """Where the secret of an address leads.

    Raises the 404 Problem for a wrong secret and for one that was revoked, which nothing tells apart.
    """
    secret_hash = hash_of(secret)
    found = calendars.find_by_secret(store, secret_hash)
    # As for the tokens of devices: the index compares hashes, whose timing says nothing about the secret.
    if found is None or not hmac.compare_digest(found.secret_hash, secret_hash):
        raise not_found("calendar")
    return Address(found.owner_id, found.account_id, found.last_read_at)


def note_read(store: Store, address: Address, now: datetime) -> None:
    """Note, to within an hour, that the address was read at `now` (UTC), also after the clock was ahead."""
    if address.last_read_at is None or abs(now - address.last_read_at) >= _READ_NOTED_EVERY:
        # Not worth refusing a request for: if the database cannot be written, a later request notes it.
        with suppress(DatabaseProblem), store.begin_write(None) as tx:
            calendars.note_read(tx, address.account_id, now)


def feed_of(store: Store, actor: Actor, account_id: str, now: datetime, words: Words = ENGLISH) -> Feed:
    """The owner's account as a calendar at `now` (UTC), in that language.

    What is told for the first time, or otherwise than the last time, is written down; while nothing changes, nothing
    is written. Raises a 404 Problem for an account that is not the owner's.
    """
    with store.read() as tx:
        feed, news = _feed(tx, owned_account(tx, actor, account_id), now, words)
    if news:
        with store.begin_write(None) as tx:
            # Looked at again, since another request may have been first.
            feed, news = _feed(tx, owned_account(tx, actor, account_id), now, words)
            _store_published(tx, account_id, feed, news, now)
    return feed


def _feed(tx: Transaction, row: Account, now: datetime, words: Words) -> tuple[Feed, list[FeedEvent]]:
    """The calendar, and those of its events that nobody has been told of in this form."""
    state, coming = balances.state_at(tx, row.id, now)
    at = state.position.at
    known = calendars.published_events(tx, row.id)
    events, news = [], []
    planned = _planned(tx, Actor(row.owner_id), row.id, state, at)
    for event in [*agenda(state, at, timeline(state, at, coming), row.lead_days[0]), *planned]:
        said = wording.say(event, words)
        uid, digest = _uid(row.id, event), _digest(said.title, said.detail)
        before = known.get(uid)
        if before and before.digest == digest:
            published = FeedEvent(event, said, uid, digest, before.sequence, before.changed_at)
        else:
            published = FeedEvent(event, said, uid, digest, before.sequence + 1 if before else 0, now)
            news.append(published)
        events.append(published)
    return Feed(wording.calendar_title(book_of(state).plan(state.plan).title, words), events), news


def _planned(tx: Transaction, actor: Actor, account_id: str, state: State, at: datetime) -> list[Event]:
    """The days with planned InMails. Those without an account are in the calendar of the owner's first one."""
    first = next(iter(targets.today_of(tx, actor.owner_id, at).by_account), None)
    today = local_day(state.zone, at)
    found = targets.planned_days(tx, actor.owner_id, account_id, Today(today), with_unassigned=account_id == first)
    return planned_events(Counter(one.day for one in found), today, book_of(state).plan(state.plan).title)


def _store_published(tx: Transaction, account_id: str, feed: Feed, news: list[FeedEvent], now: datetime) -> None:
    for each in news:
        calendars.put_published(tx, account_id, PublishedEvent(each.uid, each.digest, each.sequence, each.changed_at))
    # An event that went may come back, and then goes on counting; those of long ago do not. An event of a plan that
    # renews once a year is in the calendar for longer than that.
    old = {
        each.uid
        for each in calendars.published_events(tx, account_id).values()
        if each.changed_at < now - _PUBLISHED_KEPT
    }
    for uid in sorted(old - {each.uid for each in feed.events}):
        calendars.delete_published(tx, account_id, uid)


def _uid(account_id: str, event: Event) -> str:
    """The event's name for ever, whatever its text. The account's id cannot be told from it."""
    return str(uuid.uuid5(uuid.UUID(account_id), f"{event.kind} {event.day}"))


def _digest(*lines: str) -> str:
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=12).hexdigest()
