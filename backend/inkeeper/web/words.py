"""What people read where a template would have to choose between codes."""

from __future__ import annotations

from typing import Any

from inkeeper.api.context import settings
from inkeeper.errors import Problem
from inkeeper.rules import money
from inkeeper.rules.money import Money
from inkeeper.vocabulary import JournalKind, Outcome, ProblemCode
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import Translated, gettext, gettext_noop, language, ngettext

OUTCOMES: Translated[Outcome, str] = Translated(
    {
        "pending": gettext_noop("Waiting"),
        "replied": gettext_noop("Replied"),
        "accepted": gettext_noop("Accepted"),
        "declined": gettext_noop("Declined"),
        "no_response": gettext_noop("No reply"),
    }
)
"""Each outcome's name. `accepted` is LinkedIn's word for a reply of interest."""

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
"""Each kind of change of the credits."""

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
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
_ROUNDED_FROM = 10
_OTHER_PROBLEM = gettext_noop("That didn't work, and nothing was saved. Try again.")


def problem(found: Problem) -> str:
    """A refusal in a person's words."""
    return _PROBLEMS.get(found.code) or gettext(_OTHER_PROBLEM)


@blueprint.app_template_filter("credits")
def credits(number: int) -> str:
    """`1 credit`, `12 credits`."""
    return ngettext("%(number)s credit", "%(number)s credits", number)


@blueprint.app_template_filter("every")
def every(months: int) -> str:
    """How often: `a month`, `every 3 months`."""
    return ngettext("a month", "every %(number)s months", months)


@blueprint.app_template_filter("money")
def amount(value: dict[str, Any]) -> str:
    """About how much money: `€38`, `€4.50`, `CHF 120`."""
    decimal = money.decimal(Money(**value))
    whole, _, minor = decimal.partition(".")
    if int(whole) >= _ROUNDED_FROM:
        whole = str(round(float(decimal)))
        minor = ""
    return in_currency(value["currency"], int(whole), minor)


def in_currency(currency: str, whole: int, minor: str) -> str:
    """An amount with the sign or code of its currency, its minor unit left out where that is 0."""
    words = language()
    number = words.number(whole) + (words.formats.decimal + minor if minor.strip("0") else "")
    if words.formats.money.startswith("{currency}"):
        return f"{unit(currency)}{number}"
    return f"{number} {unit(currency).strip()}"


def unit(currency: str) -> str:
    """What stands before an amount: `€`, or `CHF ` where there is no sign that everybody knows."""
    return _SYMBOLS.get(currency, f"{currency} ")


@blueprint.app_template_filter("per_day")
def per_day(rate: float) -> str:
    """How many a day: `3`, or `2–3` for 2.4."""
    whole = int(rate)
    return str(whole) if whole == rate else f"{whole}–{whole + 1}"


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """The names of codes, and whether all that is shown is made up, for templates."""
    return {"OUTCOMES": OUTCOMES, "PURPOSES": PURPOSES, "KINDS": KINDS, "demo": settings().demo}
