"""The app's pages: response times with a long and a short history, sizes, and Home in a real browser."""

from __future__ import annotations

import statistics
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.connecting import connect, refresh
from e2e.harness.extension import extension_copy
from e2e.harness.page import Page
from e2e.harness.server import ROOT, Server
from e2e.harness.wait import until
from inkeeper.web.assets import content_of
from tests.benchmarks import load
from tests.benchmarks.in_browser import TIMES
from tests.benchmarks.reading import FEW, MANY, filled_server
from tests.benchmarks.report import ROUNDS, Row, ratio_of_rounds

ASKED = 30
PAGES = {"Home": ("/", 1.3), "History": ("/history", 1.3), "Report": ("/report", 3.0)}
"""Each page's path, and the allowed ratio of its time with a long history to that with a short one."""

STATIC = ROOT / "backend" / "inkeeper" / "web" / "static"
LOADED = ("app.css", "tokens.css", "app.js", "htmx.min.js")

PAINTED = """() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(performance.timeOrigin + list.getEntries().at(-1).startTime))
        .observe({type: 'largest-contentful-paint', buffered: true});
})"""

LONGEST_TASK = """() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(Math.max(...list.getEntries().map(({duration}) => duration))))
        .observe({type: 'longtask', buffered: true});
    setTimeout(resolve, 500, 0);
})"""


def page_requests(server: Server, client: Client, path: str) -> list[list[str]]:
    """Repeated requests of a signed-in page for a fragment."""
    secret = client.post("/sign-ins", {}).expect(201)["secret"]
    token = client.post("/sign-ins/redeem", {"secret": secret, "device": "Benchmark"}).expect(201)["token"]
    headers = {"Authorization": f"Bearer {token}", "HX-Request": "true"}
    return [[load.request("GET", path, server.port, keep_alive=True, headers=headers)] * ASKED]


def at_the_server(folder: Path) -> list[Row]:
    """Response times of each page with few and with many InMails, in turn."""
    figures: dict[str, list[float]] = {f"{name} {size} ms": [] for name in PAGES for size in ("few", "many")}
    with ExitStack() as running:
        asked = {}
        for size, inmails in (("few", FEW), ("many", MANY)):
            server = filled_server(folder / size, inmails, 1)
            running.callback(server.close)
            client = server.client()
            for name, (path, _) in PAGES.items():
                asked[f"{name} {size} ms"] = (server.port, page_requests(server, client, path))
        for number in range(ROUNDS + 1):
            for name, (port, requests) in asked.items():
                took = load.run(port, requests, expect=200).median_ms
                if number > 0:  # the first round is a warm-up
                    figures[name].append(took)
    rows = []
    for name, (_, growth) in PAGES.items():
        few, many = figures[f"{name} few ms"], figures[f"{name} many ms"]
        what = f"{name}, {MANY:,} InMails, at the server"
        rows.append(Row(what, "", statistics.median(many), "ms", "at most", 60, {"few": few, "many": many}))
        rows.append(
            Row(f"{what}, time", f"itself, {FEW:,} InMails", ratio_of_rounds(many, few), "x", "at most", growth)
        )
    return rows


class _Opening:
    """A connected browser that opens Home as the popup's links do."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def home(self) -> tuple[float, float]:
        """Milliseconds from the click until Home is painted, and of the longest task (0: none over 50 ms)."""
        before = self._tabs()
        clicked = self.browser.control.run(
            "() => { const at = performance.timeOrigin + performance.now();"
            " chrome.runtime.sendMessage({name: 'app.open', params: {page: '', accountId: null}}); return at; }"
        )
        target = until(lambda: self._tabs() - before, "a tab opens").pop()
        page = Page(self.browser.cdp, target).wait_loaded()
        page.wait_text("Log an InMail")
        painted, longest = page.run(PAINTED), page.run(LONGEST_TASK)
        page.close()
        return float(painted) - float(clicked), float(longest)

    def _tabs(self) -> set[str]:
        found: list[dict[str, Any]] = self.browser.cdp.call("Target.getTargets")["targetInfos"]
        return {each["targetId"] for each in found if each["type"] == "page"}


def in_a_browser(folder: Path) -> list[Row]:
    """The time to open Home by a link of the popup."""
    with ExitStack() as running:
        server = Server(folder / "server").start()
        running.callback(server.close)
        browser = Browser(extension_copy(folder))
        running.callback(browser.quit)
        client = server.client()
        running.callback(client.close)
        browser.reset()
        connect(browser, server)
        account = client.account(rule_book="rolling")
        for number in range(10):
            client.log(account, f"Kai Example {number}").expect(201)
        refresh(browser)
        opening = _Opening(browser)
        times = [opening.home() for _ in range(TIMES + 1)][1:]
    shown, longest = zip(*times, strict=True)
    return [
        Row("Home shown, from the click on the popup's link", "", statistics.median(shown), "ms", "at most", 250),
        Row("longest task while it is shown", "", statistics.median(longest), "ms", "at most", 50),
    ]


def measure(folder: Path) -> list[Row]:
    """Response times, times in the browser, and the bytes that a page loads."""
    folder.mkdir()
    size = sum(len(content_of(path)) for path in STATIC.rglob("*") if path.name in LOADED) / 1000
    return [
        *at_the_server(folder),
        *in_a_browser(folder),
        Row("files that a page loads, before compression", "", size, "kB", "at most", 90),
    ]
