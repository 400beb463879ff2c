"""What is loaded when: the server listens before it has loaded the API and the pages; a command loads no other one."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

from inkeeper.storage.database import open_database

pytestmark = pytest.mark.sqlite

# What needs one of these is asked for later, or never.
NOT_BEFORE_THE_FIRST_ANSWER = {
    "inkeeper.api.resources": "all resources of the API",
    "inkeeper.web.views": "all pages",
    "inkeeper.services.imports": "reads files",
    "inkeeper.services.ledger": "computes the ledger",
    "inkeeper.demo": "makes the demo's data",
    "icalendar": "writes the calendar feed",
    "playhouse.migrations": "applies steps of the schema, which a database that is up to date does not need",
    "segno": "draws QR codes",
    "smtplib": "sends reminders",
}

# In one process: what is loaded at the first answer, after the rest of the API, and after the first page.
STAGES = """
import gc
import sys
from inkeeper.api.app import create_app, load_rest
from inkeeper.api.schemas_base import Schema
from inkeeper.settings import Settings
from inkeeper.storage.database import open_database

def all_of(kind):
    return {kind}.union(*map(all_of, kind.__subclasses__()))

def loaded(what):
    print(what, *(name for name in sys.modules if name.partition(".")[0] == "inkeeper"))

url = sys.argv[1]
app = create_app(open_database(url), settings=Settings(database=url))
client = app.test_client()
assert client.get("/api/v1/server").status_code == 200
loaded("answer")
load_rest(app, with_pages=False)
loaded("api")
kinds = all_of(Schema)
print("schemas", *(type(each).__name__ for each in gc.get_objects() if type(each) in kinds))
assert client.get("/api/v1/openapi.json").status_code == 200
loaded("document")
assert client.get("/").status_code == 200
loaded("page")
"""


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Inkeeper's modules that are loaded at each stage of a server's life, and the schemas made until the pages are."""
    url = f"sqlite:///{tmp_path_factory.mktemp('start')}/inkeeper.sqlite3"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    lines = subprocess.check_output([sys.executable, "-c", STAGES, url], env=environment, text=True).splitlines()
    return {stage: set(modules) for stage, *modules in map(str.split, lines)}


def test_the_server_listens_before_it_has_loaded_the_api_and_the_pages(
    environment: dict[str, str], tmp_path: Path
) -> None:
    # given a database that is up to date
    (tmp_path / "data").mkdir()
    open_database(f"sqlite:///{tmp_path}/data/inkeeper.sqlite3").checkpoint_and_close()

    # when the server starts, and prints a line for each module that it has loaded
    server = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "inkeeper", "serve", "--port", "0"],
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    before = list(takewhile(lambda line: "listens on" not in line, server.stdout))
    # when it is told to stop while it loads the rest
    assert any("inkeeper.api." in line for line in server.stdout)
    server.terminate()
    printed, _ = server.communicate(timeout=30)

    # then
    assert (server.returncode, "Traceback" in printed) == (0, False), printed
    loaded = {line.rpartition("|")[2].strip() for line in before if line.startswith("import time:")}
    assert "inkeeper.api.app" in loaded
    assert loaded.isdisjoint(NOT_BEFORE_THE_FIRST_ANSWER), loaded & set(NOT_BEFORE_THE_FIRST_ANSWER)


def test_the_first_answer_needs_less_than_half_of_the_modules(stages: dict[str, set[str]]) -> None:
    assert len(stages["answer"]) < len(stages["page"]) / 2


def test_a_server_that_opens_no_browser_loads_the_pages_for_the_first_visit(stages: dict[str, set[str]]) -> None:
    def pages(stage: str) -> set[str]:
        return {name for name in stages[stage] if name.startswith("inkeeper.web.")} - {"inkeeper.web.blueprint"}

    assert "inkeeper.api.resources" in stages["api"]
    assert pages("api") == set()
    assert "inkeeper.web.home" in pages("page")


def test_the_api_is_loaded_whole_at_once(stages: dict[str, set[str]]) -> None:
    assert stages["document"] == stages["api"]


def test_a_schema_is_made_for_the_first_request_that_needs_it(stages: dict[str, set[str]]) -> None:
    # The one request so far was for /api/v1/server.
    assert stages["schemas"] == {"ProofQuery", "ServerSchema"}


def test_a_command_loads_no_other_command(environment: dict[str, str]) -> None:
    script = (
        "import sys; from inkeeper.cli import main;"
        " main(['status', '--help'], standalone_mode=False); print(*sys.modules)"
    )

    printed = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)

    loaded = {name for name in printed.splitlines()[-1].split() if name.startswith("inkeeper.cli.")}
    assert loaded == {"inkeeper.cli." + name for name in ("failures", "options", "program", "status")}
