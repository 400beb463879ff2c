"""Forms and queries of the pages: validation, redisplay of typed values, idempotent and versioned writes."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import request
from marshmallow import EXCLUDE, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from inkeeper.api.context import actor, now, store
from inkeeper.api.schemas_base import Schema
from inkeeper.errors import Problem
from inkeeper.jsontext import to_json
from inkeeper.services.idempotency import run_once
from inkeeper.storage.transaction import Transaction
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import gettext, gettext_noop

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_SCHEMAS_ERRORS = (
    gettext_noop("Must not be empty."),
    gettext_noop("Must not contain control characters or other invisible characters."),
)
"""Errors of the API's fields that a person can cause in a form; marked here, because the API itself is English."""

_TOO_LONG = re.compile(r"Longer than maximum length (\d+)\.")


class FormSchema(Schema):
    """Fields of every form: the idempotency key, and the version of the state that it was rendered from."""

    key = fields.String(required=True, validate=validate.Regexp(_KEY))
    version = fields.String(load_default="", validate=validate.Length(max=64))


class Query(Schema):
    """The query of a page. Unknown parameters are ignored: people edit addresses and tools add parameters."""

    class Meta:
        unknown = EXCLUDE

    account = fields.String(validate=validate.Length(1, 64))


class Form(NamedTuple):
    """A submitted form: valid data, or errors by field. `typed` has the values to show again."""

    data: dict[str, Any]
    errors: dict[str, str]
    typed: Mapping[str, str]

    @property
    def key(self) -> str:
        """The form's idempotency key."""
        return str(self.data.get("key") or self.typed.get("key") or "")

    def with_error(self, field: str, error: str) -> Form:
        """A copy of the form with this error at the field."""
        return self._replace(errors=self.errors | {field: error})


class Stale(Exception):
    """The state that a form was rendered from was changed since, in another tab or browser."""


@blueprint.app_template_global("new_key")
def new_key() -> str:
    """A random idempotency key for a form that is being rendered."""
    return secrets.token_urlsafe(16)


@blueprint.app_template_global("empty_form")
def empty_form(**values: Any) -> Form:
    """An unsubmitted form with initial values; None leaves a field empty."""
    return Form({}, {}, {name: str(value) for name, value in values.items() if value is not None})


def read_form(schema: Schema) -> Form:
    """Read the submitted form. Empty fields are treated as missing."""
    # Cache the body first: parsing the form consumes it.
    request.get_data(cache=True)
    return _loaded(schema, request.form)


def read_upload(schema: Schema) -> Form:
    """Read the submitted form with a file, without loading the file into memory; it is in `request.files`."""
    return _loaded(schema, request.form)


def read_button(schema: Schema) -> Form:
    """Read a form without fields to fill in, such as a button's. Raises the 422 Problem if it is invalid."""
    form = read_form(schema)
    if form.errors:
        raise Problem("invalid", "Reload the page.", status=422)
    return form


def read_query(schema: Schema) -> dict[str, Any]:
    """The query's valid parameters. Invalid ones are ignored."""
    loaded = _loaded(schema, request.args)
    if not loaded.errors:
        return loaded.data
    return _loaded(schema, {name: value for name, value in loaded.typed.items() if name not in loaded.errors}).data


def _loaded(schema: Schema, given: Mapping[str, str] | MultiDict[str, str]) -> Form:
    typed = {name: value.replace("\r\n", "\n") for name, value in given.items()}
    try:
        data = schema.load({name: value for name, value in typed.items() if value.strip()})
    except ValidationError as error:
        messages = error.normalized_messages()
        return Form({}, {name: _first(message) for name, message in messages.items()}, typed)
    return Form(data, {}, typed)


def _first(message: Any) -> str:
    while isinstance(message, dict):
        message = next(iter(message.values()))
    text = str(message[0] if isinstance(message, list) else message)
    too_long = _TOO_LONG.fullmatch(text)
    # The text was marked for translation where the field is declared.
    return gettext("Use at most %(limit)s characters.", limit=too_long[1]) if too_long else gettext(text)


def version_of(values: Any) -> str:
    """A hash of the values that a form shows."""
    return hashlib.blake2b(to_json(values).encode(), digest_size=9).hexdigest()


def check_version(form: Form, values: Any) -> None:
    """Raise Stale unless the form was rendered from these values. Call it inside the write transaction."""
    if form.data["version"] != version_of(values):
        raise Stale


def save_once(account_id: str | None, form: Form, work: Callable[[Transaction], dict[str, Any]]) -> dict[str, Any]:
    """Run `work` in one write transaction and return its result. The same form, sent again, gets the stored result.

    - `account_id` is the account to lock, None for no account.
    - The result is stored, so it must contain ids and numbers only, no names.

    Raises the 409 Problem `idempotency_conflict` if the form was saved before with other content.
    """
    _, text, _ = run_once(
        store(), actor().device, f"form:{form.key}", _request_hash(form), account_id, lambda tx: (200, work(tx)), now()
    )
    answer: dict[str, Any] = json.loads(text)
    return answer


def _request_hash(form: Form) -> str:
    content = to_json([request.method, request.path, sorted(form.typed.items())])
    return hashlib.sha256(content.encode()).hexdigest()
