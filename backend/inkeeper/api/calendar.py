"""The calendar feed over HTTP: its private address for whoever has a token, the feed for whoever has the address."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections import Counter
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import Response, current_app, request
from marshmallow import fields

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import now, owner_id, store
from inkeeper.api.schemas_base import Boolean, Instant, Schema
from inkeeper.api.writes import write_once
from inkeeper.errors import Problem
from inkeeper.jsontext import to_json
from inkeeper.services import calendar

blueprint = Blueprint("calendar", __name__, description="Expiries and renewals in the user's own calendar")

_ADDRESS = "/api/v1/accounts/<account_id>/calendar"
_CONTENT_TYPE = "text/calendar"


class NewAddressSchema(Schema):
    """Whether to make another address where there is one, which then stops working."""

    renew = Boolean(load_default=False)


class AddressSchema(Schema):
    """Whether the account's calendar can be read at a private address."""

    active = fields.Boolean(required=True)
    created_at = Instant(required=True, allow_none=True)
    last_read_at = Instant(required=True, allow_none=True, metadata={"description": "To within an hour."})


class MadeAddressSchema(Schema):
    """A new private address, shown this once."""

    path = fields.String(
        required=True,
        metadata={
            "description": "The address without the server's own, which the client knows: `/calendar/….ics`. Whoever"
            " has it can read the calendar."
        },
    )
    created_at = Instant(required=True)
    replaced = fields.Boolean(required=True, metadata={"description": "Whether an earlier address stopped working."})


class ReadLimit:
    """At most so many readings a minute, of each feed and of all the addresses that do not exist together."""

    PER_MINUTE = 60
    _MINUTE = timedelta(minutes=1)

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: datetime | None = None
        self._readings: Counter[str] = Counter()

    def count(self, feed: str, at: datetime) -> None:
        """Count a reading at `at` (UTC). Raises the 429 Problem if it is one too many."""
        with self._lock:
            # A clock that was set back must not keep the door shut.
            if self._since is None or not timedelta() <= at - self._since < self._MINUTE:
                self._since = at
                self._readings.clear()
            self._readings[feed] += 1
            if self._readings[feed] <= self.PER_MINUTE:
                return
            wait = self._since + self._MINUTE - at
        raise Problem(
            "too_many_requests",
            f"Read a calendar at most {self.PER_MINUTE} times a minute; once an hour is enough.",
            status=429,
            headers={"Retry-After": str(max(1, round(wait.total_seconds())))},
        )


@blueprint.get(_ADDRESS)
@blueprint.response(200, AddressSchema)
def show_address(account_id: str) -> dict[str, Any]:
    """Tell whether there is a private address. The address itself cannot be had again."""
    with store().read():
        return calendar.address_state(owner_id(), account_id)


@blueprint.post(_ADDRESS)
@blueprint.arguments(NewAddressSchema)
@blueprint.response(201, MadeAddressSchema)
def make_address(body: dict[str, Any], account_id: str) -> Response:
    """Make the private address, or another in its place."""

    def make(_: Any) -> tuple[int, dict[str, Any]]:
        salt = secrets.token_urlsafe(24)
        made = calendar.make_address(owner_id(), account_id, _secret(salt), now(), renew=body["renew"])
        return 201, {"salt": salt, **made}

    response = write_once(None, make)
    answer = json.loads(response.get_data())
    response.set_data(to_json({"path": f"/calendar/{_secret(answer.pop('salt'))}.ics", **answer}))
    return response


@blueprint.delete(_ADDRESS)
@blueprint.response(200, AddressSchema)
def revoke_address(account_id: str) -> Response:
    """End the private address, at once. Again: the same answer."""
    return write_once(None, lambda _: (200, calendar.revoke_address(owner_id(), account_id)))


@blueprint.get(f"{_ADDRESS}.ics")
@blueprint.response(200, {"type": "string"}, content_type=_CONTENT_TYPE)
@blueprint.alt_response(304, description="Nothing has changed since the answer with the ETag in `If-None-Match`.")
def download_calendar(account_id: str) -> Response:
    """Get the calendar as a file, to be taken into a calendar once."""
    response = _answer(calendar.feed_of(store(), owner_id(), account_id, now()))
    response.headers["Content-Disposition"] = 'attachment; filename="inkeeper.ics"'
    return response


@blueprint.get("/calendar/<string:secret>.ics")
@blueprint.problems(429)
@blueprint.response(200, {"type": "string"}, content_type=_CONTENT_TYPE)
@blueprint.alt_response(304, description="Nothing has changed since the answer with the ETag in `If-None-Match`.")
def read_feed(secret: str) -> Response:
    """Read the calendar at its private address, as calendar programs do. It holds counts and days, and no names."""
    limit: ReadLimit = current_app.extensions["inkeeper.read_limit"]
    try:
        address = calendar.find_address(store(), secret)
    except Problem:
        limit.count("", now())
        raise
    limit.count(address.account_id, now())
    calendar.note_read(store(), address, now())
    return _answer(calendar.feed_of(store(), address.owner_id, address.account_id, now()))


def _secret(salt: str) -> str:
    """The secret part of an address, which cannot be guessed, nor be told from what is stored.

    The answer to a write is stored, so that the same request sent again gets it again. With the salt alone in it the
    database does not hold the address; whoever sends the request has the token that it takes to work it out.
    """
    token = request.headers["Authorization"].partition(" ")[2].strip()
    digest = hmac.digest(token.encode("utf-8", "surrogateescape"), f"calendar {salt}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _answer(feed: calendar.Feed) -> Response:
    tag = feed.tag
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(feed.text(), content_type=f"{_CONTENT_TYPE}; charset=utf-8")
    response.set_etag(tag)
    return response
