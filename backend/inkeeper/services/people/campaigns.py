"""Campaigns: a named list with a sequence of InMails, days, and a budget of credits.

What is left of a campaign after its last day is dropped by computation (`rules/targets.py`), so nothing has to run on
that day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from inkeeper.errors import Problem, conflict, invalid, not_found
from inkeeper.reasons import reason
from inkeeper.services.access import Actor, owned_account, owned_campaign
from inkeeper.storage import campaigns, target_list, targets, texts
from inkeeper.storage.campaigns import Campaign, Step
from inkeeper.storage.transaction import Transaction

DEFAULT_WORKING_DAYS = 7
"""Default working days after which a follow-up is due."""

_DATED = ("steps", "starts", "ends")
"""Fields whose change requires recomputing the campaign's targets."""


class CampaignProgress(NamedTuple):
    """A campaign and how far it is. Days are local to its account, both included.

    `over` says that its last day has passed. `spent` are the credits that its InMails cost, `sent` is their number. The
    counts of targets are those of `storage.target_list.InCampaign`.
    """

    id: str
    name: str
    account: str
    goal: str | None
    budget: int | None
    starts: date | None
    ends: date | None
    steps: tuple[Step, ...]
    created_at: datetime
    archived: bool
    over: bool
    spent: int
    sent: int
    targets: int
    open: int
    planned: int
    waiting: int
    answered: int
    dropped: int


class Filled(NamedTuple):
    """A campaign after adding targets, and the number of those that were not in it before."""

    campaign: CampaignProgress
    added: int


def list_campaigns(
    tx: Transaction, actor: Actor, account_id: str | None, after: str | None, limit: int, now: datetime
) -> list[CampaignProgress]:
    """Up to `limit` of the owner's campaigns in order of their making, after the id `after`, without archived ones."""
    found = campaigns.list_campaigns(tx, actor.owner_id, account_id, after, limit)
    return _with_progress(tx, actor, found, now)


def get_campaign(tx: Transaction, actor: Actor, campaign_id: str, now: datetime) -> CampaignProgress:
    """One campaign, an archived one too. Raises the 404 Problem."""
    return _with_progress(tx, actor, [owned_campaign(tx, actor, campaign_id)], now)[0]


def create_campaign(tx: Transaction, actor: Actor, wanted: Mapping[str, Any], now: datetime) -> CampaignProgress:
    """Store a campaign. `wanted` holds the fields of the HTTP contract. Raises the 422 Problem at the field."""
    try:
        account_id = owned_account(tx, actor, wanted["account"]).id
    except Problem:
        raise invalid("account", reason("account.none")) from None
    _check_days(wanted, None, target_list.today_of(tx, actor.owner_id, now).of(account_id))
    steps = _steps(tx, actor, wanted.get("steps") or [{}], keep=())
    campaign_id = campaigns.add(tx, actor.owner_id, account_id, wanted, steps, now)
    return get_campaign(tx, actor, campaign_id, now)


def update_campaign(
    tx: Transaction, actor: Actor, campaign_id: str, changes: Mapping[str, Any], now: datetime
) -> CampaignProgress:
    """Change what is given; `steps` replaces the whole sequence. Brings the campaign's targets up to date.

    Raises the 404 Problem for a campaign that is not there or was deleted, the 422 Problem at the field at fault.
    """
    before = _present(tx, actor, campaign_id)
    _check_days(changes, before, target_list.today_of(tx, actor.owner_id, now).of(before.account_id))
    if "steps" in changes:
        kept = {text for step in before.steps for text in step.texts}
        campaigns.replace_steps(tx, campaign_id, _steps(tx, actor, changes["steps"], keep=kept))
    campaigns.update(tx, campaign_id, changes)
    if any(name in changes for name in _DATED):
        _follow(tx, actor, before)
    return get_campaign(tx, actor, campaign_id, now)


def delete_campaign(tx: Transaction, actor: Actor, campaign_id: str, now: datetime) -> bool:
    """Delete a campaign; its people stay on the list. A campaign with InMails is archived instead: lists leave it out,
    its InMails keep it, and its open targets are dropped. Returns whether it was archived. Raises the 404 Problem.
    """
    campaign = _present(tx, actor, campaign_id)
    archived = campaigns.has_inmails(tx, campaign_id)
    theirs = targets.of_campaign(tx, campaign_id)
    if archived:
        campaigns.set_archived(tx, campaign_id, now)
    else:
        campaigns.remove(tx, campaign_id)
    _follow(tx, actor, campaign, theirs)
    return archived


def restore_campaign(tx: Transaction, actor: Actor, campaign_id: str, now: datetime) -> CampaignProgress:
    """Restore an archived campaign with its open targets. Raises the 404 Problem."""
    campaign = owned_campaign(tx, actor, campaign_id)
    campaigns.set_archived(tx, campaign_id, None)
    _follow(tx, actor, campaign)
    return get_campaign(tx, actor, campaign_id, now)


def add_targets(tx: Transaction, actor: Actor, campaign_id: str, target_ids: Sequence[str], now: datetime) -> Filled:
    """Add targets to the campaign; those in it already stay unchanged. Two texts of a step are used in turn, in the
    order of the list.

    Raises the 404 Problem for the campaign, the 422 Problem for targets that are not there, and the 409 Problem `over`
    for a campaign that has ended.
    """
    campaign = _present(tx, actor, campaign_id)
    today = target_list.today_of(tx, actor.owner_id, now).of(campaign.account_id)
    if campaign.ends is not None and campaign.ends < today:
        raise conflict("over", reason("campaign.ended_extend", day=campaign.ends))
    found = targets.get_all(tx, actor.owner_id, target_ids)
    check_there(target_ids, {target.id for target in found})
    coming = [target for target in found if target.campaign_id != campaign_id]
    before = targets.count_in_campaign(tx, campaign_id)
    for variant in (0, 1):
        ids = [target.id for number, target in enumerate(coming, start=before) if number % 2 == variant]
        columns = {"campaign_id": campaign_id, "account_id": campaign.account_id, "variant": variant}
        targets.update(tx, ids, columns)
    if coming:
        accounts = {campaign.account_id, *(target.account_id for target in coming)}
        targets.follow(tx, [target.id for target in coming])
        targets.changed(tx, actor.owner_id, accounts)
    return Filled(get_campaign(tx, actor, campaign_id, now), len(coming))


def joinable(tx: Transaction, actor: Actor, campaign_id: str, now: datetime) -> Campaign:
    """The campaign, for adding targets to it. Raises the 422 Problem at `campaign` for one that is not there or has
    ended.
    """
    campaign = campaigns.get(tx, actor.owner_id, campaign_id)
    if campaign is None or campaign.archived_at is not None:
        raise invalid("campaign", reason("campaign.none"))
    today = target_list.today_of(tx, actor.owner_id, now).of(campaign.account_id)
    if campaign.ends is not None and campaign.ends < today:
        raise invalid("campaign", reason("campaign.ended", day=campaign.ends))
    return campaign


def check_there(wanted: Sequence[str], found: Collection[str]) -> None:
    """Raise the 422 Problem at `targets` for the first id that is not the owner's."""
    for number, target_id in enumerate(wanted):
        if target_id not in found:
            raise invalid(f"targets.{number}", reason("target.none"))


def _with_progress(tx: Transaction, actor: Actor, found: Sequence[Campaign], now: datetime) -> list[CampaignProgress]:
    ids = [campaign.id for campaign in found]
    today = target_list.today_of(tx, actor.owner_id, now)
    sent = campaigns.sent_in(tx, ids)
    counts = target_list.count_by_campaign(tx, ids, today, now)
    return [
        CampaignProgress(
            *(each.id, each.name, each.account_id, each.goal, each.budget, each.starts, each.ends, each.steps),
            created_at=each.created_at,
            archived=each.archived_at is not None,
            over=each.ends is not None and each.ends < today.of(each.account_id),
            spent=sent[each.id].credits,
            sent=sent[each.id].inmails,
            **counts[each.id]._asdict(),
        )
        for each in found
    ]


def _present(tx: Transaction, actor: Actor, campaign_id: str) -> Campaign:
    found = owned_campaign(tx, actor, campaign_id)
    if found.archived_at is not None:
        raise not_found("campaign")
    return found


def _follow(tx: Transaction, actor: Actor, campaign: Campaign, target_ids: Sequence[str] | None = None) -> None:
    """Recompute the campaign's targets, and invalidate cached answers about them."""
    ids = targets.of_campaign(tx, campaign.id) if target_ids is None else target_ids
    if ids:
        targets.follow(tx, ids)
        accounts = {target.account_id for target in targets.get_all(tx, actor.owner_id, ids)}
        targets.changed(tx, actor.owner_id, {campaign.account_id, *accounts})


def _check_days(wanted: Mapping[str, Any], before: Campaign | None, today: date) -> None:
    """Raise the 422 Problem for days that no campaign can have. A last day in the past may only stay as it is."""
    starts = wanted.get("starts", before and before.starts)
    ends = wanted.get("ends", before and before.ends)
    if ends is not None and starts is not None and ends < starts:
        field = "ends" if "ends" in wanted else "starts"
        raise invalid(field, reason("campaign.order", ends=ends, starts=starts))
    if ends is not None and ends < today and (before is None or before.ends != ends):
        raise invalid("ends", reason("campaign.over", today=today, ends=ends))


def _steps(tx: Transaction, actor: Actor, wanted: Sequence[Mapping[str, Any]], *, keep: Collection[str]) -> list[Step]:
    """The steps to store. Texts that were deleted are refused, but for those that the campaign has already (`keep`)."""
    found = []
    for number, step in enumerate(wanted):
        after = step.get("after_working_days")
        if number == 0 and after is not None:
            raise invalid("steps.0.after_working_days", reason("campaign.first_step"))
        ids = step.get("texts", [])
        if len(set(ids)) != len(ids):
            raise invalid(f"steps.{number}.texts", reason("campaign.two_texts"))
        for place, text_id in enumerate(ids):
            text = texts.get(tx, actor.owner_id, text_id)
            if text is None or (text.archived_at is not None and text_id not in keep):
                raise invalid(f"steps.{number}.texts.{place}", reason("text.none"))
        follow_up_after = None if number == 0 else DEFAULT_WORKING_DAYS if after is None else after
        found.append(Step(follow_up_after, step.get("purpose"), tuple(ids)))
    return found
