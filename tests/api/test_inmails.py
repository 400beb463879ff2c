"""Logging InMails, what became of them, and taking them back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest

from inkeeper.services.idempotency import PRUNE_EVERY
from tests.conftest import Clock
from tests.seat import Caller, Seat

LINK = "https://www.linkedin.com/in/kai-example-000000000"
NEW_ACCOUNT = {"name": "My seat", "plan": "premium_career", "rule_book": "month_end", "time_zone": "UTC"}


def test_logging_one_takes_one_credit(seat: Seat) -> None:
    logged = seat.log(link=LINK, purpose="introduction", note="met at the\nconference", subject="Hello")
    assert logged["balance"] == 4
    assert logged["duplicate_of"] is None
    inmail = logged["inmail"]
    assert inmail["recipient"] == {"name": "Kai Example", "profile_url": LINK}
    assert inmail["sent_at"] == "2026-11-23T09:00:00Z"
    assert (inmail["outcome"], inmail["cost"], inmail["purpose"]) == ("pending", 1, "introduction")
    assert seat.call.get(f"{seat.path}/inmails/{inmail['id']}") == inmail
    assert seat.ledger()[-1] == {
        "at": "2026-11-23T09:00:00Z",
        "kind": "spend",
        "credits": -1,
        "balance": 4,
        "why": "InMail sent",
        "rule": "spend",
        "inmail_id": inmail["id"],
        "lots": [{"lot": 1, "credits": -1}],
    }


def test_a_free_one_takes_none_and_still_counts(seat: Seat) -> None:
    assert seat.log(cost=0)["balance"] == 5
    assert (seat.summary()["used"], seat.summary()["free_used"]) == (0, 1)


def test_more_than_there_is_is_refused_and_says_what_to_do(seat: Seat) -> None:
    for number in range(5):
        seat.log(f"Robin Sample {number}")
    before = seat.ledger()
    problem = seat.log("Mika Placeholder", expect=409)
    assert problem["code"] == "insufficient_credits"
    assert (problem["balance"], problem["needed"]) == (0, 1)
    assert problem["next_renewal"] == {"at": "2026-12-01T00:00:00Z", "credits": 5}
    assert "accept_discrepancy" in problem["detail"]
    assert seat.ledger() == before

    assert seat.log("Mika Placeholder", accept_discrepancy=True)["balance"] == 0
    assert seat.kinds()[-2:] == [("adjust", 1), ("spend", -1)]
    assert "discrepancy" in [warning["code"] for warning in seat.summary()["warnings"]]


def test_one_that_would_take_a_later_ones_credit_is_refused_as_well(seat: Seat, clock: Clock) -> None:
    for number in range(5):
        seat.log(f"Robin Sample {number}")
    before = seat.ledger()

    refused = seat.log("Mika Placeholder", expect=409, sent_at="2026-11-20T08:00:00Z")

    assert refused["code"] == "insufficient_credits"
    assert seat.ledger() == before
    accepted = seat.log("Mika Placeholder", sent_at="2026-11-20T08:00:00Z", accept_discrepancy=True)
    assert accepted["balance"] == 0
    assert [kind for kind, _ in seat.kinds()].count("adjust") == 1
    assert seat.log("Quinn Sample", cost=0, sent_at="2026-11-20T08:00:00Z")["balance"] == 0


def test_one_dated_before_what_another_clock_stored_does_not_take_its_credit(seat: Seat, clock: Clock) -> None:
    # given the last credit used by a process whose clock is a few seconds ahead
    clock.advance(seconds=3)
    for number in range(5):
        seat.log(f"Robin Sample {number}")
    clock.advance(seconds=-3)

    assert seat.log(expect=409, sent_at="2026-11-23T09:00:00Z")["code"] == "insufficient_credits"


def test_one_that_was_sent_last_month_leaves_this_month_alone(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account()
    seat.log("Robin Sample")
    clock.advance(days=9)
    assert seat.log("Kai Example", sent_at="2026-11-30T23:50:00Z")["balance"] == 5
    assert ("expire", -3) in seat.kinds()


def test_a_clock_that_is_a_little_ahead_does_no_harm(seat: Seat) -> None:
    logged = seat.log(sent_at="2026-11-23T12:00:00+02:00")
    assert logged["inmail"]["sent_at"] == "2026-11-23T09:00:00Z"
    assert logged["balance"] == 4


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"sent_at": "2026-11-24T09:00:01Z"}, "sent_at"),
        ({"sent_at": "2026-10-31T23:59:59Z"}, "sent_at"),
        ({"sent_at": "yesterday"}, "sent_at"),
        ({"cost": 2}, "cost"),
        ({"cost": True}, "cost"),
        ({"cost": "1"}, "cost"),
        ({"purpose": "spam"}, "purpose"),
        ({"source": "telepathy"}, "source"),
        ({"body": "Dear Kai"}, "body"),
        ({"recipient": {}}, "recipient.name"),
        ({"recipient": {"name": " \u200b\u202e\t "}}, "recipient.name"),
        ({"recipient": "Kai Example"}, "recipient"),
        ({"recipient": {"name": "Kai", "profile_url": 1}}, "recipient.profile_url"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(seat: Seat, wrong: dict[str, Any], path: str) -> None:
    body = {"recipient": {"name": "Kai Example"}, "source": "api"} | wrong
    problem = seat.call.post(f"{seat.path}/inmails", body, expect=422)
    assert path in [error["path"] for error in problem["errors"]]
    assert seat.balance() == 5


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/in/kai",
        "https://linkedin.com.evil.example/in/kai",
        "https://www.linkedin.com@evil.example/in/kai",
        "javascript:alert(1)//www.linkedin.com/in/kai",
        "https://www.linkedin.com/feed/",
        "https://www.linkedin.com/in/%2F%2e%2e",
        "https://www.linkedin.com/in/..",
        "https://www.linkedin.com/in/me/",
        f"https://www.linkedin.com/in/{'k' * 100_000}",
        "no link at all",
    ],
)
def test_a_link_to_no_person_is_left_out_and_the_inmail_stored(seat: Seat, link: str) -> None:
    logged = seat.log(link=link)
    assert (logged["left_out"], logged["balance"]) == (["profile_url"], 4)
    stored = seat.call.get(f"{seat.path}/inmails/{logged['inmail']['id']}")
    assert stored["recipient"] == logged["inmail"]["recipient"] == {"name": "Kai Example", "profile_url": None}


@pytest.mark.parametrize("link", [None, "", "  ", LINK, f"{LINK}?{'x' * 3_000}"])
def test_nothing_is_left_out_of_what_can_be_kept(seat: Seat, link: str | None) -> None:
    assert seat.log(link=link)["left_out"] == []


def test_the_link_with_an_emoji_is_kept(seat: Seat) -> None:
    logged = seat.log(link="https://www.linkedin.com/in/kai-%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB-1")
    kept = "https://www.linkedin.com/in/kai-\U0001f469\u200d\U0001f4bb-1"
    assert (logged["inmail"]["recipient"]["profile_url"], logged["left_out"]) == (kept, [])


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 10_000, "x" * 200),
        ("a\u0000b", "a b"),
        ("\u202eKai\u2028 Example ", "Kai Example"),
        ("Kai\n  Example", "Kai Example"),
    ],
)
def test_what_can_be_kept_of_a_name_is_kept(seat: Seat, name: str, kept: str) -> None:
    assert seat.log(name)["inmail"]["recipient"]["name"] == kept


def test_an_inmail_is_not_refused_for_what_nobody_sees_in_it(seat: Seat) -> None:
    logged = seat.log(
        "\u202eKai\u200b\n\u2028Example\x00", subject="Hello\u2029you", note="one\r\n\ttwo\u200e", link=f"{LINK}\u200e"
    )["inmail"]

    assert logged["recipient"] == {"name": "Kai Example", "profile_url": LINK}
    assert (logged["subject"], logged["note"]) == ("Hello you", "one\n\ttwo")
    (found,) = seat.call.get(f"{seat.path}/inmails?q=Kai%E2%80%8B%20Ex")["items"]
    assert found["id"] == logged["id"]


@pytest.mark.parametrize(
    "name",
    ["Kai\u2028Example", "\u202eKai", "Kai\u200b", "Kai\x1b[2J", "a\u200db", "\ufeffKai", "Kai\nExample", "\u3164"],
)
def test_names_to_choose_are_refused_for_it(call: Caller, seat: Seat, name: str) -> None:
    for method, path, body, field in (
        ("PATCH", seat.path, {"name": name}, "name"),
        ("POST", "/accounts", {**NEW_ACCOUNT, "name": name}, "name"),
        ("POST", "/pairings", {"device": name}, "device"),
    ):
        refused = call(method, path, body)
        assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, field), path


@pytest.mark.parametrize("name", ["می\u200cخواهم", "രാജന്\u200d", "👩\u200d💻 Kai"])
def test_names_with_the_joiners_of_their_script_are_taken(call: Caller, seat: Seat, name: str) -> None:
    assert call("PATCH", seat.path, {"name": name}).json["name"] == name
    assert seat.log(name)["inmail"]["recipient"]["name"] == name


def test_half_a_surrogate_pair_is_refused(seat: Seat) -> None:
    answer = seat.call.client.post(
        f"/api/v1{seat.path}/inmails",
        data=b'{"recipient": {"name": "\\ud800"}, "source": "api"}',
        headers=seat.call.headers | {"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert seat.balance() == 5


@pytest.mark.parametrize(
    "written",
    [
        "https://www.linkedin.com/in/kai-example-000000000/",
        "http://linkedin.com/in/Kai-Example-000000000?trk=x#about",
        "https://de.linkedin.com/in/kai%2Dexample%2D000000000/detail/contact-info/",
        "HTTPS://WWW.LINKEDIN.COM./IN/KAI-EXAMPLE-000000000",
    ],
)
def test_one_person_has_one_link_however_it_is_written(seat: Seat, written: str) -> None:
    first = seat.log(link=LINK)
    second = seat.log("Kai E.", link=written)
    assert second["inmail"]["recipient"]["profile_url"] == LINK
    assert second["duplicate_of"] == first["inmail"]["id"]


def test_the_same_person_again_is_named_for_90_days(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account()
    first = seat.log("Kai Example")["inmail"]["id"]
    assert seat.log("Robin Sample")["duplicate_of"] is None
    clock.advance(days=89)
    second = seat.log("Kai Example")
    assert second["duplicate_of"] == first
    seat.call("DELETE", f"{seat.path}/inmails/{second['inmail']['id']}")
    clock.advance(days=1, seconds=1)
    assert seat.log("Kai Example")["duplicate_of"] is None


MEMBER = "https://www.linkedin.com/in/ACoAAB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Noa Case", "https://www.linkedin.com/in/noa"), ("Noa Case", "https://www.linkedin.com/sales/lead/AC1")),
        (("Noa Case", "https://www.linkedin.com/in/noa"), ("Noa  CASE", None)),
        (("Noa Case", None), ("Noa\u00a0Case\u200b", "https://www.linkedin.com/talent/profile/AE1")),
        (("Élodie Case", None), ("E\u0301lodie Case", None)),
        (
            ("Noa Case", "https://www.linkedin.com/sales/lead/AC1"),
            ("N. Case", "https://www.linkedin.com/sales/people/AC1,NAME_SEARCH,xYz1"),
        ),
        (("Noa Case", MEMBER), ("N. Case", MEMBER.lower())),
        (("Noa Case", MEMBER.lower()), ("N. Case", MEMBER)),
    ],
)
def test_the_same_person_is_named_whatever_the_links_and_spellings(
    seat: Seat, first: tuple[str, str | None], second: tuple[str, str | None]
) -> None:
    inmail_id = seat.log(first[0], link=first[1])["inmail"]["id"]
    seat.log("Mia Sample", link="https://www.linkedin.com/in/mia-sample")
    assert seat.log(second[0], link=second[1])["duplicate_of"] == inmail_id


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Noa Case", "https://www.linkedin.com/in/noa"), ("Noa Case", "https://www.linkedin.com/in/noa-2")),
        (("Noa Case", MEMBER), ("Noa Case", MEMBER.replace("X", "x"))),
        (("LinkedIn Member", None), ("LinkedIn Member", None)),
    ],
)
def test_namesakes_are_not_named(seat: Seat, first: tuple[str, str | None], second: tuple[str, str | None]) -> None:
    seat.log(first[0], link=first[1])
    assert seat.log(second[0], link=second[1])["duplicate_of"] is None


@pytest.mark.parametrize(
    "part",
    [
        "élodie",
        "e\u0301lodie",
        "LODIE  mus",
        "MUSTER",
        "élodie-mus",
        "E\u0301LODIE-MUSTER",
        "https://de.linkedin.com/mwlite/in/%C3%89lodie-Muster?trk=1",
        "linkedin.com/in/él",
    ],
)
def test_inmails_are_found_by_a_part_of_name_or_link_in_any_spelling(seat: Seat, part: str) -> None:
    wanted = seat.log("Élodie Muster", link="https://www.linkedin.com/in/élodie-muster")["inmail"]["id"]
    seat.log("Kai Example", link="https://www.linkedin.com/in/kai-example")
    assert [each["id"] for each in seat.call.get(f"{seat.path}/inmails?q={quote(part)}")["items"]] == [wanted]


@pytest.mark.parametrize("part", ["%", "_", "https://www.linkedin.com/in/nobody", "in/"])
def test_a_part_that_no_name_or_link_has_finds_nothing(seat: Seat, part: str) -> None:
    seat.log("Kai Example")
    assert seat.call.get(f"{seat.path}/inmails?q={quote(part)}")["items"] == []


def test_taking_one_back_gives_the_credit_back_and_keeps_the_record(seat: Seat) -> None:
    seat.log("Robin Sample")
    inmail_id = seat.log("Kai Example")["inmail"]["id"]
    first = seat.call("DELETE", f"{seat.path}/inmails/{inmail_id}")
    assert first.json["balance"] == 4
    assert first.json["inmail"]["retracted_at"] == "2026-11-23T09:00:00Z"
    assert seat.call("DELETE", f"{seat.path}/inmails/{inmail_id}").json == first.json
    assert seat.kinds() == [("grant", 5), ("spend", -1), ("spend", 0), ("retract", 0)]
    assert [inmail["recipient"]["name"] for inmail in seat.call.get(f"{seat.path}/inmails")["items"]] == [
        "Robin Sample"
    ]
    assert seat.call("PATCH", f"{seat.path}/inmails/{inmail_id}", {"outcome": "replied"}).status_code == 409


def test_an_answer_returns_the_credit_once_where_the_book_says_so(
    open_account: Callable[..., Seat], clock: Clock
) -> None:
    seat = open_account(rule_book="rolling")
    path = f"{seat.path}/inmails/{seat.log()['inmail']['id']}"
    clock.advance(days=1)
    accepted = seat.call("PATCH", path, {"outcome": "accepted"}).json
    assert (accepted["credited_back"], accepted["balance"]) == (1, 5)
    assert accepted["inmail"]["credit_back_at"] == "2026-11-24T09:00:00Z"
    clock.advance(days=1)
    replied = seat.call("PATCH", path, {"outcome": "replied"}).json
    assert (replied["credited_back"], replied["balance"]) == (0, 5)
    assert replied["inmail"]["outcome"] == "replied"
    assert replied["inmail"]["credit_back_at"] == "2026-11-24T09:00:00Z", "the first answer counts"

    undone = seat.call("PATCH", path, {"outcome": "pending"}).json
    assert (undone["balance"], undone["inmail"]["outcome"], undone["inmail"]["outcome_at"]) == (4, "pending", None)
    assert undone["inmail"]["credit_back_at"] is None


def test_an_answer_after_90_days_or_without_such_a_rule_returns_nothing(
    open_account: Callable[..., Seat], clock: Clock
) -> None:
    monthly, rolling = open_account(), open_account(rule_book="rolling")
    path = f"{monthly.path}/inmails/{monthly.log()['inmail']['id']}"
    assert monthly.call("PATCH", path, {"outcome": "declined"}).json["credited_back"] == 0
    path = f"{rolling.path}/inmails/{rolling.log()['inmail']['id']}"
    clock.advance(days=90)
    assert rolling.call("PATCH", path, {"outcome": "replied"}).json["credited_back"] == 0


def test_an_outcome_cannot_come_before_the_sending(seat: Seat) -> None:
    path = f"{seat.path}/inmails/{seat.log()['inmail']['id']}"
    assert seat.call("PATCH", path, {"outcome": "replied", "outcome_at": "2026-11-23T08:59:59Z"}).status_code == 422
    assert seat.call("PATCH", path, {"outcome_at": "2026-11-23T09:30:00Z"}).status_code == 422


def test_purpose_note_and_subject_can_be_changed_and_cleared(seat: Seat) -> None:
    path = f"{seat.path}/inmails/{seat.log(note='x')['inmail']['id']}"
    changed = seat.call("PATCH", path, {"purpose": "article", "note": None, "subject": "Re"}).json["inmail"]
    assert (changed["purpose"], changed["note"], changed["subject"]) == ("article", None, "Re")


def test_the_list_is_newest_first_and_can_be_filtered(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account(plan="sales_navigator")
    for number in range(5):
        clock.advance(hours=1)
        seat.log(f"Robin Sample {number}", link=f"https://www.linkedin.com/in/robin-{number}")
    everyone = seat.call.get(f"{seat.path}/inmails")["items"]
    assert [inmail["recipient"]["name"][-1] for inmail in everyone] == ["4", "3", "2", "1", "0"]
    seat.call("PATCH", f"{seat.path}/inmails/{everyone[1]['id']}", {"outcome": "replied"})

    def names(query: str) -> str:
        items = seat.call.get(f"{seat.path}/inmails?{query}")["items"]
        return "".join(inmail["recipient"]["name"][-1] for inmail in items)

    assert names("outcome=replied") == "3"
    assert names("from=2026-11-23T12:00:00Z&to=2026-11-23T14:00:00Z") == "32"
    assert names("q=ROBIN-2") == "2"
    assert names("q=%25") == ""
    first = seat.call.get(f"{seat.path}/inmails?limit=3")
    assert names("limit=3") + names(f"limit=3&cursor={first['next_cursor']}") == "43210"


def test_sixteen_clients_race_for_the_last_five_credits(
    open_account: Callable[..., Seat], app: Any, live_server: str
) -> None:
    """Each over its own connection to the real server; the database is the only thing between them."""
    import http.client
    import json

    seat = open_account()
    host = live_server.removeprefix("http://")
    statuses: list[int] = []
    ready = threading.Barrier(16)

    def race(number: int) -> None:
        connection = http.client.HTTPConnection(host)
        body = json.dumps({"recipient": {"name": f"Robin Sample {number}"}, "source": "api"})
        ready.wait()
        connection.request(
            "POST",
            f"/api/v1{seat.path}/inmails",
            body,
            seat.call.headers | {"Content-Type": "application/json"},
        )
        statuses.append(connection.getresponse().status)
        connection.close()

    threads = [threading.Thread(target=race, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] * 5 + [409] * 11
    assert seat.balance() == 0
    assert seat.kinds() == [("grant", 5)] + [("spend", -1)] * 5


def test_a_key_that_is_sent_again_logs_once(seat: Seat) -> None:
    body = {"recipient": {"name": "Kai Example"}, "source": "popup"}
    first = seat.call("POST", f"{seat.path}/inmails", body, Idempotency_Key="a")
    again = seat.call("POST", f"{seat.path}/inmails", body, Idempotency_Key="a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert seat.balance() == 4
    other = seat.call("POST", f"{seat.path}/inmails", body | {"cost": 0}, Idempotency_Key="a")
    assert (other.status_code, other.json["code"]) == (409, "idempotency_conflict")


def test_a_refusal_leaves_its_key_free(seat: Seat) -> None:
    for number in range(5):
        seat.log(f"Robin Sample {number}")
    body = {"recipient": {"name": "Kai Example"}, "source": "popup"}
    assert seat.call("POST", f"{seat.path}/inmails", body, Idempotency_Key="a").status_code == 409
    accepted = seat.call("POST", f"{seat.path}/inmails", body | {"accept_discrepancy": True}, Idempotency_Key="a")
    assert accepted.status_code == 201


def test_an_unknown_inmail_is_not_found(seat: Seat, call: Caller) -> None:
    for method, body in (("GET", None), ("PATCH", {"outcome": "replied"}), ("DELETE", None)):
        assert call(method, f"{seat.path}/inmails/nobody", body).status_code == 404


def test_one_without_an_answer_reads_as_no_response_after_90_days(
    open_account: Callable[..., Seat], clock: Clock
) -> None:
    seat = open_account(plan="premium_business", rule_book="rolling")
    inmail = seat.log()["inmail"]
    free = seat.log("Robin Sample", cost=0)["inmail"]
    path = f"{seat.path}/inmails/{inmail['id']}"

    awaiting = seat.summary()["awaiting"]
    assert [(one["recipient"]["name"], one["answer_by"], one["returns_credit"]) for one in awaiting] == [
        ("Kai Example", "2027-02-21T09:00:00Z", True),
        ("Robin Sample", "2027-02-21T09:00:00Z", False),
    ]
    clock.advance(days=90, seconds=-1)
    assert len(seat.summary()["awaiting"]) == 2
    clock.advance(seconds=1)

    assert seat.summary()["awaiting"] == []
    assert [one["outcome"] for one in seat.summary()["recent"]] == ["no_response", "no_response"]
    assert (seat.call.get(path)["outcome"], seat.call.get(path)["outcome_at"]) == ("no_response", None)
    found = seat.call.get(f"{seat.path}/inmails?outcome=no_response")["items"]
    assert [one["id"] for one in found] == [free["id"], inmail["id"]]
    assert seat.call.get(f"{seat.path}/inmails?outcome=pending")["items"] == []

    late = seat.call("PATCH", path, {"outcome": "replied"}).json
    assert (late["inmail"]["outcome"], late["credited_back"]) == ("replied", 0)
    assert seat.call("PATCH", path, {"outcome": "pending"}).json["inmail"]["outcome"] == "no_response"


def test_those_whose_time_for_an_answer_ends_first_are_listed_first(open_account: Callable[..., Seat]) -> None:
    seat = open_account(plan="recruiter_lite", opened_at="2026-09-01T00:00:00Z")
    for number in range(60):
        seat.log(f"Sample {number}", cost=0, sent_at=f"2026-10-{1 + number // 2:02}T10:{number:02}:00Z")

    awaiting = seat.summary()["awaiting"]

    assert [one["recipient"]["name"] for one in awaiting] == [f"Sample {number}" for number in range(50)]


@pytest.mark.parametrize(("keys_before", "most"), [(1, 13), (PRUNE_EVERY, 15)])
def test_a_log_takes_few_statements(
    seat: Seat, statements: list[str], monkeypatch: pytest.MonkeyPatch, keys_before: int, most: int
) -> None:
    """Every `PRUNE_EVERY`th looks for old idempotency keys as well."""
    seat.log("Robin Example", link="https://www.linkedin.com/in/robin")
    monkeypatch.setattr("inkeeper.services.idempotency._new_keys", count(keys_before))
    statements.clear()

    answer = seat.call(
        "POST",
        f"{seat.path}/inmails",
        {"recipient": {"name": "Kai Example", "profile_url": "https://www.linkedin.com/in/kai"}, "source": "api"},
        Idempotency_Key="one",
    )

    assert answer.status_code == 201
    assert len(statements) <= most, "\n".join(statements)
