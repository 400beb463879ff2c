"""The output of `inkeeper erase`: what was erased, and what the user has to change by hand."""

from __future__ import annotations

from itertools import groupby

import click

from inkeeper.services.takeout.erasing import Erased, Mention

_IDS_SHOWN = 20
_WORDS = {
    ("inmail", "note"): "Notes of other InMails",
    ("inmail", "subject"): "Subjects of other InMails",
    ("account", "name"): "Names of accounts",
    ("device", "name"): "Names of devices",
    ("owner", "name"): "Names of people who use this Inkeeper",
    ("person", "company"): "Companies of other people",
    ("person", "headline"): "Headlines of other people",
    ("target", "note"): "Notes on other people on a list",
    ("text", "name"): "Names of texts",
    ("text_version", "subject"): "Subjects of texts",
    ("text_version", "body"): "Texts",
    ("campaign", "name"): "Names of campaigns",
    ("campaign", "goal"): "Goals of campaigns",
}


def report_erased(erased: Erased) -> None:
    """Print what was erased, which texts still mention the person, and which of Inkeeper's copies were changed."""
    click.echo(f"Erased from {erased.inmails} InMails and {erased.answers} stored answers.")
    if erased.people:
        click.echo(f"On lists of people: {erased.people} erased, {erased.targets} to be written to dropped.")
    if erased.same_name:
        click.echo(
            f"{len(erased.same_name)} more InMails went to the same name under no link or another one:"
            f" {_ids(erased.same_name)}. If that is the same person, erase that link too, and the name with --name."
        )
    if erased.same_name_people:
        click.echo(
            f"On lists of people, others of the same name under no link or another one: {len(erased.same_name_people)}."
            " If that is the same person, erase that link too, and the name with --name."
        )
    for (table, column, copy), mentions in groupby(sorted(erased.mentions, key=_place), key=_place):
        found = [mention.id for mention in mentions]
        what = _WORDS.get((table, column), f"Texts in {table}.{column}")
        where = f" in {copy}" if copy else ""
        what_to_do = (
            "Delete that copy if that is not to stay." if copy else "They are your own words: change them yourself."
        )
        click.echo(f"{what}{where} that mention this person: {len(found)} ({_ids(found)}). {what_to_do}")
    for path in erased.copies:
        click.echo(f"Also erased from {path}, which Inkeeper made before an update.")
    for path in erased.copies_left:
        click.echo(f"Could not change {path}, which may still hold this person. Delete it.")
    if erased.still_on_disk:
        click.echo(erased.still_on_disk)
    click.echo("Backups and exports that were made before still hold what they held.")


def _place(mention: Mention) -> tuple[str, str, str]:
    return mention.table, mention.column, str(mention.copy or "")


def _ids(ids: list[str]) -> str:
    more = f" and {len(ids) - _IDS_SHOWN} more" if len(ids) > _IDS_SHOWN else ""
    return ", ".join(ids[:_IDS_SHOWN]) + more
