"""The terminal in another language: every sentence of Inkeeper's, and Click's own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from inkeeper.cli import main
from inkeeper.wording.terminal import wanted_languages
from tests.lint.words import FORMATS, messages

RUN = """
import sys
from pathlib import Path
from inkeeper.wording import language
language.LOCALE = Path(sys.argv.pop(1))
for cached in (language._formats, language.languages):
    cached.cache_clear()
from inkeeper.cli import main
main(prog_name="inkeeper")
"""
NO_MESSAGES = re.compile(
    r"`[^`]*`|\b(?:INKEEPER_\w+|URL|ID|OPTIONS|COMMAND|DIR|ARGS|dmy|mdy|default|none|FILE|NAME)\b|--?[a-z-]+|\[[a-z_|]+\]"
    r"|^ {4}inkeeper .*$|^ {2}[a-z]+ {2,}|\binkeeper(?: [a-z]+)?\b",
    re.MULTILINE,
)
"""Names of commands, options, variables and values, and command lines."""


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
            marked = tuple(f"⟦{form}⟧" for form in forms)
            catalogue.add(message.id, marked if len(forms) > 1 else marked[0], context=message.context)
    compiled = folder / "xx" / "LC_MESSAGES" / "inkeeper.mo"
    compiled.parent.mkdir(parents=True)
    with compiled.open("wb") as file:
        write_mo(file, catalogue)
    english = json.loads(FORMATS.read_text("utf-8"))["en"]
    (folder / "formats.json").write_text(json.dumps({"en": english, "xx": english}))
    return folder


@pytest.fixture
def inkeeper(locale: Path, environment: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    """What `inkeeper` prints in the language `xx`."""

    def run(*arguments: str) -> str:
        finished = subprocess.run(
            [sys.executable, "-c", RUN, str(locale), *arguments],
            env=environment | {"LC_ALL": "xx_XX.UTF-8", "COLUMNS": "200"},
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
    while "⟦" in text and (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = shorter
    return re.findall(r"[A-Za-z]{2,}", NO_MESSAGES.sub(" ", text))


@pytest.mark.parametrize("command", [None, *main.commands])
def test_help(inkeeper: Callable[..., str], command: str | None) -> None:
    printed = inkeeper(*([command] if command else []), "--help")

    assert "⟦Usage:⟧" in printed
    assert unmarked(printed) == []


def test_results_and_refusals(inkeeper: Callable[..., str]) -> None:
    assert unmarked(inkeeper("export")) == []
    assert unmarked(inkeeper("open", "--port", "x")) == []
    assert unmarked(inkeeper("log", "--nothing")) == []


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
