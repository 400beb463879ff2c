"""Inkeeper from the wheel alone, in an environment without the project's folder, and with no program on the PATH."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import inkeeper
from inkeeper.server.extension import with_loopback
from tests.lint.extension import EXTENSION
from tests.package.conftest import new_environment

LINK = re.compile(r"(http://127\.0\.0\.1:\d+)/\w*#signin=([\w-]{43})")

ACCOUNT = {"name": "My seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}


@pytest.fixture(scope="session")
def installed(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `inkeeper` of an environment into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("installed") / "environment"
    python = new_environment(folder)
    (wheel,) = packages.glob("*.whl")
    options = ["--no-index", "--no-deps", "--quiet", "--no-compile"]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    subprocess.run([*pip, "install", *options, wheel], check=True)
    return folder / "bin" / "inkeeper"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "no-programs"), "HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}


def ask(address: str, body: dict[str, Any] | None = None, **headers: str) -> str:
    """The server's answer to a GET, or to a POST of a JSON body."""
    data = None if body is None else json.dumps(body).encode()
    headers |= {} if body is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(address, data, headers)
    with urllib.request.urlopen(request) as answer:
        return str(answer.read().decode())


class Started(NamedTuple):
    """A running server: its address, the one-time secret of the link that it printed, and all that it printed first."""

    address: str
    secret: str
    said: str


@contextmanager
def running(command: Path, environment: dict[str, str], *options: str) -> Iterator[Started]:
    """`inkeeper run` while the block runs."""
    process = subprocess.Popen(
        [command, "run", "--port", "0", *options],
        env=environment,
        cwd=Path(environment["PATH"]).parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as lines:
        said = ""
        for line in lines:
            said += line
            if found := LINK.search(line):
                break
        else:
            raise AssertionError(said)
        try:
            yield Started(found[1], found[2], said)
        finally:
            process.send_signal(signal.SIGINT)
            said += lines.read()
            assert process.wait(20) == 0, said
            assert "Traceback" not in said


def test_it_is_the_wheel_that_runs(installed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    printed = subprocess.run(
        [installed.with_name("python"), "-c", "import inkeeper; print(inkeeper.__file__)"],
        env=environment,
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert Path(printed.strip()).is_relative_to(installed.parents[1])


@pytest.mark.parametrize("options", [[], ["--browser", "none"]])
def test_it_runs_and_set_up_shows_the_folder_to_load(
    installed: Path, environment: dict[str, str], options: list[str]
) -> None:
    with running(installed, environment, *options) as (address, secret, _):
        server = json.loads(ask(f"{address}/api/v1/server"))
        assert (server["app"], server["version"]) == ("inkeeper", inkeeper.__version__)
        device = json.loads(ask(f"{address}/api/v1/sign-ins/redeem", {"secret": secret, "device": "Chrome on Linux"}))
        headers = {
            "Authorization": f"Bearer {device['token']}",
            "Sec-Fetch-Site": "same-origin",
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36",
        }
        page = ask(f"{address}/welcome?step=2", **headers)
        ask(f"{address}/api/v1/accounts", ACCOUNT, **headers, **{"Idempotency-Key": "account"})
        settings = ask(f"{address}/settings/data", **headers)

    (folder,) = re.findall(r'data-copy="([^"]+/extension)"', page)
    assert Path(folder) == Path(environment["HOME"]) / ".local" / "share" / "inkeeper" / "extension"
    manifest = json.loads(with_loopback((EXTENSION / "manifest.json").read_text()))
    del manifest["background"]["type"]
    assert json.loads(Path(folder, "manifest.json").read_text()) == manifest
    assert not Path(folder, "core").exists()
    assert 'data-copy="inkeeper export inkeeper.zip"' in settings
    assert ".venv" not in settings


def extension_command(installed: Path, environment: dict[str, str], tmp_path: Path) -> list[str]:
    done = subprocess.run(
        [installed, "extension"], env=environment, cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_command_puts_the_packed_extension_beside_the_data(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "data with blanks"
    environment["INKEEPER_DATA_DIR"] = str(folder)

    first, *steps = extension_command(installed, environment, tmp_path)

    assert first == str(folder / "extension")
    assert "chrome://extensions" in "\n".join(steps)
    assert "about:debugging" in "\n".join(steps)
    assert [path.name for path in folder.iterdir()] == ["extension"]
    (included,) = installed.parents[1].glob("lib/*/site-packages/inkeeper/extension")
    whole = content_of(included)
    manifest = with_loopback(whole["manifest.json"].decode()).encode()
    assert content_of(folder / "extension") == whole | {"manifest.json": manifest}
    assert extension_command(installed, environment, tmp_path) == [first, *steps]
    assert "renewed" not in "".join(steps)


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_start_after_an_update_renews_it(installed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    environment["INKEEPER_DATA_DIR"] = str(tmp_path / "data")
    folder = Path(extension_command(installed, environment, tmp_path)[0])
    renewed = content_of(folder)
    manifest = json.loads(renewed["manifest.json"])
    (folder / "manifest.json").write_text(json.dumps(manifest | {"version": "0.0.9"}))
    (folder / "worker.js").write_text("// of the version before")

    with running(installed, environment, "--browser", "none") as started:
        assert content_of(folder) == renewed
    assert started.said.count("The extension is renewed. Press the round arrow") == 1
    with running(installed, environment, "--browser", "none") as started:
        pass
    assert "renewed" not in started.said


def test_a_database_elsewhere_has_the_extension_beside_it(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    environment["INKEEPER_DATABASE"] = f"sqlite:///{tmp_path}/elsewhere%20here/my.sqlite3"
    (tmp_path / "elsewhere here").mkdir()

    assert extension_command(installed, environment, tmp_path)[0] == str(tmp_path / "elsewhere here" / "extension")


def test_a_database_on_a_server_is_not_asked(installed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    environment["INKEEPER_DATABASE"] = "postgresql://nobody@127.0.0.1:1/none"
    environment["INKEEPER_DATA_DIR"] = str(tmp_path / "data")

    assert extension_command(installed, environment, tmp_path)[0] == str(tmp_path / "data" / "extension")


def test_where_it_cannot_be_put_it_says_why(installed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data" / "extension").mkdir(parents=True)
    (tmp_path / "data" / "extension" / "mine.txt").touch()
    done = subprocess.run(
        [installed, "extension", "--data-dir", tmp_path / "data"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: {tmp_path}/data/extension is not Inkeeper's extension, and is not replaced. Move it elsewhere.\n"
    )
    assert [path.name for path in (tmp_path / "data" / "extension").iterdir()] == ["mine.txt"]
