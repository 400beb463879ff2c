"""Pasted lines: which person each names."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules.pasted import NotUnderstood, ParsedLine, read_line
from inkeeper.rules.people import Link

KAI = Link("in", "kai-example")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Kai Example", ParsedLine("Kai Example", None, None, cut=False)),
        ("  Kai   Example ", ParsedLine("Kai Example", None, None, cut=False)),
        ("- Kai Example", ParsedLine("Kai Example", None, None, cut=False)),
        ("12. Kai Example", ParsedLine("Kai Example", None, None, cut=False)),
        ("• Kai Example", ParsedLine("Kai Example", None, None, cut=False)),
        ("Kai Example, Example GmbH", ParsedLine("Kai Example", None, "Example GmbH", cut=False)),
        ("Kai Example\tExample GmbH", ParsedLine("Kai Example", None, "Example GmbH", cut=False)),
        ("Kai Example; Example GmbH; Berlin", ParsedLine("Kai Example", None, "Example GmbH, Berlin", cut=False)),
        ("Kai Example\thttps://www.linkedin.com/in/kai-example", ParsedLine("Kai Example", KAI, None, cut=False)),
        ("Kai Example, linkedin.com/in/Kai-Example/", ParsedLine("Kai Example", KAI, None, cut=False)),
        ("Kai Example (https://www.linkedin.com/in/kai-example?x=1)", ParsedLine("Kai Example", KAI, None, cut=False)),
        ("Kai Example <https://www.linkedin.com/in/kai-example>", ParsedLine("Kai Example", KAI, None, cut=False)),
        ("https://www.linkedin.com/in/kai-example Kai Example", ParsedLine("Kai Example", KAI, None, cut=False)),
        (
            "https://www.linkedin.com/in/kai-example,Kai E.,Beispiel AG",
            ParsedLine("Kai E.", KAI, "Beispiel AG", cut=False),
        ),
        (
            "Kai Example\tBeispiel AG\thttps://de.linkedin.com/in/kai-example",
            ParsedLine("Kai Example", KAI, "Beispiel AG", cut=False),
        ),
        ("https://www.linkedin.com/in/kai-example", ParsedLine("Kai Example", KAI, None, cut=False)),
        (
            "https://www.linkedin.com/in/kai-example-1a2b3c4d5",
            ParsedLine("Kai Example", Link("in", "kai-example-1a2b3c4d5"), None, cut=False),
        ),
        ("LinkedIn Member, https://www.linkedin.com/in/kai-example", ParsedLine("Kai Example", KAI, None, cut=False)),
        (
            "Kai, https://www.linkedin.com/sales/lead/ACwAAB,NAME_SEARCH,x1",
            ParsedLine("Kai", Link("lead", "ACwAAB"), None, cut=False),
        ),
        ("山田 太郎、サンプル株式会社", ParsedLine("山田 太郎", None, "サンプル株式会社", cut=False)),
        ("ليلى مثال، شركة مثال", ParsedLine("ليلى مثال", None, "شركة مثال", cut=False)),
        ("O'Kai van der Example-Muster", ParsedLine("O'Kai van der Example-Muster", None, None, cut=False)),
        ("Kai Example" + " x" * 245, ParsedLine(("Kai Example" + " x" * 245)[:199], None, None, cut=True)),
    ],
)
def test_whom_a_line_names(line: str, found: ParsedLine) -> None:
    assert read_line(line) == found


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("https://example.com/in/kai", "other_link"),
        ("Kai Example, http://example.com", "other_link"),
        ("Kai Example, www.example.com", "other_link"),
        ("xing.com/profile/kai", "other_link"),
        ("kai@example.com", "other_link"),
        ("https://linkedin.com.example.com/in/kai", "other_link"),
        ("https://www.linkedin.com/company/example", "no_person"),
        ("Kai, linkedin.com/feed/", "no_person"),
        ("https://www.linkedin.com/sales/lead/ACwAAB", "no_name"),
        ("LinkedIn Member", "no_name"),
        (", ; \t", "no_name"),
        ("\u200b", "no_name"),
        ("x" * 2001, "too_long"),
    ],
)
def test_lines_that_name_nobody(line: str, reason: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        read_line(line)
    assert caught.value.reason == reason


@given(st.text(alphabet=string.printable + "éليلى太郎\u200d\u200b،、", max_size=300))
def test_any_text_is_read_or_refused(line: str) -> None:
    try:
        found = read_line(line)
    except NotUnderstood:
        return
    assert 0 < len(found.name) <= 200
    assert found.name == found.name.strip()
