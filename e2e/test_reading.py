"""What the extension understands of LinkedIn's pages at a click: for each surface, state and language, and where it must not guess."""

from __future__ import annotations

from typing import Any

import pytest

from e2e.harness.browser import Browser
from e2e.harness.linkedin import PracticeSite
from e2e.harness.looking import matches, read

KAI = {"name": "Kai Example", "profileUrl": "https://www.linkedin.com/in/kai-example"}
LEAD = {"name": "Kai Example", "profileUrl": "https://www.linkedin.com/sales/lead/ACwAAAKaiExample"}
TALENT = {"name": "Kai Example", "profileUrl": "https://www.linkedin.com/talent/profile/ACwAAAKaiExample"}

LANGUAGES = ("en", "de", "tr")
STATES = ("credits", "free", "zero", "loading", "unknown")

SURFACES: dict[str, tuple[str, dict[str, str]]] = {
    "main": ("main", {}),
    "sales": ("sales", {}),
    "recruiter": ("recruiter", {}),
    "header": ("main", {"name": "header"}),
    "compose": ("compose", {"name": "entity"}),
    "lead": ("sales", {"name": "header"}),
    "two": ("main", {"two": "open"}),
}
"""What wording.js calls a surface: the page, and what is asked of it."""

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
    plain = {"composer": "read", "cost": "unknown", "balance": None, "degree1": False}
    return {"product": product, "person": person, **plain, **other}


def expected(surface: str, state: str) -> dict[str, Any]:
    """What must be read of a page of the matrix."""
    product, person = {"sales": ("sales_navigator", LEAD), "lead": ("sales_navigator", LEAD)}.get(
        surface, ("recruiter", TALENT) if surface == "recruiter" else ("premium", KAI)
    )
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
    page, asked = SURFACES[surface]

    found = read(chromium, PracticeSite.composer(page, state=state, lang=language, **asked))

    assert found == expected(surface, state)
    wrong = [
        f"{rule} matches {count} times, should {wanted}"
        for rule, on, count in matches(chromium)
        if count != (wanted := wanted_count(on, surface, state, language))
    ]
    assert not wrong
