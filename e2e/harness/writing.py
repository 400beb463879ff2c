"""Writes and sends an InMail on a practice page, with trusted input events."""

from __future__ import annotations

from e2e.harness.browser import Browser
from e2e.harness.looking import DEEP
from e2e.harness.wait import until

SEND = "button[type=submit], [data-live-test-messaging-submit-btn]"
BODY = "textarea, [role=textbox]"


def focus(browser: Browser, css: str, number: int = 0) -> None:
    """Focuses the field with this index among those that match."""
    until(lambda: browser.tab.run(f"(css) => {{ {DEEP} return deep(css).length; }}", css), f"{css} is there")
    browser.tab.run(f"(css, number) => {{ {DEEP} deep(css)[number].focus(); }}", css, number)


def write(browser: Browser, text: str = "An invented message.", *, number: int = 0) -> None:
    """Types a subject, if there is a field for it, and a message, as trusted input events."""
    for css in ("input", BODY):
        if browser.tab.run(f"(css) => {{ {DEEP} return deep(css).length; }}", css):
            focus(browser, css, number)
            browser.tab.cdp("Input.insertText", text=text)


def press_send(browser: Browser, number: int = 0) -> None:
    """Clicks Send with the mouse."""
    x, y = browser.tab.run(
        f"""(css, number) => {{
            {DEEP}
            const button = deep(css)[number];
            button.scrollIntoView({{block: 'center'}});
            let [box, {{defaultView: view}}] = [button.getBoundingClientRect(), button.ownerDocument];
            let [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
            for (; view !== top; view = view.parent) {{
                box = view.frameElement.getBoundingClientRect();
                x += box.x + view.frameElement.clientLeft;
                y += box.y + view.frameElement.clientTop;
            }}
            return [x, y];
        }}""",
        SEND,
        number,
    )
    browser.tab.press_mouse(x, y)
