"""The sdist and the wheel, built by setuptools in a copy of the source that holds nothing but what is shipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.lint.extension import ROOT
from tests.package import archives

SHIPPED = ("pyproject.toml", "README.md", "LICENSE")
PACKED_EXTENSION = Path("backend/inkeeper/extension")
"""Where the sdist and the wheel hold the packed extension (`inkeeper.server.extension`)."""


def build_sdist(packed: Path, source: Path, into: Path) -> Path:
    """Copy what is shipped and the packed extension to the new folder `source`, and build an sdist of it."""
    source.mkdir()
    for name in SHIPPED:
        shutil.copyfile(ROOT / name, source / name)
    _copy(ROOT / "backend" / "inkeeper", source / "backend" / "inkeeper")
    _copy(packed, source / PACKED_EXTENSION)
    sdist = _build("build_sdist", source, into)
    archives.normalise_tar(sdist)
    return sdist


def build_wheel(source: Path, into: Path) -> Path:
    """Build a wheel of the unpacked sdist `source`."""
    return _build("build_wheel", source, into)


def _copy(folder: Path, target: Path) -> None:
    # The modes are part of a wheel; those of the source depend on the user's umask.
    shutil.copytree(folder, target, copy_function=_copy_file, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _copy_file(source: str, target: str) -> None:
    shutil.copyfile(source, target)


def _build(what: str, source: Path, into: Path) -> Path:
    """Call a function of the build backend (PEP 517) in a process of its own. Ends the program if it fails."""
    script = f"import setuptools.build_meta, sys; print(setuptools.build_meta.{what}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", script, into],
        cwd=source,
        env=os.environ | {"SOURCE_DATE_EPOCH": str(archives.epoch()), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        umask=0o022,
    )
    if done.returncode != 0:
        sys.exit(f"{what} failed:\n{done.stderr}")
    return into / done.stdout.splitlines()[-1]
