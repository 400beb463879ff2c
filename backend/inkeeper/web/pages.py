"""HTML responses: the shell, pages and their fragments, parts of a page, and error messages."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from inkeeper.api import problems
from inkeeper.errors import Problem
from inkeeper.web import words
from inkeeper.web.blueprint import blueprint
from inkeeper.web.language import gettext, render
from inkeeper.web.seats import NoAccountYet, Seats

_HTML = "text/html; charset=utf-8"


def shell() -> Response:
    """The document without data, for a visit without a token."""
    return _html(render("app/document.html", title=None, here=_place(request.path), seats=None))


def page(
    template: str, *, title: str, here: str, seats: Seats | None = None, status: int = 200, **values: Any
) -> Response:
    """Render a page: the fragment for htmx, otherwise the whole document.

    `title` must not contain names of people. `here` is the page's entry in the navigation: home, people, history,
    report or settings.
    """
    for_htmx = "HX-Request" in request.headers or "HX-History-Restore-Request" in request.headers
    layout = "app/fragment.html" if for_htmx else "app/document.html"
    return _html(render(template, layout=layout, title=title, here=here, seats=seats, **values), status)


def part(template: str, status: int = 200, **values: Any) -> Response:
    """Render a part of a page for htmx to swap in."""
    return _html(render(template, **values), status)


def problem_part(text: str, status: int) -> Response:
    """Render an error message into the page's area for problems. Typed values are kept."""
    return part("app/problem.html", status, text=text)


def _html(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type=_HTML)


def _place(path: str) -> str:
    return path.split("/")[1] or "home"


@blueprint.errorhandler(Problem)
def _show_problem(problem: Problem) -> Response:
    # Errors before authentication (host, origin, token) are sent as problem+json, as in the API.
    if "actor" not in g:
        return problems.respond(problem)
    response = problem_part(words.problem(problem), problem.status)
    if "Retry-After" in problem.headers:
        response.headers["Retry-After"] = problem.headers["Retry-After"]
    return response


@blueprint.errorhandler(NoAccountYet)
def _show_no_account(_: NoAccountYet) -> Response:
    return page("app/no_account.html", title=gettext("Welcome"), here="home")
