"""Demo data: a year of plausible history with invented people.

The same seed and instant give the same history. It is written through the services, so every rule holds for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle, product
from typing import Any, NamedTuple

from inkeeper import demo_list
from inkeeper.rules.replay import allotment_of
from inkeeper.services.access import Actor
from inkeeper.services.devices import pairing
from inkeeper.services.ledger import accounts, inmails, observations, plan_changes
from inkeeper.services.people import texts
from inkeeper.storage import balances, owners
from inkeeper.storage.database import Store
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import ANSWERS, Outcome

_YEAR = timedelta(days=380)
_FIRST_NAMES = (
    "Alex Ariel Casey Charlie Dominique Élodie Jules Kai Kim Luca Mika Nika Noor Remi Robin Sam Sasha Toni Uli Yuki"
).split()
_LAST_NAMES = (
    "Blueprint Dummy Esempio Exemple Fixture Instance Modell Muster Pattern Placeholder Prototype Sample Specimen"
    " Stencil Template Voorbeeld"
).split()
_SUBJECTS = {
    "introduction": ("Hello from a fellow pattern maker", "A question about your talk on samples", "Shall we meet?"),
    "follow_up": ("Following up on last week", "One more thought on the prototype", "Did the sample arrive?"),
    "article": ("An article you may like: ten kinds of template", "On placeholders, and who keeps them"),
    "other": ("An opening in our team of examples", "Your advice on blueprints"),
}
_PRICES = {"premium_career": 2999, "premium_business": 4999, "sales_navigator": 9999, "recruiter_lite": 16999}
"""Invented monthly prices of the plans, in euro cents."""

_ANSWERED_SHARE = 0.36
_FREE_SHARE = 0.12
_WITH_TEXT_SHARE = 0.7
"""The share of InMails that use a text, of those whose purpose has one."""


class _Event(NamedTuple):
    """An action at an instant (UTC)."""

    at: datetime
    act: Callable[[datetime], object]


@dataclass(frozen=True)
class _DemoAccount:
    """An account of the demo, and how it is used."""

    name: str
    plan: str
    rule_book: str
    time_zone: str
    shares: tuple[float, ...]
    """The share of a month's credits that is sent, month by month, repeated cyclically.

    The 13th month is the running one. Its share is below 1, so that credits are left.
    """
    upgrade_to: str | None = None
    """The plan for the last half year; None for no change."""
    has_list: bool = False
    """Whether the account has the list of people to write to."""


_ACCOUNTS = (
    _DemoAccount(
        "Sales Navigator",
        "premium_career",
        "month_end",
        "Europe/Berlin",
        (1.0, 0.8, 0.6, 1.0, 1.0, 0.4, 0.9, 0.72, 0.56, 0.96, 0.8, 1.0, 0.7),
        upgrade_to="sales_navigator",
        has_list=True,
    ),
    _DemoAccount(
        "Recruiter Lite",
        "recruiter_lite",
        "rolling",
        "America/New_York",
        (0.5, 0.7, 0.9, 0.3, 0.6, 0.8, 0.7, 0.4, 0.6, 0.5, 0.8, 0.6),
    ),
)


def fill(store: Store, now: datetime, seed: int = 1) -> None:
    """Write the history of the year before `now` (UTC) into an empty database, for the default owner."""
    rng = random.Random(seed)  # noqa: S311 (demo data, not a secret)
    with store.begin_write(None) as tx:
        owner = owners.find_or_add(tx, pairing.DEFAULT_OWNER, now - _YEAR)
        for account in _ACCOUNTS:
            _AccountHistory(Actor(owner), account, now, rng).write(tx)


def _euros(plan: str) -> dict[str, Any]:
    return {"amount_minor": _PRICES[plan], "currency": "EUR"}


class _AccountHistory:
    """Generates the events of one account, and executes them in order of time."""

    def __init__(self, actor: Actor, account: _DemoAccount, now: datetime, rng: random.Random) -> None:
        self.actor = actor
        self.account = account
        self.now = now
        self.rng = rng
        people = [f"{first} {last}" for first, last in product(_FIRST_NAMES, _LAST_NAMES)]
        rng.shuffle(people)
        self.people = cycle(people)
        self.account_id = ""
        self.texts: dict[str, str] = {}
        self.events: list[_Event] = []

    def write(self, tx: Transaction) -> None:
        """Write the account's history."""
        this_hour = self.now.replace(minute=0, second=0, microsecond=0)
        opened_at = this_hour - _YEAR
        self._open(tx, opened_at)
        if self.account.upgrade_to:
            self._schedule(this_hour - timedelta(days=183), partial(self._upgrade, tx))
        if self.account.has_list:
            zone = self.account.time_zone
            for at, act in demo_list.events(tx, self.actor, self.account_id, zone, self.texts, self.now):
                self._schedule(at, act)
        months = 13
        for month in range(months):
            begin = opened_at + month * (_YEAR / months)
            self._schedule(begin + timedelta(hours=1), self._plan_month(tx, begin, begin + _YEAR / months, month))
        for days in range(3, _YEAR.days, 13):
            self._schedule(
                this_hour - timedelta(days=days, hours=2), self._observe(tx, slip=days in (3 + 13 * 7, 3 + 13 * 16))
            )
        while self.events:
            self.events.sort(key=lambda event: event.at, reverse=True)
            event = self.events.pop()
            event.act(event.at)

    def _schedule(self, at: datetime, act: Callable[[datetime], object]) -> None:
        if at <= self.now:
            self.events.append(_Event(at, act))

    def _open(self, tx: Transaction, at: datetime) -> None:
        wanted: dict[str, Any] = {
            "name": self.account.name,
            "plan": self.account.plan,
            "rule_book": self.account.rule_book,
            "time_zone": self.account.time_zone,
            "opened_at": at,
            "price": _euros(self.account.upgrade_to or self.account.plan),
            "plan_prices": {plan: _euros(plan) for plan in _PRICES},
        }
        self.account_id = accounts.create_account(tx, self.actor, wanted, at).account.id
        # Creating the first account stores default texts.
        every = texts.list_texts(tx, self.actor, None, 10)
        self.texts = {text.purpose: text.id for text in every if text.purpose}

    def _upgrade(self, tx: Transaction, at: datetime) -> None:
        plan_changes.change_plan(tx, self.actor, self.account_id, {"plan": self.account.upgrade_to}, at)

    def _plan_month(self, tx: Transaction, begin: datetime, end: datetime, month: int) -> Callable[[datetime], None]:
        """An action at the month's begin that schedules its InMails at random working hours, by the allotment."""

        def plan(at: datetime) -> None:
            state, _ = balances.state_at(tx, self.account_id, at)
            share = self.account.shares[month % len(self.account.shares)]
            for _ in range(round(share * allotment_of(state))):
                self._schedule(self._working_hour(begin, end), partial(self._send, tx))

        return plan

    def _working_hour(self, begin: datetime, end: datetime) -> datetime:
        while True:
            day = begin + self.rng.random() * (end - begin)
            hour, minute, second = (self.rng.randrange(*span) for span in ((8, 17), (60,), (60,)))
            at = day.replace(hour=hour, minute=minute, second=second, microsecond=0)
            if at.isoweekday() <= 5 and at > begin + timedelta(hours=2):
                return at

    def _send(self, tx: Transaction, at: datetime) -> None:
        balance = balances.state_at(tx, self.account_id, at)[0].balance
        free = self.rng.random() < _FREE_SHARE
        if balance == 0 and not free:
            return
        name = next(self.people)
        purpose = self.rng.choices(tuple(_SUBJECTS), (5, 3, 2, 1))[0]
        wanted = {
            "recipient": {"name": name, "profile_url": f"https://www.linkedin.com/in/{name.lower().replace(' ', '-')}"},
            "cost": 0 if free else 1,
            "purpose": purpose,
            "subject": self.rng.choice(_SUBJECTS[purpose]),
            "source": self.rng.choice(("popup", "popup", "shortcut")),
        }
        if purpose in self.texts and self.rng.random() < _WITH_TEXT_SHARE:
            wanted["text"] = self.texts[purpose]
        inmail_id = inmails.log_inmail(tx, self.actor, self.account_id, wanted, at).inmail.id
        if self.rng.random() < _ANSWERED_SHARE:
            outcome: Outcome = self.rng.choices(ANSWERS, (5, 3, 2))[0]
            wait = timedelta(minutes=60 + round(self.rng.expovariate(1 / 3600)))
        else:
            outcome, wait = "no_response", timedelta(days=30)
        self._schedule(at + wait, self._outcome(tx, inmail_id, outcome))

    def _outcome(self, tx: Transaction, inmail_id: str, outcome: str) -> Callable[[datetime], object]:
        return lambda at: inmails.update_inmail(tx, self.actor, self.account_id, inmail_id, {"outcome": outcome}, at)

    def _observe(self, tx: Transaction, *, slip: bool) -> Callable[[datetime], None]:
        """An action that records LinkedIn's balance. With `slip` it is 1 lower, as after an unlogged InMail."""

        def observe(at: datetime) -> None:
            balance = balances.state_at(tx, self.account_id, at)[0].balance
            wanted = {"balance": max(0, balance - 1) if slip else balance, "source": "person"}
            observations.observe(tx, self.actor, self.account_id, wanted, at)

        return observe
