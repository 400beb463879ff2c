"""HTTP routes of pairing: connecting a device by a code."""

from __future__ import annotations

from typing import Any

from flask import current_app
from marshmallow import fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import now, settings, store
from inkeeper.api.schemas_base import Instant, Schema, Text
from inkeeper.server import prepared
from inkeeper.server.extension import loaded_folder
from inkeeper.services.devices import pairing
from inkeeper.storage.pairings import Pairing

blueprint = Blueprint("pairings", __name__, url_prefix="/api/v1/pairings", description="Connecting a device")


class NewPairingSchema(Schema):
    """The body of a new pairing: the device's name."""

    device = Text(required=True, max_length=100, metadata={"examples": ["Chrome on Linux"]})


class PairingSchema(Schema):
    """An open pairing. Only the device that started it knows its id."""

    id = fields.String(required=True)
    expires_at = Instant(required=True)


class ClosedPairingSchema(Schema):
    """A pairing that is closed."""

    id = fields.String(required=True)
    closed_at = Instant(required=True)


class CodeSchema(Schema):
    """The code shown in the server's terminal, or the long code in the extension's folder."""

    code = fields.String(
        required=True,
        validate=validate.Regexp(r"^([0-9]{6}|[A-Za-z0-9_-]{43})\Z", error="Must be six digits."),
    )
    device = Text(
        load_default=None,
        max_length=100,
        metadata={"description": "The device's name. Used with the code in the extension's folder only."},
    )


class ConnectedSchema(Schema):
    """The device's token and secret. They are in this response only."""

    token = fields.String(required=True)
    device_id = fields.String(required=True)
    secret = fields.String(
        required=True, metadata={"description": "Under which `GET /server` proves to be this server; never sent back."}
    )


@blueprint.post("")
@blueprint.arguments(NewPairingSchema)
@blueprint.problems(403)
@blueprint.response(201, PairingSchema)
def start_pairing(body: dict[str, Any]) -> Pairing:
    """Ask to be connected.

    The server shows a six-digit code in its terminal; a person reads it there and types it into the device. A server
    that answers under names beyond loopback shows none: there `inkeeper pair` has to have issued a code before.
    """
    started = pairing.start(store(), body["device"], now(), by_invitation=settings().is_shared)
    if started.code:
        current_app.extensions["inkeeper.show_code"](started.device_name, started.code)
    return started


@blueprint.post("/<pairing_id>/confirm")
@blueprint.arguments(CodeSchema)
@blueprint.problems(403, 410)
@blueprint.response(201, ConnectedSchema)
def confirm_pairing(body: dict[str, Any], pairing_id: str) -> dict[str, str]:
    """Prove that a person read the code, and get a token."""
    added = pairing.confirm(store(), pairing_id, body["code"], now(), device_name=body["device"])
    prepared.forget(loaded_folder(store().folder), pairing_id)
    return {"token": added.token, "device_id": added.id, "secret": added.secret}


@blueprint.delete("/<pairing_id>")
@blueprint.response(200, ClosedPairingSchema)
def cancel_pairing(pairing_id: str) -> Pairing:
    """Give up connecting."""
    return pairing.cancel(store(), pairing_id, now())
