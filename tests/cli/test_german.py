"""The terminal in German, by real processes: the status, the help, refusals, a device's name in quotes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from inkeeper.cli import main
from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.rows import add_row

Run = Callable[..., subprocess.CompletedProcess[str]]

DAY = r"(heute|morgen|in \d+ Tagen am (Mo|Di|Mi|Do|Fr|Sa|So), \d+\. \w+)"
STATUS = (
    r"My seat\n"
    r"  5 Credits übrig von 5\.\n"
    rf"  5 verfallen {DAY}\.\n"
    rf"  5 neue Credits kommen {DAY}\.\n"
    r"  (Bei diesem Tempo verlieren Sie \d Credits?\.|(Im Tempo|Hinter dem Tempo|Dem Tempo voraus):) "
    r"?Senden Sie [\d,–]+ pro Arbeitstag, um alle zu nutzen\.\n"
)
ENGLISH = re.compile(
    r"\b(the|of|and|or|is|are|with|without|your|you|for|which|this|that|what|show|from|by|file|folder|write"
    r"|print|only|default|env|required|usage|options|commands|error)\b",
    re.IGNORECASE,
)
COMMANDS = re.compile(
    r"`[^`]*`|„inkeeper[^“]*“|^ {4}inkeeper .*$|^Aufruf: .*$|--?[\w-]+|\[[a-z_|]+\]|DIR\|default\|none", re.M
)
"""Names of commands and options, their values, and whole command lines."""


@pytest.fixture
def inkeeper(inkeeper: Run) -> Run:
    """Runs `inkeeper` in German."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return inkeeper(*arguments, LANG="de_DE.UTF-8", LC_ALL="", LC_MESSAGES="", LANGUAGE="", COLUMNS="100")

    return run


@pytest.fixture
def seat(cli_database_url: str, tmp_path: Path) -> None:
    """A database with one account, opened now."""
    (tmp_path / "data").mkdir(mode=0o700)
    store, now = open_database(cli_database_url), utc_now()
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(now), name="me", created_at=now).id
        wanted = {"name": "My seat", "plan": "premium_career", "time_zone": "Europe/Berlin"}
        accounts.create_account(tx, Actor(owner), wanted, now)
    store.checkpoint_and_close()


@pytest.mark.usefixtures("seat")
def test_the_status(inkeeper: Run) -> None:
    found = inkeeper("status", "--account", "My seat")

    assert (found.returncode, found.stderr) == (0, "")
    assert re.match(STATUS, found.stdout), found.stdout


@pytest.mark.usefixtures("seat")
def test_an_inmail_is_logged_and_a_second_one_refused(inkeeper: Run) -> None:
    assert inkeeper("log", "Kai Example").stdout.startswith("Eingetragen: Kai Example, 1 Credit. 4 Credits übrig.\n")

    refused = inkeeper("log", "Kai Example", "--at", "gestern 25:00")
    assert refused.stderr.splitlines()[-1] == (
        "Fehler: --at braucht eine Zeit, zum Beispiel „gestern 14:30“, „2026-11-26 09:00“ oder „09:00“"
        " (nach den Uhren von Europe/Berlin), nicht „gestern 25:00“."
    )
    again = inkeeper("log", "Kai Example")
    assert re.fullmatch(
        r"Fehler: Sie haben Kai Example heute um \d\d:\d\d geschrieben, noch ohne Antwort\."
        r" Für eine zweite InMail ergänzen Sie --again\.\n",
        again.stderr,
    )


@pytest.mark.usefixtures("seat")
def test_an_unknown_account_is_named_in_german_quotes(inkeeper: Run) -> None:
    refused = inkeeper("status", "--account", "Anderes")

    assert refused.returncode != 0
    assert "Das Konto „Anderes“ gibt es nicht: Prüfen Sie --account. Es gibt:" in refused.stderr


def test_wrong_commands_and_options(inkeeper: Run) -> None:
    assert inkeeper("stats").stderr.splitlines()[3].startswith("Fehler: Den Befehl 'stats' gibt es nicht.")
    assert inkeeper("log").stderr == (
        "Aufruf: inkeeper log [OPTIONS] NAME\nHilfe zeigt „inkeeper log --help“.\n\n"
        "Fehler: Es fehlt das Argument 'NAME'.\n"
    )
    assert inkeeper("open", "--port", "x").stderr == (
        "Fehler: --port muss eine Zahl von 0 bis 65535 sein, nicht x. Ohne --port gilt INKEEPER_PORT.\n"
    )


@pytest.mark.parametrize("command", [None, *main.commands])
def test_the_help_has_no_english_left(inkeeper: Run, command: str | None) -> None:
    shown = inkeeper(*([command] if command else []), "--help").stdout

    assert shown.startswith("Aufruf: inkeeper ")
    assert "Optionen:" in shown
    assert "Diese Hilfe anzeigen." in shown
    assert ENGLISH.findall(COMMANDS.sub(" ", shown)) == []


def test_a_short_help_fits_its_line(inkeeper: Run) -> None:
    assert "..." not in inkeeper("--help").stdout.replace("[ARGS]...", "")
