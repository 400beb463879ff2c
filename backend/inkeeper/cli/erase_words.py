"""The output of `inkeeper erase`: what was erased, and what the user has to change by hand."""

from __future__ import annotations

from itertools import groupby

import click

from inkeeper.services.takeout.erasing import Erased, Mention
from inkeeper.terminal import printable
from inkeeper.wording.amounts import inmails, people
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import explain, gettext, language, ngettext

_IDS_SHOWN = 20
_PLACES = {
    ("inmail", "note"): gettext_noop("Notes of other InMails"),
    ("inmail", "subject"): gettext_noop("Subjects of other InMails"),
    ("account", "name"): gettext_noop("Names of accounts"),
    ("device", "name"): gettext_noop("Names of devices"),
    ("owner", "name"): gettext_noop("Names of people who use this Inkeeper"),
    ("person", "company"): gettext_noop("Companies of other people"),
    ("person", "headline"): gettext_noop("Headlines of other people"),
    ("target", "note"): gettext_noop("Notes on other people on a list"),
    ("text", "name"): gettext_noop("Names of texts"),
    ("text_version", "subject"): gettext_noop("Subjects of texts"),
    ("text_version", "body"): gettext_noop("Texts"),
    ("campaign", "name"): gettext_noop("Names of campaigns"),
    ("campaign", "goal"): gettext_noop("Goals of campaigns"),
}


def print_erased(erased: Erased) -> None:
    """Print what was erased, which texts still mention the person, and which of Inkeeper's copies were changed."""
    words = language()
    _print(
        gettext(
            "Erased from %(inmails)s and %(answers)s.",
            inmails=inmails(erased.inmails, words),
            answers=ngettext(
                "%(number)s copy kept against double logging",
                "%(number)s copies kept against double logging",
                erased.answers,
            ),
        )
    )
    if erased.people:
        _print(
            gettext(
                "From your lists of people: %(people)s erased, %(targets)s dropped.",
                people=people(erased.people, words),
                targets=ngettext("%(number)s entry", "%(number)s entries", erased.targets),
            )
        )
    _print_same_name(erased)
    for (table, column, copy), mentions in groupby(sorted(erased.mentions, key=_place), key=_place):
        _print_mentions(table, column, copy, [mention.id for mention in mentions])
    for path in erased.copies:
        _print(gettext("Also erased from %(file)s, which Inkeeper made before an update.", file=path))
    for path in erased.copies_left:
        _print(gettext("%(file)s could not be changed and may still hold this person. Delete it.", file=path))
    if erased.still_on_disk:
        _print(explain(erased.still_on_disk))
    _print(gettext("Backups and exports that you made before still hold what they held."))


def _print_same_name(erased: Erased) -> None:
    """Say where the same name is left, under no link or another one."""
    words, remedy = (
        language(),
        gettext("If that is the same person, erase that link too, and add --name with the name."),
    )
    if erased.same_name:
        found = gettext(
            "%(inmails)s more went to the same name under no link or another one: %(ids)s.",
            inmails=inmails(len(erased.same_name), words),
            ids=_ids(erased.same_name),
        )
        _print(f"{found} {remedy}")
    if erased.same_name_people:
        found = gettext(
            "Your lists have %(people)s more of the same name under no link or another one.",
            people=people(len(erased.same_name_people), words),
        )
        _print(f"{found} {remedy}")


def _print_mentions(table: str, column: str, copy: str, ids: list[str]) -> None:
    """Name the user's own texts of one column that mention the person, in the database or in a copy of it."""
    place = gettext(_PLACES[table, column]) if (table, column) in _PLACES else f"{table}.{column}"
    if copy:
        _print(
            gettext(
                "%(place)s in %(file)s that mention this person: %(number)s (%(ids)s). Delete that copy if they must"
                " go.",
                place=place,
                file=copy,
                number=len(ids),
                ids=_ids(ids),
            )
        )
    else:
        _print(
            gettext(
                "%(place)s that mention this person: %(number)s (%(ids)s). They are your own words: change them"
                " yourself.",
                place=place,
                number=len(ids),
                ids=_ids(ids),
            )
        )


def _print(sentence: str) -> None:
    click.echo(printable(sentence))


def _place(mention: Mention) -> tuple[str, str, str]:
    return mention.table, mention.column, str(mention.copy or "")


def _ids(ids: list[str]) -> str:
    shown = ", ".join(ids[:_IDS_SHOWN])
    if len(ids) <= _IDS_SHOWN:
        return shown
    return gettext("%(ids)s and %(number)s more", ids=shown, number=len(ids) - _IDS_SHOWN)
