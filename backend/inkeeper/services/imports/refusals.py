"""The Problem for a file that cannot be read: which file, which line, and why."""

from __future__ import annotations

from inkeeper.errors import Problem


def bad_file(file: str, line: int | None, reason: str) -> Problem:
    """422 about a file as a whole; `line` (from 1) is where reading it came to its end, if at any one."""
    place = file if line is None else f"{file}, line {line}"
    return Problem(
        "bad_file",
        f"{place}: {reason} Nothing was imported.",
        status=422,
        errors=[{"path": file if line is None else f"{file}:{line}", "message": reason}],
    )
