"""Where the released versions are kept that later ones are tested with (`record.py` keeps them)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import inkeeper

KEPT = Path(__file__).parent
"""The folder with one folder for each minor version, such as `0.1`."""


def minor_version() -> str:
    """This version's, such as `0.1`."""
    return ".".join(inkeeper.__version__.split(".")[:2])


def wheel_name() -> str:
    """The name of this version's wheel."""
    return f"inkeeper-{inkeeper.__version__}-py3-none-any.whl"


def numbers(version: str) -> list[int]:
    """The numbers of a version without letters, by which versions are sorted."""
    return [int(number) for number in version.split(".")]


def kept_versions() -> list[Path]:
    """The folders of all versions that are kept, the latest last."""
    return sorted((path.parent for path in KEPT.glob("*/conversation.json")), key=lambda folder: numbers(folder.name))


def version_before() -> Path:
    """The folder of the latest version that is kept and earlier than this one."""
    return [folder for folder in kept_versions() if numbers(folder.name) < numbers(minor_version())][-1]


def wheel_before() -> Path:
    """The wheel of the version before this one."""
    (wheel,) = version_before().glob("*.whl")
    return wheel


def version_number_before() -> str:
    """The version before this one, such as `0.1.0`."""
    return wheel_before().name.split("-")[1]


def unpack_before(into: Path) -> Path:
    """Unpack the wheel of the version before this one into the new folder `into`, which can then be on a PYTHONPATH.

    Returns `into`. It holds the package `inkeeper`, with the packed extension in `inkeeper/extension`.
    """
    with zipfile.ZipFile(wheel_before()) as wheel:
        wheel.extractall(into)
    return into
