"""The list of people lived through step by step over HTTP, on a real database; a naive list judges it each time."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from inkeeper.api.app import create_app
from inkeeper.services.devices import pairing
from inkeeper.settings import Settings
from inkeeper.storage import targets
from inkeeper.storage.database import open_database
from inkeeper.storage.transaction import Transaction
from tests.conftest import Clock
from tests.seat import Caller, Seat
from tests.services.naive_targets import Campaign, Inmail, NaiveList, Person, Target

NAMES = ("Robin Sample", "Mika Placeholder", "Noor Dummy", "Sasha Specimen")
WAITS: list[list[int | None]] = [[None], [None, 3], [None, 7, 5], [None, 28]]
AHEAD = st.sampled_from([0, 0, 1, 2, 5, 9, 30, 80])


@cache
def empty_database() -> bytes:
    """A database file with all tables and no rows, so that they are made once."""
    with tempfile.TemporaryDirectory() as folder:
        open_database(f"sqlite:///{folder}/empty.sqlite3").checkpoint_and_close()
        return Path(folder, "empty.sqlite3").read_bytes()


class ListMachine(RuleBasedStateMachine):
    """What a user does with the list, in any order, and what time and imports do to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{self.folder.name}/inkeeper.sqlite3"
        Path(self.folder.name, "inkeeper.sqlite3").write_bytes(empty_database())
        self.store = open_database(url)
        self.clock = Clock()
        codes: list[str] = []
        app = create_app(
            self.store,
            settings=Settings(database=url),
            clock=self.clock,
            show_code=lambda _name, code: codes.append(code),
        )
        client = app.test_client()
        started = client.post("/api/v1/pairings", json={"device": "Chrome on Linux"}).json["id"]
        pairing.open_for_owner(self.store, "me", self.clock())
        token = client.post(f"/api/v1/pairings/{started}/confirm", json={"code": codes[-1]}).json["token"]
        self.call = Caller(client, {"Authorization": f"Bearer {token}"})
        self.naive = NaiveList()
        self.people = {name: Person(name) for name in NAMES}
        self.campaigns: list[Campaign] = []

    def teardown(self) -> None:
        self.store.checkpoint_and_close()
        self.folder.cleanup()

    @property
    def today(self) -> date:
        return self.clock.now.date()

    @initialize(balance=st.integers(0, 5), waits=st.sampled_from(WAITS), ends=st.none() | st.integers(0, 40))
    def open(self, balance: int, waits: list[int | None], ends: int | None) -> None:
        body = {"name": "My seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
        account = self.call.post("/accounts", {**body, "opened_at": "2026-09-01T00:00:00Z"})
        self.seat = Seat(self.call, account)
        self.observe(balance)
        self.start_a_campaign(waits, ends)
        for name in NAMES[:3]:
            self.add(name)
        self.put_into(self.campaigns[0], self.naive.targets[:2])
        self.log(NAMES[0], 0)

    def ask(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        answer = self.call(method, path, body)
        assert answer.status_code == status, (method, path, body, answer.status_code, answer.json)
        return answer.json

    def change(self, target: Target, *, status: int = 200, **changes: Any) -> Any:
        return self.ask("PATCH", f"/targets/{target.id}", changes, status=status)

    def pick(self, data: st.DataObject, among: list[Any]) -> Any:
        return data.draw(st.sampled_from(among))

    # ---- the list ----

    @rule(name=st.sampled_from(NAMES))
    def add(self, name: str) -> None:
        person = self.people[name]
        theirs = [one for one in self.naive.targets if one.person is person]
        body = {"person": {"name": name}, "account": self.seat.account["id"]}
        if person.do_not_contact or any(self.naive.has_next(one, self.today) for one in theirs):
            self.ask("POST", "/targets", body, status=409)
            return
        made = self.ask("POST", "/targets", body, status=201)
        person.id = made["person"]["id"]
        place = max([one.place for one in self.naive.targets], default=0) + 1
        self.naive.targets.append(Target(made["id"], person, self.clock.now, place))

    @rule(data=st.data(), ahead=AHEAD)
    def later(self, data: st.DataObject, ahead: int) -> None:
        target = self.pick(data, self.naive.targets)
        until = self.today + timedelta(days=ahead)
        possible = self.naive.has_next(target, self.today)
        self.change(target, action="later", until=str(until), status=200 if possible else 409)
        if possible:
            target.planned = until, self.naive.done(target) + 1

    @rule(data=st.data(), action=st.sampled_from(["drop", "close", "first"]))
    def act(self, data: st.DataObject, action: str) -> None:
        target = self.pick(data, self.naive.targets)
        possible = self.naive.has_next(target, self.today)
        self.change(target, action=action, status=200 if possible else 409)
        if possible and action == "drop":
            target.dropped = True
        elif possible and action == "close":
            target.closed.append(self.clock.now)
        elif possible:
            target.place = min(one.place for one in self.naive.targets) - 1

    @precondition(lambda self: self.dropped())
    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        target = self.pick(data, self.dropped())
        others = [one for one in self.naive.targets if one.person is target.person and one is not target]
        taken = any(self.naive.has_next(one, self.today) for one in others)
        if target.person.do_not_contact or taken:
            self.change(target, action="reopen", status=409)
            return
        self.change(target, action="reopen")
        target.dropped = False

    @rule(data=st.data(), marked=st.booleans())
    def do_not_contact(self, data: st.DataObject, marked: bool) -> None:
        person = self.pick(data, [one for one in self.people.values() if one.id])
        self.ask("PATCH", f"/people/{person.id}", {"do_not_contact": marked})
        person.do_not_contact = marked

    def dropped(self) -> list[Target]:
        return [one for one in self.naive.targets if one.dropped]

    # ---- InMails ----

    @rule(name=st.sampled_from(NAMES), hours_ago=st.sampled_from([0, 0, 0, 30, 100]))
    def log(self, name: str, hours_ago: int) -> None:
        sent_at = self.clock.now - timedelta(hours=hours_ago)
        body = {"recipient": {"name": name}, "source": "popup", "accept_discrepancy": True}
        answer = self.ask("POST", f"{self.seat.path}/inmails", {**body, "sent_at": _text(sent_at)}, status=201)
        inmail = Inmail(answer["inmail"]["id"], name, sent_at)
        self.naive.log(inmail)
        assert answer.get("closed_target") == (inmail.target.id if inmail.target else None)

    def standing(self) -> list[Inmail]:
        return [one for one in self.naive.inmails if not one.removed]

    def unanswered(self) -> list[Inmail]:
        return [one for one in self.standing() if not one.answered]

    def alone(self) -> list[Inmail]:
        """The unanswered InMails to people who got no other one, so that a file can only mean these."""
        names = [name for one in self.naive.inmails for name in one.names]
        return [one for one in self.unanswered() if names.count(one.name) == 1]

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        inmail = self.pick(data, self.standing())
        self.ask("DELETE", f"{self.seat.path}/inmails/{inmail.id}")
        inmail.removed = True

    @precondition(lambda self: self.standing())
    @rule(data=st.data(), replied=st.booleans())
    def answer(self, data: st.DataObject, replied: bool) -> None:
        inmail = self.pick(data, self.standing())
        outcome = "replied" if replied else "pending"
        self.ask("PATCH", f"{self.seat.path}/inmails/{inmail.id}", {"outcome": outcome})
        inmail.answered = replied

    @precondition(lambda self: self.standing())
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def edit_the_recipient(self, data: st.DataObject, name: str) -> None:
        inmail = self.pick(data, self.standing())
        answer = self.ask("PATCH", f"{self.seat.path}/inmails/{inmail.id}", {"recipient": {"name": name}})
        inmail.id = answer["inmail"]["id"]
        if name != inmail.name:
            inmail.former.add(inmail.name)
            inmail.name = name
            inmail.target = inmail.campaign = None
            self.naive.attach(inmail)

    @precondition(lambda self: self.unanswered())
    @rule(data=st.data(), minutes=st.integers(1, 600))
    def edit_the_time(self, data: st.DataObject, minutes: int) -> None:
        inmail = self.pick(data, self.unanswered())
        sent_at = inmail.sent_at - timedelta(minutes=minutes)
        changes = {"sent_at": _text(sent_at), "accept_discrepancy": True}
        answer = self.ask("PATCH", f"{self.seat.path}/inmails/{inmail.id}", changes)
        inmail.id, inmail.sent_at = answer["inmail"]["id"], sent_at
        if inmail.campaign:
            inmail.replaced_in.append(inmail.campaign)

    @precondition(lambda self: self.alone())
    @rule(data=st.data())
    def import_an_answer(self, data: st.DataObject) -> None:
        inmail = self.pick(data, self.alone())
        brought = self.bring(f"{inmail.name},{_text(inmail.sent_at)},replied")
        assert (brought["inmails"], brought["answers"]) == (0, 1)
        inmail.answered = True

    def not_lately(self) -> list[str]:
        """Who got no InMail lately that a file could mean."""
        of_late = [one for one in self.naive.inmails if self.clock.now - one.sent_at < timedelta(days=5)]
        lately = {name for one in of_late for name in one.names}
        return [name for name in NAMES if name not in lately]

    @precondition(lambda self: self.not_lately())
    @rule(data=st.data())
    def import_an_inmail(self, data: st.DataObject) -> None:
        name = self.pick(data, self.not_lately())
        before = {one["id"] for one in self.listed_inmails()}
        sent_at = self.clock.now - timedelta(hours=2)
        brought = self.bring(f"{name},{_text(sent_at)},")
        assert brought["inmails"] == 1
        [made] = {one["id"] for one in self.listed_inmails()} - before
        self.naive.log(Inmail(made, name, sent_at))

    def listed_inmails(self) -> list[dict[str, Any]]:
        return list(self.call.get(f"{self.seat.path}/inmails?limit=200")["items"])

    def bring(self, row: str) -> dict[str, Any]:
        headers = self.call.headers | {"Content-Type": "text/csv"}
        path = f"/api/v1{self.seat.path}/imports?accept_discrepancy=true"
        data = f"name,sent_at,outcome\n{row}\n".encode()
        preview = self.call.client.post(f"{path}&preview=true", data=data, headers=headers)
        stored = self.call.client.post(f"{path}&confirm={preview.json['confirm']}", data=data, headers=headers)
        assert stored.status_code == 201, stored.json
        return dict(stored.json["import"])

    # ---- campaigns and plans ----

    @precondition(lambda self: len(self.campaigns) < 3)
    @rule(waits=st.sampled_from(WAITS), ends=st.none() | st.integers(0, 40))
    def start_a_campaign(self, waits: list[int | None], ends: int | None) -> None:
        last = None if ends is None else self.today + timedelta(days=ends)
        body = {"name": "Autumn", "account": self.seat.account["id"], "steps": _steps(waits)}
        made = self.ask("POST", "/campaigns", {**body, "ends": last and str(last)}, status=201)
        self.campaigns.append(Campaign(made["id"], waits, last))

    def present(self) -> list[Campaign]:
        return [one for one in self.campaigns if not one.archived]

    @precondition(lambda self: self.present())
    @rule(data=st.data(), waits=st.sampled_from(WAITS), ends=st.none() | st.integers(0, 40))
    def change_a_campaign(self, data: st.DataObject, waits: list[int | None], ends: int | None) -> None:
        campaign = self.pick(data, self.present())
        campaign.waits = waits
        campaign.ends = None if ends is None else self.today + timedelta(days=ends)
        changes = {"steps": _steps(waits), "ends": campaign.ends and str(campaign.ends)}
        self.ask("PATCH", f"/campaigns/{campaign.id}", changes)

    @precondition(lambda self: self.present())
    @rule(data=st.data())
    def delete_a_campaign(self, data: st.DataObject) -> None:
        campaign = self.pick(data, self.present())
        answer = self.ask("DELETE", f"/campaigns/{campaign.id}")
        theirs = [campaign for one in self.naive.inmails for campaign in [one.campaign, *one.replaced_in]]
        assert answer["archived"] == (campaign in theirs)
        if answer["archived"]:
            campaign.archived = True
            return
        self.campaigns.remove(campaign)
        for target in self.naive.targets:
            if target.campaign is campaign:
                target.campaign = None

    @precondition(lambda self: self.present())
    @rule(data=st.data())
    def fill_a_campaign(self, data: st.DataObject) -> None:
        campaign = self.pick(data, self.present())
        self.put_into(campaign, [self.pick(data, self.naive.targets) for _ in range(2)])

    def put_into(self, campaign: Campaign, chosen: list[Target]) -> None:
        over = campaign.ends is not None and campaign.ends < self.today
        body = {"targets": [one.id for one in chosen]}
        self.ask("POST", f"/campaigns/{campaign.id}/targets", body, status=409 if over else 200)
        if not over:
            for target in chosen:
                target.campaign = campaign

    @rule(per_day=st.none() | st.integers(1, 2), ahead=st.none() | AHEAD)
    def plan_all(self, per_day: int | None, ahead: int | None) -> None:
        until = None if ahead is None else str(self.today + timedelta(days=ahead))
        wanted = {"targets": [one.id for one in self.naive.targets], "per_day": per_day, "until": until}
        body = {name: value for name, value in wanted.items() if value}
        held_before = self.naive.held(self.seat.balance(), self.clock.now)
        preview = self.ask("POST", f"{self.seat.path}/plan?preview=true", body)
        assert self.ask("POST", f"{self.seat.path}/plan", body) == preview
        assert {one["target"] for one in preview["placed"] + preview["not_placed"]} == set(body["targets"])
        by_id = {one.id: one for one in self.naive.targets}
        for place in preview["placed"]:
            target = by_id[place["target"]]
            assert self.naive.has_next(target, self.today)
            assert self.naive.planned_for(target) is None
            assert not target.person.do_not_contact
            target.planned = date.fromisoformat(place["day"]), self.naive.done(target) + 1
        held = self.naive.held(self.seat.balance(), self.clock.now)
        assert set(held) == set(held_before), "a plan takes nobody's credit and places nobody without one"

    # ---- credits and time ----

    @rule(balance=st.integers(0, 5))
    def observe(self, balance: int) -> None:
        self.ask("POST", f"{self.seat.path}/observations", {"balance": balance, "source": "person"}, status=201)

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 3, 24 * 8, 24 * 35]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    def last_days(self) -> list[date]:
        return [one.ends for one in self.present() if one.ends is not None and one.ends >= self.today]

    @precondition(lambda self: self.last_days())
    @rule()
    def a_campaign_ends(self) -> None:
        self.clock.advance(days=(min(self.last_days()) - self.today).days + 1)

    @rule(weekdays=st.sets(st.integers(1, 7), min_size=1))
    def change_the_working_days(self, weekdays: set[int]) -> None:
        self.ask("PATCH", self.seat.path, {"working_days": sorted(weekdays)})
        self.naive.weekdays = weekdays

    # ---- what is judged ----

    @invariant()
    def the_naive_list_agrees(self) -> None:
        now, naive = self.clock.now, self.naive
        held = naive.held(self.seat.balance(), now)
        expected = []
        for target in naive.in_order():
            state = naive.state(target, now)
            is_held = state == "planned" and target.id in held
            until = held[target.id] if is_held else None
            day = naive.planned_for(target)
            expected.append((target.id, "held" if is_held else state, day and str(day), until and str(until)))
        listed = self.call.get("/targets?limit=200")["items"]
        assert [(one["id"], one["state"], one["planned_for"], one["held_until"]) for one in listed] == expected
        summary = self.seat.summary()["targets"]
        states = [state for _, state, _, _ in expected]
        open_now = [state for state in states if state in ("ready", "planned", "held")]
        assert (summary["names"], summary["ready"], summary["held"]) == (
            len(open_now),
            states.count("ready"),
            states.count("held"),
        )

    @invariant()
    def campaigns_are_counted(self) -> None:
        for campaign in self.campaigns:
            theirs = [one for one in self.naive.targets if one.campaign is campaign]
            states = [self.naive.state(one, self.clock.now) for one in theirs]
            sent = [one for one in self.naive.inmails if one.campaign is campaign and not one.removed]
            shown = self.call.get(f"/campaigns/{campaign.id}")
            assert (shown["spent"], shown["answered"], shown["open"], shown["waiting"], shown["dropped"]) == (
                len(sent),
                states.count("answered"),
                states.count("ready") + states.count("planned"),
                states.count("waiting"),
                sum(self.naive.opens(one) is not None and self.naive.is_over(one, self.today) for one in theirs),
            )

    @invariant()
    def what_follows_is_up_to_date(self) -> None:
        ids = [target.id for target in self.naive.targets]
        with self.store.begin_write(None) as tx:
            before = rows(tx, ids)
            targets.follow(tx, ids)
            assert rows(tx, ids) == before


def rows(tx: Transaction, ids: list[str]) -> list[Any]:
    (owner,) = tx.execute("SELECT id FROM owner").fetchone()
    return targets.get_all(tx, owner, ids)


def _text(at: Any) -> str:
    return str(at.isoformat().replace("+00:00", "Z"))


def _steps(waits: list[int | None]) -> list[dict[str, Any]]:
    return [{} if wait is None else {"after_working_days": wait} for wait in waits]


TestList = ListMachine.TestCase
TestList.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
