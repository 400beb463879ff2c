"""InMails logged by `inkeeper log` have their own source. Earlier ones keep `api`, as other programs' InMails do."""

from typing import Any

from inkeeper.storage.checks import allow_values


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 (the runner's signature)
    """Allow `terminal` in `inmail.source`."""
    before = ("popup", "shortcut", "page", "import", "api")
    allow_values(db, "inmail", "source", before, (*before, "terminal"))
