"""The same folder in a real Firefox: the main path, the outbox, and logging as it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.extension import extension_copy
from e2e.harness.firefox import ENTER, Firefox, firefox
from e2e.harness.linkedin import PracticeSite
from e2e.harness.looking import DEEP
from e2e.harness.server import Server
from e2e.harness.wait import until

SEND = "button[type=submit]"
BODY = "textarea, [role=textbox]"
READ = """async () => {
    const {readPage} = await import(chrome.runtime.getURL('core/page/reading.js'));
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*'});
    return readPage(tab);
}"""
SHORTCUT = """async () => {
    const {logPersonOf} = await import(chrome.runtime.getURL('core/log/quicklog.js'));
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*'});
    await logPersonOf(tab);
}"""
LIST = SHORTCUT.replace("logPersonOf", "listPersonOf")
NOTHING_WAITS = """() => browser.storage.local.get()
    .then((stored) => !Object.keys(stored).some((key) => key.startsWith('outbox')))"""


@pytest.fixture(scope="module")
def fox(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(extension_copy(tmp_path_factory.mktemp("firefox")), linkedin) as browser:
        yield browser


@pytest.fixture
def account(fox: Firefox, server: Server, client: Client) -> Iterator[dict[str, Any]]:
    """A Premium Business account with 15 credits, in a Firefox that is paired with the server."""
    connect(fox, server, device="Firefox in a test")
    made = client.account("Premium", plan="premium_business", rule_book="rolling")
    refresh(fox)
    wait_badge(fox, "15")
    yield made
    fox.ask("listening.set", {"on": False})
    fox.visit("about:blank")
    fox.run_in_extension("async () => { await chrome.storage.local.clear(); await chrome.storage.session.clear(); }")


def wait_badge(fox: Firefox, text: str) -> None:
    """Waits until the toolbar icon shows this."""
    until(lambda: re.fullmatch(re.escape(text), fox.badge()), f"badge {text!r}")


def logged(client: Client, account: dict[str, Any], count: int = 1) -> list[dict[str, Any]]:
    """The account's InMails, once there are as many."""
    until(lambda: len(client.inmails(account)) == count, f"{count} logged")
    return client.inmails(account)


def write(fox: Firefox, tab: str | None = None) -> None:
    """Types a subject and a message with real keys, into a frame if that is given."""
    for css in ("input", BODY):
        fox.click(f"() => {{ {DEEP} return deep({css!r})[0]; }}", tab=tab)
        fox.type("Hello", tab=tab)


def press_send(fox: Firefox, tab: str | None = None) -> None:
    """Clicks Send."""
    fox.click(f"() => {{ {DEEP} return deep({SEND!r})[0]; }}", tab=tab)


def test_the_popup_logs_with_one_click(fox: Firefox, client: Client, account: dict[str, Any]) -> None:
    popup = fox.open(fox.extension_url("popup/popup.html"))
    until(lambda: "Premium" in fox.text(popup), "the account in the popup")
    # The number comes first, the buttons a moment after it.
    until(
        lambda: fox.run("() => Boolean(document.querySelector('[data-hook=log-form-toggle]'))", tab=popup),
        "the form's button",
    )
    fox.click("() => document.querySelector('[data-hook=log-form-toggle]')", tab=popup)
    fox.run("() => document.getElementById('name').focus()", tab=popup)
    fox.type("Robin Sample" + ENTER, tab=popup)

    assert logged(client, account)[0]["recipient"]["name"] == "Robin Sample"
    until(lambda: "Logged Robin Sample · 1 credit" in fox.text(popup), "the popup says so")
    wait_badge(fox, "14")
    # Until the server's answer has been counted, the list grows and moves what is below it.
    until(lambda: fox.run(NOTHING_WAITS, tab=popup), "the server's answer is in")
    fox.click("() => document.querySelector('#live [data-hook=undo]')", tab=popup)
    until(lambda: client.inmails(account) == [], "taken back")
    fox.call("browsingContext.close", context=popup)


def test_the_list_of_people(fox: Firefox, client: Client, account: dict[str, Any]) -> None:
    """Added without the popup, put off and opened in it, closed by the log."""
    fox.visit(PracticeSite.person("kai-example"))
    fox.run_in_extension(LIST)
    until(lambda: len(client.list_all("/targets")) == 1, "Kai is on the list")
    link = PracticeSite.person("robin-sample")
    client.post("/targets", {"person": {"name": "Robin Sample", "profile_url": link}}).expect(201)
    fox.ask("refresh")
    fox.visit("about:blank")
    popup = fox.open(fox.extension_url("popup/popup.html"))
    until(lambda: "15 credits, 2 names" in fox.text(popup), "the list in the popup")
    fox.click("() => document.querySelector('[data-hook=target-later]')", tab=popup)
    fox.click("() => document.querySelector('[data-hook=later-tomorrow]')", tab=popup)
    until(lambda: "Kai Example: planned for tomorrow." in fox.text(popup), "put off")
    until(lambda: fox.run(NOTHING_WAITS, tab=popup), "the server has it")

    fox.click("() => document.querySelector('[data-hook=open-profile]')", tab=popup)

    addresses = "async () => (await chrome.tabs.query({})).map(({url}) => url)"
    until(
        lambda: "https://www.linkedin.com/in/robin-sample" in fox.run_in_extension(addresses), "the profile is opened"
    )
    fox.visit(link)
    fox.run_in_extension(SHORTCUT)
    assert [each["target"] is not None for each in logged(client, account)] == [True]
    states = {each["person"]["name"]: each["state"] for each in client.list_all("/targets")}
    assert states == {"Kai Example": "planned", "Robin Sample": "waiting"}
    fox.call("browsingContext.close", context=popup)


@pytest.mark.parametrize(
    ("page", "asked", "balance"),
    [
        ("main", {}, 45),
        ("main", {"frame": "page"}, 45),
        ("main", {"frame": "blank"}, 45),
        ("sales", {"lang": "de"}, 92),
    ],
)
def test_a_page_is_read_at_a_click(fox: Firefox, page: str, asked: dict[str, str], balance: int) -> None:
    fox.visit(PracticeSite.composer(page, **asked))

    read = until(lambda: (found := fox.run_in_extension(READ))["balance"] and found, "read")

    assert (read["person"]["name"], read["cost"], read["balance"]) == ("Kai Example", "credit", balance)


def test_the_outbox_keeps_what_the_server_missed(
    fox: Firefox, client: Client, server: Server, account: dict[str, Any]
) -> None:
    client.close()
    server.terminate()
    fox.visit(PracticeSite.person("robin-sample"))
    fox.run_in_extension(SHORTCUT)
    assert len(fox.outbox()) == 1
    wait_badge(fox, "14")  # an arrow would be cut off; the title says that it waits
    assert "1 waiting to be saved" in fox.run_in_extension("() => chrome.action.getTitle({})")

    server.start()
    fox.ask("retry")

    assert logged(client, account)[0]["source"] == "shortcut"
    until(lambda: fox.outbox() == [], "nothing waits")


@pytest.mark.parametrize("asked", [{}, {"send": "close"}, {"send": "balance"}, {"frame": "blank"}])
def test_a_send_is_logged_as_it_happens(
    fox: Firefox, client: Client, account: dict[str, Any], asked: dict[str, str]
) -> None:
    fox.ask("listening.set", {"on": True})
    fox.visit(PracticeSite.composer("main", **asked))
    frame = frame_in(fox) if "frame" in asked else None
    write(fox, frame)
    press_send(fox, frame)

    (inmail,) = logged(client, account)
    assert (inmail["recipient"]["name"], inmail["cost"], inmail["source"]) == ("Kai Example", 1, "page")


def frame_in(fox: Firefox) -> str:
    """The one frame of the page."""
    (tree,) = fox.call("browsingContext.getTree", root=fox.tab)["contexts"]
    return str(tree["children"][0]["context"])


def test_enter_and_a_silent_failure(fox: Firefox, client: Client, account: dict[str, Any]) -> None:
    fox.ask("listening.set", {"on": True})
    fox.visit(PracticeSite.composer("main", enter="1"))
    write(fox)
    fox.type(ENTER)
    logged(client, account)

    fox.visit(PracticeSite.composer("sales", lang="tr", send="silent"))
    fox.run("() => document.querySelector('section').setAttribute('aria-label', 'Robin Sample ile konuşma')")
    write(fox)
    press_send(fox)

    (question,) = until(lambda: fox.storage("questions"), "asked about", seconds=15)
    assert question["name"] == "Robin Sample"
    assert len(client.inmails(account)) == 1


def test_switched_off_it_does_not_listen(fox: Firefox, client: Client, account: dict[str, Any]) -> None:
    fox.ask("listening.set", {"on": True})
    fox.ask("listening.set", {"on": False})
    assert fox.run_in_extension("() => chrome.scripting.getRegisteredContentScripts({ids: ['listen']})") == []
    fox.visit(PracticeSite.composer("main"))
    write(fox)
    press_send(fox)
    fox.visit(PracticeSite.person("robin-sample"))
    fox.run_in_extension(SHORTCUT)

    assert logged(client, account)[0]["recipient"]["name"] == "Robin Sample"
