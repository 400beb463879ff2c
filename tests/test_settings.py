"""Settings come from flags, then variables, then defaults, and are refused where they make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkeeper.settings import MailSettings, Settings, SettingsError, load_mail_settings, load_settings


def test_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)

    settings = load_settings({}, {})

    assert (settings.host, settings.port) == ("127.0.0.1", 8425)
    assert settings.allowed_hosts == {"127.0.0.1", "localhost", "[::1]"}
    assert settings.database.startswith(f"sqlite:///{tmp_path}")
    assert settings.database.endswith("inkeeper/inkeeper.sqlite3")


def test_flags_go_before_variables() -> None:
    variables = {"INKEEPER_HOST": "::1", "INKEEPER_PORT": "1", "INKEEPER_DATABASE": "sqlite:////from/variable"}
    flags = {"host": "0.0.0.0", "port": "2", "database": "sqlite:////from/flag"}

    assert load_settings({}, variables) == Settings(
        "sqlite:////from/variable", "::1", 1, frozenset({"127.0.0.1", "localhost", "[::1]"})
    )
    assert load_settings(flags, variables) == Settings(
        "sqlite:////from/flag", "0.0.0.0", 2, frozenset({"127.0.0.1", "localhost", "[::1]", "0.0.0.0"})
    )


@pytest.mark.parametrize(
    ("named", "host", "allowed"),
    [
        ("::1", "::1", "[::1]"),
        ("[::1]", "::1", "[::1]"),
        ("[0:0::0:1]", "::1", "[::1]"),
        ("FE80::1", "fe80::1", "[fe80::1]"),
        ("Ledger.Example.", "ledger.example", "ledger.example"),
        ("bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("192.168.0.2", "192.168.0.2", "192.168.0.2"),
    ],
)
def test_a_host_in_the_form_that_browsers_send(named: str, host: str, allowed: str) -> None:
    settings = load_settings({"host": named, "database": "sqlite:////elsewhere"}, {})
    further = load_settings({"database": "sqlite:////elsewhere"}, {"INKEEPER_ALLOWED_HOSTS": f"a.example, {named}"})

    assert settings.host == host
    assert allowed in settings.allowed_hosts
    assert {"a.example", allowed} <= further.allowed_hosts


@pytest.mark.parametrize(
    "named",
    [
        "http://x.example",
        "x.example:8425",
        "x/y",
        "a..b",
        "[::1",
        "::1::",
        "a b",
        "\udcff",
        "-x",
        "x" * 64,
        "*",
    ],
)
def test_what_is_no_host_is_refused_in_words(named: str) -> None:
    for flags, variables in (({"host": named}, {}), ({}, {"INKEEPER_ALLOWED_HOSTS": named})):
        with pytest.raises(SettingsError, match="must be a host name or an IP address"):
            load_settings(flags | {"database": "sqlite:////elsewhere"}, variables)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("kai@bücher.example", "kai@xn--bcher-kva.example"),
        ("Kai.O'Neill+ink@Example.ORG", "Kai.O'Neill+ink@example.org"),
        ("kai@xn--bcher-kva.example", "kai@xn--bcher-kva.example"),
        ("kai@localhost", "kai@localhost"),
    ],
)
def test_a_mail_address_goes_out_with_the_domain_that_dns_knows(typed: str, address: str) -> None:
    settings = load_mail_settings({"smtp_url": "smtps://mail.example", "mail_to": typed}, {})

    assert (settings.sender, settings.recipient) == (address, address)


def test_an_empty_variable_counts_as_none(tmp_path: Path) -> None:
    settings = load_settings({"data_dir": str(tmp_path)}, {"INKEEPER_PORT": "", "INKEEPER_DATABASE": ""})

    assert settings.port == 8425


def test_further_names_are_allowed_by_a_variable(tmp_path: Path) -> None:
    variables = {"INKEEPER_ALLOWED_HOSTS": "Ledger.Example, ,10.0.0.5", "INKEEPER_DATA_DIR": str(tmp_path)}

    assert load_settings({}, variables).allowed_hosts >= {"ledger.example", "10.0.0.5", "localhost"}


def test_the_data_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "my data"

    settings = load_settings({"data_dir": str(folder)}, {})

    assert folder.stat().st_mode & 0o777 == 0o700
    assert settings.database == f"sqlite:///{tmp_path}/deep/my%20data/inkeeper.sqlite3"


def test_no_folder_is_made_for_a_database_elsewhere(tmp_path: Path) -> None:
    load_settings({"data_dir": str(tmp_path / "data"), "database": "sqlite:////elsewhere"}, {})

    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("port", ["x", "-1", "65536", " 80", "8_425", "８４２５", "9" * 5_000])
def test_a_port_that_is_none(port: str) -> None:
    with pytest.raises(SettingsError, match="--port or INKEEPER_PORT must be"):
        load_settings({"port": port, "database": "sqlite:////elsewhere"}, {})


@pytest.mark.parametrize(
    ("url", "host", "port", "encryption", "user", "password"),
    [
        ("smtps://mail.example", "mail.example", 465, "tls", None, None),
        ("smtp+starttls://mail.example/", "mail.example", 587, "starttls", None, None),
        ("smtp://mail.example:2525", "mail.example", 2525, "none", None, None),
        ("SMTPS://kai%40example.org:a%2Fb%3A@mail.example", "mail.example", 465, "tls", "kai@example.org", "a/b:"),
        ("smtps://kai@example.org:secret@mail.example", "mail.example", 465, "tls", "kai@example.org", "secret"),
        ("smtp://kai:secret@localhost", "localhost", 25, "none", "kai", "secret"),
        ("smtp://kai:secret@[::1]:25", "::1", 25, "none", "kai", "secret"),
    ],
)
def test_the_address_of_a_mail_server(
    url: str, host: str, port: int, encryption: str, user: str | None, password: str | None
) -> None:
    settings = load_mail_settings({"smtp_url": url, "mail_to": "kai@example.org"}, {})

    assert settings == MailSettings(host, port, encryption, user, password, "kai@example.org", "kai@example.org")  # type: ignore[arg-type]
    assert "secret" not in repr(settings)


def test_mail_settings_from_variables() -> None:
    variables = {
        "INKEEPER_SMTP_URL": "smtps://mail.example",
        "INKEEPER_SMTP_USER": "kai",
        "INKEEPER_SMTP_PASSWORD": "secret",
        "INKEEPER_MAIL_TO": "kai@example.org",
        "INKEEPER_MAIL_FROM": "inkeeper@example.org",
    }

    assert load_mail_settings({}, variables) == MailSettings(
        "mail.example", 465, "tls", "kai", "secret", "inkeeper@example.org", "kai@example.org"
    )
    assert load_mail_settings({"mail_to": "robin@example.org"}, variables).recipient == "robin@example.org"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "imap://mail.example",
        "smtps://",
        "smtps://kai:secret@",
        "smtps://kai:secret@mail.example:0",
        "smtps://kai:secret@mail.example:70000",
        "smtps://kai:sec/ret@mail.example",
        "smtps://kai:secret@mail.example/box",
        "smtps://kai:secret@mail.example?x=secret",
        "smtps://kai:secret@mail.example#secret",
        "smtps://kai:secret@[mail.example",
        "smtp://kai:secret@mail.example",
        "smtps://:secret@mail.example",
        "smtps://kai@mail.example",
        "smtps://mail..example",
    ],
)
def test_what_names_no_mail_server_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_mail_settings({"smtp_url": url, "mail_to": "kai@example.org"}, {})

    assert "secret" not in str(refused.value)
    assert "kai:" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "kai",
        "@example.org",
        "kai@",
        "kai@example.org\nBcc: x@example.org",
        "Kai <kai@example.org>",
        "käi@example.org",
        "kai@example..org",
        "kai@example.org.",
        "kai @example.org",
        " kai@example.org",
        "kai@exa mple.org",
        "kai@ex\u2028ample.org",
        "kai@-x.example",
        "kai@[127.0.0.1]",
        "kai@exa_mple.org\x00",
        "kai(c)@example.org",
        '"a b"@example.org',
        ".kai@example.org",
        "a..b@example.org",
        "x" * 65 + "@example.org",
        "kai@" + "x" * 64 + ".org",
        "=?utf-8?q?x?=@example.org",
        "kai@straße.example",
        "\ud800@example.org",
        "kai@\udcff.example",
    ],
)
def test_what_is_no_mail_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="--to"):
        load_mail_settings({"smtp_url": "smtps://mail.example", "mail_to": address}, {})
