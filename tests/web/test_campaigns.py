"""Campaigns: the list, the editor with its sequence, deleting and bringing back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Clock
from tests.seat import Caller, Seat
from tests.web.conftest import WebPage, values_of, words


@pytest.fixture
def text(call: Caller) -> str:
    return str(call.post("/texts", {"name": "Hello", "subject": "A question", "body": "Hi"})["id"])


@pytest.fixture
def campaign(call: Caller, seat: Seat) -> dict[str, Any]:
    body = {"name": "Autumn", "account": seat.account["id"], "budget": 10, "steps": [{}, {"after_working_days": 3}]}
    return dict(call.post("/campaigns", body))


def stored(call: Caller) -> list[dict[str, Any]]:
    return list(call.get("/campaigns")["items"])


def editor(page: WebPage, campaign: dict[str, Any]) -> dict[str, str]:
    """What stands in the editor's form and is sent with it."""
    answer = page.get(f"/people/campaigns?campaign={campaign['id']}")
    return {name: values_of(answer, name)[0] for name in ("version", "account", "name", "budget")} | {"after2": "3"}


def test_an_empty_list_says_what_campaigns_are_for(page: WebPage, seat: Seat) -> None:
    text = page.text("/people/campaigns")

    assert "New campaign" in text
    assert "No campaigns yet. A campaign is a list of people with texts and follow-ups" in text


def test_the_list_says_how_far_each_is(page: WebPage, seat: Seat, campaign: dict[str, Any]) -> None:
    for name in ("Robin Sample", "Mika Placeholder", "Noor Dummy"):
        seat.call.post("/targets", {"person": {"name": name}, "campaign": campaign["id"]})
    seat.log("Robin Sample")
    inmail = seat.log("Mika Placeholder")["inmail"]["id"]
    seat.call("PATCH", f"{seat.path}/inmails/{inmail}", {"outcome": "replied"})

    text = page.text("/people/campaigns")

    assert "Autumn" in text
    assert "2 of 10 credits spent" in text
    assert "1 replied · 1 waiting · 1 to write to" in text


def test_a_new_campaign(page: WebPage, call: Caller, seat: Seat, text: str) -> None:
    fields = {"name": "Winter", "budget": "0", "ends": "2026-12-11", "text1": text, "after2": "7", "purpose2": "other"}
    shown = page.done("/people/campaigns", account=seat.account["id"], goal="Five talks", **fields)

    assert "Saved." in shown
    assert "until Fri 11 Dec" in shown
    [made] = stored(call)
    assert (made["name"], made["goal"], made["budget"], made["ends"]) == ("Winter", "Five talks", 0, "2026-12-11")
    assert made["steps"] == [
        {"after_working_days": None, "purpose": None, "texts": [text]},
        {"after_working_days": 7, "purpose": "other", "texts": []},
    ]


def test_the_sequence_ends_before_the_first_follow_up_that_does_not_come(
    page: WebPage, call: Caller, seat: Seat
) -> None:
    page.done("/people/campaigns", name="Winter", after3="7", after4="7")

    assert len(stored(call)[0]["steps"]) == 1


def test_editing_keeps_what_is_not_shown_anew(page: WebPage, call: Caller, campaign: dict[str, Any]) -> None:
    page.done(f"/people/campaigns/{campaign['id']}", **editor(page, campaign) | {"name": "Late autumn"})

    [after] = stored(call)
    assert after == campaign | {"name": "Late autumn"}


def test_a_stale_form_shows_both(page: WebPage, call: Caller, campaign: dict[str, Any]) -> None:
    fields = editor(page, campaign)
    call("PATCH", f"/campaigns/{campaign['id']}", {"name": "Elsewhere"})

    answer = page.send(f"/people/campaigns/{campaign['id']}", **fields | {"name": "Mine"})

    assert answer.status_code == 409
    assert "This was changed elsewhere in the meantime. It now says: Name: Elsewhere" in words(answer)
    assert values_of(answer, "name") == ["Mine"]
    again = {name: values_of(answer, name)[0] for name in ("version", "account", "budget")}
    page.done(f"/people/campaigns/{campaign['id']}", name="Mine", **again)
    assert stored(call)[0]["name"] == "Mine"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Enter a name."),
        ({"budget": "many"}, "Enter a whole number, such as 12."),
        ({"ends": "2026-11-22"}, "That day is over. Pick today or later."),
        ({"starts": "2026-12-02", "ends": "2026-12-01"}, "It ends before it starts."),
        ({"text1": "missing"}, "This text isn't here any more. Choose another one."),
        ({"text1": "TEXT", "other1": "TEXT"}, "Choose two different texts."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    page: WebPage, call: Caller, seat: Seat, text: str, fields: dict[str, str], said: str
) -> None:
    typed = {"name": "Winter"} | {name: text if value == "TEXT" else value for name, value in fields.items()}

    answer = page.send("/people/campaigns", **typed)

    assert answer.status_code == 422
    assert said in words(answer)
    assert stored(call) == []


def test_a_budget_of_nothing_is_said(page: WebPage, call: Caller, seat: Seat, campaign: dict[str, Any]) -> None:
    call("PATCH", f"/campaigns/{campaign['id']}", {"budget": 0})
    call.post("/targets", {"person": {"name": "Robin Sample"}, "campaign": campaign["id"]})

    shown = page.text(f"/people/campaigns?campaign={campaign['id']}")

    assert "Its budget is 0 credits, so nobody can be planned." in shown
    assert "Plan…" not in shown


def test_a_campaign_that_ended_says_how_many_it_dropped(
    page: WebPage, call: Caller, campaign: dict[str, Any], clock: Clock
) -> None:
    call("PATCH", f"/campaigns/{campaign['id']}", {"ends": "2026-11-24"})
    for name in ("Robin Sample", "Mika Placeholder"):
        call.post("/targets", {"person": {"name": name}, "campaign": campaign["id"]})
    clock.advance(days=3)

    shown = page.text("/people/campaigns")

    assert "ended Tue 24 Nov" in shown
    assert "2 dropped when it ended" in shown


def test_deleting_and_bringing_back(page: WebPage, call: Caller, seat: Seat, campaign: dict[str, Any]) -> None:
    call.post("/targets", {"person": {"name": "Robin Sample"}, "campaign": campaign["id"]})
    seat.log("Robin Sample")
    path = f"/people/campaigns/{campaign['id']}"

    answer = page.send(f"{path}/delete", account=seat.account["id"])

    assert "Deleted Autumn." in words(answer)
    assert f'action="{path}/restore"' in answer.get_data(as_text=True)
    assert stored(call) == []
    assert page.get(f"/people/campaigns?campaign={campaign['id']}").status_code == 404
    assert "Autumn" in page.done(f"{path}/restore", account=seat.account["id"])
    assert [each["name"] for each in stored(call)] == ["Autumn"]


def test_one_without_inmails_is_gone_at_once(page: WebPage, call: Caller, campaign: dict[str, Any]) -> None:
    answer = page.send(f"/people/campaigns/{campaign['id']}/delete")

    assert "Deleted Autumn." in words(answer)
    assert "Undo" not in words(answer)
    assert stored(call) == []


def test_names_are_escaped(page: WebPage, call: Caller, seat: Seat) -> None:
    page.done("/people/campaigns", name="<script>x</script>")

    assert "<script>x" not in page.get("/people/campaigns").get_data(as_text=True)
