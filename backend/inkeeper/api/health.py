"""HTTP route of the health check for proxies and service managers, cheap enough to call every second."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import store
from inkeeper.api.schemas_base import Schema
from inkeeper.services.devices import connected as devices

blueprint = Blueprint("health", __name__, description="Whether the server can do its work")


class HealthSchema(Schema):
    """The database can be read. If it cannot, the response is a problem with status 503."""

    status = fields.String(required=True, validate=validate.Equal("ok"))


@blueprint.get("/health")
@blueprint.response(200, HealthSchema)
def show_health() -> dict[str, Any]:
    """Read from the database, and say whether that went well. For a proxy: it needs no token."""
    devices.installation_id(store())
    return {"status": "ok"}
