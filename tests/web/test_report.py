"""The report: figures, tables, charts, sentences by code, files, in every state of an account."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from inkeeper.rules.money import Money
from inkeeper.web import report_words
from tests.conftest import Clock, Device
from tests.seat import Caller, Seat
from tests.web.conftest import WebPage, words

EUROS = {"amount_minor": 3000, "currency": "EUR"}
SERVICE_WORDS = ("Looked at are the last full periods", "÷", "Product brief", "voided", "allotment", "forfeited")


@pytest.fixture
def used(open_account: Callable[..., Seat]) -> Seat:
    """Premium Career since September at 30 euros a month, 3, 5 and 1 InMails, of which one was answered."""
    seat = open_account(opened_at="2026-09-01T00:00:00Z", price=EUROS)
    for day in (7, 8, 9):
        made = seat.log(sent_at=f"2026-09-{day:02}T09:30:00Z")["inmail"]
        if day == 8:
            answer = {"outcome": "replied", "outcome_at": "2026-09-10T09:30:00Z"}
            seat.call("PATCH", f"{seat.path}/inmails/{made['id']}", answer)
    for day in range(1, 6):
        seat.log(sent_at=f"2026-10-{day:02}T12:00:00Z")
    seat.log(cost=0, sent_at="2026-10-20T12:00:00Z")
    seat.log(sent_at="2026-11-02T12:00:00Z")
    return seat


def markup(page: WebPage, path: str = "/report") -> str:
    answer = page.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def figures(text: str) -> dict[str, str]:
    """The figures by their names."""
    return dict(re.findall(r'data-figure="(\w+)"><dt>[^<]*</dt><dd class="value">([^<]*)</dd>', text))


def table(text: str, caption: str) -> list[list[str]]:
    """A table's rows as texts, without its heading."""
    part = text.partition(f">{caption}</caption>")[2].partition("</table>")[0]
    rows = re.findall(r"<tr.*?</tr>", part.partition("</thead>")[2], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(html.unescape(re.sub("<[^>]*>", "", cell)).split()) for cell in row] for row in cells]


def headings(text: str, caption: str) -> list[str]:
    part = text.partition(f">{caption}</caption>")[2].partition("</thead>")[0]
    return re.findall(r"<th[^>]*>([^<]*)</th>", part)


def drawings(text: str) -> list[ElementTree.Element]:
    """The charts, which must be well-formed XML."""
    return [ElementTree.fromstring(found) for found in re.findall(r'<svg class="chart.*?</svg>', text, re.DOTALL)]


def test_the_figures(page: WebPage, used: Seat) -> None:
    text = markup(page)

    assert figures(text) == {
        "used": "9",
        "lost": "2",
        "average": "4",
        "best": "Oct 2026",
        "response_rate": "10%",
        "acceptance_rate": "10%",
        "cost_used": "€10",
        "cost_answer": "€90",
    }
    said = page.text("/report")
    assert "Used 9 worth €54 and 1 free" in said
    assert "Lost 2 worth €12 Used a month 4 over 2 months" in said, "all have expired"
    assert "Best month Oct 2026 5 credits used" in said
    assert "Response rate 10% of 10 sent in 90 days 0% of 1 in 30 days" in said
    assert "those who replied, accepted or declined, of all InMails sent" in said
    assert "The last 3 months" in said
    assert "1 Sep 2026 – 23 Nov 2026" in said


def test_credits_that_were_lost_in_another_way_than_by_expiring(
    page: WebPage, open_account: Callable[..., Seat]
) -> None:
    open_account(rule_book="rolling", cap=7, opened_at="2026-08-01T00:00:00Z")

    assert "Lost 13 5 expired 8 over the limit" in page.text("/report")


def test_the_months_add_up(page: WebPage, used: Seat) -> None:
    text = markup(page)

    assert headings(text, "Credits by month") == ["Month", "New", "Used", "Free", "Expired", "Left"]
    assert table(text, "Credits by month") == [
        ["Sep 2026", "5", "3", "0", "2", "0"],
        ["Oct 2026", "5", "5", "1", "0", "0"],
        ["Nov 2026 so far", "5", "1", "0", "0", "4"],
        ["3 months", "15", "9", "1", "2", ""],
    ]
    assert table(text, "New and lost credits") == [
        ["1 Sep 2026", "New credits", "+5", "5"],
        ["1 Oct 2026", "Expired", "−2", "0"],
        ["1 Oct 2026", "New credits", "+5", "5"],
        ["1 Nov 2026", "New credits", "+5", "5"],
    ]


def test_charts_are_drawn_without_style(page: WebPage, used: Seat) -> None:
    text = markup(page)
    wide, narrow, *_ = drawings(text)

    assert "style=" not in text
    assert [drawing.get("role") for drawing in drawings(text)] == ["img"] * 4
    assert wide.get("aria-label") == "9 used and 2 lost in 3 months. The table below has the numbers."
    for drawing in (wide, narrow):
        assert len(drawing.findall("rect[@class='used']")) == 3
        assert len(drawing.findall("rect[@class='lost']")) == 1
        names = [one.text for one in drawing.findall("text")]
        assert [name for name in names if name in ("Sep", "Oct", "Nov")] == ["Sep", "Oct", "Nov"]
    (lost,) = wide.findall("rect[@class='lost']")
    used_in_september = wide.findall("rect[@class='used']")[0]
    # What was lost stands on what was used, at the same scale.
    assert float(lost.get("height", 0)) / float(used_in_september.get("height", 0)) == pytest.approx(2 / 3, rel=0.01)
    assert float(lost.get("y", 0)) + float(lost.get("height", 0)) == pytest.approx(
        float(used_in_september.get("y", 0)), abs=0.2
    )


@pytest.mark.parametrize("count", [1, 2, 7, 25, 99, 100, 1234, 100_000])
def test_every_mark_lies_within_its_drawing(page: WebPage, open_account: Callable[..., Seat], count: int) -> None:
    open_account(plan="sales_navigator", allotment=count, opened_at="2026-08-01T00:00:00Z")

    for drawing in drawings(markup(page)):
        _, _, width, height = map(float, drawing.get("viewBox", "").split())
        for mark in drawing.iter("rect"):
            x, y, wide, high = (float(mark.get(name, -1)) for name in ("x", "y", "width", "height"))
            assert x >= 0
            assert y >= 0
            assert x + wide <= width + 4
            assert y + high <= height
        ticks = [one.text for one in drawing.findall("text[@class='tick end']") if (one.text or "")[0].isdigit()]
        assert 2 <= len([tick for tick in ticks if tick and tick.replace(",", "").isdigit()]) <= 6
        assert max(int((tick or "0").replace(",", "")) for tick in ticks) >= count


def test_months_with_less_used_and_lost_than_the_plan_brings_are_drawn(
    page: WebPage, open_account: Callable[..., Seat]
) -> None:
    # given months in which nothing was sent, and LinkedIn soon showed fewer credits than were granted
    seat = open_account(plan="sales_navigator", opened_at="2026-09-01T00:00:00Z")
    for month in ("09", "10", "11"):
        body = {"balance": 3, "source": "person", "observed_at": f"2026-{month}-02T09:00:00Z"}
        seat.call.post(f"{seat.path}/observations", body)
    assert ">25<" in markup(page), "the scale reaches up to what the plan brings"


def test_a_phone_gets_six_months_at_first(page: WebPage, open_account: Callable[..., Seat]) -> None:
    open_account(opened_at="2025-01-01T00:00:00Z")
    text = markup(page)
    wide, narrow, *_ = drawings(text)

    assert text.count('<tr class="early">') == 12 - 6 + 1
    assert "Show all 12 months" in text
    for drawing, months in ((wide, 12), (narrow, 6)):
        names = [one.text for one in drawing.findall("text[@class='tick']")]
        assert len([name for name in names if re.fullmatch("[A-Z][a-z]{2}", name or "")]) == months


def test_columns_that_say_nothing_are_left_out(page: WebPage, open_account: Callable[..., Seat]) -> None:
    open_account(opened_at="2026-11-20T00:00:00Z").log()

    assert headings(markup(page), "Credits by month") == ["Month", "New", "Used", "Left"]


def test_a_new_account_has_nothing_to_report(page: WebPage, seat: Seat) -> None:
    text = page.text("/report")

    assert "Nothing to report yet" in text
    assert "Import what I sent" in text
    assert "Your plan" not in text
    assert "Download" not in text


def test_a_single_day(page: WebPage, open_account: Callable[..., Seat]) -> None:
    open_account(opened_at="2026-11-23T08:00:00Z").log()
    text = page.text("/report")

    assert "This month so far" in text
    assert "Used 1" in text
    assert "Used a month" not in text
    assert "Your plan" not in text
    assert "Not enough InMails yet" in text
    assert "23 Nov 2026 – 23 Nov 2026" not in text
    assert len(drawings(markup(page))) == 2


def test_nothing_on_plans_before_there_is_a_month(page: WebPage, open_account: Callable[..., Seat]) -> None:
    open_account(opened_at="2026-10-20T00:00:00Z").log()

    assert page.get("/report/advice").get_data(as_text=True).strip() == ""


def test_without_a_price_no_money_is_shown(page: WebPage, open_account: Callable[..., Seat]) -> None:
    open_account(opened_at="2026-10-01T00:00:00Z").log()
    text = markup(page)

    assert not {"cost_used", "cost_answer"} & set(figures(text))
    assert "worth" not in words(page.get("/report")).replace("What were they worth?", "")
    assert "Add prices" in text


def test_the_map_of_the_week(page: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-06-01T00:00:00Z", plan="sales_navigator")
    for week in range(5):
        made = seat.log(sent_at=f"2026-06-{1 + 7 * week if week < 4 else 29:02}T09:15:00Z")["inmail"]
        if week < 2:
            seat.call(
                "PATCH",
                f"{seat.path}/inmails/{made['id']}",
                {"outcome": "declined", "outcome_at": "2026-07-01T10:00:00Z"},
            )
    seat.log(sent_at="2026-06-02T11:15:00Z")
    text = markup(page)

    assert "Best to send: Mon 09:00 (40% of 5)" in page.text("/report")
    week = table(text, "Answered of 100, by day and hour")
    assert week[0] == ["Mon", "40", "", ""]
    assert week[1] == ["Tue", "", "", "·"]
    assert [row[:2] for row in table(text, "Answered of 100, by hour and day")] == [
        ["09", "40"],
        ["10", ""],
        ["11", ""],
    ]


def test_what_linkedin_showed_otherwise(page: WebPage, used: Seat) -> None:
    balance = used.balance()
    for shown in (balance - 3, balance - 2):
        used.call.post(f"{used.path}/observations", {"balance": shown, "source": "person"})
    text = page.text("/report")

    assert "3 InMails weren't logged: LinkedIn showed 3 fewer than Inkeeper had." in text
    assert "LinkedIn showed 1 credit more than Inkeeper had." in text


def test_no_sentence_of_a_service_is_shown(page: WebPage, used: Seat, clock: Clock) -> None:
    clock.advance(days=120)
    found = used.call.get(f"{used.path}/advice")
    text = page.text("/report") + page.text("/report/advice")

    for sentence in (*SERVICE_WORDS, found["detail"], found["rule"], found["if_cancelled"]["detail"]):
        assert sentence not in text
    for plan in found["plans"]:
        assert plan["change"] is None or plan["change"]["detail"] not in text


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "–"), (0, "0%"), (0.004, "under 1%"), (0.125, "13%"), (0.994, "99%"), (0.996, "99%"), (1, "100%")],
)
def test_shares(share: float | None, said: str) -> None:
    assert report_words.percent(share) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0, "an hour"), (1.4, "an hour"), (1.6, "2 hours"), (47, "47 hours"), (48, "2 days"), (350, "15 days")],
)
def test_spans(hours: float, said: str) -> None:
    assert report_words.waited(hours) == f"Half of the replies came within {said}."


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (9999, "EUR", "€99.99"),
        (10000, "EUR", "€100"),
        (5, "CHF", "CHF 0.05"),
        (1234500, "JPY", "¥1,234,500"),
        (0, "EUR", "€0"),
    ],
)
def test_prices_to_the_cent(amount: int, currency: str, said: str) -> None:
    assert report_words.price(Money(amount, currency)) == said


def test_advice_before_there_is_enough(page: WebPage, used: Seat) -> None:
    text = page.text("/report/advice")

    assert "Advice on your plan needs 1 more full month: look again on Tue 1 Dec." in text
    assert "Based on your last 2 full months." in text
    assert "Inkeeper's default: unused credits are lost at the end of the month." in text
    assert "You'd lose 4 credits (€24) and have none left." in text


def every_month(open_account: Callable[..., Seat], clock: Clock, sent: list[int], **wanted: Any) -> Seat:
    """An account that sent so many InMails on the first days of each month from June on, looked at in November."""
    seat = open_account(opened_at="2026-06-01T00:00:00Z", **wanted)
    for month, count in enumerate(sent, 6):
        for number in range(count):
            seat.log(f"Person {number}", sent_at=f"2026-{month:02}-02T{number // 60:02}:{number % 60:02}:00Z")
    return seat


@pytest.mark.parametrize(
    ("plan", "sent", "said"),
    [
        (
            "premium_career",
            [5, 5, 5, 5, 5],
            "Upgrade to Premium Business: you ran out more than a week early in 5 of 5 months, and lately too.",
        ),
        ("premium_career", [0, 0, 0, 0, 0], "Cancel: you'd have missed no credit in 5 of 5 months."),
        (
            "sales_navigator",
            [5, 5, 5, 5, 5],
            "Downgrade to Premium Career: its 5 credits would have been enough every month.",
        ),
        (
            "sales_navigator",
            [9, 5, 5, 5, 5],
            "Downgrade to Premium Career: its 5 credits would have been enough every month but one.",
        ),
        (
            "premium_career",
            [4, 4, 4, 4, 4],
            "Stay on Premium Career: no cheaper plan would have covered what you sent.",
        ),
        (
            "premium_career",
            [5, 4, 4, 4, 4],
            "Stay on Premium Career: you ran out more than a week early in 1 of 5 months, but"
            " that's a busy month now and then, not a lasting need.",
        ),
        (
            "recruiter_lite",
            [50, 50, 50, 50, 50],
            "Stay on Recruiter Lite: you ran out more than a week early in 5 of 5 months, but there's no larger plan.",
        ),
    ],
)
def test_the_advice_in_a_sentence(
    page: WebPage, open_account: Callable[..., Seat], clock: Clock, plan: str, sent: list[int], said: str
) -> None:
    seat = every_month(open_account, clock, sent, plan=plan)
    text = markup(page, "/report/advice")

    assert f'<p class="verdict">{html.escape(said)}</p>'.replace("&#x27;", "&#39;") in text
    (present,) = (row for row in table(text, "Your InMails on each plan") if row[0].endswith("yours"))
    assert present[2] == str(sum(sent))
    assert [row[2] for row in table(text, "Your full months")] == [str(count) for count in sent]
    assert seat.call.get(f"{seat.path}/advice")["verdict"] == said.split(" ")[0].rstrip(":").lower()


def test_the_free_plan(page: WebPage, open_account: Callable[..., Seat]) -> None:
    open_account(opened_at="2026-06-01T00:00:00Z", plan="basic").log(cost=0)

    text = page.text("/report/advice")
    assert "You're on the free plan, so there's nothing to change." in text
    assert "Before you cancel" not in text


def test_how_to_leave(page: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-06-01T00:00:00Z", rule_book="rolling", plan="sales_navigator")
    assert (
        "Use your 150 credits first, by Mon 30 Nov. Cancel by Mon 30 Nov, or you'll pay again Tue 1 Dec."
        in page.text("/report/advice")
    )

    seat.call.post(f"{seat.path}/plan-changes", {"cancel": True})

    assert "Your subscription ends Tue 1 Dec, and what's left then is lost." in page.text("/report/advice")


def test_periods_that_are_no_months_are_named_by_their_days(page: WebPage, open_account: Callable[..., Seat]) -> None:
    open_account(opened_at="2026-06-12T00:00:00Z", rule_book="rolling", plan="premium_business", renewal_day=12)

    assert "12 Jun – 11 Jul 2026" in page.text("/report/advice")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_file(page: WebPage, used: Seat, client: FlaskClient, kind: str) -> None:
    answer = page.send("/report/download", account=used.account["id"], format=kind)
    assert answer.status_code == 200
    place = answer.headers["Inkeeper-Download"]
    file = client.get(place)

    assert file.status_code == 200
    assert file.headers["Content-Disposition"] == f'attachment; filename="inkeeper-usage-2026-11-23.{kind}"'
    assert client.get(place).status_code == 410, "a ticket is good for one download"
    told = used.call.get(f"{used.path}/report")
    if kind == "json":
        assert file.json == told
    else:
        rows = list(csv.DictReader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"), newline="")))
        assert [int(row["used"]) for row in rows] == [month["used"] for month in told["months"]]
        assert file.content_type == "text/csv; charset=utf-8"


def test_no_cell_of_the_file_is_a_formula(
    page: WebPage, open_account: Callable[..., Seat], client: FlaskClient
) -> None:
    open_account(name="=1+1").log()
    file = client.get(page.send("/report/download", format="csv").headers["Inkeeper-Download"])

    (row,) = csv.DictReader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"), newline=""))
    assert row["account"] == "'=1+1"


@pytest.mark.parametrize("kind", ["", "xlsx", "../csv"])
def test_another_format_is_refused(page: WebPage, used: Seat, kind: str) -> None:
    assert page.send("/report/download", format=kind).status_code == 422


def test_one_of_several_accounts(page: WebPage, used: Seat, open_account: Callable[..., Seat]) -> None:
    other = open_account(name="حساب الشركة", opened_at="2026-10-01T00:00:00Z", time_zone="Asia/Tokyo")
    other.log()

    text = markup(page, f"/report?account={other.account['id']}")
    assert "<bdi>حساب الشركة</bdi>" in text
    assert figures(text)["used"] == "1"
    assert 'data-zone="Asia/Tokyo"' in text
    assert f"/report/advice?account={other.account['id']}" in text
    assert figures(markup(page))["used"] == "9"


def test_another_owners_report(
    page: WebPage, used: Seat, sign_in: Callable[..., WebPage], pair: Callable[..., Device], client: FlaskClient
) -> None:
    stranger = sign_in("Robin Sample")
    account = {"name": "Theirs", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
    Caller(client, pair("Robin Sample").headers).post("/accounts", account)
    query = f"?account={used.account['id']}"

    for path in ("/report", "/report/advice"):
        theirs, missing = stranger.get(path + query), stranger.get(f"{path}?account=missing")
        assert theirs.status_code == 404
        assert theirs.data == missing.data
    refused = stranger.send("/report/download", account=used.account["id"], format="json")
    assert refused.status_code == 404
    assert "Inkeeper-Download" not in refused.headers
    assert "Nothing to report yet" in stranger.text("/report")


def test_without_an_account(page: WebPage) -> None:
    for path in ("/report", "/report/advice"):
        assert "Welcome to Inkeeper" in page.text(path)


def test_a_strange_query_is_as_none(page: WebPage, used: Seat) -> None:
    assert figures(markup(page, "/report?months=999&account=&x=%00"))["used"] == "9"
