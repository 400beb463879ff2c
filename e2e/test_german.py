"""The extension in a Chromium whose language is German: its words, its height, its language for screen readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.extension import extension_copy
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.test_accessibility import assert_popup_is_read_in
from e2e.test_popup import CUT, STATES, assert_fits, pictures, popup_in_any_language, popup_without_server

NOTIFICATIONS = """async () => {
    const {readView} = await import(chrome.runtime.getURL('core/show/view.js'));
    const {warningWords} = await import(chrome.runtime.getURL('core/show/warnings.js'));
    const now = new Date();
    const {accounts: [account]} = await readView(now);
    return account.projection.warnings.map((warning) => warningWords(warning, account, now)).filter(Boolean);
}"""


@pytest.fixture(scope="module")
def german_chromium(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    extension = extension_copy(tmp_path_factory.mktemp("german"))
    browser = Browser(extension, flags=linkedin.browser_flags, language="de")
    yield browser
    browser.quit()


@pytest.fixture
def german(german_chromium: Browser, server: Server) -> Browser:
    """The German browser, connected with the server."""
    german_chromium.reset()
    connect(german_chromium, server)
    return german_chromium


@pytest.mark.parametrize("name", STATES)
def test_every_state_fits_in_german(german: Browser, client: Client, tmp_path: Path, name: str) -> None:
    popup = popup_in_any_language(german, STATES[name], client)

    pictures(popup, tmp_path, name)
    assert_fits(popup)


def test_without_the_server_it_fits_in_german(german: Browser, client: Client, server: Server, tmp_path: Path) -> None:
    popup = popup_without_server(german, client, server)

    popup.wait_text("2 Einträge werden später gespeichert")
    pictures(popup, tmp_path, "server-off")
    assert_fits(popup)
    assert popup.run(CUT) == []


def test_the_popup_speaks_german(german: Browser, client: Client) -> None:
    popup = popup_in_any_language(german, STATES["expiring"], client)

    popup.wait_text("übrig · Limit 1.000 · noch")
    popup.wait_text("Warten auf Antwort (5)")
    assert popup.run(CUT) == [], "who waits and since when"
    assert popup.run("() => [document.documentElement.lang, document.documentElement.dir]") == ["de", "ltr"]


def test_the_popup_as_a_screen_reader_reads_it(german: Browser, client: Client) -> None:
    assert_popup_is_read_in("de", popup_in_any_language(german, STATES["plenty"], client))


def test_the_badge_and_the_notifications_speak_german(german: Browser, client: Client) -> None:
    STATES["expiring"].make(client)
    refresh(german)

    until(lambda: "45 Credits übrig, Stand heute" in german.badge()["title"], "the badge's title in German")
    details = [words["detail"] for words in german.control.run(NOTIFICATIONS)]
    assert any(re.fullmatch(r"Senden Sie [\d–]+ am Tag, um alle zu nutzen\.", detail) for detail in details)


def test_the_welcome_page_speaks_german(german_chromium: Browser, server: Server, tmp_path: Path) -> None:
    german_chromium.reset()
    page = german_chromium.open_extension("welcome/welcome.html")
    page.find("heading", re.compile("Mit Inkeeper auf diesem Computer verbinden"))
    assert_accessible(page)

    connect(german_chromium, server)
    page.find("heading", "Automatisches Eintragen")
    page.find("heading", "Tastenkürzel")
    assert page.run("() => [document.title, document.documentElement.lang]") == ["Inkeeper-Einstellungen", "de"]
    assert_accessible(page)
    page.screenshot(tmp_path / "welcome.png")


def test_a_browser_without_a_translation_gets_english_words_and_says_so(linkedin: PracticeSite, tmp_path: Path) -> None:
    browser = Browser(extension_copy(tmp_path / "extension"), flags=linkedin.browser_flags, language="ar")
    try:
        page = browser.open_extension("welcome/welcome.html")
        page.find("heading", "Welcome to Inkeeper")
        assert page.run("() => [document.documentElement.lang, document.documentElement.dir]") == ["en-GB", "ltr"]
    finally:
        browser.quit()
