"""Makes the weekly backups while the server runs."""

from __future__ import annotations

import logging
import threading

from inkeeper.clock import utc_now
from inkeeper.services.takeout.backups import make_if_due
from inkeeper.storage.database import DatabaseProblem, Store
from inkeeper.storage.weekly import DiskNearlyFull
from inkeeper.wording.terminal import explain, gettext

LOOK_SECONDS = 3600
"""How often the server looks whether a backup is due."""

_log = logging.getLogger("inkeeper.server")


class BackupThread:
    """A thread that makes a backup when one is due. Requests go on meanwhile: SQLite copies one state of the database
    beside them.
    """

    def __init__(self, store: Store) -> None:
        """Start the thread."""
        self._store = store
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the thread. A backup that is being made is finished."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                make_if_due(self._store, utc_now())
            except DiskNearlyFull:
                _log.warning(gettext("The disk is nearly full, so no backup was made."))
            except DatabaseProblem as problem:
                _log.warning(gettext("No backup was made: %(reason)s", reason=explain(problem.said)))
            except OSError as error:
                _log.warning(gettext("No backup was made: %(reason)s", reason=error))
            if self._stopping.wait(LOOK_SECONDS):
                return
