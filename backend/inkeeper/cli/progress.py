"""The progress of long work: one line on stderr, rewritten in place, and only on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from inkeeper.wording.terminal import gettext, language

_REWRITE_SECONDS = 0.1
_ERASE_LINE = "\r\x1b[K"


class Progress:
    """The line of one piece of work."""

    def __init__(self, label: str, *, shown: bool) -> None:
        self._label = label
        self._shown = shown
        self._text = ""
        self._written_at = 0.0
        self.step(label)

    def step(self, label: str) -> None:
        """Go on to work with this label."""
        self._label = label
        self._write(gettext("%(work)s …", work=label), at_once=True)

    def part(self, done: float) -> None:
        """Show that this part of the work is done, from 0 to 1."""
        percent = language().percent(min(100, int(done * 100)))
        self._write(f"{self._label} {percent}", at_once=done >= 1)

    def erase(self) -> None:
        """Remove the line."""
        if self._shown:
            click.echo(_ERASE_LINE, nl=False, err=True, color=True)

    def _write(self, text: str, *, at_once: bool) -> None:
        now = time.monotonic()
        if not self._shown or text == self._text or not (at_once or now - self._written_at >= _REWRITE_SECONDS):
            return
        self._text, self._written_at = text, now
        click.echo(f"{_ERASE_LINE}{text}", nl=False, err=True, color=True)


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """Show the progress of the block's work. The line is removed at its end, so that only the result stays."""
    line = Progress(label, shown=is_terminal_stderr())
    try:
        yield line
    finally:
        line.erase()


def is_terminal_stderr() -> bool:
    """Whether a person may see stderr."""
    return sys.stderr is not None and sys.stderr.isatty()
