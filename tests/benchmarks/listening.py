"""The CPU time of the listener in a large page that changes all the time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from e2e.harness.browser import Browser
from e2e.harness.extension import SOURCE, extension_copy
from e2e.harness.linkedin import PracticeSite
from e2e.harness.writing import press_send, write
from tests.benchmarks.report import Row

NODES = 20_000
CHANGES_A_SECOND = 1_000
SECONDS = 3
ROUNDS = 5
"""The best round counts, since other load only adds time."""

SCRIPTS = ("wording", "read", "listen")

FILL_PAGE = """(nodes, changes) => {
    const main = document.querySelector('main');
    main.insertAdjacentHTML('beforeend', '<p><b>An invented post</b></p>'.repeat(nodes / 2));
    const posts = main.querySelectorAll('b');
    let at = 0;
    setInterval(() => {
        for (let each = 0; each < changes / 100; each += 1) posts[(at += 1) % posts.length].textContent = `Post ${at}`;
    }, 10);
}"""
"""JavaScript that adds `nodes` nodes to the page and changes one `changes` times a second."""


class _Profile:
    """Samples the CPU time of the listener's scripts and of the whole page."""

    def __init__(self, browser: Browser) -> None:
        self.tab = browser.tab

    def run(self, use: Any) -> tuple[float, float]:
        """Runs `use`; returns the listener's share of a core, and its longest task in milliseconds."""
        self.tab.cdp("Profiler.enable")
        self.tab.cdp("Profiler.setSamplingInterval", interval=200)
        self.tab.cdp("Profiler.start")
        use()
        profile = self.tab.cdp("Profiler.stop")["profile"]
        nodes = {node["id"]: node for node in profile["nodes"]}
        parents = {child: node["id"] for node in nodes.values() for child in node.get("children", [])}

        def is_ours(number: int | None) -> bool:
            while number is not None:
                if "/linkedin/" in nodes[number]["callFrame"]["url"]:
                    return True
                number = parents.get(number)
            return False

        ours = {number for number in nodes if is_ours(number)}
        total = spent = longest = current = 0.0
        for number, took in zip(profile["samples"], [*profile["timeDeltas"][1:], 0], strict=True):
            total += took
            current = current + took if number in ours else 0.0
            spent += took if number in ours else 0.0
            longest = max(longest, current)
        return spent / total, longest / 1000


def measure(folder: Path) -> list[Row]:
    """Measures the page without input, then with clicks, keys and a sent InMail."""
    folder.mkdir()
    size = sum((SOURCE / "linkedin" / f"{name}.js").stat().st_size for name in SCRIPTS)
    with PracticeSite() as practice:
        browser = Browser(extension_copy(folder), flags=practice.browser_flags)
        try:
            browser.reset()
            browser.ask("listening.set", {"on": True})
            idle, used, longest = [], [], []
            for _ in range(ROUNDS):
                browser.visit(PracticeSite.composer("main", send="silent"))
                browser.tab.run(FILL_PAGE, NODES, CHANGES_A_SECOND)
                profile = _Profile(browser)
                idle.append(profile.run(lambda: time.sleep(SECONDS))[0])
                share, task = profile.run(lambda: _use_page(browser))
                used.append(share)
                longest.append(task)
        finally:
            browser.quit()
    page = f"{NODES} nodes, {CHANGES_A_SECOND} changes/s"
    return [
        Row("listener, page left alone", page, 100 * max(idle), "% core", "at most", 1, {"share": idle}),
        Row("listener, page used, InMail sent", page, 100 * min(used), "% core", "at most", 1, {"share": used}),
        Row("listener, longest task", page, min(longest), "ms", "at most", 5, {"ms": longest}),
        Row("listener, all of its scripts", "", size / 1000, "kB", "at most", 12),
    ]


def _use_page(browser: Browser) -> None:
    """Writes an InMail and presses Send, so that the listener checks for proof, then types and clicks for SECONDS."""
    write(browser)
    press_send(browser)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        browser.tab.press("a")
        for kind in ("mousePressed", "mouseReleased"):
            browser.tab.cdp("Input.dispatchMouseEvent", type=kind, x=300, y=200, button="left", clickCount=1)
