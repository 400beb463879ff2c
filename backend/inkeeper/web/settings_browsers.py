"""Settings, Browsers: connected devices, and connecting another browser or a phone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from marshmallow import fields, validate

from inkeeper.api.context import actor, now, store
from inkeeper.api.context import settings as server
from inkeeper.services.devices import connected as devices
from inkeeper.services.devices import pairing, sign_ins
from inkeeper.storage.transaction import Transaction
from inkeeper.web import forms, pages, seats, settings
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import FormSchema
from inkeeper.web.language import gettext

DEVICES_AT_ONCE = 200


class ButtonForm(FormSchema):
    """A button on this page, and the account of the page."""

    here = fields.String(load_default=None, validate=validate.Length(max=64))


class WaitingQuery(forms.Query):
    """The version of the state that the page shows."""

    shown = fields.String(load_default="", validate=validate.Length(max=64))


@blueprint.page("/settings/browsers")
def show_browsers() -> Response:
    """Show the connected browsers, and how to connect another one."""
    return settings.show("browsers", settings.read_seats(), **_values())


@blueprint.get("/settings/browsers/waiting")
def show_waiting() -> Response:
    """Show waiting and connected devices; 204 if nothing has changed. The page polls it."""
    query = forms.read_query(WaitingQuery())
    found, values = settings.read_seats(query), _values()
    if query["shown"] == values["shown"]:
        return Response(status=204)
    return pages.part("app/settings_browsers_waiting.html", seats=found, refresh=True, **values)


@blueprint.post("/settings/browsers/code")
def make_code() -> Response:
    """Issue a code for the next browser that connects. It is shown once and replaces the previous one."""
    form = forms.read_button(ButtonForm())
    code = pairing.invite_device(store(), actor(), now())
    return _cards(form, code=code)


@blueprint.post("/settings/browsers/phone")
def sign_in_phone() -> Response:
    """Make a sign-in link for a phone, as a QR code; none without HTTPS."""
    form = forms.read_button(ButtonForm())
    if urlsplit(address()).scheme != "https":
        return _cards(form, unencrypted=True)
    secret = sign_ins.new_secret()
    with store().begin_write(None) as tx:
        sign_ins.add(tx, actor(), secret, now(), sign_ins.CARRIED_VALID_FOR)
    return _cards(form, link=f"{address()}/#signin={secret}")


@blueprint.post("/settings/browsers/<other_id>/disconnect")
def disconnect(other_id: str) -> Response:
    """Revoke a browser's access at once."""
    form = forms.read_button(ButtonForm())

    def revoke(tx: Transaction) -> dict[str, Any]:
        return {"device_id": devices.revoke(tx, actor(), other_id, now()).id}

    forms.save_once(None, form, revoke)
    return _cards(form, toast=gettext("Disconnected."))


def address() -> str:
    """The server's address as the browser uses it, from the Origin header that it sends with forms.

    Behind a TLS proxy the request's own URL would be plain HTTP.
    """
    return request.headers.get("Origin") or request.host_url.rstrip("/")


@blueprint.app_template_filter("spaced")
def spaced(code: str) -> str:
    """A code in two groups, for reading: `073 286`."""
    return f"{code[:3]} {code[3:]}"


@blueprint.app_template_filter("qr")
def qr(text: str) -> str:
    """The text as a QR code: a data URL of an SVG image."""
    # Slow to import, and used by few pages.
    import segno

    return str(segno.make(text, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff"))


def _cards(form: forms.Form, *, toast: str = "", **shown: Any) -> Response:
    with store().read() as tx:
        found = seats.read(tx, form.data["here"])
    return settings.show_cards("browsers", found, toast=toast, **(_values() | shown))


def _values() -> dict[str, Any]:
    every = _devices()
    waiting = pairing.waiting(store(), actor(), now())
    connected = [device for device in every if device.revoked_at is None]
    return {
        "devices": sorted(connected, key=lambda device: device.id != actor().device),
        "ended": len(every) - len(connected),
        "this_id": actor().device,
        "waiting": waiting,
        "shared": server().is_shared,
        "own_codes": not server().is_shared and pairing.is_default_owner(store(), actor()),
        "shown": forms.version_of([[each.id for each in waiting], [each.id for each in connected]]),
    }


def _devices() -> list[Any]:
    """All devices of the owner, oldest first. There may be many: each sign-in of a private window adds one."""
    every: list[Any] = []
    while more := devices.page(store(), actor(), after=every[-1].id if every else None, limit=DEVICES_AT_ONCE):
        every += more
    return every
