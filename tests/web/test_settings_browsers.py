"""Settings: connected browsers, codes that wait, the phone, the calendar's address, what is kept."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inkeeper.api.app import create_app
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.services.devices import pairing
from inkeeper.settings import Settings
from inkeeper.storage.database import Store
from inkeeper.web import settings_browsers
from tests.conftest import Clock, Device
from tests.seat import Seat
from tests.web.conftest import HTMX, WebPage, words

WAITING = "/settings/browsers/waiting"


def ask(client: FlaskClient, device: str = "Firefox on Linux") -> str:
    """A browser asks to be connected; the id of its pairing."""
    return str(client.post("/api/v1/pairings", json={"device": device}).json["id"])


def shown_code(text: str) -> str:
    found = re.search(r"\b(\d{3}) (\d{3})\b", text)
    assert found, text
    return found[1] + found[2]


def version(answer: Any) -> str:
    return re.search(r"shown=(\w+)", answer.get_data(as_text=True))[1]


# ---- connecting ----


def test_a_browser_that_asks_is_shown_with_its_code(page: WebPage, seat: Seat, client: FlaskClient) -> None:
    assert "No browser is asking at the moment." in page.text("/settings/browsers")

    asking = ask(client)

    text = page.text("/settings/browsers")
    assert "Firefox on Linux wants to connect" in text
    confirmed = client.post(f"/api/v1/pairings/{asking}/confirm", json={"code": shown_code(text)})
    assert confirmed.status_code == 201
    text = page.text("/settings/browsers")
    assert "wants to connect" not in text
    assert "Firefox on Linux Extension or program, since today · never used Disconnect" in text


def test_the_page_follows_along(page: WebPage, seat: Seat, client: FlaskClient, clock: Clock) -> None:
    first = version(page.get("/settings/browsers"))
    assert page.get(f"{WAITING}?shown={first}").status_code == 204

    asking = ask(client)
    answer = page.get(f"{WAITING}?shown={first}")
    assert "Firefox on Linux wants to connect" in words(answer)
    second = version(answer)
    assert page.get(f"{WAITING}?shown={second}").status_code == 204
    client.post(f"/api/v1/pairings/{asking}/confirm", json={"code": shown_code(words(answer))})

    connected = page.get(f"{WAITING}?shown={second}")
    assert "wants to connect" not in words(connected)
    assert "Disconnect Firefox on Linux" in html.unescape(connected.get_data(as_text=True))


def test_a_code_is_gone_after_five_minutes_and_after_giving_up(
    page: WebPage, seat: Seat, client: FlaskClient, clock: Clock
) -> None:
    client.delete(f"/api/v1/pairings/{ask(client)}")
    assert "wants to connect" not in page.text("/settings/browsers")
    ask(client)
    clock.advance(minutes=5)
    assert "wants to connect" not in page.text("/settings/browsers")


def test_several_that_ask_are_told_apart(page: WebPage, seat: Seat, client: FlaskClient, clock: Clock) -> None:
    for number in range(7):
        ask(client, f"Browser {number}")
        clock.advance(seconds=1)

    text = page.text("/settings/browsers")

    assert text.count("wants to connect") == 5
    assert "Browser 6 wants" in text
    assert "Type a code only where you pressed Connect yourself." in text


def test_another_owner_sees_no_code_that_would_connect_to_somebody_else(
    page: WebPage,
    seat: Seat,
    sign_in: Callable[..., WebPage],
    open_account: Callable[..., Seat],
    client: FlaskClient,
    store: Store,
    clock: Clock,
) -> None:
    stranger = sign_in("Somebody Else")
    stranger.send("/settings/accounts", name="Seat", plan="premium_career", zone="UTC")
    asking = ask(client)
    assert "wants to connect" not in stranger.text("/settings/browsers")
    assert "wants to connect" not in words(stranger.get(WAITING))
    assert "Get a code here" in stranger.text("/settings/browsers")

    pairing.open_for_owner(store, "Somebody Else", clock())

    assert "wants to connect" in stranger.text("/settings/browsers")
    assert "wants to connect" not in page.text("/settings/browsers")
    client.delete(f"/api/v1/pairings/{asking}")


def test_a_code_that_was_got_first_connects_to_its_owner(
    sign_in: Callable[..., WebPage], client: FlaskClient, seat: Seat
) -> None:
    stranger = sign_in("Somebody Else")
    stranger.send("/settings/accounts", name="Seat", plan="premium_career", zone="UTC")

    text = stranger.done("/settings/browsers/code")

    assert "Type this code on the extension's page It works once, for 5 minutes." in text
    confirmed = client.post(f"/api/v1/pairings/{ask(client, 'Edge')}/confirm", json={"code": shown_code(text)})
    assert confirmed.status_code == 201
    assert "Edge" in stranger.text("/settings/browsers")


# ---- devices ----


def test_disconnecting_a_browser(page: WebPage, seat: Seat, pair: Callable[..., Device], client: FlaskClient) -> None:
    other = pair("me", "Edge on Windows")
    text = page.text("/settings/browsers")
    assert "Page in Firefox on Linux Page, since today This page Sign out" in text
    assert "Edge on Windows Extension or program, since today" in text

    done = page.done(f"/settings/browsers/{other.id}/disconnect")

    assert "Disconnected." in done
    assert "Edge on Windows" not in page.text("/settings/browsers")
    assert "1 more was disconnected." in done
    assert client.get("/api/v1/accounts", headers=other.headers).status_code == 401


def test_more_devices_than_are_read_at_once(
    page: WebPage, seat: Seat, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_browsers, "DEVICES_AT_ONCE", 2)
    owner = devices.find_by_token(store, page.headers["Authorization"].removeprefix("Bearer ")).owner_id
    with store.begin_write(None) as tx:
        for number in range(5):
            devices.add(tx, Actor(owner), f"Browser {number}", clock())

    text = page.text("/settings/browsers")

    assert all(f"Browser {number} Extension or program" in text for number in range(5))


def test_owners_see_no_devices_of_each_other(page: WebPage, seat: Seat, sign_in: Callable[..., WebPage]) -> None:
    stranger = sign_in("Somebody Else")
    stranger.send("/settings/accounts", name="Seat", plan="premium_career", zone="UTC")

    assert page.device_id not in stranger.get("/settings/browsers").get_data(as_text=True)
    assert stranger.send(f"/settings/browsers/{page.device_id}/disconnect").status_code == 404
    assert page.get("/settings/browsers").status_code == 200


# ---- the phone ----


def test_a_server_for_this_computer_says_why_no_phone_gets_in(page: WebPage, seat: Seat) -> None:
    text = page.text("/settings/browsers")
    assert "Your phone can't reach this Inkeeper" in text
    assert "Show the QR code" not in text


@pytest.fixture
def shared(settings: Settings, store: Store, clock: Clock) -> FlaskClient:
    """A client of a server that several machines reach, by the name `ledger.example`."""
    reached = replace(settings, allowed_hosts=settings.allowed_hosts | {"ledger.example"})
    return create_app(store, settings=reached, clock=clock).test_client()


def show_picture(page: WebPage, shared: FlaskClient, scheme: str) -> Any:
    headers = page.headers | HTMX | {"Host": "ledger.example", "Origin": f"{scheme}://ledger.example"}
    return shared.post("/settings/browsers/phone", data={"key": "k" * 20}, headers=headers)


def test_the_picture_signs_a_phone_in(page: WebPage, seat: Seat, shared: FlaskClient, clock: Clock) -> None:
    answer = show_picture(page, shared, "https")
    link = re.search(r'data-copy="(https://[^"]+)"', answer.get_data(as_text=True))[1]
    assert link.startswith("https://ledger.example/#signin=")
    assert "data:image/svg+xml" in answer.get_data(as_text=True)

    clock.advance(minutes=9)
    body = {"secret": link.partition("#signin=")[2], "device": "Safari on iPhone"}
    redeemed = [shared.post("/api/v1/sign-ins/redeem", json=body, headers={"Host": "ledger.example"}) for _ in "12"]
    assert [each.status_code for each in redeemed] == [201, 410]
    assert "Page in Safari on iPhone" in page.text("/settings/browsers")


def test_no_picture_where_others_could_read_along(page: WebPage, seat: Seat, shared: FlaskClient) -> None:
    answer = show_picture(page, shared, "http")

    assert "This page isn't encrypted" in words(answer)
    assert "signin" not in answer.get_data(as_text=True)


def test_a_shared_server_shows_no_codes_of_strangers(page: WebPage, seat: Seat, shared: FlaskClient) -> None:
    headers = page.headers | HTMX | {"Host": "ledger.example"}
    text = words(shared.get("/settings/browsers", headers=headers))

    assert "Get a code here, and type it there." in text
    assert "No browser is asking" not in text


# ---- the calendar ----


def address_in(answer: Any) -> str:
    return re.search(r'data-copy="(http[^"]+\.ics)"', answer.get_data(as_text=True))[1]


def test_the_calendars_address_is_shown_once(page: WebPage, seat: Seat, path: str, client: FlaskClient) -> None:
    made = page.send(f"{path}/settings/calendar", key="k" * 20)
    address = address_in(made)
    assert address.startswith("http://localhost/calendar/")
    feed = client.get(address.removeprefix("http://localhost"))
    assert feed.status_code == 200
    assert b"BEGIN:VCALENDAR" in feed.data
    assert address not in page.get("/settings/reminders").get_data(as_text=True)
    assert "There's a private address since today" in page.text("/settings/reminders")
    # A double submit gets the same address, not a second one.
    assert address_in(page.send(f"{path}/settings/calendar", key="k" * 20)) == address

    renewed = address_in(page.send(f"{path}/settings/calendar", renew="1"))
    assert client.get(address.removeprefix("http://localhost")).status_code == 404
    assert client.get(renewed.removeprefix("http://localhost")).status_code == 200

    assert "The address no longer works." in page.done(f"{path}/settings/calendar/end")
    assert client.get(renewed.removeprefix("http://localhost")).status_code == 404


def test_an_address_that_another_tab_made_is_not_replaced_unasked(page: WebPage, seat: Seat, path: str) -> None:
    page.send(f"{path}/settings/calendar")

    answer = page.send(f"{path}/settings/calendar")

    assert answer.status_code == 409
    assert "There's an address already. Reload the page to replace it." in words(answer)


def test_the_address_is_not_stored(page: WebPage, seat: Seat, path: str, store: Store) -> None:
    secret = address_in(page.send(f"{path}/settings/calendar")).rpartition("/")[2].removesuffix(".ics")

    with store.read() as tx:
        kept = "".join(body for (body,) in tx.execute("SELECT body FROM idempotency"))
    assert secret not in kept
    assert "salt" in kept


def test_the_calendar_as_a_file(page: WebPage, seat: Seat, path: str, client: FlaskClient) -> None:
    sent = page.send(f"{path}/settings/calendar/download")

    file = client.get(sent.headers["Inkeeper-Download"])

    assert file.data.startswith(b"BEGIN:VCALENDAR")
    assert file.headers["Content-Disposition"] == 'attachment; filename="inkeeper.ics"'


# ---- about ----


def test_all_that_is_stored_of_people_is_named(page: WebPage, seat: Seat) -> None:
    from inkeeper.services.takeout.privacy import personal_columns
    from inkeeper.web.settings_words import STORED

    text = page.text("/settings/about")

    assert set(personal_columns()) <= set(STORED)
    for column in personal_columns():
        assert STORED[column][0] in text
    assert "No company has a copy." in text


def test_the_declared_columns_exist(app: Flask) -> None:
    from inkeeper.services.takeout.privacy import personal_columns
    from inkeeper.storage.models import TABLES

    existing = {(table._meta.table_name, name) for table in TABLES for name in table._meta.columns}
    assert set(personal_columns()) <= existing


@pytest.mark.parametrize("place", ["browsers", "reminders", "about"])
def test_pages_of_an_account_that_is_not_there(page: WebPage, seat: Seat, place: str) -> None:
    assert page.get(f"/settings/{place}?account=missing").status_code == 404
