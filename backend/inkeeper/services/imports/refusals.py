"""The Problem for a file that cannot be read: which file, which line, and why."""

from __future__ import annotations

from inkeeper.errors import Problem
from inkeeper.reasons import Reason, reason
from inkeeper.wording.reasons import english


def bad_file(file: str | Reason, line: int | None, why: Reason) -> Problem:
    """422 about a file as a whole; `line` (from 1) is where reading it came to its end, if at any one."""
    place = file if line is None else reason("import.in_line", file=file, line=str(line))
    return Problem(
        "bad_file",
        reason("import.file_refused", place=place, reason=why),
        status=422,
        errors=[{"path": english(file) if line is None else f"{english(file)}:{line}", "message": why}],
    )
