"""A virtual X desktop for what needs a visible browser (shortcuts, menus, prompts), with real keys and mouse."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from e2e.harness.page import Name, Page
from e2e.harness.wait import until, wait_span

# Chromium ignores what is typed right after a prompt appears, so that it is not accepted by accident.
PROMPT_GUARD_SECONDS = 1.0


def program(*names: str) -> str:
    """The path of the first of these programs that is installed. RuntimeError if none is."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError(f"none of {', '.join(names)} is installed: the browser tests need it (`make test` installs it)")


class Desktop:
    """An X display with a keyboard and a mouse."""

    def __init__(self, display: str) -> None:
        self.display = display

    def keys(self, *chords: str) -> None:
        """Presses keys, such as "alt+shift+l", one chord after the other."""
        self._xdotool("key", *chords)

    def right_click(self, x: int, y: int) -> None:
        """Clicks the right mouse button at a place of the screen."""
        self._xdotool("mousemove", str(x), str(y), "click", "3")

    def click(self, x: int, y: int) -> None:
        """Clicks the left mouse button at a place of the screen."""
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def allow(self, page: Page, button: Name) -> None:
        """Clicks `button`, which requests a permission, and accepts the prompt.

        If the permission was granted before, there is no prompt.
        """

        def agreed() -> bool:
            if not self._opens_prompt(page, button):
                return True
            self.keys("Tab", "Return")
            try:
                until(lambda: _has_focus(page), "the prompt closed", seconds=2)
            except AssertionError:
                self.keys("Escape")
                return False
            return True

        until(agreed, "the browser's prompt was answered")

    def refuse(self, page: Page, button: Name) -> None:
        """Clicks `button`, which requests a permission, and dismisses the prompt."""
        assert self._opens_prompt(page, button), "the browser did not ask"
        until(lambda: self._closes_prompt(page), "the prompt closed")

    def _opens_prompt(self, page: Page, button: Name) -> bool:
        page.click("button", button)
        try:
            until(lambda: not _has_focus(page), "the browser asks", seconds=PROMPT_GUARD_SECONDS)
        except AssertionError:
            return False
        wait_span(PROMPT_GUARD_SECONDS, "the prompt takes keys")
        return True

    def _closes_prompt(self, page: Page) -> bool:
        self.keys("Escape")
        return _has_focus(page)

    def _xdotool(self, *command: str) -> None:
        environment = {**os.environ, "DISPLAY": self.display}
        subprocess.run([program("xdotool"), *command], env=environment, check=True, capture_output=True)


def _has_focus(page: Page) -> bool:
    return bool(page.run("() => document.hasFocus()"))


@contextmanager
def virtual_desktop() -> Iterator[Desktop]:
    """Starts a virtual desktop on a free display number, until the block ends."""
    read_end, write_end = os.pipe()
    command = [program("Xvfb"), "-displayfd", str(write_end), "-screen", "0", "1280x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL) as screen:
        os.close(write_end)
        with os.fdopen(read_end) as numbers:
            number = numbers.readline().strip()
        try:
            yield Desktop(f":{number}")
        finally:
            screen.terminate()
