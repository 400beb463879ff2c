"""A PostgreSQL cluster as docs/deploy describes it: Patroni's nodes with docs/deploy/patroni.yml, and one etcd."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from e2e.harness.server import free_port
from e2e.harness.wait import until
from tests import postgresql
from tests.deploy.programs import Program, as_owner_of, configuration, running

CLUSTER_SECONDS = 180
"""How long a change of the cluster may take on a busy machine."""

PASSWORD = "CHANGE-ME-1"
"""Of the superuser, in the file."""


class Node:
    """One machine of the cluster: Patroni, and the PostgreSQL that it starts."""

    def __init__(self, folder: Path, name: str, etcd_port: int) -> None:
        self.name = name
        self.api_port, self.port = free_port(), free_port()
        self._folder = folder
        self._data = folder / name
        self._settings = folder / f"{name}.yml"
        self._patroni: Program | None = None
        text = configuration(
            "patroni.yml",
            {
                "name: node1": f"name: {name}",
                "10.0.0.11:2379, 10.0.0.12:2379, 10.0.0.13:2379": f"127.0.0.1:{etcd_port}",
                "10.0.0.11:8008": f"127.0.0.1:{self.api_port}",
                "10.0.0.11:5432": f"127.0.0.1:{self.port}",
                "10.0.0.0/24": "127.0.0.1/32",
                "/var/lib/postgresql/15/inkeeper": str(self._data),
                "/usr/lib/postgresql/15/bin": str((postgresql.programs() / "postgres").resolve().parent),
                "/run/postgresql": str(folder),
            },
        )
        self._settings.write_text(text, encoding="utf-8")

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL."""
        options = as_owner_of(self._folder)
        variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self._patroni = Program(
            self._folder, f"patroni-{self.name}", "patroni", self._settings, env=variables, **options
        )

    def kill(self) -> None:
        """End Patroni and PostgreSQL as a power cut does (SIGKILL)."""
        assert self._patroni is not None
        self._patroni.end(signal.SIGKILL)
        self._end_postgresql(signal.SIGKILL)
        self._patroni = None

    def close(self) -> None:
        """End what still runs. The data are not needed any more."""
        if self._patroni is not None:
            self._patroni.end(signal.SIGKILL)
        self._end_postgresql(signal.SIGQUIT)

    def _end_postgresql(self, how: signal.Signals) -> None:
        process = self._postmaster()
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.kill(process, how)
        until(lambda: self._postmaster() is None, f"PostgreSQL of {self.name} has ended", seconds=CLUSTER_SECONDS)

    def _postmaster(self) -> int | None:
        """The process that runs PostgreSQL on this node's data; None if there is none."""
        with suppress(FileNotFoundError, ProcessLookupError, IndexError):
            process = int((self._data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            # The file stays after a kill, and another process may get the number.
            if str(self._data).encode() in Path(f"/proc/{process}/cmdline").read_bytes():
                return process
        return None

    def status(self) -> dict[str, Any]:
        """What Patroni says about this node; empty while it does not answer. AssertionError if it ended by itself."""
        return _ask(self.api_port, "/patroni") if self._patroni and self._patroni.is_running() else {}

    def members(self) -> dict[str, str]:
        """The roles of the cluster's nodes by their names, as this node knows them: `leader`, `sync_standby` …"""
        found = _ask(self.api_port, "/cluster").get("members", [])
        return {member["name"]: member["role"] for member in found if member["state"] in ("running", "streaming")}

    def leads(self) -> bool:
        """Whether it is the node that takes writes."""
        status = self.status()
        return status.get("role") in ("master", "primary") and status.get("state") == "running"

    def query(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the superuser; its rows."""
        url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


class Cluster:
    """Two nodes, of which one leads."""

    def __init__(self, folder: Path, etcd_port: int) -> None:
        self.nodes = [Node(folder, name, etcd_port) for name in ("node1", "node2")]

    def start(self) -> None:
        """Start both nodes, and wait until the first leads. The second then makes its copy of the first."""
        first, second = self.nodes
        first.start()
        until(first.leads, f"{first.name} leads", seconds=CLUSTER_SECONDS)
        second.start()

    def until_synchronous(self) -> None:
        """Wait until a commit is acknowledged by both nodes only."""
        roles = ["leader", "sync_standby"]
        until(
            lambda: sorted(self.leader().members().values()) == roles,
            "one node leads and the other is its synchronous standby",
            seconds=CLUSTER_SECONDS,
        )

    def leader(self) -> Node:
        """The node that takes writes. Waits for one."""

        def found() -> list[Node]:
            return [node for node in self.nodes if node.leads()]

        return until(found, "a node leads", seconds=CLUSTER_SECONDS)[0]

    def close(self) -> None:
        """End all of it."""
        for node in self.nodes:
            node.close()


@contextmanager
def patroni_cluster(folder: Path) -> Iterator[Cluster]:
    """The cluster while the block runs. `folder` is one of `postgresql.short_folder`."""
    client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    port = int(client.rpartition(":")[2])
    etcd = (
        "etcd", "--data-dir", folder / "etcd",
        "--listen-client-urls", client, "--advertise-client-urls", client,
        "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
    )  # fmt: skip
    with running(folder, "etcd", *etcd, port=port, **as_owner_of(folder)):
        cluster = Cluster(folder, port)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.close()


def _ask(port: int, path: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        # Patroni answers 503 where PostgreSQL does not run.
        with error:
            return {}
    except OSError:
        return {}
