"""`inkeeper autostart`: start Inkeeper when its user logs in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

import inkeeper
from inkeeper.cli.failures import failures_in_words
from inkeeper.cli.options import PORT, database_options, help_text
from inkeeper.settings import DEFAULT_PORT, load_settings
from inkeeper.terminal import printable
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import gettext

if TYPE_CHECKING:
    from inkeeper.server.autostart import Program, State


@click.group(
    help=help_text(
        gettext("Start Inkeeper when you log in, in the background, without a browser."),
        gettext(
            "Uses a systemd user unit on Linux, a launchd agent on macOS, and the Run key on Windows. Without systemd"
            " your desktop starts it. A server that crashes is started again, at most 5 times in 10 minutes."
        ),
    ),
    short_help=gettext("Start Inkeeper when you log in."),
)
def autostart() -> None:
    """Start Inkeeper at log-in."""


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--host", hidden=True)(command)
    command = click.option(
        "--port",
        metavar=PORT,
        help=gettext("Port to listen on.  [env: INKEEPER_PORT; default: %(port)s]", port=str(DEFAULT_PORT)),
    )(command)
    return database_options(command)


@autostart.command(
    help=help_text(
        gettext("Start Inkeeper now and at each log-in, with these settings."),
        gettext("Run it again to change the settings, and after an update."),
    ),
    short_help=gettext("Start Inkeeper now and at each log-in."),
)
@_options
def on(**flags: Any) -> None:
    """Write the entry and start the server."""
    from inkeeper.server import opening
    from inkeeper.server.autostart import entry_of_this_system

    with _failures_in_words():
        program = _program(flags)
        entry = entry_of_this_system()
        changed = entry.write(program)
        running = opening.running_at(program.address)
        is_elsewhere = entry.state().running_since is None and running is not None
        if not is_elsewhere:
            is_outdated = running is not None and running.version != inkeeper.__version__
            entry.start(program, changed=changed or is_outdated)
            opening.wait_until(lambda: opening.is_inkeeper(program.address), opening.WAIT_SECONDS)
    click.echo(gettext("Inkeeper starts when you log in: %(address)s", address=program.address))
    if entry.kind == "desktop":
        click.echo(gettext("This system has no systemd for users, so your desktop starts it."))
    if is_elsewhere:
        click.echo(gettext("It runs already, so nothing was started now."))
    click.echo(gettext("Written: %(place)s", place=printable(entry.place)))
    click.echo(gettext("Log: %(log)s", log=printable(entry.log(program))))
    if entry.kind == "systemd":
        click.echo(gettext("To start it before you log in: loginctl enable-linger"))
    click.echo(gettext("To undo this: inkeeper autostart off"))
    if not is_elsewhere and not opening.is_inkeeper(program.address):
        raise click.ClickException(gettext("It hasn't answered so far. The log says why."))


@autostart.command(help=gettext("Stop Inkeeper in the background, and don't start it at log-in any more."))
def off() -> None:
    """Remove the entry and stop the server."""
    from inkeeper.server.autostart import entry_of_this_system

    with _failures_in_words():
        entry = entry_of_this_system()
        removed = entry.remove(stops=True)
    if removed:
        click.echo(
            gettext("Inkeeper no longer starts when you log in. Removed: %(place)s", place=printable(entry.place))
        )
    else:
        click.echo(gettext("Inkeeper doesn't start when you log in."))


@autostart.command(
    help=help_text(
        gettext("Say whether Inkeeper starts when you log in, whether it runs, and what is wrong."),
        gettext("Exits with 1 if something is wrong."),
    ),
    short_help=gettext("Say whether it starts at log-in and whether it runs."),
)
def status() -> None:
    """Print the state of the entry and of the server."""
    from inkeeper.server import opening
    from inkeeper.server.autostart import entry_of_this_system, program_of

    with _failures_in_words():
        entry = entry_of_this_system()
        command, state = entry.command(), entry.state()
    if command is None:
        click.echo(gettext("Off: Inkeeper doesn't start when you log in. To change that: inkeeper autostart on"))
        return
    click.echo(gettext("On: Inkeeper starts when you log in."))
    click.echo(gettext("Written: %(place)s", place=printable(entry.place)))
    if state.running_since is not None:
        click.echo(gettext("Running since %(moment)s", moment=_moment(state.running_since)))
    program = program_of(command)
    click.echo(gettext("Log: %(log)s", log=printable(entry.log(program))))
    if state.trouble is not None:
        raise click.ClickException(_trouble(state))
    if not opening.is_inkeeper(program.address):
        raise click.ClickException(gettext("It doesn't answer at %(address)s.", address=program.address))


@autostart.command(hidden=True)
@_options
def keep(**flags: Any) -> None:
    """Run the server in the background, and restart it. For systems that do not do that themselves."""
    from inkeeper.server.autostart import keeper

    with _failures_in_words():
        sys.exit(keeper.keep(_program(flags)))


def _program(flags: dict[str, Any]) -> Program:
    from inkeeper.server.autostart import program_for

    return program_for(load_settings(flags, os.environ))


@contextmanager
def _failures_in_words() -> Iterator[None]:
    from inkeeper.server.autostart import CannotStart, NotForAutostart

    with failures_in_words():
        try:
            yield
        except NotForAutostart as error:
            raise click.ClickException(gettext(_REASONS[error.why])) from error
        except CannotStart as error:
            raise click.ClickException(printable(error)) from error


_REASONS = {
    "shared": gettext_noop(
        "INKEEPER_HOST or INKEEPER_ALLOWED_HOSTS opens this Inkeeper to other computers. Run such a server as a"
        " service of the computer."
    ),
    "port": gettext_noop("Choose a fixed port with --port, since browsers store the address."),
    "password": gettext_noop(
        "Other users of this computer would see the password in --database. Put it into ~/.pgpass instead."
    ),
}


def _trouble(state: State) -> str:
    if state.trouble == "program_gone":
        return gettext(
            "Its program is gone: %(missing)s. Run `inkeeper autostart on` again.",
            missing=printable(state.missing or ""),
        )
    if state.trouble == "not_enabled":
        return gettext("systemd doesn't start it. Run `inkeeper autostart on` again.")
    if state.trouble == "failed":
        return gettext("It failed too often and isn't started again.")
    return gettext("It isn't running. Run `inkeeper autostart on` to start it.")


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
