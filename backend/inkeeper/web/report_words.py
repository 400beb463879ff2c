"""What the report says in sentences, from the codes and numbers of the services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from inkeeper.rules import money
from inkeeper.rules.advice import EARLY
from inkeeper.rules.money import Money
from inkeeper.web import dates, words
from inkeeper.web.blueprint import blueprint

COLUMNS = {
    "granted": "New",
    "used": "Used",
    "free": "Free",
    "returned": "Came back",
    "expired": "Expired",
    "forfeited": "Over the limit",
    "voided": "Lost with the plan",
    "adjusted": "Adjusted",
    "left": "Left",
}
"""What became of a month's credits, in the order of its table."""

LOSSES = {"expired": "expired", "forfeited": "over the limit", "voided": "lost with the plan"}
POINTS = {"grant": "New credits", "expire": "Expired", "forfeit": "Over the limit", "void": "Lost with the plan"}

RULES = {
    "month_end": "Inkeeper's default: unused credits are lost at the end of the month.",
    "rolling": "From LinkedIn's help pages, read in November 2026: unused credits carry over, up to a limit.",
}
"""The source of each set of credit rules, with what it says of unused credits."""

_DAYS_FROM_HOURS = 48
_HOURS_FROM = 1.5
_NOTHING = "–"
_EARLY = "a week" if EARLY.days == 7 else f"{EARLY.days} days"


@blueprint.app_template_filter("percent")
def percent(share: float | None) -> str:
    """A share in whole percent. Only nothing is 0%, and only all is 100%."""
    if share is None:
        return _NOTHING
    if 0 < share < 0.01:
        return "under 1%"
    whole = int(share * 100 + 0.5)
    return f"{99 if whole == 100 and share < 1 else whole}%"


@blueprint.app_template_filter("price")
def price(value: Mapping[str, Any] | None) -> str:
    """An amount of money to the cent: `€99.99`; a dash for none."""
    if value is None:
        return _NOTHING
    whole, _, minor = money.decimal(Money(**value)).partition(".")
    return words.unit(value["currency"]) + f"{int(whole):,}" + (f".{minor}" if minor.strip("0") else "")


@blueprint.app_template_filter("signed")
def signed(number: int) -> str:
    """`+3`, `−3` or `0`."""
    return f"+{number:,}" if number > 0 else f"−{-number:,}" if number else "0"


@blueprint.app_template_filter("average")
def average(number: float) -> str:
    """To one decimal, and that only where it is not 0."""
    return f"{number:,.1f}".removesuffix(".0")


@blueprint.app_template_filter("waited")
def waited(hours: float) -> str:
    """About how long: `an hour`, `5 hours`, `3 days`."""
    if hours >= _DAYS_FROM_HOURS:
        return f"{hours / 24:.0f} days"
    return f"{hours:.0f} hours" if hours >= _HOURS_FROM else "an hour"


@blueprint.app_template_filter("day_name")
def day_name(which: date) -> str:
    """`Mon 30 Nov`."""
    return f"{which:%a} {which.day} {which:%b}"


def difference(found: Mapping[str, Any]) -> str:
    """How LinkedIn's number and the count here differed; empty for a code that is not known."""
    count = found["count"]
    if found["code"] == "not_logged":
        missing = "1 InMail wasn't" if count == 1 else f"{count:,} InMails weren't"
        return f"{missing} logged: LinkedIn showed {count:,} fewer than Inkeeper had."
    if found["code"] == "more_than_computed":
        return f"LinkedIn showed {words.credits(count)} more than Inkeeper had."
    return ""


def verdict(advice: Mapping[str, Any], zone: str) -> str:
    """The advice in a sentence or two."""
    plans = {plan["plan"]: plan for plan in advice["plans"]}
    history, kind = advice["history"], advice["verdict"]
    many, plan = history["full_periods"], plans[advice["to_plan"] or advice["plan"]]
    title = plan["title"]
    early = f"you ran out more than {_EARLY} early in {history['ran_out_early']} of {_periods(many, history)}"
    if kind == "not_enough_history":
        missing = history["missing"]
        return (
            f"Advice on your plan needs {_periods(missing, history, 'more full ')}:"
            f" look again {_on(history['enough_on'], zone)}."
        )
    if kind == "upgrade":
        return f"Upgrade to {title}: {early}, and lately too."
    if kind == "cancel":
        covered = many - _free_plan(advice)["tried"]["short_periods"]
        return f"Cancel: you'd have missed no credit in {covered} of {_periods(many, history)}."
    if kind == "downgrade":
        noun = _noun(history)
        enough = f"every {noun}" if not plan["tried"]["short_periods"] else f"every {noun} but one"
        return f"Downgrade to {title}: its {words.credits(plan['allotment'])} would have been enough {enough}."
    return _stay(advice, title, early)


def _free_plan(advice: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(plan for plan in advice["plans"] if not plan["allotment"])
    return found


def _stay(advice: Mapping[str, Any], title: str, early: str) -> str:
    if advice["if_cancelled"] is None:
        return "You're on the free plan, so there's nothing to change."
    if advice["need"] == "lasting":
        return f"Stay on {title}: {early}, but there's no larger plan."
    if advice["need"] == "busy_month":
        return f"Stay on {title}: {early}. That's a busy {_noun(advice['history'])} now and then, not a lasting need."
    return f"Stay on {title}: no cheaper plan would have covered what you sent."


def change(found: Mapping[str, Any], title: str, now: datetime, zone: str) -> tuple[str, str]:
    """What a change of plan is called, and what it would do to the credits."""
    names = {"upgrade": f"Upgrade to {title}", "downgrade": f"Downgrade to {title}", "cancel": "Cancel"}
    at = found["effective_at"]
    when = _on(at, zone)
    begin = "You'd" if at <= now else f"{when[0].upper()}{when[1:]} you'd"
    after = found["balance_after"]
    steps = []
    if found["voided"]:
        worth = f" ({words.amount(found['value_voided'])})" if found["value_voided"] else ""
        steps.append(f"lose {words.credits(found['voided'])}{worth}")
    if found["granted"]:
        steps.append(f"get {words.credits(found['granted'])}")
    if not steps:
        done = f"{begin} keep your {words.credits(after)}." if after else f"{begin} lose nothing."
    else:
        done = f"{begin} {', '.join(steps)} and have {f'{after:,}' if after else 'none'} left."
    coming = found["next_renewal"]
    if coming:
        done += f" The next {coming['credits']:,} come {dates.day(coming['at'], zone)}."
    return names[found["direction"]], done


def leaving(advice: Mapping[str, Any], zone: str) -> str:
    """When to cancel, and what to do before."""
    rest, now = advice["if_cancelled"], advice["as_of"]
    renewal = dates.day(rest["renews_at"], zone)
    by = dates.say_day(rest["cancel_by"], dates.today(zone))
    use = f"Use your {words.credits(rest['credits'])} first, by {by}. " if rest["credits"] else ""
    if rest["cancelled"]:
        return f"{use}Your subscription ends {renewal}, and what's left then is lost."
    leave = _free_plan(advice)["change"]
    if leave and leave["effective_at"] > now:
        return f"{use}Cancel by {by}, or you'll pay again {renewal}. What's left then is lost."
    return f"{use}If you cancel, do it {by}: what's left is lost at once, and {renewal} you'd pay again."


def _on(at: datetime, zone: str) -> str:
    """`tomorrow`, or `on Mon 30 Nov`."""
    day = dates.day(at, zone)
    return day if day in dates.NEAR.values() else f"on {day}"


def _noun(history: Mapping[str, Any]) -> str:
    return "month" if history["period_months"] == 1 else "period"


def _periods(many: int, history: Mapping[str, Any], kind: str = "") -> str:
    """`1 month`, `3 more full months`; periods where the plan's are longer than a month."""
    return f"{many} {kind}{_noun(history)}" + ("" if many == 1 else "s")


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """The report's names of codes, for templates."""
    return {"COLUMNS": COLUMNS, "LOSSES": LOSSES, "POINTS": POINTS, "RULES": RULES}
