"""HTTP route of erasures: the erased people whose data a client must delete too."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from inkeeper.api.blueprint import Blueprint
from inkeeper.api.context import actor, store
from inkeeper.api.schemas_base import Instant, QueryInteger, Schema
from inkeeper.services.takeout import erasing

blueprint = Blueprint(
    "erasures", __name__, url_prefix="/api/v1/erasures", description="People who were erased, for clients to forget"
)

_LARGEST_ID = 2**53 - 1


class ErasuresQuery(Schema):
    """The id of the last erasure the client has seen."""

    since = QueryInteger(
        0, _LARGEST_ID, load_default=0, metadata={"description": "The `last` of the answer before; 0 at first."}
    )


class ErasureSchema(Schema):
    """The erasure of a person, as salted hashes instead of the name and links.

    `links` and `names` are SHA-256 in hexadecimal over `salt`, a line break and the profile link as Inkeeper stores it,
    or the name as Inkeeper compares it. `inmails` are the ids of the owner's InMails to that person.
    """

    id = fields.Integer(required=True)
    at = Instant(required=True)
    inmails = fields.List(fields.String(), required=True)
    salt = fields.String(required=True)
    links = fields.List(fields.String(), required=True)
    names = fields.List(fields.String(), required=True)


class ErasuresSchema(Schema):
    """Erasures, oldest first. If `more` is true, request the next ones with `since` set to `last`."""

    erasures = fields.List(fields.Nested(ErasureSchema), required=True)
    last = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    complete = fields.Boolean(
        required=True,
        metadata={
            "description": "False where it is not known any more whom all of them were about, or where `since` is not"
            " from this database: forget every person."
        },
    )


@blueprint.get("")
@blueprint.arguments(ErasuresQuery, location="query")
@blueprint.response(200, ErasuresSchema)
def list_erasures(query: dict[str, Any]) -> erasing.Erasures:
    """List the people erased since the last time, so that a client drops what it keeps of them itself."""
    with store().read() as tx:
        return erasing.erasures(tx, actor(), query["since"])
