"""Server processes over PostgreSQL clusters that keep what they confirm."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Serving


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[str], Serving]]:
    """Starts a server process over the database of this URL."""
    started: list[Serving] = []

    def start(database_url: str) -> Serving:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("INKEEPER_")},
            "PYTHONPATH": os.pathsep.join(sys.path),
            "INKEEPER_DATA_DIR": str(tmp_path / "data"),
            "INKEEPER_DATABASE": database_url,
        }
        started.append(Serving(environment, "--port", "0"))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()
        for stream in (server.process.stdout, server.process.stderr):
            assert stream is not None
            stream.close()
