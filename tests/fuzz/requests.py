"""Requests made from the OpenAPI document by a seed: every route, method, parameter and field of a body, with fitting,
nearly fitting and hostile values. No answer may be a 5xx or undocumented, and every refusal must be a whole problem.

The requests go to the application in worlds of `WORLD` each: a new database with a token and some data, from a seed of
its own, so that a failure can be had again with the world's requests alone.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from flask import Flask
from werkzeug.test import run_wsgi_app

from inkeeper.api.app import create_app
from inkeeper.settings import Settings
from inkeeper.storage.database import open_database
from tests.fuzz import values

WORLD = 1_000
_POOL = 20
_METHODS = ("get", "post", "patch", "delete")
_MEMBERS = {"type": str, "title": str, "status": int, "detail": str, "code": str}

_KEYS = ("key-1", "key-2", "", " ", "x" * 128, "x" * 129, "ä", "a b", "\x7f", "\xff", "a,b")
_TAGS = ('"x"', "W/", "*", '"', "\xff", 'W/"' + "x" * 5_000 + '"', "", ", ,", '"a", W/"b"')
_TOKENS = (
    "Bearer",
    "Bearer ",
    "Bearer ink_x",
    "bearer\t",
    "Basic x",
    "\xff\xfe",
    "Bearer " + "x" * 9_000,
    "",
    "Bearer a b",
)
_TYPES = (
    "text/plain",
    "application/json; charset=latin-1",
    "",
    "application/x-www-form-urlencoded",
    "\xff",
    "text/csv",
)
_ACCEPTS = ("text/csv", "*/*;q=nan", "\xff", ",", "application/json;q=1e999", "text/csv;q=0.0001", "")
_HOSTS = ("evil.example", "", "127.0.0.1:99999", "[::1", "\xff", "127.0.0.1, x")
_ORIGINS = ("null", "http://127.0.0.1", "https://evil.example", "\xff", "chrome-extension://" + "a" * 32)
_FILES = (
    *(b"", b"\0", b"\xff\xfe", b"name,sent_at\n", b"name,sent_at\nMika,2026-11-05\nSam,2026-11-06\n", b"PK\x03\x04"),
    *(b"PK\x05\x06" + b"\0" * 18, b"a;b\n" * 3, b'"', b"\xef\xbb\xbfname,date\nMika,07/10/2026\n"),
)


@dataclass
class Outcome:
    """How many answers there were of each status, and what is wrong with any, with what it takes to see it again."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{self.statuses.total()} requests ({counts}), {len(self.failures)} failures"


def fuzz_requests(count: int, seed: int) -> Outcome:
    """Send so many requests. The same count and seed send the same requests."""
    outcome = Outcome()
    for number, begin in enumerate(range(0, count, WORLD)):
        with TemporaryDirectory(prefix="inkeeper-fuzz-") as folder:
            _World(Path(folder), f"{seed}/{number}", outcome).run(min(WORLD, count - begin))
    return outcome


@dataclass(frozen=True)
class _Operation:
    method: str
    path: str
    query: list[dict[str, Any]]
    body: dict[str, Any] | None
    uploads: list[str]
    statuses: frozenset[int]


@dataclass
class _Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    known_path: bool

    def environ(self) -> dict[str, Any]:
        """As a server makes it: bytes of the path as Latin-1, other headers as they came."""
        made = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1"),
            "QUERY_STRING": self.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8425",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if self.body:
            made["CONTENT_LENGTH"] = str(len(self.body))
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            made[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        return made

    def __str__(self) -> str:
        headers = {name: value[:80] for name, value in self.headers.items()}
        return f"{self.method} {self.path[:300]}?{self.query[:300]} {headers!a} {self.body[:300]!r}"


class _World:
    def __init__(self, folder: Path, seed: str, outcome: Outcome) -> None:
        self.random = Random(seed)
        self.seed = seed
        self.outcome = outcome
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self.codes: list[str] = []
        self.pools: dict[str, list[str]] = {}
        self.harvest: dict[str, list[str]] = {}
        self.store = open_database(f"sqlite:///{folder}/fuzz.sqlite3")
        self.app = self._app(str(folder))
        self.document = self._json("GET", "/api/v1/openapi.json")
        self.operations = list(_operations(self.document))
        self.token = ""
        self._fill()

    def run(self, count: int) -> None:
        with _incidents() as incidents:
            for number in range(count):
                self.now += timedelta(seconds=self.random.choice([0, 1, 90, 3_600]))
                operation = self.random.choice(self.operations)
                request = self._request(operation)
                incidents.clear()
                wrong = self._judge(operation, request)
                if wrong:
                    said = "\n".join(incidents)
                    self.outcome.failures.append(f"{wrong}, world {self.seed}, request {number}: {request}\n{said}")
        self.store.checkpoint_and_close()

    def _app(self, folder: str) -> Flask:
        return create_app(
            self.store,
            settings=Settings(database=folder),
            clock=lambda: self.now,
            show_code=lambda _name, code: self.codes.append(code),
        )

    def _fill(self) -> None:
        """A token, and one of everything, so that fitting requests reach all the way down."""
        self.token = self._paired()
        for book, plan in (("month_end", "sales_navigator"), ("rolling", "premium_business")):
            wanted = {"name": "My seat", "plan": plan, "rule_book": book, "time_zone": "Europe/Berlin"}
            account = self._json("POST", "/api/v1/accounts", wanted | {"opened_at": "2026-09-01T00:00:00Z"})["id"]
            self._keep("account_id", account)
            inside = f"/api/v1/accounts/{account}"
            for name in ("Kai Example", "Robin Sample"):
                made = self._json("POST", f"{inside}/inmails", {"recipient": {"name": name}, "source": "popup"})
                self._keep("inmail_id", made["inmail"]["id"])
            self._json("POST", f"{inside}/observations", {"balance": 9, "source": "person"})
            path = self._json("POST", f"{inside}/calendar", {})["path"]
            self._keep("secret", path.removeprefix("/calendar/").removesuffix(".ics"))
        self._paired()
        # Never its own: it would send the rest without a token.
        own = next(each["id"] for each in self._json("GET", "/api/v1/devices")["items"] if each["current"])
        others = [each["id"] for each in self._json("GET", "/api/v1/devices")["items"] if each["id"] != own]
        self.pools["other_id"] = others

    def _paired(self) -> str:
        started = self._json("POST", "/api/v1/pairings", {"device": "Chrome on Linux"})["id"]
        confirmed = self._json("POST", f"/api/v1/pairings/{started}/confirm", {"code": self.codes[-1]})
        self._keep("pairing_id", started)
        return str(confirmed["token"])

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        """What the server answers to a request that is in order."""
        headers = {"Host": "127.0.0.1", **({} if body is None else {"Content-Type": "application/json"})}
        if getattr(self, "token", ""):
            headers["Authorization"] = f"Bearer {self.token}"
        sent = _Request(method, path, "", headers, b"" if body is None else json.dumps(body).encode(), known_path=True)
        status, _, answer = self._answer(sent)
        assert status < 300, (method, path, status, answer)
        return json.loads(answer)

    def _answer(self, request: _Request) -> tuple[int, Any, bytes]:
        parts, status, headers = run_wsgi_app(self.app, request.environ(), buffered=True)
        return int(status.partition(" ")[0]), headers, b"".join(parts)

    # What is sent

    def _request(self, operation: _Operation) -> _Request:
        path, known = self._path(operation.path)
        method = operation.method.upper()
        if self.random.random() < 0.02:
            method = self.random.choice(["PUT", "OPTIONS", "HEAD", "TRACE", "POST", "DELETE", "BREW"])
            known = False
        body, kind = self._body(operation)
        headers = self._headers()
        if kind:
            headers["Content-Type"] = kind
        return _Request(method, path, self._query(operation), headers, body, known)

    def _path(self, pattern: str) -> tuple[str, bool]:
        known = True
        steps = []
        for step in pattern.split("/"):
            name, ending = step.removeprefix("{").partition("}")[::2]
            if not step.startswith("{"):
                steps.append(step)
            elif self.pools.get(name) and self.random.random() < 0.9:
                steps.append(self.random.choice(self.pools[name]) + ending)
            else:
                text = str(values.hostile(self.random))
                # Such a path may be another's, or none.
                known = known and bool(text) and not set("/.") & set(text)
                steps.append(quote(text.encode("utf-8", "surrogatepass"), safe="") + ending)
        return "/".join(steps), known

    def _query(self, operation: _Operation) -> str:
        pairs = []
        for parameter in operation.query:
            name = parameter["name"]
            for _ in range(
                self.random.choice([0, 0, 1, 1, 1, 2] if parameter["schema"].get("type") == "array" else [0, 0, 1])
            ):
                pairs.append((name, self._query_value(name, parameter["schema"])))
        if self.random.random() < 0.1:
            pairs.append(
                self.random.choice([*pairs, (str(self.random.choice(values.TEXTS)), str(values.hostile(self.random)))])
            )
        if self.random.random() < 0.02:
            return self.random.choice(["%", "%ff=%fe", "&&&==", "a[]=1&a[]=2", "limit", "\xff\xfe", "limit=1;cursor=2"])
        return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)

    def _query_value(self, name: str, schema: dict[str, Any]) -> str:
        if self.random.random() < 0.25:
            return str(values.hostile(self.random))
        if self.harvest.get(name) and self.random.random() < 0.5:
            return self.random.choice(self.harvest[name])
        if name == "cursor":
            return values.cursor(self.random)
        value = values.fitting(self.random, schema.get("items", schema), name, self.document)
        return ("true" if value else "false") if isinstance(value, bool) else str(value)

    def _body(self, operation: _Operation) -> tuple[bytes, str]:
        chance = self.random.random()
        if operation.uploads:
            file = self.random.choice(_FILES)
            return file, self.random.choice([*operation.uploads * 4, *_TYPES])
        if operation.body is None:
            return (b"{}", "application/json") if chance < 0.05 else (b"", "")
        value = values.fitting(self.random, operation.body, "", self.document)
        if chance < 0.65:
            for _ in range(self.random.randint(1, 2)):
                value = values.spoiled(self.random, value)
        text = json.dumps(value, ensure_ascii=self.random.random() < 0.7)
        body = text.encode("utf-8", "surrogatepass")
        if self.random.random() < 0.06:
            at = self.random.randrange(len(body) + 1)
            body = self.random.choice(
                [
                    text.encode("utf-16", "surrogatepass"),
                    b"\xef\xbb\xbf" + body,
                    body[:at],
                    body[:at] + b"\xff" + body[at:],
                    body + body,
                    b"[" * 100_000,
                    b"1" * 5_000,
                    b'{"name": "a", "name": "b"}',
                    b"",
                ]
            )
        kind = self.random.choice(_TYPES) if self.random.random() < 0.04 else "application/json"
        return body, kind

    def _headers(self) -> dict[str, str]:
        headers = {"Host": "127.0.0.1", "Authorization": f"Bearer {self.token}"}
        for name, odd, chance in (
            ("Idempotency-Key", _KEYS, 0.15),
            ("If-None-Match", _TAGS, 0.3),
            ("Accept", _ACCEPTS, 0.1),
            ("Authorization", _TOKENS, 0.02),
            ("Host", _HOSTS, 0.01),
            ("Origin", _ORIGINS, 0.02),
        ):
            if self.random.random() < chance:
                headers[name] = self.random.choice(odd)
        return headers

    # What comes back

    def _judge(self, operation: _Operation, request: _Request) -> str:
        """What is wrong with the answer; empty if nothing is."""
        status, headers, body = self._answer(request)
        self.outcome.statuses[status] += 1
        if status >= 500:
            return f"status {status}"
        if request.known_path and status not in operation.statuses:
            return f"status {status} is not documented"
        for name, value in (("X-Inkeeper-Api", "1"), ("Cross-Origin-Resource-Policy", "same-origin")):
            if headers.get(name) != value:
                return f"header {name} is {headers.get(name)!r}"
        if status >= 400:
            return "" if request.method == "HEAD" else _wrong_problem(status, headers, body)
        if headers.get("Content-Type", "").startswith("application/json") and request.method != "HEAD":
            self._learn(operation, json.loads(body))
        return ""

    def _learn(self, operation: _Operation, answer: Any) -> None:
        """Keep ids and cursors for requests to come."""
        if not isinstance(answer, dict):
            return
        for name, kept_as in (("next_cursor", "cursor"), ("confirm", "confirm")):
            if isinstance(answer.get(name), str):
                self.harvest.setdefault(kept_as, []).append(answer[name])
        if operation.method == "post":
            for each in (answer, *(inner for inner in answer.values() if isinstance(inner, dict))):
                child = next((o.path for o in self.operations if o.path.startswith(f"{operation.path}/{{")), "")
                if child and isinstance(each.get("id"), str):
                    self._keep(child.rpartition("{")[2].partition("}")[0], each["id"])

    def _keep(self, name: str, value: str) -> None:
        pool = self.pools.setdefault(name, [])
        if len(pool) < _POOL:
            pool.append(value)


def _operations(document: dict[str, Any]) -> Iterator[_Operation]:
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method in _METHODS:
            if method in methods:
                found = methods[method]
                content = found.get("requestBody", {}).get("content", {})
                body = content.get("application/json", {}).get("schema")
                yield _Operation(
                    method,
                    path,
                    [each for each in (*shared, *found.get("parameters", [])) if each.get("in") == "query"],
                    body,
                    [] if body else list(content),
                    frozenset(int(status) for status in found["responses"] if status.isdigit()),
                )


def _wrong_problem(status: int, headers: Any, body: bytes) -> str:
    """What is wrong with a refusal as RFC 9457 and this API have it; empty if nothing is."""
    if headers.get("Content-Type") != "application/problem+json":
        return f"status {status} comes as {headers.get('Content-Type')}"
    problem = json.loads(body)
    for name, kind in _MEMBERS.items():
        if not isinstance(problem.get(name), kind) or not problem[name]:
            return f"status {status}: {name} is {problem.get(name)!r}"
    if problem["status"] != status or problem["type"] != f"/problems/{problem['code']}":
        return f"status {status} in a problem of {problem['status']}, {problem['type']}"
    errors = problem.get("errors", [])
    if problem["code"] == "invalid" and not errors:
        return "invalid, and no errors named"
    if not all(
        set(each) == {"path", "message"} and all(isinstance(text, str) for text in each.values()) for each in errors
    ):
        return f"errors are {errors!r}"
    for status_, name in ((405, "Allow"), (429, "Retry-After"), (401, "WWW-Authenticate")):
        if status == status_ and not headers.get(name):
            return f"status {status} without {name}"
    return ""


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@contextmanager
def _incidents() -> Iterator[list[str]]:
    """What the server logs about failures while the block runs."""
    said: list[str] = []

    class _Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    handler, logger = _Keep(), logging.getLogger("inkeeper.server")
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)
