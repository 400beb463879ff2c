"""Extension and server work together one minor version apart, in both directions.

The other version is a record of what it says (`record.py`), since a machine that runs the tests need not have its
program. The records prove that its requests are understood and its answers are enough; not that its own code runs.
"""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import inkeeper
from inkeeper.storage.database import Store
from tests.conftest import Clock
from tests.contract.conversation import REQUESTS, ROOT, has_shape, hold, shapes
from tests.contract.record import minor_version
from tests.contract.talking import TERMS, sender

HERE = Path(__file__).parent
MINOR = int(inkeeper.__version__.split(".")[1])


def version_number(folder: Path) -> list[int]:
    return [int(number) for number in folder.name.split(".")]


RECORDED = sorted((path.parent for path in HERE.glob("*/conversation.json")), key=version_number)
OTHER = [folder for folder in RECORDED if version_number(folder)[1] in (MINOR - 1, MINOR)]


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_there_is_a_record_of_the_version_before() -> None:
    """The record of the current version is the next one's version before."""
    assert minor_version() in [folder.name for folder in OTHER]
    assert MINOR == 1 or f"0.{MINOR - 1}" in [folder.name for folder in OTHER]


@pytest.mark.parametrize("folder", OTHER, ids=lambda folder: folder.name)
def test_the_other_versions_extension_with_this_server(
    folder: Path, client: FlaskClient, store: Store, shown_codes: list[str], clock: Clock
) -> None:
    requests, wanted = read(folder, "conversation.json"), read(folder, "shapes.json")

    said = hold(requests, sender(client, store, TERMS), lambda: shown_codes[-1], f"{folder.name}.0")

    assert [each.status for each in said] == [each["status"] for each in requests]
    for each in said:
        if call := each.request.get("call"):
            assert has_shape(each.answer, wanted[call]), (call, each.answer)


@pytest.mark.parametrize("folder", OTHER, ids=lambda folder: folder.name)
def test_this_versions_extension_with_the_other_server(folder: Path) -> None:
    wanted = shapes()

    for each in read(folder, "conversation.json"):
        if call := each.get("call"):
            assert has_shape(each["answer"], wanted[call]), (call, each["answer"])

    # It sends at least what that server requires.
    required = read(folder, "required.json")
    used = tomllib.loads((ROOT / "types" / "server.toml").read_text(encoding="utf-8"))["requests"]
    for name, members in used.items():
        missing = set(required.get(name.partition(" as ")[0], [])) - set(members.split())
        assert not missing, (name, missing)


def test_the_requests_have_all_that_the_extension_sends() -> None:
    """Else the next record would lack something."""
    used = tomllib.loads((ROOT / "types" / "server.toml").read_text(encoding="utf-8"))["requests"]
    sent = {name for request in REQUESTS for body in objects(request.get("body")) for name in body}

    assert {member for members in used.values() for member in members.split()} - sent - {
        "text",
        "do_not_contact",
    } == set()


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Each object of a JSON value at any depth."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def later(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same requests with a member in each object that this server does not know."""
    changed = copy.deepcopy(requests)
    for request in changed:
        for each in list(objects(request.get("body"))):
            each["of_a_later_version"] = {"deep": [1]}
    return changed


def test_what_a_newer_extension_adds_is_ignored(client: FlaskClient, store: Store, shown_codes: list[str]) -> None:
    newer = f"0.{MINOR + 1}.0"

    said = hold(later(REQUESTS), sender(client, store, TERMS), lambda: shown_codes[-1], newer)

    assert [each.status for each in said if each.status >= 300] == []


@pytest.mark.parametrize("version", [inkeeper.__version__, "0.0.9", "next", ""])
def test_what_nobody_knows_is_refused_of_everybody_else(client: FlaskClient, store: Store, version: str) -> None:
    """A misspelt member must not be lost without a word."""
    answer = client.post(
        "/api/v1/pairings",
        json={"device": "Chrome on Linux", "devise": "x"},
        headers={"X-Inkeeper-Version": version} if version else {},
    )

    assert answer.status_code == 422
    assert answer.json["errors"][0]["path"] == "devise"


def test_a_browser_may_send_the_version_from_an_extension(client: FlaskClient) -> None:
    answer = client.options(
        "/api/v1/server",
        headers={
            "Origin": "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "x-inkeeper-version",
        },
    )

    assert "x-inkeeper-version" in answer.headers["Access-Control-Allow-Headers"].lower()
