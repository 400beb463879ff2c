"""Results: what is answered how often, and what is too few to tell."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.api.test_texts import HELLO
from tests.seat import Caller, Seat
from tests.web.conftest import WebPage

Send = Callable[..., list[str]]


@pytest.fixture
def seat(open_account: Callable[..., Seat]) -> Seat:
    """An account in Berlin that pays 8 cents for a credit."""
    price = {"amount_minor": 8_000, "currency": "EUR"}
    return open_account(plan="sales_navigator", allotment=1_000, time_zone="Europe/Berlin", price=price)


def rows(page: WebPage, by: str) -> list[str]:
    """The rows of the table, as they are read."""
    markup = page.get(f"/people/results?by={by}").get_data(as_text=True)
    (body,) = re.findall(r"<tbody>(.*?)</tbody>", markup, re.DOTALL)
    found = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in found]


def test_an_account_without_inmails(page: WebPage, seat: Seat) -> None:
    shown = page.text("/people/results")

    assert "No results yet" in shown
    assert "Log an InMail" in shown
    assert "People Texts Campaigns Results" in shown


def test_rates_with_their_range_and_cost(page: WebPage, seat: Seat, send: Send) -> None:
    send(50, 12, purpose="follow_up")
    send(19, 4, purpose="article")
    send(25, purpose="other")
    send(1)

    shown = page.text("/people/results?by=purpose")

    assert "16 of 95 answered 17%" in shown
    assert "Cost of a reply" in shown
    assert rows(page, "purpose") == [
        "Follow-up 50 12 24% 14–37% €0.33",
        "Article 19 4 too few to tell",
        "Other 25 0 0% 0–13% –",
        "Not said 1 0 too few to tell",
    ]


def test_without_a_price_the_credits_are_shown(page: WebPage, seat: Seat, send: Send) -> None:
    seat.call("PATCH", seat.path, {"price": None})
    send(20, 8, purpose="other")

    assert "Credits a reply" in page.text("/people/results?by=purpose")
    assert rows(page, "purpose") == ["Other 20 8 40% 22–61% 2.5"]


def test_too_few_everywhere_is_said_once(page: WebPage, seat: Seat, send: Send) -> None:
    send(3, 1, sent_at="2026-11-11T09:00:00Z")
    send(2, sent_at="2026-11-12T10:00:00Z")

    shown = page.text("/people/results?by=hour")

    assert "Too few to tell. A rate needs at least 20 InMails." in shown
    assert "2 of" not in shown
    assert rows(page, "hour") == ["10:00–11:00 3 1", "11:00–12:00 2 0"]
    assert rows(page, "weekday") == ["Wednesday 3 1", "Thursday 2 0"]
    assert 'data-zone="Europe/Berlin"' in page.get("/people/results?by=hour").get_data(as_text=True)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((19, 19), (20, 0), "Too few to compare its two texts"),
        ((20, 3), (20, 6), "No clear difference between its two texts"),
        ((20, 3), (20, 15), "“Second” gets more replies"),
    ],
)
def test_two_texts_of_a_campaign(
    page: WebPage,
    send: Send,
    call: Caller,
    campaign: Callable[..., str],
    first: tuple[int, int],
    second: tuple[int, int],
    said: str,
) -> None:
    ids = [call.post("/texts", HELLO | {"name": name})["id"] for name in ("First", "Second")]
    name = campaign("Trial", *ids)
    for text_id, counts in zip(ids, (first, second), strict=True):
        send(*counts, text_id=text_id, text_version=1, campaign_id=name)

    assert rows(page, "campaign")[0].startswith(f"Trial {said} {first[0] + second[0]} ")
    assert [row.split()[0] for row in rows(page, "text")] == (
        ["First", "Second"] if first[0] >= second[0] else ["Second", "First"]
    )


def test_before_any_text_or_campaign_was_used(page: WebPage, seat: Seat, send: Send) -> None:
    send(1)

    assert "No InMail was sent with a text yet. See your texts" in page.text("/people/results")
    assert "No InMail was sent in a campaign yet. See your campaigns" in page.text("/people/results?by=campaign")


def test_bars_share_one_scale(page: WebPage, seat: Seat, send: Send) -> None:
    send(40, 4, purpose="article")
    send(40, 12, purpose="other")

    markup = page.get("/people/results?by=purpose").get_data(as_text=True)

    assert "<span>50%</span>" in markup
    spans = re.findall(r'class="span" x="(\d+)" y="5" width="(\d+)"', markup)
    assert [(int(x), int(x) + int(width)) for x, width in spans] == [(79, 461), (361, 909)]


def test_an_address_that_makes_no_sense_shows_the_texts(page: WebPage, seat: Seat) -> None:
    assert page.get("/people/results?by=person").status_code == 200


def test_undoing_a_removal_keeps_the_words_and_the_campaign(
    page: WebPage, seat: Seat, send: Send, call: Caller, campaign: Callable[..., str]
) -> None:
    text = call.post("/texts", HELLO)
    name = campaign("Trial", text["id"])
    (inmail_id,) = send(1, 1, text_id=text["id"], text_version=1, campaign_id=name)
    call("PATCH", f"/texts/{text['id']}", {"body": "Other words"})
    before = [seat.call.get(f"{seat.path}/results?by={by}") for by in ("text", "campaign")]
    path = f"/accounts/{seat.account['id']}/inmails/{inmail_id}"

    page.done(f"{path}/remove")
    page.done(f"{path}/restore")

    assert [seat.call.get(f"{seat.path}/results?by={by}") for by in ("text", "campaign")] == before
    assert before[0]["items"][0]["key"] == f"text:{text['id']}:1"
