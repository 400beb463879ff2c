"""The OpenAPI document is the truth: whatever is sent, each answer is one that it describes, and none is a 5xx."""

from __future__ import annotations

from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.seat import Seat


def test_every_answer_is_as_documented(app: Flask, seat: Seat) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 20

    def hold(operation: Any) -> None:
        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def answer(case: Any) -> None:
            # Half of what there is to find lies behind ids that exist; made-up ones only ever meet 404.
            if "account_id" in (case.path_parameters or {}):
                case.path_parameters["account_id"] = seat.account["id"]
            # What the rules refuse cannot all be said in a schema: which plans a rule book has, which zones there are.
            case.call_and_validate(headers=seat.call.headers, excluded_checks=[positive_data_acceptance])

        answer()

    for operation in operations:
        hold(operation)
