"""Facts of one instant are ordered by id, so a new fact's id lies behind the account's last one, whoever made that."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inkeeper.ids import new_id
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import Store
from tests.conftest import Clock
from tests.seat import Seat

CSV = b"name,sent_at,outcome\nMika Placeholder,2026-11-05,replied\n"


def bring(seat: Seat, query: str = "") -> str:
    """Imports a file; answers the import's id."""
    headers = seat.call.headers | {"Content-Type": "text/csv"}
    path = f"/api/v1{seat.path}/imports?{query}"
    confirm = seat.call.client.post(f"{path}&preview=true", data=CSV, headers=headers).json["confirm"]
    stored = seat.call.client.post(f"{path}&confirm={confirm}", data=CSV, headers=headers)
    assert stored.status_code == 201, stored.json
    return str(stored.json["import"]["id"])


def change_plan(seat: Seat) -> str:
    return str(seat.call.post(f"{seat.path}/plan-changes", {"plan": "sales_navigator"})["id"])


def observe(seat: Seat) -> str:
    return str(seat.call.post(f"{seat.path}/observations", {"balance": 3, "source": "person"})["id"])


WRITES: dict[str, tuple[Callable[[Seat], str | None], Callable[[Seat, str | None], object]]] = {
    "an InMail": (lambda _: None, lambda seat, _: seat.log()),
    "an outcome": (
        lambda seat: seat.log()["inmail"]["id"],
        lambda seat, inmail: seat.call("PATCH", f"{seat.path}/inmails/{inmail}", {"outcome": "replied"}),
    ),
    "an InMail taken back": (
        lambda seat: seat.log()["inmail"]["id"],
        lambda seat, inmail: seat.call("DELETE", f"{seat.path}/inmails/{inmail}"),
    ),
    "a balance": (lambda _: None, lambda seat, _: observe(seat)),
    "a balance taken back": (observe, lambda seat, it: seat.call("DELETE", f"{seat.path}/observations/{it}")),
    "a change of plan": (lambda _: None, lambda seat, _: change_plan(seat)),
    "a cancellation": (
        lambda _: None,
        lambda seat, _: seat.call("POST", f"{seat.path}/plan-changes", {"cancel": True}),
    ),
    "a change of plan taken back": (
        change_plan,
        lambda seat, it: seat.call("DELETE", f"{seat.path}/plan-changes/{it}"),
    ),
    "other terms": (lambda _: None, lambda seat, _: seat.call("PATCH", seat.path, {"allotment": 7})),
    "another rule book": (lambda _: None, lambda seat, _: seat.call("PATCH", seat.path, {"rule_book": "rolling"})),
    "terms from a day on": (
        lambda _: None,
        lambda seat, _: seat.call("PATCH", seat.path, {"allotment": 9, "from": "2026-11-20T00:00:00Z"}),
    ),
    "an import": (lambda _: None, lambda seat, _: bring(seat)),
    "an import before the opening": (lambda _: None, lambda seat, _: bring(seat, "open_earlier=true")),
    "an import taken back": (bring, lambda seat, it: seat.call("DELETE", f"{seat.path}/imports/{it}")),
}


@pytest.mark.parametrize("kind", WRITES)
def test_every_write_places_its_facts_behind_the_last_one(
    open_account: Callable[..., Seat], store: Store, clock: Clock, kind: str
) -> None:
    opened_at = "2026-11-10T00:00:00Z" if kind == "an import before the opening" else "2026-11-01T00:00:00Z"
    seat = open_account(opened_at=opened_at)
    prepare, write = WRITES[kind]
    subject = prepare(seat)
    # Given a last fact by a process whose clock is a day ahead.
    ahead = new_id(clock.now.replace(day=24))
    with store.begin_write(None) as tx:
        tx.execute("UPDATE account SET last_fact_id = ?, version = version + 1", (ahead,))
    before = fact_ids(store)

    write(seat, subject)

    new = [fact_id for fact_id in fact_ids(store) if fact_id not in before]
    assert new, "something was stored"
    assert min(new) > ahead
    with store.read() as tx:
        assert tx.execute("SELECT last_fact_id FROM account").fetchone()[0] >= max(new)
    assert list(check(store, clock())) == []


def fact_ids(store: Store) -> list[str]:
    with store.read() as tx:
        return [fact_id for (fact_id,) in tx.execute("SELECT id FROM fact ORDER BY id")]


def test_an_inmail_of_the_same_instant_never_takes_the_credit_of_one_that_was_stored_before(
    seat: Seat, store: Store, clock: Clock
) -> None:
    # given four credits used, and a fifth by a process whose ids lie ahead
    for number in range(4):
        seat.log(f"Robin Sample {number}")
    with store.begin_write(None) as tx:
        ahead = new_id(clock.now.replace(hour=23))
        tx.execute("UPDATE account SET last_fact_id = ?, version = version + 1", (ahead,))
    last = seat.log("Kai Example")["inmail"]["id"]

    # when a sixth is logged at the same instant
    refused = seat.log("Mika Placeholder", expect=409)

    assert refused["code"] == "insufficient_credits"
    spent = [entry["inmail_id"] for entry in seat.ledger() if entry["kind"] == "spend"]
    assert (len(spent), spent[-1]) == (5, last)


def test_the_doctor_names_an_account_whose_last_fact_id_is_not_the_last(seat: Seat, store: Store, clock: Clock) -> None:
    with store.begin_write(None) as tx:
        tx.execute("UPDATE account SET last_fact_id = '0'")

    (finding,) = check(store, clock())

    assert finding.account_id == seat.account["id"]
    assert "last fact" in finding.message
