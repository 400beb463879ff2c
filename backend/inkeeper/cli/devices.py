"""The commands about browsers and other devices: `inkeeper pair`, `inkeeper open` and `inkeeper devices`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from inkeeper.cli.failures import failed
from inkeeper.cli.options import LINE, NAME, PORT, database_options, help_text, opened_store
from inkeeper.clock import utc_now
from inkeeper.settings import DEFAULT_PORT
from inkeeper.terminal import printable, quoted
from inkeeper.wording.devices import device_name
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import gettext, language

if TYPE_CHECKING:
    from datetime import datetime


@click.command(
    help=help_text(
        gettext("Print the code that connects a device."),
        gettext(
            "It is the code of the device that is asking. Where none is asking, or several are, it is a new code for"
            " the device that asks within 5 minutes. Use this where you do not see the server's terminal, and on a"
            " shared server, which shows no codes. With --owner you say whose the device is."
        ),
    ),
    short_help=gettext("Print the code that connects a browser."),
)
@click.option(
    "--owner",
    type=LINE,
    metavar=NAME,
    help=gettext("Whose device it will be; a new name adds a person.  [default: me]"),
)
@database_options
def pair(owner: str | None, **flags: Any) -> None:
    """Print a code."""
    from inkeeper.cli.serve import code_block
    from inkeeper.services.devices import pairing

    name = owner or pairing.DEFAULT_OWNER
    with opened_store(**flags) as (store, _):
        pairing.reopen(store, name)
        found = pairing.open_for_owner(store, name, utc_now())
        code = found.code if found else pairing.invite(store, name, utc_now())
    device = quoted(device_name(found.device_name, language())) if found else gettext("the next device that asks")
    click.echo(code_block(code) if sys.stdout is not None and sys.stdout.isatty() else code)
    if name == pairing.DEFAULT_OWNER:
        use = gettext("Type it there within 5 minutes. It connects %(device)s.", device=device)
    else:
        use = gettext(
            "Type it there within 5 minutes. It connects %(device)s for %(owner)s.",
            device=device,
            owner=printable(name),
        )
    click.echo(use, err=True)


@click.command(
    "open",
    help=help_text(
        gettext("Open Inkeeper in your browser, signed in. The server must be running."),
        gettext("The link works once, and lets in anybody who opens it: keep it to yourself."),
    ),
    short_help=gettext("Open Inkeeper in your browser, signed in."),
)
@click.option(
    "--print", "print_only", is_flag=True, help=gettext("Print a link instead, valid once within 10 minutes.")
)
@click.option("--qr", is_flag=True, help=gettext("Draw the link as a QR code too, for your phone."))
@click.option(
    "--address",
    type=LINE,
    metavar="URL",
    help=gettext("Where the server is reached, such as https://inkeeper.example.org.  [default: this computer]"),
)
@click.option(
    "--port",
    metavar=PORT,
    help=gettext(
        "The server's port on this computer.  [env: INKEEPER_PORT; default: %(port)s]", port=str(DEFAULT_PORT)
    ),
)
@click.option("--owner", type=LINE, metavar=NAME, help=gettext("Whose pages to open.  [default: me]"))
@database_options
def open_pages(print_only: bool, qr: bool, address: str | None, owner: str | None, **flags: Any) -> None:
    """Open the app, or print a link to it."""
    from inkeeper.server import opening
    from inkeeper.services.devices import pairing

    with opened_store(**flags) as (store, settings):
        at = address or f"http://127.0.0.1:{settings.port}"
        whose = owner or pairing.DEFAULT_OWNER
        if address is None and not opening.is_inkeeper(at):
            raise failed(
                gettext_noop(
                    "No Inkeeper answers at %(address)s. Start it with `inkeeper run`, or name its port with --port."
                ),
                address=at,
            )
        if not (print_only or qr) and opening.open_in_default_browser(
            store, at, whose, lambda line: click.echo(line, err=True)
        ):
            return
        link = opening.portable_link(store, at, whose)
        click.echo(gettext("Open this link within 10 minutes. It works once:"), err=True)
        click.echo(link)
        if qr:
            click.echo(opening.qr_code(link))
            if "//127.0.0.1" in at:
                click.echo(
                    gettext("This address works on this computer only. For a phone, name the server's with --address."),
                    err=True,
                )


@click.group(
    invoke_without_command=True,
    help=gettext("List the connected devices. `inkeeper devices revoke ID` takes a device's access away."),
    short_help=gettext("List the connected browsers, or disconnect one."),
)
@database_options
@click.pass_context
def devices(context: click.Context, /, **flags: Any) -> None:
    """List the devices, or run a subcommand."""
    context.obj = flags
    if context.invoked_subcommand is None:
        _list_devices(flags)


def _list_devices(flags: dict[str, Any]) -> None:
    from inkeeper.services.devices.connected import all_with_owners

    with opened_store(**flags) as (store, _):
        found = all_with_owners(store)
    for device in found:
        state = (
            gettext("disconnected on %(day)s", day=_day(device.revoked_at))
            if device.revoked_at
            else gettext("last seen on %(day)s", day=_day(device.last_seen_at))
            if device.last_seen_at
            else gettext("never seen")
        )
        click.echo(
            gettext(
                "%(id)s  %(device)s of %(owner)s, connected on %(day)s, %(state)s",
                id=device.id,
                device=quoted(device_name(device.name, language())),
                owner=printable(device.owner_name),
                day=_day(device.created_at),
                state=state,
            )
        )
    if not found:
        click.echo(gettext("No device has been connected yet."))


def _day(instant: datetime) -> str:
    """The day on this computer's clock."""
    return language().day_and_year(instant.astimezone().date())


@devices.command(
    help=gettext("Take away the access of the device with this ID, at once."),
    short_help=gettext("Disconnect a browser, at once."),
)
@click.argument("device_id", type=LINE, metavar="ID")
@click.pass_obj
def revoke(flags: dict[str, Any], device_id: str) -> None:
    """Disconnect a device."""
    from inkeeper.services.devices.connected import revoke_of_any_owner

    with opened_store(**flags) as (store, _), store.begin_write(None) as tx:
        device = revoke_of_any_owner(tx, device_id, utc_now())
    if device is None:
        raise failed(
            gettext_noop("There is no device with the ID %(id)s. `inkeeper devices` lists them."), id=device_id
        )
    click.echo(gettext("%(device)s has no access any more.", device=quoted(device_name(device.name, language()))))
