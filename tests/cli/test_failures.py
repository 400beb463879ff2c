"""What stands in a command's way is a sentence and an exit code: a closed pipe, a full disk, Ctrl-C, a bad file."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import string
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from inkeeper.cli.failures import sentence
from inkeeper.clock import utc_now
from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts, inmails
from inkeeper.storage import owners
from inkeeper.storage.database import open_database
from tests.cli.conftest import COMMAND, AtTerminal

Run = Callable[..., subprocess.CompletedProcess[str]]
FULL = "There is no space left to write"


@pytest.fixture(autouse=True)
def seat(cli_database_url: str, tmp_path: Path) -> None:
    """A database with one account."""
    (tmp_path / "data").mkdir(mode=0o700)
    store = open_database(cli_database_url)
    with store.begin_write(None) as tx:
        actor = Actor(owners.find_or_add(tx, "me", utc_now()))
        wanted = {"name": "My seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
        accounts.create_account(tx, actor, wanted, utc_now())
    store.checkpoint_and_close()


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Run:
    """Runs `inkeeper` with a stdout of the test's choice."""

    def started(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        settings: dict[str, object] = {"env": environment, "cwd": tmp_path, "stderr": subprocess.PIPE, "text": True}
        return subprocess.run([*COMMAND, *arguments], timeout=60, check=False, **(settings | options))  # type: ignore[call-overload,no-any-return]

    return started


@pytest.mark.parametrize("arguments", [("status",), ("status", "--json"), ("log", "Kai"), ("--help",), ("doctor",)])
def test_a_pipe_that_is_closed_ends_it_without_a_word(run: Run, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        finished = run(*arguments, stdout=writing)
    finally:
        os.close(writing)

    assert (finished.returncode, finished.stderr) == (1, "")


@pytest.mark.parametrize("arguments", [("status",), ("--help",), ("status", "--help"), ("devices",)])
def test_an_output_that_is_full_is_one_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        finished = run(*arguments, stdout=full)

    assert finished.returncode == 1
    assert finished.stderr == f"Error: {FULL} to. Free some, then try again.\n"


def test_no_output_at_all_is_no_failure(run: Run) -> None:
    finished = run("status", preexec_fn=lambda: os.close(1))

    assert (finished.returncode, finished.stderr) == (0, "")


def test_a_disk_that_gets_full_leaves_no_half_export(run: Run, tmp_path: Path, cli_database_url: str) -> None:
    store = open_database(cli_database_url)
    with store.read() as tx:
        ((account_id, owner_id),) = tx.execute("SELECT id, owner_id FROM account").fetchall()
    for number in range(30):
        note = "".join(random.Random(number).choices(string.ascii_letters, k=2000))
        wanted = {"recipient": {"name": f"Person {number}"}, "cost": 0, "note": note, "source": "api"}
        with store.begin_write(account_id) as tx:
            inmails.log_inmail(tx, Actor(owner_id), account_id, wanted, utc_now())
    store.checkpoint_and_close()

    def few_bytes() -> None:
        # Enough for the database's own files, which do not grow.
        resource.setrlimit(resource.RLIMIT_FSIZE, (34_000, 34_000))

    finished = run("export", "all.zip", preexec_fn=few_bytes, stdout=subprocess.PIPE)

    assert (finished.returncode, finished.stdout) == (1, "")
    assert len(finished.stderr.splitlines()) == 1
    assert FULL in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_ctrl_c_at_a_question_logs_nothing(run: Run, environment: dict[str, str]) -> None:
    assert run("log", "Kai", stdout=subprocess.PIPE).returncode == 0
    asking = AtTerminal([*COMMAND, "log", "Kai"], environment)
    asking.read_until("[y/N]")

    for _ in range(10):
        # A signal just before Python waits for the answer is seen with the next one.
        asking.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            asking.process.wait(timeout=2)
            break

    assert asking.finish() == 1
    assert "Traceback" not in asking.shown
    assert "4 credits left of 5." in run("status", stdout=subprocess.PIPE).stdout


def test_a_long_check_shows_its_progress_on_a_terminal_alone(run: Run, environment: dict[str, str]) -> None:
    watched = AtTerminal([*COMMAND, "doctor"], environment)
    assert watched.finish() == 0
    unwatched = run("doctor", stdout=subprocess.PIPE)

    assert "Checking" in watched.shown
    # The line is removed, so that only the result stays.
    assert watched.shown.rpartition("\x1b[K")[2] == "There is no backup yet.\r\nNothing wrong was found.\r\n"
    assert (unwatched.stdout, unwatched.stderr) == (
        "There is no backup yet.\nNothing wrong was found.\n",
        "",
    )


@pytest.mark.parametrize("command", ["backup", "export", "restore"])
def test_a_missing_folder_is_named(inkeeper: Run, tmp_path: Path, command: str) -> None:
    database = ["--database", "sqlite:///new.sqlite3"] if command == "restore" else []

    finished = inkeeper(command, "nowhere/file", *database)

    assert finished.returncode == 1
    assert finished.stderr.endswith("There is no folder nowhere. Make it, or name another.\n")


@pytest.mark.parametrize(
    ("number", "file", "said"),
    [
        (errno.EACCES, "/a/b", "Your user may not use /a/b. Check who may read and write it and its folder."),
        (errno.EISDIR, "/a", "/a is a folder. Name a file."),
        (errno.ENOENT, "/a", "There is no file /a. Check the name."),
        (errno.EDQUOT, "/a", f"{FULL} /a. Free some, then try again."),
        (errno.ENOTDIR, "\x1b[1m", "\\x1b[1m: Not a directory."),
        (errno.EIO, None, "The system says: Input/output error."),
    ],
)
def test_an_error_of_the_system_says_what_to_do(number: int, file: str | None, said: str) -> None:
    assert sentence(OSError(number, os.strerror(number), file)) == said


def test_characters_that_the_terminal_lacks_are_escaped(inkeeper: Run) -> None:
    finished = inkeeper("log", "Łucja", PYTHONIOENCODING="latin-1")

    assert finished.returncode == 0
    assert finished.stdout.startswith("Logged: \\u0141ucja, 1 credit.")
