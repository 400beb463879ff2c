"""The time from the start of the process to its first response, and its memory at rest."""

from __future__ import annotations

import statistics
import subprocess
import time
from pathlib import Path

from e2e.harness.server import ROOT, Server
from e2e.harness.wait import until
from tests.benchmarks import load
from tests.benchmarks.logging_inmails import inmail_requests, open_account
from tests.benchmarks.report import ROUNDS, Row

USED = 500
SETTLED_SECONDS = 2.0


def seconds_to_first_answer(server: Server) -> float:
    """Starts `inkeeper serve` on an existing database, requests until it responds, and stops it."""
    ask = load.request("GET", "/api/v1/server", server.port, keep_alive=False).encode()
    started = time.perf_counter()
    process = subprocess.Popen(
        server.command("serve", "--port", str(server.port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=server.environment(),
        cwd=ROOT,
    )
    try:
        until(lambda: load.answers(server.port, ask), "the first answer", seconds=20)
        return time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(timeout=20)


def memory_mib(server: Server) -> float:
    """The resident set of the process at rest, after some requests, in MiB."""
    client = server.client()
    requests = inmail_requests(server.port, str(client.token), open_account(client), 8, USED // 8, keep_alive=True)
    load.run(server.port, requests, expect=201)
    client.get("/accounts").expect(200)
    time.sleep(SETTLED_SECONDS)
    return resident_mib(server)


def resident_mib(server: Server) -> float:
    """The resident set of the server's process, in MiB."""
    status = Path(f"/proc/{_pid_of(server)}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _pid_of(server: Server) -> int:
    assert server._process is not None
    return server._process.pid


def measure(folder: Path) -> list[Row]:
    """Several starts on one database, and the memory of as many processes."""
    starts, sizes = [], []
    server = Server(folder / "inkeeper").start()
    server.close()
    for _ in range(ROUNDS):
        starts.append(seconds_to_first_answer(server))
        sizes.append(memory_mib(server.start()))
        server.close()
    return [
        Row("start to first answer", "", statistics.median(starts), "s", "at most", 0.5, {"s": starts}),
        Row("memory at rest", "", statistics.median(sizes), "MiB", "at most", 60, {"MiB": sizes}),
    ]
