"""The terminal in another language: every sentence of Inkeeper's, and Click's own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from inkeeper.cli import main
from inkeeper.cli.program import CLICK_MESSAGES
from inkeeper.wording.terminal import wanted_languages
from tests.cli.wrong_uses import WRONG_USES
from tests.lint.words import FORMATS, KEYWORDS, messages

RUN = """
import sys
from pathlib import Path
from inkeeper.wording import language
language.LOCALE = Path(sys.argv.pop(1))
for cached in (language._formats, language.languages):
    cached.cache_clear()
from inkeeper.cli import main
from inkeeper.cli.program import CLICK_MESSAGES
main(prog_name="inkeeper")
"""
NO_MESSAGES = re.compile(
    r"My seat|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|`[^`]*`|'[^']*'|\S+[./=]\w\S*|\b(?:INKEEPER_\w+|URL|ID|dmy|mdy|default|none)\b|--?[a-z-]+|\[[a-z_|]+\]"
    r"|^ {4}inkeeper .*$|^ {2}[a-z]+ {2,}|\binkeeper(?: [a-z]+){0,2}\b",
    re.MULTILINE,
)
"""Names of commands, options, variables and values, what was typed, ids, paths, and command lines."""

PLACES = re.compile(r"(%\(\w+\)s|\{\w[\w.!]*\})")
"""The places of messages: Inkeeper's, and those of Click."""

NEVER_SHOWN = re.compile(
    # To programmers who declare commands.
    r"DeprecationWarning: .*|deprecated|Name '.*' defined twice|Boolean option .*|Could not determine name .*"
    r"|No options defined .*|Arguments take exactly one .*|Value must be an iterable\.|Invalid start character .*"
    r"|Unknown (color|standard stream) .*|Choice\(.*"
    # Of what no command has: arguments with a help or of several values, defaults in the help, passwords, progress
    # bars, editors, pagers, and values of other types than text.
    r"|Positional arguments|Argument .* takes .* values\.|Takes .* values .*|.* values are required, .*"
    r"|\(dynamic\)|env var: .*|default: .*|Choose from:.*|Missing parameter.*|Missing \{param_type\}"
    r"|Do you want to continue\?|Confirm the action .*|Repeat for confirmation|Error: The two entered values .*"
    r"|Error: invalid input|d|.*Editing failed.*|Press any key .*|Windows error: .*"
    r"|.* does not match the formats? .*|.* is not a valid .*|.* is not in the range .*"
    r"|file|directory|path|\{name\} .*|unknown error|Could not open file .*"
    # Of completion in the shell, which is not offered.
    r"|Shell completion .*|Couldn't detect Bash .*"
    # Given by Inkeeper in its own words.
    r"|%\(prog\)s, version .*|Show the version and exit\.",
    re.DOTALL,
)
"""Messages of Click that no command of Inkeeper's leads to."""


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, []),
        ({"LANG": "de_DE.UTF-8"}, ["de_DE"]),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR"}, ["fr_FR"]),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR", "LC_ALL": "pl_PL@x"}, ["pl_PL"]),
        ({"LANG": "de_DE", "LC_ALL": ""}, ["de_DE"]),
        ({"LANG": "de_DE", "LANGUAGE": "nl:de"}, ["nl", "de", "de_DE"]),
        ({"LANG": "C.UTF-8", "LANGUAGE": "nl"}, []),
        ({"LANG": "de_DE", "LC_ALL": "POSIX"}, []),
    ],
)
def test_the_language_of_the_environment(environ: dict[str, str], wanted: list[str]) -> None:
    assert wanted_languages(environ) == wanted


@pytest.fixture(scope="module")
def locale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Catalogues with the language `xx`, in which each message is in ⟦⟧."""
    folder = tmp_path_factory.mktemp("locale")
    catalogue = Catalog(locale="de")
    for message in messages():
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            marked = tuple(map(marked_up, forms))
            catalogue.add(message.id, marked if len(forms) > 1 else marked[0], context=message.context)
    compiled = folder / "xx" / "LC_MESSAGES" / "inkeeper.mo"
    compiled.parent.mkdir(parents=True)
    with compiled.open("wb") as file:
        write_mo(file, catalogue)
    english = json.loads(FORMATS.read_text("utf-8"))["en"]
    names = ("months", "short_months", "lone_months", "days", "short_days")
    marked_names = {each: [f"⟦{name}⟧" for name in english[each]] for each in names}
    (folder / "formats.json").write_text(json.dumps({"en": english, "xx": english | marked_names}))
    return folder


def marked_up(message: str) -> str:
    """The message with ⟦⟧ around each piece that has letters. What fills its places is outside of them."""
    pieces = PLACES.split(message)
    return "".join(
        f"⟦{piece}⟧" if number % 2 == 0 and re.search(r"[^\W\d_]", piece) else piece
        for number, piece in enumerate(pieces)
    )


@pytest.fixture
def inkeeper(locale: Path, environment: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    """What `inkeeper` prints in the language `xx`."""

    def run(*arguments: str, **variables: str) -> str:
        finished = subprocess.run(
            [sys.executable, "-c", RUN, str(locale), *arguments],
            env=environment | {"LC_ALL": "xx_XX.UTF-8", "COLUMNS": "200"} | variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return finished.stdout + finished.stderr

    return run


def unmarked(text: str) -> list[str]:
    """The words that come from no message, and are none of NO_MESSAGES."""
    return re.findall(r"[A-Za-z]{2,}", NO_MESSAGES.sub(" ", re.sub(r"⟦[^⟦⟧]*⟧", " ", text)))


@pytest.mark.parametrize("command", [None, *main.commands])
def test_help(inkeeper: Callable[..., str], command: str | None) -> None:
    printed = inkeeper(*([command] if command else []), "--help")

    assert "⟦Usage:⟧" in printed
    assert unmarked(printed) == []


@pytest.mark.usefixtures("opened_account")
@pytest.mark.parametrize("arguments", WRONG_USES, ids=" ".join)
def test_wrong_uses(inkeeper: Callable[..., str], arguments: tuple[str, ...]) -> None:
    printed = inkeeper(*arguments)

    assert "⟦Error: ⟧" in printed
    assert unmarked(printed) == [], printed


def test_every_message_of_click_that_people_see_is_translated() -> None:
    folder = Path(click.__file__).parent
    found = {message for _, _, message, _, _ in extract_from_dir(folder, [("**.py", "python")], KEYWORDS) if message}
    first = {message if isinstance(message, str) else message[0] for message in found}
    translated = {message if isinstance(message, str) else message[0] for message in CLICK_MESSAGES}

    assert sorted(message for message in first - translated if not NEVER_SHOWN.fullmatch(message)) == []


@pytest.mark.parametrize(
    "variables", [{"LANGUAGE": "en:xx"}, {"LC_ALL": "C.UTF-8", "LANGUAGE": "xx"}], ids=["English first", "locale C"]
)
def test_click_speaks_english_where_inkeeper_does(inkeeper: Callable[..., str], variables: dict[str, str]) -> None:
    assert "⟦" not in inkeeper("stats", **variables)


def test_the_version(inkeeper: Callable[..., str]) -> None:
    assert "⟦, version ⟧" in inkeeper("--version")


@pytest.mark.usefixtures("opened_account")
def test_an_import(inkeeper: Callable[..., str], tmp_path: Path) -> None:
    rows = [
        "q1,2026-03-02 09:00,replied,2026-03-03 09:00",
        "q2,2026-03-04 09:00,no_response,2026-03-09 09:00",
        "q3,q,,",
    ]
    (tmp_path / "sent.csv").write_text("\n".join(["name,sent_at,outcome,outcome_at", *rows]))

    for arguments in (
        ("import", "sent.csv"),
        ("import", "sent.csv", "--skip-rows", "--open-earlier", "--rows", "--yes"),
        ("imports",),
        ("import", "q9.csv"),
        ("import", "."),
    ):
        printed = inkeeper(*arguments)
        assert unmarked(printed) == [], printed


def test_refusals_of_the_services_and_the_database(inkeeper: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "all.json").write_text("{}")
    (tmp_path / "letter.sqlite3").write_text("This is a letter, and no database. " * 100)

    for arguments in (
        ("restore", "all.zip"),
        ("restore", "all.json"),
        ("doctor", "--database", "sqlite:///missing.sqlite3"),
        ("doctor", "--database", "sqlite:///letter.sqlite3"),
        ("doctor", "--database", "letter"),
        ("erase", "https://www.linkedin.com/company/x", "--yes"),
    ):
        printed = inkeeper(*arguments)
        assert "⟦" in printed, arguments
        assert unmarked(printed) == [], printed
