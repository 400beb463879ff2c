"""This version and the release before it, both as they are installed: each with the other, and the update."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.extension import extension_copy
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import PROGRAM, Server
from e2e.harness.wait import until
from inkeeper import __version__
from tests.contract.kept import unpack_before, version_number_before
from tests.package.packing import pack


class Version(NamedTuple):
    """A version and the folder of its program, with the packed extension in it."""

    number: str
    program: Path

    @property
    def extension(self) -> Path:
        return self.program / "inkeeper" / "extension"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return Version(version_number_before(), unpack_before(tmp_path_factory.mktemp("before") / "program"))


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """This version with the packed extension, as its wheel has it."""
    program = tmp_path_factory.mktemp("now") / "program"
    shutil.copytree(PROGRAM / "inkeeper", program / "inkeeper", ignore=shutil.ignore_patterns("__pycache__"))
    pack(program / "inkeeper" / "extension")
    return Version(__version__, program)


@pytest.fixture
def server_before(tmp_path: Path, before: Version) -> Iterator[Server]:
    """A running server of the version before."""
    running = Server(tmp_path / "server", program=before.program).start()
    yield running
    running.close()


@contextmanager
def opened(extension: Path, linkedin: PracticeSite, *, connects: bool = False) -> Iterator[Browser]:
    """A Chromium with the extension in this folder."""
    browser = Browser(extension, flags=linkedin.browser_flags, connects=connects)
    try:
        yield browser
    finally:
        browser.quit()


def said(browser: Browser, key: str, *arguments: str) -> str:
    """A message of the extension in its own words: those of another version may differ."""
    return str(browser.control.run("(key, given) => chrome.i18n.getMessage(key, given)", key, list(arguments)))


def popup_of(browser: Browser) -> Page:
    """The popup over Kai Example's page, once InMails can be logged."""
    browser.visit(PracticeSite.person())
    popup = browser.click_toolbar()
    popup.find("button", re.compile(f"^{said(browser, 'log_submit')}"))
    return popup


def press(browser: Browser, popup: Page, key: str) -> None:
    """Clicks the first button that has these words in its name."""
    popup.click("button", re.compile(re.escape(said(browser, key))))


def names(client: Client, account: dict[str, Any]) -> list[str]:
    return [inmail["recipient"]["name"] for inmail in client.inmails(account)]


def version_of(browser: Browser) -> str:
    """The version of the extension that runs."""
    return str(browser.control.run("() => chrome.runtime.getManifest().version"))


@pytest.mark.parametrize("older", ["server", "extension"])
def test_each_works_with_the_other(
    older: str, before: Version, now: Version, linkedin: PracticeSite, tmp_path: Path
) -> None:
    of_server, of_extension = (before, now) if older == "server" else (now, before)
    server = Server(tmp_path / "server", program=of_server.program).start()
    client = server.client()
    folder = extension_copy(tmp_path / "loaded", source=of_extension.extension)
    try:
        account = client.account(plan="premium_business", rule_book="rolling")
        with opened(folder, linkedin) as browser:
            connect(browser, server)
            browser.wait_badge("15")
            popup = popup_of(browser)
            popup.wait_text(said(browser, f"older_{older}", of_server.number, of_extension.number))
            assert popup.has("button", said(browser, "reload_extension")) == (older == "extension")

            press(browser, popup, "log_submit")
            popup.wait_text(said(browser, "logged_credit", "Kai Example"))
            browser.wait_badge("14")
            assert names(client, account) == ["Kai Example"]
            press(browser, popup, "undo")
            browser.wait_badge("15")
            until(lambda: names(client, account) == [], "the server removed it")

            press(browser, popup, "write_later")
            popup.wait_text(said(browser, "listed", "Kai Example"))
            until(lambda: client.list_all("/targets"), "the server has the person on its list")

            if older == "extension":
                renew(folder, now)
                assert version_of(browser) == before.number
                popup = popup_of(browser)
                with browser.reloading():
                    press(browser, popup, "reload_extension")
                assert version_of(browser) == now.number
                popup_of(browser).wait_text("15")
    finally:
        client.close()
        server.close()


def renew(folder: Path, version: Version) -> None:
    """Puts another version's extension in the place of the one in the folder."""
    shutil.rmtree(folder)
    extension_copy(folder.parent, source=version.extension)


def test_what_waits_in_the_extension_outlives_its_update(
    server_before: Server, now: Version, before: Version, linkedin: PracticeSite
) -> None:
    server = server_before
    client = server.client()
    account = client.account(plan="premium_business", rule_book="rolling")
    assert server.run("extension", INKEEPER_PORT=str(server.port)).returncode == 0
    with opened(server.data / "extension", linkedin, connects=True) as browser:
        browser.wait_badge("15")
        devices = client.list_all("/devices")
        server.terminate()
        client.close()
        press(browser, popup_of(browser), "log_submit")
        browser.wait_badge("14↑")
        waiting = browser.outbox()
        assert len(waiting) == 1

        server.program = now.program
        put = server.run("extension")
        assert "The extension is renewed." in put.stdout, put.stderr
        # Until the extension is reloaded, its new pages are shown and its old worker runs.
        popup_of(browser)
        browser.reload_extension()

        assert version_of(browser) == now.number
        assert [entry["id"] for entry in browser.outbox()] == [entry["id"] for entry in waiting]
        server.start()
        refresh(browser)
        browser.wait_badge("14")
        assert names(client, account) == ["Kai Example"]
        assert browser.outbox() == []
        assert [each["id"] for each in client.list_all("/devices")] == [each["id"] for each in devices]
    client.close()
