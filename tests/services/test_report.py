"""The report through the database: the journal's sums over random histories, and hours on a zone's own clocks."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkeeper.rules.money import Money
from inkeeper.rules.periods import local_day
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import (
    accounts,
    answers,
    inmails,
    observations,
    plan_changes,
    report,
)
from inkeeper.services.ledger import (
    journal as ledger,
)
from inkeeper.storage.accounts import Account
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner
from inkeeper.storage.transaction import Transaction
from tests.rows import add_row

OPENED = datetime(2025, 9, 10, 9, tzinfo=UTC)
AMOUNTS = {
    "granted": "grant",
    "returned": "credit_back",
    "expired": "expire",
    "forfeited": "forfeit",
    "voided": "void",
}


def open_seat(store: Store, number: int, **wanted: Any) -> tuple[str, str]:
    """A new owner's account of that time, Premium Business."""
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=f"owner {number}", name=f"Owner {number}", created_at=OPENED).id
        body = {"name": "My seat", "plan": "premium_business", "opened_at": OPENED, "time_zone": "UTC"} | wanted
        return owner, accounts.create_account(tx, Actor(owner), body, OPENED).account.id


class Life:
    """What a person does with an account, one thing after the other."""

    def __init__(self, store: Store, owner: str, account: str, chance: random.Random) -> None:
        self.store, self.owner, self.account, self.chance = store, owner, account, chance
        self.sent: list[tuple[str, datetime]] = []
        self.now = OPENED

    def goes_on(self) -> None:
        self.now += timedelta(hours=self.chance.choice([1, 5, 30, 200]))
        with self.store.begin_write(self.account) as tx:
            self.chance.choice([self.send] * 5 + [self.answer] * 3 + [self.observe, self.retract, self.change])(tx)

    def send(self, tx: Transaction) -> None:
        # some were sent on the phone and are logged weeks later
        at = max(OPENED, self.now - timedelta(days=self.chance.choice([0, 0, 0, 3, 40])))
        wanted = {
            "recipient": {"name": "Kai Example"},
            "source": "api",
            "sent_at": at,
            "cost": self.chance.choice([1, 1, 1, 0]),
            "accept_discrepancy": True,
        }
        made = inmails.log_inmail(tx, Actor(self.owner), self.account, wanted, self.now).inmail
        self.sent.append((made.id, made.sent_at))

    def answer(self, tx: Transaction) -> None:
        if self.sent:
            inmail, _ = self.chance.choice(self.sent)
            outcome = self.chance.choice(["accepted", "declined", "replied", "no_response", "pending"])
            inmails.update_inmail(tx, Actor(self.owner), self.account, inmail, {"outcome": outcome}, self.now)

    def retract(self, tx: Transaction) -> None:
        if self.sent:
            inmail, _ = self.sent.pop(self.chance.randrange(len(self.sent)))
            inmails.retract_inmail(tx, Actor(self.owner), self.account, inmail, self.now)

    def observe(self, tx: Transaction) -> None:
        wanted = {"balance": self.chance.randrange(20), "source": "person"}
        observations.observe(tx, Actor(self.owner), self.account, wanted, self.now)

    def change(self, tx: Transaction) -> None:
        plan = self.chance.choice(["premium_career", "premium_business", "sales_navigator"])
        state = accounts.get_account(tx, Actor(self.owner), self.account, self.now)
        if plan != state.plan:
            plan_changes.change_plan(tx, Actor(self.owner), self.account, {"plan": plan}, self.now)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**9),
    book=st.sampled_from(["month_end", "rolling"]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Havana", "Asia/Kolkata"]),
)
def test_the_reports_sums_are_the_journals(store: Store, seed: int, book: str, zone: str) -> None:
    number = len(list_of_owners(store))
    owner, account = open_seat(store, number, rule_book=book, time_zone=zone)
    life = Life(store, owner, account, random.Random(seed))
    for _ in range(30):
        life.goes_on()
        if life.chance.random() < 0.2:
            assert_sums(store, owner, account, life.now)
    assert_sums(store, owner, account, life.now + timedelta(days=life.chance.choice([0, 45])))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), book=st.sampled_from(["month_end", "rolling"]))
def test_a_report_that_still_stands_is_as_one_made_anew(store: Store, seed: int, book: str) -> None:
    chance = random.Random(seed)
    owner, account = open_seat(store, len(list_of_owners(store)), rule_book=book, time_zone="Europe/Berlin")
    life, kept = Life(store, owner, account, chance), report.Reports()
    for _ in range(20):
        if chance.random() < 0.4:
            life.goes_on()
        else:
            life.now += timedelta(minutes=chance.choice([1, 50, 700, 3000]))
        with store.read() as tx:
            seat = owned_account(tx, Actor(owner), account)
            assert kept.of(tx, seat, life.now, 12) == report.report(tx, seat, life.now, 12)


def list_of_owners(store: Store) -> list[Owner]:
    with store.read() as tx:
        return list(Owner.select().execute(tx.database))


def assert_sums(store: Store, owner: str, account: str, now: datetime) -> None:
    with store.read() as tx:
        seat = owned_account(tx, Actor(owner), account)
        found = report.report(tx, seat, now, 60)
        journal = ledger.journal(tx, Actor(owner), account, None, None, now, 0, 10**6)
        sent = inmails.list_inmails(tx, Actor(owner), account, {}, None, 10**6, now)
    totals, by_kind = found.totals, Counter()
    for entry in journal:
        by_kind[entry.kind] += abs(entry.credits)
    for name, kind in AMOUNTS.items():
        assert getattr(totals, name) == by_kind[kind]
    assert totals.adjusted_up + totals.adjusted_down == by_kind["adjust"]
    assert totals.used == sum(inmail.cost for inmail in sent) == by_kind["spend"]
    assert totals.free == len(sent) - totals.used
    assert totals.lost == totals.expired + totals.forfeited + totals.voided
    for name in (*AMOUNTS, "used", "free", "adjusted_up", "adjusted_down"):
        assert getattr(totals, name) == sum(getattr(month.amounts, name) for month in found.months)

    used = Counter(f"{local_day(seat.time_zone, inmail.sent_at):%Y-%m}" for inmail in sent if inmail.cost)
    assert {month.month: month.amounts.used for month in found.months if month.amounts.used} == used
    balance = journal[-1].balance
    assert found.months[-1].closing_balance == found.balance_over_time[-1].balance == balance
    points = found.balance_over_time
    assert [point.at for point in points] == sorted(point.at for point in points)
    assert sum(point.credits for point in points) == balance
    lost = sum(-point.credits for point in points if point.kind in ("expire", "forfeit", "void"))
    assert lost == totals.lost
    assert_a_shorter_report_tells_the_same(store, seat, now, found)


def assert_a_shorter_report_tells_the_same(store: Store, seat: Account, now: datetime, found: report.Report) -> None:
    with store.read() as tx:
        shorter = report.report(tx, seat, now, 3)
    assert shorter.months == found.months[-3:]
    assert shorter.balance_over_time[0].balance == shorter.months[0].opening_balance
    points = shorter.balance_over_time[1:]
    later = [point for point in found.balance_over_time if point.at >= shorter.since]
    if len(found.months) > 3:
        assert points == later[-len(points) :]
        assert all(point.kind in ("expire", "void") for point in later[: -len(points)])


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Havana", "Asia/Kolkata", "Africa/Casablanca"])
def test_hours_are_those_of_the_zones_clocks(store: Store, zone: str) -> None:
    owner, account = open_seat(store, 1, time_zone=zone, allotment=1000)
    chance, until = random.Random(zone), OPENED + timedelta(days=380)
    sent: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    came: Counter[int] = Counter()
    waits = []

    def hour_of_week(at: datetime) -> int:
        local = at.astimezone(ZoneInfo(zone))
        return local.weekday() * 24 + local.hour

    with store.begin_write(account) as tx:
        for _ in range(150):
            at = OPENED + chance.random() * timedelta(days=370)
            wanted = {"recipient": {"name": "Kai Example"}, "source": "api", "sent_at": at, "cost": chance.randrange(2)}
            inmail = inmails.log_inmail(tx, Actor(owner), account, wanted, until).inmail
            sent[hour_of_week(inmail.sent_at)][0] += 1
            if chance.random() < 0.4:
                answer = {"outcome": "replied", "outcome_at": at + chance.random() * timedelta(days=9)}
                known = inmails.update_inmail(tx, Actor(owner), account, inmail.id, answer, until).inmail
                sent[hour_of_week(inmail.sent_at)][1] += 1
                came[hour_of_week(known.outcome_at)] += 1
                waits.append(known.outcome_at - known.sent_at)

        assert answers.by_hour_of_sending(tx, account, zone, OPENED, until) == {
            hour: tuple(counts) for hour, counts in sent.items()
        }
        found = answers.answered(tx, account, zone, OPENED, until)
        assert Counter(hour for _, _, hour, _ in found) == came
        wait = answers.median_wait(found)
        assert wait is not None
        assert abs(wait - median(waits)) < timedelta(milliseconds=1)


def test_the_costs_are_those_of_the_months_with_a_price(store: Store) -> None:
    prices = {"premium_career": {"amount_minor": 3000, "currency": "EUR"}}
    owner, account = open_seat(
        store, 1, plan="premium_career", price={"amount_minor": 3000, "currency": "EUR"}, plan_prices={}
    )
    with store.begin_write(account) as tx:
        for day, outcome in [(12, "replied"), (13, "accepted"), (70, "declined"), (71, None)]:
            at = datetime(2025, 9, 1, tzinfo=UTC) + timedelta(days=day)
            wanted = {"recipient": {"name": "Kai Example"}, "source": "api"}
            inmail = inmails.log_inmail(tx, Actor(owner), account, wanted, at).inmail
            if outcome:
                inmails.update_inmail(tx, Actor(owner), account, inmail.id, {"outcome": outcome}, at)
        now = datetime(2025, 11, 1, tzinfo=UTC)
        plan_changes.change_plan(tx, Actor(owner), account, {"plan": "sales_navigator"}, now)
        euros = {"amount_minor": 10000, "currency": "EUR"}
        accounts.update_account(tx, Actor(owner), account, {"price": euros}, now)

        now = datetime(2025, 11, 30, tzinfo=UTC)
        found = report.report(tx, owned_account(tx, Actor(owner), account), now, 12).cost
        assert found == report.CostOfMonths(
            months=1,
            used=2,
            answers=1,
            plans_without_price=["premium_career"],
            paid=Money(10000, "EUR"),
            used_credit=Money(5000, "EUR"),
            answer=Money(10000, "EUR"),
        )
        accounts.update_account(tx, Actor(owner), account, {"plan_prices": prices}, now)
        whole = report.report(tx, owned_account(tx, Actor(owner), account), now, 12)
        assert whole.cost.paid == Money(16000, "EUR")
        assert (whole.cost.used, whole.cost.answers) == (4, 3)
        assert [month.amounts.value_used for month in whole.months] == [
            Money(amount, "EUR") for amount in (1200, 0, 800)
        ]
