"""Logs that share a commit are answered as if each had its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from inkeeper.clock import utc_now
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import Store, open_database
from tests.seat import Caller, Seat
from tests.together import together

pytestmark = pytest.mark.sqlite


@pytest.fixture
def log(app: Flask, seat: Seat) -> Callable[..., Callable[[], TestResponse]]:
    """Logs an InMail to this person with this key, over a connection of its own."""

    def logging(name: str, key: str, **wanted: Any) -> Callable[[], TestResponse]:
        body = {"recipient": {"name": name}, "source": "api", **wanted}
        call = Caller(app.test_client(), seat.call.headers)
        return lambda: call("POST", f"{seat.path}/inmails", body, Idempotency_Key=key)

    return logging


def test_each_credit_is_spent_once(
    store: Store, database_url: str, seat: Seat, log: Callable[..., Callable[[], TestResponse]], statements: list[str]
) -> None:
    answers = together(store, [log(f"Robin Sample {number}", str(number)) for number in range(7)])

    assert [answer.status_code for answer in answers] == [201] * 5 + [409] * 2
    assert [answer.json["balance"] for answer in answers] == [4, 3, 2, 1, 0, 0, 0]
    assert statements.count("COMMIT") == 2  # with that of the write that they waited for
    assert seat.kinds() == [("grant", 5)] + [("spend", -1)] * 5
    # A process without cached states replays the same.
    again = open_database(database_url)
    assert list(check(again, utc_now())) == []
    again.checkpoint_and_close()


def test_states_of_earlier_logs_are_not_computed_again(
    store: Store, seat: Seat, log: Callable[..., Callable[[], TestResponse]], statements: list[str]
) -> None:
    seat.log("Kai Example")
    statements.clear()

    together(store, [log(f"Robin Sample {number}", str(number)) for number in range(3)])
    seat.log("Mika Placeholder")

    assert [statement for statement in statements if "FROM fact" in statement or "FROM snapshot" in statement] == [
        statement for statement in statements if statement.startswith("DELETE FROM snapshot")
    ]


def test_one_key_is_done_once(store: Store, seat: Seat, log: Callable[..., Callable[[], TestResponse]]) -> None:
    answers = together(store, [log("Kai Example", "a"), log("Kai Example", "a"), log("Robin Sample", "a")])

    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[1].json == answers[0].json
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert answers[2].json["code"] == "idempotency_conflict"
    assert seat.balance() == 4


def test_one_that_is_refused_takes_nothing_from_the_others(
    store: Store, seat: Seat, log: Callable[..., Callable[[], TestResponse]]
) -> None:
    for number in range(4):
        seat.log(f"Robin Sample {number}")

    answers = together(
        store,
        [
            log("Kai Example", "a", sent_at="2026-11-23T08:00:00Z"),
            log("Mika Placeholder", "b"),
            log("Sasha Specimen", "c", cost=0),
            log("Mika Placeholder", "b", accept_discrepancy=True),
        ],
    )

    # A refused request leaves its key free, within the group too.
    assert [answer.status_code for answer in answers] == [201, 409, 201, 201]
    names = [inmail["recipient"]["name"] for inmail in seat.call.get(f"{seat.path}/inmails")["items"]]
    assert sorted(names) == [
        "Kai Example",
        "Mika Placeholder",
        *(f"Robin Sample {n}" for n in range(4)),
        "Sasha Specimen",
    ]
    assert list(check(store, utc_now())) == []
