"""The commands for whoever has the machine: pair, devices, backup, export, restore, doctor."""

from __future__ import annotations

import json
import subprocess
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Serving

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def connected(serving: Serving, inkeeper: Run) -> Serving:
    """A server with one device, which belongs to Kai Example."""
    pairing = serving.post("/api/v1/pairings", {"device": "Chrome on Linux"})
    code = inkeeper("pair", "--owner", "Kai Example").stdout[:6]
    serving.post(f"/api/v1/pairings/{pairing['id']}/confirm", {"code": code})
    return serving


def test_pair_prints_the_code_that_the_server_shows(serving: Serving, inkeeper: Run) -> None:
    serving.post("/api/v1/pairings", {"device": "Chrome on Linux"})

    finished = inkeeper("pair")

    assert finished.stdout == f"{serving.shown_code()}\n"
    assert finished.stderr == "Type it there within 5 minutes. It connects “Chrome on Linux”.\n"


def test_pair_issues_a_code_for_the_device_that_asks_next(serving: Serving, inkeeper: Run) -> None:
    finished = inkeeper("pair", "--owner", "Kai Example")
    pairing = serving.post("/api/v1/pairings", {"device": "Chrome on Linux"})

    serving.post(f"/api/v1/pairings/{pairing['id']}/confirm", {"code": finished.stdout.strip()})

    assert finished.stderr.endswith("It connects the next device that asks for Kai Example.\n")
    assert "“Chrome on Linux” of Kai Example" in inkeeper("devices").stdout


def test_pair_with_several_devices_asking_issues_a_code_for_any(serving: Serving, inkeeper: Run) -> None:
    pairings = [serving.post("/api/v1/pairings", {"device": f"Device {number}"}) for number in range(2)]

    finished = inkeeper("pair")
    serving.post(f"/api/v1/pairings/{pairings[0]['id']}/confirm", {"code": finished.stdout.strip()})

    assert "the next device" in finished.stderr
    assert "“Device 0” of me" in inkeeper("devices").stdout


def wrong_codes(serving: Serving) -> None:
    """Sends fifty."""
    for _ in range(10):
        pairing = serving.post("/api/v1/pairings", {"device": "Stranger"})
        wrong = f"{(int(serving.shown_code()) + 1) % 1_000_000:06}"
        for _ in range(5):
            with pytest.raises(urllib.error.HTTPError, match="403") as refused:
                serving.post(f"/api/v1/pairings/{pairing['id']}/confirm", {"code": wrong})
            refused.value.close()


def test_pair_opens_what_fifty_wrong_codes_have_shut(serving: Serving, inkeeper: Run) -> None:
    wrong_codes(serving)
    with pytest.raises(urllib.error.HTTPError, match="403") as shut:
        serving.post("/api/v1/pairings", {"device": "Chrome on Linux"})
    shut.value.close()

    code = inkeeper("pair").stdout[:6]

    pairing = serving.post("/api/v1/pairings", {"device": "Chrome on Linux"})
    assert serving.post(f"/api/v1/pairings/{pairing['id']}/confirm", {"code": code})["token"]


def test_a_restart_opens_what_fifty_wrong_codes_have_shut(
    serving: Serving, environment: dict[str, str], inkeeper: Run
) -> None:
    wrong_codes(serving)
    serving.stop()

    again = Serving(environment, "--port", "0")
    try:
        assert again.post("/api/v1/pairings", {"device": "Chrome on Linux"})["id"]
    finally:
        again.stop()


def test_a_shared_server_says_how_to_connect(environment: dict[str, str], inkeeper: Run) -> None:
    shared = Serving({**environment, "INKEEPER_ALLOWED_HOSTS": "inkeeper.example"}, "--port", "0")
    try:
        assert "Run `inkeeper pair` for the code that it asks for." in shared.greeting()
        with pytest.raises(urllib.error.HTTPError, match="403") as refused:
            shared.post("/api/v1/pairings", {"device": "Stranger"})
        refused.value.close()
        code = inkeeper("pair", "--owner", "Kai Example").stdout[:6]
        pairing = shared.post("/api/v1/pairings", {"device": "Chrome on Linux"})
        shared.post(f"/api/v1/pairings/{pairing['id']}/confirm", {"code": code})
    finally:
        _, printed = shared.stop()

    assert "wants to connect" not in printed


@pytest.mark.sqlite
def test_pair_without_a_database(inkeeper: Run, tmp_path: Path) -> None:
    finished = inkeeper("pair")

    assert finished.returncode == 1
    assert "inkeeper run" in finished.stderr
    assert not list((tmp_path / "data").glob("*"))


def test_devices_lists_and_revokes(connected: Serving, inkeeper: Run) -> None:
    listed = inkeeper("devices").stdout
    device_id = listed.split()[0]

    assert "“Chrome on Linux” of Kai Example, connected on " in listed
    assert inkeeper("devices", "revoke", device_id).stdout == "“Chrome on Linux” has no access any more.\n"
    assert "disconnected on" in inkeeper("devices").stdout


def test_revoking_what_is_not_there(connected: Serving, inkeeper: Run) -> None:
    finished = inkeeper("devices", "revoke", "nothing")

    assert finished.returncode == 1
    assert "There is no device with the ID nothing." in finished.stderr


@pytest.mark.parametrize("text", ["a\udcff", "\x1b[31mb", "a\u2028b", "a\u202eb", " ", ""])
def test_what_is_no_line_of_text_is_refused_in_one(serving: Serving, inkeeper: Run, text: str) -> None:
    link = "https://www.linkedin.com/in/kai-example"
    for arguments in (
        ("pair", "--owner", text),
        ("devices", "revoke", text),
        ("imports", "--undo", text),
        ("imports", "--account", text),
        ("import", __file__, "--me", text),
        ("remind", "--to", "kai@example.org", "--smtp-url", "smtp://127.0.0.1:1", "--owner", text),
        ("erase", "--person", text),
        ("erase", "--person", link, "--name", text),
    ):
        finished = inkeeper(*arguments)
        assert finished.returncode == 2, arguments
        assert "Must be a line of text without control characters" in finished.stderr.replace("\n", " "), arguments
        assert "Traceback" not in finished.stderr
        assert "\x1b" not in finished.stderr


@pytest.mark.sqlite
@pytest.mark.parametrize("command", ["backup", "export"])
@pytest.mark.parametrize("leads", ["nowhere", "to a file"])
def test_a_symbolic_link_is_no_target(
    connected: Serving, inkeeper: Run, tmp_path: Path, command: str, leads: str
) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    if leads == "to a file":
        target.write_text("mine")

    finished = inkeeper(command, link)

    assert finished.returncode == 1
    assert finished.stderr == f"Error: {link} is a symbolic link and is not replaced. Name a new file.\n"
    assert link.is_symlink()
    assert target.read_text() == "mine" if leads == "to a file" else not target.exists()
    assert not list(tmp_path.glob(".*.new"))


@pytest.mark.sqlite
def test_a_backup_is_a_database(connected: Serving, inkeeper: Run, tmp_path: Path) -> None:
    assert inkeeper("backup", "copy.sqlite3").returncode == 0

    listed = inkeeper("devices", "--database", "sqlite:///copy.sqlite3")
    assert listed.stdout == inkeeper("devices").stdout


@pytest.mark.sqlite
def test_a_backup_while_the_server_writes(serving: Serving, inkeeper: Run, tmp_path: Path) -> None:
    logging = Logging(serving)
    logging.start()
    logging.until(5)
    acknowledged = len(logging.done)

    finished = inkeeper("backup", "copy.sqlite3")

    sent = len(logging.done)
    logging.until(sent + 5)
    logging.stop()
    assert finished.returncode == 0, finished.stderr
    copy = ["--database", "sqlite:///copy.sqlite3"]
    assert inkeeper("doctor", *copy).stdout == "There is no backup yet.\nNothing wrong was found.\n"
    inkeeper("export", "copy.zip", *copy)
    copied = [inmail["id"] for inmail in document_in(tmp_path / "copy.zip")["tables"]["inmail"]]
    # Whole, and of one instant while the backup was taken: nothing missing in between, and nothing half.
    assert copied == logging.done[: len(copied)]
    assert acknowledged <= len(copied) <= sent + 1


class Logging(threading.Thread):
    """Logs InMails over HTTP, one after the other."""

    def __init__(self, serving: Serving) -> None:
        super().__init__(daemon=True)
        pairing = serving.post("/api/v1/pairings", {"device": "Chrome on Linux"})
        code = {"code": serving.shown_code()}
        token = serving.post(f"/api/v1/pairings/{pairing['id']}/confirm", code)["token"]
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._address = f"{serving.address}/api/v1/accounts"
        account = {"name": "My seat", "plan": "sales_navigator", "rule_book": "month_end", "time_zone": "UTC"}
        self._address += f"/{self._post(account)['id']}/inmails"
        self._more = threading.Condition()
        self._stopped = False
        self.done: list[str] = []

    def run(self) -> None:
        while not self._stopped:
            wanted = {"recipient": {"name": f"Robin Sample {len(self.done)}"}, "cost": 0, "source": "popup"}
            inmail_id = self._post(wanted)["inmail"]["id"]
            with self._more:
                self.done.append(inmail_id)
                self._more.notify()

    def until(self, count: int) -> None:
        """Wait until so many have been logged."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.done) >= count, timeout=30)

    def stop(self) -> None:
        self._stopped = True
        self.join()

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(self._address, json.dumps(body).encode(), self._headers)
        with urllib.request.urlopen(request) as response:
            answer: dict[str, Any] = json.load(response)
            return answer


@pytest.mark.sqlite
@pytest.mark.parametrize("command", ["backup", "export"])
def test_no_file_is_replaced(connected: Serving, inkeeper: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "mine").write_text("mine")

    finished = inkeeper(command, "mine")

    assert finished.returncode == 1
    assert finished.stderr == "Error: mine exists already and is not replaced. Name a new file.\n"
    assert (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize("command", ["backup", "export", "restore"])
def test_a_folder_that_is_missing(connected: Serving, inkeeper: Run, command: str) -> None:
    database = ["--database", "sqlite:///new.sqlite3"] if command == "restore" else []

    finished = inkeeper(command, "nowhere/file", *database)

    assert finished.returncode == 1
    assert len(finished.stderr.splitlines()) == 1


def document_in(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as archive:
        document: dict[str, Any] = json.loads(archive.read("inkeeper.json"))
        return document


def test_export_and_restore(connected: Serving, inkeeper: Run, tmp_path: Path) -> None:
    assert inkeeper("export", "all.zip").returncode == 0

    finished = inkeeper("restore", "all.zip", "--database", "sqlite:///new.sqlite3")

    assert finished.returncode == 0
    assert inkeeper("devices", "--database", "sqlite:///new.sqlite3").stdout == inkeeper("devices").stdout
    inkeeper("export", "again.zip", "--database", "sqlite:///new.sqlite3")
    first, second = (document_in(tmp_path / name) for name in ("all.zip", "again.zip"))
    assert first["tables"] == second["tables"]
    assert first["checksum"] == second["checksum"]


def test_restore_into_a_database_in_use(connected: Serving, inkeeper: Run) -> None:
    inkeeper("export", "all.zip")

    finished = inkeeper("restore", "all.zip")

    assert finished.returncode == 1
    assert "holds data already" in finished.stderr


def test_doctor_finds_nothing_wrong(connected: Serving, inkeeper: Run, engine: str) -> None:
    finished = inkeeper("doctor")

    assert finished.returncode == 0, finished.stderr
    backups = {
        "sqlite": "There is no backup yet.",
        "postgresql": "Inkeeper makes no backups of PostgreSQL: use its own program pg_dump.",
    }
    assert finished.stdout == f"{backups[engine]}\nNothing wrong was found.\n"


@pytest.mark.postgresql
def test_a_database_on_a_server_is_copied_by_its_own_program(inkeeper: Run, tmp_path: Path) -> None:
    finished = inkeeper("backup", "my copy")

    assert finished.returncode == 1
    assert "pg_dump --format=custom --file='my copy' postgresql://" in finished.stderr
    assert not (tmp_path / "my copy").exists()


@pytest.mark.postgresql
def test_a_database_on_a_server_without_a_ledger(inkeeper: Run, empty_database_url: str) -> None:
    finished = inkeeper("pair", "--database", empty_database_url)

    assert finished.returncode == 1
    assert "holds nothing of Inkeeper's yet. Start with `inkeeper run`" in finished.stderr
