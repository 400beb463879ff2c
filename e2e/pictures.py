"""`python -m e2e.pictures FOLDER`: ten states of the popup and the pages, to be compared with those of another version.

Each is a PNG file in English and German, in the light and the dark theme. A file has the same name each time, such as
`popup-plenty-de-dark.png`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from e2e.harness.app import open_app, reset_size, set_up_link, wait_idle
from e2e.harness.browser import Browser
from e2e.harness.connecting import connect
from e2e.harness.extension import extension_copy
from e2e.harness.forking import ForkServer
from e2e.harness.linkedin import PracticeSite
from e2e.harness.lived import write_year
from e2e.harness.page import Page
from e2e.harness.server import ROOT, Server, environment
from e2e.test_popup import STATES, popup_in_any_language, popup_without_server

LANGUAGES = ("en", "de")
PAGE_WIDTH = 1280
POPUP_SCALE = 2
MIN_BYTES = 10_000


def main() -> None:
    """Takes the pictures; prints how many."""
    parser = argparse.ArgumentParser(prog="python -m e2e.pictures", description="Takes pictures of ten states.")
    parser.add_argument("folder", type=Path, help="where the PNG files go")
    folder: Path = parser.parse_args().folder
    with PracticeSite() as site, closing(ForkServer(environment(), ROOT)) as fork_server:
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory() as copy:
                flags = (*site.browser_flags, "--hide-scrollbars")
                browser = Browser(extension_copy(Path(copy)), flags=flags, language=language, scale=POPUP_SCALE)
                try:
                    for name in PICTURES:
                        take(browser, name, folder, language, fork_server)
                finally:
                    browser.quit()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")  # noqa: T201


def take(browser: Browser, name: str, folder: Path, language: str, fork_server: ForkServer) -> None:
    """Writes the picture `name` in both themes, with a browser that speaks the language."""
    browser.reset()
    with tempfile.TemporaryDirectory() as data, closing(Server(Path(data), fork_server=fork_server)) as server:
        both_themes(PICTURES[name](browser, server), folder, f"{name}-{language}")
        reset_size(browser.tab)


def both_themes(page: Page, folder: Path, name: str) -> None:
    """Writes the same picture in light and dark. AssertionError if it is nearly empty."""
    for theme in ("light", "dark"):
        page.emulate(theme=theme)
        page.screenshot(folder / f"{name}-{theme}.png")
        assert (folder / f"{name}-{theme}.png").stat().st_size > MIN_BYTES


def popup(state: str, browser: Browser, server: Server) -> Page:
    """The popup in one of the states of `test_popup.py`."""
    connect(browser, server.start())
    with closing(server.client()) as client:
        return popup_in_any_language(browser, STATES[state], client)


def popup_server_off(browser: Browser, server: Server) -> Page:
    """The popup with two entries that wait for the server."""
    connect(browser, server.start())
    with closing(server.client()) as client:
        return popup_without_server(browser, client, server)


def page(path: str, browser: Browser, server: Server) -> Page:
    """A page of a server with a year of history, whole."""
    with closing(write_year(server).start().client()) as client:
        shown = open_app(browser, server, client, path)
    shown.show_at(PAGE_WIDTH, scale=1)
    return shown


def set_up(browser: Browser, server: Server) -> Page:
    """The first page after an installation."""
    shown = wait_idle(browser.visit(set_up_link(server.start())))
    shown.show_at(PAGE_WIDTH, scale=1)
    return shown


PICTURES: dict[str, Callable[[Browser, Server], Page]] = {
    "popup-plenty": partial(popup, "plenty"),
    "popup-loss-soon": partial(popup, "expiring"),
    "popup-nothing-left": partial(popup, "none-left"),
    "popup-server-off": popup_server_off,
    "popup-next-person": partial(popup, "next"),
    "home": partial(page, "/"),
    "history": partial(page, "/history"),
    "report": partial(page, "/report"),
    "settings": partial(page, "/settings"),
    "set-up": set_up,
}
"""Opens the state that a picture shows, by the picture's name, with a server that has not started."""


if __name__ == "__main__":
    main()
