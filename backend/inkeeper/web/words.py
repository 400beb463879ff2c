"""What people read where a template would have to choose between codes."""

from __future__ import annotations

from typing import Any

from inkeeper.api.context import settings
from inkeeper.errors import Problem
from inkeeper.rules import money
from inkeeper.rules.money import Money
from inkeeper.vocabulary import JournalKind, Outcome, ProblemCode
from inkeeper.web.blueprint import blueprint

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

OUTCOMES: dict[Outcome, str] = {
    "pending": "Waiting",
    "replied": "Replied",
    "accepted": "Accepted",
    "declined": "Declined",
    "no_response": "No reply",
}
"""Each outcome's name. `accepted` is LinkedIn's word for a reply of interest."""

PURPOSES: dict[str, str] = {
    "introduction": "Introduction",
    "follow_up": "Follow-up",
    "article": "Article",
    "other": "Other",
}

KINDS: dict[JournalKind, str] = {
    "grant": "New credits",
    "spend": "InMail sent",
    "credit_back": "Credit back",
    "expire": "Expired",
    "forfeit": "Over the limit",
    "void": "Lost with the plan",
    "adjust": "Adjusted",
}
"""Each kind of change of the credits."""

_PROBLEMS: dict[ProblemCode, str] = {
    "not_found": "This isn't here any more. Reload the page.",
    "retracted": "This InMail was removed from the log.",
    "replaced": "This was edited elsewhere. Reload the page.",
    "conflict": "This doesn't fit what's stored by now. Reload the page.",
    "idempotency_conflict": "This was saved already. Reload the page to see it.",
    "insufficient_credits": "You have no credits left.",
    "calendar_exists": "There's an address already. Reload the page to replace it.",
    "import_running": "Another file is being read. Try again in a few seconds.",
    "too_many_requests": "That was a bit much at once. Wait a minute, then try again.",
    "database_unavailable": "Nothing was saved: Inkeeper can't write to its data. Its terminal says why.",
    "write_unconfirmed": "Inkeeper can't tell whether that was saved. Send it again: it counts once.",
    "over": "That link has been used or has expired.",
    "invalid": "Something in this form isn't right.",
}
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
_ROUNDED_FROM = 10
_OTHER_PROBLEM = "That didn't work, and nothing was saved. Try again."


def problem(found: Problem) -> str:
    """A refusal in a person's words."""
    return _PROBLEMS.get(found.code, _OTHER_PROBLEM)


@blueprint.app_template_filter("credits")
def credits(number: int) -> str:
    """`1 credit`, `12 credits`."""
    return f"{number:,} credit" if number == 1 else f"{number:,} credits"


@blueprint.app_template_filter("every")
def every(months: int) -> str:
    """How often: `a month`, `every 3 months`."""
    return "a month" if months == 1 else f"every {months} months"


@blueprint.app_template_filter("money")
def amount(value: dict[str, Any]) -> str:
    """About how much money: `€38`, `€4.50`, `CHF 120`."""
    decimal = money.decimal(Money(**value))
    whole, _, minor = decimal.partition(".")
    if int(whole) >= _ROUNDED_FROM:
        whole = str(round(float(decimal)))
        minor = ""
    return f"{unit(value['currency'])}{int(whole):,}" + (f".{minor}" if minor.strip("0") else "")


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
