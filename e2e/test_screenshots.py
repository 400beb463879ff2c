"""The README's pictures, taken from the running product; `--screenshots` keeps them in docs/screenshots/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from e2e.harness.app import open_app
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.extension import extension_copy
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import ROOT, Server

PEOPLE = ("Robin Sample", "Mika Placeholder", "Noor Dummy", "Sasha Specimen", "Élodie Muster")
LISTED = (
    ("Taylor Sample", "Tinworks", "Data lead", "introduction", 0),
    ("Alex Placeholder", "North Example", "asked about the pilot", "follow_up", 0),
    ("Jamie Dummy", "Example & Sons", None, "introduction", 3),
    ("Sam Muster", "Specimen Labs", "met at a fair", "article", 4),
    ("Chris Specimen", "Tinworks", None, "introduction", None),
)
PAGE_WIDTH = 720
SCALE = 2


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where pictures go."""
    return ROOT / "docs" / "screenshots" if request.config.getoption("screenshots") else tmp_path


@pytest.fixture
def sharp(linkedin: PracticeSite, tmp_path: Path, server: Server) -> Iterator[Browser]:
    """A browser that shows two dots a pixel, connected to the server."""
    browser = Browser(extension_copy(tmp_path), flags=(*linkedin.browser_flags, "--hide-scrollbars"), scale=SCALE)
    browser.reset()
    connect(browser, server)
    yield browser
    browser.quit()


@pytest.fixture
def account(sharp: Browser, client: Client) -> dict:
    """The seat of someone who has sent a few InMails this month."""
    now = datetime.now(UTC)
    made = client.account(
        time_zone="Europe/Berlin",
        opened_at=(now - timedelta(days=120)).isoformat(),
        price={"amount_minor": 7999, "currency": "EUR"},
    )
    for number in range(13):
        sent_at = (now - timedelta(hours=5 + 9 * number)).isoformat()
        sent = client.log(made, PEOPLE[number % len(PEOPLE)], sent_at=sent_at).expect(201)
        if number == 1:
            client.patch(f"/accounts/{made['id']}/inmails/{sent['inmail']['id']}", {"outcome": "replied"}).expect(200)
    balance = client.summary(made)["balance"]
    client.post(f"/accounts/{made['id']}/observations", {"balance": balance, "source": "person"}).expect(201)
    refresh(sharp)
    sharp.wait_balance(balance)
    return made


def both_themes(page: Page, folder: Path, name: str) -> None:
    """The same picture in light and dark."""
    for theme in ("light", "dark"):
        page.emulate(theme=theme)
        page.screenshot(folder / f"{name}-{theme}.png")
        assert (folder / f"{name}-{theme}.png").stat().st_size > 10_000


def open_popup(browser: Browser) -> Page:
    """The real popup over a person's page."""
    browser.visit(PracticeSite.person("kai-example"))
    popup = browser.click_toolbar()
    popup.find("button", re.compile("^Log InMail to Kai Example"))
    return popup


def test_the_popup_with_and_without_the_server(sharp: Browser, account: dict, server: Server, pictures: Path) -> None:
    both_themes(open_popup(sharp), pictures, "popup")

    server.kill()
    for name in PEOPLE[:2]:
        body = {"recipient": {"name": name}, "cost": 1, "source": "popup"}
        sharp.ask("log", {"accountId": account["id"], **body})
    popup = open_popup(sharp)
    popup.wait_text("2 waiting to be saved")
    both_themes(popup, pictures, "popup-server-off")


def whole(page: Page, width: int = PAGE_WIDTH) -> None:
    """Makes the tab as high as the page's content."""
    page.cdp("Emulation.setScrollbarsHidden", hidden=True)
    for _ in range(2):
        end = page.run("() => document.querySelector('main').getBoundingClientRect().bottom")
        page.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=round(end), deviceScaleFactor=SCALE, mobile=False
        )


@pytest.fixture
def listed(sharp: Browser, account: dict, client: Client) -> None:
    """A list of people, two of them planned for today."""
    texts = {text["purpose"]: text["id"] for text in client.list_all("/texts")}
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    for name, company, note, purpose, ahead in LISTED:
        link = f"https://www.linkedin.com/in/{name.lower().replace(' ', '-')}"
        body: dict = {"person": {"name": name, "profile_url": link, "company": company}, "purpose": purpose}
        body |= {"note": note, "text": texts[purpose], "account": account["id"]}
        if ahead is not None:
            body["planned_for"] = str(today + timedelta(days=ahead))
        client.post("/targets", body).expect(201)
    refresh(sharp)


def test_the_next_person(sharp: Browser, listed: None, pictures: Path) -> None:
    sharp.visit("https://www.linkedin.com/")
    popup = sharp.click_toolbar()
    popup.find("button", re.compile("^Open profile of"))
    both_themes(popup, pictures, "popup-next")


def test_people(sharp: Browser, listed: None, server: Server, client: Client, pictures: Path) -> None:
    page = open_app(sharp, server, client, "/people")
    page.find("searchbox", "Search")
    whole(page, 960)
    both_themes(page, pictures, "people")


def test_home(sharp: Browser, account: dict, server: Server, client: Client, pictures: Path) -> None:
    page = open_app(sharp, server, client)
    page.find("button", "Log InMail")
    whole(page)
    both_themes(page, pictures, "home")
