"""The one-time connection in the extension's folder: for one browser, in a private folder alone."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from inkeeper.server import prepared
from inkeeper.services.devices import pairing
from inkeeper.settings import Settings
from inkeeper.storage.database import Store
from tests.conftest import Clock
from tests.web.test_welcome import CHROME

ADDRESS = "http://127.0.0.1:8425"

Offer = Callable[..., bool]


@pytest.fixture
def folder(store: Store) -> Path:
    """The extension's folder."""
    folder = store.folder / "extension"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def offer(store: Store, settings: Settings, folder: Path, clock: Clock) -> Offer:
    def call(address: str = ADDRESS, **changed: Any) -> bool:
        return prepared.offer(store, replace(settings, **changed), folder, address, clock())

    return call


def connection(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "connect.json").read_text()))


def confirm(client: FlaskClient, offered: dict[str, Any], **more: str) -> int:
    body = {"code": offered["code"], **more}
    return client.post(f"/api/v1/pairings/{offered['id']}/confirm", json=body).status_code


def test_only_this_user_can_read_it(offer: Offer, folder: Path) -> None:
    before = os.umask(0)
    try:
        assert offer()
    finally:
        os.umask(before)

    assert stat.S_IMODE((folder / "connect.json").stat().st_mode) == 0o600
    assert connection(folder)["address"] == ADDRESS
    assert [path.name for path in folder.iterdir()] == ["connect.json"]


def test_it_connects_one_browser_under_its_own_name_and_is_deleted(
    offer: Offer, folder: Path, client: FlaskClient, sign_in: Callable[..., Any]
) -> None:
    offer()
    offered = connection(folder)

    assert confirm(client, offered, device="Vivaldi on Linux") == 201

    assert not (folder / "connect.json").exists()
    assert confirm(client, offered, device="Edge on Linux") == 410
    shown = sign_in("me").text("/welcome/connecting")
    assert "Connected: Vivaldi on Linux" in shown
    assert "Edge on Linux" not in shown


def test_a_device_that_showed_its_name_with_a_code_cannot_take_another_name(
    client: FlaskClient, shown_codes: list[str], sign_in: Callable[..., Any]
) -> None:
    asked = client.post("/api/v1/pairings", json={"device": pairing.UNNAMED}).json

    assert confirm(client, {"id": asked["id"], "code": shown_codes[-1]}, device="Inkeeper's own Chromium") == 201

    assert "own Chromium" not in sign_in("me").text("/welcome/connecting")


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o704, 0o777])
def test_a_folder_that_others_can_look_into_gets_none(offer: Offer, folder: Path, mode: int) -> None:
    folder.chmod(mode)

    assert not offer()
    assert list(folder.iterdir()) == []


def test_a_folder_of_another_user_gets_none(offer: Offer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)

    assert not offer()
    assert list(folder.iterdir()) == []


def test_a_link_to_a_folder_gets_none(offer: Offer, folder: Path, tmp_path: Path) -> None:
    elsewhere = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(elsewhere)

    assert not offer()
    assert list(elsewhere.iterdir()) == []


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(
    offer: Offer, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for name in ("connect.json", "connect.json.new"):
        (folder / name).symlink_to(tmp_path / "mine.txt")

    assert offer()

    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert connection(folder)["address"] == ADDRESS


def test_without_a_folder_there_is_none(offer: Offer, folder: Path) -> None:
    folder.rmdir()
    assert not offer()


@pytest.mark.parametrize("changed", [{"demo": True}, {"allowed_hosts": frozenset({"inkeeper.example.org"})}])
def test_a_demo_and_a_shared_server_offer_none(offer: Offer, folder: Path, changed: dict[str, Any]) -> None:
    assert not offer(**changed)
    assert list(folder.iterdir()) == []


def test_it_stays_while_a_browser_may_be_loading_it_and_is_renewed_after_that(
    offer: Offer, folder: Path, clock: Clock, client: FlaskClient
) -> None:
    offer()
    first = connection(folder)
    clock.advance(minutes=4)
    offer()
    assert connection(folder) == first

    clock.advance(minutes=2)
    offer()

    second = connection(folder)
    assert second != first
    assert confirm(client, first) == 410
    clock.advance(minutes=9)
    assert confirm(client, second) == 201


def test_a_server_on_another_port_replaces_it(offer: Offer, folder: Path) -> None:
    offer()
    offer("http://127.0.0.1:9000")

    assert connection(folder)["address"] == "http://127.0.0.1:9000"


def test_it_is_over_after_ten_minutes(
    offer: Offer, folder: Path, store: Store, clock: Clock, client: FlaskClient
) -> None:
    offer()
    offered = connection(folder)
    assert prepared.is_offered(store, folder, clock())
    clock.advance(minutes=10)

    assert not prepared.is_offered(store, folder, clock())
    assert not (folder / "connect.json").exists()
    assert confirm(client, offered) == 410


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"id": 1', '{"address": 1, "id": 2, "code": 3, "more": 4}'])
def test_a_file_that_was_cut_off_is_replaced(offer: Offer, folder: Path, content: str) -> None:
    (folder / "connect.json").write_text(content)

    assert offer()
    assert connection(folder)["address"] == ADDRESS


def test_set_up_offers_it_to_the_owner_of_the_computer_alone(sign_in: Callable[..., Any], store: Store) -> None:
    secret = store.folder / "extension" / "connect.json"
    sign_in("Robin Sample").get("/welcome?step=2", **CHROME)
    assert not secret.exists()

    mine = sign_in("me").get("/welcome?step=2", **CHROME).get_data(as_text=True)

    assert connection(secret.parent)["code"] not in mine


@pytest.mark.postgresql
def test_a_server_on_postgresql_offers_none(store: Store, settings: Settings, tmp_path: Path, clock: Clock) -> None:
    tmp_path.chmod(0o700)

    assert not prepared.offer(store, settings, tmp_path, ADDRESS, clock())
    assert not (tmp_path / "connect.json").exists()
