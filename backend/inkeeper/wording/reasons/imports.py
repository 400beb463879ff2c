"""Why a file, a row of it or an InMail in it was taken for what it was, or refused.

The messages of rows complete a sentence that begins with "The row" or "Line 12": they begin with a verb where the
grammar of a language needs one.
"""

from __future__ import annotations

from typing import Any

from inkeeper.wording.language import Words, gettext_noop
from inkeeper.wording.reasons.message import Message


def _no_inmail_begun(words: Words, values: dict[str, Any]) -> str:
    return words.ngettext(
        "%(owner)s begins %(number)s conversation in this file, none of them with a subject and to one person, as an"
        " InMail is.",
        "%(owner)s begins %(number)s conversations in this file, none of them with a subject and to one person, as an"
        " InMail is.",
        values["begun"],
        owner=values["owner"],
    )


def _nothing_understood(words: Words, values: dict[str, Any]) -> str:
    return words.ngettext(
        "None of the %(number)s row is understood.", "None of the %(number)s rows is understood.", values["rows"]
    )


def _nothing_sent(words: Words, values: dict[str, Any]) -> str:
    return words.ngettext(
        "None of the %(number)s row is a message that was sent.",
        "None of the %(number)s rows is a message that was sent.",
        values["rows"],
    )


def _other_rows(words: Words, values: dict[str, Any]) -> str:
    return words.ngettext(
        "None of the %(number)s row is an InMail of the chosen account that still counts.",
        "None of the %(number)s rows is an InMail of the chosen account that still counts.",
        values["rows"],
    )


_NOT_NEW = {
    "already_there": gettext_noop("%(number)s there already"),
    "twice_in_file": gettext_noop("%(number)s twice in the file"),
    "before_opening": gettext_noop("%(number)s from before the account opened"),
    "left_out": gettext_noop("%(number)s left out by you"),
}


def _nothing_new(words: Words, values: dict[str, Any]) -> str:
    parts = [words.gettext(text, number=values[name]) for name, text in _NOT_NEW.items() if values[name]]
    return words.ngettext(
        "Of %(number)s InMail in the file: %(parts)s.",
        "Of %(number)s InMails in the file: %(parts)s.",
        values["inmails"],
        parts=", ".join(parts),
    )


def _rows_not_understood(words: Words, values: dict[str, Any]) -> str:
    more = ""
    if values["more"]:
        more = words.ngettext(
            "%(number)s more row is not understood.", "%(number)s more rows are not understood.", values["more"]
        )
    first = words.gettext("%(place)s: %(reason)s", place=values["place"], reason=values["reason"])
    rest = words.gettext("Correct the file, or leave such rows out. Nothing was imported.")
    return " ".join(filter(None, (first, more, rest)))


def _no_credit_left(words: Words, values: dict[str, Any]) -> str:
    return words.ngettext(
        "For %(number)s InMail no credit was left, by the account's plan and rules. If LinkedIn let it through, accept"
        " the discrepancy, which adds the missing credit. If not, leave it out. Nothing was imported.",
        "For %(number)s InMails no credit was left, by the account's plan and rules. If LinkedIn let them through,"
        " accept the discrepancy, which adds the missing credits. If not, leave them out. Nothing was imported.",
        values["needed"],
    )


def _more_names(words: Words, values: dict[str, Any]) -> str:
    if not values["more"]:
        return str(values["names"])
    return words.ngettext(
        "%(names)s and %(number)s more", "%(names)s and %(number)s more", values["more"], names=values["names"]
    )


_OF_FILES: dict[str, Message] = {
    "in_line": gettext_noop("%(file)s, line %(line)s"),
    "file_refused": gettext_noop("%(place)s: %(reason)s Nothing was imported."),
    "nothing_imported": gettext_noop("%(reason)s Nothing was imported."),
    "names_and_more": _more_names,
    "no_names": gettext_noop("nothing"),
    "list": gettext_noop("The list"),
    "too_many_lines": gettext_noop("It has more than %(most)s lines. Split it."),
    # Zips
    "zip_not_whole": gettext_noop("The zip is damaged or not whole. Download it again."),
    "zip_damaged": gettext_noop("The zip is damaged here. Download it again."),
    "zip_twice": gettext_noop("The zip holds %(name)s more than once."),
    "zip_leads_outside": gettext_noop("The zip holds a path that leads outside of it: %(name)s."),
    "zip_locked": gettext_noop("The zip is locked with a password. Unpack it, and import what is in it."),
    "zip_method": gettext_noop(
        "%(name)s is packed in a way that is not opened here. Unpack the zip, and import %(name)s itself."
    ),
    "zip_too_large": gettext_noop("%(name)s would unpack to %(bytes)s bytes, which is more than any real export."),
    "zip_too_many": gettext_noop("The zip holds more files than any real export."),
    "zip_of_others": gettext_noop(
        "The zip holds neither LinkedIn's %(messages)s nor an export of Inkeeper, but %(names)s."
    ),
    # Texts
    "file_too_large": gettext_noop("The file is larger than %(most)s bytes. Split it."),
    "line_too_long": gettext_noop("A line here is longer than %(most)s bytes."),
    "no_utf16": gettext_noop("The file begins as UTF-16 and is not. Save it as CSV in UTF-8, and import that."),
    "maybe_utf16": gettext_noop(
        "This is not text in UTF-8, but perhaps UTF-16, or no text at all. Save it as CSV in UTF-8, and import that."
    ),
    "damaged_character": gettext_noop(
        "A character here is damaged: it is not UTF-8. Save it as CSV in UTF-8, and import that."
    ),
    "no_text": gettext_noop(
        "This is neither UTF-8 nor Windows-1252, or no text at all. Save it as CSV in UTF-8, and import that."
    ),
    # CSV
    "never_closed": gettext_noop("The row that begins here has a quote that is never closed."),
    "quote_inside": gettext_noop("The row that begins here has a quote inside a field that is not doubled."),
    "line_ends": gettext_noop(
        "The lines do not end as lines of a text file do. Save it as CSV in UTF-8, and import that."
    ),
    "no_csv": gettext_noop("This is not CSV: %(error)s."),
    "too_many_rows": gettext_noop("The file has more than %(most)s rows. Split it."),
    "too_many_empty_rows": gettext_noop("The file has more than %(most)s empty rows."),
    "no_heading_with": gettext_noop("The heading with %(column)s is missing."),
    "file_empty": gettext_noop("The file is empty."),
    "too_many_columns": gettext_noop("The heading has more than %(most)s columns."),
    "too_many_inmails": gettext_noop("The file tells of more than %(most)s conversations or InMails. Split it."),
    # Columns
    "no_field": gettext_noop("There is no field %(field)s. There are %(fields)s."),
    "no_column": gettext_noop("There is no column %(column)s. There are %(columns)s."),
    "columns_needed": gettext_noop("Say which column holds %(fields)s. There are %(columns)s. Nothing was imported."),
    "and_which_holds": gettext_noop("%(field)s and which holds %(other)s"),
    "no_inmail_on_line": gettext_noop("No InMail begins on line %(line)s."),
    # Inkeeper's own export, and LinkedIn's
    "part_of_export": gettext_noop("This is a part of an export of Inkeeper. Import the whole zip."),
    "no_own_export": gettext_noop("Columns are missing, so this is not from an export of Inkeeper."),
    "which_account": gettext_noop(
        "Say which account of the export to take, by its name or id: %(accounts)s. Nothing was imported."
    ),
    "no_accounts": gettext_noop("it holds none"),
    "no_linkedin_column": gettext_noop("The column %(column)s is missing, so this is not LinkedIn's %(file)s."),
    "no_connection_columns": gettext_noop("The columns URL and Connected On are missing."),
    "nobody_called": gettext_noop("Nobody in %(file)s has the name or profile link %(said)s."),
    "whose_export": gettext_noop(
        "%(file)s does not say whose it is: %(first)s and %(second)s take part in equally many conversations. Say"
        " which of them you are, by name or profile link."
    ),
    "other_linkedin_file": gettext_noop(
        "%(file)s is LinkedIn's %(name)s with %(what)s, and holds no InMails. Take %(messages)s from the same export,"
        " or the whole zip. Nothing was imported."
    ),
    "no_messages": gettext_noop(
        "%(file)s is an export of LinkedIn without %(messages)s: it holds %(names)s. Ask LinkedIn for a copy of your"
        " data that includes your messages, and import that zip. Nothing was imported."
    ),
    "preview_outdated": gettext_noop(
        "Something else would come of this file by now, or it is another file. Look at a new preview, then import."
        " Nothing was imported."
    ),
    "rows_not_understood": _rows_not_understood,
    "no_credit_left": _no_credit_left,
    # What LinkedIn's other files hold, by their names
    "holds.Ad_Targeting.csv": gettext_noop("what advertisers know of you"),
    "holds.Ads Clicked.csv": gettext_noop("the ads that you clicked"),
    "holds.Certifications.csv": gettext_noop("your certificates"),
    "holds.Comments.csv": gettext_noop("your comments"),
    "holds.Company Follows.csv": gettext_noop("the companies that you follow"),
    "holds.Connections.csv": gettext_noop("your connections"),
    "holds.Contacts.csv": gettext_noop("imported contacts"),
    "holds.Imported Contacts.csv": gettext_noop("imported contacts"),
    "holds.Courses.csv": gettext_noop("your courses"),
    "holds.Education.csv": gettext_noop("your education"),
    "holds.Email Addresses.csv": gettext_noop("your e-mail addresses"),
    "holds.Endorsement_Given_Info.csv": gettext_noop("endorsements that you gave"),
    "holds.Endorsement_Received_Info.csv": gettext_noop("endorsements that you received"),
    "holds.Events.csv": gettext_noop("your events"),
    "holds.Hashtag_Follows.csv": gettext_noop("the hashtags that you follow"),
    "holds.Inferences_about_you.csv": gettext_noop("what LinkedIn infers about you"),
    "holds.InstantReposts.csv": gettext_noop("your reposts"),
    "holds.Invitations.csv": gettext_noop("invitations to connect"),
    "holds.Job Applicant Saved Answers.csv": gettext_noop("your answers to employers"),
    "holds.Job Applications.csv": gettext_noop("your job applications"),
    "holds.Job Seeker Preferences.csv": gettext_noop("what jobs you look for"),
    "holds.LAN Ads Engagement.csv": gettext_noop("the ads that you looked at"),
    "holds.Languages.csv": gettext_noop("your languages"),
    "holds.Learning.csv": gettext_noop("your courses"),
    "holds.Logins.csv": gettext_noop("your logins"),
    "holds.Member_Follows.csv": gettext_noop("the people that you follow"),
    "holds.Notes.csv": gettext_noop("notes about your connections"),
    "holds.PhoneNumbers.csv": gettext_noop("your phone numbers"),
    "holds.Positions.csv": gettext_noop("your positions"),
    "holds.Private_identity_asset.csv": gettext_noop("your files"),
    "holds.Profile Summary.csv": gettext_noop("your profile's summary"),
    "holds.Profile.csv": gettext_noop("your profile"),
    "holds.Projects.csv": gettext_noop("your projects"),
    "holds.Publications.csv": gettext_noop("your publications"),
    "holds.Reactions.csv": gettext_noop("your reactions"),
    "holds.Receipts_v2.csv": gettext_noop("your receipts"),
    "holds.Recommendations_Given.csv": gettext_noop("recommendations"),
    "holds.Recommendations_Received.csv": gettext_noop("recommendations"),
    "holds.Registration.csv": gettext_noop("your registration"),
    "holds.Rich_Media.csv": gettext_noop("your pictures and videos"),
    "holds.SavedJobAlerts.csv": gettext_noop("your job alerts"),
    "holds.Saved Jobs.csv": gettext_noop("the jobs that you saved"),
    "holds.Saved_Items.csv": gettext_noop("what you saved"),
    "holds.SearchQueries.csv": gettext_noop("your searches"),
    "holds.Security Challenges.csv": gettext_noop("checks of your logins"),
    "holds.Shares.csv": gettext_noop("your posts"),
    "holds.Skills.csv": gettext_noop("your skills"),
    "holds.Verifications.csv": gettext_noop("your verifications"),
    "holds.Votes.csv": gettext_noop("your votes in polls"),
    "holds.Whatsapp Phone Numbers.csv": gettext_noop("your phone numbers"),
    "holds.coach_messages.csv": gettext_noop("messages to and from LinkedIn's coach"),
    "holds.guide_messages.csv": gettext_noop("messages to and from LinkedIn's guide"),
    "holds.learning_coach_messages.csv": gettext_noop("messages to and from LinkedIn's coach"),
    "holds.LearningCoachMessages.csv": gettext_noop("messages to and from LinkedIn's coach"),
    "holds.learning_role_play_messages.csv": gettext_noop("messages of exercises"),
    # Notes
    "encoding_guessed": gettext_noop(
        "%(file)s is not in UTF-8 and was read as %(encoding)s: look whether the names are right."
    ),
    "no_conversation_ids": gettext_noop(
        "%(file)s is of an earlier year and has no conversation ids: all messages between two people count as one"
        " conversation."
    ),
    "helper_unreadable.Connections.csv": gettext_noop(
        "%(file)s could not be read, so it is not known who is 1st degree and cost no credit: %(reason)s"
    ),
    "helper_unreadable.Profile.csv": gettext_noop(
        "%(file)s could not be read, so it does not say whose export this is: %(reason)s"
    ),
    "helper_unreadable.Invitations.csv": gettext_noop(
        "%(file)s could not be read, so it does not say whose export this is: %(reason)s"
    ),
    # Why nothing would be added
    "nothing.no_rows": gettext_noop("The file has a heading and no rows below it."),
    "nothing.nothing_understood": _nothing_understood,
    "nothing.no_inmails.nothing_sent": _nothing_sent,
    "nothing.no_inmails.none_begun": gettext_noop("%(owner)s begins none of the conversations in this file."),
    "nothing.no_inmails.no_inmail_begun": _no_inmail_begun,
    "nothing.other_rows": _other_rows,
    "nothing.nothing_new": _nothing_new,
}

_OF_ROWS: dict[str, Message] = {
    "the_row": gettext_noop("The row %(reason)s."),
    "fields": gettext_noop("has %(fields)s fields where the heading has %(width)s"),
    "outcome_before_sending": gettext_noop("has a result from before the InMail was sent"),
    "cost": gettext_noop("has the cost %(cost)s, which is neither 0 nor 1"),
    "unknown.outcome": gettext_noop("has the outcome %(value)s; there are %(values)s"),
    "unknown.purpose": gettext_noop("has the purpose %(value)s; there are %(values)s"),
    "note_too_long": gettext_noop("has a note of more than %(most)s characters"),
    "in_future": gettext_noop("is dated in the future, at %(at)s"),
    "before_linkedin": gettext_noop("is dated before there was a LinkedIn, at %(at)s"),
    "no_name": gettext_noop("has no name"),
    "no_person": gettext_noop(
        "has a link that does not lead to a person: it should look like https://www.linkedin.com/in/name"
    ),
    "no_conversation_id": gettext_noop("has no conversation id"),
    "long_conversation_id": gettext_noop("has too long a conversation id"),
    "date_too_long": gettext_noop("has more than %(most)s characters where a date should be"),
    "no_date": gettext_noop("has no date"),
    "date_unreadable": gettext_noop("has %(text)s where a date should be; write 2026-07-10 09:00"),
    "date_impossible": gettext_noop("has a date that does not exist: %(text)s"),
    "date_ambiguous": gettext_noop(
        "has the date %(text)s, which can be read in two ways: say whether its day (dmy) or its month (mdy) comes first"
    ),
}

_OF_INMAILS: dict[str, Message] = {
    "one_a_row": gettext_noop("one InMail a row"),
    "first_message": gettext_noop("the first message of its conversation, from you, with a subject"),
    "first_degree": gettext_noop("%(why)s; 1st degree since %(since)s, so it cost nothing"),
    "same_as_line": gettext_noop("the same InMail as on line %(line)s"),
    "you_said_so": gettext_noop("you said so"),
    "opened_at": gettext_noop("the account opened at %(at)s"),
    "taken_back": gettext_noop("it came with an earlier import, and you removed it"),
    "by.import": gettext_noop("an earlier import"),
    "by.popup": gettext_noop("the popup"),
    "by.shortcut": gettext_noop("the shortcut"),
    "by.page": gettext_noop("the page"),
    "by.api": gettext_noop("the API"),
    "by.terminal": gettext_noop("the terminal"),
    "logged_by": gettext_noop("logged by %(where)s"),
    "logged_and_edited": gettext_noop("logged by %(where)s, and edited since"),
    "logged_same_link": gettext_noop("logged by %(where)s at %(at)s, to the same link"),
    "logged_same_name": gettext_noop("logged by %(where)s at %(at)s, to the same name"),
}

MESSAGES: dict[str, Message] = {
    f"import.{code}": message for table in (_OF_FILES, _OF_ROWS, _OF_INMAILS) for code, message in table.items()
}
"""The message of each code."""
