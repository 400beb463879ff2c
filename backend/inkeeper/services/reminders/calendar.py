"""The calendar feed of an account: its private address, which calendar programs read without a token, and its events.

Only a hash of the address's secret is stored, so an address is shown once and is made anew if it was lost.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

import inkeeper
from inkeeper.errors import conflict, not_found
from inkeeper.reasons import reason
from inkeeper.rules.agenda import Event, agenda, planned_events
from inkeeper.rules.periods import local_day
from inkeeper.rules.replay import book_of
from inkeeper.rules.state import State
from inkeeper.rules.timeline import timeline
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.devices.connected import hash_of
from inkeeper.storage import balances, calendars, target_list
from inkeeper.storage.accounts import Account
from inkeeper.storage.calendars import PublishedEvent
from inkeeper.storage.database import DatabaseProblem, Store
from inkeeper.storage.target_list import Today
from inkeeper.storage.transaction import Transaction
from inkeeper.wording import agenda as wording
from inkeeper.wording.language import chosen_words

_FORM = 1
"""The version of the feed's text form. Increased when the same events are written differently."""

# The precision of `last_read_at`. Each update costs a write to disk.
_READ_NOTED_EVERY = timedelta(hours=1)

# How long the published version of a removed event is kept, so that `sequence` continues if the event comes back.
_PUBLISHED_KEPT = timedelta(days=400)


class Address(NamedTuple):
    """The feed that a valid secret belongs to."""

    owner_id: str
    account_id: str
    last_read_at: datetime | None


class AddressState(NamedTuple):
    """Whether an account's calendar has an address, since when (UTC), and when it was last read (UTC, to within an
    hour).
    """

    active: bool
    created_at: datetime | None
    last_read_at: datetime | None


class MadeAddress(NamedTuple):
    """When an address was made (UTC), and whether it replaced an earlier one."""

    created_at: datetime
    replaced: bool


class FeedEvent(NamedTuple):
    """An event as published to calendar programs. `sequence` counts its changes, the last of them at `changed_at`
    (UTC).
    """

    event: Event
    said: wording.Message
    uid: str
    digest: str
    sequence: int
    changed_at: datetime


class Feed(NamedTuple):
    """An account's calendar. Feeds with the same tag have identical bytes."""

    title: str
    events: list[FeedEvent]

    @property
    def tag(self) -> str:
        """A hash of the feed's content, for the ETag."""
        lines = [f"{_FORM} {inkeeper.__version__} {self.title}"]
        lines += [
            f"{published.uid} {published.digest} {published.sequence} {published.changed_at}"
            for published in self.events
        ]
        return _digest(*lines)

    def text(self) -> bytes:
        """The calendar as RFC 5545 writes it."""
        # Imported here, since the import takes a third of a second and would delay the start.
        from inkeeper.services.reminders.calendar_text import write

        return write(self)


def address_state(tx: Transaction, actor: Actor, account_id: str) -> AddressState:
    """The state of the address of the owner's account."""
    owned_account(tx, actor, account_id)
    feed = calendars.get(tx, account_id)
    return AddressState(feed is not None, feed and feed.created_at, feed and feed.last_read_at)


def make_address(
    tx: Transaction, actor: Actor, account_id: str, secret: str, now: datetime, *, renew: bool
) -> MadeAddress:
    """Give the account an address with this secret, inside an open write. It replaces the present one.

    Raises the 409 Problem `calendar_exists` if there is one and `renew` is not set.
    """
    replaced = address_state(tx, actor, account_id).active
    if replaced and not renew:
        raise conflict(
            "calendar_exists",
            reason("calendar.exists"),
        )
    calendars.put(tx, account_id, hash_of(secret), now)
    return MadeAddress(now, replaced)


def revoke_address(tx: Transaction, actor: Actor, account_id: str) -> AddressState:
    """Revoke the account's address at once, inside an open write. Idempotent."""
    owned_account(tx, actor, account_id)
    calendars.remove(tx, account_id)
    return address_state(tx, actor, account_id)


def find_address(store: Store, secret: str) -> Address:
    """The feed of the address with this secret.

    Raises the same 404 Problem for wrong and for revoked secrets.
    """
    secret_hash = hash_of(secret)
    found = calendars.find_by_secret(store, secret_hash)
    # As for the tokens of devices: the index compares hashes, whose timing says nothing about the secret.
    if found is None or not hmac.compare_digest(found.secret_hash, secret_hash):
        raise not_found("calendar")
    return Address(found.owner_id, found.account_id, found.last_read_at)


def note_read(store: Store, address: Address, now: datetime) -> None:
    """Set the address's `last_read_at` to `now` (UTC), unless it is less than an hour from `now`."""
    if address.last_read_at is None or abs(now - address.last_read_at) >= _READ_NOTED_EVERY:
        # Not worth refusing a request for: if the database cannot be written, a later request notes it.
        with suppress(DatabaseProblem), store.begin_write(None) as tx:
            calendars.note_read(tx, address.account_id, now)


def feed_of(store: Store, actor: Actor, account_id: str, now: datetime) -> Feed:
    """The owner's account as a calendar at `now` (UTC), in the owner's language.

    New and changed events are stored as published; without changes nothing is written. A change of language changes all
    events, and each gets its next `sequence`. Raises a 404 Problem for an account that is not the owner's.
    """
    with store.read() as tx:
        feed, news = _feed(tx, owned_account(tx, actor, account_id), now)
    if news:
        with store.begin_write(None) as tx:
            # Computed again, since another request may have written in between.
            feed, news = _feed(tx, owned_account(tx, actor, account_id), now)
            _store_published(tx, account_id, feed, news, now)
    return feed


def _feed(tx: Transaction, row: Account, now: datetime) -> tuple[Feed, list[FeedEvent]]:
    """The calendar, and its events that are new or differ from their published version."""
    state, coming = balances.state_at(tx, row.id, now)
    at = state.position.at
    words = chosen_words(row.language)
    known = calendars.published_events(tx, row.id)
    events, news = [], []
    planned = _planned(tx, Actor(row.owner_id), row.id, state, at)
    for event in [*agenda(state, at, timeline(state, at, coming), row.lead_days[0]), *planned]:
        said = wording.render(event, words)
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
    """The days with planned InMails. Targets without an account are in the calendar of the owner's first account."""
    first = next(iter(target_list.today_of(tx, actor.owner_id, at).by_account), None)
    today = local_day(state.zone, at)
    found = target_list.planned_days(tx, actor.owner_id, account_id, Today(today), with_unassigned=account_id == first)
    return planned_events(Counter(one.day for one in found), today, book_of(state).plan(state.plan).title)


def _store_published(tx: Transaction, account_id: str, feed: Feed, news: list[FeedEvent], now: datetime) -> None:
    for each in news:
        calendars.put_published(tx, account_id, PublishedEvent(each.uid, each.digest, each.sequence, each.changed_at))
    # A removed event may come back within `_PUBLISHED_KEPT` and then continues its `sequence`. Events still in the feed
    # are kept: one of a yearly plan is there for longer than that.
    old = {
        each.uid
        for each in calendars.published_events(tx, account_id).values()
        if each.changed_at < now - _PUBLISHED_KEPT
    }
    for uid in sorted(old - {each.uid for each in feed.events}):
        calendars.delete_published(tx, account_id, uid)


def _uid(account_id: str, event: Event) -> str:
    """The event's permanent uid, independent of its text. Does not reveal the account's id."""
    return str(uuid.uuid5(uuid.UUID(account_id), f"{event.kind} {event.day}"))


def _digest(*lines: str) -> str:
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=12).hexdigest()
