"""Sentences of the report, made from codes and numbers of the services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from inkeeper.rules import money
from inkeeper.rules.advice import EARLY_BY
from inkeeper.rules.money import Money
from inkeeper.services.ledger.advice import History, IfCancelled, PlanAdvice, PlanOption
from inkeeper.services.ledger.plan_changes import PlanChange
from inkeeper.services.ledger.report import Differences
from inkeeper.web import dates, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import Translated, gettext, gettext_noop, language, ngettext


class Column(NamedTuple):
    """A column of the months' table: its heading, and the word behind a number, as in `12 used`."""

    heading: str
    behind: str


COLUMNS = Translated(
    {
        "granted": Column(gettext_noop("New"), gettext_noop("new")),
        "used": Column(gettext_noop("Used"), gettext_noop("used")),
        "free": Column(gettext_noop("Free"), gettext_noop("free")),
        "returned": Column(gettext_noop("Came back"), gettext_noop("came back")),
        "expired": Column(gettext_noop("Expired"), gettext_noop("expired")),
        "forfeited": Column(gettext_noop("Over the limit"), gettext_noop("over the limit")),
        "voided": Column(gettext_noop("Lost with the plan"), gettext_noop("lost with the plan")),
        "adjusted": Column(gettext_noop("Adjusted"), gettext_noop("adjusted")),
        "left": Column(gettext_noop("Left"), gettext_noop("left")),
    }
)
"""The columns of the months' table, in order."""

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

_ENOUGH = {
    (True, True): gettext_noop("Downgrade to %(title)s: its %(credits)s would have been enough every month."),
    (True, False): gettext_noop("Downgrade to %(title)s: its %(credits)s would have been enough every month but one."),
    (False, True): gettext_noop("Downgrade to %(title)s: its %(credits)s would have been enough every period."),
    (False, False): gettext_noop(
        "Downgrade to %(title)s: its %(credits)s would have been enough every period but one."
    ),
}
"""The advice to downgrade, by whether the periods are months and whether the plan was always enough."""

_BUSY = {
    True: gettext_noop("Stay on %(title)s: %(early)s, but that's a busy month now and then, not a lasting need."),
    False: gettext_noop("Stay on %(title)s: %(early)s, but that's a busy period now and then, not a lasting need."),
}
"""The advice to stay in spite of a busy period, by whether the periods are months."""

_DAYS_FROM_HOURS = 48
_HOURS_FROM = 1.5
_NOTHING = "–"

# translators: %(Day)s is a day at the beginning of a sentence: "Tomorrow", "On Mon 30 Nov". %(lost)s is such as
# "12 credits (€38)". %(left)s is a number or "none".
_EFFECTS = {
    "lose_and_get": (
        gettext_noop("You'd lose %(lost)s, get %(new)s and have %(left)s left."),
        gettext_noop("%(Day)s you'd lose %(lost)s, get %(new)s and have %(left)s left."),
    ),
    "lose": (
        gettext_noop("You'd lose %(lost)s and have %(left)s left."),
        gettext_noop("%(Day)s you'd lose %(lost)s and have %(left)s left."),
    ),
    "get": (
        gettext_noop("You'd get %(new)s and have %(left)s left."),
        gettext_noop("%(Day)s you'd get %(new)s and have %(left)s left."),
    ),
    "keep": (gettext_noop("You'd keep your %(kept)s."), gettext_noop("%(Day)s you'd keep your %(kept)s.")),
    "nothing": (gettext_noop("You'd lose nothing."), gettext_noop("%(Day)s you'd lose nothing.")),
}
"""The effect of a plan change: at once, and on a later day."""


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
    """The time within which half of the replies came, in about hours or days."""
    if hours >= _DAYS_FROM_HOURS:
        return ngettext(
            "Half of the replies came within %(number)s day.",
            "Half of the replies came within %(number)s days.",
            round(hours / 24),
        )
    if hours >= _HOURS_FROM:
        return ngettext(
            "Half of the replies came within %(number)s hour.",
            "Half of the replies came within %(number)s hours.",
            round(hours),
        )
    return gettext("Half of the replies came within an hour.")


@blueprint.app_template_filter("day_name")
def day_name(which: date) -> str:
    """A day with its weekday: `Mon 30 Nov`."""
    return language().weekday(which)


def difference(found: Differences) -> str:
    """The difference between LinkedIn's balance and the ledger's in words."""
    count = found.credits
    if found.code == "not_logged":
        return ngettext(
            "1 InMail wasn't logged: LinkedIn showed 1 fewer than Inkeeper had.",
            "%(number)s InMails weren't logged: LinkedIn showed %(number)s fewer than Inkeeper had.",
            count,
        )
    return gettext("LinkedIn showed %(credits)s more than Inkeeper had.", credits=words.credits(count))


def verdict(advice: PlanAdvice, zone: str) -> str:
    """The advice in one or two sentences."""
    history, kind = advice.history, advice.verdict
    many, plan = history.full_periods, _option(advice, advice.to_plan or advice.plan)
    title = words.plan_title(plan.title)
    # translators: A part of sentences such as "Upgrade to Recruiter: you ran out …, and lately too."
    early = gettext(
        "you ran out more than %(span)s early in %(early)s of %(periods)s",
        span=_early_span(),
        early=history.ran_out_early,
        periods=_periods(many, history),
    )
    if history.enough_on:
        return gettext(
            "Advice on your plan needs %(periods)s: look again %(day)s.",
            periods=_more_periods(history.missing, history),
            day=_on(history.enough_on, zone),
        )
    if kind == "upgrade":
        return gettext("Upgrade to %(title)s: %(early)s, and lately too.", title=title, early=early)
    if kind == "cancel":
        covered = many - _short_periods(_free_plan(advice))
        return gettext(
            "Cancel: you'd have missed no credit in %(covered)s of %(periods)s.",
            covered=covered,
            periods=_periods(many, history),
        )
    if kind == "downgrade":
        message = _ENOUGH[history.period_months == 1, not _short_periods(plan)]
        return gettext(message, title=title, credits=words.credits(plan.allotment))
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
        return gettext(_BUSY[advice.history.period_months == 1], title=title, early=early)
    return gettext("Stay on %(title)s: no cheaper plan would have covered what you sent.", title=title)


def change(found: PlanChange, title: str, now: datetime, zone: str) -> tuple[str, str]:
    """The title of a plan change, and its effect on the credits in words."""
    names = {
        "upgrade": gettext("Upgrade to %(title)s", title=title),
        "downgrade": gettext("Downgrade to %(title)s", title=title),
        "cancel": gettext("Cancel the subscription"),
    }
    done, coming = _effect(found, now, zone), found.next_renewal
    if coming:
        following = gettext(
            "The next %(credits)s come %(day)s.", credits=coming.credits, day=dates.on_day(coming.at, zone)
        )
        done = f"{done} {following}"
    return names[found.direction], done


def _effect(found: PlanChange, now: datetime, zone: str) -> str:
    """The effect of a plan change on the credits in one sentence, with its day if that is still to come."""
    after, later = found.balance_after, found.effective_at > now
    if found.voided:
        kind = "lose_and_get" if found.granted else "lose"
    elif found.granted:
        kind = "get"
    else:
        kind = "keep" if after else "nothing"
    when = _on(found.effective_at, zone)
    lost = words.credits(found.voided)
    if found.value_voided:
        lost = gettext("%(credits)s (%(worth)s)", credits=lost, worth=words.amount(found.value_voided))
    return gettext(
        _EFFECTS[kind][later],
        Day=when[0].upper() + when[1:],
        lost=lost,
        new=words.credits(found.granted),
        kept=words.credits(after),
        left=language().number(after) if after else gettext("none"),
    )


def leaving(advice: PlanAdvice, rest: IfCancelled, zone: str) -> str:
    """When to cancel, and what to do before that, in words."""
    renewal, last = dates.on_day(rest.renews_at, zone), rest.cancel_by
    by, on = dates.day_text(last, dates.today(zone)), dates.on_day_text(last, dates.today(zone))
    leave = _free_plan(advice).change
    if rest.cancelled:
        end = gettext("Your subscription ends %(renewal)s, and what's left then is lost.", renewal=renewal)
    elif leave and leave.effective_at > advice.as_of:
        end = gettext(
            "Cancel by %(by)s, or you'll pay again %(renewal)s. What's left then is lost.", by=by, renewal=renewal
        )
    else:
        end = gettext(
            "If you cancel, do it %(day)s: what's left is lost at once, and %(renewal)s you'd pay again.",
            day=on,
            renewal=renewal,
        )
    if not rest.credits:
        return end
    use = gettext("Use your %(credits)s first, by %(by)s.", credits=words.credits(rest.credits), by=by)
    return f"{use} {end}"


def _on(at: datetime, zone: str) -> str:
    """`tomorrow`, or `on Mon 30 Nov`."""
    day = dates.day(at, zone)
    return day if day in dates.NEAR.values() else gettext("on %(day)s", day=day)


def _early_span() -> str:
    if EARLY_BY.days == 7:
        return gettext("a week")
    return ngettext("%(number)s day", "%(number)s days", EARLY_BY.days)


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
