"""Texts of codes and amounts, for templates."""

from __future__ import annotations

from typing import Any

from inkeeper.api.context import settings
from inkeeper.errors import Problem
from inkeeper.reasons import Reason
from inkeeper.rules.money import Money, decimal
from inkeeper.vocabulary import JournalKind, Outcome, ProblemCode
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import Translated, gettext, gettext_noop, language, ngettext
from inkeeper.wording import amounts, devices, plans
from inkeeper.wording.reasons import render

OUTCOMES: Translated[Outcome, str] = Translated(
    {
        "pending": gettext_noop("Waiting"),
        "replied": gettext_noop("Replied"),
        "accepted": gettext_noop("Accepted"),
        "declined": gettext_noop("Declined"),
        "no_response": gettext_noop("No reply"),
    }
)
"""The name of each outcome. `accepted` is LinkedIn's term for an interested reply."""

OUTCOME_WORDS: Translated[Outcome, str] = Translated(
    {
        "pending": gettext_noop("waiting"),
        "replied": gettext_noop("replied"),
        "accepted": gettext_noop("accepted"),
        "declined": gettext_noop("declined"),
        "no_response": gettext_noop("no reply"),
    }
)
"""The outcomes within a list or sentence."""

PURPOSES = Translated(
    {
        "introduction": gettext_noop("Introduction"),
        "follow_up": gettext_noop("Follow-up"),
        "article": gettext_noop("Article"),
        "other": gettext_noop("Other"),
    }
)

KINDS: Translated[JournalKind, str] = Translated(
    {
        "grant": gettext_noop("New credits"),
        "spend": gettext_noop("InMail sent"),
        "credit_back": gettext_noop("Credit back"),
        "expire": gettext_noop("Expired"),
        "forfeit": gettext_noop("Over the limit"),
        "void": gettext_noop("Lost with the plan"),
        "adjust": gettext_noop("Adjusted"),
    }
)
"""The name of each kind of journal entry."""

_PROBLEMS: Translated[ProblemCode, str] = Translated(
    {
        "not_found": gettext_noop("This isn't here any more. Reload the page."),
        "retracted": gettext_noop("This InMail was removed from the log."),
        "replaced": gettext_noop("This was edited elsewhere. Reload the page."),
        "conflict": gettext_noop("This doesn't fit what's stored by now. Reload the page."),
        "idempotency_conflict": gettext_noop("This was saved already. Reload the page to see it."),
        "insufficient_credits": gettext_noop("You have no credits left."),
        "calendar_exists": gettext_noop("There's an address already. Reload the page to replace it."),
        "import_running": gettext_noop("Another file is being read. Try again in a few seconds."),
        "too_many_requests": gettext_noop("That was a bit much at once. Wait a minute, then try again."),
        "database_unavailable": gettext_noop(
            "Nothing was saved: Inkeeper can't write to its data. Its terminal says why."
        ),
        "write_unconfirmed": gettext_noop("Inkeeper can't tell whether that was saved. Send it again: it counts once."),
        "over": gettext_noop("That link has been used or has expired."),
        "invalid": gettext_noop("Something in this form isn't right."),
    }
)
_OTHER_PROBLEM = gettext_noop("That didn't work, and nothing was saved. Try again.")


def problem(found: Problem) -> str:
    """The text of a problem."""
    return _PROBLEMS.get(found.code) or gettext(_OTHER_PROBLEM)


@blueprint.app_template_filter("said")
def said(reason: Reason | str, zone: str | None = None) -> str:
    """A service's reason, with instants in the time zone `zone`; without one in UTC."""
    return render(reason, language(), zone or "UTC") if isinstance(reason, Reason) else reason


@blueprint.app_template_filter("device_name")
def device_name(stored: str) -> str:
    """The name of a device."""
    return devices.device_name(stored, language())


@blueprint.app_template_filter("credits")
def credits(number: int) -> str:
    """`1 credit`, `12 credits`."""
    return ngettext("%(number)s credit", "%(number)s credits", number)


@blueprint.app_template_filter("number")
def number(value: int) -> str:
    """A number as the language writes it: `12,345`."""
    return language().number(value)


@blueprint.app_template_filter("plan_title")
def plan_title(title: str) -> str:
    """The title of a plan: LinkedIn's name, which stays, or the name of the plan without a subscription."""
    return plans.plan_title(title, language())


@blueprint.app_template_filter("every")
def every(months: int) -> str:
    """An interval in words: `a month`, `every 3 months`."""
    return ngettext("a month", "every %(number)s months", months)


@blueprint.app_template_filter("money")
def amount(value: Money) -> str:
    """A rounded amount of money: `€38`, `€4.50`, `CHF 120`."""
    return amounts.short_money(value, language())


def in_currency(currency: str, whole: int, minor: str, *, exact: bool = False) -> str:
    """An amount with its currency's symbol or code, without the minor unit if that is 0 and the amount not `exact`."""
    return amounts.in_currency(currency, whole, minor, language(), exact=exact)


def typed_amount(value: Money) -> str:
    """An exact amount without its currency, as a person types it: `29.99`."""
    return decimal(value).replace(".", language().formats.decimal)


@blueprint.app_template_filter("per_day")
def per_day(rate: float) -> str:
    """A daily rate: `3`, or `2–3` for 2.4."""
    return amounts.daily_rate(rate)


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """Template variables: texts of codes, and whether the server is a demo."""
    return {
        "OUTCOMES": OUTCOMES,
        "OUTCOME_WORDS": OUTCOME_WORDS,
        "PURPOSES": PURPOSES,
        "KINDS": KINDS,
        "demo": settings().demo,
    }
