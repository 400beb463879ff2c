"""What is listening here: enough for a client to know that it has found Inkeeper."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

import inkeeper
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import settings
from inkeeper.api.schemas_base import Schema

API_VERSION = 1

blueprint = Blueprint("server", __name__, url_prefix="/api/v1", description="What is listening here")


class ServerSchema(Schema):
    """The program that answers."""

    app = fields.String(required=True, validate=validate.Equal("inkeeper"))
    version = fields.String(required=True)
    api = fields.Integer(required=True, metadata={"description": "The version of this contract."})
    demo = fields.Boolean(required=True, metadata={"description": "Whether all that the server holds is made up."})


@blueprint.get("/server")
@blueprint.response(200, ServerSchema)
def show_server() -> dict[str, Any]:
    """Tell what is listening here."""
    return {"app": "inkeeper", "version": inkeeper.__version__, "api": API_VERSION, "demo": settings().demo}
