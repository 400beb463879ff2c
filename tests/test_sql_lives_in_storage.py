"""All SQL, and every use of a database's library, is in `inkeeper/storage/`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import inkeeper

PACKAGE = Path(inkeeper.__file__).parent
LIBRARIES = {"sqlite3", "psycopg", "psycopg2", "peewee", "playhouse"}
RUNS_SQL = {"execute", "executemany", "executescript", "execute_sql", "read_row"}
STATEMENT = re.compile(
    r"\s*(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+(?:RECURSIVE\s|\w+.*\sAS\s)"
    r"|PRAGMA\s|(?:CREATE|DROP|ALTER)\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|TRIGGER|VIEW)\s|BEGIN\s+\w+$|COMMIT$|ROLLBACK$|VACUUM)"
)

def modules() -> list[str]:
    return sorted(
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] != "storage"
    )


def found_in(source: str) -> Iterator[str]:
    """What in a module's source belongs into `storage/`, each with its line."""
    tree = ast.parse(source)
    models = False
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            tables = node.module == "inkeeper.storage.models" and any(alias.name.istitle() for alias in node.names)
            models = models or tables
            if tables:
                yield f"line {node.lineno}: the models"
        yield from (f"line {node.lineno}: {name}" for name in names if name.partition(".")[0] in LIBRARIES)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value):
            yield f"line {node.lineno}: {node.value[:40]}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in RUNS_SQL:
                yield f"line {node.lineno}: {name}()"


@pytest.mark.parametrize("module", modules())
def test_no_module_outside_of_storage_has_sql(module: str) -> None:
    found = list(found_in((PACKAGE / module).read_text(encoding="utf-8")))

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import sqlite3",
        "from playhouse.migrations import Runner",
        "from inkeeper.storage.models import PURPOSES, Account",
        'NAME = "SELECT name FROM owner"',
        'f"UPDATE inmail SET {columns} WHERE id = ?"',
        '"""\\n    DELETE FROM fact"""',
        '"WITH RECURSIVE edit(id) AS (SELECT 1) SELECT id FROM edit"',
        "tx.execute(statement)",
        "execute(statement)",
        "store.read_row(statement)",
    ],
)
def test_what_belongs_into_storage_is_found(source: str) -> None:
    assert list(found_in(source))


@pytest.mark.parametrize(
    "source",
    [
        "from inkeeper.storage.models import PURPOSES",
        "from inkeeper.storage import accounts",
        '"Select a file to import."',
        '"Delete all of it"',
        '"With this change 2 more InMails have no credit left."',
        "found.update(more)",
    ],
)
def test_what_may_be_anywhere_is_not(source: str) -> None:
    assert not list(found_in(source))
