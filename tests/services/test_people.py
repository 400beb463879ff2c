"""InMails are looked up by the person they went to, from one account or all of an owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inkeeper.rules.people import Person, parse_link
from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts, inmails
from inkeeper.services.people.sent import SentTo, last_inmail_in_account, last_inmail_of_owner
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner
from tests.rows import add_row

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OPENED = NOW - timedelta(days=200)
IN = "https://www.linkedin.com/in/"
LEAD = "https://www.linkedin.com/sales/lead/"
MEMBER = f"{IN}ACoAAB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX"


class Accounts:
    """Two accounts of one owner, and one of another."""

    def __init__(self, store: Store) -> None:
        self.store = store
        wanted = {"name": "A seat", "plan": "sales_navigator", "time_zone": "UTC", "opened_at": OPENED}
        with store.begin_write(None) as tx:
            for owner in ("me", "other"):
                add_row(tx, Owner, id=owner, name=owner, created_at=OPENED)
            made = [accounts.create_account(tx, Actor(owner), wanted, NOW) for owner in ("me", "me", "other")]
            self.ids = [opened.account.id for opened in made]

    def log(self, number: int, name: str, url: str | None, days_ago: int) -> str:
        recipient = {"name": name, "profile_url": url}
        wanted = {"recipient": recipient, "sent_at": NOW - timedelta(days=days_ago), "source": "popup", "cost": 0}
        with self.store.begin_write(self.ids[number]) as tx:
            logged = inmails.log_inmail(tx, Actor("other" if number == 2 else "me"), self.ids[number], wanted, NOW)
        return logged.inmail.id

    def last(self, name: str, url: str | None = None, **span: datetime) -> SentTo | None:
        with self.store.read() as tx:
            return last_inmail_of_owner(tx, Actor("me"), Person(name, parse_link(url) if url else None), **span)

    def last_of_first(self, name: str, url: str | None = None) -> SentTo | None:
        with self.store.read() as tx:
            return last_inmail_in_account(tx, self.ids[0], Person(name, parse_link(url) if url else None))


@pytest.fixture
def some(store: Store) -> Accounts:
    return Accounts(store)


def test_the_latest_of_all_accounts_of_the_owner_is_found(some: Accounts) -> None:
    some.log(0, "Noa Case", f"{IN}noa", 100)
    first = some.log(0, "Noa Case", f"{LEAD}AC1", 50)
    second = some.log(1, "N. Case", f"{LEAD}AC1", 20)
    some.log(2, "Noa Case", f"{IN}noa", 1)

    assert some.last("Noa Case", f"{LEAD}AC1,NAME_SEARCH,x") == SentTo(second, some.ids[1], NOW - timedelta(days=20))
    assert some.last_of_first("Noa Case", f"{LEAD}AC1") == SentTo(first, some.ids[0], NOW - timedelta(days=50))


def test_only_those_between_the_instants_are_found(some: Accounts) -> None:
    inmail_id = some.log(0, "Noa Case", None, 50)
    some.log(0, "Noa Case", None, 10)

    found = some.last("noa  case", after=NOW - timedelta(days=51), before=NOW - timedelta(days=49))

    assert found is not None
    assert found.id == inmail_id
    assert some.last("Noa Case", before=NOW - timedelta(days=50)) is None
    assert some.last("Noa Case", after=NOW - timedelta(days=10)) is None


def test_a_later_namesake_does_not_hide_the_person(some: Accounts) -> None:
    noa = some.log(0, "Noa Case", MEMBER, 50)
    some.log(0, "Noa Case", MEMBER.replace("X", "x"), 10)
    some.log(0, "Noa Case", MEMBER.replace("V", "v"), 5)

    for url in (MEMBER, f"{MEMBER}/en"):
        found = some.last("Noa Case", url)
        assert found is not None
        assert found.id == noa


def test_what_was_taken_back_does_not_count(some: Accounts) -> None:
    inmail_id = some.log(0, "Noa Case", f"{IN}noa", 5)
    with some.store.begin_write(some.ids[0]) as tx:
        inmails.retract_inmail(tx, Actor("me"), some.ids[0], inmail_id, NOW)

    assert some.last("Noa Case", f"{IN}noa") is None


@pytest.mark.parametrize("name", ["LinkedIn Member", "(erased)", "\u200b"])
def test_without_a_link_nobody_is_found_by_a_name_that_is_none(some: Accounts, name: str) -> None:
    some.log(0, "LinkedIn Member", None, 5)
    some.log(0, "(erased)", None, 5)
    linked = some.log(0, "LinkedIn Member", f"{LEAD}AC1", 6)

    assert some.last(name) is None
    found = some.last(name, f"{LEAD}AC1")
    assert found is not None
    assert found.id == linked


@pytest.mark.sqlite
@pytest.mark.parametrize("url", [f"{IN}noa", f"{LEAD}AC1", None])
def test_a_look_up_is_one_statement_that_reads_indices_alone(some: Accounts, url: str | None) -> None:
    person = Person("Noa Case", parse_link(url) if url else None)
    statements: list[str] = []
    with some.store.read() as tx:
        tx.connection.set_trace_callback(statements.append)
        last_inmail_in_account(tx, some.ids[0], person)
        last_inmail_of_owner(tx, Actor("me"), person)
        tx.connection.set_trace_callback(None)
        plans = [tx.execute(f"EXPLAIN QUERY PLAN {each}").fetchall() for each in statements]

    assert len(plans) == 2
    steps = [step for plan in plans for *_, step in plan]
    assert not [step for step in steps if step.startswith("SCAN")]
    assert all("_key=?" in step for step in steps if "SEARCH inmail" in step)
