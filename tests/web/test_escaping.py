"""What people typed stays text on every page, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from inkeeper.api.app import App
from inkeeper.web.blueprint import blueprint
from tests.conftest import Device
from tests.seat import Caller, Seat
from tests.web.conftest import WebPage

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    '" hx-get="/evil" x="',
    "' hx-post='/evil",
    "<hx-partial hx-target=body>x</hx-partial>",
    "</title></main><script>alert(1)</script>",
    "<template hx type=partial>",
    "&lt;b&gt; &amp; &#39;",
    "<div hx-swap-oob=true id=main>",
    "javascript:alert(1)",
]


class Tags(HTMLParser):
    """The tags of an answer with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def shape(tags: Tags) -> list[tuple[str, tuple[str, ...]]]:
    """Tags with the names of their attributes: what a hostile text must not change."""
    return [(tag, tuple(attributes)) for tag, attributes in tags.tags]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_stored_text_stays_text(
    app: App,
    client: FlaskClient,
    pair: Callable[..., Device],
    sign_in: Callable[..., WebPage],
    hostile: str,
) -> None:
    places = [rule.rule for rule in app.pages().url_map.iter_rules() if rule.endpoint in blueprint.pages]
    seen: list[dict[str, Tags]] = []
    # A page shows more to somebody who is alone on the server.
    devices = {owner: pair(owner) for owner in ("Kai Example", "Robin Sample")}
    for owner, text in (("Kai Example", "Plain"), ("Robin Sample", hostile)):
        call = Caller(client, devices[owner].headers)
        account = {"name": text, "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
        seat = Seat(call, call.post("/accounts", account))
        seat.log(text, subject=text, note=text, purpose="other")
        page = sign_in(owner)
        seen.append({place: Tags(page.get(place).get_data(as_text=True)) for place in places})

    plain, given = seen
    for place in places:
        assert shape(given[place]) == shape(plain[place]), place
        assert hostile in given[place].words, place


@pytest.mark.parametrize("hostile", HOSTILE)
def test_typed_text_comes_back_as_text(page: WebPage, seat: Seat, path: str, hostile: str) -> None:
    plain, typed = (
        Tags(page.send(f"{path}/inmails", who=f"x{text}", subject="x" * 201, note=text).get_data(as_text=True))
        for text in ("Plain", hostile)
    )

    assert shape(typed) == shape(plain)
    assert f"x{hostile}" in [attributes.get("value") for tag, attributes in typed.tags if tag == "input"]
    logged = Tags(page.send(f"{path}/inmails", who=f"x{hostile}").get_data(as_text=True))
    assert f"Logged: x{hostile}, 1 credit." in logged.words
