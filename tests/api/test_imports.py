"""Importing over HTTP: look first, then all or nothing, and take it back in one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from inkeeper.api.guard import MAX_UPLOAD_BYTES
from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import Store
from tests.conftest import Clock
from tests.files import HEADING, ME, TEXT, answer, connections, inmail, link, message, messages, table, zipped
from tests.seat import Seat

Upload = Callable[..., TestResponse]


@pytest.fixture
def upload(seat: Seat) -> Upload:
    def send(
        content: bytes, kind: str = "text/csv", headers: dict[str, str] | None = None, **query: Any
    ) -> TestResponse:
        return seat.call.client.post(
            f"/api/v1{seat.path}/imports",
            query_string={name: str(value).lower() if value is True else value for name, value in query.items()},
            data=content,
            content_type=kind,
            headers=seat.call.headers | (headers or {}),
        )

    return send


@pytest.fixture
def preview(upload: Upload) -> Callable[..., dict[str, Any]]:
    def look(content: bytes, **query: Any) -> dict[str, Any]:
        found = upload(content, preview=True, **query)
        assert found.status_code == 200, found.json
        answer: dict[str, Any] = found.json
        return answer

    return look


@pytest.fixture
def bring(upload: Upload, preview: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Both steps."""

    def both(content: bytes, **query: Any) -> dict[str, Any]:
        confirm = preview(content, **query)["confirm"]
        done = upload(content, confirm=confirm or "nothing to do", **query)
        assert done.status_code == 201, done.json
        imported: dict[str, Any] = done.json
        return imported

    return both


TWO = messages(
    inmail("Robin Sample", "2026-11-05 10:00:00", "A question, about your talk"),
    inmail("Mika Placeholder", "2026-11-06 11:30:00"),
    answer("Robin Sample", "2026-11-05 10:00:00", "2026-11-09 08:00:00"),
    message("a chat", "Sascha Muster", ME, "2026-11-01 08:00:00"),
)


def actions(preview: dict[str, Any]) -> dict[str, int]:
    return {each["action"]: each["inmails"] for each in preview["actions"]}


def test_a_preview_says_what_would_be_and_stores_nothing(seat: Seat, preview: Callable[..., dict[str, Any]]) -> None:
    found = preview(TWO)

    assert found["kind"] == "linkedin"
    assert found["rows"] == 4
    assert {each["kind"]: each["lines"] for each in found["taken_for"]} == {
        "inmail": "2-4",
        "answer": "6",
        "message": "8",
    }
    assert found["adds"] == {
        "inmails": 2,
        "free": 0,
        "answers": 1,
        "from": "2026-11-05T10:00:00Z",
        "to": "2026-11-06T11:30:00Z",
    }
    assert (found["balance_now"], found["balance_then"]) == (5, 3)
    first = found["items"][0]
    assert first["line"] == 2
    assert first["action"] == "add"
    assert first["recipient"] == {"name": "Robin Sample", "profile_url": link("Robin Sample")}
    assert first["subject"] == "A question, about your talk"
    assert (first["outcome"], first["outcome_at"], first["answer_line"]) == ("replied", "2026-11-09T08:00:00Z", 6)
    assert found["confirm"]
    assert seat.balance() == 5
    assert seat.call.get(f"{seat.path}/inmails")["items"] == []
    assert seat.call.get(f"{seat.path}/imports")["items"] == []


def test_an_import_stores_what_the_preview_showed(
    seat: Seat, bring: Callable[..., dict[str, Any]], store: Store, clock: Clock
) -> None:
    done = bring(TWO)

    assert done["balance"] == 3
    assert done["import"] | {"id": ""} == {
        "id": "",
        "kind": "linkedin",
        "created_at": "2026-11-23T09:00:00Z",
        "rows": 4,
        "inmails": 2,
        "answers": 1,
        "retracted_at": None,
    }
    mika, robin = seat.call.get(f"{seat.path}/inmails")["items"]
    assert (robin["sent_at"], robin["outcome"], robin["outcome_at"], robin["source"]) == (
        "2026-11-05T10:00:00Z",
        "replied",
        "2026-11-09T08:00:00Z",
        "import",
    )
    assert (mika["outcome"], mika["cost"], mika["purpose"], mika["note"]) == ("pending", 1, None, None)
    assert seat.call.get(f"{seat.path}/imports")["items"] == [done["import"]]
    assert list(check(store, clock())) == []


def test_the_same_file_a_second_time_adds_nothing(
    seat: Seat, bring: Callable[..., dict[str, Any]], preview: Callable[..., dict[str, Any]]
) -> None:
    bring(TWO)

    again = preview(TWO)

    assert actions(again) == {"already_there": 2}
    assert again["items"][0]["why"] == "logged by an earlier import"
    assert again["confirm"] is None
    assert bring(TWO) == {"import": None, "balance": 3}
    assert len(seat.call.get(f"{seat.path}/imports")["items"]) == 1


def test_taking_an_import_back_leaves_everything_as_it_was(
    seat: Seat, bring: Callable[..., dict[str, Any]], store: Store, clock: Clock
) -> None:
    mine = seat.log("Mika Placeholder", sent_at="2026-11-06T12:00:00Z")["inmail"]
    before = seat.summary()
    file = messages(
        inmail("Robin Sample", "2026-11-05 10:00:00"),
        inmail("Mika Placeholder", "2026-11-06 11:30:00"),
        answer("Mika Placeholder", "2026-11-06 11:30:00", "2026-11-10 08:00:00"),
    )
    done = bring(file)
    path = f"{seat.path}/inmails/{mine['id']}"
    assert seat.call.get(path)["outcome"] == "replied"
    assert (done["import"]["inmails"], done["import"]["answers"], done["balance"]) == (1, 1, 3)

    clock.advance(hours=1)
    back = seat.call("DELETE", f"{seat.path}/imports/{done['import']['id']}")

    assert back.status_code == 200
    assert back.json["import"]["retracted_at"] == "2026-11-23T10:00:00Z"
    assert back.json["balance"] == 4
    assert seat.call("DELETE", f"{seat.path}/imports/{done['import']['id']}").json == back.json
    after = seat.summary()
    assert {key: after[key] for key in ("balance", "used", "lots", "recent")} == {
        key: before[key] for key in ("balance", "used", "lots", "recent")
    }
    assert (seat.call.get(path)["outcome"], seat.call.get(path)["outcome_at"]) == ("pending", None)
    assert [item["id"] for item in seat.call.get(f"{seat.path}/inmails")["items"]] == [mine["id"]]
    assert list(check(store, clock())) == []


def test_what_was_taken_back_can_be_brought_again(
    seat: Seat, bring: Callable[..., dict[str, Any]], store: Store, clock: Clock
) -> None:
    first = bring(TWO)["import"]
    seat.call("DELETE", f"{seat.path}/imports/{first['id']}")

    second = bring(TWO)

    assert second["import"]["inmails"] == 2
    assert second["balance"] == 3
    assert [batch["retracted_at"] is None for batch in seat.call.get(f"{seat.path}/imports")["items"]] == [True, False]
    assert list(check(store, clock())) == []


def test_an_imported_inmail_that_was_taken_back_by_itself_stays_away(
    seat: Seat, bring: Callable[..., dict[str, Any]], preview: Callable[..., dict[str, Any]]
) -> None:
    bring(TWO)
    mika = seat.call.get(f"{seat.path}/inmails?q=mika")["items"][0]
    seat.call("DELETE", f"{seat.path}/inmails/{mika['id']}")

    again = preview(TWO)

    assert actions(again) == {"already_there": 2}
    assert again["items"][1]["why"] == "it came with an earlier import, and you removed it"


def test_the_text_of_a_message_is_stored_nowhere(
    seat: Seat, bring: Callable[..., dict[str, Any]], store: Store, tmp_path: Path
) -> None:
    bring(TWO)

    store.checkpoint_and_close()
    for file in tmp_path.glob("inkeeper.sqlite3*"):
        assert TEXT.encode()[:5] not in file.read_bytes(), file
        assert b"would like to hear" not in file.read_bytes(), file


def test_inmails_without_a_credit_need_a_word(
    seat: Seat, upload: Upload, preview: Callable[..., dict[str, Any]], bring: Callable[..., dict[str, Any]]
) -> None:
    file = messages(*(inmail(f"Robin Sample {number}", f"2026-11-05 10:0{number}:00") for number in range(7)))

    found = preview(file)

    assert found["uncovered"] == 2
    assert [each["code"] for each in found["in_the_way"]] == ["insufficient_credits"]
    assert found["confirm"] is None
    refused = upload(file, confirm="something")
    assert (refused.status_code, refused.json["code"]) == (409, "preview_outdated")
    accepted = preview(file, accept_discrepancy=True)
    refused = upload(file, confirm=accepted["confirm"])
    assert (refused.status_code, refused.json["code"]) == (409, "insufficient_credits")
    assert refused.json["needed"] == 2
    assert seat.balance() == 5
    assert bring(file, accept_discrepancy=True)["balance"] == 0
    assert [kind for kind, _ in seat.kinds()].count("adjust") == 2


def test_an_import_that_uses_the_credits_of_what_is_logged_needs_that_word_too(
    seat: Seat, preview: Callable[..., dict[str, Any]]
) -> None:
    for number in range(5):
        seat.log(f"Sascha Muster {number}", sent_at="2026-11-10T10:00:00Z")

    found = preview(TWO)

    assert found["uncovered"] == 2
    assert [each["code"] for each in found["in_the_way"]] == ["insufficient_credits"]


def test_lines_can_be_left_out(
    seat: Seat, upload: Upload, preview: Callable[..., dict[str, Any]], bring: Callable[..., dict[str, Any]]
) -> None:
    assert actions(preview(TWO, leave_out="2")) == {"add": 1, "left_out": 1}
    assert bring(TWO, leave_out="2")["import"]["inmails"] == 1
    wrong = upload(TWO, preview=True, leave_out="3")
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, "leave_out")
    for nonsense in ("1,", ",1", "", ",", "1,,2", "+1", "1 ", "٣", "1_0", "9" * 30_000, "1" + ",1" * 15_000):
        wrong = upload(TWO, preview=True, leave_out=nonsense)
        assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, "leave_out"), nonsense[:20]


def test_a_preview_that_does_not_hold_any_more(seat: Seat, upload: Upload, preview: Callable[..., Any]) -> None:
    confirm = preview(TWO)["confirm"]
    seat.log("Robin Sample", sent_at="2026-11-05T11:00:00Z")

    refused = upload(TWO, confirm=confirm)

    assert (refused.status_code, refused.json["code"]) == (409, "preview_outdated")
    other = upload(messages(inmail("Mika Placeholder", "2026-11-06 11:30:00")), confirm=confirm, me=ME)
    assert other.json["code"] == "preview_outdated"
    assert len(seat.call.get(f"{seat.path}/inmails")["items"]) == 1


@pytest.mark.parametrize("query", [{}, {"preview": True, "confirm": "a"}])
def test_no_import_without_a_preview(upload: Upload, query: dict[str, Any]) -> None:
    refused = upload(TWO, **query)

    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "confirm")


def test_rows_that_are_not_understood_stop_everything_unless_they_are_to_be_left_out(
    seat: Seat, upload: Upload, preview: Callable[..., dict[str, Any]], bring: Callable[..., dict[str, Any]]
) -> None:
    file = TWO + b"cut,off\r\n"

    found = preview(file)

    assert found["not_understood"] == [{"line": 10, "reason": "has 2 fields where the heading has 13"}]
    assert [each["code"] for each in found["in_the_way"]] == ["rows_not_understood"]
    refused = upload(file, confirm=preview(file, skip_rows=True)["confirm"])
    assert (refused.status_code, refused.json["code"]) == (422, "rows_not_understood")
    assert refused.json["errors"] == [
        {"path": "The file:10", "message": "The row has 2 fields where the heading has 13."}
    ]
    assert seat.balance() == 5
    assert bring(file, skip_rows=True)["import"]["inmails"] == 2


def test_inmails_before_the_opening_are_left_out_or_the_opening_is_dated_back(
    seat: Seat,
    preview: Callable[..., dict[str, Any]],
    bring: Callable[..., dict[str, Any]],
    store: Store,
    clock: Clock,
) -> None:
    file = messages(
        inmail("Robin Sample", "2025-02-03 10:00:00"),
        answer("Robin Sample", "2025-02-03 10:00:00", "2025-02-04 10:00:00"),
        inmail("Mika Placeholder", "2026-11-06 11:30:00"),
    )
    opened_at = seat.account["opened_at"]
    before = seat.summary()
    found = preview(file)
    assert actions(found) == {"add": 1, "before_opening": 1}
    assert found["opens_at"] is None

    done = bring(file, open_earlier=True)

    assert done["import"]["inmails"] == 2
    assert done["balance"] == 4
    assert seat.call.get(seat.path)["opened_at"] == "2025-02-01T00:00:00Z"
    assert seat.ledger()[:2][1]["kind"] == "spend"
    assert len(seat.ledger()) > 40
    assert list(check(store, clock())) == []
    assert actions(preview(file, open_earlier=True)) == {"already_there": 2}

    back = seat.call("DELETE", f"{seat.path}/imports/{done['import']['id']}")

    assert back.json["balance"] == 5
    assert seat.call.get(seat.path)["opened_at"] == opened_at
    assert seat.summary() == before
    assert list(check(store, clock())) == []
    assert bring(file, open_earlier=True)["balance"] == 4
    assert list(check(store, clock())) == []


def test_the_opening_stays_dated_back_where_something_else_needs_it(
    seat: Seat, bring: Callable[..., dict[str, Any]], store: Store, clock: Clock
) -> None:
    done = bring(messages(inmail("Robin Sample", "2025-02-03 10:00:00")), open_earlier=True, me=ME)
    seat.log("Sascha Muster", sent_at="2025-03-01T10:00:00Z")

    seat.call("DELETE", f"{seat.path}/imports/{done['import']['id']}")

    assert seat.call.get(seat.path)["opened_at"] == "2025-02-01T00:00:00Z"
    assert list(check(store, clock())) == []


def test_a_zip_with_connections_tells_what_cost_nothing(
    seat: Seat, preview: Callable[..., dict[str, Any]], bring: Callable[..., dict[str, Any]]
) -> None:
    file = zipped(
        {
            "Basic/messages.csv": b"\xef\xbb\xbf" + TWO,
            "Basic/Connections.csv": connections(("Robin Sample", "10 Jul 2026"), ("Mika Placeholder", "20 Nov 2026")),
        }
    )

    found = preview(file, kind="application/zip")

    assert [item["cost"] for item in found["items"]] == [0, 1]
    assert "1st degree since 2026-07-10" in found["items"][0]["why"]
    assert found["file"] == "messages.csv"
    assert bring(file, kind="application/zip")["balance"] == 4


def test_any_csv_with_its_columns_named(
    upload: Upload, preview: Callable[..., dict[str, Any]], bring: Callable[..., dict[str, Any]], seat: Seat
) -> None:
    file = table(["Vorname", "Nachname", "Wann"], [["Robin", "Sample", "05.11.2026"]], delimiter=";")
    asked = upload(file, preview=True)
    assert (asked.status_code, asked.json["code"]) == (422, "columns_needed")
    assert asked.json["columns"] == ["Vorname", "Nachname", "Wann"]

    columns = ["name=Vorname+Nachname", "sent_at=Wann"]
    found = preview(file, map=columns)

    assert found["mapping"] == {"name": "Vorname+Nachname", "sent_at": "Wann"}
    assert bring(file, map=columns)["import"]["kind"] == "csv"
    (logged,) = seat.call.get(f"{seat.path}/inmails")["items"]
    assert (logged["recipient"]["name"], logged["sent_at"]) == ("Robin Sample", "2026-11-05T12:00:00Z")


@pytest.mark.parametrize("column", ["name", "=Wann", "name=", "colour=Wann", "name=Nowhere"])
def test_a_column_that_makes_no_sense(upload: Upload, column: str) -> None:
    refused = upload(b"Wann,Wer\n2026-11-05,Robin\n", preview=True, map=[column, "sent_at=Wann"])

    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "map")


def test_an_import_with_a_key_is_done_once(seat: Seat, upload: Upload, preview: Callable[..., Any]) -> None:
    confirm = preview(TWO)["confirm"]

    first, second = (upload(TWO, confirm=confirm, headers={"Idempotency-Key": "once"}) for _ in range(2))

    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert second.headers["Idempotency-Replayed"] == "true"
    other = upload(TWO + b"\r\n", confirm=confirm, headers={"Idempotency-Key": "once"})
    assert other.json["code"] == "idempotency_conflict"


def test_pages_of_a_preview(preview: Callable[..., dict[str, Any]]) -> None:
    file = messages(*(inmail(f"Robin Sample {number}", "2026-11-05 10:00:00") for number in range(5)))
    lines, cursor = [], {}

    while True:
        page = preview(file, limit=2, **cursor)
        lines += [item["line"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert lines == [2, 4, 6, 8, 10]


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data", "application/octet-stream", ""]
)
def test_what_is_declared_as_something_else(upload: Upload, kind: str) -> None:
    refused = upload(TWO, kind=kind, preview=True)

    assert (refused.status_code, refused.json["code"]) == (415, "unsupported_media_type")


def test_a_file_over_the_limit(upload: Upload) -> None:
    refused = upload(b"x" * (MAX_UPLOAD_BYTES + 1), preview=True)

    assert (refused.status_code, refused.json["code"]) == (413, "too_large")
    assert str(MAX_UPLOAD_BYTES) in refused.json["detail"]


def test_a_file_larger_than_a_json_body_may_be(preview: Callable[..., dict[str, Any]]) -> None:
    file = messages(*(inmail(f"Robin Sample {number}", "2026-11-05 10:00:00") for number in range(8000)))
    assert len(file) > 1024 * 1024

    assert preview(file)["rows"] == 8000


def test_a_file_that_cannot_be_read_names_file_and_line(upload: Upload) -> None:
    refused = upload(TWO + b'"never closed\r\n', preview=True, file="messages.csv")

    assert (refused.status_code, refused.json["code"]) == (422, "bad_file")
    assert refused.json["detail"].startswith("messages.csv, line 10: ")
    assert refused.json["errors"][0]["path"] == "messages.csv:10"


def test_whose_export_it_is_can_be_said(upload: Upload, preview: Callable[..., dict[str, Any]]) -> None:
    file = messages(inmail("Robin Sample", "2026-11-05 10:00:00"))
    asked = upload(file, preview=True)
    assert (asked.status_code, asked.json["code"]) == (422, "whose_export")
    assert asked.json["people"] == [link(ME), link("Robin Sample")]

    assert preview(file, me=ME)["adds"]["inmails"] == 1
    assert preview(file, me=link(ME))["adds"]["inmails"] == 1
    assert preview(file, me="Robin Sample")["adds"]["inmails"] == 0
    assert upload(file, preview=True, me="Nobody").json["code"] == "whose_export"


@pytest.mark.parametrize(
    ("content", "query", "code", "detail"),
    [
        (b"name,sent_at\n", {}, "no_rows", "The file has a heading and no rows below it."),
        (b"name,sent_at\nKai,soon\n", {}, "nothing_understood", "None of the 1 row is understood."),
        (
            messages(message("c", ME, "Robin Sample", "2026-11-05 10:00:00")),
            {"me": ME},
            "no_inmails",
            "Kai Example begins 1 conversation in this file, none of them with a subject and to one person, as an"
            " InMail is.",
        ),
        (
            messages(inmail("Robin Sample", "2026-11-05 10:00:00")),
            {"me": "Robin Sample"},
            "no_inmails",
            "Robin Sample begins none of the conversations in this file.",
        ),
        (messages(heading=HEADING), {}, "no_rows", "The file has a heading and no rows below it."),
        (
            b"name,sent_at\nKai,2026-10-01\nMia,2026-10-01\nMia,2026-10-01\n",
            {"leave_out": "2"},
            "nothing_new",
            "Of 3 InMails in the file: 1 twice in the file, 1 from before the account opened, 1 left out by you.",
        ),
    ],
)
def test_why_nothing_would_be_added(
    preview: Callable[..., dict[str, Any]], content: bytes, query: dict[str, str], code: str, detail: str
) -> None:
    found = preview(content, **query)

    assert found["confirm"] is None
    assert (found["nothing"]["code"], found["nothing"]["detail"]) == (code, detail)


def test_where_something_would_be_added_there_is_no_such_reason(preview: Callable[..., dict[str, Any]]) -> None:
    found = preview(TWO)

    assert (found["nothing"], found["notes"]) == (None, [])


def test_what_is_to_be_known_about_a_file(preview: Callable[..., dict[str, Any]]) -> None:
    file = zipped({"messages.csv": TWO.replace(b"Mika", b"M\xefka"), "Connections.csv": b""})

    notes = preview(file, kind="application/zip")["notes"]

    assert [(note["code"], note["arguments"]["file"]) for note in notes] == [
        ("helper_unreadable", "Connections.csv"),
        ("encoding_guessed", "messages.csv"),
    ]
    assert notes[0]["detail"] == (
        "Connections.csv could not be read, so it is not known who is 1st degree and cost no credit: The heading with"
        " First Name is missing."
    )


def test_another_file_of_linkedin(upload: Upload) -> None:
    refused = upload(b"From,To,Sent At,Message,Direction\nKai,Mia,2026-11-05,,OUTGOING\n", preview=True)

    assert (refused.status_code, refused.json["code"], refused.json["take"]) == (
        422,
        "other_linkedin_file",
        "messages.csv",
    )
