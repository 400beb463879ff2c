"""One of everything, for tests that go through all routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import Device


@pytest.fixture
def owner(pair: Callable[..., Device]) -> Device:
    return pair("Kai Example")


@pytest.fixture
def ids(client: FlaskClient, owner: Device, pair: Callable[..., Device]) -> dict[str, str]:
    """Something of the owner's for each kind of id in a route. The pairing is over, so it changes nothing."""

    def created(path: str, body: dict[str, Any], *, inside: str = "") -> str:
        response = client.post(path, json=body, headers=owner.headers)
        assert response.status_code == 201, response.json
        answer = response.json[inside] if inside else response.json
        return str(answer["id"])

    account_id = created(
        "/api/v1/accounts",
        {"name": "My seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"},
    )
    account = f"/api/v1/accounts/{account_id}"
    text = created("/api/v1/texts", {"name": "Hello", "subject": "A question", "body": "Hi {{first_name}}"})
    inmail = {"recipient": {"name": "Robin Sample"}, "source": "popup", "text": text}
    pairing = client.post("/api/v1/pairings", json={"device": "Chrome on Linux"}).json["id"]
    client.delete(f"/api/v1/pairings/{pairing}")
    address = client.post(f"{account}/calendar", json={}, headers=owner.headers).json["path"]
    file = {"data": b"name,sent_at\nMika Placeholder,2026-11-23 08:00\n", "content_type": "text/csv"}
    upload = {"path": f"{account}/imports", "method": "POST", "headers": owner.headers, **file}
    wishes = {"open_earlier": "true", "accept_discrepancy": "true"}
    confirm = client.open(query_string=wishes | {"preview": "true"}, **upload).json["confirm"]
    imported = client.open(query_string=wishes | {"confirm": confirm}, **upload).json["import"]["id"]
    # With an InMail, so that it is archived where it is deleted, and can be brought back.
    campaign_id = created("/api/v1/campaigns", {"name": "Autumn", "account": account_id})
    created("/api/v1/targets", {"person": {"name": "Noor Dummy"}, "campaign": campaign_id})
    created(f"{account}/inmails", {"recipient": {"name": "Noor Dummy"}, "source": "popup", "cost": 0}, inside="inmail")
    return {
        "account_id": account_id,
        "import_id": imported,
        "secret": address.removeprefix("/calendar/").removesuffix(".ics"),
        "inmail_id": created(f"{account}/inmails", inmail, inside="inmail"),
        "observation_id": created(f"{account}/observations", {"balance": 4, "source": "person"}),
        "change_id": created(f"{account}/plan-changes", {"plan": "premium_business"}),
        "person_id": created("/api/v1/people", {"name": "Sasha Specimen"}),
        "target_id": created("/api/v1/targets", {"person": {"name": "Sasha Specimen"}}),
        "campaign_id": campaign_id,
        "other_id": pair("Kai Example").id,
        "pairing_id": pairing,
        "text_id": text,
        "digest": "no-such-digest",
        "name": "no-such-file",
        "ticket": "no-such-ticket",
    }
