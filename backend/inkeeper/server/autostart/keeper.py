"""Runs the server in the background where the system itself does not restart programs.

- The server's output goes to a log of at most `LOG_BYTES`, with one older log beside it.
- A server that ends with an error is started again after `PAUSE_SECONDS`, at most `STARTS` times in
  `STARTS_WITHIN_SECONDS`.
- One keeper a folder: the second one ends at once. It stops when its state file is removed. So nothing is stopped by a
  process id, which by then another process may have.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from inkeeper.clock import format_instant, parse_instant, utc_now
from inkeeper.locks import held, is_held
from inkeeper.server.autostart.program import Program
from inkeeper.wording.terminal import gettext

LOG_BYTES = 1_000_000
STARTS = 5
STARTS_WITHIN_SECONDS = 600
PAUSE_SECONDS = 5

_LINE_BYTES = 8192
_LOOK_SECONDS = 0.5
_STOP_SECONDS = 20
_BEGIN_SECONDS = 20


def log_file(folder: Path) -> Path:
    """The log of the server in the background."""
    return folder / "inkeeper.log"


def _lock_file(folder: Path) -> Path:
    return folder / "inkeeper-background.lock"


def _state_file(folder: Path) -> Path:
    return folder / "inkeeper-background.json"


def _gave_up_file(folder: Path) -> Path:
    return folder / "inkeeper-background.failed"


def is_running(folder: Path) -> bool:
    """Whether a keeper runs the server of this folder."""
    return is_held(_lock_file(folder))


def running_since(folder: Path) -> datetime | None:
    """When the running keeper began (UTC); None if none runs."""
    if not is_running(folder):
        return None
    try:
        return parse_instant(json.loads(_state_file(folder).read_text(encoding="utf-8"))["since"])
    except (OSError, ValueError, KeyError):
        return None


def gave_up(folder: Path) -> bool:
    """Whether the last keeper ended because the server failed too often."""
    return _gave_up_file(folder).exists()


def start_detached(program: Program) -> None:
    """Start a keeper that outlives this process, and wait until it has begun. Raises OSError if it cannot be run."""
    options: dict[str, object] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    _gave_up_file(program.folder).unlink(missing_ok=True)
    keeper = subprocess.Popen(
        program.keep(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=program.folder,
        close_fds=True,
        **options,  # type: ignore[call-overload]
    )
    _wait_until(lambda: running_since(program.folder) is not None or keeper.poll() is not None, _BEGIN_SECONDS)
    # It outlives this process, which need not wait for its end.
    keeper.returncode = 0


def stop(folder: Path) -> None:
    """Stop the keeper and its server, if they run, and wait for their end."""
    _gave_up_file(folder).unlink(missing_ok=True)
    _state_file(folder).unlink(missing_ok=True)
    _wait_until(lambda: not is_running(folder), 2 * _STOP_SECONDS)


def keep(program: Program) -> int:
    """Run the server until it ends by itself, fails too often, or is to stop. Returns the exit code."""
    if sys.platform != "win32":
        os.umask(0o077)
    with held(_lock_file(program.folder)) as is_ours:
        if not is_ours:
            return 0
        _gave_up_file(program.folder).unlink(missing_ok=True)
        state = _state_file(program.folder)
        state.write_text(json.dumps({"since": format_instant(utc_now())}), encoding="utf-8")
        try:
            code = _Keeper(program, state).run()
        finally:
            state.unlink(missing_ok=True)
        if code:
            _gave_up_file(program.folder).touch(mode=0o600)
        return code


class _Keeper:
    def __init__(self, program: Program, state: Path) -> None:
        self._program = program
        self._state = state
        self._stopping = threading.Event()
        self._log = logging.getLogger("inkeeper.background")
        self._log.propagate = False
        self._log.setLevel(logging.INFO)
        handler = RotatingFileHandler(
            log_file(program.folder), maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="replace"
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._log.addHandler(handler)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())

    def run(self) -> int:
        starts: deque[float] = deque(maxlen=STARTS)
        while not self._is_to_stop():
            if len(starts) == STARTS and time.monotonic() - starts[0] < STARTS_WITHIN_SECONDS:
                self._log.info(
                    gettext("The server failed %(number)s times, so it is not started again.", number=STARTS)
                )
                return 1
            starts.append(time.monotonic())
            code = self._serve()
            if code == 0:
                break
            self._log.info(gettext("The server ended with the code %(code)s.", code=str(code)))
            self._wait(PAUSE_SECONDS)
        return 0

    def _serve(self) -> int:
        """Run the server once. Returns its exit code, 0 if it was to stop."""
        server = subprocess.Popen(
            self._program.serve(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert server.stdout is not None
        reader = threading.Thread(target=self._copy, args=(server.stdout,), daemon=True)
        reader.start()
        while server.poll() is None and not self._is_to_stop():
            self._stopping.wait(_LOOK_SECONDS)
        was_to_stop = server.poll() is None
        if was_to_stop:
            server.terminate()
            try:
                server.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
        code = server.wait()
        reader.join()
        server.stdout.close()
        return 0 if was_to_stop else code

    def _copy(self, output: IO[bytes]) -> None:
        while line := output.readline(_LINE_BYTES):
            self._log.info("%s", line.decode(errors="replace").rstrip())

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._is_to_stop():
            self._stopping.wait(_LOOK_SECONDS)

    def _is_to_stop(self) -> bool:
        return self._stopping.is_set() or not self._state.exists()


def _wait_until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
