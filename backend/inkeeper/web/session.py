"""Signing out: revokes the browser's device."""

from __future__ import annotations

from flask import Response

from inkeeper.api.context import actor, now, store
from inkeeper.services.devices import connected as devices
from inkeeper.web.blueprint import blueprint


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Revoke the device of this request's token."""
    with store().begin_write(None) as tx:
        devices.revoke(tx, actor(), actor().device, now())
    return Response(status=204)
