"""A small HTTP client of the server, to check what the extension stored and to change data beside it."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

LOT_LIFE = timedelta(days=90)


def midday_zone() -> str:
    """A time zone where it is about noon now: what was some hours ago was on the same day and in the same month."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+}"


@dataclass(frozen=True)
class Answer:
    """Status, headers and JSON body of a response."""

    status: int
    headers: dict[str, str]
    body: Any

    def expect(self, status: int) -> Any:
        """Returns the body. AssertionError for another status than `status`."""
        assert self.status == status, f"expected {status}, got {self.status}: {self.body}"
        return self.body


@dataclass
class Client:
    """A client of one server with one persistent connection. Not thread-safe."""

    port: int
    token: str | None = None
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def request(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """Sends one request under /api/v1. OSError or HTTPException if the server is not running or stops."""
        if self._connection is None:
            self._connection = self.connect()
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        payload = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, f"/api/v1{path}", payload, headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return Answer(answer.status, dict(answer.getheaders()), json.loads(text) if text else None)

    def connect(self) -> http.client.HTTPConnection:
        """A new connection to the server."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def get(self, path: str) -> Answer:
        """GET."""
        return self.request("GET", path)

    def post(self, path: str, body: Any, *, key: str | None = None) -> Answer:
        """POST."""
        return self.request("POST", path, body, key=key)

    def patch(self, path: str, body: Any) -> Answer:
        """PATCH."""
        return self.request("PATCH", path, body)

    def delete(self, path: str) -> Answer:
        """DELETE."""
        return self.request("DELETE", path)

    def list_all(self, path: str) -> list[dict[str, Any]]:
        """All items of a list, from all its pages."""
        items: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=200{cursor}").expect(200)
            items += page["items"]
            if not page["next_cursor"]:
                return items
            cursor = f"&cursor={page['next_cursor']}"

    def account(self, name: str = "My seat", **fields: Any) -> dict[str, Any]:
        """Creates an account; Sales Navigator under `month_end` in UTC by default."""
        wanted = {"name": name, "plan": "sales_navigator", "rule_book": "month_end", "time_zone": "UTC", **fields}
        return dict(self.post("/accounts", wanted).expect(201))

    def open_expiring_account(self, name: str = "My seat", *, within: timedelta) -> dict[str, Any]:
        """Creates an account of which 15 credits expire after `within`, and none before.

        Under `rolling` a lot expires after exactly 90 days, so the opening sets the time. The cap is never reached.
        """
        opened_at = datetime.now(UTC) - LOT_LIFE + within
        terms = {"plan": "premium_business", "rule_book": "rolling", "cap": 1000}
        return self.account(name, opened_at=opened_at.isoformat(), **terms)

    def summary(self, account: dict[str, Any]) -> dict[str, Any]:
        """The summary of an account."""
        return dict(self.get(f"/accounts/{account['id']}/summary").expect(200))

    def log(self, account: dict[str, Any], name: str = "Kai Example", **fields: Any) -> Answer:
        """Logs an InMail."""
        key = fields.pop("key", None)
        body = {"recipient": {"name": name}, "source": "api", **fields}
        return self.post(f"/accounts/{account['id']}/inmails", body, key=key)

    def inmails(self, account: dict[str, Any]) -> list[dict[str, Any]]:
        """Every InMail of an account, newest first."""
        return self.list_all(f"/accounts/{account['id']}/inmails")

    def close(self) -> None:
        """Closes the connection; the next request opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def answers(port: int) -> bool:
    """Whether an Inkeeper server responds on that port."""
    client = Client(port)
    try:
        answer = client.get("/server")
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
    return answer.status == 200 and answer.body["app"] == "inkeeper"
