"""Damaged and hostile exports: each is refused in one sentence that names the file, and nothing is stored."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from inkeeper.services.takeout.export import write_export
from inkeeper.services.takeout.export_format import Checksum, ExportError
from inkeeper.services.takeout.restore import read_export
from inkeeper.storage.database import Store, open_database
from inkeeper.storage.models import TABLES, Installation
from tests.conftest import Clock
from tests.seat import Seat

SEED = 20_261_123
MUTATIONS = 300
VALUES = (
    "2**70 as text",
    2**70,
    -(2**63) - 1,
    10**400,
    -1,
    0.5,
    1e400,
    float("nan"),
    True,
    None,
    [],
    {},
    [[1]],
    {"a": {"b": 1}},
    "",
    "\ud800",
    "\x00",
    "\x1b[31m",
    "x" * 100_000,
    "2026-13-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
)


@pytest.fixture
def text(seat: Seat, store: Store, tmp_path: Path, clock: Clock) -> str:
    """The document of an export with a few rows."""
    for name in ("Kai Example", "Robin Sample"):
        seat.log(name, link=f"https://www.linkedin.com/in/{name.lower().replace(' ', '-')}")
    write_export(store, tmp_path / "whole.zip", clock())
    with zipfile.ZipFile(tmp_path / "whole.zip") as archive:
        return archive.read("inkeeper.json").decode()


class Restoring:
    """Restores exports into empty databases, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store: Store | None = None
        self.taken = 0

    def __call__(self, content: bytes, *, zipped: bool = True) -> str | None:
        """What was refused of an export's document, None for one that was taken. A refusal must store nothing."""
        file = self.folder / "given.zip"
        file.write_bytes(content)
        if zipped:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("inkeeper.json", content)
        return self.file(file)

    def file(self, file: Path) -> str | None:
        """The same of a file."""
        if self.store is None:
            self.store = open_database(f"sqlite:///{self.folder}/{self.taken}.sqlite3")
        try:
            read_export(self.store, file)
        except ExportError as error:
            with self.store.read() as tx:
                assert not any(table.select().exists(tx.database) for table in TABLES if table is not Installation)
            return str(error)
        self.taken += 1
        self.close()
        return None

    def close(self) -> None:
        if self.store is not None:
            self.store.checkpoint_and_close()
        self.store = None


@pytest.fixture
def restore(tmp_path: Path) -> Iterator[Restoring]:
    restoring = Restoring(tmp_path)
    yield restoring
    restoring.close()


def with_line(text: str, number: int, row: Any) -> bytes:
    """The document with another row on that line, and the checksum that fits it."""
    lines = text.split("\n")
    lines[number - 1] = json.dumps(row, separators=(",", ":")) + ("," if lines[number - 1].endswith(",") else "")
    return fitting("\n".join(lines))


def fitting(text: str) -> bytes:
    """The document with the checksum that fits its rows, as far as they can be read."""
    checksum, table = Checksum(), ""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        row = line.rstrip(",")
        if row.endswith(":["):
            table = row[1:-3]
        elif row.startswith("},"):
            lines[number] = f'}},"checksum":"{checksum}"}}'
        elif row != "]" and number:
            with suppress(ValueError):
                values = json.loads(row)
                checksum.add(table, json.dumps(values, ensure_ascii=False, separators=(",", ":")))
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def edited(seat: Seat, store: Store, tmp_path: Path, clock: Clock) -> list[str]:
    """The lines of an export in which one InMail replaces another; the two, last to first, are at the same place."""
    inmail = seat.log("Kai Example")["inmail"]
    changed = seat.call("PATCH", f"{seat.path}/inmails/{inmail['id']}", {"cost": 0})
    assert changed.status_code == 200, changed.json
    write_export(store, tmp_path / "edited.zip", clock())
    with zipfile.ZipFile(tmp_path / "edited.zip") as archive:
        lines = archive.read("inkeeper.json").decode().split("\n")
    first = lines.index('"inmail":[') + 1
    before, after = (json.loads(line.rstrip(",")) for line in lines[first : first + 2])
    assert after["replaces"] == before["id"]
    assert lines[first + 2] == "],"
    lines[first], lines[first + 1] = lines[first + 1] + ",", lines[first].rstrip(",")
    return lines


def test_an_inmail_may_stand_before_the_one_that_it_replaces(
    seat: Seat, store: Store, tmp_path: Path, clock: Clock
) -> None:
    """As in exports of earlier versions, which wrote rows in the order of their coming."""
    lines = edited(seat, store, tmp_path, clock)
    with zipfile.ZipFile(tmp_path / "given.zip", "w") as archive:
        archive.writestr("inkeeper.json", fitting("\n".join(lines)))
    fresh = open_database(f"sqlite:///{tmp_path}/fresh.sqlite3")

    read_export(fresh, tmp_path / "given.zip")

    found = []
    for each in (store, fresh):
        with each.read() as tx:
            found.append(tx.execute("SELECT id, replaces, cost FROM inmail ORDER BY id").fetchall())
    fresh.checkpoint_and_close()
    assert found[0] == found[1]


def test_an_inmail_that_replaces_one_that_is_not_there(
    seat: Seat, store: Store, tmp_path: Path, clock: Clock, restore: Restoring
) -> None:
    lines = edited(seat, store, tmp_path, clock)
    number = lines.index('"inmail":[') + 2
    row = json.loads(lines[number - 1].rstrip(","))
    row["replaces"] = "nothing"

    said = restore(with_line("\n".join(lines), number, row))

    assert said is not None
    assert "rows are missing to which rows of inmail belong" in said


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("id", 2**70, "is not what the column id holds"),
        ("id", None, "is not what the column id holds"),
        ("name", 5, "is not what the column name holds"),
        ("cost", 2**70, "is not what the column cost holds"),
        ("cost", "1", "is not what the column cost holds"),
        ("cost", True, "is not what the column cost holds"),
        ("cost", 7, "does not fit"),
        ("sent_at", 5, "is no instant"),
        ("sent_at", "soon", "is no instant"),
        ("outcome", "gone", "does not fit"),
    ],
)
def test_a_value_that_its_column_does_not_hold_names_its_line(
    text: str, restore: Restoring, column: str, value: Any, said: str
) -> None:
    number, row = _inmail(text)

    refused = restore(with_line(text, number, row | {column: value}))

    assert refused is not None
    assert refused.startswith(f"given.zip, inkeeper.json, line {number}: ")
    assert said in refused
    assert refused.endswith("Nothing was restored.")


@pytest.mark.parametrize(
    "lead_days", ["", "7", "7,3", "7,3,1,1", "7,3,", "7,3,x", "7.5,3,1", "-7,3,1", "0,3,1", " 7,3,1", "7,3,1 "]
)
def test_lead_days_that_are_not_three_numbers(text: str, restore: Restoring, lead_days: str) -> None:
    lines = text.split("\n")
    number = lines.index('"account":[') + 2
    row = json.loads(lines[number - 1].rstrip(","))

    refused = restore(with_line(text, number, row | {"lead_days": lead_days}))

    assert refused is not None
    assert "does not fit" in refused


def _inmail(text: str) -> tuple[int, dict[str, Any]]:
    lines = text.split("\n")
    number = lines.index('"inmail":[') + 2
    return number, json.loads(lines[number - 1].rstrip(","))


@pytest.mark.parametrize("name", ["\\ud800", "\\udc00x"])
def test_half_a_surrogate_pair(text: str, restore: Restoring, name: str) -> None:
    refused = restore(text.replace("Robin Sample", name).replace("Kai Example", name).encode())

    assert refused is not None
    assert refused.startswith("given.zip, inkeeper.json, line ")


@pytest.mark.parametrize("steps", [5, "0001_ledger", [[]], [5], {"a": 1}, None])
def test_steps_of_a_wrong_kind(text: str, restore: Restoring, steps: Any) -> None:
    first, _, rest = text.partition(',"tables":')
    head = json.loads(first + "}") | {"steps": steps}

    refused = restore((json.dumps(head)[:-1] + ',"tables":' + rest).encode())

    assert refused is not None
    assert refused.startswith("given.zip, inkeeper.json, line 1: ")


@pytest.mark.parametrize("version", ["2", 2.0, True, None, [2], 10**30])
def test_a_version_of_a_wrong_kind(text: str, restore: Restoring, version: Any) -> None:
    first, _, rest = text.partition(',"tables":')
    head = json.loads(first + "}") | {"version": version}

    assert (restore((json.dumps(head)[:-1] + ',"tables":' + rest).encode()) or "").startswith("given.zip, ")


def test_a_line_that_is_longer_than_any_row(text: str, restore: Restoring) -> None:
    begin, _, _ = text.partition('"owner":[')
    noise = random.Random(SEED).randbytes(12 * 1024 * 1024).hex()

    refused = restore(f'{begin}"owner":[\n{{"id":"{noise}'.encode())

    assert refused is not None
    assert "longer than any row" in refused


def mutated(text: str, chance: random.Random) -> tuple[bytes, bool]:
    """The document with something wrong in it, and whether it is to be put into a zip."""
    lines = text.split("\n")
    kind = chance.randrange(8)
    zipped = True
    if kind < 3:
        number = chance.randrange(1, len(lines) + 1)
        with suppress(ValueError):
            row = json.loads(lines[number - 1].rstrip(","))
            if isinstance(row, dict) and row:
                row[chance.choice(list(row))] = chance.choice(VALUES)
                return with_line(text, number, row), zipped
    if kind == 3:
        chance.shuffle(lines)
        return fitting("\n".join(lines)), zipped
    if kind == 4:
        del lines[chance.randrange(len(lines))]
        return fitting("\n".join(lines)), zipped
    if kind == 5:
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))
        return fitting("\n".join(lines)), zipped
    content = bytearray(text.encode())
    for _ in range(chance.randrange(1, 5)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if kind == 6:
        return bytes(content), chance.random() < 0.5
    place = chance.randrange(len(content))
    return bytes(content[:place] + chance.randbytes(20) + content[place:]), zipped


def test_no_mutation_ends_in_anything_but_a_refusal(text: str, restore: Restoring) -> None:
    chance = random.Random(SEED)
    refused = 0
    for _ in range(MUTATIONS):
        content, zipped = mutated(text, chance)
        said = restore(content, zipped=zipped)
        if said is not None:
            refused += 1
            assert said.startswith("given.zip"), said
            assert said.endswith("Nothing was restored."), said
            assert "\n" not in said
            assert said.isprintable()
    assert refused > MUTATIONS / 2


def test_no_damaged_zip_ends_in_anything_but_a_refusal(tmp_path: Path, text: str, restore: Restoring) -> None:
    whole = (tmp_path / "whole.zip").read_bytes()
    chance = random.Random(SEED)
    for _ in range(MUTATIONS // 3):
        content = bytearray(whole)
        # Most damage that matters is in the directory, at the end.
        begin = 0 if chance.random() < 0.3 else len(content) - 600
        for _ in range(chance.randrange(1, 4)):
            content[chance.randrange(begin, len(content))] = chance.choice((0, 1, 127, 128, 255))
        file = tmp_path / "given.zip"
        file.write_bytes(content)
        assert (restore.file(file) or "given.zip").startswith("given.zip")
