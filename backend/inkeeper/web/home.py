"""The page Home: balances and warnings, logging InMails, recording outcomes, entering LinkedIn's balance."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Text
from inkeeper.errors import Problem
from inkeeper.rules.periods import local_day
from inkeeper.services.ledger import accounts, inmail_edits, inmails, observations, relogging
from inkeeper.services.ledger.inmails import CurrentInmail
from inkeeper.services.people.typed_recipient import MOST_CHARACTERS, recipient_of
from inkeeper.storage.transaction import Transaction
from inkeeper.web import dates, forms, pages, seats, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import Translated, gettext, gettext_noop

WAITING_SHOWN = 500
_DAY = timedelta(days=1)

_FIELDS = {"recipient.profile_url": "who", "recipient.name": "who", "sent_at": "date"}
"""The form's field for each path in a service's errors."""

_RECORDED: dict[str, str] = {
    "replied": gettext_noop("%(name)s: replied."),
    "accepted": gettext_noop("%(name)s: accepted."),
    "declined": gettext_noop("%(name)s: declined."),
    "no_response": gettext_noop("%(name)s: no reply."),
}
"""The toast after recording an outcome."""

_REFUSED = Translated(
    {
        "who": gettext_noop("That link doesn't lead to a person on LinkedIn."),
        "date": gettext_noop("This account starts later than that day."),
    }
)


class LogForm(FormSchema):
    """The form that logs an InMail."""

    who = Text(
        required=True,
        max_length=MOST_CHARACTERS,
        error_messages={"required": gettext_noop("Enter a name or a profile link.")},
    )
    when = fields.String(load_default="now", validate=validate.OneOf(["now", "yesterday", "day"]))
    date = fields.Date(error_messages={"invalid": gettext_noop("Enter a day.")})
    cost = fields.Integer(load_default=1, validate=validate.OneOf([0, 1]))
    subject = Text()
    purpose = fields.String(validate=validate.OneOf(words.PURPOSES))
    note = Text(max_length=2000, lines=True)
    accept = fields.Boolean(load_default=False)
    again = fields.Boolean(load_default=False)

    @validates_schema
    def _a_picked_day_is_given(self, data: dict[str, Any], **_: Any) -> None:
        if data["when"] == "day" and "date" not in data:
            raise ValidationError(gettext("Pick the day."), "date")


class OutcomeForm(FormSchema):
    """The outcome of an InMail."""

    outcome = fields.String(required=True, validate=validate.OneOf(words.OUTCOMES))


class ObservationForm(FormSchema):
    """The balance that LinkedIn shows, and the account of the page."""

    balance = fields.Integer(
        required=True,
        validate=validate.Range(0, 99999, error=gettext_noop("Enter a whole number.")),
        error_messages={
            "required": gettext_noop("Enter the number that LinkedIn shows."),
            "invalid": gettext_noop("Enter a whole number."),
        },
    )
    sure = fields.Boolean(load_default=False)
    here = fields.String(validate=validate.Length(max=64))


class Toast(NamedTuple):
    """A short message, and the route and values of its undo button."""

    text: str
    undo: str | None = None
    undo_values: dict[str, str] = {}  # noqa: RUF012 (never changed)


class _FutureDay(Exception):
    """The chosen day is in the future."""


class _UnansweredBefore(Exception):
    """The person has an earlier unanswered InMail: nothing is stored without the user's confirmation."""

    def __init__(self, earlier: CurrentInmail) -> None:
        super().__init__()
        self.earlier = earlier


@blueprint.page("/")
def show_home() -> Response:
    """Show Home."""
    query = forms.read_query(forms.Query())
    return pages.page("app/home.html", title=gettext("Home"), here="home", **_values(query.get("account")))


@blueprint.post("/accounts/<account_id>/inmails")
def log_inmail(account_id: str) -> Response:
    """Log an InMail. Asks for confirmation without a credit, and if the person has an unanswered InMail."""
    form = forms.read_form(LogForm())
    if form.errors:
        return parts(account_id, 422, logging=form)
    try:
        recipient = recipient_of(form.data["who"])
        if not recipient["name"]:
            return parts(
                account_id, 422, logging=form.with_error("who", gettext("Add the name too: this link doesn't tell it."))
            )
        logged = forms.save_once(account_id, form, lambda tx: _log(tx, account_id, form, recipient))
    except _FutureDay:
        return parts(account_id, 422, logging=form.with_error("date", gettext("That day is still to come.")))
    except _UnansweredBefore as ask:
        return parts(account_id, 422, logging=form, asks="again", earlier=ask.earlier)
    except Problem as problem:
        if problem.code == "insufficient_credits":
            return parts(account_id, 422, logging=form, asks="credits")
        return _refused(account_id, form, problem)
    cost = words.credits(1) if form.data["cost"] else gettext("free")
    undo = f"/accounts/{account_id}/inmails/{logged['inmail_id']}/remove"
    return parts(
        account_id, toast=Toast(gettext("Logged: %(name)s, %(cost)s.", name=recipient["name"], cost=cost), undo)
    )


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/outcome")
def record_outcome(account_id: str, inmail_id: str) -> Response:
    """Record the outcome of an InMail; `pending` removes it."""
    form = forms.read_button(OutcomeForm())
    outcome = form.data["outcome"]

    def record(tx: Transaction) -> dict[str, Any]:
        # An edit since the page was rendered has replaced the InMail.
        current = inmail_edits.last_edit(tx, inmail_id)
        answer = inmails.update_inmail(tx, actor(), account_id, current, {"outcome": outcome}, now())
        return {"credited_back": answer.credited_back}

    answer = forms.save_once(account_id, form, record)
    name = _name_of(account_id, inmail_id)
    if outcome == "pending":
        return parts(account_id, toast=Toast(gettext("%(name)s waits for a reply again.", name=name)))
    text = gettext(_RECORDED[outcome], name=name)
    if answer["credited_back"]:
        text = " ".join((text, gettext("The credit comes back.")))
    undo = f"/accounts/{account_id}/inmails/{inmail_id}/outcome"
    return parts(account_id, toast=Toast(text, undo, {"outcome": "pending"}))


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/remove")
def remove_inmail(account_id: str, inmail_id: str) -> Response:
    """Remove an InMail from the log."""
    form = forms.read_button(FormSchema())
    forms.save_once(account_id, form, lambda tx: _retract(tx, account_id, inmail_id))
    undo = f"/accounts/{account_id}/inmails/{inmail_id}/restore"
    return parts(account_id, toast=Toast(gettext("Removed %(name)s.", name=_name_of(account_id, inmail_id)), undo))


@blueprint.post("/accounts/<account_id>/inmails/<inmail_id>/restore")
def restore_inmail(account_id: str, inmail_id: str) -> Response:
    """Log a removed InMail again."""
    form = forms.read_button(FormSchema())
    forms.save_once(
        account_id, form, lambda tx: relogging.log_again(tx, actor(), account_id, inmail_id, now())._asdict()
    )
    return parts(account_id, toast=Toast(gettext("%(name)s is back in the log.", name=_name_of(account_id, inmail_id))))


@blueprint.post("/accounts/<account_id>/observations")
def observe(account_id: str) -> Response:
    """Record the balance that LinkedIn shows."""
    form = forms.read_form(ObservationForm())
    here = form.typed.get("here") or account_id
    if form.errors:
        return parts(here, 422, observed={"account_id": account_id, "form": form})
    shown = form.data["balance"]
    if not form.data["sure"] and _exceeds_twice_the_limit(account_id, shown):
        return parts(here, 422, observed={"account_id": account_id, "form": form, "ask": True})

    def record(tx: Transaction) -> dict[str, Any]:
        answer = observations.observe(tx, actor(), account_id, {"balance": shown, "source": "person"}, now())
        return {"id": answer.id, "computed": answer.computed}

    answer = forms.save_once(account_id, form, record)
    same = answer["computed"] == shown
    text = (
        gettext("LinkedIn shows %(shown)s too.", shown=shown)
        if same
        else gettext("Updated to %(shown)s (was %(computed)s).", shown=shown, computed=answer["computed"])
    )
    undo = f"/accounts/{account_id}/observations/{answer['id']}/withdraw"
    return parts(here, toast=Toast(text, undo))


@blueprint.post("/accounts/<account_id>/observations/<observation_id>/withdraw")
def withdraw_observation(account_id: str, observation_id: str) -> Response:
    """Withdraw a mistyped observation."""
    form = forms.read_button(FormSchema())

    def withdraw(tx: Transaction) -> dict[str, Any]:
        answer = observations.withdraw_observation(tx, actor(), account_id, observation_id, now())
        return {"balance": answer.balance}

    balance = forms.save_once(account_id, form, withdraw)["balance"]
    return parts(account_id, toast=Toast(gettext("Back to %(balance)s.", balance=balance)))


def _values(account_id: str | None) -> dict[str, Any]:
    """The values of Home: all accounts, and the chosen account's pending InMails, earliest deadline first, each with
    the days until then.
    """
    instant = now()
    with store().read() as tx:
        found = seats.read(tx, account_id)
        waiting = inmails.awaiting_inmails(tx, found.account_id, WAITING_SHOWN, instant)
    days_left = [ceil((inmail.answer_by - instant) / _DAY) for inmail in waiting]
    return {
        "seats": found,
        "waiting": list(zip(waiting, days_left, strict=True)),
        "waiting_more": len(waiting) == WAITING_SHOWN,
    }


def parts(account_id: str, status: int = 200, **shown: Any) -> Response:
    """Render the parts of Home again after an action."""
    return pages.part("app/home_parts.html", status, here="home", **_values(account_id), **shown)


def _log(tx: Transaction, account_id: str, form: Form, recipient: dict[str, str | None]) -> dict[str, Any]:
    data = form.data
    link = {"profile_url": recipient["profile_url"]} if recipient["profile_url"] else {}
    wanted: dict[str, Any] = {key: data[key] for key in ("cost", "subject", "purpose", "note") if key in data}
    wanted |= {"recipient": {"name": recipient["name"], **link}, "source": "page"}
    wanted["accept_discrepancy"] = data["accept"]
    sent_at = _sent_at(tx, account_id, data)
    if sent_at is not None:
        wanted["sent_at"] = sent_at
    logged = inmails.log_inmail(tx, actor(), account_id, wanted, now())
    if logged.duplicate_of and not data["again"]:
        earlier = inmails.get_inmail(tx, actor(), account_id, logged.duplicate_of, now())
        if earlier.outcome == "pending":
            raise _UnansweredBefore(earlier)
    return {"inmail_id": logged.inmail.id}


def _sent_at(tx: Transaction, account_id: str, data: dict[str, Any]) -> datetime | None:
    """The instant (UTC) of sending: None for today, else the middle of the day, not before the account's opening.

    Raises _FutureDay for a day after today.
    """
    account = accounts.get_account(tx, actor(), account_id, now())
    zone = account.time_zone
    today = local_day(zone, now())
    picked = today if data["when"] == "now" else today - _DAY if data["when"] == "yesterday" else data["date"]
    if picked == today:
        return None
    if picked > today:
        raise _FutureDay
    noon = dates.noon(zone, picked)
    return max(noon, account.opened_at) if local_day(zone, account.opened_at) == picked else noon


def _refused(account_id: str, form: Form, problem: Problem) -> Response:
    """Render the form with the service's error at its field. Raises the problem if it is about no field."""
    for error in problem.errors or []:
        field = _FIELDS.get(error["path"])
        if field:
            return parts(account_id, 422, logging=form.with_error(field, _REFUSED[field]))
    raise problem


def _retract(tx: Transaction, account_id: str, inmail_id: str) -> dict[str, Any]:
    return {"balance": inmails.retract_inmail(tx, actor(), account_id, inmail_id, now()).balance}


def _name_of(account_id: str, inmail_id: str) -> str:
    with store().read() as tx:
        return inmails.get_inmail(tx, actor(), account_id, inmail_id, now()).recipient.name


def _exceeds_twice_the_limit(account_id: str, shown: int) -> bool:
    """Whether the balance is more than twice the plan's limit, and so probably mistyped."""
    with store().read() as tx:
        account = accounts.get_account(tx, actor(), account_id, now())
    most = account.cap or account.allotment or 0
    return bool(most) and shown > 2 * most
