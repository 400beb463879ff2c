"""The measured servers, each with its own process and folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.harness.server import ROOT, free_port
from e2e.harness.wait import until

HERE = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"
AW_REQUIREMENTS = HERE / "baselines" / "aw-server-requirements.txt"
AW_ENVIRONMENT = CACHE / "aw-server"


@contextmanager
def running(command: list[str | Path], folder: Path, answers_at: str, environment: dict[str, str]) -> Iterator[None]:
    """Runs a server until the block ends; the block begins when the address responds."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "terminal.txt").open("wb") as terminal:
        process = subprocess.Popen(command, stdout=terminal, stderr=subprocess.STDOUT, env=environment, cwd=folder)
        try:
            until(lambda: _answers(process, answers_at, folder), f"{answers_at} answers", seconds=30)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def _answers(process: subprocess.Popen[bytes], address: str, folder: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"it ended at once:\n{(folder / 'terminal.txt').read_text(errors='replace')}")
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def _without_settings(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **more}


def install_aw_server() -> None:
    """Installs aw-server's pinned requirements into its own environment."""
    stamp = AW_ENVIRONMENT / ".installed-from"
    wanted = AW_REQUIREMENTS.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("Installing aw-server 0.12.0 in an environment of its own (once)", flush=True)
    base_python = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([base_python, "-m", "venv", "--clear", AW_ENVIRONMENT], check=True)
    pip = [AW_ENVIRONMENT / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    subprocess.run([*pip, "--require-hashes", "-r", AW_REQUIREMENTS], check=True, stdout=subprocess.DEVNULL)
    stamp.write_text(wanted, encoding="utf-8")


@contextmanager
def aw_server(folder: Path) -> Iterator[int]:
    """ActivityWatch's server with its defaults (Peewee on SQLite). Yields its port."""
    port = free_port()
    places = {name: str(folder / name) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    command = [AW_ENVIRONMENT / "bin" / "aw-server", "--host", "127.0.0.1", "--port", str(port), "--storage", "peewee"]
    with running(command, folder, f"http://127.0.0.1:{port}/api/0/info", _without_settings(**places)):
        yield port


@contextmanager
def flask_route(folder: Path, answer_bytes: int) -> Iterator[int]:
    """A Flask route on waitress that returns a given number of bytes. Yields its port."""
    port = free_port()
    command = [sys.executable, HERE / "baselines" / "flask_route.py", str(port), str(answer_bytes)]
    with running(command, folder, f"http://127.0.0.1:{port}/", _without_settings()):
        yield port


def sqlite_inserts_per_second(database: Path, count: int) -> float:
    """Rows per second that the sqlite3 module alone commits, one transaction each."""
    command = [sys.executable, HERE / "baselines" / "sqlite_insert.py", database, str(count)]
    return count / float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def make_bucket(port: int, name: str) -> None:
    """Creates the bucket of aw-server for the events."""
    body = json.dumps({"client": "benchmark", "type": "benchmark", "hostname": "here"}).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/0/buckets/{name}", body, headers)
    with urllib.request.urlopen(asked) as answer:
        answer.read()
