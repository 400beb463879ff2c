"""A proxy with TLS before two servers, run with its configuration in docs/deploy."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from e2e.harness.client import Client
from e2e.harness.linkedin import public_key_hash
from e2e.harness.server import free_port
from tests.deploy.programs import configuration, running

NAME = "inkeeper.example"
"""The host name in the configurations."""


class _TlsConnection(http.client.HTTPSConnection):
    """A connection to a port of this machine, made as if NAME led there."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        super().__init__(NAME, timeout=60)
        self._here = ("127.0.0.1", port)
        self._tls = context

    def connect(self) -> None:
        """See `HTTPConnection.connect`."""
        self.sock = self._tls.wrap_socket(socket.create_connection(self._here, self.timeout), server_hostname=NAME)


@dataclass
class TlsClient(Client):
    """A client that knows the proxy's certificate."""

    context: ssl.SSLContext | None = None

    def connect(self) -> http.client.HTTPConnection:
        """See `Client.connect`."""
        assert self.context is not None
        return _TlsConnection(self.port, self.context)


class Proxy:
    """A proxy that runs."""

    def __init__(self, port: int, authority: trustme.CA, key_hash: str) -> None:
        self.port = port
        self._context = ssl.create_default_context()
        authority.configure_trust(self._context)
        self._key_hash = key_hash

    def client(self, token: str | None = None) -> TlsClient:
        """A client that reaches the servers through the proxy."""
        return TlsClient(self.port, token, context=self._context)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> tuple[int, bytes]:
        """Status and body of the answer to one request, on a connection of its own."""
        connection = _TlsConnection(self.port, self._context)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def headers(self, path: str) -> http.client.HTTPMessage:
        """The headers of an answer."""
        connection = _TlsConnection(self.port, self._context)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.headers
        finally:
            connection.close()

    def browser_flags(self, others: Sequence[str]) -> tuple[str, ...]:
        """Flags for a Chromium that finds the proxy under NAME and trusts its key, beside those of another site."""
        rules, hashes = others
        return f"{rules},MAP {NAME}:443 127.0.0.1:{self.port}", f"{hashes},{self._key_hash}"


@contextmanager
def haproxy(folder: Path, ports: Sequence[int]) -> Iterator[Proxy]:
    """HAProxy with docs/deploy/haproxy.cfg before the servers at these ports."""
    port, certificate, proxy = _certified(folder)
    text = configuration(
        "haproxy.cfg",
        {
            "bind :443": f"bind 127.0.0.1:{port}",
            "/etc/haproxy/inkeeper.pem": str(certificate),
            "10.0.0.21:8425": f"127.0.0.1:{ports[0]}",
            "10.0.0.22:8425": f"127.0.0.1:{ports[1]}",
        },
    )
    settings = folder / "haproxy.cfg"
    settings.write_text(text, encoding="utf-8")
    with running(folder, "haproxy", "haproxy", "-db", "-f", settings, port=port):
        yield proxy


@contextmanager
def caddy(folder: Path, ports: Sequence[int]) -> Iterator[Proxy]:
    """Caddy with docs/deploy/Caddyfile before the servers at these ports."""
    port, certificate, proxy = _certified(folder)
    text = configuration(
        "Caddyfile",
        {
            "admin off": f"admin off\n\tdefault_bind 127.0.0.1\n\thttp_port {free_port()}\n\thttps_port {port}",
            "/etc/caddy/inkeeper.crt": str(certificate),
            "/etc/caddy/inkeeper.key": str(certificate),
            "10.0.0.21:8425": f"127.0.0.1:{ports[0]}",
            "10.0.0.22:8425": f"127.0.0.1:{ports[1]}",
        },
    )
    settings = folder / "Caddyfile"
    settings.write_text(text, encoding="utf-8")
    home = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    command = ("caddy", "run", "--config", settings, "--adapter", "caddyfile")
    with running(folder, "caddy", *command, port=port, env=home):
        yield proxy


def _certified(folder: Path) -> tuple[int, Path, Proxy]:
    """A port, a file with certificate and key, and what clients need to know of both."""
    authority, port = trustme.CA(), free_port()
    issued = authority.issue_cert(NAME)
    certificate = folder / "inkeeper.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(certificate)
    return port, certificate, Proxy(port, authority, public_key_hash(issued.cert_chain_pems[0].bytes()))
