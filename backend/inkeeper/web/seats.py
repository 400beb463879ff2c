"""The summaries of the owner's accounts, shown in the frame of every page, and the page's chosen account."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import current_app

from inkeeper.api.context import actor, now
from inkeeper.services.access import owned_account
from inkeeper.services.ledger import accounts, summary
from inkeeper.services.ledger.cached_answers import CachedAnswer, CachedAnswers
from inkeeper.services.ledger.summary import Overview
from inkeeper.storage.transaction import Transaction

ACCOUNTS_SHOWN = 50
SUMMARIES_KEPT = 50

Summaries = CachedAnswers[Overview]


class NoAccountYet(Exception):
    """The owner has no account yet."""


class Seats(NamedTuple):
    """The summaries of the owner's accounts in order of creation, and the chosen one."""

    every: list[Overview]
    chosen: Overview

    @property
    def account_id(self) -> str:
        """The id of the chosen account."""
        return self.chosen.account.id

    @property
    def zone(self) -> str:
        """The time zone of the chosen account."""
        return self.chosen.account.time_zone


def read(tx: Transaction, account_id: str | None) -> Seats:
    """Read the owner's accounts and choose the one with this id, or the first one for None.

    Raises NoAccountYet without any account, the 404 Problem for an id of another owner.
    """
    instant = now()
    found = [row.id for row in accounts.list_accounts(tx, actor(), instant, None, ACCOUNTS_SHOWN)]
    if account_id is not None and account_id not in found:
        # The account may be beyond the shown ones.
        found.append(owned_account(tx, actor(), account_id).id)
    if not found:
        raise NoAccountYet
    every = [summary_of(tx, each, instant) for each in found]
    chosen = next((each for each in every if each.account.id == account_id), every[0])
    return Seats(every, chosen)


def summary_of(tx: Transaction, account_id: str, instant: datetime) -> Overview:
    """The account's summary at `instant` (UTC), from the cache if it is still valid."""
    summaries: Summaries = current_app.extensions["inkeeper.web.summaries"]
    row = owned_account(tx, actor(), account_id)

    def make() -> CachedAnswer[Overview]:
        made = summary.summary(tx, row, instant)
        return CachedAnswer(made.answer, made.stands_until)

    return summaries.of(row, instant, make)
