"""The configuration for nginx in docs/deploy, run as it stands but for addresses, folders and the certificate."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from inkeeper.settings import LOOPBACK_HOSTS, Settings

CONFIGURATION = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"
NAME = "inkeeper.example"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Of a server that people share."""
    return Settings(database=database_url, allowed_hosts=LOOPBACK_HOSTS | {NAME})


class Nginx:
    """One that runs with the configuration."""

    def __init__(self, port: int, authority: trustme.CA) -> None:
        self.port = port
        self._context = ssl.create_default_context()
        authority.configure_trust(self._context)

    def connect(self) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return self._context.wrap_socket(raw, server_hostname=NAME)

    def ask(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to these very bytes, to which `Connection: close` is added."""
        with self.connect() as connection:
            connection.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def nginx(live_server: str, tmp_path: Path) -> Iterator[Nginx]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is not installed; .ci/system names what the tests need"
    authority, port = trustme.CA(), free_port()
    certificate = authority.issue_cert(NAME)
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "certificate.pem")
    site = CONFIGURATION.read_text(encoding="utf-8")
    site = site.replace("127.0.0.1:8425", live_server.removeprefix("http://"))
    site = site.replace("listen 443", f"listen 127.0.0.1:{port}").replace("    listen [::]:443 ssl;\n", "")
    site = re.sub(r"/etc/letsencrypt/\S+\.pem", str(tmp_path / "certificate.pem"), site)
    folders = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off;\npid {tmp_path}/nginx.pid;\nerror_log {tmp_path}/error.log;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\naccess_log off;\n{folders}{site}}}\n"
    )
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    command = [program, "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        until_listening(port, process)
        yield Nginx(port, authority)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionError:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < give_up_at, "nginx does not listen"


GREET = f"GET /api/v1/server HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()


def test_the_server_answers_through_it(nginx: Nginx) -> None:
    status, headers, body = nginx.ask(GREET)

    assert status == 200
    assert headers["X-Inkeeper-Api"] == "1"
    assert json.loads(body)["app"] == "inkeeper"


def test_strangers_can_open_no_pairing(nginx: Nginx) -> None:
    body = b'{"device": "Stranger"}'
    head = f"POST /api/v1/pairings HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/json\r\n"

    status, _, answer = nginx.ask(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    assert (status, json.loads(answer)["code"]) == (403, "invitation_needed")


def test_a_page_of_another_site_is_refused(nginx: Nginx) -> None:
    foreign = b"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n\r\n"

    status, headers, answer = nginx.ask(GREET.removesuffix(b"\r\n") + foreign)

    assert (status, json.loads(answer)["code"]) == (403, "forbidden_origin")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_half_sent_requests_stop_nobody(nginx: Nginx) -> None:
    head = f"POST /api/v1/pairings HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/json\r\n".encode()
    held = []
    for begin in (b"", head, head + b"Content-Length: 1000\r\n\r\n{"):
        for _ in range(15):
            connection = nginx.connect()
            connection.sendall(begin)
            held.append(connection)

    assert nginx.ask(GREET)[0] == 200

    for connection in held:
        connection.close()
