"""The usage report on a year of invented history: figures, charts with their tables, downloads, advice, states."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.page import Page
from e2e.harness.server import ROOT, Server
from e2e.harness.wait import until
from inkeeper.clock import utc_now
from inkeeper.demo import fill
from inkeeper.storage.database import open_database

REPORT = "report/report.html"
NARROW, WIDE = 420, 960


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of somebody who has used the product for a year."""
    file = tmp_path_factory.mktemp("year") / "inkeeper.sqlite3"
    store = open_database(f"sqlite:///{file}")
    try:
        fill(store, utc_now())
    finally:
        store.checkpoint_and_close()
    return file


@pytest.fixture
def lived(tmp_path: Path, year: Path) -> Iterator[Server]:
    """A server with that year in it."""
    running = Server(tmp_path / "lived")
    running.data.mkdir(parents=True)
    shutil.copy(year, running.data)
    yield running.start()
    running.close()


@pytest.fixture
def other(lived: Server) -> Iterator[Client]:
    """A second client of that server."""
    with closing(lived.client()) as paired:
        yield paired


@pytest.fixture
def report(browser: Browser, lived: Server) -> Page:
    """The report of the first account, a Sales Navigator seat in Berlin."""
    connect(browser, lived)
    page = browser.open_extension(REPORT)
    page.wait_text("Twelve months in figures")
    return page


def size(page: Page, width: int, height: int, *, scale: int = 1) -> None:
    """Gives the tab this size, with `scale` dots a pixel."""
    page.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)


def first_account(client: Client) -> dict:
    return client.every("/accounts")[0]


def figure(page: Page, name: str) -> str:
    return str(page.run("(name) => document.querySelector(`[data-figure=${name}] .value`).innerText", name))


def rows(page: Page, region: str) -> list[list[str]]:
    """The first table of a section, without its heading."""
    return list(
        page.of(
            page.find("region", region),
            """(section) => [...section.querySelector('table').querySelectorAll('tbody tr, tfoot tr')].map(
                (row) => [...row.cells].map((cell) => cell.innerText.trim()))""",
        )
    )


def test_figures_and_tables_are_the_servers(report: Page, other: Client) -> None:
    account = first_account(other)
    told = other.get(f"/accounts/{account['id']}/report?months=12").expect(200)

    assert figure(report, "used") == str(told["totals"]["used"])
    assert figure(report, "lost") == str(told["totals"]["lost"])
    assert figure(report, "response_rate") == f"{told['rates'][1]['response_rate']:.0%}"
    assert told["formulas"]["response_rate"] in report.text()
    table = rows(report, "Used and lost, month by month")
    assert [int(row[2]) for row in table[:-1]] == [month["used"] for month in told["months"]]
    assert [int(row[-1]) for row in table[:-1]] == [month["closing_balance"] for month in told["months"]]
    assert int(table[-1][2]) == told["totals"]["used"]
    assert "Europe/Berlin" in report.text()


def test_each_chart_says_what_it_shows_and_has_a_mark_for_each_month(report: Page, other: Client) -> None:
    months = other.get(f"/accounts/{first_account(other)['id']}/report").expect(200)["months"]
    report.find("image", re.compile(r"credits used and \d+ lost in 12 months"))
    report.find("image", re.compile(r"the balance is \d+ now"))

    drawn, hatched = report.run(
        "() => ['.used', '.lost'].map((kind) => document.querySelectorAll(`#usage .chart rect${kind}`).length)"
    )

    assert drawn == sum(month["used"] > 0 for month in months)
    assert hatched == sum(month["lost"] > 0 for month in months)
    assert "url(" in report.run("() => getComputedStyle(document.querySelector('.chart .lost')).fill")


def test_hours_with_too_few_inmails_are_left_blank(report: Page, other: Client) -> None:
    week = other.get(f"/accounts/{first_account(other)['id']}/report").expect(200)["heat_map"]
    told = [rate for row in week["response_rate"] for rate in row if rate is not None]
    few = sum(0 < sent < week["minimum_sample"] for row in week["sent"] for sent in row)

    cells = [cell for row in rows(report, "When InMails are answered") for cell in row[1:]]

    assert sorted(int(cell) for cell in cells if cell.isdigit()) == sorted(round(rate * 100 + 1e-9) for rate in told)
    assert cells.count("·") == few


def test_advice_tells_its_rule_and_what_a_change_would_void(report: Page, other: Client) -> None:
    advice = other.get(f"/accounts/{first_account(other)['id']}/advice").expect(200)
    text = report.text()

    assert advice["title"] in text
    assert advice["rule"] in text
    for plan in advice["plans"]:
        assert plan["title"] in text
        assert plan["change"] is None or plan["change"]["detail"] in text
    assert advice["if_cancelled"]["detail"] in text


def test_plans_are_compared_at_the_users_own_prices(report: Page, other: Client) -> None:
    other.patch(f"/accounts/{other.every('/accounts')[0]['id']}", {"plan_prices": {}}).expect(200)
    report.cdp("Page.reload")
    report.click("link", "Add prices")
    report.wait_text("What other plans cost a month")
    report.click("DisclosureTriangle", re.compile("^What other plans cost"))
    report.fill("textbox", "Recruiter Lite", "139.99")
    report.click("button", "Save", within=report.find("region", "Account"))
    report.wait_text("Saved.")

    prices = first_account(other)["plan_prices"]
    assert prices["recruiter_lite"] == {"amount_minor": 13999, "currency": "EUR"}
    report.run("() => history.back()")
    report.wait_text("€139.99")


def test_the_other_account(report: Page, other: Client) -> None:
    report.click("button", "Recruiter Lite")

    used = other.get(f"/accounts/{other.every('/accounts')[1]['id']}/report").expect(200)["totals"]["used"]
    until(
        lambda: report.has("heading", "Twelve months in figures") and figure(report, "used") == str(used), "its report"
    )
    assert "America/New_York" in report.text()
    assert_accessible(report)


@pytest.mark.parametrize(("button", "ending", "begins"), [("CSV", "csv", "account,month,"), ("JSON", "json", "{")])
def test_downloads(browser: Browser, report: Page, tmp_path: Path, button: str, ending: str, begins: str) -> None:
    browser.cdp.call("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    report.click("button", f"Download {button}")
    file = tmp_path / f"inkeeper-usage.{ending}"
    # The browser makes the file first and fills it then.
    until(lambda: file.is_file() and file.stat().st_size, "the file was downloaded")
    assert file.read_text(encoding="utf-8").lstrip("\ufeff").startswith(begins)


def test_it_is_accessible_wide_and_narrow(report: Page) -> None:
    for width in (WIDE, NARROW):
        size(report, width, 900)
        assert report.run("() => document.documentElement.scrollWidth") <= width
        assert_accessible(report)


def test_it_prints_with_every_table_open(report: Page) -> None:
    report.cdp("Emulation.setEmulatedMedia", media="print")
    report.run("() => dispatchEvent(new Event('beforeprint'))")

    assert report.run("() => [...document.querySelectorAll('details')].every((one) => one.open)")
    assert "Download CSV" not in report.text()
    assert len(report.cdp("Page.printToPDF", printBackground=True)["data"]) > 10_000


def test_without_the_server_it_says_what_to_do_and_comes_back(browser: Browser, lived: Server, report: Page) -> None:
    lived.terminate()
    report.cdp("Page.reload")
    report.wait_text("Inkeeper isn’t running")
    report.find("button", "Copy the command make run")
    assert_accessible(report)

    lived.start()
    report.click("button", "Try again")
    report.wait_text("Twelve months in figures")


def test_without_a_connection(browser: Browser) -> None:
    page = browser.open_extension(REPORT)
    page.find("link", "Connect…")
    assert_accessible(page)


def test_without_history_it_offers_the_import(connected: Browser, client: Client) -> None:
    client.account()
    refresh(connected)
    connected.wait_balance(25)

    page = connected.open_extension(REPORT)

    page.wait_text("Not enough history")
    assert_accessible(page)
    page.click("link", "Import your history…")
    page.wait_text("Bring in what you sent before.")


def test_pictures(report: Page, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The README's."""
    folder = ROOT / "docs" / "screenshots" if request.config.getoption("screenshots") else tmp_path
    report.cdp("Emulation.setScrollbarsHidden", hidden=True)
    size(report, WIDE, 900, scale=2)
    end = report.run("() => document.querySelector('#usage').getBoundingClientRect().bottom")
    size(report, WIDE, round(end) + 16, scale=2)
    for theme in ("light", "dark"):
        report.emulate(theme=theme)
        report.screenshot(folder / f"report-{theme}.png")
        assert (folder / f"report-{theme}.png").stat().st_size > 10_000
