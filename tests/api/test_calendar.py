"""The calendar feed: a private address that works without a token, and events that say what changed and no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from inkeeper.api.calendar import READINGS_PER_MINUTE
from inkeeper.rules.books import read_book
from inkeeper.storage.database import Store
from tests.conftest import Clock, Device
from tests.rules import third_book
from tests.seat import Caller, Seat


class Feed:
    """A calendar program that knows the address and nothing else."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client = client
        self.address = address

    def ask(self, tag: str | None = None) -> TestResponse:
        return self.client.get(self.address, headers={} if tag is None else {"If-None-Match": tag})

    def all_events(self) -> list[Any]:
        answer = self.ask()
        assert answer.status_code == 200, answer.json
        found: list[Any] = Calendar.from_ical(answer.get_data()).walk("VEVENT")
        assert len({event["UID"] for event in found}) == len(found)
        return found

    def events(self) -> dict[str, Any]:
        """The events by the first words of their titles; of those with the same, the first."""
        return {str(event["SUMMARY"]).partition(" (")[0]: event for event in reversed(self.all_events())}

    def sequences(self) -> dict[str, int]:
        return {str(event["UID"]): int(event["SEQUENCE"]) for event in self.all_events()}


@pytest.fixture
def navigator(open_account: Callable[..., Seat], clock: Clock) -> Seat:
    """12 credits in Berlin, in the last week of November."""
    seat = open_account(plan="sales_navigator", time_zone="Europe/Berlin", observed_balance=12)
    clock.advance(days=3)
    return seat


@pytest.fixture
def subscribe(client: FlaskClient) -> Callable[..., Feed]:
    def subscribe(seat: Seat, **wanted: bool) -> Feed:
        return Feed(client, seat.call.post(f"{seat.path}/calendar", wanted)["path"])

    return subscribe


@pytest.fixture
def feed(navigator: Seat, subscribe: Callable[..., Feed]) -> Feed:
    return subscribe(navigator)


def test_a_calendar_is_in_the_language_that_its_owner_chose(navigator: Seat, feed: Feed) -> None:
    english, before = feed.ask(), feed.sequences()

    navigator.call("PATCH", navigator.path, {"language": "de"})

    german = feed.ask(english.headers["ETag"])
    assert german.status_code == 200, "the feed is another"
    assert Calendar.from_ical(german.get_data())["X-WR-CALNAME"] == "InMail-Credits (Sales Navigator)"
    events = feed.events()
    assert events["12 Credits verfallen"]["DESCRIPTION"] == "Verfällt ungenutzt am 30. Nov, 24:00 (Europe/Berlin)."
    assert feed.sequences() == {uid: number + 1 for uid, number in before.items()}
    assert feed.ask(german.headers["ETag"]).status_code == 304

    navigator.call("PATCH", navigator.path, {"language": None})

    assert feed.ask(german.headers["ETag"]).status_code == 200
    assert "12 credits expire" in feed.events()
    assert feed.sequences() == {uid: number + 2 for uid, number in before.items()}


# The address


def test_an_address_is_shown_once_and_needs_no_token(
    client: FlaskClient, call: Caller, navigator: Seat, clock: Clock
) -> None:
    path = f"{navigator.path}/calendar"
    assert call.get(path) == {"active": False, "created_at": None, "last_read_at": None}

    made = call.post(path, {})

    assert made["created_at"] == "2026-11-26T09:00:00Z"
    assert made["replaced"] is False
    assert client.get(made["path"]).status_code == 200
    clock.advance(minutes=30)
    assert call.get(path) == {
        "active": True,
        "created_at": "2026-11-26T09:00:00Z",
        "last_read_at": "2026-11-26T09:00:00Z",
    }
    client.get(made["path"])
    assert call.get(path)["last_read_at"] == "2026-11-26T09:00:00Z", "known to the hour"


def test_the_secret_is_nowhere_in_the_database(navigator: Seat, store: Store, tmp_path: Path) -> None:
    made = navigator.call("POST", f"{navigator.path}/calendar", {}, Idempotency_Key="once").json
    secret = made["path"].removeprefix("/calendar/").removesuffix(".ics").encode()

    store.checkpoint_and_close()

    assert len(secret) >= 43
    assert all(secret not in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())


def test_the_same_request_again_gets_the_same_address(navigator: Seat) -> None:
    path = f"{navigator.path}/calendar"
    first = navigator.call("POST", path, {}, Idempotency_Key="once")

    again = navigator.call("POST", path, {}, Idempotency_Key="once")

    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json) == (201, first.json)


def test_a_second_address_is_only_made_on_purpose(client: FlaskClient, navigator: Seat, feed: Feed) -> None:
    refused = navigator.call.post(f"{navigator.path}/calendar", {}, expect=409)
    assert refused["code"] == "calendar_exists"
    assert feed.ask().status_code == 200

    renewed = navigator.call.post(f"{navigator.path}/calendar", {"renew": True})

    assert renewed["replaced"] is True
    assert feed.ask().status_code == 404
    assert client.get(renewed["path"]).status_code == 200


def test_a_revoked_address_is_as_one_that_never_was(client: FlaskClient, navigator: Seat, feed: Feed) -> None:
    for _ in range(2):
        revoked = navigator.call("DELETE", f"{navigator.path}/calendar")
        assert (revoked.status_code, revoked.json["active"]) == (200, False)

    gone = feed.ask()

    assert gone.status_code == 404
    for wrong in ("x" * 43, "x", "x" * 4000, "%00", "\N{SNOWMAN}", "a.ics"):
        answer = client.get(f"/calendar/{wrong}.ics")
        assert (answer.status_code, answer.data, answer.headers) == (404, gone.data, gone.headers), wrong


def test_every_account_has_its_own(open_account: Callable[..., Seat], subscribe: Callable[..., Feed]) -> None:
    first, second = subscribe(open_account()), subscribe(open_account(plan="recruiter_lite"))

    assert first.address != second.address
    assert "5 new credits" in first.events()
    assert "50 new credits" in second.events()


def test_the_address_outlasts_the_device_that_made_it(
    client: FlaskClient, pair: Callable[..., Device], feed: Feed, call: Caller
) -> None:
    for device in call.get("/devices")["items"]:
        client.delete(f"/api/v1/devices/{device['id']}", headers=call.headers)

    assert feed.ask().status_code == 200


def test_reading_too_often_is_refused_for_a_while(
    feed: Feed, open_account: Callable[..., Seat], subscribe: Callable[..., Feed], clock: Clock
) -> None:
    other = subscribe(open_account())
    for _ in range(READINGS_PER_MINUTE):
        assert feed.ask().status_code == 200
    clock.advance(seconds=20)

    refused = feed.ask()

    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == "40"
    assert other.ask().status_code == 200
    clock.advance(seconds=40)
    assert feed.ask().status_code == 200


def test_guessing_addresses_is_refused_too_and_keeps_nobody_else_out(client: FlaskClient, feed: Feed) -> None:
    guesses = [client.get(f"/calendar/guess-{number}.ics").status_code for number in range(READINGS_PER_MINUTE + 5)]

    assert guesses == [404] * READINGS_PER_MINUTE + [429] * 5
    assert feed.ask().status_code == 200


def test_a_clock_that_is_set_back_keeps_nobody_out(feed: Feed, clock: Clock) -> None:
    for _ in range(READINGS_PER_MINUTE + 1):
        feed.ask()
    clock.advance(hours=-1)

    assert feed.ask().status_code == 200


# What stands in it


def test_expiries_renewals_and_the_last_week_with_an_alarm(feed: Feed) -> None:
    answer = feed.ask()
    assert answer.content_type == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.get_data())
    assert str(calendar["X-WR-CALNAME"]) == str(calendar["NAME"]) == "InMail credits (Sales Navigator)"
    text = answer.get_data(as_text=True)
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "\r\nX-PUBLISHED-TTL:PT1H\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))

    events = feed.events()
    expiry, renewal, reminder = (
        events[title] for title in ("12 credits expire", "25 new credits", "Last week before 12 credits are lost")
    )
    assert (expiry.start, expiry.end) == (date(2026, 11, 30), date(2026, 12, 1))
    assert str(expiry["DESCRIPTION"]) == "Lost at the end of 30 Nov (Europe/Berlin) if unused."
    assert renewal.start > expiry.start
    assert reminder.start == date(2026, 11, 24)
    assert [(str(alarm["ACTION"]), alarm["TRIGGER"].dt) for alarm in reminder.walk("VALARM")] == [
        ("DISPLAY", timedelta(hours=9))
    ]
    assert all(str(event["TRANSP"]) == "TRANSPARENT" for event in events.values())


def test_the_alarm_follows_the_accounts_lead_days(feed: Feed, navigator: Seat) -> None:
    before = feed.sequences()

    navigator.call("PATCH", navigator.path, {"lead_days": [10, 3, 1]})

    reminder = feed.events()["Last 10 days before 12 credits are lost"]
    assert reminder.start == date(2026, 11, 21)
    assert len(reminder.walk("VALARM")) == 1
    assert not any(title.startswith("Last week") for title in feed.events())
    kept = before.keys() & feed.sequences().keys()
    assert kept, "what stands on another day is another event, the rest stays"


def test_reply_windows_that_close(open_account: Callable[..., Seat], subscribe: Callable[..., Feed]) -> None:
    seat = open_account(rule_book="rolling", opened_at="2026-09-01T00:00:00Z")
    answered = seat.log("Kai Example", sent_at="2026-09-04T10:00:00Z")["inmail"]["id"]
    seat.log("Robin Sample", sent_at="2026-09-03T10:00:00Z")
    seat.log("Mika Placeholder", sent_at="2026-09-04T10:00:00Z")
    seat.log("Sam Sample", sent_at="2026-09-04T10:00:00Z", cost=0)
    seat.call("PATCH", f"{seat.path}/inmails/{answered}", {"outcome": "replied"})

    event = subscribe(seat).events()["Last week for replies to 2 InMails"]

    assert event.start == date(2026, 11, 30)
    assert str(event["DESCRIPTION"]) == "After that, a reply brings no credit back. Add the results you have."


def test_names_stay_out_of_it(navigator: Seat, feed: Feed) -> None:
    navigator.log(
        "Robin Sample", link="https://www.linkedin.com/in/robin-sample", subject="Hello", note="Met at a fair"
    )
    navigator.call(
        "PATCH", navigator.path, {"name": "The seat of Kai", "price": {"amount_minor": 1, "currency": "EUR"}}
    )

    text = feed.ask().get_data(as_text=True)

    for private in ("Robin", "robin", "Hello", "fair", "Kai", "EUR", navigator.account["id"]):
        assert private not in text


def test_a_change_raises_the_sequence_of_the_events_it_changes(navigator: Seat, feed: Feed, clock: Clock) -> None:
    before, sequences = feed.events(), feed.sequences()
    assert set(sequences.values()) == {0}
    clock.advance(hours=1)
    assert feed.sequences() == sequences

    first = navigator.log()["inmail"]["id"]
    clock.advance(hours=1)
    after = feed.events()

    uid = before["12 credits expire"]["UID"]
    assert after["11 credits expire"]["UID"] == uid
    assert after["11 credits expire"]["SEQUENCE"] == 1
    assert after["11 credits expire"]["DTSTAMP"].dt == datetime(2026, 11, 26, 11, tzinfo=UTC)
    assert after["11 credits expire"]["LAST-MODIFIED"].dt == datetime(2026, 11, 26, 11, tzinfo=UTC)
    changed = [uid for uid, sequence in feed.sequences().items() if sequence]
    assert changed == [after["Last week before 11 credits are lost"]["UID"], uid]

    navigator.call("DELETE", f"{navigator.path}/inmails/{first}")
    assert feed.events()["12 credits expire"]["SEQUENCE"] == 2, "back to what it was is a change too"


def test_an_event_that_went_and_comes_back_goes_on_counting(navigator: Seat, feed: Feed) -> None:
    feed.events()
    observed = navigator.call.post(f"{navigator.path}/observations", {"balance": 0, "source": "person"})["id"]
    assert "12 credits expire" not in feed.events()
    navigator.call("DELETE", f"{navigator.path}/observations/{observed}")
    assert feed.events()["12 credits expire"]["SEQUENCE"] == 0
    navigator.log()
    assert feed.events()["11 credits expire"]["SEQUENCE"] == 1


def test_a_new_address_goes_on_counting(navigator: Seat, feed: Feed, subscribe: Callable[..., Feed]) -> None:
    feed.events()
    navigator.log()
    before = feed.sequences()
    navigator.call("DELETE", f"{navigator.path}/calendar")

    assert subscribe(navigator).sequences() == before


def test_what_was_told_long_ago_is_forgotten(navigator: Seat, feed: Feed, clock: Clock, store: Store) -> None:
    feed.events()
    clock.advance(days=401)
    feed.events()

    with store.read() as tx:
        (count,) = tx.execute("SELECT count(*) FROM calendar_event").fetchone()
    assert count == len(feed.all_events())


def test_what_is_still_to_come_is_not_forgotten_however_long_ago_it_was_told(
    open_account: Callable[..., Seat], subscribe: Callable[..., Feed], clock: Clock, store: Store
) -> None:
    text = (Path(third_book.__file__).parent / "books" / "quarterly.toml").read_text("utf-8")
    yearly = read_book("quarterly.toml", text.replace("months = 3", "months = 12"))
    with third_book.rule_books(third_book.BOOKS | {"quarterly": yearly}):
        feed = subscribe(open_account(plan="premium_business", rule_book="quarterly"))
        feed.events()
        clock.advance(days=401)
        events = feed.all_events()

        with store.read() as tx:
            (count,) = tx.execute("SELECT count(*) FROM calendar_event").fetchone()
        assert count == len(events) > 0


def test_asking_again_costs_nothing_until_something_changes(
    navigator: Seat, feed: Feed, clock: Clock, store: Store
) -> None:
    first = feed.ask()
    tag = first.headers["ETag"]
    with store.read() as tx:
        writes = store._engine.changes(tx.connection)
    clock.advance(minutes=59)

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = feed.ask(known)
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    assert feed.ask('"other"').data == first.data, "the same to the byte"
    with store.read() as tx:
        assert store._engine.changes(tx.connection) == writes
    navigator.log()
    changed = feed.ask(tag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_a_download_is_the_same_calendar(navigator: Seat, feed: Feed, clock: Clock) -> None:
    file = navigator.call("GET", f"{navigator.path}/calendar.ics")

    assert file.headers["Content-Disposition"] == 'attachment; filename="inkeeper.ics"'
    assert file.data == feed.ask().data
    tag = file.headers["ETag"]
    assert navigator.call("GET", f"{navigator.path}/calendar.ics", If_None_Match=tag).status_code == 304


def test_a_download_needs_no_address(navigator: Seat) -> None:
    assert navigator.call("GET", f"{navigator.path}/calendar.ics").status_code == 200
    assert navigator.call.get(f"{navigator.path}/calendar")["active"] is False


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("rule_book", ["month_end", "rolling"])
def test_a_plan_without_credits_says_so_in_its_one_event(
    open_account: Callable[..., Seat], subscribe: Callable[..., Feed], clock: Clock, rule_book: str, cancelled: bool
) -> None:
    seat = open_account(plan="sales_navigator" if cancelled else "basic", rule_book=rule_book)
    if cancelled:
        seat.call.post(f"{seat.path}/plan-changes", {"cancel": True})
        clock.advance(days=9)

    feed = subscribe(seat)

    (event,) = feed.all_events()
    assert str(event["SUMMARY"]).startswith("No new InMail credits (")
    assert "no InMail credits" in event["DESCRIPTION"]
    assert event.start > clock().date()
    tag = feed.ask().headers["ETag"]
    clock.advance(days=1)
    assert feed.ask(tag).status_code == 304


# Planned InMails


def test_a_planned_day_is_one_event_without_names(navigator: Seat, feed: Feed) -> None:
    made = [
        navigator.call.post("/targets", {"person": {"name": name}, "planned_for": "2026-11-27"})["id"]
        for name in ("Robin Sample", "Mika Placeholder", "Noor Dummy")
    ]
    event = feed.events()["3 InMails planned"]
    assert (event["DTSTART"].dt, int(event["SEQUENCE"])) == (date(2026, 11, 27), 0)
    assert b"Robin" not in feed.ask().get_data()

    navigator.call("PATCH", f"/targets/{made[0]}", {"action": "drop"})
    one_fewer = feed.events()["2 InMails planned"]
    assert (one_fewer["UID"], int(one_fewer["SEQUENCE"])) == (event["UID"], 1)

    for target in made[1:]:
        navigator.call("PATCH", f"/targets/{target}", {"planned_for": None})
    assert event["UID"] not in feed.sequences()
    navigator.call("PATCH", f"/targets/{made[1]}", {"planned_for": "2026-11-27"})
    assert feed.sequences()[str(event["UID"])] == 2


def test_a_planned_day_stays_the_same_until_it_has_passed(navigator: Seat, feed: Feed, clock: Clock) -> None:
    navigator.call.post("/targets", {"person": {"name": "Robin Sample"}, "planned_for": "2026-11-27"})
    before = feed.events()["1 InMail planned"].to_ical()
    clock.advance(days=1)
    assert feed.events()["1 InMail planned"].to_ical() == before

    clock.advance(days=1)

    assert "1 InMail planned" not in feed.events()


def test_a_planned_day_without_an_account_is_in_one_calendar(
    navigator: Seat, feed: Feed, open_account: Callable[..., Seat], subscribe: Callable[..., Feed]
) -> None:
    other = subscribe(open_account(name="Other"))
    navigator.call.post("/targets", {"person": {"name": "Robin Sample"}, "planned_for": "2026-11-27"})

    assert "1 InMail planned" in feed.events()
    assert "1 InMail planned" not in other.events()
