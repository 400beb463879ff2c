"""Extension and server work together one minor version apart, in both directions.

The other version is a record of what it says (`record.py`). The records prove that its requests are understood and its
answers are enough. `test_update.py` and `e2e/test_version_before.py` run its own code.
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
from tests.contract.kept import kept_versions, minor_version, numbers, version_before, wheel_before
from tests.contract.record import keep
from tests.contract.talking import TERMS, sender

MAJOR, MINOR = numbers(minor_version())
OTHER = [folder for folder in kept_versions() if numbers(folder.name) in ([MAJOR, MINOR - 1], [MAJOR, MINOR])]


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_version_before_is_kept() -> None:
    """Without it: check out its release and run `make freeze` there."""
    assert version_before().name == f"{MAJOR}.{MINOR - 1}"
    assert wheel_before().name.startswith(f"inkeeper-{MAJOR}.{MINOR - 1}.")


def test_a_version_that_is_kept_is_not_written_again(tmp_path: Path) -> None:
    (tmp_path / wheel_before().name).touch()

    with pytest.raises(SystemExit, match="stays as it is"):
        keep(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [wheel_before().name]


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
    newer = f"{MAJOR}.{MINOR + 1}.0"

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
