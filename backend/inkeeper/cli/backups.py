"""What the terminal says of backups."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkeeper.clock import utc_now
from inkeeper.settings import Settings
from inkeeper.terminal import printable
from inkeeper.wording.terminal import gettext, ngettext

if TYPE_CHECKING:
    from inkeeper.storage.database import Store


def restore_backup(settings: Settings, file: Path) -> None:
    """Replace all data with that of the backup, and print where the former data is. Raises DatabaseProblem."""
    from inkeeper.services.takeout.backups import go_back

    former = go_back(settings.database, file, utc_now())
    click.echo(gettext("Restored from %(file)s.", file=printable(file)))
    if former is not None:
        click.echo(gettext("What was there before is in %(former)s", former=printable(former)))


def last_backup(store: Store, now: datetime) -> str:
    """When the last weekly backup was made, in a sentence. `now` is UTC."""
    from inkeeper.services.takeout.backups import backups_of

    backups = backups_of(store)
    if backups is None:
        return gettext("Inkeeper makes no backups of PostgreSQL: use its own program pg_dump.")
    if not backups.kept:
        return gettext("There is no backup yet.") if backups.are_on else gettext("Backups are off, and there is none.")
    last = backups.kept[-1]
    days = (now - last.made_at).days
    age = ngettext("%(number)s day ago", "%(number)s days ago", days) if days > 0 else gettext("today")
    made = gettext("Last backup %(age)s: %(path)s", age=age, path=printable(last.path))
    off = gettext("Backups are off now.")
    return made if backups.are_on else f"{made} {off}"
