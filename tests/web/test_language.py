"""Pages in a language that is 40 % longer than English and has a mark on every word of ours."""

from __future__ import annotations

import gettext
import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from inkeeper.web import language as web_language
from inkeeper.wording.language import ENGLISH, Words
from inkeeper.wording.starter_texts import STARTER_TEXTS
from tests.conftest import Clock
from tests.seat import Seat
from tests.web.conftest import WebPage

PAGES = ["/", "/people", "/people/plan", "/people/texts", "/people/campaigns", "/people/results", "/history"]
PAGES += ["/history/credits", "/report", "/settings", "/settings/account", "/settings/account/new", "/welcome"]
PAGES += ["/settings/browsers", "/settings/data", "/settings/plan", "/settings/reminders", "/settings/about"]


DATES = [*ENGLISH.formats.months, *ENGLISH.formats.short_months, *ENGLISH.formats.short_days]
STARTERS = [text for each in STARTER_TEXTS for text in (each.name, each.subject)]
DEVICES = ["Page in Firefox on Linux", "Chrome on Linux"]
PLANS = ["Premium Career", "Premium Business", "Sales Navigator", "Recruiter Lite", "Recruiter"]
NAMES = ["Inkeeper", "CSV", "JSON", "UTC", "Enter", "Esc", "My seat", "Kai Example"]
NO_MESSAGES = re.compile(
    "|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in [*STARTERS, *DEVICES, *PLANS, *NAMES, *DATES])
)
"""Names, what users may change, and the names of days, which come with the formats."""


class Longer(gettext.NullTranslations):
    """Each message in ⟦⟧, with two letters more for each five. Tags and places stay."""

    def gettext(self, message: str) -> str:
        parts = re.split(r"(<[^>]*>|%\(\w+\)s|%%)", message)
        letters = sum(len(part) for part in parts[::2])
        return f"⟦{message}{'~' * max(1, letters * 2 // 5)}⟧" if message.strip() else message

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Words]:
    """The language `xx`, for a reader who asks for it."""
    spoken = Words("xx", ENGLISH.formats, Longer())
    monkeypatch.setattr(web_language, "languages", lambda: ("en", "xx"))
    monkeypatch.setattr(web_language, "match_language", lambda wanted: "xx" if "xx" in set(wanted) else "en")
    monkeypatch.setattr(web_language, "words", lambda tag: spoken if tag == "xx" else ENGLISH)
    monkeypatch.setattr(web_language, "bytecode_cache", lambda _tag: None)
    return spoken


@pytest.fixture
def used(open_account: Callable[..., Seat], clock: Clock) -> Seat:
    seat = open_account(plan="sales_navigator", price={"amount_minor": 9999, "currency": "EUR"})
    for number in range(3):
        person = {"name": f"Kai Example {number}", "profile_url": f"https://www.linkedin.com/in/kai-{number}"}
        seat.call.post(f"{seat.path}/inmails", {"recipient": person, "source": "popup", "purpose": "article"})
    clock.now = datetime(2026, 11, 27, 9, tzinfo=UTC)
    return seat


def unmarked(text: str) -> list[str]:
    """The words on the page that come from no message, and are none of NO_MESSAGES."""
    text = re.sub(r"<(script|style|svg|code|option|title)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "\n", text)
    text = html.unescape(text)
    while "⟦" in text:
        shorter = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        if shorter == text:
            break
        text = shorter
    lines = [NO_MESSAGES.sub("", line).strip() for line in text.splitlines()]
    return [line for line in lines if re.search(r"[A-Za-z]{2,}", line)]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_another_language(page: WebPage, used: Seat, longer: Words, path: str) -> None:
    english = page.get(path).get_data(as_text=True)

    answer = page.get(path, **{"Accept-Language": "xx, en;q=0.5"})

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "⟦" in text
    assert "⟦" not in english
    assert unmarked(text) == []
