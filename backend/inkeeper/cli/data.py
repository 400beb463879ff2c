"""The commands about all of the data: `inkeeper backup`, `export`, `restore` and `doctor`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from inkeeper.cli.failures import failures_in_words
from inkeeper.cli.options import FILE, database_options, help_text, opened_store
from inkeeper.clock import utc_now
from inkeeper.settings import load_settings
from inkeeper.terminal import printable
from inkeeper.wording.amounts import inmails, people
from inkeeper.wording.terminal import explain, gettext, language, ngettext

_FILE = click.argument("file", type=click.Path(path_type=Path), metavar=FILE)


@click.command(
    help=help_text(
        gettext("Copy the database to the new FILE. The server may go on running."),
        gettext(
            "The copy is a database itself: to go back to it, stop the server and put it in the database's place. It"
            " holds names of people, so keep it where only you can read it."
        ),
        examples=("inkeeper backup inkeeper-2026-11-27.sqlite3",),
    ),
    short_help=gettext("Copy the database while the server runs."),
)
@_FILE
@database_options
def backup(file: Path, **flags: Any) -> None:
    """Copy the database."""
    from inkeeper.cli.progress import progress

    with opened_store(**flags) as (store, _), progress(gettext("Copying")):
        store.copy_to(file)
    click.echo(gettext("Copied %(database)s to %(file)s", database=printable(store.name), file=printable(file)))


@click.command(
    help=help_text(
        gettext(
            "Write everything that is stored to the new FILE, one zip: a JSON document that `inkeeper restore` reads,"
            " tables (CSV) for spreadsheets, and the document's schema."
        ),
        examples=("inkeeper export everything.zip",),
    ),
    short_help=gettext("Write everything to one file, to take it elsewhere."),
)
@_FILE
@database_options
def export(file: Path, **flags: Any) -> None:
    """Export everything."""
    from inkeeper.cli.progress import progress
    from inkeeper.services.takeout.export import write_export

    with opened_store(**flags) as (store, _), progress(gettext("Exporting")) as line:
        counts = write_export(store, file, utc_now(), line.part)
    click.echo(gettext("Exported %(rows)s to %(file)s", file=printable(file), rows=_counted(counts)))


@click.command(
    help=help_text(
        gettext("Bring everything back from FILE, all or nothing."),
        gettext(
            "From an export (`inkeeper export`) into a new database: one that holds anything already is refused, so"
            " name a new one with --database."
        ),
        gettext(
            "From a backup, weekly or by `inkeeper backup`, in the place of all data: what was there is kept in a copy."
            " Stop the server before."
        ),
        examples=("inkeeper restore everything.zip",),
    ),
    short_help=gettext("Bring everything back from an export or a backup."),
)
@_FILE
@database_options
def restore(file: Path, **flags: Any) -> None:
    """Restore an export or a backup."""
    from inkeeper.cli.backups import restore_backup
    from inkeeper.cli.progress import progress
    from inkeeper.services.takeout.backups import is_backup
    from inkeeper.services.takeout.export_format import ExportError
    from inkeeper.services.takeout.restore import read_export

    with failures_in_words():
        if is_backup(file):
            restore_backup(load_settings(flags, os.environ), file)
            return
    with opened_store(create=True, **flags) as (store, _):
        try:
            with progress(gettext("Restoring")) as line:
                counts = read_export(store, file, line.part)
        except ExportError as error:
            raise click.ClickException(printable(explain(error.why))) from error
    click.echo(gettext("Restored %(rows)s into %(database)s", database=printable(store.name), rows=_counted(counts)))


def _counted(counts: dict[str, int]) -> str:
    """The numbers of accounts, InMails and people, from the numbers of rows by table."""
    words = language()
    accounts = ngettext("%(number)s account", "%(number)s accounts", counts["account"])
    return words.join([accounts, inmails(counts["inmail"], words), people(counts["person"], words)])


@click.command(
    help=help_text(
        gettext(
            "Check everything: the database file, each account's history against the rules that always hold, and the"
            " list of people to write to. Says when the last backup was made."
        ),
        gettext("Names the account and the entry, or the person, where something is wrong. Changes nothing."),
    ),
    short_help=gettext("Check that everything stored is sound."),
)
@database_options
def doctor(**flags: Any) -> None:
    """Check the database."""
    from inkeeper.cli.backups import last_backup
    from inkeeper.cli.progress import progress
    from inkeeper.services.takeout.integrity import check

    found: list[str] = []
    with opened_store(**flags) as (store, _), progress(gettext("Checking")) as line:
        backup_said = last_backup(store, utc_now())
        damage = store.damage()
        if damage is not None:
            found.append(gettext("The database file is damaged: %(fault)s", fault=damage))
        for finding in check(store, utc_now(), line.part):
            found.append(_place(finding.account_id, finding.fact_id) + explain(finding.why))
    click.echo(backup_said)
    for text in found:
        click.echo(printable(text))
    if found:
        number = len(found)
        raise click.ClickException(ngettext("%(number)s fault was found.", "%(number)s faults were found.", number))
    click.echo(gettext("Nothing wrong was found."))


def _place(account_id: str | None, fact_id: str | None) -> str:
    """Where a fault is, before its description. Empty for one of no single account."""
    if account_id is None:
        return ""
    if fact_id is None:
        return gettext("Account %(account)s: ", account=account_id)
    return gettext("Account %(account)s, entry %(fact)s: ", account=account_id, fact=fact_id)
