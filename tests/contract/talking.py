"""Sends requests to an application, with an account in its database as soon as somebody has connected."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts
from inkeeper.storage import owners
from inkeeper.storage.database import Store
from tests.contract.conversation import Send

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TERMS = {
    "name": "My seat",
    "plan": "premium_career",
    "rule_book": "month_end",
    "time_zone": "UTC",
    "opened_at": datetime(2026, 11, 1, tzinfo=UTC),
}


def sender(client: FlaskClient, store: Store, terms: dict[str, Any]) -> Send:
    """A function that sends; before the first request with a token it opens an account with these terms."""
    has_account = False

    def send(method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        nonlocal has_account
        if "Authorization" in headers and not has_account:
            has_account = True
            with store.begin_write(None) as tx:
                [owner] = owners.list_ids(tx)
                accounts.create_account(tx, Actor(owner), terms, NOW)
        answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        return answer.status_code, answer.get_json(silent=True)

    return send
