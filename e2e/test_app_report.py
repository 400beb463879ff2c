"""The report in a real browser, on a year of invented history: charts, tables, files, paper, phones, advice, errors."""

from __future__ import annotations

import base64
import json
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from e2e.harness.app import open_app, reset_size, resize, sign_in_link
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.extension import extension_copy
from e2e.harness.firefox import firefox
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.lived import write_year
from e2e.harness.page import Page
from e2e.harness.server import ROOT, Server
from e2e.harness.wait import until
from e2e.test_app_home import TOO_SMALL
from inkeeper.clock import utc_now

PAPER = 718
"""The width of an A4 page between its margins, in CSS pixels."""

OUTSIDE = """() => [...document.querySelectorAll('main svg.chart, main svg.chart *, main :is(table, td, p, dd)')]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 90)])
    .filter(([box]) => box.left < -1 || box.right > innerWidth + 1).map(([, html]) => html)"""

CUT = """() => [...document.querySelectorAll('main *')].filter((one) => one.checkVisibility()
    && !one.closest('.unseen, .spare, svg, .numbers thead') && one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).display !== 'inline').map((one) => one.outerHTML.slice(0, 90))"""


PAGE_HEIGHT = 1047
"""The height of an A4 page between its margins, in CSS pixels."""

BROKEN = """(pageHeight) => [...document.querySelectorAll('main svg.chart, main tr, main .figures > div')]
    .filter((one) => one.checkVisibility() && (getComputedStyle(one).breakInside !== 'avoid'
        || one.getBoundingClientRect().height > pageHeight)).map((one) => one.outerHTML.slice(0, 90))"""
"""JavaScript: what a page break may cut in two."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of somebody who has used the product for a year."""
    return write_year(Server(tmp_path_factory.mktemp("year"))).data / "inkeeper.sqlite3"


@pytest.fixture
def lived(tmp_path: Path, year: Path) -> Iterator[Server]:
    """A server with that year in it."""
    running = Server(tmp_path / "lived")
    running.data.mkdir(parents=True)
    shutil.copy(year, running.data)
    yield running.start()
    running.close()


@pytest.fixture
def owner(lived: Server) -> Iterator[Client]:
    with closing(lived.client()) as paired:
        yield paired


@pytest.fixture
def report(browser: Browser, lived: Server, owner: Client) -> Page:
    """The report of the first account, a Sales Navigator seat in Berlin."""
    page = open_app(browser, lived, owner, "/report")
    page.wait_text(re.compile("Stay on|Upgrade to|Downgrade to|Cancel:"))
    return page


def figure(page: Page, name: str) -> str:
    return str(page.run("(name) => document.querySelector(`[data-figure=${name}] .value`).innerText", name))


def unfold(page: Page) -> None:
    page.run("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")


def drawn(page: Page, css: str) -> int:
    """How many marks of this kind are drawn where they can be seen."""
    return int(
        page.run(
            """(css) => [...document.querySelectorAll(css)].filter((one) => one.checkVisibility()
                && one.getBoundingClientRect().height > 0).length""",
            css,
        )
    )


def test_it_is_reached_from_home_and_shows_the_servers_numbers(browser: Browser, lived: Server, owner: Client) -> None:
    page = open_app(browser, lived, owner)
    page.click("link", "Report")
    page.wait_text("The last 12 months")
    told = owner.get(f"/accounts/{owner.list_all('/accounts')[0]['id']}/report?months=12").expect(200)

    assert page.url == f"{lived.address}/report" or "?account=" in page.url
    assert page.focused_name() == ("heading", "Report")
    assert figure(page, "used") == str(told["totals"]["used"])
    assert figure(page, "lost") == str(told["totals"]["lost"])
    assert drawn(page, ".chart rect.used") == sum(month["used"] > 0 for month in told["months"])
    assert drawn(page, ".chart rect.lost") == sum(month["lost"] > 0 for month in told["months"])
    page.find("image", re.compile(r"\d+ used and \d+ lost in 12 months"))
    page.find("image", re.compile(r"\d+ lost on the way, \d+ left now"))
    assert "url(" in page.run("() => getComputedStyle(document.querySelector('.chart .lost')).fill")
    assert page.run("() => getComputedStyle(document.querySelector('.chart .used')).fill") != "rgb(0, 0, 0)"


def test_the_advice_comes_by_itself_and_folds_its_reasons_away(report: Page, owner: Client) -> None:
    advice = owner.get(f"/accounts/{owner.list_all('/accounts')[0]['id']}/advice").expect(200)
    section = report.find("region", "Your plan")
    assert report.run_on(section, "(one) => one.dataset.verdict") == advice["verdict"]
    assert "Recruiter Lite" not in report.run_on(section, "(one) => one.innerText")

    report.click("DisclosureTriangle", "How we worked this out", within=section)

    report.wait_text("Your InMails on each plan")
    for plan in advice["plans"]:
        assert plan["title"] in report.text()
    report.click("DisclosureTriangle", "What a change would do now", within=section)
    report.wait_text("Before you cancel")


def test_it_is_accessible_wide_and_narrow(report: Page) -> None:
    try:
        for width, touch in ((1280, False), (700, False), (360, False), (360, True)):
            resize(report, width, touch=touch)
            unfold(report)
            assert report.run("() => document.documentElement.scrollWidth <= innerWidth"), width
            assert report.run(CUT) == [], width
            assert_accessible(report)
            if touch:
                assert report.run(TOO_SMALL) == []
    finally:
        reset_size(report)


def test_a_phone_shows_six_months_and_all_when_asked(report: Page) -> None:
    try:
        resize(report, 360, touch=True)
        months = "[aria-labelledby=usage] tbody tr"
        assert drawn(report, months) == 6
        assert drawn(report, ".chart.wide") == 0
        assert drawn(report, ".chart.narrow") == 2
        assert drawn(report, "[aria-labelledby=usage] tfoot td") == 0, "the sum of twelve months under six"

        report.click("checkbox", "Show all 12 months")

        until(lambda: drawn(report, months) == 12, "all are there")
        assert drawn(report, "[aria-labelledby=usage] tfoot td") > 0
        assert_accessible(report)
    finally:
        reset_size(report)


def test_all_by_keyboard(report: Page, tmp_path: Path) -> None:
    report.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    report.tab_to("button", "Print")
    report.tab_to("button", "Download CSV")
    report.press("Enter")
    until(lambda: [*tmp_path.glob("*.csv")], "the file is there")
    report.tab_to("DisclosureTriangle", "As a table")
    report.press("Enter")
    report.wait_text("New credits")


@pytest.mark.parametrize("kind", ["CSV", "JSON"])
def test_the_files(report: Page, owner: Client, tmp_path: Path, kind: str) -> None:
    report.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    report.click("button", f"Download {kind}")

    (file,) = until(lambda: [*tmp_path.glob(f"*.{kind.lower()}")], "the file is there")
    until(lambda: file.stat().st_size, "it is whole")
    assert re.fullmatch(rf"inkeeper-usage-\d{{4}}-\d\d-\d\d\.{kind.lower()}", file.name)
    told = owner.get(f"/accounts/{owner.list_all('/accounts')[0]['id']}/report").expect(200)
    text = file.read_text(encoding="utf-8").lstrip("\ufeff")
    if kind == "JSON":
        assert json.loads(text)["months"] == told["months"]
    else:
        assert len(text.splitlines()) == 1 + len(told["months"])
    report.find("heading", "Report")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_paper_nothing_is_cut_and_all_is_unfolded(report: Page, theme: str) -> None:
    try:
        report.run("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        report.cdp("Emulation.setEmulatedMedia", media="print")
        resize(report, PAPER)
        report.run("() => dispatchEvent(new Event('beforeprint'))")
        assert report.run("() => [...document.querySelectorAll('main details')].every((one) => one.open)")
        assert report.run(OUTSIDE) == []
        assert report.run(CUT) == []
        assert report.names("button") == []
        assert drawn(report, ".chart.wide") == 2
        assert drawn(report, ".chart.narrow, .week.narrow-table") == 0
        advice = report.run("() => document.querySelector('#advice').innerText")
        assert advice.index("How we worked this out") < advice.index("Your InMails on each plan")
        assert advice.index("What a change would do now") < advice.index("Cancel the subscription")
        assert report.run(BROKEN, PAGE_HEIGHT) == []
        assert drawn(report, "[aria-labelledby=usage] tbody tr") == 12
        assert "Berlin time" in report.text()
        # As a footer, the sum of all months would stand under the first page's months, too.
        assert report.run("() => getComputedStyle(document.querySelector('tfoot')).display") == "table-row-group"

        pdf = base64.b64decode(report.cdp("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"])

        colours = [
            colour
            for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
            for colour in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", inflated(stream))
        ]
        painted = {tuple(round(float(part) * 255) for part in colour) for colour in colours}
        assert (15, 107, 92) in painted, "the bars are drawn, in the colours of the light theme"
        assert 2 <= len(re.findall(rb"/Type /Page\b", pdf)) <= 5

        report.run("() => dispatchEvent(new Event('afterprint'))")
        assert report.run("() => [...document.querySelectorAll('main details')].some((one) => one.open)") is False
    finally:
        report.run("() => { delete document.documentElement.dataset.theme; }")
        report.cdp("Emulation.setEmulatedMedia", media="")
        reset_size(report)


def inflated(stream: bytes) -> bytes:
    """A stream of a PDF without its compression; empty for one that is not compressed in this way."""
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_the_button_prints(report: Page) -> None:
    report.run("() => { globalThis.print = () => { document.title = 'printed'; }; }")
    report.click("button", "Print")
    until(lambda: report.run("() => document.title") == "printed", "the browser's own print was called")


def test_the_other_account(report: Page, owner: Client) -> None:
    other = owner.list_all("/accounts")[1]
    used = owner.get(f"/accounts/{other['id']}/report").expect(200)["totals"]["used"]

    report.click("DisclosureTriangle", re.compile("^Account: "))
    report.click("link", re.compile("Recruiter Lite$"))

    until(lambda: figure(report, "used") == str(used), "its report")
    report.find("DisclosureTriangle", "Account: Recruiter Lite")
    report.run("() => history.back()")
    until(lambda: figure(report, "used") != str(used), "the first again")


def test_five_accounts_with_long_names(browser: Browser, server: Server, client: Client) -> None:
    names = [f"{'حساب طويل جدا ' * 6}{number}" for number in range(4)] + ["Donaudampfschifffahrt" * 4]
    accounts = [client.account(name) for name in names]
    client.log(accounts[-1], "Robin Sample").expect(201)
    page = open_app(browser, server, client, f"/report?account={accounts[-1]['id']}")
    try:
        page.wait_text("This month so far")
        for width in (1280, 360):
            resize(page, width)
            assert page.run("() => document.documentElement.scrollWidth <= innerWidth"), width
            assert_accessible(page)
    finally:
        reset_size(page)


def test_nothing_logged_yet(browser: Browser, server: Server, client: Client) -> None:
    client.account()
    page = open_app(browser, server, client, "/report")

    page.wait_text("Nothing to report yet")
    page.find("link", "Import what I sent")
    assert_accessible(page)
    page.click("link", "Log an InMail")
    page.find("button", "Log InMail")


def test_without_the_server_it_says_so_and_comes_back(lived: Server, report: Page) -> None:
    lived.terminate()
    report.click("button", "Download CSV")
    report.wait_text("Can't reach Inkeeper")
    assert_accessible(report)
    report.cdp("Page.reload")
    lived.start()


def test_advice_that_fails_leaves_the_report(browser: Browser, server: Server, client: Client) -> None:
    opened = (utc_now() - timedelta(days=100)).isoformat().replace("+00:00", "Z")
    client.account(opened_at=opened)
    page = open_app(browser, server, client)
    page.find("button", "Log InMail")
    page.run(
        """() => {
            const really = globalThis.fetch;
            globalThis.fetch = (url, options) => String(url).includes('/advice')
                ? Promise.reject(new TypeError('gone')) : really(url, options);
        }"""
    )

    page.click("link", "Report")

    page.wait_text("Can't reach Inkeeper")
    page.find("heading", "Used and lost by month")


def test_pictures(report: Page, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The README's: the figures and the first chart with its table."""
    folder = ROOT / "docs" / "screenshots" if request.config.getoption("screenshots") else tmp_path
    try:
        report.cdp("Emulation.setScrollbarsHidden", hidden=True)
        resize(report, 1000)
        end = report.run("() => document.querySelector('[aria-labelledby=usage]').getBoundingClientRect().bottom")
        report.cdp(
            "Emulation.setDeviceMetricsOverride", width=1000, height=round(end) + 16, deviceScaleFactor=2, mobile=False
        )
        for theme in ("light", "dark"):
            report.emulate(theme=theme)
            report.screenshot(folder / f"report-{theme}.png")
            assert (folder / f"report-{theme}.png").stat().st_size > 10_000
    finally:
        report.cdp("Emulation.setScrollbarsHidden", hidden=False)
        reset_size(report)


def test_in_firefox(linkedin: PracticeSite, tmp_path: Path, lived: Server, owner: Client) -> None:
    used = owner.get(f"/accounts/{owner.list_all('/accounts')[0]['id']}/report").expect(200)["totals"]["used"]
    with firefox(extension_copy(tmp_path / "firefox"), linkedin) as fox:
        fox.visit(sign_in_link(lived, owner, "/report"))
        until(
            lambda: re.search("Stay on|Upgrade to|Downgrade to", fox.run("() => document.body?.innerText ?? ''")),
            "the advice",
        )

        assert fox.run("() => document.querySelector('[data-figure=used] .value').innerText") == str(used)
        bars = """() => [...document.querySelectorAll('.chart.wide rect.used')].filter(
            (one) => one.getBoundingClientRect().height > 0 && getComputedStyle(one).fill !== 'rgb(0, 0, 0)').length"""
        assert fox.run(bars) >= 12
        assert fox.run("() => document.documentElement.scrollWidth <= innerWidth")
        fox.run("() => dispatchEvent(new Event('beforeprint'))")
        assert fox.run("() => [...document.querySelectorAll('main details')].every((one) => one.open)")
