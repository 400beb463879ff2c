"""Pages in a pseudo-language (`tests.pseudo`) and in German: no English is left, and sentences are whole."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from inkeeper.api.app import App
from inkeeper.rules.warnings import MAX_LEAD_DAYS
from inkeeper.vocabulary import TARGET_STATES
from inkeeper.web.blueprint import blueprint
from inkeeper.web.people_words import STATES
from inkeeper.web.settings_reminders import _DAYS as DAYS_ERROR
from inkeeper.wording.language import Words, language_names
from inkeeper.wording.starter_texts import STARTER_TEXTS
from tests import pseudo
from tests.conftest import Clock
from tests.seat import Seat
from tests.web.conftest import HTMX, WebPage, values_of, words

PAGES = ["/", "/people", "/people/plan", "/people/texts", "/people/campaigns", "/people/results", "/history"]
PAGES += ["/history/credits", "/report", "/settings", "/settings/account", "/settings/account/new", "/welcome"]
PAGES += ["/settings/browsers", "/settings/data", "/settings/plan", "/settings/reminders", "/settings/about"]
PARTS = ["/people?show=today&q=nobody", "/people/texts?text=new", "/people/campaigns?campaign=new", "/report/advice"]
PARTS += [f"/people/results?by={by}" for by in ("campaign", "purpose", "weekday", "hour")]
PARTS += [
    "/history/rows?q=kai",
    "/history/credits?month=2026-10",
    "/people/rows?show=done",
    "/settings/browsers/waiting",
]
PARTS += [f"/welcome?step={step}" for step in (1, 2, 3)]

STARTERS = [text for each in STARTER_TEXTS for text in (each.name, each.subject, each.body)]
PLANS = ["Premium Career", "Premium Business", "Sales Navigator", "Recruiter Lite", "Recruiter", "Premium"]
LANGUAGES = list(language_names().values())
PRODUCTS = ["Inkeeper", "LinkedIn", "CSV", "JSON", "UTC", "EUR", "https://www.linkedin.com/in/…"]
BROWSERS = ["Linux", "Chrome", "Firefox", "Edge", "Brave", "Vivaldi", "Opera"]
TYPED = [
    "Kai Example",
    "Kai",
    "Robin Sample",
    "Mika Placeholder",
    "Noor Dummy",
    "My seat",
    "Second seat",
    "Example GmbH",
]
TYPED += ["Autumn", "Data lead", "met at a fair", "five talks", "Hello there", "messages.csv", "people.csv"]
ZONE = r"(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[\w /+-]+|Berlin"
NAMES = re.compile(
    "|".join(
        [
            ZONE,
            r"https?://\S+",
            r"\{+\w*\}*|\w+\}+|\bx{2,}",
            r"\b[A-Z]{3}\b",
            *(
                rf"(?<!\w){re.escape(text)}(?!\w)"
                for text in sorted([*STARTERS, *PLANS, *PRODUCTS, *LANGUAGES, *BROWSERS, *TYPED], key=len, reverse=True)
            ),
        ]
    )
)
"""What stays as it is in every language: names of products and places, and what people typed."""


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> Words:
    """The pseudo-language, for readers who ask for it."""
    return pseudo.speak(monkeypatch, pseudo.pseudo_words())


def reader(page: WebPage, language: str) -> WebPage:
    """The page of a browser that prefers this language."""
    return WebPage(page.client, page.headers | {"Accept-Language": f"{language}, en;q=0.5"}, page.device_id)


@pytest.fixture
def used(open_account: Callable[..., Seat], clock: Clock) -> Seat:
    """An account of four months with InMails, answers, people, a campaign, texts and warnings."""
    clock.now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    price = {"amount_minor": 9999, "currency": "EUR"}
    seat = open_account(plan="sales_navigator", price=price, opened_at="2026-08-03T09:00:00Z")
    open_account(plan="premium_career", name="Second seat")
    for month in (8, 9, 10, 11):
        for number in range(30 if month == 9 else 6):
            person = {"name": f"Kai Example {number}", "profile_url": f"https://www.linkedin.com/in/k-{month}-{number}"}
            sent_at = f"2026-{month:02}-{4 + number // 2:02}T{9 + number % 2:02}:00:00Z"
            body = {"recipient": person, "source": "popup", "sent_at": sent_at, "purpose": "article"}
            inmail = seat.call.post(f"{seat.path}/inmails", {**body, "accept_discrepancy": True})["inmail"]["id"]
            if number % 3 == 0:
                answered = {"outcome": "replied", "outcome_at": f"{sent_at[:10]}T18:00:00Z"}
                seat.call("PATCH", f"{seat.path}/inmails/{inmail}", answered)
    text = seat.call.post("/texts", {"name": "Hello there", "subject": "Data lead", "body": "Data lead {{company}}"})[
        "id"
    ]
    steps = [{"texts": [text]}, {"after_working_days": 7, "texts": []}]
    campaign = {"name": "Autumn", "account": seat.account["id"], "steps": steps, "goal": "five talks", "budget": 9}
    made = seat.call.post("/campaigns", {**campaign, "ends": "2026-12-18"})["id"]
    for name, more in [
        ("Robin Sample", {"campaign": made, "note": "met at a fair"}),
        ("Mika Placeholder", {"planned_for": "2026-11-26", "planned_at": "09:30"}),
        ("Noor Dummy", {"due": "2026-11-30", "text": text}),
        ("Kai Example", {"planned_for": "2026-11-25"}),
    ]:
        seat.call.post("/targets", {"person": {"name": name, "company": "Example GmbH"}, **more})
    seat.log("Robin Sample", subject="Data lead", note="met at a fair", sent_at="2026-11-25T08:00:00Z")
    return seat


ANSWERS = (200, 404, 409, 410, 422)


def check(answer: TestResponse, path: str) -> None:
    text = answer.get_data(as_text=True)
    assert answer.status_code in ANSWERS, (path, text)
    assert list(pseudo.untranslated(text, NAMES)) == [], path


def test_every_page_is_in_the_list(app: App) -> None:
    rules = {rule.rule for rule in app.pages().url_map.iter_rules() if rule.endpoint in blueprint.pages}

    assert rules == set(PAGES)


@pytest.mark.parametrize("path", [*PAGES, *PARTS])
def test_a_page_in_another_language(page: WebPage, used: Seat, longer: Words, path: str) -> None:
    english = page.get(path).get_data(as_text=True)

    answer = reader(page, pseudo.TAG).get(path)

    check(answer, path)
    assert "⟦" not in english


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_a_newcomer_in_another_language(page: WebPage, longer: Words, path: str) -> None:
    check(reader(page, pseudo.TAG).get(path), path)


@pytest.mark.parametrize("path", ["/", "/people", "/downloads/" + "a" * 43])
def test_the_shell_and_a_used_link_in_another_language(page: WebPage, longer: Words, path: str) -> None:
    answer = page.client.get(path, headers={"Accept-Language": pseudo.TAG})

    check(answer, path)
    assert f'<html lang="{pseudo.TAG}" dir="ltr">' in answer.get_data(as_text=True)


def test_a_language_from_right_to_left_says_so(page: WebPage, monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo.speak(monkeypatch, pseudo.pseudo_words("rtl"))
    headers = {"Accept-Language": pseudo.TAG}

    assert f'<html lang="{pseudo.TAG}" dir="rtl">' in page.client.get("/", headers=headers).get_data(as_text=True)
    assert page.client.get("/manifest.webmanifest", headers=headers).json["dir"] == "rtl"
    assert '<html lang="en" dir="ltr">' in page.client.get("/").get_data(as_text=True)


def actions(page: WebPage, seat: Seat) -> Iterator[tuple[str, TestResponse]]:
    """Everything that a person does on Home, History, People and in the settings, right and wrong."""
    path = f"/accounts/{seat.account['id']}"
    inmails = seat.call.get(f"{seat.path}/inmails?limit=5")["items"]
    first = f"{path}/inmails/{inmails[0]['id']}"
    target = seat.call.get("/targets?limit=10")["items"][0]["id"]
    yield "home: empty", page.send(f"{path}/inmails", who="")
    yield "home: no day", page.send(f"{path}/inmails", who="Noor Dummy", when="day")
    yield "home: wrong day", page.send(f"{path}/inmails", who="Noor Dummy", when="day", date="2027-01-01")
    yield "home: too early", page.send(f"{path}/inmails", who="Noor Dummy", when="day", date="2020-01-01")
    yield "home: no person", page.send(f"{path}/inmails", who="https://www.linkedin.com/company/x")
    yield "home: too long", page.send(f"{path}/inmails", who="Noor Dummy", subject="x" * 300)
    yield "home: control", page.send(f"{path}/inmails", who="\x07", subject="a\x07")
    yield "home: free", page.send(f"{path}/inmails", who="Noor Dummy", cost="0")
    yield "home: again", page.send(f"{path}/inmails", who="Noor Dummy")
    for outcome in ("replied", "accepted", "declined", "no_response", "pending"):
        yield f"home: {outcome}", page.send(f"{first}/outcome", outcome=outcome)
    yield "home: removed", page.send(f"{first}/remove")
    yield "home: removed twice", page.send(f"{first}/remove")
    yield "home: restored", page.send(f"{first}/restore")
    yield "home: unsure", page.send(f"{path}/observations", balance=900)
    yield "home: no number", page.send(f"{path}/observations", balance="x")
    yield "home: observed", page.send(f"{path}/observations", balance=0)
    yield "home: none left", page.send(f"{path}/inmails", who="Mika Placeholder")
    yield "home: none left, next", page.get("/")
    yield "home: gone", page.send(f"{path}/inmails/missing/outcome", outcome="replied")

    second = f"{path}/inmails/{inmails[1]['id']}"
    yield "history: edit", (editor := page.get(f"{second}/edit"))
    form = {name: values_of(editor, name)[0] for name in ("name", "link", "day", "version")}
    typed = {**form, "cost": "1", "outcome": "pending", "purpose": "", "note": "met at a fair"}
    yield "history: saved", page.send(f"{second}/edit", **typed)
    yield "history: stale", page.send(f"{second}/edit", **typed)
    yield "history: wrong", page.send(f"{second}/edit", **typed | {"day": "", "name": ""})
    yield "history: removed", page.send(f"{second}/row/remove")
    yield "history: restored", page.send(f"{second}/row/restore")

    yield "people: empty", page.send("/people", who="")
    yield "people: company", page.send("/people", who="https://www.linkedin.com/company/x")
    yield "people: twice", page.send("/people", who="Robin Sample")
    yield "people: edit", (editor := page.get(f"/people/targets/{target}/edit"))
    form = {name: values_of(editor, name)[0] for name in ("name", "version")}
    yield "people: saved", page.send(f"/people/targets/{target}/edit", **form, due="2026-11-27")
    yield "people: stale", page.send(f"/people/targets/{target}/edit", **form)
    yield "people: wrong", page.send(f"/people/targets/{target}/edit", **form, planned_at="9", planned_for="x")
    for what in ("tomorrow", "week", "credits", "first", "drop", "mark"):
        yield f"people: {what}", page.send("/people/do", what=what, target=target)
    lines = "Robin Sample\nNoor Dummy\nKai Example 3\nhttps://example.org/x\nhttps://www.linkedin.com/company/x\n" * 2
    page.send("/people/do", what="drop", target=seat.call.get("/targets?limit=10")["items"][-1]["id"])
    answered = next(each["id"] for each in inmails if each["recipient"]["name"] == "Robin Sample")
    seat.call("PATCH", f"{seat.path}/inmails/{answered}", {"outcome": "replied"})
    yield "people: ended", page.get("/people?show=done")
    yield "people: several", page.send("/people/several", lines=lines)
    yield "people: several, left", page.send("/people/several", lines=lines, leave_written="1")
    yield "people: several, none", page.send("/people/several")
    for content in ("Name;Company\nRobin Sample;Example GmbH\n;x\n", "a,b\n1,2\n"):
        data = {"key": secrets.token_urlsafe(16), "file": (io.BytesIO(content.encode()), "people.csv")}
        yield "people: file", page.client.post("/people/several", data=data, headers=page.headers | HTMX)
    yield "people: plan", page.send("/people/plan/preview", all="1")
    yield "people: plan wrong", page.send("/people/plan/preview", all="1", until="2020-01-01", **{"from": "2026-12-01"})
    yield "people: planned", (done := page.send("/people/plan/save", all="1"))
    if undo := values_of(done, "plan"):
        yield "people: unplanned", page.send("/people/plan/undo", plan=undo[0])

    yield "texts: empty", page.send("/people/texts", name="")
    wrong = "{{}} {{nmae}} {name} }} {{first_name}"
    yield "texts: wrong", page.send("/people/texts", name="Autumn", subject="Data lead", body="{{nmae}}")
    yield "texts: preview", page.send("/people/texts/preview", subject=wrong, body=wrong, person="Noor Dummy")
    yield (
        "texts: long",
        page.send("/people/texts/preview", subject="x" * 300, body="{{company}}" + " x" * 900, person=""),
    )
    texts = seat.call.get("/texts?limit=10")["items"]
    text = next(each["id"] for each in texts if each["name"] == "Hello there")
    yield "texts: editor", page.get(f"/people/texts?text={text}")
    yield "texts: deleted", page.send(f"/people/texts/{text}/delete")
    campaign = seat.call.get("/campaigns?limit=1")["items"][0]["id"]
    yield "campaigns: editor", (editor := page.get(f"/people/campaigns?campaign={campaign}"))
    yield "campaigns: stale", page.send(f"/people/campaigns/{campaign}", name="Autumn", version="x")
    yield "campaigns: wrong", page.send("/people/campaigns", name="Autumn", starts="2026-12-09", ends="2026-12-01")
    yield "campaigns: over", page.send("/people/campaigns", name="Autumn", ends="2026-01-01", budget="x")
    yield "campaigns: deleted", page.send(f"/people/campaigns/{campaign}/delete")
    yield from settings_actions(page, seat)


def settings_actions(page: WebPage, seat: Seat) -> Iterator[tuple[str, TestResponse]]:
    """What a person does in the settings."""
    path = f"/accounts/{seat.account['id']}/settings"
    yield "account: wrong", page.send(f"{path}/account", name="", reserve="x", amount="x", currency="x", version="x")
    yield "account: stale", page.send(f"{path}/account", name="My seat", day1="1", version="x")
    yield "account: new", page.send("/settings/accounts", plan="recruiter", book="month_end", zone="x", amount="x")
    yield "account: unknown zone", page.send("/settings/accounts", name="My seat", plan="recruiter", zone="UTC")
    for to in ("premium_business", "recruiter", "cancel", "", "missing"):
        yield f"plan: {to}", page.send(f"{path}/plan/preview", to=to)
    yield "plan: day", page.send(f"{path}/plan/preview", to="cancel", at="2020-01-01")
    preview = page.send(f"{path}/plan/preview", to="premium_business", at="2026-12-05")
    yield "plan: later", preview
    saved = {name: values_of(preview, name)[-1] for name in ("to", "at", "version")}
    yield "plan: stale", page.send(f"{path}/plan", **saved | {"version": "x"})
    yield "plan: saved", page.send(f"{path}/plan", **saved)
    other = seat.call.get("/accounts")["items"][1]["id"]
    preview = page.send(f"/accounts/{other}/settings/plan/preview", to="cancel")
    page.done(f"/accounts/{other}/settings/plan", to="cancel", version=values_of(preview, "version")[-1])
    yield "plan: none", page.get(f"/settings/plan?account={other}")
    yield "rules: preview", page.send(f"{path}/rules/preview", book="rolling", since="start")
    yield "rules: same", page.send(f"{path}/rules/preview", book="month_end", since="start")
    yield "rules: wrong", page.send(f"{path}/rules/preview", book="missing", since="day", day="", renewal_day="x")
    yield "reminders: wrong", page.send(f"{path}/warnings", first="x", second="9", third="9")
    yield "reminders: order", page.send(f"{path}/warnings", first="3", second="9", third="9")
    yield "reminders: stale", page.send(f"{path}/warnings", first="14", second="7", third="1", version="x")
    yield "reminders: address", page.send(f"{path}/calendar")
    yield "reminders: twice", page.send(f"{path}/calendar")
    yield "reminders: exists", page.get("/settings/reminders")
    yield "browsers: code", page.send("/settings/browsers/code")
    yield "data: whom", page.send("/settings/erase/preview", person="")
    yield "data: who", page.send("/settings/erase/preview", person="https://www.linkedin.com/company/x")
    person = "https://www.linkedin.com/in/k-9-3"
    yield "data: erase", (found := page.send("/settings/erase/preview", person=person, name="Kai Example 3"))
    yield "data: changed", page.send("/settings/erase", person=person, name="Kai Example 3", version="x")
    version = values_of(found, "version")[-1]
    yield "data: erased", page.send("/settings/erase", person=person, name="Kai Example 3", version=version)
    for content in FILES:
        data: dict[str, Any] = {
            "key": secrets.token_urlsafe(16),
            "file": (io.BytesIO(content.encode()), "messages.csv"),
        }
        yield "data: file", page.client.post(f"{path}/import", data=data, headers=page.headers | HTMX)
    yield "data: no file", page.client.post(f"{path}/import", data={"key": "k" * 22}, headers=page.headers | HTMX)


FILES = [
    "Name,Sent on,Cost,Result\nRobin Sample,2026-11-20,0,replied\nNoor Dummy,2026-11-21,1,\n",
    "Name,Sent on\nRobin Sample,2026-01-20\nRobin Sample,2026-01-20\n",
    "a,b\n1,2\n",
    "Name,Sent on\n,2026-11-20\nRobin Sample,2026-02-30\nRobin Sample,99\nRobin Sample,1/2/2026\nRobin Sample\n",
    'Name,Sent on\n"Robin Sample',
    "",
    "Name,Sent on\nRobin Sample,\0",
]


def test_every_answer_in_another_language(page: WebPage, used: Seat, longer: Words) -> None:
    left = {}
    for name, answer in actions(reader(page, pseudo.TAG), used):
        assert answer.status_code in ANSWERS, name
        if found := list(pseudo.untranslated(answer.get_data(as_text=True), NAMES)):
            left[name] = found
    assert "".join(f"{name}: {found}\n" for name, found in left.items()) == ""


def test_the_set_up_in_another_language(page: WebPage, longer: Words) -> None:
    foreign = reader(page, pseudo.TAG)
    check(foreign.send("/welcome/plan"), "empty")
    check(foreign.send("/welcome/plan", plan="other", balance="x", monthly="x", amount="x"), "wrong")
    check(foreign.send("/welcome/plan", plan="sales_navigator", balance="900"), "too many")
    asked = foreign.send("/welcome/plan", plan="sales_navigator", balance="12", zone="Europe/Berlin")
    check(asked, "asked")
    question = re.search(r'hx-post="(/accounts/[^"]+/credit-rules)"', asked.get_data(as_text=True))
    assert question
    for kept in ("unsure", "no", "yes"):
        check(foreign.send(question[1], kept=kept), kept)


def test_each_state_of_a_person_on_the_list_has_a_name() -> None:
    assert set(STATES) == set(TARGET_STATES)


def test_the_days_that_the_error_names_are_those_allowed() -> None:
    assert f"from 1 to {MAX_LEAD_DAYS}." in DAYS_ERROR


@pytest.fixture
def german(page: WebPage) -> WebPage:
    """The page of a browser whose first language is Austrian German."""
    return WebPage(page.client, page.headers | {"Accept-Language": "de-AT, de;q=0.9, en;q=0.8"}, page.device_id)


def test_home_in_german(german: WebPage, used: Seat) -> None:
    answer = german.get("/")
    text = words(answer)

    assert "Credits von 25 übrig · noch 6 Tage, heute mitgezählt Senden Sie 4–5 am Tag , um alle zu nutzen" in text
    assert "18 verfallen am Mo, 30. Nov Wert: 72\xa0€ · bei diesem Tempo verlieren Sie 17" in text.replace(
        "72 €", "72\xa0€"
    )
    assert "Kai Example 1 gesendet am Fr, 4. Sept" in text
    assert "Zeigt LinkedIn auch 18?" in text
    assert '<button class="main" id="log-button">InMail eintragen</button>' in answer.get_data(as_text=True)


def test_a_shell_in_german_says_its_language(page: WebPage) -> None:
    answer = page.client.get("/history", headers={"Accept-Language": "de"})

    assert '<html lang="de" dir="ltr">' in answer.get_data(as_text=True)
    assert "Sie sind abgemeldet" in words(answer)


def test_the_app_installs_with_a_german_description(page: WebPage) -> None:
    manifest = page.client.get("/manifest.webmanifest", headers={"Accept-Language": "de"})

    assert (manifest.json["lang"], manifest.json["description"]) == (
        "de",
        "Nie wieder versehentlich einen InMail-Credit verlieren.",
    )
    assert manifest.headers["Vary"] == "Accept-Language"


def test_forms_of_numbers_in_german(german: WebPage, seat: Seat, path: str) -> None:
    for balance, said in ((1, "1 Credit von 5 übrig"), (2, "2 Credits von 5 übrig"), (0, "Credits von 5 übrig")):
        german.done(f"{path}/observations", balance=balance)
        assert said in german.text("/")


def test_what_is_done_is_said_in_german(german: WebPage, seat: Seat, path: str) -> None:
    assert "Eingetragen: Robin Sample, 1 Credit." in german.done(f"{path}/inmails", who="Robin Sample")
    assert "Bereits heute, 09:00 eingetragen, noch ohne Antwort." in words(
        german.send(f"{path}/inmails", who="Robin Sample")
    )
    assert "Geben Sie eine ganze Zahl ein." in words(german.send(f"{path}/observations", balance="viele"))
    inmail = seat.call.get(f"{seat.path}/inmails")["items"][0]
    assert "Robin Sample: hat geantwortet." in german.done(f"{path}/inmails/{inmail['id']}/outcome", outcome="replied")


def test_a_credit_that_comes_back_is_said_in_german(german: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="sales_navigator", rule_book="rolling")
    inmail = seat.log("Robin Sample")["inmail"]["id"]

    said = german.done(f"/accounts/{seat.account['id']}/inmails/{inmail}/outcome", outcome="replied")

    assert "Robin Sample: hat geantwortet. Der Credit kommt zurück." in said
    assert "Robin Sample hinzugefügt. Sie haben dieser Person in den letzten 90 Tagen geschrieben." in german.done(
        "/people", who="Robin Sample"
    )


def test_a_change_of_plan_is_said_in_german(german: WebPage, used: Seat) -> None:
    advice = words(german.get("/report/advice"))

    assert (
        "Bleiben Sie bei Sales Navigator: Sie hatten in 1 von 3 Monaten mehr als eine Woche vor dem Ende keine Credits"
        " mehr, aber das ist ab und zu ein starker Monat, kein Dauerbedarf."
    ) in advice
    assert (
        "Upgrade auf Recruiter Lite. Sie würden 50 Credits bekommen und 68 übrig haben."
        " Die nächsten 50 kommen am Di, 1. Dez."
    ) in advice
    assert "Basic (kostenlos)" in advice


def test_numbers_and_money_in_german(german: WebPage, open_account: Callable[..., Seat]) -> None:
    seat = open_account(price={"amount_minor": 123456, "currency": "EUR"})
    path = f"/accounts/{seat.account['id']}"
    german.done(f"{path}/observations", balance=12345, sure="1")

    assert "12.345 Credits übrig" in german.text("/")
    form = german.get("/settings/account")
    assert values_of(form, "amount") == ["1234,56"]
    changed = {"name": "My seat", "amount": "1299,90", "day1": "1", "version": values_of(form, "version")[0]}
    assert "Gespeichert." in german.done(f"{path}/settings/account", **changed)
    assert seat.call.get(seat.path)["price"] == {"amount_minor": 129990, "currency": "EUR"}


def test_a_first_account_made_in_german_has_german_texts(german: WebPage) -> None:
    german.done("/welcome/plan", plan="sales_navigator", balance="12", zone="Europe/Berlin")

    text = german.text("/people/texts")
    assert "Erster Kontakt Vorstellung Eine Frage zu Ihrer Arbeit bei {{company|Ihrem Unternehmen}}" in text
    assert "First contact" not in text


def test_the_week_begins_on_the_languages_first_day(page: WebPage, used: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    american = pseudo.pseudo_words()
    american.formats = american.formats._replace(first_day=7)
    pseudo.speak(monkeypatch, american)

    form = reader(page, pseudo.TAG).get("/settings/account").get_data(as_text=True)
    by_weekday = reader(page, pseudo.TAG).get("/people/results?by=weekday").get_data(as_text=True)

    assert re.findall(r'name="day(\d)"', form) == ["7", "1", "2", "3", "4", "5", "6"]
    rows = re.findall(r'<th scope="row"><bdi>⟦(\w+)', by_weekday)
    assert rows == ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    page_in_english = page.get("/settings/account").get_data(as_text=True)
    assert re.findall(r'name="day(\d)"', page_in_english) == ["1", "2", "3", "4", "5", "6", "7"]


def test_linkedins_number_of_today_is_not_asked_for_again_in_any_language(
    german: WebPage, seat: Seat, path: str
) -> None:
    german.done(f"{path}/observations", balance=5)

    text = german.text("/")
    assert "LinkedIn zeigt auch 5 (Stand: heute, 09:00)." in text
    assert "Zeigt LinkedIn auch 5?" not in text
