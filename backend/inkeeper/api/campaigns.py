"""HTTP routes of campaigns: sequences of InMails with dates and a budget."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response
from marshmallow import fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import CleanText, Instant, Integer, PageQuery, Schema, page_of, paged
from inkeeper.api.writes import write_once
from inkeeper.services.people import campaigns
from inkeeper.services.people.campaigns import CampaignProgress
from inkeeper.storage.transaction import Transaction
from inkeeper.vocabulary import PURPOSES

blueprint = Blueprint("campaigns", __name__, url_prefix="/api/v1/campaigns", description="Sequences of InMails")

MOST_STEPS = 4
MOST_TARGETS = 10_000
LARGEST_BUDGET = 1_000_000
DAYS = validate.Range(date(2000, 1, 1), date(2099, 12, 31), error="Must be a day of the years 2000 to 2099.")


class StepSchema(Schema):
    """A step of a sequence: the first InMail, or a follow-up to an unanswered one."""

    after_working_days = Integer(
        minimum=3,
        maximum=28,
        allow_none=True,
        metadata={"description": "Working days after the step before; null for the first, 7 if left out."},
    )
    purpose = fields.String(validate=validate.OneOf(PURPOSES), allow_none=True)
    texts = fields.List(
        fields.String(),
        validate=validate.Length(max=2, error="A step has two texts at most."),
        metadata={"description": "One, or two to be used in turn."},
    )


class CampaignSchema(Schema):
    """A campaign. `starts` and `ends` are local dates in the account's time zone, both inclusive."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    account = fields.String(required=True)
    goal = fields.String(required=True, allow_none=True)
    budget = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Credits that it may cost; null for no limit. With 0 nothing can be planned."},
    )
    starts = fields.Date(required=True, allow_none=True)
    ends = fields.Date(required=True, allow_none=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    created_at = Instant(required=True)
    archived = fields.Boolean(required=True, metadata={"description": "It was deleted, and its InMails keep it."})
    over = fields.Boolean(required=True, metadata={"description": "Its last day has passed."})
    spent = fields.Integer(required=True, metadata={"description": "Credits; those that came back are not taken off."})
    sent = fields.Integer(required=True, metadata={"description": "InMails."})
    targets = fields.Integer(required=True)
    open = fields.Integer(required=True, metadata={"description": "Targets that can be written to now."})
    planned = fields.Integer(required=True, metadata={"description": "Targets with a planned day."})
    waiting = fields.Integer(required=True, metadata={"description": "Targets that wait for an answer."})
    answered = fields.Integer(required=True)
    dropped = fields.Integer(
        required=True, metadata={"description": "Targets that had a step left when the campaign ended."}
    )


class FilledCampaignSchema(CampaignSchema):
    """A campaign after adding targets; `added` counts those that were not in it before."""

    added = fields.Integer(required=True)


class _Fields(Schema):
    goal = CleanText(max_length=500, lines=True, allow_none=True)
    budget = Integer(
        minimum=0,
        maximum=LARGEST_BUDGET,
        allow_none=True,
        metadata={"description": "Credits. 0 is allowed and means that nothing can be planned."},
    )
    starts = fields.Date(validate=DAYS, allow_none=True)
    ends = fields.Date(validate=DAYS, allow_none=True)
    steps = fields.List(
        fields.Nested(StepSchema),
        validate=validate.Length(1, MOST_STEPS, error="A campaign has the first InMail and three follow-ups at most."),
        metadata={"description": "The first InMail, then up to three follow-ups; one InMail if left out."},
    )


class NewCampaignSchema(_Fields):
    """The body of a new campaign."""

    name = CleanText(required=True, max_length=100)
    account = fields.String(required=True)


class CampaignChangesSchema(_Fields):
    """Changes of a campaign. Missing fields keep their value; `steps` replaces the whole sequence."""

    name = CleanText(max_length=100)


class CampaignsQuery(PageQuery):
    """Which campaigns to list."""

    account = fields.String(metadata={"description": "Those of this account."})


class TargetIdsSchema(Schema):
    """Targets by their ids."""

    targets = fields.List(fields.String(), required=True, validate=validate.Length(max=MOST_TARGETS))


class DeletedCampaignSchema(Schema):
    """The result of deleting a campaign: a campaign with InMails is archived instead."""

    id = fields.String(required=True)
    archived = fields.Boolean(required=True)


@blueprint.get("")
@blueprint.arguments(CampaignsQuery, location="query")
@blueprint.response(200, page_of(CampaignSchema))
def list_campaigns(query: dict[str, Any]) -> dict[str, Any]:
    """List the campaigns, in order of their making."""
    limit, cursor = query["limit"], query["cursor"]
    with store().read() as tx:
        found = campaigns.list_campaigns(tx, actor(), query.get("account"), cursor and cursor[0], limit + 1, now())
    return paged(found, limit, lambda campaign: [campaign.id])


@blueprint.post("")
@blueprint.arguments(NewCampaignSchema)
@blueprint.response(201, CampaignSchema)
def create_campaign(body: dict[str, Any]) -> Response:
    """Make a campaign."""
    return write_once(None, lambda tx: (201, campaigns.create_campaign(tx, actor(), body, now())))


@blueprint.get("/<campaign_id>")
@blueprint.response(200, CampaignSchema)
def get_campaign(campaign_id: str) -> CampaignProgress:
    """Show a campaign."""
    with store().read() as tx:
        return campaigns.get_campaign(tx, actor(), campaign_id, now())


@blueprint.patch("/<campaign_id>")
@blueprint.arguments(CampaignChangesSchema)
@blueprint.response(200, CampaignSchema)
def update_campaign(body: dict[str, Any], campaign_id: str) -> Response:
    """Change a campaign. Other steps and days hold at once for all its targets."""
    return write_once(None, lambda tx: (200, campaigns.update_campaign(tx, actor(), campaign_id, body, now())))


@blueprint.delete("/<campaign_id>")
@blueprint.response(200, DeletedCampaignSchema)
def delete_campaign(campaign_id: str) -> Response:
    """Delete a campaign; its people stay on the list. One with InMails is archived, and what is left of it dropped."""

    def delete(tx: Transaction) -> tuple[int, dict[str, Any]]:
        return 200, {"id": campaign_id, "archived": campaigns.delete_campaign(tx, actor(), campaign_id, now())}

    return write_once(None, delete)


@blueprint.post("/<campaign_id>/targets")
@blueprint.arguments(TargetIdsSchema)
@blueprint.response(200, FilledCampaignSchema)
def add_targets(body: dict[str, Any], campaign_id: str) -> Response:
    """Put targets into a campaign. Those that are in it stay as they are; 409 `over` for a campaign that has ended."""

    def add(tx: Transaction) -> tuple[int, dict[str, Any]]:
        filled = campaigns.add_targets(tx, actor(), campaign_id, body["targets"], now())
        return 200, filled.campaign._asdict() | {"added": filled.added}

    return write_once(None, add)
