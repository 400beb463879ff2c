"""`inkeeper status`: each account's credits in a short block, and the API's numbers as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import Result

from inkeeper.storage.database import Store
from tests.conftest import Clock, Device
from tests.facts import let_facts_change
from tests.seat import Caller, Seat

Run = Callable[..., Result]
PRICE = {"amount_minor": 9999, "currency": "EUR"}
SHARED = (
    "account plan_title balance allotment allotment_months used free_used period next_loss next_renewal pace observed"
).split()


def test_an_account_with_a_price(command: Run, open_account: Callable[..., Seat]) -> None:
    seat = open_account(name="Sales", plan="sales_navigator", price=PRICE)
    for number in range(13):
        seat.log(f"Person {number}")

    found = command("status")

    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout == (
        "Sales\n"
        "  12 credits left of 25.\n"
        "  12 expire on Mon 30 Nov, in 7 days (€48).\n"
        "  25 new credits come on Tue 1 Dec, in 8 days.\n"
        "  At this rate you'll lose 9 credits. Send 2 a working day to use them all.\n"
        "  ! Not compared with LinkedIn's number for 22 days.\n"
    )


def test_no_pace_is_called_good_that_loses_credits(
    command: Run, open_account: Callable[..., Seat], clock: Clock
) -> None:
    seat = open_account()
    clock.now = datetime(2026, 11, 3, 9, tzinfo=UTC)
    found = seat.summary()
    assert (found["pace"]["status"], found["forecast"]["lost"]) == ("on_pace", None)

    assert "  On pace: send 0–1 a working day to use them all.\n" in command("status").stdout


def test_an_account_at_its_limit(command: Run, open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator", rule_book="rolling")
    seat.call.post(f"{seat.path}/observations", {"balance": 140, "source": "person"})

    assert command("status").stdout.startswith(
        "My seat\n"
        "  140 credits left, limit 150.\n"
        "  50 new credits come on Tue 1 Dec, in 8 days.\n"
        "  There's no room for 40 of the credits that come on Tue 1 Dec, in 8 days: your limit is reached.\n"
    )
    assert "!" not in command("status").stdout


def test_a_plan_without_credits_to_come(command: Run, seat: Seat) -> None:
    seat.call.post(f"{seat.path}/plan-changes", {"cancel": True}, expect=201)

    assert command("status").stdout == (
        "My seat\n"
        "  0 credits left.\n"
        "  No more credits come on this plan.\n"
        "  ! Not compared with LinkedIn's number for 22 days.\n"
    )


def test_today_and_tomorrow_are_called_so(command: Run, open_account: Callable[..., Seat], clock: Clock) -> None:
    open_account(plan="sales_navigator")
    clock.now = datetime(2026, 11, 30, 20, tzinfo=UTC)

    printed = command("status").stdout

    assert "  25 expire today.\n  25 new credits come tomorrow.\n" in printed


def test_a_time_zone_that_is_not_this_computers_is_named(command: Run, open_account: Callable[..., Seat]) -> None:
    open_account(name="Far away", time_zone="Asia/Tokyo")
    open_account(name="Here")

    printed = command("status").stdout

    assert printed.startswith("Far away\n")
    assert "\n\nHere\n" in printed
    assert printed.endswith("\nDays and times are those of Asia/Tokyo.\n")
    assert "Tokyo" not in command("status", "--account", "Here").stdout


@pytest.mark.parametrize("book", ["month_end", "rolling"])
def test_json_has_the_numbers_of_the_api(command: Run, open_account: Callable[..., Seat], book: str) -> None:
    seats = [open_account(name=name, plan="sales_navigator", rule_book=book, price=PRICE) for name in ("A", "B")]
    for number in range(3):
        seats[1].log(f"Person {number}", cost=number % 2)
    seats[1].call.post(f"{seats[1].path}/observations", {"balance": 20, "source": "person"})

    document = json.loads(command("status", "--json").stdout)

    assert list(document) == ["as_of", "accounts"]
    assert document["as_of"] == "2026-11-23T09:00:00Z"
    for seat, found in zip(seats, document["accounts"], strict=True):
        summary = seat.summary()
        assert {key: found[key] for key in SHARED} == {key: summary[key] for key in SHARED}
        assert found["owner"] == "me"
        assert found["limit"] == seat.call.get(seat.path)["cap"] == (None if book == "month_end" else 150)
        assert found["lost_at_this_rate"] == summary["forecast"]["lost"]
        assert found["warnings"] == [
            {key: warning[key] for key in ("code", "severity", "until")} for warning in summary["warnings"]
        ]
        assert set(found) == {*SHARED, "owner", "limit", "lost_at_this_rate", "warnings"}


def test_every_key_of_the_json_is_in_the_help(command: Run, seat: Seat) -> None:
    (found,) = (json.loads(command("status", "--json").stdout)["accounts"],)
    text = command("status", "--help").stdout

    assert all(f"`{key}`" in text for key in ("as_of", "accounts", *found[0]))


def test_an_inkeeper_without_accounts(command: Run) -> None:
    found = command("status")

    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr == "Error: There's no account yet. Run `inkeeper run` and set one up in your browser.\n"
    assert json.loads(command("status", "--json").stdout)["accounts"] == []


def test_several_people_are_never_mixed(command: Run, seat: Seat, client: object, pair: Callable[..., Device]) -> None:
    other = Caller(client, pair("Kai Example").headers)  # type: ignore[arg-type]
    other.post("/accounts", {"name": "Theirs", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"})

    found = command("status")

    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr == (
        "Error: Several people use this Inkeeper. Say whose accounts with --owner: Kai Example, me.\n"
    )
    assert command("status", "--owner", "Kai Example").stdout.startswith("Theirs\n")
    assert command("status", "--owner", "me").stdout.startswith("My seat\n")
    assert command("status", "--account", "Theirs").stdout.startswith("Theirs\n")
    assert "There's no account “My seat”" in command("status", "--owner", "Kai Example", "--account", "My seat").stderr
    assert "No user is called Mika." in command("status", "--owner", "Mika").stderr


@pytest.mark.parametrize("arguments", [("status",), ("log", "Kai Example")])
def test_an_account_that_cannot_be_read_is_named(
    command: Run, seat: Seat, store: Store, arguments: tuple[str, ...]
) -> None:
    with store.begin_write(None) as tx:
        let_facts_change(tx)
        tx.execute("DELETE FROM snapshot")
        tx.execute("UPDATE fact SET data = '{}'")
        tx.execute("UPDATE account SET version = version + 1, facts_recorded = facts_recorded + 1")

    found = command(*arguments)

    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr == "Error: The account My seat cannot be read. Run `inkeeper doctor` to see why.\n"


def test_a_name_gives_no_orders_to_the_terminal(command: Run, seat: Seat, store: Store) -> None:
    with store.begin_write(None) as tx:
        tx.execute("UPDATE account SET name = ?", ("\x1b[31mred",))

    assert command("status").stdout.startswith("\\x1b[31mred\n")
