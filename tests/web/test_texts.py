"""Texts: the list, the editor with its preview, deleting and undoing."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.seat import Caller, Seat
from tests.web.conftest import WebPage, values_of, words

HELLO = {
    "name": "Hello",
    "purpose": "introduction",
    "subject": "A question, {{first_name}}",
    "body": "Hi {{first_name}},\n\nhow is work at {{company|your company}}?",
}


@pytest.fixture
def seat(open_account: Callable[..., Seat], call: Caller) -> Seat:
    """An account whose owner has deleted the texts to begin with."""
    opened = open_account()
    for text in call.get("/texts")["items"]:
        assert call("DELETE", f"/texts/{text['id']}").status_code == 200
    return opened


@pytest.fixture
def text(call: Caller, seat: Seat) -> dict[str, Any]:
    return call.post("/texts", HELLO)


def stored(call: Caller) -> list[tuple[str, str | None, str, str, int]]:
    names = ("name", "purpose", "subject", "body", "version")
    return [tuple(each[name] for name in names) for each in call.get("/texts")["items"]]


def editor(page: WebPage, text: dict[str, Any]) -> dict[str, str]:
    """The fields of the editor's form."""
    answer = page.get(f"/people/texts?text={text['id']}")
    fields = {name: values_of(answer, name)[0] for name in ("version", "account", "name", "subject")}
    found = re.search(r'<textarea[^>]*name="body"[^>]*>([^<]*)</textarea>', answer.get_data(as_text=True))
    assert found
    return fields | {"body": html.unescape(found[1]), "purpose": text["purpose"] or ""}


def fields_of(answer: TestResponse, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes there."""
    (form,) = re.findall(rf'<form[^>]*action="{re.escape(action)}".*?</form>', answer.get_data(as_text=True), re.DOTALL)
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def test_an_empty_list_says_what_texts_are_for(page: WebPage, seat: Seat) -> None:
    text = page.text("/people/texts")

    assert "New text" in text
    assert "No texts yet. Write one once, and every InMail starts with the right name in it." in text


def test_the_list_in_the_order_of_making(page: WebPage, call: Caller, text: dict[str, Any]) -> None:
    call.post("/texts", HELLO | {"name": "Article", "purpose": "article", "subject": "Read this"})

    shown = page.text("/people/texts")

    assert "Hello Introduction A question, {{first_name}} Article Read this" in shown
    assert "People Texts Campaigns Results" in shown


def test_a_new_text(page: WebPage, call: Caller, seat: Seat) -> None:
    assert "New text" in page.text("/people/texts?text=new")

    answer = page.send("/people/texts", **HELLO, account=seat.account["id"])

    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == f"/people/texts?account={seat.account['id']}"
    assert "Hello Introduction" in words(answer)
    assert "Saved." in words(answer)
    assert stored(call) == [(*HELLO.values(), 1)]


def test_a_double_submit_makes_one_text(page: WebPage, call: Caller, seat: Seat) -> None:
    for _ in range(2):
        assert page.send("/people/texts", key="k" * 20, **HELLO).status_code == 200

    assert len(stored(call)) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Enter a name."),
        ("subject", " ", "Enter a subject."),
        ("body", "", "Enter the message."),
        ("subject", "x" * 201, "Use at most 200 characters."),
        ("body", "😀" * 1_001, "Use at most 2000 characters."),
        ("subject", "Hi {{firstname}}", "There's nothing called {{firstname}}. Did you mean {{first_name}}?"),
        ("body", "Hi\n{{salary}}", "Line 2: There's nothing called {{salary}}. Use one of the buttons."),
        ("body", "Hi {{}}", "Line 1: {{}} names nothing. Write, for example, {{first_name}}."),
        ("body", "Hi {{name", "Line 1: {{ isn't closed. Put }} behind the name, on the same line."),
        ("subject", "Hi name}}", "}} has no {{ before it on the same line."),
        ("body", "Hi {name}", "Line 1: {name} would be sent as it is. Write {{name}}."),
    ],
)
def test_what_is_refused_stays_typed(
    page: WebPage, call: Caller, text: dict[str, Any], field: str, value: str, said: str
) -> None:
    for path, version in (("/people/texts", ""), (f"/people/texts/{text['id']}", editor(page, text)["version"])):
        answer = page.send(path, **(HELLO | {field: value}), version=version)

        assert answer.status_code == 422
        markup = answer.get_data(as_text=True)
        assert said in html.unescape(re.search(rf'id="text-{field}-error">([^<]*)<', markup)[1])
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', markup)
        if value.strip():
            assert html.escape(value, quote=False) in markup
    assert stored(call) == [(*HELLO.values(), 1)]


def test_editing_an_unused_text(page: WebPage, call: Caller, text: dict[str, Any]) -> None:
    fields = editor(page, text)
    assert fields["body"] == HELLO["body"]

    said = page.done(f"/people/texts/{text['id']}", **(fields | {"body": "Hi\nyou", "purpose": ""}))

    assert "Saved." in said
    assert stored(call) == [("Hello", None, HELLO["subject"], "Hi\nyou", 1)]


def test_editing_a_used_text_says_that_it_makes_a_version(
    page: WebPage, call: Caller, seat: Seat, text: dict[str, Any]
) -> None:
    seat.log("Kai Example", text=text["id"])
    assert "They keep its words: what you save becomes version 2." in page.text(f"/people/texts?text={text['id']}")

    said = page.done(f"/people/texts/{text['id']}", **(editor(page, text) | {"body": "Hi you"}))

    assert "Saved as version 2." in said
    assert "Hello Introduction version 2" in said
    assert stored(call)[0][3:] == ("Hi you", 2)


def test_a_text_that_was_changed_elsewhere(page: WebPage, call: Caller, text: dict[str, Any]) -> None:
    fields = editor(page, text)
    call("PATCH", f"/texts/{text['id']}", {"body": "From elsewhere"})

    answer = page.send(f"/people/texts/{text['id']}", **(fields | {"body": "From here"}))

    assert answer.status_code == 409
    assert "This was changed elsewhere in the meantime." in words(answer)
    assert "From elsewhere" in words(answer)
    assert "From here" in answer.get_data(as_text=True)
    again = {name: values_of(answer, name)[0] for name in ("version", "name", "subject")}
    page.done(f"/people/texts/{text['id']}", **again, body="From here", purpose="")
    assert stored(call)[0][3] == "From here"


def test_deleting_an_unused_text_and_undoing_it(page: WebPage, call: Caller, text: dict[str, Any]) -> None:
    answer = page.send(f"/people/texts/{text['id']}/delete")

    assert "Deleted Hello." in words(answer)
    assert "No texts yet" in words(answer)
    assert answer.headers["HX-Push-Url"].startswith("/people/texts?account=")
    assert stored(call) == []
    undone = page.done("/people/texts/again", **fields_of(answer, "/people/texts/again"))
    assert "Hello Introduction" in undone
    assert stored(call) == [(*HELLO.values(), 1)]


def test_deleting_a_used_text_and_undoing_it(page: WebPage, call: Caller, seat: Seat, text: dict[str, Any]) -> None:
    seat.log("Kai Example", text=text["id"])

    answer = page.send(f"/people/texts/{text['id']}/delete")

    assert "Deleted Hello." in words(answer)
    assert page.get(f"/people/texts?text={text['id']}").status_code == 404
    undo = f"/people/texts/{text['id']}/restore"
    assert "Hello Introduction" in page.done(undo, **fields_of(answer, undo))
    assert [each["id"] for each in call.get("/texts")["items"]] == [text["id"]]


def previewed(page: WebPage, **fields: str) -> str:
    return page.done("/people/texts/preview", **fields)


def test_the_preview_of_what_is_being_typed(page: WebPage, call: Caller, seat: Seat) -> None:
    known = {"name": "Mika Placeholder", "company": "Sample Ltd", "headline": "Data lead"}
    person = call.post("/people", known)
    call.post("/targets", {"person": {"id": person["id"]}, "note": "We met in Oslo."})

    shown = previewed(page, subject="At {{company}}", body="Hi {{first_name}}, {{note}}", person="mika")

    assert shown.startswith("At Sample Ltd Hi Mika, We met in Oslo. 24 of 2,000 characters")
    assert "Data lead · Sample Ltd" in shown
    assert stored(call) == []


def test_the_preview_names_what_is_missing(page: WebPage, seat: Seat) -> None:
    shown = previewed(page, subject="At {{company}}", body="{{headline}} {{company}}", person="Robin Sample")

    assert "Not on your list, so only the name is known." in shown
    assert "Company, Headline are missing for Robin. Say what to write instead" in shown
    assert "{{company|your company}}" in shown


def test_the_preview_names_every_fault(page: WebPage, seat: Seat) -> None:
    shown = previewed(page, subject="{{a}}", body="x\n{{name", person="Robin")

    assert "Subject: There's nothing called {{a}}." in shown
    assert "Message, line 2: {{ isn't closed." in shown


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (400, "Good length. In LinkedIn's study of 2020/21, up to 400 characters got more replies than average."),
        (1_401, "That's long. In LinkedIn's study of 2020/21, more than 1,400 characters got fewer replies"),
        (1_950, "The message is 50 characters too long for Robin."),
    ],
)
def test_the_meter_of_the_length(page: WebPage, open_account: Callable[..., Seat], length: int, said: str) -> None:
    open_account(plan="sales_navigator")

    shown = previewed(page, subject="s" * 230, body="x" * length, person="Robin")

    assert f"{length:,} of 1,900 characters" in shown
    assert said in shown
    assert "The subject is 30 characters too long for Robin." in shown


def test_in_between_the_guide_is_silent(page: WebPage, seat: Seat) -> None:
    assert "study" not in previewed(page, subject="s", body="x" * 401, person="Robin")


def test_the_preview_of_nothing(page: WebPage, seat: Seat) -> None:
    assert "Your message shows up here. 0 of 2,000 characters" in previewed(page)


def test_the_editor_shows_a_preview_for_the_newest_person(page: WebPage, call: Caller, text: dict[str, Any]) -> None:
    assert "A question, Kai" in page.text(f"/people/texts?text={text['id']}")

    call.post("/people", {"name": "Robin Sample"})
    call.post("/people", {"name": "Mika Placeholder"})

    shown = page.get(f"/people/texts?text={text['id']}")
    assert "A question, Mika" in words(shown)
    options = re.findall(r'<option value="([^"]*)"></option>', shown.get_data(as_text=True))
    assert options == ["Mika Placeholder", "Robin Sample"]


def test_no_name_of_a_person_or_text_is_in_title_or_address(page: WebPage, text: dict[str, Any], seat: Seat) -> None:
    answer = page.send("/people/texts", **HELLO)
    for markup in (answer.get_data(as_text=True), page.get("/people/texts?text=new").get_data(as_text=True)):
        assert "<title>Texts · Inkeeper</title>" in markup
    assert "Hello" not in answer.headers["HX-Push-Url"]


def test_texts_of_somebody_else(
    page: WebPage, sign_in: Callable[..., WebPage], call: Caller, text: dict[str, Any]
) -> None:
    stranger = sign_in("Robin Sample")
    Caller(page.client, stranger.headers).post(
        "/accounts", {"name": "Theirs", "plan": "premium_career", "rule_book": "rolling", "time_zone": "UTC"}
    )

    assert "Hello" not in stranger.text("/people/texts")
    assert stranger.get(f"/people/texts?text={text['id']}").status_code == 404
    for path, fields in (("", HELLO), ("/delete", {}), ("/restore", {})):
        assert stranger.send(f"/people/texts/{text['id']}{path}", **fields).status_code == 404
    assert stored(call) == [(*HELLO.values(), 1)]
