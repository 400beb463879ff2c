"""Reminders reach a real mail server, each once, and are tried again where the server did not take them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inkeeper.errors import Problem
from inkeeper.services.ledger.accounts import set_names_in_reminders
from inkeeper.services.reminders.mail import MailRefused, MailUnconfirmed
from inkeeper.services.reminders.messages import MessageNotMade, Reminder, remind
from inkeeper.settings import MailSettings
from inkeeper.storage.database import Store
from tests.conftest import Clock
from tests.facts import let_facts_change
from tests.mailserver import MailServer
from tests.seat import Seat


@pytest.fixture
def server() -> Iterator[MailServer]:
    running = MailServer()
    yield running
    running.close()


@pytest.fixture
def mail_settings(server: MailServer) -> MailSettings:
    return MailSettings("127.0.0.1", server.port, "none", None, None, "inkeeper@example.org", "kai@example.org")


@pytest.fixture
def run(store: Store, clock: Clock, mail_settings: MailSettings) -> Callable[[], list[tuple[str, str]]]:
    """One run of the command; the codes and severities that it told of."""

    def run() -> list[tuple[str, str]]:
        return codes(remind(store, "me", mail_settings, clock()))

    return run


def codes(told: list[Reminder]) -> list[tuple[str, str]]:
    return [(reminder.warning.code, reminder.warning.severity) for reminder in told]


Run = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def navigator(open_account: Callable[..., Seat], clock: Clock) -> Seat:
    """12 credits in Berlin on 24 November, a week before they expire."""
    seat = open_account(plan="sales_navigator", time_zone="Europe/Berlin", observed_balance=12)
    clock.advance(days=1)
    return seat


def test_a_warning_is_sent_in_plain_words(navigator: Seat, run: Run, server: MailServer) -> None:
    navigator.call("PATCH", navigator.path, {"price": {"amount_minor": 10_000, "currency": "EUR"}})

    assert run() == [("expiring", "info")]

    assert server.envelopes == [("inkeeper@example.org", ["kai@example.org"])]
    (message,) = server.messages
    assert message["Subject"] == "12 credits expire in 6 days (Sales Navigator)"
    assert (message["From"], message["To"]) == ("inkeeper@example.org", "kai@example.org")
    assert message["Date"].datetime.isoformat() == "2026-11-24T09:00:00+00:00"
    assert message["Message-ID"].endswith("@example.org>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines()[:3] == [
        "Sales Navigator: 12 credits expire in 6 days",
        "Send 2.4 a working day to use them by the end of 30 Nov (Europe/Berlin). Worth EUR 48.00 at your price.",
        "",
    ]


def test_a_message_is_in_the_language_that_its_owner_chose(
    open_account: Callable[..., Seat], clock: Clock, run: Run, server: MailServer
) -> None:
    seat = open_account(
        plan="sales_navigator",
        time_zone="Europe/Berlin",
        observed_balance=12,
        price={"amount_minor": 10_000, "currency": "EUR"},
        language="de",
    )
    open_account(plan="premium_career", time_zone="Europe/Berlin", observed_balance=1, working_days=[7])
    clock.advance(days=1)

    run()

    (message,) = server.messages
    assert message["Subject"] == "12 Credits verfallen in 6 Tagen (Sales Navigator) und 1 weitere"
    assert message.get_content().splitlines()[:5] == [
        "Sales Navigator: 12 Credits verfallen in 6 Tagen",
        "Senden Sie 2,4 pro Arbeitstag, dann sind bis 30. Nov, 24:00 (Europe/Berlin) alle genutzt."
        " Bei Ihrem Preis 48,00 EUR wert.",
        "",
        "Premium Career: 1 Credit verfällt in 6 Tagen",
        "Senden Sie 1 pro Arbeitstag, dann sind bis 30. Nov, 24:00 (Europe/Berlin) alle genutzt.",
    ]
    assert "`inkeeper remind`" in message.get_content()
    assert "sends each of its warnings once" not in message.get_content()

    seat.call("PATCH", seat.path, {"language": None})
    clock.advance(days=4)
    run()
    assert "12 credits expire in 2 days" in server.messages[-1]["Subject"]


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?x=0d=0aBcc:evil@example.org?=",
        "=?utf-8?b?eA0KQmNjOiBldmlsQGV4YW1wbGUub3Jn?=",
        "x\r\nBcc: evil@example.org",
        "x\u2028Bcc: evil@example.org",
        "x\u2029\x85\x0b\x0cBcc: evil@example.org",
        "\u202egro.elpmaxe@live",
        "=" * 50 + "?" * 50,
        "ä" * 100,
    ],
)
def test_no_name_becomes_a_header_or_stops_the_message(
    open_account: Callable[..., Seat], store: Store, run: Run, server: MailServer, name: str
) -> None:
    # As an earlier version may have stored it.
    for _ in range(2):
        seat = open_account(plan="sales_navigator", observed_balance=0)
        with store.begin_write(None) as tx:
            tx.execute("UPDATE account SET name = ? WHERE id = ?", (name, seat.account["id"]))

    assert run() == [("empty", "info"), ("empty", "info")]

    (message,) = server.messages
    assert message.keys() == [
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    ]
    assert message.defects == []
    assert message["Subject"].startswith("All credits are used (Sales Navigator, ")
    assert message["Subject"].endswith(") and 1 more")
    assert len(message["Subject"].splitlines()) == 1
    assert "\u202e" not in message.get_content()


def test_a_message_that_cannot_be_made_is_told_and_not_counted_as_sent(
    navigator: Seat, store: Store, mail_settings: MailSettings, clock: Clock, server: MailServer, run: Run
) -> None:
    with pytest.raises(MessageNotMade, match=r"^\w+Error$"):
        remind(store, "me", replace(mail_settings, recipient="kai@exa\nmple.org"), clock())

    assert server.messages == []
    assert run() == [("expiring", "info")]


def test_each_warning_is_sent_once_at_each_severity(
    navigator: Seat, run: Run, server: MailServer, clock: Clock
) -> None:
    sent: dict[str, list[tuple[str, str]]] = {}
    for _ in range(157):  # to the last hour of the month
        if told := run():
            sent[f"{clock():%d %b %H}"] = told
        clock.advance(hours=1)

    assert sent == {
        "24 Nov 09": [("expiring", "info")],
        "27 Nov 23": [("expiring", "warning")],
        "29 Nov 23": [("expiring", "urgent")],
    }
    assert len(server.messages) == 3


def test_a_warning_that_has_no_end_is_sent_again_when_its_cause_is_another(
    open_account: Callable[..., Seat], run: Run, clock: Clock
) -> None:
    seat = open_account(plan="basic")
    for _ in range(2):
        clock.advance(days=13, hours=23)
        seat.call.post(f"{seat.path}/observations", {"balance": 0, "source": "person"})
        clock.advance(days=13, hours=23)
        assert run() == []
        clock.advance(hours=1)
        assert run() == [("unconfirmed", "info")]
        clock.advance(days=30)
        assert run() == []


def test_a_second_discrepancy_and_a_second_empty_month(seat: Seat, run: Run, clock: Clock) -> None:
    def told() -> list[tuple[str, str]]:
        clock.advance(hours=1)
        return [each for each in run() if each[0] in ("discrepancy", "empty")]

    def observe(balance: int) -> list[tuple[str, str]]:
        seat.call.post(f"{seat.path}/observations", {"balance": balance, "source": "person"})
        return told()

    seat.log()
    clock.advance(hours=1)
    assert observe(0) == [("empty", "info")]
    seat.log(accept_discrepancy=True)
    assert told() == [("discrepancy", "warning")]
    assert told() == []
    assert observe(0) == []
    seat.log(accept_discrepancy=True)
    assert told() == [("discrepancy", "warning")]
    clock.advance(days=10)
    assert ("empty", "info") in observe(0)


def test_reminders_follow_the_accounts_own_lead_days(navigator: Seat, run: Run, clock: Clock) -> None:
    navigator.call("PATCH", navigator.path, {"lead_days": [5, 4, 2]})
    sent: dict[str, list[tuple[str, str]]] = {}
    for _ in range(157):  # to the last hour of the month
        if told := run():
            sent[f"{clock():%d %b %H}"] = told
        clock.advance(hours=1)

    assert sent == {
        "25 Nov 23": [("expiring", "info")],
        "26 Nov 23": [("expiring", "warning")],
        "28 Nov 23": [("expiring", "urgent")],
    }


def test_a_low_balance_is_reminded_of_once_a_period(seat: Seat, run: Run, server: MailServer, clock: Clock) -> None:
    seat.call("PATCH", seat.path, {"low_balance": 4})

    def told() -> list[tuple[str, str]]:
        clock.advance(hours=1)
        return [each for each in run() if each[0] == "low_balance"]

    assert told() == []
    seat.log()
    assert told() == [("low_balance", "info")]
    lines = server.messages[-1].get_content().splitlines()
    assert lines[lines.index("Premium Career: Only 4 credits are left") + 1] == "5 more come on 1 Dec (UTC)."
    seat.log("Mika Placeholder")
    seat.call.post(f"{seat.path}/observations", {"balance": 2, "source": "person"})
    assert told() == [], "fewer, and for the same reason"
    clock.now = datetime(2026, 12, 2, 9, tzinfo=UTC)
    seat.log("Noor Dummy")
    assert told() == [("low_balance", "info")]


def test_new_credits_that_do_not_show_are_reminded_of_once_as_a_question_and_once_as_a_warning(
    seat: Seat, run: Run, clock: Clock
) -> None:
    seat.call.post(f"{seat.path}/observations", {"balance": 0, "source": "person"})

    def told() -> list[tuple[str, str]]:
        return [each for each in run() if each[0] == "grant_missing"]

    clock.now = datetime(2026, 12, 2, 9, tzinfo=UTC)
    assert told() == [("grant_missing", "info")]
    seat.call.post(f"{seat.path}/observations", {"balance": 0, "source": "person"})
    assert told() == [("grant_missing", "warning")]
    clock.advance(days=1)
    seat.call.post(f"{seat.path}/observations", {"balance": 0, "source": "person"})
    assert told() == []


def test_what_was_sent_while_the_clock_was_ahead_is_sent_again_in_its_time(
    open_account: Callable[..., Seat], run: Run, clock: Clock
) -> None:
    # given credits that go on 30 November, and a clock that is a week ahead when they are reminded of
    open_account(plan="sales_navigator")
    clock.advance(days=7)
    assert ("expiring", "urgent") in run()
    clock.advance(days=-7)

    clock.advance(days=5)
    assert ("expiring", "warning") in run()
    clock.advance(days=2)
    assert ("expiring", "urgent") in run()
    assert run() == []


def test_one_account_that_cannot_be_read_leaves_the_others_reminders(
    open_account: Callable[..., Seat], store: Store, run: Run, clock: Clock
) -> None:
    broken = open_account(plan="sales_navigator")
    open_account(plan="sales_navigator")
    with store.begin_write(None) as tx:
        let_facts_change(tx)
        tx.execute("UPDATE fact SET data = '{}' WHERE account_id = ?", (broken.account["id"],))
        tx.execute("DELETE FROM snapshot")
        tx.execute("UPDATE account SET version = version + 1, facts_recorded = facts_recorded + 1")
    clock.advance(days=7)

    assert ("expiring", "urgent") in run()


def test_a_book_that_is_contradicted_again(seat: Seat, run: Run, clock: Clock) -> None:
    for _ in range(2):
        clock.advance(hours=1)
        seat.call.post(f"{seat.path}/observations", {"balance": 9, "source": "person"})
        assert ("wrong_book", "warning") in run()
        assert run() == []


def test_several_in_one_message_the_worst_first(
    open_account: Callable[..., Seat], run: Run, server: MailServer, clock: Clock
) -> None:
    open_account(plan="recruiter_lite")
    open_account(name="First desk", plan="sales_navigator", observed_balance=0)
    open_account(name="Second desk", plan="sales_navigator", observed_balance=12)
    clock.advance(days=7)

    assert run()[0] == ("expiring", "urgent")

    (message,) = server.messages
    text = message.get_content()
    assert message["Subject"] == "50 credits expire today (Recruiter Lite) and 3 more"
    assert text.index("Recruiter Lite: 50 credits expire today") < text.index("Sales Navigator, First desk: All")
    assert "Sales Navigator, Second desk: 12 credits expire today" in text
    assert "Recruiter Lite," not in text, "an account's name only stands where it is needed"


def test_no_recipient_is_named(navigator: Seat, run: Run, server: MailServer, clock: Clock) -> None:
    for number in range(13):
        clock.advance(minutes=1)
        navigator.log(f"Robin Sample {number}", subject="Hello", note="At a fair", accept_discrepancy=True)

    assert len(run()) > 1

    text = server.messages[0].as_string()
    assert not [private for private in ("Robin", "Hello", "fair", "My seat") if private in text]


def test_nothing_new_connects_to_nobody(
    open_account: Callable[..., Seat], store: Store, clock: Clock, mail_settings: MailSettings
) -> None:
    open_account(plan="basic", observed_balance=0)

    assert remind(store, "me", replace(mail_settings, port=1), clock()) == []


def test_an_owner_is_told_of_their_own_accounts_alone(
    navigator: Seat, store: Store, mail_settings: MailSettings, clock: Clock, pair: Callable[..., object]
) -> None:
    pair("Robin Sample")

    assert remind(store, "Robin Sample", mail_settings, clock()) == []
    with pytest.raises(Problem, match="not_found"):
        remind(store, "Nobody", mail_settings, clock())


# Where the server does not take it


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("MAIL", "550 5.7.1 Not from you"),
        ("RCPT", "450 4.2.1 Come again later"),
        ("RCPT", "hang up"),
        ("DATA", "451 4.3.0 No room"),
        ("DATA", "554 5.7.1 Looks like spam"),
    ],
)
def test_a_refusal_says_why_and_is_tried_again(
    navigator: Seat, run: Run, server: MailServer, command: str, answer: str
) -> None:
    server.answers[command] = answer
    for _ in range(2):
        with pytest.raises(MailRefused, match="closed" if answer == "hang up" else answer):
            run()

    server.answers.clear()

    assert run() == [("expiring", "info")]
    assert run() == []
    assert len(server.messages) == 1


def test_a_server_that_is_not_there_is_tried_again(
    navigator: Seat, run: Run, store: Store, mail_settings: MailSettings, clock: Clock
) -> None:
    with pytest.raises(MailRefused, match="refused"):
        remind(store, "me", replace(mail_settings, port=1), clock())

    assert run() == [("expiring", "info")]


def test_a_silence_after_handing_over_is_not_tried_again(navigator: Seat, run: Run, server: MailServer) -> None:
    server.answers["DATA"] = "hang up"
    with pytest.raises(MailUnconfirmed):
        run()

    server.answers.clear()

    assert run() == [], "it may have been taken"


def test_a_server_that_leaves_without_a_goodbye_has_taken_it(navigator: Seat, run: Run, server: MailServer) -> None:
    server.answers["QUIT"] = "hang up"

    assert run() == [("expiring", "info")]
    assert run() == []


def test_what_a_server_says_is_shown_without_control_characters(navigator: Seat, run: Run, server: MailServer) -> None:
    server.answers["RCPT"] = "550 no\x1b[2J\x07" + "x" * 400

    with pytest.raises(MailRefused) as refused:
        run()

    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


def test_two_runs_at_once_send_one_message(
    navigator: Seat, store: Store, server: MailServer, mail_settings: MailSettings, clock: Clock
) -> None:
    both = threading.Barrier(4)
    told: list[int] = []

    def one() -> None:
        both.wait(10)
        told.append(len(remind(store, "me", mail_settings, clock())))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [0, 0, 0, 1]
    assert len(server.messages) == 1


def plan_for_today(seat: Seat, *names: str) -> None:
    for name in names:
        seat.call.post("/targets", {"person": {"name": name}, "planned_for": "2026-11-24"})


def test_on_a_working_day_the_people_of_the_day_are_counted_once(
    navigator: Seat, run: Run, server: MailServer, clock: Clock
) -> None:
    run()
    plan_for_today(navigator, "Robin Sample", "Mika Placeholder", "Noor Dummy")
    navigator.call.post("/targets", {"person": {"name": "Sasha Specimen"}})

    assert ("to_write", "info") in run()
    assert run() == []

    message = server.messages[-1]
    assert "Sales Navigator: 3 to write to today" in message.get_content().splitlines()
    assert "Robin" not in message.get_content()
    # What is left over from the day before is to be written to the next day.
    clock.advance(days=1)
    assert ("to_write", "info") in run()


def test_the_people_of_the_day_are_named_where_that_is_wanted(
    navigator: Seat, run: Run, server: MailServer, store: Store
) -> None:
    with store.begin_write(navigator.account["id"]) as tx:
        set_names_in_reminders(tx, navigator.account["id"], wanted=True)
    plan_for_today(navigator, "Robin Sample", "Mika Placeholder")

    assert ("to_write", "info") in run()

    message = server.messages[-1]
    assert "Robin Sample, Mika Placeholder." in message.get_content().splitlines()
    assert "Robin" not in message["Subject"]


def test_nobody_is_told_of_at_night_on_a_day_off_or_without_credits(navigator: Seat, run: Run, clock: Clock) -> None:
    run()
    plan_for_today(navigator, "Robin Sample")
    clock.advance(hours=14)  # midnight in Berlin has passed

    assert ("to_write", "info") not in run()
    clock.advance(days=4, hours=9)  # Sunday
    assert ("to_write", "info") not in run()
    clock.advance(days=1)
    navigator.call.post(f"{navigator.path}/observations", {"balance": 0, "source": "person"})
    assert ("to_write", "info") not in run()
    navigator.call.post(f"{navigator.path}/observations", {"balance": 1, "source": "person"})
    assert ("to_write", "info") in run()
