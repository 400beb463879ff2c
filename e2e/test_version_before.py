"""This version and the release before it, both as they are installed: each with the other, and the update."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
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


@contextmanager
def running(version: Version, folder: Path) -> Iterator[Server]:
    """A server of this version with an empty data folder."""
    server = Server(folder, program=version.program).start()
    try:
        yield server
    finally:
        server.close()


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
    folder = extension_copy(tmp_path / "loaded", source=of_extension.extension)
    with (
        running(of_server, tmp_path / "server") as server,
        closing(server.client()) as client,
        opened(folder, linkedin) as browser,
    ):
        account = client.account(plan="premium_business", rule_book="rolling")
        connect(browser, server)
        browser.wait_badge("15")
        popup = popup_of(browser)
        popup.wait_text(said(browser, f"older_{older}", of_server.number, of_extension.number))
        assert popup.has("button", said(browser, "reload_extension")) == (older == "extension")

        press(browser, popup, "log_submit")
        popup.wait_text(said(browser, "logged_credit", "Kai Example"))
        browser.wait_badge("14")
        until(lambda: names(client, account) == ["Kai Example"], "the server has it")
        press(browser, popup, "undo")
        browser.wait_badge("15")
        until(lambda: names(client, account) == [], "the server removed it")

        press(browser, popup, "write_later")
        popup.wait_text(said(browser, "listed", "Kai Example"))
        until(lambda: client.list_all("/targets"), "the server has the person on its list")

        if older == "extension":
            # The files in its folder are replaced. Until it is reloaded, its old worker serves the new pages.
            shutil.rmtree(folder)
            extension_copy(folder.parent, source=now.extension)
            assert version_of(browser) == before.number
            popup = browser.click_toolbar()
            with browser.reloading():
                press(browser, popup, "reload_extension")
            assert version_of(browser) == now.number
            popup = popup_of(browser)
            popup.wait_text(said(browser, "listed_since", "today"))
            assert not popup.has("button", said(browser, "reload_extension"))


def test_what_waits_in_the_extension_outlives_its_update(
    before: Version, now: Version, linkedin: PracticeSite, tmp_path: Path
) -> None:
    with running(before, tmp_path / "server") as server, closing(server.client()) as client:
        account = client.account(plan="premium_business", rule_book="rolling")
        put = server.run("extension", INKEEPER_PORT=str(server.port))
        assert put.returncode == 0, put.stderr
        with opened(server.data / "extension", linkedin, connects=True) as browser:
            browser.wait_badge("15")
            devices = client.list_all("/devices")
            client.close()
            server.terminate()
            press(browser, popup_of(browser), "log_submit")
            browser.wait_badge("14↑")
            waiting = browser.outbox()
            assert len(waiting) == 1

            server.program = now.program
            renewed = server.run("extension")
            assert "The extension is renewed." in renewed.stdout, renewed.stderr
            # Until the extension is reloaded, its new pages are shown and its old worker runs.
            assert version_of(browser) == before.number
            browser.click_toolbar().find("button", re.compile(said(browser, "undo")))
            browser.reload_extension()

            assert version_of(browser) == now.number
            assert [entry["id"] for entry in browser.outbox()] == [entry["id"] for entry in waiting]
            server.start()
            refresh(browser)
            browser.wait_badge("14")
            assert names(client, account) == ["Kai Example"]
            assert browser.outbox() == []
            assert [each["id"] for each in client.list_all("/devices")] == [each["id"] for each in devices]
