"""The page Campaigns: the list with the progress of each, and the editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response
from marshmallow import fields, validate

from inkeeper.api.campaigns import DAYS, LARGEST_BUDGET, MOST_STEPS
from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import CleanText
from inkeeper.errors import Problem, not_found
from inkeeper.services.people import campaigns, texts
from inkeeper.services.people.campaigns import CampaignProgress
from inkeeper.storage.campaigns import Step
from inkeeper.storage.transaction import Transaction
from inkeeper.web import dates, forms, pages, seats, settings, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import gettext, gettext_noop, ngettext
from inkeeper.web.seats import Seats

NEW = "new"
"""The id in the address of a new campaign."""

MOST_CAMPAIGNS = 200
MOST_TEXTS = 500

STEPS = range(1, MOST_STEPS + 1)

_AFTER = range(3, 29)
"""The possible waits before a follow-up, in working days."""

_AS_LINKEDIN = 7
"""The wait after which LinkedIn itself suggests a follow-up, in working days."""

_VERSIONED = ("name", "goal", "budget", "starts", "ends", "steps", "archived")
_EDITED = ("name", "goal", "budget", "starts", "ends")
_ENTER_DAY: dict[str, Any] = {"invalid": gettext_noop("Enter a day.")}


class CampaignsQuery(forms.Query):
    """The campaign to edit: its id, `NEW`, or none for the list."""

    campaign = fields.String(validate=validate.Length(1, 64))


def _text() -> fields.String:
    return fields.String(validate=validate.Length(max=64))


def _purpose() -> fields.String:
    return fields.String(validate=validate.OneOf(words.PURPOSES))


def _after() -> fields.Integer:
    return fields.Integer(validate=validate.OneOf(range(3, 29)))


class CampaignForm(FormSchema):
    """A campaign, and the account of the page.

    Each step has two texts and a purpose; each follow-up also has its wait in working days.
    """

    account = fields.String(validate=validate.Length(max=64))
    name = CleanText(required=True, max_length=100, error_messages={"required": gettext_noop("Enter a name.")})
    goal = CleanText(load_default=None, max_length=500, lines=True)
    budget = settings.whole_number(0, LARGEST_BUDGET)
    starts = fields.Date(load_default=None, validate=DAYS, error_messages=_ENTER_DAY)
    ends = fields.Date(load_default=None, validate=DAYS, error_messages=_ENTER_DAY)
    text1, other1, purpose1 = _text(), _text(), _purpose()
    after2, text2, other2, purpose2 = _after(), _text(), _text(), _purpose()
    after3, text3, other3, purpose3 = _after(), _text(), _text(), _purpose()
    after4, text4, other4, purpose4 = _after(), _text(), _text(), _purpose()


class ButtonForm(FormSchema):
    """A button on a campaign's page, and the account of the page."""

    account = fields.String(validate=validate.Length(max=64))


@blueprint.page("/people/campaigns")
def show_campaigns() -> Response:
    """Show the account's campaigns, or the editor of one."""
    query = forms.read_query(CampaignsQuery())
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        campaign = (
            None if query.get("campaign", NEW) == NEW else campaigns.get_campaign(tx, actor(), query["campaign"], now())
        )
    if "campaign" not in query:
        return _list(found)
    if campaign and campaign.archived:
        raise not_found("campaign")
    return _editor(found, campaign, _form_of(campaign) if campaign else forms.empty_form())


@blueprint.post("/people/campaigns")
def create_campaign() -> Response:
    """Store a new campaign."""
    form = forms.read_form(CampaignForm())
    found = _seats(form)
    if form.errors:
        return _editor(found, None, form, 422)

    def create(tx: Transaction) -> dict[str, Any]:
        wanted = _wanted(form) | {"account": found.account_id}
        return {"id": campaigns.create_campaign(tx, actor(), wanted, now()).id}

    try:
        forms.save_once(None, form, create)
    except Problem as problem:
        return _editor(found, None, _refused(form, problem), 422)
    return _list(found, toast={"text": gettext("Saved.")}, push=True)


@blueprint.post("/people/campaigns/<campaign_id>")
def save_campaign(campaign_id: str) -> Response:
    """Save an edited campaign. If it was changed elsewhere since, show both states (409)."""
    form = forms.read_form(CampaignForm())
    with store().read() as tx:
        campaign = campaigns.get_campaign(tx, actor(), campaign_id, now())
    found = _seats(form)
    if form.errors:
        return _editor(found, campaign, form, 422)

    def save(tx: Transaction) -> dict[str, Any]:
        forms.check_version(form, _versioned(campaigns.get_campaign(tx, actor(), campaign_id, now())))
        campaigns.update_campaign(tx, actor(), campaign_id, _wanted(form), now())
        return {}

    try:
        forms.save_once(None, form, save)
    except forms.Stale:
        return _editor(found, campaign, form, 409, stale=True)
    except Problem as problem:
        return _editor(found, campaign, _refused(form, problem), 422)
    return _list(found, toast={"text": gettext("Saved.")}, push=True)


@blueprint.post("/people/campaigns/<campaign_id>/delete")
def delete_campaign(campaign_id: str) -> Response:
    """Delete a campaign. If it was archived instead, the toast has a button that restores it."""
    form = forms.read_button(ButtonForm())

    def delete(tx: Transaction) -> dict[str, Any]:
        return {"archived": campaigns.delete_campaign(tx, actor(), campaign_id, now())}

    with store().read() as tx:
        campaign = campaigns.get_campaign(tx, actor(), campaign_id, now())
    archived = forms.save_once(None, form, delete)["archived"]
    found = _seats(form)
    toast: dict[str, Any] = {"text": gettext("Deleted %(name)s.", name=campaign.name)}
    if archived:
        toast |= {"undo": f"/people/campaigns/{campaign_id}/restore", "undo_values": {"account": found.account_id}}
    return _list(found, toast=toast, push=True)


@blueprint.post("/people/campaigns/<campaign_id>/restore")
def restore_campaign(campaign_id: str) -> Response:
    """Restore an archived campaign, and update the list."""
    form = forms.read_button(ButtonForm())

    def restore(tx: Transaction) -> dict[str, Any]:
        campaigns.restore_campaign(tx, actor(), campaign_id, now())
        return {}

    forms.save_once(None, form, restore)
    found = _seats(form)
    return pages.part("app/campaigns_parts.html", seats=found, **_listed(found))


def _seats(form: Form) -> Seats:
    with store().read() as tx:
        return seats.read(tx, form.typed.get("account") or None)


def _wanted(form: Form) -> dict[str, Any]:
    """The service's values for the form. The sequence ends before the first follow-up without a wait."""
    data = form.data
    steps: list[dict[str, Any]] = []
    for number in STEPS:
        after = data.get(f"after{number}")
        if number > 1 and after is None:
            break
        chosen = [data[name] for name in (f"text{number}", f"other{number}") if data.get(name)]
        step = {"after_working_days": after, "purpose": data.get(f"purpose{number}"), "texts": chosen}
        steps.append(step)
    return {name: data[name] for name in _EDITED} | {"steps": steps}


def _form_of(campaign: CampaignProgress) -> Form:
    values: dict[str, Any] = {name: getattr(campaign, name) for name in _EDITED}
    for number, step in enumerate(campaign.steps, start=1):
        first, second, *_ = [*step.texts, None, None]
        values |= {f"text{number}": first, f"other{number}": second, f"purpose{number}": step.purpose}
        values[f"after{number}"] = step.after_working_days
    return forms.empty_form(**values)


def _refused(form: Form, problem: Problem) -> Form:
    """The form with the service's error at its field. Raises the problem if it is about no field of the form."""
    for error in problem.errors or []:
        first, *rest = error["path"].split(".")
        if first == "steps":
            number = int(rest[0]) + 1
            if rest[2:]:
                place = "text" if rest[2] == "0" or f"text{number}" not in form.data else "other"
                return form.with_error(
                    f"{place}{number}", gettext("This text isn't here any more. Choose another one.")
                )
            return form.with_error(f"other{number}", gettext("Choose two different texts."))
        if first == "ends":
            before_start = form.data["starts"] and form.data["ends"] < form.data["starts"]
            message = (
                gettext("It ends before it starts.")
                if before_start
                else gettext("That day is over. Pick today or later.")
            )
            return form.with_error("ends", message)
        if first == "starts":
            return form.with_error("starts", gettext("It starts after it ends."))
    raise problem


def _versioned(campaign: CampaignProgress) -> list[Any]:
    return [getattr(campaign, name) for name in _VERSIONED]


def _listed(found: Seats) -> dict[str, Any]:
    with store().read() as tx:
        every = campaigns.list_campaigns(tx, actor(), found.account_id, None, MOST_CAMPAIGNS, now())
    return {"campaigns": [(campaign, _days(campaign, found.zone)) for campaign in every]}


def _list(found: Seats, *, toast: Mapping[str, Any] | None = None, push: bool = False) -> Response:
    """Render the list of campaigns as a page, or with `push` as the response to a form of the editor."""
    template = "app/campaigns_done.html" if push else "app/campaigns.html"
    response = pages.page(
        template, title=gettext("Campaigns"), here="people", seats=found, toast=toast, **_listed(found)
    )
    if push:
        response.headers["HX-Push-Url"] = f"/people/campaigns?account={found.account_id}"
    return response


def _editor(
    found: Seats, campaign: CampaignProgress | None, form: Form, status: int = 200, *, stale: bool = False
) -> Response:
    # Keep the version of the form unless this response shows the stored state.
    fresh = stale or not form.key
    version = forms.version_of(_versioned(campaign)) if campaign and fresh else form.typed.get("version", "")
    return pages.page(
        "app/campaigns_edit.html",
        title=gettext("Campaigns"),
        here="people",
        seats=found,
        status=status,
        campaign=campaign,
        days=campaign and _days(campaign, found.zone),
        form=form,
        version=version,
        stale=stale,
        texts=_texts(campaign.steps if campaign else ()),
        AFTER=_follow_up_days(),
    )


def _texts(steps: Sequence[Step]) -> dict[str, str]:
    """The selectable texts: all texts, and deleted ones that the campaign uses."""
    with store().read() as tx:
        found = {text.id: text.name for text in texts.list_texts(tx, actor(), None, MOST_TEXTS)}
        used = [text_id for step in steps for text_id in step.texts if text_id not in found]
        return found | {text_id: texts.get_text(tx, actor(), text_id).name for text_id in used}


def _days(campaign: CampaignProgress, zone: str) -> str:
    """The campaign's dates in words; empty without dates."""
    starts, ends = campaign.starts, campaign.ends
    today = dates.today(zone)

    def say(day: date) -> str:
        return dates.day_text(day, today)

    def on(day: date) -> str:
        return dates.on_day_text(day, today)

    if ends and ends < today:
        return gettext("ended %(day)s", day=on(ends))
    if starts and starts > today:
        return f"{say(starts)} – {say(ends)}" if ends else gettext("starts %(day)s", day=on(starts))
    return gettext("until %(day)s", day=say(ends)) if ends else ""


def _follow_up_days() -> dict[str, str]:
    """The waits before a follow-up in words, by field value."""
    texts = {"": gettext("No follow-up")}
    for days in _AFTER:
        texts[str(days)] = ngettext("After %(number)s working day", "After %(number)s working days", days)
    texts[str(_AS_LINKEDIN)] = gettext("After %(days)s working days (as LinkedIn does)", days=_AS_LINKEDIN)
    return texts
