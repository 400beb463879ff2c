"""Blueprints with strict parsing, and an OpenAPI document that lists all responses of each operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from threading import Lock
from typing import Any, TypeVar

import flask_smorest
from flask import Blueprint as FlaskBlueprint
from marshmallow import Schema

from inkeeper.api.auth import PUBLIC_ENDPOINTS
from inkeeper.api.parsing import StrictParser
from inkeeper.api.routing import Id
from inkeeper.api.schemas_base import ProblemSchema

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


class _LazySchema:
    """Serializes responses with a schema, whose only instance is made for the first one.

    Making an instance copies the schema's fields. flask-smorest makes one where a view is defined, and copies it again
    for each decorator of the view. Of the more than a hundred schemas a server needs a few.
    """

    def __init__(self, kind: type[Schema]) -> None:
        self.kind = kind

    def dump(self, value: Any) -> Any:
        return self._schema.dump(value)

    @cached_property
    def _schema(self) -> Schema:
        return self.kind()


def _made_on_first_use(schema: Any) -> Any:
    return _LazySchema(schema) if isinstance(schema, type) else schema


class Blueprint(flask_smorest.Blueprint):
    """The blueprint of a resource. Operation ids in the document are made from the names of its view functions."""

    ARGUMENTS_PARSER = StrictParser()

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Document the problem statuses of this operation in addition to those that every operation shares."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, schema=ProblemSchema, content_type=_PROBLEM)(view)
            return view

        return decorate

    def response(self, status: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Serialize and document the response. `schema` is a schema class, or a dict that only documents it."""
        decorate: Callable[[View], View] = super().response(status, _made_on_first_use(schema), **options)
        return decorate

    def alt_response(self, status: int, *, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Document another response. `schema` is a schema class."""
        decorate: Callable[[View], View] = super().alt_response(status, schema=_made_on_first_use(schema), **options)
        return decorate

    @staticmethod
    def _make_doc_response_schema(schema: Any) -> Any:
        return schema.kind if isinstance(schema, _LazySchema) else schema

    def _store_endpoint_docs(self, endpoint: str, obj: Any, *args: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, *args, **options)
        for method in _WRITES | {"get"}:
            if method in self._docs[endpoint]:
                self._docs[endpoint][method].setdefault("manual_doc", {})["operationId"] = f"{self.name}.{endpoint}"


class Api(flask_smorest.Api):
    """flask-smorest without its error handler (it drops headers) and with a document built on first use."""

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
        """Register a resource. Its documentation is built later, by `document`: building it would slow every start."""
        FlaskBlueprint.register(blp, self._app, options)
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._to_document.append(blp)

    def document(self) -> dict[str, Any]:
        """Build the OpenAPI document on the first call; return the same one afterwards. Thread-safe."""
        with self._document_lock:
            if self._document is None:
                for blueprint in self._to_document:
                    blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
                    self.spec.tag({"name": blueprint.name, "description": blueprint.description})
                self._document = self._completed(self.spec.to_dict())
            return self._document

    def _register_error_handlers(self) -> None:
        """Register nothing: `problems` handles errors."""

    def _register_pagination_header(self) -> None:
        """Register nothing: pagination is in the response body."""

    def _completed(self, document: dict[str, Any]) -> dict[str, Any]:
        used: set[int] = set()
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if method != "parameters":
                    used |= _complete(path, method, operation)
        document["components"]["responses"] = {f"Problem{status}": _problem_response(status) for status in sorted(used)}
        return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    """Add security, headers and shared problems to the operation. Returns the statuses of the shared problems."""
    needs_token = operation["operationId"] not in PUBLIC_ENDPOINTS
    if not needs_token:
        operation["security"] = []
    if needs_token and method in _WRITES:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    statuses = _statuses(path, method, operation, needs_token=needs_token)
    responses = operation["responses"]
    for status in statuses:
        # Replace flask-smorest's own references: their responses lack the problem content type.
        if "$ref" in responses.get(str(status), {"$ref": None}):
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    operation["responses"] = dict(sorted(responses.items()))
    return statuses


def _statuses(path: str, method: str, operation: dict[str, Any], *, needs_token: bool) -> set[int]:
    """The problem statuses shared by all operations of this kind."""
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


def _problem_response(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
