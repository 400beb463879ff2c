"""Answers in HTML: the shell, pages and their fragments, parts of a page, and refusals in a person's words."""

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
    """The document without data, for a visit that brings no token."""
    return _html(render("app/document.html", title=None, here=_place(request.path), seats=None))


def page(
    template: str, *, title: str, here: str, seats: Seats | None = None, status: int = 200, **values: Any
) -> Response:
    """A page: only its fragment for htmx, else the whole document. `title` must hold no names of people.

    `here` is the page's place in the navigation: home, people, history, report or settings.
    """
    for_htmx = "HX-Request" in request.headers or "HX-History-Restore-Request" in request.headers
    layout = "app/fragment.html" if for_htmx else "app/document.html"
    return _html(render(template, layout=layout, title=title, here=here, seats=seats, **values), status)


def part(template: str, status: int = 200, **values: Any) -> Response:
    """A part of a page, for htmx to swap in."""
    return _html(render(template, **values), status)


def problem_part(text: str, status: int) -> Response:
    """A refusal in the page's own place for problems; whatever was typed stays."""
    return part("app/problem.html", status, text=text)


def _html(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type=_HTML)


def _place(path: str) -> str:
    return path.split("/")[1] or "home"


@blueprint.errorhandler(Problem)
def _show_problem(problem: Problem) -> Response:
    # Before the token is known to be good, refusals are the API's: the host, the origin, the token itself.
    if "actor" not in g:
        return problems.respond(problem)
    response = problem_part(words.problem(problem), problem.status)
    if "Retry-After" in problem.headers:
        response.headers["Retry-After"] = problem.headers["Retry-After"]
    return response


@blueprint.errorhandler(NoAccountYet)
def _show_no_account(_: NoAccountYet) -> Response:
    return page("app/no_account.html", title=gettext("Welcome"), here="home")
