"""One browser for all tests, emptied between them; a server of its own for each test that asks for one.

No browser is a failure with the reason, never a skip.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.harness.browser import Browser, virtual_display
from e2e.harness.client import Client
from e2e.harness.connecting import connect
from e2e.harness.extension import extension_copy
from e2e.harness.linkedin import PracticeSite
from e2e.harness.server import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", action="store_true", help="write the README's pictures to docs/screenshots/")


@pytest.fixture(scope="session")
def linkedin() -> Iterator[PracticeSite]:
    with PracticeSite() as site:
        yield site


@pytest.fixture(scope="session")
def chromium(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser that all tests share; tests use `browser`."""
    browser = Browser(extension_copy(tmp_path_factory.mktemp("browser")), site_flags=linkedin.browser_flags)
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The browser with the extension as freshly installed, set up in no way."""
    chromium.reset()
    return chromium


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server with an empty data folder."""
    running = Server(tmp_path / "server").start()
    yield running
    running.close()


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X display that nobody sees."""
    with virtual_display() as name:
        yield name


@pytest.fixture(scope="session")
def visible_chromium(
    display: str, linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A second browser on an X display: real shortcuts and context menus exist only there."""
    copy = extension_copy(tmp_path_factory.mktemp("visible"))
    browser = Browser(copy, site_flags=linkedin.browser_flags, display=display)
    yield browser
    browser.quit()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """A second, already paired client of the server: it sets the scene and sees what the server really holds."""
    paired = server.client()
    yield paired
    paired.close()


@pytest.fixture
def connected(browser: Browser, server: Server) -> Browser:
    """The browser paired with the server, which has no account yet."""
    connect(browser, server)
    return browser
