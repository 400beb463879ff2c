"""The pictures of the README and of the stores, taken from the running product.

`--screenshots` keeps them in docs/screenshots/ and docs/screenshots/store/.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from e2e.harness.app import open_app, reset_size, set_up_link, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.extension import extension_copy
from e2e.harness.forking import ForkServer
from e2e.harness.linkedin import PracticeSite
from e2e.harness.lived import write_year
from e2e.harness.page import Page
from e2e.harness.server import ROOT, Server
from e2e.pictures import both_themes, take

PEOPLE = ("Robin Sample", "Mika Placeholder", "Noor Dummy", "Sasha Specimen", "Élodie Muster")
LISTED = (
    ("Taylor Sample", "Tinworks", "Data lead", "introduction", 0),
    ("Alex Placeholder", "North Example", "asked about the pilot", "follow_up", 0),
    ("Jamie Dummy", "Example & Sons", None, "introduction", 3),
    ("Sam Muster", "Specimen Labs", "met at a fair", "article", 4),
    ("Chris Specimen", "Tinworks", None, "introduction", None),
)
STORE_SIZE = (1280, 800)
"""What the stores ask for, in pixels."""

STORE_BYTES = 400_000
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


def open_popup(browser: Browser) -> Page:
    """The real popup over a person's page."""
    browser.visit(PracticeSite.person("kai-example"))
    popup = browser.click_toolbar()
    popup.find("button", re.compile("^Log InMail to Kai Example"))
    return popup


def test_the_popup_with_and_without_the_server(sharp: Browser, account: dict, server: Server, pictures: Path) -> None:
    both_themes(open_popup(sharp), pictures, "popup")

    server.kill()
    for name in ("Robin Sample", "Noor Dummy"):
        body = {"recipient": {"name": name}, "cost": 1, "source": "popup"}
        sharp.ask("log", {"accountId": account["id"], **body})
    popup = open_popup(sharp)
    popup.wait_text("2 waiting to be saved")
    both_themes(popup, pictures, "popup-server-off")


CONTENT_END = """() => 24 + Math.max(
    ...[...document.querySelectorAll('main .card')].map((card) => card.getBoundingClientRect().bottom),
)"""


def whole(page: Page, width: int = PAGE_WIDTH) -> None:
    """Makes the tab as high as the page's content."""
    page.cdp("Emulation.setScrollbarsHidden", hidden=True)
    for _ in range(2):
        end = page.run(CONTENT_END)
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


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[Server]:
    """A server with a year of invented history."""
    running = write_year(Server(tmp_path / "lived"))
    yield running.start()
    running.close()


@pytest.fixture
def store_pictures(pictures: Path) -> Path:
    """Where the stores' pictures go."""
    (pictures / "store").mkdir(exist_ok=True)
    return pictures / "store"


def store_picture(page: Page, file: Path, scale: float = 1) -> None:
    """A picture of the top of a page in the size that the stores ask for, with `scale` dots a pixel."""
    width, height = (round(length / scale) for length in STORE_SIZE)
    page.cdp("Emulation.setScrollbarsHidden", hidden=True)
    page.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)
    page.emulate(theme="light")
    page.screenshot(file)
    picture = file.read_bytes()
    assert picture[16:24] == b"".join(number.to_bytes(4) for number in STORE_SIZE)
    assert 10_000 < len(picture) < STORE_BYTES


@pytest.mark.parametrize(("path", "scale"), [("/", 1), ("/people", 1), ("/report", 0.8)])
def test_store_pages(browser: Browser, lived: Server, store_pictures: Path, path: str, scale: float) -> None:
    client = lived.client()
    page = open_app(browser, lived, client, path)
    client.close()
    store_picture(page, store_pictures / f"{path.strip('/') or 'home'}.png", scale)
    reset_size(page)


def test_store_set_up(browser: Browser, server: Server, store_pictures: Path) -> None:
    page = wait_idle(browser.visit(set_up_link(server)))
    page.click("radio", "Sales Navigator")
    page.fill("textbox", "Credits that LinkedIn shows now", "12")
    store_picture(page, store_pictures / "set-up.png")
    reset_size(page)


BESIDE = """([page, popup]) => {
    const image = (source, style) => {
        const made = Object.assign(new Image(), {src: `data:image/png;base64,${source}`});
        made.style.cssText = `position: absolute; ${style}`;
        document.body.append(made);
        return made.decode();
    };
    document.body.replaceChildren();
    return Promise.all([
        image(page, 'inset: 0; width: 1280px'),
        image(popup, 'top: 24px; right: 40px; width: 480px; border-radius: 12px; box-shadow: 0 8px 40px #0006'),
    ]);
}"""
"""Shows the picture of a page and that of the popup over it, where the browser opens the popup."""


def test_store_popup(sharp: Browser, account: dict, store_pictures: Path, tmp_path: Path) -> None:
    popup = open_popup(sharp)
    popup.emulate(theme="light")
    popup.screenshot(tmp_path / "popup.png")
    sharp.close_popups()
    page = sharp.tab
    store_picture(page, tmp_path / "page.png")
    shown = [base64.b64encode((tmp_path / name).read_bytes()).decode() for name in ("page.png", "popup.png")]

    page.run(BESIDE, shown)

    store_picture(page, store_pictures / "popup.png")


@pytest.mark.parametrize("name", ["popup-plenty", "set-up"])
def test_a_picture_to_compare_versions_by(browser: Browser, fork_server: ForkServer, tmp_path: Path, name: str) -> None:
    take(browser, name, tmp_path, "en", fork_server)

    assert sorted(file.name for file in tmp_path.iterdir()) == [f"{name}-en-dark.png", f"{name}-en-light.png"]
