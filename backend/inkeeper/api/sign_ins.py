"""HTTP routes that sign a browser in to the pages. A sign-in link is `<page>#signin=<secret>`."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, current_app, request
from marshmallow import fields, validate

from inkeeper.api.auth import bearer_token
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.limits import MinuteLimit
from inkeeper.api.schemas_base import Instant, Schema, Text
from inkeeper.api.writes import secret_from, write_once
from inkeeper.clock import format_instant
from inkeeper.errors import Problem
from inkeeper.jsontext import to_json
from inkeeper.services.devices import sign_ins
from inkeeper.storage.transaction import Transaction

blueprint = Blueprint("sign_ins", __name__, url_prefix="/api/v1/sign-ins", description="Signing in to the pages")

WRONG_SECRETS_PER_MINUTE = 20
_SECRET = "sign-in"  # noqa: S105 (a purpose, not a secret)


class NewSignInSchema(Schema):
    """An empty body: the token identifies the owner."""


class SignInSchema(Schema):
    """A one-time secret that signs a browser in."""

    secret = fields.String(required=True)
    expires_at = Instant(required=True)


class RedeemSchema(Schema):
    """The secret from a link, and the browser that opened it."""

    secret = fields.String(required=True, validate=validate.Length(1, 200))
    device = Text(required=True, max_length=90, metadata={"examples": ["Firefox on Linux"]})


class SignedInSchema(Schema):
    """The page's token. It is in this response only."""

    token = fields.String(required=True)
    device_id = fields.String(required=True)


def redeem_limit() -> MinuteLimit:
    """Create the rate limit of wrong secrets; each application has one."""
    return MinuteLimit(WRONG_SECRETS_PER_MINUTE, "Too many wrong sign-in links were tried. Wait a minute.")


@blueprint.post("")
@blueprint.arguments(NewSignInSchema)
@blueprint.problems(429)
@blueprint.response(201, SignInSchema)
def start_sign_in(body: dict[str, Any]) -> Response:  # noqa: ARG001 (always empty)
    """Make a secret that signs a browser in to this owner's pages, once, within a minute."""

    def make(tx: Transaction) -> tuple[int, dict[str, Any]]:
        salt = sign_ins.new_secret()
        expires_at = sign_ins.add(tx, actor(), secret_from(_SECRET, salt), now())
        return 201, {"salt": salt, "expires_at": format_instant(expires_at)}

    response = write_once(None, make)
    answer = json.loads(response.get_data())
    response.set_data(to_json({"secret": secret_from(_SECRET, answer.pop("salt")), **answer}))
    return response


@blueprint.post("/redeem")
@blueprint.arguments(RedeemSchema)
@blueprint.problems(403, 410, 429)
@blueprint.response(201, SignedInSchema)
def redeem_sign_in(body: dict[str, Any]) -> dict[str, str]:
    """Exchange a secret for a token, once. A page that sends a valid token of the same owner keeps that one."""
    token = bearer_token(request.environ)
    try:
        token, device_id = sign_ins.redeem(store(), body["secret"], body["device"], now(), token)
    except Problem as problem:
        # Count only failures: a correct secret works even while another program sends wrong ones.
        if problem.status == 403:
            limit: MinuteLimit = current_app.extensions["inkeeper.redeem_limit"]
            limit.count("wrong", now())
        raise
    return {"token": token, "device_id": device_id}
