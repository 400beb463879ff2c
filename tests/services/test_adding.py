"""Many people put on the list at once: what becomes of each, all or nothing, and in time."""

from __future__ import annotations

import time
import timeit
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inkeeper.errors import Problem
from inkeeper.rules.people import Person, parse_link
from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts, inmails
from inkeeper.services.people import adding, bulk, persons, targets
from inkeeper.services.people.adding import Counts, Plan
from inkeeper.services.people.targets import ListFilter
from inkeeper.storage import persons as stored
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner
from inkeeper.storage.transaction import Transaction
from tests.rows import add_row

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OPENED = {
    "name": "My seat",
    "plan": "sales_navigator",
    "rule_book": "month_end",
    "time_zone": "UTC",
    "opened_at": datetime(2026, 11, 1, tzinfo=UTC),
}


class List:
    """One owner's list, and what one does with it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.owner = "me"
        with store.begin_write(None) as tx:
            add_row(tx, Owner, id=self.owner, name="me", created_at=NOW)
            self.account = str(accounts.create_account(tx, Actor(self.owner), OPENED, NOW).account.id)

    def plan(self, text: str, **how: Any) -> Plan:
        with self.store.read() as tx:
            return adding.make_plan(tx, Actor(self.owner), adding.read_lines(text), NOW, **how)

    def add(self, text: str, **how: Any) -> int:
        plan = self.plan(text, **how)
        with self.store.begin_write(None) as tx:
            return adding.store(tx, Actor(self.owner), plan, plan.mark(), NOW)

    def log(self, name: str, link: str | None = None, sent_at: datetime = NOW) -> None:
        recipient = {"name": name, **({"profile_url": link} if link else {})}
        wanted = {"recipient": recipient, "source": "api", "cost": 0, "sent_at": sent_at}
        with self.store.begin_write(self.account) as tx:
            inmails.log_inmail(tx, Actor(self.owner), self.account, wanted, NOW)

    def views(self) -> list[targets.View]:
        with self.store.read() as tx:
            return self.views_in(tx)

    def views_in(self, tx: Transaction) -> list[targets.View]:
        return targets.search(tx, Actor(self.owner), ListFilter(), None, 100_000, NOW)

    def names(self) -> list[str]:
        return [view.person.name for view in self.views()]


@pytest.fixture
def people(store: Store) -> List:
    return List(store)


def actions(plan: Plan) -> dict[int, str]:
    """What becomes of each line."""
    return {row.entry.line: row.action for row in plan.rows}


def test_all_are_added_in_the_order_of_their_lines(people: List) -> None:
    assert people.add("Kai Example, Example GmbH\nlinkedin.com/in/robin-sample\n\nليلى مثال\n山田 太郎") == 4

    assert people.names() == ["Kai Example", "Robin Sample", "ليلى مثال", "山田 太郎"]
    first = people.views()[0]
    assert (first.state, first.person.company) == ("ready", "Example GmbH")


def test_added_at_once_or_one_by_one_is_the_same(people: List) -> None:
    people.add("Kai Example, linkedin.com/in/kai-example")
    with people.store.begin_write(None) as tx:
        targets.add(tx, Actor(people.owner), {"person": {"name": "Mika Muster"}}, NOW)

    one, other = (view.target._asdict() for view in people.views())

    same = set(one) - {"id", "person_id", "place"}
    assert {name: one[name] for name in same} == {name: other[name] for name in same}
    assert (one["place"], other["place"]) == (1, 2)


def test_what_becomes_of_each_line(people: List) -> None:
    people.add("Kai Example, linkedin.com/in/kai-example\nNoor Dummy")
    with people.store.begin_write(None) as tx:
        bulk.act(tx, Actor(people.owner), people.views_in(tx)[1:], "mark", NOW)
    people.log("Mika Muster", sent_at=NOW - timedelta(days=20))
    people.log("Long Ago", sent_at=NOW - timedelta(days=22))

    plan = people.plan(
        "K. Example, https://www.linkedin.com/in/Kai-Example/\nNoor Dummy\nMika Muster\nRobin Sample\nrobin  SAMPLE\nhttps://example.com"
    )

    assert actions(plan) == {1: "on_list", 2: "do_not_contact", 3: "add", 4: "add", 5: "twice"}
    assert [(each.line, each.reason) for each in plan.reading.unread] == [(6, "other_link")]
    assert plan.counts() == Counts(
        add=2,
        written=1,
        on_list=1,
        do_not_contact=1,
        twice=1,
        not_understood=1,
        over=0,
        cut=0,
    )
    assert [row.first_line for row in plan.rows if row.action == "twice"] == [4]
    assert actions(people.plan("Mika Muster", leave_written=True)) == {1: "written"}


def test_same_names_with_other_links_are_other_people(people: List) -> None:
    text = "Kai Example\nKai Example, linkedin.com/in/kai-1\nKai Example, linkedin.com/in/kai-2"

    assert actions(people.plan(text)) == {1: "twice", 2: "add", 3: "add"}


def test_one_person_known_by_two_links(people: List) -> None:
    people.add("Kai Example, linkedin.com/in/kai")
    with people.store.begin_write(None) as tx:
        wanted = {"name": "Kai Example", "profile_url": "https://www.linkedin.com/sales/lead/ACwAAB"}
        persons.find_or_add(tx, Actor(people.owner), wanted, NOW)
        bulk.act(tx, Actor(people.owner), people.views_in(tx), "drop", NOW)

    plan = people.plan("K, linkedin.com/in/kai\nExample, https://www.linkedin.com/sales/lead/ACwAAB")

    assert actions(plan) == {1: "add", 2: "twice"}


def test_somebody_known_comes_back_with_what_is_new(people: List) -> None:
    people.add("Kai Example, linkedin.com/in/kai")
    with people.store.begin_write(None) as tx:
        bulk.act(tx, Actor(people.owner), people.views_in(tx), "drop", NOW)

    people.add("Kai Example, Example GmbH, linkedin.com/in/kai")

    assert [view.state for view in people.views()] == ["dropped", "ready"]
    assert {view.person.id for view in people.views()} == {people.views()[0].person.id}
    assert people.views()[1].person.company == "Example GmbH"


def test_somebody_who_waits_is_on_the_list_only_with_a_step_to_come(people: List) -> None:
    people.add("Kai Example")
    people.log("Kai Example")

    assert actions(people.plan("Kai Example")) == {1: "add"}


def test_all_or_nothing(people: List) -> None:
    plan = people.plan("Kai Example\nRobin Sample")
    people.add("Robin Sample")

    def store_it() -> None:
        with people.store.begin_write(None) as tx:
            adding.store(
                tx, Actor(people.owner), adding.make_plan(tx, Actor(people.owner), plan.reading, NOW), plan.mark(), NOW
            )

    with pytest.raises(Problem) as caught:
        store_it()

    assert caught.value.code == "preview_outdated"
    assert people.names() == ["Robin Sample"]


def test_a_mark_stands_for_one_text_read_in_one_way(people: List) -> None:
    people.log("Kai Example")
    marks = {
        people.plan("Kai Example").mark(),
        people.plan("Kai Example\n").mark(),
        people.plan("Kai Example", leave_written=True).mark(),
        people.plan("Kai Muster").mark(),
    }

    assert len(marks) == 4
    assert people.plan("Kai Example").mark() in marks


def test_long_names_are_cut_and_counted(people: List) -> None:
    assert people.plan("x" * 500).counts().cut == 1
    people.add("x" * 500)
    assert people.names() == ["x" * 200]


def test_a_heading_is_no_person(people: List) -> None:
    assert people.plan("Name\tLink\nKai Example\tlinkedin.com/in/kai").counts().add == 1


def test_the_summary_follows(people: List) -> None:
    with people.store.read() as tx:
        assert targets.for_summary(tx, Actor(people.owner), people.account, "UTC", NOW).names == 0
    people.add("Kai Example\nRobin Sample")
    with people.store.read() as tx:
        found = targets.for_summary(tx, Actor(people.owner), people.account, "UTC", NOW)
    assert (found.names, [each.person.name for each in found.next]) == (2, ["Kai Example", "Robin Sample"])


def test_the_summary_follows_what_becomes_known_of_a_person(people: List) -> None:
    people.add("Kai Example")

    def known() -> tuple[str | None, tuple[str, ...]]:
        with people.store.read() as tx:
            person = targets.for_summary(tx, Actor(people.owner), people.account, "UTC", NOW).next[0].person
        return person.company, person.links

    assert known() == (None, ())
    wanted = {"name": "Kai Example", "company": "Example GmbH", "profile_url": "linkedin.com/in/kai"}
    with people.store.begin_write(None) as tx:
        persons.find_or_add(tx, Actor(people.owner), wanted, NOW)
    assert known() == ("Example GmbH", ("https://www.linkedin.com/in/kai",))


def test_a_write_that_fails_leaves_no_trace_in_the_summary(people: List) -> None:
    people.add("Kai Example")

    def names_in(tx: Transaction) -> int:
        return targets.for_summary(tx, Actor(people.owner), people.account, "UTC", NOW).names

    def names() -> int:
        with people.store.read() as tx:
            return names_in(tx)

    assert names() == 1

    def fail() -> None:
        with people.store.begin_write(None) as tx:
            targets.add(tx, Actor(people.owner), {"person": {"name": "Robin Sample"}}, NOW)
            assert names_in(tx) == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names() == 1
    people.add("Mika Muster")
    assert names() == 2


def test_finding_in_memory_agrees_with_finding_in_the_database(people: List) -> None:
    links = [
        "linkedin.com/in/kai",
        "https://www.linkedin.com/sales/lead/ACwAAb",
        "https://www.linkedin.com/in/ACoAAABCDEFGHIJKLMNOPQRSTUVWXYZabc",
    ]
    people.add(
        "\n".join(
            [f"Kai {number}, {link}" for number, link in enumerate(links)] + ["Kai", "KAI 9", "linkedin.com/in/kai-3"]
        )
    )
    wanted = [
        Person(name, parse_link(link) if link else None)
        for name in ("Kai", "kai 9", "Kai 1", "Kai 3", "LinkedIn Member", "Nobody")
        for link in (None, *links, *(each.lower() for each in links), "linkedin.com/in/other")
    ]

    with people.store.read() as tx:
        index = stored.Index(stored.get_every(tx, people.owner))
        for person in wanted:
            assert index.find(person) == stored.find(tx, people.owner, person), person


@pytest.mark.parametrize("line", ["Kai Example, linkedin.com/in/kai-{}", "Kai {}", "Kai Example"])
def test_time_grows_with_the_lines_and_no_faster(people: List, line: str) -> None:
    def took(lines: int) -> float:
        text = "\n".join(line.format(number) for number in range(lines))
        return min(timeit.repeat(lambda: people.plan(text), timer=time.process_time, number=1, repeat=3))

    assert took(16_000) < 20 * took(2_000)
