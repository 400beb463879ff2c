"""`make demo`: everything together, with nothing real in it.

A server with a year of invented history, the practice pages as www.linkedin.com, and a Chromium of its own whose
extension is already connected. All of it is thrown away at the end; LinkedIn is not contacted.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from e2e.harness.cdp import Connection
from e2e.harness.extension import SOURCE, extension_copy
from e2e.harness.linkedin import PracticeSite
from e2e.harness.page import Page
from e2e.harness.server import ROOT, code_in, free_port
from e2e.harness.wait import until
from inkeeper.server.browser import BrowserUnavailable, manual_steps, open_with_extension

START_PAGE = "https://www.linkedin.com/"
SLOWEST_START_SECONDS = 60

ASK = """async (name, params) => {
    const {ask} = await import(chrome.runtime.getURL('core/messages.js'));
    return ask(name, params);
}"""


class DemoServer:
    """`inkeeper demo` as a process whose words appear in this terminal too."""

    def __init__(self) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._said = ""
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "inkeeper", "demo", "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT / "backend")},
        )
        self._listener = threading.Thread(target=self._repeat, daemon=True)
        self._listener.start()
        until(
            lambda: self.address in self._said or not self._runs(), "the server starts", seconds=SLOWEST_START_SECONDS
        )
        if not self._runs():
            raise SystemExit(self._process.returncode)

    def code(self) -> str:
        """The code that it shows for the browser that connects."""
        code = until(lambda: code_in(self._said), "the server shows a code")
        assert code is not None
        return code

    def wait(self) -> int:
        """Until it ends; its exit code."""
        code = self._process.wait()
        self._listener.join()
        return code

    def stop(self) -> None:
        """End it, unless Ctrl-C has reached it already."""
        if self._runs():
            self._process.terminate()
        self.wait()

    def _runs(self) -> bool:
        return self._process.poll() is None

    def _repeat(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._said += line
                print(line, end="", flush=True)


class DemoBrowser:
    """What the demo does in its browser before a person takes over."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        port_file = profile / "DevToolsActivePort"
        until(lambda: port_file.is_file() and port_file.read_text().count("\n") > 0, "the browser starts", seconds=30)
        port, path = port_file.read_text(encoding="utf-8").split()
        self.cdp = Connection(f"ws://127.0.0.1:{port}{path}")
        worker = until(
            lambda: [one for one in self.cdp.targets("service_worker") if one["url"].startswith("chrome-extension://")],
            "the extension's worker starts",
            seconds=30,
        )
        self._extension = "/".join(worker[0]["url"].split("/")[:3])
        welcome = until(lambda: self.pages(f"{self._extension}/welcome/"), "the extension's first page opens")
        # The manifest, opened as a page, may speak to the worker as the extension's own pages do.
        target = self.cdp.call("Target.createTarget", {"url": f"{self._extension}/manifest.json", "background": True})
        self.control = Page(self.cdp, target["targetId"]).wait_loaded()
        for page in welcome:
            self.cdp.call("Target.closeTarget", {"targetId": page["targetId"]})

    def connect(self, server: DemoServer) -> None:
        """Connect the extension to the server as a person would, with the code that the server shows."""
        self.control.run(ASK, "pair.start", {"address": server.address, "device": "Demo browser"})
        self.control.run(ASK, "pair.confirm", {"code": server.code()})
        until(lambda: self.badge().rstrip("!").isdigit(), "the badge shows the credits left")

    def badge(self) -> str:
        """What the toolbar icon shows."""
        return str(self.control.run("() => chrome.action.getBadgeText({})"))

    def open(self, path: str) -> Page:
        """A page of the extension in a tab of its own."""
        target = self.cdp.call("Target.createTarget", {"url": f"{self._extension}/{path}"})
        return Page(self.cdp, target["targetId"]).wait_loaded()

    def pages(self, url_part: str) -> list[dict[str, str]]:
        """The open pages whose address contains `url_part`."""
        return [one for one in self.cdp.targets("page") if url_part in one["url"]]

    def close(self) -> None:
        """Let go of the browser, which goes on."""
        self.cdp.close()


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder that is removed at the end. A browser's child processes write into their profile for a moment after the
    browser itself has ended, so it is removed until nothing new appears in it.
    """
    folder = Path(tempfile.mkdtemp(prefix="inkeeper-demo-"))
    try:
        yield folder
    finally:
        until(lambda: _is_removed(folder), "the demo's folder is removed", seconds=30)


def _is_removed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


@contextmanager
def demo(environ: Mapping[str, str]) -> Iterator[tuple[DemoServer, DemoBrowser]]:
    """The whole demo while the block runs. Raises BrowserUnavailable where it cannot be shown."""
    with _temporary_folder() as folder, PracticeSite() as practice:
        profile = folder / "profile"
        # --test-type only keeps the browser from warning of the flags that make the practice pages work.
        flags = [*practice.browser_flags, "--remote-debugging-port=0", "--test-type", "--disable-sync"]
        browser = open_with_extension(
            extension_copy(folder), profile, START_PAGE, on_failure=print, flags=flags, environ=environ
        )
        try:
            server = DemoServer()
            try:
                with closing(DemoBrowser(profile)) as prepared:
                    prepared.connect(server)
                    yield server, prepared
            finally:
                server.stop()
        finally:
            browser.close()


def main() -> int:
    """Show the demo until Ctrl-C."""
    try:
        with demo(os.environ) as (server, browser):
            browser.control.close()
            print("The browser is connected already. Open a person, then click Inkeeper in the toolbar.")
            return server.wait()
    except BrowserUnavailable as reason:
        print(f"The demo needs a browser to be seen in: {reason}\n`inkeeper demo` runs its server alone; then:")
        print(manual_steps(SOURCE))
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
