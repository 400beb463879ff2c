"""What came of an account's InMails by text, campaign, purpose, weekday or hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from inkeeper.instants import from_microseconds
from inkeeper.rules import periods
from inkeeper.rules.money import Money
from inkeeper.rules.replay import allotment_of, months_of
from inkeeper.rules.report import HOURS, WEEKDAYS
from inkeeper.rules.results import Counts, Difference, difference, result_of
from inkeeper.services.access import Actor, owned_account
from inkeeper.storage import balances, results, texts
from inkeeper.storage.accounts import Account
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import PURPOSES, ResultGrouping

NONE = "none"
"""Key of the InMails without a text, a campaign or a purpose."""

_NOTHING = Counts(0, 0, 0)


class Group(NamedTuple):
    """A group of InMails.

    `key` is `text:<id>:<version>`, `campaign:<id>`, the purpose, the weekday (1 Monday to 7 Sunday) or the hour (0 to
    23) in the account's zone, or `NONE`. `name` is what the owner calls the text or campaign, with the version of a
    text where several were used; None for other groups.
    """

    key: str
    name: str | None
    counts: Counts


class Row(NamedTuple):
    """The result of a group: see `rules.results.Result`.

    `difference` is set for a campaign that uses two texts in turn: `none`, `too_few`, or `text:<id>` of the text that
    is answered more often.
    """

    key: str
    name: str | None
    sent: int
    answered: int
    rate: float | None
    low: float | None
    high: float | None
    credits_per_answer: float | None
    cost_per_answer: Money | None
    difference: str | None


def list_results(tx: Transaction, actor: Actor, account_id: str, by: ResultGrouping, now: datetime) -> list[Row]:
    """The results of the account's InMails without retracted ones. Groups without InMails are left out.

    Texts and campaigns come with those that most InMails belong to first, all others in their own order. A credit has
    its price of `now` (UTC). Raises a 404 Problem.
    """
    account = owned_account(tx, actor, account_id)
    state, _ = balances.state_at(tx, account_id, now)
    allotment, months = allotment_of(state), months_of(state)
    groups = _groups(tx, actor, account, by, now)
    differences = _differences(tx, account_id) if by == "campaign" else {}
    return [
        Row(
            group.key,
            group.name,
            group.counts.sent,
            group.counts.answered,
            *result_of(group.counts, account.price, allotment, months),
            differences.get(group.key),
        )
        for group in groups
        if group.counts.sent
    ]


def _groups(tx: Transaction, actor: Actor, account: Account, by: ResultGrouping, now: datetime) -> list[Group]:
    if by == "weekday":
        return _by_weekday(_hours(tx, account, now))
    if by == "hour":
        return _by_hour(_hours(tx, account, now))
    if by == "text":
        groups = _by_text(results.by_text(tx, account.id), texts.names_of(tx, actor.owner_id))
    elif by == "campaign":
        groups = _by_campaign(results.by_campaign(tx, account.id), results.campaign_names(tx, actor.owner_id))
    else:
        groups = _by_purpose(results.by_purpose(tx, account.id))
    whole = results.in_all(tx, account.id)
    counted = _sum(group.counts for group in groups)
    rest = Counts(*(all_ - some for all_, some in zip(whole, counted, strict=True)))
    return [*groups, Group(NONE, None, rest)]


def _by_text(counted: Mapping[tuple[str, int], Counts], names: Mapping[str, str]) -> list[Group]:
    versions = Counter(text_id for text_id, _ in counted)
    return _most_first(
        Group(
            f"text:{text_id}:{version}",
            f"{names[text_id]} · v{version}" if versions[text_id] > 1 else names[text_id],
            counts,
        )
        for (text_id, version), counts in counted.items()
    )


def _by_campaign(counted: Mapping[str, Counts], names: Mapping[str, str]) -> list[Group]:
    return _most_first(
        Group(f"campaign:{campaign_id}", names[campaign_id], counts) for campaign_id, counts in counted.items()
    )


def _by_purpose(counted: Mapping[str, Counts]) -> list[Group]:
    return [Group(purpose, None, counted.get(purpose, _NOTHING)) for purpose in PURPOSES]


def _by_weekday(hours: Mapping[int, Counts]) -> list[Group]:
    return [Group(str(day + 1), None, _of(hours, range(day * HOURS, (day + 1) * HOURS))) for day in range(WEEKDAYS)]


def _by_hour(hours: Mapping[int, Counts]) -> list[Group]:
    return [Group(str(hour), None, _of(hours, range(hour, WEEKDAYS * HOURS, HOURS))) for hour in range(HOURS)]


def _differences(tx: Transaction, account_id: str) -> dict[str, str]:
    """Which of two texts is answered more often, by the keys of the campaigns that use two."""
    found: dict[str, str] = {}
    for trial in results.trials(tx, account_id):
        better: dict[Difference, str] = {"first": f"text:{trial.text_id}", "second": f"text:{trial.second_text_id}"}
        judged = difference(trial.first, trial.second)
        found[f"campaign:{trial.campaign_id}"] = better.get(judged, judged)
    return found


def _hours(tx: Transaction, account: Account, now: datetime) -> dict[int, Counts]:
    """The account's InMails by the hour of the week in its zone."""
    first = results.first_sent_at(tx, account.id)
    if first is None:
        return {}
    # InMails are never dated long after the request.
    offsets = periods.offsets(account.time_zone, from_microseconds(first), now)
    return results.by_hour_of_week(tx, account.id, offsets)


def _of(hours: Mapping[int, Counts], wanted: range) -> Counts:
    return _sum(hours.get(hour, _NOTHING) for hour in wanted)


def _sum(counted: Iterable[Counts]) -> Counts:
    return Counts(*map(sum, zip(_NOTHING, *counted, strict=True)))


def _most_first(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-group.counts.sent, group.name, group.key))
