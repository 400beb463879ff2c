"""The list of people to write to, in the extension: adding, who is next, and what came of it at the server."""

from __future__ import annotations

import http.client
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.desktop import Desktop
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite, people
from e2e.harness.middle import INKEEPER, Reply, Request, intercepted
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until

ELSEWHERE = "https://www.linkedin.com/"
KAI = PracticeSite.person("kai-example")
SLUGS = {person["name"]: person["slug"] for person in people()}


def today() -> date:
    """The day in the accounts' time zone, UTC."""
    return datetime.now(UTC).date()


def add(client: Client, name: str, **fields: Any) -> dict[str, Any]:
    """Puts somebody of the practice site on the list, as another client does."""
    link = f"https://www.linkedin.com/in/{SLUGS[name]}"
    return dict(client.post("/targets", {"person": {"name": name, "profile_url": link}, **fields}).expect(201))


def state(client: Client, target: dict[str, Any]) -> str:
    """The state of a target at the server."""
    return str(client.get(f"/targets/{target['id']}").expect(200)["state"])


def listed(client: Client) -> list[str]:
    """The names that the server has as ready or planned, in the order of the list."""
    return [each["person"]["name"] for each in client.list_all("/targets") if each["state"] in ("ready", "planned")]


def popup_at(browser: Browser, url: str) -> Page:
    """The popup over a page, once its buttons are there."""
    refresh(browser)
    browser.visit(url)
    popup = browser.click_toolbar()
    popup.find("button", re.compile("^Log (an |a second )?InMail"))
    return popup


def settled(browser: Browser) -> None:
    """Waits until nothing waits for the server, and asserts that nothing needs the user."""
    until(lambda: not browser.outbox(), f"an empty outbox, not {browser.outbox()}")


@pytest.fixture
def account(connected: Browser, client: Client) -> dict[str, Any]:
    """An account with 50 credits, in the connected browser."""
    made = client.account(rule_book="rolling")
    refresh(connected)
    connected.wait_badge("50")
    return made


# -- adding -------------------------------------------------------------------------------------------------


def test_one_click_puts_the_person_of_the_page_on_the_list(
    connected: Browser, client: Client, account: dict[str, Any]
) -> None:
    popup = popup_at(connected, KAI)
    popup.wait_text("Not contacted yet")

    popup.click("button", "+ Write to later")

    popup.wait_text("Kai Example is on your list.")
    popup.wait_text("On your list since today")
    settled(connected)
    [target] = client.list_all("/targets")
    assert (target["person"]["name"], target["person"]["links"], target["account"]) == (
        "Kai Example",
        ["https://www.linkedin.com/in/kai-example"],
        account["id"],
    )
    assert not popup.has("button", "+ Write to later")

    popup.click("button", "Undo: Kai Example")
    popup.find("button", "+ Write to later")
    settled(connected)
    assert state(client, target) == "dropped"


def test_whoever_is_on_the_list_already_is_said_to_be(
    connected: Browser, client: Client, account: dict[str, Any], server: Server
) -> None:
    add(client, "Kai Example")
    connected.visit(KAI)
    # The popup has not heard of it: the server was away when it was opened.
    client.close()
    server.terminate()
    popup = connected.click_toolbar()
    popup.click("button", "+ Write to later")
    popup.wait_text("Kai Example is on your list.")
    server.start()

    connected.ask("retry")

    settled(connected)
    assert listed(client) == ["Kai Example"]
    popup.wait_text("On your list since today")


def test_who_is_on_the_list_is_known_on_their_page(
    connected: Browser, client: Client, account: dict[str, Any], tmp_path: Path
) -> None:
    for name in ("Robin Sample", "Mika Placeholder", "Sasha Specimen"):
        add(client, name)
    add(client, "Kai Example", note="Data lead", purpose="introduction")
    popup = popup_at(connected, KAI)

    popup.wait_text("On your list since today · Introduction · “Data lead”")
    assert_accessible(popup)
    popup.screenshot(tmp_path / "listed.png")


def test_marked_people_are_warned_of_and_can_be_logged(
    connected: Browser, client: Client, account: dict[str, Any]
) -> None:
    target = add(client, "Kai Example")
    client.patch(f"/people/{target['person']['id']}", {"do_not_contact": True}).expect(200)
    popup = popup_at(connected, KAI)
    popup.wait_text("Marked: do not contact")
    assert not popup.has("button", "+ Write to later")
    assert_accessible(popup)

    popup.click("button", re.compile("^Log InMail to Kai Example"))

    connected.wait_badge("49")


def with_text(client: Client, body: str) -> str:
    """The id of a text with this body."""
    text = {"name": "First words", "subject": "Hello {{first_name}}", "body": body}
    return str(client.post("/texts", text).expect(201)["id"])


READ_COPIED = "() => navigator.clipboard.readText()"


def test_the_text_is_copied_and_noted_on_the_inmail(
    connected: Browser, client: Client, account: dict[str, Any]
) -> None:
    text = with_text(client, "Hello {{first_name}}, a word about {{note|your work}}.")
    add(client, "Kai Example", text=text, note="data")
    popup = popup_at(connected, KAI)
    popup.cdp("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    popup.click("button", "Copy subject")
    popup.wait_text("Subject copied.")
    assert popup.run(READ_COPIED) == "Hello Kai"
    popup.click("button", "Copy text")
    popup.wait_text("Text copied.")
    assert popup.run(READ_COPIED) == "Hello Kai, a word about data."

    # It is pasted by the user, which closes the popup; the log comes after that.
    popup = popup_at(connected, KAI)
    popup.click("button", re.compile("^Log InMail to Kai Example"))

    popup.wait_text("Logged Kai Example")
    settled(connected)
    [inmail] = client.inmails(account)
    assert (inmail["text"], inmail["text_version"]) == (text, 1)


def test_a_text_that_lacks_a_word_is_not_copied(
    connected: Browser, client: Client, server: Server, account: dict[str, Any]
) -> None:
    add(client, "Kai Example", text=with_text(client, "A word about {{company}}."))
    popup = popup_at(connected, KAI)

    assert popup.run_on(popup.find("button", "Copy text"), "(button) => button.disabled")
    assert not popup.has("button", "Copy subject")
    popup.click("button", "Missing: company")
    until(lambda: connected.pages(f"{server.address}/people"), "the page is opened where it can be added")


# -- who is next --------------------------------------------------------------------------------------------


def test_elsewhere_the_next_person_is_shown_and_opened(
    connected: Browser, client: Client, account: dict[str, Any]
) -> None:
    add(client, "Mika Placeholder")
    add(client, "Robin Sample", planned_for=str(today()), note="Data lead", purpose="article")
    add(client, "Sasha Specimen", due=str(today()))
    popup = popup_at(connected, ELSEWHERE)
    popup.wait_text("Today: 0 of 2 written")
    popup.wait_text("50 credits, 3 names")
    popup.wait_text(re.compile("Robin Sample\n+Planned for today · Article · “Data lead”"))
    is_working_day = today().isoweekday() <= 5
    until(lambda: ("2 to write to today" in connected.badge()["title"]) == is_working_day, "the badge's title")

    popup.click("button", "Open profile of Robin Sample")

    until(lambda: connected.tab.url == "https://www.linkedin.com/in/robin-sample", "the profile in the same tab")
    assert connected.badge()["text"] == "50"


def test_a_person_without_a_link_is_not_opened(connected: Browser, client: Client, account: dict[str, Any]) -> None:
    client.post("/targets", {"person": {"name": "Noor Dummy"}}).expect(201)
    popup = popup_at(connected, ELSEWHERE)

    popup.wait_text("No profile link yet")
    assert not popup.has("button", re.compile("^Open profile"))


def test_without_anybody_the_way_to_add_people_is_shown(
    connected: Browser, client: Client, server: Server, account: dict[str, Any]
) -> None:
    popup = popup_at(connected, ELSEWHERE)
    popup.wait_text("50 credits, no names yet")

    popup.click("button", "Add people")

    until(lambda: connected.pages(f"{server.address}/people"), "the page is opened")


def test_more_credits_that_expire_than_names_are_warned_of_once(connected: Browser, client: Client) -> None:
    client.open_expiring_account(within=timedelta(days=4))
    add(client, "Robin Sample")

    popup = popup_at(connected, ELSEWHERE)

    popup.wait_text("15 credits expire, 1 name")
    assert popup.names("button").count("Add people") == 1
    assert "on your list for" not in popup.text()
    assert_accessible(popup)


def test_without_credits_it_says_when_they_come(connected: Browser, client: Client, tmp_path: Path) -> None:
    account = client.account(plan="premium_career")
    for number in range(5):
        client.log(account, f"Sample Number {number}").expect(201)
    for name in ("Kai Example", "Robin Sample"):
        add(client, name)
    popup = popup_at(connected, ELSEWHERE)

    popup.wait_text(re.compile(r"New credits (on .+|tomorrow): 2 people are ready"))
    assert not popup.has("button", re.compile("^Open profile"))
    assert_accessible(popup)
    popup.screenshot(tmp_path / "no-credits.png")


# -- what is done about them --------------------------------------------------------------------------------


def test_the_log_closes_the_target_and_its_undo_opens_it(
    connected: Browser, client: Client, account: dict[str, Any]
) -> None:
    target = add(client, "Kai Example", planned_for=str(today()))
    popup = popup_at(connected, KAI)
    popup.wait_text("On your list since today")

    popup.click("button", re.compile("^Log InMail to Kai Example"))

    popup.wait_text("Logged Kai Example · 1 credit")
    popup.wait_no_text("On your list since")
    settled(connected)
    assert state(client, target) == "waiting"
    assert [each["target"] for each in client.inmails(account)] == [target["id"]]

    popup.click("button", "Undo: Kai Example")
    popup.wait_text("On your list since today")
    settled(connected)
    assert state(client, target) == "planned"
    assert client.inmails(account) == []


def test_later_puts_off(connected: Browser, client: Client, account: dict[str, Any]) -> None:
    first, second = add(client, "Robin Sample"), add(client, "Mika Placeholder")
    popup = popup_at(connected, ELSEWHERE)
    popup.find("heading", "Robin Sample")

    popup.click("button", "Later: Robin Sample")
    assert_accessible(popup)
    popup.click("button", "Tomorrow")

    popup.wait_text("Robin Sample: planned for tomorrow.")
    popup.find("heading", "Mika Placeholder")
    settled(connected)
    assert client.get(f"/targets/{first['id']}").body["planned_for"] == str(today() + timedelta(days=1))

    popup.click("button", "Later: Mika Placeholder")
    popup.click("button", "Pick a day")
    day = today() + timedelta(days=40)
    popup.run(
        "(day) => { document.getElementById('later-date').value = day; }",
        str(day),
    )
    popup.click("button", "Save")
    popup.wait_text("Next: Robin Sample, tomorrow")
    settled(connected)
    assert client.get(f"/targets/{second['id']}").body["planned_for"] == str(day)
    assert not popup.has("heading", "Mika Placeholder")


def test_when_new_credits_come(connected: Browser, client: Client, account: dict[str, Any]) -> None:
    target = add(client, "Robin Sample")
    popup = popup_at(connected, ELSEWHERE)
    popup.click("button", "Later: Robin Sample")

    popup.click("button", "When new credits come")

    popup.wait_text("Next: Robin Sample")
    settled(connected)
    grant = next(event for event in client.summary(account)["timeline"] if event["reason"] == "grant")
    planned = client.get(f"/targets/{target['id']}").body["planned_for"]
    assert date.fromisoformat(planned) == datetime.fromisoformat(grant["at"]).date()


def test_not_now_passes_over_and_can_be_taken_back(connected: Browser, client: Client, account: dict[str, Any]) -> None:
    for name in ("Robin Sample", "Mika Placeholder"):
        add(client, name)
    popup = popup_at(connected, ELSEWHERE)
    popup.click("button", "Not now: Robin Sample")
    popup.find("heading", "Mika Placeholder")

    # It is kept for the next popup.
    popup = popup_at(connected, ELSEWHERE)
    popup.click("button", "Not now: Mika Placeholder")
    popup.wait_text("That’s everyone for today.")
    assert_accessible(popup)
    popup.click("button", "Show them again")

    popup.find("heading", "Robin Sample")
    assert listed(client) == ["Robin Sample", "Mika Placeholder"]


def test_dropped_with_an_undo(connected: Browser, client: Client, account: dict[str, Any]) -> None:
    target = add(client, "Robin Sample")
    popup = popup_at(connected, ELSEWHERE)
    popup.click("button", "More: Robin Sample")
    popup.click("button", "Drop")

    popup.wait_text("Took Robin Sample off your list.")
    settled(connected)
    assert state(client, target) == "dropped"

    popup.click("button", "Undo: Robin Sample")
    popup.find("heading", "Robin Sample")
    settled(connected)
    assert state(client, target) == "ready"


def test_do_not_contact(connected: Browser, client: Client, account: dict[str, Any]) -> None:
    target = add(client, "Robin Sample")
    popup = popup_at(connected, ELSEWHERE)
    popup.click("button", "More: Robin Sample")
    popup.click("button", "Do not contact")

    popup.wait_text("Robin Sample is marked: do not contact.")
    popup.wait_text("50 credits, no names yet")
    settled(connected)
    person = client.get(f"/people/{target['person']['id']}").expect(200)
    assert person["do_not_contact"]
    assert state(client, target) == "dropped"


def test_by_keyboard_alone(connected: Browser, client: Client, account: dict[str, Any]) -> None:
    target = add(client, "Robin Sample")
    popup = popup_at(connected, ELSEWHERE)
    until(lambda: popup.focused_name() == ("button", "Open profile of Robin Sample"), "the main button has the focus")

    popup.tab_to("button", "Later: Robin Sample")
    popup.press("Space")
    popup.tab_to("button", "Tomorrow")
    popup.press("Space")

    popup.wait_text("Robin Sample: planned for tomorrow.")
    settled(connected)
    assert state(client, target) == "planned"


# -- what goes wrong on the way -----------------------------------------------------------------------------


def test_without_the_server_nothing_is_lost_and_the_order_is_kept(
    connected: Browser, client: Client, server: Server, account: dict[str, Any]
) -> None:
    kai, robin = add(client, "Kai Example"), add(client, "Robin Sample")
    popup_at(connected, ELSEWHERE)
    client.close()
    server.terminate()

    popup = connected.click_toolbar()
    popup.click("button", "Later: Kai Example")
    popup.click("button", "Tomorrow")
    popup.find("heading", "Robin Sample")
    popup.click("button", "More: Robin Sample")
    popup.click("button", "Drop")
    popup.wait_text("Next: Kai Example, tomorrow")
    connected.visit(PracticeSite.person("mika-placeholder"))
    popup = connected.click_toolbar()
    popup.click("button", "+ Write to later")
    popup.wait_text("On your list since today")
    popup.click("button", re.compile("^Log InMail to Mika Placeholder"))
    popup.wait_text("Logged Mika Placeholder")
    connected.wait_badge("49↑")
    connected.kill_worker()
    server.start()
    connected.ask("retry")

    settled(connected)
    assert (state(client, kai), state(client, robin)) == ("planned", "dropped")
    [mika] = [each for each in client.list_all("/targets") if each["person"]["name"] == "Mika Placeholder"]
    assert mika["state"] == "waiting"
    assert [each["target"] for each in client.inmails(account)] == [mika["id"]]


def test_a_worker_killed_before_the_answer_adds_nobody_twice(browser: Browser, client: Client, server: Server) -> None:
    """The server stores the entry, and its answer never reaches the worker."""
    account = client.account(rule_book="rolling")
    stored, dead = Event(), Event()

    def hold(request: Request) -> Reply | None:
        if (request.method, request.path) != ("POST", "/api/v1/targets") or dead.is_set():
            return None
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request(request.method, request.path, request.body, request.headers)
        assert connection.getresponse().status == 201
        connection.close()
        stored.set()
        assert dead.wait(20)
        return Reply(500, INKEEPER, b"{}")

    with intercepted(hold, server_port=server.port) as line:
        seen = len(server.terminal())
        browser.ask("pair.start", {"address": line.address, "device": "Chromium in a test"})
        browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})
        person = {"name": "Kai Example", "profileUrl": KAI}
        browser.ask("target.add", {"accountId": account["id"], "person": person})
        assert stored.wait(20)
        browser.kill_worker()
        dead.set()

        browser.ask("retry")

        settled(browser)
    assert listed(client) == ["Kai Example"]


def test_two_browsers_close_one_target_once(
    connected: Browser,
    visible: Browser,
    desktop: Desktop,
    client: Client,
    server: Server,
    account: dict[str, Any],
) -> None:
    target = add(client, "Kai Example")
    page = visible.open_extension("welcome/welcome.html")
    page.fill("textbox", "Inkeeper’s address", server.address)
    desktop.allow(page, "Connect")
    page.find("textbox", "Code")
    connect(visible, server)
    page.close()
    visible.wait_badge("50")
    other = popup_at(visible, ELSEWHERE)
    other.find("heading", "Kai Example")
    popup = popup_at(connected, KAI)
    popup.click("button", re.compile("^Log InMail to Kai Example"))
    popup.wait_text("Logged Kai Example")
    settled(connected)

    other.click("button", "More: Kai Example")
    other.click("button", "Drop")

    settled(visible)
    assert state(client, target) == "waiting"
    assert [each["target"] for each in client.inmails(account)] == [target["id"]]
    assert client.summary(account)["targets"]["sent_today"] == 1


# -- without the popup --------------------------------------------------------------------------------------


@pytest.fixture
def seen(visible: Browser, desktop: Desktop, server: Server, client: Client) -> Browser:
    """The visible browser, connected to the server, which has an account with 50 credits."""
    page = visible.open_extension("welcome/welcome.html")
    page.fill("textbox", "Inkeeper’s address", server.address)
    desktop.allow(page, "Connect")
    page.find("textbox", "Code")
    connect(visible, server)
    page.close()
    client.account(rule_book="rolling")
    refresh(visible)
    visible.wait_badge("50")
    return visible


PAGE = (600, 760)


def look_at(browser: Browser, desktop: Desktop, url: str) -> None:
    """Opens a page and clicks into it, so that it has the keyboard."""
    browser.visit(url)
    desktop.click(*PAGE)
    until(lambda: browser.tab.run("() => document.hasFocus()"), "the page has the keyboard")


def test_the_keys_put_the_person_of_the_page_on_the_list(seen: Browser, desktop: Desktop, client: Client) -> None:
    look_at(seen, desktop, KAI)

    desktop.keys("alt+shift+k")

    until(lambda: seen.badge()["text"] == "+", "the sign in the badge that it was done")
    until(lambda: listed(client) == ["Kai Example"], "at the server")
    seen.wait_badge("50")


def test_where_nobody_is_shown_the_keys_open_the_form(seen: Browser, desktop: Desktop, client: Client) -> None:
    look_at(seen, desktop, ELSEWHERE)

    desktop.keys("alt+shift+k")

    popup = seen.attach_page(seen.extension_url("popup/"))
    popup.find("textbox", "Name")
    assert_accessible(popup)
    assert popup.run("() => document.querySelectorAll('button.main').length") == 1
    popup.click("button", "Write to later")
    popup.wait_text("Enter the name.")
    popup.fill("textbox", "Name", "Noor Dummy")
    popup.fill("textbox", "Note (optional)", "met at a fair")
    popup.press("Enter")
    popup.wait_text("Noor Dummy is on your list.")
    until(lambda: listed(client) == ["Noor Dummy"], "at the server")
    [target] = client.list_all("/targets")
    assert target["note"] == "met at a fair"


def choose(desktop: Desktop, where: tuple[int, int], done: Any) -> None:
    """Opens the context menu and chooses "Write to this person later" from the extension's own menu in it."""

    def chosen() -> bool:
        desktop.right_click(*where)
        desktop.keys("i", "w")
        try:
            return bool(until(done, "chosen", seconds=2))
        except AssertionError:
            desktop.keys("Escape", "Escape")
            return False

    until(chosen, "the menu's item was chosen", seconds=30)


def test_the_context_menu_puts_the_person_of_the_page_on_the_list(
    seen: Browser, desktop: Desktop, client: Client
) -> None:
    look_at(seen, desktop, PracticeSite.person("mika-placeholder"))

    choose(desktop, PAGE, lambda: listed(client))

    assert listed(client) == ["Mika Placeholder"]


def test_the_context_menu_on_a_link_fills_in_the_form(seen: Browser, desktop: Desktop, client: Client) -> None:
    """A link names no person for certain, so the user adds the name."""
    look_at(seen, desktop, ELSEWHERE)
    x, y = seen.tab.run(
        """() => {
            const {x, y} = document.querySelector('a[href^="/in/sasha-specimen/"]').getBoundingClientRect();
            return [Math.round(screenX + x + 5), Math.round(screenY + outerHeight - innerHeight + y + 5)];
        }"""
    )

    choose(desktop, (x, y), lambda: seen.pages(seen.extension_url("popup/")))

    popup = seen.attach_page(seen.extension_url("popup/"))
    link = popup.find("textbox", re.compile("^Profile link"))
    assert popup.run_on(link, "(field) => field.value") == "https://www.linkedin.com/in/sasha-specimen"
    popup.fill("textbox", "Name", "Sasha Specimen")
    popup.click("button", "Write to later")
    until(lambda: listed(client) == ["Sasha Specimen"], "at the server")
