"""The unit is sound, and a user's systemd starts it, restarts it, and stops it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from e2e.harness.wait import until
from inkeeper.server.autostart import systemd
from tests.autostart.conftest import DIFFICULT, Session

DUMP = """
import json, os, sys
json.dump(sys.argv[2:], open(sys.argv[1] + ".new", "w"))
os.replace(sys.argv[1] + ".new", sys.argv[1])
"""


def test_systemd_finds_nothing_wrong_with_the_unit(session: Session, home: Path) -> None:
    unit = home / "inkeeper.service"
    unit.write_bytes(systemd.unit_text([sys.executable, *DIFFICULT]))

    found = session.run("systemd-analyze", "verify", "--user", unit)

    # It may find faults in units of other programs, which it loads, too.
    assert (found.code, re.findall(".*inkeeper.*", found.err)) == (0, [])


def test_the_program_gets_the_arguments_as_they_are(session: Session, home: Path) -> None:
    folder = home / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    arguments = [*DIFFICULT, "two\nlines", "tab\there", os.fsdecode(b"not UTF-8: \xff")]
    program = home / "python"
    program.symlink_to(sys.executable)
    (folder / "dump.service").write_bytes(systemd.unit_text([str(program), "-c", DUMP, str(home / "seen"), *arguments]))

    session.run("systemctl", "--user", "daemon-reload")
    assert session.run("systemctl", "--user", "start", "dump.service").code == 0
    until((home / "seen").exists, "the program ran", seconds=60)

    assert json.loads((home / "seen").read_text()) == arguments


def greeting(port: int) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/server", timeout=5) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def answers(port: int) -> bool:
    try:
        return bool(greeting(port))
    except OSError:
        return False


def test_it_runs_from_on_to_off(session: Session, home: Path, port: int) -> None:
    unit = home / ".config" / "systemd" / "user" / "inkeeper.service"
    data = home / "my data"

    on = session.inkeeper("autostart", "on", "--port", port, "--data-dir", data)

    assert (on.code, on.err) == (0, "")
    assert f"http://127.0.0.1:{port}" in on.out
    assert f"Written: {unit}" in on.out
    assert "To undo this: inkeeper autostart off" in on.out
    assert greeting(port)["app"] == "inkeeper"
    assert (data / "inkeeper.sqlite3").exists()
    assert session.show("inkeeper.service", "UnitFileState") == "enabled"
    assert session.show("inkeeper.service", "StartLimitBurst") == "5"

    status = session.inkeeper("autostart", "status")

    assert (status.code, status.err) == (0, "")
    assert re.search(r"^On: .*^Running since \d{4}-\d\d-\d\d \d\d:\d\d$", status.out, re.MULTILINE | re.DOTALL)

    # A second time nothing changes, and the server goes on.
    content, process = unit.read_bytes(), session.show("inkeeper.service", "MainPID")
    assert session.inkeeper("autostart", "on", "--port", port, "--data-dir", data).code == 0
    assert (unit.read_bytes(), session.show("inkeeper.service", "MainPID")) == (content, process)

    # A crash.
    session.run("kill", f"-{int(signal.SIGKILL)}", process)
    until(lambda: session.show("inkeeper.service", "MainPID") not in ("0", process), "another process", seconds=60)
    until(lambda: answers(port), "the server answers", seconds=60)

    off = session.inkeeper("autostart", "off")

    assert (off.code, off.err) == (0, "")
    assert not unit.exists()
    assert not answers(port)
    assert list((home / ".config").rglob("*.service")) == []
    assert session.inkeeper("autostart", "status").out.startswith("Off: ")
    again = session.inkeeper("autostart", "off")
    assert (again.code, again.out) == (0, "Inkeeper doesn't start when you log in.\n")


def test_status_names_a_program_that_is_gone(session: Session, home: Path, port: int) -> None:
    data = home / "data"
    assert session.inkeeper("autostart", "on", "--port", port, "--data-dir", data).code == 0
    unit = home / ".config" / "systemd" / "user" / "inkeeper.service"
    gone = home / "old" / "python"
    unit.write_bytes(systemd.unit_text([str(gone), "-P", "-m", "inkeeper", "serve", "--background"]))

    status = session.inkeeper("autostart", "status")

    assert status.code == 1
    assert f"Its program is gone: {gone}. Run `inkeeper autostart on` again." in status.err


def test_what_runs_already_is_left_alone(session: Session, home: Path, port: int, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "inkeeper", "serve", "--no-open", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as running:
        until(lambda: answers(port), "the server answers", seconds=60)

        on = session.inkeeper("autostart", "on", "--port", port)

        assert (on.code, on.err) == (0, "")
        assert "It runs already, so nothing was started now." in on.out
        assert session.show("inkeeper.service", "ActiveState") == "inactive"
        assert session.show("inkeeper.service", "UnitFileState") == "enabled"
        running.terminate()


@pytest.mark.parametrize("options", [("--port", "0"), ("--database", "postgresql://me:secret@db.example/ink")])
def test_what_cannot_start_in_the_background_is_refused(session: Session, home: Path, options: tuple[str, ...]) -> None:
    on = session.inkeeper("autostart", "on", *options)

    assert on.code == 1
    assert len(on.err.splitlines()) == 1
    assert "secret" not in on.err
    assert not (home / ".config" / "systemd").exists()
