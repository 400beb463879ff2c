"""The pages for people show no data, load nothing from elsewhere, and document every operation."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from tests.conftest import Device

PAGES = ("/api/docs",)


class Reader(HTMLParser):
    """The tags and attributes of a page, and whether its tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def finish(self) -> None:
        self.close()
        assert self._open == []


def read(client: FlaskClient, path: str) -> Reader:
    response = client.get(path)
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    reader = Reader()
    reader.feed(response.get_data(as_text=True))
    reader.finish()
    return reader


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_or_run(client: FlaskClient, path: str) -> None:
    tags = read(client, path).tags

    assert not [tag for tag, _ in tags if tag in ("script", "img", "iframe", "link", "form")]
    assert not [
        attributes for _, attributes in tags if any(name.startswith("on") or name == "style" for name in attributes)
    ]
    assert [tag for tag, _ in tags].count("h1") == 1
    assert ("html", {"lang": "en"}) in tags


@pytest.mark.parametrize("path", PAGES)
def test_the_style_is_the_one_that_the_policy_allows(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    style = re.search("<style>(.*)</style>", response.get_data(as_text=True), re.DOTALL)

    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_every_link_within_the_server_leads_somewhere(client: FlaskClient, path: str) -> None:
    tags = read(client, path).tags
    targets = {attributes.get("id") for _, attributes in tags}

    links = [attributes["href"] for tag, attributes in tags if tag == "a"]

    assert links
    for link in links:
        if link.startswith("#"):
            assert link[1:] in targets, link
        else:
            assert client.get(link).status_code == 200, link


def test_the_pages_show_no_data(client: FlaskClient, pair: Callable[..., Device]) -> None:
    device = pair("Kai Example", device="Laptop of Kai")

    for path in (*PAGES, "/api/v1/openapi.json"):
        text = client.get(path, headers=device.headers).get_data(as_text=True)
        assert "Kai" not in text.replace("Kai Example", ""), path
        assert device.id not in text


def test_the_documentation_shows_every_operation(client: FlaskClient) -> None:
    ids = {attributes.get("id") for _, attributes in read(client, "/api/docs").tags}
    document = client.get("/api/v1/openapi.json").json

    operations = [
        operation
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if method != "parameters"
    ]
    assert {operation["operationId"] for operation in operations} <= ids
    assert {f"schema-{name}" for name in document["components"]["schemas"]} <= ids
