"""Importing, taking back and erasing at the terminal."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.cli.conftest import COMMAND
from tests.files import ME, answer, inmail, link, messages, table, zipped
from tests.rows import add_row

Run = Callable[..., subprocess.CompletedProcess[str]]

TWO = messages(
    inmail("Robin Sample", "2025-11-05 10:00:00"),
    inmail("Mika Placeholder", "2025-11-06 11:30:00"),
    answer("Robin Sample", "2025-11-05 10:00:00", "2025-11-09 08:00:00"),
)


@pytest.fixture(autouse=True)
def seats(cli_database_url: str, tmp_path: Path) -> None:
    """A database with two accounts of one owner."""
    (tmp_path / "data").mkdir(mode=0o700)
    store = open_database(cli_database_url)
    now = utc_now()
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(now), name="me", created_at=now).id
        for name in ("My seat", "Another seat"):
            wanted = {"name": name, "plan": "premium_career", "time_zone": "Europe/Berlin"}
            accounts.create_account(tx, Actor(owner), wanted, now)
    store.checkpoint_and_close()


@pytest.fixture
def bring(inkeeper: Run, tmp_path: Path) -> Run:
    """Runs `inkeeper import` with a file of this content, into the first account."""

    def run(content: bytes, *flags: str, name: str = "messages.csv") -> subprocess.CompletedProcess[str]:
        (tmp_path / name).write_bytes(content)
        return inkeeper("import", name, "--account", "My seat", *flags)

    return run


def test_a_preview_says_what_would_be_and_stores_nothing(bring: Run, inkeeper: Run) -> None:
    finished = bring(TWO, "--open-earlier", "--preview")

    assert finished.returncode == 0, finished.stderr
    assert "messages.csv has 3 rows, taken for:" in finished.stdout
    assert "2  an InMail (lines 2-4)" in finished.stdout
    assert "1  the first reply to an InMail (lines 6)" in finished.stdout
    assert (
        "line 2: Robin Sample <https://www.linkedin.com/in/robin-sample>, 2025-11-05 11:00, cost 1,"
        " replied 2025-11-09 09:00: new (" in finished.stdout
    )
    assert "This was a preview: nothing was imported." in finished.stdout
    assert finished.stderr == ""
    assert inkeeper("imports").stdout == "Nothing has been imported yet.\n"


def test_importing_and_taking_it_back(bring: Run, inkeeper: Run) -> None:
    finished = bring(TWO, "--open-earlier", "--yes")

    assert finished.returncode == 0, finished.stderr
    assert "Imported 2 InMails and 1 result into My seat" in finished.stdout
    assert finished.stderr == ""
    listed = inkeeper("imports").stdout
    assert "into My seat: LinkedIn's export, 2 InMails, 1 result" in listed
    assert bring(TWO, "--yes").stdout.endswith("There's nothing to import.\n")

    undone = inkeeper("imports", "--undo", listed.split()[0])

    assert undone.stdout == "Undone in My seat: 2 InMails and 1 result. 5 credits left.\n"
    assert "undone on" in inkeeper("imports", "--account", "My seat").stdout
    assert inkeeper("imports", "--account", "Another seat").stdout == "Nothing has been imported yet.\n"
    assert inkeeper("doctor").returncode == 0


def test_nothing_is_imported_without_a_yes(bring: Run, inkeeper: Run) -> None:
    finished = bring(TWO, "--open-earlier")

    assert finished.returncode == 1
    assert "This adds 2 InMails" in finished.stdout
    assert "add --yes" in finished.stderr
    assert inkeeper("imports").stdout == "Nothing has been imported yet.\n"


@pytest.mark.parametrize(("typed", "words"), [(b"y\n", b"Imported 2 InMails"), (b"n\n", b"Nothing was imported")])
def test_somebody_at_a_terminal_is_asked(
    environment: dict[str, str], tmp_path: Path, typed: bytes, words: bytes
) -> None:
    (tmp_path / "messages.csv").write_bytes(TWO)
    ours, theirs = pty.openpty()
    command = [*COMMAND, "import", "messages.csv", "--account", "My seat", "--open-earlier"]

    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    ) as process:
        os.close(theirs)
        os.write(ours, typed)
        shown = b""
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            shown += more
    os.close(ours)

    assert b"Import this? [y/N]" in shown
    assert b"100%" in shown
    assert words in shown
    assert process.returncode == (0 if typed == b"y\n" else 1)


def test_an_import_that_another_program_stored_before_the_yes(
    bring: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "messages.csv").write_bytes(TWO)
    ours, theirs = pty.openpty()
    command = [*COMMAND, "import", "messages.csv", "--account", "My seat", "--open-earlier"]

    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    ) as process:
        os.close(theirs)
        shown = b""
        while b"Import this? [y/N]" not in shown:
            shown += os.read(ours, 4096)
        other = bring(TWO, "--open-earlier", "--yes")
        os.write(ours, b"y\n")
        # The other end is closed when the program has ended.
        with suppress(OSError):
            while more := os.read(ours, 4096):
                shown += more
    os.close(ours)

    assert other.returncode == 0, other.stderr
    assert b"There's nothing to import any more." in shown
    assert process.returncode == 0


def test_every_row_can_be_shown(bring: Run) -> None:
    finished = bring(TWO, "--open-earlier", "--preview", "--rows")

    assert "line 6: the first reply to an InMail" in finished.stdout
    assert "line 4: Mika Placeholder" in finished.stdout


def test_what_is_before_the_opening_is_said_with_the_remedy(bring: Run) -> None:
    finished = bring(TWO, "--preview")

    assert "2 InMails from before you set up Inkeeper are left out." in finished.stdout
    assert "--open-earlier" in finished.stdout


def test_what_stands_in_the_way_is_said_with_its_flag(bring: Run) -> None:
    many = messages(*(inmail(f"Robin Sample {number}", "2025-10-05 10:00:00") for number in range(7)))

    finished = bring(many + b"cut,off\r\n", "--open-earlier", "--yes")

    assert finished.returncode == 1
    assert "messages.csv, line 16: The row has 2 fields where the heading has 13." in finished.stdout
    assert "(--skip-rows)" in finished.stdout
    assert "(--accept-discrepancy, or --leave-out LINES)" in finished.stdout
    done = bring(many + b"cut,off\r\n", "--open-earlier", "--yes", "--skip-rows", "--leave-out", "2,4")
    assert "Imported 5 InMails" in done.stdout


def test_a_table_with_its_columns_named(bring: Run) -> None:
    file = table(["Wer", "Am"], [["Robin Sample", "05.10.2025"]], delimiter=";")

    asked = bring(file, "--preview", name="mine.csv")
    assert asked.returncode == 1
    assert "There are Wer, Am." in asked.stderr
    assert "(--map name=... --map sent_at=...)" in asked.stderr

    done = bring(file, "--map", "name=Wer", "--map", "sent_at=Am", "--open-earlier", "--yes", name="mine.csv")
    assert "Imported 1 InMail and 0 results into My seat" in done.stdout


def test_our_own_export_into_another_account(bring: Run, inkeeper: Run) -> None:
    bring(TWO, "--open-earlier", "--yes")
    inkeeper("export", "all.zip")
    into = ["import", "all.zip", "--account", "Another seat", "--open-earlier"]

    assert "Imported" not in inkeeper(*into, "--yes").stdout, "the account of the same name has no InMails"
    done = inkeeper(*into, "--yes", "--from-account", "My seat")

    assert "Imported 2 InMails and 1 result into Another seat" in done.stdout
    assert inkeeper(*into, "--yes", "--from-account", "My seat").stdout.endswith("There's nothing to import.\n")
    assert inkeeper("doctor").returncode == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04 cut off", "The zip is damaged or not whole."),
        (zipped({"songs.txt": b"la"}), "neither LinkedIn's messages.csv nor an export of Inkeeper, but songs.txt"),
        (TWO.decode().encode("utf-16-le"), "line 1: This is not text in UTF-8, but perhaps UTF-16"),
        (TWO.replace(b"Sample", b"S\x81mple"), "line 2: This is neither UTF-8 nor Windows-1252"),
        (TWO + b'"open', "line 8: The row that begins here has a quote that is never closed."),
    ],
)
def test_a_file_that_cannot_be_read(bring: Run, content: bytes, words: str) -> None:
    finished = bring(content, "--yes")

    assert finished.returncode == 1
    assert words in finished.stderr
    assert "Nothing was imported." in finished.stderr
    assert "Traceback" not in finished.stderr


def test_what_is_to_be_known_and_why_nothing_would_be_added(bring: Run) -> None:
    printed = bring(TWO.replace(b"Mika", b"M\xefka"), "--preview", "--me", ME).stdout

    assert "Note: messages.csv is not in UTF-8 and was read as Windows-1252" in printed
    assert "\nOf 2 InMails in the file: 2 from before the account opened.\n" in printed


def test_an_account_that_is_not_said_or_not_there(inkeeper: Run, tmp_path: Path) -> None:
    (tmp_path / "messages.csv").write_bytes(TWO)

    for flags in ([], ["--account", "nobody's"]):
        finished = inkeeper("import", "messages.csv", *flags)
        assert finished.returncode == 1
        assert "My seat, of me" in finished.stderr
        assert "Another seat, of me" in finished.stderr


@pytest.mark.parametrize(
    "flags", [["--map", "name"], ["--leave-out", "two"], ["--leave-out", "6", "--preview"], ["--dates", "ymd"]]
)
def test_flags_that_make_no_sense_are_named(bring: Run, flags: list[str]) -> None:
    finished = bring(TWO, *flags)

    assert finished.returncode == 2
    assert flags[0] in finished.stderr


def test_undoing_what_is_not_there(inkeeper: Run) -> None:
    finished = inkeeper("imports", "--undo", "nothing")

    assert finished.returncode == 1
    assert "There is no import with the ID nothing: check --undo." in finished.stderr


def test_a_person_is_erased(bring: Run, inkeeper: Run, tmp_path: Path, engine: str) -> None:
    bring(TWO, "--open-earlier", "--yes")

    finished = inkeeper("erase", "--person", link("Robin Sample"))

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("Erased from 1 InMail and 0 copies kept against double logging.\n")
    if engine == "sqlite":
        assert b"Robin Sample" not in (tmp_path / "data" / "inkeeper.sqlite3").read_bytes()
    else:
        assert "log (WAL), where that is archived, and its base backups and dumps" in finished.stdout
    assert bring(TWO, "--yes").stdout.endswith("There's nothing to import.\n"), "the erased one is recognised"
    refused = inkeeper("erase", "--person", "Robin Sample")
    assert refused.returncode == 2
    assert refused.stderr.startswith("Error: --person must lead to a person on LinkedIn")


@pytest.mark.sqlite
def test_where_a_person_is_still_named_is_said(bring: Run, inkeeper: Run, tmp_path: Path) -> None:
    bring(TWO, "--open-earlier", "--yes")
    data = tmp_path / "data"
    (data / "inkeeper.sqlite3.before-0003_lean_writes").write_bytes((data / "inkeeper.sqlite3").read_bytes())
    (data / "inkeeper.sqlite3.before-0001_ledger").write_bytes(b"no database")
    with closing(sqlite3.connect(data / "inkeeper.sqlite3")) as connection, connection:
        connection.execute("UPDATE account SET name = 'For Robin Sample'")

    finished = inkeeper("erase", "--person", link("Robin Sample"))

    assert finished.returncode == 0, finished.stderr
    assert "Names of accounts that mention this person: 2 (" in finished.stdout
    assert "before-0003_lean_writes, which Inkeeper made before an update." in finished.stdout
    assert "before-0001_ledger could not be changed and may still hold this person. Delete it." in finished.stdout
    assert b"Robin Sample" not in (data / "inkeeper.sqlite3.before-0003_lean_writes").read_bytes()


@pytest.mark.sqlite
def test_people_on_lists_are_erased_and_counted(bring: Run, inkeeper: Run, tmp_path: Path) -> None:
    bring(TWO, "--open-earlier", "--yes")
    database = tmp_path / "data" / "inkeeper.sqlite3"
    with closing(sqlite3.connect(database)) as connection, connection:
        (owner,) = connection.execute("SELECT id FROM owner").fetchone()
        for number, url in enumerate((link("Robin Sample"), None)):
            connection.execute(
                "INSERT INTO person (id, owner_id, name, name_key, created_at) VALUES (?, ?, 'Robin Sample', ?, 0)",
                (f"p{number}", owner, "robin sample"),
            )
            if url:
                key = f"in/{url.rpartition('/')[2]}"
                connection.execute("INSERT INTO person_link VALUES (?, ?, 'in', ?, ?)", (f"p{number}", owner, url, key))
        connection.execute(
            "INSERT INTO target (id, owner_id, person_id, place, created_at, note) VALUES ('t', ?, 'p0', 1, 0, 'x')",
            (owner,),
        )

    finished = inkeeper("erase", "--person", link("Robin Sample"))

    assert finished.returncode == 0, finished.stderr
    assert "From your lists of people: 1 person erased, 1 entry dropped.\n" in finished.stdout
    assert "Your lists have 1 person more of the same name under no link or another one." in finished.stdout
    assert inkeeper("doctor").stdout.splitlines()[-1] == "Nothing wrong was found."
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE target SET wanted_on = '2026-01-01'")
        connection.commit()
    assert "Target t is not as its InMails, person and campaign say: wanted_on." in inkeeper("doctor").stdout


def test_whose_export_it_is(bring: Run) -> None:
    one = messages(inmail("Robin Sample", "2025-11-05 10:00:00"))

    asked = bring(one, "--preview")
    assert asked.returncode == 1
    assert "(--me NAME)" in asked.stderr
    assert bring(one, "--preview", "--me", ME).returncode == 0


def test_names_cannot_give_orders_to_the_terminal(bring: Run) -> None:
    finished = bring(messages(inmail("\x1b[31mRobin", "2025-11-05 10:00:00")), "--preview", "--me", ME)

    assert "Robin" in finished.stdout
    assert "\x1b" not in finished.stdout
