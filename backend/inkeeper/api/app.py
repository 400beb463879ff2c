"""The Flask applications: the checks of every request, the headers of every response, and the list of resources.

There are two: the API, with the health check and the calendar feed, and the pages. They have the same store and
settings. The modules and routes of the pages are loaded when the server answers already (`load_pages`), or for the
first page that is asked for: they take a quarter of the start, and the extension needs none of them.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any

from flask import Flask, Request, Response, g, request
from flask.json.provider import JSONProvider
from flask_cors.core import DEFAULT_OPTIONS, get_cors_options, set_cors_headers

import inkeeper
from inkeeper.api import (
    accounts,
    advice,
    calendar,
    campaigns,
    devices,
    erasures,
    health,
    imports,
    inmails,
    ledger,
    observations,
    pages,
    pairings,
    people,
    plan_changes,
    planning,
    report,
    results,
    rule_books,
    server,
    sign_ins,
    summary,
    target_files,
    targets,
    texts,
)
from inkeeper.api.auth import PUBLIC_ENDPOINTS, authenticate
from inkeeper.api.blueprint import Api
from inkeeper.api.guard import (
    EXTENSION_ORIGINS,
    MAX_BODY_BYTES,
    MAX_UPLOAD_BYTES,
    UPLOAD_ENDPOINTS,
    check_body,
    check_host,
    check_origin,
    check_query,
    check_site,
    check_upload,
)
from inkeeper.api.parsing import parse_json
from inkeeper.api.problems import handle_problems
from inkeeper.api.routing import Id, Rule
from inkeeper.api.schemas_base import VERSION_HEADER
from inkeeper.api.uploads import REFUSAL, ImportQueue, head_check_for
from inkeeper.clock import utc_now
from inkeeper.jsontext import to_json
from inkeeper.services.ledger.report import Reports
from inkeeper.settings import Settings
from inkeeper.storage.database import Store
from inkeeper.web.blueprint import PAGES

_log = logging.getLogger("inkeeper.request")

RESOURCES = (
    server,
    health,
    pairings,
    sign_ins,
    devices,
    rule_books,
    accounts,
    summary,
    report,
    advice,
    ledger,
    observations,
    plan_changes,
    inmails,
    people,
    targets,
    target_files,
    texts,
    campaigns,
    planning,
    results,
    imports,
    calendar,
    erasures,
)
"""The modules whose `blueprint`s form the API, in the order of the OpenAPI document."""

HEADERS = {
    "X-Inkeeper-Api": str(server.API_VERSION),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Under "no-referrer" Firefox sends `Origin: null` with what the server's own pages post.
    "Referrer-Policy": "same-origin",
}
"""The headers of every response."""

_NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def create_app(
    store: Store,
    *,
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    show_code: Callable[[str, str], None] = lambda _device_name, _code: None,
) -> App:
    """Create the application over an open store. `show_code(device_name, code)` shows a pairing code to the owner."""
    app = App(lambda: _create_pages(app, settings, clock))
    app.extensions["inkeeper.store"] = store
    app.extensions["inkeeper.settings"] = settings
    app.extensions["inkeeper.show_code"] = show_code
    app.extensions["inkeeper.summaries"] = summary.Summaries(summary.SUMMARIES_KEPT)
    app.extensions["inkeeper.reports"] = Reports()
    app.extensions["inkeeper.described_reports"] = report.DescribedReports(report.REPORTS_KEPT)
    app.extensions["inkeeper.read_limit"] = calendar.read_limit()
    app.extensions["inkeeper.redeem_limit"] = sign_ins.redeem_limit()
    app.extensions["inkeeper.import_queue"] = ImportQueue()
    app.extensions["inkeeper.head_check"] = head_check_for(app, settings.allowed_hosts, clock)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        API_TITLE="Inkeeper",
        API_VERSION=inkeeper.__version__,
        OPENAPI_VERSION="3.1.0",
    )
    _check_every_request(app, settings, clock)
    _complete_every_response(app)
    handle_problems(app)
    _register_resources(app)
    return app


def load_pages(app: App) -> None:
    """Load the pages and their templates, so that the first visit is fast. For a thread after the start."""
    from inkeeper.web.templating import warm

    warm(app.pages())
    # Garbage collection need not look at what stays until the end; see `Server.run`.
    gc.freeze()


def _create_pages(api: App, settings: Settings, clock: Callable[[], datetime]) -> Flask:
    """Create the application of the pages, with the extensions and the configuration of the API."""
    from inkeeper.web.views import register_pages

    pages = _Application()
    pages.extensions, pages.config = api.extensions, api.config
    _check_every_request(pages, settings, clock)
    _complete_every_response(pages)
    handle_problems(pages)
    register_pages(pages)
    return pages


def _check_every_request(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> None:
    @app.before_request
    def check() -> None:
        g.started = time.perf_counter()
        # `request` is a proxy with a context look-up on each access; take the object once.
        current: Request = request._get_current_object()  # type: ignore[attr-defined]
        environ, endpoint = current.environ, current.endpoint
        check_host(environ, settings.allowed_hosts)
        check_origin(environ)
        check_site(environ)
        check_query(environ)
        if REFUSAL in environ:
            raise environ[REFUSAL]
        # Unknown paths and methods (404, 405) and CORS preflights need no token: they reach no handler.
        if current.routing_exception is not None or environ["REQUEST_METHOD"] == "OPTIONS":
            return
        g.now = now = clock()
        if current.blueprint == PAGES:
            # `web.access` checks the token and body of pages.
            return
        if endpoint not in PUBLIC_ENDPOINTS:
            authenticate(environ, now)
        if endpoint in UPLOAD_ENDPOINTS:
            current.max_content_length = MAX_UPLOAD_BYTES
            check_upload(environ)
        else:
            check_body(environ)


def _complete_every_response(app: Flask) -> None:
    cors = get_cors_options(
        app,
        DEFAULT_OPTIONS,
        {
            "origins": list(EXTENSION_ORIGINS),
            "methods": ["GET", "POST", "PATCH", "DELETE"],
            "allow_headers": ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", VERSION_HEADER],
            "expose_headers": ["X-Inkeeper-Api", "ETag", "Retry-After", "Idempotency-Replayed"],
            "max_age": 600,
            "allow_private_network": True,
        },
    )

    @app.after_request
    def complete(response: Response) -> Response:
        current: Request = request._get_current_object()  # type: ignore[attr-defined]
        if current.blueprint == PAGES:
            # Pages set some of these headers themselves.
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        else:
            response.headers.extend(HEADERS)
        if "Content-Security-Policy" not in response.headers:
            response.headers.add("Content-Security-Policy", _NOTHING_ALLOWED)
        # Without an Origin flask-cors adds nothing, and it takes a tenth of the time of a short response.
        if "HTTP_ORIGIN" in current.environ:
            set_cors_headers(response, cors)
        # Log the route's pattern, not the path: paths hold ids, and mistyped paths may hold private text.
        _log.info(
            "%s %s %d %.1f ms",
            current.method,
            current.url_rule or "-",
            response.status_code,
            (time.perf_counter() - g.started) * 1000,
        )
        return response


def _register_resources(app: Flask) -> None:
    app.register_blueprint(pages.blueprint)
    api = Api(
        app,
        spec_kwargs={
            "info": {"description": pages.API_DESCRIPTION},
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    app.extensions["inkeeper.api"] = api
    for module in RESOURCES:
        api.register_blueprint(module.blueprint)


class _Application(Flask):
    """Flask with two overrides:

    - Exceptions are logged by `problems` only: their text can hold user data.
    - `ensure_sync` is skipped: all views are synchronous.
    """

    url_rule_class = Rule

    def __init__(self) -> None:
        super().__init__("inkeeper", static_folder=None, root_path=pages.ROOT)
        self.json = _Json(self)
        # By default Flask redirects `//` to `/`; API clients do not expect a redirect.
        self.url_map.merge_slashes = False
        self.url_map.converters["default"] = Id

    def log_exception(self, exc_info: Any) -> None:
        """Log nothing; `problems` logs the traceback without the exception's text."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged."""
        return func


class App(_Application):
    """The API. Requests for all other paths are handled by the application of the pages."""

    def __init__(self, create_pages: Callable[[], Flask]) -> None:
        """`create_pages` is called once, for the first of these requests or for `pages`."""
        super().__init__()
        self._create_pages = create_pages
        self._pages: Flask | None = None
        self._pages_lock = Lock()

    def wsgi_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Handle a request."""
        first = environ["PATH_INFO"][1:].partition("/")[0]
        handle = super().wsgi_app if first in self._first_parts else self.pages().wsgi_app
        return handle(environ, start_response)

    @cached_property
    def _first_parts(self) -> frozenset[str]:
        """The first parts of the API's paths, such as `api` and `health`. No page's path begins with one."""
        return frozenset(rule.rule[1:].partition("/")[0] for rule in self.url_map.iter_rules())

    def pages(self) -> Flask:
        """The application of the pages. Thread-safe."""
        with self._pages_lock:
            if self._pages is None:
                self._pages = self._create_pages()
            return self._pages


class _Json(JSONProvider):
    """Flask's JSON provider, backed by `jsontext` and `parsing`."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return to_json(obj)

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return parse_json(s.encode() if isinstance(s, str) else s)
