"""The popup as a whole: its order and height in every everyday state, its menu, and the ways to the server's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client, midday_zone
from e2e.harness.connecting import refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import SHIFT_CLOCK, Page
from e2e.harness.server import Server
from e2e.harness.wait import until

HEIGHT_MAX = 560
PEOPLE = ("Mika Placeholder", "Noor Dummy", "Sasha Specimen", "Robin Sample", "Élodie Muster")
SIZE = """() => {
    const main = document.getElementById('popup');
    const root = document.documentElement;
    return [innerWidth, root.scrollWidth, main.scrollHeight, document.body.offsetHeight, main.scrollWidth];
}"""

CUT = """() => [...document.querySelectorAll('.who *')].filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => one.textContent)"""
"""JavaScript: the names and days that are cut off."""

FONTS = ("system-ui", "serif", "monospace")
"""Fonts that every system has. `monospace` is wider than any other that a browser would choose."""

AT_WIDEST_DAY = """async (font, shiftClock) => {
    document.body.style.fontFamily = font;
    const tool = document.createElement('canvas').getContext('2d');
    tool.font = getComputedStyle(document.body).font;
    const DAY = 86_400_000;
    const format = new Intl.DateTimeFormat(
        document.documentElement.lang, {weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC'});
    const widthOf = (day) => tool.measureText(format.format(day * DAY)).width;
    const today = Math.floor((globalThis.RealDate ?? Date).now() / DAY);
    const year = Array.from({length: 366}, (_, index) => today + index);
    const widest = year.reduce((best, day) => (widthOf(day) > widthOf(best) ? day : best));

    globalThis.stored ??= await chrome.storage.local.get(null);
    const {summary} = Object.entries(stored).find(([key]) => key.startsWith('summary/'))[1];
    const end = summary.next_loss?.at ?? summary.timeline[0].at;
    const by = (widest - Math.floor((Date.parse(end) - 1) / DAY)) * DAY;
    const isTime = /^\\d{4}-\\d\\d-\\d\\d(T.*)?$/;
    const move = (text) => new Date(Date.parse(text) + by).toISOString().slice(0, text.length > 10 ? 24 : 10);
    const moved = JSON.stringify(stored, (_, value) => (isTime.test(value) ? move(value) : value));
    shiftClock(by);
    const painted = new Promise((resolve) => {
        // Each painting sets it.
        new MutationObserver(resolve).observe(document.getElementById('popup'), {attributeFilter: ['data-room']});
    });
    await chrome.storage.local.set({...JSON.parse(moved), font});
    await painted;
    return format.format(widest * DAY);
}"""


def at_widest_day(popup: Page, font: str) -> str:
    """Repaints the popup in a font, moved in time so that credits expire on the day whose name is widest."""
    return str(popup.run(f"(font) => ({AT_WIDEST_DAY})(font, {SHIFT_CLOCK})", font))


def ago(**by: float) -> str:
    """An instant of the past."""
    return (datetime.now(UTC) - timedelta(**by)).isoformat()


def with_answers_waited_for(client: Client, account: dict) -> dict:
    """Five InMails of the last weeks without an answer."""
    for number, name in enumerate(PEOPLE):
        client.log(account, name, cost=0, sent_at=ago(days=1, hours=number)).expect(201)
    return account


def plenty(client: Client) -> dict:
    return with_answers_waited_for(client, client.account(rule_book="rolling", opened_at=ago(days=20)))


def expiring(client: Client) -> dict:
    account = client.open_expiring_account(within=timedelta(days=4))
    return with_answers_waited_for(client, account)


def today(client: Client) -> dict:
    account = client.open_expiring_account(within=timedelta(hours=10))
    return with_answers_waited_for(client, account)


def several(client: Client) -> dict:
    account = expiring(client)
    for name, plan in (("Hiring", "recruiter_lite"), ("Private", "premium_career")):
        client.account(name, plan=plan)
    return account


def none_left(client: Client) -> dict:
    account = client.account(plan="premium_career", time_zone=midday_zone(), opened_at=ago(hours=2))
    for name in PEOPLE:
        client.log(account, name, sent_at=ago(hours=1)).expect(201)
    return account


def midway(client: Client) -> dict:
    """Set up with 12 of 25 left."""
    return client.account(observed_balance=12)


def at_the_limit(client: Client) -> dict:
    return with_answers_waited_for(client, client.account(rule_book="rolling", cap=60, opened_at=ago(days=20)))


def many(client: Client) -> dict:
    """A number of four digits, all of it about to expire."""
    price = {"amount_minor": 250_000, "currency": "EUR"}
    terms = {"allotment": 2500, "observed_balance": 2487, "price": price}
    return client.account(**terms)


def next_at_the_limit(client: Client) -> dict:
    account = at_the_limit(client)
    three_listed(client)
    return account


def written_before(client: Client) -> dict:
    account = plenty(client)
    link = "https://www.linkedin.com/in/kai-example"
    body = {"recipient": {"name": "Kai Example", "profile_url": link}, "source": "api", "sent_at": ago(days=9)}
    client.post(f"/accounts/{account['id']}/inmails", body).expect(201)
    return account


def listed(client: Client, name: str, link: str | None, **fields: object) -> dict:
    """Puts somebody on the list, with a text to copy for them."""
    text = {"name": f"For {name}", "subject": "Hello {{first_name}}", "body": "A word about {{company}}."}
    made = client.post("/texts", text).expect(201)
    person = {"name": name, "company": "Sample Ltd", "headline": "Buys samples of everything", "profile_url": link}
    body = {"person": person, "text": made["id"], **fields}
    return dict(client.post("/targets", body).expect(201))


def three_listed(client: Client, **fields: object) -> None:
    """Three people on the list, the first to be written to today."""
    today = str(datetime.now(UTC).date())
    note = {"note": "met at a fair, likes data", "purpose": "introduction"}
    listed(client, "Robin Sample", PracticeSite.person("robin-sample"), due=today, **note, **fields)
    for name in ("Mika Placeholder", "Sasha Specimen"):
        listed(client, name, None)


def next_one(client: Client) -> dict:
    account = expiring(client)
    three_listed(client)
    return account


def next_with_plenty(client: Client) -> dict:
    account = plenty(client)
    three_listed(client)
    return account


def next_of_several(client: Client) -> dict:
    account = several(client)
    three_listed(client)
    return account


def next_lacks_a_word(client: Client) -> dict:
    account = expiring(client)
    text = {"name": "Text", "subject": "Hello", "body": "A word about {{company}} and {{headline}}."}
    made = client.post("/texts", text).expect(201)
    person = {"name": "Robin Sample", "profile_url": PracticeSite.person("robin-sample")}
    client.post("/targets", {"person": person, "text": made["id"], "note": "likes data"}).expect(201)
    return account


def next_in_arabic(client: Client) -> dict:
    account = expiring(client)
    listed(client, "محمد عبد الرحمن الهاشمي", PracticeSite.person("mohammad"), note="شركة البيانات الكبرى في الشارقة")
    return account


def next_in_japanese(client: Client) -> dict:
    account = expiring(client)
    note = "データ責任者、来月の展示会でもう一度会う予定で、見積もりを希望している"
    listed(client, "山田 太郎", PracticeSite.person("taro"), note=note, purpose="follow_up")
    return account


def listed_here(client: Client) -> dict:
    account = expiring(client)
    link = PracticeSite.person("kai-example")
    listed(client, "Kai Example", link, note="Data lead", purpose="introduction")
    return account


def listed_and_written_before(client: Client) -> dict:
    account = written_before(client)
    target = listed(client, "Kai Example", PracticeSite.person("kai-example"), note="Data lead")
    client.patch(f"/targets/{target['id']}", {"planned_for": str(datetime.now(UTC).date())}).expect(200)
    return account


def marked(client: Client) -> dict:
    account = expiring(client)
    target = listed(client, "Kai Example", PracticeSite.person("kai-example"))
    client.patch(f"/people/{target['person']['id']}", {"do_not_contact": True}).expect(200)
    return account


def ready_without_credits(client: Client) -> dict:
    account = none_left(client)
    three_listed(client)
    return account


ELSEWHERE = "https://www.linkedin.com/"


class State(NamedTuple):
    """A state of the popup over a person's page, or elsewhere, and words that show that it is there."""

    make: Callable[[Client], dict]
    words: str
    url: str = PracticeSite.person("kai-example")


STATES = {
    "plenty": State(plenty, "Waiting for a reply"),
    "elsewhere": State(plenty, "Log an InMail…", ELSEWHERE),
    "expiring": State(expiring, "15 expire"),
    "today": State(today, "15 expire"),
    "several-accounts": State(several, "15 expire"),
    "none-left": State(none_left, "no credits left"),
    "midway": State(midway, "13 used before Inkeeper"),
    "at-the-limit": State(at_the_limit, "Waiting for a reply"),
    "many": State(many, "2,487"),
    "next-at-the-limit": State(next_at_the_limit, "Copy text", ELSEWHERE),
    "written-before": State(written_before, "no reply yet"),
    "next": State(next_one, "Today: 0 of 1 written", ELSEWHERE),
    "next-plenty": State(next_with_plenty, "Copy text", ELSEWHERE),
    "next-several": State(next_of_several, "Copy text", ELSEWHERE),
    "next-lacks-a-word": State(next_lacks_a_word, "Missing: company and headline", ELSEWHERE),
    "next-arabic": State(next_in_arabic, "محمد", ELSEWHERE),
    "next-japanese": State(next_in_japanese, "山田", ELSEWHERE),
    "listed": State(listed_here, "On your list since"),
    "listed-written-before": State(listed_and_written_before, "On your list since"),
    "marked": State(marked, "Marked: do not contact"),
    "ready-without-credits": State(ready_without_credits, "3 people are ready", ELSEWHERE),
}


def popup_over(browser: Browser, state: State, client: Client) -> Page:
    """The popup over a page, once it shows all there is."""
    state.make(client)
    refresh(browser)
    browser.visit(state.url)
    popup = browser.click_toolbar()
    popup.wait_text(state.words)
    if state.url == PracticeSite.person("kai-example"):
        popup.wait_text(re.compile("Log (InMail|a second InMail…)"))
    return popup


def popup_in_any_language(browser: Browser, state: State, client: Client) -> Page:
    """The popup over a page, once it shows all there is, in whatever words."""
    state.make(client)
    refresh(browser)
    browser.visit(state.url)
    popup = browser.click_toolbar()
    is_person = state.url == PracticeSite.person("kai-example")
    # What the server has about the person arrives last.
    last = "[data-hook='past'], [data-hook='listed'], [data-hook='marked']" if is_person else "[data-part='log']"
    until(lambda: popup.run("(css) => document.querySelector(css) !== null", last), f"{last} in the popup")
    return popup


def popup_without_server(browser: Browser, client: Client, server: Server) -> Page:
    """The popup over somebody's page, with two entries that wait for the server."""
    popup_in_any_language(browser, STATES["plenty"], client)
    account = browser.storage("currentAccount")
    server.kill()
    for name in ("Kai Example", "Robin Sample"):
        body = {"recipient": {"name": name}, "cost": 1, "source": "popup"}
        browser.ask("log", {"accountId": account, **body})
    browser.visit(PracticeSite.person("mika-placeholder"))
    popup = browser.click_toolbar()
    popup.wait_text("make run")
    until(lambda: popup.run("() => document.querySelector('[data-part=log]') !== null"), "the rest of the popup")
    return popup


def assert_fits(popup: Page, height: int = HEIGHT_MAX) -> None:
    """No higher than that, and no wider than the window."""
    width, root_width, main_height, body_height, main_width = popup.run(SIZE)
    assert max(main_height, body_height) <= height
    assert max(root_width, main_width) <= width


def pictures(popup: Page, folder: Path, name: str) -> None:
    """Judged in both themes, and kept as pictures."""
    assert_accessible(popup)
    for theme in ("light", "dark"):
        popup.emulate(theme=theme, reduced_motion=theme == "dark")
        popup.screenshot(folder / f"{name}-{theme}.png")


@pytest.mark.parametrize("name", STATES)
def test_every_state_fits_and_is_accessible(connected: Browser, client: Client, tmp_path: Path, name: str) -> None:
    popup = popup_over(connected, STATES[name], client)

    assert_fits(popup)
    pictures(popup, tmp_path, name)
    for font in FONTS:
        day = at_widest_day(popup, font)
        assert_fits(popup)
        popup.screenshot(tmp_path / f"{name}-{font}-{day}.png")


def test_an_answer_that_is_being_chosen_keeps_its_place(connected: Browser, client: Client) -> None:
    popup = popup_over(connected, STATES["expiring"], client)
    assert popup.run("() => document.querySelectorAll('[data-part=awaiting] li').length") == 2
    name = popup.run("() => document.querySelectorAll('[data-part=awaiting] .name')[1].textContent")

    popup.click("button", f"More: {name}")

    popup.find("button", f"Declined: {name}")
    assert popup.run(SIZE)[2] > HEIGHT_MAX
    popup.click("button", f"More: {name}")
    assert popup.run("() => document.querySelectorAll('[data-part=awaiting] li').length") == 2
    assert_fits(popup)


def test_the_loss_is_the_only_box_and_comes_right_after_the_number(connected: Browser, client: Client) -> None:
    popup = popup_over(connected, STATES["expiring"], client)

    order = popup.run("() => [...document.querySelectorAll('#popup > *')].map(({dataset}) => dataset.part)")
    assert order == ["header", "balance", "loss", "log", "awaiting", "observed"]
    assert popup.run("() => document.querySelectorAll('.notice').length") == 1
    assert popup.run("() => document.querySelector('.loss').classList.contains('warning')")


def test_within_a_day_the_loss_is_red_in_popup_and_badge(connected: Browser, client: Client) -> None:
    popup = popup_over(connected, STATES["today"], client)

    assert popup.run("() => document.querySelector('.loss').classList.contains('urgent')")
    assert connected.control.run("() => chrome.action.getBadgeBackgroundColor({})")[:3] == [163, 32, 29]


def test_the_numbers_add_up_where_credits_were_used_before_inkeeper(connected: Browser, client: Client) -> None:
    popup = popup_over(connected, STATES["midway"], client)

    popup.wait_text(re.compile("left of 25"))
    assert "0 used" not in popup.text()


def test_without_the_server_it_fits_and_says_how_to_start_it(
    connected: Browser, client: Client, server: Server, tmp_path: Path
) -> None:
    popup = popup_without_server(connected, client, server)

    popup.wait_text("Inkeeper isn’t running")
    popup.wait_text("2 waiting to be saved")
    popup.find("button", re.compile("^Log (InMail|a second)"))
    pictures(popup, tmp_path, "server-off")
    assert_fits(popup)
    assert popup.run(CUT) == []


def test_the_focus_is_on_the_main_button_from_the_start(connected: Browser, client: Client) -> None:
    popup = popup_over(connected, STATES["plenty"], client)

    until(lambda: popup.focused_name()[1].startswith("Log InMail to Kai Example"), "the main button has the focus")


def test_the_main_button_keeps_the_focus_when_lines_come_and_go(connected: Browser, client: Client) -> None:
    popup = popup_over(connected, STATES["plenty"], client)
    popup.wait_text("Not contacted yet")
    assert popup.focused_name()[1].startswith("Log InMail to Kai Example")
    assert popup.run("() => Boolean(document.querySelector('[data-part=notes]'))")

    connected.control.run(
        """async () => {
            const [key, stored] = Object.entries(await chrome.storage.local.get(null))
                .find(([key]) => key.startsWith('summary/'));
            stored.summary.warnings = [];
            await chrome.storage.local.set({[key]: stored});
        }"""
    )

    until(lambda: not popup.run("() => document.querySelector('[data-part=notes]')?.textContent"), "the note is gone")
    assert popup.focused_name()[1].startswith("Log InMail to Kai Example")


def test_a_burst_of_changes_is_painted_a_few_times(connected: Browser, client: Client) -> None:
    """So the reply to a click, which follows the change, does not wait for a painting."""
    popup = popup_over(connected, STATES["plenty"], client)
    popup.run(
        """() => {
            globalThis.paintings = 0;
            const count = () => { globalThis.paintings += 1; };
            new MutationObserver(count).observe(document.getElementById('popup'), {attributeFilter: ['data-room']});
        }"""
    )

    connected.control.run(
        """async () => {
            const {connection} = await chrome.storage.local.get('connection');
            const changes = Array.from({length: 50}, (_, detail) => ({...connection, detail: String(detail)}));
            await Promise.all(changes.map((connection) => chrome.storage.local.set({connection})));
            await chrome.storage.local.set({connection: {...connection, state: 'server_off'}});
        }"""
    )

    popup.wait_text("Inkeeper isn’t running")
    assert 1 <= popup.run("() => globalThis.paintings") < 25


def test_a_popup_in_a_hidden_tab_shows_everything(connected: Browser, client: Client) -> None:
    """The browser shows no frame of it."""
    plenty(client)
    refresh(connected)
    address = connected.extension_url("popup/popup.html")
    target = connected.cdp.call("Target.createTarget", {"url": address, "background": True})
    popup = Page(connected.cdp, target["targetId"])

    popup.wait_text("Log an InMail…")
    popup.close()


def test_the_menu_has_every_account_with_its_number(connected: Browser, client: Client, tmp_path: Path) -> None:
    popup = popup_over(connected, STATES["several-accounts"], client)
    popup.wait_text("Not contacted yet")
    height = popup.run(SIZE)[2]
    popup.click("button", "My seat")

    assert popup.run("() => [...document.querySelectorAll('.menu .count')].map(({textContent}) => textContent)")[
        1:
    ] == [
        "50",
        "5",
    ]
    assert popup.run(SIZE)[2] == height
    pictures(popup, tmp_path, "menu")
    popup.click("button", re.compile("^Switch to Hiring"))
    popup.find("heading", "Hiring")
    assert not popup.has("button", re.compile("^Switch to Private"))


@pytest.mark.parametrize("page", ["History"])
def test_the_servers_pages_open_signed_in(connected: Browser, client: Client, server: Server, page: str) -> None:
    popup = popup_over(connected, STATES["plenty"], client)

    popup.click("button", page)

    opened = connected.attach_page(f"{server.address}/{page.lower()}")
    opened.find("heading", page)
    opened.wait_text("Mika Placeholder")
    assert "signin" not in opened.url


@pytest.mark.parametrize("page", ["Report", "Settings"])
def test_every_icon_leads_to_its_page(connected: Browser, client: Client, server: Server, page: str) -> None:
    popup = popup_over(connected, STATES["plenty"], client)

    popup.click("button", page)

    until(lambda: connected.pages(f"{server.address}/{page.lower()}"), "the page is opened")


def test_what_was_said_goes_away_and_covers_no_button(connected: Browser, client: Client) -> None:
    popup = popup_over(connected, STATES["plenty"], client)
    popup.click("button", re.compile("^Log InMail to Kai Example"))
    popup.wait_text("Logged Kai Example · 1 credit")
    covered = """() => {
        const said = document.getElementById('live').getBoundingClientRect();
        return [...document.querySelectorAll('#popup button')].filter((button) => {
            const {bottom} = button.getBoundingClientRect();
            return bottom > said.top + 1 && bottom <= said.bottom;
        }).length;
    }"""
    assert popup.run(covered) == 0

    popup.wait_no_text("Logged Kai Example", seconds=25)


@pytest.mark.parametrize(
    ("width", "zoom", "direction"), [(360, 1, "ltr"), (360, 2, "ltr"), (320, 1, "ltr"), (360, 1, "rtl")]
)
def test_nothing_sticks_out(
    connected: Browser, client: Client, tmp_path: Path, width: int, zoom: int, direction: str
) -> None:
    popup = popup_over(connected, STATES["expiring"], client)
    popup.run(
        "(width, zoom, direction) => { const root = document.documentElement; root.dir = direction;"
        " root.style.zoom = zoom; for (const part of [root, document.body]) part.style.inlineSize = `${width}px`; }",
        width,
        zoom,
        direction,
    )

    out = popup.run(
        "(width) => [...document.querySelectorAll('#popup *')].filter((part) => {"
        " const {left, right, width: own} = part.getBoundingClientRect();"
        " const box = document.body.getBoundingClientRect();"
        " return own > 1 && (left < box.left - 1 || right > box.right + 1); }).map(({className}) => className)",
        width,
    )
    assert out == []
    popup.screenshot(tmp_path / f"sizes-{width}-{zoom}-{direction}.png")


def test_forced_colours_keep_what_colours_say(connected: Browser, client: Client, tmp_path: Path) -> None:
    popup = popup_over(connected, STATES["expiring"], client)
    popup.cdp("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])

    assert popup.run("() => matchMedia('(forced-colors: active)').matches")
    for part in (".bar", ".loss"):
        assert popup.run(f"() => getComputedStyle(document.querySelector('{part}')).borderTopStyle") == "solid"
    popup.screenshot(tmp_path / "forced.png")
