"""Names of devices, people, accounts, files and columns at the terminal: shown, and never obeyed."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.services.ledger import accounts
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Account, Device, Import, Owner
from inkeeper.terminal import printable
from tests.files import ME, inmail, messages, table, zipped
from tests.rows import add_row

Run = Callable[..., subprocess.CompletedProcess[str]]

EVIL = "\x1b[31mred\x07\x9b2J\u202eback\u2028 123456\x85"
FORBIDDEN = ("\x1b", "\x07", "\x9b", "\u202e", "\u2028", "\x85", "\r")


@pytest.fixture(autouse=True)
def hostile(tmp_path: Path, cli_database_url: str) -> str:
    """A database in which every name is hostile; the account's id."""
    (tmp_path / "data").mkdir()
    store = open_database(cli_database_url)
    now = utc_now()
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(now), name="me", created_at=now).id
        devices.add(tx, Actor(owner), "Program", now)
        wanted = {"name": "My seat", "plan": "premium_career", "time_zone": "UTC"}
        account = str(accounts.create_account(tx, Actor(owner), wanted, now).account.id)
        accounts.create_account(tx, Actor(owner), wanted, now)
        add_row(
            tx,
            Import,
            id=new_id(now),
            account=account,
            kind="csv",
            created_at=now,
            rows=1,
            inmails=0,
            answers=0,
            retracted_at=now,
        )
        for model in (Owner, Device, Account):
            model.update(name=EVIL).execute(tx.database)
    store.checkpoint_and_close()
    return account


def harmless(finished: subprocess.CompletedProcess[str]) -> str:
    printed = finished.stdout + finished.stderr
    assert printed
    for each in FORBIDDEN:
        assert each not in printed, repr(printed)
    return printed


@pytest.mark.parametrize(
    "command",
    [
        ["devices"],
        ["devices", "revoke", EVIL],
        ["imports"],
        ["imports", "--undo", EVIL],
        ["imports", "--account", "nowhere"],
        ["remind", "--owner", EVIL, "--smtp-url", "smtp://127.0.0.1:1", "--to", "kai@example.org"],
        ["doctor"],
        ["backup", f"{EVIL}/copy"],
        ["export", f"{EVIL}/all.zip"],
        ["restore", f"{EVIL}.zip", "--database", "sqlite:///new.sqlite3"],
        ["doctor", "--database", f"sqlite:///{EVIL}"],
    ],
)
def test_commands(inkeeper: Run, command: list[str]) -> None:
    harmless(inkeeper(*command))


def test_a_revoked_device(inkeeper: Run) -> None:
    device = inkeeper("devices").stdout.split()[0]

    assert "\\x1b[31mred" in harmless(inkeeper("devices", "revoke", device))


@pytest.mark.parametrize(
    ("content", "flags"),
    [
        (table([EVIL, "sent"], [["x", "2026-07-10"]]), []),
        (table(["name", "sent_at", EVIL], [["x", EVIL]]), []),
        (table([EVIL, "sent_at"], [[EVIL, "2025-07-10"]]), ["--map", f"name={EVIL}"]),
        (table([EVIL, "sent_at"], [["x", "2026-07-10"]]), ["--map", f"name={EVIL}nowhere"]),
        (table(["name", "sent_at", "outcome"], [["x", "2025-07-10", EVIL]]), []),
        (table(["name", "sent_at", "profile_url"], [["x", "2025-07-10", EVIL]]), []),
        (messages(inmail(EVIL, "2025-11-05 10:00:00")), ["--me", ME]),
        (messages(inmail(EVIL, "2025-11-05 10:00:00")), []),
        (messages(inmail("Robin", "2025-11-05 10:00:00")), ["--me", EVIL]),
        (zipped({EVIL: b""}), []),
        (zipped({"accounts.csv": table(["id", "name"], [["1", EVIL], ["2", EVIL]]), "inmails.csv": b"x,y\n"}), []),
        (b"\x00", []),
    ],
)
def test_files(inkeeper: Run, tmp_path: Path, hostile: str, content: bytes, flags: list[str]) -> None:
    (tmp_path / f"{EVIL}.csv").write_bytes(content)

    harmless(inkeeper("import", f"{EVIL}.csv", "--preview", "--rows", "--account", hostile, *flags))


def test_a_damaged_export(inkeeper: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "given.zip", "w") as archive:
        archive.writestr(f"{EVIL}/inkeeper.json", f'{{"format":"{EVIL}"}}')

    assert inkeeper("restore", "given.zip", "--database", "sqlite:///new.sqlite3").returncode == 1
    harmless(inkeeper("restore", "given.zip", "--database", "sqlite:///new.sqlite3"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë Łucja", "Zoë Łucja"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("a\u00a0b\u202fc", "a b c"),
        ("\x1b[31m", "\\x1b[31m"),
        ("two\nlines", "two\\nlines"),
        ("\u202eback", "\\u202eback"),
        ("\ud800", "\\ud800"),
        ("\ufeff", "\\ufeff"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown
