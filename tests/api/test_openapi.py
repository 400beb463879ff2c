"""The OpenAPI document is true: schemathesis finds no answer that it does not describe, and no failure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inkeeper.api.auth import PUBLIC_ENDPOINTS
from tests.conftest import Device

# That valid requests are accepted is not checked, since much depends on what is stored: no schema can say that an
# InMail is not sent before its account opened, or which cursors were given out. Nor is it checked that what was deleted
# is gone: an InMail that is withdrawn stays in the journal and can be looked at.
UNCHECKED = "positive_data_acceptance,use_after_free,ensure_resource_availability"


# The requests and the checks of the answers are the same on either database. Other tests ask each route on both.
@pytest.mark.sqlite
def test_schemathesis_finds_nothing(
    app: Flask, live_server: str, owner: Device, ids: dict[str, str], tmp_path: Path
) -> None:
    # A failure is to be answered, not to stop the server.
    app.testing = False
    settings = tmp_path / "schemathesis.toml"
    known = "\n".join(f'"path.{name}" = "{value}"' for name, value in ids.items())
    settings.write_text(f"[parameters]\n{known}\n")

    finished = subprocess.run(
        [
            Path(sys.executable).with_name("st"),
            f"--config-file={settings}",
            "run",
            f"{live_server}/api/v1/openapi.json",
            f"--header=Authorization: {owner.headers['Authorization']}",
            f"--exclude-checks={UNCHECKED}",
            # It would revoke its own token and then learn nothing more.
            "--exclude-operation-id=devices.revoke_device",
            "--max-examples=15",
            "--seed=1",
            "--no-color",
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
        check=False,
    )

    assert finished.returncode == 0, finished.stdout


def test_every_operation_says_what_it_needs_and_how_it_refuses(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    refusals = {"400", "403", "413", "415", "421", "500", "503"}

    assert document["openapi"] == "3.1.0"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            name = f"{method} {path}"
            responses = operation["responses"]
            assert refusals <= responses.keys(), name
            assert ("401" in responses) == (operation["operationId"] not in PUBLIC_ENDPOINTS), name
            assert ("404" in responses) >= ("{" in path), name
            assert operation["summary"], name
            for response in responses.values():
                if "$ref" in response:
                    assert response["$ref"].rpartition("/")[2] in document["components"]["responses"], name


def test_every_refusal_is_described_as_a_problem(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json

    for operations in document["paths"].values():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            for status, response in operation["responses"].items():
                if "$ref" in response:
                    response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"], (operation, status)
