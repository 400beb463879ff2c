"""The page People: the list, its filters, rows edited, many changed at once and undone, people added and taken away."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import secrets
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.conftest import Clock, Device
from tests.seat import Caller, Seat
from tests.web.conftest import HTMX, WebPage, values_of, words

ROBIN = "https://www.linkedin.com/in/robin-sample"


def put(seat: Seat, name: str, link: str | None = None, company: str | None = None, **fields: Any) -> dict[str, Any]:
    """Puts somebody on the list."""
    about = {"profile_url": link, "company": company}
    person = {"name": name, **{key: value for key, value in about.items() if value}}
    return dict(seat.call.post("/targets", {"person": person, **fields}))


def shown(page: WebPage, query: str = "") -> list[str]:
    """The names in the rows that a query gives, in their order."""
    return names_in(page.get(f"/people/rows{query}"))


def names_in(answer: TestResponse) -> list[str]:
    assert answer.status_code in (200, 422), words(answer)
    found = re.findall(r'<td class="who"><b>(?:<a [^>]*>)?<bdi>([^<]*)</bdi>', answer.get_data(as_text=True))
    return [html.unescape(name) for name in found]


def state_of(seat: Seat, target: dict[str, Any]) -> str:
    return str(seat.call.get(f"/targets/{target['id']}")["state"])


def do(page: WebPage, what: str, *targets: dict[str, Any], **fields: Any) -> TestResponse:
    """Does something with rows that are selected."""
    data = {"key": secrets.token_urlsafe(16), "what": what, "target": [each["id"] for each in targets], **fields}
    return page.client.post("/people/do", data=data, headers=page.headers | HTMX)


def undo(page: WebPage, answer: TestResponse) -> TestResponse:
    """Presses Undo in an answer's toast."""
    text = answer.get_data(as_text=True)
    assert 'action="/people/undo"' in text, words(answer)
    toast = text[text.index('action="/people/undo"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', toast)
    fields = {name: html.unescape(value) for name, value in found}
    return page.client.post("/people/undo", data=fields, headers=page.headers | HTMX)


@pytest.fixture
def listed(seat: Seat) -> dict[str, dict[str, Any]]:
    """Four people, by first name; the clock stands on Monday 23 November 2026."""
    return {
        "Robin": put(seat, "Robin Sample", ROBIN, "Example GmbH", purpose="introduction", note="met at a fair"),
        "Noor": put(seat, "Noor Dummy", planned_for="2026-11-23", planned_at="09:30"),
        "Layla": put(seat, "ليلى مثال", "https://www.linkedin.com/in/layla", due="2026-11-30"),
        "Taro": put(seat, "山田 太郎", planned_for="2026-12-03"),
    }


def test_the_list_in_its_order(page: WebPage, listed: dict[str, Any]) -> None:
    text = page.text("/people")

    assert shown(page) == ["Robin Sample", "Noor Dummy", "ليلى مثال", "山田 太郎"]
    assert "Robin Sample Example GmbH met at a fair Introduction — Ready Edit" in text
    assert "Noor Dummy — — Planned today, 09:30 Edit" in text
    assert "ليلى مثال — — Due Mon 30 Nov Edit" in text
    assert "山田 太郎 — — Planned Thu 3 Dec Edit" in text
    answer = page.get("/people").get_data(as_text=True)
    assert f'<a href="{ROBIN}" target="_blank" rel="noopener noreferrer"><bdi>Robin Sample</bdi></a>' in answer
    assert "Robin" not in re.search(r"<title>(.*)</title>", answer)[1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?show=today", ["Noor Dummy"]),
        ("?show=month", ["Noor Dummy", "ليلى مثال"]),
        ("?show=waiting", []),
        ("?q=robin", ["Robin Sample"]),
        ("?q=GMBH", ["Robin Sample"]),
        ("?q=in/layla", ["ليلى مثال"]),
        ("?q=مثال", ["ليلى مثال"]),
        ("?q=太郎", ["山田 太郎"]),
        ("?q=a fair", ["Robin Sample"]),
        ("?q=%25", []),
        ("?show=today&q=robin", []),
        ("?show=nonsense&cursor=nonsense", ["Robin Sample", "Noor Dummy", "ليلى مثال", "山田 太郎"]),
    ],
)
def test_search_and_filters(page: WebPage, listed: dict[str, Any], query: str, found: list[str]) -> None:
    assert shown(page, query) == found


@pytest.mark.parametrize("query", ["ärzte", "ÄRZTE", "Ärzte", "école", "ÉCOLE"])
def test_search_in_companies_and_notes_whatever_the_case(page: WebPage, seat: Seat, query: str) -> None:
    put(seat, "Robin Sample", company="Ärztehaus Muster", note="visited École Exemple")
    put(seat, "Noor Dummy")

    assert shown(page, f"?q={query}") == ["Robin Sample"]
    if query.lower().startswith("ä"):
        people = seat.call.get(f"/people?q={query}")["items"]
        assert [person["name"] for person in people] == ["Robin Sample"]


def test_states_in_words(page: WebPage, seat: Seat, listed: dict[str, Any], clock: Clock) -> None:
    seat.log("Robin Sample", link=ROBIN)
    answered = seat.log("Noor Dummy")["inmail"]
    seat.call("PATCH", f"{seat.path}/inmails/{answered['id']}", {"outcome": "replied"})
    seat.call("PATCH", f"/targets/{listed['Layla']['id']}", {"action": "drop"})
    clock.advance(days=1)

    text = page.text("/people")

    assert "Robin Sample Example GmbH met at a fair Introduction — Waiting since yesterday Edit" in text
    assert "Noor Dummy — — Answered Edit" in text
    assert "ليلى مثال — — Dropped Edit" in text
    assert shown(page) == ["山田 太郎", "Robin Sample", "Noor Dummy", "ليلى مثال"], "those to write to come first"
    assert shown(page, "?show=waiting") == ["Robin Sample"]
    assert shown(page, "?show=done") == ["Noor Dummy", "ليلى مثال"]
    clock.advance(days=12)
    assert "山田 太郎 — — Planned Thu 3 Dec Edit" in page.text("/people"), "a day that has passed stays"


def test_held_and_late_in_words(page: WebPage, seat: Seat, clock: Clock) -> None:
    for number in range(1, 7):
        put(seat, f"Person {number}", planned_for="2026-11-24")

    assert seat.balance() == 5
    assert "Person 6 — — Held until 1 Dec (new credits) Edit" in page.text("/people")
    assert "Person 5 — — Planned tomorrow Edit" in page.text("/people")
    clock.advance(days=2)
    assert '<span class="pill late">Planned yesterday</span>' in page.get("/people").get_data(as_text=True)


def test_a_follow_up_in_words(page: WebPage, seat: Seat, clock: Clock) -> None:
    steps = [{"texts": []}, {"after_working_days": 3, "texts": []}]
    campaign = seat.call.post("/campaigns", {"name": "Data leads", "account": seat.account["id"], "steps": steps})
    put(seat, "Robin Sample", ROBIN, campaign=campaign["id"])
    seat.log("Robin Sample", link=ROBIN)

    assert "Follow-up — Data leads Follow-up on 26 Nov Edit" in page.text("/people")
    assert shown(page, f"?campaign={campaign['id']}") == ["Robin Sample"]
    assert shown(page, "?show=month") == ["Robin Sample"]
    clock.advance(days=2)
    assert "Follow-up tomorrow Edit" in page.text("/people")
    clock.advance(days=1)
    assert "Follow-up due Edit" in page.text("/people")


def test_a_campaign_for_all(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    steps = [{"texts": []}]
    campaign = seat.call.post("/campaigns", {"name": "Data leads", "account": seat.account["id"], "steps": steps})

    answer = do(page, "campaign", listed["Robin"], listed["Noor"], to_campaign=campaign["id"])

    assert "Saved for 2 people." in words(answer)
    assert seat.call.get(f"/targets/{listed['Noor']['id']}")["campaign"] == campaign["id"]
    seat.log("Robin Sample", link=ROBIN)
    seat.log("Mika Placeholder")
    found = seat.call.get(f"{seat.path}/inmails?campaign={campaign['id']}")["items"]
    assert [inmail["recipient"]["name"] for inmail in found] == ["Robin Sample"]
    assert "Mika" not in words(page.get(f"/history/rows?campaign={campaign['id']}"))
    assert "Saved for 1 person." in words(do(page, "campaign", listed["Noor"], to_campaign=""))
    assert do(page, "campaign", listed["Noor"], to_campaign="missing").status_code == 422


def test_fifty_at_a_time_through_all_groups(page: WebPage, seat: Seat) -> None:
    lines = "\n".join(f"Person {number:03}" for number in range(103))
    confirm = values_and_mark(page.send("/people/several", lines=lines))
    page.done("/people/several", lines=lines, confirm=confirm)
    for number in range(60):
        seat.log(f"Person {number:03}", cost=0)

    seen: list[str] = []
    query = ""
    while True:
        answer = page.get(f"/people/rows{query}")
        assert len(names_in(answer)) <= 50
        seen += names_in(answer)
        more = re.search(r'"cursor": "([^"]+)"', answer.get_data(as_text=True))
        if not more:
            break
        query = f"?cursor={more[1]}"

    assert seen == [f"Person {number:03}" for number in (*range(60, 103), *range(60))]


def test_nobody_yet(page: WebPage, seat: Seat) -> None:
    assert "Nobody on your list yet." in page.text("/people")
    assert "Nobody matches." in words(page.get("/people/rows?q=x"))


def test_only_ones_own(sign_in: Callable[..., WebPage], seat: Seat, pair: Callable[..., Device]) -> None:
    theirs = Seat(Caller(seat.call.client, pair("you").headers), {"id": ""})
    account = {"name": "Theirs", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
    theirs.call.post("/accounts", account)
    target = put(seat, "Robin Sample", ROBIN)
    other = sign_in("you")

    assert "Robin" not in other.text("/people")
    assert other.get(f"/people/targets/{target['id']}/edit").status_code == 404
    assert other.send(f"/people/targets/{target['id']}/edit", name="Mine").status_code == 404
    do(other, "drop", target)
    page = other.client.post(
        "/people/undo",
        data={"key": "k" * 20, "what": "mark", "before": json.dumps([[target["id"]]])},
        headers=other.headers | HTMX,
    )
    assert page.status_code == 200
    assert state_of(seat, target) == "ready"
    assert theirs.call.get("/targets")["items"] == []


# ---- a row ----


def open_row(page: WebPage, target: dict[str, Any]) -> dict[str, str]:
    """Opens a row: what stands in its form."""
    answer = page.get(f"/people/targets/{target['id']}/edit")
    names = ("version", "name", "first_name", "company", "headline", "planned_for", "planned_at", "due", "account_id")
    fields = {name: values_of(answer, name)[0] for name in names}
    text = answer.get_data(as_text=True)
    for name in ("note", "links"):
        found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>([^<]*)</textarea>', text)
        fields[name] = html.unescape(found[1]) if found else ""
    chosen = re.search(r'name="purpose".*?value="([^"]*)" selected', text, re.DOTALL)
    return fields | {"purpose": chosen[1] if chosen else ""}


def test_editing_a_row(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    path = f"/people/targets/{listed['Robin']['id']}/edit"
    fields = open_row(page, listed["Robin"])
    assert fields["links"] == ROBIN

    text = page.done(
        path,
        **fields
        | {
            "name": "Robin Muster",
            "first_name": "Robin",
            "company": "",
            "note": "two\nlines",
            "purpose": "article",
            "planned_for": "2026-12-01",
            "planned_at": "14:00",
            "links": "linkedin.com/in/Robin-Muster https://www.linkedin.com/sales/lead/ACwAAB,x",
        },
    )

    assert "Robin Muster two lines Article — Planned Tue 1 Dec, 14:00 Edit" in text
    assert "Saved." in text
    target = seat.call.get(f"/targets/{listed['Robin']['id']}")
    assert (target["person"]["first_name"], target["person"]["company"], target["note"]) == (
        "Robin",
        None,
        "two\nlines",
    )
    links = ["https://www.linkedin.com/in/robin-muster", "https://www.linkedin.com/sales/lead/ACwAAB"]
    assert target["person"]["links"] == links


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "Enter the name."),
        ("links", "https://example.com/x", "Each link has to lead to a person on LinkedIn"),
        ("links", "linkedin.com/in/layla", "Each link has to lead to a person on LinkedIn"),
        ("links", "linkedin.com/in/a linkedin.com/in/b", "at most one each for LinkedIn"),
        ("planned_for", "2026-11-22", "Pick a day from today to a year from now."),
        ("planned_for", "2028-01-01", "Pick a day from today to a year from now."),
        ("planned_at", "25:00", "Enter a time, such as 09:30."),
        ("planned_at", "09:30", "Pick a day for this time."),
        ("due", "soon", "Enter a day."),
        ("text", "missing", "This text isn't here any more."),
    ],
)
def test_refusals_stand_at_their_field(
    page: WebPage, seat: Seat, listed: dict[str, Any], field: str, value: str, error: str
) -> None:
    path = f"/people/targets/{listed['Robin']['id']}/edit"
    fields = open_row(page, listed["Robin"]) | {"note": "typed meanwhile", field: value}

    answer = page.send(path, **fields)

    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    place = re.search(rf'name="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="([^" ]+)', text)
    assert place, words(answer)
    assert error in html.unescape(re.search(rf'id="{place[1]}">([^<]*)<', text)[1])  # type: ignore[index]
    assert "typed meanwhile" in text
    assert seat.call.get(f"/targets/{listed['Robin']['id']}")["note"] == "met at a fair"


def test_a_row_that_was_changed_elsewhere(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    path = f"/people/targets/{listed['Robin']['id']}/edit"
    fields = open_row(page, listed["Robin"])
    seat.call("PATCH", f"/targets/{listed['Robin']['id']}", {"note": "from elsewhere"})

    answer = page.send(path, **fields | {"note": "from here"})

    assert answer.status_code == 409
    assert "This was changed elsewhere in the meantime." in words(answer)
    assert "Note: from elsewhere" in words(answer)
    assert "from here" in answer.get_data(as_text=True)
    page.done(path, **fields | {"note": "from here", "version": values_of(answer, "version")[0]})
    assert seat.call.get(f"/targets/{listed['Robin']['id']}")["note"] == "from here"


def test_a_text_that_was_deleted_stays_chosen(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    text = seat.call.post("/texts", {"name": "Hello", "subject": "A question", "body": "Hi"})
    seat.call("PATCH", f"/targets/{listed['Robin']['id']}", {"text": text["id"]})
    seat.call("DELETE", f"/texts/{text['id']}")
    answer = page.get(f"/people/targets/{listed['Robin']['id']}/edit").get_data(as_text=True)

    chosen = seat.call.get(f"/targets/{listed['Robin']['id']}")["text"]

    assert chosen is None or f'<option value="{text["id"]}" selected>' in answer


# ---- many at once ----


def test_dropping_and_undo(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    answer = do(page, "drop", listed["Robin"], listed["Taro"])

    assert "Dropped 2 people." in words(answer)
    assert names_in(answer)[:2] == ["Noor Dummy", "ليلى مثال"]
    assert state_of(seat, listed["Robin"]) == "dropped"
    assert "Undone." in words(undo(page, answer))
    assert (state_of(seat, listed["Robin"]), state_of(seat, listed["Taro"])) == ("ready", "planned")


@pytest.mark.parametrize(
    ("what", "day", "said"),
    [
        ("tomorrow", "2026-11-24", "tomorrow"),
        ("week", "2026-11-30", "Mon 30 Nov"),
        ("credits", "2026-12-01", "Tue 1 Dec"),
    ],
)
def test_later_and_undo(page: WebPage, seat: Seat, listed: dict[str, Any], what: str, day: str, said: str) -> None:
    answer = do(page, what, listed["Noor"])

    assert f"Noor Dummy: {said}." in words(answer)
    assert seat.call.get(f"/targets/{listed['Noor']['id']}")["planned_for"] == day
    undo(page, answer)
    target = seat.call.get(f"/targets/{listed['Noor']['id']}")
    assert (target["planned_for"], target["planned_at"]) == ("2026-11-23", "09:30")


def test_later_to_a_picked_day(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    assert "Robin Sample: Wed 9 Dec." in words(do(page, "day", listed["Robin"], day="2026-12-09"))
    assert seat.call.get(f"/targets/{listed['Robin']['id']}")["planned_for"] == "2026-12-09"
    for day in ("2026-11-01", ""):
        refused = do(page, "day", listed["Robin"], day=day)
        assert refused.status_code == 422
        assert "Pick a day from today to a year from now." in words(refused)


def test_do_not_contact_and_undo(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    answer = do(page, "mark", listed["Robin"])

    assert "Marked Robin Sample: do not contact." in words(answer)
    assert seat.call.get(f"/targets/{listed['Robin']['id']}")["person"]["do_not_contact"]
    assert "Robin Sample Example GmbH met at a fair Introduction — Do not contact Edit" in words(answer)
    undo(page, answer)
    assert state_of(seat, listed["Robin"]) == "ready"


def test_to_the_top_in_their_order(page: WebPage, listed: dict[str, Any]) -> None:
    answer = do(page, "first", listed["Taro"], listed["Noor"])

    assert names_in(answer) == ["Noor Dummy", "山田 太郎", "Robin Sample", "ليلى مثال"]


def test_a_text_for_all(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    text = seat.call.post("/texts", {"name": "Hello", "subject": "A question", "body": "Hi"})

    answer = do(page, "text", listed["Robin"], listed["Noor"], text=text["id"])

    assert "Saved for 2 people." in words(answer)
    assert seat.call.get(f"/targets/{listed['Noor']['id']}")["text"] == text["id"]
    do(page, "text", listed["Noor"], text="")
    assert seat.call.get(f"/targets/{listed['Noor']['id']}")["text"] is None
    assert do(page, "text", listed["Noor"], text="missing").status_code == 422


def test_all_that_match(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    answer = do(page, "drop", all="1", q="sample", show="all")

    assert "Dropped Robin Sample." in words(answer)
    assert state_of(seat, listed["Noor"]) == "planned"


def test_more_than_an_undo_covers_is_asked_first(page: WebPage, seat: Seat) -> None:
    lines = "\n".join(f"Person {number}" for number in range(501))
    page.done("/people/several", lines=lines, confirm=values_and_mark(page.send("/people/several", lines=lines)))

    asked = do(page, "drop", all="1")

    assert asked.status_code == 422
    assert "That's 501 people, too many to undo at once." in words(asked)
    assert len(shown(page)) == 50
    done = do(page, "drop", all="1", sure="1")
    assert "Dropped 501 people." in words(done)
    assert "Undo" not in words(done)
    assert seat.summary()["targets"]["names"] == 0


def test_one_submit_counts_once(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    data = {"key": "k" * 20, "what": "first", "target": [listed["Taro"]["id"]]}
    for _ in range(2):
        answer = page.client.post("/people/do", data=data, headers=page.headers | HTMX)
        assert answer.status_code == 200
    assert names_in(answer)[0] == "山田 太郎"


@pytest.mark.parametrize("before", ["", "x", "{}", "[1]", "[[]]", "[[{}]]", '[["missing"]]', "[" * 5000])
def test_an_undo_that_was_tampered_with(page: WebPage, seat: Seat, listed: dict[str, Any], before: str) -> None:
    for what in ("drop", "later", "mark"):
        answer = page.send("/people/undo", what=what, before=before)
        assert answer.status_code in (200, 422)
    page.send("/people/undo", what="later", before=json.dumps([[listed["Robin"]["id"], "soon", 7, "x"]]))
    assert state_of(seat, listed["Robin"]) == "ready"


# ---- adding ----


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Kim Placeholder", "Kim Placeholder"),
        ("https://www.linkedin.com/in/kim-placeholder-123456/", "Kim Placeholder"),
        ("Kim Placeholder, Example GmbH", "Kim Placeholder"),
        ("ليلى linkedin.com/in/layla", "ليلى"),
    ],
)
def test_adding_one(page: WebPage, seat: Seat, typed: str, name: str) -> None:
    text = page.done("/people", who=typed)

    assert f"Added {name}." in text
    assert [item["person"]["name"] for item in seat.call.get("/targets")["items"]] == [name]


def test_what_is_not_added(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    do(page, "mark", listed["Taro"])
    for typed, error in (
        ("", "Enter a name or a profile link."),
        ("https://example.com/kim", "That link doesn't lead to LinkedIn."),
        ("https://www.linkedin.com/company/example", "That link doesn't lead to a person on LinkedIn."),
        ("https://www.linkedin.com/sales/lead/ACwAAB", "Add the name too: this link doesn't tell it."),
        ("Robin Sample", "Robin Sample has been on your list since today."),
        ("山田 太郎", "You marked 山田 太郎: do not contact."),
    ):
        answer = page.send("/people", who=typed)
        assert answer.status_code == 422
        assert error in words(answer)
        assert values_of(answer, "who") == [typed]
    assert len(seat.call.get("/targets")["items"]) == 4


def test_told_of_an_earlier_inmail(page: WebPage, seat: Seat) -> None:
    seat.log("Robin Sample")

    assert "You wrote to them within the last 90 days." in page.done("/people", who="Robin Sample")


def values_and_mark(answer: TestResponse) -> str:
    """The mark of a preview."""
    found = re.search(r'name="confirm" value="([0-9a-f]+)"', answer.get_data(as_text=True))
    assert found, words(answer)
    return found[1]


PASTED = (
    "Kim Placeholder, Example GmbH\n"
    "\n"
    "Kim Placeholder\n"
    "https://www.linkedin.com/in/jo-sample-123456\n"
    "Robin Sample\n"
    "https://example.com/x\n"
    "<script>alert(1)</script>\n"
)


def test_several_are_looked_at_first(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    seen = page.send("/people/several", lines=PASTED)

    text = words(seen)
    assert "3 people would be added" in text
    assert "1 person on your list already" in text
    assert "1 line names a person for the second time" in text
    assert "1 line can't be read, left out" in text
    assert "Line 6: https://example.com/x The link doesn't lead to LinkedIn." in text
    assert "<script>" not in seen.get_data(as_text=True)
    assert len(seat.call.get("/targets")["items"]) == 4
    assert "Added 3 people." in page.done("/people/several", lines=PASTED, confirm=values_and_mark(seen))
    assert shown(page)[4:] == ["Kim Placeholder", "Jo Sample", "<script>alert(1)</script>"]


def test_what_has_changed_since_the_preview(page: WebPage, seat: Seat) -> None:
    confirm = values_and_mark(page.send("/people/several", lines=PASTED))
    put(seat, "Kim Placeholder")

    answer = page.send("/people/several", lines=PASTED, confirm=confirm)

    assert answer.status_code == 422
    assert "Something changed since you looked." in words(answer)
    assert len(seat.call.get("/targets")["items"]) == 1


def test_those_written_to_can_be_left_out(page: WebPage, seat: Seat) -> None:
    seat.log("Kim Placeholder")

    assert "1 person you wrote to in the last 90 days" in words(page.send("/people/several", lines=PASTED))
    left = page.send("/people/several", lines=PASTED, leave_written="1")
    page.done("/people/several", lines=PASTED, leave_written="1", confirm=values_and_mark(left))
    assert "Kim Placeholder" not in shown(page)


def test_nothing_pasted(page: WebPage, seat: Seat) -> None:
    answer = page.send("/people/several", lines=" \n ")

    assert answer.status_code == 422
    assert "Paste some names or links, or choose a file." in words(answer)


def test_more_lines_than_are_taken(page: WebPage, seat: Seat) -> None:
    answer = page.send("/people/several", lines="Kim\n" * 50_001)

    assert answer.status_code == 422
    assert "It has more than 50,000 lines. Split it." in words(answer)


def upload(page: WebPage, content: bytes, **fields: str) -> TestResponse:
    data = {"key": secrets.token_urlsafe(16), "file": (BytesIO(content), "people.csv"), **fields}
    return page.client.post("/people/several", data=data, headers=page.headers | HTMX)


def test_a_file(page: WebPage, seat: Seat) -> None:
    content = "Full name;Why;Due\nJosé Sample;article;2026-12-01\nNo Day;;never\n".encode("cp1252")

    blocked = upload(page, content)
    assert "1 line can't be read" in words(blocked)
    assert "Line 3: No Day · never The due day can't be read." in words(blocked)
    assert 'name="confirm"' not in blocked.get_data(as_text=True)
    seen = upload(page, content, skip_rows="1")
    done = upload(page, content, skip_rows="1", confirm=values_and_mark(seen))
    assert "Added 1 person." in words(done)
    (target,) = seat.call.get("/targets")["items"]
    assert (target["person"]["name"], target["purpose"], target["due"]) == ("José Sample", "article", "2026-12-01")


def test_a_file_whose_columns_have_to_be_named(page: WebPage, seat: Seat) -> None:
    content = b"Wer,Was\nKim Placeholder,x\n"

    asked = upload(page, content)
    assert asked.status_code == 422
    assert "Which column holds what?" in words(asked)
    of = values_of(asked, "of")[0]
    seen = upload(page, content, of=of, **{"column-name": "Wer"})
    upload(page, content, of=of, confirm=values_and_mark(seen), **{"column-name": "Wer"})
    assert shown(page) == ["Kim Placeholder"]


def download(page: WebPage, **fields: str) -> str:
    answer = page.send("/people/download", **fields)
    assert answer.status_code == 200, words(answer)
    return page.client.get(answer.headers["Inkeeper-Download"]).get_data(as_text=True)


def test_the_rows_as_a_file_and_back(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    text = download(page, show="month")

    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["name"] for row in rows] == ["Noor Dummy", "ليلى مثال"]
    assert download(page, q="nobody").count("\r\n") == 1
    assert download(page).count("\ufeff") == 1


def test_names_are_text_and_no_markup(page: WebPage, seat: Seat) -> None:
    evil = '<b onclick="x">"\'&'
    put(seat, evil, note=evil, company=evil)

    answer = page.get("/people").get_data(as_text=True)

    assert 'onclick="x"' not in answer
    assert html.escape(evil, quote=False)[:10] in answer
    edit = page.get(f"/people/targets/{seat.call.get('/targets')['items'][0]['id']}/edit").get_data(as_text=True)
    assert 'onclick="x"' not in edit
    assert evil in html.unescape(edit)


# ---- Home, History, set-up ----


def test_home_names_the_next_person(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    text = page.text("/")

    assert "Today: 0 of 1" in text
    assert "Noor Dummy" in text
    assert f"{seat.balance()} credits, 4 names. Add people" in text
    done = page.done(f"/people/targets/{listed['Noor']['id']}/later", what="tomorrow")
    assert "Noor Dummy: tomorrow." in done
    assert "Next person All people ليلى مثال Open profile Later ▾" in done


def test_home_undoes_later_on_home(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    answer = page.send(f"/people/targets/{listed['Noor']['id']}/later", what="tomorrow")

    undone = undo(page, answer)

    assert 'id="next"' in undone.get_data(as_text=True)
    assert "Today: 0 of 1" in words(undone)


def test_home_copies_the_text(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    text = seat.call.post("/texts", {"name": "Hello", "subject": "Q", "body": "Hi {{first_name}} of {{company}}"})
    for name in ("Noor", "Robin"):
        seat.call("PATCH", f"/targets/{listed[name]['id']}", {"text": text["id"]})

    assert "Still missing for the text: company." in page.text("/")
    assert "Copy text" not in page.text("/")
    for name in ("Noor", "Layla"):
        seat.call("PATCH", f"/targets/{listed[name]['id']}", {"action": "drop"})
    assert 'data-copy="Hi Robin of Example GmbH"' in page.get("/").get_data(as_text=True)


def test_home_without_credits(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    seat.call.post(f"{seat.path}/observations", {"balance": 0, "source": "person"})

    assert "New credits on Tue 1 Dec: 4 people are ready." in page.text("/")


def test_home_with_an_empty_list(page: WebPage, seat: Seat) -> None:
    assert f"{seat.balance()} credits, no names." in page.text("/")


def test_set_up_leads_to_the_list(page: WebPage, seat: Seat) -> None:
    assert "Add people to write to" in page.text("/welcome?step=3")


def test_history_by_text(page: WebPage, seat: Seat, listed: dict[str, Any]) -> None:
    text = seat.call.post("/texts", {"name": "Hello", "subject": "Q", "body": "Hi"})
    seat.call("PATCH", f"/targets/{listed['Robin']['id']}", {"text": text["id"]})
    seat.log("Robin Sample", link=ROBIN)
    seat.log("Mika Placeholder")

    assert "Robin Sample" in words(page.get(f"/history/rows?text={text['id']}"))
    assert "Mika" not in words(page.get(f"/history/rows?text={text['id']}"))
    assert "Mika" not in words(page.get("/history/rows?campaign=missing"))
    found = seat.call.get(f"{seat.path}/inmails?text={text['id']}")["items"]
    assert [inmail["recipient"]["name"] for inmail in found] == ["Robin Sample"]
    assert seat.call.get(f"{seat.path}/inmails?campaign=missing")["items"] == []


def test_nobody_is_put_into_a_campaign_that_has_ended(page: WebPage, seat: Seat, clock: Clock) -> None:
    robin = put(seat, "Robin Sample")
    body = {"name": "Autumn", "account": seat.account["id"], "ends": "2026-11-23"}
    ended = seat.call.post("/campaigns", body)["id"]
    clock.advance(days=1)

    answer = do(page, "campaign", robin, to_campaign=ended)

    assert answer.status_code == 422
    assert state_of(seat, robin) == "ready"
