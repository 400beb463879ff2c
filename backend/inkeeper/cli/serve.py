"""The commands that run a server: `inkeeper serve` and `inkeeper demo`."""

from __future__ import annotations

import errno
import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import inkeeper
from inkeeper.cli.failures import failed
from inkeeper.cli.options import ADDRESS, PORT, database_options, help_text, opened_store
from inkeeper.clock import utc_now
from inkeeper.settings import DEFAULT_HOST, DEFAULT_PORT, Settings
from inkeeper.terminal import printable, quoted
from inkeeper.wording.devices import device_name as name_of_device
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import gettext, language, pgettext

if TYPE_CHECKING:
    from inkeeper.storage.database import Store

DEMO_PORT = 8426
"""Different from the server's port, so that an extension connected to the server never reaches the demo."""

_LOAD_AFTER_SECONDS = 0.1
"""When the server loads what its first answer does not need. Until then it has the interpreter for that answer alone. A
request that needs more loads it at once.
"""

_EVERYWHERE = "0.0.0.0"  # noqa: S104 (only compared with)
_FIRST_PORT_FOR_ALL = 1024
_HIGHEST_PORT = 65535

_port_option = click.option(
    "--port",
    metavar=PORT,
    help=gettext(
        "Port to listen on, 0 for any free one.  [env: INKEEPER_PORT; default: %(port)s]", port=str(DEFAULT_PORT)
    ),
)
_verbose_option = click.option(
    "--verbose", is_flag=True, help=gettext("Also print a line for each request, without what was sent.")
)


@click.command(
    help=help_text(
        gettext("Run the server that the app and the extension talk to, until Ctrl-C."),
        gettext("If Inkeeper is running already, that one is opened instead."),
        gettext(
            "Requests are answered under loopback names and the name of --host only. Set INKEEPER_ALLOWED_HOSTS to"
            " further names, with commas between, to reach the server under those."
        ),
    ),
    short_help=gettext("Run the server and open Inkeeper in your browser."),
)
@click.option(
    "--host",
    metavar=ADDRESS,
    help=gettext("Address to listen on.  [env: INKEEPER_HOST; default: %(host)s]", host=DEFAULT_HOST),
)
@_port_option
@click.option(
    "--browser",
    metavar=pgettext("placeholder in help", "DIR") + "|default|none",
    help=gettext(
        "Where to open Inkeeper, signed in: `default` is your default browser, `none` prints a link instead. DIR, the"
        " extension's folder, opens a Chromium that has it, connected, in a profile beside the database. Where that"
        " cannot be, the default browser is used.  [default: `default` in a terminal, else nothing is opened]"
    ),
)
@click.option("--no-open", is_flag=True, help=gettext("Open nothing and print no link."))
@click.option(
    "--no-backups",
    is_flag=True,
    help=gettext("Make no weekly backups. Without it the server keeps four, in files beside the database."),
)
@click.option(
    "--background",
    is_flag=True,
    help=gettext(
        "As `inkeeper autostart` runs it: open nothing, and print no codes, since what is printed goes to a log."
    ),
)
@_verbose_option
@database_options
def serve(browser: str | None, no_open: bool, no_backups: bool, background: bool, verbose: bool, **flags: Any) -> None:
    """Run the server."""
    with _no_garbage_collection(), opened_store(create=True, **flags) as (store, settings):
        if browser is None and _is_terminal_stdout() and not settings.is_shared:
            browser = "default"
        opened = None if no_open or background else browser
        shown = hide_code if background else show_code
        listened = _listen(store, settings, opened, verbose=verbose, show_code=shown, backups=not no_backups)
    if listened:
        click.echo(gettext("Stopped. Everything is saved."))


@click.command(
    help=help_text(
        gettext("Run a server with a year of invented history, to try things out, until Ctrl-C."),
        gettext(
            "Its database is a throw-away one. Your own is not touched, and what you do in the demo is gone with it."
        ),
    ),
    short_help=gettext("Try Inkeeper with a year of invented history."),
)
@click.option(
    "--port",
    metavar=PORT,
    default=str(DEMO_PORT),
    help=gettext("Port to listen on, 0 for any free one.  [default: %(port)s]", port=str(DEMO_PORT)),
)
@_verbose_option
def demo(port: str, verbose: bool) -> None:
    """Run the demo."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from inkeeper.demo import fill

    with TemporaryDirectory(prefix="inkeeper-demo-") as folder:
        database = f"sqlite:///{Path(folder).as_posix()}/demo.sqlite3"
        with opened_store(create=True, database=database, host=DEFAULT_HOST, port=port) as (store, settings):
            click.echo(gettext("This is a demo: everything in it is made up, and gone when it stops."))
            fill(store, utc_now())
            _listen(store, replace(settings, demo=True), None, verbose=verbose, show_code=show_code, backups=False)
    click.echo(gettext("Stopped. The demo is gone."))


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Switch garbage collection off for the start, until `load_rest` has ended.

    Hardly anything that the start makes is garbage, and looking for some takes a tenth of its time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _is_terminal_stdout() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _listen(
    store: Store,
    settings: Settings,
    browser: str | None,
    *,
    verbose: bool,
    show_code: Callable[[str, str], None],
    backups: bool,
) -> bool:
    """Serve until Ctrl-C or SIGTERM, with the app open in `browser`. Returns False if Inkeeper has the port already."""
    from inkeeper.api.app import create_app, load_rest
    from inkeeper.cli import installed
    from inkeeper.server import prepared
    from inkeeper.server.extension import loaded_folder
    from inkeeper.server.listening import Server
    from inkeeper.services.devices import pairing

    app = create_app(store, settings=settings, show_code=show_code)
    try:
        server = Server(app, settings.host, settings.port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _open_running(store, settings, browser)
            return False
        raise _cannot_listen(settings, error) from error
    pairing.reopen(store)
    _log(requests=verbose)
    installed.renew_extension_of(store.folder)
    prepared.is_offered(store, loaded_folder(store.folder), utc_now())  # deletes one that is over
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    signal.signal(signal.SIGINT, lambda *_: server.stop())
    _print_addresses(settings, server.host, server.port, store.name, in_terminal=show_code is not hide_code)
    app.on_loaded = gc.freeze  # as in `Server.run`, for what is loaded later
    # A server that opens no browser may not be visited for days.
    load = threading.Timer(_LOAD_AFTER_SECONDS, load_rest, (app,), {"with_pages": browser is not None or settings.demo})
    load.daemon = True
    load.start()
    address = _browser_address(settings.host, server.port)
    with _app_in_browser(store, address, browser), _weekly_backups(store) if backups else nullcontext():
        server.run()
    return True


@contextmanager
def _weekly_backups(store: Store) -> Iterator[None]:
    """Make a backup whenever one is due while the block runs."""
    from inkeeper.server.backups import BackupThread

    thread = BackupThread(store)
    try:
        yield
    finally:
        thread.close()


@contextmanager
def _app_in_browser(store: Store, address: str, browser: str | None) -> Iterator[None]:
    """Keep the app open in `browser` while the block runs; None opens nothing."""
    if browser is None:
        yield
        return
    from inkeeper.server.launch import Launch

    launch = Launch(store, address, browser, click.echo)
    try:
        yield
    finally:
        launch.close()


def _open_running(store: Store, settings: Settings, browser: str | None) -> None:
    """Open the app of the Inkeeper that has the port. Raises ClickException if another program or ledger has it."""
    from inkeeper.server.launch import Launch
    from inkeeper.server.opening import WAIT_SECONDS, running_at
    from inkeeper.services.devices.connected import installation_id

    address = _browser_address(settings.host, settings.port)
    found = running_at(address)
    if found is None or found.ledger != installation_id(store):
        raise failed(
            gettext_noop(
                "Another program uses port %(port)s. Choose another port with --port, such as --port %(free)s."
            )
            if found is None
            else gettext_noop(
                "An Inkeeper with other data uses port %(port)s. Choose another port with --port, such as --port"
                " %(free)s."
            ),
            port=settings.port,
            free=_free_port(settings.host, settings.port),
        )
    click.echo(gettext("Inkeeper is running already: %(address)s", address=address))
    if found.version != inkeeper.__version__:
        click.echo(
            gettext(
                "It is version %(running)s. Stop it and start again to use %(own)s. If it starts when you log in,"
                " `inkeeper autostart on` does that.",
                running=printable(found.version),
                own=inkeeper.__version__,
            )
        )
    if browser is not None:
        Launch(store, address, browser, click.echo, WAIT_SECONDS).wait()


def _free_port(host: str, taken: int) -> int:
    """One of the next 20 ports after the taken one that is free now. 0, which means any port, if none is free."""
    import socket

    for port in range(taken + 1, min(taken + 20, _HIGHEST_PORT)):
        # Nothing listens there: a server can be made, and is closed again at once.
        try:
            socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
        except OSError:
            continue
        return port
    return 0


def _cannot_listen(settings: Settings, error: OSError) -> click.ClickException:
    if error.errno == errno.EACCES and settings.port < _FIRST_PORT_FOR_ALL:
        return failed(
            gettext_noop("Your user may not listen on port %(port)s. Choose one from 1024 on with --port."),
            port=settings.port,
        )
    # Python adds the address in brackets, which the message has already.
    reason = (error.strerror or str(error)).partition(" (")[0]
    return failed(
        gettext_noop(
            "Inkeeper cannot listen on %(host)s port %(port)s: %(reason)s. Choose another with --host and --port."
        ),
        host=settings.host,
        port=settings.port,
        reason=reason,
    )


def _browser_address(host: str, port: int) -> str:
    """The server's address for a browser on this computer.

    It always has the same spelling, because browsers store page data per origin.
    """
    return _address(DEFAULT_HOST if host in (_EVERYWHERE, "::", "localhost") else host, port)


def _print_addresses(settings: Settings, host: str, port: int, database: str, *, in_terminal: bool) -> None:
    """Print the server's addresses and data, in a terminal also how to go on.

    `host` is the IP address that the settings' host resolves to.
    """
    address = _address(settings.host, port)
    click.echo(gettext("Inkeeper %(version)s listens on %(address)s", version=inkeeper.__version__, address=address))
    click.echo(gettext("Your data is in %(database)s", database=printable(database)))
    if not in_terminal:
        return
    if host in (DEFAULT_HOST, _EVERYWHERE):
        click.echo(gettext("To connect the extension, enter %(address)s there.", address=_address(DEFAULT_HOST, port)))
        click.echo(
            gettext("Run `inkeeper pair` for the code that it asks for.")
            if settings.is_shared
            else gettext("The code that it asks for appears here.")
        )
    if host == _EVERYWHERE:
        click.echo(
            gettext(
                "From other computers the extension cannot use this address, since it is not encrypted. Put a proxy"
                " with TLS in front, enter the proxy's https:// address in the extension, and name its host in"
                " INKEEPER_ALLOWED_HOSTS."
            )
        )
    elif host != DEFAULT_HOST:
        # The extension accepts plain HTTP for 127.0.0.1 only (`serverAddress`).
        click.echo(
            gettext(
                "The extension cannot use this address, since it is not encrypted. Put a proxy with TLS in front, enter"
                " the proxy's https:// address in the extension, and name its host in INKEEPER_ALLOWED_HOSTS. Or listen"
                " on this computer alone, with --host %(host)s.",
                host=DEFAULT_HOST,
            )
        )
    click.echo(gettext("Ctrl-C stops the server."))


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def code_block(code: str) -> str:
    """The code in two groups of digits, in a frame on lines of its own."""
    half = len(code) // 2
    digits = f"{code[:half]} {code[half:]}"
    edge = "─" * (len(digits) + 4)
    return f"  ┌{edge}┐\n  │  {click.style(digits, bold=True)}  │\n  └{edge}┘"


def show_code(device_name: str, code: str) -> None:
    """Print the code for a device that asks to connect. `device_name` is chosen by the device."""
    # The name could imitate a code, so it comes after the code, in quotes.
    device = quoted(name_of_device(device_name, language()))
    asks = gettext("%(device)s wants to connect. Type the code there within 5 minutes.", device=device)
    click.echo(f"\n{code_block(code)}\n  {asks}\n")


def hide_code(device_name: str, code: str) -> None:  # noqa: ARG001 (the signature of `show_code`)
    """Print that a device asks to connect, without its code."""
    click.echo(
        gettext("A device wants to connect. Set-up in Inkeeper's pages shows its code, and so does `inkeeper pair`.")
    )


def _log(*, requests: bool) -> None:
    """Log errors to stderr, and with `requests` one line per request."""
    import logging

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("inkeeper")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if requests else logging.WARNING)
