"""How this Inkeeper was installed: from a wheel, or as the project's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent

PACKED_EXTENSION = _PACKAGE / "extension"
"""The packed extension in an installed package; missing in the project's folder."""

SOURCE_EXTENSION = _PACKAGE.parents[1] / "extension"
"""The extension's source in the project's folder; missing beside an installed package."""


def is_project_folder() -> bool:
    """Whether this is the project's folder, in which `make` and `.venv` are used."""
    return (SOURCE_EXTENSION / "manifest.json").is_file()


def kind() -> Literal["folder", "package"]:
    """Whether this is the project's folder, or a package that was installed."""
    return "folder" if is_project_folder() else "package"


def command() -> str:
    """How a person starts the command line, in the project's folder or anywhere else."""
    return ".venv/bin/inkeeper" if is_project_folder() else "inkeeper"
