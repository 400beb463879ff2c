"""The extension's types and shapes follow the OpenAPI document."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest

from tests.lint.contract import USED, Contract, Stale, openapi_document


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


@pytest.fixture
def used() -> dict[str, Any]:
    return tomllib.loads(USED.read_text(encoding="utf-8"))


@pytest.fixture
def changed(document: dict[str, Any]) -> dict[str, Any]:
    """A document to change."""
    return copy.deepcopy(document)


def test_the_files_are_those_of_the_present_server(document: dict[str, Any], used: dict[str, Any]) -> None:
    for path, text in Contract(document, used).files().items():
        assert path.read_text(encoding="utf-8") == text, path.name


def test_a_member_that_becomes_optional_or_null_changes_both_files(
    changed: dict[str, Any], used: dict[str, Any]
) -> None:
    schema = changed["components"]["schemas"]["Lot"]
    schema["properties"]["left"]["type"] = ["integer", "null"]
    schema["required"].remove("granted_at")
    contract = Contract(changed, used)

    assert 'const Lot = { "granted_at?": "string", left: [null, "number"] };' in contract.shapes()
    assert "  granted_at?: string;\n  left: number | null;\n" in contract.types()


def test_a_new_word_reaches_the_types_and_the_lists(changed: dict[str, Any], used: dict[str, Any]) -> None:
    for schema in changed["components"]["schemas"].values():
        purpose = schema.get("properties", {}).get("purpose", {})
        if "enum" in purpose:
            purpose["enum"].append("congratulation")
    contract = Contract(changed, used)

    assert '| "congratulation";' in contract.types()
    assert '"other", "congratulation"]);' in contract.shapes()


@pytest.mark.parametrize(
    ("section", "key", "value", "says"),
    [
        ("answers", "Lot", "granted_at lft", "Lot has no member lft"),
        ("requests", "Lott", "granted_at", "the document has no schema Lott"),
        ("answers", "Report", "months", "no call answers Report"),
        ("calls", "lots", "GET /lots", "the document has no GET /lots"),
        ("calls", "report", "GET /accounts/{account_id}/report", "does not say what is used of Report"),
        ("words", "Colour", "Lot.colour", "Lot has no member colour"),
    ],
)
def test_what_the_server_does_not_have_is_said(
    document: dict[str, Any], used: dict[str, Any], section: str, key: str, value: str, says: str
) -> None:
    used[section][key] = value

    with pytest.raises(Stale, match=says.replace("{", r"\{")):
        Contract(document, used).files()


def test_a_schema_that_is_used_whole_needs_all_its_parts(document: dict[str, Any], used: dict[str, Any]) -> None:
    del used["answers"]["Lot"]

    with pytest.raises(Stale, match="does not say what is used of Lot"):
        Contract(document, used).files()
