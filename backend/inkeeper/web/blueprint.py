"""The blueprint of the pages: registers pages, uploads and public routes, and adds the response headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint as FlaskBlueprint
from flask import Response

View = TypeVar("View", bound=Callable[..., Any])

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    # With `no-referrer` Firefox would send `Origin: null` with every form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""The headers of every response of the pages, unless the view sets them."""


class Blueprint(FlaskBlueprint):
    """Flask's blueprint with three sets of endpoints: pages, uploads and public ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pages: set[str] = set()
        """Endpoints that are whole pages: without a token the response is the shell."""
        self.uploads: set[str] = set()
        """Endpoints that take a file."""
        self.public: set[str] = set()
        """Endpoints without a token: they have no data, or their address is a secret."""

    def page(self, rule: str) -> Callable[[View], View]:
        """Register a view as a page."""
        return self._listed(self.pages, self.get(rule))

    def upload(self, rule: str) -> Callable[[View], View]:
        """Register a view that takes a form with a file (POST, at most 64 MiB)."""
        return self._listed(self.uploads, self.post(rule))

    def open(self, rule: str) -> Callable[[View], View]:
        """Register a view (GET) that needs no token."""
        return self._listed(self.public, self.get(rule))

    def _listed(self, endpoints: set[str], register: Callable[[Any], Any]) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            endpoints.add(f"{self.name}.{view.__name__}")
            register(view)
            return view

        return decorate


PAGES = "web"
"""The name of the pages' blueprint."""

blueprint = Blueprint(PAGES, __name__, template_folder="templates")


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """Add `PAGE_HEADERS` to the response."""
    for name, value in PAGE_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def is_page_visit(endpoint: str | None, environ: dict[str, Any]) -> bool:
    """Whether the request is a navigation to a page (without a token) instead of an htmx request."""
    return (
        endpoint in blueprint.pages
        and "HTTP_AUTHORIZATION" not in environ
        and "HTTP_HX_REQUEST" not in environ
        and "HTTP_HX_HISTORY_RESTORE_REQUEST" not in environ
        # Over plain HTTP in a local network browsers send no Sec-Fetch headers.
        and environ.get("HTTP_SEC_FETCH_MODE", "navigate") == "navigate"
        and environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"
    )
