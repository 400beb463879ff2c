"""The database: tables, migrations, engines, transactions, and one module of SQL for each subject."""

import sys

# Peewee imports PostgreSQL's drivers where they are installed, which takes longer than all else at the start. It is
# imported here once as if there were none; `inkeeper.storage.engines.postgresql` imports psycopg where it is needed.
_DRIVERS = ("psycopg", "psycopg2")
_imported = {name: sys.modules.pop(name) for name in _DRIVERS if name in sys.modules}
sys.modules.update(dict.fromkeys(_DRIVERS))  # type: ignore[arg-type]
try:
    import peewee  # noqa: F401
    import playhouse.migrations  # noqa: F401
finally:
    for name in _DRIVERS:
        del sys.modules[name]
    sys.modules.update(_imported)
