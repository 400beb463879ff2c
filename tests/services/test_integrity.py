"""The check behind `inkeeper doctor` finds what does not add up, and says where."""

from __future__ import annotations

import pytest

from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import Store
from tests.conftest import Clock
from tests.facts import let_facts_change
from tests.seat import Caller, Seat


@pytest.fixture
def seat(call: Caller, clock: Clock) -> Seat:
    """A year with a bit of everything in it, under the book with the most rules."""
    seat = Seat(
        call,
        call.post(
            "/accounts",
            {
                "name": "My seat",
                "plan": "premium_business",
                "rule_book": "rolling",
                "time_zone": "America/Havana",
                "opened_at": "2025-11-20T12:00:00Z",
                "renewal_day": 31,
            },
        ),
    )
    for number in range(6):
        inmail = seat.log(f"Robin Sample {number}")["inmail"]["id"]
        clock.advance(days=20)
        if number % 2:
            call("PATCH", f"{seat.path}/inmails/{inmail}", {"outcome": "replied"})
        if number == 3:
            call("DELETE", f"{seat.path}/inmails/{inmail}")
    call.post(f"{seat.path}/observations", {"balance": 9, "source": "person"})
    call.post(f"{seat.path}/plan-changes", {"plan": "sales_navigator"})
    return seat


def test_nothing_is_found_where_all_is_well(seat: Seat, store: Store, clock: Clock) -> None:
    assert list(check(store, clock())) == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            "UPDATE snapshot SET state = replace(state, '\"balance\":', '\"balance\":1')"
            " WHERE at = (SELECT max(at) FROM snapshot)",
            "not what the facts give",
        ),
        (
            "UPDATE snapshot SET sheet = replace(sheet, 'business', 'career')"
            " WHERE at = (SELECT min(at) FROM snapshot WHERE sheet IS NOT NULL)",
            "The sheet saved for the period from 2025",
        ),
        ("UPDATE inmail SET cost = 0 WHERE name = 'Robin Sample 0'", "differ in date or cost"),
        ("UPDATE inmail SET outcome = 'pending' WHERE name = 'Robin Sample 1'", "differ on its outcome"),
        ("UPDATE inmail SET retracted_at = NULL WHERE name = 'Robin Sample 3'", "taken back"),
        ("DELETE FROM inmail WHERE name = 'Robin Sample 2'", "not listed"),
        ("DELETE FROM fact WHERE kind = 'opened'", "cannot be replayed"),
    ],
)
def test_damage_is_found_and_placed(seat: Seat, store: Store, clock: Clock, damage: str, message: str) -> None:
    with store.begin_write(None) as tx:
        let_facts_change(tx)
        assert tx.execute(damage).rowcount == 1
    found = list(check(store, clock()))
    assert [finding.account_id for finding in found] == [seat.account["id"]]
    assert message in found[0].message


@pytest.fixture
def listed(seat: Seat, clock: Clock) -> Seat:
    """Somebody who was written to and answered, and somebody who is planned."""
    for name in ("Mika Placeholder", "Noor Dummy"):
        link = f"https://www.linkedin.com/in/{name.lower().replace(' ', '-')}"
        seat.call.post("/targets", {"person": {"name": name, "profile_url": link}, "account": seat.account["id"]})
    inmail = seat.log("Mika Placeholder")["inmail"]["id"]
    seat.call("PATCH", f"{seat.path}/inmails/{inmail}", {"outcome": "replied"})
    noor = seat.call.get("/targets?state=ready")["items"][0]["id"]
    day = clock().date().isoformat()
    assert seat.call("PATCH", f"/targets/{noor}", {"action": "later", "until": day}).status_code == 200
    return seat


def test_nothing_is_found_in_a_list_of_people_where_all_is_well(listed: Seat, store: Store, clock: Clock) -> None:
    assert list(check(store, clock())) == []


MIKA = "WHERE person_id = (SELECT id FROM person WHERE name = 'Mika Placeholder')"
NOOR = "WHERE person_id = (SELECT id FROM person WHERE name = 'Noor Dummy')"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (f"UPDATE target SET inmails = 2 {MIKA}", "person and campaign say: inmails."),
        (f"UPDATE target SET last_inmail_id = NULL {MIKA}", "person and campaign say: last_inmail_id."),
        (f"UPDATE target SET last_sent_at = last_sent_at + 1 {MIKA}", "person and campaign say: last_sent_at."),
        (f"UPDATE target SET answered_at = NULL {MIKA}", "person and campaign say: answered_at."),
        (f"UPDATE target SET opens_on = '2026-11-01' {MIKA}", "person and campaign say: opens_on."),
        (f"UPDATE target SET opens_on = NULL {NOOR}", "person and campaign say: opens_on."),
        (f"UPDATE target SET ends_on = '2026-11-01' {NOOR}", "person and campaign say: ends_on."),
        (f"UPDATE target SET planned_on = NULL {NOOR}", "person and campaign say: planned_on."),
        (f"UPDATE target SET wanted_on = '2020-01-01' {NOOR}", "person and campaign say: wanted_on."),
        (f"UPDATE target SET dropped_at = 1 {NOOR}", "person and campaign say: opens_on, planned_on, wanted_on."),
        (f"UPDATE target SET opens_on = 'soon' {NOOR}", "cannot be read: ValueError"),
        ("UPDATE person SET name_key = 'mika' WHERE name = 'Mika Placeholder'", "The name_key of the person "),
        ("UPDATE person_link SET link_key = 'in/x' WHERE url LIKE '%noor%'", "The link_key of the person_link "),
        ("UPDATE person_link SET url = 'x' WHERE url LIKE '%noor%'", "does not fit its url"),
        ("UPDATE inmail SET link_key = 'in/x' WHERE name = 'Mika Placeholder'", "The link_key of the inmail "),
    ],
)
def test_damage_to_the_list_of_people_is_found(
    listed: Seat, store: Store, clock: Clock, damage: str, message: str
) -> None:
    with store.begin_write(None) as tx:
        assert tx.execute(damage).rowcount == 1

    (finding,) = check(store, clock())

    assert finding.account_id is None
    assert message in finding.message
