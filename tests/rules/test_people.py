"""Who somebody is: the table of cases that the backend and the extension share, and what holds for any text."""

from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules.people import (
    LONGEST_NAME,
    Link,
    Person,
    clean_name,
    normal_link,
    normal_name,
    parse_link,
    same_person,
)

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "people_cases.json").read_text(encoding="utf-8")
)


def label(case: dict[str, Any]) -> str:
    return ascii(case.get("input", case.get("why")))[:60]


def person(given: dict[str, Any]) -> Person:
    return Person(given["name"], parse_link(given["link"]) if given["link"] else None)


@pytest.mark.parametrize("case", CASES["links"], ids=label)
def test_a_link_leads_to_the_person_of_the_table(case: dict[str, Any]) -> None:
    link = parse_link(case["input"])
    assert (link and link.url, link and link.kind) == (case["url"], case["kind"]), case["why"]


@pytest.mark.parametrize("case", CASES["names"], ids=label)
def test_a_name_is_kept_and_compared_as_in_the_table(case: dict[str, Any]) -> None:
    assert (clean_name(case["input"]), normal_name(case["input"])) == (case["clean"], case["normal"])


@pytest.mark.parametrize("case", CASES["same"], ids=label)
def test_two_are_one_person_where_the_table_says_so(case: dict[str, Any]) -> None:
    one, other = person(case["one"]), person(case["other"])
    assert (same_person(one, other), same_person(other, one)) == (case["same"], case["same"]), case["why"]


def test_a_long_name_is_cut_between_characters() -> None:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    assert clean_name("x" * (LONGEST_NAME - 2) + family) == "x" * (LONGEST_NAME - 2)
    assert clean_name("x" * (LONGEST_NAME - 1) + "q\u0323" + "y") == "x" * (LONGEST_NAME - 1)
    assert clean_name("x" * (LONGEST_NAME - 1) + "\U0001f44d\U0001f3fd") == "x" * (LONGEST_NAME - 1)
    assert clean_name("x" * (LONGEST_NAME - 1) + " Example") == "x" * (LONGEST_NAME - 1)
    assert clean_name("x" + "\u0301" * 2 * LONGEST_NAME) == "x" + "\u0301" * (LONGEST_NAME - 1)


def test_a_slug_that_is_longer_than_any_of_linkedins_leads_to_no_person() -> None:
    assert normal_link(f"https://www.linkedin.com/in/{'k' * 200}")
    assert normal_link(f"https://www.linkedin.com/in/{'k' * 201}") is None
    assert normal_link(f"https://www.linkedin.com/in/kai?{'x' * 3_000}") == "https://www.linkedin.com/in/kai"


def test_what_is_encoded_over_and_over_leads_to_no_person() -> None:
    assert normal_link(f"https://www.linkedin.com/in/%{'25' * 4}41") == "https://www.linkedin.com/in/a"
    assert normal_link(f"https://www.linkedin.com/in/%{'25' * 5}41") is None
    assert normal_link(f"https://www.linkedin.com/in/%{'25' * 1_900}41") is None


PIECES = st.sampled_from(
    [
        *("https://", "http://", "//", "www.", "de.", "linkedin.com", ":443", "/in/", "/in/ACoAA", "/pub/", "/comm"),
        *("/sales/lead/", "/sales/people/", "/talent/", "hire/1/", "profile/", "/mwlite", "/en", "..", ".", "/", "?"),
        *("#", "%", "%25", "%2F", "%C3%A9", "%E9", "%2", "kai", "Kai-Example", "é", "e\u0301", "İ", "Σ", "ß", "ſ"),
        *("\u200d", "\u200c", "\u200b", "\u202e", "\U0001f469", "\ufe0f", "\u0345", " ", "\u00a0", "\n", "\x00", ","),
        *("\ud800", "\ufffd", "\ufdfa", "ACoAAB1", "a" * 30, "linkedin member", "(erased)"),
    ]
)
TEXTS = st.text(max_size=300) | st.lists(PIECES | st.characters(codec=None), max_size=12).map("".join)
LINKS = st.lists(PIECES, max_size=6).map(lambda some: "https://www.linkedin.com/in/" + "".join(some)) | TEXTS
PEOPLE = st.builds(Person, TEXTS, st.none() | LINKS.map(parse_link))


@given(LINKS)
def test_a_normal_link_is_its_own_normal_form(text: str) -> None:
    link = parse_link(text)
    if link:
        assert parse_link(link.url) == link
        link.url.encode()
        assert not any(unicodedata.category(each) in ("Cc", "Zs", "Zl", "Zp", "Cs") for each in link.url)


@given(TEXTS)
def test_a_name_changes_once(text: str) -> None:
    kept = clean_name(text)
    assert clean_name(kept) == kept
    assert len(kept) <= LONGEST_NAME
    kept.encode()
    assert normal_name(kept) == normal_name(text)
    assert normal_name(normal_name(text)) == normal_name(text) or len(normal_name(text)) > LONGEST_NAME


@given(PEOPLE, PEOPLE)
def test_being_one_person_is_mutual(one: Person, other: Person) -> None:
    assert same_person(one, other) == same_person(other, one)
    if one.link:
        assert same_person(one, Person("", one.link))
        folded = Link(one.link.kind, one.link.id.lower())
        assert same_person(one, Person("", folded))
        assert folded.key == one.link.key


@pytest.mark.parametrize(
    "piece", [" ", "\u200b", "\u200d", "%25", "%", "a.", "/", "//www.", "e\u0301", "\u0301", "\ufdfa", ",", "a b "]
)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    """Reading is linear up to a length of which no more is read."""

    def seconds(length: int) -> float:
        texts = [f"https://www.linkedin.com/in/{piece * (length // len(piece))}", piece * (length // len(piece))]
        best = float("inf")
        for _ in range(5):
            started = time.perf_counter()
            for text in texts:
                parse_link(text)
                normal_name(text)
            best = min(best, time.perf_counter() - started)
        return best

    # Linear: 10 times as long. Quadratic: 100 times.
    assert seconds(3_900) < 50 * seconds(390)
    assert seconds(390_000) < 200 * seconds(3_900)
