"""The extension in a real Chromium, from source and packed, beside a minimal extension: times until something is shown,
and the sizes of what is installed.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from e2e.harness.browser import Browser
from e2e.harness.connecting import connect, refresh
from e2e.harness.extension import SOURCE, extension_copy
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from tests.benchmarks.report import Row

TIMES = 15
"""Runs of each measurement, in turn. The first one is a warm-up."""

WATCH_FOR_NUMBER = """new MutationObserver((_, observer) => {
    if (!/\\d/.test(document.querySelector('[data-hook=balance]')?.textContent ?? '')) return;
    globalThis.shownAt = performance.now();
    observer.disconnect();
}).observe(document, {childList: true, subtree: true, characterData: true})"""

WATCH_FOR_ANSWER = """() => {
    const live = document.getElementById('live');
    addEventListener('click', (click) => { globalThis.clickedAt = click.timeStamp; }, {capture: true});
    new MutationObserver(() => {
        if (live.textContent.trim()) globalThis.answeredAt ??= performance.now();
    }).observe(live, {childList: true, subtree: true, characterData: true});
}"""

WAKE = """async () => {
    const began = performance.now();
    const answered = chrome.runtime.sendMessage({name: 'state.get', params: {}});
    let text = '';
    while (!/\\d/.test(text) && performance.now() - began < 5000) text = await chrome.action.getBadgeText({});
    const took = performance.now() - began;
    await answered;
    return took;
}"""

MINIMAL = {
    "manifest.json": json.dumps(
        {
            "manifest_version": 3,
            "name": "Minimal",
            "version": "1",
            "permissions": ["storage"],
            "action": {},
            "background": {"service_worker": "worker.js"},
        }
    ),
    "worker.js": """chrome.action.setBadgeText({text: '12'});
chrome.runtime.onMessage.addListener((message, sender, reply) => reply({}));""",
    "page.html": "<!doctype html><title>Minimal</title><p data-hook=balance></p><script src=page.js></script>",
    "page.js": """chrome.storage.local.get(null).then((stored) => {
    document.querySelector('p').textContent = JSON.stringify(stored);
});""",
}
"""The least that can be measured likewise: a page that writes what it reads from storage, and a worker that paints a
constant.
"""


class _Bench:
    """A browser and its measurements, in milliseconds. `page` is the page that shows a number."""

    def __init__(self, browser: Browser, page: str = "popup/popup.html") -> None:
        self.browser = browser
        self.page = page
        self.people = 0

    def number_shown(self) -> float:
        """From the start of the popup's page to the balance being in it."""
        target = self.browser.cdp.call("Target.createTarget", {"url": "about:blank"})
        popup = Page(self.browser.cdp, target["targetId"])
        popup.cdp("Page.enable")
        popup.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH_FOR_NUMBER)
        popup.cdp("Page.navigate", url=self.browser.extension_url(self.page))
        took = until(lambda: popup.run("() => globalThis.shownAt"), "the popup shows the number")
        popup.close()
        return float(took)

    def click_acknowledged(self) -> float:
        """From the click on "Log InMail" to the message that it is logged."""
        popup = self._popup()
        popup.run(WATCH_FOR_ANSWER)
        popup.click("button", self._log_button(popup))
        took = until(lambda: popup.run("() => globalThis.answeredAt - globalThis.clickedAt || null"), "an answer")
        popup.close()
        return float(took)

    def killed_worker_to_badge(self) -> float:
        """From the event that starts a killed worker to a badge with the balance, where there was none."""
        until(lambda: not self.browser.outbox(), "everything has been sent")
        self.browser.kill_worker()
        self.browser.control.run("() => chrome.action.setBadgeText({text: ''})")
        return float(self.browser.control.run(WAKE))

    def _popup(self) -> Page:
        self.people += 1
        self.browser.visit(PracticeSite.person(f"kai-example-{self.people:03}"))
        return self.browser.click_toolbar()

    @staticmethod
    def _log_button(popup: Page) -> str:
        return until(lambda: [name for name in popup.names("button") if name.startswith("Log InMail")], "a button")[0]


def unpacked_bytes_without_icons(folder: Path) -> int:
    """The bytes of the files that a browser loads, without images."""
    files = [path for path in folder.rglob("*") if path.is_file() and "icons" not in path.relative_to(folder).parts]
    return sum(path.stat().st_size for path in files)


def lines_of_javascript(folder: Path) -> int:
    """The number of lines, with comments."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.js"))


def measure(folder: Path) -> list[Row]:
    """Runs the measurements in turn, in three browsers: the source, the packed form, the minimal extension."""
    folder.mkdir()
    with ExitStack() as running:
        source, packed = (_connected(folder / form, form == "packed", running) for form in ("source", "packed"))
        minimal = _Bench(running.enter_context(_minimal_browser(folder)), "page.html")
        timed: list[Callable[[], float]] = [
            *(source.number_shown, source.click_acknowledged, source.killed_worker_to_badge),
            *(packed.number_shown, packed.click_acknowledged, packed.killed_worker_to_badge),
            *(minimal.number_shown, minimal.killed_worker_to_badge),
        ]
        done: list[list[float]] = [[] for _ in timed]
        for _ in range(TIMES + 1):
            for time_it, times in zip(timed, done, strict=True):
                times.append(time_it())
        warnings = _install_warnings(source.browser)
    shown, acknowledged, badge, packed_shown, packed_acknowledged, packed_badge, least_shown, least_badge = (
        times[1:] for times in done
    )
    return [
        _row("number in the popup from storage", shown, 50),
        _row("click on Log acknowledged", acknowledged, 20),
        _row("killed worker to badge", badge, 50),
        _ratio("number in the popup, packed", "a page that reads storage", packed_shown, least_shown, 1.15),
        _ratio("killed worker to badge, packed", "a worker that paints a constant", packed_badge, least_badge, 1.5),
        _ratio("click on Log acknowledged, packed", "from source", packed_acknowledged, acknowledged, 0.9),
        Row("extension unpacked without icons", "", unpacked_bytes_without_icons(SOURCE) / 1000, "kB", "at most", 190),
        Row("extension's JavaScript", "", lines_of_javascript(SOURCE), "lines", "at most", 4_000),
        Row("warnings at installation", "", len(warnings), "", "at most", 0, {"warnings": warnings}),
    ]


def _connected(folder: Path, is_packed: bool, running: ExitStack) -> _Bench:
    """A browser with the extension, connected to a server of its own that has 50 credits."""
    folder.mkdir()
    practice = running.enter_context(PracticeSite())
    server = Server(folder / "server").start()
    running.callback(server.close)
    browser = Browser(extension_copy(folder, packed=is_packed), flags=practice.browser_flags)
    running.callback(browser.quit)
    client = server.client()
    running.callback(client.close)
    browser.reset()
    connect(browser, server)
    client.account(rule_book="rolling")
    refresh(browser)
    browser.wait_balance(50)
    return _Bench(browser)


@contextmanager
def _minimal_browser(folder: Path) -> Iterator[Browser]:
    """A browser with the minimal extension, which has as much in storage as the page shows."""
    extension = folder / "minimal"
    extension.mkdir()
    for name, content in MINIMAL.items():
        (extension / name).write_text(content, encoding="utf-8")
    browser = Browser(extension, connects=True)
    browser.control.run("() => chrome.storage.local.set({balance: 50})")
    yield browser
    browser.quit()


def _install_warnings(browser: Browser) -> list[Any]:
    shipped = (SOURCE / "manifest.json").read_text(encoding="utf-8")
    return list(
        browser.control.run("(manifest) => chrome.management.getPermissionWarningsByManifest(manifest)", shipped)
    )


def _row(what: str, times: list[float], target: float) -> Row:
    return Row(what, "", statistics.median(times), "ms", "at most", target, {"ms": times})


def _ratio(what: str, peer: str, times: list[float], of: list[float], target: float) -> Row:
    ratio = statistics.median(times) / statistics.median(of)
    return Row(what, peer, ratio, "x", "at most", target, {"ms": times, "of_ms": of})
