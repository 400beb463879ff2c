"""`inkeeper remind` as cron or systemd runs it: encrypted, with a password that shows nowhere."""

from __future__ import annotations

import configparser
import shlex
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

import inkeeper as package
from inkeeper.clock import utc_now
from inkeeper.ids import new_id
from inkeeper.services.access import Actor
from inkeeper.services.ledger.accounts import create_account
from inkeeper.storage.database import open_database
from inkeeper.storage.models import Owner
from tests.mailserver import PASSWORD, USER, MailServer
from tests.rows import add_row

Run = Callable[..., subprocess.CompletedProcess[str]]
UNITS = Path(package.__file__).parent / "systemd"


@pytest.fixture(autouse=True)
def account(cli_database_url: str, tmp_path: Path) -> None:
    """An account of the default owner's that is out of credits, of which there is a warning."""
    (tmp_path / "data").mkdir(mode=0o700)
    store = open_database(cli_database_url)
    now = utc_now()
    wanted = {
        "name": "My seat",
        "plan": "sales_navigator",
        "rule_book": "month_end",
        "time_zone": "UTC",
        "observed_balance": 0,
    }
    with store.begin_write(None) as tx:
        owner = add_row(tx, Owner, id=new_id(now), name="me", created_at=now)
        create_account(tx, Actor(owner.id), wanted, now)
    store.checkpoint_and_close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    """A server's certificate for this machine."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(made)
    return made


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that knows who issued the server's certificate."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}


@pytest.fixture
def serve() -> Iterator[Callable[..., MailServer]]:
    running: list[MailServer] = []

    def serve(**options: object) -> MailServer:
        running.append(MailServer(**options))  # type: ignore[arg-type]
        return running[-1]

    yield serve
    for server in running:
        server.close()


Serve = Callable[..., MailServer]


def test_once_and_then_nothing_new(inkeeper: Run, serve: Serve) -> None:
    server = serve()
    arguments = ("remind", "--smtp-url", f"smtp://127.0.0.1:{server.port}", "--to", "kai@example.org")

    first, second = inkeeper(*arguments), inkeeper(*arguments)

    assert (first.returncode, first.stdout) == (0, "Sent 1 warning to kai@example.org.\n")
    assert (second.returncode, second.stdout) == (0, "There's nothing new to send.\n")
    assert [message["Subject"] for message in server.messages] == ["All credits are used (Sales Navigator)"]
    assert server.envelopes == [("kai@example.org", ["kai@example.org"])]


def test_a_domain_of_other_letters_is_written_as_dns_knows_it(inkeeper: Run, serve: Serve) -> None:
    server = serve()

    told = inkeeper("remind", "--smtp-url", f"smtp://127.0.0.1:{server.port}", "--to", "kai@bücher.example")

    assert (told.returncode, told.stdout) == (0, "Sent 1 warning to kai@xn--bcher-kva.example.\n")
    assert server.envelopes == [("kai@xn--bcher-kva.example", ["kai@xn--bcher-kva.example"])]
    assert server.messages[0]["To"] == "kai@xn--bcher-kva.example"


def test_a_password_that_cannot_be_sent_is_one_line(
    inkeeper: Run, serve: Serve, context: ssl.SSLContext, trusting: dict[str, str]
) -> None:
    server = serve(login=True, tls=context)
    variables = {"INKEEPER_SMTP_USER": "kai", "INKEEPER_SMTP_PASSWORD": "pässword"}

    refused = inkeeper(
        "remind", "--smtp-url", f"smtps://127.0.0.1:{server.port}", "--to", "a@b.example", **trusting, **variables
    )

    assert refused.returncode == 1
    assert "user or password" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert "pässword" not in refused.stderr


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_encrypted_with_what_stands_in_the_environment(
    inkeeper: Run, serve: Serve, context: ssl.SSLContext, trusting: dict[str, str], scheme: str
) -> None:
    server = serve(login=True, **({"tls": context} if scheme == "smtps" else {"starttls": context}))
    variables = {
        "INKEEPER_SMTP_URL": f"{scheme}://127.0.0.1:{server.port}",
        "INKEEPER_SMTP_USER": USER,
        "INKEEPER_SMTP_PASSWORD": PASSWORD,
        "INKEEPER_MAIL_TO": "kai@example.org",
        "INKEEPER_MAIL_FROM": "inkeeper@example.org",
    }

    finished = inkeeper("remind", **trusting, **variables)

    assert finished.returncode == 0, finished.stderr
    assert server.logins == 1
    assert server.envelopes == [("inkeeper@example.org", ["kai@example.org"])]


def test_a_password_in_the_address_is_understood_and_never_shown(
    inkeeper: Run, serve: Serve, context: ssl.SSLContext, trusting: dict[str, str]
) -> None:
    server = serve(login=True, tls=context)

    def remind(user: str) -> subprocess.CompletedProcess[str]:
        url = f"smtps://{user}:s3cret%2Fpass%20word@127.0.0.1:{server.port}"
        return inkeeper("remind", "--smtp-url", url, "--to", "kai@example.org", **trusting)

    refused = remind("somebody")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: 127.0.0.1 did not take the message: user or password is wrong (535). Nothing was sent.\n"
    )
    assert remind("kai%40example.org").returncode == 0


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_certificate_of_somebody_unknown_is_refused_before_anything_is_said(
    inkeeper: Run, serve: Serve, context: ssl.SSLContext, scheme: str
) -> None:
    server = serve(login=True, **({"tls": context} if scheme == "smtps" else {"starttls": context}))
    url = f"{scheme}://{USER}:wrong@127.0.0.1:{server.port}"

    finished = inkeeper("remind", "--smtp-url", url, "--to", "kai@example.org")

    assert finished.returncode == 1
    assert "its certificate is not valid" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
    assert "wrong" not in finished.stderr
    assert server.logins == 0


def test_a_server_that_offers_no_encryption_learns_no_password(inkeeper: Run, serve: Serve) -> None:
    server = serve()
    url = f"smtp+starttls://{USER}:wrong@127.0.0.1:{server.port}"

    finished = inkeeper("remind", "--smtp-url", url, "--to", "kai@example.org")

    assert finished.returncode == 1
    assert "STARTTLS" in finished.stderr
    assert (server.logins, server.messages) == (0, [])


def test_a_silence_is_reported_and_not_repeated(inkeeper: Run, serve: Serve) -> None:
    server = serve()
    server.answers["DATA"] = "hang up"
    arguments = ("remind", "--smtp-url", f"smtp://127.0.0.1:{server.port}", "--to", "kai@example.org")

    finished = inkeeper(*arguments)

    assert finished.returncode == 1
    assert "did not say whether it took the message" in finished.stderr
    assert inkeeper(*arguments).stdout == "There's nothing new to send.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say with --to which address to use."),
        (("--to", "kai"), "--to must be a mail address"),
        (("--to", "kai@example.org", "--from", "a@b\nBcc: c@d"), "--from must be a mail address"),
        (("--to", "käi@example.org"), "before the @"),
        (("--to", "kai@[127.0.0.1]"), "--to must be a mail address"),
        (("--to", "kai@example.org"), "Name the mail server with --smtp-url"),
        (("--to", "kai@example.org", "--smtp-url", "https://u:pass@host"), "Name the mail server with --smtp-url"),
        (("--to", "kai@example.org", "--smtp-url", "smtp://u:pass@mail.example"), "for all to read"),
        (("--to", "kai@example.org", "--smtp-url", "smtps://u@mail.example"), "both, or neither"),
        (("--to", "kai@example.org", "--smtp-url", "smtp://127.0.0.1", "--owner", "Nobody"), "called Nobody"),
    ],
)
def test_what_is_missing_or_wrong_is_one_line(inkeeper: Run, arguments: tuple[str, ...], words: str) -> None:
    finished = inkeeper("remind", *arguments)

    assert finished.returncode == (1 if "--owner" in arguments else 2)
    assert words in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
    assert "pass" not in finished.stderr.replace("password", "")


def test_help_says_where_the_units_are(inkeeper: Run) -> None:
    # Without the breaks that fit it to the terminal.
    text = "".join(inkeeper("remind", "--help").stdout.split())

    assert str(UNITS) in text


@pytest.mark.sqlite
def test_systemd_runs_it_every_day(environment: dict[str, str], serve: Serve, tmp_path: Path) -> None:
    server = serve()
    service, timer = (unit(kind, tmp_path) for kind in ("service", "timer"))
    assert timer["Timer"]["OnCalendar"] == "*-*-* 08:00"
    assert timer["Install"]["WantedBy"] == "timers.target"

    # What the service file asks its user for: the command in its place, and a file with the settings.
    command = tmp_path / ".local" / "bin" / "inkeeper"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m inkeeper "$@"\n')
    command.chmod(0o700)
    settings = Path(service["Service"]["EnvironmentFile"])
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f"INKEEPER_SMTP_URL=smtp://127.0.0.1:{server.port}\n"
        "INKEEPER_MAIL_TO=kai@example.org\n"
        f"INKEEPER_DATA_DIR={environment['INKEEPER_DATA_DIR']}\n"
        f"PYTHONPATH={environment['PYTHONPATH']}\n"
    )
    lines = [service["Service"]["Environment"], *settings.read_text().splitlines()]
    finished = subprocess.run(
        shlex.split(service["Service"]["ExecStart"]),
        env=dict(line.split("=", 1) for line in lines),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert finished.stdout == "Sent 1 warning to kai@example.org.\n", finished.stderr
    assert len(server.messages) == 1


def unit(kind: str, home: Path) -> configparser.ConfigParser:
    """A unit as systemd reads it for the user with this home."""
    text = (UNITS / f"inkeeper-remind.{kind}").read_text()
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes="#")
    parser.read_string(text.replace("%h", str(home)).replace("%E", str(home / ".config")))
    return parser
