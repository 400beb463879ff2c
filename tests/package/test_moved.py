"""The project's folder is moved, renamed or copied, its environment included."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.lint.extension import ROOT
from tests.package.conftest import new_environment

SHIPPED = ("Makefile", "README.md", "LICENSE", "pyproject.toml", "requirements.txt", "backend", "extension")
VERSION = re.compile(r'(?<=__version__ = ")[^"]+')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's folder with an environment that was made in it."""
    folder = tmp_path / "first"
    folder.mkdir()
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(ROOT / name, folder)
    new_environment(folder / ".venv")
    (folder / ".venv" / ".runtime").touch()
    assert make_run(folder) == mark(folder)
    return folder


def mark(project: Path) -> str:
    """Give the project a version of its own, which says from which folder a program comes."""
    version = f"0.1.{len(project.name)}"
    module = project / "backend" / "inkeeper" / "__init__.py"
    module.write_text(VERSION.sub(version, module.read_text(encoding="utf-8")), encoding="utf-8")
    return version


def make_run(project: Path) -> str:
    """The version that `make run` says it runs."""
    mark(project)
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MAKEFLAGS")}
    process = subprocess.Popen(
        ["make", "run", "BROWSER=none"],
        cwd=project,
        env=variables
        | {"INKEEPER_PORT": "0", "INKEEPER_DATA_DIR": str(project.parent / "data"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as lines:
        said = ""
        for line in lines:
            said += line
            if "#signin=" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        said += lines.read()
    process.wait(20)
    found = re.search(r"Inkeeper (\S+) listens", said)
    assert found, said
    return found[1]


def command_version(project: Path) -> str:
    """The version of the command in the project's environment."""
    command = [project / ".venv" / "bin" / "inkeeper", "--version"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]


def test_a_moved_folder_runs_and_so_does_its_command(project: Path) -> None:
    moved = project.rename(project.with_name("second, with it's blanks"))

    assert make_run(moved) == mark(moved)
    assert command_version(moved) == mark(moved)


def test_a_copy_runs_its_own_source_and_the_original_its_own(project: Path) -> None:
    copy = Path(shutil.copytree(project, project.with_name("copy of it"), symlinks=True))

    assert make_run(copy) == mark(copy)
    assert command_version(copy) == mark(copy)
    assert command_version(project) == mark(project)
    assert make_run(project) == mark(project)
