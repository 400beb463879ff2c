"""Blueprints that read requests strictly, and an OpenAPI document in which each operation says all it can answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from threading import Lock
from typing import Any, TypeVar

import flask_smorest
from flask import Blueprint as FlaskBlueprint
from werkzeug.routing import BaseConverter

from inkeeper.api.auth import PUBLIC_ENDPOINTS
from inkeeper.api.parsing import StrictParser
from inkeeper.api.schemas_base import ProblemSchema


class Id(BaseConverter):
    """An id in a path, as Inkeeper makes them. What cannot be one leads nowhere (404), and never to a database."""

    # What stands in the place of an id in other routes is none.
    regex = "(?!(?:lookup|import)$)[0-9A-Za-z_-]{1,64}"


View = TypeVar("View", bound=Callable[..., Any])

_PROBLEM = "application/problem+json"
_WRITES = frozenset({"post", "patch", "put", "delete"})
_EVERYWHERE = (400, 403, 413, 415, 421, 500, 503)

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Chosen by the client. The same request with the same key is done once and answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}


class Blueprint(flask_smorest.Blueprint):
    """A resource's blueprint. The names of its view functions are the operations' ids in the document."""

    ARGUMENTS_PARSER = StrictParser()

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Document the refusals that are this operation's own, besides those that any operation may answer with."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, schema=ProblemSchema, content_type=_PROBLEM)(view)
            return view

        return decorate

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Read and validate a part of the request, with one schema for all requests: making one copies its fields."""
        decorate: Callable[[View], View] = super().arguments(
            schema() if isinstance(schema, type) else schema, **options
        )
        return decorate

    def _store_endpoint_docs(self, endpoint: str, obj: Any, *args: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, *args, **options)
        for method in _WRITES | {"get"}:
            if method in self._docs[endpoint]:
                self._docs[endpoint][method].setdefault("manual_doc", {})["operationId"] = f"{self.name}.{endpoint}"


class Api(flask_smorest.Api):
    """flask-smorest without its error handler, which drops headers, and with a document built when first asked for."""

    # Each operation lists its problems by status instead.
    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemSchema

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._to_document: list[Blueprint] = []
        self._document: dict[str, Any] | None = None
        self._document_lock = Lock()
        super().__init__(*args, **kwargs)
        self.register_converter(Id, lambda _: {"type": "string", "pattern": f"^{Id.regex}$"})

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Register a resource. Its documentation waits, since building it would slow every start."""
        FlaskBlueprint.register(blp, self._app, options)
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._to_document.append(blp)

    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        with self._document_lock:
            if self._document is None:
                for blueprint in self._to_document:
                    blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
                    self.spec.tag({"name": blueprint.name, "description": blueprint.description})
                self._document = self._completed(self.spec.to_dict())
            return self._document

    def _register_error_handlers(self) -> None:
        """Errors are answered by `problems`."""

    def _register_pagination_header(self) -> None:
        """Pages are told of in the body."""

    def _completed(self, document: dict[str, Any]) -> dict[str, Any]:
        used: set[int] = set()
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if method != "parameters":
                    used |= _complete(path, method, operation)
        document["components"]["responses"] = {f"Problem{status}": _problem_answer(status) for status in sorted(used)}
        return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    """Say in the operation what it shares with others of its kind; answers the statuses of its shared problems."""
    needs_token = operation["operationId"] not in PUBLIC_ENDPOINTS
    if not needs_token:
        operation["security"] = []
    if needs_token and method in _WRITES:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    statuses = _statuses(path, method, operation, needs_token=needs_token)
    responses = operation["responses"]
    for status in statuses:
        # References here are flask-smorest's own, to answers that do not say that they are problems.
        if "$ref" in responses.get(str(status), {"$ref": None}):
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    operation["responses"] = dict(sorted(responses.items()))
    return statuses


def _statuses(path: str, method: str, operation: dict[str, Any], *, needs_token: bool) -> set[int]:
    """The refusals that any operation of this kind may answer with."""
    statuses = set(_EVERYWHERE)
    if needs_token:
        statuses.add(401)
    if "{" in path:
        statuses.add(404)
    if needs_token and method in _WRITES:
        statuses.add(409)
    if "requestBody" in operation or operation.get("parameters"):
        statuses.add(422)
    return statuses


def _problem_answer(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
