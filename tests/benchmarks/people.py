"""The list of people to write to: its route, the summary, the look-up of a person, logging, and its page."""

from __future__ import annotations

import statistics
import uuid
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from e2e.harness.app import open_app
from e2e.harness.browser import Browser
from e2e.harness.client import Client
from e2e.harness.extension import extension_copy
from e2e.harness.page import Page
from e2e.harness.server import Server
from e2e.harness.wait import until
from tests.benchmarks import load
from tests.benchmarks.pages import page_requests
from tests.benchmarks.reading import FEW, MANY, filled_server, full_account
from tests.benchmarks.report import ROUNDS, Row, ratio_of_rounds

SHORT, LONG = 100, 10_000
"""Numbers of people on the list."""

REQUESTS = 60
LETTERS = 15

Figures = dict[str, list[float]]

WATCH = """() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
        for (const {duration} of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({type: 'longtask'});
    addEventListener('input', ({timeStamp}) => { globalThis.typedAt = timeStamp; globalThis.shownAt = null; }, true);
    document.addEventListener('htmx:after:swap', () => requestAnimationFrame(() => setTimeout(() => {
        globalThis.shownAt ??= performance.now();
    })));
}"""
"""JavaScript that records when a letter was typed, when the new rows were painted, and the longest task."""


def measure(folder: Path) -> list[Row]:
    """Response times with lists of all lengths in turn, then times in a browser."""
    folder.mkdir()
    sizes = {"none": (FEW, 0), "short": (FEW, SHORT), "long": (FEW, LONG), "many InMails": (MANY, 0)}
    figures: Figures = defaultdict(list)
    with ExitStack() as running:
        servers: dict[str, Server] = {}
        for name, (inmails, targets) in sizes.items():
            servers[name] = filled_server(folder / name.replace(" ", "-"), inmails, 1, targets)
            running.callback(servers[name].close)
        clients = {name: server.client() for name, server in servers.items()}
        for number in range(ROUNDS + 1):
            seen: dict[str, float] = {}
            for name, server in servers.items():
                seen |= {f"{what} {name}": took for what, took in _round(server, clients[name], number).items()}
            if number > 0:  # the first round is a warm-up
                for name, took in seen.items():
                    figures[name].append(took)
        rows = _rows(figures)
        return [*rows, *_in_a_browser(folder, servers["long"], clients["long"])]


def _round(server: Server, client: Client, number: int) -> dict[str, float]:
    """Median milliseconds of each kind of request."""
    account_id, port = full_account(client), server.port
    path = f"/api/v1/accounts/{account_id}"

    def ask(method: str, where: str, body: Any = None, **headers: str) -> str:
        named = {"Authorization": f"Bearer {client.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return load.request(method, where, port, keep_alive=True, headers=named, body=body)

    def median(text: str, expect: int = 200) -> float:
        return load.run(port, [[text] * REQUESTS], expect=expect).median_ms

    look_up = f"/api/v1/people/lookup?profile_url=https://www.linkedin.com/in/nobody-{number}&name=Nobody%20{number}"
    read = ask("GET", f"{path}/summary")
    others = [ask("PATCH", path, {"name": f"Seat {number} {again}"}) for again in range(REQUESTS)]
    after_a_write = load.run(port, [[text for other in others for text in (other, read)]], expect=200)
    found = {
        "targets": median(ask("GET", "/api/v1/targets")),
        "page": load.run(port, page_requests(server, client, "/people"), expect=200).median_ms,
        "unchanged": median(ask("GET", f"{path}/summary", If_None_Match=_etag(client, account_id)), 304),
        "changed": statistics.median(after_a_write.times[1::2]) * 1000,
        "look-up": median(ask("GET", look_up)),
        "log": load.run(port, [_logs(ask, path, None, number)], expect=201).median_ms,
    }
    if client.get("/targets?limit=1").expect(200)["items"]:
        found["log of a target"] = load.run(port, [_logs(ask, path, "noor-dummy", number)], expect=201).median_ms
    return found


def _etag(client: Client, account_id: str) -> str:
    """The summary's current ETag."""
    headers = client.get(f"/accounts/{account_id}/summary").headers
    return str({name.lower(): value for name, value in headers.items()}["etag"])


def _logs(ask: Any, path: str, slug: str | None, number: int) -> list[str]:
    """Requests that log InMails to listed people (`slug`), or to people who are not listed (no `slug`)."""
    texts = []
    for again in range(20):
        at = 20 * number + again
        person = uuid.uuid4().hex
        name = f"Noor Dummy {at}" if slug else f"Kai {person}"
        link = f"https://www.linkedin.com/in/{f'{slug}-{at:06}x' if slug else f'kai-{person}'}"
        recipient = {"name": name, "profile_url": link}
        body = {"recipient": recipient, "sent_at": load.NOW, "source": "popup", "cost": 0}
        texts.append(ask("POST", f"{path}/inmails", body, Idempotency_Key=person))
    return texts


def _rows(figures: Figures) -> list[Row]:
    details = {f"{name} ms": values for name, values in figures.items()}
    named, none = f"{LONG:,} people", "itself, nobody on the list"

    def ratio(ours: str, theirs: str) -> float:
        return ratio_of_rounds(figures[ours], figures[theirs])

    return [
        Row(
            f"list over HTTP, {named}, time",
            f"itself, {SHORT}",
            ratio("targets long", "targets short"),
            "x",
            "at most",
            1.3,
            details,
        ),
        Row(f"page People, {named}, time", f"itself, {SHORT}", ratio("page long", "page short"), "x", "at most", 1.3),
        Row(f"summary unchanged, {named}, time", none, ratio("unchanged long", "unchanged none"), "x", "at most", 1.15),
        Row(f"summary after a write, {named}, time", none, ratio("changed long", "changed none"), "x", "at most", 1.15),
        Row(
            f"look-up of a person, {MANY:,} InMails, time",
            f"itself, {FEW:,}",
            ratio("look-up many InMails", "look-up none"),
            "x",
            "at most",
            1.2,
        ),
        Row(
            f"look-up of a person, {MANY:,} InMails",
            "",
            statistics.median(figures["look-up many InMails"]),
            "ms",
            "at most",
            5,
        ),
        Row(
            f"log to somebody on the list, {named}, time",
            "log to anybody else",
            ratio("log of a target long", "log long"),
            "x",
            "at most",
            1.2,
        ),
    ]


def _in_a_browser(folder: Path, server: Server, client: Client) -> list[Row]:
    """The time from a typed letter until the filtered rows are painted."""
    with ExitStack() as running:
        browser = Browser(extension_copy(folder))
        running.callback(browser.quit)
        page = open_app(browser, server, client, "/people")
        page.wait_text("Noor Dummy")
        page.run(WATCH)
        page.press("/")
        times = [_typed(page, letter) for letter in "dummy 12345 company"[:LETTERS]][2:]
        longest = float(page.run("() => globalThis.longest"))
    what = f"typed letter to filtered rows, {LONG:,} people"
    return [
        Row(what, "", statistics.median(times), "ms", "at most", 100, {"each ms": times}),
        Row("longest task meanwhile (0: none over 50 ms)", "", longest, "ms", "at most", 50),
    ]


def _typed(page: Page, letter: str) -> float:
    page.run("() => { globalThis.shownAt = null; }")
    page.press(letter)
    return float(until(lambda: page.run("() => globalThis.shownAt && globalThis.shownAt - globalThis.typedAt"), "rows"))
