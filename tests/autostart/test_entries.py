"""The entries of systems without systemd: what they say is read back by each system's rules."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import plistlib
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.harness.server import PROGRAM
from e2e.harness.wait import until
from inkeeper import __version__
from inkeeper.server.autostart import desktop, keeper, launchd, run_key
from inkeeper.server.autostart.entry import CannotStart, missing_file
from inkeeper.server.autostart.program import NotForAutostart, Program, program_for, program_of
from inkeeper.settings import load_settings
from tests.autostart.conftest import DIFFICULT
from tests.contract.kept import unpack_before, version_number_before

Run = Callable[..., subprocess.CompletedProcess[str]]


def parsed_by_glib(file: Path) -> list[str]:
    """The arguments in the key `Exec`, as GNOME, Xfce and others read them: by GLib, which Chromium needs, too."""
    glib = ctypes.CDLL(ctypes.util.find_library("glib-2.0"))
    for name in ("g_key_file_new", "g_key_file_get_string"):
        getattr(glib, name).restype = ctypes.c_void_p
    keys = ctypes.c_void_p(glib.g_key_file_new())
    assert glib.g_key_file_load_from_file(keys, os.fsencode(file), 0, None)
    text = ctypes.c_void_p(glib.g_key_file_get_string(keys, b"Desktop Entry", b"Exec", None))
    count, words = ctypes.c_int(), ctypes.POINTER(ctypes.c_char_p)()
    assert glib.g_shell_parse_argv(text, ctypes.byref(count), ctypes.byref(words), None)
    found = [os.fsdecode(words[index] or b"") for index in range(count.value)]
    # GLib leaves the codes of the field to its caller. The only one here is the percent sign.
    assert all(re.fullmatch("(%%|[^%])*", word, re.DOTALL) for word in found)
    return [word.replace("%%", "%") for word in found]


def test_a_desktop_file_has_the_arguments_as_they_are(tmp_path: Path) -> None:
    command = ['/opt/the "best" $python\'s 100%/python', *DIFFICULT, "two\nlines", "tab\there"]
    file = tmp_path / "inkeeper.desktop"
    file.write_bytes(desktop.file_text(command))

    assert parsed_by_glib(file) == command


def test_an_agent_has_the_arguments_as_they_are() -> None:
    agent = plistlib.loads(launchd.plist([sys.executable, *DIFFICULT]))

    assert agent["ProgramArguments"] == [sys.executable, *DIFFICULT]
    assert (agent["Label"], agent["RunAtLoad"]) == ("inkeeper.server", True)


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        # The examples of Microsoft's rules.
        (r'"a b c" d e', ["a b c", "d", "e"]),
        (r'"ab\"c" "\\" d', ['ab"c', "\\", "d"]),
        (r"a\\\b d\"e\"f g h", [r"a\\\b", 'd"e"f', "g", "h"]),
        (r"a\\\"b c d", [r"a\"b", "c", "d"]),
        (r'a\\\\"b c" d e', [r"a\\b c", "d", "e"]),
        (r'"" x', ["", "x"]),
    ],
)
def test_a_command_line_is_read_by_the_rules_of_windows(line: str, arguments: list[str]) -> None:
    assert run_key.arguments(line) == arguments


def test_a_command_line_of_windows_has_the_arguments_as_they_are() -> None:
    command = [r"C:\Users\Zoë's 100% $HOME\pythonw.exe", *DIFFICULT, r"C:\ends with a slash\\", r"\\server\share x"]

    assert run_key.arguments(run_key.command_line(command)) == command


def test_a_command_line_that_windows_would_not_start_is_refused() -> None:
    with pytest.raises(CannotStart, match="260 characters"):
        run_key.command_line(["pythonw.exe", "x" * 260])


def test_the_settings_are_written_as_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    variables = {"INKEEPER_PORT": "9000", "INKEEPER_DATA_DIR": "my data"}

    found = program_for(load_settings({}, variables))

    assert found.options == ["--port", "9000", "--data-dir", str(tmp_path / "my data")]
    assert found.folder == tmp_path / "my data"
    assert found.address == "http://127.0.0.1:9000"
    assert program_of(found.serve()) == program_of(found.keep()) == found


def test_a_named_database_is_written_with_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    found = program_for(load_settings({"database": "sqlite:///my%20ledger.db", "port": "8425"}, {}))

    assert found.options == ["--database", f"sqlite:///{tmp_path}/my%20ledger.db"]
    assert found.folder == tmp_path
    assert program_of(found.keep()) == found


def test_a_database_on_a_server(tmp_path: Path) -> None:
    found = program_for(load_settings({"database": "postgresql://me@db.example/ink", "data_dir": str(tmp_path)}, {}))

    assert found.options == ["--database", "postgresql://me@db.example/ink", "--data-dir", str(tmp_path)]
    assert program_of(found.keep()) == found


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({"INKEEPER_ALLOWED_HOSTS": "ink.example.org"}, "shared"),
        ({"INKEEPER_HOST": "0.0.0.0"}, "shared"),
        ({"INKEEPER_PORT": "0"}, "port"),
        ({"INKEEPER_DATABASE": "postgresql://me:secret@db.example/ink"}, "password"),
    ],
)
def test_what_cannot_run_in_the_background(tmp_path: Path, variables: dict[str, str], why: str) -> None:
    with pytest.raises(NotForAutostart) as refused:
        program_for(load_settings({"data_dir": str(tmp_path)}, variables))

    assert refused.value.why == why


def test_a_source_tree_is_started_by_its_path(tmp_path: Path) -> None:
    """In an environment that has the dependencies alone."""
    tree = tmp_path / "my $source 100%"
    source = Path(desktop.__file__).parents[2]
    subprocess.run(["cp", "-r", source, tree.with_name("copy")], check=True)
    tree.mkdir()
    (tmp_path / "copy").rename(tree / "inkeeper")
    code = (
        "from inkeeper.server.autostart import program_for; from inkeeper.settings import load_settings;"
        f" print(*program_for(load_settings({{'data_dir': {str(tmp_path / 'data')!r}}}, {{}})).start, sep='\\n')"
    )

    def run(*command: str) -> str:
        done = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": str(tree)}, capture_output=True, text=True, cwd="/", check=True
        )
        return done.stdout

    start = run(sys.executable, "-c", code).splitlines()

    assert start == [sys.executable, "-P", str(tree / "inkeeper" / "__main__.py")]
    assert missing_file(start) is None
    without_help = subprocess.run([*start, "--version"], capture_output=True, text=True, cwd="/", check=True)
    assert without_help.stdout.startswith("inkeeper, version")


def test_an_installed_program_is_started_by_its_name(tmp_path: Path) -> None:
    assert program_for(load_settings({"data_dir": str(tmp_path)}, {})).start == [sys.executable, "-P", "-m", "inkeeper"]


def test_a_program_that_is_gone_is_named(tmp_path: Path) -> None:
    assert missing_file([sys.executable, "-P", "-m", "inkeeper", "autostart", "keep"]) is None
    assert missing_file([str(tmp_path / "python"), "-P"]) == str(tmp_path / "python")
    assert missing_file([sys.executable, "-P", str(tmp_path / "__main__.py")]) == str(tmp_path / "__main__.py")


def test_an_agent_is_written_for_its_owner_and_read_back(tmp_path: Path) -> None:
    program = program_for(load_settings({"data_dir": str(tmp_path / "data")}, {}))
    agent = launchd.Agent(tmp_path / "LaunchAgents")
    assert not agent.state().is_on

    assert agent.write(program)
    assert not agent.write(program), "a second time nothing changes"

    assert agent.command() == program.keep()
    assert Path(agent.place).stat().st_mode & 0o777 == 0o600
    assert (agent.state().is_on, agent.state().trouble) == (True, "stopped")
    assert agent.remove(stops=False)
    assert not Path(agent.place).exists()


class Registry:
    """Of Windows' module `winreg` what the entry needs: the values of one key."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", "set", "REG_SZ"

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    @contextmanager
    def OpenKey(self, root: str, path: str, *_: object) -> Iterator[str]:  # noqa: N802
        assert (root, path) == ("HKCU", run_key.KEY)
        yield path

    CreateKey = OpenKey

    def SetValueEx(self, _key: str, name: str, _reserved: int, kind: str, value: str) -> None:  # noqa: N802
        assert kind == "REG_SZ"
        self.values[name] = value

    def QueryValueEx(self, _key: str, name: str) -> tuple[str, str]:  # noqa: N802
        if name not in self.values:
            raise FileNotFoundError
        return self.values[name], "REG_SZ"

    def DeleteValue(self, _key: str, name: str) -> None:  # noqa: N802
        del self.values[name]


def test_the_value_of_the_run_key_is_written_and_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    monkeypatch.setitem(sys.modules, "winreg", registry)
    folder = r"C:\Users\Zoë Example\100% data"
    python = r"C:\Users\Zoë Example\pipx\Scripts\pythonw.exe"
    program = Program([python, "-P", "-m", "inkeeper"], ["--data-dir", folder], Path(folder), "http://127.0.0.1:8425")
    entry = run_key.RunKey()
    assert not entry.state().is_on

    assert entry.write(program)
    assert not entry.write(program), "a second time nothing changes"

    assert registry.values == {
        "Inkeeper": f'"{python}" -P -m inkeeper autostart keep --data-dir "{folder}"',
    }
    assert entry.command() == program.keep()
    assert entry.remove(stops=False)
    assert registry.values == {}
    assert not entry.remove(stops=False)


@pytest.fixture
def inkeeper(environment: dict[str, str]) -> Iterator[Run]:
    """Runs the command where there is no systemd, and ends what it leaves running."""
    without_systemd = {**environment, "XDG_RUNTIME_DIR": "/nowhere", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "inkeeper", *map(str, arguments)]
        return subprocess.run(command, env=without_systemd, capture_output=True, text=True, timeout=60)

    yield run
    run("autostart", "off")


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/server", timeout=5).close()
    except OSError:
        return False
    return True


def server_of(folder: Path) -> int:
    """The process id of the server that has the database in this folder."""
    found = subprocess.run(["pgrep", "-f", "--", f"serve --background.*{re.escape(folder.name)}"], capture_output=True)
    return int(found.stdout.split()[0])


def test_without_systemd_the_desktop_starts_it(inkeeper: Run, home: Path, port: int) -> None:
    entry, data = home / ".config" / "autostart" / "inkeeper.desktop", home / f"data-{port}"

    on = inkeeper("autostart", "on", "--port", port, "--data-dir", data)

    assert (on.returncode, on.stderr) == (0, "")
    assert "This system has no systemd for users, so your desktop starts it." in on.stdout
    assert f"Written: {entry}" in on.stdout
    assert parsed_by_glib(entry)[-6:] == ["autostart", "keep", "--port", str(port), "--data-dir", str(data)]
    assert entry.stat().st_mode & 0o777 == 0o600
    assert answers(port)
    assert "listens on" in (data / "inkeeper.log").read_text()
    assert (data / "inkeeper.log").stat().st_mode & 0o777 == 0o600

    # A second time nothing changes, and the server goes on.
    server = server_of(data)
    assert inkeeper("autostart", "on", "--port", port, "--data-dir", data).returncode == 0
    assert server_of(data) == server

    status = inkeeper("autostart", "status")
    assert (status.returncode, status.stderr) == (0, "")
    assert re.search(r"^Running since \d{4}-\d\d-\d\d \d\d:\d\d$", status.stdout, re.MULTILINE)

    # A crash.
    os.kill(server, signal.SIGKILL)
    until(lambda: not answers(port), "the server is gone", seconds=60)
    until(lambda: answers(port), "the server answers", seconds=60)

    off = inkeeper("autostart", "off")

    assert (off.returncode, off.stderr) == (0, "")
    assert not entry.exists()
    assert not answers(port)
    assert inkeeper("autostart", "status").stdout.startswith("Off: ")


@pytest.fixture
def installed(environment: dict[str, str], tmp_path: Path) -> Path:
    """The folder of the installed program: of the version before. To be requested before `inkeeper`."""
    program = unpack_before(tmp_path / "program")
    environment["PYTHONPATH"] = str(program)
    return program / "inkeeper"


def test_on_after_an_update_starts_the_new_version(installed: Path, inkeeper: Run, home: Path, port: int) -> None:
    data = home / f"data-{port}"

    def on() -> str:
        done = inkeeper("autostart", "on", "--port", port, "--data-dir", data)
        assert (done.returncode, done.stderr) == (0, "")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/server", timeout=5) as answer:
            return str(json.load(answer)["version"])

    assert on() == version_number_before()
    shutil.rmtree(installed)
    shutil.copytree(PROGRAM / "inkeeper", installed)

    assert on() == __version__


def test_a_server_that_always_fails_is_given_up(tmp_path: Path) -> None:
    program = Program(
        [sys.executable, "-c", "print('broken'); raise SystemExit(3)"], [], tmp_path, "http://127.0.0.1:1"
    )
    code = (
        "import sys; from pathlib import Path; from inkeeper.server.autostart import keeper, Program;"
        f" keeper.PAUSE_SECONDS = 0; sys.exit(keeper.keep(Program({program.start!r}, [], Path({str(tmp_path)!r}), '')))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.returncode == 1
    log = (tmp_path / "inkeeper.log").read_text()
    assert log.count("broken") == log.count("The server ended with the code 3.") == keeper.STARTS
    assert log.endswith("The server failed 5 times, so it is not started again.\n")
    assert keeper.gave_up(tmp_path)


def test_the_log_has_a_limit(tmp_path: Path) -> None:
    program = Program([sys.executable, "-c", "for _ in range(30_000): print('x' * 99)"], [], tmp_path, "")
    code = (
        "import sys; from pathlib import Path; from inkeeper.server.autostart import keeper, Program;"
        f" sys.exit(keeper.keep(Program({program.start!r}, [], Path({str(tmp_path)!r}), '')))"
    )

    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0

    logs = sorted(tmp_path.glob("inkeeper.log*"))
    assert [log.name for log in logs] == ["inkeeper.log", "inkeeper.log.1"]
    assert all(0 < log.stat().st_size <= keeper.LOG_BYTES for log in logs)


def test_codes_are_not_logged(inkeeper: Run, home: Path, port: int) -> None:
    data = home / f"data-{port}"
    assert inkeeper("autostart", "on", "--port", port, "--data-dir", data).returncode == 0
    body = b'{"device": "Chrome on Linux"}'
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/pairings", body, {"Content-Type": "application/json"}
    )

    urllib.request.urlopen(request, timeout=5).close()
    inkeeper("autostart", "off")

    log = (data / "inkeeper.log").read_text()
    assert "A device wants to connect." in log
    assert not re.search(r"\b\d{6}\b", log)
