"""Pages and extension in a pseudo-language 40 % longer than English, from left to right and from right to left.

Nothing is cut off, no buttons overlap, axe finds nothing, and no English is left in the extension. The texts of the
pages are checked without a browser in `tests/web/test_language.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from e2e.harness.app import open_app, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect
from e2e.harness.extension import extension_copy
from e2e.harness.judging import layout_faults
from e2e.harness.linkedin import PracticeSite
from e2e.harness.lived import write_year
from e2e.harness.page import Page
from e2e.harness.pseudo import PseudoServer, write_messages
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.test_popup import PEOPLE, STATES, popup_in_any_language
from tests.pseudo import RTL_TAG, TAG, untranslated
from tests.web.test_language import PAGES

TAGS = {"ltr": TAG, "rtl": RTL_TAG}
PARTS = ["/people/texts?text=new", "/people/campaigns?campaign=new", "/people/results?by=hour", "/welcome?step=1"]
PARTS += ["/welcome?step=2", "/welcome?step=3", "/people?show=done"]

PARTS_OF_POPUP = ["plenty", "elsewhere", "today", "many", "next-several", "next-arabic", "listed-written-before"]
"""States that have, between them, each part of the popup. The others are combinations of these parts; they are looked
at in English and in German."""

NAME_MIN = 50
"""The width in pixels of the part of a name that tells whose it is."""

SCREEN_MAX = 600
"""The height in pixels at which a browser cuts a popup off. From there on the list scrolls (popup.css)."""

NAMES = re.compile(
    "|".join(
        [
            r"[^\x00-\x7f⟦⟧]+",  # dates in Greek or Arabic, and signs
            *(
                re.escape(name)
                for name in (*PEOPLE, "Kai Example", "UTC", "lodie Muster", "My seat", "Hiring", "Private")
            ),
            *("Sample Ltd", "Buys samples of everything", "met at a fair, likes data", "likes data", "Data lead"),
            *("Inkeeper", "LinkedIn", "Sales Navigator", "Recruiter Lite", "Premium (?:Career|Business)", "EUR"),
            *(
                r"http://[\w.:/]+",
                "chrome://extensions/shortcuts",
                "Chrome on Linux",
                "Chromium in a test",
                "make run",
                r"[\w./]*inkeeper pair",
                r"Alt\+\S+",
                "Ctrl",
                "Shift",
            ),
        ]
    )
)
"""What stays as it is in every language: names of products and people, and what people typed."""


@pytest.fixture(scope="module", params=["ltr", "rtl"])
def direction(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return extension_copy(tmp_path_factory.mktemp("pseudo"))


@pytest.fixture(scope="module")
def pseudo_chromium(linkedin: PracticeSite, folder: Path) -> Iterator[Browser]:
    write_messages(folder, "ltr")
    browser = Browser(folder, flags=linkedin.browser_flags)
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def speaking(pseudo_chromium: Browser, folder: Path, direction: str) -> Browser:
    """The browser whose extension speaks the pseudo-language in this direction."""
    write_messages(folder, direction)
    pseudo_chromium.reload_extension()
    return pseudo_chromium


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the history of a year."""
    server = write_year(PseudoServer(tmp_path_factory.mktemp("lived")))
    yield server.start()
    server.close()


@pytest.fixture
def app(speaking: Browser, lived: Server, direction: str) -> Iterator[Page]:
    """The server's pages in the pseudo-language, signed in."""
    speaking.reset()
    with closing(lived.client()) as owner:
        page = open_app(speaking, lived, owner)
        page.cdp("Network.enable")
        page.cdp("Network.setExtraHTTPHeaders", headers={"Accept-Language": TAGS[direction]})
        yield page
        page.cdp("Network.setExtraHTTPHeaders", headers={})
        page.cdp("Network.disable")
        reset_size(page)


def violations(page: Page) -> list[str]:
    """What axe finds. It does not know the tag of the pseudo-language."""
    return [each for each in page.axe() if not each.startswith("html-lang-valid:")]


def unfold(page: Page) -> None:
    page.run("() => document.querySelectorAll('main details:not(.menu)').forEach((one) => { one.open = true; })")


def test_no_page_breaks(app: Page, lived: Server, direction: str) -> None:
    faults = []
    for path in [*PAGES, *PARTS]:
        app.cdp("Page.navigate", url=f"{lived.address}{path}")
        wait_idle(app.wait_loaded())
        assert app.run("() => document.documentElement.dir") == direction
        for width in (1280, 360):
            resize(app, width)
            unfold(app)
            faults += [f"{path} at {width} px: {fault}" for fault in layout_faults(app)]
        faults += [f"{path}: {violation}" for violation in violations(app)]
        reset_size(app)
    assert "\n".join(faults) == ""


def assert_holds(page: Page) -> None:
    """Nothing is cut off, axe finds nothing, and no English is left."""
    html = page.run("() => `<title>${document.title}</title>${document.body.innerHTML}`")
    assert list(untranslated(html, NAMES)) == []
    assert layout_faults(page) == []
    assert violations(page) == []


@pytest.mark.parametrize("name", PARTS_OF_POPUP)
def test_no_state_of_the_popup_breaks(
    speaking: Browser, server: Server, client: Client, direction: str, name: str, tmp_path: Path
) -> None:
    speaking.reset()
    connect(speaking, server)
    popup = popup_in_any_language(speaking, STATES[name], client)

    popup.screenshot(tmp_path / f"{name}.png")
    assert popup.run("() => document.documentElement.dir") == direction
    assert_holds(popup)
    assert popup.run("() => document.body.offsetHeight") <= SCREEN_MAX
    names = popup.run("() => [...document.querySelectorAll('.who .name')].map((one) => one.offsetWidth)")
    assert all(width >= NAME_MIN for width in names)
    button = "() => document.querySelector('.main')?.getBoundingClientRect().bottom ?? 0"
    assert popup.run(button) <= SCREEN_MAX, "the first button is in sight without scrolling"


def test_no_step_of_the_welcome_page_breaks(speaking: Browser, server: Server, client: Client, tmp_path: Path) -> None:
    client.account()
    speaking.reset()
    page = speaking.open_extension("welcome/welcome.html")
    until(lambda: page.run("() => document.querySelector('#welcome input') !== null"), "the first step")

    def holds(name: str) -> None:
        for width in (1280, 360):
            resize(page, width)
            page.screenshot(tmp_path / f"{name}-{width}.png")
            assert_holds(page)
        reset_size(page)

    holds("address")
    page.run("(address) => { document.querySelector('#welcome input').value = address; }", server.address)
    page.run("() => document.querySelector('#welcome .main').click()")
    until(lambda: page.run("() => document.querySelector('.code') !== null"), "the field of the code")
    holds("code")
    connect(speaking, server)
    until(lambda: page.run("() => document.querySelectorAll('h2').length > 3"), "the settings")
    holds("settings")


SIDES = """() => {
    const parts = ['.track', '.used'].map((css) => document.querySelector(`.bar ${css}`));
    const [track, used] = parts.map((one) => one.getBoundingClientRect());
    return {ltr: used.left - track.left, rtl: track.right - used.right};
}"""
"""JavaScript: the distance of the filled part of Home's bar from either end of the bar."""


def test_amounts_grow_in_the_direction_of_reading_and_time_to_the_right(
    app: Page, lived: Server, direction: str
) -> None:
    with closing(lived.client()) as owner:
        # On the first day of a month nothing else may have been used.
        owner.log(owner.get("/accounts").expect(200)["items"][0]).expect(201)
    app.cdp("Page.navigate", url=f"{lived.address}/")
    wait_idle(app.wait_loaded())
    sides = app.run(SIDES)
    assert sides[direction] < 1 < sides["rtl" if direction == "ltr" else "ltr"]
    sign = app.run("() => getComputedStyle(document.querySelector('.inline > summary'), '::before').content")
    assert ("▸" if direction == "ltr" else "◂") in sign

    app.cdp("Page.navigate", url=f"{lived.address}/report")
    wait_idle(app.wait_loaded())
    bars = app.run(
        "() => [...document.querySelectorAll('.chart.wide .used')].map((one) => one.getBoundingClientRect().left)"
    )
    assert bars == sorted(bars)
    assert len(bars) == 12
