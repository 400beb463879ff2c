"""The browser that all tests share: one test that breaks it does not break the next."""

from __future__ import annotations

import pytest
from selenium.common.exceptions import WebDriverException

from e2e.harness.browser import Browser
from e2e.harness.cdp import PageCrashedError


def test_a_crashed_page_is_reported_and_the_next_test_has_a_browser_that_works(browser: Browser) -> None:
    page = browser.visit(browser.extension_url("welcome/welcome.html"))
    with pytest.raises(WebDriverException, match="tab crashed"):
        browser.driver.get("chrome://crash")

    with pytest.raises(PageCrashedError):
        page.text()
    browser.reset()

    browser.visit(browser.extension_url("welcome/welcome.html")).wait_text("Inkeeper")
    assert browser.outbox() == []
