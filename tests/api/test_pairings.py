"""A device gets its token only with the code that a person read in the server's terminal."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inkeeper.services import pairing
from inkeeper.storage.database import Store
from inkeeper.storage.models import Device as DeviceRow
from inkeeper.storage.models import Owner, Pairing
from tests.conftest import Clock, Device


def start(client: FlaskClient, device: str = "Chrome on Linux") -> TestResponse:
    return client.post("/api/v1/pairings", json={"device": device})


def started(client: FlaskClient) -> str:
    response = start(client)
    assert response.status_code == 201, response.json
    return str(response.json["id"])


def confirm(client: FlaskClient, pairing_id: str, code: str) -> TestResponse:
    return client.post(f"/api/v1/pairings/{pairing_id}/confirm", json={"code": code})


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_right_code(client: FlaskClient, shown_codes: list[str]) -> None:
    response = confirm(client, started(client), shown_codes[0])

    assert response.status_code == 201
    headers = {"Authorization": f"Bearer {response.json['token']}"}
    (device,) = client.get("/api/v1/devices", headers=headers).json["items"]
    assert device["id"] == response.json["device_id"]
    assert device["name"] == "Chrome on Linux"
    assert device["current"] is True


def test_the_code_is_in_no_answer(client: FlaskClient, shown_codes: list[str], clock: Clock) -> None:
    answer = start(client)

    assert answer.json == {"id": answer.json["id"], "expires_at": "2026-11-23T09:05:00Z"}
    assert shown_codes[0] not in answer.get_data(as_text=True) + str(answer.headers)
    assert len(shown_codes[0]) == 6
    assert shown_codes[0].isdigit()


def test_a_wrong_code_says_how_many_tries_are_left(client: FlaskClient, shown_codes: list[str]) -> None:
    pairing_id = started(client)
    wrong = other_than(shown_codes[0])

    answers = [confirm(client, pairing_id, wrong) for _ in range(5)]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(403, "wrong_code")] * 5
    assert [answer.json["tries_left"] for answer in answers] == [4, 3, 2, 1, 0]


def test_the_right_code_after_wrong_ones(client: FlaskClient, shown_codes: list[str]) -> None:
    pairing_id = started(client)
    for _ in range(4):
        confirm(client, pairing_id, other_than(shown_codes[0]))

    assert confirm(client, pairing_id, shown_codes[0]).status_code == 201


def test_the_right_code_after_the_last_try(client: FlaskClient, shown_codes: list[str]) -> None:
    pairing_id = started(client)
    for _ in range(5):
        confirm(client, pairing_id, other_than(shown_codes[0]))

    response = confirm(client, pairing_id, shown_codes[0])

    assert (response.status_code, response.json["code"]) == (410, "over")


def test_the_right_code_too_late(client: FlaskClient, shown_codes: list[str], clock: Clock) -> None:
    pairing_id = started(client)
    clock.advance(minutes=5)

    assert confirm(client, pairing_id, shown_codes[0]).status_code == 410


def test_the_right_code_just_in_time(client: FlaskClient, shown_codes: list[str], clock: Clock) -> None:
    pairing_id = started(client)
    clock.advance(minutes=4, seconds=59)

    assert confirm(client, pairing_id, shown_codes[0]).status_code == 201


def test_the_right_code_a_second_time(client: FlaskClient, shown_codes: list[str]) -> None:
    pairing_id = started(client)
    confirm(client, pairing_id, shown_codes[0])

    assert confirm(client, pairing_id, shown_codes[0]).status_code == 410


def test_the_code_of_another_pairing(client: FlaskClient, shown_codes: list[str]) -> None:
    first = started(client)
    client.delete(f"/api/v1/pairings/{first}")
    second = started(client)

    if shown_codes[0] != shown_codes[1]:
        assert confirm(client, second, shown_codes[0]).status_code == 403
    assert confirm(client, first, shown_codes[1]).status_code == 410


def test_a_pairing_that_never_was(client: FlaskClient) -> None:
    assert confirm(client, "nothing", "123456").status_code == 404
    assert client.delete("/api/v1/pairings/nothing").status_code == 404


def test_what_is_no_code_costs_no_try(client: FlaskClient, shown_codes: list[str]) -> None:
    pairing_id = started(client)
    for code in ("", "12345", "1234567", "12345x", "１２３４５６", "123456\n"):
        assert confirm(client, pairing_id, code).status_code == 422, code

    assert confirm(client, pairing_id, other_than(shown_codes[0])).json["tries_left"] == 4


def test_only_one_at_a_time(client: FlaskClient, clock: Clock) -> None:
    started(client)
    clock.advance(minutes=2)

    response = start(client, "Firefox on Linux")

    assert (response.status_code, response.json["code"]) == (429, "pairing_open")
    assert response.headers["Retry-After"] == "180"


def test_after_the_first_has_run_out(client: FlaskClient, clock: Clock) -> None:
    started(client)
    clock.advance(minutes=5)

    assert start(client).status_code == 201


def test_after_the_first_was_cancelled(client: FlaskClient, shown_codes: list[str]) -> None:
    pairing_id = started(client)

    cancelled = client.delete(f"/api/v1/pairings/{pairing_id}")
    again = client.delete(f"/api/v1/pairings/{pairing_id}")

    assert cancelled.status_code == again.status_code == 200
    assert cancelled.json == again.json == {"id": pairing_id, "closed_at": "2026-11-23T09:00:00Z"}
    assert confirm(client, pairing_id, shown_codes[0]).status_code == 410
    assert start(client).status_code == 201


def test_ten_within_ten_minutes(client: FlaskClient, clock: Clock) -> None:
    for _ in range(10):
        client.delete(f"/api/v1/pairings/{started(client)}")
        clock.advance(seconds=30)

    response = start(client)

    assert (response.status_code, response.json["code"]) == (429, "too_many_pairings")
    assert response.headers["Retry-After"] == "300"
    clock.advance(seconds=300)
    assert start(client).status_code == 201


def test_whoever_has_the_terminal_says_whose_the_device_is(pair: Callable[..., Device], store: Store) -> None:
    kai, robin, again = pair("Kai Example"), pair("Robin Sample"), pair("Kai Example")

    with store.read():
        owners = {device.id: device.owner.name for device in DeviceRow.select(DeviceRow, Owner).join(Owner)}
    assert owners == {kai.id: "Kai Example", robin.id: "Robin Sample", again.id: "Kai Example"}


def test_nobody_said_whose(client: FlaskClient, shown_codes: list[str], store: Store) -> None:
    confirm(client, started(client), shown_codes[0])

    with store.read():
        assert Owner.get().name == "me"


def test_no_pairing_is_open(store: Store, clock: Clock) -> None:
    assert pairing.open_for_owner(store, "Kai Example", clock()) is None
    with store.read():
        assert Owner.select().count() == 0


def test_neither_token_nor_used_code_is_kept(pair: Callable[..., Device], store: Store, shown_codes: list[str]) -> None:
    device = pair()

    with store.read():
        assert Pairing.get().code == ""
        assert device.token not in DeviceRow.get().token_hash
    store.checkpoint_and_close()
    assert device.token.encode() not in store.path.read_bytes()
    assert shown_codes[0].encode() not in store.path.read_bytes()
