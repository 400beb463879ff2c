"""What moves in the popup while the user is about to click."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import refresh
from e2e.harness.wait import until

WATCH = """() => {
    globalThis.clicks = [];
    document.addEventListener('click', (event) => clicks.push(event.target.ariaLabel));
    globalThis.changedAt = null;
    new MutationObserver(() => {
        if (document.querySelector('[aria-label="Replied: Mia Sample"]')) {
            changedAt ??= performance.timeOrigin + performance.now();
        }
    }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
MIDDLE = "(element) => { const box = element.getBoundingClientRect(); return [box.x + 20, box.y + 10]; }"


@pytest.mark.parametrize("after_ms", [-20, 100, 250])
def test_a_click_at_a_button_that_has_just_moved_away_does_nothing(
    connected: Browser, client: Client, after_ms: int
) -> None:
    opened_at = (datetime.now(UTC) - timedelta(days=20)).isoformat()
    account = client.account(plan="premium_business", rule_book="rolling", opened_at=opened_at)
    client.log(account, "Kai Example", sent_at=datetime.now(UTC).isoformat()).expect(201)
    refresh(connected)
    popup = connected.open_extension("popup/popup.html")
    popup.wait_text("Does LinkedIn show")
    place = popup.run_on(popup.find("button", "Replied: Kai Example"), MIDDLE)
    popup.run(WATCH)

    client.log(account, "Mia Sample", sent_at=(datetime.now(UTC) - timedelta(days=9)).isoformat()).expect(201)
    connected.ask("refresh")
    mia = popup.find("button", "Replied: Mia Sample")
    assert popup.run_on(mia, "(element, x, y) => element === document.elementFromPoint(x, y)", *place)
    changed = popup.run("() => changedAt")
    popup.press_mouse(*place, at_ms=changed + after_ms)

    assert popup.run("() => clicks") == []
    popup.press_mouse(*place, at_ms=changed + 400)
    assert popup.run("() => clicks") == ["Replied: Mia Sample"]
    until(
        lambda: (
            {one["recipient"]["name"]: one["outcome"] for one in client.inmails(account)}
            == {"Kai Example": "pending", "Mia Sample": "replied"}
        ),
        "the reply is recorded",
    )
