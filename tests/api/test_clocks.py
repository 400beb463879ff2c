"""The server's clock was ahead, and was then put right: nothing fails, and what lies ahead is not believed for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from inkeeper.api.app import App
from inkeeper.clock import format_instant
from inkeeper.services.devices import connected as devices
from inkeeper.services.idempotency import KEPT, PRUNE_EVERY
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import Store
from tests.api.test_every_route import routes_of
from tests.conftest import Clock, Device
from tests.facts import let_facts_change
from tests.seat import Caller, Seat

BACK = {
    "hours": timedelta(hours=5),
    "days": timedelta(days=3),
    "over the opening": timedelta(days=25),
    "over many renewals": timedelta(days=400),
    "years": timedelta(days=20 * 365),
}


@pytest.mark.parametrize("back", BACK)
def test_no_route_fails_after_the_clock_was_set_back(
    client: FlaskClient, app: App, ids: dict[str, str], owner: Device, clock: Clock, back: str
) -> None:
    # given an account with one of everything, and every route asked once, with the clock ahead
    for route in routes_of(app):
        if route.method == "GET":
            route.call(client, ids, owner.headers)
    clock.now -= BACK[back]

    for route in routes_of(app):
        answer = route.call(client, ids, owner.headers)
        assert answer.status_code < 500, (route.name, answer.json)
        # The address of a file and of a download is in none of the ids.
        if route.method == "GET" and not route.name.startswith(("GET /assets/", "GET /downloads/")):
            assert answer.status_code in (200, 304), (route.name, answer.json)


@pytest.mark.parametrize("back", BACK)
def test_an_account_whose_opening_is_to_come_says_so_and_can_be_used(
    open_account: Callable[..., Seat], clock: Clock, store: Store, back: str
) -> None:
    ahead = clock.now
    seat = open_account(opened_at=format_instant(ahead), observed_balance=4)
    assert seat.summary()["opens_at"] is None
    clock.now -= BACK[back]

    summary = seat.summary()

    assert (summary["opens_at"], summary["as_of"]) == (format_instant(ahead), format_instant(clock.now))
    assert (summary["balance"], summary["period"]["start"]) == (4, format_instant(ahead))
    logged = seat.log()
    assert logged["balance"] == 3
    assert seat.log(sent_at=format_instant(clock.now))["balance"] == 2
    observed = seat.call.post(f"{seat.path}/observations", {"balance": 4, "source": "person"})
    assert (observed["computed"], observed["balance"]) == (2, 4)
    assert (seat.log()["balance"], seat.summary()["balance"]) == (3, 3)
    assert [each["id"] for each in seat.call.get("/accounts")["items"]] == [seat.account["id"]]
    clock.now = ahead + timedelta(seconds=1)
    assert (seat.summary()["opens_at"], seat.summary()["balance"]) == (None, 3)
    assert list(check(store, clock())) == []


def test_what_is_long_before_an_opening_to_come_is_refused_all_the_same(
    open_account: Callable[..., Seat], clock: Clock
) -> None:
    seat = open_account(opened_at=format_instant(clock.now))
    clock.advance(days=-2)

    problem = seat.log(expect=422, sent_at=format_instant(clock.now - timedelta(days=3)))

    assert "before the account opened" in problem["errors"][0]["message"]


def test_a_result_before_its_inmail_says_that_it_is_before_the_inmail(seat: Seat, clock: Clock) -> None:
    inmail = seat.log()["inmail"]
    before = format_instant(clock.now - timedelta(days=2))

    answer = seat.call("PATCH", f"{seat.path}/inmails/{inmail['id']}", {"outcome": "replied", "outcome_at": before})

    assert answer.status_code == 422
    assert "before the InMail was sent" in answer.json["errors"][0]["message"]


def test_taking_back_what_is_dated_ahead_answers_with_the_present_balance(seat: Seat, clock: Clock) -> None:
    # given an InMail and a balance dated a year ahead, long after this month's credits are gone
    clock.advance(days=365)
    inmail = seat.log()["inmail"]["id"]
    observed = seat.call.post(f"{seat.path}/observations", {"balance": 1, "source": "person"})["id"]
    clock.advance(days=-365)
    seat.log()

    assert seat.call("DELETE", f"{seat.path}/observations/{observed}").json["balance"] == 4
    assert seat.call("PATCH", f"{seat.path}/inmails/{inmail}", {"outcome": "declined"}).json["balance"] == 4
    assert seat.call("DELETE", f"{seat.path}/inmails/{inmail}").json["balance"] == 4


def test_the_doctor_is_content_with_states_saved_while_the_clock_was_ahead(
    seat: Seat, clock: Clock, store: Store
) -> None:
    clock.advance(days=40)
    inmail = seat.log()["inmail"]["id"]
    seat.call("DELETE", f"{seat.path}/inmails/{inmail}")
    clock.advance(days=-40)

    assert list(check(store, clock())) == []
    seat.log()
    assert list(check(store, clock())) == []


def test_the_doctor_names_what_is_dated_ahead_and_what_to_do(
    open_account: Callable[..., Seat], clock: Clock, store: Store
) -> None:
    seat = open_account()
    clock.advance(days=2)
    late = open_account(opened_at=format_instant(clock.now))
    inmail = seat.log()["inmail"]["id"]
    clock.advance(days=-2)

    found = {(each.account_id, each.fact_id): each.message for each in check(store, clock())}

    assert "Remove it and log it again" in found.pop((seat.account["id"], inmail))
    (((account, _), message),) = found.items()
    assert account == late.account["id"]
    assert "opens on 2026-11-25" in message
    assert "--open-earlier" in message


def test_an_account_that_cannot_be_replayed_leaves_the_others_alone(
    open_account: Callable[..., Seat], clock: Clock, store: Store
) -> None:
    first, broken, last = open_account(), open_account(), open_account()
    with store.begin_write(None) as tx:
        let_facts_change(tx)
        tx.execute(
            "UPDATE fact SET data = replace(data, '\"UTC\"', '\"Nowhere/Atall\"') WHERE account_id = ?",
            (broken.account["id"],),
        )
        tx.execute("DELETE FROM snapshot WHERE account_id = ?", (broken.account["id"],))
        tx.execute("UPDATE account SET version = version + 1, facts_recorded = facts_recorded + 1")

    listed = first.call.get("/accounts?limit=2")

    assert [each["id"] for each in listed["items"]] == [first.account["id"], last.account["id"]]
    assert {finding.account_id for finding in check(store, clock())} == {broken.account["id"]}
    assert (first.balance(), last.balance()) == (5, 5)


def test_a_device_last_seen_in_the_future_is_seen_again(call: Caller, clock: Clock, store: Store) -> None:
    clock.advance(days=900)
    call.get("/accounts")
    clock.advance(days=-900)

    call.get("/accounts")

    (device,) = devices.all_with_owners(store)
    assert device.last_seen_at == clock.now


def test_a_calendar_last_read_in_the_future_is_read_again(seat: Seat, clock: Clock) -> None:
    address = seat.call.post(f"{seat.path}/calendar", {})["path"]
    clock.advance(days=900)
    assert seat.call.client.get(address).status_code == 200
    clock.advance(days=-900)

    assert seat.call.client.get(address).status_code == 200

    assert seat.call.get(f"{seat.path}/calendar")["last_read_at"] == format_instant(clock.now)


def test_keys_stored_while_the_clock_was_ahead_are_forgotten_in_their_time(
    seat: Seat, clock: Clock, store: Store
) -> None:
    def write(name: str) -> None:
        answer = seat.call("PATCH", seat.path, {"name": name}, Idempotency_Key=name)
        assert answer.status_code == 200

    def kept() -> int:
        with store.read() as tx:
            (count,) = tx.execute("SELECT count(*) FROM idempotency").fetchone()
        return int(count)

    clock.advance(days=5000)
    for number in range(3 * PRUNE_EVERY):
        write(f"ahead-{number}")
    clock.advance(days=-5000)
    for number in range(4 * PRUNE_EVERY):
        write(f"right-{number}")
    clock.now += KEPT + timedelta(days=1)
    for number in range(8 * PRUNE_EVERY):
        write(f"later-{number}")

    assert kept() == 8 * PRUNE_EVERY
