"""Why a database cannot be used, and what to do."""

from __future__ import annotations

from inkeeper.wording.language import gettext_noop
from inkeeper.wording.reasons.message import Message

_SQLITE: dict[str, Message] = {
    "locked": gettext_noop("Another program keeps the database %(path)s locked. Close it, then try again."),
    "full": gettext_noop("There is no space left to write the database %(path)s. Free some, then try again."),
    "readonly": gettext_noop(
        "The database %(path)s cannot be written. Give your user the right to write the file and its folder."
    ),
    "corrupt": gettext_noop(
        "The database %(path)s is damaged. Put a backup in its place; the damaged file was left as it is."
    ),
    "newer": gettext_noop("The database %(path)s was written by a newer version of Inkeeper. Install that version."),
    "not_inkeeper": gettext_noop("The file %(path)s is a database, but not one of Inkeeper's. Name another file."),
    "in_use": gettext_noop("A running Inkeeper has the database %(path)s open. Stop it, then try again."),
    "backup_for_postgresql": gettext_noop(
        "This is a backup of a SQLite database. PostgreSQL's own program pg_restore restores dumps."
    ),
    "missing": gettext_noop(
        "There is no database %(path)s yet. Start with `inkeeper run`, or name another with --database."
    ),
    "unopenable": gettext_noop(
        "The database %(path)s cannot be opened. See that its folder exists and that your user may read it."
    ),
}

_POSTGRESQL: dict[str, Message] = {
    "locked": gettext_noop("Another program keeps the database %(name)s locked. Try again in a moment."),
    "full": gettext_noop("The server of the database %(name)s has no space left. Free some, then try again."),
    "readonly": gettext_noop(
        "The database %(name)s cannot be written: its server is a standby, or its user lacks the right."
    ),
    "corrupt": gettext_noop("The server of the database %(name)s reports damage. See its log."),
    "newer": gettext_noop("The database %(name)s was written by a newer version of Inkeeper. Install that version."),
    "not_inkeeper": gettext_noop("The database %(name)s holds tables, but not Inkeeper's. Name an empty one."),
    "missing": gettext_noop(
        "The database %(name)s holds nothing of Inkeeper's yet. Start with `inkeeper run`, or name another with"
        " --database."
    ),
    "unsupported": gettext_noop(
        "The database %(name)s is not in UTF-8. Make one with: createdb --encoding=UTF8 --template=template0"
    ),
    "unreachable": gettext_noop(
        "No server of the database %(name)s can be reached that takes writes, with this user and password."
    ),
    "unconfirmed": gettext_noop(
        "The server of the database %(name)s did not confirm a write. It may have been stored."
    ),
}

MESSAGES: dict[str, Message] = {
    **{f"sqlite.{code}": message for code, message in _SQLITE.items()},
    **{f"postgresql.{code}": message for code, message in _POSTGRESQL.items()},
    "private.file": gettext_noop("Other users could read or write %(path)s. Now only you can."),
    "private.file_of_another": gettext_noop(
        "Other users may read or write %(path)s, and only its owner can change that: chmod 600."
    ),
    "private.folder": gettext_noop("Other users could look into %(path)s. Now only you can."),
    "private.folder_of_all": gettext_noop(
        "Other users may put files into %(path)s, and so replace the database. Take that right away: chmod go-w."
    ),
    "database.address": gettext_noop(
        "A database is named as sqlite:///relative/path, sqlite:////absolute/path or postgresql://user@host/name."
    ),
    "database.postgresql_address": gettext_noop(
        "The database's address is not one of PostgreSQL's: postgresql://user@host:port/name."
    ),
    "database.no_driver": gettext_noop(
        "PostgreSQL needs a package that is not installed: pip install 'inkeeper[postgresql]'."
    ),
    "database.pg_dump": gettext_noop(
        "Inkeeper copies SQLite files only. PostgreSQL's own program makes the backup: pg_dump --format=custom"
        " --file=%(file)s %(name)s (pg_restore brings it back)."
    ),
}
"""The message of each code."""
