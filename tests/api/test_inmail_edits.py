"""Editing an InMail: its recipient in place; its day and cost by a new send that replaces it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from inkeeper.services.takeout.integrity import check
from inkeeper.storage.database import Store
from tests.conftest import Clock
from tests.seat import Caller, Seat

LINK = "https://www.linkedin.com/in/kai-example-000000000"


@pytest.fixture(autouse=True)
def doctor(store: Store, clock: Clock) -> Any:
    """After each test everything that is stored adds up."""
    yield
    assert list(check(store, clock())) == []


def edit(seat: Seat, inmail_id: str, expect: int = 200, **changes: Any) -> dict[str, Any]:
    answer = seat.call("PATCH", f"{seat.path}/inmails/{inmail_id}", changes)
    assert answer.status_code == expect, answer.json
    return answer.json


def get(seat: Seat, inmail_id: str) -> dict[str, Any]:
    return seat.call.get(f"{seat.path}/inmails/{inmail_id}")


def ids(seat: Seat) -> list[str]:
    return [inmail["id"] for inmail in seat.call.get(f"{seat.path}/inmails")["items"]]


def months(seat: Seat) -> dict[str, tuple[int, int]]:
    """Used and expired credits by month."""
    return {
        month["month"]: (month["used"], month["expired"]) for month in seat.call.get(f"{seat.path}/report")["months"]
    }


def test_recipient_and_words_change_the_inmail_itself(seat: Seat) -> None:
    inmail = seat.log("Kia Example", note="x")["inmail"]
    before, etag = seat.ledger(), seat.call("GET", f"{seat.path}/summary").headers["ETag"]

    written = LINK.replace("kai", "Kai") + "/?trk=1"
    edited = edit(seat, inmail["id"], recipient={"name": "Kai Example", "profile_url": written})["inmail"]

    assert edited == inmail | {"recipient": {"name": "Kai Example", "profile_url": LINK}}
    assert seat.ledger() == before
    assert seat.call("GET", f"{seat.path}/summary").headers["ETag"] != etag
    assert seat.summary()["recent"][0]["recipient"]["name"] == "Kai Example"
    named = edit(seat, inmail["id"], recipient={"name": "Kai E."}, subject="Re")["inmail"]
    assert named["recipient"] == {"name": "Kai E.", "profile_url": LINK}, "what is left out stays"
    unlinked = edit(seat, inmail["id"], recipient={"profile_url": None})["inmail"]
    assert (unlinked["recipient"], unlinked["subject"]) == ({"name": "Kai E.", "profile_url": None}, "Re")
    assert (ids(seat), seat.ledger()) == ([inmail["id"]], before)


def test_a_link_that_leads_to_no_person_is_left_out(seat: Seat) -> None:
    inmail = seat.log(link=LINK)["inmail"]
    changes = {"recipient": {"name": "Kai E.", "profile_url": "https://example.com/in/kai"}}

    answer = edit(seat, inmail["id"], **changes)

    assert answer["left_out"] == ["profile_url"]
    assert answer["inmail"]["recipient"] == {"name": "Kai E.", "profile_url": LINK}, "the link stays as it is"
    assert edit(seat, inmail["id"], recipient={"profile_url": " "})["inmail"]["recipient"]["profile_url"] is None


def test_a_corrected_recipient_is_found_as_such(seat: Seat) -> None:
    inmail = seat.log("Kia Example")["inmail"]
    edit(seat, inmail["id"], recipient={"name": "Kai  E\u0301xample", "profile_url": LINK})

    for part, found in (("k\u00e1i", []), ("KAI \u00c9XAMPLE", [inmail["id"]]), ("kia", []), (LINK, [inmail["id"]])):
        listed = seat.call.get(f"{seat.path}/inmails?{urlencode({'q': part})}")["items"]
        assert [each["id"] for each in listed] == found, part
    assert seat.log("Somebody", link=LINK)["duplicate_of"] == inmail["id"]
    assert seat.log("Kia Example", link=None)["duplicate_of"] is None


def test_another_day_is_another_send_that_names_the_old_one(open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-09-10T00:00:00Z")
    words = {"purpose": "article", "note": "two\nlines", "subject": "Hello", "source": "shortcut"}
    inmail = seat.log(link=LINK, **words)["inmail"]
    assert months(seat) == {"2026-09": (0, 5), "2026-10": (0, 5), "2026-11": (1, 0)}

    answer = edit(seat, inmail["id"], sent_at="2026-10-20T10:00:00Z")

    edited = answer["inmail"]
    same = inmail | {"id": edited["id"], "sent_at": "2026-10-20T10:00:00Z", "replaces": inmail["id"]}
    assert edited == same
    assert edited["id"] != inmail["id"]
    assert (answer["balance"], seat.balance()) == (5, 5)
    assert months(seat) == {"2026-09": (0, 5), "2026-10": (1, 4), "2026-11": (0, 0)}
    assert get(seat, edited["id"]) == edited
    old = inmail | {"retracted_at": "2026-11-23T09:00:00Z", "replaced_by": edited["id"]}
    assert get(seat, inmail["id"]) == old
    assert ids(seat) == [edited["id"]]
    assert [one["id"] for one in seat.summary()["recent"]] == [edited["id"]]
    assert [one["id"] for one in seat.summary()["awaiting"]] == [edited["id"]]


def test_the_journal_names_the_edit(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account()
    inmail = seat.log()["inmail"]
    clock.advance(hours=1)
    edited = edit(seat, inmail["id"], sent_at="2026-11-20T10:00:00Z")["inmail"]

    def told() -> list[tuple[Any, ...]]:
        return [(entry["at"][:13], entry["credits"], entry["why"], entry["inmail_id"]) for entry in seat.ledger()]

    once = [
        ("2026-11-01T00", 5, "First allotment", None),
        ("2026-11-20T10", -1, "InMail sent (as edited)", edited["id"]),
        ("2026-11-23T09", 0, "InMail sent (edited later)", inmail["id"]),
        ("2026-11-23T10", 0, "Taken back by an edit of the InMail", None),
    ]
    assert told() == once
    clock.advance(hours=1)
    free = edit(seat, edited["id"], cost=0)["inmail"]
    assert told()[1] == ("2026-11-20T10", 0, "InMail sent (edited later)", edited["id"])
    assert told()[2] == ("2026-11-20T10", 0, "Free InMail sent (as edited)", free["id"])
    seat.call("DELETE", f"{seat.path}/inmails/{free['id']}")
    assert [why for _, _, why, _ in told()[1:]] == [
        "InMail sent (edited later)",
        "InMail sent (taken back later)",
        "InMail sent (edited later)",
        "Taken back by an edit of the InMail",
        "Taken back by an edit of the InMail",
        "Taken back",
    ]


def test_another_cost_moves_the_balance(seat: Seat) -> None:
    inmail = seat.log()["inmail"]
    free = edit(seat, inmail["id"], cost=0)
    assert (free["balance"], free["inmail"]["cost"]) == (5, 0)
    assert (seat.summary()["used"], seat.summary()["free_used"]) == (0, 1)
    assert edit(seat, free["inmail"]["id"], cost=1)["balance"] == 4
    assert (seat.summary()["used"], seat.summary()["free_used"]) == (1, 0)


def test_what_stays_as_it_is_makes_no_new_send(seat: Seat, clock: Clock) -> None:
    inmail = seat.log()["inmail"]
    clock.advance(days=2)
    whole = {"sent_at": "2026-11-23T10:00:00+01:00", "cost": 1, "recipient": {"name": "Kai Example"}, "note": "y"}
    assert edit(seat, inmail["id"], **whole)["inmail"] == inmail | {"note": "y"}
    assert seat.kinds() == [("grant", 5), ("spend", -1)]


def test_all_at_once(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account(rule_book="rolling")
    inmail = seat.log("Kia Example", cost=0)["inmail"]
    clock.advance(days=2)

    answer = edit(
        seat,
        inmail["id"],
        sent_at="2026-11-20T10:00:00Z",
        cost=1,
        recipient={"name": "Kai Example"},
        note="met",
        outcome="replied",
        outcome_at="2026-11-21T10:00:00Z",
    )

    edited = answer["inmail"]
    assert (edited["replaces"], edited["recipient"]["name"], edited["note"]) == (inmail["id"], "Kai Example", "met")
    assert (edited["sent_at"], edited["cost"]) == ("2026-11-20T10:00:00Z", 1)
    assert (edited["outcome"], edited["outcome_at"]) == ("replied", "2026-11-21T10:00:00Z")
    assert (answer["balance"], answer["credited_back"]) == (5, 1)
    assert edited["credit_back_at"] == "2026-11-21T10:00:00Z"
    assert seat.kinds()[1:3] == [("spend", -1), ("credit_back", 1)]


def test_outcomes_go_along(open_account: Callable[..., Seat], clock: Clock) -> None:
    seat = open_account(rule_book="rolling")
    inmail = seat.log()["inmail"]
    for outcome in ("accepted", "replied"):
        clock.advance(days=1)
        edit(seat, inmail["id"], outcome=outcome)

    answer = edit(seat, inmail["id"], sent_at="2026-11-22T09:00:00Z")

    edited = answer["inmail"]
    assert (edited["outcome"], edited["outcome_at"]) == ("replied", "2026-11-25T09:00:00Z")
    assert edited["credit_back_at"] == "2026-11-24T09:00:00Z", "the first answer counts"
    assert (answer["balance"], answer["credited_back"]) == (5, 0)
    assert seat.summary()["awaiting"] == []
    undone = edit(seat, edited["id"], outcome="pending")
    assert (undone["balance"], undone["inmail"]["outcome"]) == (4, "pending")


def test_an_answer_falls_out_of_its_90_days_with_the_send_and_into_them(
    open_account: Callable[..., Seat], clock: Clock
) -> None:
    seat = open_account(rule_book="rolling", opened_at="2026-08-01T00:00:00Z")
    inmail = seat.log(sent_at="2026-08-20T09:00:00Z")["inmail"]
    late = edit(seat, inmail["id"], outcome="replied")
    assert late["credited_back"] == 0
    sooner = edit(seat, inmail["id"], sent_at="2026-09-20T09:00:00Z")
    assert (sooner["credited_back"], sooner["balance"]) == (1, late["balance"] + 1)
    later = edit(seat, sooner["inmail"]["id"], sent_at="2026-08-21T09:00:00Z")
    assert (later["credited_back"], later["balance"]) == (0, late["balance"])


def test_an_outcome_before_the_new_day_says_what_to_do(seat: Seat, clock: Clock) -> None:
    inmail = seat.log(sent_at="2026-11-10T09:00:00Z")["inmail"]
    edit(seat, inmail["id"], outcome="accepted", outcome_at="2026-11-12T09:00:00Z")
    before = seat.ledger()

    problem = edit(seat, inmail["id"], expect=422, sent_at="2026-11-12T09:00:01Z", note="lost?")

    assert [error["path"] for error in problem["errors"]] == ["sent_at"]
    assert "2026-11-12T09:00:00Z" in problem["detail"]
    assert "outcome_at" in problem["detail"]
    assert "pending" in problem["detail"]
    assert (seat.ledger(), get(seat, inmail["id"])["note"]) == (before, None)
    dated = {"outcome": "accepted", "outcome_at": "2026-11-14T09:00:00Z"}
    edited = edit(seat, inmail["id"], sent_at="2026-11-13T09:00:00Z", **dated)["inmail"]
    assert (edited["outcome"], edited["outcome_at"]) == ("accepted", "2026-11-14T09:00:00Z")
    assert edit(seat, edited["id"], expect=422, sent_at="2026-11-15T09:00:00Z", **dated)["errors"][0]["path"] == (
        "outcome_at"
    )
    cleared = edit(seat, edited["id"], sent_at="2026-11-15T09:00:00Z", outcome="pending")["inmail"]
    assert (cleared["outcome"], cleared["outcome_at"]) == ("pending", None)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"sent_at": "2026-10-31T23:59:59Z"}, "sent_at"),
        ({"sent_at": "2026-11-24T09:00:01Z"}, "sent_at"),
        ({"sent_at": "2026-11-20"}, "sent_at"),
        ({"sent_at": None}, "sent_at"),
        ({"cost": 2}, "cost"),
        ({"cost": True}, "cost"),
        ({"cost": None}, "cost"),
        ({"recipient": None}, "recipient"),
        ({"recipient": {"name": None}}, "recipient.name"),
        ({"recipient": {"name": " "}}, "recipient.name"),
        ({"recipient": {"profile_url": 7}}, "recipient.profile_url"),
        ({"recipient": {"nickname": "K"}}, "recipient.nickname"),
        ({"source": "page"}, "source"),
        ({"replaces": "x"}, "replaces"),
        ({"accept_discrepancy": 1}, "accept_discrepancy"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(seat: Seat, wrong: dict[str, Any], path: str) -> None:
    inmail = seat.log()["inmail"]
    before = seat.ledger()
    problem = edit(seat, inmail["id"], expect=422, **({"note": "lost?"} | wrong))
    assert [error["path"] for error in problem["errors"]] == [path]
    assert (get(seat, inmail["id"]), seat.ledger()) == (inmail, before)


def test_a_clock_that_is_a_little_ahead_does_no_harm(seat: Seat) -> None:
    inmail = seat.log(sent_at="2026-11-20T09:00:00Z")["inmail"]
    assert edit(seat, inmail["id"], sent_at="2026-11-24T09:00:00Z")["inmail"]["sent_at"] == "2026-11-23T09:00:00Z"


def test_one_that_was_dated_while_the_clock_was_ahead_can_be_dated_right(seat: Seat, clock: Clock) -> None:
    clock.advance(days=20)
    inmail = seat.log()["inmail"]
    clock.advance(days=-20)

    answer = edit(seat, inmail["id"], sent_at="2026-11-22T09:00:00Z")

    assert (answer["inmail"]["sent_at"], answer["balance"], seat.balance()) == ("2026-11-22T09:00:00Z", 4, 4)


def test_a_month_without_credits_refuses_and_can_be_overruled(open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-10-01T00:00:00Z")
    for number in range(5):
        seat.log(f"Robin Sample {number}", sent_at=f"2026-10-0{number + 1}T09:00:00Z")
    inmail = seat.log()["inmail"]
    before = seat.ledger()

    problem = edit(seat, inmail["id"], expect=409, sent_at="2026-10-03T10:00:00Z", note="lost?")

    assert (problem["code"], problem["needed"], problem["balance"]) == ("insufficient_credits", 1, 4)
    assert problem["next_renewal"] == {"at": "2026-12-01T00:00:00Z", "credits": 5}
    assert "accept_discrepancy" in problem["detail"]
    assert (seat.ledger(), get(seat, inmail["id"])) == (before, inmail)

    accepted = edit(seat, inmail["id"], sent_at="2026-10-03T10:00:00Z", accept_discrepancy=True)
    assert accepted["balance"] == 5
    # The last of that month is the one without a credit now.
    assert [entry["at"] for entry in seat.ledger() if entry["kind"] == "adjust"] == ["2026-10-05T09:00:00Z"]


def test_a_later_send_left_without_a_credit_refuses_as_well(seat: Seat) -> None:
    """The one that is edited has a credit; what it costs is missing at the end of the month."""
    for number in range(5):
        seat.log(f"Robin Sample {number}", sent_at=f"2026-11-1{number}T09:00:00Z")
    free = seat.log("Mika Placeholder", sent_at="2026-11-02T09:00:00Z", cost=0)["inmail"]
    problem = edit(seat, free["id"], expect=409, cost=1)
    assert (problem["code"], problem["needed"], problem["balance"]) == ("insufficient_credits", 1, 0)
    assert edit(seat, free["id"], cost=1, accept_discrepancy=True)["balance"] == 0
    assert seat.kinds().count(("adjust", 1)) == 1


def test_a_shortage_that_was_there_before_is_no_new_one(seat: Seat) -> None:
    sent = [
        seat.log(f"Robin Sample {day}", sent_at=f"2026-11-1{day}T09:00:00Z", accept_discrepancy=True)["inmail"]["id"]
        for day in range(6)
    ]
    assert seat.kinds().count(("adjust", 1)) == 1
    later = edit(seat, sent[5], sent_at="2026-11-16T09:00:00Z")["inmail"]["id"]
    edit(seat, later, sent_at="2026-11-09T09:00:00Z")
    edit(seat, sent[0], sent_at="2026-11-17T09:00:00Z")
    assert seat.kinds().count(("adjust", 1)) == 1
    assert edit(seat, sent[1], cost=0)["balance"] == 0
    assert seat.kinds().count(("adjust", 1)) == 0


def test_a_shortage_in_another_month_is_a_new_one(open_account: Callable[..., Seat]) -> None:
    seat = open_account(opened_at="2026-10-01T00:00:00Z")
    sent = []
    for month in (10, 11):
        for day in range(6 if month == 10 else 5):
            name, at = f"Robin Sample {month} {day}", f"2026-{month}-1{day}T09:00:00Z"
            sent.append(seat.log(name, sent_at=at, accept_discrepancy=True)["inmail"]["id"])
    assert edit(seat, sent[0], expect=409, sent_at="2026-11-20T09:00:00Z")["needed"] == 1


def test_a_tie_with_an_uncovered_send_hides_no_shortage(seat: Seat) -> None:
    at = "2026-11-10T09:00:00Z"
    for number in range(6):
        seat.log(f"Robin Sample {number}", sent_at=at, accept_discrepancy=True)
    free = seat.log("Mika Placeholder", sent_at=at, cost=0)["inmail"]
    assert edit(seat, free["id"], expect=409, cost=1)["needed"] == 1


def test_a_replaced_one_names_the_one_to_change(seat: Seat) -> None:
    first = seat.log()["inmail"]["id"]
    second = edit(seat, first, sent_at="2026-11-20T09:00:00Z")["inmail"]["id"]
    third = edit(seat, second, cost=0)["inmail"]["id"]

    for old in (first, second):
        for changes in ({"cost": 1}, {"outcome": "replied"}, {"note": "x"}):
            problem = edit(seat, old, expect=409, **changes)
            assert (problem["code"], problem["replaced_by"]) == ("replaced", third)
            assert third in problem["detail"]
        assert get(seat, old)["replaced_by"] == third
    assert get(seat, third)["replaces"] == second
    assert get(seat, second)["replaces"] == first
    assert ids(seat) == [third]


@pytest.mark.parametrize("which", ["first", "second", "third"])
def test_taking_back_takes_the_edit_back_whichever_id_is_named(seat: Seat, which: str) -> None:
    first = seat.log()["inmail"]["id"]
    second = edit(seat, first, sent_at="2026-11-20T09:00:00Z")["inmail"]["id"]
    third = edit(seat, second, sent_at="2026-11-21T09:00:00Z")["inmail"]["id"]
    named = {"first": first, "second": second, "third": third}[which]

    answer = seat.call("DELETE", f"{seat.path}/inmails/{named}")

    assert answer.status_code == 200
    assert (answer.json["balance"], answer.json["inmail"]["id"]) == (5, third)
    assert answer.json["inmail"]["retracted_at"] == "2026-11-23T09:00:00Z"
    assert ids(seat) == []
    for inmail_id in (first, second, third):
        assert seat.call("DELETE", f"{seat.path}/inmails/{inmail_id}").json == answer.json
        assert edit(seat, inmail_id, expect=409, cost=0)["code"] == "retracted"


def test_a_key_that_is_sent_again_edits_once(seat: Seat) -> None:
    path = f"{seat.path}/inmails/{seat.log()['inmail']['id']}"
    body = {"sent_at": "2026-11-20T09:00:00Z"}
    first = seat.call("PATCH", path, body, Idempotency_Key="a")
    again = seat.call("PATCH", path, body, Idempotency_Key="a")
    assert (first.status_code, again.json) == (200, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(ids(seat)) == 1
    other = seat.call("PATCH", path, body | {"cost": 0}, Idempotency_Key="a")
    assert (other.status_code, other.json["code"]) == (409, "idempotency_conflict")


def test_a_refused_edit_leaves_its_key_free(seat: Seat) -> None:
    sent = [seat.log(f"Robin Sample {number}")["inmail"]["id"] for number in range(5)]
    path = f"{seat.path}/inmails/{seat.log('Mika Placeholder', cost=0)['inmail']['id']}"
    assert seat.call("PATCH", path, {"cost": 1}, Idempotency_Key="a").status_code == 409
    edit(seat, sent[0], cost=0)
    assert seat.call("PATCH", path, {"cost": 1}, Idempotency_Key="a").status_code == 200


def test_only_the_edited_one_counts_as_a_duplicate(seat: Seat) -> None:
    first = seat.log(link=LINK)["inmail"]["id"]
    edited = edit(seat, first, sent_at="2026-11-20T09:00:00Z")["inmail"]["id"]
    assert seat.log(link=LINK)["duplicate_of"] == edited


def test_an_observation_stands_whatever_is_edited_before_it(seat: Seat, clock: Clock) -> None:
    inmail = seat.log()["inmail"]
    clock.advance(hours=1)
    seat.call.post(f"{seat.path}/observations", {"balance": 2, "source": "person"})
    clock.advance(hours=1)
    free = edit(seat, inmail["id"], cost=0)
    assert free["balance"] == 2
    assert edit(seat, free["inmail"]["id"], cost=1, sent_at="2026-11-23T10:30:00Z")["balance"] == 1


def test_only_the_owner_edits(seat: Seat, call: Caller, pair: Callable[..., Any]) -> None:
    inmail = seat.log()["inmail"]
    stranger = Caller(call.client, pair("Robin Sample").headers)
    answer = stranger("PATCH", f"{seat.path}/inmails/{inmail['id']}", {"sent_at": "2026-11-20T09:00:00Z"})
    assert answer.status_code == 404
    assert get(seat, inmail["id"]) == inmail


def test_an_inmail_of_another_account_is_not_found(open_account: Callable[..., Seat]) -> None:
    mine, other = open_account(), open_account(name="Other")
    inmail = mine.log()["inmail"]
    assert edit(other, inmail["id"], expect=404, cost=0)["code"] == "not_found"
