"""A real Chromium with the extension in it: its tabs, its toolbar, its badge, its worker."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from websocket import WebSocketException

from e2e.harness.cdp import CdpError, Connection, PageCrashedError
from e2e.harness.desktop import program
from e2e.harness.extension import ASK
from e2e.harness.page import SHIFT_CLOCK, Page, milliseconds
from e2e.harness.wait import PATIENCE_SECONDS, until

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)


RESET = """async () => {
    const {origins, permissions} = await chrome.permissions.getAll();
    if (permissions.includes('notifications')) {
        for (const id of Object.keys(await chrome.notifications.getAll())) await chrome.notifications.clear(id);
    }
    const {host_permissions: required = [], optional_permissions: optional = []} = chrome.runtime.getManifest();
    await chrome.permissions.remove({
        origins: origins.filter((one) => !required.includes(one)),
        permissions: permissions.filter((one) => optional.includes(one)),
    });
    await chrome.scripting.unregisterContentScripts();
    await chrome.alarms.clearAll();
    await chrome.storage.local.clear();
    await chrome.storage.session.clear();
}"""


UNUSABLE = (AssertionError, CdpError, PageCrashedError, WebDriverException, WebSocketException)
"""What is raised by a browser that cannot serve another test."""


class Browser:
    """One running Chromium: headless with a device pixel ratio of `scale`, or visible on the X display `display`.

    An extension that `connects` by itself opens no welcome page.
    """

    def __init__(
        self,
        extension: Path,
        *,
        flags: tuple[str, ...] = (),
        display: str | None = None,
        scale: int = 1,
        language: str = "en-US",
        connects: bool = False,
    ) -> None:
        self._extension = extension
        self._settings = {
            "flags": flags,
            "display": display,
            "scale": scale,
            "language": language,
            "connects": connects,
        }
        options = Options()
        options.binary_location = program("chromium", "google-chrome-for-testing")
        # A headless browser asks websites for English in every language of its own.
        spoken = (f"--lang={language}", f"--accept-lang={language}")
        for flag in (*QUIET, *flags, *spoken, f"--load-extension={extension}", "--window-size=1200,900"):
            options.add_argument(flag)
        # As where an unpacked extension is in use. Without it the browser does not start one that reloaded itself.
        options.add_experimental_option("prefs", {"extensions.ui.developer_mode": True})
        if display is None:
            options.add_argument("--headless=new")
            # The screen limits the size of a popup, and the default headless screen is small.
            screen = f"{1600 * scale}x{1200 * scale} devicePixelRatio={scale}"
            options.add_argument(f"--screen-info={{{screen}}}")
        else:
            options.add_argument("--window-position=0,0")
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # Chromium refuses to sandbox as root
        environment = {
            **os.environ,
            "LANGUAGE": language.replace("-", "_"),
            **({"DISPLAY": display} if display else {}),
        }
        self.driver = webdriver.Chrome(options=options, service=Service(program("chromedriver"), env=environment))
        address = self.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        with urllib.request.urlopen(f"http://{address}/json/version") as answer:
            self.cdp = Connection(json.load(answer)["webSocketDebuggerUrl"])
        self.extension_id = until(self._worker_target, "the extension's worker started", seconds=30)["url"].split("/")[
            2
        ]
        self._wait_active()
        # chromedriver's window handle is the target id of the tab's page.
        self.display = display
        self.tab = Page(self.cdp, self.driver.current_window_handle)
        self.control = self._open_control()
        if not connects:
            until(lambda: self.pages(self.extension_url("welcome/")), "the welcome page opened by itself")

    def quit(self) -> None:
        """Ends the browser."""
        self.cdp.close()
        self.driver.quit()

    # -- tabs --------------------------------------------------------------------------------------

    def _open_control(self) -> Page:
        # The manifest, opened as a page of the extension, has chrome.* and none of the product's code.
        target = self.cdp.call("Target.createTarget", {"url": self.control_url(), "background": True})
        return Page(self.cdp, target["targetId"]).wait_loaded()

    def extension_url(self, path: str) -> str:
        """The address of a file of the extension."""
        return f"chrome-extension://{self.extension_id}/{path}"

    def visit(self, url: str) -> Page:
        """Loads `url` in the first tab, the active one."""
        self.cdp.call("Target.activateTarget", {"targetId": self.tab.target_id})
        self.driver.get(url)
        return self.tab.wait_loaded()

    def open(self, url: str) -> Page:
        """Loads `url` in a new tab."""
        target = self.cdp.call("Target.createTarget", {"url": url})
        return Page(self.cdp, target["targetId"]).wait_loaded()

    def open_extension(self, path: str, *, first: str | None = None, clock: timedelta | None = None) -> Page:
        """Opens a page of the extension in a new tab.

        `first` is JavaScript that runs before the page's own scripts. `clock` shifts the page's clock.
        """
        if clock is not None:
            first = f"({SHIFT_CLOCK})({milliseconds(clock)})"
        if first is None:
            return self.open(self.extension_url(path))
        page = Page(self.cdp, self.cdp.call("Target.createTarget", {"url": "about:blank"})["targetId"])
        page.cdp("Page.enable")
        page.cdp("Page.addScriptToEvaluateOnNewDocument", source=first)
        page.cdp("Page.navigate", url=self.extension_url(path))
        return page.wait_loaded()

    def pages(self, url_part: str = "") -> list[dict[str, Any]]:
        """The open pages whose address contains `url_part`."""
        return [target for target in self.cdp.targets("page") if url_part in target["url"]]

    def attach_page(self, url_part: str) -> Page:
        """Attaches to a page that the product opened, found by its address."""
        return Page(self.cdp, until(lambda: self.pages(url_part), f"a page at {url_part}")[0]["targetId"]).wait_loaded()

    # -- the toolbar -------------------------------------------------------------------------------

    def click_toolbar(self) -> Page:
        """Clicks the toolbar icon on the first tab; returns the popup that it opens.

        It grants `activeTab` for that tab, as a person's click does.
        """
        self.close_popups()
        here = self.driver.current_url
        tab = until(
            lambda: [target for target in self.cdp.targets("tab") if target["url"] == here], f"the tab of {here}"
        )[0]
        self.cdp.call("Extensions.triggerAction", {"id": self.extension_id, "targetId": tab["targetId"]})
        return self.attach_page(self.extension_url("popup/"))

    def close_popups(self) -> None:
        """Closes open popups, also those shown in a tab."""
        for target in self.pages(self.extension_url("popup/")):
            with suppress(CdpError):  # one that is closing already is not found
                self.cdp.call("Target.closeTarget", {"targetId": target["targetId"]})
        until(lambda: not self.pages(self.extension_url("popup/")), "the popup closed")

    def badge(self) -> dict[str, Any]:
        """The toolbar icon's badge: text, title and colour."""
        return dict(
            self.control.run(
                """async () => ({
                    text: await chrome.action.getBadgeText({}),
                    title: await chrome.action.getTitle({}),
                    colour: await chrome.action.getBadgeBackgroundColor({}),
                })"""
            )
        )

    def wait_badge(self, text: str, *, title: str = "", seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Waits until the badge shows `text`, and a title that contains `title`, which is set after the text."""
        try:
            until(lambda: (badge := self.badge())["text"] == text and title in badge["title"], text, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"the badge should show {text!r}, {title!r} but is {self.badge()}") from None
        return self.badge()

    def wait_balance(self, balance: int, *, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Waits until the badge shows this number, with or without a sign of urgency, age or waiting."""
        number = re.compile(rf"^~?{balance}[!↑?]*$")
        try:
            until(lambda: number.match(self.badge()["text"]), f"balance {balance} in the badge", seconds=seconds)
        except AssertionError:
            raise AssertionError(f"the badge should show {balance} but is {self.badge()}") from None
        return self.badge()

    # -- the extension's own state -----------------------------------------------------------------

    def storage(self, key: str | None = None) -> Any:
        """The extension's local storage: everything, or one key (None if absent)."""
        every = self.control.run("() => chrome.storage.local.get(null)")
        return every if key is None else every.get(key)

    def outbox(self) -> list[dict[str, Any]]:
        """The unsent entries of the outbox, waiting or refused, ordered by id."""
        every = self.storage()
        return [every[key] for key in sorted(every) if key.startswith("outbox/")]

    def ask(self, name: str, params: dict[str, Any] | None = None) -> Any:
        """Sends one message to the worker, as the extension's own pages do."""
        return self.control.run(
            ASK,
            name,
            params or {},
        )

    # -- the worker --------------------------------------------------------------------------------

    def _worker_target(self) -> dict[str, Any] | None:
        workers = [
            target for target in self.cdp.targets("service_worker") if target["url"].startswith("chrome-extension://")
        ]
        return workers[0] if workers else None

    def worker(self) -> Page:
        """The running worker, attached. While it is attached, the browser does not stop it."""
        return Page(self.cdp, until(self._worker_target, "the worker runs")["targetId"])

    def shift_worker_clock(self, by: timedelta) -> None:
        """Shifts the worker's clock from the real one, until the worker is killed."""
        self.worker().run(SHIFT_CLOCK, milliseconds(by))

    def kill_worker(self, patience: float = 80) -> None:
        """Stops the worker at once, also while it is working. The next event starts a new one.

        AssertionError if it still runs `patience` seconds after it was told twice.
        """
        worker = self._worker_target()
        if not worker:
            return
        try:
            until(lambda: self._is_stopped(worker["targetId"]), "the worker stopped")
        except AssertionError:
            # Chromium sometimes ignores that the target of a worker was closed.
            self.control.cdp("ServiceWorker.enable")
            self.control.cdp("ServiceWorker.stopAllWorkers")
            until(lambda: self._is_stopped(worker["targetId"]), "the worker stopped", seconds=patience)
            self.control.cdp("ServiceWorker.disable")

    def _is_stopped(self, target_id: str) -> bool:
        if target_id not in [target["targetId"] for target in self.cdp.targets("service_worker")]:
            return True
        # A starting worker ignores the command; a worker that has just ended is not found.
        with suppress(CdpError):
            self.cdp.call("Target.closeTarget", {"targetId": target_id})
        return False

    def reload_extension(self) -> None:
        """Reloads the extension as an update does: pages and worker restart, content scripts are orphaned."""
        with self.reloading():
            self.cdp.call("Extensions.loadUnpacked", {"path": str(self._extension)})

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """Waits after the block, which makes the extension reload, until it runs again."""
        before = {target["targetId"] for target in self.cdp.targets("service_worker")}
        yield
        until(lambda: (new := self._worker_target()) and new["targetId"] not in before, "it runs again", seconds=30)
        self._wait_active()
        self.control = self._open_control()

    def _wait_active(self) -> None:
        # A worker that is stopped while it is being installed is lost: Chromium starts none for the next message.
        worker = self.worker()
        until(lambda: worker.run("() => serviceWorker.state") == "activated", "the worker is installed", seconds=30)
        worker.detach()

    def control_url(self) -> str:
        """The extension page in which tests call `chrome.*`."""
        return self.extension_url("manifest.json")

    def reset(self) -> None:
        """Restores the state after installation: one tab, no storage, permissions or alarms, the worker stopped."""
        try:
            self._clear()
        except UNUSABLE:
            # A page of the last test crashed or hangs, or Chromium does not stop a worker.
            self.quit()
            self.__init__(self._extension, **self._settings)  # type: ignore[misc]
            self._clear()

    def _clear(self) -> None:
        for target in self.cdp.targets("page"):
            if target["targetId"] not in (self.tab.target_id, self.control.target_id):
                self.cdp.call("Target.closeTarget", {"targetId": target["targetId"]})
        self.kill_worker(patience=10)
        self.control.run(RESET)
        self.driver.get("about:blank")
        self.tab.run("() => null")
