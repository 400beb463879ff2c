"""What people read in the settings where a template would have to choose between codes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from inkeeper.rules import money
from inkeeper.rules.money import Money
from inkeeper.web.blueprint import blueprint

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

CARRY_OVER = {
    "month_end": ("No", "What you don't use by the end of the month is lost."),
    "rolling": (
        "Yes, up to a limit",
        "Credits last 90 days. One comes back when somebody answers within 90 days.",
    ),
}
"""Each credit rules' answer to: do unused credits carry over to your next month?"""

RULES = {
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

CURRENCIES = (
    "EUR USD GBP CHF AED AUD BRL CAD CLP CNY COP CZK DKK HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PEN PHP PLN RON"
    " SAR SEK SGD THB TRY TWD UAH VND ZAR"
).split()
"""The currencies to choose from, those that most accounts are paid in first."""


@blueprint.app_template_filter("exact_money")
def exact_money(value: dict[str, Any]) -> str:
    """How much money exactly: `€29.99`, `CHF 120.00`."""
    unit = {"EUR": "€", "USD": "$", "GBP": "£"}.get(value["currency"], f"{value['currency']} ")
    return f"{unit}{Decimal(money.decimal(Money(**value))):,}"


@blueprint.app_template_filter("typed_money")
def typed_money(value: dict[str, Any] | None) -> str:
    """The amount as it stands in a field: `29.99`; empty for none."""
    return money.decimal(Money(**value)) if value else ""


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """The names of codes, for templates."""
    return {"WEEKDAYS": WEEKDAYS, "CARRY_OVER": CARRY_OVER, "RULES": RULES}
