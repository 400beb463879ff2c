"""Owners: the language that a person chose for their pages, calendars and e-mails.

It belongs to the owner and not to an account: one e-mail has the warnings of all accounts, and so have the pages.
"""

from __future__ import annotations

from inkeeper.services.access import Actor
from inkeeper.storage import owners
from inkeeper.storage.transaction import Transaction
from inkeeper.wording.language import Words, chosen_words


def language(tx: Transaction, actor: Actor) -> str | None:
    """The BCP 47 tag of the language that the owner chose. None if they have not chosen one."""
    return owners.language(tx, actor.owner_id)


def set_language(tx: Transaction, actor: Actor, tag: str | None) -> None:
    """Set the owner's language, inside an open write. `tag` is one of `wording.language.languages`, or None."""
    owners.set_language(tx, actor.owner_id, tag)


def words_of(tx: Transaction, actor: Actor) -> Words:
    """The language of the owner's calendars and e-mails: the chosen one, else English."""
    return chosen_words(owners.language(tx, actor.owner_id))
