"""A history with edits equals the history in which each InMail was sent as last edited; imports know edited InMails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from dataclasses import replace as with_other
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkeeper.errors import Problem
from inkeeper.rules.facts import Fact, OutcomeRecorded, Retracted, Sent
from inkeeper.rules.journal import uncovered_sends
from inkeeper.rules.replay import replay
from inkeeper.rules.state import State, dump_state
from inkeeper.services.access import Actor
from inkeeper.services.imports.plan import Step
from inkeeper.services.ledger import accounts, inmails, observations, plan_changes
from inkeeper.services.takeout.export import write_export
from inkeeper.services.takeout.integrity import check
from inkeeper.services.takeout.restore import read_export
from inkeeper.storage import balances
from inkeeper.storage import facts as stored_facts
from inkeeper.storage.database import Store, open_database
from inkeeper.wording.reasons import english
from tests.rules.naive import naive
from tests.services.test_export import in_table, members, put_together, rows
from tests.services.test_import_batches import NOW, OPENED, Life, csv_of, life

HOUR = timedelta(hours=1)
SPAN_HOURS = (NOW - OPENED) // HOUR


def edit(one: Life, inmail_id: str, **changes: Any) -> str:
    """Edits an InMail, whatever the ledger lacks; the id of the one that is there then."""
    with one.store.begin_write(one.id) as tx:
        answer = inmails.update_inmail(
            tx, Actor("me"), one.id, inmail_id, {"accept_discrepancy": True} | changes, one.now
        )
    return answer.inmail.id


def listed(one: Life) -> list[inmails.CurrentInmail]:
    with one.store.read() as tx:
        return inmails.list_inmails(tx, Actor("me"), one.id, {}, None, 1000, one.now)


@pytest.fixture
def mine(store: Store) -> Life:
    return Life(store)


# Random histories with random edits


@dataclass
class Kept:
    """What an InMail was in the end, by one who wrote each change over the last."""

    id: str
    sent_at: datetime
    cost: int
    outcomes: list[tuple[datetime, str]] = field(default_factory=list)
    is_gone: bool = False


class Twin:
    """The same account kept twice: in Inkeeper, and as a plain list of what each InMail was in the end."""

    def __init__(self, one: Life) -> None:
        self.one = one
        self.kept: list[Kept] = []

    def log(self, sent_at: datetime, cost: int) -> None:
        wanted = {"recipient": {"name": "Kai Example"}, "sent_at": sent_at, "cost": cost, "source": "popup"}
        with self.one.store.begin_write(self.one.id) as tx:
            logged = inmails.log_inmail(
                tx, Actor("me"), self.one.id, wanted | {"accept_discrepancy": True}, self.one.now
            )
        self.kept.append(Kept(logged.inmail.id, sent_at, cost))

    def edit(self, number: int, changes: dict[str, Any]) -> None:
        each = self.chosen(number)
        if each is None:
            return
        sent_at = changes.get("sent_at", each.sent_at)
        if any(at < sent_at for at, _ in each.outcomes):
            with pytest.raises(Problem) as refused:
                edit(self.one, each.id, **changes)
            assert refused.value.status == 422
            return
        each.id = edit(self.one, each.id, **changes)
        each.sent_at, each.cost = sent_at, changes.get("cost", each.cost)
        # At one instant InMails are in the order of their storing.
        self.kept.sort(key=lambda kept: kept.id)

    def note(self, number: int, outcome: str, after_hours: int) -> None:
        each = self.chosen(number)
        if each is None:
            return
        at = min(each.sent_at + after_hours * HOUR, self.one.now)
        edit(self.one, each.id, outcome=outcome, **({} if outcome == "pending" else {"outcome_at": at}))
        if outcome in ("pending", "no_response"):
            each.outcomes.clear()
        if outcome != "pending":
            each.outcomes.append((at, outcome))

    def take_back(self, number: int) -> None:
        each = self.chosen(number)
        if each is not None:
            each.is_gone = True
            with self.one.store.begin_write(self.one.id) as tx:
                inmails.retract_inmail(tx, Actor("me"), self.one.id, each.id, self.one.now)

    def observe(self, at: datetime, balance: int) -> None:
        wanted = {"balance": balance, "observed_at": at, "source": "person"}
        with self.one.store.begin_write(self.one.id) as tx:
            observations.observe(tx, Actor("me"), self.one.id, wanted, self.one.now)

    def change_plan(self, at: datetime, plan: str) -> None:
        with self.one.store.begin_write(self.one.id) as tx, suppress(Problem):
            plan_changes.change_plan(tx, Actor("me"), self.one.id, {"plan": plan, "at": at}, self.one.now)

    def chosen(self, number: int) -> Kept | None:
        there = [each for each in self.kept if not each.is_gone]
        return there[number % len(there)] if there else None

    def as_last_edited(self) -> list[Fact]:
        """The facts of an account in which nothing was ever edited or taken back."""
        with self.one.store.read() as tx:
            told = stored_facts.facts_of(tx, self.one.id)
        others = [fact for fact in told if not isinstance(fact, Sent | OutcomeRecorded | Retracted)]
        facts: list[Fact] = [with_other(fact, id=f"a{number:03}") for number, fact in enumerate(others)]
        for number, each in enumerate(each for each in self.kept if not each.is_gone):
            facts.append(Sent(f"b{number:03}", each.sent_at, each.cost))
            for order, (at, outcome) in enumerate(each.outcomes):
                facts.append(OutcomeRecorded(f"c{number:03}{order}", at, f"b{number:03}", outcome))  # type: ignore[arg-type]
        return facts


OUTCOMES = st.sampled_from(["accepted", "replied", "no_response", "pending"])
AT = st.integers(0, SPAN_HOURS).map(lambda hours: OPENED + hours * HOUR)
NUMBER = st.integers(0, 30)
EDITS = st.fixed_dictionaries({}, optional={"sent_at": AT, "cost": st.sampled_from([1, 1, 0])})
DOINGS = st.one_of(
    st.tuples(st.just("log"), AT, st.sampled_from([1, 1, 1, 0])),
    st.tuples(st.just("log"), AT, st.just(1)),
    st.tuples(st.just("edit"), NUMBER, EDITS),
    st.tuples(st.just("edit"), NUMBER, EDITS),
    st.tuples(st.just("note"), NUMBER, OUTCOMES, st.integers(0, 2400)),
    st.tuples(st.just("take_back"), NUMBER),
    st.tuples(st.just("observe"), AT, st.integers(0, 9)),
    st.tuples(st.just("change_plan"), AT, st.sampled_from(["premium_career", "premium_business", "sales_navigator"])),
)
TERMS = st.sampled_from(
    [
        {"rule_book": "month_end", "plan": "premium_career"},
        {"rule_book": "rolling", "plan": "premium_career"},
        {"rule_book": "rolling", "plan": "premium_business", "renewal_day": 31},
    ]
)


def comparable(state: State) -> dict[str, Any]:
    """The state without the ids of facts."""
    dumped = dump_state(state)
    return dumped | {"position": None, "open_sends": sorted(sent[1:] for sent in dumped["open_sends"])}


@given(TERMS, st.lists(DOINGS, max_size=25))
@settings(max_examples=60, deadline=None)
def test_edits_leave_the_account_as_if_all_had_been_sent_so(terms: dict[str, Any], doings: list[Any]) -> None:
    with life(**terms) as one:
        twin = Twin(one)
        for name, *details in doings:
            one.now += HOUR
            getattr(twin, name)(*details)
        one.assert_sound()

        facts = twin.as_last_edited()
        with one.store.begin_write(None) as tx:
            fresh = accounts.create_account(
                tx, Actor("me"), {"name": "Fresh", "time_zone": "America/Havana"} | terms, one.now
            ).account.id
            balances.record(
                tx, fresh, [Retracted("a", one.now, stored_facts.facts_of(tx, fresh)[0].id), *facts], one.now
            )
        with one.store.read() as tx:
            state, judge = balances.state_at(tx, one.id, one.now)[0], naive(facts, one.now)
            assert state.balance == judge.balance()
            assert [(lot.granted_at, lot.expires_at, lot.left) for lot in state.lots if lot.left] == judge.lots()
            assert {kind: credits for kind, credits in asdict(state.totals).items() if credits} == {
                kind: credits for kind, credits in judge.counts.items() if credits
            }
            assert comparable(state) == comparable(balances.state_at(tx, fresh, one.now)[0])
            told = [balances.period_sheets(tx, account_id, OPENED, one.now) for account_id in (one.id, fresh)]
            assert (told[0].closed, told[0].present) == (told[1].closed, told[1].present)
        there = sorted(((each.sent_at, each.id) for each in twin.kept if not each.is_gone), reverse=True)
        assert [(each.sent_at, each.id) for each in listed(one)] == there


def uncovered_by_period(one: Life) -> Counter[datetime]:
    """The sends without a credit, by the period that they fall into."""
    with one.store.read() as tx:
        facts = stored_facts.facts_of(tx, one.id)
    sends = uncovered_sends(replay(facts, one.now).journal)
    return Counter(replay(facts, entry.at).state.period_start for entry in sends)


@given(TERMS, st.lists(DOINGS, min_size=8, max_size=25), NUMBER, EDITS)
@settings(max_examples=60, deadline=None)
def test_an_edit_is_refused_where_a_period_would_have_more_sends_without_a_credit(
    terms: dict[str, Any], doings: list[Any], number: int, changes: dict[str, Any]
) -> None:
    with life(**terms) as one:
        twin = Twin(one)
        for name, *details in doings:
            one.now += HOUR
            getattr(twin, name)(*details)
        chosen = twin.chosen(number)
        if chosen is None or any(at < changes.get("sent_at", at) for at, _ in chosen.outcomes):
            return
        before, seen = uncovered_by_period(one), one.told()

        refusal = None
        try:
            edit(one, chosen.id, accept_discrepancy=False, **changes)
        except Problem as problem:
            refusal = problem
            assert one.told() == seen
            edit(one, chosen.id, **changes)

        more = (uncovered_by_period(one) - before).total()
        assert (refusal and (refusal.code, refusal.extra["needed"])) == (
            ("insufficient_credits", more) if more else None
        )


# Imports


def match_of(step: Step) -> tuple[str, str | None]:
    """What would be done with an InMail of a file, and the InMail that it is taken for."""
    return step.action, step.known and step.known.id


def bring_one(one: Life, *more: tuple[Any, ...]) -> tuple[bytes, str, str]:
    """Imports a file: its content, the import's id, and the id of the InMail to Robin Sample."""
    content = csv_of(("Robin Sample", "", "2026-11-05 09:00", 1, "replied", "2026-11-20 09:00"), *more)
    batch = one.bring(content).batch
    (inmail_id,) = [each.id for each in listed(one) if each.recipient.name == "Robin Sample"]
    return content, batch.id, inmail_id


EDITED = [
    {"sent_at": NOW - timedelta(days=12)},
    {"sent_at": NOW - timedelta(days=90)},
    {"cost": 0},
    {"recipient": {"name": "Robyn Sampler", "profile_url": "https://www.linkedin.com/in/robyn"}},
    {"recipient": {"name": "Robyn Sampler"}, "sent_at": NOW - timedelta(days=60), "cost": 0},
]


@pytest.mark.parametrize("changes", EDITED)
def test_the_same_file_finds_an_edited_inmail_there_already(mine: Life, changes: dict[str, Any]) -> None:
    content, _, inmail_id = bring_one(mine, ("Mika Placeholder", "", "2026-11-05 09:00"))
    last = edit(mine, inmail_id, **changes)
    before = mine.told()

    shown = mine.preview(content)

    assert [match_of(item) for item in shown.items if item.found.line == 2] == [("already_there", last)]
    assert (shown.adds.inmails, shown.confirm) == (0, None)
    assert mine.bring(content).batch is None
    assert mine.told() == before


def test_why_it_is_there_already_is_true_of_an_edited_one(mine: Life) -> None:
    content, _, inmail_id = bring_one(mine)
    moved = edit(mine, inmail_id, sent_at=NOW - timedelta(days=12))
    assert english(mine.preview(content).items[0].why) == (
        "logged by an earlier import at 2026-11-11T09:00:00Z, to the same name"
    )
    edit(mine, moved, recipient={"name": "Robyn Sampler"})
    assert english(mine.preview(content).items[0].why) == "logged by an earlier import, and edited since"


def test_edited_twice_it_is_known_by_each_day_it_had(mine: Life) -> None:
    _, _, inmail_id = bring_one(mine)
    for days in (40, 80):
        inmail_id = edit(mine, inmail_id, sent_at=NOW - timedelta(days=days))
        for day in ("2026-11-05 09:00", str(NOW - timedelta(days=days))[:16]):
            (item,) = mine.preview(csv_of(("Robin Sample", "", day))).items
            assert match_of(item) == ("already_there", inmail_id)


def test_one_that_was_clicked_and_edited_is_found_by_the_day_of_the_file(mine: Life) -> None:
    mine.log("Robin Sample", None, NOW - timedelta(days=9))
    (clicked,) = listed(mine)
    edited = edit(mine, clicked.id, sent_at=NOW - timedelta(days=15))
    for days in (9, 15):
        (item,) = mine.preview(csv_of(("Robin Sample", "", str(NOW - timedelta(days=days, hours=3))))).items
        assert match_of(item) == ("already_there", edited)


def test_one_that_was_clicked_is_known_by_the_recipient_it_had_first(mine: Life) -> None:
    mine.log("Robin Sample", None, NOW - timedelta(days=9))
    (clicked,) = listed(mine)
    edit(mine, clicked.id, recipient={"name": "Mika Placeholder"})
    at = (NOW - timedelta(days=9, hours=3)).isoformat()

    def found(*names: str) -> list[str]:
        return [item.action for item in mine.preview(csv_of(*((name, "", at) for name in names))).items]

    assert found("Robin Sample") == found("Mika Placeholder") == ["already_there"]
    # Both of them were written to, and Mika's is the one that is there.
    assert found("Robin Sample", "Mika Placeholder") == ["add", "already_there"]


@pytest.mark.parametrize("hours", [0, 3])
@pytest.mark.parametrize(("former", "now"), [(9, 15), (15, 9)])
def test_two_of_a_file_do_not_both_match_one_that_was_edited(mine: Life, former: int, now: int, hours: int) -> None:
    """The one of the day that it has now is the same InMail; the one of its former day is another."""
    mine.log("Robin Sample", None, NOW - timedelta(days=former))
    (clicked,) = listed(mine)
    edited = edit(mine, clicked.id, sent_at=NOW - timedelta(days=now))
    sent = [NOW - timedelta(days=days, hours=hours) for days in (former, now)]
    content = csv_of(*(("Robin Sample", "", at.isoformat()) for at in sent))

    items = {item.found.line: match_of(item) for item in mine.preview(content).items}

    assert items == {2: ("add", None), 3: ("already_there", edited)}


def test_news_of_a_file_go_to_the_edited_one(mine: Life) -> None:
    mine.log("Robin Sample", None, NOW - timedelta(days=9))
    (clicked,) = listed(mine)
    edited = edit(mine, clicked.id, sent_at=NOW - timedelta(days=5))
    content = csv_of(("Robin Sample", "", str(NOW - timedelta(days=9)), 1, "replied", str(NOW - timedelta(days=7))))

    batch = mine.bring(content).batch

    assert (batch.inmails, batch.answers) == (0, 1)
    (inmail,) = listed(mine)
    # An answer does not come before its InMail, which the user dated later than the file does.
    assert (inmail.id, inmail.outcome, inmail.outcome_at) == (edited, "replied", NOW - timedelta(days=5))
    moved = edit(mine, edited, sent_at=NOW - timedelta(days=6))
    mine.take_back(batch.id)
    (inmail,) = listed(mine)
    assert (inmail.id, inmail.outcome) == (moved, "pending"), "the answer goes with the import that it came with"
    mine.assert_sound()


@pytest.mark.parametrize("changes", EDITED)
def test_taking_the_import_back_takes_the_edited_one_back(mine: Life, changes: dict[str, Any]) -> None:
    before = mine.told()
    content, batch, inmail_id = bring_one(mine)
    last = edit(mine, edit(mine, inmail_id, **changes), note="edited")

    mine.take_back(batch)

    assert mine.told() == before
    with mine.store.read() as tx:
        assert inmails.get_inmail(tx, Actor("me"), mine.id, last, mine.now).retracted_at is not None
    mine.assert_sound()
    assert mine.bring(content).batch.inmails == 1
    assert [each.sent_at.isoformat()[:16] for each in listed(mine)] == ["2026-11-05T09:00"]
    mine.assert_sound()


def test_the_opening_goes_back_with_an_import_whose_inmail_was_edited(mine: Life) -> None:
    before = mine.told()
    batch = mine.bring(csv_of(("Robin Sample", "", "2026-03-05", 1, "replied", "2026-05-07"))).batch
    (inmail,) = listed(mine)
    edit(mine, inmail.id, sent_at=datetime.fromisoformat("2026-04-01T09:00:00Z"))

    mine.take_back(batch.id)

    assert mine.account().opened_at == OPENED
    assert mine.told() == before
    mine.assert_sound()


def test_one_that_was_edited_and_taken_back_by_itself_stays_away(mine: Life) -> None:
    content, _, inmail_id = bring_one(mine)
    last = edit(mine, inmail_id, sent_at=NOW - timedelta(days=40))
    with mine.store.begin_write(mine.id) as tx:
        inmails.retract_inmail(tx, Actor("me"), mine.id, last, mine.now)

    (item,) = mine.preview(content).items

    assert (item.action, english(item.why)) == ("already_there", "it came with an earlier import, and you removed it")
    assert mine.bring(content).batch is None


@given(
    st.lists(st.tuples(st.sampled_from(["Robin", "Mika"]), st.integers(0, 90)), min_size=1, max_size=6, unique=True),
    st.lists(st.tuples(NUMBER, EDITS), max_size=6),
)
@settings(max_examples=25, deadline=None)
def test_whatever_was_edited_the_same_file_adds_nothing_and_goes_as_a_whole(sent: list[Any], edits: list[Any]) -> None:
    content = csv_of(*((name, "", (OPENED + timedelta(days=days)).isoformat()) for name, days in sent))
    with life() as one:
        before = one.told()
        batch = one.bring(content).batch
        for number, changes in edits:
            there = listed(one)
            edit(one, there[number % len(there)].id, **changes)
        after = one.told()

        assert one.preview(content).adds.inmails == 0
        assert one.bring(content).batch is None
        assert one.told() == after
        one.take_back(batch.id)

        assert one.told() == before
        one.assert_sound()


# What is stored, and what comes back


def test_an_edit_is_whole_or_not_there(mine: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.log("Robin Sample", None, NOW - timedelta(days=9))
    (clicked,) = listed(mine)
    before = mine.told()

    def fail(*_: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(inmails, "note_outcomes", fail)
    with pytest.raises(RuntimeError):
        edit(mine, clicked.id, sent_at=NOW)

    assert mine.told() == before
    mine.assert_sound()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    opened = open_database(f"sqlite:///{tmp_path}/fresh.sqlite3")
    yield opened
    opened.checkpoint_and_close()


@pytest.fixture
def exported(mine: Life, tmp_path: Path) -> Path:
    """The export of an account with an InMail that was imported and edited twice."""
    _, _, inmail_id = bring_one(mine)
    edit(mine, edit(mine, inmail_id, **EDITED[-1]), sent_at=NOW - timedelta(days=30))
    write_export(mine.store, tmp_path / "all.zip", mine.now)
    return tmp_path / "all.zip"


def test_an_export_brings_edits_back(mine: Life, exported: Path, fresh: Store) -> None:
    read_export(fresh, exported)

    assert rows(fresh) == rows(mine.store)
    assert list(check(fresh, mine.now)) == []
    before = mine.told()
    mine.store = fresh
    assert mine.told() == before


def test_a_table_of_the_export_has_an_edited_inmail_once(mine: Life, exported: Path) -> None:
    (last,) = listed(mine)
    (inmail,) = in_table(exported, "inmails.csv")
    assert (inmail["id"], inmail["replaces"], inmail["retracted_at"]) == (last.id, last.replaces, "")
    assert (inmail["recipient"], inmail["sent_at"][:10]) == ("Robyn Sampler", "2026-10-24")
    whys = [entry["why"] for entry in in_table(exported, "ledger.csv") if entry["kind"] in ("spend", "retract")]
    assert sorted(whys) == [
        "Free InMail sent (as edited)",
        *["InMail sent (edited later)"] * 2,
        *["Taken back by an edit of the InMail"] * 2,
    ]


def test_an_export_of_before_there_were_edits_comes_back(mine: Life, tmp_path: Path, fresh: Store) -> None:
    from inkeeper.jsontext import to_json
    from inkeeper.services.takeout.export_format import Checksum

    bring_one(mine)
    write_export(mine.store, tmp_path / "all.zip", mine.now)
    parts = members(tmp_path / "all.zip")
    document = json.loads(parts["inkeeper.json"])
    checksum = Checksum()
    for name, table in document["tables"].items():
        for row in table:
            for column in ("replaces", "former_name", "former_url"):
                row.pop(column, None)
            checksum.add(name, to_json(row))
    head = {key: document[key] for key in ("format", "version", "made_by", "exported_at")}
    head["steps"] = [step for step in document["steps"] if step < "0008"]
    lines = [to_json(head)[:-1] + ',"tables":{']
    for name, table in document["tables"].items():
        lines += [
            f'"{name}":[',
            *(f"{to_json(row)}," for row in table[:-1]),
            *(to_json(row) for row in table[-1:]),
            "],",
        ]
    lines[-1] = "]"
    lines.append(f'}},"checksum":"{checksum}"}}')
    put_together(tmp_path / "old.zip", parts | {"inkeeper.json": "\n".join(line for line in lines if line).encode()})

    read_export(fresh, tmp_path / "old.zip")

    assert rows(fresh) == rows(mine.store)


def test_a_replaced_inmail_that_was_not_taken_back_is_found(mine: Life) -> None:
    mine.log("Robin Sample", None, NOW - timedelta(days=9))
    mine.log("Mika Placeholder", None, NOW - timedelta(days=8))
    mika, robin = listed(mine)
    with mine.store.begin_write(None) as tx:
        tx.execute("UPDATE inmail SET replaces = ? WHERE id = ?", (robin.id, mika.id))
    (found,) = check(mine.store, mine.now)
    assert (found.fact_id, "not taken back" in found.message) == (mika.id, True)


def test_edits_that_go_round_in_a_circle_end(mine: Life) -> None:
    """No program of ours writes them, but a database may have been written by hand."""
    mine.log("Robin Sample", None, NOW - timedelta(days=9))
    (robin,) = listed(mine)
    with mine.store.begin_write(mine.id) as tx:
        tx.execute("UPDATE inmail SET replaces = id")
        assert inmails.retract_inmail(tx, Actor("me"), mine.id, robin.id, mine.now).inmail.id == robin.id
