"""Texts with variables, the names that they greet, and the lengths that LinkedIn allows."""

from __future__ import annotations

import re
import time
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules.templates import (
    SHORT,
    SUBJECT_LIMIT,
    Filled,
    fill,
    guide_of,
    length,
    limit_of,
    names_of,
    parse,
    problems_of,
    values_for,
)
from inkeeper.vocabulary import VARIABLES
from inkeeper.wording.starter_texts import STARTER_TEXTS

KAI = values_for("Kai Example", company="Sample Ltd", headline="Data lead", note="We met in Oslo")


def filled(text: str, **values: str | None) -> Filled:
    return fill(parse(text), values)


def test_variables_are_filled_in() -> None:
    text = "Hi {{first_name}} {{last_name}} ({{name}}), {{ headline }} at {{company | your team}}: {{note}}"

    assert fill(parse(text), KAI) == Filled("Hi Kai Example (Kai Example), Data lead at Sample Ltd: We met in Oslo", ())


@pytest.mark.parametrize("unknown", [None, "", "  "])
def test_a_fallback_is_used_where_nothing_is_known(unknown: str | None) -> None:
    assert filled("at {{company|your team}}!", company=unknown) == Filled("at your team!", ())
    assert filled("at{{company|}}!", company=unknown) == Filled("at!", ())
    assert filled("{{company|a|b {c} d}}", company=unknown) == Filled("a|b {c} d", ())


def test_what_has_neither_value_nor_fallback_is_named_once_and_stays_visible() -> None:
    found = filled("{{company}}, {{note}}, {{company}}, {{headline|you}}", note=None)

    assert found == Filled("{{company}}, {{note}}, {{company}}, you", ("company", "note"))


def test_values_and_fallbacks_are_never_read_as_variables() -> None:
    text = "{{name}} {{company|{first_name}}}"

    assert filled(text, name="{{note}} {{", first_name="Kai", note="secret") == Filled("{{note}} {{ {first_name}", ())


def test_line_breaks_of_a_note_are_kept_in_a_body_and_are_blanks_in_a_subject() -> None:
    template = parse("Hi\n{{note}}")

    assert fill(template, {"note": " one\n\ntwo "}).text == "Hi\none\n\ntwo"
    assert fill(parse("On {{note}}"), {"note": " one\n\ntwo "}, one_line=True).text == "On one two"


@pytest.mark.parametrize(
    ("text", "code", "at", "line", "written", "suggestion"),
    [
        ("Hi {{firstname}}", "unknown_variable", 3, 1, "firstname", "first_name"),
        ("Hi\n\n{{First Name|you}}", "unknown_variable", 4, 3, "First Name", "first_name"),
        ("{{ compny }}", "unknown_variable", 0, 1, "compny", "company"),
        ("{{{name}}}", "unknown_variable", 0, 1, "{name", "name"),
        ("{{salary}}", "unknown_variable", 0, 1, "salary", None),
        ("{{" + "x" * 100 + "}}", "unknown_variable", 0, 1, "x" * 60, None),
        ("a {{}} b", "empty_variable", 2, 1, "{{}}", None),
        ("a {{ |you}} b", "empty_variable", 2, 1, "{{ |you}}", None),
        ("Hi {{name", "unclosed", 3, 1, "{{", None),
        ("Hi {{name}", "unclosed", 3, 1, "{{", None),
        ("Hi {{name\n}} you", "unclosed", 3, 1, "{{", None),
        ("Hi {{name {{company}}", "unclosed", 3, 1, "{{", None),
        ("Hi name}}", "unopened", 7, 1, "}}", None),
        ("Hi {first_name},", "single_braces", 3, 1, "{first_name}", "first_name"),
        ("\nHi {First Name},", "single_braces", 4, 2, "{First Name}", "first_name"),
    ],
)
def test_what_is_wrong_with_a_text(
    text: str, code: str, at: int, line: int, written: str, suggestion: str | None
) -> None:
    first = problems_of(text)[0]

    assert first == (code, at, line, written, suggestion)


@pytest.mark.parametrize(
    "text", ["", "no variables", "a } b { c {x} :-{ {your team}", "{{name}}{{note|}}", "{{name}}}"]
)
def test_what_is_right(text: str) -> None:
    assert problems_of(text) == ()


def test_each_fault_is_named_at_its_own_place() -> None:
    found = problems_of("{{nam}} {{name}}\n{{}} {company} {{")

    assert [(each.code, each.at, each.line) for each in found] == [
        ("unknown_variable", 0, 1),
        ("empty_variable", 17, 2),
        ("single_braces", 22, 2),
        ("unclosed", 32, 2),
    ]


@given(st.text(alphabet="{}|\n aname_", max_size=60))
def test_a_text_is_taken_apart_without_loss(text: str) -> None:
    template = parse(text)
    shown = {name: f"<{name}>" for name in VARIABLES}

    expected = re.sub(r"\{\{ *(name) *(\|((?!\{\{|\}\})[^\n])*)?\}\}", r"<\1>", text)
    assert fill(template, shown).text == expected
    assert not template.problems or all(
        text.startswith(each.written[:2], each.at) for each in template.problems if each.code != "unknown_variable"
    )


@given(st.dictionaries(st.sampled_from(VARIABLES), st.text(max_size=20)))
def test_with_fallbacks_nothing_is_missing(values: dict[str, str]) -> None:
    text = " ".join(f"{{{{{name}|some {name}}}}}" for name in VARIABLES)

    found = fill(parse(text), values)

    assert found.missing == ()
    assert found.text == " ".join(values.get(name, "").strip() or f"some {name}" for name in VARIABLES)


@pytest.mark.parametrize("fault", ["{{", "}}", "{{x ", "{", "{{xy}}", "{{}}\n", "{{" + "x" * 2_000, "{name}"])
def test_ten_times_the_text_takes_about_ten_times_as_long(fault: str) -> None:
    def seconds(many: int) -> float:
        text = fault * (many // len(fault))
        return min(timeit.repeat(lambda: parse(text), timer=time.process_time, number=1, repeat=7))

    assert seconds(200_000) < 40 * seconds(20_000)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Kai Example", "Kai", "Example"),
        ("Kai van der Example", "Kai", "van der Example"),
        ("Kai", "Kai", None),
        ("Dr. Kai Example", "Kai", "Example"),
        ("Prof. Dr. Kai Example", "Kai", "Example"),
        ("Dr Kai Example", "Kai", "Example"),
        ("Prof. Dr. med. h.c. Kai Example", "Kai", "Example"),
        ("Dr. rer. nat. Kai Example", "Kai", "Example"),
        ("Dipl.-Ing. Kai Example", "Kai", "Example"),
        ("Dr.-Ing. Kai Example", "Kai", "Example"),
        ("J. Robin Example", "J.", "Robin Example"),
        ("Dr.", "Dr.", None),
        ("Mr Bean", "Bean", None),
        ("Drew Example", "Drew", "Example"),
        ("Kai Example, PhD", "Kai", "Example"),
        ("Kai Example, CFA, MBA", "Kai", "Example"),
        ("Kai, PhD", "Kai", None),
        ("Kai, M.D.", "Kai", None),
        ("Example, Kai, PhD", "Kai", "Example"),
        (", Kai Example", "Kai", "Example"),
        ("Example, Kai", "Kai", "Example"),
        ("Example, Kai Ann", "Kai", "Ann Example"),
        ("Kai Example (she/her)", "Kai", "Example"),
        ("(Kai) Example", "Example", None),
        ("🚀 Kai 🚀 Example", "Kai", "Example"),
        ("محمد علي", "محمد", "علي"),
        ("عبد الله حسن", "عبد الله", "حسن"),
        ("د. ليلى حسن", "ليلى", "حسن"),
        ("山田太郎", "山田太郎", None),
        ("山田 太郎", "山田 太郎", None),
        ("김 민수", "김 민수", None),
        ("O'Neil-Sample", "O'Neil-Sample", None),
        ("LinkedIn Member", None, None),
        ("(erased)", None, None),
        ("", None, None),
        ("🚀", None, None),
        ("...", None, None),
    ],
)
def test_first_and_last_name(name: str, first: str | None, last: str | None) -> None:
    assert names_of(name) == (first, last)


@pytest.mark.parametrize(
    ("name", "typed", "last"),
    [
        ("Karl-Heinz Example", "Kalle", "Example"),
        ("Mary Ann Example", " Mary  Ann ", "Example"),
        ("Mary Ann", "Mary Ann", None),
        ("山田 太郎", "太郎", "山田"),
        ("Dr. Kai Example", "Kai", "Example"),
        ("LinkedIn Member", "Kai", None),
    ],
)
def test_a_first_name_that_the_user_typed(name: str, typed: str, last: str | None) -> None:
    assert names_of(name, typed) == (" ".join(typed.split()), last)


def test_a_name_that_names_no_one_is_missing() -> None:
    found = fill(parse("Hi {{name}} {{first_name}}"), values_for("LinkedIn Member"))

    assert found.missing == ("name", "first_name")


@given(st.text(max_size=40))
def test_names_are_made_of_words_of_the_name(name: str) -> None:
    first, last = names_of(name)

    assert first is None or first.strip()
    assert last is None or (first and last.strip())
    assert all(word in name for word in f"{first or ''} {last or ''}".split())


def test_limits_of_the_products() -> None:
    assert [limit_of(product) for product in ("premium", "sales_navigator", "recruiter")] == [2_000, 1_900, 2_000]
    assert SUBJECT_LIMIT == 200


@pytest.mark.parametrize(("text", "units"), [("", 0), ("é\n", 2), ("a🚀", 3), ("👩‍💻", 5), ("山", 1)])
def test_length_is_counted_as_browsers_count(text: str, units: int) -> None:
    assert length(text) == units == len(text.encode("utf-16-le")) // 2


def test_the_guide_to_a_good_length() -> None:
    assert [guide_of(size) for size in (0, 1, 400, 401, 1_400, 1_401)] == [
        None,
        "short_is_good",
        "short_is_good",
        None,
        None,
        "long",
    ]


@pytest.mark.parametrize("text", STARTER_TEXTS, ids=lambda text: text.purpose)
def test_starter_texts_need_a_name_alone_and_are_short(text: tuple[str, str, str, str]) -> None:
    _, purpose, subject, body = text
    alone = values_for("Kai Example")

    assert purpose in {"introduction", "follow_up", "article"}
    assert problems_of(subject) == problems_of(body) == ()
    assert "\n" not in subject
    for values in (alone, KAI):
        heading, words = fill(parse(subject), values, one_line=True), fill(parse(body), values)
        assert heading.missing == words.missing == ()
        assert length(heading.text) <= SUBJECT_LIMIT
        assert 100 < length(words.text) <= SHORT
        assert words.text.startswith("Hi Kai,\n")
