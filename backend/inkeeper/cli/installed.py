"""`inkeeper run` and `inkeeper extension`: what `make run` and the project's folder give, for an installed Inkeeper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from inkeeper.server.extension import LoadedFolder, NoExtension, included_extension, put_extension, renew_extension
from inkeeper.settings import SettingsError, load_settings
from inkeeper.terminal import printable

STEPS = """
Chrome, Edge, Brave, Vivaldi or Opera:
  1. Open chrome://extensions and turn on Developer mode.
  2. Press "Load unpacked".
  3. Choose the folder above. It may be hidden in the dialog: paste its path.

Firefox, until it is closed:
  1. Open about:debugging#/runtime/this-firefox
  2. Press "Load Temporary Add-on".
  3. Choose manifest.json in the folder above.
"""

RELOAD = "The extension is renewed. Press the round arrow at Inkeeper on your browser's extensions page."


def add_commands(main: click.Group) -> None:
    """Add the commands to `main`, which has `serve` already."""
    serve = main.commands["serve"]

    @main.command("run", params=[each for each in serve.params if each.name != "browser"])
    @click.option(
        "--browser",
        type=click.Choice(["default", "none"]),
        help="Open Inkeeper in your default browser, or print a link instead.  [default: a Chromium of its own with the"
        " extension in it; where that cannot be, your default browser]",
    )
    @click.pass_context
    def run(context: click.Context, /, browser: str | None, **flags: Any) -> None:
        """Start Inkeeper and open it in a browser, signed in. Ctrl-C stops it."""
        context.invoke(serve, browser=browser or _own_chromium(), **flags)

    database_options = [each for each in serve.params if each.name in ("data_dir", "database")]

    @main.command("extension", params=database_options)
    def extension(**flags: Any) -> None:
        """Put the browser extension where your browser can load it, and say how.

        The folder is beside the database. It is renewed by this command, and when Inkeeper starts after an update.
        """
        put = _put(flags)
        click.echo(printable(put.path))
        click.echo(STEPS)
        if put.is_renewed:
            click.echo(RELOAD)


def renew_extension_of(folder: Path) -> None:
    """Renew the extension that browsers load from `folder`, if it is there, and print what the user can do."""
    try:
        renewed = renew_extension(folder)
    except NoExtension as reason:
        click.echo(printable(reason), err=True)
    except OSError as error:
        click.echo(printable(f"The extension in {folder} could not be renewed: {error.strerror}."), err=True)
    else:
        if renewed and renewed.is_renewed:
            click.echo(RELOAD)


def _own_chromium() -> str:
    """The value of `--browser` for a Chromium with the extension; that of the default browser without an extension."""
    try:
        return str(included_extension())
    except NoExtension:
        return "default"


def _put(flags: dict[str, Any]) -> LoadedFolder:
    from inkeeper.storage.database import DatabaseProblem, folder_of

    try:
        settings = load_settings(flags, os.environ)
        return put_extension(folder_of(settings.database, settings.folder))
    except (NoExtension, SettingsError, DatabaseProblem) as problem:
        raise click.ClickException(printable(problem)) from problem
    except OSError as error:
        raise click.ClickException(printable(f"{error.filename or 'The system'}: {error.strerror}.")) from error
