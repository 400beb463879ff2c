"""The list as a CSV over HTTP: previewed, brought in all or nothing, written, and the same there and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.conftest import Device
from tests.seat import Caller, Seat

PATH = "/api/v1/targets/import"


def send(seat: Seat, content: str | bytes, **query: str | list[str]) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    return seat.call.client.post(
        PATH, data=data, query_string=query, content_type="text/csv", headers=seat.call.headers
    )


def preview(seat: Seat, content: str | bytes, **query: str | list[str]) -> dict[str, Any]:
    answer = send(seat, content, preview="true", **query)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def bring_in(seat: Seat, content: str | bytes, **query: str | list[str]) -> int:
    confirm = preview(seat, content, **query)["confirm"]
    answer = send(seat, content, confirm=confirm, **query)
    assert answer.status_code == 201, answer.json
    return int(answer.json["added"])


def written(seat: Seat, query: str = "") -> str:
    answer = seat.call("GET", f"/targets.csv{query}")
    assert answer.status_code == 200, answer.json
    return answer.get_data(as_text=True)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def listed(seat: Seat) -> list[dict[str, Any]]:
    return list(seat.call.get("/targets?limit=200")["items"])


@pytest.fixture
def other(seat: Seat, pair: Callable[..., Device]) -> Seat:
    """Another owner's list, with an account of the same name."""
    call = Caller(seat.call.client, pair("you").headers)
    account = {"name": "My seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
    return Seat(call, call.post("/accounts", account))


ODD = (
    "=1+1",
    "+49 30",
    "@Kai",
    "-",
    "'quoted",
    "''=2",
    'say "Kai"',
    "two\nlines\n=3",
    "a;b,c\td",
    "ليلى مثال",
    "山田 太郎",
    "می‌خواهم \U0001f468‍\U0001f469‍\U0001f467",
)


def test_the_same_there_and_back(seat: Seat, other: Seat) -> None:
    texts = [each.call.post("/texts", {"name": "=Hello", "subject": "Q", "body": "Hi"}) for each in (seat, other)]
    for number, odd in enumerate(ODD):
        person = {"name": f"{odd} {number}", "company": odd, "headline": odd, "first_name": odd}
        if number % 2:
            person["profile_url"] = f"https://www.linkedin.com/in/odd-{number}"
        target: dict[str, Any] = {"person": person, "note": odd}
        if number % 3 == 0:
            target |= {"purpose": "article", "planned_for": "2026-12-03", "planned_at": "09:30", "due": "2026-12-04"}
        if number % 4 == 0:
            target |= {"account": seat.account["id"], "text": texts[0]["id"]}
        seat.call.post("/targets", target)
    both = seat.call.post("/people", {"name": "Two Links", "profile_url": "https://www.linkedin.com/in/two"})
    seat.call("PATCH", f"/people/{both['id']}", {"profile_url": "https://www.linkedin.com/sales/lead/ACwAAB"})
    seat.call.post("/targets", {"person": {"id": both["id"]}})
    file = written(seat)

    assert bring_in(other, file) == len(ODD) + 1

    assert written(other) == file
    ours, theirs = listed(seat), listed(other)
    for one, copy in zip(ours, theirs, strict=True):
        same = ("purpose", "note", "due", "planned_for", "planned_at", "state", "step")
        assert {name: one[name] for name in same} == {name: copy[name] for name in same}
        assert one["person"] | {"id": ""} == copy["person"] | {"id": ""}
    assert theirs[0]["account"] == other.account["id"]
    assert theirs[0]["text"] == texts[1]["id"]
    for row in csv.reader(io.StringIO(file, newline="")):
        assert not any(cell.startswith(("=", "+", "@")) for cell in row)


def test_what_is_over_is_not_brought_back(seat: Seat, other: Seat) -> None:
    for name in ("Robin Sample", "Noor Dummy", "Kai Example"):
        seat.call.post("/targets", {"person": {"name": name}})
    seat.log("Robin Sample")
    seat.call("PATCH", f"/targets/{listed(seat)[1]['id']}", {"action": "drop"})
    file = written(seat)

    assert [row["state"] for row in rows(file)] == ["waiting", "dropped", "ready"]
    found = preview(other, file)
    assert (found["over"], found["add"]) == (2, 1)
    assert bring_in(other, file) == 1


def test_filters_of_the_file(seat: Seat) -> None:
    for name in ("Robin Sample", "Noor Dummy"):
        seat.call.post("/targets", {"person": {"name": name}})
    seat.log("Robin Sample")

    assert [row["name"] for row in rows(written(seat, "?state=ready"))] == ["Noor Dummy"]
    assert [row["name"] for row in rows(written(seat, "?q=robin"))] == ["Robin Sample"]
    assert seat.call("GET", "/targets.csv?state=nonsense").status_code == 422


def test_headings_are_guessed_and_can_be_said(seat: Seat) -> None:
    found = preview(seat, "First Name;Last Name;URL;Company;Position\nKai;Example;linkedin.com/in/kai;Sample AG;Lead\n")

    assert found["mapping"] == {
        "name": "First Name+Last Name",
        "first_name": "First Name",
        "company": "Company",
        "headline": "Position",
        "profile_url": "URL",
    }
    assert found["items"] == [
        {
            "line": 2,
            "action": "add",
            "name": "Kai Example",
            "links": ["https://www.linkedin.com/in/kai"],
            "company": "Sample AG",
            "written": False,
        }
    ]
    needed = send(seat, "Wer,Was\nKai Example,x\n", preview="true")
    assert (needed.status_code, needed.json["code"]) == (422, "columns_needed")
    assert bring_in(seat, "Wer,Was\nKai Example,x\n", map=["name=Wer", "note=Was"]) == 1
    assert listed(seat)[0]["note"] == "x"
    assert send(seat, "name\nKai\n", preview="true", map="nothing=Wer").status_code == 422


@pytest.mark.parametrize(
    ("heading", "row", "reason"),
    [
        ("name,link", ",", None),
        ("name,link", "\u200b,x", "has a link that does not lead to LinkedIn"),
        ("name,link", "Kai,https://example.com", "has a link that does not lead to LinkedIn"),
        ("name,link", "Kai,linkedin.com/feed", "has a link that does not lead to a person"),
        ("name,link", ",https://www.linkedin.com/sales/lead/ACwAAB", "has no name"),
        ("name,due", "Kai,soon", "has a due day"),
        ("name,due", "Kai,07/10/2026", "has a due day"),
        ("name,planned_for", "Kai,2028-01-01", "has a planned day"),
        ("name,planned_at", "Kai,09:30", "has a time"),
        ("name,planned_for,planned_at", "Kai,2026-12-01,25:00", "has a time"),
        ("name,why", "Kai,love", "has a purpose"),
        ("name,text", "Kai,Missing", "has a text"),
        ("name,campaign", "Kai,Missing", "has a campaign"),
        ("name,account", "Kai,Missing", "has an account"),
        ("name,note", f"Kai,{'x' * 2001}", "has a note"),
        ("name,note", "Kai,a,b", "has another number of fields"),
    ],
)
def test_rows_that_are_not_understood(seat: Seat, heading: str, row: str, reason: str | None) -> None:
    file = f"{heading}\nRobin Sample{',' * heading.count(',')}\n{row}\n"

    found = preview(seat, file)

    if reason is None:
        assert found["not_understood"] == []
        return
    assert [each["line"] for each in found["not_understood"]] == [3]
    assert found["not_understood"][0]["reason"].startswith(reason)
    assert (found["confirm"], found["in_the_way"][0]["code"]) == (None, "rows_not_understood")
    refused = send(seat, file, confirm="x")
    assert (refused.status_code, refused.json["code"]) == (422, "rows_not_understood")
    assert bring_in(seat, file, skip_rows="true") == 1


def test_days_are_read_as_said(seat: Seat) -> None:
    assert bring_in(seat, "name,due\nKai Example,07/12/2026\n", dates="dmy") == 1
    assert listed(seat)[0]["due"] == "2026-12-07"


def test_other_encodings_and_delimiters(seat: Seat) -> None:
    assert bring_in(seat, "name;company\nJosé Sample;Señal\n".encode("cp1252")) == 1
    assert bring_in(seat, "name\tcompany\n山田 太郎\tサンプル\n".encode("utf-16")) == 1
    assert [item["person"]["company"] for item in listed(seat)] == ["Señal", "サンプル"]


def test_it_is_previewed_first_and_all_or_nothing(seat: Seat) -> None:
    file = "name\nKai Example\nRobin Sample\n"
    assert send(seat, file).status_code == 422
    confirm = preview(seat, file)["confirm"]
    assert listed(seat) == []
    seat.call.post("/targets", {"person": {"name": "Robin Sample"}})

    refused = send(seat, file, confirm=confirm)

    assert (refused.status_code, refused.json["code"]) == (409, "preview_outdated")
    assert [item["person"]["name"] for item in listed(seat)] == ["Robin Sample"]
    assert preview(seat, file)["items"][0]["action"] == "on_list"


def test_sent_twice_with_one_key_it_is_done_once(seat: Seat) -> None:
    file = "name\nKai Example\n"
    confirm = preview(seat, file)["confirm"]
    for _ in range(2):
        answer = seat.call.client.post(
            PATH,
            data=file.encode(),
            query_string={"confirm": confirm},
            content_type="text/csv",
            headers=seat.call.headers | {"Idempotency-Key": "once"},
        )
        assert (answer.status_code, answer.json) == (201, {"added": 1})
    assert len(listed(seat)) == 1


def test_those_written_to_can_be_left_out(seat: Seat) -> None:
    seat.log("Kai Example")
    file = "name\nKai Example\nRobin Sample\n"

    assert (preview(seat, file)["add"], preview(seat, file)["written"]) == (2, 1)
    assert bring_in(seat, file, leave_written="true") == 1


def test_no_more_than_a_list_can_be(seat: Seat) -> None:
    answer = send(seat, "name\n" + "Kai\n" * 50_001, preview="true")

    assert (answer.status_code, answer.json["code"]) == (422, "bad_file")


def test_only_a_csv_is_taken(seat: Seat) -> None:
    answer = seat.call.client.post(PATH, json={}, query_string={"preview": "true"}, headers=seat.call.headers)

    assert answer.status_code == 415
    zipped = seat.call.client.post(
        PATH,
        data=b"PK\x03\x04x",
        query_string={"preview": "true"},
        content_type="application/zip",
        headers=seat.call.headers,
    )
    assert zipped.status_code == 422
