"""The practice pages served over TLS as www.linkedin.com, for the tests and for `make demo`.

Nothing of LinkedIn is contacted: a Chromium started with `browser_flags` maps that one host to this
server and trusts its certificate, which is created at each start.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import html
import json
import re
import signal
import ssl
import tempfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PAGES = Path(__file__).parents[1] / "practice_pages"
HOST = "www.linkedin.com"
ASSETS = {"/practice.css": "text/css", "/practice.js": "text/javascript", "/main_site.js": "text/javascript"}
ROUTES = (
    (re.compile(r"^/(feed/?)?$"), "start.html"),
    (re.compile(r"^/in/(?P<slug>[^/]+)/?$"), "person.html"),
    (re.compile(r"^/sales/lead/(?P<lead>[^/,]+)[^/]*/?$"), "sales_lead.html"),
    (re.compile(r"^/talent/profile/(?P<lead>[^/]+)/?$"), "recruiter_person.html"),
    (re.compile(r"^/messaging/compose/?$"), "messaging_compose.html"),
    (re.compile(r"^/messaging(/.*)?$"), "messaging.html"),
)
"""The paths of the practice pages. The first that matches counts."""

COMPOSERS = {
    "main": "/in/kai-example/",
    "compose": "/messaging/compose/",
    "sales": "/sales/lead/ACwAAAKaiExample,NAME_SEARCH",
    "recruiter": "/talent/profile/ACwAAAKaiExample",
}
"""The address of each page that can have a composer, for Kai Example."""


def people() -> list[dict[str, str]]:
    """The invented people of the practice site: name, slug, lead, headline."""
    return json.loads((PAGES / "people.json").read_text(encoding="utf-8"))


def page_for(path: str) -> str | None:
    """The page at a path (without its query), or None."""
    match, file_name = _route(path)
    return match and _filled((PAGES / file_name).read_text(encoding="utf-8"), _person(match.groupdict()))


def file_at(path: str) -> str:
    """The name of the file of the page at a path; empty for a path without a page."""
    return _route(path.partition("?")[0])[1]


def _route(path: str) -> tuple[re.Match[str] | None, str]:
    found = ((pattern.match(path), file_name) for pattern, file_name in ROUTES)
    return next(((match, file_name) for match, file_name in found if match), (None, ""))


def _person(found: dict[str, str]) -> dict[str, str]:
    """The person that a path names. An unlisted slug becomes a name, without digits."""
    given = urllib.parse.unquote(found.get("slug") or found.get("lead") or "")
    for person in people():
        if given.lower() in (person["slug"], person["lead"].lower()):
            return person
    words = [word for word in given.split("-") if word and not word.isdigit()]
    name = " ".join(word.capitalize() for word in words) or "Kai Example"
    return {"name": name, "slug": given or "kai-example", "lead": "ACwAAAExample", "headline": "Invented person"}


def _filled(page: str, person: dict[str, str]) -> str:
    links = "".join(
        f'<li><a href="/sales/lead/{one["lead"]},NAME_SEARCH">{one["name"]}</a> <span>{one["headline"]}</span> '
        f'<a href="/in/{one["slug"]}/?composer=none">public profile</a></li>'
        for one in people()
    )
    for key, value in person.items():
        page = page.replace("{{" + key + "}}", html.escape(value))
    return page.replace("{{people}}", links)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.requested_paths.append(self.path)
        path = urllib.parse.urlsplit(self.path).path
        if path in ASSETS:
            self._answer(200, ASSETS[path], (PAGES / path[1:]).read_text(encoding="utf-8"))
            return
        page = page_for(path)
        self._answer(200 if page else 404, "text/html", page or "<!doctype html><title>No such practice page</title>")

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent: the tests' own output is the log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.requested_paths: list[str] = []

    def handle_error(self, *_: object) -> None:
        """Ignores connections that the browser closes early."""


class PracticeSite:
    """The running practice site. Use as a context manager."""

    def __init__(self, port: int = 0) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert(HOST)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        self._server = _Server(("127.0.0.1", port), _Handler)
        # Each connection's thread does its handshake: in the accepting thread an idle one would block all others.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = int(self._server.server_address[1])
        self._key_hash = public_key_hash(certificate.cert_chain_pems[0].bytes())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> PracticeSite:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def browser_flags(self) -> tuple[str, ...]:
        """The flags with which Chromium maps www.linkedin.com to this site and trusts its certificate only."""
        return (
            f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{self.port}",
            f"--ignore-certificate-errors-spki-list={self._key_hash}",
        )

    @property
    def requested_paths(self) -> list[str]:
        """The paths requested so far, with their queries."""
        return self._server.requested_paths

    @staticmethod
    def person(slug: str = "kai-example") -> str:
        """The address of a person's page, on which no composer is open."""
        return f"https://{HOST}/in/{slug}/?composer=none"

    @staticmethod
    def lead(lead: str = "ACwAAAKaiExample") -> str:
        """The address of a Sales Navigator lead."""
        return f"https://{HOST}/sales/lead/{lead},NAME_SEARCH"

    @staticmethod
    def composer(surface: str, **asked: str) -> str:
        """The address of a page with an open composer for Kai Example. `surface` is one of `COMPOSERS`.

        practice.js lists the parameters.
        """
        return f"https://{HOST}{COMPOSERS[surface]}?{urllib.parse.urlencode(asked)}"


def public_key_hash(certificate_pem: bytes) -> str:
    """The value of Chromium's `--ignore-certificate-errors-spki-list`: base64 of SHA-256 over the public key in DER."""
    key = x509.load_pem_x509_certificate(certificate_pem).public_key()
    return base64.b64encode(
        hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    ).decode()


def main() -> None:
    """Serves the practice site until stopped; writes the browser's flags, one a line, to the file asked for."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--flags-file", type=Path, required=True)
    asked = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with PracticeSite(asked.port) as site:
        _write_whole(asked.flags_file, "\n".join(site.browser_flags) + "\n")
        stop.wait()


def _write_whole(path: Path, text: str) -> None:
    """Writes a file atomically, so that no reader sees a part of it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as part:
        part.write(text)
    Path(part.name).replace(path)


if __name__ == "__main__":
    main()
