"""The server proves to a device that it is the one that the device was connected to."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inkeeper.storage.database import Store
from inkeeper.storage.models import Device as DeviceRow
from tests.conftest import Device

NONCE = "0123456789abcdefABCDEF-_"


def asked(client: FlaskClient, device_id: str, nonce: str = NONCE) -> TestResponse:
    return client.get("/api/v1/server", query_string={"nonce": nonce, "device": device_id})


def expected(secret: str, nonce: str = NONCE) -> str:
    return hmac.new(secret.encode(), nonce.encode(), hashlib.sha256).hexdigest()


@pytest.fixture
def connected(client: FlaskClient, shown_codes: list[str]) -> dict[str, str]:
    """What a device gets that is connected now."""
    pairing = client.post("/api/v1/pairings", json={"device": "Chrome on Linux"}).json["id"]
    answer = client.post(f"/api/v1/pairings/{pairing}/confirm", json={"code": shown_codes[-1]})
    assert answer.status_code == 201
    return dict(answer.json)


@pytest.fixture
def old(pair: Callable[..., Device], store: Store) -> Device:
    """A device that was connected by a version without secrets."""
    device = pair()
    with store.begin_write(None) as tx:
        DeviceRow.update(secret=None).where(DeviceRow.id == device.id).execute(tx.database)
    return device


def test_the_proof(client: FlaskClient, connected: dict[str, str]) -> None:
    answer = asked(client, connected["device_id"])

    assert answer.status_code == 200
    assert answer.json["proof"] == expected(connected["secret"])
    # Key and message are ASCII text, the proof is in lower-case hex: the same known answer is in the extension's test.
    assert expected("secret", "nonce") == "042df25f9d1981866dfcab8bce6f4e3721168616b0a02d94a879c29e9f710b58"


def test_another_nonce_has_another_proof(client: FlaskClient, connected: dict[str, str]) -> None:
    device = connected["device_id"]
    first, second = (asked(client, device, nonce).json["proof"] for nonce in (NONCE, NONCE + "x"))

    assert first != second
    assert second == expected(connected["secret"], NONCE + "x")


def test_without_a_nonce_there_is_none(client: FlaskClient) -> None:
    assert "proof" not in client.get("/api/v1/server").json


def test_the_id_is_of_the_database(client: FlaskClient) -> None:
    first, second = (client.get("/api/v1/server").json["id"] for _ in range(2))

    assert first == second
    assert len(first) == 32


def test_a_revoked_device_can_still_tell_its_server(client: FlaskClient, connected: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {connected['token']}"}
    client.delete(f"/api/v1/devices/{connected['device_id']}", headers=headers)

    assert asked(client, connected["device_id"]).json["proof"] == expected(connected["secret"])


def test_a_device_that_is_not_known_gets_none(client: FlaskClient) -> None:
    answer = asked(client, "nobody")

    assert (answer.status_code, answer.json["proof"]) == (200, None)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"nonce": "x" * 21, "device": "d"}, "nonce"),
        ({"nonce": "x" * 129, "device": "d"}, "nonce"),
        ({"nonce": "x" * 30 + "+", "device": "d"}, "nonce"),
        ({"nonce": "x" * 30 + "\n", "device": "d"}, "nonce"),
        ({"nonce": "é" * 30, "device": "d"}, "nonce"),
        ({"nonce": "", "device": "d"}, "nonce"),
        ({"nonce": NONCE, "device": ""}, "device"),
        ({"nonce": NONCE, "device": "x" * 65}, "device"),
        ({"nonce": NONCE, "device": "'"}, "device"),
        ({"nonce": NONCE}, "device"),
        ({"device": "d"}, "nonce"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_query_that_is_not_fit(client: FlaskClient, query: dict[str, str], path: str) -> None:
    answer = client.get("/api/v1/server", query_string=query)

    assert answer.status_code == 422
    assert path in [error["path"] for error in answer.json["errors"]]


@pytest.mark.parametrize("nonce", ["x" * 22, "0" * 128])
def test_nonces_of_16_to_64_bytes(client: FlaskClient, connected: dict[str, str], nonce: str) -> None:
    assert asked(client, connected["device_id"], nonce).json["proof"] == expected(connected["secret"], nonce)


class TestADeviceOfBefore:
    """It was connected when there were no secrets, goes on working, and fetches one."""

    def test_it_works_without(self, client: FlaskClient, old: Device) -> None:
        assert asked(client, old.id).json["proof"] is None
        assert client.get("/api/v1/devices", headers=old.headers).status_code == 200

    def test_it_fetches_its_secret(self, client: FlaskClient, old: Device) -> None:
        made = client.post("/api/v1/devices/current/secret", json={}, headers=old.headers)

        assert made.status_code == 201
        assert asked(client, old.id).json["proof"] == expected(made.json["secret"])

    def test_it_is_made_once(self, client: FlaskClient, old: Device) -> None:
        client.post("/api/v1/devices/current/secret", json={}, headers=old.headers)

        again = client.post("/api/v1/devices/current/secret", json={}, headers=old.headers)

        assert (again.status_code, again.json["code"]) == (409, "secret_exists")

    def test_an_answer_that_got_lost_can_be_had_again(self, client: FlaskClient, old: Device) -> None:
        headers = {**old.headers, "Idempotency-Key": "secret"}
        first = client.post("/api/v1/devices/current/secret", json={}, headers=headers)

        again = client.post("/api/v1/devices/current/secret", json={}, headers=headers)

        assert (again.status_code, again.json) == (201, first.json)

    def test_one_connected_now_has_it_already(self, client: FlaskClient, pair: Callable[..., Device]) -> None:
        response = client.post("/api/v1/devices/current/secret", json={}, headers=pair().headers)

        assert response.status_code == 409


def test_no_list_tells_secrets(client: FlaskClient, connected: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {connected['token']}"}

    assert connected["secret"] not in client.get("/api/v1/devices", headers=headers).get_data(as_text=True)
