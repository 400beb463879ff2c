"""History: InMails found, edited, removed and saved as a file; the credits' changes month by month."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Clock, Device
from tests.seat import Seat
from tests.web.conftest import WebPage, values_of, words


def shown(page: WebPage, query: str = "") -> list[str]:
    """The recipients in the rows that a query gives, in their order."""
    answer = page.get(f"/history/rows{query}")
    assert answer.status_code == 200
    return re.findall(r'<td class="who"><b><bdi>([^<]*)</bdi></b>', answer.get_data(as_text=True))


@pytest.fixture
def full(open_account: Callable[..., Seat]) -> Seat:
    """An account with three InMails."""
    seat = open_account(plan="sales_navigator")
    seat.log("Mika Placeholder", sent_at="2026-11-02T09:00:00Z", purpose="article")
    answered = seat.log("Robin Sample", sent_at="2026-11-10T23:59:59Z", link="https://www.linkedin.com/in/robin-s")
    seat.log("Noor Dummy", sent_at="2026-11-11T00:00:00Z", cost=0, subject="Data lead", note="met at a fair")
    seat.call("PATCH", f"{seat.path}/inmails/{answered['inmail']['id']}", {"outcome": "replied"})
    return seat


def test_every_inmail_newest_first(page: WebPage, full: Seat) -> None:
    text = page.text("/history")

    assert "Wed 11 Nov Noor Dummy Data lead met at a fair — Waiting free Edit" in text
    assert "Tue 10 Nov Robin Sample — Replied 1 Edit" in text
    assert shown(page) == ["Noor Dummy", "Robin Sample", "Mika Placeholder"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=robin", ["Robin Sample"]),
        ("?q=in/robin", ["Robin Sample"]),
        ("?q=%25", []),
        ("?outcome=pending", ["Noor Dummy", "Mika Placeholder"]),
        ("?outcome=replied", ["Robin Sample"]),
        ("?cost=0", ["Noor Dummy"]),
        ("?purpose=article", ["Mika Placeholder"]),
        ("?since=2026-11-11", ["Noor Dummy"]),
        ("?until=2026-11-10", ["Robin Sample", "Mika Placeholder"]),
        ("?since=2026-11-10&until=2026-11-10", ["Robin Sample"]),
        ("?q=sample&outcome=pending", []),
        ("?q=&outcome=&cost=&since=", ["Noor Dummy", "Robin Sample", "Mika Placeholder"]),
        ("?outcome=nonsense&cost=7&since=yesterday&q=dummy", ["Noor Dummy"]),
        ("?cursor=nonsense", ["Noor Dummy", "Robin Sample", "Mika Placeholder"]),
    ],
)
def test_search_and_filters(page: WebPage, full: Seat, query: str, found: list[str]) -> None:
    assert shown(page, query) == found


def test_days_are_those_of_the_account(page: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(time_zone="Asia/Tokyo")
    seat.log("Robin Sample", sent_at="2026-11-10T15:00:00Z")

    assert shown(page, "?since=2026-11-11") == ["Robin Sample"]
    assert shown(page, "?until=2026-11-10") == []
    assert "Wed 11 Nov" in page.text("/history")
    assert 'data-zone="Asia/Tokyo"' in page.get("/history").get_data(as_text=True)


def test_fifty_at_a_time(page: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator")
    for number in range(103):
        seat.log(f"Person {number:03}", cost=0)

    seen: list[str] = []
    query = "?cost=0"
    while query:
        answer = page.get(f"/history/rows{query}").get_data(as_text=True)
        names = re.findall(r'<td class="who"><b><bdi>([^<]*)</bdi></b>', answer)
        assert len(names) <= 50
        seen += names
        more = re.search(r'"cursor": "([^"]+)"', answer)
        query = f"?cost=0&cursor={more[1]}" if more else ""

    assert seen == [f"Person {number:03}" for number in reversed(range(103))]


def open_edit(page: WebPage, path: str, seat: Seat, name: str) -> tuple[str, dict[str, str]]:
    """Opens a row for editing: where its form goes, and what stands in it."""
    (inmail,) = (each for each in seat.call.get(f"{seat.path}/inmails")["items"] if each["recipient"]["name"] == name)
    action = f"/accounts/{seat.account['id']}/inmails/{inmail['id']}/edit"
    answer = page.get(action)
    fields = {name: values_of(answer, name)[0] for name in ("version", "name", "link", "day", "subject")}
    for field in ("outcome", "cost", "note", "purpose"):
        fields[field] = "" if inmail[field] is None else str(inmail[field])
    return action, fields


def rows(answer: TestResponse) -> list[str]:
    """The ids of the rows in an answer."""
    return re.findall(r'<tbody id="row-([^"]*)"', answer.get_data(as_text=True))


def test_editing(page: WebPage, full: Seat, path: str) -> None:
    action, fields = open_edit(page, path, full, "Noor Dummy")

    text = page.done(action, **(fields | {"outcome": "declined", "purpose": "follow_up", "note": "", "subject": "New"}))

    assert "Noor Dummy New Follow-up Declined free Edit" in text
    assert "Saved." in text
    changed = full.call.get(f"{full.path}/inmails")["items"][0]
    assert (changed["note"], changed["subject"], changed["purpose"]) == (None, "New", "follow_up")


def test_person_day_and_cost_in_one_action(page: WebPage, full: Seat, path: str) -> None:
    action, fields = open_edit(page, path, full, "Noor Dummy")
    (before,) = (each for each in full.call.get(f"{full.path}/inmails")["items"] if each["cost"] == 0)
    assert (fields["name"], fields["link"], fields["day"], fields["cost"]) == ("Noor Dummy", "", "2026-11-11", "0")

    changes = {"name": "Noor Muster", "link": "m.linkedin.com/in/Noor-Muster/?x=1", "day": "2026-11-05", "cost": "1"}
    answer = page.send(action, **(fields | changes | {"note": "met at a fair in May"}))

    assert answer.status_code == 200
    text = words(answer)
    assert "Thu 5 Nov Noor Muster Data lead met at a fair in May — Waiting 1 Edit" in text
    assert '<b class="number">22</b>' in answer.get_data(as_text=True), "the number in the header follows"
    now = full.call.get(f"{full.path}/inmails")["items"][1]
    assert now["recipient"] == {"name": "Noor Muster", "profile_url": "https://www.linkedin.com/in/noor-muster"}
    assert (now["sent_at"], now["cost"], now["replaces"]) == ("2026-11-05T00:00:00Z", 1, before["id"])
    assert rows(answer) == [now["id"]], "the row of the InMail that is there now"
    assert full.balance() == 22


def test_what_stays_as_it_is_makes_no_new_send(page: WebPage, full: Seat, path: str) -> None:
    entries = full.ledger()
    for name in ("Noor Dummy", "Robin Sample"):
        action, fields = open_edit(page, path, full, name)
        page.done(action, **(fields | {"note": "x"}))
        assert action.split("/")[-2] in [each["id"] for each in full.call.get(f"{full.path}/inmails")["items"]]
    assert full.ledger() == entries


@pytest.mark.parametrize(
    ("zone", "day", "sent_at"),
    [
        ("Asia/Tokyo", "2026-11-05", "2026-11-05T00:30:00Z"),
        ("America/New_York", "2026-10-28", "2026-10-28T23:30:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-02T00:30:00Z"),
    ],
)
def test_another_day_keeps_the_time(
    page: WebPage, open_account: Callable[..., Seat], zone: str, day: str, sent_at: str
) -> None:
    seat = open_account(time_zone=zone, opened_at="2026-10-01T00:00:00Z")
    seat.log("Noor Dummy", sent_at="2026-11-10T00:30:00Z")
    action, fields = open_edit(page, "", seat, "Noor Dummy")
    assert fields["day"] == ("2026-11-10" if zone == "Asia/Tokyo" else "2026-11-09")

    page.done(action, **(fields | {"day": day}))

    assert seat.call.get(f"{seat.path}/inmails")["items"][0]["sent_at"] == sent_at


@pytest.mark.parametrize(
    ("day", "sent_at"), [("2026-11-23", "2026-11-23T09:00:00Z"), ("2026-11-01", "2026-11-01T18:00:00Z")]
)
def test_a_day_is_taken_as_far_as_it_can_be(
    page: WebPage, open_account: Callable[..., Seat], day: str, sent_at: str
) -> None:
    seat = open_account(opened_at="2026-11-01T18:00:00Z")
    seat.log("Early", sent_at="2026-11-10T10:00:00Z")
    action, fields = open_edit(page, "", seat, "Early")

    page.done(action, **(fields | {"day": day}))

    assert seat.call.get(f"{seat.path}/inmails")["items"][0]["sent_at"] == sent_at


@pytest.mark.parametrize(
    ("wrong", "field", "error"),
    [
        ({"name": " "}, "name", "Enter the name."),
        ({"link": "https://example.com/in/kai"}, "link", "That link doesn't lead to a person on LinkedIn."),
        ({"link": "x" * 701}, "link", "Use at most 700 characters."),
        ({"day": ""}, "day", "Enter a day."),
        ({"day": "11/05"}, "day", "Enter a day."),
        ({"day": "2026-11-24"}, "day", "That day is still to come."),
        ({"day": "2026-10-31"}, "day", "This account starts later than that day."),
        ({"day": "2026-11-20"}, "day", "Its result is from before that day."),
        ({"day": "2026-11-20", "note": "typed"}, "day", "Its result is from before that day."),
    ],
)
def test_an_edit_that_cannot_be_says_so_at_its_field(
    page: WebPage, full: Seat, path: str, wrong: dict[str, str], field: str, error: str
) -> None:
    answered = full.call.get(f"{full.path}/inmails")["items"][1]
    dated = {"outcome": "replied", "outcome_at": "2026-11-15T09:00:00Z"}
    full.call("PATCH", f"{full.path}/inmails/{answered['id']}", {"outcome": "pending"})
    full.call("PATCH", f"{full.path}/inmails/{answered['id']}", dated)
    before = full.call.get(f"{full.path}/inmails")
    action, fields = open_edit(page, path, full, "Robin Sample")

    answer = page.send(action, **(fields | wrong))

    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    name = f"edit-{answered['id']}-{field}"
    errors = re.findall(r'<span class="error" id="([^"]*)">([^<]*)', shown)
    assert [(where, html.unescape(text)[: len(error)]) for where, text in errors] == [(f"{name}-error", error)]
    for kept, value in wrong.items():
        assert value in ([*values_of(answer, kept), words(answer)] if kept != "note" else words(answer))
    assert full.call.get(f"{full.path}/inmails") == before


def test_a_result_that_is_set_to_waiting_lets_the_day_go_on(page: WebPage, full: Seat, path: str) -> None:
    answered = full.call.get(f"{full.path}/inmails")["items"][1]
    full.call("PATCH", f"{full.path}/inmails/{answered['id']}", {"outcome": "pending"})
    dated = {"outcome": "replied", "outcome_at": "2026-11-15T09:00:00Z"}
    full.call("PATCH", f"{full.path}/inmails/{answered['id']}", dated)
    action, fields = open_edit(page, path, full, "Robin Sample")

    text = page.done(action, **(fields | {"day": "2026-11-20", "outcome": "pending"}))

    assert "Fri 20 Nov Robin Sample — Waiting 1 Edit" in text


def test_without_a_credit_it_asks_whether_linkedin_let_it_through(
    page: WebPage, open_account: Callable[..., Seat]
) -> None:
    seat = open_account()
    for number in range(5):
        seat.log(f"Robin {number}")
    seat.log("Noor Dummy", cost=0)
    action, fields = open_edit(page, "", seat, "Noor Dummy")
    entries = seat.ledger()

    asked = page.send(action, **(fields | {"cost": "1", "note": "typed"}))

    assert asked.status_code == 422
    assert "There's no credit left for this. Did LinkedIn let you send it? Yes, save No" in words(asked)
    assert ">typed</textarea>" in asked.get_data(as_text=True)
    assert seat.ledger() == entries
    (key,) = set(values_of(asked, "key")[:1])
    text = words(page.send(action, key=key, **(fields | {"cost": "1", "note": "typed", "accept": "1"})))
    assert "Noor Dummy typed — Waiting 1 Edit" in text
    assert seat.kinds().count(("adjust", 1)) == 1


def test_one_that_was_replaced_meanwhile_leads_to_the_one_that_is_there(page: WebPage, full: Seat, path: str) -> None:
    action, fields = open_edit(page, path, full, "Noor Dummy")
    old = action.split("/")[-2]
    answer = full.call("PATCH", f"{full.path}/inmails/{old}", {"sent_at": "2026-11-06T00:00:00Z", "cost": 1})
    now = answer.json["inmail"]["id"]
    row = action.removesuffix("/edit")

    assert rows(page.get(row)) == rows(page.get(action)) == [now]

    stale = page.send(action, **(fields | {"note": "from this tab"}))
    assert stale.status_code == 409
    assert "Sent: Fri 6 Nov" in words(stale)
    assert "Cost: 1 credit" in words(stale)
    assert rows(stale) == [now]
    assert f'action="{row.replace(old, now)}/edit"' in stale.get_data(as_text=True)
    fields["version"] = values_of(stale, "version")[0]
    # Saved under either id, it is the one that is there that changes.
    page.done(action, **(fields | {"note": "from this tab", "day": "2026-11-06", "cost": "1"}))
    assert full.call.get(f"{full.path}/inmails/{now}")["note"] == "from this tab"
    assert page.send(f"{row}/row/restore").status_code == 409, "it was not removed"
    page.done(f"{row}/row/remove")
    assert full.call.get(f"{full.path}/inmails/{now}")["retracted_at"] is not None
    assert "Fri 6 Nov Noor Dummy Data lead from this tab — Waiting 1 Edit" in page.done(f"{row}/row/restore")
    assert shown(page).count("Noor Dummy") == 1


def test_the_credits_name_what_was_edited(page: WebPage, full: Seat, path: str) -> None:
    action, fields = open_edit(page, path, full, "Noor Dummy")
    page.done(action, **(fields | {"cost": "1"}))

    text = page.text("/history/credits")

    assert "Wed 11 Nov InMail sent: Noor Dummy −1 22" in text
    assert "Wed 11 Nov InMail sent: Noor Dummy edited later 0" in text
    assert "25 came − 3 used = 22 now" in text


def test_an_outcome_that_stays_keeps_its_date(page: WebPage, full: Seat, path: str, clock: Clock) -> None:
    action, fields = open_edit(page, path, full, "Robin Sample")
    before = full.call.get(f"{full.path}/inmails")["items"][1]["outcome_at"]
    clock.advance(days=2)

    page.done(action, **(fields | {"note": "said yes"}))

    after = full.call.get(f"{full.path}/inmails")["items"][1]
    assert (after["note"], after["outcome_at"]) == ("said yes", before)


def test_a_refused_edit_keeps_what_was_typed(page: WebPage, full: Seat, path: str) -> None:
    action, fields = open_edit(page, path, full, "Noor Dummy")

    answer = page.send(action, **(fields | {"subject": "x" * 201, "note": "typed"}))

    assert answer.status_code == 422
    assert "Use at most 200 characters." in words(answer)
    assert "typed" in words(answer)
    assert "x" * 201 in values_of(answer, "subject")


def test_a_stale_form_shows_both(page: WebPage, full: Seat, path: str) -> None:
    action, fields = open_edit(page, path, full, "Noor Dummy")
    page.done(action, **(fields | {"note": "from the other tab"}))

    answer = page.send(action, **(fields | {"note": "from this tab"}))

    assert answer.status_code == 409
    assert "changed elsewhere" in words(answer)
    assert "Note: from the other tab" in words(answer)
    assert ">from this tab</textarea>" in answer.get_data(as_text=True)
    assert full.call.get(f"{full.path}/inmails")["items"][0]["note"] == "from the other tab"
    fields["version"] = values_of(answer, "version")[0]
    page.done(action, **(fields | {"note": "from this tab"}))
    assert full.call.get(f"{full.path}/inmails")["items"][0]["note"] == "from this tab"


def test_a_refused_form_is_stale_as_well_where_something_was_changed_elsewhere(
    page: WebPage, full: Seat, path: str
) -> None:
    action, fields = open_edit(page, path, full, "Noor Dummy")
    page.done(action, **(fields | {"note": "from the other tab"}))

    refused = page.send(action, **(fields | {"note": "from this tab", "day": ""}))
    fields["version"] = values_of(refused, "version")[0]
    answer = page.send(action, **(fields | {"note": "from this tab"}))

    assert (refused.status_code, answer.status_code) == (422, 409)
    assert "Note: from the other tab" in words(answer)


def test_removing_and_undo(page: WebPage, full: Seat) -> None:
    inmail = full.call.get(f"{full.path}/inmails")["items"][0]
    row = f"/accounts/{full.account['id']}/inmails/{inmail['id']}"

    assert "Removed Noor Dummy." in page.done(f"{row}/row/remove")
    assert shown(page) == ["Robin Sample", "Mika Placeholder"]

    assert "Noor Dummy Data lead met at a fair — Waiting free Edit" in page.done(f"{row}/row/restore")
    assert shown(page) == ["Noor Dummy", "Robin Sample", "Mika Placeholder"]
    form = {"outcome": "replied", "name": "Noor Dummy", "day": "2026-11-11", "cost": "0"}
    assert page.send(f"{row}/edit", **form).status_code == 409


def download(page: WebPage, **filters: str) -> str:
    """Presses Download; where the browser is sent."""
    answer = page.send("/history/download", **filters)
    assert answer.status_code == 200
    return str(answer.headers["Inkeeper-Download"])


def test_the_rows_as_a_file(client: FlaskClient, page: WebPage, full: Seat) -> None:
    full.log("=HYPERLINK(1)")

    answer = client.get(download(page, outcome="pending", account=full.account["id"]))

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="inkeeper-inmails-2026-11-23.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "Noor Dummy", "Mika Placeholder"]
    assert rows[1]["sent_at"] == "2026-11-11T00:00:00Z"
    assert rows[1]["note"] == "met at a fair"


def test_the_rows_of_some_days_as_a_file(client: FlaskClient, page: WebPage, full: Seat) -> None:
    days = {"since": "2026-11-11", "until": "2026-11-11"}

    answer = client.get(download(page, account=full.account["id"], **days))

    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["Noor Dummy"]


def test_a_ticket_is_used_once_and_soon(client: FlaskClient, page: WebPage, full: Seat, clock: Clock) -> None:
    used, late = download(page), download(page)
    assert client.get(used).status_code == 200
    clock.advance(seconds=60)

    for link in (used, late, "/downloads/guess"):
        answer = client.get(link)
        assert answer.status_code == 410
        assert "download link was used" in words(answer)


def test_a_ticket_ends_with_its_page(
    client: FlaskClient, page: WebPage, full: Seat, pair: Callable[..., Device]
) -> None:
    link = download(page)
    client.delete(f"/api/v1/devices/{page.device_id}", headers=pair().headers)

    assert client.get(link).status_code == 410


def test_how_the_number_came_about(page: WebPage, full: Seat) -> None:
    full.call.post(f"{full.path}/observations", {"balance": 20, "source": "person"})

    text = page.text("/history/credits")

    assert "November 2026" in text
    assert "25 came − 2 used − 3 to match LinkedIn = 20 now" in text
    assert "today, 09:00 Adjusted to LinkedIn's number −3 20" in text
    assert "Wed 11 Nov InMail sent: Noor Dummy free 0 23" in text
    assert "Tue 10 Nov InMail sent: Robin Sample −1 23" in text
    assert "Sun 1 Nov New credits +25 25" in text
    assert "Nothing changed this month." in page.text("/history/credits?month=2026-10")
    assert "November 2026" in page.text("/history/credits?month=nonsense")


def test_a_past_month(page: WebPage, open_account: Callable[..., Seat]) -> None:
    open_account(opened_at="2026-09-10T00:00:00Z")

    answer = page.get("/history/credits?month=2026-10")
    text = words(answer)

    assert "5 before + 5 came − 5 lost = 5 left" in text or "5 came" in text
    assert "Thu 1 Oct Expired −5 0" in text
    assert 'class="quiet later">November</a>' in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/", "/history"])
def test_what_people_wrote_is_isolated_from_the_direction_of_the_page(page: WebPage, seat: Seat, path: str) -> None:
    seat.log("ليلى مثال", subject="(سؤال)")

    text = page.get(path).get_data(as_text=True)

    assert "<bdi>ليلى مثال</bdi>" in text
    assert path == "/" or "<bdi>(سؤال)</bdi>" in text


def test_another_owners_inmails_are_as_those_that_are_not_there(
    sign_in: Callable[..., WebPage], full: Seat, client: FlaskClient
) -> None:
    stranger = sign_in("Somebody Else")

    for place in ("/history", "/history/rows", "/history/credits"):
        assert "Robin" not in words(stranger.get(place))
        theirs = stranger.get(f"{place}?account={full.account['id']}")
        assert (theirs.status_code, theirs.data) == (404, stranger.get(f"{place}?account=missing").data)
    assert stranger.send("/history/download", account=full.account["id"]).status_code == 404
