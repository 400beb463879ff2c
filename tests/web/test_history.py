"""History: InMails found, edited, removed and saved as a file; the credits' changes month by month."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.conftest import Clock, Device
from tests.seat import Seat
from tests.web.conftest import WebPage, values_of, words


def shown(page: WebPage, query: str = "") -> list[str]:
    """The recipients in the rows that a query gives, in their order."""
    answer = page.get(f"/history/rows{query}")
    assert answer.status_code == 200
    return re.findall(r'<td class="who"><b>([^<]*)</b>', answer.get_data(as_text=True))


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
        names = re.findall(r'<td class="who"><b>([^<]*)</b>', answer)
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
    fields = {"version": values_of(answer, "version")[0], "outcome": inmail["outcome"]}
    for field in ("subject", "note", "purpose"):
        fields[field] = inmail[field] or ""
    return action, fields


def test_editing(page: WebPage, full: Seat, path: str) -> None:
    action, fields = open_edit(page, path, full, "Noor Dummy")

    text = page.done(action, **(fields | {"outcome": "declined", "purpose": "follow_up", "note": "", "subject": "New"}))

    assert "Noor Dummy New Follow-up Declined free Edit" in text
    assert "Saved." in text
    changed = full.call.get(f"{full.path}/inmails")["items"][0]
    assert (changed["note"], changed["subject"], changed["purpose"]) == (None, "New", "follow_up")


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


def test_removing_and_undo(page: WebPage, full: Seat) -> None:
    inmail = full.call.get(f"{full.path}/inmails")["items"][0]
    row = f"/accounts/{full.account['id']}/inmails/{inmail['id']}"

    assert "Removed Noor Dummy." in page.done(f"{row}/row/remove")
    assert shown(page) == ["Robin Sample", "Mika Placeholder"]

    assert "Noor Dummy Data lead met at a fair — Waiting free Edit" in page.done(f"{row}/row/restore")
    assert shown(page) == ["Noor Dummy", "Robin Sample", "Mika Placeholder"]
    assert page.send(f"{row}/edit", outcome="replied").status_code == 409


def download(page: WebPage, **filters: str) -> str:
    """Presses Download; where the browser is sent."""
    answer = page.send("/history/download", **filters)
    assert answer.status_code == 200
    return str(answer.headers["HX-Redirect"])


def test_the_rows_as_a_file(client: FlaskClient, page: WebPage, full: Seat) -> None:
    full.log("=HYPERLINK(1)")

    answer = client.get(download(page, outcome="pending", account=full.account["id"]))

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="inkeeper-inmails-2026-11-23.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "Noor Dummy", "Mika Placeholder"]
    assert rows[1]["sent_at"] == "2026-11-11T00:00:00Z"
    assert rows[1]["note"] == "met at a fair"


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

    text = page.text("/history/credits?month=2026-10")

    assert "5 before + 5 came − 5 lost = 5 left" in text or "5 came" in text
    assert "Thu 1 Oct Expired −5 0" in text
    assert "November →" in text


def test_another_owners_inmails_are_as_those_that_are_not_there(
    sign_in: Callable[..., WebPage], full: Seat, client: FlaskClient
) -> None:
    stranger = sign_in("Somebody Else")

    for place in ("/history", "/history/rows", "/history/credits"):
        assert "Robin" not in words(stranger.get(place))
        theirs = stranger.get(f"{place}?account={full.account['id']}")
        assert (theirs.status_code, theirs.data) == (404, stranger.get(f"{place}?account=missing").data)
    assert stranger.send("/history/download", account=full.account["id"]).status_code == 404
