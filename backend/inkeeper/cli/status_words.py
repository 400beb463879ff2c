"""The status of an account, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from inkeeper.jsontext import plain
from inkeeper.rules.periods import day_start, local_day, time_zone
from inkeeper.rules.replay import cap_of
from inkeeper.services.access import Actor, owned_account
from inkeeper.services.ledger.summary import Loss, Overview, summary
from inkeeper.storage.accounts import Owned
from inkeeper.storage.transaction import Transaction
from inkeeper.terminal import printable
from inkeeper.vocabulary import PACE_WARNING_CODES, PaceStatus
from inkeeper.wording import dates, warnings
from inkeeper.wording.amounts import credits, daily_rate, short_money
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import gettext, language, ngettext, pgettext

_INSTANT = timedelta(microseconds=1)
_SHARED_KEYS = (
    "account plan_title balance allotment allotment_months used free_used period next_loss next_renewal pace observed"
).split()

_PACE: dict[PaceStatus, str] = {
    "behind": gettext_noop("Behind: send %(rate)s a working day to use them all."),
    "on_pace": gettext_noop("On pace: send %(rate)s a working day to use them all."),
    "ahead": gettext_noop("Ahead: send %(rate)s a working day to use them all."),
}


class Status(NamedTuple):
    """An account's summary. `limit` is the most credits that its plan keeps, None without such a limit."""

    owner: str
    limit: int | None
    summary: Overview


def read(tx: Transaction, owned: Owned, now: datetime) -> Status:
    """Read the account's status at `now` (UTC)."""
    found = summary(tx, owned_account(tx, Actor(owned.owner_id), owned.id), now)
    return Status(owned.owner_name, cap_of(found.outlook.state), found.answer)


def as_json(status: Status) -> dict[str, Any]:
    """The status with the keys that `inkeeper status --help` documents."""
    shared = plain(status.summary)
    return {
        "owner": status.owner,
        "limit": status.limit,
        **{key: shared[key] for key in _SHARED_KEYS},
        "lost_at_this_rate": status.summary.forecast.lost,
        "warnings": [
            {"code": warning.code, "severity": warning.severity, "until": warning.until}
            for warning in status.summary.warnings
        ],
    }


def as_text(status: Status, now: datetime) -> str:
    """The status as a block of lines. `now` is UTC."""
    found = status.summary
    lines = [_balance(status), *_changes(found, now), *_pace(found)]
    over = found.next_loss and found.next_loss.reason == "forfeit"
    said: set[str] = {*PACE_WARNING_CODES, *(["over_cap"] if over else [])}
    lines += [
        f"! {warnings.render(warning, language()).title}." for warning in found.warnings if warning.code not in said
    ]
    return printable(found.account.name) + "".join(f"\n  {printable(line)}" for line in lines)


def other_zones(found: Sequence[Status], now: datetime) -> str:
    """A sentence on the accounts' time zones, if their clocks differ from this computer's. Empty if not."""
    here = now.astimezone().utcoffset()
    zones = {each.summary.account.time_zone for each in found}
    other = sorted(zone for zone in zones if now.astimezone(time_zone(zone)).utcoffset() != here)
    return gettext("Days and times are those of %(zones)s.", zones=language().join(other)) if other else ""


def left(balance: int) -> str:
    """`12 credits left`."""
    return ngettext("%(number)s credit left", "%(number)s credits left", balance)


def _balance(status: Status) -> str:
    found = status.summary
    text = left(found.balance)
    if found.allotment and found.balance <= found.allotment:
        text = gettext("%(left)s of %(allotment)s", left=text, allotment=found.allotment)
    if status.limit is not None:
        text = gettext("%(left)s, limit %(limit)s", left=text, limit=status.limit)
    return f"{text}."


def _changes(found: Overview, now: datetime) -> list[str]:
    """The next loss and the next renewal, the earlier one first."""
    zone, loss, renewal = found.account.time_zone, found.next_loss, found.next_renewal
    lines: list[tuple[datetime, str]] = []
    if renewal:
        text = ngettext(
            "%(number)s new credit comes %(when)s.",
            "%(number)s new credits come %(when)s.",
            renewal.credits,
            when=_when(renewal.at, zone, now),
        )
        lines.append((renewal.at, text))
    if loss:
        # New credits that find no room are lost as they come, all others before the new ones come.
        at = loss.at if loss.reason == "forfeit" else loss.at - _INSTANT
        lines.append((at, _loss(loss, zone, now)))
    lines.sort(key=lambda line: line[0])
    return [text for _, text in lines] + ([] if renewal else [gettext("No more credits come on this plan.")])


def _loss(loss: Loss, zone: str, now: datetime) -> str:
    worth = f" ({short_money(loss.value, language())})" if loss.value else ""
    if loss.reason == "forfeit":
        return ngettext(
            "There's no room for %(number)s of the credits that come %(when)s%(worth)s: your limit is reached.",
            "There's no room for %(number)s of the credits that come %(when)s%(worth)s: your limit is reached.",
            loss.credits,
            when=_when(loss.at, zone, now),
            worth=worth,
        )
    if loss.reason == "void":
        return ngettext(
            "%(number)s is lost with the plan %(when)s%(worth)s.",
            "%(number)s are lost with the plan %(when)s%(worth)s.",
            loss.credits,
            when=_until(loss.at, zone, now),
            worth=worth,
        )
    return ngettext(
        "%(number)s expires %(when)s%(worth)s.",
        "%(number)s expire %(when)s%(worth)s.",
        loss.credits,
        when=_until(loss.at, zone, now),
        worth=worth,
    )


def _pace(found: Overview) -> list[str]:
    pace = found.pace
    if not found.balance:
        return []
    if pace.status == "done":
        return [gettext("Nothing is lost soon.")] if found.next_loss is None else []
    rate, lost = daily_rate(pace.per_day), found.forecast.lost
    if lost:
        return [
            gettext(
                "At this rate you'll lose %(credits)s. Send %(rate)s a working day to use them all.",
                rate=rate,
                credits=credits(lost, language()),
            )
        ]
    return [gettext(_PACE[pace.status], rate=rate)]


def _until(at: datetime, zone: str, now: datetime) -> str:
    """The last day before the instant; the instant's day and time if it is within a day."""
    if at == day_start(zone, local_day(zone, at)):
        return _when(at - _INSTANT, zone, now)
    day, time = _when(at, zone, now), language().time_of_day(at.astimezone(time_zone(zone)).time())
    return gettext("%(day)s, %(time)s", day=day, time=time)


def _when(at: datetime, zone: str, now: datetime) -> str:
    """The day of an instant: `today`, `tomorrow`, `on Mon 30 Nov, in 3 days`."""
    day = local_day(zone, at)
    days = (day - local_day(zone, now)).days
    relative = dates.in_days(days, language())
    if days < 2:
        return relative
    return pgettext("status.day", "on %(day)s, %(relative)s", day=language().weekday(day), relative=relative)
