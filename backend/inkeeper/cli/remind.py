"""The command `inkeeper remind`: sends the warnings by e-mail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

import inkeeper
from inkeeper.cli.failures import failed
from inkeeper.cli.options import ADDRESS, LINE, NAME, database_options, help_text, opened_store
from inkeeper.clock import utc_now
from inkeeper.terminal import printable
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import explain, gettext, ngettext


@click.command(
    help=help_text(
        gettext(
            "Send by e-mail what the extension warns of, such as credits that expire, and how many people to write to"
            " today."
        ),
        gettext(
            "Run it once a day. Each warning is sent once, and again when it gets more urgent. Where there is nothing"
            " new, no message is sent. If the mail server refuses a message, the next run tries again."
        ),
        gettext(
            "What is given on the command line can be seen by others on this machine: give the password by its"
            " variable."
        ),
        examples=("inkeeper remind --smtp-url smtps://kai@mail.example.org --to kai@example.org",),
    ),
    short_help=gettext("Send new warnings by e-mail."),
    epilog=gettext(
        "To run it once a day, copy inkeeper-remind.service and inkeeper-remind.timer from %(folder)s (the first says"
        " how), or let cron run it.",
        folder=str(Path(inkeeper.__file__).parent / "systemd"),
    ),
)
@click.option(
    "--smtp-url",
    metavar="URL",
    help=gettext(
        "Mail server: smtps://USER:PASSWORD@HOST, smtp+starttls://... or, without encryption, smtp://HOST."
        "  [env: INKEEPER_SMTP_URL, also INKEEPER_SMTP_USER and INKEEPER_SMTP_PASSWORD]"
    ),
)
@click.option("--to", "mail_to", metavar=ADDRESS, help=gettext("Whom to remind.  [env: INKEEPER_MAIL_TO]"))
@click.option(
    "--from",
    "mail_from",
    metavar=ADDRESS,
    help=gettext("The sender.  [env: INKEEPER_MAIL_FROM; default: the one of --to]"),
)
@click.option("--owner", type=LINE, metavar=NAME, help=gettext("Whose accounts to look at.  [default: me]"))
@database_options
def remind(owner: str | None, **flags: Any) -> None:
    """Send new warnings by e-mail."""
    from inkeeper.cli import accounts
    from inkeeper.services.devices import pairing
    from inkeeper.services.reminders import messages as reminders
    from inkeeper.services.reminders.mail import MailRefused, MailUnconfirmed
    from inkeeper.settings import load_mail_settings
    from inkeeper.storage import owners

    with opened_store(**flags) as (store, _):
        settings = load_mail_settings(flags, os.environ)
        name = owner or pairing.DEFAULT_OWNER
        with store.read() as tx:
            if owners.find(tx, name) is None:
                raise accounts.nobody_called(name)
        try:
            sent = reminders.remind(store, name, settings, utc_now())
        except reminders.MessageNotMade as error:
            raise failed(
                gettext_noop(
                    "The message could not be put together (%(reason)s), so nothing was sent. Perhaps an account's name"
                    " is to blame: give it a plain one."
                ),
                reason=error,
            ) from None
        except MailRefused as error:
            raise failed(
                gettext_noop("%(server)s did not take the message: %(reason)s. Nothing was sent."),
                server=settings.host,
                reason=explain(error.why),
            ) from None
        except MailUnconfirmed as error:
            raise failed(
                gettext_noop("%(server)s did not say whether it took the message: %(reason)s. It is not sent again."),
                server=settings.host,
                reason=explain(error.why),
            ) from None
    if sent:
        click.echo(
            ngettext(
                "Sent %(number)s warning to %(address)s.",
                "Sent %(number)s warnings to %(address)s.",
                len(sent),
                address=printable(settings.recipient),
            )
        )
    else:
        click.echo(gettext("There's nothing new to send."))
