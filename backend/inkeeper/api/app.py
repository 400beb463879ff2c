"""The Flask applications: the checks of every request and the headers of every response.

There are three, with the same store, settings and checks:

1. `App` is the server's. It handles the first paths (`FIRST`) itself.
2. The API: `resources` lists its modules.
3. The pages: `inkeeper.web.views` lists their modules.

The modules and routes of the last two take longer than all else at the start. They are loaded when the server answers
already (`load_rest`), or for the first request that needs them.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Flask, Request, Response, g, request
from flask.json.provider import JSONProvider
from flask_cors.core import DEFAULT_OPTIONS, get_cors_options, set_cors_headers

from inkeeper.api import health, server
from inkeeper.api.auth import PUBLIC_ENDPOINTS, authenticate
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
from inkeeper.settings import Settings
from inkeeper.storage.database import Store
from inkeeper.web.blueprint import PAGES

_log = logging.getLogger("inkeeper.request")

FIRST = (server, health)
"""The modules whose routes are handled from the start: how clients and service managers find the server."""

_ROOT = str(Path(__file__).parent)

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
    app = App(settings, clock)
    app.extensions["inkeeper.store"] = store
    app.extensions["inkeeper.settings"] = settings
    app.extensions["inkeeper.show_code"] = show_code
    app.extensions["inkeeper.import_queue"] = ImportQueue()
    app.extensions["inkeeper.head_check"] = head_check_for(app, settings.allowed_hosts, clock)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    for module in FIRST:
        app.register_blueprint(module.blueprint)
    return app


def load_rest(app: App, *, with_pages: bool) -> None:
    """Load the API, and `with_pages` the pages and their templates, before a request needs them.

    It is for a thread after the start. Garbage collection, which the start has switched off, is on afterwards.
    """
    try:
        app.api()
        if with_pages:
            pages = app.pages()

            from inkeeper.web.templating import warm

            warm(pages)
    finally:
        gc.enable()


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


class _Application(Flask):
    """Flask with the checks and headers of this server, and with two overrides:

    - Exceptions are logged by `problems` only: their text can hold user data.
    - `ensure_sync` is skipped: all views are synchronous.
    """

    url_rule_class = Rule

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        super().__init__("inkeeper", static_folder=None, root_path=_ROOT)
        self.json = _Json(self)
        # By default Flask redirects `//` to `/`; API clients do not expect a redirect.
        self.url_map.merge_slashes = False
        self.url_map.converters["default"] = Id
        _check_every_request(self, settings, clock)
        _complete_every_response(self)
        handle_problems(self)

    def log_exception(self, exc_info: Any) -> None:
        """Log nothing; `problems` logs the traceback without the exception's text."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged."""
        return func


class App(_Application):
    """The application that handles the first paths, and hands all other requests to those of the API and the pages."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        super().__init__(settings, clock)
        self.on_loaded: Callable[[], None] = lambda: None
        """Called when the API or the pages have been loaded."""
        self._new_part = lambda: _Application(settings, clock)
        self._lock = Lock()
        self._api: Flask | None = None
        self._pages: Flask | None = None

    def wsgi_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Handle a request."""
        path = environ["PATH_INFO"]
        if path in self._own_paths:
            return super().wsgi_app(environ, start_response)
        part = self.api() if _first_part(path) in self._api_parts else self.pages()
        return part.wsgi_app(environ, start_response)

    def api(self) -> Flask:
        """The application of the API, with the first paths too. Thread-safe."""
        return self._api or self._load_api()

    def pages(self) -> Flask:
        """The application of the pages, loaded after that of the API. Thread-safe."""
        return self._pages or self._load_pages()

    def _load_api(self) -> Flask:
        # One thread at a time imports, and the others wait for it.
        with self._lock:
            if self._api is None:
                from inkeeper.api.resources import register_resources

                self._api = self._part(register_resources)
            return self._api

    def _load_pages(self) -> Flask:
        self.api()
        with self._lock:
            if self._pages is None:
                from inkeeper.web.views import register_pages

                self._pages = self._part(register_pages)
            return self._pages

    def _part(self, register: Callable[[Flask], None]) -> Flask:
        """A new application with the configuration and the extensions of this one."""
        part = self._new_part()
        part.extensions, part.config = self.extensions, self.config
        register(part)
        self.on_loaded()
        return part

    @cached_property
    def _own_paths(self) -> frozenset[str]:
        return frozenset(rule.rule for rule in self.url_map.iter_rules())

    @cached_property
    def _api_parts(self) -> frozenset[str]:
        """The first parts of the API's paths, such as `calendar`. No page's path begins with one."""
        return frozenset(_first_part(rule.rule) for rule in self.api().url_map.iter_rules())


def _first_part(path: str) -> str:
    """`api` for `/api/v1/server`."""
    return path[1:].partition("/")[0]


class _Json(JSONProvider):
    """Flask's JSON provider, backed by `jsontext` and `parsing`."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return to_json(obj)

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return parse_json(s.encode() if isinstance(s, str) else s)
