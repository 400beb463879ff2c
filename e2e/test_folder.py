"""The extension loaded from the folder that Set-up shows: connected without a code, in Chromium and in Firefox."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.harness.app import wait_idle
from e2e.harness.browser import Browser
from e2e.harness.firefox import Firefox, firefox
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from inkeeper.server.opening import portable_link
from inkeeper.storage.database import open_database

BY_ITSELF = "It connects by itself."
BY_CODE = "Its page opens by itself."
ADDRESS = "Inkeeper’s address"


@pytest.fixture
def folder(server: Server) -> Path:
    return server.data / "extension"


@pytest.fixture
def secret(folder: Path) -> Path:
    """The file with the one-time connection."""
    return folder / "connect.json"


@pytest.fixture
def set_up(browser: Browser, server: Server) -> Page:
    """Set-up at the step of the extension, in a browser that is not connected."""
    return open_set_up(browser, server)


def open_set_up(browser: Browser, server: Server) -> Page:
    store = open_database(f"sqlite:///{server.data}/inkeeper.sqlite3")
    link = portable_link(store, server.address, "me", "/welcome?step=2")
    store.checkpoint_and_close()
    page = wait_idle(browser.visit(link))
    page.wait_text("Waiting for the extension…")
    return page


@contextmanager
def loaded(folder: Path, linkedin: PracticeSite, *, connects: bool) -> Iterator[Browser]:
    """A new Chromium that has the folder loaded."""
    browser = Browser(folder, flags=linkedin.browser_flags, connects=connects)
    try:
        yield browser
    finally:
        browser.quit()


def is_connected(browser: Browser | Firefox) -> bool:
    return bool((browser.storage("server") or {}).get("token"))


def test_chromium_connects_and_a_second_one_asks_for_the_code(
    set_up: Page, linkedin: PracticeSite, folder: Path, secret: Path
) -> None:
    set_up.wait_text(BY_ITSELF)
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(secret.stat().st_mode)) == (0o700, 0o600)

    with loaded(folder, linkedin, connects=True) as first:
        set_up.wait_text("Connected: Chrome on Linux")
        until(lambda: is_connected(first), "it has a token")
        assert not secret.exists()
        assert not first.pages(first.extension_url("welcome/"))

        with loaded(folder, linkedin, connects=False) as second:
            assert not is_connected(second)


def test_firefox_connects(set_up: Page, linkedin: PracticeSite, folder: Path, secret: Path) -> None:
    set_up.wait_text(BY_ITSELF)

    with firefox(folder, linkedin) as fox:
        set_up.wait_text("Connected: Firefox on Linux")
        until(lambda: is_connected(fox), "it has a token")
        assert not secret.exists()


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_a_folder_that_others_can_look_into_gets_no_connection(
    browser: Browser, server: Server, linkedin: PracticeSite, set_up: Page, folder: Path, secret: Path, mode: int
) -> None:
    set_up.wait_text(BY_ITSELF)
    secret.unlink()
    folder.chmod(mode)

    open_set_up(browser, server).wait_text(BY_CODE)

    assert not secret.exists()
    if mode == 0o755:
        with loaded(folder, linkedin, connects=False) as other:
            assert not is_connected(other)


def test_a_browser_that_found_no_server_connects_once_it_runs(
    set_up: Page, server: Server, linkedin: PracticeSite, folder: Path, secret: Path
) -> None:
    set_up.wait_text(BY_ITSELF)
    server.kill()

    with loaded(folder, linkedin, connects=False) as other:
        assert not is_connected(other)
        page = other.open_extension("welcome/welcome.html")
        page.fill("textbox", ADDRESS, server.address)
        page.click("button", "Connect")
        page.wait_text("isn’t running")
        server.start()

        page.find("heading", "Settings")
        until(lambda: is_connected(other), "it has a token")
        assert not secret.exists()


def test_a_connection_that_is_over_is_gone_at_the_next_start(set_up: Page, server: Server, secret: Path) -> None:
    set_up.wait_text(BY_ITSELF)
    server.kill()
    assert secret.exists()
    server.at = datetime.now(UTC) + timedelta(minutes=11)

    server.start()

    assert not secret.exists()
