"""What can be set: by a flag, else by an `INKEEPER_*` variable, else by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8425
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Settings:
    """How this server is reached and where it keeps its data."""

    database: str
    """The database's URL."""

    host: str = DEFAULT_HOST
    """The address to listen on."""

    port: int = DEFAULT_PORT

    allowed_hosts: frozenset[str] = LOOPBACK_HOSTS
    """The names under which requests may come in: lower-case, without port; IPv6 addresses in brackets."""

    demo: bool = False
    """Whether all that the server holds is made up."""


class SettingsError(Exception):
    """A setting that makes no sense; the message names it and says what it should be."""


def load_settings(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """The settings from flags (None where not given) and `INKEEPER_HOST`, `_PORT`, `_DATABASE`, `_DATA_DIR` and
    `_ALLOWED_HOSTS` (names with commas between). Creates the data folder, for its owner alone, if it is to be used.

    Raises SettingsError for a port that is not one, and OSError for a folder that cannot be made.
    """

    def chosen(name: str) -> Any:
        flag = flags.get(name)
        return flag if flag is not None else environment.get(f"INKEEPER_{name.upper()}") or None

    host = str(chosen("host") or DEFAULT_HOST)
    database = chosen("database") or _database_in(_data_folder(chosen("data_dir")))
    further = (name.strip().lower() for name in str(chosen("allowed_hosts") or "").split(","))
    return Settings(
        database=str(database),
        host=host,
        port=_port(chosen("port")),
        allowed_hosts=LOOPBACK_HOSTS | {_in_brackets(host.lower())} | {name for name in further if name},
    )


def _port(value: Any) -> int:
    if value is None:
        return DEFAULT_PORT
    # Not `int` alone, which takes spaces, signs and underscores too.
    if not str(value).isascii() or not str(value).isdigit() or int(value) > 65535:
        raise SettingsError(f"The port must be a number from 0 to 65535, not {value}.")
    return int(value)


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _data_folder(named: str | None) -> Path:
    if named is None:
        import platformdirs

        folder = Path(platformdirs.user_data_dir("inkeeper", appauthor=False))
    else:
        folder = Path(named).expanduser()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _database_in(folder: Path) -> str:
    from urllib.parse import quote

    return f"sqlite:///{quote(str((folder / 'inkeeper.sqlite3').absolute()))}"
