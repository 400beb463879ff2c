"""A browser signs in to the pages with a one-time secret: once, in time, as the owner who made it."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inkeeper.api.sign_ins import WRONG_SECRETS_PER_MINUTE
from inkeeper.services.devices.sign_ins import MADE_ALLOWED
from inkeeper.storage.database import Store
from inkeeper.storage.models import TABLES
from tests.conftest import Clock, Device


@pytest.fixture
def device(pair: Callable[..., Device]) -> Device:
    return pair()


def make(client: FlaskClient, device: Device, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/api/v1/sign-ins", json={}, headers=device.headers | named)


def redeem(client: FlaskClient, secret: str, *, token: str | None = None) -> TestResponse:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    body = {"secret": secret, "device": "Firefox on Linux"}
    return client.post("/api/v1/sign-ins/redeem", json=body, headers=headers)


def test_a_secret_gives_a_page_its_own_token(client: FlaskClient, device: Device) -> None:
    made = make(client, device)
    assert made.status_code == 201
    assert made.json["expires_at"] == "2026-11-23T09:01:00Z"

    answer = redeem(client, made.json["secret"])

    assert answer.status_code == 201
    assert set(answer.json) == {"token", "device_id"}
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    _, page = client.get("/api/v1/devices", headers=headers).json["items"]
    assert (page["id"], page["name"], page["kind"]) == (answer.json["device_id"], "Page in Firefox on Linux", "page")
    assert page["current"]


def test_a_page_is_signed_out_at_once_by_revoking_it(client: FlaskClient, device: Device) -> None:
    page = redeem(client, make(client, device).json["secret"]).json
    headers = {"Authorization": f"Bearer {page['token']}"}
    assert client.get("/api/v1/accounts", headers=headers).status_code == 200

    assert client.delete(f"/api/v1/devices/{page['device_id']}", headers=device.headers).status_code == 200

    assert client.get("/api/v1/accounts", headers=headers).status_code == 401


def test_a_secret_is_used_once(client: FlaskClient, device: Device) -> None:
    secret = make(client, device).json["secret"]
    assert redeem(client, secret).status_code == 201

    again = redeem(client, secret)

    assert (again.status_code, again.json["code"]) == (410, "over")


def test_a_secret_expires_after_a_minute(client: FlaskClient, device: Device, clock: Clock) -> None:
    early, late = (make(client, device).json["secret"] for _ in range(2))
    clock.advance(seconds=59.9)
    assert redeem(client, early).status_code == 201
    clock.advance(seconds=0.1)

    assert redeem(client, late).status_code == 410


def test_a_clock_that_is_set_back_does_not_prolong_a_secret(client: FlaskClient, device: Device, clock: Clock) -> None:
    secret = make(client, device).json["secret"]
    clock.advance(days=-1)

    assert redeem(client, secret).status_code == 410


def test_guesses_are_refused_then_slowed_while_a_right_secret_still_works(
    client: FlaskClient, device: Device, clock: Clock
) -> None:
    secret = make(client, device).json["secret"]

    statuses = [redeem(client, f"guess-{number}").status_code for number in range(WRONG_SECRETS_PER_MINUTE + 5)]

    assert statuses == [403] * WRONG_SECRETS_PER_MINUTE + [429] * 5
    assert redeem(client, "guess").headers["Retry-After"] == "60"
    assert redeem(client, secret).status_code == 201
    clock.advance(minutes=1)
    assert redeem(client, "guess").status_code == 403


def test_too_many_secrets_are_refused(client: FlaskClient, device: Device, clock: Clock) -> None:
    for _ in range(MADE_ALLOWED):
        assert make(client, device).status_code == 201

    refused = make(client, device)

    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    clock.advance(seconds=int(refused.headers["Retry-After"]) + 1)
    assert make(client, device).status_code == 201


def test_one_owner_cannot_keep_another_from_signing_in(
    client: FlaskClient, device: Device, pair: Callable[..., Device]
) -> None:
    other = pair("Robin Sample")
    for _ in range(MADE_ALLOWED + 1):
        make(client, other)

    assert make(client, device).status_code == 201


def test_a_page_that_is_signed_in_already_keeps_its_token(client: FlaskClient, device: Device) -> None:
    first = redeem(client, make(client, device).json["secret"]).json

    second_secret = make(client, device).json["secret"]
    second = redeem(client, second_secret, token=first["token"])

    assert second.json == first
    assert redeem(client, second_secret).status_code == 410
    assert len(client.get("/api/v1/devices", headers=device.headers).json["items"]) == 2


def test_a_token_that_is_no_page_of_this_owner_is_replaced(
    client: FlaskClient, device: Device, pair: Callable[..., Device]
) -> None:
    other = pair("Robin Sample")
    theirs = redeem(client, make(client, other).json["secret"]).json["token"]
    revoked = redeem(client, make(client, device).json["secret"]).json
    client.delete(f"/api/v1/devices/{revoked['device_id']}", headers=device.headers)

    for token in (theirs, revoked["token"], device.token, "ink_wrong"):
        answer = redeem(client, make(client, device).json["secret"], token=token)
        assert answer.status_code == 201
        assert answer.json["token"] != token


def test_the_same_request_with_the_same_key_gives_the_same_secret(client: FlaskClient, device: Device) -> None:
    first, again = (make(client, device, Idempotency_Key="a") for _ in range(2))

    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"


def test_no_secret_is_stored_or_logged(
    client: FlaskClient, device: Device, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = make(client, device, Idempotency_Key="a").json["secret"]
    token = redeem(client, secret).json["token"]
    redeem(client, secret)

    with store.read() as tx:
        dump = "\n".join(str(row) for table in TABLES for row in table.select().tuples().execute(tx.database))
    for hidden in (secret, token):
        assert hidden not in dump
        assert hidden not in caplog.text
