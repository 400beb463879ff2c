"""HTTP route that identifies the server, so that a client knows that it has found Inkeeper."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

import inkeeper
from inkeeper import installation
from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import settings, store
from inkeeper.api.schemas_base import Schema
from inkeeper.services.devices import connected as devices

API_VERSION = 1

blueprint = Blueprint("server", __name__, url_prefix="/api/v1", description="What is listening here")


class ProofQuery(Schema):
    """The nonce to sign and the device whose secret signs it: both or neither."""

    # Of 16 to 64 bytes, in base64url or hexadecimal digits.
    nonce = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[A-Za-z0-9_-]{22,128}\Z", error="Must be 16 to 64 bytes, in base64url or hex."),
        metadata={"description": "Random, new for each request: 16 to 64 bytes in base64url without padding, or hex."},
    )
    device = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[A-Za-z0-9_-]{1,64}\Z", error="Must be the id of a device."),
        metadata={"description": "The id of the device that asks."},
    )

    @validates_schema
    def both_or_neither(self, query: dict[str, Any], **_: Any) -> None:
        """Raise ValidationError if only one of the two is given."""
        for given, missing in (("nonce", "device"), ("device", "nonce")):
            if query[given] is not None and query[missing] is None:
                raise ValidationError(f"Is needed with {given}.", missing)


class ServerSchema(Schema):
    """The program, its version, and its proof if requested."""

    app = fields.String(required=True, validate=validate.Equal("inkeeper"))
    version = fields.String(required=True)
    api = fields.Integer(required=True, metadata={"description": "The version of this contract."})
    demo = fields.Boolean(required=True, metadata={"description": "Whether all that the server holds is made up."})
    id = fields.String(
        required=True,
        metadata={"description": "Random; of the ledger that is served: the same wherever its database is taken."},
    )
    installed = fields.String(
        required=True,
        validate=validate.OneOf(["folder", "package"]),
        metadata={"description": "As the project's folder or from a package: which commands its user has."},
    )
    proof = fields.String(
        allow_none=True,
        metadata={
            "description": "Where a nonce was sent: HMAC-SHA256 in lower-case hex, its key the device's secret and its"
            " message the nonce, both as ASCII text. Null if the server has no secret of that device."
        },
    )


@blueprint.get("/server")
@blueprint.arguments(ProofQuery, location="query")
@blueprint.response(200, ServerSchema)
def show_server(query: dict[str, Any]) -> dict[str, Any]:
    """Tell what is listening here, and prove it to a device that sends a nonce, before that sends its token."""
    answer = {
        "app": "inkeeper",
        "version": inkeeper.__version__,
        "api": API_VERSION,
        "demo": settings().demo,
        "id": devices.installation_id(store()),
        "installed": installation.kind(),
    }
    if query["nonce"] is not None:
        answer["proof"] = devices.proof(store(), query["device"], query["nonce"])
    return answer
