"""Archives that are the same, byte for byte, whenever and by whomever they are made.

Order, modes and owners of the members are fixed. Their time is `SOURCE_DATE_EPOCH`
(https://reproducible-builds.org/specs/source-date-epoch/), in seconds; without it, the first that a zip can hold.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import time
import zipfile
from pathlib import Path

FIRST_ZIP_TIME = 315_532_800
"""1980-01-01 00:00:00 UTC."""


def epoch() -> int:
    """The time of all members, in seconds since 1970, UTC."""
    return max(int(os.environ.get("SOURCE_DATE_EPOCH", FIRST_ZIP_TIME)), FIRST_ZIP_TIME)


def write_zip(folder: Path, archive: Path) -> None:
    """Write the files of a folder to a new zip, sorted by name."""
    with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = zipfile.ZipInfo(path.relative_to(folder).as_posix(), time.gmtime(epoch())[:6])
            member.create_system = 3  # Unix, on Windows too
            member.external_attr = 0o100644 << 16
            target.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)


def normalise_tar(archive: Path) -> None:
    """Rewrite a `.tar.gz` with the members sorted by name and without their owners and times."""
    with tarfile.open(archive, "r:gz") as source:
        members = [(each, (source.extractfile(each) or io.BytesIO()).read()) for each in source.getmembers()]
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as target:
        for found, data in sorted(members, key=lambda member: member[0].name):
            member = tarfile.TarInfo(found.name)
            member.type, member.size, member.mtime = found.type, len(data), epoch()
            member.mode = 0o755 if found.isdir() else 0o644
            target.addfile(member, io.BytesIO(data))
    with archive.open("wb") as file, gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=epoch()) as target:
        target.write(content.getvalue())
