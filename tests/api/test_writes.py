"""A write with an Idempotency-Key is done once, however often and however simultaneously it is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inkeeper.api.writes import write_once
from inkeeper.errors import conflict
from inkeeper.services.idempotency import KEPT, PRUNE_EVERY
from inkeeper.storage.database import Store
from inkeeper.storage.models import Idempotency
from inkeeper.storage.transaction import Transaction
from tests.conftest import Clock, Device


@pytest.fixture
def done(app: Flask) -> list[int]:
    """What `POST /count` has done, one number for each time."""
    times: list[int] = []

    def count() -> object:
        def work(_: Transaction) -> tuple[int, object]:
            times.append(len(times) + 1)
            return 201, {"times": len(times), "name": "Kai Exämple"}

        return write_once(None, work)

    def refuse_the_first() -> object:
        def work(_: Transaction) -> tuple[int, object]:
            times.append(len(times) + 1)
            if len(times) == 1:
                raise conflict("insufficient_credits", "Not yet.")
            return 201, {"times": len(times)}

        return write_once(None, work)

    app.add_url_rule("/count", "count", count, methods=["POST", "PATCH"])
    app.add_url_rule("/refuse", "refuse", refuse_the_first, methods=["POST"])
    return times


@pytest.fixture
def device(done: list[int], pair: Callable[..., Device]) -> Device:
    """Connected only now, since routes can be added only before the first request."""
    return pair()


def send(
    client: FlaskClient,
    device: Device,
    key: str | None,
    *,
    path: str = "/count",
    body: object = None,
    method: str = "POST",
) -> TestResponse:
    headers = device.headers if key is None else {**device.headers, "Idempotency-Key": key}
    return client.open(path, method=method, json=body or {}, headers=headers)


def test_without_a_key_each_is_done(client: FlaskClient, device: Device, done: list[int]) -> None:
    assert [send(client, device, None).json["times"] for _ in range(2)] == [1, 2]


def test_with_a_key_it_is_done_once_and_answered_alike(client: FlaskClient, device: Device, done: list[int]) -> None:
    first, second = send(client, device, "a"), send(client, device, "a")

    assert done == [1]
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    "other", [{"body": {"x": 1}}, {"method": "PATCH"}, {"path": "/count?x=1"}, {"path": "/refuse"}]
)
def test_the_same_key_for_another_request(
    client: FlaskClient, device: Device, done: list[int], other: dict[str, object]
) -> None:
    send(client, device, "a")

    response = send(client, device, "a", **other)

    assert (response.status_code, response.json["code"]) == (409, "idempotency_conflict")
    assert done == [1]


def test_a_refusal_is_not_kept(client: FlaskClient, device: Device, done: list[int]) -> None:
    assert send(client, device, "a", path="/refuse").status_code == 409
    assert send(client, device, "a", path="/refuse").status_code == 201


def test_each_device_has_keys_of_its_own(
    client: FlaskClient, pair: Callable[..., Device], device: Device, done: list[int]
) -> None:
    send(client, device, "a")
    send(client, pair(), "a")

    assert done == [1, 2]


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "a" * 129, "a\tb"])
def test_what_is_no_key(client: FlaskClient, device: Device, done: list[int], key: str) -> None:
    response = send(client, device, key)

    assert (response.status_code, response.json["errors"][0]["path"]) == (422, "Idempotency-Key")
    assert done == []


def test_the_longest_key(client: FlaskClient, device: Device, done: list[int]) -> None:
    assert send(client, device, "~" * 128).status_code == 201


def test_the_same_request_many_times_at_once(app: Flask, device: Device, done: list[int]) -> None:
    answers: list[TestResponse] = []
    barrier = threading.Barrier(8)

    def send_one() -> None:
        barrier.wait()
        answers.append(send(app.test_client(), device, "a"))

    threads = [threading.Thread(target=send_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert done == [1]
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.data for answer in answers}) == 1
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False] + [True] * 7


def test_keys_are_forgotten_in_time_but_not_before(
    client: FlaskClient, device: Device, done: list[int], store: Store, clock: Clock
) -> None:
    send(client, device, "old")
    clock.now += timedelta(days=90)
    send(client, device, "newer")
    assert send(client, device, "old").headers["Idempotency-Replayed"] == "true"

    clock.now += KEPT - timedelta(days=89)
    newest = {f"newest-{number}" for number in range(PRUNE_EVERY)}
    for key in newest:
        send(client, device, key)

    with store.read() as tx:
        assert {row.key for row in Idempotency.select().execute(tx.database)} == {"newer", *newest}
