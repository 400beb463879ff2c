"""The command `inkeeper log`: logs an InMail that was sent."""

from __future__ import annotations

from typing import Any

import click

from inkeeper.cli.options import LINE, NAME, account_options, database_options, help_text, opened_store
from inkeeper.clock import utc_now
from inkeeper.vocabulary import PURPOSES
from inkeeper.wording.terminal import gettext, pgettext


@click.command(
    help=help_text(
        gettext("Log an InMail that you sent to NAME, and show how many credits are left."),
        gettext(
            "NAME may have several words, and may hold the link to the profile too. If you have no credits left, or"
            " wrote to the same person in the last 90 days and wait for a reply, you're asked first. Without"
            " a terminal nothing is logged then, and the option to add is named."
        ),
        examples=(
            "inkeeper log Kai Example",
            "inkeeper log Kai Example --link https://www.linkedin.com/in/kai-example --free",
            'inkeeper log Kai Example --at "yesterday 14:30" --purpose follow_up',
        ),
    ),
    short_help=gettext("Log an InMail that you sent."),
)
@click.argument("name", nargs=-1, required=True, metavar=NAME)
@click.option("--link", type=LINE, metavar="URL", help=gettext("The person's profile on LinkedIn."))
@click.option("--free", is_flag=True, help=gettext("It cost no credit.  [default: it cost 1 credit]"))
@click.option(
    "--at",
    "typed_at",
    type=LINE,
    metavar=pgettext("placeholder in help", "TIME"),
    help=gettext(
        "When you sent it: “yesterday 14:30”, “2026-11-26 09:00” or “09:00”, on the clocks of the account's time zone."
        "  [default: now]"
    ),
)
@click.option("--subject", type=LINE, metavar=pgettext("placeholder in help", "TEXT"), help=gettext("Its subject."))
@click.option("--purpose", type=click.Choice(PURPOSES), help=gettext("Why you wrote."))
@click.option(
    "--note", metavar=pgettext("placeholder in help", "TEXT"), help=gettext("A note for you, up to 2000 characters.")
)
@click.option(
    "--again", is_flag=True, help=gettext("Log it although you wait for a reply to another InMail to this person.")
)
@click.option(
    "--accept-discrepancy",
    is_flag=True,
    help=gettext("Log it although you have no credits left: LinkedIn let you send it."),
)
@account_options
@database_options
def log(account: str | None, owner: str | None, data_dir: str | None, database: str | None, **typed: Any) -> None:
    """Log an InMail."""
    from inkeeper.cli import accounts, log_words

    with opened_store(data_dir=data_dir, database=database) as (store, _):
        owned = accounts.choose_account(store, account, owner)
        now = utc_now()
        fields = log_words.wanted(typed, owned.time_zone, now)
        with accounts.readable(owned):
            log_words.log(store, owned, fields, now)
