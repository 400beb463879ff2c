"""The `inkeeper` command. Each subcommand opens the database, does one thing and prints the result.

Subcommands import slow modules themselves, so that other subcommands start without them.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

import inkeeper
from inkeeper import texts
from inkeeper.clock import utc_now
from inkeeper.settings import DEFAULT_HOST, DEFAULT_PORT, Settings, SettingsError, load_settings
from inkeeper.terminal import printable, quoted

if TYPE_CHECKING:
    from datetime import datetime

    from inkeeper.storage.database import Store

DEMO_PORT = 8426
"""Different from the server's port, so that an extension connected to the server never reaches the demo."""

_EVERYWHERE = "0.0.0.0"  # noqa: S104 (only compared with)

Command = TypeVar("Command", bound=Callable[..., Any])


class _Line(click.ParamType):
    """A name, id or link: one line of plain text as defined by `texts`, without surrounding blanks."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The stripped text. Fails for an empty text and for refused characters."""
        line = str(value).strip()
        if not line or not texts.is_plain(line):
            self.fail(
                "Must be a line of text without control characters or other characters that nobody sees.", param, ctx
            )
        return line


_LINE = _Line()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(inkeeper.__version__, prog_name="inkeeper")
def main() -> None:
    """Keep the ledger of your InMail credits on your own machine.

    Start with `inkeeper serve`, then connect the browser extension to the address that it prints. Not affiliated with
    LinkedIn.
    """


def _database_options(command: Command) -> Command:
    """Add the options `--data-dir` and `--database` to a command."""
    for option in (
        click.option(
            "--data-dir",
            metavar="DIR",
            help="Folder for the database, made if missing."
            "  [env: INKEEPER_DATA_DIR; default: your user's data folder]",
        ),
        click.option(
            "--database",
            metavar="URL",
            help="Database to use instead of the one in the data folder: sqlite:////path/to/file, or"
            " postgresql://user@host/name (a host may be several, with commas between)."
            "  [env: INKEEPER_DATABASE]",
        ),
    ):
        command = option(command)
    return command


@contextmanager
def _database(*, create: bool = False, **flags: Any) -> Iterator[tuple[Store, Settings]]:
    """Open the database and load the settings. An error ends the command with one line and exit code 1."""
    from inkeeper.storage.database import open_database
    from inkeeper.storage.files import keep_private

    with _failures_in_words():
        settings = load_settings(flags, os.environ)
        store = open_database(settings.database, create=create, folder=settings.folder)
        try:
            for sentence in keep_private(store.path) if store.path else ():
                click.echo(sentence, err=True)
            yield store, settings
        finally:
            store.checkpoint_and_close()


@contextmanager
def _failures_in_words() -> Iterator[None]:
    """End the command with one line and exit code 1 for a failure of the database, a setting or a file."""
    from inkeeper.storage.database import DatabaseProblem

    try:
        yield
    except (DatabaseProblem, SettingsError) as error:
        raise click.ClickException(printable(error)) from error
    except FileExistsError as error:
        what = "is a symbolic link" if Path(error.filename).is_symlink() else "exists already"
        raise click.ClickException(
            f"{printable(error.filename)} {what} and is not replaced. Name a new file."
        ) from error
    except OSError as error:
        raise click.ClickException(printable(f"{error.filename or 'The system'}: {error.strerror}.")) from error


@main.command()
@click.option("--host", help=f"Address to listen on.  [env: INKEEPER_HOST; default: {DEFAULT_HOST}]")
@click.option("--port", help=f"Port to listen on, 0 for any free one.  [env: INKEEPER_PORT; default: {DEFAULT_PORT}]")
@click.option(
    "--browser",
    metavar="DIR|default|none",
    help="Where to open Inkeeper, signed in: `default` is your default browser, `none` prints a link instead."
    " DIR, the extension's folder, opens a Chromium that has it, connected, in a profile beside the database; where"
    " that cannot be, the default browser.  [default: `default` in a terminal, else nothing is opened]",
)
@click.option("--no-open", is_flag=True, help="Open nothing and print no link.")
@click.option(
    "--no-backups",
    is_flag=True,
    help="Make no weekly backups. Without it the server keeps four, in files beside the database.",
)
@click.option(
    "--background",
    is_flag=True,
    help="As `inkeeper autostart` runs it: open nothing, and print no codes, since what is printed goes to a log.",
)
@click.option("--verbose", is_flag=True, help="Also print a line for each request, without what was sent.")
@_database_options
def serve(browser: str | None, no_open: bool, no_backups: bool, background: bool, verbose: bool, **flags: Any) -> None:
    """Run the server that the app and the extension talk to, until Ctrl-C.

    If Inkeeper is running already, that one is opened instead.

    Requests are answered under loopback names and the name of --host only. Set INKEEPER_ALLOWED_HOSTS to further names,
    with commas between, to reach the server under those.
    """
    with _database(create=True, **flags) as (store, settings):
        if browser is None and sys.stdout.isatty() and not settings.is_shared:
            browser = "default"
        show_code = _hide_code if background else _show_code
        opened = None if no_open or background else browser
        listened = _listen(store, settings, opened, verbose=verbose, show_code=show_code, backups=not no_backups)
    if listened:
        click.echo("Stopped; everything is on disk.")


@main.command()
@click.option("--port", default=DEMO_PORT, show_default=True, help="Port to listen on, 0 for any free one.")
def demo(port: int) -> None:
    """Run a server with a year of invented history, to try things out, until Ctrl-C.

    Its database is a throw-away one: your own is not touched, and what is done in the demo is gone with it.
    """
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from inkeeper.demo import fill

    with TemporaryDirectory(prefix="inkeeper-demo-") as folder:
        database = f"sqlite:///{Path(folder).as_posix()}/demo.sqlite3"
        with _database(create=True, database=database, host=DEFAULT_HOST, port=port) as (store, settings):
            click.echo("This is a demo: everything in it is made up, and gone when it stops.")
            fill(store, utc_now())
            _listen(store, replace(settings, demo=True), None, verbose=True, show_code=_show_code, backups=False)
    click.echo("Stopped; the demo is gone.")


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
    from inkeeper.api.app import create_app
    from inkeeper.server.listening import Server
    from inkeeper.services.devices import pairing
    from inkeeper.web.templating import warm

    app = create_app(store, settings=settings, show_code=show_code)
    try:
        server = Server(app, settings.host, settings.port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _open_running(store, settings, browser)
            return False
        raise _cannot_listen(settings, error, "Choose another with --host and --port.") from error
    pairing.reopen(store)
    _log(requests=verbose)
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    signal.signal(signal.SIGINT, lambda *_: server.stop())
    _print_addresses(settings, server.host, server.port, store.name, in_terminal=show_code is _show_code)
    # Load templates in the background; an early request loads those that it needs itself.
    threading.Thread(target=warm, args=(app,), name="templates", daemon=True).start()
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
    from inkeeper.server.opening import WAIT_SECONDS, ledger_at
    from inkeeper.services.devices.connected import installation_id

    address = _browser_address(settings.host, settings.port)
    found = ledger_at(address)
    if found is None:
        raise _cannot_listen(settings, None, "Another program uses it. Choose another port with --port.")
    if found != installation_id(store):
        raise _cannot_listen(settings, None, "An Inkeeper with other data runs there. Choose another port with --port.")
    click.echo(f"Inkeeper is running already: {address}")
    if browser is not None:
        Launch(store, address, browser, click.echo, WAIT_SECONDS).wait()


def _cannot_listen(settings: Settings, error: OSError | None, advice: str) -> click.ClickException:
    # Remove the address in brackets that Python adds: the message has it already.
    words = os.strerror(errno.EADDRINUSE) if error is None else error.strerror or "no reason given"
    return click.ClickException(
        f"Cannot listen on {settings.host} port {settings.port}: {words.partition(' (')[0]}. {advice}"
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
    click.echo(f"Inkeeper {inkeeper.__version__} listens on {_address(settings.host, port)}")
    click.echo(f"Its data is in {printable(database)}")
    if not in_terminal:
        return
    code = (
        "the code it asks for is the one that `inkeeper pair` prints"
        if settings.is_shared
        else "the code it asks for appears here"
    )
    if host in (DEFAULT_HOST, _EVERYWHERE):
        click.echo(f"To connect the extension, give it {_address(DEFAULT_HOST, port)}; {code}.")
    if host != DEFAULT_HOST:
        # The extension accepts plain HTTP for 127.0.0.1 only (`serverAddress`).
        click.echo(
            ("From other computers the extension" if host == _EVERYWHERE else "The extension")
            + " cannot use this address, since it is not encrypted. Put a proxy with TLS in front, give the extension"
            " the proxy's https:// address, and name its host in INKEEPER_ALLOWED_HOSTS."
            + ("" if host == _EVERYWHERE else f" Or listen on this computer alone, with --host {DEFAULT_HOST}.")
        )
    click.echo("Ctrl-C stops the server.")


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _show_code(device_name: str, code: str) -> None:
    # The device chooses its name, which could imitate a code: print it after the code, on the same line.
    click.echo(f"\nType this code there within 5 minutes: {code}  ({quoted(device_name)} wants to connect)\n")


def _hide_code(device_name: str, code: str) -> None:  # noqa: ARG001 (the signature of `_show_code`)
    click.echo("A device wants to connect. Set-up in Inkeeper's pages shows its code, and so does `inkeeper pair`.")


def _log(*, requests: bool) -> None:
    """Log errors to stderr, and with `requests` one line per request."""
    import logging

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("inkeeper")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if requests else logging.WARNING)


@main.command()
@click.option(
    "--owner", type=_LINE, metavar="NAME", help="Whose the device shall be; a new name adds a person.  [default: me]"
)
@_database_options
def pair(owner: str | None, **flags: Any) -> None:
    """Print the code that connects a device.

    It is the code of the device that is asking; where none is asking, or several are, it is a new code for the device
    that asks within 5 minutes. Use this where you do not see the server's terminal, and on a shared server, which shows
    no codes; with --owner you say whose the device is.
    """
    from inkeeper.services.devices import pairing

    name = owner or pairing.DEFAULT_OWNER
    with _database(**flags) as (store, _):
        pairing.reopen(store, name)
        found = pairing.open_for_owner(store, name, utc_now())
        code = found.code if found else pairing.invite(store, name, utc_now())
    if found:
        click.echo(f"{code}  for {quoted(found.device_name)}, which will belong to {printable(name)}")
    else:
        click.echo(f"{code}  for the next device, which will belong to {printable(name)}")
        click.echo("Start connecting it within 5 minutes and type this code there.")


@main.command("open")
@click.option("--print", "print_only", is_flag=True, help="Print a link instead, valid once within 10 minutes.")
@click.option("--qr", is_flag=True, help="Draw the link as a QR code too, for your phone.")
@click.option(
    "--address",
    type=_LINE,
    metavar="URL",
    help="Where the server is reached, such as https://inkeeper.example.org.  [default: this computer]",
)
@click.option("--port", help=f"The server's port on this computer.  [env: INKEEPER_PORT; default: {DEFAULT_PORT}]")
@click.option("--owner", type=_LINE, metavar="NAME", help="Whose pages to open.  [default: me]")
@_database_options
def open_pages(print_only: bool, qr: bool, address: str | None, owner: str | None, **flags: Any) -> None:
    """Open Inkeeper's pages in your browser, signed in. The server must be running.

    The link works once, and lets in whoever opens it: pass it to nobody.
    """
    from inkeeper.server import opening
    from inkeeper.services.devices import pairing

    with _database(**flags) as (store, settings):
        at = address or f"http://127.0.0.1:{settings.port}"
        whose = owner or pairing.DEFAULT_OWNER
        if address is None and not opening.is_inkeeper(at):
            raise click.ClickException(f"No Inkeeper answers at {at}. Start it with `inkeeper serve`.")
        if not (print_only or qr) and opening.open_in_default_browser(store, at, whose, click.echo):
            return
        link = opening.portable_link(store, at, whose)
        click.echo("Open this link within 10 minutes. It works once:")
        click.echo(link)
        if qr:
            click.echo(opening.qr_code(link))
            if "//127.0.0.1" in at:
                click.echo("This address works on this computer only. For a phone, name the server's with --address.")


@main.group(invoke_without_command=True)
@_database_options
@click.pass_context
def devices(context: click.Context, /, **flags: Any) -> None:
    """List the connected devices, or take a device's access away."""
    context.obj = flags
    if context.invoked_subcommand is None:
        _list_devices(flags)


def _list_devices(flags: dict[str, Any]) -> None:
    from inkeeper.services.devices.connected import all_with_owners

    with _database(**flags) as (store, _):
        found = all_with_owners(store)
    for device in found:
        state = f"revoked {_day(device.revoked_at)}" if device.revoked_at else f"last seen {_day(device.last_seen_at)}"
        click.echo(
            f"{device.id}  {quoted(device.name)} of {printable(device.owner_name)},"
            f" connected {_day(device.created_at)}, {state}"
        )
    if not found:
        click.echo("No device has been connected yet.")


def _day(instant: datetime | None) -> str:
    return "never" if instant is None else f"{instant:%Y-%m-%d} (UTC)"


@devices.command()
@click.argument("device_id", type=_LINE, metavar="ID")
@click.pass_obj
def revoke(flags: dict[str, Any], device_id: str) -> None:
    """Take away the access of the device with this ID, at once."""
    from inkeeper.services.devices.connected import revoke_of_any_owner

    with _database(**flags) as (store, _), store.begin_write(None) as tx:
        device = revoke_of_any_owner(tx, device_id, utc_now())
    if device is None:
        raise click.ClickException(f"There is no device {printable(device_id)}. `inkeeper devices` lists them.")
    click.echo(f"{quoted(device.name)} has no access any more.")


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--account", type=_LINE, metavar="NAME", help="Into which account, by its name or id.  [default: the only one]"
)
@click.option("--preview", "look_only", is_flag=True, help="Only show what would come of it.")
@click.option("--rows", "every_row", is_flag=True, help="Show what every row was taken for.")
@click.option("--yes", is_flag=True, help="Import what is shown without asking.")
@click.option(
    "--map",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="For any CSV: which column holds name, sent_at, profile_url, cost, subject, purpose, note, outcome or"
    " outcome_at. A name may be in two: name='First Name+Last Name'.",
)
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="How to read 07/10/2026: day or month first.")
@click.option(
    "--me",
    type=_LINE,
    metavar="NAME",
    help="Whose LinkedIn export it is (name or profile link), where it does not tell.",
)
@click.option(
    "--from-account", type=_LINE, metavar="NAME", help="Which account of an Inkeeper export to take, by name or id."
)
@click.option("--leave-out", metavar="LINES", help="Leave out the InMails on these lines, such as 12,40.")
@click.option("--skip-rows", is_flag=True, help="Leave out the rows that are not understood.")
@click.option("--accept-discrepancy", is_flag=True, help="Also import InMails that no credit was left for.")
@click.option("--open-earlier", is_flag=True, help="Date the account's opening back to where the InMails begin.")
@_database_options
def import_file(
    file: Path,
    account: str | None,
    look_only: bool,
    every_row: bool,
    yes: bool,
    data_dir: str | None,
    database: str | None,
    **flags: Any,
) -> None:
    """Bring the InMails in from FILE: LinkedIn's zip or messages.csv, any other CSV, or an export of Inkeeper.

    Shows what would be added, what is there already, and what each row was taken for; then asks, and imports all of it
    or nothing. LinkedIn does not mark InMails: the first message of a conversation, from you to one person, with a
    subject, is taken for one. Message texts are never stored. `inkeeper imports --undo ID` takes an import back.
    """
    from inkeeper.cli import importing

    wishes = importing.wishes_from(flags)
    with _database(data_dir=data_dir, database=database) as (store, _):
        owned = importing.find_account(store, account)
        importing.import_inmails(
            store, owned, file, wishes, utc_now(), look_only=look_only, yes=yes, every_row=every_row
        )


@main.command()
@click.option("--account", type=_LINE, metavar="NAME", help="Only those into this account, by its name or id.")
@click.option("--undo", "import_id", type=_LINE, metavar="ID", help="Take the import with this ID back, all of it.")
@_database_options
def imports(account: str | None, import_id: str | None, **flags: Any) -> None:
    """List what was imported, or take a whole import back in one step."""
    from inkeeper.cli import importing

    with _database(**flags) as (store, _):
        if import_id is None:
            importing.list_all(store, account)
        else:
            importing.take_back(store, import_id, utc_now())


@main.command()
@click.option("--person", "link", type=_LINE, required=True, metavar="LINK", help="The person's LinkedIn profile.")
@click.option(
    "--name",
    type=_LINE,
    metavar="NAME",
    help="Also where InMails carry this name, and no link or one that cannot be compared.",
)
@_database_options
def erase(link: str, name: str | None, **flags: Any) -> None:
    """Erase a person everywhere: name, links, subjects and notes, from InMails and from the list of people to write to.
    Counts, dates and balances stay. One link of a person on the list erases what any other of their links finds.

    The copies that Inkeeper made before an update are treated alike. Where your own words name the person, such as a
    note on somebody else, it says where. Backups and exports that you made are files of their own, and keep what they
    hold.
    """
    from inkeeper.cli.erasing import report_erased
    from inkeeper.cli.importing import exit_on_refusal
    from inkeeper.services.takeout.erasing import erase_person

    with _database(**flags) as (store, _), exit_on_refusal():
        report_erased(erase_person(store, link, name, utc_now()))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@_database_options
def backup(file: Path, **flags: Any) -> None:
    """Copy the database to the new FILE, while the server may go on running.

    The copy is a database itself: to go back to it, stop the server and put it in the database's place.
    """
    with _database(**flags) as (store, _):
        store.copy_to(file)
    click.echo(printable(f"Copied {store.name} to {file}"))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@_database_options
def export(file: Path, **flags: Any) -> None:
    """Write everything that is stored to the new FILE, one zip: a JSON document that `inkeeper restore` reads, tables
    (CSV) for spreadsheets, and the document's schema.
    """
    from inkeeper.services.takeout.export import write_export

    with _database(**flags) as (store, _):
        counts = write_export(store, file, utc_now())
    click.echo(f"Exported to {printable(file)}: {_counted(counts)}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@_database_options
def restore(file: Path, **flags: Any) -> None:
    """Bring everything back from FILE, all or nothing.

    From an export (`inkeeper export`) into a new database: one that holds anything already is refused, so name a new
    one with --database. From a backup, weekly or by `inkeeper backup`, in the place of all data: what was there is kept
    in a copy. Stop the server before.
    """
    from inkeeper.cli.backups import restore_backup
    from inkeeper.services.takeout.backups import is_backup
    from inkeeper.services.takeout.export_format import ExportError
    from inkeeper.services.takeout.restore import read_export

    with _failures_in_words():
        if is_backup(file):
            restore_backup(load_settings(flags, os.environ), file)
            return
    with _database(create=True, **flags) as (store, _):
        try:
            counts = read_export(store, file)
        except ExportError as error:
            raise click.ClickException(printable(error)) from error
    click.echo(f"Restored into {printable(store.name)}: {_counted(counts)}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


@main.command()
@_database_options
def doctor(**flags: Any) -> None:
    """Check everything: the database file, each account's ledger against the rules that always hold, and the list of
    people to write to. Says when the last backup was made.

    Exits with 1 and names the account and the fact, or the person, where something is wrong. Changes nothing.
    """
    from inkeeper.cli.backups import last_backup
    from inkeeper.services.takeout.integrity import check

    with _database(**flags) as (store, _):
        click.echo(last_backup(store, utc_now()))
        problems = 0
        damage = store.damage()
        if damage is not None:
            problems += 1
            click.echo(f"The database file is damaged: {printable(damage)}")
        for finding in check(store, utc_now()):
            problems += 1
            fact = f", fact {finding.fact_id}" if finding.fact_id else ""
            place = f"Account {finding.account_id}{fact}: " if finding.account_id else ""
            click.echo(printable(f"{place}{finding.message}"))
    if problems:
        raise click.ClickException(f"Found wrong: {problems}.")
    click.echo("Nothing wrong was found.")


@main.command(
    epilog="To run it once a day, copy inkeeper-remind.service and inkeeper-remind.timer from"
    f" {Path(inkeeper.__file__).parent / 'systemd'} (the first says how), or let cron run it.",
)
@click.option(
    "--smtp-url",
    metavar="URL",
    help="Mail server: smtps://USER:PASSWORD@HOST, smtp+starttls://... or, without encryption, smtp://HOST."
    "  [env: INKEEPER_SMTP_URL, also INKEEPER_SMTP_USER and INKEEPER_SMTP_PASSWORD]",
)
@click.option("--to", "mail_to", metavar="ADDRESS", help="Whom to remind.  [env: INKEEPER_MAIL_TO]")
@click.option(
    "--from", "mail_from", metavar="ADDRESS", help="The sender.  [env: INKEEPER_MAIL_FROM; default: the one of --to]"
)
@click.option("--owner", type=_LINE, metavar="NAME", help="Whose accounts to look at.  [default: me]")
@_database_options
def remind(owner: str | None, **flags: Any) -> None:
    """Tell by e-mail what the extension warns of, such as credits that expire, and how many people to write to today.

    Run it once a day. Each warning is sent once, and again when it gets more urgent; where there is nothing new, no
    message is sent. If the mail server refuses a message, the next run tries again.

    What is given on the command line can be seen by others on this machine: give the password by its variable.
    """
    from inkeeper.errors import Problem
    from inkeeper.services.devices import pairing
    from inkeeper.services.reminders import messages as reminders
    from inkeeper.services.reminders.mail import MailRefused, MailUnconfirmed
    from inkeeper.settings import load_mail_settings

    with _database(**flags) as (store, _):
        settings = load_mail_settings(flags, os.environ)
        name = owner or pairing.DEFAULT_OWNER
        try:
            sent = reminders.remind(store, name, settings, utc_now())
        except Problem as problem:
            raise click.ClickException(
                f"Nobody here is called {printable(name)}. `inkeeper devices` lists whose they are."
            ) from problem
        except reminders.MessageNotMade as error:
            raise click.ClickException(
                f"The message could not be put together ({error}), so nothing was sent. Perhaps an account's name is"
                " to blame: give it a plain one."
            ) from None
        except MailRefused as error:
            raise click.ClickException(
                printable(f"{settings.host} did not take the message: {error}. Nothing was sent.")
            ) from None
        except MailUnconfirmed as error:
            raise click.ClickException(
                printable(f"{settings.host} did not say whether it took the message: {error}. It is not sent again.")
            ) from None
    if sent:
        click.echo(
            f"Told {printable(settings.recipient)} of {len(sent)} {'warning' if len(sent) == 1 else 'warnings'}."
        )
    else:
        click.echo("There is nothing new to tell.")


from inkeeper.cli.autostart import autostart  # noqa: E402 (it uses the options above)

main.add_command(autostart)
