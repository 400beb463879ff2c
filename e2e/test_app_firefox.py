"""The pages' main path in a real Firefox: signing in, logging, undo, searching, editing, back, signing out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from e2e.harness.app import sign_in_link
from e2e.harness.client import Client
from e2e.harness.extension import extension_copy
from e2e.harness.firefox import ENTER, Firefox, firefox
from e2e.harness.linkedin import PracticeSite
from e2e.harness.server import Server
from e2e.harness.wait import until


@pytest.fixture(scope="module")
def fox(linkedin: PracticeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(extension_copy(tmp_path_factory.mktemp("firefox")), linkedin) as browser:
        yield browser


@pytest.fixture
def account(client: Client) -> dict:
    account = client.account()
    client.log(account, "Mika Placeholder").expect(201)
    return account


def wait_text(fox: Firefox, pattern: str) -> None:
    read = "() => document.body?.innerText ?? ''"
    try:
        until(lambda: re.search(pattern, fox.run(read)), f"text {pattern!r}")
    except AssertionError as failure:
        raise AssertionError(f"{failure}\nthe page says:\n{fox.run(read)}") from None


def press(fox: Firefox, css: str) -> None:
    """Clicks what the selector finds, once it is there."""
    find = f"() => document.querySelector({css!r})"
    until(lambda: fox.run(f"() => document.querySelector({css!r}) !== null"), f"{css} is there")
    fox.click(find)


def test_the_main_path(fox: Firefox, server: Server, client: Client, account: dict) -> None:
    fox.visit(sign_in_link(server, client))
    wait_text(fox, "Mika Placeholder")
    assert fox.run("() => location.href") == f"{server.address}/"
    assert client.list_all("/devices")[-1]["name"] == "Page in Firefox on Linux"

    press(fox, "#log-who")
    fox.type(f"Robin Sample{ENTER}")
    wait_text(fox, "Logged: Robin Sample, 1 credit\\.")
    press(fox, ".toast button")
    wait_text(fox, "Removed Robin Sample\\.")
    press(fox, "button[aria-label='Replied: Mika Placeholder']")
    wait_text(fox, "Mika Placeholder: replied\\.")
    assert [inmail["outcome"] for inmail in client.inmails(account)] == ["replied"]

    press(fox, "#to-history")
    wait_text(fox, "Download CSV")
    press(fox, "#history-q")
    fox.type("nobody")
    wait_text(fox, "No InMail matches\\.")
    assert fox.run("() => location.href") == f"{server.address}/history"
    fox.run("() => history.back()")
    wait_text(fox, "Log an InMail")
    fox.run("() => history.forward()")
    wait_text(fox, "Download CSV")
    press(fox, "td.do button")
    wait_text(fox, "Remove from log")
    press(fox, "textarea")
    fox.type("met at a fair")
    press(fox, ".editing .main")
    wait_text(fox, "Saved\\.")
    assert client.inmails(account)[0]["note"] == "met at a fair"

    press(fox, "#chip summary")
    press(fox, "[data-sign-out]")
    wait_text(fox, "You're signed out")
    assert "Mika" not in fox.run("() => document.body.innerHTML")
    assert fox.run("() => [Object.keys(localStorage), Object.keys(sessionStorage)]") == [[], []]


def test_a_click_with_ctrl_or_shift_is_left_to_the_browser(
    fox: Firefox, server: Server, client: Client, account: dict
) -> None:
    fox.visit(sign_in_link(server, client))
    wait_text(fox, "Mika Placeholder")

    prevented = fox.run(
        """() => ['ctrlKey', 'shiftKey', 'metaKey'].map((key) => {
            const click = new MouseEvent('click', {bubbles: true, cancelable: true, [key]: true});
            // Keeps the browser from opening a tab in the test, after everybody else was asked.
            let prevented = null;
            const last = (event) => { prevented = event.defaultPrevented; event.preventDefault(); };
            const link = document.querySelector('#to-history');
            link.addEventListener('click', () => { prevented = 'htmx saw it'; });
            addEventListener('click', last, {once: true, capture: false});
            document.addEventListener('click', (event) => event.preventDefault(), {once: true});
            link.dispatchEvent(click);
            return prevented;
        })"""
    )

    assert prevented == [None, None, None]
    assert fox.run("() => location.pathname") == "/"


def test_people_added_searched_put_off_and_edited(fox: Firefox, server: Server, client: Client, account: dict) -> None:
    fox.visit(sign_in_link(server, client, "/people"))
    wait_text(fox, "Nobody on your list yet\\.")
    press(fox, "#several-box summary")
    press(fox, "#add-lines")
    fox.type(f"Robin Sample, Example GmbH{ENTER}https://www.linkedin.com/in/noor-dummy{ENTER}ليلى مثال")
    press(fox, "#several-look")
    wait_text(fox, "3 people would be added")
    press(fox, "#several-add")
    wait_text(fox, "Added 3 people\\.")

    press(fox, "#people-q")
    fox.type("gmbh")
    until(lambda: fox.run("() => document.querySelectorAll('.list .who').length") == 1, "one is left")
    press(fox, "[name=target]")
    press(fox, "#bulk .menu summary")
    press(fox, "#bulk [value=tomorrow]")
    wait_text(fox, "Robin Sample: tomorrow\\.")
    press(fox, ".toast button")
    wait_text(fox, "Undone\\.")
    press(fox, "[data-opens]")
    wait_text(fox, "Planned for")
    press(fox, ".editing textarea")
    fox.type("met at a fair")
    press(fox, ".editing .main")
    wait_text(fox, "Saved\\.")
    assert [one["note"] for one in client.get("/targets").expect(200)["items"]] == ["met at a fair", None, None]
