"""The main path in a Firefox whose language is German: in its menu, the popup, the welcome page and Home."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from e2e.harness.app import sign_in_link
from e2e.harness.client import Client
from e2e.harness.connecting import connect
from e2e.harness.extension import extension_copy
from e2e.harness.firefox import ENTER, Firefox, firefox
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.test_app_firefox import press, wait_text
from e2e.test_firefox import NOTHING_WAITS, logged
from e2e.test_german import NOTIFICATIONS

LANGUAGE = "() => document.documentElement.lang"


@pytest.fixture(scope="module")
def fox(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(extension_copy(tmp_path_factory.mktemp("firefox")), linkedin, language="de") as browser:
        yield browser


@pytest.fixture
def account(client: Client) -> dict[str, Any]:
    """An account of which 15 credits expire in four days."""
    return client.open_expiring_account(within=timedelta(days=4))


def test_from_the_first_page_to_an_inmail(fox: Firefox, server: Server, client: Client, account: dict) -> None:
    fox.visit(fox.extension_url("welcome/welcome.html"))
    wait_text(fox, "Mit Inkeeper auf diesem Computer verbinden")
    assert fox.run("() => [document.title, document.documentElement.lang]") == ["Willkommen bei Inkeeper", "de"]
    assert_accessible(fox)
    connect(fox, server, device="Firefox in a test")
    wait_text(fox, "Automatisches Eintragen einschalten")
    assert_accessible(fox)
    until(lambda: re.match(r"My seat: 45 Credits übrig, Stand heute", title(fox)), "the badge's title in German")
    details = [words["detail"] for words in fox.run_in_extension(NOTIFICATIONS)]
    assert any(re.fullmatch(r"Senden Sie [\d–]+ am Tag, um alle zu nutzen\.", detail) for detail in details)

    fox.visit(PracticeSite.person("kai-example"))
    fox.choose_in_menu("InMail an diese Person eintragen")
    assert logged(client, account)[0]["recipient"]["name"] == "Kai Example"

    fox.visit(fox.extension_url("popup/popup.html"))
    wait_text(fox, r"14 verfallen am \w\w\.?,\s\d+\.\s\w+")
    wait_text(fox, r"Warten auf Antwort \(1\)")
    assert fox.run(LANGUAGE) == "de"
    assert_accessible(fox)
    press(fox, "[data-hook=log-form-toggle]")
    press(fox, "#name")
    fox.type(f"Robin Sample{ENTER}")
    wait_text(fox, "Eingetragen: Robin Sample · 1 Credit")
    until(lambda: fox.run(NOTHING_WAITS), "the server's answer is in")
    press(fox, "#live [data-hook=undo]")
    wait_text(fox, "Robin Sample entfernt\\.")
    until(lambda: len(client.inmails(account)) == 1, "taken back")


def title(fox: Firefox) -> str:
    """What the toolbar icon says on hover."""
    return str(fox.run_in_extension("() => chrome.action.getTitle({})"))


def test_home(fox: Firefox, server: Server, client: Client, account: dict) -> None:
    fox.visit(sign_in_link(server, client))
    wait_text(fox, "InMail eintragen")
    assert fox.run(LANGUAGE) == "de"
    assert_accessible(fox)

    press(fox, "#log-who")
    fox.type(f"Robin Sample{ENTER}")
    wait_text(fox, "Eingetragen: Robin Sample, 1 Credit\\.")
    assert logged(client, account)[0]["recipient"]["name"] == "Robin Sample"
    press(fox, ".toast button")
    wait_text(fox, "Robin Sample entfernt\\.")
    assert client.inmails(account) == []
