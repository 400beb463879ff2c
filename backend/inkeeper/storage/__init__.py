"""The database: tables, migrations, engines, transactions, and one module of SQL for each subject."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_DRIVERS = ("psycopg", "psycopg2")


@contextmanager
def without_drivers() -> Iterator[None]:
    """Import modules of Peewee in the block as if PostgreSQL's drivers were not installed.

    Peewee imports them where they are, which takes longer than all else at the start.
    `inkeeper.storage.engines.postgresql` imports psycopg where it is needed.
    """
    imported = {name: sys.modules.pop(name) for name in _DRIVERS if name in sys.modules}
    sys.modules.update(dict.fromkeys(_DRIVERS))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in _DRIVERS:
            del sys.modules[name]
        sys.modules.update(imported)


with without_drivers():
    import peewee  # noqa: F401
