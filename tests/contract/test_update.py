"""The released version before this one, run from its wheel: its server, its data, and a database that is too new."""

from __future__ import annotations

import http.client
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from peewee import SqliteDatabase
from playhouse.migrations import Runner

from e2e.harness.client import Client
from e2e.harness.server import PROGRAM, Server
from inkeeper import __version__
from inkeeper.storage.database import open_database
from tests.contract.conversation import REQUESTS, Send, has_shape, hold, shapes
from tests.contract.kept import unpack_before, version_number_before
from tests.contract.talking import NOW, TERMS

MIGRATIONS = Path("inkeeper/storage/migrations")
LATER_STEP = """
from peewee import TextField
from inkeeper.storage.checks import allow_values
from inkeeper.vocabulary import PURPOSES

def up(migrator, db):
    for table in ("owner", "inmail"):
        migrator.migrate(migrator.add_column(table, "of_a_later_version", TextField(null=True)))
    allow_values(db, "text", "purpose", PURPOSES, (*PURPOSES, "thanks"))
"""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the program of the version before."""
    return unpack_before(tmp_path_factory.mktemp("before") / "program")


def migrations(program: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (program / MIGRATIONS).glob("[0-9]*.py")}


def test_no_migration_of_a_release_has_changed(before: Path) -> None:
    assert migrations(before).items() <= migrations(PROGRAM).items()


# -- its server ---------------------------------------------------------------------------------------------


def sender(server: Server) -> Send:
    """A function that sends to a running server; before the first request with a token it opens an account."""
    has_account = False
    terms = {**TERMS, "opened_at": TERMS["opened_at"].isoformat()}

    def send(method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        nonlocal has_account
        if "Authorization" in headers and not has_account:
            has_account = True
            assert send("POST", "/accounts", terms, headers)[0] == 201
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
            content = None if body is None else json.dumps(body)
            path = f"/api/v1{path}"
            connection.request(method, path, content, {**headers, "Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        return answer.status, json.loads(text) if text else None

    return send


def test_its_server_understands_this_versions_extension(before: Path, tmp_path: Path) -> None:
    """Also what this version's extension says more: that server ignores it."""
    server = Server(tmp_path, at=NOW, program=before).start()
    try:
        said = hold(REQUESTS, sender(server), server.pairing_code, __version__)
    finally:
        server.close()

    assert [(each.request, each.answer) for each in said if each.status >= 300] == []
    wanted = shapes()
    for each in said:
        if call := each.request.get("call"):
            assert has_shape(each.answer, wanted[call]), (call, each.answer)


# -- its data -----------------------------------------------------------------------------------------------


SENT = ("Kai Example", "Robin Sample")


def log(client: Client, account: dict[str, Any], name: str) -> dict[str, Any]:
    """Logs an InMail, or sends that request again."""
    sent_at = (datetime.fromisoformat(account["opened_at"]) + timedelta(days=1)).isoformat()
    answer = client.log(account, name, sent_at=sent_at, purpose="introduction", key=name.replace(" ", "-"))
    return dict(answer.expect(201)["inmail"])


def fill(client: Client) -> dict[str, Any]:
    """An account with two InMails, one of them answered, and two people on the list, with a text to write to them."""
    account = client.account(rule_book="rolling", opened_at=(NOW - timedelta(days=40)).isoformat())
    logged = [log(client, account, name) for name in SENT]
    client.patch(f"/accounts/{account['id']}/inmails/{logged[-1]['id']}", {"outcome": "replied"}).expect(200)
    words = {"name": "Hello", "purpose": "introduction", "subject": "Hello", "body": "Hello {{first_name}}"}
    text = client.post("/texts", words).expect(201)["id"]
    for name in ("Mika Pattern", "Toni Test"):
        person = {"name": name, "profile_url": f"https://www.linkedin.com/in/{name.split()[0].lower()}"}
        client.post("/targets", {"person": person, "account": account["id"], "text": text}).expect(201)
    return account


def everything(client: Client, account: dict[str, Any]) -> dict[str, Any]:
    """What the server says of the account and the list."""
    summary = client.summary(account)
    return {
        **{name: summary[name] for name in ("balance", "used", "lots", "period", "recent", "awaiting")},
        "inmails": client.inmails(account),
        "targets": client.list_all("/targets"),
        "texts": client.list_all("/texts"),
        "devices": [(each["id"], each["revoked_at"]) for each in client.list_all("/devices")],
    }


def has_all(found: Any, wanted: Any) -> bool:
    """Whether the answers have all that an earlier version's had. They may have further members."""
    if isinstance(wanted, dict):
        return all(name in found and has_all(found[name], inner) for name, inner in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(has_all, found, wanted))
    return bool(found == wanted)


class Left(NamedTuple):
    """What the version before left behind: its data folder, an export, a backup, and what its server said of them."""

    data: Path
    export: Path
    backup: Path
    account: dict[str, Any]
    token: str | None
    said: dict[str, Any]


@pytest.fixture(scope="module")
def left(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("left")
    server = Server(folder, at=NOW, program=before).start()
    try:
        with closing(server.client()) as client:
            account = fill(client)
            said = everything(client, account)
        for command in ("export", "backup"):
            made = server.run(command, str(folder / command))
            assert made.returncode == 0, made.stderr
    finally:
        server.close()
    assert len(said["inmails"]) == len(said["targets"]) == 2
    return Left(server.data, folder / "export", folder / "backup", account, client.token, said)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of this version without data, an hour later, not yet running."""
    server = Server(tmp_path / "server", at=NOW + timedelta(hours=1))
    yield server
    server.close()


def test_its_data_is_all_there_after_the_update(left: Left, server: Server, before: Path) -> None:
    shutil.copytree(left.data, server.data)

    server.start()

    with closing(Client(server.port, left.token)) as client:
        assert has_all(found := everything(client, left.account), left.said), (found, left.said)
        # A client that missed the answer before the update sends its request again.
        assert log(client, left.account, SENT[0])["id"] in [each["id"] for each in left.said["inmails"]]
        assert client.inmails(left.account) == found["inmails"]
    checked = server.run("doctor")
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "Nothing wrong was found."), checked
    copies = list(server.data.glob("inkeeper.sqlite3.before-update-*"))
    assert len(copies) == (1 if migrations(PROGRAM).keys() > migrations(before).keys() else 0)
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM inmail").fetchone() == (len(SENT),)


@pytest.mark.parametrize("kind", ["export", "backup"])
def test_what_it_wrote_can_be_restored(left: Left, server: Server, kind: str) -> None:
    done = server.run("restore", str(getattr(left, kind)))
    assert done.returncode == 0, done.stderr

    server.start()

    with closing(server.client() if kind == "export" else Client(server.port, left.token)) as client:
        found = everything(client, left.account)
    # An export has no devices.
    wanted = left.said if kind == "backup" else {**left.said, "devices": found["devices"]}
    assert has_all(found, wanted), (found, wanted)


def test_a_start_beside_its_running_server_says_which_version_runs(before: Path, tmp_path: Path) -> None:
    server = Server(tmp_path / "server", program=before).start()
    try:
        server.program = PROGRAM
        second = server.run("serve", "--port", str(server.port))
    finally:
        server.close()

    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout == (
        f"Inkeeper is running already: {server.address}\n"
        f"It is version {version_number_before()}. Stop it and start again to use {__version__}."
        " If it starts when you log in, `inkeeper autostart on` does that.\n"
    )


# -- a database that is too new ------------------------------------------------------------------------------


def add_later_step(database: Path, folder: Path) -> None:
    """Applies an invented migration that no version has: the test holds whatever migrations this version adds."""
    folder.mkdir()
    (folder / "9999_later.py").write_text(LATER_STEP)
    opened = SqliteDatabase(database)
    Runner(opened, str(folder)).up()
    opened.close()


def test_its_server_goes_on_with_a_newer_database_until_it_ends_and_does_not_start_again(
    before: Path, tmp_path: Path
) -> None:
    """A command of a newer version, such as `inkeeper status`, migrates the database of a running server."""
    server = Server(tmp_path / "server", program=before).start()
    database = server.data / "inkeeper.sqlite3"
    try:
        with closing(server.client()) as client:
            account = client.account(plan="premium_business")
            open_database(f"sqlite:///{database}").checkpoint_and_close()
            add_later_step(database, tmp_path / "steps")

            client.log(account).expect(201)

            assert client.summary(account)["balance"] == 14
    finally:
        server.close()
    content = database.read_bytes()

    for command in (["serve", "--port", str(server.port)], ["status"]):
        refused = server.run(*command)

        assert refused.returncode == 1
        assert " ".join(refused.stderr.split()) == (
            f"Error: The database {database} was written by a newer version of Inkeeper. Install that version."
        )
    assert database.read_bytes() == content
    assert not list(server.data.glob("inkeeper.sqlite3-*"))
