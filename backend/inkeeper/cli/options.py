"""Options that several commands share, and the parts of help texts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from inkeeper.cli.failures import failures_in_words
from inkeeper.settings import Settings, load_settings
from inkeeper.terminal import printable
from inkeeper.wording.terminal import explain, gettext, pgettext

if TYPE_CHECKING:
    from inkeeper.storage.database import Store

Command = TypeVar("Command", bound=Callable[..., Any])

NAME = pgettext("placeholder in help", "NAME")
FILE = pgettext("placeholder in help", "FILE")
ADDRESS = pgettext("placeholder in help", "ADDRESS")
PORT = pgettext("placeholder in help", "PORT")


class _Line(click.ParamType):
    """A name, id or link: one line of plain text as defined by `texts`, without surrounding blanks."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The stripped text. Fails for an empty text and for refused characters."""
        from inkeeper import texts

        line = str(value).strip()
        if not line or not texts.is_plain(line):
            self.fail(
                gettext("Must be a line of text without control characters or other invisible characters."),
                param,
                ctx,
            )
        return line


LINE = _Line()


def help_text(*paragraphs: str, examples: tuple[str, ...] = ()) -> str:
    """A command's help: paragraphs, and example command lines that are not wrapped."""
    lines = ["\b", gettext("Examples:"), *(f"  {line}" for line in examples)]
    return "\n\n".join([*paragraphs, "\n".join(lines)] if examples else paragraphs)


def database_options(command: Command) -> Command:
    """Add the options `--data-dir` and `--database` to a command."""
    for option in (
        click.option(
            "--data-dir",
            metavar=pgettext("placeholder in help", "DIR"),
            help=gettext(
                "Folder for the database, made if missing.  [env: INKEEPER_DATA_DIR; default: your user's data folder]"
            ),
        ),
        click.option(
            "--database",
            metavar="URL",
            help=gettext(
                "Database to use instead of the one in the data folder: sqlite:////path/to/file, or"
                " postgresql://user@host/name (a host may be several, with commas between).  [env: INKEEPER_DATABASE]"
            ),
        ),
    ):
        command = option(command)
    return command


def account_options(command: Command) -> Command:
    """Add the options `--account` and `--owner` to a command."""
    for option in (
        click.option(
            "--owner",
            type=LINE,
            metavar=NAME,
            help=gettext("Whose account, where several people use this Inkeeper.  [default: the only one's]"),
        ),
        click.option(
            "--account",
            type=LINE,
            metavar=NAME,
            help=gettext("Which account, by its name or id.  [default: the only one]"),
        ),
    ):
        command = option(command)
    return command


@contextmanager
def opened_store(*, create: bool = False, **flags: Any) -> Iterator[tuple[Store, Settings]]:
    """Open the database and load the settings. An error ends the command with one sentence."""
    with failures_in_words():
        from inkeeper.storage.database import open_database
        from inkeeper.storage.files import keep_private

        settings = load_settings(flags, os.environ)
        store = open_database(settings.database, create=create, folder=settings.folder)
        try:
            for done in keep_private(store.path) if store.path else ():
                click.echo(printable(explain(done)), err=True)
            yield store, settings
        finally:
            store.checkpoint_and_close()
