"""The demo's history: the same each time, over before now, sound, and interesting enough to show what there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inkeeper import demo
from inkeeper.rules.results import MIN_SENT
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger import accounts, summary
from inkeeper.services.ledger import journal as ledger
from inkeeper.services.people import persons, results, targets
from inkeeper.services.people.targets import ListFilter
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import Inmail, Owner

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    stores: list[Store] = []

    def tell(now: datetime = NOW, seed: int = 1) -> Store:
        store = open_database(f"sqlite:///{tmp_path}/{len(stores)}.sqlite3")
        stores.append(store)
        demo.fill(store, now, seed)
        return store

    yield tell
    for store in stores:
        store.checkpoint_and_close()


def inmails(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as tx:
        rows = Inmail.select().order_by(Inmail.sent_at, Inmail.name).execute(tx.database)
        return [(row.sent_at, row.name, row.cost, row.subject, row.outcome, row.outcome_at) for row in rows]


def test_the_same_seed_and_instant_tell_the_same_story(told: Callable[..., Store]) -> None:
    assert inmails(told()) == inmails(told())


def test_another_seed_tells_another(told: Callable[..., Store]) -> None:
    assert inmails(told()) != inmails(told(seed=2))


ANY_TIME = pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 11, 27, 15, 20, tzinfo=UTC),
        datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 12, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    ],
)


@ANY_TIME
def test_a_year_of_inmails_ends_before_now(told: Callable[..., Store], now: datetime) -> None:
    sent = [row[0] for row in inmails(told(now))]
    assert len(sent) > 250
    assert sent[-1] <= now
    assert sent[-1] > now - timedelta(days=10)
    assert sent[0] < now - timedelta(days=340)


@ANY_TIME
def test_there_are_two_accounts_with_credits_left_and_nothing_contradictory(
    told: Callable[..., Store], now: datetime
) -> None:
    store = told(now)
    with store.read() as tx:
        owner = Owner.select().get(tx.database).id
        seats = [
            owned_account(tx, Actor(owner), account.id)
            for account in accounts.list_accounts(tx, Actor(owner), now, None, 10)
        ]
        answers = [summary.summary(tx, seat, now).answer for seat in seats]
    assert [answer.account.rule_book for answer in answers] == ["month_end", "rolling"]
    for answer in answers:
        assert answer.balance > 5
        assert len(answer.recent) == 10
        assert answer.warnings
        assert {"discrepancy", "wrong_book", "unconfirmed"}.isdisjoint(warning.code for warning in answer.warnings)


def test_the_journal_shows_each_kind_of_entry_that_a_year_brings(told: Callable[..., Store]) -> None:
    store = told()
    with store.read() as tx:
        owner = Owner.select().get(tx.database).id
        ids = [account.id for account in accounts.list_accounts(tx, Actor(owner), NOW, None, 10)]
        journals = [ledger.journal(tx, Actor(owner), each, None, None, NOW, 0, 10_000) for each in ids]
    kinds = {entry.kind for journal in journals for entry in journal}
    assert kinds >= {"grant", "spend", "credit_back", "expire", "adjust"}


@ANY_TIME
def test_there_is_a_list_of_people_with_every_state_that_a_day_brings(
    told: Callable[..., Store], now: datetime
) -> None:
    store = told(now)
    with store.read() as tx:
        owner = Owner.select().get(tx.database).id
        views = targets.search(tx, Actor(owner), ListFilter(), None, 100, now)
        marked = [person.name for person in persons.search(tx, Actor(owner), "", None, 100) if person.do_not_contact]
        first = accounts.list_accounts(tx, Actor(owner), now, None, 1)[0].id
        shown = summary.summary(tx, owned_account(tx, Actor(owner), first), now).answer.targets
    states = Counter((view.state, view.step, view.campaign is not None) for view in views)
    assert states == {
        ("ready", 1, False): 8,
        ("planned", 1, False): 2,
        ("ready", 2, True): 1,
        ("answered", 2, True): 1,
        ("waiting", 2, True): 1,
    }
    days = sorted(view.target.planned_on for view in views if view.target.planned_on)
    assert days[1] - days[0] == timedelta(days=1)
    # The planned InMail and the follow-up that is due.
    assert shown.today == 2
    assert marked == ["Bo Attrapp"]
    assert list(check(store, now)) == []


def test_texts_have_results(told: Callable[..., Store]) -> None:
    store = told()
    with store.read() as tx:
        owner = Owner.select().get(tx.database).id
        for account in accounts.list_accounts(tx, Actor(owner), NOW, None, 10):
            rows = {row.name: row for row in results.list_results(tx, Actor(owner), account.id, "text", NOW)}
            assert rows["First contact"].sent > MIN_SENT
            assert 0 < rows["First contact"].answered < rows["First contact"].sent
            assert rows["First contact"].rate is not None
