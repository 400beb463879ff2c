"""The extension's messages: what is written from the source, and which mistakes in it are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from tests.lint.extension_words import CODES, EXTENSION, ExtensionWords
from tests.lint.words import messages

SAVE = {"save": {"server": "Save", "about": "Button."}}
USED = 't("save"); plural("left", 2);'


@pytest.fixture(scope="module")
def server() -> Catalog:
    return messages()


def catalogue(language: str, *translations: tuple[Any, ...]) -> Catalog:
    """A translation of the server's messages."""
    found = Catalog(locale=language)
    for message, string, *context in translations:
        found.add(message, string, context=context[0] if context else None)
    return found


def of(server: Catalog, entries: dict[str, Any], code: str = USED, **translated: Catalog) -> ExtensionWords:
    """The words of these entries alone."""
    return ExtensionWords(server, translated, source={"A group": entries}, code=code)


def complaints(words: ExtensionWords) -> list[str]:
    """The faults of the source, without those of codes, which short sources lack."""
    return [fault for fault in words.faults() if "is missing" not in fault and "no code builds" not in fault]


def test_every_message_is_used_and_every_key_that_code_builds_has_one(server: Catalog) -> None:
    faults = ExtensionWords(server, {}).faults()

    assert [fault for fault in faults if "types/" in fault or "tests/" in fault] == []


def test_every_language_has_every_message() -> None:
    english, *others = sorted(EXTENSION.glob("_locales/*/messages.json"), key=lambda path: path.parent.name != "en")
    keys = {_base(key) for key in _read(english)}

    assert others
    for path in others:
        assert {_base(key) for key in _read(path)} == keys, path
        assert all(entry["message"] for entry in _read(path).values()), path


def test_every_english_message_describes_itself() -> None:
    assert [
        key for key, entry in _read(EXTENSION / "_locales" / "en" / "messages.json").items() if not entry["description"]
    ] == []


def test_names_of_places_become_the_order_of_the_arguments(server: Catalog) -> None:
    entry = {"text": "%(day)s at %(rate)s, it's $5", "args": ["rate", "day"], "about": "A."}

    shown = of(server, {"pace": entry}).shown("en")["pace"]

    assert shown == {
        "message": "$day$ at $rate$, it’s $$5",
        "description": "A.",
        "placeholders": {"rate": {"content": "$1"}, "day": {"content": "$2"}},
    }


def test_a_shared_sentence_has_the_translation_of_the_server(server: Catalog) -> None:
    entry = {"server": "Updated to %(shown)s (was %(computed)s).", "args": ["shown", "computed"], "about": "A."}
    german = catalogue("de", (entry["server"], "%(computed)s war es, %(shown)s ist es."), ("Save", "Speichern"))

    words = of(server, {"updated": entry, **SAVE}, de=german)

    assert words.shown("de")["updated"] == {"message": "$2 war es, $1 ist es."}
    assert words.shown("de")["save"] == {"message": "Speichern"}
    assert list(words.template)[1:] == []


def test_a_context_selects_the_shared_sentence(server: Catalog) -> None:
    entry = {"server": "today", "context": "date.today", "about": "A."}

    words = of(server, {"today": entry}, de=catalogue("de", ("today", "falsch"), ("today", "heute", "date.today")))

    assert words.shown("de")["today"]["message"] == "heute"


def test_plurals_have_the_categories_of_each_language(server: Catalog) -> None:
    ids = ("%(number)s credit", "%(number)s credits")
    entry = {"server": list(ids), "context": "credits", "about": "A."}
    polish = catalogue("pl", (ids, ("%(number)s kredyt", "%(number)s kredyty", "%(number)s kredytów"), "credits"))
    japanese = catalogue("ja", (ids, ("%(number)s件",), "credits"))

    words = of(server, {"credits": entry}, pl=polish, ja=japanese)

    assert {key: found["message"] for key, found in words.shown("pl").items() if "credits" in key} == {
        "credits_one": "$1 kredyt",
        "credits_few": "$1 kredyty",
        "credits_many": "$1 kredytów",
        "credits_other": "$1 kredytów",
    }
    assert [key for key in words.shown("ja") if "credits" in key] == ["credits_other"]


def test_a_language_says_how_it_is_written(server: Catalog) -> None:
    words = of(server, SAVE, ar=catalogue("ar"))

    assert [words.shown("ar")[key]["message"] for key in ("format_locale", "direction")] == ["ar", "rtl"]
    assert words.shown("en")["format_locale"]["message"] == "en-GB"


def test_what_is_not_translated_is_shown_in_english_and_named(server: Catalog) -> None:
    entries = {"left": {"one": "%(number)s day", "other": "%(number)s days", "about": "A."}}

    words = of(server, entries, de=catalogue("de"))

    assert words.shown("de")["left_other"]["message"] == "$1 days"
    assert any("is not translated" in fault for fault in complaints(words))


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"server": "No server says this.", "about": "A."}, "the server has no message"),
        ({"server": "Save", "context": "elsewhere", "about": "A."}, "the server has no message"),
        ({"server": ["Save", "Saves"], "about": "A."}, "the server has no message"),
        ({"text": "%(a)s and %(b)s", "args": ["a"], "about": "A."}, "its places are"),
        ({"text": "%(a)s", "args": ["a", "b"], "about": "A."}, "its places are"),
        ({"text": "9% of all", "about": "A."}, "a % that is no place"),
        ({"text": "Save"}, "says nothing about itself"),
    ],
)
def test_a_mistake_in_the_source_is_named(server: Catalog, entry: dict[str, Any], fault: str) -> None:
    (found,) = complaints(of(server, {"save": entry}))

    assert fault in found


def test_two_places_need_the_order_of_their_arguments(server: Catalog) -> None:
    (fault,) = complaints(of(server, {"save": {"text": "%(a)s and %(b)s", "about": "A."}}))

    assert "args" in fault


@pytest.mark.parametrize(
    ("code", "is_used"),
    [
        ('t("save")', True),
        ('undoButton(id, name, "quiet", "save")', True),
        ('t(isOpen ? "cancel" : "save")', True),
        ("t(`sa${rest}`)", True),
        ("t(`${start}_${rest}`)", False),
        ('chrome.save("save")', False),
        ('say(t("other"), "save")', False),
        ("", False),
    ],
)
def test_a_key_that_no_code_uses_is_named(server: Catalog, code: str, is_used: bool) -> None:
    assert bool(complaints(of(server, SAVE, code))) is not is_used


def test_a_code_without_a_message_is_named(server: Catalog) -> None:
    faults = of(server, {}, "").faults()

    assert "types/messages.toml: purpose_article is missing" in faults
    assert "tests/lint/extension_words.py: no code builds purpose_{}" in faults
    assert len(faults) == sum(map(len, CODES.values())) + len(CODES)


def _base(key: str) -> str:
    return key.removesuffix("_one").removesuffix("_other").removesuffix("_few").removesuffix("_many")


def _read(path: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8"))
    return found
