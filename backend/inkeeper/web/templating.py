"""Caches the templates' bytecode in the user's cache folder, so that later starts do not compile them."""

from __future__ import annotations

import os
import stat
import sys
from hashlib import blake2b
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from inkeeper import __version__
from inkeeper.wording.language import catalogue_of

_PRIVATE = 0o700


def keep_compiled(app: Flask) -> None:
    """Set the app's bytecode cache. Without a usable folder templates are compiled at each start."""
    app.jinja_env.bytecode_cache = bytecode_cache("en")


def bytecode_cache(language: str) -> FileSystemBytecodeCache | None:
    """The bytecode cache of a language (bytecode contains the translated texts); None without a usable folder."""
    folder = _cache_folder()
    if folder is None:
        return None
    return FileSystemBytecodeCache(str(folder), f"{__version__}-{_version_of(language)}-%s.cache")


def _version_of(language: str) -> str:
    """A cache key of the language that changes with its catalogue."""
    if language == "en":
        return language
    return f"{language}-{blake2b(catalogue_of(language).read_bytes(), digest_size=6).hexdigest()}"


def warm(app: Flask) -> None:
    """Load all templates of the pages, so that the first visit is fast."""
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith("app/")):
        app.jinja_env.get_template(name)


def _cache_folder() -> Path | None:
    """The cache folder, None unless it is private. Bytecode is executed, so nobody else may be able to write it."""
    import platformdirs

    folder = Path(platformdirs.user_cache_dir("inkeeper", appauthor=False)) / "templates"
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    if not stat.S_ISDIR(found.st_mode) or not os.access(folder, os.W_OK):
        return None
    if sys.platform != "win32" and (found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) != _PRIVATE):
        return None
    return folder
