"""HTTP routes of the calendar feed: managing its secret address (with a token), and the feed itself (without one)."""

from __future__ import annotations

import json
import secrets
from typing import Any

from flask import Response, current_app, request
from marshmallow import fields

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.limits import MinuteLimit
from inkeeper.api.schemas_base import Boolean, Instant, Schema
from inkeeper.api.writes import secret_from, write_once
from inkeeper.errors import Problem
from inkeeper.jsontext import to_json
from inkeeper.services.access import Actor
from inkeeper.services.reminders import calendar
from inkeeper.storage.transaction import Transaction

blueprint = Blueprint("calendar", __name__, description="Expiries and renewals in the user's own calendar")

_ADDRESS = "/api/v1/accounts/<account_id>/calendar"
_CONTENT_TYPE = "text/calendar"
_SECRET = "calendar"  # noqa: S105 (a purpose, not a secret)


class NewAddressSchema(Schema):
    """Whether to replace an existing address, which then stops working."""

    renew = Boolean(load_default=False)


class AddressSchema(Schema):
    """Whether the account's calendar has a secret address."""

    active = fields.Boolean(required=True)
    created_at = Instant(required=True, allow_none=True)
    last_read_at = Instant(required=True, allow_none=True, metadata={"description": "To within an hour."})


class MadeAddressSchema(Schema):
    """A new secret address. It is in this response only."""

    path = fields.String(
        required=True,
        metadata={
            "description": "The address without the server's own, which the client knows: `/calendar/….ics`. Anybody"
            " who has it can read the calendar."
        },
    )
    created_at = Instant(required=True)
    replaced = fields.Boolean(required=True, metadata={"description": "Whether an earlier address stopped working."})


READINGS_PER_MINUTE = 60
"""The limit of each feed, and of all unknown addresses together."""


def read_limit() -> MinuteLimit:
    """Create the rate limit of feed requests; each application has one."""
    return MinuteLimit(
        READINGS_PER_MINUTE,
        f"Read a calendar at most {READINGS_PER_MINUTE} times a minute; once an hour is enough.",
    )


@blueprint.get(_ADDRESS)
@blueprint.response(200, AddressSchema)
def show_address(account_id: str) -> calendar.AddressState:
    """Tell whether there is a private address. The address itself cannot be had again."""
    with store().read() as tx:
        return calendar.address_state(tx, actor(), account_id)


@blueprint.post(_ADDRESS)
@blueprint.arguments(NewAddressSchema)
@blueprint.response(201, MadeAddressSchema)
def make_address(body: dict[str, Any], account_id: str) -> Response:
    """Make the private address, or another in its place."""

    def make(tx: Transaction) -> tuple[int, dict[str, Any]]:
        salt = secrets.token_urlsafe(24)
        made = calendar.make_address(tx, actor(), account_id, secret_from(_SECRET, salt), now(), renew=body["renew"])
        return 201, {"salt": salt, **made._asdict()}

    response = write_once(None, make)
    answer = json.loads(response.get_data())
    response.set_data(to_json({"path": f"/calendar/{secret_from(_SECRET, answer.pop('salt'))}.ics", **answer}))
    return response


@blueprint.delete(_ADDRESS)
@blueprint.response(200, AddressSchema)
def revoke_address(account_id: str) -> Response:
    """End the private address, at once. Again: the same answer."""
    return write_once(None, lambda tx: (200, calendar.revoke_address(tx, actor(), account_id)))


@blueprint.get(f"{_ADDRESS}.ics")
@blueprint.response(200, {"type": "string"}, content_type=_CONTENT_TYPE)
@blueprint.alt_response(304, description="Nothing has changed since the answer with the ETag in `If-None-Match`.")
def download_calendar(account_id: str) -> Response:
    """Get the calendar as a file, to be taken into a calendar once."""
    response = _answer(calendar.feed_of(store(), actor(), account_id, now()))
    response.headers["Content-Disposition"] = 'attachment; filename="inkeeper.ics"'
    return response


@blueprint.get("/calendar/<string:secret>.ics")
@blueprint.problems(429)
@blueprint.response(200, {"type": "string"}, content_type=_CONTENT_TYPE)
@blueprint.alt_response(304, description="Nothing has changed since the answer with the ETag in `If-None-Match`.")
def read_feed(secret: str) -> Response:
    """Read the calendar at its private address, as calendar programs do. It holds counts and days, and no names."""
    limit: MinuteLimit = current_app.extensions["inkeeper.read_limit"]
    try:
        address = calendar.find_address(store(), secret)
    except Problem:
        limit.count("", now())
        raise
    limit.count(address.account_id, now())
    calendar.note_read(store(), address, now())
    return _answer(calendar.feed_of(store(), Actor(address.owner_id), address.account_id, now()))


def _answer(feed: calendar.Feed) -> Response:
    tag = feed.tag
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(feed.text(), content_type=f"{_CONTENT_TYPE}; charset=utf-8")
    response.set_etag(tag)
    return response
