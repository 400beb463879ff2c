"""The main path for people who use a screen reader, the keyboard, forced colours, a zoom of 200 % or less motion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.harness.app import open_app, reset_size, resize, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.hearing import assert_in_order, heard, in_language, listen, outline
from e2e.harness.judging import layout_faults
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.test_popup import STATES, popup_over
from tests.web.test_language import PAGES

WHO = "Name or profile link"

ZOOMED_TAB = (640, 400)
"""What a tab of 1280 by 800 pixels shows at a zoom of 200 %, in CSS pixels."""

ZOOMED_POPUP = (400, 300)
"""The most that a browser shows of a popup at a zoom of 200 %."""

IS_IN_SIGHT = """(css) => {
    const {top, bottom} = document.querySelector(css).getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
}"""

UNMARKED = """() => [':is(a, button)[aria-current]', '[aria-pressed=true]', '.shows label:has(:checked)']
    .flatMap((css) => [...document.querySelectorAll(css)])
    .filter((one) => one.checkVisibility() && getComputedStyle(one).outlineStyle === 'none')
    .map((one) => one.outerHTML.slice(0, 90))"""

FORCED_COLOURS = [{"name": "forced-colors", "value": "active"}]


@pytest.fixture
def home(browser: Browser, server: Server, client: Client) -> Page:
    account = client.account()
    client.log(account, "Kai Example").expect(201)
    for name in ("Robin Sample", "Noor Dummy"):
        client.post("/targets", {"person": {"name": name}}).expect(201)
    page = open_app(browser, server, client)
    page.find("button", "Log InMail")
    return page


@pytest.fixture
def speak(browser: Browser) -> Iterator[Callable[[str], None]]:
    """Sets the language in which the first tab requests pages, until the test ends."""

    def request_in(language: str) -> None:
        browser.tab.cdp("Network.enable")
        browser.tab.cdp("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})

    yield request_in
    browser.tab.cdp("Network.setExtraHTTPHeaders", headers={})
    browser.tab.cdp("Network.disable")


def visit(page: Page, server: Server, path: str) -> Page:
    page.cdp("Page.navigate", url=f"{server.address}{path}")
    return wait_idle(page.wait_loaded())


POPUP_OVER_A_PERSON = [
    "main",
    "heading 'My seat' level=1",
    "button 'My seat' collapsed",
    "navigation '{Pages|Seiten}'",
    "button '{People|Personen}'",
    "button '{History|Verlauf}'",
    "button '{Report|Bericht}'",
    "button '{Settings|Einstellungen}'",
    "region '{Credits left|Verbleibende Credits}'",
    "region '{Log an InMail|InMail eintragen}'",
    "heading 'Kai Example' level=2",
    "button '{Log InMail to Kai Example 1 credit (LinkedIn doesn’t show the cost here)"
    "|InMail eintragen an Kai Example wohl 1 Credit} · Alt+Shift+L'",
    "button '{Log a free InMail to Kai Example|Gratis: InMail an Kai Example eintragen}'"
    " ({An Open Profile or a 1st-degree connection costs no credit"
    "|Ein Open Profile oder ein Kontakt 1. Grades kostet keinen Credit})",
    "button '{Add details…|Details…}' collapsed",
    "heading '{Waiting for a reply (5)|Warten auf Antwort (5)}' level=2",
    "list",
    "button '{Replied|Geantwortet}: Élodie Muster'",
    "button '{More|Mehr}: Élodie Muster' collapsed",
    "region '{The number that LinkedIn shows|Die Zahl, die LinkedIn zeigt}'",
    "button '{No, it’s…|Nein, sondern…}' collapsed",
    "status",
]

HOME = [
    "link '{Skip to content|Zum Inhalt springen}'",
    "banner",
    "navigation '{Pages|Seiten}'",
    "link '{Home|Start}'",
    "DisclosureTriangle '{Account|Konto}: My seat' collapsed",
    "main",
    "heading '{Home|Start}' level=1",
    "region 'My seat'",
    "button '{Yes, LinkedIn shows 24 too|Ja, LinkedIn zeigt auch 24}'",
    "DisclosureTriangle '{No, it's…|Nein, sondern…}' collapsed",
    "region '{Log an InMail|InMail eintragen}'",
    "heading '{Log an InMail|InMail eintragen}' level=2",
    "textbox '{Name or profile link|Name oder Profil-Link}'",
    "combobox '{Sent|Gesendet}' collapsed",
    "combobox '{Cost|Kosten}' collapsed",
    "button '{Log InMail|InMail eintragen}'",
    "button '{Replied|Hat geantwortet}: Kai Example'",
    "DisclosureTriangle '{More for|Mehr zu} Kai Example' collapsed",
]

SET_UP = [
    "heading '{Set up Inkeeper|Inkeeper einrichten}' level=1",
    "heading '{Your LinkedIn plan|Ihr LinkedIn-Abo}' level=2",
    "group '{Which plan do you have?|Welches Abo haben Sie?}'",
    "radio 'Sales Navigator' checked=true",
    "textbox '{Credits that LinkedIn shows now|Credits, die LinkedIn jetzt zeigt}'"
    " ({LinkedIn shows the number where you write an InMail."
    "|LinkedIn zeigt die Zahl dort, wo Sie eine InMail schreiben.})",
    "DisclosureTriangle '{More|Mehr}' collapsed",
    "button '{Save|Speichern}'",
    "link '{Skip for now|Vorerst überspringen}'",
]


def assert_popup_is_read_in(language: str, popup: Page) -> None:
    """Asserts what a screen reader reads in the popup in the state `plenty`, and when the results are opened."""
    assert_in_order(outline(popup), in_language(language, *POPUP_OVER_A_PERSON))
    more, declined, result = (
        f"{words}: Élodie Muster"
        for words in in_language(language, "{More|Mehr}", "{Declined|Abgelehnt}", "{Result|Ergebnis}")
    )
    popup.click("button", more)
    popup.find("button", declined)
    assert_in_order(outline(popup), [f"button '{more}' expanded=True", f"group '{result}'", f"button '{declined}'"])


def test_the_popup_over_a_person_as_a_screen_reader_reads_it(connected: Browser, client: Client) -> None:
    """In German: `test_german.py`, which has a German browser."""
    assert_popup_is_read_in("en", popup_over(connected, STATES["plenty"], client))


@pytest.mark.parametrize("language", ["en", "de"])
def test_home_as_a_screen_reader_reads_it(
    home: Page, server: Server, speak: Callable[[str], None], language: str
) -> None:
    speak(language)
    visit(home, server, "/")
    assert_in_order(outline(home), in_language(language, *HOME))

    log, who = in_language(language, "{Log InMail|InMail eintragen}", "{Name or profile link|Name oder Profil-Link}")
    home.click("button", log)

    until(lambda: home.focused_name() == ("textbox", who), "the field with the error has the focus")
    said = home.run("() => document.getElementById('log-who-error').innerText")
    assert f"textbox '{who}' invalid=true ({said})" in outline(home)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_set_up_as_a_screen_reader_reads_it(
    browser: Browser, server: Server, client: Client, speak: Callable[[str], None], language: str
) -> None:
    speak(language)
    page = open_app(browser, server, client, "/welcome")
    page.click("radio", "Sales Navigator")

    lines = outline(page)
    assert_in_order(lines, in_language(language, *SET_UP))
    assert [line for line in lines if line.startswith(("button", "link", "textbox", "spinbutton", "radio"))] == [
        line for line in lines if re.match(r"(button|link|textbox|spinbutton|radio) '[^']", line)
    ], "each control has a name"


def test_what_is_done_on_home_is_said_once(home: Page) -> None:
    listen(home)
    home.fill("textbox", WHO, "Mika Placeholder")
    home.click("button", "Log InMail")
    home.wait_text("Logged: Mika Placeholder")
    assert heard(home) == ["Logged: Mika Placeholder, 1 credit. Undo"]
    undo = home.find("button", "Undo")
    assert home.run_on(undo, "(one) => document.getElementById(one.getAttribute('aria-describedby')).innerText")

    home.click("button", "Undo")

    home.wait_text("Removed Mika Placeholder.")
    assert heard(home)[1:] == ["Removed Mika Placeholder. Undo"]


def test_what_is_done_in_the_popup_is_said_once(connected: Browser, client: Client) -> None:
    popup = popup_over(connected, STATES["plenty"], client)
    listen(popup)

    popup.click("button", re.compile("^Log InMail to Kai Example"))

    popup.wait_text("Logged Kai Example")
    assert heard(popup) == ["Logged Kai Example · 1 credit Undo: Kai Example"]


def test_a_change_elsewhere_is_said_once(home: Page, server: Server, client: Client) -> None:
    """The notice gets the focus, so it is no live region."""
    visit(home, server, "/history")
    home.click("button", "Edit Kai Example")
    home.find("textbox", "Note")
    account = client.list_all("/accounts")[0]
    inmail = client.inmails(account)[0]
    client.patch(f"/accounts/{account['id']}/inmails/{inmail['id']}", {"note": "met at a fair"}).expect(200)
    listen(home)

    home.fill("textbox", "Note", "likes data")
    home.click("button", "Save")

    home.wait_text("This was changed elsewhere in the meantime.")
    role, name = home.focused_name()
    assert role == "group"
    assert name.startswith("This was changed elsewhere in the meantime. It now says:")
    assert heard(home) == []


def test_forced_colours_show_what_is_chosen_and_focused(home: Page, server: Server, tmp_path: Path) -> None:
    home.cdp("Emulation.setEmulatedMedia", features=FORCED_COLOURS)
    for path in ("/", "/people", "/report", "/settings/account", "/welcome?step=1"):
        visit(home, server, path)
        assert home.run("() => matchMedia('(forced-colors: active)').matches")
        assert home.run(UNMARKED) == [], path
        home.tab_to("link", "Inkeeper")
        home.screenshot(tmp_path / f"{re.sub(r'[^a-z]', '', path) or 'home'}.png")
    home.cdp("Emulation.setEmulatedMedia", features=[])


def test_the_popup_in_forced_colours(connected: Browser, client: Client, tmp_path: Path) -> None:
    popup = popup_over(connected, STATES["several-accounts"], client)
    popup.cdp("Emulation.setEmulatedMedia", features=FORCED_COLOURS)
    popup.click("button", "My seat")
    popup.find("button", re.compile("Hiring"))

    assert popup.run(UNMARKED) == []
    popup.tab_to("button", re.compile("^Log InMail"))
    popup.screenshot(tmp_path / "popup.png")


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_page_breaks_at_a_zoom_of_200_percent(
    home: Page, server: Server, speak: Callable[[str], None], language: str
) -> None:
    speak(language)
    faults = []
    try:
        resize(home, *ZOOMED_TAB)
        home.emulate(theme="dark")
        for path in PAGES:
            visit(home, server, path)
            faults += [f"{path}: {fault}" for fault in [*layout_faults(home), *home.axe()]]
    finally:
        home.emulate()
        reset_size(home)
    assert "\n".join(faults) == ""


def test_the_popup_at_a_zoom_of_200_percent(connected: Browser, client: Client) -> None:
    STATES["elsewhere"].make(client)
    refresh(connected)
    popup = connected.open_extension("popup/popup.html")
    popup.wait_text("Waiting for a reply")
    resize(popup, *ZOOMED_POPUP)

    assert layout_faults(popup) == []
    assert popup.run(IS_IN_SIGHT, ".balance")
    popup.click("button", "Replied: Élodie Muster")
    popup.wait_text("Élodie Muster: replied")
    assert popup.run(IS_IN_SIGHT, "#live"), "the message and its Undo are in sight"


def test_nothing_moves_where_less_motion_is_wanted(home: Page) -> None:
    home.emulate(reduced_motion=True)
    try:
        home.run(
            """() => {
                globalThis.moved = [];
                for (const type of ['animationstart', 'transitionrun']) {
                    addEventListener(type, ({target}) => moved.push(target.outerHTML.slice(0, 90)), true);
                }
            }"""
        )
        home.fill("textbox", WHO, "Mika Placeholder")
        home.click("button", "Log InMail")
        home.wait_text("Logged: Mika Placeholder")
        home.click("link", "History")
        home.find("heading", "History")

        assert home.run("() => moved") == []
    finally:
        home.emulate()


def test_a_plan_by_keyboard_alone(home: Page, server: Server, client: Client) -> None:
    visit(home, server, "/people/plan")
    home.tab_to("button", "Plan 2 people")
    home.press("Enter")

    until(lambda: all(each["planned_for"] for each in client.list_all("/targets")), "both have a day")


def test_an_import_preview_by_keyboard_alone(home: Page, server: Server, client: Client, tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    file.write_text("Name,Sent on\nMika Placeholder,2026-11-20\n", encoding="utf-8")
    visit(home, server, "/settings/data")
    root = home.cdp("DOM.getDocument", depth=0)["root"]["nodeId"]
    node = home.cdp("DOM.querySelector", nodeId=root, selector="#import-file")["nodeId"]
    listen(home)
    # The dialog in which a file is chosen is the browser's own.
    home.cdp("DOM.setFileInputFiles", nodeId=node, files=[str(file)])
    home.wait_text("Nothing to import")
    assert [words for words in heard(home) if words.startswith("Nothing to import")] == [
        "Nothing to import: 1 from before you set up Inkeeper."
    ]

    home.tab_to("checkbox", "Include InMails from before you set up Inkeeper")
    home.press("Space")
    home.find("button", "Import 1 InMail")
    home.tab_to("button", "Import 1 InMail")
    home.press("Enter")

    until(lambda: len(client.inmails(client.list_all("/accounts")[0])) == 2, "it is imported")
