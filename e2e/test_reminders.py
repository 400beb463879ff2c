"""Warnings for one who is not looking: once a day and kind, once for each step, and not while it is to be quiet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect
from e2e.harness.desktop import Desktop
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until


@pytest.fixture
def account(client: Client) -> dict:
    """The account that the reminders are about."""
    return client.open_expiring_account(within=timedelta(days=2.5))


@pytest.fixture
def settings(visible: Browser, desktop: Desktop, server: Server, account: dict) -> Page:
    """The settings of a connected browser."""
    welcome = visible.open_extension("welcome/welcome.html")
    welcome.fill("textbox", "Inkeeper’s address", server.address)
    desktop.allow(welcome, "Connect")
    welcome.find("textbox", "Code")
    connect(visible, server)
    welcome.close()
    page = visible.open_extension("welcome/welcome.html")
    page.find("heading", "Reminders")
    return page


@pytest.fixture
def reminded(visible: Browser, desktop: Desktop, settings: Page) -> Page:
    """The settings after notifications were switched on and allowed."""
    desktop.allow(settings, "Turn notifications on")
    settings.find("button", "Turn notifications off")
    return settings


def ring(browser: Browser) -> None:
    """Has the worker's own alarm ring now, and waits until the worker has done all that it does then."""
    browser.control.run("() => chrome.alarms.create('refresh', {when: Date.now()})")
    # The worker sets the periodic alarm again while it paints the badge; its reminders come last, under a lock.
    until(lambda: (alarm(browser) or {}).get("periodInMinutes"), "the alarm rang")
    until(lambda: not browser.control.run(LOCKS), "the worker is done")


LOCKS = """async () => {
    const {held, pending} = await navigator.locks.query();
    return held.length + pending.length;
}"""


def alarm(browser: Browser) -> dict | None:
    """The alarm for the regular refresh."""
    return browser.control.run("() => chrome.alarms.get('refresh')")


def notifications(browser: Browser) -> list[str]:
    """The notifications that stand now."""
    return list(browser.control.run("async () => Object.keys(await chrome.notifications.getAll())"))


def one_for(browser: Browser, account: dict) -> str:
    """The one notification about an account, waited for; then closed, as the user would."""
    (mine,) = until(lambda: [one for one in notifications(browser) if one.startswith(account["id"])], "a notification")
    browser.control.run("(id) => chrome.notifications.clear(id)", mine)
    return mine


def test_a_warning_comes_once_a_day_and_once_for_each_step(
    visible: Browser, client: Client, account: dict, reminded: Page
) -> None:
    ring(visible)
    assert "/expiring/" in one_for(visible, account)

    # Neither the next alarm nor a new worker repeats it; a second account's warning proves that they looked.
    visible.kill_worker()
    second = client.open_expiring_account("The other seat", within=timedelta(days=2.5))
    ring(visible)
    one_for(visible, second)
    assert notifications(visible) == []

    # Nor does the next day, until the warning has become urgent.
    visible.shift_worker_clock(timedelta(days=1))
    third = client.open_expiring_account("The third seat", within=timedelta(days=2.5))
    ring(visible)
    one_for(visible, third)
    assert notifications(visible) == []
    visible.shift_worker_clock(timedelta(days=2))
    ring(visible)
    assert one_for(visible, account).endswith("/urgent")


def test_at_the_planned_time_the_person_is_named_once(
    visible: Browser, client: Client, account: dict, reminded: Page
) -> None:
    ring(visible)
    one_for(visible, account)
    now = datetime.now(UTC)
    person = {"name": "Kai Example", "profile_url": "https://www.linkedin.com/in/kai-example"}
    planned = {"planned_for": f"{now:%Y-%m-%d}", "planned_at": f"{now:%H:%M}"}
    target = client.post("/targets", {"person": person, **planned}).expect(201)

    ring(visible)

    (mine,) = until(lambda: notifications(visible), "a notification")
    assert mine.startswith(f"target/{target['id']}/")
    visible.control.run("(id) => chrome.notifications.clear(id)", mine)
    visible.kill_worker()
    ring(visible)
    assert notifications(visible) == []


def test_quiet_for_a_day(visible: Browser, account: dict, reminded: Page) -> None:
    reminded.click("button", "a day")
    reminded.wait_text("Snoozed until")
    ring(visible)
    assert notifications(visible) == []

    reminded.click("button", "Resume")
    reminded.find("button", "a week")
    ring(visible)

    one_for(visible, account)


def test_switched_off_nothing_comes(visible: Browser, account: dict, reminded: Page) -> None:
    reminded.click("button", "Turn notifications off")
    reminded.find("button", "Turn notifications on")

    ring(visible)

    assert notifications(visible) == []
    assert visible.storage("reminders")["shown"] == {}
