"""One browser for all tests, emptied between them; a server of its own for each test that asks for one.

No browser is a failure with the reason, never a skip.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect
from e2e.harness.desktop import Desktop, virtual_desktop
from e2e.harness.extension import SOURCE, extension_copy
from e2e.harness.forking import ForkServer
from e2e.harness.linkedin import PracticeSite
from e2e.harness.server import ROOT, Server, environment


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", action="store_true", help="write the README's pictures to docs/screenshots/")


@pytest.fixture(scope="session")
def linkedin() -> Iterator[PracticeSite]:
    with PracticeSite() as site:
        yield site


@pytest.fixture(scope="session")
def chromium(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser that all tests share, with the extension as a release has it; tests use `browser`.

    `visible` and Firefox have the extension of the source folder.
    """
    extension = extension_copy(tmp_path_factory.mktemp("browser"), packed=True, importable=True)
    browser = Browser(extension, flags=linkedin.browser_flags)
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The browser with the extension as freshly installed, set up in no way."""
    chromium.reset()
    return chromium


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """What starts the servers of all tests."""
    started = ForkServer(environment(), ROOT)
    yield started
    started.close()


@pytest.fixture
def server(tmp_path: Path, fork_server: ForkServer) -> Iterator[Server]:
    """A running server with an empty data folder."""
    running = Server(tmp_path / "server", fork_server=fork_server).start()
    yield running
    running.close()


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    """A screen that nobody sees, with keyboard and mouse."""
    with virtual_desktop() as screen:
        yield screen


@pytest.fixture(scope="session")
def visible_chromium(desktop: Desktop, linkedin: PracticeSite) -> Iterator[Browser]:
    """A second browser, on a screen, with the extension exactly as it is shipped; tests use `visible`."""
    browser = Browser(SOURCE, flags=linkedin.browser_flags, display=desktop.display)
    yield browser
    browser.quit()


@pytest.fixture
def visible(visible_chromium: Browser) -> Browser:
    """The visible browser with the extension as freshly installed: nothing granted, nothing set up."""
    visible_chromium.reset()
    return visible_chromium


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
