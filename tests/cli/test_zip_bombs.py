"""A small zip that would unpack to gigabytes takes no more memory than a harmless one, whichever way it comes in."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.ledger import accounts
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.cli.conftest import COMMAND
from tests.files import ME, bomb, inmail, messages
from tests.rows import add_row

MOST_MORE = 30 * 1024
"""Kibibytes that reading a bomb may take beyond reading a harmless zip."""

METHODS = {"bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA, "deflate": zipfile.ZIP_DEFLATED}

UPLOAD = """
import sys
from inkeeper.api.app import create_app
from inkeeper.clock import utc_now
from inkeeper.services.access import Actor
from inkeeper.services.devices import connected as devices
from inkeeper.settings import Settings
from inkeeper.storage.database import open_database

url, file = sys.argv[1:]
store = open_database(url)
with store.begin_write(None) as tx:
    ((account, owner),) = tx.execute("SELECT id, owner_id FROM account").fetchall()
    token = devices.add(tx, Actor(owner), "Program", utc_now()).token
answer = create_app(store, settings=Settings(database=url)).test_client().post(
    f"/api/v1/accounts/{account}/imports?preview=true&me=Kai%20Example",
    data=open(file, "rb").read(),
    content_type="application/zip",
    headers={"Authorization": f"Bearer {token}"},
)
print(answer.status_code, answer.get_data(as_text=True))
"""


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database with one account."""
    url = f"sqlite:///{tmp_path}/inkeeper.sqlite3"
    store = open_database(url)
    now = utc_now()
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(now), name="me", created_at=now).id
        accounts.create_account(
            tx, Actor(owner), {"name": "My seat", "plan": "premium_career", "time_zone": "UTC"}, now
        )
    store.checkpoint_and_close()
    return url


def run(command: list[str], environment: dict[str, str]) -> tuple[str, int]:
    """What a program printed, and the most memory that it had, in kibibytes."""
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return printed, usage.ru_maxrss


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("way", ["import", "restore", "upload"])
def test_a_bomb_takes_no_memory(
    way: str, method: str, database: str, environment: dict[str, str], tmp_path: Path
) -> None:
    empty = f"sqlite:///{tmp_path}/empty.sqlite3"
    command = {
        "import": [*COMMAND, "import", "--database", database, "--preview", "--me", ME],
        "restore": [*COMMAND, "restore", "--database", empty],
        "upload": [sys.executable, "-c", UPLOAD, database],
    }[way]
    member = "inkeeper.json" if way == "restore" else "messages.csv"
    begin = b"{" if way == "restore" else messages(inmail("Robin Sample", "2026-11-05 10:00:00"))
    harmless, hostile = tmp_path / "harmless.zip", tmp_path / "hostile.zip"
    with zipfile.ZipFile(harmless, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, begin)
    bomb(hostile, member, METHODS[method], begin, stated=1000)

    _, usual = run([*command, str(harmless)], environment)
    printed, most = run([*command, str(hostile)], environment)

    assert "Traceback" not in printed
    assert "packed in a way" in printed or "damaged" in printed, printed
    assert most < usual + MOST_MORE
