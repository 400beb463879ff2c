"""Reads a file: recognises its kind and calls the reader of that kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TypeVar

from inkeeper.errors import Problem
from inkeeper.reasons import Argument, reason
from inkeeper.services.imports import columns, linkedin, linkedin_files, own
from inkeeper.services.imports.files import Archive, digest_of, is_zip, size_of
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.reading import Note, Reading, Wishes, guessed_encoding
from inkeeper.services.imports.refusals import bad_file
from inkeeper.services.imports.rows import Rows
from inkeeper.services.progress import Progress, no_progress

Helped = TypeVar("Helped")

_NOTES = "Notes:"
_LINES_OF_NOTES = 5
_HEADING_HAS = {linkedin.CONNECTIONS: linkedin.CONNECTIONS_HEADING, linkedin.PROFILE: "", linkedin.INVITATIONS: ""}


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
    kept except the result.
    """
    digest = digest_of(source)

    def begun(kind: str, rows: Rows) -> Reading:
        return Reading(kind, rows.file, digest, zone, now, wishes, heading=rows.heading)

    if is_zip(source):
        return _read_archive(Archive(source, file), account, begun, progress)
    rows = Rows(source, file, size_of(source), progress=progress)
    _refuse_other_files(rows, wishes)
    if linkedin.is_messages(rows.heading) and not wishes.columns:
        reading = begun("linkedin", rows)
        linkedin.read_messages(rows, reading, {})
    elif own.is_inmails(rows.heading):
        raise bad_file(file, None, reason("import.part_of_export"))
    else:
        reading = begun("csv", rows)
        reading.columns = _columns(rows, wishes)
        columns.read_columns(rows, reading)
    _note_encoding(rows, reading)
    return reading


def _refuse_other_files(rows: Rows, wishes: Wishes) -> None:
    """Refuse the files of LinkedIn's export that hold no InMails, unless a person has assigned their columns."""
    if wishes.columns:
        return
    heading = rows.heading
    if heading == [_NOTES]:
        # In such files the heading comes after a few lines of notes.
        heading = next((row for _, row in islice(rows, _LINES_OF_NOTES) if len(row) > 2), heading)
    found = linkedin_files.of_robots(rows.file) or linkedin_files.by_heading(heading, rows.file)
    if found is not None:
        raise linkedin_files.no_inmails_in(rows.file, found)


def _columns(rows: Rows, wishes: Wishes) -> dict[str, str]:
    try:
        return columns.columns_of(rows.heading, wishes.columns)
    except Problem:
        found = None if wishes.columns else linkedin_files.by_name(rows.file)
        if found is not None:
            raise linkedin_files.no_inmails_in(rows.file, found) from None
        raise


def _note_encoding(rows: Rows, reading: Reading) -> None:
    if rows.is_encoding_guessed:
        reading.notes.append(guessed_encoding(rows.file))


def _read_archive(
    archive: Archive, account: Named, begun: Callable[[str, Rows], Reading], progress: Progress
) -> Reading:
    messages = archive.find(linkedin_files.MESSAGES)
    if messages is not None:
        return _read_messages(archive, messages, begun, progress)
    accounts, inmails = archive.find(own.ACCOUNTS), archive.find(own.INMAILS)
    if accounts is not None and inmails is not None:
        with archive.open(accounts) as stream:
            named = own.read_accounts(Rows(stream, own.ACCOUNTS))
        with archive.open(inmails) as stream:
            rows = Rows(stream, own.INMAILS, archive.size(inmails), progress=progress)
            reading = begun("inkeeper", rows)
            own.read_inmails(rows, reading, own.chosen(named, reading.wishes.from_account, account))
        return reading
    known = [found for found in map(linkedin_files.by_name, archive.file_names()) if found is not None]
    if known:
        raise linkedin_files.no_messages_in(archive.name, known)
    raise bad_file(
        archive.name,
        None,
        reason("import.zip_of_others", messages=linkedin_files.MESSAGES, names=archive.names()),
    )


def _read_messages(
    archive: Archive, messages: str, begun: Callable[[str, Rows], Reading], progress: Progress
) -> Reading:
    """LinkedIn's messages, with data from the other files of the zip. For one that cannot be read, a note is added."""
    notes: list[Note] = []
    connected = _helper(archive, linkedin.CONNECTIONS, linkedin.read_connections, notes)
    owner = [
        *(_helper(archive, linkedin.PROFILE, linkedin.read_profile, notes) or ()),
        *(_helper(archive, linkedin.INVITATIONS, linkedin.read_invitations, notes) or ()),
    ]
    with archive.open(messages) as stream:
        rows = Rows(stream, linkedin_files.MESSAGES, archive.size(messages), progress=progress)
        reading = begun("linkedin", rows)
        reading.notes += notes
        linkedin.read_messages(rows, reading, connected or {}, owner)
        _note_encoding(rows, reading)
    return reading


def _helper(archive: Archive, name: str, read: Callable[[Rows], Helped], notes: list[Note]) -> Helped | None:
    """The data of a file beside the messages. None if it is missing; None with a note if it cannot be read."""
    try:
        member = archive.find(name)
        if member is None:
            return None
        with archive.open(member) as stream:
            rows = Rows(stream, name, heading_has=_HEADING_HAS[name])
            found = read(rows)
    except Problem as problem:
        notes.append(_unreadable(name, problem))
        return None
    if rows.is_encoding_guessed:
        notes.append(guessed_encoding(name))
    return found


def _unreadable(name: str, problem: Problem) -> Note:
    why = problem.faults[0].said if problem.faults else problem.said
    arguments: dict[str, Argument] = {"file": name, "reason": why}
    return Note("helper_unreadable", arguments, reason(f"import.helper_unreadable.{name}", **arguments))
