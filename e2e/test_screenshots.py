"""The README's pictures, taken from the running product; `--screenshots` keeps them in docs/screenshots/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

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


def test_home(sharp: Browser, account: dict, server: Server, client: Client, pictures: Path) -> None:
    page = open_app(sharp, server, client)
    page.find("button", "Log InMail")
    page.cdp("Emulation.setScrollbarsHidden", hidden=True)
    end = page.run("() => document.querySelector('main').getBoundingClientRect().bottom")
    page.cdp(
        "Emulation.setDeviceMetricsOverride", width=PAGE_WIDTH, height=round(end), deviceScaleFactor=SCALE, mobile=False
    )
    end = page.run("() => document.querySelector('main').getBoundingClientRect().bottom")
    page.cdp(
        "Emulation.setDeviceMetricsOverride", width=PAGE_WIDTH, height=round(end), deviceScaleFactor=SCALE, mobile=False
    )

    both_themes(page, pictures, "home")
