"""Why a request is refused: dates, plans, InMails, people, texts, campaigns, devices."""

from __future__ import annotations

from typing import Any

from inkeeper.wording.language import Words, gettext_noop
from inkeeper.wording.reasons.message import Message


def _more_uncovered(words: Words, values: dict[str, Any]) -> str:
    return words.ngettext(
        "With this change %(number)s more InMail has no credit left on the day of sending. If LinkedIn let that"
        " through, send the change again with accept_discrepancy; otherwise leave the InMail as it is. Nothing was"
        " changed.",
        "With this change %(number)s more InMails have no credit left on the day of sending. If LinkedIn let that"
        " through, send the change again with accept_discrepancy; otherwise leave the InMail as it is. Nothing was"
        " changed.",
        values["inmails"],
    )


_OF_DATES: dict[str, Message] = {
    "date.ahead": gettext_noop("This lies more than a day ahead: the server's clock says %(now)s."),
    "date.before_2003": gettext_noop("An account cannot have opened before 2003."),
    "date.too_far": gettext_noop("This lies more than %(days)s days ahead."),
    "date.before_opened": gettext_noop("This is before the account opened, at %(at)s."),
    "date.before_sent": gettext_noop("This is before the InMail was sent, at %(at)s."),
    "date.within_a_year": gettext_noop("Must be a day from %(today)s to a year from then."),
    "date.from_today": gettext_noop("Must be a day from %(today)s (today) to %(last)s."),
    "date.not_before": gettext_noop("Must not be before %(first)s."),
    "date.which_day": gettext_noop("Say for which day: planned_for."),
}

_OF_ACCOUNTS: dict[str, Message] = {
    "account.none": gettext_noop("There is no such account."),
    "account.names_no_terms": gettext_noop(
        "This dates a change of rule book, allotment, cap or renewal day: name one."
    ),
    "account.cancelled": gettext_noop("The subscription is cancelled, and the free plan has no credits."),
    "account.no_price": gettext_noop("This is not a plan with a price; those are %(plans)s."),
    "account.one_currency": gettext_noop("All prices must be in one currency, that of `price` included."),
    "plan.free_already": gettext_noop("The plan is already the free one."),
    "plan.cancelled_already": gettext_noop("The subscription is already cancelled, and ends with the next renewal."),
    "plan.send_cancel": gettext_noop('To go back to the free plan, send {"cancel": true}.'),
    "plan.same": gettext_noop("The account is on this plan already."),
    "calendar.exists": gettext_noop(
        "There is an address already, and it cannot be shown again. Renew it to get another; the old one then stops"
        " working."
    ),
}

_OF_INMAILS: dict[str, Message] = {
    "inmail.replaced": gettext_noop(
        "The day or cost of this InMail was edited since. Change the InMail that replaces it: %(id)s."
    ),
    "inmail.taken_back": gettext_noop("This InMail was taken back. Log it again if it was sent after all."),
    "inmail.not_taken_back": gettext_noop("This InMail was not taken back."),
    "inmail.outcome_before": gettext_noop(
        "The outcome of this InMail, %(outcome)s, is dated %(at)s, which is before this. Send `outcome` and"
        " `outcome_at` with the change, or first take the outcome back with `pending`."
    ),
    "inmail.more_uncovered": _more_uncovered,
    "inmail.no_credit": gettext_noop(
        "There was no credit left for this InMail. If LinkedIn let it through, send it again with"
        " accept_discrepancy; otherwise discard it."
    ),
    "cause.not_logged": gettext_noop("An InMail was sent from the phone or another browser and not logged here."),
    "cause.not_free": gettext_noop("A message was logged as free that cost a credit."),
    "cause.not_sent": gettext_noop("An InMail was logged that was not sent, or that was free."),
    "cause.other_plan": gettext_noop("The plan, or the number of credits a month, is another than the one set here."),
    "cause.answer": gettext_noop("A credit came back for an answer that is not recorded here."),
    "cause.other_book": gettext_noop(
        "Unused credits carried over from last month, or came back for answers: another rule book applies."
    ),
}

_OF_PEOPLE: dict[str, Message] = {
    "person.no_person_such_as": gettext_noop(
        "This link does not lead to a person: it should look like https://www.linkedin.com/in/name."
    ),
    "person.no_person": gettext_noop("This link does not lead to a person."),
    "person.none": gettext_noop("There is no such person."),
    "person.links": gettext_noop("Each must lead to a person, and there can be one of each kind."),
    "person.link_of_another": gettext_noop("Another person on the list has this link."),
    "person.link_of_another_of_yours": gettext_noop("Another person on your list has this link."),
    "person.do_not_contact_remove": gettext_noop(
        "%(name)s is marked as not to be contacted. Remove the mark first, if that is right."
    ),
    "person.do_not_contact": gettext_noop("%(name)s is marked as not to be contacted."),
    "person.on_list": gettext_noop("%(name)s is on the list already."),
    "target.none": gettext_noop("There is no such target."),
    "target.done": gettext_noop("Nothing more is to be written to %(name)s: it is %(state)s."),
    "target.other_account": gettext_noop("This target is to be written to from another account."),
    "list.outdated": gettext_noop(
        "Something else would come of this list by now. Look at a new preview first. Nothing was added."
    ),
    "list.before": gettext_noop("Must be what the answer gave."),
    "text.none": gettext_noop("There is no such text."),
    "text.too_long": gettext_noop("Longer than maximum length %(most)s."),
    "template.unknown_variable": gettext_noop(
        "Line %(line)s: there is no variable {{%(written)s}}; they are %(known)s."
    ),
    "text.did_you_mean": gettext_noop("%(reason)s Did you mean {{%(suggestion)s}}?"),
    "template.empty_variable": gettext_noop("Line %(line)s: %(written)s names no variable; they are %(known)s."),
    "template.unclosed": gettext_noop("Line %(line)s: {{ opens a variable that does not close on its line."),
    "template.unopened": gettext_noop("Line %(line)s: }} closes a variable that did not open on its line."),
    "template.single_braces": gettext_noop(
        "Line %(line)s: %(written)s would be sent as it is; write {{%(suggestion)s}}."
    ),
    "campaign.none": gettext_noop("There is no such campaign."),
    "campaign.ended_extend": gettext_noop("The campaign ended on %(day)s. Give it a later last day first."),
    "campaign.ended": gettext_noop("This campaign ended on %(day)s."),
    "campaign.order": gettext_noop("The last day (%(ends)s) must not be before the first day (%(starts)s)."),
    "campaign.over": gettext_noop("The last day must be %(today)s (today) or later: %(ends)s is over."),
    "campaign.first_step": gettext_noop("The first InMail waits for nothing: leave this out."),
    "campaign.two_texts": gettext_noop("These must be two different texts."),
}

_OF_DEVICES: dict[str, Message] = {
    "device.secret_exists": gettext_noop("A device's secret is made once. Connect the device again to get a new one."),
    "device.wrong_code": gettext_noop("Type the code that the server shows in its terminal."),
    "device.last_try": gettext_noop("That was the last try. Start connecting again."),
    "device.shut": gettext_noop(
        "%(wrong)s wrong codes were sent. Run `inkeeper pair` on the server's machine to go on; for another owner than"
        " the default one add `--owner NAME`."
    ),
    "device.ask_for_code": gettext_noop(
        "Ask whoever runs this server for a code (`inkeeper pair --owner NAME`), then start again."
    ),
    "device.over": gettext_noop("This attempt to connect has ended. Start again to get a new code."),
    "sign_in.too_many": gettext_noop(
        "At most %(most)s sign-ins can be started within ten minutes. Wait a little, then try again."
    ),
    "sign_in.wrong": gettext_noop("Open Inkeeper again with `inkeeper open`."),
    "sign_in.over": gettext_noop("This link has been used or has expired. Open Inkeeper again."),
    "download.over": gettext_noop("This download link has been used or has expired. Download again."),
    "request.new_key": gettext_noop("Choose a new key for each new request."),
    "mail.cannot_send": gettext_noop("user or password has a character that this way of logging in cannot send"),
    "mail.wrong_password": gettext_noop("user or password is wrong (%(code)s)"),
    "mail.certificate": gettext_noop("its certificate is not valid: %(reason)s"),
}

MESSAGES: dict[str, Message] = {
    "at_field": "%(path)s: %(message)s",
    **_OF_DATES,
    **_OF_ACCOUNTS,
    **_OF_INMAILS,
    **_OF_PEOPLE,
    **_OF_DEVICES,
}
"""The message of each code."""
