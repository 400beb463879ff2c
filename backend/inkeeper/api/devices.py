"""HTTP routes of the owner's devices."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Instant, PageQuery, Schema, page_of, paged
from inkeeper.api.writes import write_once
from inkeeper.services.devices import connected as devices
from inkeeper.storage.devices import Device
from inkeeper.vocabulary import DEVICE_KINDS

blueprint = Blueprint("devices", __name__, url_prefix="/api/v1/devices", description="Connected devices")


class DeviceSchema(Schema):
    """A connected or revoked device."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(
        required=True,
        validate=validate.OneOf(DEVICE_KINDS),
        metadata={"description": "`page` for this server's pages in a browser, `program` for all else."},
    )
    created_at = Instant(required=True)
    last_seen_at = Instant(required=True, allow_none=True, metadata={"description": "To within an hour."})
    revoked_at = Instant(required=True, allow_none=True)
    current = fields.Boolean(required=True, metadata={"description": "Whether this is the device that asks."})


class NothingSchema(Schema):
    """An empty body."""


class SecretSchema(Schema):
    """The device's secret. It is in this response only."""

    secret = fields.String(required=True)


@blueprint.get("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(DeviceSchema))
def list_devices(query: dict[str, Any]) -> dict[str, Any]:
    """List the connected devices, revoked ones included, oldest first."""
    limit, cursor = query["limit"], query["cursor"]
    found = devices.page(store(), actor(), after=cursor and cursor[0], limit=limit + 1)
    return paged(found, limit, lambda device: [device.id], _device_body)


@blueprint.delete("/<other_id>")
@blueprint.response(200, DeviceSchema)
def revoke_device(other_id: str) -> Response:
    """Take a device's token away, at once. Again: the same answer."""
    return write_once(None, lambda tx: (200, _device_body(devices.revoke(tx, actor(), other_id, now()))))


@blueprint.post("/current/secret")
@blueprint.arguments(NothingSchema)
@blueprint.response(201, SecretSchema)
def make_secret(_body: dict[str, Any]) -> Response:
    """Make the secret of the device that asks, if it was connected before there were any.

    Send an Idempotency-Key: only with it the secret can be had once more, after an answer that got lost.
    """
    return write_once(None, lambda tx: (201, {"secret": devices.make_secret(tx, actor().device)}))


def _device_body(device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "name": device.name,
        "kind": device.kind,
        "created_at": device.created_at,
        "last_seen_at": device.last_seen_at,
        "revoked_at": device.revoked_at,
        "current": device.id == actor().device,
    }
