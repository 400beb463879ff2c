"""Input and output of `inkeeper import` and `inkeeper imports`: a preview, a confirmation, then all or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from inkeeper.errors import Problem
from inkeeper.rules import periods
from inkeeper.services.access import Actor
from inkeeper.services.imports import batches
from inkeeper.services.imports.batches import Preview
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.plan import ACTIONS, Step
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import KINDS, MOST_INMAILS, Reading, Wishes
from inkeeper.storage import accounts, imports
from inkeeper.storage.accounts import Owned
from inkeeper.storage.database import Store
from inkeeper.terminal import printable

_SHOWN = 10
_LINES_SHOWN = 60
_STEPS = 1000
_FLAGS = {
    "columns_needed": "--map name=... --map sent_at=...",
    "insufficient_credits": "--accept-discrepancy, or --leave-out LINES",
    "rows_not_understood": "--skip-rows",
    "which_account": "--from-account NAME",
    "whose_export": "--me NAME",
}
"""The option that resolves each refusal, by problem code."""


def find_account(store: Store, wanted: str | None) -> Owned:
    """The account with this id or name; with None the only account.

    Raises ClickException, with a list of all accounts, unless exactly one matches.
    """
    with store.read() as tx:
        all_accounts = accounts.list_all(tx)
    found = [owned for owned in all_accounts if wanted is None or wanted in (owned.id, owned.name)]
    if len(found) == 1:
        return found[0]
    known = "".join(f"\n  {printable(f'{owned.id}  {owned.name}, of {owned.owner_name}')}" for owned in all_accounts)
    raise click.ClickException(f"Say which account with --account NAME or ID. There are:{known or ' none yet.'}")


def import_inmails(
    store: Store,
    owned: Owned,
    file: Path,
    wishes: Wishes,
    now: datetime,
    *,
    look_only: bool,
    yes: bool,
    every_row: bool,
) -> None:
    """Read a file, print the preview, ask for confirmation, and store the InMails."""
    with exit_on_refusal():
        reading = _read(owned, file, wishes, now)
        with store.read() as tx:
            limit = MOST_INMAILS if every_row else _SHOWN
            preview = batches.preview(tx, Actor(owned.owner_id), owned.id, reading, now, None, limit)
        _show(preview, reading, owned, every_row=every_row)
        if look_only:
            click.echo("This was a preview: nothing was imported.")
        elif preview.in_the_way:
            raise click.ClickException("Nothing was imported.")
        elif preview.confirm is None:
            click.echo("There is nothing to import.")
        elif not _is_confirmed(yes=yes):
            raise click.ClickException("Nothing was imported. To import what is shown, say yes, or add --yes.")
        else:
            with store.begin_write(owned.id) as tx:
                done = batches.store_import(
                    tx, Actor(owned.owner_id), owned.id, reading, preview.confirm, now, _print_step
                )
            if done.batch is None:
                click.echo("There is nothing to import any more.")
                return
            click.echo(
                f"Imported {_count(done.batch.inmails, 'InMail')} and {_count(done.batch.answers, 'answer')}"
                f" into {printable(owned.name)}; the balance is {done.balance}.\n"
                f"To take all of it back: inkeeper imports --undo {done.batch.id}"
            )


def list_all(store: Store, wanted: str | None) -> None:
    """Print the imports, newest first."""
    account = None if wanted is None else find_account(store, wanted).id
    with store.read() as tx:
        found = imports.list_all(tx, account)
    for batch, account_name, _ in found:
        back = f", taken back {batch.retracted_at:%Y-%m-%d} (UTC)" if batch.retracted_at else ""
        click.echo(
            f"{printable(batch.id)}  {batch.created_at:%Y-%m-%d} (UTC) into {printable(account_name)}:"
            f" {batch.kind}, {_count(batch.inmails, 'InMail')}, {_count(batch.answers, 'answer')}{back}"
        )
    if not found:
        click.echo("Nothing has been imported yet.")


def take_back(store: Store, import_id: str, now: datetime) -> None:
    """Undo a whole import."""
    with store.read() as tx:
        found = imports.list_all(tx, import_id=import_id)
    if not found:
        raise click.ClickException(f"There is no import {printable(import_id)}. `inkeeper imports` lists them.")
    ((batch, account_name, owner_id),) = found
    with exit_on_refusal(), store.begin_write(batch.account_id) as tx:
        done = batches.take_back(tx, Actor(owner_id), batch.account_id, import_id, now)
    click.echo(
        f"Taken back: {_count(batch.inmails, 'InMail')} and {_count(batch.answers, 'answer')};"
        f" the balance of {printable(account_name)} is {done.balance}."
    )


@contextmanager
def exit_on_refusal() -> Iterator[None]:
    """Turn a Problem into a ClickException with its detail and the option that resolves it."""
    try:
        yield
    except Problem as problem:
        raise click.ClickException(printable(problem.detail) + _hint(problem.code)) from problem


def wishes_from(flags: dict[str, Any]) -> Wishes:
    """Convert the command's options to import options. Raises BadParameter for an invalid one."""
    columns = dict(_pair(pair) for pair in flags.pop("map"))
    lines = flags.pop("leave_out") or ""
    try:
        leave_out = frozenset(int(line) for line in lines.split(",") if line.strip())
    except ValueError:
        raise click.BadParameter(
            "Must be lines with commas between, such as 12,40.", param_hint="--leave-out"
        ) from None
    return Wishes(columns=columns, leave_out=leave_out, **flags)


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals:
        raise click.BadParameter("Must be a field and its column, such as name=Recipient.", param_hint="--map")
    return field.strip(), column.strip()


def _read(owned: Owned, file: Path, wishes: Wishes, now: datetime) -> Reading:
    named = Named(owned.id, owned.name)
    with (
        file.open("rb") as source,
        click.progressbar(length=_STEPS, label=f"Reading {printable(file.name)}", file=sys.stderr) as bar,
    ):
        return read_file(source, file.name, named, owned.time_zone, wishes, now, _progress(bar))


def _progress(bar: Any) -> Callable[[float], None]:
    def show(part: float) -> None:
        bar.update(max(0, round(part * _STEPS) - bar.pos))

    return show


def _print_step(step: str) -> None:
    click.echo(f"{step} ...", err=True)


def _is_confirmed(*, yes: bool) -> bool:
    return yes or (sys.stdin.isatty() and click.confirm("Import this?"))


def _show(preview: Preview, reading: Reading, owned: Owned, *, every_row: bool) -> None:
    file = printable(reading.file)
    click.echo(f"{file} has {_count(len(reading.rows), 'row')}, taken for:")
    for taken in preview.taken_for:
        lines = taken.lines if len(taken.lines) <= _LINES_SHOWN else f"{taken.lines[:_LINES_SHOWN]}..."
        click.echo(f"  {taken.rows:>7}  {taken.meaning} (lines {lines})")
    if reading.columns:
        columns = ", ".join(f"{field}={column}" for field, column in reading.columns.items())
        click.echo(f"Columns: {printable(columns)}")
    for note in reading.notes:
        click.echo(f"Note: {printable(note.detail)}")
    if every_row:
        _show_every_row(preview, reading, owned)
    else:
        _show_inmails(preview, owned)
    for problem in reading.problems[: None if every_row else _SHOWN]:
        click.echo(f"{file}, line {problem.line}: The row {printable(problem.reason)}.")
    _show_result(preview, owned)


def _show_inmails(preview: Preview, owned: Owned) -> None:
    for action in preview.actions:
        click.echo(f"  {action.inmails:>7}  {action.meaning}")
    for step in preview.items:
        click.echo(f"  {_line(step, owned)}")
    total = sum(action.inmails for action in preview.actions)
    if total > len(preview.items):
        click.echo(f"  ... and {total - len(preview.items)} more; --rows shows every row.")


def _show_every_row(preview: Preview, reading: Reading, owned: Owned) -> None:
    steps = {step.found.line: step for step in preview.items}
    for line, kind in reading.rows:
        click.echo(f"  {_line(steps[line], owned) if line in steps else f'line {line}: {KINDS[kind]}'}")


def _line(step: Step, owned: Owned) -> str:
    found = step.found
    link = f" <{found.link}>" if found.link else ""
    answered = f", {found.outcome} {_local(found.outcome_at, owned)}" if found.outcome_at else ""
    return printable(
        f"line {found.line}: {found.name}{link}, {_local(found.sent_at, owned)}, cost {found.cost}"
        f"{answered}: {ACTIONS[step.action]} ({step.why})"
    )


def _show_result(preview: Preview, owned: Owned) -> None:
    adds = preview.adds
    click.echo(
        f"This adds {_count(adds.inmails, 'InMail')} ({adds.free} of them free) and"
        f" {_count(adds.answers, 'answer')}. The balance is {preview.balance_now} now, and would be"
        f" {preview.balance_then}. Times are local to {owned.time_zone}."
    )
    if preview.opens_at:
        click.echo(f"The account would open on {_local(preview.opens_at, owned)}.")
    if preview.before_opening:
        click.echo(
            f"{_count(preview.before_opening, 'InMail')} from before the account opened left out. To bring them in"
            " as well, date its opening back: --open-earlier"
        )
    if preview.nothing:
        click.echo(printable(preview.nothing.detail))
    for obstacle in preview.in_the_way:
        click.echo(f"In the way: {printable(obstacle.detail)}{_hint(obstacle.code)}")


def _hint(code: str) -> str:
    return f" ({_FLAGS[code]})" if code in _FLAGS else ""


def _local(at: datetime, owned: Owned) -> str:
    return f"{at.astimezone(periods.time_zone(owned.time_zone)):%Y-%m-%d %H:%M}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
