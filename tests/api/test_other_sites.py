"""What a web page of another site sends is told apart from all else by its headers alone."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from inkeeper.api.guard import from_other_site, is_forwarded

CHROMIUM = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
FIREFOX = "moz-extension://01234567-89ab-cdef-0123-456789abcdef"
OWN = "http://127.0.0.1:8425"


def fetch_headers(words: str) -> dict[str, str]:
    """`site / mode / dest`, and behind it the Origin if one is sent."""
    described, _, origin = words.partition(" O ")
    names = ("Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest")
    values = [part.strip() for part in described.split("/")] if described.strip() else []
    headers = {"Host": "127.0.0.1:8425", **dict(zip(names, values, strict=False))}
    return {**headers, "Origin": origin} if origin else headers


PASS = [
    ("GET", "none/cors/empty"),
    ("POST", f"none/cors/empty O {CHROMIUM}"),
    ("GET", "same-origin/cors/empty"),
    ("POST", f"same-origin/cors/empty O {FIREFOX}"),
    ("GET", f"cross-site/cors/empty O {CHROMIUM}"),
    ("OPTIONS", f"cross-site/cors/empty O {FIREFOX}"),
    ("GET", "none/navigate/document"),
    ("GET", "same-origin/navigate/document"),
    ("GET", "cross-site/navigate/document"),
    ("HEAD", "cross-site/navigate/document"),
    ("GET", "same-site/navigate/document"),
    ("GET", "same-origin/navigate/empty"),
    ("GET", "same-origin/no-cors/image"),
    ("POST", f"same-origin/same-origin/empty O {OWN}"),
    ("POST", f"same-origin/navigate/document O {OWN}"),
    ("GET", ""),
    ("POST", ""),
]

CUT = [
    *(
        ("GET", f"{site}/no-cors/{dest}")
        for site in ("cross-site", "same-site")
        for dest in ("empty", "image", "script", "style", "video", "worker", "audio", "track", "font")
    ),
    ("GET", "cross-site/cors/empty O https://evil.example"),
    ("GET", "same-site/cors/script O http://127.0.0.1:9999"),
    ("OPTIONS", "cross-site/cors/empty O https://evil.example"),
    ("POST", "cross-site/no-cors/empty O null"),
    ("POST", "same-site/no-cors/empty O http://127.0.0.1:9999"),
    *(("GET", f"cross-site/navigate/{dest}") for dest in ("iframe", "object", "embed", "frame", "fencedframe")),
    ("POST", "cross-site/navigate/document O https://evil.example"),
    ("POST", "cross-site/navigate/document O null"),
    ("POST", "same-site/navigate/iframe O http://127.0.0.1:9999"),
    ("GET", "/ / O http://localhost:9999"),
    ("GET", " O https://evil.example"),
    ("GET", " O http://localhost:8425"),
    ("GET", "cross-site/websocket/empty O http://127.0.0.1:9999"),
    ("GET", f"cross-site/no-cors/empty O {CHROMIUM}.evil.example"),
]


@pytest.mark.parametrize(("method", "words"), PASS)
def test_what_is_the_users_own_passes(method: str, words: str) -> None:
    assert not from_other_site(method, fetch_headers(words).get)


@pytest.mark.parametrize(("method", "words"), CUT)
def test_what_a_page_of_another_site_does_is_told(method: str, words: str) -> None:
    assert from_other_site(method, fetch_headers(words).get)


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"])
def test_what_is_loaded_beforehand_is_told(purpose: str) -> None:
    assert from_other_site("GET", {**fetch_headers("none/navigate/document"), "Sec-Purpose": purpose}.get)


def test_what_a_proxy_passed_on_is_told() -> None:
    assert is_forwarded({"X-Forwarded-For": "192.0.2.7"}.get)
    assert not is_forwarded({"Host": "127.0.0.1"}.get)


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/v1/server", "/api/v1/devices"])
def test_the_application_refuses_it(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})

    assert (response.status_code, response.json["code"]) == (403, "forbidden_origin")


def test_own_pages_post_with_their_origin(client: FlaskClient) -> None:
    """Under `no-referrer` Firefox would send `Origin: null`, which is refused."""
    assert client.get("/").headers["Referrer-Policy"] == "same-origin"
