"""A person's program talking to the server, in as few words as possible."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Caller:
    """Calls the API with one device's token."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.headers | named)

    def get(self, path: str, **headers: str) -> Any:
        """What a GET answers; it must succeed."""
        answer = self("GET", path, **headers)
        assert answer.status_code == 200, answer.json
        return answer.json

    def post(self, path: str, body: Any, expect: int = 201) -> Any:
        """What a POST answers; its status must be as expected."""
        answer = self("POST", path, body)
        assert answer.status_code == expect, answer.json
        return answer.json


class Seat:
    """An account, and what one does with it."""

    def __init__(self, call: Caller, account: dict[str, Any]) -> None:
        self.call = call
        self.account = account
        self.path = f"/accounts/{account['id']}"

    def summary(self) -> dict[str, Any]:
        return self.call.get(f"{self.path}/summary")

    def balance(self) -> int:
        return self.summary()["balance"]

    def log(self, name: str = "Kai Example", expect: int = 201, **wanted: Any) -> dict[str, Any]:
        recipient = {"name": name, **({"profile_url": wanted.pop("link")} if "link" in wanted else {})}
        return self.call.post(f"{self.path}/inmails", {"recipient": recipient, "source": "api", **wanted}, expect)

    def ledger(self, query: str = "") -> list[dict[str, Any]]:
        return self.call.get(f"{self.path}/ledger?limit=200{query}")["items"]

    def kinds(self) -> list[tuple[str, int]]:
        return [(entry["kind"], entry["credits"]) for entry in self.ledger()]
