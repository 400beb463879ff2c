"""The command `inkeeper erase`: erases a person everywhere."""

from __future__ import annotations

from typing import Any

import click

from inkeeper.cli.options import LINE, NAME, database_options, help_text, opened_store
from inkeeper.clock import utc_now
from inkeeper.wording.terminal import gettext


@click.command(
    help=help_text(
        gettext(
            "Erase a person everywhere: name, links, subjects and notes, from InMails and from the list of people to"
            " write to. Counts, dates and balances stay. One link of a person on the list erases what any other of"
            " their links finds."
        ),
        gettext(
            "The copies that Inkeeper made before an update are treated alike. Where your own words name the person,"
            " such as a note on somebody else, it says where. Backups and exports that you made are files of their"
            " own, and keep what they hold."
        ),
        examples=("inkeeper erase --person https://www.linkedin.com/in/kai-example",),
    ),
    short_help=gettext("Erase a person everywhere, and keep the counts."),
)
@click.option(
    "--person", "link", type=LINE, required=True, metavar="URL", help=gettext("The person's profile on LinkedIn.")
)
@click.option(
    "--name",
    type=LINE,
    metavar=NAME,
    help=gettext("Also erase InMails to this name that have no link, or one that can't be compared."),
)
@database_options
def erase(link: str, name: str | None, **flags: Any) -> None:
    """Erase a person."""
    from inkeeper.cli.erase_words import print_erased
    from inkeeper.cli.failures import wrong_use
    from inkeeper.cli.progress import progress
    from inkeeper.rules.people import parse_link
    from inkeeper.services.takeout.erasing import erase_person
    from inkeeper.wording.language import gettext_noop

    if parse_link(link) is None:
        raise wrong_use(
            gettext_noop(
                "--person must lead to a person on LinkedIn, such as https://www.linkedin.com/in/kai-example, not"
                " %(link)s."
            ),
            link=link,
        )
    with opened_store(**flags) as (store, _):
        with progress(gettext("Erasing")):
            erased = erase_person(store, link, name, utc_now())
        print_erased(erased)
