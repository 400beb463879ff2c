"""Keeps a version for the tests of the next one: `make freeze`, run once for each minor version, at its release.

`tests/contract/<minor version>/` gets:

- `conversation.json`: the extension's requests, and the server's answers.
- `shapes.json`: what the extension needs of answers.
- `required.json`: which members the server requires of each request.
- the wheel, as `make package` makes it: the server's program with the packed extension in it.

What is kept of a version is never written again: it is what is installed.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import inkeeper
from inkeeper.api.app import create_app
from inkeeper.settings import Settings
from inkeeper.storage.database import open_database
from tests.contract.conversation import REQUESTS, hold, shapes
from tests.contract.kept import KEPT, minor_version, wheel_name
from tests.contract.talking import NOW, TERMS, sender
from tests.lint.contract import openapi_document
from tests.lint.extension import install
from tests.package.__main__ import make_packages


def required_members() -> dict[str, list[str]]:
    """The members that the server requires, by the name of a request's schema."""
    schemas = openapi_document()["components"]["schemas"]
    return {name: sorted(schema.get("required", [])) for name, schema in sorted(schemas.items())}


def recorded_conversation() -> list[dict[str, Any]]:
    """The requests of this version's extension, each with the status and the answer of this version's server."""
    codes: list[str] = []
    with TemporaryDirectory() as data:
        settings = Settings(database=f"sqlite:///{data}/inkeeper.sqlite3")
        store = open_database(settings.database)
        app = create_app(store, settings=settings, clock=lambda: NOW, show_code=lambda _, code: codes.append(code))
        client = app.test_client()
        said = hold(REQUESTS, sender(client, store, TERMS), lambda: codes[-1], inkeeper.__version__)
        store.checkpoint_and_close()
    refused = [each for each in said if each.status >= 300]
    assert not refused, refused
    return [
        {**request, "status": each.status, "answer": each.answer} for request, each in zip(REQUESTS, said, strict=True)
    ]


def keep(folder: Path) -> None:
    """Write the four files of this version into `folder`. Ends the program if it holds a wheel already."""
    if any(folder.glob("*.whl")):
        sys.exit(f"{folder} holds a released version, which stays as it is.")
    install()
    folder.mkdir(exist_ok=True)
    for name, content in (
        ("conversation.json", recorded_conversation()),
        ("shapes.json", shapes()),
        ("required.json", required_members()),
    ):
        (folder / name).write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    with TemporaryDirectory() as scratch:
        packages = Path(scratch) / "dist"
        make_packages(packages)
        shutil.copyfile(packages / wheel_name(), folder / wheel_name())


if __name__ == "__main__":
    keep(KEPT / minor_version())
