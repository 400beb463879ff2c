"""From a file to what it tells of: which kind of file it is, and who reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import BinaryIO

from inkeeper.services.imports import columns, linkedin, own
from inkeeper.services.imports.files import Archive, digest_of, is_zip, size_of
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reading import Reading, Wishes
from inkeeper.services.imports.refusals import bad_file
from inkeeper.services.imports.rows import Progress, Rows, no_progress


def read_file(
    source: BinaryIO,
    file: str,
    account: Named,
    zone: str,
    wishes: Wishes,
    now: datetime,
    progress: Progress = no_progress,
) -> Reading:
    """Read a file to its end: LinkedIn's zip or messages.csv, Inkeeper's own export, or any CSV.

    `file` is what it is called, `account` the one to import into, `zone` its time zone; `source` must be able to seek.
    Raises 422 Problems: `bad_file` for one that cannot be read, and those that ask for a wish. Nothing of the file is
    kept but what the answer holds.
    """
    digest = digest_of(source)

    def begun(kind: str, rows: Rows) -> Reading:
        return Reading(kind, rows.file, digest, zone, now, wishes, heading=rows.heading)

    if is_zip(source):
        return _read_archive(Archive(source, file), account, begun, progress)
    rows = Rows(source, file, size_of(source), progress=progress)
    if linkedin.is_messages(rows.heading) and not wishes.columns:
        reading = begun("linkedin", rows)
        linkedin.read_messages(rows, reading, {})
        return reading
    if own.is_inmails(rows.heading):
        raise bad_file(file, None, "This is a part of an export of Inkeeper. Import the whole zip.")
    reading = begun("csv", rows)
    reading.columns = columns.columns_of(rows.heading, wishes.columns)
    columns.read_columns(rows, reading)
    return reading


def _read_archive(
    archive: Archive, account: Named, begun: Callable[[str, Rows], Reading], progress: Progress
) -> Reading:
    messages = archive.find(linkedin.MESSAGES)
    if messages is not None:
        with archive.open(messages) as stream:
            rows = Rows(stream, linkedin.MESSAGES, archive.size(messages), progress=progress)
            reading = begun("linkedin", rows)
            linkedin.read_messages(rows, reading, _connections(archive), _owner_name(archive))
        return reading
    accounts, inmails = archive.find(own.ACCOUNTS), archive.find(own.INMAILS)
    if accounts is not None and inmails is not None:
        with archive.open(accounts) as stream:
            named = own.read_accounts(Rows(stream, own.ACCOUNTS))
        with archive.open(inmails) as stream:
            rows = Rows(stream, own.INMAILS, archive.size(inmails), progress=progress)
            reading = begun("inkeeper", rows)
            own.read_inmails(rows, reading, own.chosen(named, reading.wishes.from_account, account))
        return reading
    raise bad_file(
        archive.name,
        None,
        f"The zip holds neither LinkedIn's {linkedin.MESSAGES} nor an export of Inkeeper, but {archive.names()}.",
    )


def _connections(archive: Archive) -> dict[str, date]:
    member = archive.find(linkedin.CONNECTIONS)
    if member is None:
        return {}
    with archive.open(member) as stream:
        return linkedin.read_connections(Rows(stream, linkedin.CONNECTIONS, heading_has=linkedin.CONNECTIONS_HEADING))


def _owner_name(archive: Archive) -> str | None:
    member = archive.find(linkedin.PROFILE)
    if member is None:
        return None
    with archive.open(member) as stream:
        return linkedin.read_owner_name(Rows(stream, linkedin.PROFILE))
