"""The routes of the pages: which answer with the shell, which take a file, and which headers their answers carry."""

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
"""What every answer of the pages carries, unless its view says otherwise."""


class Blueprint(FlaskBlueprint):
    """Flask's, with a list of the routes that are whole pages, and one of those that take a file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pages: set[str] = set()
        """Endpoints that a person may open in a browser: without a token they answer with the shell."""
        self.uploads: set[str] = set()
        """Endpoints that take a file."""
        self.public: set[str] = set()
        """Endpoints that need no token: they hold no data, or their address is a secret."""

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


blueprint = Blueprint("web", __name__, template_folder="templates")


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """Add what every answer of the pages carries."""
    for name, value in PAGE_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def is_page_visit(endpoint: str | None, environ: dict[str, Any]) -> bool:
    """Whether a person opens a page: a navigation, which brings no token, rather than a request of htmx."""
    return (
        endpoint in blueprint.pages
        and "HTTP_AUTHORIZATION" not in environ
        and "HTTP_HX_REQUEST" not in environ
        and "HTTP_HX_HISTORY_RESTORE_REQUEST" not in environ
        # Browsers send none of these to plain http in a local network.
        and environ.get("HTTP_SEC_FETCH_MODE", "navigate") == "navigate"
        and environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"
    )
