"""Sentences of the report, made from codes and numbers of the services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from inkeeper.rules import money
from inkeeper.rules.advice import EARLY_BY
from inkeeper.rules.money import Money
from inkeeper.services.ledger.advice import History, IfCancelled, PlanAdvice, PlanOption
from inkeeper.services.ledger.plan_changes import PlanChange
from inkeeper.services.ledger.report import Differences
from inkeeper.web import dates, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import Translated, gettext, gettext_noop, language, ngettext

COLUMNS = Translated(
    {
        "granted": gettext_noop("New"),
        "used": gettext_noop("Used"),
        "free": gettext_noop("Free"),
        "returned": gettext_noop("Came back"),
        "expired": gettext_noop("Expired"),
        "forfeited": gettext_noop("Over the limit"),
        "voided": gettext_noop("Lost with the plan"),
        "adjusted": gettext_noop("Adjusted"),
        "left": gettext_noop("Left"),
    }
)
"""The column headings of the months' table, in order."""

LOSSES = Translated(
    {
        "expired": gettext_noop("expired"),
        "forfeited": gettext_noop("over the limit"),
        "voided": gettext_noop("lost with the plan"),
    }
)
POINTS = Translated(
    {
        "grant": gettext_noop("New credits"),
        "expire": gettext_noop("Expired"),
        "forfeit": gettext_noop("Over the limit"),
        "void": gettext_noop("Lost with the plan"),
    }
)

RULES = Translated(
    {
        "month_end": gettext_noop("Inkeeper's default: unused credits are lost at the end of the month."),
        "rolling": gettext_noop(
            "From LinkedIn's help pages, read in November 2026: unused credits carry over, up to a limit."
        ),
    }
)
"""The source of each rule book, with its rule about unused credits."""

_DAYS_FROM_HOURS = 48
_HOURS_FROM = 1.5
_NOTHING = "–"


@blueprint.app_template_filter("percent")
def percent(share: float | None) -> str:
    """A share in whole percent. Shares between 0 and 1 are never rounded to 0% or 100%."""
    if share is None:
        return _NOTHING
    if 0 < share < 0.01:
        return gettext("under %(percent)s", percent=language().percent(1))
    whole = int(share * 100 + 0.5)
    return language().percent(99 if whole == 100 and share < 1 else whole)


@blueprint.app_template_filter("price")
def price(value: Money | None) -> str:
    """An exact amount of money: `€99.99`; a dash for None."""
    if value is None:
        return _NOTHING
    whole, _, minor = money.decimal(value).partition(".")
    return words.in_currency(value.currency, int(whole), minor)


@blueprint.app_template_filter("signed")
def signed(number: int) -> str:
    """`+3`, `−3` or `0`."""
    return f"+{language().number(number)}" if number > 0 else f"−{language().number(-number)}" if number else "0"


@blueprint.app_template_filter("average")
def average(number: float) -> str:
    """A number with one decimal, or without decimals if that decimal is 0."""
    whole, _, tenth = f"{number:.1f}".partition(".")
    text = language().number(int(whole))
    return text if tenth == "0" else f"{text}{language().formats.decimal}{tenth}"


@blueprint.app_template_filter("waited")
def waited(hours: float) -> str:
    """An approximate duration in words: `an hour`, `5 hours`, `3 days`."""
    if hours >= _DAYS_FROM_HOURS:
        return ngettext("%(number)s day", "%(number)s days", round(hours / 24))
    if hours >= _HOURS_FROM:
        return ngettext("%(number)s hour", "%(number)s hours", round(hours))
    return gettext("an hour")


@blueprint.app_template_filter("day_name")
def day_name(which: date) -> str:
    """A day with its weekday: `Mon 30 Nov`."""
    return language().weekday(which)


def difference(found: Differences) -> str:
    """The difference between LinkedIn's balance and the ledger's in words."""
    count = found.credits
    if found.code == "not_logged":
        missing = ngettext("1 InMail wasn't", "%(number)s InMails weren't", count)
        return gettext(
            "%(missing)s logged: LinkedIn showed %(count)s fewer than Inkeeper had.", missing=missing, count=count
        )
    return gettext("LinkedIn showed %(count)s more than Inkeeper had.", count=words.credits(count))


def verdict(advice: PlanAdvice, zone: str) -> str:
    """The advice in one or two sentences."""
    history, kind = advice.history, advice.verdict
    many, plan = history.full_periods, _option(advice, advice.to_plan or advice.plan)
    title = plan.title
    early = gettext(
        "you ran out more than %(span)s early in %(early)s of %(periods)s",
        span=_early_span(),
        early=history.ran_out_early,
        periods=_periods(many, history),
    )
    if history.enough_on:
        return gettext(
            "Advice on your plan needs %(history)s: look again %(zone)s.",
            history=_more_periods(history.missing, history),
            zone=_on(history.enough_on, zone),
        )
    if kind == "upgrade":
        return gettext("Upgrade to %(title)s: %(early)s, and lately too.", title=title, early=early)
    if kind == "cancel":
        covered = many - _short_periods(_free_plan(advice))
        return gettext(
            "Cancel: you'd have missed no credit in %(covered)s of %(history)s.",
            covered=covered,
            history=_periods(many, history),
        )
    if kind == "downgrade":
        noun = _noun(history)
        enough = (
            gettext("every %(noun)s", noun=noun)
            if not _short_periods(plan)
            else gettext("every %(noun)s but one", noun=noun)
        )
        return gettext(
            "Downgrade to %(title)s: its %(plan)s would have been enough %(enough)s.",
            title=title,
            plan=words.credits(plan.allotment),
            enough=enough,
        )
    return _stay(advice, title, early)


def _option(advice: PlanAdvice, plan: str) -> PlanOption:
    return next(option for option in advice.plans if option.plan == plan)


def _free_plan(advice: PlanAdvice) -> PlanOption:
    return next(plan for plan in advice.plans if not plan.allotment)


def _short_periods(plan: PlanOption) -> int:
    return plan.tried.short_periods if plan.tried else 0


def _stay(advice: PlanAdvice, title: str, early: str) -> str:
    if advice.if_cancelled is None:
        return gettext("You're on the free plan, so there's nothing to change.")
    if advice.need == "lasting":
        return gettext("Stay on %(title)s: %(early)s, but there's no larger plan.", title=title, early=early)
    if advice.need == "busy_month":
        return gettext(
            "Stay on %(title)s: %(early)s. That's a busy %(advice)s now and then, not a lasting need.",
            title=title,
            early=early,
            advice=_noun(advice.history),
        )
    return gettext("Stay on %(title)s: no cheaper plan would have covered what you sent.", title=title)


def change(found: PlanChange, title: str, now: datetime, zone: str) -> tuple[str, str]:
    """The title of a plan change, and its effect on the credits in words."""
    names = {
        "upgrade": gettext("Upgrade to %(title)s", title=title),
        "downgrade": gettext("Downgrade to %(title)s", title=title),
        "cancel": gettext("Cancel"),
    }
    at = found.effective_at
    when = _on(at, zone)
    begin = "You'd" if at <= now else gettext("%(upper)s%(when)s you'd", upper=when[0].upper(), when=when[1:])
    after = found.balance_after
    steps = []
    if found.voided:
        worth = f" ({words.amount(found.value_voided)})" if found.value_voided else ""
        steps.append(gettext("lose %(found)s%(worth)s", found=words.credits(found.voided), worth=worth))
    if found.granted:
        steps.append(gettext("get %(found)s", found=words.credits(found.granted)))
    if not steps:
        done = (
            gettext("%(begin)s keep your %(after)s.", begin=begin, after=words.credits(after))
            if after
            else gettext("%(begin)s lose nothing.", begin=begin)
        )
    else:
        done = gettext(
            "%(begin)s %(steps)s and have %(after)s left.",
            begin=begin,
            steps=", ".join(steps),
            after=language().number(after) if after else gettext("none"),
        )
    coming = found.next_renewal
    if coming:
        done += gettext(" The next %(credits)s come %(zone)s.", credits=coming.credits, zone=dates.day(coming.at, zone))
    return names[found.direction], done


def leaving(advice: PlanAdvice, rest: IfCancelled, zone: str) -> str:
    """When to cancel, and what to do before that, in words."""
    renewal = dates.day(rest.renews_at, zone)
    by = dates.day_text(rest.cancel_by, dates.today(zone))
    use = (
        gettext("Use your %(rest)s first, by %(by)s. ", rest=words.credits(rest.credits), by=by) if rest.credits else ""
    )
    if rest.cancelled:
        return gettext(
            "%(use)sYour subscription ends %(renewal)s, and what's left then is lost.", use=use, renewal=renewal
        )
    leave = _free_plan(advice).change
    if leave and leave.effective_at > advice.as_of:
        return gettext(
            "%(use)sCancel by %(by)s, or you'll pay again %(renewal)s. What's left then is lost.",
            use=use,
            by=by,
            renewal=renewal,
        )
    return gettext(
        "%(use)sIf you cancel, do it %(by)s: what's left is lost at once, and %(renewal)s you'd pay again.",
        use=use,
        by=by,
        renewal=renewal,
    )


def _on(at: datetime, zone: str) -> str:
    """`tomorrow`, or `on Mon 30 Nov`."""
    day = dates.day(at, zone)
    return day if day in dates.NEAR.values() else gettext("on %(day)s", day=day)


def _early_span() -> str:
    if EARLY_BY.days == 7:
        return gettext("a week")
    return ngettext("%(number)s day", "%(number)s days", EARLY_BY.days)


def _noun(history: History) -> str:
    return gettext("month") if history.period_months == 1 else gettext("period")


def _periods(many: int, history: History) -> str:
    """`1 month`, `3 months`; `periods` if the plan's periods are longer than a month."""
    if history.period_months == 1:
        return ngettext("%(number)s month", "%(number)s months", many)
    return ngettext("%(number)s period", "%(number)s periods", many)


def _more_periods(many: int, history: History) -> str:
    if history.period_months == 1:
        return ngettext("%(number)s more full month", "%(number)s more full months", many)
    return ngettext("%(number)s more full period", "%(number)s more full periods", many)


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """Template variables: texts of the report's codes."""
    return {"COLUMNS": COLUMNS, "LOSSES": LOSSES, "POINTS": POINTS, "RULES": RULES}
