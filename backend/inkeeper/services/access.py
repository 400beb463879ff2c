"""Access control: who acts, and which rows are theirs. All look-ups by id of a request go through here.

A row of another owner raises the same 404 Problem as one that does not exist.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from inkeeper.errors import not_found
from inkeeper.storage import accounts, campaigns, devices, imports, inmails, owners, persons, targets, texts
from inkeeper.storage.accounts import Account
from inkeeper.storage.campaigns import Campaign
from inkeeper.storage.devices import Device
from inkeeper.storage.imports import Import
from inkeeper.storage.inmails import Inmail
from inkeeper.storage.persons import Person
from inkeeper.storage.targets import Target
from inkeeper.storage.texts import Text
from inkeeper.storage.transaction import Transaction

Row = TypeVar("Row")


class Actor(NamedTuple):
    """Who acts: an owner, by one of their devices; without a device where it is the machine's own terminal."""

    owner_id: str
    device_id: str | None = None

    @property
    def device(self) -> str:
        """The id of the device. Raises ValueError for an actor without one."""
        if self.device_id is None:
            raise ValueError("This actor has no device.")
        return self.device_id


def is_only_owner(tx: Transaction) -> bool:
    """Whether one person alone uses this Inkeeper, who may then change what is the server's."""
    return owners.count(tx) == 1


def owned_account(tx: Transaction, actor: Actor, account_id: str) -> Account:
    """The actor's account. Raises the 404 Problem."""
    return _or_404(accounts.get(tx, actor.owner_id, account_id), "account")


def owned_device(tx: Transaction, actor: Actor, device_id: str) -> Device:
    """The actor's device, a revoked one too. Raises the 404 Problem."""
    found = devices.get(tx, device_id)
    if found is None or found.owner_id != actor.owner_id:
        raise not_found("device")
    return found


def owned_person(tx: Transaction, actor: Actor, person_id: str) -> Person:
    """The actor's person. Raises the 404 Problem, for one who was erased too."""
    return _or_404(persons.get(tx, actor.owner_id, person_id), "person")


def owned_person_or_erased(tx: Transaction, actor: Actor, person_id: str) -> Person:
    """The actor's person, one who was erased too. Raises the 404 Problem."""
    return _or_404(persons.get_all(tx, actor.owner_id, [person_id]).get(person_id), "person")


def owned_text(tx: Transaction, actor: Actor, text_id: str) -> Text:
    """The actor's text, an archived one too. Raises the 404 Problem."""
    return _or_404(texts.get(tx, actor.owner_id, text_id), "text")


def owned_campaign(tx: Transaction, actor: Actor, campaign_id: str) -> Campaign:
    """The actor's campaign, an archived one too. Raises the 404 Problem."""
    return _or_404(campaigns.get(tx, actor.owner_id, campaign_id), "campaign")


def owned_target(tx: Transaction, actor: Actor, target_id: str) -> Target:
    """The actor's target. Raises the 404 Problem."""
    return _or_404(targets.get(tx, actor.owner_id, target_id), "target")


def inmail_of(tx: Transaction, account_id: str, inmail_id: str) -> Inmail:
    """The InMail of an account that is known to be the actor's. Raises the 404 Problem."""
    return _or_404(inmails.get(tx, account_id, inmail_id), "InMail")


def import_of(tx: Transaction, account_id: str, import_id: str) -> Import:
    """The import of an account that is known to be the actor's. Raises the 404 Problem."""
    return _or_404(imports.get(tx, account_id, import_id), "import")


def _or_404(found: Row | None, what: str) -> Row:
    if found is None:
        raise not_found(what)
    return found
