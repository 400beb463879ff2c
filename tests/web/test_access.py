"""Who gets what at a page's address: the shell, the fragment, the whole document, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from inkeeper.api.app import App
from inkeeper.web.blueprint import blueprint
from tests.conftest import Device
from tests.seat import Seat
from tests.web.conftest import HTMX, WebPage

NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}


@pytest.fixture
def places(app: App) -> list[str]:
    """The address of every page."""
    return [rule.rule for rule in app.pages().url_map.iter_rules() if rule.endpoint in blueprint.pages]


@pytest.mark.parametrize("headers", [{}, NAVIGATION, {**NAVIGATION, "Sec-Fetch-Site": "cross-site"}])
def test_a_visit_gets_a_shell_without_data(
    client: FlaskClient, seat: Seat, places: list[str], headers: dict[str, str]
) -> None:
    seat.log("Robin Sample")
    for place in places:
        answer = client.get(place, headers=headers)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200, place
        assert text.startswith("<!doctype html>"), place
        assert '<main id="main" hx-history-elt aria-busy="true">' in text, place
        assert "Robin" not in text, place
        assert "My seat" not in text, place
        assert seat.account["id"] not in text, place
        assert "Inkeeper needs JavaScript" in re.search(r"<noscript>(.*?)</noscript>", text, re.DOTALL)[1], place


def test_htmx_gets_the_fragment(page: WebPage, seat: Seat, places: list[str]) -> None:
    for place in places:
        for headers in (HTMX, {"HX-History-Restore-Request": "true"}):
            answer = page.client.get(place, headers=page.headers | headers)
            text = answer.get_data(as_text=True)
            assert answer.status_code == 200, place
            assert text.count('<main id="main" hx-history-elt') == 1, place
            assert "<html" not in text, place
            assert "<h1" in text, place


def test_a_token_alone_gets_the_whole_document(page: WebPage, seat: Seat, places: list[str]) -> None:
    for place in places:
        text = page.client.get(place, headers=page.headers).get_data(as_text=True)
        assert text.startswith("<!doctype html>"), place
        assert text.count('<main id="main" hx-history-elt>') == 1, place
        assert "My seat" in text, place


@pytest.mark.parametrize(
    "headers",
    [
        HTMX,
        {"HX-History-Restore-Request": "true"},
        {"Authorization": "Bearer ink_wrong"},
        {"Authorization": "Bearer ink_wrong", **NAVIGATION},
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
)
def test_anything_else_without_a_good_token_gets_nothing(
    client: FlaskClient, seat: Seat, places: list[str], headers: dict[str, str]
) -> None:
    for place in places:
        answer = client.get(place, headers=headers)
        assert answer.status_code == 401, place
        assert answer.json["code"] == "unauthorized", place


def test_a_revoked_page_is_out_at_once(page: WebPage, seat: Seat, pair: Callable[..., Device]) -> None:
    assert page.get("/").status_code == 200

    page.client.delete(f"/api/v1/devices/{page.device_id}", headers=pair().headers)

    assert page.get("/").status_code == 401
    assert page.send(f"/accounts/{seat.account['id']}/inmails", who="Robin Sample").status_code == 401


def test_signing_out_takes_the_token_away(page: WebPage, seat: Seat) -> None:
    assert page.client.post("/sign-out", headers=page.headers).status_code == 204

    assert page.get("/").status_code == 401


def test_what_every_answer_carries(page: WebPage, client: FlaskClient, seat: Seat) -> None:
    for answer in (client.get("/"), page.get("/"), page.get("/?account=missing"), page.send("/accounts/x/inmails")):
        headers = answer.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "connect-src": "'self'",
            "manifest-src": "'self'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }
        assert headers.getlist("Cache-Control") == ["no-store"]
        assert headers.getlist("Referrer-Policy") == ["same-origin"]
        assert headers.getlist("Cross-Origin-Opener-Policy") == ["same-origin"]
        assert headers.getlist("Cross-Origin-Resource-Policy") == ["same-origin"]
        assert headers["X-Inkeeper-Api"] == "1"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers


def test_a_page_of_another_site_gets_nothing(page: WebPage, seat: Seat) -> None:
    path = f"/accounts/{seat.account['id']}/inmails"
    for origin in ("https://evil.example", "null", "http://localhost:1"):
        assert page.get("/", Origin=origin).status_code == 403
        headers = page.headers | {"Origin": origin}
        assert page.client.post(path, data={"who": "Robin Sample"}, headers=headers).status_code == 403
    assert seat.balance() == 5


def test_no_page_holds_inline_script_or_style(
    page: WebPage, client: FlaskClient, seat: Seat, places: list[str]
) -> None:
    seat.log("Robin Sample")
    for place in places:
        for answer in (client.get(place), page.client.get(place, headers=page.headers), page.get(place)):
            text = answer.get_data(as_text=True)
            assert not re.findall(r"<script(?![^>]*\ssrc=)", text), place
            assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|hx-vals=.js:", text), place
            # A link to LinkedIn loads nothing until it is followed.
            loading = re.sub(r'href="https://www\.linkedin\.com/[^"]*" target="_blank" rel="noopener[^"]*"', "", text)
            assert not re.findall(r"(?:src|href|action|hx-[a-z]+)=\"(?:https?:)?//", loading), place
