"""The OpenAPI document is the truth: whatever is sent, each answer is one that it describes, and none is a 5xx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings

from tests.conftest import Device


@pytest.fixture
def api(app: Flask, pair: Callable[..., Device]) -> Any:
    """The document, with a person's token on every request and one account to find."""
    device = pair()
    app.test_client().post(
        "/api/v1/accounts",
        json={"name": "My seat", "plan": "sales_navigator", "rule_book": "rolling", "time_zone": "UTC"},
        headers=device.headers,
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    schema.config.update(headers=device.headers)
    return schema


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: Any) -> None:
    case.call_and_validate()
