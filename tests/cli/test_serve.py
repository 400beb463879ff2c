"""`inkeeper serve` says where it is, shows codes, and ends in order; what stands in its way is one clear line."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from e2e.harness.wait import until
from inkeeper.cli import main
from tests.cli.conftest import Serving
from tests.lint.extension import node

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order(serving: Serving, how: signal.Signals, tmp_path: Path) -> None:
    serving.post("/api/v1/pairings", {"device": "Chrome on Linux"})

    code, printed = serving.stop(how)

    assert code == 0
    assert "Traceback" not in printed
    # All that was written is in the one file.
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["inkeeper.sqlite3"]
    with closing(sqlite3.connect(tmp_path / "data" / "inkeeper.sqlite3")) as connection:
        assert connection.execute("SELECT device_name FROM pairing").fetchall() == [("Chrome on Linux",)]


def test_the_data_is_for_its_owner_alone(serving: Serving, tmp_path: Path) -> None:
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    for file in (tmp_path / "data").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file


def test_it_is_quiet_unless_it_is_asked_to_say_more(serving: Serving) -> None:
    pairing = serving.post("/api/v1/pairings", {"device": "Laptop of Kai"})
    serving.post(f"/api/v1/pairings/{pairing['id']}/confirm", {"code": serving.shown_code()})

    _, printed = serving.stop()

    assert printed.split() == "Stopped. Everything is saved.".split()


def test_it_logs_requests_without_what_was_sent(environment: dict[str, str]) -> None:
    serving = Serving(environment, "--port", "0", "--verbose")
    pairing = serving.post("/api/v1/pairings", {"device": "Laptop of Kai"})
    serving.post(f"/api/v1/pairings/{pairing['id']}/confirm", {"code": serving.shown_code()})

    _, printed = serving.stop()

    assert "POST /api/v1/pairings/<pairing_id>/confirm 201" in printed
    assert pairing["id"] not in printed
    assert "ink_" not in printed
    assert "Laptop" not in printed.replace("“Laptop of Kai” wants to connect.", "")


def test_a_port_that_is_taken(serving: Serving, inkeeper: Run, tmp_path: Path) -> None:
    port = urlsplit(serving.address).port

    finished = inkeeper("serve", "--port", port, "--data-dir", tmp_path / "other")

    assert finished.returncode == 1
    assert len(finished.stderr.splitlines()) == 1
    assert finished.stderr.startswith(f"Error: An Inkeeper with other data uses port {port}. Choose another port")


def test_a_port_that_another_program_has(inkeeper: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        threading.Thread(target=lambda: other.accept()[0].close(), daemon=True).start()

        finished = inkeeper("serve", "--port", port)

    assert finished.returncode == 1
    assert len(finished.stderr.splitlines()) == 1
    free = int(finished.stderr.rpartition("--port ")[2].rstrip(".\n"))
    assert finished.stderr == (
        f"Error: Another program uses port {port}. Choose another port with --port, such as --port {free}.\n"
    )
    assert free > port


def test_a_second_start_opens_the_first(
    serving: Serving, inkeeper: Run, opening: dict[str, str], tmp_path: Path
) -> None:
    port = urlsplit(serving.address).port

    finished = inkeeper("serve", "--port", port, "--browser", "default", **opening)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert f"Inkeeper is running already: {serving.address}" in finished.stdout
    assert json.loads((tmp_path / "seen.json").read_text())["link"].startswith(f"{serving.address}/welcome#signin=")
    assert "signin" not in finished.stdout


def test_a_second_start_may_open_nothing(
    serving: Serving, inkeeper: Run, opening: dict[str, str], tmp_path: Path
) -> None:
    port = urlsplit(serving.address).port

    finished = inkeeper("serve", "--port", port, "--browser", "default", "--no-open", **opening)

    assert finished.returncode == 0
    assert not (tmp_path / "seen.json").exists()
    assert "signin" not in finished.stdout


def test_it_opens_the_default_browser_signed_in(
    environment: dict[str, str], opening: dict[str, str], tmp_path: Path
) -> None:
    running = Serving(environment | opening, "--port", "0", "--browser", "default")
    seen = tmp_path / "seen.json"
    until(seen.exists, "the browser is opened", seconds=30)

    _, printed = running.stop()

    assert json.loads(seen.read_text())["link"].startswith(f"{running.address}/welcome#signin=")
    assert "signin" not in printed
    assert not list((tmp_path / "data").glob("*.html"))


def test_at_a_terminal_it_opens_by_itself(environment: dict[str, str], opening: dict[str, str], tmp_path: Path) -> None:
    reading, terminal = pty.openpty()
    arguments = [sys.executable, "-m", "inkeeper", "serve", "--port", "0"]
    process = subprocess.Popen(arguments, env=environment | opening, stdout=terminal, stderr=terminal)
    os.close(terminal)

    until((tmp_path / "seen.json").exists, "the browser is opened", seconds=30)

    process.terminate()
    said = b""
    # The other end of a terminal that is closed is an error to read from.
    with suppress(OSError):
        while part := os.read(reading, 4096):
            said += part
    os.close(reading)
    assert process.wait(timeout=30) == 0
    assert b"signin" not in said


def test_without_a_terminal_it_opens_nothing(
    environment: dict[str, str], opening: dict[str, str], tmp_path: Path
) -> None:
    running = Serving(environment | opening, "--port", "0")

    _, printed = running.stop()

    assert not (tmp_path / "seen.json").exists()
    assert "signin" not in printed


def test_two_servers_may_share_a_database(serving: Serving, environment: dict[str, str], inkeeper: Run) -> None:
    second = Serving(environment, "--port", "0")
    second.post("/api/v1/pairings", {"device": "Chrome on Linux"})

    assert inkeeper("pair").stdout.startswith(second.shown_code())
    assert second.stop()[0] == 0


def test_settings_come_from_flags_then_variables_then_defaults(environment: dict[str, str], tmp_path: Path) -> None:
    variables = {
        **environment,
        "INKEEPER_PORT": "1",
        "INKEEPER_DATABASE": f"sqlite:///{tmp_path}/from_variable.sqlite3",
    }

    running = Serving(variables, "--port", "0", "--host", "::1")

    assert running.address.startswith("http://[::1]:")
    running.post("/api/v1/pairings", {"device": "Chrome on Linux"})
    assert running.stop()[0] == 0
    assert (tmp_path / "from_variable.sqlite3").exists()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("port", ["x", "-1", "65536", "1.5", " 80", "٣", "0x50"])
def test_a_port_that_is_none(inkeeper: Run, port: str) -> None:
    finished = inkeeper("serve", f"--port={port}")

    assert finished.returncode == 2
    assert finished.stderr.startswith(f"Error: --port or INKEEPER_PORT must be a number from 0 to 65535, not {port}.")
    assert len(finished.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("host", "address", "extension"),
    [
        ("127.0.0.1", "http://127.0.0.1:", "http://127.0.0.1:"),
        ("localhost", "http://localhost:", "http://127.0.0.1:"),
        ("0.0.0.0", "http://0.0.0.0:", "http://127.0.0.1:"),
        ("::1", "http://[::1]:", None),
        ("[::1]", "http://[::1]:", None),
        ("127.0.0.2", "http://127.0.0.2:", None),
    ],
)
def test_the_address_for_the_extension_is_one_that_it_takes(
    environment: dict[str, str], host: str, address: str, extension: str | None
) -> None:
    running = Serving(environment, "--port", "0", "--host", host)
    printed = running.greeting()
    running.stop()

    assert running.address.startswith(address)
    said = re.search(r"enter (\S+) there\.", printed)
    assert ("proxy with TLS" in printed) == (host not in ("127.0.0.1", "localhost"))
    if extension is None:
        assert said is None
    else:
        assert said is not None
        assert said[1].startswith(extension)
        assert taken_by_the_extension(said[1])


def taken_by_the_extension(address: str) -> bool:
    """Whether the extension's own rule takes an address."""
    module = Path(__file__).parents[2] / "extension" / "core" / "server" / "address.js"
    rule = module.read_text(encoding="utf-8").partition("export function serverAddress")[2]
    answer = node("-p", f"(function serverAddress{rule})({json.dumps(address)}).address", stdout=subprocess.PIPE)
    return answer.stdout.strip() == address


@pytest.mark.parametrize("host", ["http://127.0.0.1", "127.0.0.1:8425", "a..b", "a\udcff", "\x1b[2J"])
def test_a_host_that_is_none(inkeeper: Run, host: str) -> None:
    finished = inkeeper("serve", "--host", host, "--port", "0")

    assert finished.returncode == 2
    assert "--host must be a host name or an IP address" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
    assert "\x1b" not in finished.stderr


def test_a_devices_name_cannot_show_another_code(serving: Serving) -> None:
    serving.post("/api/v1/pairings", {"device": "x”    │  999 999  │"})

    assert serving.shown_code() != "999999"
    assert serving.next_lines(2)[-1] == ('  “x" │ 999 999 │” wants to connect. Type the code there within 5 minutes.\n')


def test_a_host_that_is_not_this_machines(inkeeper: Run) -> None:
    finished = inkeeper("serve", "--host", "192.0.2.1", "--port", "0")

    assert finished.returncode == 1
    assert "Inkeeper cannot listen on 192.0.2.1" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1


class TestFilesThatOthersMayUse:
    @pytest.fixture
    def data(self, environment: dict[str, str], tmp_path: Path) -> Path:
        running = Serving(environment, "--port", "0")
        running.stop()
        return tmp_path / "data"

    def test_are_closed_to_them_and_that_is_said(self, inkeeper: Run, data: Path) -> None:
        database = data / "inkeeper.sqlite3"
        data.chmod(0o777)
        database.chmod(0o666)

        first, second = inkeeper("doctor"), inkeeper("doctor")

        assert (data.stat().st_mode & 0o777, database.stat().st_mode & 0o777) == (0o700, 0o600)
        assert first.stderr.splitlines() == [
            f"Other users could read or write {database}. Now only you can.",
            f"Other users could look into {data}. Now only you can.",
        ]
        assert (first.returncode, second.returncode, second.stderr) == (0, 0, "")

    def test_a_folder_with_other_things_in_it_is_only_warned_about(self, inkeeper: Run, data: Path) -> None:
        (data / "thesis.txt").touch()
        data.chmod(0o777)

        finished = inkeeper("doctor")

        assert data.stat().st_mode & 0o777 == 0o777
        assert finished.stderr == (
            f"Other users may put files into {data}, and so replace the database. Take that right away: chmod go-w.\n"
        )
        data.chmod(0o755)
        assert inkeeper("doctor").stderr == ""

    def test_a_link_that_leads_nowhere_is_not_filled(self, inkeeper: Run, tmp_path: Path) -> None:
        link = tmp_path / "link.sqlite3"
        link.symlink_to(tmp_path / "elsewhere.sqlite3")

        finished = inkeeper("serve", "--port", "0", "--database", f"sqlite:///{link}")

        assert finished.returncode == 1
        assert "cannot be opened" in finished.stderr
        assert link.is_symlink()
        assert not (tmp_path / "elsewhere.sqlite3").exists()


class TestADatabaseThatCannotBeUsed:
    @pytest.fixture
    def path(self, environment: dict[str, str], tmp_path: Path) -> Path:
        running = Serving(environment, "--port", "0")
        running.post("/api/v1/pairings", {"device": "Chrome on Linux"})
        running.stop()
        return tmp_path / "data" / "inkeeper.sqlite3"

    def refused(self, inkeeper: Run, path: Path, words: str) -> None:
        before = path.read_bytes()
        for arguments in (("serve", "--port", "0"), ("doctor",), ("devices",), ("pair",)):
            finished = inkeeper(*arguments)
            assert finished.returncode == 1, arguments
            assert words in finished.stderr, arguments
            assert str(path) in finished.stderr, arguments
            assert len(finished.stderr.splitlines()) == 1, arguments
        assert path.read_bytes() == before

    def test_damaged(self, inkeeper: Run, path: Path) -> None:
        path.write_bytes(path.read_bytes()[:5000])
        self.refused(inkeeper, path, "is damaged")

    def test_empty(self, inkeeper: Run, path: Path) -> None:
        path.write_bytes(b"")
        self.refused(inkeeper, path, "is damaged")

    def test_newer(self, inkeeper: Run, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('0999_later', '2030-01-01')")
            connection.commit()
        self.refused(inkeeper, path, "newer version")

    def test_a_folder(self, inkeeper: Run, tmp_path: Path) -> None:
        finished = inkeeper("serve", "--port", "0", "--database", f"sqlite:///{tmp_path}")

        assert finished.returncode == 1
        assert len(finished.stderr.splitlines()) == 1

    def test_another_kind(self, inkeeper: Run) -> None:
        finished = inkeeper("serve", "--database", "mysql://localhost/inkeeper")

        assert finished.returncode == 1
        assert "sqlite:///relative/path" in finished.stderr


def test_the_overview_has_each_command_with_one_line(inkeeper: Run) -> None:
    overview = inkeeper("--help", COLUMNS="80").stdout

    lines = re.findall(r"^  ([a-z]+) +(\S.*\.)$", overview, re.MULTILINE)
    assert sorted(name for name, _ in lines) == sorted(main.commands)
    assert not [line for _, line in lines if line.endswith("...")]


@pytest.mark.parametrize("name", main.commands)
def test_each_option_has_a_help_text(name: str) -> None:
    for parameter in main.commands[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_help_is_enough_to_use_each_command(inkeeper: Run) -> None:
    for command in ("serve", "pair", "devices", "backup", "export", "restore", "doctor", "remind"):
        text = inkeeper(command, "--help").stdout
        assert "--database" in text, command
        assert "INKEEPER_DATA_DIR" in text, command
    assert "INKEEPER_ALLOWED_HOSTS" in inkeeper("serve", "--help").stdout
    assert inkeeper("--version").stdout.startswith("inkeeper")


@pytest.mark.parametrize(
    ("module", "slow"),
    [
        ("inkeeper.cli", {"flask", "peewee", "waitress", "smtplib", "sqlite3", "marshmallow", "inkeeper.services"}),
        ("inkeeper.api.resources", {"icalendar", "psycopg", "smtplib"}),
        ("inkeeper.server.launch", {"inkeeper.services.ledger", "inkeeper.services.people"}),
    ],
)
def test_nothing_slow_is_imported_before_it_is_needed(environment: dict[str, str], module: str, slow: set[str]) -> None:
    script = f"import {module}, sys; print({slow!r} & set(sys.modules))"

    finished = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )

    assert finished.stdout == "set()\n"
