"""Every refusal and failure is problem+json, says what to do, and carries the headers that belong to it."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inkeeper.reasons import reason
from inkeeper.storage.database import DatabaseProblem, Store
from inkeeper.storage.engines import sqlite
from tests.conftest import Device


def assert_problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = response.json
    assert problem["type"] == f"/problems/{code}"
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


def post(client: FlaskClient, body: bytes | str) -> TestResponse:
    return client.post("/api/v1/pairings", data=body, content_type="application/json")


def test_nothing_there(client: FlaskClient) -> None:
    for path in ("/nowhere", "/api/v1/servers", "/api/v1/server/", "/%00", "/%ff", "/a" * 3000):
        assert_problem(client.get(path), 404, "not_found")


@pytest.mark.parametrize("query", ["\xff", "\xff\xfe=1", "limit=\xe9", "limit=1&\x80"])
def test_a_query_of_bytes_that_are_no_text(client: FlaskClient, pair: Callable[..., Device], query: str) -> None:
    headers = pair().headers
    for path in ("/api/v1/devices", "/api/v1/accounts", "/api/v1/server", "/nowhere"):
        response = client.get(path, headers=headers, environ_overrides={"QUERY_STRING": query})
        assert_problem(response, 400, "bad_request")
    made = client.post("/api/v1/accounts", json={}, headers=headers, environ_overrides={"QUERY_STRING": query})
    assert_problem(made, 400, "bad_request")


def test_a_method_that_is_not_allowed_names_those_that_are(client: FlaskClient) -> None:
    response = client.put("/api/v1/server")

    assert_problem(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "needed"),
        (b"{", "JSON"),
        (b"{'device': 'x'}", "JSON"),
        (b'{"device": NaN}', "JSON"),
        (b'{"device": "x"} trailing', "JSON"),
        (b'{"device": "\xff"}', "UTF-8"),
        (b'{"device": "\xed\xa0\x80"}', "UTF-8"),
        ('{"device": "x"}'.encode("utf-16"), "UTF-8"),
        (b'{"device": "\\ud800"}', "surrogate"),
        (b'{"\\udc00": "x"}', "surrogate"),
        (b"[" * 100_000, "deeply"),
        (b'{"a":' * 100_000, "deeply"),
        (b'{"device": ' + b"1" * 5000 + b"}", "JSON"),
    ],
)
def test_what_is_not_json(client: FlaskClient, body: bytes, reason: str) -> None:
    assert reason in assert_problem(post(client, body), 400, "bad_request")["detail"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "device"),
        ({"device": None}, "device"),
        ({"device": 5}, "device"),
        ({"device": ["x"]}, "device"),
        ({"device": ""}, "device"),
        ({"device": " \u00a0"}, "device"),
        ({"device": "a\u0000b"}, "device"),
        ({"device": "a\nb"}, "device"),
        ({"device": "a\u009bb"}, "device"),
        ({"device": "x" * 101}, "device"),
        ({"device": "x" * 10_000}, "device"),
        ({"device": "x", "colour": "red"}, "colour"),
        ({"device": "x", "\u0000": 1}, "\u0000"),
        ([], ""),
        ("device", ""),
        (None, ""),
        (1, ""),
    ],
)
def test_what_is_not_valid_is_named_by_its_path(client: FlaskClient, body: Any, path: str) -> None:
    problem = assert_problem(post(client, json.dumps(body)), 422, "invalid")

    assert path in [error["path"] for error in problem["errors"]]


def test_thousands_of_mistakes_are_not_all_named(client: FlaskClient) -> None:
    body = {"x" * 500 + str(number): 1 for number in range(1000)}

    problem = assert_problem(post(client, json.dumps(body)), 422, "invalid")

    assert len(problem["errors"]) == 50
    assert len(json.dumps(problem)) < 20_000


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=1.5", "limit=٣", "limit="])
def test_a_limit_that_is_not_from_1_to_200(client: FlaskClient, pair: Callable[..., Device], query: str) -> None:
    assert_problem(client.get(f"/api/v1/devices?{query}", headers=pair().headers), 422, "invalid")


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "%ff", "WzFd", "W10=", "bnVsbA==", "WyJhIiwiYiJd", "eyJhIjoxfQ==", "W1tbW1tb", "é", "="]
)
def test_a_cursor_that_was_never_given(client: FlaskClient, pair: Callable[..., Device], cursor: str) -> None:
    assert_problem(client.get(f"/api/v1/devices?cursor={cursor}", headers=pair().headers), 422, "invalid")


def test_a_query_parameter_that_is_not_known(client: FlaskClient, pair: Callable[..., Device]) -> None:
    assert_problem(client.get("/api/v1/devices?colour=red", headers=pair().headers), 422, "invalid")


def test_a_body_over_the_limit(client: FlaskClient) -> None:
    filler = json.dumps({"device": "x" * (1024 * 1024)})

    assert_problem(post(client, filler), 413, "too_large")
    assert_problem(post(client, "x" * 10_000_000), 413, "too_large")


def test_a_body_of_exactly_the_limit_is_read(client: FlaskClient) -> None:
    body = '{"device": "Chrome"}'

    assert post(client, body + " " * (1024 * 1024 - len(body))).status_code == 201


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
def test_json_by_its_names(client: FlaskClient, content_type: str) -> None:
    assert client.post("/api/v1/pairings", data='{"device": "x"}', content_type=content_type).status_code == 201


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "application/json; charset=latin-1",
        "application/json, text/plain",
    ],
)
def test_other_kinds_of_body(client: FlaskClient, content_type: str) -> None:
    response = client.post("/api/v1/pairings", data='{"device": "x"}', content_type=content_type)

    assert_problem(response, 415, "unsupported_media_type")


def test_a_body_without_its_kind(client: FlaskClient) -> None:
    assert_problem(client.post("/api/v1/pairings", data=b'{"device": "x"}'), 415, "unsupported_media_type")


class TestTheDatabaseGivesOut:
    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)

    @pytest.fixture
    def other_program(self, store: Store) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
            yield connection

    @pytest.mark.sqlite
    def test_writing_while_another_program_writes(
        self, client: FlaskClient, other_program: sqlite3.Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        other_program.execute("BEGIN IMMEDIATE")

        response = client.post("/api/v1/pairings", json={"device": "Chrome on Linux"})

        assert_problem(response, 503, "database_unavailable")
        assert int(response.headers["Retry-After"]) > 0
        assert "database locked" in caplog.text

    def test_a_commit_that_nobody_confirms(
        self, client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unconfirmed(*_: object) -> None:
            raise DatabaseProblem("unconfirmed", reason("postgresql.unconfirmed", name="ledger"))

        monkeypatch.setattr(store, "begin_write", unconfirmed)

        response = client.post("/api/v1/pairings", json={"device": "Chrome on Linux"})

        problem = assert_problem(response, 503, "write_unconfirmed")
        assert int(response.headers["Retry-After"]) > 0
        assert "same Idempotency-Key" in problem["detail"]
        assert "Nothing was stored" not in problem["detail"]

    def test_health_is_whether_the_database_answers(
        self, client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = client.get("/health")
        assert (answer.status_code, answer.json) == (200, {"status": "ok"})

        def gone(*_: object) -> None:
            raise DatabaseProblem("unreachable", reason("postgresql.unreachable", name="ledger"))

        monkeypatch.setattr(store, "read_row", gone)
        assert_problem(client.get("/health"), 503, "database_unavailable")
        assert client.get("/health", headers={"Host": "elsewhere.example"}).status_code == 421

    @pytest.mark.sqlite
    def test_reading_while_another_program_writes(
        self, client: FlaskClient, other_program: sqlite3.Connection, pair: Callable[..., Device]
    ) -> None:
        device = pair()
        other_program.execute("BEGIN IMMEDIATE")

        assert client.get("/api/v1/devices", headers=device.headers).status_code == 200


class TestAMistakeInTheServer:
    @pytest.fixture
    def broken(self, app: Flask) -> FlaskClient:
        def fail() -> str:
            raise KeyError(request.args["name"])

        app.add_url_rule("/api/v1/broken", "broken", fail)
        app.testing = False
        return app.test_client()

    def test_the_answer_holds_an_incident_id_and_nothing_else_of_it(
        self, broken: FlaskClient, pair: Callable[..., Device], caplog: pytest.LogCaptureFixture
    ) -> None:
        response = broken.get("/api/v1/broken?name=Kai%20Example", headers=pair().headers)

        problem = assert_problem(response, 500, "internal_error")
        assert problem["incident"] in caplog.text
        assert "KeyError" in caplog.text
        assert "Kai Example" not in response.get_data(as_text=True) + caplog.text
        assert response.headers["X-Inkeeper-Api"] == "1"


class TestEveryAnswer:
    PATHS = ("/", "/api/docs", "/api/v1/openapi.json", "/api/v1/server", "/nowhere", "/api/v1/devices")

    def test_says_who_answers_and_is_kept_nowhere(self, client: FlaskClient) -> None:
        for path in self.PATHS:
            headers = client.get(path).headers
            assert headers["X-Inkeeper-Api"] == "1", path
            assert headers["Cache-Control"] == "no-store", path
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
            assert headers["Content-Security-Policy"].startswith("default-src 'none'"), path
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
            assert "Set-Cookie" not in headers, path

    def test_is_logged_in_one_line_without_what_was_sent(
        self, client: FlaskClient, pair: Callable[..., Device], caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        device = pair("Kai Example")
        caplog.clear()

        client.delete(f"/api/v1/devices/{device.id}?name=Kai%20Example", headers=device.headers)
        client.get("/Kai%20Example")

        lines = [record.getMessage() for record in caplog.records]
        assert len(lines) == 2
        assert lines[0].startswith("DELETE /api/v1/devices/<other_id> 200 ")
        assert lines[1].startswith("GET - 404 ")
        assert not [line for line in lines if "Kai" in line or device.id in line or device.token in line]
