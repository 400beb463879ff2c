"""Texts of the settings: codes in words, for templates."""

from __future__ import annotations

import re
import shlex
from typing import Any

from inkeeper.rules import money
from inkeeper.rules.money import Money
from inkeeper.services.imports.batches import Preview
from inkeeper.services.imports.reading import Note
from inkeeper.web import words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import Translated, gettext, gettext_noop, language, ngettext
from inkeeper.wording import imports

CARRY_OVER = Translated(
    {
        "month_end": (gettext_noop("No"), gettext_noop("What you don't use by the end of the month is lost.")),
        "rolling": (
            gettext_noop("Yes, up to a limit"),
            gettext_noop("Credits last 90 days. One comes back when somebody replies within 90 days."),
        ),
    }
)
"""Whether unused credits carry over to the next month, by rule book."""

CREDIT_RULES = Translated(
    {
        ("month_end", "renewal"): gettext_noop("New credits come on the 1st of each month, in your time zone."),
        ("month_end", "lot_life"): gettext_noop("What you don't use by the end of the month is lost."),
        ("month_end", "upgrade"): gettext_noop(
            "An upgrade brings all of the new plan's credits at once. What you had left stays until the end of the"
            " month."
        ),
        ("month_end", "downgrade"): gettext_noop(
            "A downgrade loses what you had left. The smaller number comes with the next month."
        ),
        ("month_end", "cancel"): gettext_noop("If you cancel, what you had left is lost at once."),
        ("rolling", "renewal"): gettext_noop(
            "New credits come monthly: on your billing day with Premium, on the 1st (UTC) with Sales Navigator, on the"
            " day you started with Recruiter."
        ),
        ("rolling", "lot_life"): gettext_noop("Each credit lasts 90 days."),
        ("rolling", "cap"): gettext_noop("You can hold a limited number of credits. New ones over the limit are lost."),
        ("rolling", "credit_back"): gettext_noop(
            "A credit comes back when somebody replies within 90 days. Free InMails don't count."
        ),
        ("rolling", "upgrade"): gettext_noop(
            "An upgrade loses what you had left and brings all of the new plan's credits at once."
        ),
        ("rolling", "downgrade"): gettext_noop(
            "A downgrade loses what you had left and brings all of the new plan's credits at once."
        ),
        ("rolling", "cancel"): gettext_noop(
            "If you cancel, what you have left is lost at the next renewal, and no new credits come."
        ),
    }
)
"""The rules in words, by rule book and key. A rule without an entry is shown in the text of its file."""

IMPORT_KINDS = Translated(imports.KINDS)

ACTIONS = Translated(imports.ACTIONS)
"""What the import does with an InMail, by action."""

ROW_KINDS = Translated(
    {
        "message": gettext_noop("other messages"),
        "draft": gettext_noop("drafts"),
        "taken_back": gettext_noop("InMails that were removed"),
        "other_account": gettext_noop("InMails of other accounts"),
    }
)
"""The kinds of rows that are not InMails of this account."""

FILE_COLUMNS = Translated(
    {
        "name": gettext_noop("Name"),
        "profile_url": gettext_noop("Profile link"),
        "sent_at": gettext_noop("Sent on"),
        "cost": gettext_noop("Cost (0 or 1)"),
        "subject": gettext_noop("Subject"),
        "purpose": gettext_noop("Why"),
        "note": gettext_noop("Note"),
        "outcome": gettext_noop("Result"),
        "outcome_at": gettext_noop("Answered on"),
    }
)
"""The fields that a column of a CSV can have."""

IMPORT_REFUSALS = Translated(
    {
        "bad_file": gettext_noop(
            "This file can't be read. Inkeeper reads LinkedIn's zip, the messages.csv in it, any CSV with one InMail a"
            " row, and its own export."
        ),
        "columns_needed": gettext_noop("Which column holds what? The name and the day are needed."),
        "whose_export": gettext_noop("Whose export is this? It doesn't say."),
        "which_account": gettext_noop("Which account of the export do you want?"),
        "preview_outdated": gettext_noop(
            "Something changed since you looked. Choose the file again. Nothing was imported."
        ),
        "idempotency_conflict": gettext_noop(
            "The file has changed since you looked. Choose it again. Nothing was imported."
        ),
        "other_linkedin_file": gettext_noop(
            "This file of LinkedIn's export holds no InMails. Take messages.csv from the same export, or the whole zip."
        ),
        "no_messages": gettext_noop(
            "This export holds no messages. Ask LinkedIn for a copy of your data that includes your messages, and"
            " import that zip."
        ),
        "rows_not_understood": gettext_noop(
            "Some rows can't be read. Look again, then leave them out or correct the file."
        ),
        "insufficient_credits": gettext_noop("There aren't enough credits for all of these. Choose the file again."),
        "invalid": gettext_noop("The file has changed since you looked. Choose it again."),
    }
)
"""Why a file is refused, by problem code."""

OBSTACLES = {
    "rows_not_understood": ("skip_rows", gettext_noop("Leave out the rows that can't be read")),
    "insufficient_credits": (
        "accept_discrepancy",
        gettext_noop("LinkedIn let them through. Add the missing credits"),
    ),
}
"""Obstacles of an import, by code: the form's field that resolves it, and its text."""

NOTES = Translated(
    {
        "encoding_guessed": gettext_noop("We guessed how letters such as é are stored in %(file)s. Check the names."),
        "helper_unreadable": gettext_noop("We couldn't read %(file)s, so we left it out."),
        "no_conversation_ids": gettext_noop(
            "This is an older export: all messages between two people count as one conversation."
        ),
    }
)
"""Notes about how a file was read, by code."""

_PARTS_OF_NAMES = (re.compile("first|given|vor", re.IGNORECASE), re.compile("last|family|nach", re.IGNORECASE))
_NOTHING = Translated(
    {
        "no_rows": gettext_noop("there are no rows below the headings"),
        "nothing_understood": gettext_noop("none of the rows can be read"),
        "no_inmails": gettext_noop("no message with a subject starts a conversation with one person, as InMails do"),
        "other_rows": gettext_noop("the rows are of other accounts, or were removed"),
    }
)


@blueprint.app_template_filter("inmails")
def inmails(number: int) -> str:
    """`1 InMail`, `12 InMails`."""
    return ngettext("%(number)s InMail", "%(number)s InMails", number)


@blueprint.app_template_filter("results")
def results(number: int) -> str:
    """`1 result`, `12 results`."""
    return ngettext("%(number)s result", "%(number)s results", number)


@blueprint.app_template_filter("with_full_names")
def with_full_names(columns: list[str], field: str) -> list[str]:
    """The columns; for the name also the pair of first and last name: `First Name+Last Name`."""
    first, last = (next((name for name in columns if part.search(name)), None) for part in _PARTS_OF_NAMES)
    return [*columns, f"{first}+{last}"] if field == "name" and first and last else columns


@blueprint.app_template_filter("shell_quoted")
def shell_quoted(text: str) -> str:
    """The text quoted as one word of a shell command."""
    return shlex.quote(text)


@blueprint.app_template_filter("file_note")
def file_note(note: Note) -> str:
    """The text of a note about a file; empty for an unknown code."""
    return NOTES.get(note.code, "") % {"file": note.arguments.get("file", gettext("the file"))}


@blueprint.app_template_filter("nothing")
def nothing(found: Preview) -> str:
    """Why a file adds nothing, from its preview."""
    reason = _NOTHING.get(found.nothing.code) if found.nothing else None
    if reason is None:
        counts = [
            # translators: A number of InMails, and what an import does with them: "3 here already".
            gettext("%(number)s %(action)s", number=each.inmails, action=ACTIONS[each.action])
            for each in found.actions
        ]
        reason = ", ".join(counts) or gettext("there's no InMail in it")
    return gettext("Nothing to import: %(reason)s.", reason=reason)


STORED = Translated(
    {
        ("owner", "name"): (
            gettext_noop("Who uses this server"),
            gettext_noop("Your name on a server for several people; else just “me”."),
        ),
        ("device", "name"): (
            gettext_noop("Your browsers"),
            gettext_noop("Such as “Chrome on Linux”, so that you can disconnect one."),
        ),
        ("pairing", "device_name"): (
            gettext_noop("Browsers that ask to connect"),
            gettext_noop("Forgotten after a day."),
        ),
        ("account", "name"): (gettext_noop("Your accounts' names"), gettext_noop("As you typed them.")),
        ("inmail", "name"): (
            gettext_noop("Whom you wrote to: the name"),
            gettext_noop("So that you know who hasn't answered."),
        ),
        ("inmail", "profile_url"): (
            gettext_noop("Whom you wrote to: the profile link"),
            gettext_noop("To know the same person again."),
        ),
        ("inmail", "former_name"): (
            gettext_noop("The name before you corrected it"),
            gettext_noop("So that a file you import still finds the InMail."),
        ),
        ("inmail", "former_url"): (
            gettext_noop("The profile link before you corrected it"),
            gettext_noop("So that a file you import still finds it."),
        ),
        ("inmail", "subject"): (gettext_noop("The subject, if you add it"), gettext_noop("To find an InMail again.")),
        ("inmail", "note"): (gettext_noop("Your notes, if you write any"), gettext_noop("For you alone.")),
        ("person", "name"): (
            gettext_noop("Whom you want to write to: the name"),
            gettext_noop("So that a credit has somebody to go to."),
        ),
        ("person", "first_name"): (
            gettext_noop("The first name, if you correct it"),
            gettext_noop("To fill in your texts."),
        ),
        ("person", "company"): (
            gettext_noop("The company, if you add it"),
            gettext_noop("To fill in your texts. Never read off a profile."),
        ),
        ("person", "headline"): (
            gettext_noop("The headline, if you add it"),
            gettext_noop("To fill in your texts. Never read off a profile."),
        ),
        ("person_link", "url"): (
            gettext_noop("Whom you want to write to: the profile links"),
            gettext_noop("To open the profile when you ask for it."),
        ),
        ("target", "note"): (
            gettext_noop("Notes on people you want to write to"),
            gettext_noop("For you, and to fill in your texts."),
        ),
        ("text", "name"): (gettext_noop("Your texts: the names"), gettext_noop("As you typed them.")),
        ("text_version", "subject"): (
            gettext_noop("Your texts: the subjects"),
            gettext_noop("To fill in and copy. What you sent isn't kept."),
        ),
        ("text_version", "body"): (
            gettext_noop("Your texts"),
            gettext_noop("To fill in and copy. What you sent isn't kept."),
        ),
        ("campaign", "name"): (gettext_noop("Your campaigns' names"), gettext_noop("As you typed them.")),
        ("campaign", "goal"): (gettext_noop("Your campaigns' goals"), gettext_noop("For you alone.")),
        ("idempotency", "body"): (
            gettext_noop("Answers to your browsers"),
            gettext_noop("So that nothing is logged twice. Forgotten after about 100 days."),
        ),
    }
)
"""The stored personal data and its purpose, by table and column."""


@blueprint.app_template_filter("exact_money")
def exact_money(value: Money) -> str:
    """An exact amount of money: `€29.99`, `CHF 120.00`."""
    whole, _, minor = money.decimal(value).partition(".")
    return words.in_currency(value.currency, int(whole), minor, exact=True)


@blueprint.app_template_global("weekdays")
def weekdays() -> dict[int, str]:
    """The short names of the weekdays by ISO number, in the order of the language's week."""
    names = language().formats.short_days
    return {day: names[day - 1] for day in language().weekdays}


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """Template variables: texts of codes."""
    return {
        "CARRY_OVER": CARRY_OVER,
        "CREDIT_RULES": CREDIT_RULES,
        "IMPORT_KINDS": IMPORT_KINDS,
        "ACTIONS": ACTIONS,
        "ROW_KINDS": ROW_KINDS,
        "FILE_COLUMNS": FILE_COLUMNS,
        "IMPORT_REFUSALS": IMPORT_REFUSALS,
        "OBSTACLES": OBSTACLES,
        "named": lambda people: {name: name for name in people},
        "accounts_of": lambda accounts: {each["id"]: each["name"] for each in accounts},
    }
