"""The settings: each from a command-line flag, else an `INKEEPER_*` environment variable, else a default."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from inkeeper import terminal
from inkeeper.wording.terminal import gettext

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8425
DATABASE_NAME = "inkeeper.sqlite3"
"""The database's file in the data folder."""

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's addresses and the place of its data."""

    database: str
    """The database's URL."""

    host: str = DEFAULT_HOST
    """The address to listen on."""

    port: int = DEFAULT_PORT

    allowed_hosts: frozenset[str] = LOOPBACK_HOSTS
    """The accepted names in Host headers: lower-case, without port; IPv6 addresses in brackets."""

    folder: Path | None = None
    """The folder for files that open a browser, if the database is not a file."""

    demo: bool = False
    """Whether all data is invented."""

    @property
    def is_shared(self) -> bool:
        """Whether the server accepts other names than loopback ones, so that other people may reach it."""
        return not self.allowed_hosts <= LOOPBACK_HOSTS


_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?", re.ASCII)


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LONGEST_LOCAL_PART = 64
_IDNA_AMBIGUOUS = frozenset("ßẞς\u200c\u200d")
"""Characters that IDNA 2003 (Python's codec) maps to others and IDNA 2008 keeps, giving two different domains.

Source: https://www.unicode.org/reports/tr46/ (deviation characters).
"""


class _Scheme(NamedTuple):
    encryption: Literal["none", "starttls", "tls"]
    port: int


_MAIL_SCHEMES = {
    "smtps": _Scheme("tls", 465),
    "smtp+starttls": _Scheme("starttls", 587),
    "smtp": _Scheme("none", 25),
}


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server, the sender and the recipient."""

    host: str
    port: int
    encryption: Literal["none", "starttls", "tls"]
    user: str | None
    password: str | None = field(repr=False)
    sender: str
    recipient: str


class SettingsError(Exception):
    """An invalid setting. The message names the setting and the expected form, in the language of the terminal."""


def load_settings(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Load the settings from flags (None if not given) and the variables `INKEEPER_HOST`, `_PORT`, `_DATABASE`,
    `_DATA_DIR` and `_ALLOWED_HOSTS` (comma-separated names). Creates the data folder (0700) if it is needed.

    Raises SettingsError for an invalid port or host, and OSError if the folder cannot be created.
    """

    setting = _setting_reader(flags, environment)
    host = _host("--host", str(setting("host") or DEFAULT_HOST))
    database = str(setting("database") or _database_in(_data_folder(setting("data_dir"))))
    names = [name.strip() for name in str(setting("allowed_hosts") or "").split(",")]
    further = {_in_brackets(_host("INKEEPER_ALLOWED_HOSTS", name)) for name in names if name}
    return Settings(
        database=database,
        folder=_data_folder(setting("data_dir")) if database.startswith("postgres") else None,
        host=host,
        port=_port(setting("port")),
        allowed_hosts=LOOPBACK_HOSTS | {_in_brackets(host)} | further,
    )


def load_mail_settings(flags: Mapping[str, Any], environment: Mapping[str, str]) -> MailSettings:
    """Load the mail settings from flags (None if not given) and the variables `INKEEPER_SMTP_URL`, `_SMTP_USER`,
    `_SMTP_PASSWORD`, `_MAIL_TO` and `_MAIL_FROM`.

    Raises SettingsError. Its message never contains a part of the URL, which may hold a password.
    """
    setting = _setting_reader(flags, environment)
    recipient = _mail_address("--to", setting("mail_to"))
    sender = _mail_address("--from", setting("mail_from") or recipient)
    return _mail_settings(setting, sender, recipient)


def _mail_settings(setting: Callable[[str], Any], sender: str, recipient: str) -> MailSettings:
    from urllib.parse import unquote, urlsplit

    shape = SettingsError(
        gettext(
            "Name the mail server with --smtp-url as smtps://USER@HOST, smtp+starttls://USER@HOST or smtp://HOST, with"
            " :PORT behind if it is another than usual."
        )
    )
    try:
        parts = urlsplit(str(setting("smtp_url") or ""))
        scheme, port = _MAIL_SCHEMES[parts.scheme], parts.port
        host = _host("--smtp-url", parts.hostname or "")
    except (KeyError, ValueError, SettingsError):
        raise shape from None
    if port == 0 or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise shape
    user = unquote(parts.username or "") or setting("smtp_user")
    password = unquote(parts.password or "") or setting("smtp_password")
    if bool(user) != bool(password):
        raise SettingsError(
            gettext("Give the mail server's user and password both, or neither: in --smtp-url, or by their variables.")
        )
    if user and scheme.encryption == "none" and _in_brackets(host) not in LOOPBACK_HOSTS:
        raise SettingsError(
            gettext(
                "--smtp-url with smtp:// would send the password for all to read. Use smtps:// or smtp+starttls://"
                " instead."
            )
        )
    return MailSettings(host, port or scheme.port, scheme.encryption, user, password, sender, recipient)


def _mail_address(flag: str, value: Any) -> str:
    """The address with its domain in ASCII form (`bücher.example` is `xn--bcher-kva.example`).

    Raises SettingsError for an invalid address, and for forms that not every mail server accepts: quotes, IP addresses,
    and non-ASCII characters before the @ (these need SMTPUTF8 on every server on the way).
    """
    if not value:
        raise SettingsError(gettext("Say with %(option)s which address to use.", option=flag))
    local, _, domain = str(value).rpartition("@")
    if local and not local.isascii():
        raise SettingsError(
            gettext(
                "%(option)s has characters before the @ that many mail servers do not take. Use an address in ASCII"
                " there.",
                option=flag,
            )
        )
    if _IDNA_AMBIGUOUS & set(domain):
        raise SettingsError(
            gettext(
                "%(option)s has a character in its domain that programs spell in two ways. Write the domain as xn--…"
                " instead.",
                option=flag,
            )
        )
    host = _domain_name(domain)
    if not host or len(local) > _LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local) or "=?" in local:
        raise SettingsError(gettext("%(option)s must be a mail address such as me@example.org.", option=flag))
    return f"{local}@{host}"


def _setting_reader(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Callable[[str], Any]:
    def setting(name: str) -> Any:
        flag = flags.get(name)
        return flag if flag is not None else environment.get(f"INKEEPER_{name.upper()}") or None

    return setting


def _port(value: Any) -> int:
    if value is None:
        return DEFAULT_PORT
    # `int` alone would accept spaces, signs and underscores.
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > len("65535") or int(text) > 65535:
        raise SettingsError(
            gettext(
                "--port or INKEEPER_PORT must be a number from 0 to 65535, not %(typed)s.",
                typed=terminal.printable(str(value)),
            )
        )
    return int(value)


def _host(setting: str, named: str) -> str:
    """A host name in the form that browsers send, or an IP address (IPv6 in compressed form without brackets)."""
    from ipaddress import IPv6Address

    if ":" in named:
        with suppress(ValueError):
            return IPv6Address(named[1:-1] if named.startswith("[") and named.endswith("]") else named).compressed
    name = _domain_name(named.removesuffix("."))
    if not name:
        raise SettingsError(
            gettext(
                "%(option)s must be a host name or an IP address, without http:// and without a port, not %(typed)s.",
                option=setting,
                typed=terminal.quoted(named),
            )
        )
    return name


def _domain_name(name: str) -> str:
    """The name in ASCII form and lower case; empty if it is not a host name."""
    try:
        ascii_name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return ascii_name if _HOST_NAME.fullmatch(ascii_name) else ""


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

    return f"sqlite:///{quote(str((folder / DATABASE_NAME).absolute()))}"
