"""Logging an InMail as it is sent: what the listener notices, what it leaves to the user, and what it never does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.judging import assert_accessible
from e2e.harness.linkedin import PracticeSite
from e2e.harness.looking import DEEP, PAGE_STATE, ROOT, WATCH
from e2e.harness.server import Server
from e2e.harness.wait import until
from e2e.harness.wire import wiretap
from e2e.harness.writing import SEND, press_send, write

KAI = "https://www.linkedin.com/in/kai-example"
LEAD = "https://www.linkedin.com/sales/lead/ACwAAAKaiExample"
LOG = re.compile("^Log (InMail|a second InMail…) to Kai Example")
PATIENCE_SECONDS = 10

SHORTCUT = """async () => {
    const {logPersonOf} = await import(chrome.runtime.getURL('core/log/quicklog.js'));
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*', active: true});
    await logPersonOf(tab);
}"""


@pytest.fixture
def premium(connected: Browser, client: Client) -> dict[str, Any]:
    """A Premium Business account with 15 credits, and the listener switched on."""
    return listening_account(connected, client)


@pytest.fixture
def sales(connected: Browser, client: Client, premium: dict[str, Any]) -> dict[str, Any]:
    """A Sales Navigator seat with 50 credits beside it."""
    made = client.account("Sales", rule_book="rolling")
    refresh(connected)
    return made


def listening_account(browser: Browser, client: Client) -> dict[str, Any]:
    """A Premium Business account in a browser that listens."""
    made = client.account("Premium", plan="premium_business", rule_book="rolling")
    refresh(browser)
    browser.wait_balance(15)
    browser.ask("listening.set", {"on": True})
    return made


def send(browser: Browser, page: str, **asked: str) -> None:
    """Writes an InMail at a practice page and presses Send."""
    browser.visit(PracticeSite.composer(page, **asked))
    write(browser)
    press_send(browser)


def logged(client: Client, account: dict[str, Any], count: int = 1) -> list[dict[str, Any]]:
    """The account's InMails, once there are as many."""
    until(lambda: len(client.inmails(account)) >= count, f"{count} logged", seconds=5)
    assert len(client.inmails(account)) == count
    return client.inmails(account)


def asked_about(browser: Browser, *, seconds: float = PATIENCE_SECONDS + 5) -> list[dict[str, Any]]:
    """What the user is to be asked about, once there is something."""
    return until(lambda: browser.storage("questions"), "a question", seconds=seconds)


PROOFS = [
    ("main", {}),
    ("main", {"send": "close"}),
    ("main", {"send": "balance"}),
    ("main", {"delay": "1500"}),
    ("main", {"host": "renamed"}),
    ("main", {"lang": "tr", "rerender": "1"}),
    ("main", {"frame": "page"}),
    ("main", {"frame": "blank"}),
    ("main", {"own": "1", "decoy": "1"}),
    ("compose", {"name": "entity", "lang": "de"}),
]


@pytest.mark.parametrize(("page", "asked"), PROOFS)
def test_a_send_is_logged_as_it_happens(
    connected: Browser, client: Client, premium: dict[str, Any], page: str, asked: dict[str, str]
) -> None:
    send(connected, page, **asked)

    (inmail,) = logged(client, premium)
    assert (inmail["recipient"], inmail["cost"], inmail["source"]) == (
        {"name": "Kai Example", "profile_url": KAI},
        1,
        "page",
    )
    connected.wait_balance(14)
    assert not connected.storage("questions")


@pytest.mark.parametrize("asked", [{}, {"send": "close", "lang": "de"}, {"send": "balance", "name": "header"}])
def test_sales_navigator(connected: Browser, client: Client, sales: dict[str, Any], asked: dict[str, str]) -> None:
    send(connected, "sales", **asked)

    (inmail,) = logged(client, sales)
    assert inmail["recipient"] == {"name": "Kai Example", "profile_url": LEAD}


def test_recruiter_whose_cost_is_what_was_chosen_last(
    connected: Browser, client: Client, premium: dict[str, Any]
) -> None:
    recruiter = client.account("Recruiter", plan="recruiter_lite", rule_book="rolling")
    refresh(connected)

    send(connected, "recruiter", send="close")

    (inmail,) = logged(client, recruiter)
    assert (inmail["recipient"]["name"], inmail["cost"]) == ("Kai Example", 1)


def test_a_free_one_costs_nothing(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    send(connected, "main", state="free")

    (inmail,) = logged(client, premium)
    assert inmail["cost"] == 0
    connected.wait_balance(15)


def test_it_is_shown_with_undo(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    send(connected, "main")
    connected.wait_badge("✓", seconds=3)
    logged(client, premium)

    popup = connected.click_toolbar()
    popup.wait_text("logged automatically")
    popup.click("button", "Undo: Kai Example")

    connected.wait_balance(15)
    until(lambda: not client.inmails(premium), "taken back on the server")


def test_enter_sends(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    connected.visit(PracticeSite.composer("main", enter="1"))
    write(connected)
    connected.tab.press("Enter")

    logged(client, premium)


def test_the_server_is_off(connected: Browser, client: Client, server: Server, premium: dict[str, Any]) -> None:
    client.close()
    server.terminate()
    send(connected, "main")
    until(lambda: connected.outbox(), "kept in the outbox")

    connected.kill_worker()
    server.start()
    connected.ask("retry")

    logged(client, premium)


def test_of_two_composers_the_one_that_was_sent(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    connected.visit(PracticeSite.composer("main", two="open", send="close"))
    write(connected)
    write(connected, number=1)

    press_send(connected, 1)

    (inmail,) = logged(client, premium)
    assert inmail["recipient"]["name"] == "Robin Sample"
    press_send(connected, 0)
    assert logged(client, premium, 2)[0]["recipient"]["name"] == "Kai Example"


# -- what is no proof, or no InMail ----------------------------------------------------------------


def test_a_send_that_fails_silently_is_asked_about(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    send(connected, "main", send="silent")
    (question,) = asked_about(connected)
    assert (question["name"], question["profileUrl"], question["cost"]) == ("Kai Example", KAI, 1)
    connected.wait_badge("15?")
    assert client.inmails(premium) == []

    popup = connected.click_toolbar()
    popup.wait_text("Did you send an InMail to Kai Example")
    assert_accessible(popup)
    popup.click("button", "Yes, free")

    (inmail,) = logged(client, premium)
    assert (inmail["cost"], inmail["source"], inmail["recipient"]["profile_url"]) == (0, "page", KAI)
    popup.wait_no_text("Did you send an InMail to")

    send(connected, "sales", send="silent", state="zero")
    until(lambda: connected.storage("questions") == [], "the same person within five minutes is not asked about")


def test_a_question_answered_with_no(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    send(connected, "main", send="silent", state="zero")
    asked_about(connected)

    popup = connected.click_toolbar()
    popup.click("button", "No")

    popup.wait_text("Not logged.")
    assert connected.storage("questions") == []
    assert connected.outbox() == []
    connected.wait_badge("15")


def test_leaving_the_page_before_there_is_proof(connected: Browser, premium: dict[str, Any]) -> None:
    send(connected, "main", send="silent")
    connected.visit("https://www.linkedin.com/feed/")

    asked_about(connected, seconds=3)


def test_a_composer_closed_by_hand_is_no_proof(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    send(connected, "main", send="close", delay="1000")
    connected.tab.press("Escape")

    asked_about(connected)
    assert client.inmails(premium) == []


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("main", {"state": "unknown"}),
        ("main", {"name": "none"}),
    ],
)
def test_what_is_not_understood_is_asked_about(
    connected: Browser, client: Client, premium: dict[str, Any], page: str, asked: dict[str, str]
) -> None:
    send(connected, page, **asked)

    (question,) = asked_about(connected)
    assert question["name"] == "Kai Example"
    assert client.inmails(premium) == []


NOT_NOTICED: dict[str, dict[str, str]] = {
    "a 1st-degree person": {"degree": "1"},
    "an ordinary message": {"plain": "1"},
    "a closed shadow root": {"root": "closed", "frame": ""},
    "other names": {"hashed": "1"},
}


def test_what_is_no_inmail_or_cannot_be_seen_is_not_noticed(
    connected: Browser, client: Client, premium: dict[str, Any]
) -> None:
    for asked in NOT_NOTICED.values():
        connected.visit(PracticeSite.composer("main", **asked))
        if "root" in asked:
            connected.tab.press("Tab")
            continue
        write(connected)
        press_send(connected)
    connected.visit(PracticeSite.composer("main"))
    write(connected)
    # A new line, and a click that the page makes up.
    connected.tab.press("Enter")
    click = "deep(css)[0].dispatchEvent(new MouseEvent('click', {bubbles: true, composed: true}))"
    connected.tab.run(f"(css) => {{ {DEEP} {click}; }}", SEND)
    connected.visit("https://www.linkedin.com/feed/")
    send(connected, "main", two="open", active="none")

    logged(client, premium)
    assert not connected.storage("questions")


def test_a_page_cannot_speak_to_the_extension(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    connected.visit(PracticeSite.person())
    assert connected.tab.run("() => typeof chrome?.runtime?.sendMessage") == "undefined"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (None, None),
        ({"name": 7, "proven": True}, None),
        (
            {"name": "<b>Kai</b>" + "x" * 300, "link": "javascript:alert(1)", "proven": True, "at": 5},
            "<b>Kai</b>" + "x" * 190,
        ),
    ],
)
def test_nothing_is_believed_as_it_comes(
    connected: Browser, premium: dict[str, Any], said: Any, kept: str | None
) -> None:
    connected.visit("https://www.linkedin.com/feed/")
    as_script = """async (said) => {
        const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*', active: true});
        const func = (sent) => chrome.runtime.sendMessage({name: 'sent', sent});
        await chrome.scripting.executeScript({target: {tabId: tab.id}, func, args: [said]});
    }"""

    connected.control.run(as_script, said)

    questions = connected.storage("questions")
    assert [(one["name"], one["profileUrl"]) for one in questions] == [(kept or "", None)]
    assert connected.outbox() == []


# -- a page that plays the user ---------------------------------------------------------------------

FORGE = f"""async (rounds, wait) => {{
    const root = {ROOT};
    for (let round = 0; round < rounds; round += 1) {{
        root.querySelector('.msg-form__contenteditable').textContent = 'Forged.';
        const person = root.querySelector('.profile-card-one-to-one__profile-link');
        Object.assign(person, {{textContent: `Forged Person ${{round}}`, href: `/in/forged-person-${{round}}/`}});
        root.querySelector('.msg-inmail-credits-display p').textContent = `Use 1 of ${{9000 - round}} InMail credits`;
        const button = root.querySelector('.msg-form__send-button');
        button.disabled = false;
        if (round % 2) button.click();
        else root.querySelector('form').requestSubmit(button);
        await new Promise((done) => setTimeout(done, wait));
    }}
    return root.querySelectorAll('[data-text]').length;
}}"""
"""Sends by script, which the page takes for real. The tests run it with user activation, and without a shadow root:
a submit does not leave one.
"""


def test_a_page_cannot_forge_inmails(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    connected.ask("preferences.set", {"takeOver": True})
    connected.visit(PracticeSite.composer("main", root=""))

    assert connected.tab.run(FORGE, 18, 300) == 18

    assert (connected.outbox(), connected.storage("questions") or []) == ([], [])
    assert client.summary(premium)["balance"] == 15
    connected.visit(PracticeSite.composer("main", root="", n="15"))
    write(connected)
    press_send(connected)
    logged(client, premium)
    connected.wait_balance(14)


def test_one_press_is_one_send(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    connected.visit(PracticeSite.composer("main", root=""))
    write(connected)
    # Behind the send itself, and within the second in which a submit still belongs to the press.
    script = f"setTimeout(() => {{ globalThis.forged = ({FORGE})(3, 100); }}, 600)"
    connected.tab.run(f"() => {{ document.addEventListener('click', () => {{ {script}; }}, {{once: true}}); }}")

    press_send(connected)
    assert until(lambda: connected.tab.run("() => globalThis.forged"), "forged") >= 3
    connected.visit("https://www.linkedin.com/feed/")

    heard = until(
        lambda: (connected.storage("recentLogs") or []) + (connected.storage("questions") or []), "heard of it"
    )
    assert [one["name"] for one in heard] == ["Kai Example"]


def test_more_sends_in_a_minute_than_a_person_makes_are_asked_about(
    connected: Browser, client: Client, premium: dict[str, Any]
) -> None:
    for count, slug in enumerate(("kai-example", "robin-sample", "mika-placeholder"), 1):
        connected.visit(f"https://www.linkedin.com/in/{slug}/")
        write(connected)
        press_send(connected)
        logged(client, premium, count)

    connected.visit("https://www.linkedin.com/in/sasha-specimen/")
    write(connected)
    press_send(connected)

    (question,) = asked_about(connected)
    assert question["name"] == "Sasha Specimen"
    logged(client, premium, 3)


# -- whose credit, and whose page ---------------------------------------------------------------------


def test_without_a_seat_of_the_composers_product_nothing_is_charged(
    connected: Browser, client: Client, premium: dict[str, Any]
) -> None:
    send(connected, "sales")
    (question,) = asked_about(connected)
    assert (question["accountId"], question["product"]) == (None, "sales_navigator")
    connected.visit("https://www.linkedin.com/feed/")

    popup = connected.click_toolbar()
    popup.wait_text("You have no Sales Navigator account here.")
    popup.click("button", "Yes, fill in…")
    popup.wait_text("This InMail uses Sales Navigator credits.")
    popup.click("button", "Log InMail")
    popup.wait_text("Choose the account it was sent from.")
    assert client.inmails(premium) == []
    assert_accessible(popup)
    popup.choose("Account", "Premium")
    popup.click("button", "Log InMail")

    (inmail,) = logged(client, premium)
    assert inmail["recipient"] == {"name": "Kai Example", "profile_url": LEAD}


def test_the_page_is_that_of_the_moment_of_sending(connected: Browser, client: Client, sales: dict[str, Any]) -> None:
    send(connected, "sales", delay="1000")
    connected.tab.run(
        """() => {
            history.pushState({}, '', '/sales/lead/ACwAAARobinSample');
            document.title = 'Robin Sample | Lead | Sales Navigator';
        }"""
    )

    (inmail,) = logged(client, sales)
    assert inmail["recipient"] == {"name": "Kai Example", "profile_url": LEAD}


# -- one send is one InMail ------------------------------------------------------------------------


def test_however_it_arrives_it_is_one(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    connected.visit(PracticeSite.composer("main"))
    popup = connected.click_toolbar()
    popup.click("button", LOG)
    popup.wait_text("Logged Kai Example")
    connected.close_popups()
    write(connected)
    press_send(connected)
    until(lambda: connected.tab.run(f"(css) => {{ {DEEP} return deep(css).length; }}", "[data-text]"), "sent")
    connected.control.run(SHORTCUT)
    # The same person by another kind of link.
    connected.visit(PracticeSite.lead())
    connected.control.run(SHORTCUT)
    send(connected, "main", send="silent")
    connected.visit(PracticeSite.person("robin-sample"))
    connected.control.run(SHORTCUT)

    assert [one["recipient"]["name"] for one in logged(client, premium, 2)] == ["Robin Sample", "Kai Example"]
    assert not connected.storage("questions")


def test_a_click_after_the_send_adds_nothing(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    send(connected, "main")
    logged(client, premium)

    popup = connected.click_toolbar()
    popup.click("button", LOG)

    popup.wait_text("Log a second one?")
    logged(client, premium)


def test_a_click_answers_the_question(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    send(connected, "main", send="silent")
    asked_about(connected)

    popup = connected.click_toolbar()
    popup.click("button", LOG)

    logged(client, premium)
    popup.wait_no_text("Did you send an InMail to")


def test_after_five_minutes_it_is_another(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    connected.visit(PracticeSite.person())
    connected.control.run(SHORTCUT)
    logged(client, premium)
    recent = [{**log, "at": "2020-01-01T00:00:00.000Z"} for log in connected.storage("recentLogs")]
    connected.control.run("(recentLogs) => chrome.storage.local.set({recentLogs})", recent)

    send(connected, "main")

    logged(client, premium, 2)


# -- on and off ------------------------------------------------------------------------------------


REGISTERED = "async () => (await chrome.scripting.getRegisteredContentScripts({ids: ['listen']})).map(({id}) => id)"


def test_off_is_off(connected: Browser, client: Client, premium: dict[str, Any]) -> None:
    assert connected.control.run(REGISTERED) == ["listen"]
    connected.visit(PracticeSite.composer("main"))
    write(connected)

    connected.ask("listening.set", {"on": False})

    assert connected.control.run(REGISTERED) == []
    press_send(connected)
    connected.visit(PracticeSite.person("robin-sample"))
    connected.control.run(SHORTCUT)
    assert logged(client, premium)[0]["recipient"]["name"] == "Robin Sample"


def test_the_balance_is_taken_over_where_that_is_wanted_always(
    connected: Browser, client: Client, premium: dict[str, Any]
) -> None:
    connected.ask("preferences.set", {"takeOver": True})

    send(connected, "main", n="40")

    logged(client, premium)
    until(lambda: client.summary(premium)["balance"] == 39, "LinkedIn's number, less this one")
    connected.wait_balance(39)


# -- without a trace -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["main", "sales"])
def test_the_page_is_the_same_with_and_without(
    connected: Browser, client: Client, sales: dict[str, Any], page: str
) -> None:
    sights = {}
    # The first time leaves the mouse where the others find it, and the site's files in the cache.
    for on in (False, False, True):
        connected.ask("listening.set", {"on": on})
        connected.visit(PracticeSite.composer(page))
        connected.tab.run(WATCH)
        write(connected)
        press_send(connected)
        until(lambda: connected.tab.run(f"(css) => {{ {DEEP} return deep(css).length; }}", "[data-text]"), "sent")
        if on:
            until(lambda: connected.storage("recentLogs"), "logged")
        # The button that was pressed is disabled now, and loses the focus at the next frame.
        connected.tab.run("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        sights[on] = connected.tab.run(PAGE_STATE) | {"noticed": set(connected.tab.run("() => noticed"))}
    for sight, seen in sights[False].items():
        assert sights[True][sight] == seen


def client_account(client: Client, name: str) -> dict[str, Any]:
    """The account of that name."""
    return next(one for one in client.get("/accounts").expect(200)["items"] if one["name"] == name)


MARKER = "Zanzibar-marmalade-4711"


def test_what_is_written_is_found_nowhere(browser: Browser, server: Server, linkedin: PracticeSite) -> None:
    with wiretap(server.port) as wire:
        seen = len(server.terminal())
        browser.ask("pair.start", {"address": wire.address, "device": "Chromium in a test"})
        browser.ask("pair.confirm", {"code": server.pairing_code(after=seen)})
        client = server.client()
        account = listening_account(browser, client)
        for page in ("main", "sales", "recruiter"):
            browser.visit(PracticeSite.composer(page, send="close"))
            write(browser, MARKER)
            asked = len(linkedin.requested_paths)
            press_send(browser)
            until(lambda: browser.storage("recentLogs") or browser.storage("questions"), "heard of it")
            assert linkedin.requested_paths[asked:] == []
        logged(client, account)
        client.close()
        assert b"Kai Example" in wire.traffic
        assert MARKER.encode() not in wire.traffic
    server.terminate()
    assert MARKER not in json.dumps(browser.storage())
    assert MARKER not in json.dumps(browser.control.run("() => chrome.storage.session.get(null)"))
    assert MARKER not in server.terminal()
    assert not [
        path for path in Path(server.data).rglob("*") if path.is_file() and MARKER.encode() in path.read_bytes()
    ]
