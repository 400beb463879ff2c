"""Set-up: a plan and a number make an account; the extension's code is shown to its owner alone."""

from __future__ import annotations

import html
import os
import re
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from inkeeper.services.devices import pairing
from inkeeper.settings import Settings
from inkeeper.storage.database import Store
from inkeeper.wording.devices import OWN_CHROMIUM
from tests.conftest import Clock, Device
from tests.seat import Caller, Seat
from tests.web.conftest import WebPage, words

QUESTION = "Did you still have last month's credits on the 1st?"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
CHROME = {"User-Agent": AGENT}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36"


@pytest.fixture
def accounts(page: WebPage) -> Callable[[], list[dict]]:
    """The owner's accounts."""
    return lambda: Caller(page.client, page.headers).get("/accounts")["items"]


def path_of_question(answer_html: str) -> str:
    return re.search(r'hx-post="(/accounts/[^"]+/credit-rules)"', answer_html)[1]


def test_nothing_is_chosen_beforehand(page: WebPage) -> None:
    html = page.get("/welcome").get_data(as_text=True)

    assert "checked" not in html
    assert 'name="balance" type="text" value=""' in html


def test_a_plan_and_a_number_make_an_account(page: WebPage, accounts: Callable[[], list[dict]]) -> None:
    answer = page.done("/welcome/plan", plan="sales_navigator", balance=12, zone="Europe/Berlin")

    (account,) = accounts()
    assert account["name"] == "Sales Navigator"
    assert (account["plan"], account["rule_book"], account["time_zone"]) == (
        "sales_navigator",
        "month_end",
        "Europe/Berlin",
    )
    assert "Sales Navigator, 12 credits left" in answer
    assert QUESTION in answer
    assert page.text("/").count("12 credits left of 25") == 1


def test_more_than_a_months_credits_settles_that_they_carry_over(
    page: WebPage, accounts: Callable[[], list[dict]]
) -> None:
    answer = page.done("/welcome/plan", plan="sales_navigator", balance=26)

    assert accounts()[0]["rule_book"] == "rolling"
    assert QUESTION not in answer
    assert "Sales Navigator, 26 credits left" in answer


@pytest.mark.parametrize(
    ("kept", "rules", "said"),
    [
        ("yes", "rolling", "Unused credits carry over."),
        ("no", "month_end", "lost when the month ends."),
        ("unsure", "month_end", "We'll tell you if LinkedIn's number says otherwise."),
    ],
)
def test_the_answer_chooses_the_credit_rules(
    page: WebPage, accounts: Callable[[], list[dict]], kept: str, rules: str, said: str
) -> None:
    made = page.send("/welcome/plan", plan="sales_navigator", balance=12)

    answer = page.done(path_of_question(made.get_data(as_text=True)), kept=kept)

    assert said in answer
    assert QUESTION not in answer
    assert accounts()[0]["rule_book"] == rules
    assert "12 credits left" in page.text("/")


def test_a_plan_that_is_not_listed_has_its_own_number(page: WebPage, accounts: Callable[[], list[dict]]) -> None:
    refused = page.send("/welcome/plan", plan="other", balance=30)
    assert refused.status_code == 422
    assert "Enter the credits that you get each month." in words(refused)

    made = page.send("/welcome/plan", plan="other", balance=30, monthly=40)

    assert (accounts()[0]["name"], accounts()[0]["allotment"]) == ("LinkedIn", 40)
    page.done(path_of_question(made.get_data(as_text=True)), kept="yes")
    assert (accounts()[0]["rule_book"], accounts()[0]["cap"]) == ("rolling", 120)


def test_a_recruiter_contract_has_its_own_number(page: WebPage, accounts: Callable[[], list[dict]]) -> None:
    answer = page.done("/welcome/plan", plan="recruiter", balance=90, monthly=100)

    (account,) = accounts()
    assert (account["plan"], account["allotment"], account["rule_book"]) == ("recruiter", 100, "rolling")
    assert QUESTION not in answer


def test_a_number_that_the_plan_cannot_hold_is_asked_about(page: WebPage, accounts: Callable[[], list[dict]]) -> None:
    asked = page.send("/welcome/plan", plan="sales_navigator", balance=151)

    assert asked.status_code == 422
    assert "Sales Navigator holds 150 credits at most. Does LinkedIn really show 151?" in words(asked)
    assert 'name="balance" type="text" value="151"' in asked.get_data(as_text=True)
    assert accounts() == []
    assert "151 credits left" in page.done("/welcome/plan", plan="sales_navigator", balance=151, sure=1)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"balance": 12}, "Choose your plan."),
        ({"plan": "sales_navigator"}, "Enter the number that LinkedIn shows."),
        ({"plan": "sales_navigator", "balance": "twelve"}, "Enter a whole number, such as 12."),
        ({"plan": "sales_navigator", "balance": "-1"}, "Enter a whole number, such as 12."),
        ({"plan": "sales_navigator", "balance": 12, "amount": "a lot"}, "Enter an amount, such as 79.99."),
        ({"plan": "sales_navigator", "balance": 12, "zone": "Mars/Olympus"}, "Choose a time zone from the list."),
    ],
)
def test_what_is_missing_or_wrong_is_told_at_its_field(
    page: WebPage, accounts: Callable[[], list[dict]], fields: dict[str, object], error: str
) -> None:
    answer = page.send("/welcome/plan", name="My own seat", **fields)

    assert answer.status_code == 422
    assert error in words(answer)
    assert 'value="My own seat"' in answer.get_data(as_text=True)
    assert accounts() == []


def test_a_price_makes_losses_worth_something(page: WebPage, accounts: Callable[[], list[dict]]) -> None:
    page.done("/welcome/plan", plan="sales_navigator", balance=12, amount="79,99", currency="EUR")

    assert accounts()[0]["price"] == {"amount_minor": 7999, "currency": "EUR"}


def test_a_double_submit_makes_one_account(page: WebPage, accounts: Callable[[], list[dict]]) -> None:
    for _ in range(2):
        answer = page.send("/welcome/plan", key="k" * 22, plan="sales_navigator", balance=12)
        assert answer.status_code == 200

    assert len(accounts()) == 1


def test_each_step_can_be_skipped_and_found_again(page: WebPage) -> None:
    first = page.get("/welcome").get_data(as_text=True)
    assert 'href="/welcome?step=2"' in first

    second = page.get("/welcome?step=2", **CHROME).get_data(as_text=True)
    assert 'href="/welcome?step=1"' in second
    assert 'href="/welcome?step=3"' in second

    third = page.get("/welcome?step=3").get_data(as_text=True)
    assert 'href="/welcome?step=2"' in third
    assert "Which plan do you have?" in page.text("/welcome?step=1")
    assert "Which plan do you have?" in page.text("/welcome?step=9")


def test_with_an_account_and_a_browser_it_is_finished(page: WebPage, seat: Seat) -> None:
    # The seat was made by a program that is connected.
    text = page.text("/welcome")

    assert "You're ready" in text
    assert "5 credits left" in text
    assert "Import what I sent" in text


def test_the_code_is_shown_as_soon_as_the_extension_asks(
    page: WebPage, client: FlaskClient, shown_codes: list[str]
) -> None:
    waiting = page.get("/welcome?step=2", **CHROME)
    state = re.search(r"/welcome/connecting\?state=([\w-]+)", waiting.get_data(as_text=True))[1]
    assert page.get(f"/welcome/connecting?state={state}").status_code == 204

    client.post("/api/v1/pairings", json={"device": "Edge on Linux"})

    answer = page.get(f"/welcome/connecting?state={state}")
    assert f"{shown_codes[-1][:3]} {shown_codes[-1][3:]} Edge on Linux wants to connect" in words(answer)


def test_the_code_goes_once_the_browser_is_connected(page: WebPage, pair: Callable[..., Device]) -> None:
    pair(device="Edge on Linux")

    answer = page.get("/welcome/connecting")

    assert "Connected: Edge on Linux" in words(answer)
    assert "wants to connect" not in words(answer)


def test_a_code_that_has_expired_is_not_shown(
    page: WebPage, client: FlaskClient, clock: Clock, shown_codes: list[str]
) -> None:
    client.post("/api/v1/pairings", json={"device": "Edge on Linux"})
    clock.advance(minutes=5)

    assert "wants to connect" not in words(page.get("/welcome/connecting"))


def test_a_code_is_shown_to_the_owner_alone_whose_device_it_connects(
    sign_in: Callable[..., WebPage], client: FlaskClient, store: Store, clock: Clock
) -> None:
    mine, theirs = sign_in("me"), sign_in("Robin Sample")
    client.post("/api/v1/pairings", json={"device": "Edge on Linux"})

    assert "Edge on Linux wants to connect" in words(mine.get("/welcome/connecting"))
    assert "wants to connect" not in words(theirs.get("/welcome/connecting"))

    pairing.open_for_owner(store, "Robin Sample", clock())

    assert "wants to connect" not in words(mine.get("/welcome/connecting"))
    assert "Edge on Linux wants to connect" in words(theirs.get("/welcome/connecting"))


def test_the_secret_of_inkeepers_own_chromium_is_not_shown(page: WebPage, store: Store, clock: Clock) -> None:
    prepared = pairing.prepare(store, "me", OWN_CHROMIUM, clock())

    answer = page.get("/welcome/connecting")

    assert "wants to connect" not in words(answer)
    assert prepared.code not in answer.get_data(as_text=True)
    assert pairing.open_for_owner(store, "me", clock()) is None


class TestOnASharedServer:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, allowed_hosts=settings.allowed_hosts | {"inkeeper.example.org"})

    @pytest.fixture
    def page(self, client: FlaskClient, store: Store, clock: Clock) -> WebPage:
        """Codes are issued first there."""
        code = pairing.invite(store, "me", clock())
        started = client.post("/api/v1/pairings", json={"device": "Chrome on Linux"}).json
        device = client.post(f"/api/v1/pairings/{started['id']}/confirm", json={"code": code}).json
        return WebPage(client, {"Authorization": f"Bearer {device['token']}"}, device["device_id"])

    def test_the_code_is_issued_on_the_page(self, page: WebPage, client: FlaskClient) -> None:
        code = re.search(r"(\d{3}) (\d{3}) Your code", words(page.send("/welcome/code")))
        assert f"{code[1]} {code[2]} Your code" in words(page.get("/welcome/connecting"))

        started = client.post("/api/v1/pairings", json={"device": "Edge on Linux"}).json
        confirmed = client.post(f"/api/v1/pairings/{started['id']}/confirm", json={"code": code[1] + code[2]})
        assert confirmed.status_code == 201


@pytest.mark.parametrize(
    ("headers", "steps"),
    [
        ({"User-Agent": AGENT, "Sec-CH-UA": '"Google Chrome";v="156", "Chromium";v="156"'}, "Open chrome://extensions"),
        ({"User-Agent": f"{AGENT} Edg/156.0.0.0"}, "Add Inkeeper to Edge Open edge://extensions"),
        ({"User-Agent": f"{AGENT} OPR/130.0.0.0"}, "Add Inkeeper to Opera Open opera://extensions"),
        ({"User-Agent": AGENT, "Sec-CH-UA": '"Brave";v="156", "Chromium";v="156"'}, "Open brave://extensions"),
        ({"User-Agent": AGENT, "Sec-CH-UA": '"Vivaldi";v="8", "Chromium";v="156"'}, "Open vivaldi://extensions"),
        ({"User-Agent": AGENT, "Sec-CH-UA": '"Opera GX";v="131", "Chromium";v="156"'}, "Open opera://extensions"),
        ({"User-Agent": f"{AGENT} Edg/156.0.0.0"}, "Turn on “Developer mode” on the left."),
        ({"User-Agent": AGENT}, "Turn on “Developer mode” at the top right."),
        ({"User-Agent": FIREFOX}, "extension/manifest.json Copy The dialog may hide it: press Ctrl+L there"),
        ({"User-Agent": AGENT}, "/extension Copy The dialog may hide it: press Ctrl+L there, then paste it."),
        ({"User-Agent": AGENT.replace("X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7")}, "press ⌘⇧G there"),
        ({"User-Agent": AGENT.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64")}, "the dialog's field"),
        ({"User-Agent": AGENT, "Sec-CH-UA-Mobile": "?1"}, "The app is all you need on your phone"),
        ({"User-Agent": AGENT, "Sec-CH-UA-Platform": '"Android"'}, "The app is all you need on your phone"),
        ({"User-Agent": AGENT}, "Add Inkeeper to Chrome"),
        ({"User-Agent": FIREFOX}, "Firefox removes it when it closes, until the extension is signed by Mozilla."),
        ({"User-Agent": SAFARI}, "The app is all you need on Safari"),
        ({"User-Agent": ANDROID}, "The app is all you need on your phone"),
    ],
)
def test_the_steps_are_those_of_the_browser_that_looks(page: WebPage, headers: dict[str, str], steps: str) -> None:
    text = " ".join(words(page.get("/welcome?step=2", **headers)).split())

    assert steps in text


def test_a_device_name_stays_text(page: WebPage, client: FlaskClient) -> None:
    client.post("/api/v1/pairings", json={"device": "<img src=x>"})

    assert "<img" not in page.get("/welcome/connecting").get_data(as_text=True)


@pytest.mark.parametrize(
    ("agent", "shown"), [(AGENT, True), (FIREFOX, True), (AGENT.replace("X11; Linux", "Macintosh"), False)]
)
def test_the_copy_for_a_snap_is_a_private_one_in_a_visible_folder(
    page: WebPage, store: Store, tmp_path: Path, agent: str, shown: bool
) -> None:
    text = html.unescape(page.get("/welcome?step=2", **{"User-Agent": agent}).get_data(as_text=True))

    found = re.search(r'data-copy="(cp .*inkeeper-extension")"', text)
    assert bool(found) == shown
    if not found:
        return
    (tmp_path / "downloads").mkdir()
    (tmp_path / "xdg-user-dir").write_text(f"#!/bin/sh\necho {tmp_path}/downloads\n")
    (tmp_path / "xdg-user-dir").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for _ in range(2):
        subprocess.run(["sh", "-c", f"umask 022; {found[1]}"], check=True, env=environment)
    copy = tmp_path / "downloads" / "inkeeper-extension"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700
    assert stat.S_IMODE((copy / "connect.json").stat().st_mode) == 0o600
    assert {path.name for path in copy.iterdir()} == {path.name for path in (store.folder / "extension").iterdir()}


def test_the_browser_of_every_day_gets_its_own_steps_while_inkeepers_own_is_connected(
    client: FlaskClient, pair: Callable[..., Device]
) -> None:
    device = pair(device=OWN_CHROMIUM)
    page = WebPage(client, device.headers, device.id)
    own = {"User-Agent": AGENT, "Sec-CH-UA": '"Chromium";v="156"'}

    assert "It's connected in this Chromium" in words(page.get("/welcome?step=2", **own))
    in_firefox = words(page.get("/welcome?step=2", **{"User-Agent": FIREFOX}))
    assert "this Chromium" not in in_firefox
    assert "Load Temporary Add-on" in in_firefox
