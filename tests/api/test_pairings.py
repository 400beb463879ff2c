"""A device gets its token only with the code that a person read in the server's terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inkeeper.services.devices import pairing
from inkeeper.settings import LOOPBACK_HOSTS, Settings
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


def test_another_device_that_asks_shuts_nobody_out(client: FlaskClient, shown_codes: list[str]) -> None:
    first, second = started(client), started(client)

    assert confirm(client, second, shown_codes[1]).status_code == 201
    assert confirm(client, first, shown_codes[0]).status_code == 201


def test_each_pairing_has_tries_of_its_own(client: FlaskClient, shown_codes: list[str]) -> None:
    first, second = started(client), started(client)
    for _ in range(5):
        confirm(client, first, other_than(shown_codes[0]))

    assert confirm(client, second, other_than(shown_codes[1])).json["tries_left"] == 4
    assert confirm(client, second, shown_codes[1]).status_code == 201


def test_hundreds_that_are_opened_and_cancelled_shut_nobody_out(client: FlaskClient, shown_codes: list[str]) -> None:
    mine = started(client)
    for number in range(300):
        pairing_id = started(client)
        if number % 2:
            client.delete(f"/api/v1/pairings/{pairing_id}")

    assert confirm(client, mine, shown_codes[0]).status_code == 201
    assert confirm(client, started(client), shown_codes[-1]).status_code == 201


def test_no_more_than_a_thousand_are_kept(client: FlaskClient, store: Store, clock: Clock) -> None:
    with store.begin_write(None) as tx:
        rows = [
            {
                "id": f"pairing {number}",
                "device_name": "Chrome on Linux",
                "code": "123456",
                "created_at": clock.now - timedelta(seconds=2000 - number),
                "expires_at": clock.now + timedelta(seconds=number),
                "tries_left": 5,
            }
            for number in range(2000)
        ]
        Pairing.insert_many(rows).execute(tx.database)

    newest = started(client)

    with store.read() as tx:
        left = {pairing.id for pairing in Pairing.select().execute(tx.database)}
    assert left == {newest} | {f"pairing {number}" for number in range(1001, 2000)}


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


def fifty_wrong_codes(client: FlaskClient, shown_codes: list[str]) -> None:
    """Ten pairings with five wrong codes each."""
    for _ in range(10):
        pairing_id = started(client)
        for _ in range(5):
            assert confirm(client, pairing_id, other_than(shown_codes[-1])).status_code == 403


def test_after_fifty_wrong_codes_it_stays_shut(
    client: FlaskClient, shown_codes: list[str], store: Store, clock: Clock
) -> None:
    mine = started(client)
    code = shown_codes[-1]
    fifty_wrong_codes(client, shown_codes)
    for _ in range(2):
        assert (start(client).status_code, start(client).json["code"]) == (403, "pairing_shut")
        refused = confirm(client, mine, code)
        assert (refused.status_code, refused.json["code"]) == (403, "pairing_shut")
        clock.advance(minutes=4)

    pairing.reopen(store)

    assert confirm(client, started(client), shown_codes[-1]).status_code == 201


def test_forty_nine_wrong_codes_do_not_shut_it(client: FlaskClient, shown_codes: list[str]) -> None:
    for _ in range(9):
        pairing_id = started(client)
        for _ in range(5):
            confirm(client, pairing_id, other_than(shown_codes[-1]))
    pairing_id = started(client)
    for _ in range(4):
        confirm(client, pairing_id, other_than(shown_codes[-1]))

    assert confirm(client, pairing_id, shown_codes[-1]).status_code == 201


def test_a_clock_that_was_ahead_leaves_nothing_in_the_way(
    client: FlaskClient, shown_codes: list[str], store: Store, clock: Clock
) -> None:
    clock.advance(days=2000)
    ahead = started(client)
    pairing.invite(store, "Kai Example", clock())
    clock.advance(days=-2000)

    # A code made then would be good for years.
    assert confirm(client, ahead, shown_codes[0]).status_code == 410
    assert confirm(client, started(client), shown_codes[-1]).status_code == 201
    assert confirm(client, ahead, shown_codes[0]).status_code == 404


class TestASharedServer:
    """One that answers under a name beyond loopback shows no codes to strangers."""

    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return Settings(database=database_url, allowed_hosts=LOOPBACK_HOSTS | {"inkeeper.example"})

    def test_a_stranger_opens_nothing(self, client: FlaskClient, store: Store, shown_codes: list[str]) -> None:
        response = start(client)

        assert (response.status_code, response.json["code"]) == (403, "invitation_needed")
        assert "inkeeper pair --owner" in response.json["detail"]
        assert shown_codes == []
        with store.read() as tx:
            assert not Pairing.select().exists(tx.database)

    def test_the_code_is_issued_first(
        self, client: FlaskClient, store: Store, clock: Clock, shown_codes: list[str]
    ) -> None:
        code = pairing.invite(store, "Kai Example", clock())

        connected = confirm(client, started(client), code)

        assert connected.status_code == 201
        assert shown_codes == []
        with store.read() as tx:
            device = DeviceRow.select(DeviceRow, Owner).join(Owner).get(tx.database)
        assert (device.id, device.owner.name) == (connected.json["device_id"], "Kai Example")
        # It is used up.
        assert start(client).json["code"] == "invitation_needed"

    def test_each_owner_has_a_code_of_their_own(self, client: FlaskClient, store: Store, clock: Clock) -> None:
        codes = {name: pairing.invite(store, name, clock()) for name in ("Kai Example", "Robin Sample")}

        for name, code in codes.items():
            confirmed = confirm(client, started(client), code)
            with store.read() as tx:
                device = (
                    DeviceRow.select(DeviceRow, Owner)
                    .join(Owner)
                    .where(DeviceRow.id == confirmed.json["device_id"])
                    .get(tx.database)
                )
                assert device.owner.name == name

    def test_a_new_code_takes_the_place_of_the_owners_last(
        self, client: FlaskClient, store: Store, clock: Clock
    ) -> None:
        before = pairing.invite(store, "Kai Example", clock())
        pairing_id = started(client)
        code = pairing.invite(store, "Kai Example", clock())

        if before != code:
            assert confirm(client, pairing_id, before).json["code"] == "wrong_code"
        assert confirm(client, pairing_id, code).status_code == 201

    def test_a_stranger_who_knows_of_the_code_shuts_nobody_out(
        self, client: FlaskClient, store: Store, clock: Clock
    ) -> None:
        code = pairing.invite(store, "Kai Example", clock())
        strangers, mine = started(client), started(client)
        for _ in range(5):
            confirm(client, strangers, other_than(code))

        assert confirm(client, mine, code).status_code == 201

    def test_a_code_is_good_for_five_minutes(self, client: FlaskClient, store: Store, clock: Clock) -> None:
        code = pairing.invite(store, "Kai Example", clock())
        clock.advance(minutes=4, seconds=59)
        pairing_id = started(client)
        clock.advance(seconds=1)

        assert confirm(client, pairing_id, code).json["code"] == "wrong_code"
        assert start(client).json["code"] == "invitation_needed"

    def test_an_owner_whose_code_was_guessed_at_too_often_shuts_no_other_out(
        self, client: FlaskClient, store: Store, clock: Clock
    ) -> None:
        kais = pairing.invite(store, "Kai Example", clock())
        for _ in range(10):
            pairing_id = started(client)
            for _ in range(5):
                assert confirm(client, pairing_id, other_than(kais)).json["code"] == "wrong_code"
        assert start(client).json["code"] == "pairing_shut"

        robins = pairing.invite(store, "Robin Sample", clock())

        assert confirm(client, started(client), kais).json["code"] == "wrong_code"
        assert confirm(client, started(client), robins).status_code == 201


def test_a_code_issued_first_is_good_on_loopback_too(
    client: FlaskClient, store: Store, clock: Clock, shown_codes: list[str]
) -> None:
    code = pairing.invite(store, "Kai Example", clock())
    pairing_id = started(client)

    assert len(shown_codes) == 1
    assert confirm(client, pairing_id, code).status_code == 201


def test_which_of_several_is_meant_is_not_guessed(client: FlaskClient, store: Store, clock: Clock) -> None:
    started(client)
    started(client)

    assert pairing.open_for_owner(store, "Kai Example", clock()) is None


def test_whoever_has_the_terminal_says_whose_the_device_is(pair: Callable[..., Device], store: Store) -> None:
    kai, robin, again = pair("Kai Example"), pair("Robin Sample"), pair("Kai Example")

    with store.read() as tx:
        owners = {
            device.id: device.owner.name
            for device in DeviceRow.select(DeviceRow, Owner).join(Owner).execute(tx.database)
        }
    assert owners == {kai.id: "Kai Example", robin.id: "Robin Sample", again.id: "Kai Example"}


class TestEachOwner:
    """A pairing, its code and its limits belong to one owner."""

    def owner_of(self, store: Store, device_id: str) -> str:
        with store.read() as tx:
            device = DeviceRow.select(DeviceRow, Owner).join(Owner).where(DeviceRow.id == device_id).get(tx.database)
        return str(device.owner.name)

    def test_a_code_that_one_owner_saw_connects_no_device_of_another(
        self, client: FlaskClient, store: Store, clock: Clock, shown_codes: list[str]
    ) -> None:
        pairing_id = started(client)

        claimed = pairing.open_for_owner(store, "Kai Example", clock())

        assert claimed is not None
        assert confirm(client, pairing_id, shown_codes[0]).json["code"] == "wrong_code"
        connected = confirm(client, pairing_id, claimed.code)
        assert self.owner_of(store, connected.json["device_id"]) == "Kai Example"

    def test_the_default_owners_code_stays_good_when_it_is_asked_for_again(
        self, client: FlaskClient, store: Store, clock: Clock, shown_codes: list[str]
    ) -> None:
        pairing_id = started(client)

        assert [pairing.open_for_owner(store, "me", clock()).code for _ in range(2)] == [shown_codes[0]] * 2

        assert confirm(client, pairing_id, shown_codes[0]).status_code == 201

    def test_an_invitation_of_one_owner_connects_no_device_that_another_claimed(
        self, client: FlaskClient, store: Store, clock: Clock
    ) -> None:
        robins = pairing.invite(store, "Robin Sample", clock())
        pairing_id = started(client)
        kais = pairing.open_for_owner(store, "Kai Example", clock())

        assert kais is not None
        assert confirm(client, pairing_id, robins).json["code"] == "wrong_code"
        connected = confirm(client, pairing_id, kais.code)
        assert self.owner_of(store, connected.json["device_id"]) == "Kai Example"

    def test_no_two_valid_codes_are_equal(
        self, client: FlaskClient, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numbers = iter([7, 7, 7, 8, 8, 7, 9])
        monkeypatch.setattr(pairing.secrets, "randbelow", lambda _: next(numbers))

        kais = pairing.invite(store, "Kai Example", clock())
        robins = pairing.invite(store, "Robin Sample", clock())
        pairing_id = started(client)

        assert (kais, robins) == ("000007", "000008")
        connected = confirm(client, pairing_id, "000009")
        assert self.owner_of(store, connected.json["device_id"]) == "me"

    def test_a_device_that_another_owner_claimed_is_in_nobodys_way(
        self, client: FlaskClient, store: Store, clock: Clock
    ) -> None:
        kais_id = started(client)
        kais = pairing.open_for_owner(store, "Kai Example", clock())
        robins_id = started(client)
        robins = pairing.open_for_owner(store, "Robin Sample", clock())

        assert kais is not None
        assert robins is not None
        assert (kais.id, robins.id) == (kais_id, robins_id)
        for each, name in ((kais, "Kai Example"), (robins, "Robin Sample")):
            connected = confirm(client, each.id, each.code)
            assert self.owner_of(store, connected.json["device_id"]) == name

    def test_wrong_codes_for_one_owner_shut_no_other_out(
        self, client: FlaskClient, store: Store, clock: Clock, shown_codes: list[str]
    ) -> None:
        fifty_wrong_codes(client, shown_codes)
        assert start(client).json["code"] == "pairing_shut"

        code = pairing.invite(store, "Kai Example", clock())
        shown = len(shown_codes)
        connected = confirm(client, started(client), code)

        assert self.owner_of(store, connected.json["device_id"]) == "Kai Example"
        # Nobody was shown a code of the default owner's meanwhile.
        assert len(shown_codes) == shown
        assert start(client).json["code"] == "pairing_shut"

    def test_opening_it_again_for_one_owner_opens_it_for_no_other(
        self, client: FlaskClient, store: Store, shown_codes: list[str]
    ) -> None:
        fifty_wrong_codes(client, shown_codes)

        pairing.reopen(store, "Kai Example")
        assert start(client).json["code"] == "pairing_shut"

        pairing.reopen(store, "me")
        assert start(client).status_code == 201

    def test_thousands_that_ask_put_no_claimed_device_out(
        self, client: FlaskClient, store: Store, clock: Clock
    ) -> None:
        pairing_id = started(client)
        claimed = pairing.open_for_owner(store, "Kai Example", clock())
        with store.begin_write(None) as tx:
            Pairing.insert_many(
                {
                    "id": f"pairing {number}",
                    "device_name": "Chrome on Linux",
                    "code": "123456",
                    "created_at": clock(),
                    "expires_at": clock() + timedelta(minutes=5),
                    "tries_left": 5,
                }
                for number in range(1500)
            ).execute(tx.database)

        assert start(client).status_code == 201

        with store.read() as tx:
            assert Pairing.select().where(Pairing.owner.is_null()).count(tx.database) == 1000
        assert claimed is not None
        assert confirm(client, pairing_id, claimed.code).status_code == 201


def test_nobody_said_whose(client: FlaskClient, shown_codes: list[str], store: Store) -> None:
    confirm(client, started(client), shown_codes[0])

    with store.read() as tx:
        assert Owner.select().get(tx.database).name == "me"


def test_no_pairing_is_open(store: Store, clock: Clock) -> None:
    assert pairing.open_for_owner(store, "Kai Example", clock()) is None
    with store.read() as tx:
        assert Owner.select().count(tx.database) == 0


@pytest.mark.sqlite
def test_neither_token_nor_used_code_is_kept(pair: Callable[..., Device], store: Store, shown_codes: list[str]) -> None:
    device = pair()

    with store.read() as tx:
        assert Pairing.select().get(tx.database).code == ""
        assert device.token not in DeviceRow.select().get(tx.database).token_hash
    store.checkpoint_and_close()
    assert device.token.encode() not in store.path.read_bytes()
    assert shown_codes[0].encode() not in store.path.read_bytes()


class TestAPreparedPairing:
    """What a browser is given that Inkeeper starts itself."""

    def confirm(self, client: FlaskClient, prepared: Pairing, code: str | None = None) -> TestResponse:
        return client.post(f"/api/v1/pairings/{prepared.id}/confirm", json={"code": code or prepared.code})

    def test_it_connects_once(self, client: FlaskClient, store: Store, clock: Clock) -> None:
        prepared = pairing.prepare(store, "me", "Own Chromium", clock())

        connected = self.confirm(client, prepared)

        assert connected.status_code == 201
        headers = {"Authorization": f"Bearer {connected.json['token']}"}
        devices = client.get("/api/v1/devices", headers=headers).json["items"]
        assert [device["name"] for device in devices] == ["Own Chromium"]
        assert self.confirm(client, prepared).status_code == 410
        assert pairing.is_closed(store, prepared.id)

    def test_it_is_over_after_a_minute(self, client: FlaskClient, store: Store, clock: Clock) -> None:
        prepared = pairing.prepare(store, "me", "Own Chromium", clock())
        clock.advance(seconds=60)

        assert self.confirm(client, prepared).status_code == 410

    def test_it_is_over_once_cancelled(self, client: FlaskClient, store: Store, clock: Clock) -> None:
        prepared = pairing.prepare(store, "me", "Own Chromium", clock())
        pairing.cancel(store, prepared.id, clock())

        assert self.confirm(client, prepared).status_code == 410

    def test_another_long_code_is_wrong(self, client: FlaskClient, store: Store, clock: Clock) -> None:
        prepared = pairing.prepare(store, "me", "Own Chromium", clock())
        other = pairing.prepare(store, "me", "Own Chromium", clock())

        assert self.confirm(client, prepared, other.code).status_code == 403
        assert self.confirm(client, prepared).status_code == 201

    def test_it_does_not_get_in_the_way_of_a_device_that_asks(
        self, client: FlaskClient, store: Store, clock: Clock, shown_codes: list[str]
    ) -> None:
        pairing.prepare(store, "me", "Own Chromium", clock())
        client.post("/api/v1/pairings", json={"device": "Edge on Linux"})

        found = pairing.open_for_owner(store, "me", clock())

        assert found is not None
        assert found.code == shown_codes[-1]
