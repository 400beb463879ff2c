"""What came of an account's InMails by text, campaign, purpose, weekday or hour. Runs inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from typing import Literal, NamedTuple

from inkeeper.clock import from_microseconds
from inkeeper.rules import periods
from inkeeper.rules.money import Money
from inkeeper.rules.replay import allotment_of
from inkeeper.rules.report import HOURS, WEEKDAYS
from inkeeper.rules.results import Counts, Difference, difference, result_of
from inkeeper.services import accounts
from inkeeper.services.accounts import Seat
from inkeeper.storage import history, results, texts
from inkeeper.storage.models import PURPOSES
from inkeeper.storage.transaction import Transaction

By = Literal["text", "campaign", "purpose", "weekday", "hour"]
WAYS: tuple[By, ...] = ("text", "campaign", "purpose", "weekday", "hour")
"""What InMails are counted by."""

NONE = "none"
"""Key of the InMails without a text, a campaign or a purpose."""

_TITLES = {"introduction": "Introduction", "follow_up": "Follow-up", "article": "Article", "other": "Other"}
_NO = {"text": "Without a text", "campaign": "Without a campaign", "purpose": "Without a purpose"}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Group(NamedTuple):
    """InMails that have something in common.

    `key` is `text:<id>:<version>`, `campaign:<id>`, the purpose, the weekday (1 Monday to 7 Sunday) or the hour (0 to
    23) in the account's zone, or `NONE`. `title` names it; a text's version stands in it where several were used.
    """

    key: str
    title: str
    counts: Counts


class Row(NamedTuple):
    """What came of the InMails of a group: see `rules.results.Result`.

    `difference` is set for a campaign that uses two texts in turn: `none`, `too_few`, or `text:<id>` of the text that
    is answered more often.
    """

    key: str
    title: str
    sent: int
    answered: int
    rate: float | None
    low: float | None
    high: float | None
    credits_per_answer: float | None
    cost_per_answer: Money | None
    difference: str | None


def list_results(tx: Transaction, owner_id: str, account_id: str, by: By, now: datetime) -> list[Row]:
    """What came of the account's InMails up to `now` (UTC), those taken back left out; no group without any.

    Texts and campaigns come with those that most InMails belong to first, all others in their own order. Credits have
    today's price. Raises a 404 Problem.
    """
    account = accounts.seat(owner_id, account_id)
    allotment = allotment_of(history.state_at(account_id, now)[0])
    groups = _GROUPS[by](tx, owner_id, account, now)
    differences = _differences(tx, account_id) if by == "campaign" else {}
    return [
        Row(
            group.key,
            group.title,
            group.counts.sent,
            group.counts.answered,
            *result_of(group.counts, account.price, allotment),
            differences.get(group.key),
        )
        for group in groups
        if group.counts.sent
    ]


def _by_text(tx: Transaction, owner_id: str, account: Seat, now: datetime) -> list[Group]:  # noqa: ARG001
    counted = results.by_text(tx, account.id)
    names = texts.names_of(tx, owner_id)
    used: dict[str, list[int]] = {}
    for text_id, version in counted:
        used.setdefault(text_id, []).append(version)

    def title(text_id: str, version: int) -> str:
        return f"{names[text_id]} · v{version}" if len(used[text_id]) > 1 else names[text_id]

    groups = [
        Group(f"text:{text_id}:{version}", title(text_id, version), counts)
        for (text_id, version), counts in counted.items()
    ]
    return [*_most_first(groups), _rest(tx, account, groups, "text")]


def _by_campaign(tx: Transaction, owner_id: str, account: Seat, now: datetime) -> list[Group]:  # noqa: ARG001
    names = results.campaign_names(tx, owner_id)
    groups = [
        Group(f"campaign:{campaign_id}", names[campaign_id], counts)
        for campaign_id, counts in results.by_campaign(tx, account.id).items()
    ]
    return [*_most_first(groups), _rest(tx, account, groups, "campaign")]


def _by_purpose(tx: Transaction, owner_id: str, account: Seat, now: datetime) -> list[Group]:  # noqa: ARG001
    counted = results.by_purpose(tx, account.id)
    groups = [Group(purpose, _TITLES[purpose], counted.get(purpose, _NOTHING)) for purpose in PURPOSES]
    return [*groups, _rest(tx, account, groups, "purpose")]


def _by_weekday(tx: Transaction, owner_id: str, account: Seat, now: datetime) -> list[Group]:  # noqa: ARG001
    hours = _hours(tx, account, now)
    return [
        Group(str(day + 1), _WEEKDAYS[day], _sum(hours, range(day * HOURS, (day + 1) * HOURS)))
        for day in range(WEEKDAYS)
    ]


def _by_hour(tx: Transaction, owner_id: str, account: Seat, now: datetime) -> list[Group]:  # noqa: ARG001
    hours = _hours(tx, account, now)
    return [
        Group(str(hour), f"{hour:02}:00", _sum(hours, range(hour, WEEKDAYS * HOURS, HOURS))) for hour in range(HOURS)
    ]


_GROUPS: Mapping[By, Callable[[Transaction, str, Seat, datetime], list[Group]]] = {
    "text": _by_text,
    "campaign": _by_campaign,
    "purpose": _by_purpose,
    "weekday": _by_weekday,
    "hour": _by_hour,
}
_NOTHING = Counts(0, 0, 0)


def _differences(tx: Transaction, account_id: str) -> dict[str, str]:
    """Which of two texts is answered more often, by the keys of the campaigns that use two."""
    found: dict[str, str] = {}
    for trial in results.trials(tx, account_id):
        better: dict[Difference, str] = {"first": f"text:{trial.text_id}", "second": f"text:{trial.second_text_id}"}
        judged = difference(trial.first, trial.second)
        found[f"campaign:{trial.campaign_id}"] = better.get(judged, judged)
    return found


def _hours(tx: Transaction, account: Seat, now: datetime) -> dict[int, Counts]:
    """The account's InMails by the hour of the week in its zone."""
    first = results.first_sent_at(tx, account.id)
    if first is None:
        return {}
    # No account has InMails of a time long after the request's.
    offsets = periods.offsets(account.time_zone, from_microseconds(first), now)
    return results.by_hour_of_week(tx, account.id, offsets)


def _rest(tx: Transaction, account: Seat, groups: list[Group], by: str) -> Group:
    """The account's InMails that belong to none of the groups."""
    whole = results.in_all(tx, account.id)
    counted = reduce(_added, (group.counts for group in groups), _NOTHING)
    return Group(NONE, _NO[by], Counts(*(all_ - some for all_, some in zip(whole, counted, strict=True))))


def _sum(hours: Mapping[int, Counts], wanted: range) -> Counts:
    return reduce(_added, (hours.get(hour, _NOTHING) for hour in wanted), _NOTHING)


def _added(one: Counts, other: Counts) -> Counts:
    return Counts(*(first + second for first, second in zip(one, other, strict=True)))


def _most_first(groups: list[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-group.counts.sent, group.title, group.key))
