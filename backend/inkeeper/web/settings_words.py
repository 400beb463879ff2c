"""What people read in the settings where a template would have to choose between codes."""

from __future__ import annotations

import re
import shlex
from decimal import Decimal
from typing import Any

from inkeeper.rules import money
from inkeeper.rules.money import Money
from inkeeper.web import words
from inkeeper.web.blueprint import blueprint

CARRY_OVER = {
    "month_end": ("No", "What you don't use by the end of the month is lost."),
    "rolling": (
        "Yes, up to a limit",
        "Credits last 90 days. One comes back when somebody answers within 90 days.",
    ),
}
"""Each credit rules' answer to: do unused credits carry over to your next month?"""

CREDIT_RULES = {
    ("month_end", "renewal"): "New credits come on the 1st of each month, in your time zone.",
    ("month_end", "lot_life"): "What you don't use by the end of the month is lost.",
    ("month_end", "upgrade"): (
        "An upgrade brings all of the new plan's credits at once. What you had left stays until the end of the month."
    ),
    ("month_end", "downgrade"): "A downgrade loses what you had left. The smaller number comes with the next month.",
    ("month_end", "cancel"): "If you cancel, what you had left is lost at once.",
    ("rolling", "renewal"): (
        "New credits come monthly: on your billing day with Premium, on the 1st (UTC) with Sales Navigator, on the day"
        " you started with Recruiter."
    ),
    ("rolling", "lot_life"): "Each credit lasts 90 days.",
    ("rolling", "cap"): "You can hold a limited number of credits. New ones over the limit are lost.",
    ("rolling", "credit_back"): "A credit comes back when somebody answers within 90 days. Free InMails don't count.",
    ("rolling", "upgrade"): "An upgrade loses what you had left and brings all of the new plan's credits at once.",
    ("rolling", "downgrade"): "A downgrade loses what you had left and brings all of the new plan's credits at once.",
    ("rolling", "cancel"): "If you cancel, what you have left is lost at the next renewal, and no new credits come.",
}
"""The rules in a person's words, by credit rules and key. One that is not here is shown as its file words it."""

IMPORT_KINDS = {"linkedin": "LinkedIn's export", "csv": "A CSV", "inkeeper": "Inkeeper's export"}

ACTIONS = {
    "add": "new",
    "answer": "here already, its result is new",
    "already_there": "here already",
    "twice_in_file": "twice in the file",
    "before_opening": "from before you set up Inkeeper",
    "left_out": "left out by you",
}
"""What becomes of an InMail in a file."""

ROW_KINDS = {
    "message": "other messages",
    "draft": "drafts",
    "taken_back": "InMails that were removed",
    "other_account": "InMails of other accounts",
}
"""What rows of a file are that are no InMails of this account."""

FILE_COLUMNS = {
    "name": "Name",
    "profile_url": "Profile link",
    "sent_at": "Sent on",
    "cost": "Cost (0 or 1)",
    "subject": "Subject",
    "purpose": "Why",
    "note": "Note",
    "outcome": "Result",
    "outcome_at": "Answered on",
}
"""What a column of a CSV can hold."""

_FILES = "Inkeeper reads LinkedIn's zip, the messages.csv in it, any CSV with one InMail a row, and its own export."

IMPORT_REFUSALS = {
    "bad_file": f"This file can't be read. {_FILES}",
    "columns_needed": "Which column holds what? The name and the day are needed.",
    "whose_export": "Whose export is this? It doesn't say.",
    "which_account": "Which account of the export do you want?",
    "preview_outdated": "Something changed since you looked. Choose the file again. Nothing was imported.",
    "idempotency_conflict": "The file has changed since you looked. Choose it again. Nothing was imported.",
    "other_linkedin_file": (
        "This file of LinkedIn's export holds no InMails. Take messages.csv from the same export, or the whole zip."
    ),
    "no_messages": (
        "This export holds no messages. Ask LinkedIn for a copy of your data that includes your messages, and import"
        " that zip."
    ),
    "rows_not_understood": "Some rows can't be read. Look again, then leave them out or correct the file.",
    "insufficient_credits": "There aren't enough credits for all of these. Choose the file again.",
    "invalid": "The file has changed since you looked. Choose it again.",
}
"""Why a file is not taken, by the problem's code."""

OBSTACLES = {
    "rows_not_understood": ("skip_rows", "Leave out the rows that can't be read"),
    "insufficient_credits": ("accept_discrepancy", "LinkedIn let them through. Add the missing credits"),
}
"""What stands in the way of an import: the field that settles it, and its words."""

NOTES = {
    "encoding_guessed": "We guessed how letters such as é are stored in {file}. Check the names.",
    "helper_unreadable": "We couldn't read {file}, so we left it out.",
    "no_conversation_ids": "This is an older export: all messages between two people count as one conversation.",
}
"""What to know about how a file was read."""

_PARTS_OF_NAMES = (re.compile("first|given|vor", re.IGNORECASE), re.compile("last|family|nach", re.IGNORECASE))
_NOTHING = {
    "no_rows": "there are no rows below the headings",
    "nothing_understood": "none of the rows can be read",
    "no_inmails": "nobody is written to first and alone, with a subject, as InMails are",
    "other_rows": "the rows are of other accounts, or were removed",
}


@blueprint.app_template_filter("inmails")
def inmails(number: int) -> str:
    """`1 InMail`, `12 InMails`."""
    return f"{number:,} InMail" + ("" if number == 1 else "s")


@blueprint.app_template_filter("results")
def results(number: int) -> str:
    """`1 result`, `12 results`."""
    return f"{number:,} result" + ("" if number == 1 else "s")


@blueprint.app_template_filter("with_full_names")
def with_full_names(columns: list[str], field: str) -> list[str]:
    """The columns, for a name also the pair that makes it up: `First Name+Last Name`."""
    first, last = (next((name for name in columns if part.search(name)), None) for part in _PARTS_OF_NAMES)
    return [*columns, f"{first}+{last}"] if field == "name" and first and last else columns


@blueprint.app_template_filter("shell_quoted")
def shell_quoted(text: str) -> str:
    """The text as one word of a command."""
    return shlex.quote(text)


@blueprint.app_template_filter("file_note")
def file_note(note: dict[str, Any]) -> str:
    """What to know about how a file was read, empty for a code of no words."""
    return NOTES.get(note["code"], "").format(file=note["arguments"].get("file", "the file"))


@blueprint.app_template_filter("nothing")
def nothing(found: dict[str, Any]) -> str:
    """Why a file adds nothing, from its preview."""
    reason = _NOTHING.get((found.get("nothing") or {}).get("code", ""))
    if reason is None:
        counts = [f"{each['inmails']:,} {ACTIONS[each['action']]}" for each in found["actions"]]
        reason = ", ".join(counts) or "there's no InMail in it"
    return f"Nothing to import: {reason}."


STORED = {
    ("owner", "name"): ("Who uses this server", "Your name on a server for several people; else just “me”."),
    ("device", "name"): ("Your browsers", "Such as “Chrome on Linux”, so that you can disconnect one."),
    ("pairing", "device_name"): ("Browsers that ask to connect", "Forgotten after a day."),
    ("account", "name"): ("Your accounts' names", "As you typed them."),
    ("inmail", "name"): ("Whom you wrote to: the name", "So that you know who hasn't answered."),
    ("inmail", "profile_url"): ("Whom you wrote to: the profile link", "To know the same person again."),
    ("inmail", "former_name"): (
        "The name before you corrected it",
        "So that a file you import still finds the InMail.",
    ),
    ("inmail", "former_url"): ("The profile link before you corrected it", "So that a file you import still finds it."),
    ("inmail", "subject"): ("The subject, if you add it", "To find an InMail again."),
    ("inmail", "note"): ("Your notes, if you write any", "For you alone."),
    ("person", "name"): ("Whom you want to write to: the name", "So that a credit has somebody to go to."),
    ("person", "first_name"): ("The first name, if you correct it", "To fill in your texts."),
    ("person", "company"): ("The company, if you add it", "To fill in your texts. Never read off a profile."),
    ("person", "headline"): ("The headline, if you add it", "To fill in your texts. Never read off a profile."),
    ("person_link", "url"): (
        "Whom you want to write to: the profile links",
        "To open the profile when you ask for it.",
    ),
    ("target", "note"): ("Notes on people you want to write to", "For you, and to fill in your texts."),
    ("text", "name"): ("Your texts: the names", "As you typed them."),
    ("text_version", "subject"): ("Your texts: the subjects", "To fill in and copy. What you sent isn't kept."),
    ("text_version", "body"): ("Your texts", "To fill in and copy. What you sent isn't kept."),
    ("campaign", "name"): ("Your campaigns' names", "As you typed them."),
    ("campaign", "goal"): ("Your campaigns' goals", "For you alone."),
    ("idempotency", "body"): (
        "Answers to your browsers",
        "So that nothing is logged twice. Forgotten after about 100 days.",
    ),
}
"""What is stored of people, and why, by table and column."""


@blueprint.app_template_filter("exact_money")
def exact_money(value: dict[str, Any]) -> str:
    """How much money exactly: `€29.99`, `CHF 120.00`."""
    unit = {"EUR": "€", "USD": "$", "GBP": "£"}.get(value["currency"], f"{value['currency']} ")
    return f"{unit}{Decimal(money.decimal(Money(**value))):,}"


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """The names of codes, for templates."""
    return {
        "WEEKDAYS": words.WEEKDAYS,
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
