"""The page Texts: templates of InMails, edited with a live preview for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import EXCLUDE, fields, validate

from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import CleanText
from inkeeper.errors import not_found
from inkeeper.rules import templates
from inkeeper.rules.people import clean_name
from inkeeper.rules.templates import BODY_LIMIT, LONG, SHORT, SUBJECT_LIMIT, TextProblem
from inkeeper.services.people import texts
from inkeeper.storage.texts import Text
from inkeeper.storage.transaction import Transaction
from inkeeper.web import forms, pages, seats, words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.forms import Form, FormSchema
from inkeeper.web.language import Translated, gettext, gettext_noop
from inkeeper.web.seats import Seats

NEW = "new"
"""The id in the address of a new text."""

EXAMPLE = "Kai Example"
"""The person of the preview while no people are stored."""

MOST_TEXTS = 500
PEOPLE_OFFERED = 30

VARIABLES = Translated(
    {
        "first_name": gettext_noop("First name"),
        "last_name": gettext_noop("Last name"),
        "name": gettext_noop("Name"),
        "company": gettext_noop("Company"),
        "headline": gettext_noop("Headline"),
        "note": gettext_noop("Note"),
    }
)
"""The variables' names in words."""

# translators: The words after | are sent where a person's company or headline isn't known. Keep {{company|…}} as it is.
_FALLBACKS = Translated(
    {"company": gettext_noop("{{company|your company}}"), "headline": gettext_noop("{{headline|your work}}")}
)

_PROBLEM_TEXTS = {
    "empty_variable": gettext_noop("%(written)s names nothing. Write, for example, {{first_name}}."),
    "unclosed": gettext_noop("{{ isn't closed. Put }} behind the name, on the same line."),
    "unopened": gettext_noop("}} has no {{ before it on the same line."),
    "single_braces": gettext_noop("%(written)s would be sent as it is. Write {{%(suggestion)s}}."),
}
_VERSIONED = ("name", "purpose", "subject", "body", "version", "archived_at")
_EDITED = ("name", "purpose", "subject", "body")


class TextsQuery(forms.Query):
    """The text to edit: its id, `NEW`, or none for the list."""

    text = fields.String(validate=validate.Length(1, 64))


class TextForm(FormSchema):
    """A text, and the account of the page."""

    account = fields.String(validate=validate.Length(max=64))
    name = CleanText(required=True, max_length=100, error_messages={"required": gettext_noop("Enter a name.")})
    purpose = fields.String(load_default=None, validate=validate.OneOf(words.PURPOSES))
    subject = CleanText(
        required=True, max_length=SUBJECT_LIMIT, error_messages={"required": gettext_noop("Enter a subject.")}
    )
    body = CleanText(
        required=True,
        max_length=BODY_LIMIT,
        lines=True,
        error_messages={"required": gettext_noop("Enter the message.")},
    )


class ButtonForm(FormSchema):
    """A button on a text's page, and the account of the page."""

    account = fields.String(validate=validate.Length(max=64))


class DraftForm(FormSchema):
    """An unfinished text, and the person of the preview."""

    class Meta:
        unknown = EXCLUDE

    account = fields.String(validate=validate.Length(max=64))
    subject = fields.String(load_default="")
    body = fields.String(load_default="")
    person = fields.String(load_default="", validate=validate.Length(max=200))


@blueprint.page("/people/texts")
def show_texts() -> Response:
    """Show the texts, or the editor of one."""
    query = forms.read_query(TextsQuery())
    with store().read() as tx:
        found = seats.read(tx, query.get("account"))
        text = None if query.get("text", NEW) == NEW else texts.get_text(tx, actor(), query["text"])
    if "text" not in query:
        return _list(found)
    if text and text.archived_at:
        raise not_found("text")
    return _editor(found, text, forms.empty_form(**({name: getattr(text, name) for name in _EDITED} if text else {})))


@blueprint.post("/people/texts/preview")
def preview_text() -> Response:
    """Preview an unfinished text for a person."""
    form = forms.read_button(DraftForm())
    with store().read() as tx:
        found = seats.read(tx, form.data.get("account"))
        shown = _preview(tx, found, form.data["subject"], form.data["body"], form.data["person"])
    return pages.part("app/texts_preview.html", oob=True, **shown)


@blueprint.post("/people/texts")
def create_text() -> Response:
    """Store a new text."""
    form = _checked(forms.read_form(TextForm()))
    if form.errors:
        return _editor(_seats(form), None, form, 422)
    _create(form)
    return _list(_seats(form), toast={"text": gettext("Saved.")}, push=True)


@blueprint.post("/people/texts/again")
def create_again() -> Response:
    """Undo the deletion of a text by storing it again, and update the list."""
    form = forms.read_button(TextForm())
    _create(form)
    return _parts(_seats(form))


@blueprint.post("/people/texts/<text_id>")
def save_text(text_id: str) -> Response:
    """Save an edited text. If it was changed elsewhere since, show both states (409)."""
    form = _checked(forms.read_form(TextForm()))
    with store().read() as tx:
        text = texts.get_text(tx, actor(), text_id)
    if form.errors:
        return _editor(_seats(form), text, form, 422)

    def save(tx: Transaction) -> dict[str, Any]:
        before = texts.get_text(tx, actor(), text_id)
        forms.check_version(form, _versioned(before))
        after = texts.update_text(tx, actor(), text_id, _words(form), now())
        return {"version": after.version, "is_next": after.version != before.version}

    try:
        saved = forms.save_once(None, form, save)
    except forms.Stale:
        return _editor(_seats(form), text, form, 409, stale=True)
    message = (
        gettext("Saved as version %(version)s.", version=saved["version"]) if saved["is_next"] else gettext("Saved.")
    )
    return _list(_seats(form), toast={"text": message}, push=True)


@blueprint.post("/people/texts/<text_id>/delete")
def delete_text(text_id: str) -> Response:
    """Delete a text; the toast has an undo button."""
    form = forms.read_button(ButtonForm())

    def delete(tx: Transaction) -> dict[str, Any]:
        return {"archived": texts.delete_text(tx, actor(), text_id, now())}

    with store().read() as tx:
        text = texts.get_text(tx, actor(), text_id)
    archived = forms.save_once(None, form, delete)["archived"]
    found = _seats(form)
    again = {"account": found.account_id}
    if not archived:
        again |= {name: getattr(text, name) for name in _EDITED if getattr(text, name) is not None}
    undo = f"/people/texts/{text_id}/restore" if archived else "/people/texts/again"
    return _list(
        found,
        toast={"text": gettext("Deleted %(name)s.", name=text.name), "undo": undo, "undo_values": again},
        push=True,
    )


@blueprint.post("/people/texts/<text_id>/restore")
def restore_text(text_id: str) -> Response:
    """Restore an archived text, and update the list."""
    form = forms.read_button(ButtonForm())

    def restore(tx: Transaction) -> dict[str, Any]:
        texts.restore_text(tx, actor(), text_id)
        return {}

    forms.save_once(None, form, restore)
    return _parts(_seats(form))


def problem_text(problem: TextProblem) -> str:
    """An error of a template in words."""
    if problem.code == "unknown_variable":
        hint = (
            gettext("Did you mean {{%(suggestion)s}}?", suggestion=problem.suggestion)
            if problem.suggestion
            else gettext("Use one of the buttons.")
        )
        return " ".join((gettext("There's nothing called {{%(written)s}}.", written=problem.written), hint))
    return gettext(_PROBLEM_TEXTS[problem.code], written=problem.written, suggestion=problem.suggestion)


def _at_line(problem: TextProblem) -> str:
    return gettext("Line %(line)s: %(problem)s", line=problem.line, problem=problem_text(problem))


def _seats(form: Form) -> Seats:
    with store().read() as tx:
        return seats.read(tx, form.typed.get("account") or None)


def _words(form: Form) -> dict[str, Any]:
    return {name: form.data[name] for name in _EDITED}


def _create(form: Form) -> None:
    def create(tx: Transaction) -> dict[str, Any]:
        return {"text_id": texts.create_text(tx, actor(), _words(form), now()).id}

    forms.save_once(None, form, create)


def _checked(form: Form) -> Form:
    """The form with the first template error of each field."""
    for name, limit in (("subject", SUBJECT_LIMIT), ("body", BODY_LIMIT)):
        if form.errors or name not in form.data:
            continue
        problems = templates.problems_of(form.data[name])
        if templates.length(form.data[name]) > limit:
            form = form.with_error(name, gettext("Use at most %(limit)s characters.", limit=str(limit)))
        elif problems:
            form = form.with_error(name, _at_line(problems[0]) if name == "body" else problem_text(problems[0]))
    return form


def _versioned(text: Text) -> list[Any]:
    return [getattr(text, name) for name in _VERSIONED]


def _listed() -> list[Text]:
    with store().read() as tx:
        return texts.list_texts(tx, actor(), None, MOST_TEXTS)


def _list(found: Seats, *, toast: Mapping[str, Any] | None = None, push: bool = False) -> Response:
    """Render the list of texts as a page, or with `push` as the response to a form of the editor."""
    template = "app/texts_done.html" if push else "app/texts.html"
    response = pages.page(template, title=gettext("Texts"), here="people", seats=found, texts=_listed(), toast=toast)
    if push:
        response.headers["HX-Push-Url"] = f"/people/texts?account={found.account_id}"
    return response


def _parts(found: Seats) -> Response:
    """Render the list, as the response to an undo."""
    return pages.part("app/texts_parts.html", seats=found, texts=_listed())


def _editor(found: Seats, text: Text | None, form: Form, status: int = 200, *, stale: bool = False) -> Response:
    with store().read() as tx:
        people = texts.people_to_show(tx, actor(), PEOPLE_OFFERED)
        person = people[0].name if people else EXAMPLE
        shown = _preview(tx, found, form.typed.get("subject", ""), form.typed.get("body", ""), person)
    # Keep the version of the form unless this response shows the stored state.
    rendered = text and (forms.version_of(_versioned(text)) if stale or not form.key else form.typed.get("version", ""))
    return pages.page(
        "app/texts_edit.html",
        title=gettext("Texts"),
        here="people",
        seats=found,
        status=status,
        text=text,
        form=form,
        version=rendered or "",
        stale=stale,
        people=[each.name for each in people],
        **shown,
    )


def _preview(tx: Transaction, found: Seats, subject: str, body: str, typed: str) -> dict[str, Any]:
    """The values of the preview."""
    name = clean_name(typed) or EXAMPLE
    product = found.chosen.account.product
    person = texts.person_like(tx, actor(), name)
    values = texts.values_of_stored(tx, actor(), person) if person else templates.values_for(name)
    shown = texts.preview(subject.strip(), body.strip(), values, product)
    known = [person.headline, person.company] if person else []
    return {
        "preview": shown,
        "person": person.name if person else name,
        "first_name": values["first_name"] or name,
        "known": " · ".join(each for each in known if each),
        "stored": person is not None,
        "wrongs": [
            *(
                gettext("Subject: %(problem)s", problem=problem_text(problem))
                for problem in templates.problems_of(subject.strip())
            ),
            *(
                gettext("Message, line %(line)s: %(problem)s", line=problem.line, problem=problem_text(problem))
                for problem in templates.problems_of(body.strip())
            ),
        ],
        "missing": [VARIABLES[name] for name in shown.missing],
        "instead": shown.missing and _with_fallback(shown.missing[0]),
        "guide": templates.guide_of(shown.body_length),
        "marks": [mark for mark in (SHORT, LONG) if mark < shown.limit],
        "over": {
            "subject": max(0, shown.subject_length - SUBJECT_LIMIT),
            "body": max(0, shown.body_length - shown.limit),
        },
    }


@blueprint.app_context_processor
def variables() -> dict[str, Any]:
    """Template variables: names and buttons of the text variables."""
    return {"VARIABLES": VARIABLES, "INSERTS": {name: _FALLBACKS.get(name, f"{{{{{name}}}}}") for name in VARIABLES}}


def _with_fallback(variable: str) -> str:
    """A variable with an example of what to write where its value is missing."""
    # translators: Sent where a first name isn't known, as in "Hi there".
    fallback = gettext("there")
    return _FALLBACKS.get(variable) or f"{{{{{variable}|{fallback}}}}}"
