"""Only extensions may read answers across origins, and their preflights are answered."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

CHROMIUM = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
FIREFOX = "moz-extension://01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize("origin", [CHROMIUM, FIREFOX])
def test_an_extension_may_read(client: FlaskClient, origin: str) -> None:
    response = client.get("/api/v1/server", headers={"Origin": origin})

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers["Vary"] == "Origin"
    exposed = set(response.headers["Access-Control-Expose-Headers"].split(", "))
    assert exposed == {"X-Inkeeper-Api", "ETag", "Retry-After", "Idempotency-Replayed"}


@pytest.mark.parametrize("path", ["/api/v1/devices", "/nowhere"])
def test_an_extension_may_read_refusals_too(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Origin": CHROMIUM})

    assert response.status_code in (401, 404)
    assert response.headers["Access-Control-Allow-Origin"] == CHROMIUM


def test_a_preflight(client: FlaskClient) -> None:
    response = client.options(
        "/api/v1/devices",
        headers={
            "Origin": CHROMIUM,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, if-none-match, x-other",
            "Access-Control-Request-Private-Network": "true",
        },
    )

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == CHROMIUM
    assert set(response.headers["Access-Control-Allow-Methods"].split(", ")) == {"DELETE", "GET", "PATCH", "POST"}
    assert set(response.headers["Access-Control-Allow-Headers"].lower().split(", ")) == {
        "authorization",
        "content-type",
        "idempotency-key",
        "if-none-match",
    }
    assert response.headers["Access-Control-Allow-Private-Network"] == "true"


def test_the_servers_own_pages_may_call_it(client: FlaskClient) -> None:
    for host, origin in (
        ("127.0.0.1:8425", "http://127.0.0.1:8425"),
        ("LOCALHOST:8425", "http://localhost:8425"),
        ("localhost", "https://localhost"),
    ):
        assert client.get("/api/v1/server", headers={"Host": host, "Origin": origin}).status_code == 200


def test_without_an_origin_nothing_is_said_of_it(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/server").headers
