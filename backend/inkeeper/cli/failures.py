"""Failures of a command as sentences: of the system, of the settings, of the database and of the services."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from inkeeper.settings import SettingsError
from inkeeper.terminal import printable
from inkeeper.wording.terminal import explain, gettext

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


class WrongUse(click.ClickException):
    """A wrong option, argument or variable: one sentence that names it, and exit code 2."""

    exit_code = 2


def failed(message: str, **values: Any) -> click.ClickException:
    """A failure as one sentence, with exit code 1. `values` fill its placeholders, made safe to print."""
    return click.ClickException(_filled(message, values))


def wrong_use(message: str, **values: Any) -> WrongUse:
    """A wrong option, argument or variable as one sentence. `values` as in `failed`."""
    return WrongUse(_filled(message, values))


@contextmanager
def failures_in_words() -> Iterator[None]:
    """Turn errors of the settings, the database, the services and the system into sentences and exit codes.

    A closed pipe is left to Click, which ends the command without a message.
    """
    from inkeeper.errors import Problem
    from inkeeper.storage.database import DatabaseProblem

    try:
        yield
    except SettingsError as error:
        raise WrongUse(printable(error)) from error
    except DatabaseProblem as error:
        raise click.ClickException(printable(explain(error.said))) from error
    except Problem as problem:
        raise click.ClickException(printable(explain(problem.said))) from problem
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise click.ClickException(sentence(error)) from error


def sentence(error: OSError) -> str:
    """What an error of the system means for the user, with the file if one is known."""
    if error.filename is None:
        return _without_file(error)
    file = printable(error.filename)
    if error.errno == errno.EEXIST:
        if Path(error.filename).is_symlink():
            return gettext("%(file)s is a symbolic link and is not replaced. Name a new file.", file=file)
        return gettext("%(file)s exists already and is not replaced. Name a new file.", file=file)
    if error.errno == errno.ENOENT:
        folder = Path(error.filename).parent
        if not folder.is_dir():
            return gettext("There is no folder %(folder)s. Make it, or name another.", folder=printable(folder))
        return gettext("There is no file %(file)s. Check the name.", file=file)
    if error.errno in _FORBIDDEN:
        return gettext("Your user may not use %(file)s. Check who may read and write it and its folder.", file=file)
    if error.errno == errno.EISDIR:
        return gettext("%(file)s is a folder. Name a file.", file=file)
    if error.errno in _FULL:
        return gettext("There is no space left to write %(file)s. Free some, then try again.", file=file)
    return f"{file}: {printable(error.strerror)}."


def _without_file(error: OSError) -> str:
    if error.errno in _FULL:
        return gettext("There is no space left to write to. Free some, then try again.")
    return gettext("The system says: %(reason)s.", reason=printable(error.strerror or error))


def _filled(message: str, values: dict[str, Any]) -> str:
    return gettext(message, **{name: printable(value) for name, value in values.items()})
