"""The command group of the terminal: commands in sections, and every failure as a sentence with an exit code.

Exit codes: 0 if it was done, 1 if it failed, 2 for a wrong option or argument. Ctrl-C is 1.
"""

from __future__ import annotations

import os
import sys
from collections import UserDict
from collections.abc import Mapping
from contextlib import suppress
from gettext import bindtextdomain, textdomain
from importlib import import_module
from typing import Any, TextIO

import click

from inkeeper.cli.failures import sentence
from inkeeper.wording.language import ENGLISH, LOCALE, gettext_noop, ngettext_noop
from inkeeper.wording.terminal import gettext, language, pgettext

_DOMAIN = "inkeeper"

CLICK_MESSAGES = (
    gettext_noop("Usage:"),
    gettext_noop("Options"),
    gettext_noop("Commands"),
    gettext_noop("Error: {message}"),
    gettext_noop("Error: {e.message}"),
    gettext_noop("Aborted!"),
    gettext_noop("required"),
    gettext_noop("Show this message and exit."),
    gettext_noop("Try '{command} {option}' for help."),
    gettext_noop("Missing command."),
    gettext_noop("No such command {name!r}."),
    gettext_noop("No such option {name!r}."),
    gettext_noop("No such option: {name}"),
    ngettext_noop("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ngettext_noop("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    gettext_noop("Option {name!r} does not take a value."),
    ngettext_noop("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    gettext_noop("Missing argument"),
    gettext_noop("Missing option"),
    gettext_noop("Invalid value: {message}"),
    gettext_noop("Invalid value for {param_hint}: {message}"),
    ngettext_noop("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
"""Messages of Click that are translated in Inkeeper's catalogues, as the oldest and the newest supported version word
them. Click looks all of its messages up in gettext's default domain, which is set to these catalogues here. Those that
are not listed stay English: no command of Inkeeper's leads to one.
"""


class _Commands(UserDict[str, Any]):
    """The commands by name, each stored as its place, `module.function`, and imported when it is looked up."""

    def __getitem__(self, name: str) -> click.Command:
        module, _, function = super().__getitem__(name).rpartition(".")
        command: click.Command = getattr(import_module(module), function)
        _translate_usage(command)
        return command


class Program(click.Group):
    """The command `inkeeper`. Click's own words in it, and in its subcommands, are in the language of the terminal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands = _Commands()
        _translate_usage(self)
        self._sections: list[tuple[str, list[str]]] = []

    def add_section(self, title: str, commands: Mapping[str, str]) -> None:
        """Add commands, listed in this order below the title: the place (`module.function`) of each by its name."""
        self.commands.update(commands)  # type: ignore[arg-type]
        self._sections.append((title, list(commands)))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of the commands in the order of the sections."""
        return [name for _, names in self._sections for name in names]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections, with one line for each command."""
        widest = max(map(len, self.list_commands(ctx)))
        for title, names in self._sections:
            with formatter.section(title):
                room = formatter.width - widest - 6
                rows = [(name.ljust(widest), self.commands[name].get_short_help_str(room)) for name in names]
                formatter.write_dl(rows)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line. An error of the system, such as a full disk, is one sentence and exit code 1."""
        _translate_click()
        for stream in (sys.stdout, sys.stderr):
            _escape_unencodable(stream)
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            with suppress(OSError):
                click.echo(gettext("Error: %(reason)s", reason=sentence(error)), err=True)
            _discard_unwritten(sys.stdout)
            sys.exit(1)


def _translate_usage(command: click.Command) -> None:
    """Translate the placeholders in the usage of a command and of its subcommands. Click has them in English only."""
    command.options_metavar = pgettext("placeholder in help", "[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = (
            pgettext("placeholder in help", "[COMMAND] [ARGS]...")
            if command.invoke_without_command
            else pgettext("placeholder in help", "COMMAND [ARGS]...")
        )
        for subcommand in command.commands.values():
            _translate_usage(subcommand)


def _translate_click() -> None:
    """Set gettext's default domain to Inkeeper's catalogues, unless the terminal's language is English.

    gettext chooses the language from the same variables as `wording.terminal`, but knows no English catalogue: with
    `LANGUAGE=en:de` it would choose German. It does not heed the locale `C` either.
    """
    if language().language != ENGLISH.language:
        textdomain(_DOMAIN)
        bindtextdomain(_DOMAIN, str(LOCALE))


def _escape_unencodable(stream: TextIO | None) -> None:
    """Print a character that the terminal's encoding lacks as an escape instead of failing."""
    if stream is not None and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")


def _discard_unwritten(stream: TextIO | None) -> None:
    """Discard what could not be written to the stream. Python would try again, and fail, at its end."""
    if stream is not None:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
