"""Reads the InMails of one account from Inkeeper's own export."""

from __future__ import annotations

from typing import NamedTuple

from inkeeper import csvtext
from inkeeper.errors import Problem
from inkeeper.reasons import reason
from inkeeper.services.imports.columns import FIELDS, read_columns
from inkeeper.services.imports.reading import Reading
from inkeeper.services.imports.refusals import bad_file
from inkeeper.services.imports.rows import Rows
from inkeeper.vocabulary import RowKind

ACCOUNTS = "accounts.csv"
INMAILS = "inmails.csv"
_NEEDED = frozenset({"account_id", "retracted_at", "recipient", *FIELDS}) - {"name"}


class Named(NamedTuple):
    """An account by its id and name."""

    id: str
    name: str


def is_inmails(heading: list[str]) -> bool:
    """Whether this is the heading of an export's InMails."""
    return set(heading) >= _NEEDED


def read_accounts(rows: Rows) -> list[Named]:
    """The accounts of an export. Raises the refusal `bad_file` for another file."""
    id_at, name_at = rows.column("id"), rows.column("name")
    if id_at is None or name_at is None:
        raise bad_file(rows.file, 1, reason("import.no_own_export"))
    return [Named(row[id_at], csvtext.original(row[name_at])) for _, row in rows if len(row) == len(rows.heading)]


def chosen(accounts: list[Named], said: str | None, ours: Named) -> str:
    """The id of the account to read: the wanted one (by id or name), else the one with our account's id, else with its
    name, else the only one.

    Raises the 422 Problem `which_account` if none of these decides.
    """
    for wanted in (said,) if said is not None else ours:
        found = [each.id for each in accounts if wanted in each]
        if len(found) == 1:
            return found[0]
    if said is None and len(accounts) == 1:
        return accounts[0].id
    raise Problem(
        "which_account",
        reason(
            "import.which_account",
            accounts=[f"{each.name} ({each.id})" for each in accounts] or reason("import.no_accounts"),
        ),
        status=422,
        accounts=[each._asdict() for each in accounts],
    )


def read_inmails(rows: Rows, reading: Reading, account_id: str) -> None:
    """Read the InMails of the account with this id in the export into `reading`, without retracted ones."""
    if not is_inmails(rows.heading):
        raise bad_file(rows.file, 1, reason("import.no_own_export"))
    account_at, retracted_at = rows.heading.index("account_id"), rows.heading.index("retracted_at")

    def passed_over(row: list[str]) -> RowKind | None:
        if row[account_at] != account_id:
            return "other_account"
        return "taken_back" if row[retracted_at] else None

    reading.columns = {field: field for field in FIELDS} | {"name": "recipient"}
    read_columns(rows, reading, csvtext.original, passed_over)
