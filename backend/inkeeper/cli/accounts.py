"""Chooses the accounts that a command is about, by the options `--account` and `--owner`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from inkeeper.cli.failures import failed
from inkeeper.services.ledger.accounts import UNREADABLE
from inkeeper.storage import accounts, owners
from inkeeper.storage.accounts import Owned
from inkeeper.storage.database import Store
from inkeeper.terminal import printable, quoted
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import gettext

NO_ACCOUNT = gettext_noop("There's no account yet. Run `inkeeper run` and set one up in your browser.")


def choose_accounts(store: Store, wanted: str | None, owner: str | None) -> list[Owned]:
    """The accounts with this name or id, or all; of this owner, or of the only one who has accounts.

    Raises ClickException if no account matches, and if accounts of several owners do.
    """
    found, every = _matching(store, wanted, owner)
    if not found and every and wanted is not None:
        raise _not_there(wanted, every)
    names = sorted({account.owner_name for account in found})
    if len(names) > 1:
        raise failed(
            gettext_noop("Several people use this Inkeeper. Say whose accounts with --owner: %(names)s."),
            names=", ".join(names),
        )
    return found


def choose_account(store: Store, wanted: str | None, owner: str | None = None) -> Owned:
    """The account with this name or id, or the only one; of this owner, or of any.

    Raises ClickException, with a list of all accounts, unless exactly one matches.
    """
    found, every = _matching(store, wanted, owner)
    if len(found) == 1:
        return found[0]
    if not every:
        raise failed(NO_ACCOUNT)
    if not found and wanted is not None:
        raise _not_there(wanted, every)
    raise click.ClickException(
        gettext("Say which account with --account and its name or id.") + " " + _listed(found or every)
    )


def _matching(store: Store, wanted: str | None, owner: str | None) -> tuple[list[Owned], list[Owned]]:
    """The accounts that match, and all accounts of the owner, or of everybody."""
    with store.read() as tx:
        if owner is not None and owners.find(tx, owner) is None:
            raise nobody_called(owner)
        every = [account for account in accounts.list_all(tx) if owner in (None, account.owner_name)]
    return [account for account in every if wanted is None or wanted in (account.id, account.name)], every


@contextmanager
def readable(account: Owned) -> Iterator[None]:
    """Turn the errors of an account whose history cannot be replayed into a ClickException that names it."""
    try:
        yield
    except UNREADABLE as error:
        raise failed(
            gettext_noop("The account %(name)s cannot be read. Run `inkeeper doctor` to see why."), name=account.name
        ) from error


def nobody_called(owner: str) -> click.ClickException:
    """The failure for a name that no owner has."""
    return failed(gettext_noop("No user is called %(name)s. `inkeeper devices` lists the names."), name=owner)


def _not_there(wanted: str, every: Sequence[Owned]) -> click.ClickException:
    return click.ClickException(
        gettext("There's no account %(name)s: check --account.", name=quoted(wanted)) + " " + _listed(every)
    )


def _listed(found: Sequence[Owned]) -> str:
    lines = (
        gettext("%(id)s  %(name)s, of %(owner)s", id=account.id, name=account.name, owner=account.owner_name)
        for account in found
    )
    return gettext("There are:") + "".join(f"\n  {printable(line)}" for line in lines)
