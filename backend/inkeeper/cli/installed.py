"""`inkeeper run` and `inkeeper extension`: what `make run` and the project's folder give, for an installed Inkeeper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inkeeper.cli.failures import failures_in_words, sentence
from inkeeper.cli.options import database_options, help_text, opened_store
from inkeeper.cli.serve import serve
from inkeeper.clock import utc_now
from inkeeper.settings import DEFAULT_HOST, load_settings
from inkeeper.terminal import printable
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import gettext

if TYPE_CHECKING:
    from inkeeper.server.extension import LoadedFolder

STEPS = gettext_noop("""
Chrome, Edge, Brave, Vivaldi or Opera:
  1. Open chrome://extensions and turn on Developer mode.
  2. Press “Load unpacked”.
  3. Choose the folder above. It may be hidden in the dialog: paste its path.

Firefox, until it is closed:
  1. Open about:debugging#/runtime/this-firefox
  2. Press “Load Temporary Add-on…”.
  3. Choose manifest.json in the folder above.
""")

RELOAD = gettext_noop("The extension is renewed. Press the round arrow at Inkeeper on your browser's extensions page.")


@click.command(
    params=[each for each in serve.params if each.name != "browser"],
    help=help_text(
        gettext("Start Inkeeper and open it in a browser, signed in. Ctrl-C stops it."),
        gettext("If Inkeeper is running already, that one is opened instead."),
    ),
    short_help=gettext("Start Inkeeper and open it in a browser, signed in."),
)
@click.option(
    "--browser",
    type=click.Choice(["default", "none"]),
    help=gettext(
        "Open Inkeeper in your default browser, or print a link instead.  [default: a Chromium of its own with the"
        " extension in it; where that cannot be, your default browser]"
    ),
)
@click.pass_context
def run(context: click.Context, /, browser: str | None, **flags: Any) -> None:
    """Run the server with the app open."""
    context.invoke(serve, browser=browser or _own_chromium(), **flags)


@click.command(
    help=help_text(
        gettext("Put the browser extension where your browser can load it, and say how."),
        gettext(
            "The folder is beside the database. This command renews it, and so does Inkeeper when it starts after an"
            " update."
        ),
    ),
    short_help=gettext("Put the extension where your browser can load it."),
)
@database_options
def extension(**flags: Any) -> None:
    """Put the extension beside the database and print its folder."""
    put = _put(flags)
    offered = _offer_connection(put.path, flags)
    click.echo(printable(put.path))
    click.echo(gettext(STEPS))
    if offered:
        click.echo(gettext("The first browser that loads it within 10 minutes connects by itself."))
    if put.is_renewed:
        click.echo(gettext(RELOAD))


def renew_extension_of(folder: Path) -> None:
    """Renew the extension that browsers load from `folder`, if it is there, and print what the user can do."""
    from inkeeper.server.extension import NoExtension, renew_extension

    try:
        renewed = renew_extension(folder)
    except NoExtension as reason:
        click.echo(printable(reason), err=True)
    except OSError as error:
        place = printable(folder)
        click.echo(gettext("The extension in %(folder)s could not be renewed.", folder=place), err=True)
        click.echo(sentence(error), err=True)
    else:
        if renewed and renewed.is_renewed:
            click.echo(gettext(RELOAD))


def _own_chromium() -> str:
    """The value of `--browser` for a Chromium with the extension; that of the default browser without an extension."""
    from inkeeper.server.extension import NoExtension, included_extension

    try:
        return str(included_extension())
    except NoExtension:
        return "default"


def _offer_connection(folder: Path, flags: dict[str, Any]) -> bool:
    """Let the next browser that loads the folder connect without a code, if there is a database already."""
    from inkeeper.server import prepared
    from inkeeper.storage.database import has_file

    if not has_file(load_settings(flags, os.environ).database):
        return False
    with opened_store(**flags) as (store, settings):
        return prepared.offer(store, settings, folder, f"http://{DEFAULT_HOST}:{settings.port}", utc_now())


def _put(flags: dict[str, Any]) -> LoadedFolder:
    from inkeeper.server.extension import NoExtension, put_extension
    from inkeeper.storage.database import folder_of

    with failures_in_words():
        settings = load_settings(flags, os.environ)
        try:
            return put_extension(folder_of(settings.database, settings.folder))
        except NoExtension as reason:
            raise click.ClickException(printable(reason)) from reason
