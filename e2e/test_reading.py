"""What the extension understands of LinkedIn's pages at a click, and that it never guesses."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from e2e.harness.browser import Browser
from e2e.harness.linkedin import ASSETS, COMPOSERS, ROUTES, PracticeSite, file_at
from e2e.harness.linkedin import PAGES as PAGES_FOLDER
from e2e.harness.looking import PAGE_STATE, ROOT, WATCH, matches, read, read_again

KAI = {"name": "Kai Example", "profileUrl": "https://www.linkedin.com/in/kai-example"}
LEAD = {"name": "Kai Example", "profileUrl": "https://www.linkedin.com/sales/lead/ACwAAAKaiExample"}
TALENT = {"name": "Kai Example", "profileUrl": "https://www.linkedin.com/talent/profile/ACwAAAKaiExample"}

LANGUAGES = ("en", "de", "tr")
STATES = ("credits", "free", "zero", "loading", "unknown")


class Surface(NamedTuple):
    """A practice page of `COMPOSERS`, the product and the person that must be read of it, and what is asked of it."""

    page: str
    product: str
    person: dict[str, str]
    asked: dict[str, str]


SURFACES = {
    "main": Surface("main", "premium", KAI, {}),
    "sales": Surface("sales", "sales_navigator", LEAD, {}),
    "recruiter": Surface("recruiter", "recruiter", TALENT, {}),
    "header": Surface("main", "premium", KAI, {"name": "header"}),
    "list": Surface("main", "premium", KAI, {"name": "list"}),
    "compose": Surface("compose", "premium", KAI, {"name": "entity", "own": "1"}),
    "lead": Surface("sales", "sales_navigator", LEAD, {"name": "header", "own": "1"}),
    "two": Surface("main", "premium", KAI, {"two": "open"}),
}
"""What `on` in wording.js names."""

ALL_STATES = ("main", "sales", "recruiter")

PAGES = [
    (surface, state, language)
    for surface in SURFACES
    for state in (STATES if surface in ALL_STATES else STATES[:1])
    for language in LANGUAGES
]

CREDITS = {"premium": 45, "sales_navigator": 92}


def reading(product: str, person: dict[str, str] | None, **other: Any) -> dict[str, Any]:
    """A reading in which the composer was understood, its cost not."""
    plain = {"composer": "read", "isClear": True, "cost": "unknown", "balance": None, "degree1": False}
    return {"product": product, "person": person, **plain, **other}


def expected(surface: str, state: str) -> dict[str, Any]:
    """What must be read of a page of the matrix."""
    _, product, person, _ = SURFACES[surface]
    if product == "recruiter":
        return reading(product, person)
    return reading(
        product,
        person,
        **{
            "credits": {"cost": "credit", "balance": CREDITS[product]},
            "zero": {"cost": "credit", "balance": 0},
            "free": {"cost": "free"},
            "loading": {},
            "unknown": {"composer": "strange"},
        }[state],
    )


def wanted_count(on: str, surface: str, state: str, language: str) -> int:
    """How often a rule must match on a page, by its `on`."""
    for place in on.split():
        parts, _, count = place.partition(":")
        names = parts.split(".")
        if all(name in ("*", part) for name, part in zip(names, (surface, state, language), strict=False)):
            return int(count or 1)
    return 0


@pytest.mark.parametrize(("surface", "state", "language"), PAGES)
def test_each_page_is_read_and_each_rule_matches_where_it_must(
    chromium: Browser, surface: str, state: str, language: str
) -> None:
    page, _, _, asked = SURFACES[surface]

    found = read(chromium, PracticeSite.composer(page, state=state, lang=language, **asked))

    assert found == expected(surface, state)
    wrong = [
        f"{rule} matches {count} times, should {wanted}"
        for rule, on, count in matches(chromium)
        if count != (wanted := wanted_count(on, surface, state, language))
    ]
    assert not wrong


def test_every_rule_names_pages_that_are_there(chromium: Browser) -> None:
    chromium.visit(PracticeSite.composer("main"))

    for rule, on, _ in matches(chromium):
        assert on
        for place in on.split():
            assert any(wanted_count(place, *page) for page in PAGES), f"{rule} names {place}, which is none of SURFACES"


def test_every_practice_page_has_an_address_and_every_composer_is_read() -> None:
    of_another_site = {"other_site.html", "other_site.js"}
    addressed = {name for _, name in ROUTES} | {path[1:] for path in ASSETS}
    assert {file.name for file in PAGES_FOLDER.iterdir()} == addressed | of_another_site | {"people.json"}

    with_composer = {
        file.name for file in PAGES_FOLDER.glob("*.html") if 'src="/practice.js"' in file.read_text("utf-8")
    }
    assert {file_at(path) for path in COMPOSERS.values()} == with_composer
    assert {surface.page for surface in SURFACES.values()} == set(COMPOSERS)


@pytest.mark.parametrize(
    ("printed", "balance"),
    [
        ("1", 1),
        ("150", 150),
        ("1.200", 1200),
        ("1,200", 1200),
        ("1 200", 1200),
        ("1\u00a0200", 1200),
        ("1\u202f200", 1200),
        ("1’200", 1200),
        ("12.345", 12345),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_read_as_they_are_printed(chromium: Browser, language: str, printed: str, balance: int) -> None:
    for page in ("main", "sales"):
        found = read(chromium, PracticeSite.composer(page, lang=language, n=printed))
        assert (found["cost"], found["balance"]) == ("credit", balance)


@pytest.mark.parametrize(
    ("one", "printed", "balance"),
    [("١", "١٬٢٠٠", 1200), ("۱", "۴۵", 45), ("१", "९०", 90), ("১", "১০৮", 108), ("๑", "๑๕๐", 150)],
)
def test_digits_of_any_script(chromium: Browser, one: str, printed: str, balance: int) -> None:
    found = read(chromium, PracticeSite.composer("main", one=one, n=printed))

    assert (found["cost"], found["balance"]) == ("credit", balance)


@pytest.mark.parametrize("asked", [{"n": "45", "one": "2"}, {"n": "45", "one": "0"}, {"n": "100000"}, {"n": "3 of 45"}])
@pytest.mark.parametrize("page", ["main", "sales"])
def test_numbers_that_make_no_sense_are_unknown(chromium: Browser, page: str, asked: dict[str, str]) -> None:
    found = read(chromium, PracticeSite.composer(page, **asked))

    assert (found["composer"], found["cost"], found["balance"]) == ("strange", "unknown", None)


VARIANTS = {
    "nothing about credits yet": ({"state": "missing"}, {"cost": "unknown", "balance": None}),
    "another name of the host": ({"host": "renamed"}, {}),
    "no shadow root": ({"root": ""}, {}),
    "in a frame of the site": ({"frame": "page"}, {}),
    "in a frame without an address": ({"frame": "blank"}, {}),
    "decoys everywhere": ({"decoy": "1"}, {}),
    "decoys, and nothing about credits": ({"decoy": "1", "state": "missing"}, {"cost": "unknown", "balance": None}),
    "decoys beside a free message": ({"decoy": "1", "state": "free"}, {"cost": "free", "balance": None}),
    "a composer that is left over, unseen": ({"two": "hidden"}, {}),
    "a 2nd-degree person": ({"degree": "2"}, {}),
    "a 1st-degree person": ({"degree": "1"}, {"cost": "free", "balance": None, "degree1": True}),
    "a 1st-degree person, in German": (
        {"degree": "1", "lang": "de"},
        {"cost": "free", "balance": None, "degree1": True},
    ),
}


@pytest.mark.parametrize("page", ["main", "sales"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_however_the_composer_stands_there(chromium: Browser, page: str, variant: str) -> None:
    asked, other = VARIANTS[variant]

    assert read(chromium, PracticeSite.composer(page, **asked)) == {**expected(page, "credits"), **other}


@pytest.mark.parametrize("asked", [{"host": "renamed"}, {"frame": "page"}, {"frame": "blank"}, {"decoy": "1"}])
def test_recruiter_however_it_stands_there(chromium: Browser, asked: dict[str, str]) -> None:
    assert read(chromium, PracticeSite.composer("recruiter", **asked)) == expected("recruiter", "credits")


@pytest.mark.parametrize("page", ["main", "sales", "recruiter"])
def test_a_composer_by_other_names_is_not_understood(chromium: Browser, page: str) -> None:
    found = read(chromium, PracticeSite.composer(page, hashed="1"))

    assert found == {**expected(page, "unknown"), "composer": "strange"}


@pytest.mark.parametrize("page", ["main", "sales", "recruiter"])
def test_a_closed_shadow_root_stays_closed(chromium: Browser, page: str) -> None:
    found = read(chromium, PracticeSite.composer(page, root="closed"))

    assert found == {**expected(page, "unknown"), "composer": "none", "cost": "unknown", "balance": None}


def test_a_name_that_only_the_title_has(chromium: Browser) -> None:
    assert read(chromium, PracticeSite.composer("main", name="none")) == expected("main", "credits")


def test_a_page_of_messages_names_its_recipient(chromium: Browser) -> None:
    for place in ("card", "header", "entity"):
        assert read(chromium, PracticeSite.composer("compose", name=place)) == expected("compose", "credits")
    assert read(chromium, PracticeSite.composer("compose", name="none"))["person"] is None


def test_a_name_is_a_text_of_at_most_200_characters(chromium: Browser) -> None:
    name = " ".join(["Kai"] + ["Example"] * 40)

    chromium.visit(PracticeSite.person())
    chromium.tab.run("(name) => { document.title = `${name} | LinkedIn`; }", name)

    assert read_again(chromium)["person"]["name"] == name[:200].rstrip()


PUSH = "(path) => history.pushState({}, '', path)"


def test_an_address_that_is_ahead_of_its_title(chromium: Browser) -> None:
    robin = {"name": "Robin Sample", "profileUrl": "https://www.linkedin.com/in/robin-sample"}
    assert read(chromium, PracticeSite.person("robin-sample")) == reading("premium", robin, composer="none")

    chromium.tab.run(PUSH, "/in/kai-example/")
    assert read_again(chromium)["isClear"] is False

    chromium.tab.run("() => { document.title = 'Kai Example | LinkedIn'; }")
    assert read_again(chromium) == reading("premium", KAI, composer="none")

    chromium.tab.run("() => { document.title = 'Robin Sample | LinkedIn'; }")
    assert read_again(chromium)["isClear"] is False


def test_a_lead_is_clear_where_the_page_was_loaded_there_or_links_to_it(chromium: Browser) -> None:
    chromium.visit(PracticeSite.composer("sales", composer="none"))
    assert read_again(chromium) == reading("sales_navigator", LEAD, composer="none")
    before = chromium.tab.url

    chromium.tab.run(PUSH, "/sales/lead/ACwAAARobinSample")
    assert read_again(chromium)["isClear"] is False
    add_link = """(path, name) => document.querySelector('main').append(
        Object.assign(document.createElement('a'), {href: path, textContent: name}))"""
    chromium.tab.run(add_link, "/sales/lead/ACwAAARobinSample,NAME_SEARCH", "Kai Example")
    assert read_again(chromium)["isClear"] is True

    chromium.tab.run("() => new Promise((back) => { addEventListener('popstate', back); history.back(); })")
    assert chromium.tab.url == before
    assert read_again(chromium)["isClear"] is False


def test_a_composer_tells_whom_it_is_for_while_the_page_changes(chromium: Browser) -> None:
    chromium.visit(PracticeSite.composer("sales"))
    chromium.tab.run(PUSH, "/sales/lead/ACwAAARobinSample")

    assert read_again(chromium) == {
        **expected("sales", "credits"),
        "person": {"name": "Kai Example", "profileUrl": None},
    }


MEMBER = "ACoAAB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX"


def test_the_public_link_of_the_page_is_better_than_a_members_number(chromium: Browser) -> None:
    assert read(chromium, PracticeSite.composer("main", card=MEMBER)) == expected("main", "credits")

    person = read(chromium, PracticeSite.composer("compose", card=MEMBER))["person"]
    assert person == {"name": "Kai Example", "profileUrl": f"https://www.linkedin.com/in/{MEMBER}"}


@pytest.mark.parametrize("asked", [{}, {"own": "1"}, {"decoy": "1"}])
def test_a_card_at_the_head_of_the_list_of_messages(chromium: Browser, asked: dict[str, str]) -> None:
    found = read(chromium, PracticeSite.composer("compose", name="list", degree="1", **asked))

    assert found == {**expected("main", "credits"), "cost": "free", "balance": None, "degree1": True}


def test_a_card_in_a_message_is_someone_elses(chromium: Browser) -> None:
    chromium.visit(PracticeSite.composer("compose", name="card", own="1"))
    share = """() => document.querySelector('.msg-s-event-listitem').insertAdjacentHTML('beforeend',
        '<div class="msg-s-profile-card"><a class="profile-card-one-to-one__profile-link" href="/in/robin-sample/">'
        + 'Robin Sample</a><span class="artdeco-entity-lockup__degree">· 1st</span></div>')"""
    chromium.tab.run(share)

    assert read_again(chromium) == expected("main", "credits")


@pytest.mark.parametrize("path", ["", "messaging/thread/practice/"])
def test_a_page_without_a_composer_says_nothing(chromium: Browser, path: str) -> None:
    found = read(chromium, f"https://www.linkedin.com/{path}")

    assert found == {**reading("premium", None), "composer": "none", "product": None}


def test_of_two_composers_the_one_in_use_counts(chromium: Browser) -> None:
    robin = {"name": "Robin Sample", "profileUrl": "https://www.linkedin.com/in/robin-sample"}
    assert read(chromium, PracticeSite.composer("main", two="open", active="second"))["person"] == robin

    chromium.tab.run(f"() => {ROOT}.querySelectorAll('input')[0].focus()")
    assert read_again(chromium)["person"] == KAI

    chromium.tab.run(f"() => {ROOT}.querySelectorAll('[role=textbox]')[1].focus()")
    assert read_again(chromium)["person"] == robin


def test_of_two_composers_none_is_guessed(chromium: Browser) -> None:
    found = read(chromium, PracticeSite.composer("main", two="open", active="none"))

    assert found == reading("premium", KAI, composer="strange")


def test_a_composer_that_is_drawn_anew_while_it_is_used(chromium: Browser) -> None:
    for page in ("main", "sales", "recruiter"):
        chromium.visit(PracticeSite.composer(page, rerender="1"))
        chromium.tab.run(FOCUS_BODY)
        for letter in "abc":
            chromium.tab.press(letter)
        assert read_again(chromium) == expected(page, "credits")
        assert chromium.tab.run(BODY_TEXT) == "abc"


DEEP = """function deep(root, css) {
    for (const element of root.querySelectorAll('*')) {
        if (element.matches(css)) return element;
        const found = element.shadowRoot && deep(element.shadowRoot, css);
        if (found) return found;
    }
    return null;
}"""
BODY = "deep(document, 'textarea, [role=textbox]')"
FOCUS_BODY = f"() => {{ {DEEP} {BODY}.focus(); }}"
BODY_TEXT = f"() => {{ {DEEP} return {BODY}.value ?? {BODY}.textContent; }}"


OWN_WORLD = """async () => {
    const [tab] = await chrome.tabs.query({url: 'https://www.linkedin.com/*', active: true});
    const func = () => Object.getOwnPropertyNames(globalThis).sort();
    const [{result}] = await chrome.scripting.executeScript({target: {tabId: tab.id}, func});
    return result;
}"""


@pytest.mark.parametrize("page", ["main", "sales"])
def test_the_page_cannot_tell_that_it_was_read(chromium: Browser, page: str) -> None:
    chromium.visit(PracticeSite.composer(page))
    chromium.tab.run(WATCH)
    before, own_before = chromium.tab.run(PAGE_STATE), chromium.control.run(OWN_WORLD)

    for _ in range(2):
        assert read_again(chromium) == expected(page, "credits")

    assert chromium.tab.run(PAGE_STATE) == before
    assert chromium.tab.run("() => noticed") == []
    assert chromium.control.run(OWN_WORLD) == own_before
