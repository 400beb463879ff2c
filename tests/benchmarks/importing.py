"""Preview and import of LinkedIn's export, compared with copying its rows into SQLite unparsed.

`python -m tests.benchmarks.importing FILE` writes the export. With FOLDER it previews and imports it once, in a new
database there, reading the file for each step as the page does, and prints seconds and megabytes as JSON. With
`--hostile-cell` it prints the extra milliseconds for one hostile date.

Tables with one day and one name in all rows are previewed as well: the time must grow linearly.
"""

from __future__ import annotations

import io
import json
import random
import resource
import statistics
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from e2e.harness.server import ROOT, Server
from inkeeper.services.access import Actor
from inkeeper.services.imports import batches
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import Reading, Wishes
from inkeeper.services.ledger import accounts
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import Owner
from tests.benchmarks import logging_inmails, starting
from tests.benchmarks.report import ROUNDS, Row, ratio_of_rounds
from tests.files import ME, bomb, inmail, message, messages
from tests.rows import add_row

ROWS = 100_000
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SINCE = NOW - timedelta(days=2 * 365)
ONE_IN = 10
"""About one message in this many is an InMail; four of ten InMails are answered."""

MANY_OF_ONE_DAY, FEW_OF_ONE_DAY = 8_000, 1_000


def mailbox() -> bytes:
    """An export with two years of messages, newest first, in LinkedIn's format."""
    chance = random.Random(1)
    rows: list[dict[str, str]] = []
    number = 0
    while len(rows) < ROWS:
        number += 1
        name, at = f"Robin Sample {number}", SINCE + timedelta(seconds=number * 900)
        inmail = number % 3 == 0
        mine = inmail or chance.random() < 0.5
        for step in range(chance.choice((1, 1, 1, 2, 3)) if inmail else chance.choice((2, 3, 4, 6))):
            sender, to = (ME, name) if mine else (name, ME)
            subject = "A question about your talk, on samples" if inmail and step == 0 else ""
            rows.append(message(f"2-{number:032x}==", sender, to, f"{at:%Y-%m-%d %H:%M:%S}", subject))
            rows[-1]["CONTENT"] *= chance.randrange(1, 6)
            mine, at = not mine, at + timedelta(minutes=chance.randrange(1, 3000))
    return messages(*rows[:ROWS][::-1])


def one_day(rows: int) -> bytes:
    """A table of InMails with the same day, without a time, and the same name in all rows."""
    lines = (f"Robin Sample,https://www.linkedin.com/in/robin-sample-{number},2026-11-10" for number in range(rows))
    return "\n".join(["name,profile_url,sent_at", *lines]).encode()


HOSTILE_CHARACTERS = 20_000
PLAIN_BYTES = 24_000


def one_cell() -> float:
    """The extra milliseconds for reading a file of 24 kB with a hostile date."""
    rows = "Kai Example,2026-07-10 10:00\n" * 120
    plain = f"Name,Date,Note\n{rows.replace('00', '00,')}Mia,2026-07-10,{'x' * HOSTILE_CHARACTERS}\n"
    hostile = f"Name,Date,Note\n{rows.replace('00', '00,')}Mia,2026-07-10 10:00{' ' * HOSTILE_CHARACTERS}x,\n"
    return 1000 * (_read_seconds(hostile) - _read_seconds(plain))


def _read_seconds(text: str) -> float:
    content, best = text.encode(), float("inf")
    assert abs(len(content) - PLAIN_BYTES) < PLAIN_BYTES / 10
    for _ in range(ROUNDS):
        started = time.perf_counter()
        read_file(io.BytesIO(content), "given.csv", Named("id", "My seat"), "Europe/Berlin", Wishes(), NOW)
        best = min(best, time.perf_counter() - started)
    return best


def open_account(folder: Path) -> tuple[Store, str]:
    """Creates a database with one account; returns the store and the account's id."""
    store = open_database(f"sqlite:///{folder}/inkeeper.sqlite3")
    wanted = {
        "name": "My seat",
        "plan": "sales_navigator",
        "time_zone": "Europe/Berlin",
        "opened_at": SINCE,
        "allotment": 2_000,
    }
    with store.begin_write(None) as tx:
        add_row(tx, Owner, id="me", name="me", created_at=NOW)
        account_id = accounts.create_account(tx, Actor("me"), wanted, NOW).account.id
    return store, account_id


def read(path: Path, account_id: str) -> Reading:
    """The reading of the file."""
    with path.open("rb") as file:
        return read_file(file, path.name, Named(account_id, "My seat"), "Europe/Berlin", Wishes(), NOW)


def seconds_to_preview(path: Path, store: Store, account_id: str) -> float:
    """The seconds of a preview, from the file to the result."""
    started = time.perf_counter()
    reading = read(path, account_id)
    with store.read() as tx:
        preview = batches.preview(tx, Actor("me"), account_id, reading, NOW, None, 50)
    assert preview.adds.inmails == len(reading.rows) > 0
    return time.perf_counter() - started


def once(path: Path, folder: Path) -> dict[str, float]:
    """Seconds of preview and import, and the peak memory of the process."""
    store, account_id = open_account(folder)
    started = time.perf_counter()
    reading = read(path, account_id)
    with store.read() as tx:
        preview = batches.preview(tx, Actor("me"), account_id, reading, NOW, None, 50)
    reading = read(path, account_id)
    with store.begin_write(account_id) as tx:
        done = batches.store_import(tx, Actor("me"), account_id, reading, preview.confirm or "", NOW)
    seconds = time.perf_counter() - started
    store.checkpoint_and_close()
    assert done.batch is not None
    assert done.batch.inmails == preview.adds.inmails > ROWS / (2 * ONE_IN)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "megabytes": kilobytes / 1024, "inmails": done.batch.inmails}


def measure(folder: Path) -> list[Row]:
    """Import and plain copy in turn, each run with its own process and database."""
    folder.mkdir(parents=True)
    path = folder / "messages.csv"
    # In its own process: a child's peak memory includes its parent's.
    _printed([sys.executable, "-m", "tests.benchmarks.importing", path])
    ours, theirs, megabytes = [], [], []
    for number in range(ROUNDS):
        place = folder / str(number)
        place.mkdir()
        baseline = [sys.executable, ROOT / "tests/benchmarks/baselines/csv_to_sqlite.py", path, place / "bare.sqlite3"]
        theirs.append(float(_printed(baseline)))
        measured = json.loads(_printed([sys.executable, "-m", "tests.benchmarks.importing", path, place]))
        ours.append(measured["seconds"])
        megabytes.append(measured["megabytes"])
    details = {"inkeeper (s)": ours, "DictReader and executemany (s)": theirs, "InMails": measured["inmails"]}
    return [
        Row(
            f"messages.csv of {ROWS:,} rows previewed and imported, speed",
            "csv.DictReader, one executemany",
            ratio_of_rounds(theirs, ours),
            "x",
            "at least",
            0.25,
            details,
        ),
        Row("the same, memory of the whole process", "", statistics.median(megabytes), "MiB", "at most", 200),
        _one_day_row(folder),
        _bombs_row(folder),
        Row("a file of 24 kB with one hostile date", "the same file without", one_cell(), "ms more", "at most", 20),
    ]


def _one_day_row(folder: Path) -> Row:
    place = folder / "one_day"
    place.mkdir()
    for rows in (MANY_OF_ONE_DAY, FEW_OF_ONE_DAY):
        (place / f"{rows}.csv").write_bytes(one_day(rows))
    store, account_id = open_account(place)
    many, few = [], []
    for _ in range(ROUNDS):
        many.append(seconds_to_preview(place / f"{MANY_OF_ONE_DAY}.csv", store, account_id))
        few.append(seconds_to_preview(place / f"{FEW_OF_ONE_DAY}.csv", store, account_id))
    store.checkpoint_and_close()
    return Row(
        f"preview of {MANY_OF_ONE_DAY:,} rows of one day, against {FEW_OF_ONE_DAY:,}",
        "the same with an eighth of the rows",
        ratio_of_rounds(many, few),
        "x",
        "at most",
        10,
        {"many (s)": many, "few (s)": few},
    )


def _bombs_row(folder: Path) -> Row:
    """The growth of a real server's memory (resident set) with two zip bombs, compared with a harmless zip."""
    place = folder / "bombs"
    place.mkdir()
    begin = messages(inmail("Robin Sample", "2026-11-05 10:00:00"))
    files = [place / "harmless.zip", place / "bzip2.zip", place / "lzma.zip"]
    with zipfile.ZipFile(files[0], "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("messages.csv", begin)
    for file, method in zip(files[1:], (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA), strict=True):
        bomb(file, "messages.csv", method, begin, stated=1000)
    server = Server(place / "inkeeper").start()
    client = server.client()
    path = f"/api/v1/accounts/{logging_inmails.open_account(client)}/imports?preview=true&me={quote(ME)}"
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/zip"}
    sizes, statuses = [], []
    for file in files:
        connection = HTTPConnection("127.0.0.1", server.port)
        connection.request("POST", path, file.read_bytes(), headers)
        statuses.append(connection.getresponse().status)
        connection.close()
        sizes.append(starting.resident_mib(server))
    assert statuses == [200, 422, 422]
    server.close()
    harmless, *hostile = sizes
    more = max(hostile) - harmless
    return Row("memory of the server after a bzip2 and an LZMA bomb", "a harmless zip", more, "MiB more", "at most", 30)


def _printed(command: list[object]) -> str:
    finished = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True, cwd=ROOT)
    return finished.stdout


if __name__ == "__main__":
    if sys.argv[1:] == ["--hostile-cell"]:
        print(one_cell())
    elif len(sys.argv) == 2:
        Path(sys.argv[1]).write_bytes(mailbox())
    else:
        print(json.dumps(once(Path(sys.argv[1]), Path(sys.argv[2]))))
