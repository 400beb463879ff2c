"""`inkeeper extension`: the folder to load, and the connection in it once there is a ledger."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Serving

Run = Callable[..., subprocess.CompletedProcess[str]]

CONNECTS = "The first browser that loads it within 10 minutes connects by itself."


def test_before_the_first_start_there_is_nothing_to_connect_to(inkeeper: Run, tmp_path: Path) -> None:
    printed = inkeeper("extension").stdout

    assert printed.splitlines()[0] == str(tmp_path / "data" / "extension")
    assert CONNECTS not in printed
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["extension"]


def test_with_a_ledger_the_first_browser_connects(serving: Serving, inkeeper: Run, tmp_path: Path) -> None:
    port = serving.address.rpartition(":")[2]

    printed = inkeeper("extension", INKEEPER_PORT=port).stdout

    assert CONNECTS in printed
    secret = tmp_path / "data" / "extension" / "connect.json"
    offered = json.loads(secret.read_text())
    assert offered["code"] not in printed
    assert offered["address"] == serving.address
    body = {"code": offered["code"], "device": "Brave on Linux"}
    assert serving.post(f"/api/v1/pairings/{offered['id']}/confirm", body)["token"]
    assert not secret.exists()
