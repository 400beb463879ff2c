"""Devices are listed, seen, and lose their access at once."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.conftest import Clock, Device


def test_one_that_is_revoked_is_out_at_once(client: FlaskClient, pair: Callable[..., Device], clock: Clock) -> None:
    lost, kept = pair(device="Lost laptop"), pair(device="Chrome on Linux")
    clock.advance(hours=1)

    answer = client.delete(f"/api/v1/devices/{lost.id}", headers=kept.headers)

    assert answer.status_code == 200
    assert answer.json["revoked_at"] == "2026-11-23T10:00:00Z"
    assert client.get("/api/v1/devices", headers=lost.headers).status_code == 401
    items = client.get("/api/v1/devices", headers=kept.headers).json["items"]
    assert [(item["name"], item["revoked_at"]) for item in items] == [
        ("Lost laptop", "2026-11-23T10:00:00Z"),
        ("Chrome on Linux", None),
    ]


def test_revoking_again_changes_nothing(client: FlaskClient, pair: Callable[..., Device], clock: Clock) -> None:
    lost, kept = pair(), pair()
    first = client.delete(f"/api/v1/devices/{lost.id}", headers=kept.headers)
    clock.advance(days=1)

    assert client.delete(f"/api/v1/devices/{lost.id}", headers=kept.headers).json == first.json


def test_a_device_may_revoke_itself(client: FlaskClient, pair: Callable[..., Device]) -> None:
    device = pair()

    assert client.delete(f"/api/v1/devices/{device.id}", headers=device.headers).status_code == 200
    assert client.get("/api/v1/devices", headers=device.headers).status_code == 401


def test_when_it_was_last_seen_is_known_to_the_hour(
    client: FlaskClient, pair: Callable[..., Device], clock: Clock
) -> None:
    device = pair()

    def last_seen() -> str:
        return str(client.get("/api/v1/devices", headers=device.headers).json["items"][0]["last_seen_at"])

    assert last_seen() == "2026-11-23T09:00:00Z"
    clock.advance(minutes=59)
    assert last_seen() == "2026-11-23T09:00:00Z"
    clock.advance(minutes=1)
    assert last_seen() == "2026-11-23T10:00:00Z"


def test_the_list_in_pages(client: FlaskClient, pair: Callable[..., Device]) -> None:
    devices = [pair(device=f"Device {number}") for number in range(5)]

    seen, cursor = [], ""
    while True:
        page = client.get(f"/api/v1/devices?limit=2{cursor}", headers=devices[0].headers).json
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == [device.id for device in devices]


def test_a_page_that_just_holds_all_has_no_next(client: FlaskClient, pair: Callable[..., Device]) -> None:
    pair()

    page = client.get("/api/v1/devices?limit=2", headers=pair().headers).json

    assert len(page["items"]) == 2
    assert page["next_cursor"] is None
