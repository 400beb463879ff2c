"""The packages of a release, made once for all tests of this folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.package.__main__ import make_packages


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `make package` fills."""
    folder = tmp_path_factory.mktemp("packages") / "dist"
    make_packages(folder)
    return folder


def new_environment(folder: Path) -> Path:
    """Make an environment in `folder` that has everything of the tests' environment but Inkeeper. Returns its Python.

    The line in the `.pth` file adds the folder of the packages, not what the `.pth` files in that folder add: the link
    to the project's source is one of those.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    paths = f"import sysconfig; print(sysconfig.get_path('purelib', vars={{'base': {str(folder)!r}}}))"
    site = subprocess.run([python, "-c", paths], check=True, capture_output=True, text=True).stdout.strip()
    Path(site, "packages.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python
