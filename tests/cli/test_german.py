"""The terminal in German, by real processes: the status, the help, refusals, a device's name in quotes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest

from inkeeper.cli import main
from tests.cli.conftest import COMMAND, AtTerminal
from tests.cli.wrong_uses import WRONG_USES

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
    r"|print|only|missing|unexpected|extra|no|such|did|mean|valid|does|not|take|default|env|required|usage|options|commands|error)\b",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"`[^`]*`|„inkeeper[^“]*“|^ {4}inkeeper .*$|^Aufruf: .*$|'[^']*'|--?[\w-]+|\[[a-z_|]+\]|ORDNER\|default\|none", re.M
)
"""Names of commands and options, their values, and whole command lines."""


@pytest.fixture
def inkeeper(inkeeper: Run) -> Run:
    """Runs `inkeeper` in German."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return inkeeper(*arguments, LANG="de_DE.UTF-8", LC_ALL="", LC_MESSAGES="", LANGUAGE="", COLUMNS="100")

    return run


@pytest.mark.usefixtures("opened_account")
def test_the_status(inkeeper: Run) -> None:
    found = inkeeper("status", "--account", "My seat")

    assert (found.returncode, found.stderr) == (0, "")
    assert re.match(STATUS, found.stdout), found.stdout


@pytest.mark.usefixtures("opened_account")
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


@pytest.mark.usefixtures("opened_account")
def test_a_question_is_answered_with_j_or_n(inkeeper: Run, environment: dict[str, str]) -> None:
    inkeeper("log", "Kai Example")
    german = environment | {"LANG": "de_DE.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "LANGUAGE": ""}
    asking = AtTerminal([*COMMAND, "log", "Kai Example"], german)

    asking.read_until("Eine zweite InMail eintragen? [j/N]: ")
    asking.type("jein")
    asking.read_until("Fehler: Antworten Sie mit j oder n.")

    assert asking.answer("Ja") == 0, asking.shown
    assert "Eingetragen: Kai Example, 1 Credit. 3 Credits übrig." in asking.shown

    asking = AtTerminal([*COMMAND, "log", "Kai Example"], german)
    asking.read_until("[j/N]: ")
    assert asking.answer("") == 1, asking.shown
    assert "Nichts wurde eingetragen." in asking.shown


@pytest.mark.usefixtures("opened_account")
def test_an_unknown_account_is_named_in_german_quotes(inkeeper: Run) -> None:
    refused = inkeeper("status", "--account", "Anderes")

    assert refused.returncode != 0
    assert "Das Konto „Anderes“ gibt es nicht: Prüfen Sie --account. Es gibt:" in refused.stderr


def test_wrong_commands_and_options(inkeeper: Run) -> None:
    assert inkeeper("stats").stderr == (
        "Aufruf: inkeeper [OPTIONEN] BEFEHL [ARGUMENTE]...\nHilfe zeigt „inkeeper --help“.\n\n"
        "Fehler: Den Befehl 'stats' gibt es nicht. Meinten Sie 'status'?\n"
    )
    assert inkeeper("log").stderr == (
        "Aufruf: inkeeper log [OPTIONEN] NAME\nHilfe zeigt „inkeeper log --help“.\n\n"
        "Fehler: Es fehlt das Argument 'NAME'.\n"
    )
    assert inkeeper("open", "--port", "x").stderr == (
        "Fehler: --port oder INKEEPER_PORT muss eine Zahl von 0 bis 65535 sein, nicht x.\n"
    )


@pytest.mark.usefixtures("opened_account")
@pytest.mark.parametrize("arguments", WRONG_USES, ids=" ".join)
def test_a_wrong_use_is_refused_without_english(inkeeper: Run, arguments: tuple[str, ...]) -> None:
    refused = inkeeper(*arguments)

    assert refused.returncode == 2
    assert "Fehler: " in refused.stderr
    assert ENGLISH.findall(NAMES.sub(" ", refused.stderr)) == []


@pytest.mark.parametrize("command", [None, *main.commands])
def test_the_help_has_no_english_left(inkeeper: Run, command: str | None) -> None:
    shown = inkeeper(*([command] if command else []), "--help").stdout

    assert shown.startswith("Aufruf: inkeeper ")
    assert "Optionen:" in shown
    assert "Diese Hilfe anzeigen." in shown
    assert ENGLISH.findall(NAMES.sub(" ", shown)) == []


def test_a_short_help_fits_its_line(inkeeper: Run) -> None:
    assert "..." not in inkeeper("--help").stdout.replace("[ARGUMENTE]...", "")
