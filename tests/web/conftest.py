"""A page that is signed in, and what it shows."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Device
from tests.seat import Seat

HTMX = {"HX-Request": "true"}


@dataclass
class WebPage:
    """A browser's page, which sends its token with each request."""

    client: FlaskClient
    headers: dict[str, str]
    device_id: str

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self.headers | HTMX | headers)

    def text(self, path: str) -> str:
        """What a person reads at this address; it must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return words(answer)

    def send(self, path: str, *, key: str | None = None, **fields: Any) -> TestResponse:
        """Sends a form, each time as one that was rendered anew unless `key` says otherwise."""
        data = {"key": key or secrets.token_urlsafe(16), **{name: str(value) for name, value in fields.items()}}
        return self.client.post(path, data=data, headers=self.headers | HTMX)

    def done(self, path: str, **fields: Any) -> str:
        """The same; it must succeed. What is then to be read."""
        answer = self.send(path, **fields)
        assert answer.status_code == 200, words(answer)
        return words(answer)


def words(answer: TestResponse) -> str:
    """The text of an answer without its markup."""
    text = re.sub(r"<[^>]*>", " ", answer.get_data(as_text=True))
    return " ".join(html.unescape(text).split())


def values_of(answer: TestResponse, name: str) -> list[str]:
    """The values of the fields of this name, in their order."""
    found = re.findall(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', answer.get_data(as_text=True))
    return [html.unescape(value) for value in found]


@pytest.fixture
def sign_in(client: FlaskClient, pair: Callable[..., Device]) -> Callable[..., WebPage]:
    """Signs a browser in to the pages of an owner."""

    def enter(owner: str = "me") -> WebPage:
        device = pair(owner)
        made = client.post("/api/v1/sign-ins", json={}, headers=device.headers)
        body = {"secret": made.json["secret"], "device": "Firefox on Linux"}
        page = client.post("/api/v1/sign-ins/redeem", json=body)
        assert page.status_code == 201, page.json
        return WebPage(client, {"Authorization": f"Bearer {page.json['token']}"}, page.json["device_id"])

    return enter


@pytest.fixture
def page(sign_in: Callable[..., WebPage]) -> WebPage:
    return sign_in()


@pytest.fixture
def path(seat: Seat) -> str:
    """Where the account's forms go."""
    return f"/accounts/{seat.account['id']}"
