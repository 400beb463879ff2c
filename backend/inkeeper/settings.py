"""What can be set: by a flag, else by an `INKEEPER_*` variable, else by default."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from inkeeper import terminal

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

    folder: Path | None = None
    """Where files that a browser is opened with go, where the database is no file."""

    demo: bool = False
    """Whether all that the server holds is made up."""

    @property
    def is_shared(self) -> bool:
        """Whether the server answers under names beyond loopback, so that strangers may reach it."""
        return not self.allowed_hosts <= LOOPBACK_HOSTS


_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?", re.ASCII)


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LONGEST_LOCAL_PART = 64
_IDNA_AMBIGUOUS = frozenset("ßẞς\u200c\u200d")
"""Characters that IDNA of 2003, which Python has, turns into others, and IDNA of 2008 keeps: two different domains."""


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
    """By which server, from whom and to whom mail is sent."""

    host: str
    port: int
    encryption: Literal["none", "starttls", "tls"]
    user: str | None
    password: str | None = field(repr=False)
    sender: str
    recipient: str


class SettingsError(Exception):
    """A setting that makes no sense; the message names it and says what it should be."""


def load_settings(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """The settings from flags (None where not given) and `INKEEPER_HOST`, `_PORT`, `_DATABASE`, `_DATA_DIR` and
    `_ALLOWED_HOSTS` (names with commas between). Creates the data folder, for its owner alone, if it is to be used.

    Raises SettingsError for a port or host that is none, and OSError for a folder that cannot be made.
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
    """The mail settings from flags (None where not given) and `INKEEPER_SMTP_URL`, `_SMTP_USER`, `_SMTP_PASSWORD`,
    `_MAIL_TO` and `_MAIL_FROM`.

    Raises SettingsError, whose words never hold a part of the URL: there may be a password in it.
    """
    setting = _setting_reader(flags, environment)
    recipient = _mail_address("--to", setting("mail_to"))
    sender = _mail_address("--from", setting("mail_from") or recipient)
    return _mail_settings(setting, sender, recipient)


def _mail_settings(setting: Callable[[str], Any], sender: str, recipient: str) -> MailSettings:
    from urllib.parse import unquote, urlsplit

    shape = SettingsError(
        "Name the mail server with --smtp-url as smtps://USER@HOST, smtp+starttls://USER@HOST or smtp://HOST, with"
        " :PORT behind if it is another than usual."
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
        raise SettingsError("Give the mail server's user and password both, or neither.")
    if user and scheme.encryption == "none" and _in_brackets(host) not in LOOPBACK_HOSTS:
        raise SettingsError(
            "smtp:// would send the password for all to read. Use smtps:// or smtp+starttls:// instead."
        )
    return MailSettings(host, port or scheme.port, scheme.encryption, user, password, sender, recipient)


def _mail_address(flag: str, value: Any) -> str:
    """The address with its domain as DNS has it (`bücher.example` is `xn--bcher-kva.example`).

    Raises SettingsError for what is none, and for what not every mail server takes: quotes, literal IP addresses, and
    anything but ASCII before the @ (that would need SMTPUTF8 on each server on the way).
    """
    if not value:
        raise SettingsError(f"Say with {flag} which address to use.")
    local, _, domain = str(value).rpartition("@")
    if local and not local.isascii():
        raise SettingsError(
            f"{flag} has characters before the @ that many mail servers do not take. Use an address in ASCII there."
        )
    if _IDNA_AMBIGUOUS & set(domain):
        raise SettingsError(
            f"{flag} has a character in its domain that programs spell in two ways. Write the domain as xn--… instead."
        )
    host = _domain_name(domain)
    if not host or len(local) > _LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local) or "=?" in local:
        raise SettingsError(f"{flag} must be a mail address such as me@example.org.")
    return f"{local}@{host}"


def _setting_reader(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Callable[[str], Any]:
    def setting(name: str) -> Any:
        flag = flags.get(name)
        return flag if flag is not None else environment.get(f"INKEEPER_{name.upper()}") or None

    return setting


def _port(value: Any) -> int:
    if value is None:
        return DEFAULT_PORT
    # Not `int` alone, which takes spaces, signs and underscores too.
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > len("65535") or int(text) > 65535:
        raise SettingsError(f"The port must be a number from 0 to 65535, not {terminal.printable(str(value))}.")
    return int(value)


def _host(setting: str, named: str) -> str:
    """A host name in the form in which browsers send it, or an IP address; IPv6 in its shortest form, no brackets."""
    from ipaddress import IPv6Address

    if ":" in named:
        with suppress(ValueError):
            return IPv6Address(named[1:-1] if named.startswith("[") and named.endswith("]") else named).compressed
    name = _domain_name(named.removesuffix("."))
    if not name:
        raise SettingsError(
            f"{setting} must be a host name or an IP address, without http:// and without a port,"
            f" not {terminal.quoted(named)}."
        )
    return name


def _domain_name(name: str) -> str:
    """The name as DNS has it, in lower case; empty for what is none."""
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

    return f"sqlite:///{quote(str((folder / 'inkeeper.sqlite3').absolute()))}"
