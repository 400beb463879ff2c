"""Preview of erasing a person."""

from __future__ import annotations

from typing import NamedTuple

from inkeeper.services.access import Actor, is_only_owner
from inkeeper.services.takeout.erasing import whom_of
from inkeeper.services.takeout.erasing_finding import find
from inkeeper.storage.transaction import Transaction


class WouldErase(NamedTuple):
    """How many of the owner's InMails would lose their recipient, removed ones included, how many more went to the
    same name, and how many of the owner's list of people would be erased. `alone`: whether the server has no other
    owner, whose data an erasing would reach too.
    """

    inmails: int
    same_name: int
    alone: bool
    people: int
    same_name_people: int


def preview_erasing(tx: Transaction, actor: Actor, link: str, name: str | None) -> WouldErase:
    """What `erasing.erase_person` would find in the owner's data.

    Raises a 422 Problem for a link to no person.
    """
    found = find(tx, whom_of(link, name, actor))
    return WouldErase(
        found.inmails,
        len(found.same_name),
        is_only_owner(tx),
        len(found.people),
        len(found.same_name_people),
    )
