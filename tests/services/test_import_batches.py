"""An import is all or nothing, the same file adds nothing twice, and taking it back leaves everything as it was."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkeeper.errors import Problem
from inkeeper.rules.facts import Sent
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.imports import batches
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Reading, Wishes
from inkeeper.services.ledger import accounts, inmails, summary
from inkeeper.services.ledger import journal as ledger
from inkeeper.services.takeout.integrity import check
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import Import, Inmail, Owner
from inkeeper.wording.reasons import english
from tests.files import table
from tests.rows import add_row

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OPENED = datetime(2026, 8, 10, 14, 30, tzinfo=UTC)
WISHES = Wishes(accept_discrepancy=True, open_earlier=True)
HEADING = ("name", "profile_url", "sent_at", "cost", "outcome", "outcome_at")


class Life:
    """One account, and what one does with it at the instant `now`."""

    def __init__(self, store: Store, **terms: Any) -> None:
        self.store = store
        self.now = NOW
        wanted = {"name": "My seat", "plan": "premium_business", "time_zone": "America/Havana", "opened_at": OPENED}
        with store.begin_write(None) as tx:
            add_row(tx, Owner, id="me", name="me", created_at=OPENED)
            self.id = accounts.create_account(tx, Actor("me"), wanted | terms, NOW).account.id

    def log(self, name: str, link: str | None, at: datetime) -> None:
        wanted = {"recipient": {"name": name, "profile_url": link}, "sent_at": at, "source": "popup"}
        with self.store.begin_write(self.id) as tx:
            inmails.log_inmail(tx, Actor("me"), self.id, wanted | {"accept_discrepancy": True}, self.now)

    def read(self, content: bytes, wishes: Wishes = WISHES) -> Reading:
        return read_file(io.BytesIO(content), "mine.csv", Named(self.id, "My seat"), "UTC", wishes, self.now)

    def preview(self, content: bytes, wishes: Wishes = WISHES) -> batches.Preview:
        with self.store.read() as tx:
            return batches.preview(tx, Actor("me"), self.id, self.read(content, wishes), self.now, None, 1000)

    def bring(self, content: bytes, wishes: Wishes = WISHES) -> batches.Imported:
        confirm = self.preview(content, wishes).confirm or ""
        with self.store.begin_write(self.id) as tx:
            return batches.store_import(tx, Actor("me"), self.id, self.read(content, wishes), confirm, self.now)

    def take_back(self, import_id: str) -> batches.Imported:
        self.now += timedelta(minutes=1)
        with self.store.begin_write(self.id) as tx:
            return batches.take_back(tx, Actor("me"), self.id, import_id, self.now)

    def account(self) -> accounts.CurrentAccount:
        with self.store.read() as tx:
            return accounts.get_account(tx, Actor("me"), self.id, self.now)

    def told(self) -> tuple[Any, ...]:
        """All that a user sees, as of one instant."""
        with self.store.read() as tx:
            return (
                summary.summary(tx, owned_account(tx, Actor("me"), self.id), NOW + timedelta(days=1)).answer,
                [
                    entry
                    for entry in ledger.journal(
                        tx, Actor("me"), self.id, None, None, NOW + timedelta(days=1), 0, 10_000
                    )
                    if entry.rule != "retract"
                ],
                inmails.list_inmails(tx, Actor("me"), self.id, {}, None, 1000, NOW),
            )

    def assert_sound(self) -> None:
        assert list(check(self.store, self.now)) == []


@contextmanager
def life(**terms: Any) -> Iterator[Life]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_database(f"sqlite:///{folder}/inkeeper.sqlite3")
        yield Life(store, **terms)
        store.checkpoint_and_close()


@pytest.fixture
def mine(store: Store) -> Life:
    return Life(store)


def csv_of(*rows: tuple[Any, ...]) -> bytes:
    return table(HEADING, [[*row, *[""] * (len(HEADING) - len(row))] for row in rows])


LINKS = {
    "Robin Sample": ["", "https://www.linkedin.com/in/robin-sample", "https://www.linkedin.com/sales/lead/R0b1n"],
    "robin sample": ["", "https://www.linkedin.com/in/another-robin"],
    "Mika Placeholder": ["", "https://www.linkedin.com/in/mika-placeholder"],
}
PEOPLE = [(name, link) for name, links in LINKS.items() for link in links]
INSTANTS = (
    st.integers(-400, 100)
    .map(lambda days: OPENED + timedelta(days=days))
    .flatmap(
        lambda at: st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(hours=23)]).map(
            lambda later: at + later
        )
    )
)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A file of InMails to a few people, some answered, some twice, in no order."""
    rows = []
    for name, link in draw(st.lists(st.sampled_from(PEOPLE), max_size=8)):
        at = draw(INSTANTS)
        outcome = draw(st.sampled_from(["", "replied", "declined", "no_response"]))
        after = draw(st.integers(0, 100))
        outcome_at = min(at + timedelta(days=after), NOW).isoformat() if outcome else ""
        rows.append((name, link, at.isoformat(), draw(st.sampled_from([1, 1, 0])), outcome, outcome_at))
    rows += draw(st.lists(st.sampled_from(rows), max_size=2)) if rows else []
    return csv_of(*rows)


LOGGED = st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 100), st.integers(0, 23)), max_size=5)
BOOKS = st.sampled_from(
    [{"rule_book": "month_end"}, {"rule_book": "rolling"}, {"rule_book": "rolling", "renewal_day": 31}]
)


def test_a_period_with_no_more_sends_without_a_credit_than_before_is_not_in_the_way(store: Store) -> None:
    """An answer in the file gives a credit back, which covers the last send; the one after that has none instead."""
    opened = datetime(2026, 11, 1, tzinfo=UTC)
    one = Life(store, rule_book="rolling", plan="premium_career", opened_at=opened, time_zone="UTC")
    for number in range(6):
        one.log(f"Person {number}", None, opened + timedelta(days=1 + number))
    answer = ("Person 0", "", "2026-11-02 00:00", 1, "replied", "2026-11-06 00:00")
    wishes = Wishes(accept_discrepancy=False)

    same = one.preview(csv_of(answer, ("New Person", "", "2026-11-08 00:00")), wishes)
    more = one.preview(csv_of(answer, *(("New Person", "", f"2026-11-{day} 00:00") for day in ("08", "10"))), wishes)

    assert (same.uncovered, same.in_the_way) == (0, [])
    assert (more.uncovered, [each.code for each in more.in_the_way]) == (1, ["insufficient_credits"])


@given(BOOKS, LOGGED, tables())
@settings(max_examples=40, deadline=None)
def test_twice_adds_nothing_and_back_is_as_before(terms: dict[str, Any], logged: list[Any], content: bytes) -> None:
    with life(**terms) as one:
        for (name, link), days, hours in logged:
            one.log(name, link or None, OPENED + timedelta(days=days, hours=hours))
        before = one.told()
        shown = one.preview(content)

        done = one.bring(content)

        one.assert_sound()
        batch = done.batch
        assert done.balance == shown.balance_then
        if batch is None:
            assert shown.confirm is None
            assert one.told() == before
            return
        assert (batch.inmails, batch.answers) == (shown.adds.inmails, shown.adds.answers)
        after = one.told()
        again = one.preview(content)
        assert again.confirm is None
        assert again.adds == batches.Adds(inmails=0, free=0, answers=0, first=None, last=None)
        assert one.bring(content) == batches.Imported(None, done.balance)
        assert one.told() == after

        one.take_back(batch.id)

        one.assert_sound()
        assert one.told() == before
        assert one.bring(content).batch.inmails == batch.inmails
        assert one.told()[0].balance == after[0].balance
        one.assert_sound()


def test_one_retraction_for_each_inmail(mine: Life) -> None:
    content = csv_of(*((f"Robin Sample {number}", "", "2026-11-05", 1, "replied", "2026-11-06") for number in range(3)))
    batch = mine.bring(content).batch
    with mine.store.read() as tx:
        before = len(stored_facts.facts_of(tx, mine.id))

    mine.take_back(batch.id)

    with mine.store.read() as tx:
        assert len(stored_facts.facts_of(tx, mine.id)) == before + 3


def test_nothing_is_stored_if_anything_fails(mine: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    before = mine.told()

    def fail(*_: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(batches, "_list_inmails", fail)
    with pytest.raises(RuntimeError):
        mine.bring(csv_of(("Robin Sample", "", "2026-11-05")))

    assert mine.told() == before
    with mine.store.read() as tx:
        assert Import.select().count(tx.database) == 0
        assert not [fact for fact in stored_facts.facts_of(tx, mine.id) if isinstance(fact, Sent)]


def test_an_answer_to_an_inmail_that_is_there_already_is_added_and_taken_back(mine: Life) -> None:
    mine.log("Robin Sample", None, datetime(2026, 11, 5, 10, tzinfo=UTC))
    content = csv_of(("Robin Sample", "", "2026-11-05 09:00", 1, "replied", "2026-11-07 09:00"))

    shown = mine.preview(content)
    batch = mine.bring(content).batch

    assert [(item.action, english(item.why)) for item in shown.items] == [
        ("answer", "logged by the popup at 2026-11-05T10:00:00Z, to the same name")
    ]
    assert (batch.inmails, batch.answers) == (0, 1)
    with mine.store.read() as tx:
        (row,) = Inmail.select().execute(tx.database)
        assert (row.outcome, row.outcome_at, row.answered_at) == (
            "replied",
            *[datetime(2026, 11, 7, 9, tzinfo=UTC)] * 2,
        )
    mine.take_back(batch.id)
    with mine.store.read() as tx:
        (row,) = Inmail.select().execute(tx.database)
        assert (row.outcome, row.outcome_at, row.answered_at) == ("pending", None, None)
    mine.assert_sound()


def test_what_the_user_has_noted_since_stands(mine: Life) -> None:
    mine.log("Robin Sample", None, datetime(2026, 11, 5, 10, tzinfo=UTC))
    content = csv_of(("Robin Sample", "", "2026-11-05 09:00", 1, "replied", "2026-11-07 09:00"))
    batch = mine.bring(content).batch
    with mine.store.begin_write(mine.id) as tx:
        (row,) = Inmail.select().execute(tx.database)
        inmails.update_inmail(tx, Actor("me"), mine.id, row.id, {"outcome": "declined"}, mine.now)

    mine.take_back(batch.id)

    with mine.store.read() as tx:
        (row,) = Inmail.select().execute(tx.database)
        assert (row.outcome, row.outcome_at) == ("declined", NOW)
    mine.assert_sound()


def test_two_imports_that_both_date_the_opening_back(mine: Life) -> None:
    first = mine.bring(csv_of(("Robin Sample", "", "2026-03-05"))).batch
    second = mine.bring(csv_of(("Mika Placeholder", "", "2025-03-05"))).batch
    assert mine.account().opened_at == datetime(2025, 3, 1, 5, tzinfo=UTC)

    mine.take_back(first.id)
    assert mine.account().opened_at == datetime(2025, 3, 1, 5, tzinfo=UTC)
    mine.take_back(second.id)

    assert mine.account().opened_at == datetime(2026, 3, 1, 5, tzinfo=UTC)
    mine.assert_sound()


def test_terms_that_were_corrected_hold_however_the_opening_is_dated(store: Store) -> None:
    mine = Life(store, rule_book="rolling")
    with store.begin_write(mine.id) as tx:
        accounts.update_account(
            tx, Actor("me"), mine.id, {"allotment": 7, "renewal_day": 20}, OPENED + timedelta(hours=1)
        )
    before = mine.told()

    batch = mine.bring(csv_of(("Robin Sample", "", "2026-05-25"))).batch

    assert mine.account().opened_at == datetime(2026, 5, 20, 4, tzinfo=UTC)
    assert (mine.account().allotment, mine.account().renewal_day) == (7, 20)
    mine.take_back(batch.id)
    assert mine.told() == before


def test_terms_that_are_corrected_after_an_import_stay_when_it_goes(mine: Life) -> None:
    batch = mine.bring(csv_of(("Robin Sample", "", "2026-03-05"))).batch
    with mine.store.begin_write(mine.id) as tx:
        accounts.update_account(tx, Actor("me"), mine.id, {"rule_book": "rolling", "renewal_day": 3}, mine.now)

    mine.take_back(batch.id)

    account = mine.account()
    assert (account.opened_at, account.rule_book, account.renewal_day) == (OPENED, "rolling", 3)
    mine.assert_sound()


def test_renewals_stay_on_their_days_when_the_opening_is_dated_back(store: Store) -> None:
    mine = Life(store, rule_book="rolling")

    mine.bring(csv_of(("Robin Sample", "", "2026-05-25")))

    # It opened on the 10th.
    assert mine.account().opened_at == datetime(2026, 5, 10, 4, tzinfo=UTC)
    assert mine.told()[0].next_renewal.at == datetime(2026, 12, 10, 5, tzinfo=UTC)


def test_a_renewal_on_the_31st_stays_there_though_february_has_none(store: Store) -> None:
    mine = Life(store, rule_book="rolling", opened_at=datetime(2026, 8, 31, 14, 30, tzinfo=UTC))

    mine.bring(csv_of(("Robin Sample", "", "2026-03-05")))

    assert mine.account().opened_at == datetime(2026, 2, 28, 5, tzinfo=UTC)
    grants = [entry.at for entry in mine.told()[1] if entry.kind == "grant"]
    assert grants[:3] == [
        datetime(2026, 2, 28, 5, tzinfo=UTC),
        datetime(2026, 3, 31, 4, tzinfo=UTC),
        datetime(2026, 4, 30, 4, tzinfo=UTC),
    ]


def test_an_inmail_of_long_ago_without_a_wish_is_left_out(mine: Life) -> None:
    shown = mine.preview(csv_of(("Robin Sample", "", "2026-03-05")), Wishes())

    assert (shown.before_opening, shown.confirm) == (1, None)
    assert english(shown.items[0].why) == "the account opened at 2026-08-10T14:30:00Z"


def test_too_few_credits_are_said_before_anything_is_stored(mine: Life) -> None:
    content = csv_of(*((f"Robin Sample {number}", "", "2026-11-05") for number in range(20)))

    reading, confirm = mine.read(content, Wishes()), mine.preview(content).confirm
    with mine.store.begin_write(mine.id) as tx, pytest.raises(Problem) as caught:
        batches.store_import(tx, Actor("me"), mine.id, reading, confirm, mine.now)

    assert (caught.value.code, caught.value.extra["needed"]) == ("insufficient_credits", 5)
