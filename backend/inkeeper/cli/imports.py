"""The commands `inkeeper import` and `inkeeper imports`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from inkeeper.cli.options import FILE, LINE, NAME, account_options, database_options, help_text, opened_store
from inkeeper.clock import utc_now
from inkeeper.wording.terminal import gettext, pgettext


@click.command(
    "import",
    help=help_text(
        gettext(
            "Bring in the InMails of FILE: LinkedIn's zip or messages.csv, any other CSV, or an export of Inkeeper."
        ),
        gettext(
            "Shows what would be added, what is there already, and what each row was taken for. Then it asks, and"
            " imports all of it or nothing. LinkedIn does not mark InMails: the first message of a conversation, from"
            " you to one person, with a subject, is taken for one. Message texts are never stored. `inkeeper imports"
            " --undo ID` undoes an import."
        ),
        examples=(
            "inkeeper import Basic_LinkedInDataExport.zip --preview",
            "inkeeper import sent.csv --map name='First Name+Last Name' --map sent_at=Sent --dates dmy",
        ),
    ),
    short_help=gettext("Bring in InMails that you sent before."),
)
@click.argument("file", type=click.Path(path_type=Path), metavar=FILE)
@account_options
@click.option("--preview", "look_only", is_flag=True, help=gettext("Only show what would be imported."))
@click.option("--rows", "every_row", is_flag=True, help=gettext("Show what every row was taken for."))
@click.option("--yes", is_flag=True, help=gettext("Import what is shown without asking."))
@click.option(
    "--map",
    multiple=True,
    metavar=pgettext("placeholder in help", "FIELD=COLUMN"),
    help=gettext(
        "For any CSV: which column holds name, sent_at, profile_url, cost, subject, purpose, note, outcome or"
        " outcome_at. A name may be in two: name='First Name+Last Name'.  [default: guessed from the headings]"
    ),
)
@click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy"]),
    help=gettext("How to read 07/10/2026: day or month first.  [default: refuse dates that can be read in two ways]"),
)
@click.option(
    "--me",
    type=LINE,
    metavar=NAME,
    help=gettext("Whose LinkedIn export it is (name or profile link), where it does not say."),
)
@click.option(
    "--from-account",
    type=LINE,
    metavar=NAME,
    help=gettext("Which account of an Inkeeper export to take, by name or id."),
)
@click.option(
    "--leave-out",
    metavar=pgettext("placeholder in help", "LINES"),
    help=gettext("Leave out the InMails on these lines, such as 12,40."),
)
@click.option("--skip-rows", is_flag=True, help=gettext("Leave out the rows that are not understood."))
@click.option("--accept-discrepancy", is_flag=True, help=gettext("Also import InMails that no credit was left for."))
@click.option(
    "--open-earlier",
    is_flag=True,
    help=gettext("Also import InMails from before you set up Inkeeper: date the account's opening back."),
)
@database_options
def import_file(
    file: Path,
    account: str | None,
    owner: str | None,
    look_only: bool,
    every_row: bool,
    yes: bool,
    data_dir: str | None,
    database: str | None,
    **flags: Any,
) -> None:
    """Import a file."""
    from inkeeper.cli import accounts, import_words

    wishes = import_words.wishes_from(flags)
    with opened_store(data_dir=data_dir, database=database) as (store, _):
        owned = accounts.choose_account(store, account, owner)
        import_words.import_inmails(
            store, owned, file, wishes, utc_now(), look_only=look_only, yes=yes, every_row=every_row
        )


@click.command(
    help=gettext("List your imports, or undo a whole one in one step."),
    short_help=gettext("List your imports, or undo one."),
)
@click.option("--account", type=LINE, metavar=NAME, help=gettext("Only those into this account, by its name or id."))
@click.option("--undo", "import_id", type=LINE, metavar="ID", help=gettext("Undo the whole import with this ID."))
@database_options
def imports(account: str | None, import_id: str | None, **flags: Any) -> None:
    """List the imports, or take one back."""
    from inkeeper.cli import import_words

    with opened_store(**flags) as (store, _):
        if import_id is None:
            import_words.list_all(store, account)
        else:
            import_words.take_back(store, import_id, utc_now())
