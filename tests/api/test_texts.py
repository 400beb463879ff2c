"""Texts over HTTP: stored, edited into versions, deleted, filled in for a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inkeeper.errors import Problem
from inkeeper.services.access import Actor
from inkeeper.services.people import texts
from inkeeper.storage import persons
from inkeeper.storage.database import Store
from inkeeper.storage.models import Owner
from tests.conftest import Clock, Device
from tests.seat import Caller, Seat

HELLO = {
    "name": "Hello",
    "purpose": "introduction",
    "subject": "A question, {{first_name}}",
    "body": "Hi {{first_name}},\n\nhow is work at {{company|your company}}?",
}


@pytest.fixture
def text(call: Caller) -> dict[str, Any]:
    return call.post("/texts", HELLO)


@pytest.fixture
def used(text: dict[str, Any], seat: Seat) -> dict[str, Any]:
    """The text after an InMail was sent with it. It is there before the account, which brings texts otherwise."""
    assert seat.log("Kai Example", text=text["id"])["inmail"]["text_version"] == 1
    return text


def patched(call: Caller, text: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = call("PATCH", f"/texts/{text['id']}", changes)
    assert answer.status_code == 200, answer.json
    return answer.json


def listed(call: Caller) -> list[str]:
    return [each["name"] for each in call.get("/texts")["items"]]


def test_a_new_text(call: Caller, text: dict[str, Any]) -> None:
    assert text == {
        **HELLO,
        "id": text["id"],
        "version": 1,
        "used": False,
        "archived": False,
        "created_at": "2026-11-23T09:00:00Z",
    }
    assert call.get(f"/texts/{text['id']}") == text
    assert call.get("/texts") == {"items": [text], "next_cursor": None}


def test_texts_are_listed_in_pages_in_the_order_of_their_making(call: Caller) -> None:
    for number in range(5):
        call.post("/texts", HELLO | {"name": f"Text {number}", "purpose": None})

    first = call.get("/texts?limit=3")
    second = call.get(f"/texts?limit=3&cursor={first['next_cursor']}")

    assert [each["name"] for page in (first, second) for each in page["items"]] == [f"Text {n}" for n in range(5)]
    assert second["next_cursor"] is None


def test_an_unused_text_is_changed_in_place(call: Caller, text: dict[str, Any]) -> None:
    changed = patched(call, text, body="Hello {{name}}", name="Short")

    assert changed == text | {"body": "Hello {{name}}", "name": "Short"}
    assert listed(call) == ["Short"]


def test_other_words_for_a_used_text_make_its_next_version(call: Caller, store: Store, used: dict[str, Any]) -> None:
    changed = patched(call, used, body="Hello {{name}}")

    assert changed == used | {"body": "Hello {{name}}", "version": 2}
    assert patched(call, used, subject="Once more")["version"] == 2, "no InMail was sent with the second version"
    with store.read() as tx:
        kept = tx.execute("SELECT version, subject, body FROM text_version ORDER BY version").fetchall()
    assert kept == [(1, HELLO["subject"], HELLO["body"]), (2, "Once more", "Hello {{name}}")]


def test_the_name_and_the_purpose_of_a_used_text_make_no_version(call: Caller, used: dict[str, Any]) -> None:
    changed = patched(call, used, name="Renamed", purpose=None, body=HELLO["body"])

    assert changed == used | {"name": "Renamed", "purpose": None, "used": True}


def test_an_inmail_that_was_removed_keeps_its_words(call: Caller, seat: Seat, used: dict[str, Any]) -> None:
    """Removing an InMail can be undone."""
    (inmail,) = call.get(f"{seat.path}/inmails")["items"]
    assert call("DELETE", f"{seat.path}/inmails/{inmail['id']}").status_code == 200

    assert patched(call, used, body="Other words")["version"] == 2


def test_deleting_an_unused_text_removes_it(call: Caller, store: Store, text: dict[str, Any]) -> None:
    answer = call("DELETE", f"/texts/{text['id']}")

    assert (answer.status_code, answer.json) == (200, {"id": text["id"], "archived": False})
    assert listed(call) == []
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        assert call(method, f"/texts/{text['id']}", body).status_code == 404
    with store.read() as tx:
        assert tx.execute("SELECT count(*) FROM text_version").fetchone() == (0,)


def test_deleting_a_used_text_keeps_it_for_its_inmails(call: Caller, used: dict[str, Any]) -> None:
    answer = call("DELETE", f"/texts/{used['id']}")

    assert (answer.status_code, answer.json) == (200, {"id": used["id"], "archived": True})
    assert listed(call) == []
    assert call.get(f"/texts/{used['id']}") == used | {"archived": True, "used": True}
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        assert call(method, f"/texts/{used['id']}", body).status_code == 404


@pytest.mark.parametrize("by", ["target", "first_text", "second_text"])
def test_deleting_a_text_that_is_still_needed_keeps_it(
    call: Caller, seat: Seat, store: Store, text: dict[str, Any], by: str
) -> None:
    if by == "target":
        call.post("/targets", {"person": {"name": "Kai Example"}, "text": text["id"]})
    else:
        owner_id = owner_of(store)
        with store.begin_write(None) as tx:
            tx.execute(
                "INSERT INTO campaign (id, owner_id, account_id, name, created_at) VALUES ('c', ?, ?, 'C', 0)",
                (owner_id, seat.account["id"]),
            )
            column = "text_id" if by == "first_text" else "second_text_id"
            tx.execute(f"INSERT INTO campaign_step (campaign_id, number, {column}) VALUES ('c', 1, ?)", (text["id"],))

    assert call("DELETE", f"/texts/{text['id']}").json["archived"] is True
    assert call.get(f"/texts/{text['id']}")["archived"] is True


def owner_of(store: Store) -> str:
    with store.read() as tx:
        return str(Owner.select().where(Owner.name == "me").get(tx.database).id)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("body", "Hi\n\n{{firstname}}", "Line 3: there is no variable {{firstname}}; they are first_name, last_name,"),
        ("body", "Hi {{firstname}}", "Did you mean {{first_name}}?"),
        ("subject", "Hi {{}}", "Line 1: {{}} names no variable; they are first_name, last_name,"),
        ("subject", "Hi {{name", "Line 1: {{ opens a variable that does not close on its line."),
        ("subject", "Hi name}}", "Line 1: }} closes a variable that did not open on its line."),
        ("body", "Hi {name}", "Line 1: {name} would be sent as it is; write {{name}}."),
        ("subject", "x" * 201, "Longer than maximum length 200."),
        ("subject", "😀" * 101, "Longer than maximum length 200."),
        ("body", "x" * 2_001, "Longer than maximum length 2000."),
        ("body", "😀" * 1_001, "Longer than maximum length 2000."),
        ("subject", "  ", "Must not be empty."),
        ("name", "x" * 101, "Longer than maximum length 100."),
        ("purpose", "sales", "Must be one of: introduction, follow_up, article, other."),
    ],
)
def test_what_is_refused_at_its_field(call: Caller, text: dict[str, Any], field: str, value: str, message: str) -> None:
    for method, path in (("POST", "/texts"), ("PATCH", f"/texts/{text['id']}")):
        answer = call(method, path, HELLO | {field: value})
        assert answer.status_code == 422
        (error,) = answer.json["errors"]
        assert error["path"] == field
        assert message in error["message"]
    assert call.get(f"/texts/{text['id']}") == text


def test_every_fault_is_named(call: Caller) -> None:
    answer = call("POST", "/texts", HELLO | {"subject": "{{a}}", "body": "{{b}} {{c}}"})

    assert [error["path"] for error in answer.json["errors"]] == ["subject", "body", "body"]


def test_the_longest_text_that_is_taken(call: Caller) -> None:
    longest = {"subject": "s" * 200, "body": "😀" * 1_000}

    assert call.post("/texts", HELLO | longest)["body"] == longest["body"]


def test_invisible_characters_are_left_out(call: Caller) -> None:
    made = call.post("/texts", HELLO | {"subject": " A\u200b question\n", "body": "Hi\r\n\u202eyou "})

    assert (made["subject"], made["body"]) == ("A question", "Hi\nyou")


def previewed(call: Caller, text: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    return call.post(f"/texts/{text['id']}/preview", wanted, expect=200)


def test_a_preview_for_somebody_who_is_not_stored(call: Caller, text: dict[str, Any]) -> None:
    found = previewed(call, text, person={"name": "Dr. Robin Sample", "company": "Sample Ltd"})

    subject, body = "A question, Robin", "Hi Robin,\n\nhow is work at Sample Ltd?"
    lengths = {"subject": len(subject), "body": len(body), "limit": 2_000}
    assert found == {"subject": subject, "body": body, "missing": [], "lengths": lengths}


def test_a_preview_for_a_stored_person_with_the_note_of_their_target(call: Caller, text: dict[str, Any]) -> None:
    known = {"name": "Karl-Heinz Example", "first_name": "Kalle", "company": "Sample Ltd", "headline": "Data lead"}
    person = {"id": call.post("/people", known)["id"]}
    patched(call, text, subject="{{headline}} {{last_name}}", body="{{first_name}}: {{note|nothing}}")
    targets = []
    for note in ("met in Oslo", "met in Rome"):
        targets.append(call.post("/targets", {"person": person, "note": note})["id"])

        found = previewed(call, text, person=person)

        assert (found["subject"], found["body"], found["missing"]) == ("Data lead Example", f"Kalle: {note}", [])
        assert call("PATCH", f"/targets/{targets[-1]}", {"action": "drop"}).status_code == 200

    assert previewed(call, text, person=person)["body"] == "Kalle: nothing"


def test_what_is_missing_is_named_and_still_shown(call: Caller, text: dict[str, Any]) -> None:
    patched(call, text, subject="At {{company}}", body="{{headline}}, {{company}}, {{note|you}}, {{last_name}}")

    found = previewed(call, text, person={"name": "Robin"})

    assert found["missing"] == ["company", "headline", "last_name"]
    assert found["body"] == "{{headline}}, {{company}}, you, {{last_name}}"


@pytest.mark.parametrize(("plan", "limit"), [("sales_navigator", 1_900), ("premium_career", 2_000)])
def test_the_limit_is_that_of_the_accounts_product(
    call: Caller, open_account: Callable[..., Seat], text: dict[str, Any], plan: str, limit: int
) -> None:
    account = open_account(plan=plan).account["id"]

    assert previewed(call, text, person={"name": "Robin"}, account=account)["lengths"]["limit"] == limit


@pytest.mark.parametrize("person", [{}, {"id": "x", "name": "Kai"}, {"company": "Sample Ltd"}, {"name": " "}])
def test_a_preview_needs_one_person(call: Caller, text: dict[str, Any], person: dict[str, str]) -> None:
    assert call("POST", f"/texts/{text['id']}/preview", {"person": person}).status_code == 422


def test_a_preview_for_a_person_or_an_account_of_somebody_else(
    call: Caller, pair: Callable[..., Device], store: Store, clock: Clock, text: dict[str, Any]
) -> None:
    pair("Robin Sample")
    with store.begin_write(None) as tx:
        stranger = Owner.select().where(Owner.name == "Robin Sample").get(tx.database).id
        person = persons.add(tx, stranger, {"name": "Kai Example", "company": "Secret Ltd"}, None, clock())

    for wanted in ({"person": {"id": person.id}}, {"person": {"name": "Kai"}, "account": "missing"}):
        assert call("POST", f"/texts/{text['id']}/preview", wanted).status_code == 404


def test_the_copy_for_a_target(call: Caller, store: Store, clock: Clock, used: dict[str, Any]) -> None:
    owner_id = owner_of(store)
    patched(call, used, subject="For {{first_name}}", body="{{note}} {{company}}")
    call("DELETE", f"/texts/{used['id']}")
    with store.begin_write(None) as tx:
        person = persons.add(tx, owner_id, {"name": "Kai Example"}, None, clock())

        copied = texts.copy_of(tx, Actor(owner_id), used["id"], person, "We met\nin Oslo.")

        assert copied == texts.FilledText(
            text=used["id"],
            version=2,
            subject="For Kai",
            body="We met\nin Oslo. {{company}}",
            missing=("company",),
        )
        with pytest.raises(Problem, match="not_found"):
            texts.copy_of(tx, Actor("another owner"), used["id"], person, None)


def test_an_archived_text_comes_back(call: Caller, store: Store, used: dict[str, Any]) -> None:
    call("DELETE", f"/texts/{used['id']}")

    owner_id = owner_of(store)
    with store.begin_write(None) as tx:
        texts.restore_text(tx, Actor(owner_id), used["id"])

    assert listed(call) == ["Hello"]
