"""Files as people bring them: LinkedIn's messages, zips, tables."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HEADING = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER,"
    "ATTACHMENTS,IS MESSAGE DRAFT,IS CONVERSATION DRAFT"
).split(",")

ME = "Kai Example"
TEXT = 'Hello,\nI liked your "talk", and would like to hear more.'
"""A message's text, with all that makes a CSV hard to read. It must never be stored."""


def link(name: str) -> str:
    """The profile of somebody."""
    return f"https://www.linkedin.com/in/{name.lower().replace(' ', '-')}"


def message(
    conversation: str, sender: str, to: str, date: str, subject: str = "", *, draft: bool = False, **other: str
) -> dict[str, str]:
    """One row of messages.csv. `to` may be several names with a semicolon between."""
    names = [name.strip() for name in to.split(";")]
    return {
        "CONVERSATION ID": conversation,
        "FROM": sender,
        "SENDER PROFILE URL": link(sender),
        "TO": ", ".join(names),
        "RECIPIENT PROFILE URLS": ",".join(map(link, names)),
        "DATE": f"{date} UTC",
        "SUBJECT": subject,
        "CONTENT": TEXT,
        "FOLDER": "INBOX",
        "IS MESSAGE DRAFT": "Yes" if draft else "No",
        "IS CONVERSATION DRAFT": "No",
    } | other


def inmail(name: str, date: str, subject: str = "A question about your talk") -> dict[str, str]:
    """The first message of a conversation, with a subject."""
    return message(f"with {name} {date}", ME, name, date, subject)


def answer(name: str, sent: str, date: str) -> dict[str, str]:
    """What somebody wrote back to an InMail."""
    return message(f"with {name} {sent}", name, ME, date)


def messages(*rows: Mapping[str, str], heading: Sequence[str] = HEADING) -> bytes:
    """A messages.csv with these rows, newest last or in whatever order they come."""
    return table(heading, ([row.get(column, "") for column in heading] for row in rows))


def table(heading: Iterable[str], rows: Iterable[Iterable[Any]], **dialect: Any) -> bytes:
    """A CSV file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, **dialect)
    writer.writerow(heading)
    writer.writerows(rows)
    return file.getvalue().encode()


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these files in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


CONNECTIONS = (
    "Notes:\n"
    '"When exporting your connection data, you may notice that some of the email addresses are missing."\n'
    "\n"
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
)


def connections(*rows: tuple[str, str]) -> bytes:
    """A Connections.csv: people and the days since when they are 1st degree, such as `10 Jul 2026`."""
    lines = [f"{name.partition(' ')[0]},{name.partition(' ')[2]},{link(name)},,,,{day}\n" for name, day in rows]
    return (CONNECTIONS + "".join(lines)).encode()


UNPACKED = 192 * 1024 * 1024
"""Bytes that a `bomb` unpacks to."""


def bomb(file: Path, member: str, method: int, begin: bytes, stated: int) -> None:
    """A zip whose member begins so, goes on for very long, and is said to be `stated` bytes in the directory."""
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo(member)
        info.compress_type = method
        with archive.open(info, "w") as target:
            target.write(begin)
            for _ in range(UNPACKED // (1024 * 1024)):
                target.write(b"\n" * 1024 * 1024)
    content = bytearray(file.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", stated)
    file.write_bytes(content)
