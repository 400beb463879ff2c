"""PostgreSQL clusters for tests: each in a short temporary folder, run by an ordinary user, gone at the end.

A cluster made with `fast` settings keeps nothing safe; one for tests that kill servers is made without.
"""

from __future__ import annotations

import functools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from e2e.harness.wait import until

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "listen_addresses": "",
}
SAFE = {"listen_addresses": "127.0.0.1"}

_SUPERUSER = "postgres"
_CACHE = Path(__file__).parents[1] / ".cache"
_START_SECONDS = 60


@functools.cache
def programs() -> Path:
    """The folder with `initdb`, `postgres` and `pg_basebackup`. Debian keeps it outside PATH."""
    folders = [Path(found).resolve().parent for found in (shutil.which("initdb"),) if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in folders:
        if all((folder / program).exists() for program in ("initdb", "postgres", "pg_basebackup")):
            return folder
    raise RuntimeError("The tests need PostgreSQL's server (on Debian: sudo apt-get install postgresql).")


@functools.cache
def _as_user() -> dict[str, Any]:
    """For `subprocess`: the user that runs PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    name = "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


def _ending_with_us() -> list[str]:
    """In front of a command: it ends when this process does, however that is killed. Linux only."""
    return ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []


def _give_away(*paths: Path) -> None:
    if user := _as_user():
        for path in paths:
            os.chown(path, pwd.getpwnam(user["user"]).pw_uid, user["group"], follow_symlinks=False)


def run(program: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end, as the user that runs the clusters."""
    return subprocess.run(
        [programs() / program, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        **_as_user(),
        **options,
    )


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user may use, with a name short enough for sockets (107 characters)."""
    folder = Path(tempfile.mkdtemp(prefix="ink-", dir="/tmp"))
    _give_away(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class Cluster:
    """A PostgreSQL server over a data folder."""

    def __init__(self, folder: Path, name: str = "data", **settings: str) -> None:
        """`folder` is one of `short_folder`; the data lie in `name` inside of it. `settings` are the server's."""
        self.folder = folder
        self.data = folder / name
        self.settings = settings
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make the data folder, from one that `initdb` has made once."""
        shutil.copytree(_made_once(), self.data, symlinks=True)
        _give_away(self.data, *self.data.rglob("*"))

    def copy_from(self, primary: Cluster, standby_name: str) -> None:
        """Make the data folder as that of a standby of `primary`, which streams from it in a slot of this name."""
        run(
            "pg_basebackup", "-D", self.data, "-h", primary.folder, "-p", primary.port, "-U", _SUPERUSER,
            "-R", "-C", "-S", standby_name, "--checkpoint=fast", "--no-sync",
        )  # fmt: skip
        # By this name the primary knows it.
        with (self.data / "postgresql.auto.conf").open("a") as file:
            host = f"host={primary.folder} port={primary.port} user={_SUPERUSER} application_name={standby_name}"
            file.write(f"primary_conninfo = '{host}'\n")

    def start(self, **more: str) -> None:
        """Start the server, and wait until it takes connections."""
        settings = {**self.settings, **more, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        log = self.folder / f"{self.data.name}.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    *_ending_with_us(),
                    *(programs() / "postgres", "-D", self.data),
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                **_as_user(),
            )
        until(lambda: self._answers() or self._has_ended(), f"PostgreSQL has started ({log})", seconds=_START_SECONDS)
        if self._has_ended():
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")

    def _answers(self) -> bool:
        try:
            self.query("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """End the server at once, cutting off what it is doing."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=60)
            self.process = None

    def kill(self) -> None:
        """End the server and each of its processes with SIGKILL, as if the machine had lost its power."""
        assert self.process is not None
        parts = [
            int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if _parent(path) == self.process.pid
        ]
        self.process.kill()
        for part in parts:
            with suppress(ProcessLookupError):
                os.kill(part, signal.SIGKILL)
        self.process.wait(timeout=60)
        self.process = None

    def url(self, database: str = "postgres", *, tcp: bool = False) -> str:
        """The address of a database here, by the socket or by TCP."""
        if tcp:
            return f"postgresql://{_SUPERUSER}@127.0.0.1:{self.port}/{database}"
        return f"postgresql:///{database}?host={self.folder}&port={self.port}&user={_SUPERUSER}"

    def query(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement outside a transaction; its rows."""
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template: str = "template0") -> str:
        """The name of a new database."""
        name = f"inkeeper_{secrets.token_hex(4)}"
        self.query(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}")
        return name


@contextmanager
def cluster(**settings: str) -> Iterator[Cluster]:
    """A cluster of its own while the block runs."""
    with short_folder() as folder:
        made = Cluster(folder, **settings)
        made.create()
        made.start()
        try:
            yield made
        finally:
            made.stop()


class Pair:
    """A primary, and a standby without which it confirms no write. `name` is a database that both have."""

    def __init__(self, primary: Cluster, standby: Cluster, name: str) -> None:
        self.primary = primary
        self.standby = standby
        self.name = name

    @property
    def url(self) -> str:
        """The address of the database, wherever it takes writes."""
        hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in (self.primary, self.standby))
        return f"postgresql://{_SUPERUSER}@{hosts}/{self.name}?target_session_attrs=read-write"

    def wait_until_synchronous(self) -> None:
        """Wait until the primary has the standby confirm each write."""
        until(
            lambda: self.primary.query("SELECT sync_state FROM pg_stat_replication") == [("sync",)],
            "the standby streams",
            seconds=_START_SECONDS,
        )


@contextmanager
def pair() -> Iterator[Pair]:
    """A primary with a synchronous standby while the block runs. They keep what they confirm."""
    with short_folder() as folder:
        primary, standby = Cluster(folder, "primary", **SAFE), Cluster(folder, "standby", **SAFE)
        try:
            primary.create()
            primary.start()
            name = primary.new_database()
            standby.copy_from(primary, "standby")
            standby.start()
            primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            primary.query("SELECT pg_reload_conf()")
            made = Pair(primary, standby, name)
            made.wait_until_synchronous()
            yield made
        finally:
            primary.stop()
            standby.stop()


def empty_tables(connection: psycopg.Connection) -> None:
    """Make the database as it was after its migration. The connection is a superuser's, in autocommit."""
    tables = [
        name
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        if name not in ("schema_migration", "installation")
    ]
    # Neither triggers nor foreign keys are asked: facts go, too, and in any order.
    statements = ["SET session_replication_role = replica", *(f'DELETE FROM "{name}"' for name in tables)]
    statements.append(f"UPDATE installation SET id = '{secrets.token_hex(16)}'")
    connection.execute(f"BEGIN; {'; '.join(statements)}; COMMIT; SET session_replication_role = DEFAULT")


def _made_once() -> Path:
    """A data folder as `initdb` makes it, kept in the cache for the next run."""
    version = run("postgres", "--version").stdout.split()[2]
    kept = _CACHE / f"postgresql-{version}-{_as_user().get('user', 'own')}"
    if not kept.exists():
        _CACHE.mkdir(exist_ok=True)
        with short_folder() as folder:
            run("initdb", "-D", folder / "data", "-U", _SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust",
                "--no-sync", "--no-instructions")  # fmt: skip
            draft = Path(tempfile.mkdtemp(prefix="postgresql-", dir=_CACHE))
            shutil.copytree(folder / "data", draft / "data", symlinks=True)
        try:
            (draft / "data").rename(kept)
        except OSError:
            # Another worker was first.
            if not kept.exists():
                raise
        shutil.rmtree(draft)
    return kept


def _parent(stat: Path) -> int | None:
    """The parent of the process whose `/proc/…/stat` this is; None if it has ended."""
    try:
        # Behind the name, which may hold anything: state, then the parent.
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
