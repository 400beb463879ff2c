"""Checks that apply to every page."""

from __future__ import annotations

from e2e.harness.page import Page


def assert_accessible(page: Page) -> None:
    """Asserts that axe-core finds no violation of WCAG 2.2 AA, in the light and in the dark theme."""
    for theme in ("light", "dark"):
        page.emulate(theme=theme)
        violations = page.axe()
        assert not violations, "\n".join([f"in the {theme} theme:", *violations])
