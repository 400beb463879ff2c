"""Input and output of `inkeeper import` and `inkeeper imports`: a preview, a confirmation, then all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from inkeeper.cli.accounts import choose_account
from inkeeper.cli.asking import can_ask, confirm
from inkeeper.cli.failures import failed, wrong_use
from inkeeper.cli.progress import progress
from inkeeper.cli.status_words import left
from inkeeper.errors import Problem
from inkeeper.rules import periods
from inkeeper.services.access import Actor
from inkeeper.services.imports import batches
from inkeeper.services.imports.batches import ImportStep, Preview
from inkeeper.services.imports.own import Named
from inkeeper.services.imports.plan import Step
from inkeeper.services.imports.reader import read_file
from inkeeper.services.imports.reading import MOST_INMAILS, Reading, Wishes
from inkeeper.storage import imports
from inkeeper.storage.accounts import Owned
from inkeeper.storage.database import Store
from inkeeper.terminal import printable
from inkeeper.vocabulary import RowKind
from inkeeper.wording.amounts import credits, inmails
from inkeeper.wording.imports import ACTIONS, KINDS
from inkeeper.wording.language import gettext_noop
from inkeeper.wording.terminal import explain, gettext, language, ngettext

_SHOWN = 10
_LINES_SHOWN = 60
_FLAGS = {
    "columns_needed": "--map name=... --map sent_at=...",
    "insufficient_credits": gettext_noop("--accept-discrepancy, or --leave-out LINES"),
    "rows_not_understood": "--skip-rows",
    "which_account": gettext_noop("--from-account NAME"),
    "whose_export": gettext_noop("--me NAME"),
}
"""The option that resolves each refusal, by problem code."""

_ROW_KINDS: dict[RowKind, str] = {
    "inmail": gettext_noop("an InMail"),
    "answer": gettext_noop("the first reply to an InMail"),
    "message": gettext_noop(
        "another message: not the first of its conversation, not from you, without a subject, or to a group"
    ),
    "draft": gettext_noop("a draft that was never sent"),
    "taken_back": gettext_noop("an InMail that was removed from the log"),
    "other_account": gettext_noop("an InMail of another account"),
    "not_understood": gettext_noop("not understood"),
}
_OUTCOMES: dict[str, str] = {
    "accepted": gettext_noop("accepted"),
    "declined": gettext_noop("declined"),
    "replied": gettext_noop("replied"),
    "no_response": gettext_noop("no reply"),
}
_STEPS: dict[ImportStep, str] = {
    "comparing": gettext_noop("Comparing with what is there"),
    "computing": gettext_noop("Working out every number again, and saving"),
}


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
            click.echo(gettext("This was a preview: nothing was imported."))
        elif preview.in_the_way:
            raise failed(gettext_noop("Nothing was imported."))
        elif preview.confirm is None:
            click.echo(gettext("There's nothing to import."))
        elif not _is_confirmed(yes=yes):
            raise failed(gettext_noop("Nothing was imported. To import what is shown, say yes, or add --yes."))
        else:
            with progress(gettext(_STEPS["comparing"])) as line, store.begin_write(owned.id) as tx:
                done = batches.store_import(
                    tx,
                    Actor(owned.owner_id),
                    owned.id,
                    reading,
                    preview.confirm,
                    now,
                    lambda step: line.step(gettext(_STEPS[step])),
                )
            if done.batch is None:
                click.echo(gettext("There's nothing to import any more."))
                return
            click.echo(
                gettext(
                    "Imported %(inmails)s and %(answers)s into %(account)s. %(left)s.",
                    **_of_batch(done.batch.inmails, done.batch.answers, owned.name),
                    left=left(done.balance),
                )
            )
            click.echo(gettext("To undo this import: inkeeper imports --undo %(id)s", id=done.batch.id))


def list_all(store: Store, wanted: str | None) -> None:
    """Print the imports, newest first."""
    account = None if wanted is None else choose_account(store, wanted).id
    with store.read() as tx:
        found = imports.list_all(tx, account)
    for batch, account_name, _ in found:
        text = gettext(
            "%(id)s  %(day)s into %(account)s: %(kind)s, %(inmails)s, %(answers)s",
            id=printable(batch.id),
            day=_day(batch.created_at),
            kind=gettext(KINDS[batch.kind]),
            **_of_batch(batch.inmails, batch.answers, account_name),
        )
        if batch.retracted_at:
            text = gettext("%(import)s, undone on %(day)s", **{"import": text}, day=_day(batch.retracted_at))
        click.echo(text)
    if not found:
        click.echo(gettext("Nothing has been imported yet."))


def take_back(store: Store, import_id: str, now: datetime) -> None:
    """Undo a whole import."""
    with store.read() as tx:
        found = imports.list_all(tx, import_id=import_id)
    if not found:
        raise failed(
            gettext_noop("There is no import with the ID %(id)s: check --undo. `inkeeper imports` lists them."),
            id=import_id,
        )
    ((batch, account_name, owner_id),) = found
    with exit_on_refusal(), store.begin_write(batch.account_id) as tx:
        done = batches.take_back(tx, Actor(owner_id), batch.account_id, import_id, now)
    click.echo(
        gettext(
            "Undone in %(account)s: %(inmails)s and %(answers)s. %(left)s.",
            **_of_batch(batch.inmails, batch.answers, account_name),
            left=left(done.balance),
        )
    )


def _of_batch(sent: int, answered: int, account: str) -> dict[str, str]:
    """What sentences about an import have in common: its counts, and its account's name."""
    answers = ngettext("%(number)s result", "%(number)s results", answered)
    return {"inmails": inmails(sent, language()), "answers": answers, "account": printable(account)}


@contextmanager
def exit_on_refusal() -> Iterator[None]:
    """Turn a Problem into a ClickException with its detail and the option that resolves it."""
    try:
        yield
    except Problem as problem:
        if any(error["path"] == "leave_out" for error in problem.errors or ()):
            raise wrong_use(gettext_noop("--leave-out names a line on which no InMail begins.")) from problem
        raise click.ClickException(printable(explain(problem.said)) + _hint(problem.code)) from problem


def wishes_from(flags: dict[str, Any]) -> Wishes:
    """Convert the command's options to import options. Raises WrongUse, which names the option."""
    columns = dict(_pair(pair) for pair in flags.pop("map"))
    lines = flags.pop("leave_out") or ""
    try:
        leave_out = frozenset(int(line) for line in lines.split(",") if line.strip())
    except ValueError:
        raise wrong_use(
            gettext_noop("--leave-out must be lines with commas between, such as 12,40, not “%(typed)s”."), typed=lines
        ) from None
    return Wishes(columns=columns, leave_out=leave_out, **flags)


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals:
        raise wrong_use(
            gettext_noop("--map must be a field and its column, such as name=Recipient, not “%(typed)s”."), typed=text
        )
    return field.strip(), column.strip()


def _read(owned: Owned, file: Path, wishes: Wishes, now: datetime) -> Reading:
    named = Named(owned.id, owned.name)
    with file.open("rb") as source, progress(gettext("Reading %(file)s", file=printable(file.name))) as line:
        return read_file(source, file.name, named, owned.time_zone, wishes, now, line.part)


def _is_confirmed(*, yes: bool) -> bool:
    return yes or (can_ask() and confirm(gettext("Import this?")))


def _show(preview: Preview, reading: Reading, owned: Owned, *, every_row: bool) -> None:
    file = printable(reading.file)
    click.echo(
        ngettext(
            "%(file)s has %(number)s row, taken for:",
            "%(file)s has %(number)s rows, taken for:",
            len(reading.rows),
            file=file,
        )
    )
    for taken in preview.taken_for:
        lines = taken.lines if len(taken.lines) <= _LINES_SHOWN else f"{taken.lines[:_LINES_SHOWN]}..."
        meaning = gettext(_ROW_KINDS[taken.kind])
        click.echo(_counted(taken.rows, gettext("%(meaning)s (lines %(lines)s)", meaning=meaning, lines=lines)))
    if reading.columns:
        columns = ", ".join(f"{field}={column}" for field, column in reading.columns.items())
        click.echo(gettext("Columns: %(columns)s", columns=printable(columns)))
    for note in reading.notes:
        click.echo(gettext("Note: %(note)s", note=printable(explain(note.said))))
    if every_row:
        _show_every_row(preview, reading, owned)
    else:
        _show_inmails(preview, owned)
    for problem in reading.problems[: None if every_row else _SHOWN]:
        text = gettext("The row %(reason)s.", reason=printable(explain(problem.reason, owned.time_zone)))
        click.echo(gettext("%(file)s, line %(line)s: %(text)s", file=file, line=str(problem.line), text=text))
    _show_result(preview, owned)


def _show_inmails(preview: Preview, owned: Owned) -> None:
    for action in preview.actions:
        click.echo(_counted(action.inmails, gettext(ACTIONS[action.action])))
    for step in preview.items:
        click.echo(f"  {_line(step, owned)}")
    more = sum(action.inmails for action in preview.actions) - len(preview.items)
    if more > 0:
        click.echo("  " + gettext("… and %(number)s more. --rows shows every row.", number=more))


def _show_every_row(preview: Preview, reading: Reading, owned: Owned) -> None:
    steps = {step.found.line: step for step in preview.items}
    for line, kind in reading.rows:
        if line in steps:
            click.echo(f"  {_line(steps[line], owned)}")
        else:
            click.echo("  " + gettext("line %(line)s: %(what)s", line=str(line), what=gettext(_ROW_KINDS[kind])))


def _line(step: Step, owned: Owned) -> str:
    found = step.found
    link = f" <{found.link}>" if found.link else ""
    cost = gettext("cost %(cost)s", cost=found.cost)
    parts = [f"{found.name}{link}", _local(found.sent_at, owned), cost]
    if found.outcome_at:
        parts.append(f"{gettext(_OUTCOMES[found.outcome])} {_local(found.outcome_at, owned)}")
    what = f"{', '.join(parts)}: {gettext(ACTIONS[step.action])} ({explain(step.why, owned.time_zone)})"
    return printable(gettext("line %(line)s: %(what)s", line=str(found.line), what=what))


def _show_result(preview: Preview, owned: Owned) -> None:
    adds, words = preview.adds, language()
    click.echo(
        gettext(
            "This adds %(inmails)s (%(free)s of them free) and %(answers)s. You have %(now)s now, and would have"
            " %(then)s. Times are those of %(zone)s.",
            inmails=inmails(adds.inmails, words),
            free=adds.free,
            answers=ngettext("%(number)s result", "%(number)s results", adds.answers),
            now=credits(preview.balance_now, words),
            then=preview.balance_then,
            zone=owned.time_zone,
        )
    )
    if preview.opens_at:
        click.echo(gettext("The account would start on %(day)s.", day=_local(preview.opens_at, owned)))
    if preview.before_opening:
        number = preview.before_opening
        click.echo(
            ngettext(
                "%(number)s InMail from before you set up Inkeeper is left out. To bring it in too, add"
                " --open-earlier.",
                "%(number)s InMails from before you set up Inkeeper are left out. To bring them in too, add"
                " --open-earlier.",
                number,
            )
        )
    if preview.nothing:
        click.echo(printable(explain(preview.nothing.said)))
    for obstacle in preview.in_the_way:
        reason = printable(explain(obstacle.said, owned.time_zone)) + _hint(obstacle.code)
        click.echo(gettext("This stops the import: %(reason)s", reason=reason))


def _counted(number: int, what: str) -> str:
    """A line of a table of counts."""
    return f"  {language().number(number):>7}  {what}"


def _hint(code: str) -> str:
    return f" ({gettext(_FLAGS[code])})" if code in _FLAGS else ""


def _local(at: datetime, owned: Owned) -> str:
    return f"{at.astimezone(periods.time_zone(owned.time_zone)):%Y-%m-%d %H:%M}"


def _day(at: datetime) -> str:
    """The day on this computer's clock."""
    return language().day_and_year(at.astimezone().date())
