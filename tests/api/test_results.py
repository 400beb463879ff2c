"""What came of InMails over HTTP, by text, campaign, purpose, weekday and hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inkeeper.vocabulary import RESULT_GROUPINGS
from tests.api.test_texts import HELLO
from tests.conftest import Device
from tests.seat import Caller, Seat

Send = Callable[..., list[str]]


@pytest.fixture
def seat(open_account: Callable[..., Seat]) -> Seat:
    """An account in Berlin that pays 8 cents for a credit."""
    price = {"amount_minor": 8_000, "currency": "EUR"}
    return open_account(plan="sales_navigator", allotment=1_000, time_zone="Europe/Berlin", price=price)


def rows(seat: Seat, by: str) -> list[dict[str, Any]]:
    return seat.call.get(f"{seat.path}/results?by={by}")["items"]


def counted(seat: Seat, by: str) -> list[tuple[str, str, int, int]]:
    return [(row["key"], row["title"], row["sent"], row["answered"]) for row in rows(seat, by)]


def test_an_account_without_inmails_has_no_rows(seat: Seat) -> None:
    assert [rows(seat, by) for by in RESULT_GROUPINGS] == [[]] * len(RESULT_GROUPINGS)


def test_by_purpose_with_rate_interval_and_price(seat: Seat, send: Send) -> None:
    send(40, 6, purpose="follow_up")
    send(10, 6, purpose="follow_up", cost=0)
    send(19, 19, purpose="article")
    send(1)

    few = dict.fromkeys(("rate", "low", "high", "credits_per_answer", "cost_per_answer", "difference"))
    assert rows(seat, "purpose") == [
        {
            "key": "follow_up",
            "title": "Follow-up",
            "sent": 50,
            "answered": 12,
            "rate": 0.24,
            "low": 0.143,
            "high": 0.3741,
            "credits_per_answer": 3.33,
            "cost_per_answer": {"amount_minor": 27, "currency": "EUR"},
            "difference": None,
        },
        {"key": "article", "title": "Article", "sent": 19, "answered": 19, **few},
        {"key": "none", "title": "Without a purpose", "sent": 1, "answered": 0, **few},
    ]


def test_an_answer_is_any_and_counts_while_it_is_recorded(seat: Seat, send: Send) -> None:
    ids = send(3)
    for inmail_id, outcome in zip(ids, ("replied", "accepted", "declined"), strict=True):
        seat.call("PATCH", f"{seat.path}/inmails/{inmail_id}", {"outcome": outcome})
    assert counted(seat, "purpose") == [("none", "Without a purpose", 3, 3)]

    for inmail_id, outcome in zip(ids, ("pending", "no_response", "declined"), strict=True):
        seat.call("PATCH", f"{seat.path}/inmails/{inmail_id}", {"outcome": outcome})
    assert counted(seat, "purpose") == [("none", "Without a purpose", 3, 1)]


@pytest.mark.parametrize("by", RESULT_GROUPINGS)
def test_removed_inmails_are_left_out(
    seat: Seat, send: Send, call: Caller, campaign: Callable[..., str], by: str
) -> None:
    text = call.post("/texts", HELLO)
    ids = send(2, 2, text_id=text["id"], text_version=1, campaign_id=campaign(), purpose="article")

    seat.call("DELETE", f"{seat.path}/inmails/{ids[0]}")
    assert [(row["sent"], row["answered"]) for row in rows(seat, by)] == [(1, 1)]

    seat.call("DELETE", f"{seat.path}/inmails/{ids[1]}")
    assert rows(seat, by) == []


def test_by_text_with_versions_where_several_were_used(seat: Seat, send: Send, call: Caller) -> None:
    hello = call.post("/texts", HELLO)
    other = call.post("/texts", HELLO | {"name": "Other"})
    send(2, 1, text_id=hello["id"], text_version=1)
    send(1, text_id=other["id"], text_version=1)
    send(1)
    assert counted(seat, "text") == [
        (f"text:{hello['id']}:1", "Hello", 2, 1),
        (f"text:{other['id']}:1", "Other", 1, 0),
        ("none", "Without a text", 1, 0),
    ]

    call("PATCH", f"/texts/{hello['id']}", {"body": "Other words", "name": "Hi"})
    call("DELETE", f"/texts/{other['id']}")
    assert counted(seat, "text")[:2] == [
        (f"text:{hello['id']}:1", "Hi", 2, 1),
        (f"text:{other['id']}:1", "Other", 1, 0),
    ]

    send(3, text_id=hello["id"], text_version=2)
    assert counted(seat, "text")[:2] == [
        (f"text:{hello['id']}:2", "Hi · v2", 3, 0),
        (f"text:{hello['id']}:1", "Hi · v1", 2, 1),
    ]


def test_by_campaign(seat: Seat, send: Send, campaign: Callable[..., str]) -> None:
    send(1, campaign_id=campaign("Spring"))
    send(21, 1, campaign_id=campaign("Autumn"))
    send(2)

    assert counted(seat, "campaign") == [
        ("campaign:Autumn", "Autumn", 21, 1),
        ("campaign:Spring", "Spring", 1, 0),
        ("none", "Without a campaign", 2, 0),
    ]
    assert [row["difference"] for row in rows(seat, "campaign")] == [None, None, None]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((19, 19), (40, 0), "too_few"),
        ((20, 3), (20, 6), "none"),
        ((20, 3), (20, 15), "second"),
        ((20, 15), (20, 3), "first"),
    ],
)
def test_two_texts_of_a_campaign(
    seat: Seat,
    send: Send,
    call: Caller,
    campaign: Callable[..., str],
    first: tuple[int, int],
    second: tuple[int, int],
    expected: str,
) -> None:
    ids = [call.post("/texts", HELLO)["id"] for _ in range(2)]
    name = campaign("Trial", *ids)
    send(*first, text_id=ids[0], text_version=1, campaign_id=name)
    send(*second, text_id=ids[1], text_version=1, campaign_id=name)
    # What was sent with them elsewhere says nothing about this campaign.
    send(2, 2, text_id=ids[0], text_version=1)

    row = rows(seat, "campaign")[0]

    names = {"first": f"text:{ids[0]}", "second": f"text:{ids[1]}"}
    assert row["difference"] == names.get(expected, expected)
    assert {each["difference"] for each in rows(seat, "text")} == {None}


def test_weekdays_and_hours_are_those_of_the_account(seat: Seat, send: Send) -> None:
    # In Berlin: Sunday 1 November, 23:30, and Monday, 00:30; the clocks were turned back on 25 October.
    send(1, sent_at="2026-11-01T22:30:00Z")
    send(2, 1, sent_at="2026-11-01T23:30:00Z")
    send(1, sent_at="2026-11-11T08:59:59.999999Z")

    assert counted(seat, "weekday") == [("1", "Monday", 2, 1), ("3", "Wednesday", 1, 0), ("7", "Sunday", 1, 0)]
    assert counted(seat, "hour") == [("0", "00:00", 2, 1), ("9", "09:00", 1, 0), ("23", "23:00", 1, 0)]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"])
def test_hours_follow_the_turns_of_the_clocks(open_account: Callable[..., Seat], zone: str) -> None:
    seat = open_account(
        plan="sales_navigator", allotment=1_000, time_zone=zone, opened_at="2026-01-01T00:00:00Z", rule_book="month_end"
    )
    instants = [datetime(2026, month, 25, (5 * month) % 24, 20, tzinfo=UTC) for month in range(1, 11)]
    for instant in instants:
        seat.log("Kai Example", sent_at=instant.isoformat())

    local = [instant.astimezone(ZoneInfo(zone)) for instant in instants]
    hours = sorted(each.hour for each in local)
    days = sorted(each.isoweekday() for each in local)
    assert [(int(row["key"]), row["sent"]) for row in rows(seat, "hour")] == [
        (h, hours.count(h)) for h in sorted({*hours})
    ]
    assert [(int(row["key"]), row["sent"]) for row in rows(seat, "weekday")] == [
        (d, days.count(d)) for d in sorted({*days})
    ]


@pytest.mark.parametrize("by", RESULT_GROUPINGS)
def test_every_way_counts_every_inmail_once(
    seat: Seat, send: Send, call: Caller, campaign: Callable[..., str], by: str
) -> None:
    text = call.post("/texts", HELLO)
    send(3, 1, text_id=text["id"], text_version=1, campaign_id=campaign(), purpose="other", cost=0)
    send(2, 2, sent_at="2026-11-03T10:00:00Z")
    send(4, purpose="article")

    found = rows(seat, by)

    assert (sum(row["sent"] for row in found), sum(row["answered"] for row in found)) == (9, 3)


def test_results_by_text_are_the_default(seat: Seat, send: Send) -> None:
    send(1)

    assert seat.call.get(f"{seat.path}/results") == {"items": rows(seat, "text")}
    assert seat.call("GET", f"{seat.path}/results?by=person").status_code == 422


def test_another_account_counts_for_itself(
    open_account: Callable[..., Seat], seat: Seat, send: Send, call: Caller
) -> None:
    text = call.post("/texts", HELLO)
    send(2, text_id=text["id"], text_version=1, purpose="article")
    other = open_account(name="Other")
    other.log("Kai Example", purpose="article")

    assert [row["sent"] for row in rows(other, "text")] == [1]
    assert counted(other, "purpose") == [("article", "Article", 1, 0)]


def test_an_account_of_somebody_else(seat: Seat, pair: Callable[..., Device]) -> None:
    stranger = pair("Robin Sample")

    assert seat.call.client.get(f"/api/v1{seat.path}/results", headers=stranger.headers).status_code == 404


def test_another_day_or_cost_of_an_inmail_keeps_its_words_and_campaign(
    seat: Seat, send: Send, call: Caller, campaign: Callable[..., str]
) -> None:
    text = call.post("/texts", HELLO)
    (inmail_id,) = send(1, 1, text_id=text["id"], text_version=1, campaign_id=campaign())
    call("PATCH", f"/texts/{text['id']}", {"body": "Other words"})
    before = [counted(seat, by) for by in ("text", "campaign")]

    changed = seat.call("PATCH", f"{seat.path}/inmails/{inmail_id}", {"cost": 0, "sent_at": "2026-11-03T10:00:00Z"})

    assert changed.json["inmail"]["replaces"] == inmail_id
    assert [counted(seat, by) for by in ("text", "campaign")] == before
    assert before[0][0][0] == f"text:{text['id']}:1"
