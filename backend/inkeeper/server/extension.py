"""The browser extension that this installation includes, and the folder from which browsers load it.

- The wheel includes the packed extension, in the package. In the project's folder it is the source, beside `backend`.
- Browsers load a copy of it: the folder `extension` beside the database, whose path no update changes. A browser reads
  files from it at any time, so a new copy replaces the old one as a whole.
- The copy may call 127.0.0.1 without asking; the original has to ask for it. So it can connect to this computer's
  server by itself (`prepared`).
- The manifest's `key` gives an unpacked extension the same id in every folder, so a move keeps its storage. It is the
  public half of a P-256 pair whose private half was discarded: no store can publish an extension with this id. Such a
  key is made by `openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout -outform DER | base64`. The
  packages for the stores have no key.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from inkeeper import installation
from inkeeper.server import prepared
from inkeeper.wording.terminal import gettext

_ID = "inkeeper@extension"
"""The extension's id for Firefox, which is in every manifest of it."""

_LOOPBACK = "http://127.0.0.1/*"

_NAME = "extension"
_NEW, _OLD = f"{_NAME}.new-", f"{_NAME}.old-"
"""What the names of a copy in the making, and of a copy being replaced, begin with."""

_LEFTOVER_SECONDS = 3600
"""The age at which a copy with such a name was left behind by a process that ended early."""


_lock = threading.Lock()
"""One thread at a time replaces the folder: two pages may ask for it at once."""


class NoExtension(Exception):
    """The extension cannot be put in its folder. The message is one sentence with the reason."""


class LoadedFolder(NamedTuple):
    """The folder from which browsers load the extension. `is_renewed` is whether another copy was replaced in it."""

    path: Path
    is_renewed: bool


def included_extension() -> Path:
    """The folder of the extension that this installation includes. Raises NoExtension without one."""
    for folder in (installation.PACKED_EXTENSION, installation.SOURCE_EXTENSION):
        if (folder / "manifest.json").is_file():
            return folder
    raise NoExtension(gettext("This installation of Inkeeper has no extension in it. Install the wheel of a release."))


def loaded_folder(folder: Path) -> Path:
    """The folder from which browsers load the extension, in the data folder `folder`."""
    return folder / _NAME


def with_loopback(manifest: str) -> str:
    """A manifest whose extension may call 127.0.0.1 without asking, if it may ask for that."""
    values = json.loads(manifest)
    optional = values.get("optional_host_permissions", [])
    if _LOOPBACK not in optional:
        return manifest
    values["host_permissions"] = [*values.get("host_permissions", []), _LOOPBACK]
    values["optional_host_permissions"] = [each for each in optional if each != _LOOPBACK]
    return json.dumps(values, indent=2)


def put_extension(folder: Path) -> LoadedFolder:
    """Put the included extension into the folder `extension` in `folder`, or renew it there.

    - The new copy replaces the old one when it is whole: a browser never finds a part of it.
    - A copy of a later version stays.
    - Only the user can read it (0700). Nothing else in `folder` is touched.

    Raises NoExtension without an extension, and if something else has the name. Raises OSError if it cannot be written.
    """
    source, target = included_extension(), loaded_folder(folder)
    with _lock:
        return _put(source, target)


def _put(source: Path, target: Path) -> LoadedFolder:
    _remove_leftovers(target.parent)
    was_there = os.path.lexists(target)
    if was_there:
        if not _is_inkeeper(target):
            raise NoExtension(
                gettext(
                    "%(folder)s is not Inkeeper's extension, and is not replaced. Move it elsewhere.", folder=target
                )
            )
        if _version(target) > _version(source) or _wanted(source) == _content(target):
            return LoadedFolder(target, is_renewed=False)
    new = Path(tempfile.mkdtemp(prefix=_NEW, dir=target.parent))
    try:
        for name, content in _wanted(source).items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        _replace(target, new)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return LoadedFolder(target, is_renewed=was_there)


def renew_extension(folder: Path) -> LoadedFolder | None:
    """Do as `put_extension`, if the extension has been put into `folder` before; otherwise return None."""
    if any(os.path.lexists(path) for path in (folder / _NAME, *folder.glob(f"{_OLD}*"))):
        return put_extension(folder)
    return None


def _replace(target: Path, new: Path) -> None:
    """Rename `new` to `target`, with the old folder renamed first: no system can replace a folder that has content."""
    old = Path(tempfile.mkdtemp(prefix=_OLD, dir=target.parent))
    moved = old / _NAME
    try:
        if target.exists():
            target.rename(moved)
        try:
            new.rename(target)
        except OSError:
            if moved.exists() and not target.exists():
                moved.rename(target)
            # Another process may have put its copy there meanwhile.
            if not target.exists() or _content(new) != _content(target):
                raise
    finally:
        if target.exists() or not moved.exists():
            shutil.rmtree(old, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    for name in (_NEW, _OLD):
        for path in folder.glob(f"{name}*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _LEFTOVER_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)


def _is_inkeeper(folder: Path) -> bool:
    """Whether the folder holds a copy of Inkeeper's extension, of any version, or nothing."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    try:
        return bool(_manifest(folder)["browser_specific_settings"]["gecko"]["id"] == _ID)
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _version(folder: Path) -> list[int]:
    """The version in the manifest as numbers. An empty folder, and a version of another form, is older than any."""
    try:
        return [int(part) for part in str(_manifest(folder)["version"]).split(".")]
    except (OSError, ValueError, LookupError):
        return []


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def _wanted(source: Path) -> dict[str, bytes]:
    """The files of a copy of the extension."""
    content = _content(source)
    return content | {"manifest.json": with_loopback(content["manifest.json"].decode()).encode()}


def _content(folder: Path) -> dict[str, bytes]:
    """The extension's files in a folder."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in prepared.FILES}
