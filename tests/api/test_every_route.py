"""Every route against everyone who may not use it. A new route fails here until it is named below."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inkeeper.api.app import App
from inkeeper.api.auth import PUBLIC_ENDPOINTS
from inkeeper.web.blueprint import blueprint as web
from tests.conftest import Device

# The routes that need no token. Anything added here is open to every program on the machine.
PUBLIC = {
    "GET /api/docs",
    "GET /api/v1/openapi.json",
    "GET /api/v1/server",
    "POST /api/v1/pairings",
    "POST /api/v1/pairings/<pairing_id>/confirm",
    "DELETE /api/v1/pairings/<pairing_id>",
    "GET /calendar/<secret>.ics",
    "GET /health",
    "POST /api/v1/sign-ins/redeem",
    "GET /assets/<digest>/<name>",
    "GET /downloads/<ticket>",
    "GET /manifest.webmanifest",
}

# The pages: a visit without a token is answered with the shell, which holds no data (see tests/web/test_access.py).
PAGES = {
    "GET /",
    "GET /people",
    "GET /history",
    "GET /history/credits",
    "GET /people/campaigns",
    "GET /people/plan",
    "GET /people/results",
    "GET /people/texts",
    "GET /report",
    "GET /settings",
    "GET /settings/account",
    "GET /settings/account/new",
    "GET /settings/about",
    "GET /settings/browsers",
    "GET /settings/data",
    "GET /settings/reminders",
    "GET /settings/plan",
    "GET /welcome",
}

# A body that the route's schema takes, for each route that needs one: without it the request would be refused before
# it is looked at whose resource it is about.
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/pairings": {"device": "Firefox on Linux"},
    "POST /api/v1/pairings/<pairing_id>/confirm": {"code": "000000"},
    "POST /api/v1/devices/current/secret": {},
    "POST /api/v1/sign-ins": {},
    "POST /api/v1/sign-ins/redeem": {"secret": "missing", "device": "Firefox on Linux"},
    "POST /api/v1/accounts": {
        "name": "My seat",
        "plan": "premium_career",
        "rule_book": "month_end",
        "time_zone": "UTC",
    },
    "PATCH /api/v1/accounts/<account_id>": {"name": "Another name"},
    "POST /api/v1/accounts/<account_id>/calendar": {"renew": True},
    "POST /api/v1/accounts/<account_id>/observations": {"balance": 3, "source": "person"},
    "POST /api/v1/accounts/<account_id>/plan-changes": {"plan": "sales_navigator"},
    "POST /api/v1/accounts/<account_id>/inmails": {"recipient": {"name": "Robin Sample"}, "source": "popup"},
    "PATCH /api/v1/accounts/<account_id>/inmails/<inmail_id>": {"note": "met at a fair"},
    "POST /api/v1/people": {"name": "Robin Sample"},
    "PATCH /api/v1/people/<person_id>": {"company": "Sample & Sons"},
    "POST /api/v1/targets": {"person": {"name": "Robin Sample"}},
    "PATCH /api/v1/targets/<target_id>": {"note": "met at a fair"},
    "POST /api/v1/campaigns": {"name": "Autumn", "account": "missing"},
    "PATCH /api/v1/campaigns/<campaign_id>": {"name": "Winter"},
    "POST /api/v1/campaigns/<campaign_id>/targets": {"targets": []},
    "POST /api/v1/accounts/<account_id>/plan": {"targets": "all_ready"},
    "POST /api/v1/texts": {"name": "Hello", "subject": "A question", "body": "Hi {{first_name}}"},
    "PATCH /api/v1/texts/<text_id>": {"name": "Another name"},
    "POST /api/v1/texts/<text_id>/preview": {"person": {"name": "Robin Sample"}},
}

# The same for the routes that need a query.
QUERIES: dict[str, dict[str, str]] = {
    "GET /api/v1/people/lookup": {"name": "Robin Sample"},
}

# The same for the routes that take a page's form. Their key is added, since each submit needs another.
FORMS: dict[str, dict[str, str]] = {
    "POST /sign-out": {},
    "POST /accounts/<account_id>/inmails": {"who": "Sasha Specimen"},
    "POST /accounts/<account_id>/inmails/<inmail_id>/outcome": {"outcome": "replied"},
    "POST /accounts/<account_id>/inmails/<inmail_id>/row/restore": {},
    "POST /accounts/<account_id>/inmails/<inmail_id>/row/remove": {},
    "POST /accounts/<account_id>/inmails/<inmail_id>/edit": {
        "outcome": "replied",
        "name": "Robin Sample",
        "day": "2026-11-23",
        "cost": "1",
    },
    "POST /accounts/<account_id>/inmails/<inmail_id>/remove": {},
    "POST /accounts/<account_id>/inmails/<inmail_id>/restore": {},
    "POST /accounts/<account_id>/observations": {"balance": "3"},
    "POST /accounts/<account_id>/observations/<observation_id>/withdraw": {},
    "POST /people/campaigns": {"name": "Autumn"},
    "POST /people/campaigns/<campaign_id>": {"name": "Winter"},
    "POST /people/campaigns/<campaign_id>/delete": {},
    "POST /people/campaigns/<campaign_id>/restore": {},
    "POST /people/plan": {"all": "1"},
    "POST /people/plan/preview": {"all": "1"},
    "POST /people/plan/save": {"all": "1"},
    "POST /people/plan/undo": {"plan": "missing=2026-11-30"},
    "POST /history/download": {},
    "POST /people/texts": {"name": "Hello", "subject": "A question", "body": "Hi {{first_name}}"},
    "POST /people/texts/again": {"name": "Hello", "subject": "A question", "body": "Hi {{first_name}}"},
    "POST /people/texts/preview": {"body": "Hi {{first_name}}"},
    "POST /people/texts/<text_id>": {"name": "Hello", "subject": "A question", "body": "Hi {{first_name}}"},
    "POST /people/texts/<text_id>/delete": {},
    "POST /people/texts/<text_id>/restore": {},
    "POST /people": {"who": "Robin Sample"},
    "POST /people/do": {"what": "drop"},
    "POST /people/undo": {"what": "drop", "before": "[]"},
    "POST /people/download": {},
    "POST /people/targets/<target_id>/edit": {"name": "Robin Sample"},
    "POST /people/targets/<target_id>/later": {"what": "tomorrow"},
    "POST /report/download": {"format": "csv"},
    "POST /accounts/<account_id>/settings/account": {"name": "My seat", "day1": "1"},
    "POST /accounts/<account_id>/settings/warnings": {"first": "7", "second": "3", "third": "1"},
    "POST /accounts/<account_id>/settings/plan/preview": {"to": "sales_navigator"},
    "POST /accounts/<account_id>/settings/plan": {"to": "sales_navigator"},
    "POST /accounts/<account_id>/settings/plan/<change_id>/undo": {},
    "POST /accounts/<account_id>/settings/rules/preview": {"book": "rolling"},
    "POST /accounts/<account_id>/settings/rules": {"book": "rolling"},
    "POST /accounts/<account_id>/settings/imports/<import_id>/undo": {},
    "POST /settings/browsers/code": {},
    "POST /settings/browsers/phone": {},
    "POST /settings/browsers/<other_id>/disconnect": {},
    "POST /accounts/<account_id>/settings/calendar": {"renew": "1"},
    "POST /accounts/<account_id>/settings/calendar/end": {},
    "POST /accounts/<account_id>/settings/reminder-names": {"names": "1"},
    "POST /accounts/<account_id>/settings/calendar/download": {},
    "POST /settings/erase/preview": {"person": "https://www.linkedin.com/in/robin-sample"},
    "POST /settings/erase": {"person": "https://www.linkedin.com/in/robin-sample"},
    "POST /settings/language": {"language": "de"},
    "POST /settings/accounts": {"name": "Another", "plan": "premium_career", "zone": "UTC"},
    "POST /accounts/<account_id>/credit-rules": {"kept": "yes"},
    "POST /welcome/code": {},
    "POST /autostart": {"on": "0"},
    "POST /settings/backups": {"on": "1"},
    "POST /welcome/plan": {"plan": "sales_navigator", "balance": "12"},
}

# The forms above that are stale without the version that they were rendered from.
NEED_VERSION = {
    "POST /people/campaigns/<campaign_id>",
    "POST /accounts/<account_id>/inmails/<inmail_id>/edit",
    "POST /people/targets/<target_id>/edit",
    "POST /accounts/<account_id>/settings/account",
    "POST /accounts/<account_id>/settings/warnings",
    "POST /accounts/<account_id>/settings/plan",
    "POST /accounts/<account_id>/settings/rules",
    "POST /people/texts/<text_id>",
}

# The content of the file that goes with a form.
FILES = {
    "POST /accounts/<account_id>/settings/import": b"name,sent_at\nRobin Sample,2026-11-02\n",
    "POST /people/several": b"name\nRobin Sample\n",
}

# The same for the routes that take a file: the query, and what goes with the request.
UPLOADS: dict[str, dict[str, Any]] = {
    "POST /api/v1/accounts/<account_id>/imports": {
        "query_string": {"preview": "true"},
        "data": b"name,sent_at\nRobin Sample,2026-11-02\n",
        "content_type": "text/csv",
    },
    "POST /api/v1/targets/import": {
        "query_string": {"preview": "true"},
        "data": b"name\nRobin Sample\n",
        "content_type": "text/csv",
    },
}

WRITES_WITH_BODY = ("POST", "PATCH", "PUT")


NO_TOKEN: list[dict[str, str]] = [
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer ink_wrong"},
    {"Authorization": "Bearer \xff\xfe"},
    {"Authorization": "Basic aW5rZWVwZXI6aW5rZWVwZXI="},
    {"Cookie": "token=ink_wrong"},
]

FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:8425",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil.example#127.0.0.1",
    "evil.example@127.0.0.1",
    "127.0.0.1, evil.example",
    "127.0.0.1:8425:1",
    "127.0.0.1:port",
    "127.0.0.2",
    "0.0.0.0",
    "[::2]",
    "[::1",
    "::1",
    "localhost..",
    "",
    " ",
]

FOREIGN_ORIGINS = [
    "https://www.linkedin.com",
    "http://evil.example",
    "http://localhost:1",
    "https://localhost.evil.example",
    "http://localhost@evil.example",
    "null",
    "",
    "file://",
    "chrome-extension://evil",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop.evil.example",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop\n",
    "xchrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "http://chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://not-a-uuid",
]


class Route(NamedTuple):
    """One method on one route."""

    method: str
    pattern: str
    arguments: frozenset[str]
    endpoint: str

    @property
    def is_page(self) -> bool:
        return self.endpoint.startswith("web.")

    @property
    def name(self) -> str:
        return f"{self.method} {self.pattern}"

    def call(self, client: FlaskClient, ids: dict[str, str], headers: dict[str, str], **body: Any) -> TestResponse:
        path = self.pattern
        for argument in self.arguments:
            path = path.replace(f"<{argument}>", ids[argument])
        if "data" not in body and self.name in BODIES:
            body["json"] = BODIES[self.name]
        elif "data" not in body and self.name in FORMS:
            body["data"] = FORMS[self.name] | {"key": secrets.token_urlsafe(16)}
        elif "data" not in body and self.name in FILES:
            body["data"] = {"file": (BytesIO(FILES[self.name]), "list.csv"), "key": secrets.token_urlsafe(16)}
        elif "data" not in body:
            body |= UPLOADS.get(self.name, {})
        if self.name in QUERIES:
            body["query_string"] = QUERIES[self.name]
        return client.open(path, method=self.method, headers=headers, **body)


def routes_of(app: App) -> list[Route]:
    # The journal of a withdrawal needs what is withdrawn, so what deletes comes last.
    order = ("GET", "PATCH", "PUT", "POST", "DELETE")
    found = [
        Route(method, rule.rule.replace("<string:", "<"), frozenset(rule.arguments), rule.endpoint)
        for rule in (*app.api().url_map.iter_rules(), *app.pages().url_map.iter_rules())
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    return sorted(found, key=lambda route: (order.index(route.method), route.pattern))


@pytest.fixture
def routes(app: App) -> list[Route]:
    return routes_of(app)


@pytest.fixture
def private_routes(routes: list[Route]) -> list[Route]:
    return [route for route in routes if route.name not in PUBLIC]


@pytest.fixture
def revoked(client: FlaskClient, pair: Callable[..., Device]) -> Device:
    device = pair("Kai Example")
    assert client.delete(f"/api/v1/devices/{device.id}", headers=device.headers).status_code == 200
    return device


def test_the_public_routes_are_those_above_and_no_others(routes: list[Route]) -> None:
    public = PUBLIC_ENDPOINTS | web.public
    assert {route.name for route in routes if route.endpoint in public} == PUBLIC
    assert {route.name for route in routes if route.endpoint in web.pages} == PAGES
    assert {route.endpoint for route in routes} >= public | web.pages


def test_no_page_is_below_a_path_of_the_api(app: App) -> None:
    # The first part of a path says which application handles it.
    api, pages = ({rule.rule.split("/")[1] for rule in each.url_map.iter_rules()} for each in (app.api(), app.pages()))

    assert api.isdisjoint(pages)


def test_every_route_is_prepared_for(routes: list[Route], ids: dict[str, str]) -> None:
    for route in routes:
        assert route.arguments <= set(ids), f"{route.name}: say in `ids` how its resource is made"
        if route.method in WRITES_WITH_BODY:
            assert route.name in BODIES | FORMS | FILES | UPLOADS, f"{route.name}: say above what it takes"


def test_no_token_or_a_wrong_one(client: FlaskClient, private_routes: list[Route], ids: dict[str, str]) -> None:
    for headers in NO_TOKEN:
        for route in private_routes:
            if route.name in PAGES and "Authorization" not in headers:
                continue
            response = route.call(client, ids, headers)
            assert_problem(response, 401, "unauthorized", route, str(headers))
            assert response.headers["WWW-Authenticate"].startswith("Bearer"), route.name


def test_a_revoked_token(
    client: FlaskClient, private_routes: list[Route], ids: dict[str, str], revoked: Device
) -> None:
    for route in private_routes:
        assert_problem(route.call(client, ids, revoked.headers), 401, "unauthorized", route)


def test_a_token_in_the_address_counts_for_nothing(
    client: FlaskClient, private_routes: list[Route], ids: dict[str, str], owner: Device
) -> None:
    for route in private_routes:
        response = client.open(
            route.pattern.translate({ord("<"): None, ord(">"): None}),
            method=route.method,
            query_string={"token": owner.token, "access_token": owner.token},
        )
        if route.name in PAGES:
            assert response.data == client.get(route.pattern).data, f"{route.name}: more than the shell"
        else:
            assert response.status_code == 401, route.name


def test_another_owners_resource_is_as_one_that_does_not_exist(
    client: FlaskClient, private_routes: list[Route], ids: dict[str, str], owner: Device, pair: Callable[..., Device]
) -> None:
    stranger = pair("Robin Sample")
    for route in private_routes:
        if not route.arguments:
            continue
        theirs = route.call(client, ids, stranger.headers)
        missing = route.call(client, dict.fromkeys(ids, "missing"), stranger.headers)
        if route.is_page:
            assert theirs.status_code == 404, route.name
        else:
            assert_problem(theirs, 404, "not_found", route)
        assert theirs.data == missing.data, route.name
    # The same requests from the owner succeed, so it was not for another reason that they failed.
    for route in private_routes:
        if route.arguments:
            response = route.call(client, ids, owner.headers)
            expected = (409,) if route.name in NEED_VERSION else (200, 201)
            assert response.status_code in expected, f"{route.name}: {response.status} {response.data}"


@pytest.mark.parametrize(
    "wrong",
    ["%00", "a%00", "%ED%A0%80", "%FF", "x" * 10_000, "x" * 65, "..", "a.b", "%20", "%E2%80%8B", "%2F", "🦄", "1'"],
)
def test_what_cannot_be_an_id_leads_nowhere(
    client: FlaskClient, private_routes: list[Route], ids: dict[str, str], owner: Device, wrong: str
) -> None:
    for route in private_routes:
        for argument in route.arguments:
            # Without a token as well: it is told before anything is looked up.
            for headers in (owner.headers, {}):
                response = route.call(client, ids | {argument: wrong}, headers)
                assert_problem(response, 404, "not_found", route, wrong)


def b64(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


NO_CURSORS = [
    *("x", "=", "é", b64("[]"), b64('{"a": 1}'), b64("[null]"), b64("[true]"), b64("[1.5]"), b64("[NaN]")),
    *(b64('["\\ud800"]'), b64('[1, "\\udfff"]'), b64('["a", "b", "c"]'), b64('[9223372036854775807, "a"]')),
    *(b64('[-62135596800000001, "a"]'), b64("[253402300800000000, 1]"), b64("[9223372036854775808]")),
    *(b64("[" * 3_000), b64(f"[{'9' * 5_000}]"), b64(f'["{"x" * 5_000}"]')),
]


def test_a_cursor_that_was_never_given_out(
    client: FlaskClient, private_routes: list[Route], ids: dict[str, str], owner: Device
) -> None:
    lists = [
        route
        for route in private_routes
        if route.method == "GET" and "next_cursor" in (route.call(client, ids, owner.headers).json or {})
    ]
    assert len(lists) >= 7
    for route in lists:
        for cursor in NO_CURSORS:
            response = route.call(client, ids, owner.headers, query_string={"cursor": cursor})
            assert_problem(response, 422, "invalid", route, cursor)


def test_lists_hold_nothing_of_another_owner(
    client: FlaskClient, routes: list[Route], ids: dict[str, str], pair: Callable[..., Device]
) -> None:
    stranger = pair("Robin Sample")
    for route in routes:
        if route.method == "GET" and not route.arguments:
            text = route.call(client, ids, stranger.headers).get_data(as_text=True)
            assert not [value for value in ids.values() if value in text], route.name


def test_a_foreign_host(client: FlaskClient, routes: list[Route], ids: dict[str, str], owner: Device) -> None:
    for host in FOREIGN_HOSTS:
        for route in routes:
            response = route.call(client, ids, {**owner.headers, "Host": host})
            assert_problem(response, 421, "misdirected_request", route, host)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nowhere"), ("PUT", "/api/v1/server"), ("OPTIONS", "/api/v1/accounts"), ("HEAD", "/"), ("TRACE", "/")],
)
def test_a_foreign_host_where_there_is_nothing(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method, headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8425",
        "127.0.0.1:1",
        "localhost",
        "LocalHost:8425",
        "localhost.",
        "localhost.:8425",
        "[::1]",
        "[::1]:8425",
        "[0:0:0:0:0:0:0:1]:8425",
        "[::0001]",
    ],
)
def test_the_servers_own_names(client: FlaskClient, host: str) -> None:
    assert client.get("/api/v1/server", headers={"Host": host}).status_code == 200


def test_a_foreign_origin(client: FlaskClient, routes: list[Route], ids: dict[str, str], owner: Device) -> None:
    for origin in FOREIGN_ORIGINS:
        for route in routes:
            # Past the client's own check of headers, which would not send some of these.
            response = route.call(client, ids, owner.headers, environ_overrides={"HTTP_ORIGIN": origin})
            assert_problem(response, 403, "forbidden_origin", route, origin)
            assert "Access-Control-Allow-Origin" not in response.headers, f"{route.name} {origin}"


def test_a_form_instead_of_json(client: FlaskClient, routes: list[Route], ids: dict[str, str], owner: Device) -> None:
    for route in routes:
        if route.method == "GET" or route.is_page:
            continue
        for form in ({"data": {"name": "x"}}, {"data": '{"name": "x"}', "content_type": "text/plain"}):
            assert_problem(route.call(client, ids, owner.headers, **form), 415, "unsupported_media_type", route)


def test_json_instead_of_a_form(client: FlaskClient, routes: list[Route], ids: dict[str, str], owner: Device) -> None:
    for route in routes:
        if route.is_page and route.method != "GET":
            response = route.call(client, ids, owner.headers, data='{"name": "x"}', content_type="application/json")
            assert response.status_code == 415, route.name


def assert_problem(response: TestResponse, status: int, code: str, route: Route, case: str = "") -> None:
    what = f"{route.name} {case}"
    assert response.status_code == status, f"{what}: {response.status} {response.get_data(as_text=True)}"
    assert response.content_type == "application/problem+json", what
    assert response.headers["X-Inkeeper-Api"] == "1", what
    assert response.json["code"] == code, what
