"""Closing targets: every logged InMail to a person on the list completes the next step of their target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.rules.people import Person
from inkeeper.services.access import Actor
from inkeeper.services.people.targets import View, describe_without_credits
from inkeeper.storage import persons, target_list, targets, texts
from inkeeper.storage.targets import Target
from inkeeper.storage.transaction import Transaction

LOGGED_LATE = timedelta(days=1)
"""An InMail completes a target's step if it was sent at most this long before the person was added to the list."""


class Sent(NamedTuple):
    """An InMail that was stored. `sent_at` is UTC."""

    id: str
    person: Person
    sent_at: datetime


def close_for(
    tx: Transaction,
    actor: Actor,
    account_id: str,
    inmail: Sent,
    now: datetime,
    *,
    target_id: str | None = None,
    text_id: str | None = None,
    purpose: str | None = None,
) -> str | None:
    """Complete the next step of the person's target with the InMail. Returns the target's id, None without a target.

    Sets the InMail's target, campaign and text, and its purpose if it has none. `target_id` and `text_id` are what the
    client named: a target that is not the person's, or a text that is not there, counts as not named.
    """
    text = texts.version_of(tx, actor.owner_id, text_id) if text_id else None
    person = persons.find(tx, actor.owner_id, inmail.person) if targets.has_any(tx, actor.owner_id) else None
    found = targets.with_next_step(tx, actor.owner_id, [person.id]) if person else []
    fitting: list[Target] = []
    if found:
        today = target_list.today_of(tx, actor.owner_id, inmail.sent_at)
        fitting = [target for target in found if _fits(target, inmail, today.of(target.account_id))]
        fitting.sort(key=lambda target: target.id != target_id)
    if not fitting:
        if text:
            targets.link_inmail(tx, inmail.id, {"text_id": text_id, "text_version": text})
        return None
    view = describe_without_credits(tx, actor, fitting[0], now)
    _close(tx, actor, account_id, inmail, view, (text_id, text) if text else None, purpose)
    targets.follow(tx, [view.target.id])
    targets.changed(tx, actor.owner_id, [view.target.account_id])
    return view.target.id


def close_for_all(tx: Transaction, actor: Actor, account_id: str, inmails: Iterable[Sent], now: datetime) -> None:
    """As `close_for`, for the InMails of an import, in order of time."""
    coming = targets.with_next_step(tx, actor.owner_id)
    if not coming:
        return
    people = persons.Index(persons.get_all(tx, actor.owner_id, [target.person_id for target in coming]).values())
    for inmail in sorted(inmails, key=lambda sent: (sent.sent_at, sent.id)):
        if people.find(inmail.person) is not None:
            close_for(tx, actor, account_id, inmail, now)


def inmails_changed(tx: Transaction, actor: Actor, inmail_ids: Sequence[str]) -> None:
    """Recompute the targets of these InMails. Call it after InMails were retracted or edited, or their outcomes
    changed.
    """
    ids = targets.of_inmails(tx, inmail_ids)
    if ids:
        targets.follow(tx, ids)
        targets.changed(tx, actor.owner_id, {target.account_id for target in targets.get_all(tx, actor.owner_id, ids)})


def recipient_changed(
    tx: Transaction, actor: Actor, account_id: str, inmail: Sent, target_id: str | None, now: datetime
) -> None:
    """After a recipient was corrected: let the InMail complete the new recipient's step instead of the former one's."""
    if target_id is not None:
        row = targets.get(tx, actor.owner_id, target_id)
        person = row and persons.get(tx, actor.owner_id, row.person_id)
        if person and person.is_same(inmail.person):
            return
        targets.link_inmail(tx, inmail.id, {"target_id": None, "campaign_id": None})
        targets.follow(tx, [target_id])
        targets.changed(tx, actor.owner_id, [None])
    close_for(tx, actor, account_id, inmail, now)


def _fits(target: Target, inmail: Sent, day: date) -> bool:
    """Whether the InMail can complete the target's next step: it was not sent long before the target was added, before
    its last step, or after its campaign ended. `day` is the local day of sending.
    """
    in_time = target.ends_on is None or day <= target.ends_on
    in_order = target.last_sent_at is None or inmail.sent_at > target.last_sent_at
    return in_time and in_order and inmail.sent_at >= target.created_at - LOGGED_LATE


def _close(
    tx: Transaction,
    actor: Actor,
    account_id: str,
    inmail: Sent,
    view: View,
    text: tuple[str | None, int] | None,
    purpose: str | None,
) -> None:
    columns: dict[str, Any] = {"target_id": view.target.id}
    if view.campaign and view.campaign.account_id == account_id:
        columns["campaign_id"] = view.campaign.id
    if text is None and view.text_id:
        version = texts.version_of(tx, actor.owner_id, view.text_id)
        text = (view.text_id, version) if version else None
    if text:
        columns |= {"text_id": text[0], "text_version": text[1]}
    if purpose is None and view.purpose:
        columns["purpose"] = view.purpose
    targets.link_inmail(tx, inmail.id, columns)
