"""Settings come from flags, then variables, then defaults, and are refused where they make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkeeper.settings import Settings, SettingsError, load_settings


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


@pytest.mark.parametrize("port", ["x", "-1", "65536", " 80", "8_425", "８４２５"])
def test_a_port_that_is_none(port: str) -> None:
    with pytest.raises(SettingsError, match="port must be"):
        load_settings({"port": port, "database": "sqlite:////elsewhere"}, {})
