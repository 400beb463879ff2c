"""Records what this version's extension and server say to each other: `python -m tests.contract.record`.

To be run once for each minor version, when it is released. The records of earlier ones are never written again: they
are what is installed. `tests/contract/<minor version>/` gets:

- `conversation.json`: the extension's requests, and the server's answers.
- `shapes.json`: what the extension needs of answers.
- `required.json`: which members the server requires of each request.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import inkeeper
from inkeeper.api.app import create_app
from inkeeper.settings import Settings
from inkeeper.storage.database import open_database
from tests.contract.conversation import REQUESTS, hold, shapes
from tests.contract.talking import NOW, TERMS, sender
from tests.lint.contract import openapi_document

HERE = Path(__file__).parent


def minor_version() -> str:
    """Such as `0.1`."""
    return ".".join(inkeeper.__version__.split(".")[:2])


def required_members() -> dict[str, list[str]]:
    """The members that the server requires, by the name of a request's schema."""
    schemas = openapi_document()["components"]["schemas"]
    return {name: sorted(schema.get("required", [])) for name, schema in sorted(schemas.items())}


def main() -> None:
    """Write the three files."""
    folder = HERE / minor_version()
    folder.mkdir(exist_ok=True)
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
    conversation: list[dict[str, Any]] = [
        {**request, "status": each.status, "answer": each.answer} for request, each in zip(REQUESTS, said, strict=True)
    ]
    for name, content in (
        ("conversation.json", conversation),
        ("shapes.json", shapes()),
        ("required.json", required_members()),
    ):
        (folder / name).write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
