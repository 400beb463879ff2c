"""The greeting says how the server was installed, so that the extension shows commands that its user has."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from inkeeper import installation


def test_a_server_in_the_projects_folder_says_so(client: FlaskClient) -> None:
    assert client.get("/api/v1/server").json["installed"] == "folder"


def test_a_server_from_a_package_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(installation, "SOURCE_EXTENSION", tmp_path)

    assert client.get("/api/v1/server").json["installed"] == "package"
