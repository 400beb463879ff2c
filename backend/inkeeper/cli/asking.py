"""Questions in the terminal: shown on stderr, answered on stdin."""

from __future__ import annotations

import sys
from typing import Any

import click

from inkeeper.cli.progress import is_terminal_stderr
from inkeeper.wording.terminal import gettext, pgettext


def can_ask() -> bool:
    """Whether a person can be asked a question."""
    return is_terminal_stderr() and sys.stdin is not None and sys.stdin.isatty()


def confirm(question: str) -> bool:
    """Ask until the answer is a yes or a no, in the terminal's language or in English. Return alone is a no.

    `click.confirm` takes and names `y` and `n` in every language.
    """
    answers = _YesOrNo()
    return bool(
        click.prompt(
            question,
            default=answers.no,
            show_default=False,
            prompt_suffix=f" [{answers.yes}/{answers.no.upper()}]: ",
            type=answers,
            err=True,
        )
    )


class _YesOrNo(click.ParamType):
    name = "yes or no"

    def __init__(self) -> None:
        self.yes = pgettext("letter for yes in the terminal", "y")
        self.no = pgettext("letter for no in the terminal", "n")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bool:
        """True for a yes, False for a no. Anything else fails, and is asked again."""
        answer = str(value).strip().casefold()
        if answer in (self.no, gettext("No").casefold(), "n", "no"):
            return False
        if answer not in (self.yes, gettext("Yes").casefold(), "y", "yes"):
            self.fail(gettext("Answer with %(yes)s or %(no)s.", yes=self.yes, no=self.no), param, ctx)
        return True
