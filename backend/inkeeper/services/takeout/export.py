"""Exports all data to one zip: a JSON document for a restore without loss, CSV tables for people and other programs,
and the document's schema.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import inkeeper
from inkeeper.csvtext import write_table
from inkeeper.jsontext import to_json
from inkeeper.services.progress import Progress, no_progress
from inkeeper.services.takeout import export_tables
from inkeeper.services.takeout.export_format import (
    DOCUMENT,
    FORMAT,
    SCHEMA,
    VERSION,
    Checksum,
    document_schema,
)
from inkeeper.storage import tables
from inkeeper.storage.database import Store
from inkeeper.storage.files import new_private_file
from inkeeper.storage.migrate import steps
from inkeeper.storage.transaction import Transaction

_ROWS_BETWEEN_REPORTS = 1000
_DOCUMENT_PART = 0.5
"""The part of the work that is done when the document is written, for the progress."""


def write_export(store: Store, target: Path, now: datetime, progress: Progress = no_progress) -> dict[str, int]:
    """Write all data, as of one instant, to the new file `target`. Returns the number of rows by table.

    Raises FileExistsError if `target` exists.
    """
    with new_private_file(target) as draft, ZipFile(draft, "w") as archive, store.read() as tx:
        with _member(archive, DOCUMENT, now) as file:
            counts = _write_document(tx, file, now, progress)
        for number, (name, columns, rows) in enumerate(export_tables.tables(tx, now)):
            progress(_DOCUMENT_PART + (1 - _DOCUMENT_PART) * number / export_tables.COUNT)
            with _member(archive, name, now) as file:
                write_table(file, columns, rows)
        with _member(archive, SCHEMA, now) as file:
            json.dump(document_schema(), file, indent=2)
    return counts


@contextmanager
def _member(archive: ZipFile, name: str, now: datetime) -> Iterator[TextIO]:
    info = ZipInfo(name, now.timetuple()[:6])
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as file:
        yield file


def _write_document(tx: Transaction, file: TextIO, now: datetime, progress: Progress) -> dict[str, int]:
    head = {
        "format": FORMAT,
        "version": VERSION,
        "made_by": inkeeper.__version__,
        "exported_at": now,
        "installation": tables.installation_id(tx),
        "steps": steps(),
    }
    checksum = Checksum()
    counts = {}
    # One row per line, so that a restore can read row by row in bounded memory.
    file.write(to_json(head)[:-1] + ',"tables":{\n')
    exported = tables.exported()
    total, done = sum(tables.count(tx, table) for table in exported), 0
    for table in exported:
        name = table.name
        file.write(f'"{name}":[\n')
        counts[name] = 0
        for row in tables.rows(tx, table):
            text = to_json(row)
            checksum.add(name, text)
            file.write((",\n" if counts[name] else "") + text)
            counts[name] += 1
            done += 1
            if done % _ROWS_BETWEEN_REPORTS == 0:
                progress(_DOCUMENT_PART * done / total)
        file.write("\n" if counts[name] else "")
        file.write("]\n" if table is exported[-1] else "],\n")
    file.write(f'}},"checksum":"{checksum}"}}\n')
    return counts
