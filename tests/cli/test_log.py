"""`inkeeper log`: logs by the same rules as every other way of logging."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import Result

from inkeeper.cli.typed_time import read_time
from tests.cli.conftest import COMMAND, AtTerminal, Serving
from tests.seat import Seat

Run = Callable[..., Result]
LINK = "https://www.linkedin.com/in/kai-example"


def newest(seat: Seat) -> dict[str, Any]:
    inmail: dict[str, Any] = seat.call.get(f"{seat.path}/inmails")["items"][0]
    return inmail


def test_an_inmail_with_everything(command: Run, seat: Seat) -> None:
    found = command(
        *("log", "Kai", "Example", "--link", "https://de.linkedin.com/in/kai-example/?x=1", "--purpose", "follow_up"),
        *("--subject", "Hello", "--note", "A\nnote", "--at", "yesterday 14:30"),
    )

    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.splitlines()[0] == "Logged: Kai Example, 1 credit. 4 credits left."
    logged = newest(seat)
    assert logged["recipient"] == {"name": "Kai Example", "profile_url": LINK}
    assert (logged["purpose"], logged["subject"], logged["note"]) == ("follow_up", "Hello", "A\nnote")
    assert (logged["sent_at"], logged["cost"], logged["source"]) == ("2026-11-22T14:30:00Z", 1, "terminal")


def test_a_free_one_by_its_link_alone(command: Run, seat: Seat) -> None:
    assert command("log", LINK, "--free").stdout.startswith("Logged: Kai Example, free. 5 credits left.\n")
    assert newest(seat)["recipient"] == {"name": "Kai Example", "profile_url": LINK}


def test_the_warning_that_matters_is_said(command: Run, seat: Seat) -> None:
    for number in range(4):
        seat.log(f"Person {number}")

    printed = command("log", "Kai Example").stdout

    assert printed.startswith("Logged: Kai Example, 1 credit. 0 credits left.\nAll credits are used. ")


def test_it_does_the_step_of_the_person_on_the_list(command: Run, seat: Seat) -> None:
    person = {"name": "Kai Example", "profile_url": LINK}
    target = seat.call.post("/targets", {"person": person})

    printed = command("log", "Kai Example", "--link", LINK).stdout

    assert "Your list of people is up to date too.\n" in printed
    assert newest(seat)["target"] == target["id"]
    assert seat.call.get(f"/targets/{target['id']}")["state"] == "waiting"


def test_a_second_one_to_a_person_who_has_not_answered(command: Run, seat: Seat) -> None:
    first = seat.log("Kai Example", link=LINK)["inmail"]

    refused = command("log", "Kai Example", "--link", LINK)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: You wrote to Kai Example today at 09:00 and have no reply yet. To log a second InMail, add --again.\n"
    )
    assert seat.balance() == 4
    assert command("log", "Kai Example", "--link", LINK, "--again").exit_code == 0
    assert seat.balance() == 3
    for inmail in (first, newest(seat)):
        seat.call("PATCH", f"{seat.path}/inmails/{inmail['id']}", {"outcome": "declined"})
    assert command("log", "Kai Example", "--link", LINK).exit_code == 0


def test_one_without_a_credit(command: Run, seat: Seat) -> None:
    for number in range(5):
        seat.log(f"Person {number}")

    refused = command("log", "Kai Example")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: You have no credits left. If it was free, add --free. If LinkedIn let you send it all the same, add"
        " --accept-discrepancy.\n"
    )
    assert command("log", "Kai Example", "--free").exit_code == 0
    assert command("log", "Robin Sample", "--accept-discrepancy").exit_code == 0
    assert seat.summary()["used"] == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Kai", "--link", "https://example.org/kai"], "--link must lead to a person on LinkedIn"),
        (["https://www.linkedin.com/company/example"], "The link in NAME doesn't lead to a person"),
        (["https://www.linkedin.com/sales/lead/ACwAAABCDEF"], "NAME must hold the person's name"),
        (["\u200b"], "NAME must hold the person's name"),
        ([""], "NAME must hold the person's name"),
        (["Kai", "--at", "half past nine"], "--at must be a time such as “yesterday 14:30”"),
        (["Kai", "--at", "2026-11-31"], "--at must be a time"),
        (["Kai", "--at", "23:59"], "--at is in the future"),
        (["Kai", "--at", "2026-10-31 12:00"], "--at: this account starts later than that."),
        (["Kai", "--subject", "x" * 201], "--subject is longer than 200 characters."),
        (["Kai", "--note", "x" * 2001], "--note is longer than 2000 characters."),
        (["Kai", "--note", "\u200b"], "--note is empty."),
        (["Kai", "--purpose", "fun"], "--purpose"),
        ([], "NAME"),
    ],
)
def test_what_is_wrong_is_named(command: Run, seat: Seat, arguments: list[str], words: str) -> None:
    refused = command("log", *arguments)

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert words in refused.stderr
    assert seat.balance() == 5


def test_which_of_two_accounts_has_to_be_said(command: Run, seat: Seat, open_account: Callable[..., Seat]) -> None:
    other = open_account(name="Another seat")

    refused = command("log", "Kai Example")

    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: Say which account with --account and its name or id. There are:\n")
    assert "My seat, of me" in refused.stderr
    assert command("log", "Kai Example", "--account", "Another seat").exit_code == 0
    assert (seat.balance(), other.balance()) == (5, 4)


NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone", "expected"),
    [
        ("now?", "UTC", None),
        ("today", "UTC", "2026-11-23T09:00"),
        ("8:05", "UTC", "2026-11-23T08:05"),
        ("today 08:05", "Europe/Berlin", "2026-11-23T07:05"),
        ("Yesterday,  14:30", "Europe/Berlin", "2026-11-22T13:30"),
        ("yesterday", "Europe/Berlin", "2026-11-22T11:00"),
        ("2026-11-20", "America/New_York", "2026-11-20T17:00"),
        ("2026-11-20 09:00", "America/New_York", "2026-11-20T14:00"),
        ("2026-11-20T09:00", "Asia/Tokyo", "2026-11-20T00:00"),
        ("2026-11-20T09:00:00+02:00", "Asia/Tokyo", "2026-11-20T07:00"),
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30"),  # skipped by the clocks
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30"),  # twice on that day
        ("24:00", "UTC", None),
        ("8:5", "UTC", None),
        ("20.11.2026 09:00", "UTC", None),
        ("", "UTC", None),
        ("２０２６-11-20", "UTC", None),
        ("0000-01-01", "UTC", None),
    ],
)
def test_a_typed_time(typed: str, zone: str, expected: str | None) -> None:
    found = read_time(typed, zone, NOW)

    assert found == (None if expected is None else datetime.fromisoformat(f"{expected}+00:00"))


class TestBesideAServer:
    @pytest.fixture
    def call(self, serving: Serving) -> Callable[..., Any]:
        """Calls the running server, with an account."""
        pairing = serving.post("/api/v1/pairings", {"device": "Chrome on Linux"})
        code = {"code": serving.shown_code()}
        token = serving.post(f"/api/v1/pairings/{pairing['id']}/confirm", code)["token"]

        def send(path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
            request = urllib.request.Request(
                f"{serving.address}/api/v1{path}",
                None if body is None else json.dumps(body).encode(),
                {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers},
            )
            with urllib.request.urlopen(request) as answer:
                return json.load(answer), answer.headers.get("ETag")

        return send

    def test_the_server_knows_at_once_and_a_person_is_asked(
        self,
        call: Callable[..., Any],
        inkeeper: Callable[..., subprocess.CompletedProcess[str]],
        environment: dict[str, str],
    ) -> None:
        account, _ = call(
            "/accounts", {"name": "My seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}
        )
        path = f"/accounts/{account['id']}/summary"
        before, tag = call(path)

        assert inkeeper("log", "Kai Example").returncode == 0

        # The cached answer is not valid any more.
        after, _ = call(path, **{"If-None-Match": tag})
        assert (before["balance"], after["balance"]) == (5, 4)

        for answer, code, balance in (("n", 1, 4), ("y", 0, 3)):
            asking = AtTerminal([*COMMAND, "log", "Kai Example"], environment)
            asking.read_until("Log a second InMail? [y/N]")
            assert asking.answer(answer) == code, asking.shown
            assert ("Nothing was logged." in asking.shown) == (answer == "n")
            assert call(path)[0]["balance"] == balance
        for _ in range(3):
            call(f"/accounts/{account['id']}/inmails", {"recipient": {"name": f"P {_}"}, "source": "api"})
        asking = AtTerminal([*COMMAND, "log", "Mika"], environment)
        asking.read_until("You have no credits left. Did LinkedIn let you send it? [y/N]")
        assert asking.answer("y") == 0
        assert call(path)[0]["used"] == 6
